/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file registry.c
 * \brief All codecs, and which of them a level stands for.
 */
#include "config.h"

#include "codecs/cm/cm_codec.h"
#include "codecs/codec.h"
#include "codecs/lidar/lidar_codec.h"
#include "codecs/log/log_codec.h"
#include "codecs/lzma/lzma_codec.h"
#include "codecs/store/store_codec.h"
#include "codecs/zstd/zstd_codec.h"

static const struct mdci_codec *const codecs[] = {
    &mdci_codec_store, &mdci_codec_zstd, &mdci_codec_lzma,
    &mdci_codec_cm,    &mdci_codec_log,  &mdci_codec_lidar,
};

/* The row of a level is the level itself. */
static const unsigned char codec_of_level[] = {
    MDCI_CODEC_STORE, MDCI_CODEC_LOG, MDCI_CODEC_LOG, MDCI_CODEC_LOG,
    MDCI_CODEC_CM,    MDCI_CODEC_CM,  MDCI_CODEC_CM,  MDCI_CODEC_CM,
    MDCI_CODEC_CM,    MDCI_CODEC_CM,
};

static const unsigned char byte_codec_of_level[] = {
    MDCI_CODEC_STORE, MDCI_CODEC_ZSTD, MDCI_CODEC_ZSTD, MDCI_CODEC_LZMA,
    MDCI_CODEC_CM,    MDCI_CODEC_CM,   MDCI_CODEC_CM,   MDCI_CODEC_CM,
    MDCI_CODEC_CM,    MDCI_CODEC_CM,
};

const struct mdci_codec *mdci_codec_by_id(unsigned id)
{
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
        if (codecs[i]->id == id)
            return codecs[i];
    return NULL;
}

static const struct mdci_codec *of_level(const unsigned char *codec, int level,
                                         unsigned *row)
{
    if (level < 0 || (size_t)level >= sizeof(codec_of_level))
        return NULL;
    *row = (unsigned)level;
    return mdci_codec_by_id(codec[level]);
}

const struct mdci_codec *mdci_codec_for_level(int level, unsigned *row)
{
    return of_level(codec_of_level, level, row);
}

const struct mdci_codec *mdci_byte_codec_for_level(int level, unsigned *row)
{
    return of_level(byte_codec_of_level, level, row);
}

enum mdc_status mdci_front_end_for(unsigned row, const uint8_t *content,
                                   size_t size,
                                   const struct mdc_allocator *allocator,
                                   const struct mdci_codec **front,
                                   enum mdci_claim *claim)
{
    *front = NULL;
    *claim = MDCI_CLAIM_NONE;
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]) && !*front; i++) {
        if (!codecs[i]->claim)
            continue;
        MDCI_TRY(codecs[i]->claim(row, content, size, allocator, claim));
        if (*claim != MDCI_CLAIM_NONE)
            *front = codecs[i];
    }
    return MDC_OK;
}

uint64_t mdci_front_end_memory(enum mdci_direction direction, unsigned row,
                               uint64_t block_size)
{
    const struct mdci_codec *own = mdci_codec_for_level((int)row, &row);
    uint64_t most = 0;
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
        if (!codecs[i]->claim || codecs[i] == own)
            continue;
        const uint64_t size =
            codecs[i]->memusage(direction, row, block_size, 0);
        if (size != UINT64_MAX && size > most)
            most = size;
    }
    return most;
}
