/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file range_coder.h
 * \brief A binary range coder with carry: 32-bit range, 22-bit probabilities.
 *
 * After G. N. N. Martin, "Range encoding" (1979), in the carry-propagating
 * byte form. A bit of probability p costs at most 0.02 % more than log2(1/p)
 * on average down to p = 1/65536, because the range never falls below 2^24.
 */
#ifndef MDCI_RANGE_CODER_H
#define MDCI_RANGE_CODER_H

#include <stddef.h>

#include "models/integer.h"
#include "src/base/account.h"

#define MDCI_PROB_BITS 22

struct mdci_range_coder {
    uint64_t low;     /* encoder: 33 bits, the top one is the carry */
    uint64_t pending; /* encoder: cached byte and the 0xFF bytes behind it */
    uint32_t range;
    uint32_t code;     /* decoder: what was read, minus low */
    uint8_t cache;     /* encoder: the byte that a carry may still change */
    uint8_t *out;      /* encoder: room bytes */
    size_t size, room; /* encoder: bytes put; more than room is a failure */
    const uint8_t *in, *in_end;   /* decoder: next byte, end of the payload */
    struct mdci_account *account; /* of decoders that keep accounts */
};

MDCI_KERNEL void mdci_range_encoder_start(struct mdci_range_coder *rc,
                                          uint8_t *out, size_t room)
{
    rc->low = 0;
    rc->pending = 0;
    rc->range = 0xFFFFFFFFu;
    rc->code = 0;
    rc->cache = 0;
    rc->out = out;
    rc->size = 0;
    rc->room = room;
    rc->in = rc->in_end = NULL;
    rc->account = NULL;
}

MDCI_KERNEL void mdci_range_encoder_put(struct mdci_range_coder *rc,
                                        uint8_t byte)
{
    if (rc->size < rc->room)
        rc->out[rc->size] = byte;
    rc->size++;
}

/** Moves the top byte of low out, unless a later carry may still reach it.
 *  The first call only fills the cache, with 0xFF as well: no byte is written
 *  for it, and no carry reaches it. */
MDCI_KERNEL void mdci_range_encoder_shift(struct mdci_range_coder *rc)
{
    if (!rc->pending || (uint32_t)rc->low < 0xFF000000u || rc->low >> 32) {
        const uint8_t carry = (uint8_t)(rc->low >> 32);
        if (rc->pending) {
            mdci_range_encoder_put(rc, (uint8_t)(rc->cache + carry));
            while (--rc->pending)
                mdci_range_encoder_put(rc, (uint8_t)(0xFFu + carry));
        }
        rc->cache = (uint8_t)(rc->low >> 24);
    }
    rc->pending++;
    rc->low = (uint64_t)((uint32_t)rc->low << 8);
}

/** Writes as few bytes as identify the interval, at least one: the decoder
 *  reads zeros behind the end. \return 1, or 0 if the room was too small. */
MDCI_KERNEL int mdci_range_encoder_finish(struct mdci_range_coder *rc)
{
    /* The value in [low, low + range) with the most trailing zeros. */
    for (unsigned bits = 32; bits-- > 0;) {
        const uint64_t mask = ((uint64_t)1 << bits) - 1;
        const uint64_t value = (rc->low + mask) & ~mask;
        if (value < rc->low + rc->range) {
            rc->low = value;
            break;
        }
    }
    for (unsigned i = 0; i < 5; i++)
        mdci_range_encoder_shift(rc);
    if (rc->size > rc->room)
        return 0;
    while (rc->size > 1 && rc->out[rc->size - 1] == 0)
        rc->size--;
    return 1;
}

MDCI_KERNEL uint8_t mdci_range_decoder_get(struct mdci_range_coder *rc)
{
    return rc->in < rc->in_end ? *rc->in++ : 0;
}

MDCI_KERNEL void mdci_range_decoder_start(struct mdci_range_coder *rc,
                                          const uint8_t *in, size_t size)
{
    rc->low = 0;
    rc->pending = 0;
    rc->range = 0xFFFFFFFFu;
    rc->code = 0;
    rc->cache = 0;
    rc->out = NULL;
    rc->size = rc->room = 0;
    rc->in = in;
    rc->in_end = in + size;
    rc->account = NULL;
    for (unsigned i = 0; i < 4; i++)
        rc->code = rc->code << 8 | mdci_range_decoder_get(rc);
}

/**
 * Codes one bit.
 * \param decode  constant: 1 decodes and ignores bit, 0 encodes it
 * \param p1      22-bit probability of a 1, 1..2^22 - 1
 * \return the bit
 */
MDCI_KERNEL int mdci_range_code(struct mdci_range_coder *rc, const int decode,
                                int bit, uint32_t p1)
{
    const uint32_t bound =
        (uint32_t)(((uint64_t)rc->range * p1) >> MDCI_PROB_BITS);
    if (decode)
        bit = rc->code < bound;
    MDCI_SPEND(rc, bit ? p1 : (1u << MDCI_PROB_BITS) - p1);
    if (bit) {
        rc->range = bound;
    } else {
        rc->range -= bound;
        if (decode)
            rc->code -= bound;
        else
            rc->low += bound;
    }
    while (rc->range < 1u << 24) {
        rc->range <<= 8;
        if (decode)
            rc->code = rc->code << 8 | mdci_range_decoder_get(rc);
        else
            mdci_range_encoder_shift(rc);
    }
    return bit;
}

#endif
