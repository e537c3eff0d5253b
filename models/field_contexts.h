/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file field_contexts.h
 * \brief What the byte models are told of fields: slot, text so far, values
 *        before, and what the predictors expect.
 */
#ifndef MDCI_FIELD_CONTEXTS_H
#define MDCI_FIELD_CONTEXTS_H

#include "models/context.h"
#include "models/predictor.h"

/** What a refused value has to say of the next byte. */
struct mdci_candidate {
    uint32_t hash; /* of the value, 0: none */
    uint32_t best; /* its predictor */
    uint32_t refused;
};

/** The byte that value e expects with 256 added, or 0. */
MDCI_KERNEL uint32_t mdci_value_expected(const struct mdci_values *v,
                                         unsigned e, const struct mdci_field *f,
                                         const uint8_t *block)
{
    return v->alive >> e & 1 && f->length < v->size[e]
               ? mdci_value_bytes(v, e, block)[f->length] | 256u
               : 0;
}

/* Two bytes of the slot's last value, from the field's length on. */
MDCI_KERNEL uint32_t mdci_slot_bytes(const struct mdci_field_slot *s,
                                     const struct mdci_field *f,
                                     const uint8_t *block)
{
    const uint8_t *at = block + s->at + f->length;
    /* The second byte must lie before the one that is coded now. */
    return !s->at                 ? 0
           : s->at + 1 < f->start ? (uint32_t)at[0] | (uint32_t)at[1] << 8
                                  : at[0];
}

/* Difference of the digits so far to those of the slot's last number. */
MDCI_KERNEL uint32_t mdci_slot_digits(const struct mdci_field_slot *s,
                                      const struct mdci_field *f)
{
    if (f->length > 9 || f->kinds == MDCI_KIND_LETTERS ||
        s->kinds != MDCI_KIND_DIGITS || s->length > MDCI_DIGITS_MAX)
        return 0;
    static const uint64_t power[MDCI_DIGITS_MAX + 1] = {1u,
                                                        10u,
                                                        100u,
                                                        1000u,
                                                        10000u,
                                                        100000u,
                                                        1000000u,
                                                        10000000u,
                                                        100000000u,
                                                        1000000000u,
                                                        10000000000u,
                                                        100000000000u,
                                                        1000000000000u,
                                                        10000000000000u,
                                                        100000000000000u,
                                                        1000000000000000u,
                                                        10000000000000000u,
                                                        100000000000000000u,
                                                        1000000000000000000u};
    const uint64_t was = s->length > f->length
                             ? s->number / power[s->length - f->length]
                             : s->number;
    const int64_t d = (int64_t)(f->number - was);
    return (uint32_t)(mdci_clamp64(d, -3, 12) + 8);
}

/** \param slot   [3], of the field
 *  \param last   the last byte
 *  \param match  the byte that a match expects, or 0
 *  \param word   hash of the word so far, \param previous  and before it */
MDCI_KERNEL void mdci_field_keys(uint64_t *key, const struct mdci_field *f,
                                 const struct mdci_field_slot *const *slot,
                                 const struct mdci_values *v,
                                 const struct mdci_candidate *c,
                                 const uint8_t *block, uint32_t last,
                                 uint32_t match, uint32_t word,
                                 uint32_t previous)
{
    const uint64_t a = (uint64_t)f->name[0] << 32;
    const uint64_t b = (uint64_t)f->name[1] << 32;
    const uint64_t k = (uint64_t)f->name[2] << 32;
    const uint32_t text = f->text, before = f->before[0];
    const uint32_t place = f->length * 8 + (f->relation & 63) * 256;
    const uint32_t past = f->relation >> 2 & 15;
#define EXPECTED(e) mdci_value_expected(v, MDCI_VALUE_##e, f, block)
    key[MDCI_CONTEXT_A] = a | text;
    key[MDCI_CONTEXT_A_BEFORE] = a | mdci_mix32(text + before);
    key[MDCI_CONTEXT_A_BEFORE2] =
        a | (mdci_mix32(text + before) + f->before[1] * 7);
    key[MDCI_CONTEXT_A_LAST] = a | mdci_mix32(text + slot[0]->text);
    key[MDCI_CONTEXT_A_LAST2] =
        a | (mdci_mix32(text + slot[0]->text) + slot[0]->text_before * 5);
    key[MDCI_CONTEXT_A_ABOVE] = a | mdci_mix32(text + EXPECTED(ABOVE));
    key[MDCI_CONTEXT_B] = b | text;
    key[MDCI_CONTEXT_B_BEFORE] = b | mdci_mix32(text + before);
    key[MDCI_CONTEXT_K] = k | text;
    key[MDCI_CONTEXT_K_BEFORE] = k | mdci_mix32(text + before);
    key[MDCI_CONTEXT_K_LAST] = k | mdci_mix32(text + slot[2]->text);
    key[MDCI_CONTEXT_LINE_FIELD] =
        ((uint64_t)f->line[0] << 32 | (text + before * 3)) + f->index;
    key[MDCI_CONTEXT_WORD_KEY] =
        ((uint64_t)word << 32 | mdci_mix32(previous + f->key)) + f->name[1];
    const uint8_t *value = mdci_value_bytes(v, c->best, block);
    const uint32_t left = c->hash && f->length < v->size[c->best]
                              ? v->size[c->best] - f->length
                              : 0;
    key[MDCI_CONTEXT_CANDIDATE] =
        ((uint64_t)text << 32) + (((left ? value[f->length] : 0u) |
                                   (left > 1 ? value[f->length + 1] : 0u) << 8 |
                                   c->refused << 16 | (f->length & 63) << 18) ^
                                  ((f->relation & 255) << 24));
    key[MDCI_CONTEXT_A_BYTES] =
        a | (mdci_slot_bytes(slot[0], f, block) + (place << 13));
    key[MDCI_CONTEXT_B_BYTES] =
        b | (mdci_slot_bytes(slot[1], f, block) + (place << 13));
    key[MDCI_CONTEXT_A_DIGITS] =
        a | ((mdci_slot_digits(slot[0], f) << 8 | (f->length & 15) << 13) +
             (mdci_slot_bytes(slot[0], f, block) & 255) +
             ((uint32_t)slot[0]->length << 17) + (past << 25));
    key[MDCI_CONTEXT_B_DIGITS] =
        (mdci_slot_digits(slot[1], f) << 8 | (f->length & 15) << 13) +
        (mdci_slot_bytes(slot[1], f, block) & 255) +
        ((uint64_t)slot[1]->length << 17) + ((uint64_t)past << 25) +
        ((uint64_t)f->kinds << 30);
    key[MDCI_CONTEXT_VALUES] =
        (uint64_t)(EXPECTED(A) | EXPECTED(AV) << 9 | last << 20) << 32 |
        (EXPECTED(LINE) | match << 10);
    key[MDCI_CONTEXT_MORE_VALUES] =
        (uint64_t)(EXPECTED(KV) | EXPECTED(AVV) << 9) << 32 |
        (EXPECTED(ABOVE) | EXPECTED(STEP_A) << 9);
#undef EXPECTED
}

#endif
