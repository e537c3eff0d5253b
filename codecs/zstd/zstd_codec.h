/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file zstd_codec.h
 * \brief The codec on top of libzstd.
 */
#ifndef MDCI_ZSTD_CODEC_H
#define MDCI_ZSTD_CODEC_H

#include "codecs/codec.h"

extern const struct mdci_codec mdci_codec_zstd;

#endif
