/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file predictor.h
 * \brief What the past says a whole field will be: up to sixteen values, each
 *        a place in the text (or a number that was made up), and how often
 *        its predictor was right in this slot.
 */
#ifndef MDCI_PREDICTOR_H
#define MDCI_PREDICTOR_H

#include "models/field.h"
#include "models/match.h"

/** Values by predictor; v: after the same value of the field before. */
enum mdci_predictor {
    MDCI_VALUE_SHORT,  /* where the short match goes on */
    MDCI_VALUE_LONG,   /* where the long match goes on */
    MDCI_VALUE_A,      /* last value of the slot named by skeleton, */
    MDCI_VALUE_B,      /* by column, */
    MDCI_VALUE_K,      /* by key word */
    MDCI_VALUE_AV,     /* last value of the slot with v */
    MDCI_VALUE_BV,     /* v and column */
    MDCI_VALUE_KV,     /* v and key word */
    MDCI_VALUE_AVV,    /* skeleton and the two fields before */
    MDCI_VALUE_OTHER,  /* last value but the one like the last */
    MDCI_VALUE_LINE,   /* the line that came after the same two lines */
    MDCI_VALUE_ABOVE,  /* the line above */
    MDCI_VALUE_STEP_A, /* last number + last step, by skeleton, */
    MDCI_VALUE_STEP_B, /* by column */
    MDCI_VALUE_COPY,   /* a field of this line, as it was last time */
    MDCI_VALUE_PART,   /* a part of date or time, of the last unix time */
    MDCI_PREDICTORS,
    MDCI_VALUE_CANDIDATE = MDCI_PREDICTORS /* the value asked for */
};

#define MDCI_VALUE_TABLES 4 /* AV, BV, KV, AVV */

/** The values predicted for one field. */
struct mdci_values {
    uint32_t at[MDCI_PREDICTORS];   /* place in the block */
    uint32_t hash[MDCI_PREDICTORS]; /* of the value and the byte behind */
    uint8_t size[MDCI_PREDICTORS];  /* its bytes, the one behind it too; 0:
                                       no value */
    uint8_t hits[MDCI_PREDICTORS];  /* history in this slot, 0..15 */
    uint8_t made[3][24];            /* numbers, with the byte behind */
    uint8_t group[MDCI_PREDICTORS]; /* of those with the same hash */
    uint32_t group_hash[MDCI_PREDICTORS];
    uint32_t groups;
    uint32_t alive; /* bit e: value e agrees with the field so far */
};

/** Values that were measured, to know those by that are the same. */
struct mdci_value_heads {
    uint64_t bytes[MDCI_PREDICTORS]; /* the first eight */
    uint64_t mask[MDCI_PREDICTORS];  /* of those that are the value's */
    uint8_t of[MDCI_PREDICTORS];     /* the predictor */
    unsigned count;
};

/** All ones where a predictor's history is kept under this name of the slot. */
static const uint8_t mdci_predictor_name[MDCI_NAMES][MDCI_PREDICTORS] = {
    {255, 255, 255, 0, 0, 255, 0, 0, 255, 255, 255, 255, 255, 0, 255, 255},
    {0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 0, 0},
    {0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0}};

/** The bytes of value e. */
MDCI_KERNEL const uint8_t *mdci_value_bytes(const struct mdci_values *v,
                                            unsigned e, const uint8_t *block)
{
    return e == MDCI_VALUE_STEP_A   ? v->made[0]
           : e == MDCI_VALUE_STEP_B ? v->made[1]
           : e == MDCI_VALUE_PART   ? v->made[2]
                                    : block + v->at[e];
}

/* Writes a number's digits and the byte that ended it last time. */
MDCI_KERNEL unsigned mdci_value_write(uint8_t *made, uint64_t number,
                                      unsigned width, uint8_t end)
{
    uint8_t digits[20];
    unsigned n = 0, size = 0;
    do {
        digits[n++] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number || n < width);
    while (n)
        made[size++] = digits[--n];
    made[size++] = end;
    return size;
}

/* Makes the last number with the last step added. */
MDCI_KERNEL unsigned mdci_value_make(uint8_t *made,
                                     const struct mdci_field_slot *s)
{
    const uint64_t number = s->number + s->step;
    return s->width && number >> 62 == 0
               ? mdci_value_write(made, number, s->width, s->end)
               : 0;
}

/* Makes the slot's part of the time. */
MDCI_KERNEL unsigned mdci_value_make_part(uint8_t *made,
                                          const struct mdci_field_slot *s,
                                          const struct mdci_calendar *c)
{
    return s->part && c->seconds
               ? mdci_value_write(made, mdci_calendar_value(c, s->part),
                                  s->part == MDCI_PART_YEAR ? 4 : 2, s->end)
               : 0;
}

/* Measures and hashes value e, which lies at bytes[0..room). */
MDCI_KERNEL void mdci_value_measure(struct mdci_values *v, unsigned e,
                                    const uint8_t *bytes, uint32_t room)
{
    uint32_t hash;
    const uint32_t size = mdci_field_measure(bytes, room, &hash);
    if (!size)
        return;
    v->hash[e] = hash = mdci_field_hash(hash, bytes[size - 1]);
    v->size[e] = (uint8_t)size;
    v->alive |= 1u << e;
    uint32_t g = 0;
    while (g < v->groups && v->group_hash[g] != hash)
        g++;
    if (g == v->groups)
        v->group_hash[v->groups++] = hash;
    v->group[e] = (uint8_t)g;
}

/* 1 if the value at `at`, whose first eight bytes these are, is that of a
 * head; there are `room` bytes, eight or more. */
MDCI_KERNEL int mdci_value_is_head(const struct mdci_values *v,
                                   const struct mdci_value_heads *heads,
                                   unsigned k, const uint8_t *block,
                                   uint32_t at, uint64_t bytes, uint32_t room)
{
    const unsigned head = heads->of[k];
    if (v->at[head] == at)
        return 1;
    if ((bytes ^ heads->bytes[k]) & heads->mask[k])
        return 0;
    const uint32_t size = v->size[head];
    if (room < size || !size)
        return 0;
    for (uint32_t i = 8; i < size; i++)
        if (block[at + i] != block[v->at[head] + i])
            return 0;
    return 1;
}

/* Measures the value of predictor e at block + at[e], or takes over what is
 * known of a value that is the same: most predictors agree. */
MDCI_KERNEL void mdci_value_look(struct mdci_values *v,
                                 struct mdci_value_heads *heads, unsigned e,
                                 const uint8_t *block, uint32_t pos)
{
    const uint32_t at = v->at[e], room = pos - at;
    unsigned k = 0;
    if (room < 8) {
        mdci_value_measure(v, e, block + at, room);
        return;
    }
    const uint64_t bytes = mdci_load64(block + at);
    while (k < heads->count &&
           !mdci_value_is_head(v, heads, k, block, at, bytes, room))
        k++;
    if (k < heads->count) {
        const unsigned head = heads->of[k];
        v->hash[e] = v->hash[head];
        v->size[e] = v->size[head];
        v->group[e] = v->group[head];
        v->alive |= (v->alive >> head & 1) << e;
        return;
    }
    mdci_value_measure(v, e, block + at, room);
    const uint32_t size = v->size[e];
    heads->of[k] = (uint8_t)e;
    heads->bytes[k] = bytes;
    heads->mask[k] =
        size && size < 8 ? ((uint64_t)1 << size * 8) - 1 : ~(uint64_t)0;
    heads->count++;
}

/** Predicts the field that starts at pos.
 *  \param match  [2], short and long */
MDCI_KERNEL void mdci_values_predict(struct mdci_values *v,
                                     const struct mdci_field *f,
                                     const struct mdci_field_tables *t,
                                     const struct mdci_match *match,
                                     const uint8_t *block, uint32_t pos)
{
    const struct mdci_field_slot *slot[MDCI_NAMES];
    uint32_t *place[MDCI_VALUE_TABLES];
    struct mdci_value_heads heads;
    const uint32_t before = f->before[0];
    const uint32_t key[MDCI_VALUE_TABLES] = {
        mdci_hash2(f->name[0], before + 77),
        mdci_hash2(f->name[1], before + 78),
        mdci_hash2(f->name[2], before + 79),
        mdci_hash3(f->name[0], before, f->before[1] + 99)};
    for (unsigned k = 0; k < MDCI_VALUE_TABLES; k++) {
        place[k] = t->values + ((size_t)k << t->value_bits) +
                   (key[k] >> (32 - t->value_bits));
        MDCI_PREFETCH(place[k]);
    }
    for (unsigned n = 0; n < MDCI_NAMES; n++)
        slot[n] = mdci_field_slot_of(f, t, n);
    for (unsigned k = 0; k < MDCI_VALUE_TABLES; k++) {
        v->at[MDCI_VALUE_AV + k] = *place[k];
        *place[k] = pos;
    }
    v->at[MDCI_VALUE_SHORT] = match[0].at;
    v->at[MDCI_VALUE_LONG] = match[1].at;
    for (unsigned n = 0; n < MDCI_NAMES; n++)
        v->at[MDCI_VALUE_A + n] = slot[n]->at;
    v->at[MDCI_VALUE_OTHER] = slot[0]->at_other;
    v->at[MDCI_VALUE_LINE] = f->followed[0];
    v->at[MDCI_VALUE_ABOVE] = f->followed[1];
    v->at[MDCI_VALUE_COPY] = slot[0]->copy && slot[0]->copy <= f->index
                                 ? f->start_of[slot[0]->copy - 1]
                                 : 0;
    v->at[MDCI_VALUE_STEP_A] = v->at[MDCI_VALUE_STEP_B] = 0;
    v->at[MDCI_VALUE_PART] = 0;
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++)
        MDCI_PREFETCH(block + v->at[e]);
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++)
        v->hits[e] = (uint8_t)((slot[0]->hits[e] & mdci_predictor_name[0][e]) |
                               (slot[1]->hits[e] & mdci_predictor_name[1][e]) |
                               (slot[2]->hits[e] & mdci_predictor_name[2][e]));
    memset(v->size, 0, sizeof v->size);
    memset(v->hash, 0, sizeof v->hash);
    v->alive = 0;
    memset(v->group, MDCI_PREDICTORS, sizeof v->group);
    v->groups = 0;
    heads.count = 0;
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++)
        if (v->at[e] && v->at[e] < pos)
            mdci_value_look(v, &heads, e, block, pos);
    for (unsigned k = 0; k < 2; k++)
        mdci_value_measure(v, MDCI_VALUE_STEP_A + k, v->made[k],
                           mdci_value_make(v->made[k], slot[k]));
    mdci_value_measure(v, MDCI_VALUE_PART, v->made[2],
                       mdci_value_make_part(v->made[2], slot[0], &f->calendar));
    for (unsigned a = 0; a < 2; a++)
        v->hits[a] = (uint8_t)(mdci_match_bucket(match[a].length) >> 1);
}

/** Forgets the values that do not go on with this byte. */
MDCI_KERNEL void mdci_values_follow(struct mdci_values *v,
                                    const struct mdci_field *f,
                                    const uint8_t *block, uint32_t byte)
{
    uint32_t gone = 0;
    for (uint32_t left = v->alive; left; left &= left - 1) {
        const unsigned e = mdci_log2_floor(left & (0u - left));
        gone |= (uint32_t)(f->length >= v->size[e] ||
                           mdci_value_bytes(v, e, block)[f->length] != byte)
                << e;
    }
    v->alive &= ~gone;
}

/** Tells the predictors what the field was.
 *  \param hash  of the field and the byte behind it */
MDCI_KERNEL void mdci_values_judge(const struct mdci_values *v,
                                   const struct mdci_field *f,
                                   const struct mdci_field_tables *t,
                                   uint32_t hash)
{
    uint8_t next[MDCI_PREDICTORS], told[MDCI_PREDICTORS];
    uint32_t right = 0;
    while (right < v->groups && v->group_hash[right] != hash)
        right++;
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++) {
        /* The last three answers behind a 1; below it fewer. */
        const uint8_t past = v->hits[e] ? v->hits[e] : 1;
        next[e] = (uint8_t)((past & 7) << 1 | (past & 12 ? 8 : 0) |
                            (v->group[e] == right));
        told[e] = v->group[e] < MDCI_PREDICTORS ? 255 : 0;
    }
    for (unsigned n = 0; n < MDCI_NAMES; n++) {
        uint8_t *hits = mdci_field_slot_of(f, t, n)->hits;
        for (unsigned e = 0; e < MDCI_PREDICTORS; e++) {
            const unsigned mine = mdci_predictor_name[n][e] & told[e];
            hits[e] = (uint8_t)((hits[e] & ~mine) | (next[e] & mine));
        }
    }
}

#endif
