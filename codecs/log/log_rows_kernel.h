/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_rows_kernel.h
 * \brief The coding of rows, for both directions; a translation unit defines
 *        MDCI_AVX2 or not, and includes this once.
 */
#ifndef MDCI_LOG_ROWS_KERNEL_H
#define MDCI_LOG_ROWS_KERNEL_H

#include "codecs/log/log_rows.h"
#include "models/decision.h"

/** Of a column: its past. */
struct mdci_log_past {
    uint64_t last, before;
    uint64_t step;                    /* last - before, of numbers */
    uint32_t score[MDCI_LOG_GUESSES]; /* how often a guess was right */
    uint32_t history;                 /* of asked guesses, newest lowest */
};

struct mdci_log_rows {
    struct mdci_decider decider;
    struct mdci_log_past past[MDCI_LOG_MAX_COLUMNS];
    uint64_t successor[MDCI_LOG_GUESSES][MDCI_LOG_SUCCESSORS];
    uint32_t id_successor[3][MDCI_LOG_SUCCESSORS];
    uint32_t id[3];      /* of the lines before, the newest first */
    uint32_t id_history; /* of asked guesses */
    int16_t weights[MDCI_DECISION_KEYS][16] MDCI_ALIGNED(32);
};

typedef int mdci_log_rows_fn(struct mdci_log_rows *rows,
                             const struct mdci_log_table *table,
                             struct mdci_range_coder *rc);

mdci_log_rows_fn mdci_log_rows_encode_scalar, mdci_log_rows_decode_scalar,
    mdci_log_rows_encode_avx2, mdci_log_rows_decode_avx2;

enum {
    MDCI_LOG_RATE = 14,     /* of the weights */
    MDCI_LOG_SELECT_ID = 0, /* 3 guesses, then spelling */
    MDCI_LOG_SELECT_SPELL_ID = 4,
    MDCI_LOG_SELECT_GUESS = 8, /* 3 questions of 5 guesses */
    MDCI_LOG_SELECT_TEXT = 24,
    MDCI_LOG_SELECT_NUMBER = 32
};

MDCI_KERNEL uint64_t mdci_log_mix2(uint64_t a, uint64_t b)
{
    return mdci_hash64(a ^ mdci_hash64(b + 1));
}

MDCI_KERNEL uint64_t *mdci_log_after(struct mdci_log_rows *r, unsigned guess,
                                     uint64_t key)
{
    return &r->successor[guess][mdci_hash64(key) >> 50];
}

MDCI_KERNEL uint32_t *mdci_log_id_after(struct mdci_log_rows *r, unsigned guess,
                                        uint64_t key)
{
    return &r->id_successor[guess][mdci_hash64(key) >> 50];
}

/** Codes the template of the next line. */
MDCI_KERNEL uint32_t mdci_log_code_id(struct mdci_log_rows *r,
                                      struct mdci_range_coder *rc,
                                      const int decode, uint32_t id)
{
    const uint64_t one = r->id[0];
    const uint64_t two = one << 13 | r->id[1];
    const uint64_t three = two << 13 | r->id[2];
    uint32_t *after[3] = {mdci_log_id_after(r, 0, three),
                          mdci_log_id_after(r, 1, two),
                          mdci_log_id_after(r, 2, one)};
    int hit = 0;
    for (unsigned k = 0; k < 3 && !hit; k++) {
        const uint64_t guess = *after[k];
        if ((k > 0 && *after[0] == guess) || (k == 2 && *after[1] == guess))
            continue;
        const uint64_t same =
            (uint64_t)(*after[1] == guess) + 2 * (uint64_t)(*after[2] == guess);
        const uint64_t base = k + 1;
        const uint64_t context[MDCI_DECISION_INPUTS] = {
            base | (uint64_t)(r->id_history & 255) << 8,
            base | same << 8 | (uint64_t)(r->id_history & 7) << 16,
            base | guess << 8,
            base | guess << 8 | one << 24,
            base | guess << 8 | two << 24,
            mdci_log_mix2(base | guess << 8, three),
            base | one << 8,
            base | two << 8,
        };
        hit = mdci_code_bit(&r->decider, rc, decode, context,
                            MDCI_LOG_SELECT_ID + k, guess == id, MDCI_LOG_RATE);
        r->id_history = r->id_history << 1 | (uint32_t)hit;
        if (hit)
            id = (uint32_t)guess;
    }
    if (!hit) {
        const uint64_t context[MDCI_DECISION_INPUTS] = {
            11,
            12 | one << 8,
            13 | two << 8,
            mdci_log_mix2(14, three),
            15 | (uint64_t)*after[0] << 8,
            16 | (uint64_t)*after[1] << 8,
            17 | (uint64_t)*after[2] << 8,
            18 | (uint64_t)r->id[1] << 8,
        };
        const uint32_t high = mdci_code_symbol(&r->decider, rc, decode, context,
                                               MDCI_LOG_SELECT_SPELL_ID, 5,
                                               id >> 8 & 31, MDCI_LOG_RATE);
        uint64_t low[MDCI_DECISION_INPUTS];
        for (unsigned k = 0; k < MDCI_DECISION_INPUTS; k++)
            low[k] = mdci_log_mix2(context[k], high);
        id = high << 8 | mdci_code_symbol(&r->decider, rc, decode, low,
                                          MDCI_LOG_SELECT_SPELL_ID + 1, 8,
                                          id & 255, MDCI_LOG_RATE);
    }
    for (unsigned k = 0; k < 3; k++)
        *after[k] = id;
    r->id[2] = r->id[1];
    r->id[1] = r->id[0];
    r->id[0] = id;
    return id;
}

/** Where a value stands. */
struct mdci_log_place {
    uint64_t column, kind;
    uint64_t id, id_before; /* of the line and the one before */
    uint64_t left, left2;   /* values to the left of it */
};

/** Spells out a value that no guess had. */
MDCI_KERNEL uint64_t mdci_log_spell(struct mdci_log_rows *r,
                                    struct mdci_range_coder *rc,
                                    const int decode,
                                    const struct mdci_log_place *at,
                                    uint64_t value)
{
    const struct mdci_log_past *past = &r->past[at->column];
    const uint64_t c = at->column << 8;
    uint64_t context[MDCI_DECISION_INPUTS] = {
        c | 21,
        mdci_log_mix2(c | 22, past->last),
        mdci_log_mix2(c | 23, at->left),
        c | 24 | at->id << 32,
        mdci_log_mix2(mdci_log_mix2(c | 25, past->last), past->before),
        mdci_log_mix2(mdci_log_mix2(c | 26, at->left), at->left2),
        mdci_log_mix2(c | 27 | at->id << 32, at->left),
        c | 28 | at->id << 32 | at->id_before << 48,
    };
    if (at->kind == MDCI_LOG_NUMBERED)
        return mdci_code_symbol(&r->decider, rc, decode, context,
                                MDCI_LOG_SELECT_TEXT, 8, (uint32_t)value & 255,
                                MDCI_LOG_RATE);
    if (at->kind == MDCI_LOG_NUMBERED_16) {
        const uint32_t high = mdci_code_symbol(
            &r->decider, rc, decode, context, MDCI_LOG_SELECT_TEXT + 1, 8,
            (uint32_t)value >> 8 & 255, MDCI_LOG_RATE);
        for (unsigned k = 0; k < MDCI_DECISION_INPUTS; k++)
            context[k] = mdci_log_mix2(context[k], high);
        return high << 8 | mdci_code_symbol(&r->decider, rc, decode, context,
                                            MDCI_LOG_SELECT_TEXT + 2, 8,
                                            (uint32_t)value & 255,
                                            MDCI_LOG_RATE);
    }
    const int steps = at->kind == MDCI_LOG_STEPS;
    const uint64_t step = value - past->last;
    uint64_t number = steps ? step << 1 ^ (0 - (step >> 63)) : value;
    if (steps) { /* the last step says more than the value itself */
        unsigned size = 0;
        while (size < 64 && past->step >> size)
            size++;
        context[1] = mdci_log_mix2(c | 29, past->step);
        context[4] = c | 30 | (uint64_t)size << 32 | at->id << 48;
        context[5] = c | 31 | (uint64_t)size << 32;
    }
    number = mdci_code_number(&r->decider, rc, decode, context,
                              MDCI_LOG_SELECT_NUMBER + (unsigned)steps, number,
                              MDCI_LOG_RATE);
    return steps ? past->last + (number >> 1 ^ (0 - (number & 1))) : number;
}

/** Codes a value: up to three guesses, the best first, then spelling. */
MDCI_KERNEL uint64_t mdci_log_code_value(struct mdci_log_rows *r,
                                         struct mdci_range_coder *rc,
                                         const int decode,
                                         const struct mdci_log_place *at,
                                         uint64_t value)
{
    struct mdci_log_past *past = &r->past[at->column];
    const uint64_t c = at->column << 8;
    const int number = at->kind == MDCI_LOG_STEPS;
    uint64_t *after[MDCI_LOG_GUESSES] = {
        &past->last,
        mdci_log_after(r, 1, mdci_log_mix2(c, at->left)),
        mdci_log_after(
            r, 2, mdci_log_mix2(mdci_log_mix2(c, past->last), past->before)),
        mdci_log_after(r, 3, c | at->id << 32),
        mdci_log_after(r, 4,
                       mdci_log_mix2(mdci_log_mix2(c, at->left),
                                     mdci_log_mix2(at->left2, at->id))),
    };
    uint64_t guess[MDCI_LOG_GUESSES];
    for (unsigned k = 0; k < MDCI_LOG_GUESSES; k++)
        guess[k] = *after[k];
    if (number)
        guess[2] = past->last + past->step;
    /* A new text is no guess: it follows from nothing. */
    unsigned asked = 0, left = (1u << MDCI_LOG_GUESSES) - 1;
    int hit = 0;
    while (asked < 3 && left && !hit) {
        unsigned best = MDCI_LOG_GUESSES;
        for (unsigned k = 0; k < MDCI_LOG_GUESSES; k++)
            if (left >> k & 1 && (best == MDCI_LOG_GUESSES ||
                                  past->score[k] > past->score[best]))
                best = k;
        unsigned same = 0;
        for (unsigned k = 0; k < MDCI_LOG_GUESSES; k++)
            same |= (unsigned)(guess[k] == guess[best]) << k;
        left &= ~same;
        const uint64_t base = c | best << 3 | asked << 6;
        const uint64_t context[MDCI_DECISION_INPUTS] = {
            base << 16 | (past->history & 0xFF),
            mdci_log_mix2(base << 8 | same, past->score[best] >> 13),
            mdci_log_mix2(base | 1, guess[best]),
            mdci_log_mix2(base | 2, at->left),
            base | at->id << 32 | 3,
            base | at->id << 32 | at->id_before << 48 | 4,
            mdci_log_mix2(mdci_log_mix2(base | 5, past->last), at->left),
            (uint64_t)best << 3 | asked << 6 | (uint64_t)same << 8 |
                (uint64_t)(past->history & 15) << 16 | 6,
        };
        hit = mdci_code_bit(&r->decider, rc, decode, context,
                            MDCI_LOG_SELECT_GUESS + best * 3 + asked,
                            guess[best] == value, MDCI_LOG_RATE);
        past->history = past->history << 1 | (uint32_t)hit;
        if (hit)
            value = guess[best];
        asked++;
    }
    if (!hit)
        value = mdci_log_spell(r, rc, decode, at, value);
    for (unsigned k = 0; k < MDCI_LOG_GUESSES; k++) {
        past->score[k] -= past->score[k] >> 4;
        past->score[k] += guess[k] == value ? 4095 : 0;
    }
    for (unsigned k = 1; k < MDCI_LOG_GUESSES; k++)
        *after[k] = value;
    past->step = value - past->last;
    past->before = past->last;
    past->last = value;
    return value;
}

/** Codes a table. \return 1, or 0 if what is decoded is impossible */
MDCI_KERNEL int mdci_log_rows_code(struct mdci_log_rows *r,
                                   const struct mdci_log_table *t,
                                   struct mdci_range_coder *rc,
                                   const int decode)
{
    size_t done = 0;
    for (size_t i = 0; i < t->lines; i++) {
        struct mdci_log_place at = {.id_before = r->id[0]};
        const uint32_t id =
            mdci_log_code_id(r, rc, decode, decode ? 0 : t->ids[i]);
        if (decode) {
            if (id > t->templates->count)
                return 0;
            t->ids[i] = id;
        }
        if (id == 0)
            continue;
        at.id = id;
        const struct mdci_log_template *template = &t->templates->list[id - 1];
        for (uint32_t k = 0; k < template->slots; k++) {
            at.column = t->templates->slot_column[template->slot + k];
            at.kind = t->kind[at.column];
            if (!mdci_log_has_code(t->kind[at.column]))
                continue;
            if (done == t->max_values)
                return 0;
            const uint64_t value = mdci_log_code_value(
                r, rc, decode, &at, decode ? 0 : t->values[done]);
            if (decode)
                t->values[done] = value;
            done++;
            at.left2 = at.left;
            at.left = value;
        }
    }
    return 1;
}

#endif
