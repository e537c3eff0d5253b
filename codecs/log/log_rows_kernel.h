/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_rows_kernel.h
 * \brief The coding of rows, for both directions; a translation unit defines
 *        MDCI_AVX2 or not, and includes this once.
 */
#ifndef MDCI_LOG_ROWS_KERNEL_H
#define MDCI_LOG_ROWS_KERNEL_H

#include "codecs/log/log_rows.h"
#include "codecs/log/log_tape.h"
#include "models/number.h"

/** Not a direction of the models' own: what was coded comes from the tape. */
#define MDCI_LOG_REPLAY 2

/** Of a column: its past. */
struct mdci_log_past {
    uint64_t last, before;
    uint64_t step;                    /* last - before, of numbers */
    uint32_t score[MDCI_LOG_GUESSES]; /* how often a guess was right */
    uint32_t history;                 /* of asked guesses, newest lowest */
    uint32_t stays;                   /* whether it was the last one again */
    uint32_t follows;                 /* whether its seconds went on as the
                                         line's first number did */
    uint32_t same; /* how far left the same stood; 0: never */
};

struct mdci_log_rows {
    struct mdci_numbers numbers;
    struct mdci_log_past past[MDCI_LOG_PASTS];
    uint64_t *successor;    /* [MDCI_LOG_FOLLOW][1 << successor_bits] */
    uint32_t *id_successor; /* [3][1 << successor_bits] */
    unsigned successor_bits;
    uint32_t id[4];                 /* of the lines before, the newest first */
    uint32_t id_history;            /* of asked guesses */
    uint64_t spelled;               /* the last number that was */
    uint64_t time[MDCI_LOG_CLOCKS]; /* the last of each format */
    struct mdci_log_tape *tape;     /* NULL: none is kept */
};

typedef int mdci_log_rows_fn(struct mdci_log_rows *rows,
                             const struct mdci_log_table *table,
                             struct mdci_range_coder *rc);

mdci_log_rows_fn mdci_log_rows_encode_scalar, mdci_log_rows_decode_scalar,
    mdci_log_rows_encode_avx2, mdci_log_rows_decode_avx2;

/** Codes a symbol of 1..8 bits. \param decode  0, 1 or MDCI_LOG_REPLAY */
MDCI_KERNEL uint32_t mdci_log_code_small(struct mdci_log_rows *r,
                                         struct mdci_range_coder *rc,
                                         const int decode,
                                         const struct mdci_number_place *place,
                                         const unsigned bits, uint32_t symbol)
{
    if (decode != 1 && r->tape)
        mdci_log_tape_ask(r->tape, place->context, place->selector);
    if (decode == MDCI_LOG_REPLAY)
        return (uint32_t)mdci_log_tape_get(r->tape, bits);
    if (!decode && r->tape)
        mdci_log_tape_put(r->tape, symbol, bits);
    return mdci_code_small(&r->numbers, rc, decode, MDCI_NUMBER_INPUTS, place,
                           bits, symbol);
}

/** Codes a number of any size; as above. */
MDCI_KERNEL uint64_t mdci_log_code_number(struct mdci_log_rows *r,
                                          struct mdci_range_coder *rc,
                                          const int decode,
                                          const struct mdci_number_place *place,
                                          uint64_t number)
{
    if (decode != 1 && r->tape)
        mdci_log_tape_ask(r->tape, place->context, place->selector);
    if (decode == MDCI_LOG_REPLAY) {
        const unsigned size = (unsigned)mdci_log_tape_get(r->tape, 7);
        r->tape->failed |= size > 64; /* it is of something else */
        return mdci_log_tape_get(r->tape, size <= 64 ? size : 0);
    }
    if (!decode && r->tape) {
        const unsigned size = mdci_bits_of(number);
        mdci_log_tape_put(r->tape, size, 7);
        mdci_log_tape_put(r->tape, number, size);
    }
    return mdci_code_unsigned(&r->numbers, rc, decode, MDCI_NUMBER_INPUTS,
                              place, number);
}

/* The first selector: what is asked. */
enum {
    MDCI_LOG_SELECT_ID = 0, /* 3 guesses, then spelling */
    MDCI_LOG_SELECT_SPELL_ID = 4,
    MDCI_LOG_SELECT_GUESS = 8, /* 3 questions of 6 guesses */
    MDCI_LOG_SELECT_TEXT = 32,
    MDCI_LOG_SELECT_NUMBER = 40
};

MDCI_KERNEL uint64_t mdci_log_mix2(uint64_t a, uint64_t b)
{
    return mdci_hash64(a ^ mdci_hash64(b + 1));
}

MDCI_KERNEL uint64_t *mdci_log_after(struct mdci_log_rows *r, unsigned table,
                                     uint64_t key)
{
    const unsigned bits = r->successor_bits;
    return r->successor + ((size_t)table << bits) +
           (mdci_hash64(key) >> (64 - bits));
}

MDCI_KERNEL uint32_t *mdci_log_id_after(struct mdci_log_rows *r, unsigned guess,
                                        uint64_t key)
{
    const unsigned bits = r->successor_bits;
    return r->id_successor + ((size_t)guess << bits) +
           (mdci_hash64(key) >> (64 - bits));
}

/** Codes the template of the next line. */
MDCI_KERNEL uint32_t mdci_log_code_id(struct mdci_log_rows *r,
                                      struct mdci_range_coder *rc,
                                      const int decode, uint32_t id)
{
    const uint64_t one = r->id[0];
    const uint64_t two = one << 13 | r->id[1];
    const uint64_t three = two << 13 | r->id[2];
    const uint64_t four = three << 13 | r->id[3];
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
        const uint64_t base = k | same << 2;
        const uint64_t history = r->id_history;
        const struct mdci_number_place place = {
            {
                k | (history & 255) << 8,
                base | (history & 7) << 16,
                k | guess << 8,
                k | guess << 8 | one << 24,
                k | guess << 8 | two << 24,
                mdci_log_mix2(k | guess << 8, three),
                k | one << 8,
                k | two << 8,
                mdci_log_mix2(k | guess << 8, four),
                mdci_log_mix2(k, three),
                base | guess << 8 | (history & 15) << 24,
                base | (history & 0xFFFF) << 16,
                base | one << 8 | (history & 15) << 24,
                base | guess << 8 | (uint64_t)r->id[1] << 24,
                base | (uint64_t)*after[0] << 8 | (uint64_t)*after[1] << 24 |
                    (uint64_t)*after[2] << 40,
                mdci_log_mix2(base, r->past[0].last),
            },
            {MDCI_LOG_SELECT_ID + k, history & 255, guess & 255},
        };
        hit = (int)mdci_log_code_small(r, rc, decode, &place, 1, guess == id);
        r->id_history = r->id_history << 1 | (uint32_t)hit;
        if (hit)
            id = (uint32_t)guess;
    }
    if (!hit) {
        struct mdci_number_place place = {
            {
                0,
                one,
                two,
                three,
                *after[0],
                *after[1],
                *after[2],
                r->id[1],
                four,
                r->id[2],
                r->id_history & 255,
                one | (uint64_t)*after[1] << 32,
                (uint64_t)*after[2] | (uint64_t)*after[1] << 32,
                mdci_log_mix2(two, *after[0]),
                r->past[0].last,
                mdci_log_mix2(one, r->past[0].last),
            },
            {MDCI_LOG_SELECT_SPELL_ID, r->id_history & 255, one & 255},
        };
        const uint32_t high =
            mdci_log_code_small(r, rc, decode, &place, 5, id >> 8 & 31);
        for (unsigned k = 0; k < MDCI_NUMBER_INPUTS; k++)
            place.context[k] = mdci_log_mix2(place.context[k], high);
        place.selector[0]++;
        id =
            high << 8 | mdci_log_code_small(r, rc, decode, &place, 8, id & 255);
    }
    for (unsigned k = 0; k < 3; k++)
        *after[k] = id;
    for (unsigned k = 3; k > 0; k--)
        r->id[k] = r->id[k - 1];
    r->id[0] = id;
    return id;
}

#define MDCI_LOG_UNLIKELY 18000 /* score of guesses that are not asked for */
#define MDCI_LOG_LINE     32    /* values of a line that may come again in it */

/** Where a value stands. */
struct mdci_log_place {
    uint64_t past, kind;
    unsigned clock;         /* of its format, with steps */
    uint64_t id, id_before; /* of the line and the one before */
    uint64_t left, left2;   /* values to the left of it */
    uint64_t from;          /* what a step is told from */
    uint64_t moved;         /* by how much the line's first number went on */
    int has_moved;
    uint64_t line[MDCI_LOG_LINE]; /* those of the line, in a ring */
    uint32_t count;               /* of them */
    uint32_t hits; /* how they were told, 2 bits each: by the first
                      guess, by another, or spelled */
};

/** Spells out a value that no guess had. */
MDCI_KERNEL uint64_t mdci_log_spell(struct mdci_log_rows *r,
                                    struct mdci_range_coder *rc,
                                    const int decode,
                                    const struct mdci_log_place *at,
                                    uint64_t value)
{
    const struct mdci_log_past *past = &r->past[at->past];
    const uint64_t c = at->past << 8 | at->kind;
    const uint64_t hits = at->hits & 255;
    const uint64_t last = mdci_log_mix2(c, past->last);
    const uint64_t left = mdci_log_mix2(c, at->left);
    struct mdci_number_place place = {
        {
            c,
            last,
            left,
            c | at->id << 32,
            mdci_log_mix2(last, past->before),
            mdci_log_mix2(left, at->left2),
            mdci_log_mix2(left, at->id),
            c | at->id << 32 | at->id_before << 48,
            at->kind,
            c | at->id << 32 | hits << 48,
            c | (uint64_t)(past->history & 255) << 32,
            c | (uint64_t)mdci_bits_of(past->last) << 32 |
                (uint64_t)mdci_bits_of(past->before) << 40 | at->id << 48,
            mdci_log_mix2(left, at->id_before),
            mdci_log_mix2(at->kind, at->left),
            mdci_log_mix2(c, r->spelled),
            mdci_log_mix2(last, at->id),
        },
        {MDCI_LOG_SELECT_TEXT, at->id & 255, at->past & 255},
    };
    if (at->kind == MDCI_LOG_NUMBERED)
        return mdci_log_code_small(r, rc, decode, &place, 8,
                                   (uint32_t)value & 255);
    if (at->kind == MDCI_LOG_NUMBERED_16) {
        place.selector[0]++;
        const uint32_t high = mdci_log_code_small(r, rc, decode, &place, 8,
                                                  (uint32_t)(value >> 8) & 255);
        for (unsigned k = 0; k < MDCI_NUMBER_INPUTS; k++)
            place.context[k] = mdci_log_mix2(place.context[k], high);
        place.selector[0]++;
        return high << 8 | mdci_log_code_small(r, rc, decode, &place, 8,
                                               (uint32_t)value & 255);
    }
    const int steps = at->kind == MDCI_LOG_STEPS;
    const uint64_t step = value - at->from;
    uint64_t number = steps ? step << 1 ^ (0 - (step >> 63)) : value;
    if (steps) { /* the last step says more than the value itself */
        const uint64_t size = mdci_bits_of(past->step);
        place.context[1] = mdci_log_mix2(c, past->step);
        place.context[4] = c | size << 32 | at->id << 48;
        place.context[5] = c | size << 32;
        place.context[11] = c | size << 32 | hits << 48;
        place.context[15] = mdci_log_mix2(mdci_log_mix2(c, past->step), at->id);
    }
    place.selector[0] = MDCI_LOG_SELECT_NUMBER + (unsigned)steps;
    number = mdci_log_code_number(r, rc, decode, &place, number);
    r->spelled = number;
    return steps ? at->from + (number >> 1 ^ (0 - (number & 1))) : number;
}

/** Units of a second in times of day. */
MDCI_KERNEL uint64_t mdci_log_second(unsigned clock)
{
    uint64_t units = 1;
    for (unsigned k = 1; k < clock; k++)
        units *= 10;
    return units;
}

/** Codes a value: up to three guesses, the best first, then spelling. */
MDCI_KERNEL uint64_t mdci_log_code_value(struct mdci_log_rows *r,
                                         struct mdci_range_coder *rc,
                                         const int decode,
                                         struct mdci_log_place *at,
                                         uint64_t value)
{
    struct mdci_log_past *past = &r->past[at->past];
    const uint64_t c = at->past << 8;
    const int number = at->kind == MDCI_LOG_STEPS;
    /* Guesses 1 to 4 are what followed. */
    uint64_t *after[MDCI_LOG_FOLLOW] = {
        mdci_log_after(r, 0, mdci_log_mix2(c, at->left)),
        mdci_log_after(
            r, 1, mdci_log_mix2(mdci_log_mix2(c, past->last), past->before)),
        mdci_log_after(r, 2, c | at->id << 32),
        mdci_log_after(r, 3,
                       mdci_log_mix2(mdci_log_mix2(c, at->left),
                                     mdci_log_mix2(at->left2, at->id))),
    };
    uint64_t guess[MDCI_LOG_GUESSES] = {past->last, *after[0], *after[1],
                                        *after[2],  *after[3], past->before};
    if (number)
        guess[2] = past->last + past->step;
    if (past->same > 0 && past->same <= at->count)
        guess[5] = at->line[(at->count - past->same) % MDCI_LOG_LINE];
    at->from = past->last;
    const int led = at->clock > 0 && at->has_moved;
    const uint64_t second = led ? mdci_log_second(at->clock) : 1;
    const uint64_t carried = (past->last / second + at->moved) % 86400 * second;
    if (led && (past->follows & 3) == 3)
        guess[2] = at->from = carried;
    if (at->clock > 0) /* no time follows from what is left of it */
        guess[1] = r->time[at->clock];
    /* A new text is no guess: it follows from nothing. */
    unsigned asked = 0, left = (1u << MDCI_LOG_GUESSES) - 1;
    int hit = 0;
    while (asked < 3 && left && !hit) {
        unsigned best = MDCI_LOG_GUESSES;
        for (unsigned k = 0; k < MDCI_LOG_GUESSES; k++)
            if (left >> k & 1 && (best == MDCI_LOG_GUESSES ||
                                  past->score[k] > past->score[best]))
                best = k;
        if (past->score[best] < MDCI_LOG_UNLIKELY)
            break;
        unsigned same = 0;
        for (unsigned k = 0; k < MDCI_LOG_GUESSES; k++)
            same |= (unsigned)(guess[k] == guess[best]) << k;
        left &= ~same;
        const uint64_t base = c | best << 3 | asked << 6;
        const uint64_t history = past->history;
        const uint64_t of_guess = mdci_log_mix2(base, guess[best]);
        const uint64_t of_left = mdci_log_mix2(base, at->left);
        const struct mdci_number_place place = {
            {
                base << 16 | (history & 0xFF),
                mdci_log_mix2(base << 8 | same, past->score[best] >> 13),
                of_guess,
                of_left,
                base | at->id << 32,
                base | at->id << 32 | at->id_before << 48,
                mdci_log_mix2(of_left, past->last),
                (uint64_t)best << 3 | asked << 6 | (uint64_t)same << 8 |
                    (history & 15) << 16,
                mdci_log_mix2(of_guess, at->left),
                base | at->id << 32 | (uint64_t)(at->hits & 255) << 48,
                base | at->id << 32 | (history & 0xFFF) << 48,
                mdci_log_mix2(of_left, at->left2),
                base | (uint64_t)same << 32 | (history & 15) << 40 |
                    (uint64_t)(at->hits & 0xFFF) << 48,
                mdci_log_mix2(of_guess, at->id | (history & 3) << 32),
                base | (uint64_t)(past->stays & 255) << 32 |
                    (uint64_t)same << 48,
                mdci_log_mix2(base | at->id << 32 | at->id_before << 48,
                              r->id[2]),
            },
            {MDCI_LOG_SELECT_GUESS + best * 3 + asked,
             (uint32_t)(history & 15) | (at->hits & 15) << 4, at->past & 255},
        };
        hit = (int)mdci_log_code_small(r, rc, decode, &place, 1,
                                       guess[best] == value);
        past->history = past->history << 1 | (uint32_t)hit;
        if (hit)
            value = guess[best];
        asked++;
    }
    if (!hit)
        value = mdci_log_spell(r, rc, decode, at, value);
    at->hits = at->hits << 2 | (hit ? asked > 1 : 2);
    for (unsigned k = 0; k < MDCI_LOG_GUESSES; k++) {
        past->score[k] -= past->score[k] >> 4;
        past->score[k] += guess[k] == value ? 4095 : 0;
    }
    for (unsigned k = 0; k < MDCI_LOG_FOLLOW; k++)
        *after[k] = value;
    if (guess[5] != value)
        for (uint32_t k = 1; k < MDCI_LOG_LINE && k <= at->count; k++)
            if (at->line[(at->count - k) % MDCI_LOG_LINE] == value) {
                past->same = k;
                break;
            }
    at->line[at->count++ % MDCI_LOG_LINE] = value;
    if (at->clock > 0)
        r->time[at->clock] = value;
    past->stays = past->stays << 1 | (value == past->last);
    if (led)
        past->follows =
            past->follows << 1 | (value / second * second == carried);
    if (at->past == MDCI_LOG_MAX_COLUMNS) {
        at->has_moved = 1;
        at->moved = value - past->last;
    }
    past->step = value - past->last;
    past->before = past->last;
    past->last = value;
    return value;
}

/** The past of a column. What stamps lines goes on from line to line, whatever
 *  the template: the first time of day at the head of a line, with each format,
 *  and a number in its first slot.
 *  \param head     1: the slot is there
 *  \param stamped  1: a time was there before */
MDCI_KERNEL uint32_t mdci_log_past_of(const struct mdci_log_table *t,
                                      uint32_t column, int head, int first,
                                      int *stamped)
{
    const unsigned clock = t->column[column].format.clock;
    if (t->kind[column] != MDCI_LOG_STEPS)
        return column;
    if (clock == 0)
        return first ? MDCI_LOG_MAX_COLUMNS : column;
    if (!head || *stamped)
        return column;
    *stamped = 1;
    return MDCI_LOG_MAX_COLUMNS + clock;
}

/** Codes a table. \param decode  0, 1 or MDCI_LOG_REPLAY
 *  \return 1, or 0 if what is decoded is impossible */
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
        int stamped = 0;
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
            const uint32_t column =
                t->templates->slot_column[template->slot + k];
            at.kind = t->kind[column];
            if (!mdci_log_has_code(t->kind[column]))
                continue;
            if (done == t->max_values)
                return 0;
            at.past = mdci_log_past_of(t, column, k < template->head, k == 0,
                                       &stamped);
            at.clock =
                at.kind == MDCI_LOG_STEPS ? t->column[column].format.clock : 0;
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
