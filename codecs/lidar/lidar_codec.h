/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_codec.h
 * \brief Registry row of lidar: point clouds as 32-bit floating-point records.
 */
#ifndef MDCI_LIDAR_CODEC_H
#define MDCI_LIDAR_CODEC_H

#include "codecs/codec.h"

extern const struct mdci_codec mdci_codec_lidar;

#endif
