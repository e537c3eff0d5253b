/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_range.h
 * \brief Ranges of a spinning sensor, in ticks, told from what its lasers saw
 *        before and beside.
 *
 * A range of 0 is no return. Eight guesses are averaged, each weighed by how
 * near it came at the neighbours; what they say apart are contexts.
 */
#ifndef MDCI_LIDAR_RANGE_H
#define MDCI_LIDAR_RANGE_H

#include "codecs/lidar/lidar_points.h"

#define MDCI_LIDAR_RANGE_GUESSES 8
#define MDCI_LIDAR_RANGE_MAX     131071

/** What a guess was wrong by at a point, and the average of all. */
struct mdci_lidar_misses {
    int16_t guess[MDCI_LIDAR_RANGE_GUESSES];
    int16_t base;
    int16_t seen; /* 1: there was a return */
};

/** Ranges around a point: the same laser's one, two, three firings before;
 *  the laser's below, now and before; the laser's above, before. */
struct mdci_lidar_around {
    int32_t w, ww, www, n, nw, nww, e, ew, nn;
    /* misses at w, ww, n, e, nw, the nearest first; never NULL */
    const struct mdci_lidar_misses *miss[5];
    uint32_t laser;
    uint32_t gleam; /* intensity of the return before, or 0 */
};

/** A bit that says that a range is none. */
MDCI_KERNEL uint32_t mdci_lidar_none(int32_t range, unsigned place)
{
    return (uint32_t)(range == 0) << place;
}

/** a * b / c of ranges, b / c held between 0.6 and 1.5. */
MDCI_KERNEL int32_t mdci_lidar_proportion(int32_t a, int32_t b, int32_t c)
{
    int32_t ratio = (int32_t)((int64_t)b * 4096 / (c > 0 ? c : 1));
    ratio = mdci_clamp(ratio, 2458, 6144);
    return (int32_t)mdci_sar64((int64_t)a * ratio + 2048, 12);
}

/** All guesses. \return their weighted mean */
MDCI_KERNEL int32_t mdci_lidar_guess_range(const struct mdci_lidar_around *a,
                                           int32_t *guess, uint32_t *activity)
{
    const int32_t w = a->w     ? a->w
                      : a->ww  ? a->ww
                      : a->e   ? a->e
                      : a->n   ? a->n
                      : a->nw  ? a->nw
                      : a->www ? a->www
                               : 2500;
    const int32_t ww = a->ww ? a->ww : w, www = a->www ? a->www : ww;
    const int32_t n = a->n ? a->n : w, nw = a->nw ? a->nw : n;
    const int32_t e = a->e ? a->e : w, ew = a->ew ? a->ew : e;
    const int32_t nww = a->nww ? a->nww : nw;
    const int32_t slope = mdci_clamp(w - ww, -400, 400);
    const int32_t below = mdci_clamp(
        a->n && a->nw && a->w ? mdci_lidar_proportion(n - nw, w, nw) : 0, -4000,
        4000);
    const int32_t above = mdci_clamp(
        a->e && a->ew && a->w ? mdci_lidar_proportion(e - ew, w, ew) : 0, -4000,
        4000);
    guess[0] = w;
    guess[1] = w + slope;
    guess[2] = w + below;
    guess[3] = w + above;
    guess[4] = n;
    guess[5] = mdci_sar(w + ww, 1) + mdci_sar(ww - www, 2);
    guess[6] =
        w + slope + mdci_sar(mdci_clamp((n - nw) - (nw - nww), -300, 300), 1);
    guess[7] = w + mdci_sar(slope + below, 1);
    int64_t sum = 0, weights = 0;
    uint32_t least = UINT32_MAX;
    static const uint8_t share[5] = {4, 2, 3, 2, 1};
    for (unsigned k = 0; k < MDCI_LIDAR_RANGE_GUESSES; k++) {
        uint32_t miss = 0, seen = 0;
        for (unsigned j = 0; j < 5; j++)
            if (a->miss[j]->seen) {
                const int32_t m = a->miss[j]->guess[k];
                miss += (uint32_t)(m < 0 ? -m : m) * share[j];
                seen += share[j];
            }
        miss = seen ? miss * 16 / seen : 20 * 16;
        if (!a->w)
            miss = miss * 2 + 200 * 16;
        if (miss < least)
            least = miss;
        const int64_t weight =
            ((int64_t)1 << 40) / ((int64_t)(miss + 6) * (miss + 6) + 1);
        sum += weight * guess[k];
        weights += weight;
    }
    *activity = mdci_lidar_bucket(least) - 4;
    return weights ? mdci_clamp64(sum / weights, 1, MDCI_LIDAR_RANGE_MAX) : w;
}

/** Sign and size of a miss in 15 steps. */
MDCI_KERNEL uint32_t mdci_lidar_step(int32_t v)
{
    const uint32_t size = (uint32_t)(v < 0 ? -v : v);
    const uint32_t step = size == 0     ? 0
                          : size < 2    ? 1
                          : size < 4    ? 2
                          : size < 8    ? 3
                          : size < 16   ? 4
                          : size < 48   ? 5
                          : size < 200  ? 6
                          : size < 1000 ? 7
                                        : 8;
    return step * 2 + (v < 0);
}

/** Codes a range that is no 0. \param group  of selectors, 0 or 1 */
MDCI_KERNEL int32_t mdci_lidar_code_range(struct mdci_numbers *n,
                                          struct mdci_range_coder *rc,
                                          const int decode,
                                          const struct mdci_lidar_around *a,
                                          struct mdci_lidar_misses *miss,
                                          int32_t range)
{
    int32_t g[MDCI_LIDAR_RANGE_GUESSES];
    uint32_t act;
    const int32_t base = mdci_lidar_guess_range(a, g, &act);
    const uint32_t have = (uint32_t)((a->w > 0) | (a->n > 0) << 1 |
                                     (a->ww > 0) << 2 | (a->e > 0) << 3);
    const uint32_t mw = mdci_lidar_step(a->miss[0]->base);
    const uint32_t mww = mdci_lidar_step(a->miss[1]->base);
    const uint32_t mn = mdci_lidar_step(a->miss[2]->base);
    const uint32_t me = mdci_lidar_step(a->miss[3]->base);
    const uint32_t far = a->w ? mdci_log2_floor((uint32_t)a->w) : 31;
    uint32_t d[MDCI_LIDAR_RANGE_GUESSES];
    for (unsigned k = 0; k < MDCI_LIDAR_RANGE_GUESSES; k++)
        d[k] = mdci_lidar_bucket(mdci_clamp(g[k] - base, -8191, 8191));
    const uint32_t half = act >> 1, quarter = act >> 2;
    struct mdci_number_place p = {
        {a->laser << 8 | half, act << 4 | have, mw << 8 | mn | half << 16,
         d[0] << 16 | d[2] << 8 | quarter, far << 8 | act,
         d[1] << 16 | d[3] << 8 | quarter, me << 16 | mw << 8 | half,
         (a->gleam >> 2) << 8 | quarter, d[4] << 16 | d[0] << 8 | quarter,
         d[7] << 16 | act, d[5] << 16 | d[6] << 8 | quarter, d[1] << 16 | act,
         d[2] << 16 | act, d[0] << 16 | act,
         mw << 16 | mww << 8 | mn << 24 | half, d[3] << 16 | act},
        {act < 47 ? act : 47, 48 + have, 64 + (mw >> 1) * 4 + (half >> 2 & 3)}};
    for (unsigned k = 0; k < 16; k++)
        p.context[k] = p.context[k] << 8 | 128 | k;
    range =
        (int32_t)(base + mdci_code_signed(n, rc, decode, 16, &p, range - base));
    if (range < 1 || range > MDCI_LIDAR_RANGE_MAX)
        range = 1; /* a damaged archive */
    for (unsigned k = 0; k < MDCI_LIDAR_RANGE_GUESSES; k++)
        miss->guess[k] = (int16_t)mdci_clamp(range - g[k], -3000, 3000);
    miss->base = (int16_t)mdci_clamp(range - base, -3000, 3000);
    miss->seen = 1;
    return range;
}

#endif
