/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_scan.h
 * \brief The points of a scan; encoder and decoder are this one source.
 *
 * First what was measured, firing by firing: which lasers saw something, and
 * how far. That says which points belong to a group, and so when the pose of
 * each was taken. Then the coordinates, as what is left of the prediction.
 */
#ifndef MDCI_LIDAR_SCAN_H
#define MDCI_LIDAR_SCAN_H

#include "codecs/lidar/lidar_vlp32.h"

/** What the coder of a scan carries along. */
struct mdci_scan_coder {
    const struct mdci_vlp32 *p;
    struct mdci_vlp32_work *w;
    struct mdci_numbers *n;
    struct mdci_range_coder *rc;
    const struct mdci_lidar_layout *layout;
    struct mdci_lidar_points *columns; /* other than coordinates */
    uint8_t *record;                   /* [count] */
    int64_t step; /* that moves coordinates, see lidar_near.h */
    uint32_t group;
    int64_t left[3]; /* of the last point, in 2^-40 */
    uint32_t left_group, left_firing;
    int64_t drift; /* azimuths of a firing are off by, their sum in 2^-36 */
    int64_t drifts;
};

enum {
    MDCI_SCAN_FIELD_STEP = 64,
    MDCI_SCAN_FIELD_DELAY,
    MDCI_SCAN_FIELD_EMPTY,
    MDCI_SCAN_FIELD_TIE,
    MDCI_SCAN_FIELD_PLACE = 80, /* and two more */
    MDCI_SCAN_FIELD_FLOAT = 96  /* and two more */
};

/* ---- What was measured --------------------------------------------------- */

MDCI_KERNEL void mdci_scan_azimuths(struct mdci_scan_coder *c, const int decode)
{
    int32_t *azimuth = c->w->azimuth;
    uint32_t a = 0, b = 0;
    azimuth[0] =
        (int32_t)mdci_lidar_plain(c->rc, decode, 16, (uint32_t)azimuth[0]);
    for (uint32_t i = 1; i < c->p->firings; i++) {
        const uint32_t packet = i % MDCI_VLP32_PACKET;
        const uint32_t context[8] = {
            a,      a << 8 | b, packet,      (a + b) & 255,
            b << 1, 0,          packet == 0, packet << 8 | a};
        const int64_t rest = mdci_lidar_code_rest(
            c->n, c->rc, decode, MDCI_SCAN_FIELD_STEP, context, 120, 120,
            decode ? 0 : azimuth[i] - azimuth[i - 1] - c->p->step);
        azimuth[i] = mdci_clamp64(azimuth[i - 1] + c->p->step + rest,
                                  -(1 << 24), 1 << 24);
        b = a;
        a = (uint32_t)rest & 255;
    }
}

MDCI_KERNEL int32_t mdci_scan_range_at(const struct mdci_vlp32_work *w,
                                       int64_t firing, unsigned laser)
{
    return firing < 0 || laser > 31 ? 0 : w->range[firing][laser];
}

/** The firing in which another laser looked where laser k does in firing i;
 *  if that is still to come, the last one before. */
MDCI_KERNEL int64_t mdci_scan_beside(const struct mdci_scan_coder *c, int64_t i,
                                     unsigned k, unsigned other)
{
    if (other > 31)
        return 0;
    const int32_t apart = mdci_vlp32_aside(other) - mdci_vlp32_aside(k);
    const int32_t step = c->p->step, size = step < 0 ? -step : step;
    const int32_t steps = ((apart < 0 ? -apart : apart) + size / 2) / size;
    const int64_t j = (apart < 0) == (step < 0) ? i + steps : i - steps;
    const int64_t latest = other < k ? i : i - 1;
    return j > latest ? latest : j;
}

/** Whether laser k sees something in firing i, and how far. */
MDCI_KERNEL int32_t mdci_scan_range(struct mdci_scan_coder *c, const int decode,
                                    int64_t i, unsigned k)
{
    static const struct mdci_lidar_misses none = {{0}, 0, 0};
    struct mdci_vlp32_work *w = c->w;
    struct mdci_lidar_misses *miss = &w->miss[i & 63][k];
    const unsigned above = w->above[k], below = w->below[k];
    const int64_t u = mdci_scan_beside(c, i, k, above);
    const int64_t d = mdci_scan_beside(c, i, k, below);
    int32_t v = decode ? 0 : w->range[i][k];
    const struct mdci_lidar_around a = {
        .w = mdci_scan_range_at(w, i - 1, k),
        .ww = mdci_scan_range_at(w, i - 2, k),
        .www = mdci_scan_range_at(w, i - 3, k),
        .n = mdci_scan_range_at(w, d, below),
        .nw = mdci_scan_range_at(w, d - 1, below),
        .nww = mdci_scan_range_at(w, d - 2, below),
        .e = mdci_scan_range_at(w, u, above),
        .ew = mdci_scan_range_at(w, u - 1, above),
        .miss = {&w->miss[(i - 1) & 63][k], &w->miss[(i - 2) & 63][k],
                 below > 31 || i - d > 60 ? &none : &w->miss[d & 63][below],
                 above > 31 || i - u > 60 ? &none : &w->miss[u & 63][above],
                 below > 31 || i - d > 60 ? &none
                                          : &w->miss[(d - 1) & 63][below]},
        .laser = k,
    };
    const int32_t nn = k > 0 ? w->range[i][k - 1] : 0;
    const int32_t further = u + 1 < i ? mdci_scan_range_at(w, u + 1, above) : 0;
    const uint32_t near = mdci_lidar_none(a.w, 0) | mdci_lidar_none(a.n, 1) |
                          mdci_lidar_none(a.ww, 2) | mdci_lidar_none(a.e, 3) |
                          mdci_lidar_none(a.nw, 4) | mdci_lidar_none(nn, 5) |
                          mdci_lidar_none(a.ew, 6) | mdci_lidar_none(a.www, 7);
    const uint32_t far = a.w > 20000 ? 3 : a.w > 8000 ? 2 : a.w > 1000;
    const uint32_t line = mdci_lidar_none(a.w, 0) | mdci_lidar_none(a.ww, 1) |
                          mdci_lidar_none(a.www, 2) |
                          mdci_lidar_none(mdci_scan_range_at(w, i - 4, k), 3) |
                          mdci_lidar_none(mdci_scan_range_at(w, i - 5, k), 4);
    struct mdci_number_place p = {
        {near, (near & 15) << 8 | k, near << 8 | far, line << 8 | k,
         (uint64_t)(uint32_t)(a.w >> 9) << 24 | (uint32_t)(a.n >> 9) << 8 | k,
         near << 8 | mdci_lidar_none(further, 0), (near & 3) << 8 | k,
         (uint64_t)(uint32_t)(a.w >> 7) << 16 | (uint32_t)(a.e >> 8) << 8 |
             (near & 1)},
        {160 + (near & 31), 160 + k, 124}};
    for (unsigned q = 0; q < 8; q++)
        p.context[q] = (p.context[q] << 8 | MDCI_SCAN_FIELD_EMPTY) << 4 | q;
    if (mdci_code_small(c->n, c->rc, decode, 8, &p, 1, v == 0)) {
        miss->seen = 0;
        miss->base = 0;
        return 0;
    }
    v = mdci_lidar_code_range(c->n, c->rc, decode, &a, miss, v);
    return v <= MDCI_VLP32_RANGE ? v : MDCI_VLP32_RANGE;
}

/** All ranges, and when the points were seen. \return 0: a damaged archive,
 *  as there are not as many points as were told */
MDCI_KERNEL int mdci_scan_ranges(struct mdci_scan_coder *c, const int decode)
{
    struct mdci_vlp32_work *w = c->w;
    uint32_t count = 0;
    for (unsigned i = 0; i < 64; i++)
        for (unsigned k = 0; k < 32; k++)
            w->miss[i][k].seen = w->miss[i][k].base = 0;
    for (uint32_t i = 0; i < c->p->firings; i++)
        for (unsigned k = 0; k < 32; k++) {
            w->range[i][k] = mdci_scan_range(c, decode, i, k);
            MDCI_LIDAR_NOTE(c->rc, count < c->p->count ? count : count - 1, 0,
                            MDCI_WAY_RANGES);
            if (w->range[i][k] == 0)
                continue;
            if (count == c->p->count)
                return 0;
            w->slot[count++] = i * 32 + k;
        }
    return count == c->p->count;
}

/* ---- Coordinates --------------------------------------------------------- */

/** When a point was seen, in pairs of lasers. */
MDCI_KERNEL uint32_t mdci_scan_moment(const struct mdci_vlp32_work *w,
                                      uint32_t i)
{
    const uint32_t slot = w->slot[i];
    return slot / 32 * MDCI_VLP32_SLOTS + slot % 32 / 2;
}

/** Codes the end of the group that starts with point i. */
MDCI_KERNEL uint32_t mdci_scan_group(struct mdci_scan_coder *c,
                                     const int decode, uint32_t i)
{
    struct mdci_vlp32_work *w = c->w;
    const uint32_t limit = mdci_scan_moment(w, i) + MDCI_VLP32_SLOTS;
    uint32_t to = i;
    while (to < c->p->count && mdci_scan_moment(w, to) < limit)
        to++;
    uint32_t tie = to;
    while (tie < c->p->count && mdci_scan_moment(w, tie) == limit)
        tie++;
    if (tie == to)
        return to;
    struct mdci_number_place p = {{0}, {125, 125, 125}};
    const uint32_t firing = w->slot[i] / 32 % MDCI_VLP32_PACKET;
    for (unsigned k = 0; k < 8; k++)
        p.context[k] = (uint64_t)(k == 0   ? firing
                                  : k == 1 ? c->left_group & 1
                                           : 0)
                           << 16 |
                       MDCI_SCAN_FIELD_TIE << 4 | k;
    const uint32_t taken =
        mdci_code_small(c->n, c->rc, decode, 8, &p, 1,
                        decode ? 0 : w->start[c->group + 1] == tie);
    return taken ? tie : to;
}

MDCI_KERNEL void mdci_scan_delays(struct mdci_scan_coder *c, const int decode)
{
    const uint32_t packets =
        (c->p->firings + MDCI_VLP32_PACKET - 1) / MDCI_VLP32_PACKET;
    int32_t last = 0;
    for (uint32_t i = 0; i < packets; i++) {
        const uint32_t context[8] = {0, 1, 2, 3,
                                     4, 5, 6, (uint32_t)(last + 4096) & 8191};
        c->w->delay[i] = mdci_clamp64(
            last + mdci_lidar_code_rest(
                       c->n, c->rc, decode, MDCI_SCAN_FIELD_DELAY, context, 121,
                       121, decode ? 0 : c->w->delay[i] - last),
            -(1 << 20), 1 << 20);
        last = c->w->delay[i];
    }
}

/** Codes coordinate d of a point. \param told  where it should be, in 2^-40
 *  \return its bits */
MDCI_KERNEL uint32_t mdci_scan_coordinate(struct mdci_scan_coder *c,
                                          const int decode, unsigned d,
                                          int64_t told, uint32_t far,
                                          uint32_t trust, uint32_t before,
                                          unsigned laser, uint32_t bits)
{
    const uint32_t near = mdci_lidar_from_fixed(told, MDCI_LIDAR_Q40);
    const int32_t exponent = (int32_t)(near >> 23 & 255) - 127;
    const int32_t least = 40 - (int32_t)c->p->grid[d];
    const unsigned q = (unsigned)mdci_clamp(exponent + 17, least, 40);
    const int64_t half = ((int64_t)1 << q) / 2;
    const int64_t base = mdci_lidar_place(told, q);
    const int64_t off = told - base * ((int64_t)1 << q);
    const int64_t cell = mdci_lidar_cell(c->step, q);
    /* Where between two places the prediction is. */
    const uint32_t part = (uint32_t)(q > 5 ? mdci_sar64(off + half, q - 5) : 0);
    const uint32_t unit = q & 63;
    const uint32_t context[8] = {unit << 8 | trust,
                                 (unit << 8 | far) << 8 | before,
                                 (unit << 8 | far) << 8 | trust,
                                 laser << 8 | unit,
                                 (before << 8 | trust) << 8 | unit,
                                 (unit << 8 | part) << 8 | trust,
                                 (unit << 8 | part) << 8 | before,
                                 (far << 8 | trust) << 8 | before};
    const uint32_t selector0 = d * 21 + (unit < 8    ? 0
                                         : unit > 28 ? 20
                                                     : unit - 8);
    const uint32_t selector1 =
        64 + d * 40 + (trust & 7) * 5 + (before < 4 ? before : 4);
    int64_t rest =
        mdci_lidar_place(mdci_lidar_fixed(bits, MDCI_LIDAR_Q40), q) - base;
    rest = mdci_lidar_cell_of(c->step, cell, rest, mdci_lidar_at_place(base, q),
                              bits);
    if (rest >> 33 && ~rest >> 33)
        rest = 0;
    rest = mdci_lidar_code_rest(c->n, c->rc, decode, MDCI_SCAN_FIELD_PLACE + d,
                                context, selector0, selector1, rest);
    const uint32_t known =
        mdci_lidar_at_place(base + mdci_lidar_middle(rest, cell), q);
    if (cell > 1 && rest == 0)
        return known;
    bits = mdci_lidar_moved(c->step, cell, known, bits);
    const int64_t order = mdci_lidar_order(known);
    const uint32_t finer[8] = {unit, trust, d, 3, 4, 5, 6, 7};
    return mdci_lidar_at_order(
        order + mdci_lidar_code_rest(c->n, c->rc, decode,
                                     MDCI_SCAN_FIELD_FLOAT + d, finer, 250 + d,
                                     250 + d, mdci_lidar_order(bits) - order));
}

/** A size in steps: tenths to hundreds of microns. */
MDCI_KERNEL uint32_t mdci_scan_size(int64_t v)
{
    const uint32_t width = mdci_lidar_width(v);
    return width < 18 ? 0 : width > 30 ? 6 : (width - 16) / 2;
}

/** Codes point i, seen in firing j by a laser. */
MDCI_KERNEL void mdci_scan_point(struct mdci_scan_coder *c, const int decode,
                                 const struct mdci_lidar_pose *pose, uint32_t i)
{
    const struct mdci_vlp32 *p = c->p;
    const uint32_t j = c->w->slot[i] / 32;
    const unsigned laser = c->w->slot[i] % 32;
    const int32_t range = c->w->range[j][laser];
    const uint32_t far = mdci_lidar_width(range >> 6);
    uint8_t *at = c->record + (size_t)i * c->layout->columns * 4;
    int64_t told[3], along[2];
    mdci_vlp32_project(p, c->w, pose, range, laser,
                       mdci_vlp32_angle(p, c->w, j, laser), told);
    /* From the sensor to the point, flat: it moves across that if the azimuth
     * is off. */
    along[0] = told[0] - pose->place[0];
    along[1] = told[1] - (p->flip ? -pose->place[1] : pose->place[1]);
    const int64_t x = along[0] < 0 ? -along[0] : along[0];
    const int64_t y = along[1] < 0 ? -along[1] : along[1];
    const unsigned first = y > x ? 0 : 1, second = 1 - first;
    const int64_t size = x > y ? x : y;
    const int64_t slight = (int64_t)1 << 25; /* 31 microns */
    if (c->left_firing != j) {
        c->left_firing = j;
        c->drift = c->drifts = 0;
    }
    uint32_t sizes = mdci_scan_size(c->left[0]);
    for (unsigned d = 1; d < 3; d++)
        sizes = sizes < mdci_scan_size(c->left[d]) ? mdci_scan_size(c->left[d])
                                                   : sizes;
    const int same = c->left_group == c->group;
    const uint32_t trust = (sizes << 1 | (uint32_t)same) << 2 |
                           (uint32_t)(c->drifts < 3 ? c->drifts : 3);
    int64_t predicted[3], left[3];
    /* A pose that is far off is so for all its points. */
    for (unsigned d = 0; d < 3; d++)
        predicted[d] = told[d] + (same && sizes > 3 ? c->left[d] : 0);
    const int64_t drift = c->drifts ? c->drift / (c->drifts + 1) : 0;
    if (sizes <= 3) {
        predicted[0] -= mdci_lidar_mul(along[1], drift, 36);
        predicted[1] += mdci_lidar_mul(along[0], drift, 36);
    }
    const unsigned turn[3] = {2, first, second};
    uint32_t before = 0;
    for (unsigned t = 0; t < 3; t++) {
        const unsigned d = turn[t];
        const uint32_t bits =
            mdci_scan_coordinate(c, decode, d, predicted[d], far, trust, before,
                                 laser, decode ? 0 : mdci_load32(at + d * 4));
        if (decode || c->step > 0)
            mdci_store_le(at + d * 4, bits, 4);
        const int64_t v = mdci_lidar_fixed(bits, MDCI_LIDAR_Q40);
        MDCI_LIDAR_NOTE(c->rc, i, 4, mdci_lidar_way(d));
        MDCI_LIDAR_OFF(c->rc, told[d], bits);
        left[d] = v - told[d];
        const int64_t missed = v - predicted[d];
        const uint32_t step = mdci_scan_size(missed) + 1;
        before = before < step ? step : before;
        if (t != 1 || missed >= slight || missed <= -slight || size == 0)
            continue;
        /* What the azimuth is off shows in the other coordinate, too. */
        const int64_t moves = d == 0 ? -along[1] : along[0];
        const int64_t other = d == 0 ? along[0] : -along[1];
        predicted[second] +=
            mdci_sar64(missed * (other * 16384 / moves) + 8192, 14);
        if (size >> 41 && left[d] < slight && left[d] > -slight) {
            c->drift += left[d] * ((int64_t)1 << 36) / moves;
            c->drifts++;
        }
    }
    for (unsigned d = 0; d < 3; d++)
        c->left[d] = left[d];
    c->left_group = c->group;
    for (unsigned d = 3; d < c->layout->columns; d++) {
        const uint32_t bits = mdci_lidar_code_column(
            c->columns, c->n, c->rc, decode, c->layout, c->record, i, d);
        MDCI_LIDAR_NOTE(c->rc, i, 4, MDCI_WAY_COLUMNS);
        if (decode)
            mdci_store_le(at + d * 4, bits, 4);
    }
}

/** Codes all points of a scan whose parameters are known. \return 0: it is a
 *  damaged archive */
MDCI_KERNEL int mdci_scan_code(struct mdci_scan_coder *c, const int decode)
{
    const struct mdci_vlp32 *p = c->p;
    unsigned knot = 0;
    mdci_scan_azimuths(c, decode);
    MDCI_LIDAR_WAY(c->rc, MDCI_WAY_AZIMUTHS);
    if (!mdci_scan_ranges(c, decode))
        return 0;
    mdci_scan_delays(c, decode);
    c->group = 0;
    c->left_group = UINT32_MAX;
    c->left_firing = UINT32_MAX;
    for (unsigned d = 0; d < 3; d++)
        c->left[d] = 0;
    for (unsigned d = 0; d < MDCI_LIDAR_COLUMNS_MAX; d++)
        c->columns->last[d] = 0;
    for (uint32_t i = 0; i < p->count; c->group++) {
        const uint32_t to = mdci_scan_group(c, decode, i);
        MDCI_LIDAR_WAY(c->rc, MDCI_WAY_AZIMUTHS);
        const uint32_t middle = mdci_scan_moment(c->w, i + (to - i) / 2);
        const uint32_t packet = middle / (MDCI_VLP32_SLOTS * MDCI_VLP32_PACKET);
        struct mdci_lidar_pose pose;
        mdci_vlp32_pose(&pose, p,
                        (int64_t)middle * MDCI_VLP32_MOMENT +
                            (int64_t)c->w->delay[packet] * MDCI_VLP32_SLOTS,
                        &knot);
        for (; i < to; i++)
            mdci_scan_point(c, decode, &pose, i);
    }
    return 1;
}

#endif
