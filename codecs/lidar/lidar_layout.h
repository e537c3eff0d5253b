/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_layout.h
 * \brief Finds point records by content.
 */
#ifndef MDCI_LIDAR_LAYOUT_H
#define MDCI_LIDAR_LAYOUT_H

#include "codecs/lidar/lidar_points.h"

/**
 * Whether data[size] looks like points, from samples of it.
 * \param layout  out: what they look like, all but kind and constant
 */
int mdci_lidar_probe(const uint8_t *data, size_t size,
                     struct mdci_lidar_layout *layout);

/** Completes a layout by the kinds of its columns. */
void mdci_lidar_find_kinds(const uint8_t *data, size_t size,
                           struct mdci_lidar_layout *layout);

/** Whether it is sure enough that the first three columns are coordinates to
 *  move them: records start where the data does, and nowhere of some in a row
 *  is more than a quarter of them nothing that a sensor measures. */
int mdci_lidar_is_frame(const uint8_t *data, size_t size,
                        const struct mdci_lidar_layout *layout);

#endif
