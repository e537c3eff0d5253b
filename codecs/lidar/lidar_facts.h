/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_facts.h
 * \brief What is told of the models of sensors, for reports.
 */
#ifndef MDCI_LIDAR_FACTS_H
#define MDCI_LIDAR_FACTS_H

#include "codecs/lidar/lidar_image.h"
#include "codecs/lidar/lidar_vlp32.h"
#include "src/base/account.h"

void mdci_lidar_sweep_facts(struct mdci_account *account,
                            const struct mdci_lidar_sweep *sweep,
                            const struct mdci_lidar_spin *spin);

void mdci_vlp32_facts(struct mdci_account *account,
                      const struct mdci_vlp32 *scan,
                      const struct mdci_vlp32_work *work);

void mdci_image_facts(struct mdci_account *account,
                      const struct mdci_image *image, size_t count);

void mdci_lidar_points_facts(struct mdci_account *account,
                             const struct mdci_lidar_layout *layout,
                             size_t count);

#endif
