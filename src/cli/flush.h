/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file flush.h
 * \brief Where a stream of input is flushed.
 */
#ifndef MDCI_FLUSH_H
#define MDCI_FLUSH_H

#include <stddef.h>

#include "src/cli/request.h"

struct mdci_flusher {
    struct mdci_flush_rule rule;
    uint64_t pending; /**< bytes since the last flush */
    int64_t deadline; /**< when they must be flushed, by mdci_now() */
};

/** How much of data[size] (all that has arrived, size > 0) to give to the
 *  coder next; *flush says whether to flush behind it. */
size_t mdci_flush_piece(struct mdci_flusher *flusher, const uint8_t *data,
                        size_t size, bool *flush);

/** Milliseconds that reading may wait until a flush is due; -1: for ever. */
int mdci_flush_timeout(const struct mdci_flusher *flusher);

/** Notes a flush that was done because the time was up. */
void mdci_flush_done(struct mdci_flusher *flusher);

#endif
