/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_image.h
 * \brief Frames of spinning sensors whose tables are not known, told from the
 *        tables that the encoder learned from them: where each laser sits and
 *        looks, and the ticks of ranges and azimuths.
 *
 * Points are the cells of an image: a row for each laser, a column for each
 * firing. Any tables are across, and good ones leave little of coordinates.
 */
#ifndef MDCI_LIDAR_IMAGE_H
#define MDCI_LIDAR_IMAGE_H

#include "codecs/lidar/lidar_hdl32.h"

#define MDCI_IMAGE_LASERS  128
#define MDCI_IMAGE_COLUMNS 65536
#define MDCI_IMAGE_CELLS   ((uint32_t)1 << 20)
#define MDCI_IMAGE_TURN    ((uint32_t)1 << 20) /* azimuth ticks, at most */
#define MDCI_IMAGE_SPARSE  6                   /* cells a point, at most */
#define MDCI_IMAGE_STEP_Q  12
#define MDCI_IMAGE_Q       40 /* fixed point of lengths */

/** A laser: what it adds to angles, and where it sits. */
struct mdci_image_laser {
    int32_t elevation; /* in 2^-28 rad, below 2 in size */
    uint32_t aside;    /* added to azimuths, in 2^-32 turns */
    int32_t high;      /* metres, in 2^-20, below 2 in size */
    int32_t across;    /* the same, across the beam */
    int32_t longer;    /* the same, added to ranges */
};

/** What a frame is told from. */
struct mdci_image {
    uint32_t lasers;  /* 1..MDCI_IMAGE_LASERS */
    uint32_t columns; /* 1..MDCI_IMAGE_COLUMNS */
    uint32_t by_ring; /* 1: points go row by row, 0: column by column */
    uint32_t turn;    /* azimuth ticks of a turn */
    int32_t step;     /* ticks from column to column, in 2^-12 */
    uint32_t tick;    /* of ranges, in 2^-40 m */
    uint32_t narrow;  /* bit c: column c has decimals of 0 to 255 units */
    uint8_t order[MDCI_IMAGE_LASERS]; /* of lasers in a column */
    struct mdci_image_laser laser[MDCI_IMAGE_LASERS];
};

/** What a point is, beside its place. */
enum mdci_image_cell {
    MDCI_IMAGE_EMPTY,  /* there is no point */
    MDCI_IMAGE_RETURN, /* one with a range */
    MDCI_IMAGE_BLANK   /* one whose place says nothing */
};

/** Work memory; made for so many cells and points. */
struct mdci_image_work {
    int32_t *range;                 /* [cells], ticks; 0: none */
    uint32_t *point;                /* [cells], its number plus 1; 0: none */
    struct mdci_lidar_misses *miss; /* [cells] */
    int32_t *lean; /* [cells], of columns: how far off azimuths are */
    /* Of points; only an encoder knows them. */
    uint32_t *cell; /* rising in the order of coding */
    int32_t *reach; /* ticks; 0: its place says nothing */
    int32_t *tick;  /* of azimuths */
    /* Of lasers, made from the parameters. */
    int64_t sine[MDCI_IMAGE_LASERS], cosine[MDCI_IMAGE_LASERS]; /* 2^-60 */
    int32_t shift[MDCI_IMAGE_LASERS]; /* columns that it looks aside */
    uint8_t slot[MDCI_IMAGE_LASERS];
    int64_t left[MDCI_IMAGE_LASERS][3]; /* of the last point, in 2^-40 */
    uint32_t error[MDCI_IMAGE_LASERS][3][MDCI_LIDAR_GUESSES];
    uint32_t last[MDCI_IMAGE_LASERS][3]; /* size and side of the last rest */
};

struct mdci_image_coder {
    const struct mdci_image *p;
    struct mdci_image_work *w;
    struct mdci_numbers *n;
    struct mdci_range_coder *rc;
    const struct mdci_lidar_layout *layout;
    uint8_t *record;
    int64_t move;           /* the step by which to, see lidar_near.h */
    uint32_t count;         /* points of all */
    uint32_t done;          /* points so far */
    int32_t lean;           /* of the point before */
    uint32_t leans;         /* what azimuths were off lately */
    uint32_t column_before; /* of the point before, plus 1 */
};

enum {
    MDCI_IMAGE_FIELD_CELL = 112,
    MDCI_IMAGE_FIELD_TICK,
    MDCI_IMAGE_FIELD_SYMBOL,
    MDCI_IMAGE_FIELD_VALUE,
    MDCI_IMAGE_FIELD_PLACE = 120, /* and two more */
    MDCI_IMAGE_FIELD_FLOAT = 124
};

/* ---- Parameters ---------------------------------------------------------- */

/** A sine of an angle in 2^-40 turns, in 2^-60. */
MDCI_KERNEL int64_t mdci_image_sine(uint64_t angle)
{
    const uint64_t quarter = (uint64_t)1 << 38;
    const int64_t two_pi = 7244019458077122842; /* in 2^-60 */
    angle &= 4 * quarter - 1;
    const int negative = angle >= 2 * quarter;
    if (negative)
        angle -= 2 * quarter;
    if (angle > quarter)
        angle = 2 * quarter - angle;
    const int cosine = angle > quarter / 2;
    const int64_t x =
        mdci_lidar_mul((int64_t)(cosine ? quarter - angle : angle), two_pi, 40);
    const int64_t t = mdci_lidar_mul(x, x, 60);
    const int64_t sine = cosine
                             ? mdci_lidar_series(t, 1)
                             : mdci_lidar_mul(x, mdci_lidar_series(t, 2), 60);
    return negative ? -sine : sine;
}

MDCI_KERNEL int32_t mdci_image_code_part(struct mdci_range_coder *rc,
                                         const int decode, unsigned bits,
                                         int32_t value)
{
    const uint32_t half = 1u << (bits - 1);
    return (int32_t)mdci_lidar_plain(rc, decode, bits, (uint32_t)value + half) -
           (int32_t)half;
}

/** Whether a table can be so, and what is divided by is not 0.
 *  \param cells  that there is room for */
MDCI_KERNEL int mdci_image_is_table(const struct mdci_image *p, uint32_t cells)
{
    const int32_t most = (int32_t)1 << 23;
    return p->lasers >= 1 && p->lasers <= MDCI_IMAGE_LASERS &&
           p->columns >= 1 && p->columns <= MDCI_IMAGE_COLUMNS &&
           p->columns <= cells / p->lasers && p->turn >= 256 &&
           p->turn <= MDCI_IMAGE_TURN && p->step != 0 && p->step >= -most &&
           p->step < most;
}

/** Whether every laser of a table has its place in a column, and one alone. */
MDCI_KERNEL int mdci_image_is_order(const struct mdci_image *p)
{
    uint8_t seen[MDCI_IMAGE_LASERS] = {0};
    for (unsigned k = 0; k < p->lasers; k++)
        if (p->order[k] >= p->lasers || seen[p->order[k]]++)
            return 0;
    return 1;
}

/** Codes the parameters. \param cells  that there is room for
 *  \return 0 if they are none */
MDCI_KERNEL int mdci_image_code(struct mdci_range_coder *rc, const int decode,
                                struct mdci_image *p, uint32_t cells)
{
    p->lasers = mdci_lidar_plain(rc, decode, 8, p->lasers);
    p->columns = mdci_lidar_plain(rc, decode, 17, p->columns);
    p->by_ring = mdci_lidar_plain(rc, decode, 1, p->by_ring);
    p->turn = mdci_lidar_plain(rc, decode, 21, p->turn);
    p->step = mdci_image_code_part(rc, decode, 24, p->step);
    p->tick = mdci_lidar_plain(rc, decode, 32, p->tick);
    p->narrow = mdci_lidar_plain(rc, decode, 16, p->narrow);
    if (!mdci_image_is_table(p, cells))
        return 0;
    for (unsigned k = 0; k < p->lasers; k++) {
        struct mdci_image_laser *l = &p->laser[k];
        p->order[k] = (uint8_t)mdci_lidar_plain(rc, decode, 7, p->order[k]);
        l->elevation = mdci_image_code_part(rc, decode, 30, l->elevation);
        l->aside = mdci_lidar_plain(rc, decode, 32, l->aside);
        l->high = mdci_image_code_part(rc, decode, 22, l->high);
        l->across = mdci_image_code_part(rc, decode, 22, l->across);
        l->longer = mdci_image_code_part(rc, decode, 22, l->longer);
    }
    return mdci_image_is_order(p);
}

MDCI_KERNEL void mdci_image_tables(const struct mdci_image *p,
                                   struct mdci_image_work *w)
{
    const int64_t turns = 683565276; /* 1 / (2 pi), in 2^-32 */
    for (unsigned k = 0; k < p->lasers; k++) {
        const struct mdci_image_laser *l = &p->laser[k];
        /* to 2^-40 turns */
        const int64_t up =
            mdci_lidar_mul((int64_t)l->elevation * 65536, turns * 65536, 52);
        w->sine[k] = mdci_image_sine((uint64_t)up);
        w->cosine[k] = mdci_image_sine((uint64_t)up + ((uint64_t)1 << 38));
        const int64_t aside = mdci_sar64((int64_t)(int32_t)l->aside * p->turn,
                                         32 - MDCI_IMAGE_STEP_Q);
        w->shift[k] =
            p->by_ring ? 0 : mdci_clamp64(aside / p->step, -4096, 4096);
        w->slot[p->order[k]] = (uint8_t)k;
        for (unsigned c = 0; c < 3; c++) {
            w->left[k][c] = 0;
            w->last[k][c] = 0;
            for (unsigned g = 0; g < MDCI_LIDAR_GUESSES; g++)
                w->error[k][c][g] = g;
        }
    }
    const size_t cells = (size_t)p->lasers * p->columns;
    for (size_t i = 0; i < cells; i++) {
        w->range[i] = 0;
        w->point[i] = 0;
        w->miss[i].seen = 0;
        w->miss[i].base = 0;
    }
    for (size_t i = 0; i < p->columns; i++)
        w->lean[i] = 0;
}

/** The azimuth ticks of a column, as planned. */
MDCI_KERNEL int32_t mdci_image_plan(const struct mdci_image *p, uint32_t column)
{
    return (int32_t)mdci_sar64((int64_t)column * p->step, MDCI_IMAGE_STEP_Q);
}

/** Where the laser saw something, in 2^-40. */
MDCI_KERNEL void mdci_image_project(const struct mdci_image *p,
                                    const struct mdci_image_work *w,
                                    unsigned laser, int32_t range, int32_t tick,
                                    int64_t v[3])
{
    const struct mdci_image_laser *l = &p->laser[laser];
    const int64_t turn = (int64_t)p->turn, unit = (int64_t)1 << 40;
    int64_t place = tick % turn;
    place += place < 0 ? turn : 0;
    const uint64_t angle =
        (uint64_t)(place * (unit / turn) + place * (unit % turn) / turn) +
        ((uint64_t)l->aside << 8);
    const int64_t d = (int64_t)range * p->tick + (int64_t)l->longer * 1048576;
    const int64_t ahead = mdci_lidar_mul(d, w->cosine[laser], 60);
    const int64_t across = (int64_t)l->across * 1048576;
    const int64_t s = mdci_image_sine(angle);
    const int64_t c = mdci_image_sine(angle + ((uint64_t)1 << 38));
    v[0] = mdci_lidar_mul(ahead, c, 60) - mdci_lidar_mul(across, s, 60);
    v[1] = mdci_lidar_mul(ahead, s, 60) + mdci_lidar_mul(across, c, 60);
    v[2] = mdci_lidar_mul(d, w->sine[laser], 60) + (int64_t)l->high * 1048576;
}

/* ---- Neighbours ---------------------------------------------------------- */

/** A cell, or none: then its number is that of all cells. */
MDCI_KERNEL uint32_t mdci_image_at(const struct mdci_image *p, int64_t column,
                                   int64_t laser)
{
    return column < 0 || column >= p->columns || laser < 0 || laser >= p->lasers
               ? p->lasers * p->columns
               : (uint32_t)laser * p->columns + (uint32_t)column;
}

/** The column in which another laser looked the same way, or if that is still
 *  to come the last before. */
MDCI_KERNEL int64_t mdci_image_beside(const struct mdci_image_coder *c,
                                      int64_t column, unsigned laser,
                                      int64_t other)
{
    const struct mdci_image_work *w = c->w;
    if (c->p->by_ring || other < 0 || other >= c->p->lasers)
        return column;
    const int64_t same = column + w->shift[laser] - w->shift[other];
    const int64_t latest = column - (w->slot[other] > w->slot[laser]);
    return same < latest ? same : latest;
}

/** Cells around one: the same laser's before, and those of two others. */
struct mdci_image_near {
    uint32_t w, ww, www, n, nw, nww, e, ew;
};

MDCI_KERNEL void mdci_image_look(const struct mdci_image_coder *c,
                                 uint32_t column, unsigned laser,
                                 struct mdci_image_near *a)
{
    const struct mdci_image *p = c->p;
    const int64_t x = column, y = laser, n = y - 1;
    const int64_t e = p->by_ring ? y - 2 : y + 1;
    const int64_t nx = mdci_image_beside(c, x, laser, n);
    const int64_t ex = mdci_image_beside(c, x, laser, e);
    a->w = mdci_image_at(p, x - 1, y);
    a->ww = mdci_image_at(p, x - 2, y);
    a->www = mdci_image_at(p, x - 3, y);
    a->n = mdci_image_at(p, nx, n);
    a->nw = mdci_image_at(p, nx - 1, n);
    a->nww = mdci_image_at(p, nx - 2, n);
    a->e = mdci_image_at(p, ex, e);
    a->ew = mdci_image_at(p, ex - 1, e);
}

/* The cell behind the last is kept empty. */
MDCI_KERNEL int32_t mdci_image_range(const struct mdci_image_coder *c,
                                     uint32_t cell)
{
    return c->w->range[cell];
}

/* ---- Cells --------------------------------------------------------------- */

/** What is at a cell. */
MDCI_KERNEL uint32_t mdci_image_code_cell(struct mdci_image_coder *c,
                                          const int decode, uint32_t column,
                                          unsigned laser,
                                          const struct mdci_image_near *near,
                                          uint32_t what)
{
    const struct mdci_image *p = c->p;
    const uint32_t *point = c->w->point;
    const int64_t n = (int64_t)laser - 1;
    const int64_t nx = mdci_image_beside(c, column, laser, n);
    const uint32_t around =
        (uint32_t)(point[near->w] > 0) | (uint32_t)(point[near->n] > 0) << 1 |
        (uint32_t)(point[near->ww] > 0) << 2 |
        (uint32_t)(point[near->e] > 0) << 3 |
        (uint32_t)(point[near->nw] > 0) << 4 |
        (uint32_t)(point[near->www] > 0) << 5 |
        (uint32_t)(point[mdci_image_at(p, nx + 1, n)] > 0) << 6 |
        (uint32_t)(point[near->ew] > 0) << 7;
    uint32_t line = 0;
    for (unsigned k = 4; k < 8; k++)
        line = line << 1 |
               (point[mdci_image_at(p, (int64_t)column - k, laser)] > 0);
    const int32_t w = mdci_image_range(c, near->w);
    const int32_t other = mdci_image_range(c, near->n);
    const uint32_t far = w > 20000 ? 3 : w > 8000 ? 2 : w > 1000;
    struct mdci_number_place place = {
        {around, (around & 15) << 8 | laser, around << 8 | far,
         (around & 37) << 16 | line << 8 | laser,
         (uint64_t)(uint32_t)(w >> 9) << 24 | (uint32_t)(other >> 9) << 8 |
             laser,
         around << 8 | line, (around & 3) << 8 | laser,
         (uint64_t)(uint32_t)(w >> 7) << 16 | (around & 127)},
        {160 + (around & 31), 160 + (laser & 63), 124}};
    for (unsigned q = 0; q < 8; q++)
        place.context[q] =
            (place.context[q] << 8 | MDCI_IMAGE_FIELD_CELL) << 4 | q;
    return mdci_code_small(c->n, c->rc, decode, 8, &place, 2, what);
}

/** The azimuth of a point. */
MDCI_KERNEL int32_t mdci_image_code_tick(struct mdci_image_coder *c,
                                         const int decode, uint32_t column,
                                         unsigned laser, int32_t tick)
{
    const int32_t plan = mdci_image_plan(c->p, column);
    int32_t *own = &c->w->lean[column];
    const uint32_t before = c->column_before;
    const int first = before != column + 1;
    const int32_t above =
        before ? mdci_clamp(*own - c->w->lean[before - 1], -8, 7) : 9;
    const uint32_t part = (uint32_t)mdci_sar64((int64_t)column * c->p->step,
                                               MDCI_IMAGE_STEP_Q - 4) &
                          15;
    const uint32_t gone = column + 1 - before < 4 ? column + 1 - before : 4;
    const uint32_t beside = (uint32_t)(above + 16);
    const uint32_t context[8] = {c->leans << 1 | (uint32_t)first,
                                 (c->leans & 255) << 8 | part << 3 | gone,
                                 (c->leans & 15) << 8 | beside << 1 |
                                     (uint32_t)first,
                                 (c->leans & 3) << 8 | laser,
                                 gone << 8 | part,
                                 (c->leans & 4095) << 3 | gone,
                                 beside << 8 | part,
                                 (uint32_t)first};
    const int32_t base = plan + c->lean;
    const int64_t rest = mdci_lidar_code_rest(
        c->n, c->rc, decode, MDCI_IMAGE_FIELD_TICK, context, 120 + gone % 4,
        120 + (c->leans & 3), (int64_t)tick - base);
    tick = (int32_t)mdci_clamp64(base + rest, -(1 << 28), 1 << 28);
    /* In a column all lasers look alike, unless the first was an exception. */
    c->lean = *own = tick - plan;
    c->leans = (c->leans << 2 | (rest == 0    ? 0
                                 : rest == 1  ? 1
                                 : rest == -1 ? 2
                                              : 3)) &
               0xFFFF;
    c->column_before = column + 1;
    return tick;
}

/* ---- Coordinates --------------------------------------------------------- */

/** Codes a coordinate. \param told  where it should be, in 2^-40 */
MDCI_KERNEL uint32_t mdci_image_code_value(struct mdci_image_coder *c,
                                           const int decode, unsigned d,
                                           unsigned laser, int64_t told,
                                           uint32_t scale, uint32_t before,
                                           uint32_t bits)
{
    const unsigned kind = c->layout->kind[d];
    const uint32_t near = mdci_lidar_from_fixed(told, MDCI_IMAGE_Q);
    const uint32_t size = near >> 23 & 255;
    const unsigned q = mdci_lidar_unit(near);
    const int decimal = kind < MDCI_LIDAR_BINARY;
    const int64_t cell = decimal ? mdci_lidar_decimal_cell(c->move, kind)
                                 : mdci_lidar_cell(c->move, q);
    uint32_t *last = &c->w->last[laser][d];
    /* The place that is told, how far off it the prediction is, and how many
     * places the value is. */
    int64_t base, off, rest;
    uint32_t middle = near;
    if (decimal) {
        const int64_t power = mdci_lidar_power(kind) * ((int64_t)1 << 20);
        const int64_t fine = mdci_lidar_mul(told, power, 57); /* eighths */
        base = mdci_sar64(fine + 4, 3);
        off = fine - base * 8;
        middle = mdci_lidar_decimal(base, kind);
        rest = mdci_lidar_to_decimal(bits, kind) - base;
    } else {
        const int64_t unit = ((int64_t)1 << q) / 8;
        off = (told - mdci_lidar_fixed(near, MDCI_IMAGE_Q)) /
              (unit > 0 ? unit : 1);
        off = mdci_clamp64(off, -4, 4);
        base = mdci_lidar_place(mdci_lidar_fixed(near, 40), q);
        if (cell > 1)
            middle = mdci_lidar_at_place(base, q);
        rest = cell > 1 ? mdci_lidar_place(mdci_lidar_fixed(bits, 40), q) - base
                        : mdci_lidar_order(bits) - mdci_lidar_order(near);
    }
    const uint32_t part = (uint32_t)(off + 8);
    const uint32_t context[8] = {part << 8 | scale,
                                 size << 8 | scale,
                                 laser << 8 | scale,
                                 part << 16 | before << 8 | size,
                                 *last << 16 | part << 8 | scale,
                                 before << 8 | scale,
                                 *last << 8 | before,
                                 laser << 8 | part};
    rest = mdci_lidar_code_rest(
        c->n, c->rc, decode, MDCI_IMAGE_FIELD_PLACE + d, context,
        d * 64 + (scale < 63 ? scale : 63), d * 64 + part * 4 + (before & 3),
        mdci_lidar_cell_of(c->move, cell, rest, middle, bits));
    *last = mdci_lidar_width(rest) << 1 | (rest < 0);
    if (!decimal && cell == 1)
        return mdci_lidar_at_order(mdci_lidar_order(near) + rest);
    int64_t place = base + mdci_lidar_middle(rest, cell);
    if (decimal && place >> 33 && ~place >> 33)
        place = 0; /* a damaged archive */
    middle = decimal ? mdci_lidar_decimal(place, kind)
                     : mdci_lidar_at_place(place, q);
    if (cell > 1 && rest == 0)
        return middle;
    const uint32_t none[8] = {d, 1, 2, 3, 4, 5, 6, 7};
    const int64_t order = mdci_lidar_order(middle);
    return mdci_lidar_at_order(
        order +
        mdci_lidar_code_rest(
            c->n, c->rc, decode, MDCI_IMAGE_FIELD_FLOAT, none, 250 + d, 250 + d,
            mdci_lidar_order(mdci_lidar_moved(c->move, cell, middle, bits)) -
                order));
}

/** v * a / b of lengths, 0 where b is small. */
MDCI_KERNEL int64_t mdci_image_along(int64_t v, int64_t a, int64_t b)
{
    const int64_t least = (int64_t)1 << 30;
    if ((b < least && b > -least) || v >> 44 != v >> 63)
        return 0;
    const int64_t ratio = mdci_sar64(a, 16) * 65536 / mdci_sar64(b, 16);
    return mdci_lidar_mul(v, mdci_lidar_hold(ratio, (int64_t)1 << 33), 16);
}

/** Codes the coordinates of a point. \param told  where they should be */
MDCI_KERNEL void mdci_image_code_place(struct mdci_image_coder *c,
                                       const int decode, unsigned laser,
                                       const int64_t *told, uint8_t *at)
{
    struct mdci_image_work *w = c->w;
    const int64_t most = (int64_t)1 << 55;
    const int64_t x = told[0] < 0 ? -told[0] : told[0];
    const int64_t y = told[1] < 0 ? -told[1] : told[1];
    const unsigned major = y > x, turn[3] = {major, 1 - major, 2};
    uint32_t before = 0;
    int64_t moved = 0;
    for (unsigned t = 0; t < 3; t++) {
        const unsigned d = turn[t];
        uint32_t bits = decode ? 0 : mdci_load32(at + d * 4);
        if (c->layout->kind[d] == MDCI_LIDAR_CONSTANT) {
            MDCI_LIDAR_NOTE(c->rc, c->done, 4, mdci_lidar_way(d));
            if (decode)
                mdci_store_le(at + d * 4, c->layout->constant[d], 4);
            continue;
        }
        /* What the last point of the laser was off, or what an error of the
         * range makes of the other coordinates. */
        const int64_t along = mdci_image_along(moved, told[d], told[major]);
        int64_t guess[4] = {told[d], told[d] + w->left[laser][d],
                            told[d] + along, 0};
        guess[3] = guess[0] + w->left[laser][d] / 2 + along / 2;
        const unsigned guesses = t == 0 ? 2 : 4;
        uint32_t *error = w->error[laser][d];
        unsigned best = 0;
        for (unsigned k = 1; k < guesses; k++)
            if (error[k] < error[best])
                best = k;
        bits =
            mdci_image_code_value(c, decode, d, laser, guess[best],
                                  mdci_lidar_width(error[best]), before, bits);
        MDCI_LIDAR_OFF(c->rc, guess[best], bits);
        MDCI_LIDAR_NOTE(c->rc, c->done, 4, mdci_lidar_way(d));
        if (decode || c->move > 0)
            mdci_store_le(at + d * 4, bits, 4);
        const int64_t v = mdci_lidar_fixed(bits, MDCI_IMAGE_Q);
        for (unsigned k = 0; k < guesses; k++) {
            const int64_t off =
                mdci_sar64(v > guess[k] ? v - guess[k] : guess[k] - v, 14);
            const uint32_t e = off < 1 << 26 ? (uint32_t)off : 1u << 26;
            error[k] = error[k] - (error[k] >> 3) + (e >> 3);
        }
        const uint32_t step =
            mdci_lidar_width(mdci_sar64(v - guess[best], 18)) + 1;
        before = before < step ? step : before;
        int64_t left = v - told[d];
        left = left > most ? most : left < -most ? -most : left;
        w->left[laser][d] = left;
        if (t == 0)
            moved = left;
    }
}

/* ---- Other columns ------------------------------------------------------- */

/** The value of a column at a cell, as a number of its units. */
MDCI_KERNEL uint32_t mdci_image_symbol(const struct mdci_image_coder *c,
                                       uint32_t cell, unsigned column)
{
    const uint32_t point = c->w->point[cell];
    if (point == 0)
        return 0;
    return (uint32_t)mdci_lidar_to_decimal(mdci_lidar_load(c->layout, c->record,
                                                           (int64_t)point - 1,
                                                           column),
                                           c->layout->kind[column]) &
           255;
}

/** A value of 0 to 255 units. */
MDCI_KERNEL uint32_t mdci_image_code_symbol(struct mdci_image_coder *c,
                                            const int decode, unsigned column,
                                            unsigned laser,
                                            const struct mdci_image_near *a,
                                            int32_t range, uint32_t symbol)
{
    const uint32_t w = mdci_image_symbol(c, a->w, column);
    const uint32_t ww = mdci_image_symbol(c, a->ww, column);
    const uint32_t www = mdci_image_symbol(c, a->www, column);
    const uint32_t n = mdci_image_symbol(c, a->n, column);
    const uint32_t nw = mdci_image_symbol(c, a->nw, column);
    const uint32_t e = mdci_image_symbol(c, a->e, column);
    const int32_t rw = mdci_image_range(c, a->w);
    const int32_t rn = mdci_image_range(c, a->n);
    const uint32_t step = rw ? mdci_lidar_step((range - rw) / 4) : 20;
    const uint32_t mean = (w * 2 + ww + n + e + 2) / 5;
    const uint32_t size = range ? mdci_log2_floor((uint32_t)range) : 0;
    const uint32_t near =
        (uint32_t)(rw > 0 && rw - range < 100 && range - rw < 100) |
        (uint32_t)(rn > 0 && rn - range < 400 && range - rn < 400) << 1;
    struct mdci_number_place place = {
        {w, w << 8 | n, w << 8 | ww, n << 8 | nw, mean << 8 | laser,
         w << 8 | step, (w >> 1) << 8 | laser,
         ((w + ww + www) / 3) << 8 | n >> 2,
         size << 16 | laser << 8 | mean >> 2, w << 8 | e,
         (uint64_t)w << 24 | ww << 16 | n << 8 | e,
         (uint32_t)(range >> 6) << 8 | laser, mean << 8 | step,
         (w + ww + 1) / 2 << 16 | (n + nw + 1) / 2 << 8 | near, n << 8 | near,
         (uint64_t)w << 24 | ww << 16 | www << 8 | near},
        {144 + near * 4 + (column & 3), 192 + (mean < 63 ? mean : 63),
         128 + (laser & 63)}};
    for (unsigned q = 0; q < 16; q++)
        place.context[q] = (place.context[q] << 8 | column << 4 | q) << 8 |
                           MDCI_IMAGE_FIELD_SYMBOL;
    return mdci_code_small(c->n, c->rc, decode, 16, &place, 8, symbol);
}

/** Any value, as places from the same laser's last. */
MDCI_KERNEL uint32_t mdci_image_code_any(struct mdci_image_coder *c,
                                         const int decode, unsigned column,
                                         unsigned laser,
                                         const struct mdci_image_near *a,
                                         uint32_t bits)
{
    const uint32_t *point = c->w->point;
    const int64_t i = c->done;
    const int64_t last = (int64_t)point[a->w] - 1;
    const uint32_t before =
        mdci_lidar_load(c->layout, c->record, i - 1, column);
    const uint32_t two = mdci_lidar_load(c->layout, c->record, i - 2, column);
    const uint32_t w = mdci_lidar_load(c->layout, c->record, last, column);
    const uint32_t n =
        mdci_lidar_load(c->layout, c->record, (int64_t)point[a->n] - 1, column);
    const int64_t step = mdci_lidar_order(before) - mdci_lidar_order(two);
    struct mdci_number_place place = {
        {before, (uint64_t)before << 32 | two, (uint64_t)w << 32 | n,
         (uint64_t)before << 8 | laser, mdci_lidar_bucket(step),
         (uint64_t)w << 8 | laser, laser, (uint64_t)w << 32 | before},
        {224 + column, 224 + column, 224 + (laser & 15)}};
    for (unsigned k = 0; k < 8; k++)
        place.context[k] = (mdci_hash64(place.context[k] + 77) + k) << 12 |
                           column << 8 | MDCI_IMAGE_FIELD_VALUE;
    uint32_t width;
    return mdci_lidar_code_value(
        c->n, c->rc, decode, c->layout->kind[column], 0, &place,
        mdci_lidar_fixed(before, MDCI_LIDAR_Q), bits, &width);
}

MDCI_KERNEL void mdci_image_code_others(struct mdci_image_coder *c,
                                        const int decode, unsigned laser,
                                        const struct mdci_image_near *a,
                                        int32_t range, uint8_t *at)
{
    for (unsigned d = 3; d < c->layout->columns; d++) {
        const unsigned kind = c->layout->kind[d];
        uint32_t bits = decode ? 0 : mdci_load32(at + d * 4);
        if (kind == MDCI_LIDAR_CONSTANT) {
            bits = c->layout->constant[d];
        } else if (c->p->narrow >> d & 1 && kind < MDCI_LIDAR_BINARY) {
            const uint32_t symbol =
                decode ? 0 : (uint32_t)mdci_lidar_to_decimal(bits, kind) & 255;
            bits = mdci_lidar_decimal(
                mdci_image_code_symbol(c, decode, d, laser, a, range, symbol),
                kind);
        } else {
            bits = mdci_image_code_any(c, decode, d, laser, a, bits);
        }
        MDCI_LIDAR_NOTE(c->rc, c->done, 4, MDCI_WAY_COLUMNS);
        if (decode)
            mdci_store_le(at + d * 4, bits, 4);
    }
}

/* ---- All ----------------------------------------------------------------- */

/** Codes a cell and its point, if there is one. \return 0: a damaged archive
 *  has more points than were told */
MDCI_KERNEL int mdci_image_visit(struct mdci_image_coder *c, const int decode,
                                 uint32_t column, unsigned laser)
{
    static const struct mdci_lidar_misses none = {{0}, 0, 0};
    struct mdci_image_work *w = c->w;
    struct mdci_image_near a;
    const uint32_t cell = mdci_image_at(c->p, column, laser), i = c->done;
    const uint32_t end = c->p->lasers * c->p->columns;
    uint32_t what = MDCI_IMAGE_EMPTY;
    mdci_image_look(c, column, laser, &a);
    if (!decode && i < c->count && w->cell[i] == cell)
        what = w->reach[i] ? MDCI_IMAGE_RETURN : MDCI_IMAGE_BLANK;
    what = mdci_image_code_cell(c, decode, column, laser, &a, what);
    MDCI_LIDAR_WAY(c->rc, MDCI_WAY_RANGES);
    if (what == MDCI_IMAGE_EMPTY)
        return 1;
    if (i == c->count)
        return 0;
    uint8_t *at = c->record + (size_t)i * c->layout->columns * 4;
    int64_t told[3] = {0, 0, 0};
    int32_t range = 0;
    if (what == MDCI_IMAGE_RETURN) {
        const int32_t tick = mdci_image_code_tick(c, decode, column, laser,
                                                  decode ? 0 : w->tick[i]);
        MDCI_LIDAR_NOTE(c->rc, i, 0, MDCI_WAY_AZIMUTHS);
        const struct mdci_lidar_around around = {
            .w = mdci_image_range(c, a.w),
            .ww = mdci_image_range(c, a.ww),
            .www = mdci_image_range(c, a.www),
            .n = mdci_image_range(c, a.n),
            .nw = mdci_image_range(c, a.nw),
            .nww = mdci_image_range(c, a.nww),
            .e = mdci_image_range(c, a.e),
            .ew = mdci_image_range(c, a.ew),
            .miss = {a.w < end ? &w->miss[a.w] : &none,
                     a.ww < end ? &w->miss[a.ww] : &none,
                     a.n < end ? &w->miss[a.n] : &none,
                     a.e < end ? &w->miss[a.e] : &none,
                     a.nw < end ? &w->miss[a.nw] : &none},
            .laser = laser,
        };
        range = mdci_lidar_code_range(c->n, c->rc, decode, &around,
                                      &w->miss[cell], decode ? 0 : w->reach[i]);
        MDCI_LIDAR_NOTE(c->rc, i, 0, MDCI_WAY_RANGES);
        mdci_image_project(c->p, w, laser, range, tick, told);
    }
    mdci_image_code_place(c, decode, laser, told, at);
    mdci_image_code_others(c, decode, laser, &a, range, at);
    w->range[cell] = range;
    w->point[cell] = i + 1;
    c->done++;
    return 1;
}

/** Codes all points of an image whose parameters are known. \return 0: it is
 *  a damaged archive */
MDCI_KERNEL int mdci_image_code_points(struct mdci_image_coder *c,
                                       const int decode)
{
    const struct mdci_image *p = c->p;
    const uint32_t outer = p->by_ring ? p->lasers : p->columns;
    const uint32_t inner = p->by_ring ? p->columns : p->lasers;
    mdci_image_tables(p, c->w);
    c->w->range[(size_t)p->lasers * p->columns] = 0;
    c->w->point[(size_t)p->lasers * p->columns] = 0;
    c->done = c->leans = c->column_before = 0;
    c->lean = 0;
    for (uint32_t i = 0; i < outer; i++) {
        if (p->by_ring)
            c->column_before = 0;
        for (uint32_t j = 0; j < inner; j++)
            if (!mdci_image_visit(c, decode, p->by_ring ? j : i,
                                  p->order[p->by_ring ? i : j]))
                return 0;
    }
    return c->done == c->count;
}

#endif
