/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file flush.c
 * \brief The rules of --flush; the first that applies wins.
 */
#include "config.h"

#include "src/cli/flush.h"

#include "src/cli/progress.h"

/* Bytes up to and with the last newline; 0 if there is none. */
static size_t whole_lines(const uint8_t *data, size_t size)
{
    while (size > 0 && data[size - 1] != '\n')
        size--;
    return size;
}

size_t mdci_flush_piece(struct mdci_flusher *f, const uint8_t *data,
                        size_t size, bool *flush)
{
    const struct mdci_flush_rule *rule = &f->rule;
    size_t piece = size;
    *flush = false;
    if (f->pending == 0 && rule->milliseconds)
        f->deadline = mdci_now() + rule->milliseconds;
    const size_t lines = rule->line ? whole_lines(data, size) : 0;
    if (lines > 0) {
        piece = lines;
        *flush = true;
    }
    if (rule->bytes && rule->bytes - f->pending <= piece) {
        piece = (size_t)(rule->bytes - f->pending);
        *flush = true;
    }
    if (rule->milliseconds && mdci_now() >= f->deadline)
        *flush = true;
    f->pending = *flush ? 0 : f->pending + piece;
    return piece;
}

int mdci_flush_timeout(const struct mdci_flusher *f)
{
    if (f->rule.milliseconds == 0 || f->pending == 0)
        return -1;
    const int64_t left = f->deadline - mdci_now();
    return left > 0 ? (int)left : 0;
}

void mdci_flush_done(struct mdci_flusher *f)
{
    f->pending = 0;
}
