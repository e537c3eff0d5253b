/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file novel.h
 * \brief Spells the bytes of random identifiers: nothing foretells them, so
 *        they cost two counters a decision, of the column and of the
 *        place in the field.
 *
 * A slot whose last fields were random (field.h counts that) is taken at its
 * word from the second byte on that nobody expected. What the place in the
 * field says of such bytes (a version digit, the range of a first character)
 * is more than what a mixer finds in contexts that have never been seen.
 */
#ifndef MDCI_NOVEL_H
#define MDCI_NOVEL_H

#include "models/integer.h"
#include "models/range_coder.h"
#include "models/symbol_tree.h"

#define MDCI_RANDOM       4 /* surprising bytes in a row: a random field */
#define MDCI_NOVEL_FIELDS 3 /* random ones in a row that make a slot random */
#define MDCI_NOVEL_COUNT  1000 /* observations that a counter's rate knows */
#define MDCI_NOVEL_SURE   64 /* observations that make a place's count alone */
#define MDCI_NOVEL_DULL   524288u /* so near to the middle, a p is dull */

/** How little foretold the bytes of a field. */
struct mdci_surprise {
    uint32_t run;  /* bytes before this one that nothing foretold */
    uint32_t most; /* of them in a row */
};

/** Notes whether anything foretold a byte. */
MDCI_KERNEL void mdci_surprise_note(struct mdci_surprise *s, int surprising)
{
    s->run = surprising ? s->run + 1 : 0;
    if (s->run > s->most)
        s->most = s->run;
}

/** 1 if the field is random so far. */
MDCI_KERNEL int mdci_surprise_random(const struct mdci_surprise *s)
{
    return s->most >= MDCI_RANDOM;
}

/** Fields of a slot in a row that were random, counted up to what matters,
 *  with one more. */
MDCI_KERNEL uint8_t mdci_novel_fields(uint32_t before, int random)
{
    return (uint8_t)(!random                      ? 0
                     : before < MDCI_NOVEL_FIELDS ? before + 1
                                                  : before);
}

/** Counters of one place of one slot: bits 31..10 P(1) with the highest bit
 *  flipped, bits 9..0 observations; all 0 is the start. */
struct mdci_novel_row {
    uint32_t node[256];
};

/** Where the field's next byte has its counters. */
struct mdci_novel {
    struct mdci_novel_row *here; /* of this place in the field */
    struct mdci_novel_row *slot; /* of all places */
};

/** \param bits    log2 of the rows
 *  \param name    of the slot
 *  \param length  bytes of the field so far */
MDCI_KERNEL struct mdci_novel mdci_novel_at(struct mdci_novel_row *rows,
                                            unsigned bits, uint32_t name,
                                            uint32_t length)
{
    const struct mdci_novel x = {
        rows + (mdci_hash2(name, length + 3) >> (32 - bits)),
        rows + (mdci_hash2(name, 2) >> (32 - bits))};
    return x;
}

/** 22-bit P(1) of a counter. */
MDCI_KERNEL int32_t mdci_novel_p(uint32_t counter)
{
    return (int32_t)(counter >> 10 ^ 0x200000);
}

MDCI_KERNEL uint32_t mdci_novel_learn(uint32_t counter, int bit)
{
    const uint32_t n = counter & 1023;
    const int32_t p = mdci_novel_p(counter);
    const int64_t error = (bit ? 4194303 : 0) - p;
    const int32_t next =
        p + (int32_t)mdci_sar64(error * mdci_inverse[n + 2], 22);
    return ((uint32_t)next ^ 0x200000) << 10 |
           (n < MDCI_NOVEL_COUNT ? n + 1 : n);
}

/** P(1) by both counters: the place's is believed as it has seen more. */
MDCI_KERNEL int32_t mdci_novel_mix(uint32_t here, uint32_t slot)
{
    const int32_t n = (int32_t)(here & 1023);
    const int32_t part = n < MDCI_NOVEL_SURE ? n : MDCI_NOVEL_SURE;
    return (mdci_novel_p(here) * part +
            mdci_novel_p(slot) * (MDCI_NOVEL_SURE - part)) /
           MDCI_NOVEL_SURE;
}

/** 1 if a decision of this 22-bit P(1) says nothing. */
MDCI_KERNEL uint32_t mdci_novel_dull(uint32_t p)
{
    return p - (2097152u - MDCI_NOVEL_DULL) < 2 * MDCI_NOVEL_DULL;
}

/** Spells a byte. \param dull  out: decisions that said nothing
 *  \return the byte */
MDCI_KERNEL uint32_t mdci_novel_code(struct mdci_novel x,
                                     struct mdci_range_coder *rc,
                                     const int decode,
                                     const struct mdci_tree *tree,
                                     uint32_t byte, uint32_t *dull)
{
    *dull = 0;
    uint32_t link = MDCI_TREE_ROOT;
    for (unsigned depth = 0; link < MDCI_TREE_LEAF; depth++) {
        uint32_t *here = &x.here->node[link], *slot = &x.slot->node[link];
        const int32_t p =
            mdci_clamp(mdci_novel_mix(*here, *slot), 64, 4194304 - 64);
        const int bit = mdci_range_code(
            rc, decode, (int)mdci_tree_bit(tree->code[byte], depth),
            (uint32_t)p);
        *dull += mdci_novel_dull((uint32_t)p);
        *slot = mdci_novel_learn(*slot, bit);
        *here = mdci_novel_learn(*here, bit);
        link = tree->next[link][bit];
    }
    return link & 255;
}

#endif
