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
 * \param state  a decoder for blocks of FUZZ_BLOCK bytes, kept between runs
 */
void fuzz_codec(const struct mdci_codec *codec, unsigned row, void **state,
                const uint8_t *data, size_t size);

enum { FUZZ_BLOCK = 65536 };

#endif
