/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_points.h
 * \brief Points of any sensor: records of 32-bit floating-point columns, the
 *        first three of them coordinates, told from their neighbours.
 *
 * Neighbours are the point before and, a lag earlier, the one that the same
 * laser saw in the firing before. Several predictors extrapolate positions and
 * directions from them; the one that did best lately is the base, and what the
 * others say are contexts. Encoder and decoder are this one source.
 */
#ifndef MDCI_LIDAR_POINTS_H
#define MDCI_LIDAR_POINTS_H

#include "codecs/lidar/lidar_account.h"
#include "codecs/lidar/lidar_near.h"
#include "models/number.h"
#include "src/base/bytes.h"

#define MDCI_LIDAR_COLUMNS_MIN 3
#define MDCI_LIDAR_COLUMNS_MAX 16
#define MDCI_LIDAR_LAG_MAX     128
#define MDCI_LIDAR_GUESSES     6
#define MDCI_LIDAR_Q           24 /* fixed point of predictions */

/** How a column's values are written. */
enum mdci_lidar_kind {
    MDCI_LIDAR_DECIMAL = 0, /* + digits, 0..6 */
    MDCI_LIDAR_BINARY = 7,
    MDCI_LIDAR_CONSTANT = 8,
    MDCI_LIDAR_KINDS = 9
};

/** What a chunk's records look like. */
struct mdci_lidar_layout {
    unsigned columns;
    unsigned phase; /* bytes before the first record */
    unsigned lag;   /* records, 1..MDCI_LIDAR_LAG_MAX */
    unsigned kind[MDCI_LIDAR_COLUMNS_MAX];
    uint32_t constant[MDCI_LIDAR_COLUMNS_MAX];
};

/** Work memory of the points coder. */
struct mdci_lidar_points {
    /* How far off each guess has been, by coordinate and laser. */
    uint32_t error[3][MDCI_LIDAR_LAG_MAX][MDCI_LIDAR_GUESSES];
    uint32_t last[MDCI_LIDAR_COLUMNS_MAX]; /* log2 of the last residual */
    int64_t step; /* that moves coordinates, see lidar_near.h */
};

/** Codes `bits` (1..32) bits as they are. */
MDCI_KERNEL uint32_t mdci_lidar_plain(struct mdci_range_coder *rc,
                                      const int decode, unsigned bits,
                                      uint32_t value)
{
    uint32_t known = 0;
    while (bits-- > 0)
        known = known << 1 |
                (uint32_t)mdci_range_code(rc, decode, (int)(value >> bits & 1),
                                          1u << (MDCI_PROB_BITS - 1));
    return known;
}

/** Codes a layout. \return 0 if it is none, as in a damaged archive */
MDCI_KERNEL int mdci_lidar_code_layout(struct mdci_range_coder *rc,
                                       const int decode,
                                       struct mdci_lidar_layout *l)
{
    l->columns = mdci_lidar_plain(rc, decode, 5, l->columns);
    l->phase = mdci_lidar_plain(rc, decode, 6, l->phase);
    l->lag = mdci_lidar_plain(rc, decode, 8, l->lag);
    if (l->columns < MDCI_LIDAR_COLUMNS_MIN ||
        l->columns > MDCI_LIDAR_COLUMNS_MAX || l->lag < 1 ||
        l->lag > MDCI_LIDAR_LAG_MAX)
        return 0;
    for (unsigned c = 0; c < l->columns; c++) {
        l->kind[c] = mdci_lidar_plain(rc, decode, 4, l->kind[c]);
        if (l->kind[c] >= MDCI_LIDAR_KINDS)
            return 0;
        if (l->kind[c] == MDCI_LIDAR_CONSTANT)
            l->constant[c] = mdci_lidar_plain(rc, decode, 32, l->constant[c]);
    }
    return 1;
}

MDCI_KERNEL uint32_t mdci_lidar_load(const struct mdci_lidar_layout *l,
                                     const uint8_t *record, int64_t i,
                                     unsigned c)
{
    return i < 0 ? 0 : mdci_load32(record + ((size_t)i * l->columns + c) * 4);
}

/** log2 of a size, 0 for 0. */
MDCI_KERNEL uint32_t mdci_lidar_width(int64_t v)
{
    const uint64_t size = (uint64_t)(v < 0 ? -v : v);
    return size ? mdci_lidar_top(size) + 1 : 0;
}

/** Sign and a third of octaves. */
MDCI_KERNEL uint32_t mdci_lidar_bucket(int64_t v)
{
    const uint64_t size = (uint64_t)(v < 0 ? -v : v);
    if (size < 4)
        return (uint32_t)(v + 4);
    const unsigned top = mdci_lidar_top(size);
    return (top * 2 + (unsigned)(size >> (top - 1) & 1)) * 2 + 8 + (v < 0);
}

/** a * b / c, 0 for c <= 0 or where it is far too large; |a|, |b| < 2^40, the
 * result clamped to 2^39. */
MDCI_KERNEL int64_t mdci_lidar_scale(int64_t a, int64_t b, int64_t c)
{
    const int64_t most = (int64_t)1 << 39;
    if (c <= 0)
        return 0;
    while (c >> 31) { /* a ratio needs no more */
        c = mdci_sar64(c, 1);
        b = mdci_sar64(b, 1);
    }
    if (b > c * 256 || -b > c * 256)
        return 0;
    const int64_t ratio = b * 4194304 / c; /* below 2^31 */
    const int64_t v = mdci_sar64(mdci_sar64(a, 10) * ratio, 12);
    return v > most ? most : v < -most ? -most : v;
}

/** Codes how far a value is from one near it. \param place  of what was coded
 *  before, which this follows */
MDCI_KERNEL uint32_t mdci_lidar_code_finer(struct mdci_numbers *n,
                                           struct mdci_range_coder *rc,
                                           const int decode,
                                           struct mdci_number_place *place,
                                           uint32_t near, uint32_t bits)
{
    const int64_t order = mdci_lidar_order(near);
    place->selector[0] += 8;
    place->context[0] ^= 1 << 20;
    for (unsigned i = 1; i < 8; i++)
        place->context[i] = i << 20;
    return mdci_lidar_at_order(
        order + mdci_code_signed(n, rc, decode, 8, place,
                                 mdci_lidar_order(bits) - order));
}

/** Codes a coordinate that may be moved, in cells of more than one place of
 *  2^(q - 40) m. \return what it is moved to */
MDCI_KERNEL uint32_t mdci_lidar_code_cell(
    struct mdci_numbers *n, struct mdci_range_coder *rc, const int decode,
    int64_t step, unsigned q, struct mdci_number_place *place, uint32_t guess,
    uint32_t bits, uint32_t *width)
{
    const int64_t cell = mdci_lidar_cell(step, q);
    const int64_t base = mdci_lidar_place(mdci_lidar_fixed(guess, 40), q);
    const int64_t rest = mdci_lidar_place(mdci_lidar_fixed(bits, 40), q) - base;
    const int64_t number = mdci_code_signed(
        n, rc, decode, 8, place,
        mdci_lidar_cell_of(step, cell, rest, mdci_lidar_at_place(base, q),
                           bits));
    const uint32_t near =
        mdci_lidar_at_place(base + mdci_lidar_middle(number, cell), q);
    *width = mdci_lidar_width(number);
    return number == 0 ? near
                       : mdci_lidar_code_finer(
                             n, rc, decode, place, near,
                             mdci_lidar_moved(step, cell, near, bits));
}

/** Codes one value of a column of which `guess` is the prediction.
 *  \param step  that may move it, or 0  \return its bits */
MDCI_KERNEL uint32_t mdci_lidar_code_value(
    struct mdci_numbers *n, struct mdci_range_coder *rc, const int decode,
    unsigned kind, int64_t step, struct mdci_number_place *place, int64_t guess,
    uint32_t bits, uint32_t *width)
{
    if (kind == MDCI_LIDAR_BINARY) {
        const uint32_t told = mdci_lidar_from_fixed(guess, MDCI_LIDAR_Q);
        const unsigned q = mdci_lidar_unit(told);
        if (mdci_lidar_cell(step, q) > 1)
            return mdci_lidar_code_cell(n, rc, decode, step, q, place, told,
                                        bits, width);
        const int64_t base = mdci_lidar_order(told);
        const int64_t rest = mdci_code_signed(n, rc, decode, 8, place,
                                              mdci_lidar_order(bits) - base);
        *width = mdci_lidar_width(rest);
        return mdci_lidar_at_order(base + rest);
    }
    const int64_t power = mdci_lidar_power(kind);
    const int64_t base =
        mdci_sar64(mdci_sar64(guess, 4) * power + (1 << (MDCI_LIDAR_Q - 5)),
                   MDCI_LIDAR_Q - 4);
    const int64_t cell = mdci_lidar_decimal_cell(step, kind);
    int64_t k = mdci_lidar_to_decimal(bits, kind);
    const int64_t rest = mdci_code_signed(
        n, rc, decode, 8, place,
        mdci_lidar_cell_of(step, cell, k - base, mdci_lidar_decimal(base, kind),
                           bits));
    *width = mdci_lidar_width(rest);
    k = base + mdci_lidar_middle(rest, cell);
    if (k >> 33 && ~k >> 33)
        k = 0; /* a damaged archive */
    /* What is no decimal differs from the nearest. */
    const uint32_t near = mdci_lidar_decimal(k, kind);
    return cell > 1 && rest == 0
               ? near
               : mdci_lidar_code_finer(
                     n, rc, decode, place, near,
                     mdci_lidar_moved(step, cell, near, bits));
}

/** A point's neighbours in fixed point. */
struct mdci_lidar_near {
    int64_t w[3], ww[3], n[3], nw[3], nn[3]; /* before: lag, twice the lag, 1,
                                                1 and the lag, 2 */
    int64_t flat[4]; /* distance from the axis: of w, ww, n, nw */
};

MDCI_KERNEL int64_t mdci_lidar_flat(const int64_t *v)
{
    const int64_t x = mdci_sar64(v[0], 9), y = mdci_sar64(v[1], 9);
    return (int64_t)mdci_lidar_root((uint64_t)(x * x + y * y)) * 512;
}

MDCI_KERNEL void mdci_lidar_look(struct mdci_lidar_near *p,
                                 const struct mdci_lidar_layout *l,
                                 const uint8_t *record, int64_t i)
{
    const int64_t lag = l->lag;
    for (unsigned c = 0; c < 3; c++) {
        p->w[c] = mdci_lidar_fixed(mdci_lidar_load(l, record, i - lag, c),
                                   MDCI_LIDAR_Q);
        p->ww[c] = mdci_lidar_fixed(mdci_lidar_load(l, record, i - 2 * lag, c),
                                    MDCI_LIDAR_Q);
        p->n[c] = mdci_lidar_fixed(mdci_lidar_load(l, record, i - 1, c),
                                   MDCI_LIDAR_Q);
        p->nw[c] = mdci_lidar_fixed(mdci_lidar_load(l, record, i - 1 - lag, c),
                                    MDCI_LIDAR_Q);
        p->nn[c] = mdci_lidar_fixed(mdci_lidar_load(l, record, i - 2, c),
                                    MDCI_LIDAR_Q);
    }
    p->flat[0] = mdci_lidar_flat(p->w);
    p->flat[1] = mdci_lidar_flat(p->ww);
    p->flat[2] = mdci_lidar_flat(p->n);
    p->flat[3] = mdci_lidar_flat(p->nw);
}

/** Coordinate c from its own past alone. */
MDCI_KERNEL void mdci_lidar_guess_first(int64_t *guess,
                                        const struct mdci_lidar_near *p,
                                        unsigned c)
{
    guess[0] = p->w[c];
    guess[1] = 2 * p->w[c] - p->ww[c];
    guess[2] = p->w[c] + p->n[c] - p->nw[c];
    guess[3] = p->n[c];
    guess[4] = 2 * p->n[c] - p->nn[c];
    guess[5] = (p->w[c] + p->n[c]) / 2;
}

/** Coordinate c from the neighbours' directions: what `base` is to the point
 *  and from[] to them. */
MDCI_KERNEL void mdci_lidar_guess_along(int64_t *guess,
                                        const struct mdci_lidar_near *p,
                                        unsigned c, int64_t base,
                                        const int64_t *from)
{
    guess[0] = mdci_lidar_scale(base, p->w[c], from[0]);
    guess[1] = 2 * guess[0] - mdci_lidar_scale(base, p->ww[c], from[1]);
    guess[3] = mdci_lidar_scale(base, p->n[c], from[2]);
    guess[2] = guess[0] + guess[3] - mdci_lidar_scale(base, p->nw[c], from[3]);
    guess[4] = p->w[c];
    guess[5] = p->n[c];
}

/** Chooses among the guesses and codes coordinate c of point i. */
MDCI_KERNEL uint32_t mdci_lidar_code_coordinate(
    struct mdci_lidar_points *s, struct mdci_numbers *n,
    struct mdci_range_coder *rc, const int decode,
    const struct mdci_lidar_layout *l, int64_t i, unsigned c, unsigned turn,
    const int64_t *guess, uint32_t bits)
{
    const uint32_t laser = (uint32_t)(i % l->lag);
    uint32_t *error = s->error[c][laser];
    unsigned best = 0;
    for (unsigned k = 1; k < MDCI_LIDAR_GUESSES; k++)
        if (error[k] < error[best])
            best = k;
    const int64_t base = guess[best];
    const uint32_t scale = mdci_lidar_width(error[best]);
    const uint32_t size = mdci_lidar_width(base);
    const uint32_t d0 = mdci_lidar_bucket(mdci_sar64(guess[0] - base, 6));
    const uint32_t d1 = mdci_lidar_bucket(mdci_sar64(guess[1] - base, 6));
    const uint32_t d2 = mdci_lidar_bucket(mdci_sar64(guess[2] - base, 6));
    const uint32_t d3 = mdci_lidar_bucket(mdci_sar64(guess[3] - base, 6));
    const uint32_t before = s->last[(c + 2) % 3], own = s->last[c];
    struct mdci_number_place place = {
        {turn << 8 | size, scale << 8 | size, laser << 8 | size,
         (uint64_t)d0 << 24 | d2 << 8 | size,
         (uint64_t)d1 << 24 | d3 << 8 | size,
         (uint64_t)before << 16 | own << 8 | size,
         (uint64_t)scale << 24 | before << 16 | size << 8 | best,
         (uint64_t)own << 16 | scale << 8 | size},
        {turn * 64 + (size < 63 ? size : 63),
         turn * 64 + (scale < 63 ? scale : 63),
         turn * 64 + (before < 63 ? before : 63)}};
    for (unsigned k = 0; k < 8; k++)
        place.context[k] = place.context[k] << 8 | turn << 4 | k;
    bits = mdci_lidar_code_value(n, rc, decode, l->kind[c], s->step, &place,
                                 base, bits, &s->last[c]);
    MDCI_LIDAR_OFF(rc, base * (1 << (40 - MDCI_LIDAR_Q)), bits);
    const int64_t value = mdci_lidar_fixed(bits, MDCI_LIDAR_Q);
    for (unsigned k = 0; k < MDCI_LIDAR_GUESSES; k++) {
        const int64_t off =
            value > guess[k] ? value - guess[k] : guess[k] - value;
        const uint32_t e = off < 1 << 26 ? (uint32_t)off : 1u << 26;
        error[k] = error[k] - (error[k] >> 2) + (e >> 2);
    }
    return bits;
}

/** Codes column c, no coordinate, of point i. */
MDCI_KERNEL uint32_t mdci_lidar_code_other(struct mdci_lidar_points *s,
                                           struct mdci_numbers *n,
                                           struct mdci_range_coder *rc,
                                           const int decode,
                                           const struct mdci_lidar_layout *l,
                                           const uint8_t *record, int64_t i,
                                           unsigned c, uint32_t bits)
{
    const int64_t lag = l->lag;
    const uint32_t w = mdci_lidar_load(l, record, i - lag, c);
    const uint32_t ww = mdci_lidar_load(l, record, i - 2 * lag, c);
    const uint32_t north = mdci_lidar_load(l, record, i - 1, c);
    const uint32_t nw = mdci_lidar_load(l, record, i - 1 - lag, c);
    const uint32_t laser = (uint32_t)(i % lag);
    const uint32_t near =
        (s->last[0] < s->last[1] ? s->last[0] : s->last[1]) / 2;
    const uint64_t pair = (uint64_t)w << 32 | north;
    struct mdci_number_place place = {
        {w, pair, (uint64_t)w << 32 | ww, mdci_hash64(pair) + nw,
         (uint64_t)w << 16 | laser, (uint64_t)s->last[c] << 8 | laser,
         (uint64_t)w << 8 | near, (uint64_t)north << 32 | nw},
        {224 + c, 224 + c, 224 + (laser < 16 ? laser : 16)}};
    for (unsigned k = 0; k < 8; k++)
        place.context[k] = mdci_hash64(place.context[k] + 77) + (c << 4 | k);
    const int64_t guess = mdci_lidar_fixed(w, MDCI_LIDAR_Q);
    return mdci_lidar_code_value(n, rc, decode, l->kind[c], 0, &place, guess,
                                 bits, &s->last[c]);
}

/** Codes column c, no coordinate, of point i, or takes it for constant. */
MDCI_KERNEL uint32_t mdci_lidar_code_column(struct mdci_lidar_points *s,
                                            struct mdci_numbers *n,
                                            struct mdci_range_coder *rc,
                                            const int decode,
                                            const struct mdci_lidar_layout *l,
                                            const uint8_t *record, int64_t i,
                                            unsigned c)
{
    if (l->kind[c] == MDCI_LIDAR_CONSTANT)
        return l->constant[c];
    return mdci_lidar_code_other(s, n, rc, decode, l, record, i, c,
                                 decode ? 0 : mdci_lidar_load(l, record, i, c));
}

/** What the bits of column c are spent on. */
MDCI_KERNEL enum mdci_way mdci_lidar_way(unsigned c)
{
    return c < 3 ? (enum mdci_way)((unsigned)MDCI_WAY_X + c) : MDCI_WAY_COLUMNS;
}

/** Codes bytes as they are. */
MDCI_KERNEL void mdci_lidar_code_bytes(struct mdci_range_coder *rc,
                                       const int decode, uint8_t *at,
                                       size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint32_t byte = mdci_lidar_plain(rc, decode, 8, at[i]);
        if (decode)
            at[i] = (uint8_t)byte;
    }
}

/** Codes records of a layout that was coded before. */
MDCI_OUTLINE void mdci_lidar_code_points(struct mdci_lidar_points *s,
                                         struct mdci_numbers *n,
                                         struct mdci_range_coder *rc,
                                         const int decode,
                                         const struct mdci_lidar_layout *l,
                                         uint8_t *record, size_t count)
{
    for (unsigned c = 0; c < 3; c++)
        for (unsigned k = 0; k < MDCI_LIDAR_LAG_MAX; k++)
            for (unsigned g = 0; g < MDCI_LIDAR_GUESSES; g++)
                s->error[c][k][g] = 1 << 20;
    for (unsigned c = 0; c < MDCI_LIDAR_COLUMNS_MAX; c++)
        s->last[c] = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = record + i * l->columns * 4;
        struct mdci_lidar_near p;
        mdci_lidar_look(&p, l, record, (int64_t)i);
        const int64_t x = p.w[0] < 0 ? -p.w[0] : p.w[0];
        const int64_t y = p.w[1] < 0 ? -p.w[1] : p.w[1];
        const unsigned major = y > x, minor = 1 - major;
        int64_t value[3] = {0, 0, 0};
        for (unsigned turn = 0; turn < l->columns; turn++) {
            const unsigned c = turn == 0 ? major : turn == 1 ? minor : turn;
            if (l->kind[c] == MDCI_LIDAR_CONSTANT) {
                if (decode)
                    mdci_store_le(at + c * 4, l->constant[c], 4);
                MDCI_LIDAR_NOTE(rc, i, 4, mdci_lidar_way(c));
                continue;
            }
            int64_t guess[MDCI_LIDAR_GUESSES];
            uint32_t bits = decode ? 0 : mdci_load32(at + c * 4);
            if (turn == 0) {
                mdci_lidar_guess_first(guess, &p, c);
            } else if (turn == 1) {
                const int64_t sign = value[major] < 0 ? -1 : 1;
                const int64_t from[4] = {sign * p.w[major], sign * p.ww[major],
                                         sign * p.n[major], sign * p.nw[major]};
                mdci_lidar_guess_along(guess, &p, c, sign * value[major], from);
            } else if (turn == 2) {
                mdci_lidar_guess_along(guess, &p, c, mdci_lidar_flat(value),
                                       p.flat);
            }
            if (turn < 3)
                bits = mdci_lidar_code_coordinate(
                    s, n, rc, decode, l, (int64_t)i, c, turn, guess, bits);
            else
                bits = mdci_lidar_code_column(s, n, rc, decode, l, record,
                                              (int64_t)i, c);
            MDCI_LIDAR_NOTE(rc, i, 4, mdci_lidar_way(c));
            if (decode || s->step > 0)
                mdci_store_le(at + c * 4, bits, 4);
            if (turn < 3)
                value[c] = mdci_lidar_fixed(bits, MDCI_LIDAR_Q);
        }
    }
}

#endif
