/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_codec.h
 * \brief What the fuzz targets of the codecs' chunk decoders have in common.
 */
#ifndef FUZZ_CODEC_H
#define FUZZ_CODEC_H

#include "codecs/codec.h"

/**
 * Decodes data[size] as the payloads of one block. Each payload is led by two
 * bytes with its content's size and two with its own.
 * \param block_size  most content; a slow codec finds more with less
 * \param state       a decoder for such blocks, kept between runs
 */
void fuzz_codec(const struct mdci_codec *codec, unsigned row, size_t block_size,
                void **state, const uint8_t *data, size_t size);

#endif
