/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file certain.h
 * \brief The question before the flag: is the next field what the match goes
 *        on with? One counter answers, and where it is almost certain, the
 *        flag's sixteen predictors and their mixing are spared. Lists that come
 *        again and again are most of such fields.
 */
#ifndef MDCI_CERTAIN_H
#define MDCI_CERTAIN_H

#include "models/counter.h"
#include "models/field.h"
#include "models/match.h"

#define MDCI_CERTAIN_BITS  14
#define MDCI_CERTAIN_P_MAX (4194304 - 64)

/** The match's value, from the start of a field to its end. */
struct mdci_certain {
    uint32_t hash; /* of the value and the byte behind */
    uint32_t size; /* its bytes, that one too; 0: there is none */
    uint32_t at;   /* its place in the block */
    uint32_t key;  /* of the counter */
};

/** Looks for the value of the field that starts at pos, and for the counter
 *  that knows how good it is.
 *  \param match  [2], short and long: the long one is asked first */
MDCI_KERNEL void mdci_certain_look(struct mdci_certain *c,
                                   const struct mdci_field *f,
                                   const struct mdci_field_tables *t,
                                   const struct mdci_match *match,
                                   const uint8_t *block, uint32_t pos)
{
    const uint32_t longer = match[1].at != 0;
    const uint32_t at = match[longer].at, other = match[!longer].at;
    uint32_t text;
    c->size = at ? mdci_field_measure(block + at, pos - at, &text) : 0;
    if (!c->size)
        return;
    c->hash = mdci_field_hash(text, block[at + c->size - 1]);
    c->at = at;
    c->key = f->asked & 7;
    for (unsigned k = 0; k < MDCI_NAMES; k++)
        c->key = c->key << 1 | (mdci_field_slot_of(f, t, k)->text == text);
    const uint32_t run = mdci_field_slot_of(f, t, 0)->certain;
    const uint32_t past = run < 4     ? run
                          : run < 8   ? 4
                          : run < 24  ? 5
                          : run < 100 ? 6
                                      : 7;
    const uint32_t against = other && block[other] != block[at];
    c->key = ((c->key << 3 | past) << 1 | against) << 1 | longer;
    c->key = c->key << 3 | mdci_match_bucket(match[longer].length) >> 2;
}

/** How likely it is, 22 bits. */
MDCI_KERNEL uint32_t mdci_certain_p(const struct mdci_certain *c,
                                    const mdci_counter *counters)
{
    const uint32_t p = (uint32_t)(counters[c->key] >> 41);
    return p < MDCI_CERTAIN_P_MAX ? p : MDCI_CERTAIN_P_MAX;
}

/** Learns what the field was. \param hash  of it and the byte behind */
MDCI_KERNEL void mdci_certain_update(struct mdci_certain *c,
                                     const struct mdci_field *f,
                                     const struct mdci_field_tables *t,
                                     mdci_counter *counters, uint32_t hash)
{
    if (!c->size)
        return;
    struct mdci_field_slot *slot = mdci_field_slot_of(f, t, 0);
    const int right = c->hash == hash;
    counters[c->key] = mdci_counter_learn(counters[c->key], right);
    slot->certain = !right                ? 0
                    : slot->certain < 255 ? (uint8_t)(slot->certain + 1)
                                          : 255;
    c->size = 0;
}

#endif
