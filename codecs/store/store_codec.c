/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file store_codec.c
 * \brief The codec that codes nothing: the stream layer stores chunks itself,
 *        whatever the codec, so that there is nothing to do here.
 */
#include "config.h"

#include "codecs/store/store_codec.h"

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    (void)direction;
    (void)block_size;
    (void)dictionary_size;
    return row == 0 ? 0 : UINT64_MAX;
}

const struct mdci_codec mdci_codec_store = {
    .id = MDCI_CODEC_STORE,
    .name = "store",
    .since_format = 1,
    .available = 1,
    .verbatim = 1,
    .memusage = memusage,
};
