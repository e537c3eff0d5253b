/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file registry.c
 * \brief All codecs, and which of them a level stands for.
 */
#include "config.h"

#include "codecs/cm/cm_codec.h"
#include "codecs/codec.h"
#include "codecs/log/log_codec.h"
#include "codecs/lzma/lzma_codec.h"
#include "codecs/store/store_codec.h"
#include "codecs/zstd/zstd_codec.h"

static const struct mdci_codec *const codecs[] = {
    &mdci_codec_store,
    &mdci_codec_zstd,
    &mdci_codec_lzma,
    &mdci_codec_cm,
    &mdci_codec_log,
};

/* The row of a level is the level itself. */
static const unsigned char codec_of_level[] = {
    MDCI_CODEC_STORE, MDCI_CODEC_LOG, MDCI_CODEC_LOG, MDCI_CODEC_LOG,
    MDCI_CODEC_CM,    MDCI_CODEC_CM,  MDCI_CODEC_CM,  MDCI_CODEC_CM,
    MDCI_CODEC_CM,    MDCI_CODEC_CM,
};

const struct mdci_codec *mdci_codec_by_id(unsigned id)
{
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
        if (codecs[i]->id == id)
            return codecs[i];
    return NULL;
}

const struct mdci_codec *mdci_codec_for_level(int level, unsigned *row)
{
    if (level < 0 || (size_t)level >= sizeof(codec_of_level))
        return NULL;
    *row = (unsigned)level;
    return mdci_codec_by_id(codec_of_level[level]);
}
