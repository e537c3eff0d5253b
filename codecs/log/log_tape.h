/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_tape.h
 * \brief What the models of numbers and noise were asked to code, kept for the
 *        proof, which puts the same questions to the tape instead of to them.
 *
 * With the answers to numbers goes a sum of all that was asked: if the
 * decoder's contexts differ from the encoder's anywhere, almost certainly their
 * sums do. Noise stands behind them as it is.
 */
#ifndef MDCI_LOG_TAPE_H
#define MDCI_LOG_TAPE_H

#include "src/base/bytes.h"

#include <string.h>

/** Zeroed, it keeps nothing. The memory is the owner's. */
struct mdci_log_tape {
    uint8_t *data;
    size_t
        room;  /**< bytes that data has room for; to read: that were written */
    size_t at; /**< bytes that were written, or read */
    uint64_t bits; /**< that are not in data yet, or that were taken from it */
    unsigned count;
    uint64_t sum; /**< of the questions since the last mdci_log_tape_check() */
    int failed;   /**< there was no room for more, or there is no more */
};

/** Mixes in what is asked: contexts[16] and the selectors. */
static inline void mdci_log_tape_ask(struct mdci_log_tape *t,
                                     const uint64_t *context,
                                     const uint32_t *selector)
{
    uint64_t sum =
        selector[0] | (uint64_t)selector[1] << 16 | (uint64_t)selector[2] << 40;
    /* Products of pairs, as they do not wait for each other. */
    for (unsigned i = 0; i < 16; i += 2)
        sum += (context[i] + 0x9E3779B97F4A7C15u * (i + 1)) *
               (context[i + 1] + 0xD6E8FEB86659FD93u * (i + 2));
    t->sum = (t->sum ^ sum ^ sum >> 32) * 0x9E6D62D06F6A9A9Bu;
}

static inline void mdci_log_tape_write(struct mdci_log_tape *t,
                                       const void *from, size_t size)
{
    if (size > t->room - t->at) {
        t->failed = 1;
        return;
    }
    if (size > 0)
        memcpy(t->data + t->at, from, size);
    t->at += size;
}

/** \param count  bits of value, 0..64; those above are 0 */
static inline void mdci_log_tape_put(struct mdci_log_tape *t, uint64_t value,
                                     unsigned count)
{
    if (count == 0)
        return;
    t->bits |= value << t->count;
    t->count += count;
    if (t->count < 64)
        return;
    mdci_log_tape_write(t, &t->bits, sizeof(t->bits));
    t->count -= 64;
    t->bits = t->count > 0 ? value >> (count - t->count) : 0;
}

/** The next bytes; NULL if there are not so many. */
static inline const uint8_t *mdci_log_tape_read(struct mdci_log_tape *t,
                                                size_t size)
{
    const uint8_t *data = t->data + t->at;
    if (size > t->room - t->at) {
        t->failed = 1;
        return NULL;
    }
    t->at += size;
    return data;
}

static inline uint64_t mdci_log_tape_get(struct mdci_log_tape *t,
                                         unsigned count)
{
    uint64_t value = t->bits;
    if (count == 0)
        return 0;
    if (count > t->count) {
        const unsigned known = t->count;
        const uint8_t *data = mdci_log_tape_read(t, sizeof(t->bits));
        if (!data)
            return 0;
        memcpy(&t->bits, data, sizeof(t->bits));
        value |= t->bits << known;
        t->count = 64 - (count - known);
        t->bits = t->count > 0 ? t->bits >> (count - known) : 0;
    } else {
        t->count -= count;
        t->bits >>= count;
    }
    return count < 64 ? value & (((uint64_t)1 << count) - 1) : value;
}

/** Ends a segment: bits go to whole bytes, and the sum behind them. */
static inline void mdci_log_tape_end(struct mdci_log_tape *t)
{
    mdci_log_tape_write(t, &t->bits, sizeof(t->bits));
    mdci_log_tape_write(t, &t->sum, sizeof(t->sum));
    t->bits = t->sum = 0;
    t->count = 0;
}

/** \return 1 if a segment ends here, and all was asked as it was coded */
static inline int mdci_log_tape_check(struct mdci_log_tape *t)
{
    uint64_t sum;
    const uint8_t *rest = t->count > 0 ? t->data : mdci_log_tape_read(t, 8);
    const uint8_t *data = mdci_log_tape_read(t, sizeof(sum));
    if (!rest || !data || t->failed)
        return 0;
    memcpy(&sum, data, sizeof(sum));
    const int same = sum == t->sum && t->bits == 0;
    t->bits = t->sum = 0;
    t->count = 0;
    return same;
}

#endif
