/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_sweep.h
 * \brief The points of a sweep, one firing after the other; encoder and
 *        decoder are this one source.
 */
#ifndef MDCI_LIDAR_SWEEP_H
#define MDCI_LIDAR_SWEEP_H

#include "codecs/lidar/lidar_hdl32.h"

/** What the coder of a sweep carries along. */
struct mdci_lidar_sweep_coder {
    const struct mdci_lidar_sweep *p;
    struct mdci_lidar_spin *s;
    struct mdci_numbers *n;
    struct mdci_range_coder *rc;
    uint8_t *record;    /* [firings * 32] of MDCI_LIDAR_RECORD bytes */
    uint32_t origin[3]; /* of the last point without a return */
    int seen;           /* there was one */
    int64_t last[4];    /* what was left at the last point: x, y, z, height */
    int64_t step;       /* that moves coordinates, see lidar_near.h */
};

MDCI_KERNEL int32_t mdci_lidar_range_at(const struct mdci_lidar_spin *s,
                                        int64_t firing, int laser)
{
    return firing < 0 || laser < 0 || laser > 31 ? 0 : s->range[firing][laser];
}

MDCI_KERNEL const struct mdci_lidar_misses *
mdci_lidar_miss_at(const struct mdci_lidar_spin *s, int64_t firing, int laser)
{
    return &s->miss[firing & 3][laser + 1];
}

/** Intensity, a whole number, 0 where there is no point. */
MDCI_KERNEL uint32_t mdci_lidar_gleam_at(const struct mdci_lidar_sweep_coder *c,
                                         int64_t firing, int laser)
{
    if (firing < 0 || laser < 0 || laser > 31)
        return 0;
    const uint8_t *at =
        c->record + ((size_t)firing * 32 + (size_t)laser) * MDCI_LIDAR_RECORD;
    return (uint32_t)mdci_lidar_to_decimal(mdci_load32(at + 12), 0) & 255;
}

/** Whether there is a return, and its range. */
MDCI_KERNEL int32_t mdci_lidar_sweep_range(struct mdci_lidar_sweep_coder *c,
                                           const int decode, int64_t i, int k)
{
    struct mdci_lidar_spin *s = c->s;
    int32_t v = decode ? 0 : s->range[i][k];
    struct mdci_lidar_misses *miss = &s->miss[i & 3][k + 1];
    const struct mdci_lidar_around a = {
        .w = mdci_lidar_range_at(s, i - 1, k),
        .ww = mdci_lidar_range_at(s, i - 2, k),
        .www = mdci_lidar_range_at(s, i - 3, k),
        .n = mdci_lidar_range_at(s, i, k - 1),
        .nn = mdci_lidar_range_at(s, i, k - 2),
        .nw = mdci_lidar_range_at(s, i - 1, k - 1),
        .nww = mdci_lidar_range_at(s, i - 2, k - 1),
        .e = mdci_lidar_range_at(s, i - 1, k + 1),
        .ew = mdci_lidar_range_at(s, i - 2, k + 1),
        .miss = {mdci_lidar_miss_at(s, i + 3, k),
                 mdci_lidar_miss_at(s, i + 2, k),
                 mdci_lidar_miss_at(s, i, k - 1),
                 mdci_lidar_miss_at(s, i + 3, k + 1),
                 mdci_lidar_miss_at(s, i + 3, k - 1)},
        .laser = (uint32_t)k,
        .gleam = mdci_lidar_gleam_at(c, i - 1, k),
    };
    const uint32_t near = mdci_lidar_none(a.w, 0) | mdci_lidar_none(a.n, 1) |
                          mdci_lidar_none(a.ww, 2) | mdci_lidar_none(a.e, 3) |
                          mdci_lidar_none(a.nw, 4) | mdci_lidar_none(a.nn, 5) |
                          mdci_lidar_none(a.ew, 6) | mdci_lidar_none(a.www, 7);
    const uint32_t far = a.w > 20000 ? 3 : a.w > 8000 ? 2 : a.w > 1000;
    const uint32_t gleam = a.gleam == 0   ? 0
                           : a.gleam < 3  ? 1
                           : a.gleam < 6  ? 2
                           : a.gleam < 12 ? 3
                                          : 4;
    const uint32_t laser = (uint32_t)k;
    const uint32_t wide =
        mdci_lidar_none(mdci_lidar_range_at(s, i - 2, k + 1), 0) |
        mdci_lidar_none(mdci_lidar_range_at(s, i - 1, k + 2), 1) |
        mdci_lidar_none(mdci_lidar_range_at(s, i - 1, k - 2), 2) |
        mdci_lidar_none(mdci_lidar_range_at(s, i, k - 3), 3);
    const uint32_t line = mdci_lidar_none(a.w, 0) | mdci_lidar_none(a.ww, 1) |
                          mdci_lidar_none(a.www, 2) |
                          mdci_lidar_none(mdci_lidar_range_at(s, i - 4, k), 3) |
                          mdci_lidar_none(mdci_lidar_range_at(s, i - 5, k), 4);
    struct mdci_number_place p = {
        {near, (near & 15) << 8 | laser, near << 8 | far << 4 | gleam,
         line << 8 | laser,
         (uint64_t)(uint32_t)(a.w >> 9) << 24 | (uint32_t)(a.n >> 9) << 8 |
             laser,
         near << 8 | wide, a.gleam << 8 | mdci_lidar_gleam_at(c, i, k - 1),
         (uint64_t)(uint32_t)(a.w >> 7) << 8 | line},
        {122, 123, 124}};
    p.selector[0] = 160 + (near & 31);
    p.selector[1] = 160 + laser;
    for (unsigned q = 0; q < 8; q++)
        p.context[q] = (p.context[q] << 8 | MDCI_LIDAR_FIELD_EMPTY) << 4 | q;
    if (mdci_code_small(c->n, c->rc, decode, 8, &p, 1, v == 0)) {
        miss->seen = 0;
        miss->base = 0;
        return 0;
    }
    return mdci_lidar_code_range(c->n, c->rc, decode, &a, miss, v);
}

MDCI_KERNEL uint32_t mdci_lidar_sweep_gleam(struct mdci_lidar_sweep_coder *c,
                                            const int decode, int64_t i, int k,
                                            int32_t v, uint32_t gleam)
{
    const struct mdci_lidar_spin *s = c->s;
    const uint32_t w = mdci_lidar_gleam_at(c, i - 1, k);
    const uint32_t ww = mdci_lidar_gleam_at(c, i - 2, k);
    const uint32_t www = mdci_lidar_gleam_at(c, i - 3, k);
    const uint32_t n = mdci_lidar_gleam_at(c, i, k - 1);
    const uint32_t nw = mdci_lidar_gleam_at(c, i - 1, k - 1);
    const uint32_t e = mdci_lidar_gleam_at(c, i - 1, k + 1);
    const int32_t rw = mdci_lidar_range_at(s, i - 1, k);
    const int32_t rn = mdci_lidar_range_at(s, i, k - 1);
    const uint32_t none = v == 0, laser = (uint32_t)k;
    const uint32_t step = v && rw ? mdci_lidar_step((v - rw) / 4) : 20;
    const uint32_t mean = (w * 2 + ww + n + e + 2) / 5;
    const uint32_t size = v ? mdci_log2_floor((uint32_t)v) : 0;
    const uint32_t near =
        v == 0 ? 4
               : (uint32_t)(rw > 0 && rw - v < 100 && v - rw < 100) |
                     (uint32_t)(rn > 0 && rn - v < 400 && v - rn < 400) << 1;
    struct mdci_number_place p = {
        {w, w << 8 | n, w << 8 | ww, n << 8 | nw, mean << 8 | laser,
         w << 8 | step, (w >> 1) << 8 | laser,
         ((w + ww + www) / 3) << 8 | n >> 2,
         size << 16 | laser << 8 | mean >> 2, w << 8 | e,
         (uint64_t)w << 24 | ww << 16 | n << 8 | e,
         (uint32_t)(v >> 6) << 8 | laser, mean << 8 | step,
         (w + ww + 1) / 2 << 16 | (n + nw + 1) / 2 << 8 | near, n << 8 | near,
         (uint64_t)w << 24 | ww << 16 | www << 8 | near},
        {128 + 16 + near, 192 + (mean < 63 ? mean : 63), 128 + (laser)}};
    for (unsigned q = 0; q < 16; q++)
        p.context[q] =
            (p.context[q] << 1 | none) << 12 | MDCI_LIDAR_FIELD_GLEAM << 4 | q;
    return mdci_code_small(c->n, c->rc, decode, 16, &p, 8, gleam);
}

/** The float at a fixed-point place, and how many places the true one is off.
 *  \return its bits */
MDCI_KERNEL uint32_t mdci_lidar_sweep_float(struct mdci_lidar_sweep_coder *c,
                                            const int decode, unsigned axis,
                                            uint32_t field, int64_t v,
                                            uint32_t bits)
{
    const uint32_t near = mdci_lidar_from_fixed(v, MDCI_LIDAR_Q40);
    const uint32_t size =
        (near >> 23 & 255) > 100 ? (near >> 23 & 255) - 100 : 0;
    /* Where between two floats it lies: near the middle, both are likely. */
    const int64_t unit = mdci_lidar_fixed(near & 0x7F800000u, MDCI_LIDAR_Q40);
    const int64_t off = v - mdci_lidar_fixed(near, MDCI_LIDAR_Q40);
    const int64_t grain = unit >> 17; /* 1/64 of the gap */
    const uint32_t part =
        grain > 0 ? (uint32_t)(mdci_clamp64(off / grain, -40, 40) + 40) : 99;
    const uint32_t context[8] = {part << 2 | axis,
                                 part << 8 | size,
                                 size,
                                 axis,
                                 size << 2 | axis,
                                 part,
                                 (part >> 1) << 12 | size << 2 | axis,
                                 0};
    const int64_t base = mdci_lidar_order(near);
    const int64_t cell = mdci_lidar_cell(c->step, mdci_lidar_unit(near));
    const int64_t rest = mdci_lidar_code_rest(
        c->n, c->rc, decode, field, context,
        96 + axis * 8 +
            (part < 99 ? (part > 40 ? part - 40 : 40 - part) / 6 : 7),
        64 + (size < 60 ? size : 60),
        mdci_lidar_cell_of(c->step, cell, mdci_lidar_order(bits) - base, near,
                           bits));
    const int64_t order = base + mdci_lidar_middle(rest, cell);
    const uint32_t known = mdci_lidar_at_order(order);
    if (cell == 1 || rest == 0)
        return known;
    /* Floats may be coarser here than near the prediction. */
    const uint32_t finer[8] = {0, axis, size, 3, 4, 5, 6, 7};
    bits = mdci_lidar_moved(c->step, cell, known, bits);
    return mdci_lidar_at_order(
        order + mdci_lidar_code_rest(c->n, c->rc, decode,
                                     MDCI_LIDAR_FIELD_FINER, finer, 120, 120,
                                     mdci_lidar_order(bits) - order));
}

/** Codes the place on the lattice along an axis. \return it, in 2^-40 m */
MDCI_KERNEL int64_t mdci_lidar_sweep_lattice(struct mdci_lidar_sweep_coder *c,
                                             const int decode, unsigned axis,
                                             uint32_t far, int64_t told,
                                             int64_t true_place)
{
    const unsigned q = MDCI_LIDAR_Q40 - c->p->shift[axis];
    const int64_t phase = q >= 24 ? c->p->phase[axis] * ((int64_t)1 << (q - 24))
                                  : c->p->phase[axis] >> (24 - q);
    const int64_t half = (int64_t)1 << (q - 1);
    const int64_t k = mdci_sar64(told - phase + half, q);
    const int64_t off = told - phase - k * ((int64_t)1 << q);
    const uint32_t part = (uint32_t)mdci_sar64(off + half, q - 6);
    const int64_t last = c->last[axis];
    const uint32_t side = last < 0 ? 0 : last > 0 ? 2 : 1;
    const uint32_t low = (uint32_t)k & 3;
    const uint32_t context[8] = {
        part,
        part << 8 | far,
        part << 8 | side,
        (low & 1) << 8 | part,
        ((uint32_t)(k >> 14) & 63) << 10 | low << 8 | part >> 1,
        far,
        part >> 1 << 8 |
            mdci_lidar_step((int32_t)mdci_clamp64(last, -9999, 9999)),
        low << 8 | far};
    int64_t rest = mdci_sar64(true_place - phase + half, q) - k;
    if (rest >> 30 && ~rest >> 30)
        rest = 0;
    rest = mdci_lidar_code_rest(
        c->n, c->rc, decode, MDCI_LIDAR_FIELD_X + axis, context,
        64 + axis * 16 + (far < 15 ? far : 15),
        128 + (low & 1) * 32 + axis * 16 + (part >> 3 & 7), rest);
    c->last[axis] = rest;
    /* A damaged archive may say anything. */
    const int64_t most = (int64_t)1 << 58;
    return mdci_lidar_hold(k + rest, most >> q) * ((int64_t)1 << q) + phase;
}

/** Codes one point. */
MDCI_KERNEL void mdci_lidar_sweep_point(struct mdci_lidar_sweep_coder *c,
                                        const int decode,
                                        const struct mdci_lidar_pose *pose,
                                        int64_t i, int laser)
{
    const struct mdci_lidar_sweep *p = c->p;
    uint8_t *at =
        c->record + ((size_t)i * 32 + (size_t)laser) * MDCI_LIDAR_RECORD;
    uint32_t bits[3] = {0, 0, 0}, gleam = 0;
    int64_t v[3], map[3], true_map[3] = {0, 0, 0};
    if (!decode) {
        for (unsigned d = 0; d < 3; d++) {
            bits[d] = mdci_load32(at + d * 4);
            v[d] = mdci_lidar_fixed(bits[d], MDCI_LIDAR_Q40);
        }
        for (unsigned d = 0; d < 3; d++)
            true_map[d] = mdci_lidar_to_map(p, d, v);
        gleam = mdci_lidar_gleam_at(c, i, laser);
    }
    const int32_t range = mdci_lidar_sweep_range(c, decode, i, laser);
    const int64_t number = i * 32 + laser;
    MDCI_LIDAR_NOTE(c->rc, number, 0, MDCI_WAY_RANGES);
    c->s->range[i][laser] = range;
    gleam = mdci_lidar_sweep_gleam(c, decode, i, laser, range, gleam);
    MDCI_LIDAR_NOTE(c->rc, number, 8, MDCI_WAY_GLEAM);
    if (decode) {
        mdci_store_le(at + 12, mdci_lidar_decimal(gleam, 0), 4);
        mdci_store_le(at + 16, mdci_lidar_decimal(laser, 0), 4);
    }
    if (range == 0 && c->seen) {
        struct mdci_number_place place = {{0}, {125, 125, 125}};
        for (unsigned k = 0; k < 8; k++)
            place.context[k] = (uint64_t)MDCI_LIDAR_FIELD_SAME << 4 | k;
        const int same = mdci_lidar_is_near(c->step, c->origin[0], bits[0]) &&
                         mdci_lidar_is_near(c->step, c->origin[1], bits[1]) &&
                         mdci_lidar_is_near(c->step, c->origin[2], bits[2]);
        if (mdci_code_small(c->n, c->rc, decode, 8, &place, 1,
                            (uint32_t)same)) {
            for (unsigned d = 0; d < 3; d++) {
                MDCI_LIDAR_NOTE(c->rc, number, 4, mdci_lidar_way(d));
                if (decode || c->step > 0)
                    mdci_store_le(at + d * 4, c->origin[d], 4);
            }
            return;
        }
    }
    const uint32_t far = mdci_lidar_width(range >> 6);
    mdci_lidar_project(c->s, pose, range, (unsigned)laser,
                       mdci_lidar_tick(c->s, (uint32_t)i, (unsigned)laser), v);
    for (unsigned d = 0; d < 3; d++)
        map[d] = mdci_lidar_to_map(p, d, v);
    for (unsigned d = 0; d < 2; d++) {
        map[d] =
            mdci_lidar_sweep_lattice(c, decode, d, far, map[d], true_map[d]);
        MDCI_LIDAR_NOTE(c->rc, number, 0, mdci_lidar_way(d));
    }
    /* z: either the map's was rounded more coarsely, or the point's. */
    const uint32_t high =
        mdci_lidar_from_fixed(map[2] + p->height, MDCI_LIDAR_Q40);
    const int64_t z = mdci_lidar_from_map(p, 2, map);
    const uint32_t low = mdci_lidar_from_fixed(z, MDCI_LIDAR_Q40);
    if ((high >> 23 & 255) > (low >> 23 & 255)) {
        const int64_t base = mdci_lidar_order(high);
        const int64_t grain =
            mdci_lidar_fixed(high & 0x7F800000u, MDCI_LIDAR_Q40) >> 17;
        const int64_t off =
            map[2] + p->height - mdci_lidar_fixed(high, MDCI_LIDAR_Q40);
        const uint32_t part =
            grain > 0 ? (uint32_t)(mdci_clamp64(off / grain, -40, 40) + 40)
                      : 99;
        const uint32_t size = high >> 23 & 15;
        const uint32_t last =
            mdci_lidar_step((int32_t)mdci_clamp64(c->last[3], -9999, 9999));
        const uint32_t context[8] = {part << 4 | size,
                                     (part >> 1) << 12 | size << 8 | far,
                                     size << 8 | last,
                                     (size << 8 | far) << 8 | (uint32_t)laser,
                                     part << 8 | last,
                                     far,
                                     size,
                                     (uint32_t)laser};
        int64_t rest = mdci_lidar_order(mdci_lidar_from_fixed(
                           true_map[2] + p->height, MDCI_LIDAR_Q40)) -
                       base;
        const int64_t cell = mdci_lidar_cell(c->step, mdci_lidar_unit(high));
        rest = mdci_lidar_cell_of(c->step, cell, rest, high, high);
        rest = mdci_lidar_code_rest(c->n, c->rc, decode,
                                    MDCI_LIDAR_FIELD_HEIGHT, context,
                                    208 + size, 192 + 24 + (far & 15), rest);
        c->last[3] = rest;
        map[2] = mdci_lidar_fixed(
                     mdci_lidar_at_order(base + mdci_lidar_middle(rest, cell)),
                     MDCI_LIDAR_Q40) -
                 p->height;
        MDCI_LIDAR_NOTE(c->rc, number, 0, MDCI_WAY_Z);
        for (unsigned d = 0; d < 3; d++) {
            bits[d] =
                mdci_lidar_sweep_float(c, decode, d, MDCI_LIDAR_FIELD_FLOAT,
                                       mdci_lidar_from_map(p, d, map), bits[d]);
            MDCI_LIDAR_NOTE(c->rc, number, 4, mdci_lidar_way(d));
        }
    } else {
        bits[2] = mdci_lidar_sweep_float(c, decode, 2, MDCI_LIDAR_FIELD_Z, z,
                                         bits[2]);
        MDCI_LIDAR_NOTE(c->rc, number, 4, MDCI_WAY_Z);
        /* What the map's z must have been. */
        const int64_t near = mdci_lidar_fixed(bits[2], MDCI_LIDAR_Q40);
        map[2] += near - z;
        for (unsigned d = 0; d < 2; d++) {
            bits[d] =
                mdci_lidar_sweep_float(c, decode, d, MDCI_LIDAR_FIELD_FLOAT2,
                                       mdci_lidar_from_map(p, d, map), bits[d]);
            MDCI_LIDAR_NOTE(c->rc, number, 4, mdci_lidar_way(d));
        }
    }
    for (unsigned d = 0; d < 3; d++) {
        MDCI_LIDAR_OFF(c->rc, v[d], bits[d]);
        if (decode || c->step > 0)
            mdci_store_le(at + d * 4, bits[d], 4);
    }
    if (range == 0) {
        c->seen = 1;
        for (unsigned d = 0; d < 3; d++)
            c->origin[d] = bits[d];
    }
}

/** Codes all points of a sweep whose parameters and azimuths are known. */
MDCI_KERNEL void mdci_lidar_code_sweep_points(struct mdci_lidar_sweep_coder *c,
                                              const int decode)
{
    unsigned knot = 0;
    c->seen = 0;
    for (unsigned k = 0; k < 4; k++)
        c->last[k] = 0;
    for (unsigned k = 0; k < 4; k++)
        for (unsigned j = 0; j < 34; j++) {
            c->s->miss[k][j].seen = 0;
            c->s->miss[k][j].base = 0;
        }
    for (int64_t i = 0; i < c->p->firings; i++) {
        struct mdci_lidar_pose pose;
        mdci_lidar_pose_at(&pose, c->p, i * 4, &knot);
        for (int k = 0; k < 32; k++)
            mdci_lidar_sweep_point(c, decode, &pose, i, k);
    }
}

#endif
