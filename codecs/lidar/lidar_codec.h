/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_codec.h
 * \brief Registry row of lidar: point clouds as 32-bit floating-point records.
 */
#ifndef MDCI_LIDAR_CODEC_H
#define MDCI_LIDAR_CODEC_H

#include "codecs/codec.h"

extern const struct mdci_codec mdci_codec_lidar;

/** As mdci_codec_lidar.decode(), keeping accounts. */
enum mdc_status mdci_lidar_explain(void *state, uint8_t *block, size_t from,
                                   size_t to, const uint8_t *in, size_t in_size,
                                   struct mdci_account *account);

#endif
