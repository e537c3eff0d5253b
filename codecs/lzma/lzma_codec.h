/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lzma_codec.h
 * \brief The codec on top of liblzma.
 */
#ifndef MDCI_LZMA_CODEC_H
#define MDCI_LZMA_CODEC_H

#include "codecs/codec.h"

extern const struct mdci_codec mdci_codec_lzma;

#endif
