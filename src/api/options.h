/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file options.h
 * \brief From the caller's options to what the stream layer takes.
 */
#ifndef MDCI_OPTIONS_H
#define MDCI_OPTIONS_H

#include "codecs/codec.h"

/** Options of which all are valid and none stands for a default. */
struct mdci_settings {
    struct mdc_options options;
    const struct mdci_codec *codec; /**< the level's */
    unsigned row;
};

/**
 * Checks options for compression and fills in what they leave open. Threads
 * are reduced until the memory limit holds.
 * \param options  NULL for the defaults
 * \return MDC_OK, MDC_OPTIONS, or MDC_MEMLIMIT if one thread takes too much
 */
enum mdc_status mdci_settings_compress(struct mdci_settings *settings,
                                       const struct mdc_options *options);

/** The same for decompression, which looks at fewer of them. */
enum mdc_status mdci_settings_decompress(struct mdc_options *settings,
                                         const struct mdc_options *options);

#endif
