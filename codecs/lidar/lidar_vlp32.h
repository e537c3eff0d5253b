/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_vlp32.h
 * \brief Scans of a 32-laser sensor (VLP-32C), told from what it measured:
 *        range ticks, azimuth ticks and the pose of its vehicle.
 *
 * The driver made a point from range and angles; groups of points in a row,
 * as many as fit into the time of a firing, were put into the vehicle's frame
 * by one pose each. Only points with a return are there.
 */
#ifndef MDCI_LIDAR_VLP32_H
#define MDCI_LIDAR_VLP32_H

#include "codecs/lidar/lidar_hdl32.h"

#define MDCI_VLP32_LASERS  32
#define MDCI_VLP32_SLOTS   24 /* of a firing; a pair of lasers takes one */
#define MDCI_VLP32_PACKET  12 /* firings */
#define MDCI_VLP32_FIRINGS 4096
#define MDCI_VLP32_POINTS  (MDCI_VLP32_FIRINGS * MDCI_VLP32_LASERS)
#define MDCI_VLP32_RANGE   65535 /* ticks, at most */
#define MDCI_VLP32_MOMENT  4096  /* delays are in these parts of a firing */
#define MDCI_VLP32_TICK_Q  20    /* fixed point of azimuths, in ticks */

/** What a scan is told from. */
struct mdci_vlp32 {
    uint32_t count;   /* points */
    uint32_t firings; /* 1..MDCI_VLP32_FIRINGS */
    uint32_t flip;    /* 1: y and z are negative, the sensor is upside down */
    int32_t step;     /* ticks from firing to firing, about */
    uint32_t grid[3]; /* coordinates are multiples of 2^-grid, mostly */
    uint32_t knots;   /* 2..MDCI_LIDAR_KNOTS */
    int64_t time[MDCI_LIDAR_KNOTS];    /* of a knot, in quarter firings */
    int64_t pose[MDCI_LIDAR_KNOTS][6]; /* rotation vector, place; in 2^-36 */
};

/** Work memory of a scan's coder; the first three tables are made once. */
struct mdci_vlp32_work {
    uint32_t sine_up[32], cosine_up[32]; /* of the lasers, as floats */
    uint8_t above[32], below[32];        /* next laser, or 32 */
    int32_t (*range)[MDCI_VLP32_LASERS]; /* [firings], ticks of 4 mm */
    int32_t *azimuth;                    /* [firings], ticks, unwrapped */
    int32_t *delay;                      /* [packets] */
    uint32_t *slot;                      /* [points], when they were seen */
    uint32_t *start; /* [firings + 1], of groups; only an encoder knows */
    struct mdci_lidar_misses miss[64][32]; /* of the last firings */
};

/** Elevation of a laser, in thousandths of a degree. */
MDCI_KERNEL int32_t mdci_vlp32_elevation(unsigned laser)
{
    static const int16_t elevation[MDCI_VLP32_LASERS] = {
        -25000, -1000, -1667, -15639, -11310, 0,     -667,  -8843,
        -7254,  333,   -333,  -6148,  -5333,  1333,  667,   -4000,
        -4667,  1667,  1000,  -3667,  -3333,  3333,  2333,  -2667,
        -3000,  7000,  4667,  -2333,  -2000,  15000, 10333, -1333};
    return elevation[laser];
}

/** By how much a laser looks behind the azimuth, in ticks. */
MDCI_KERNEL int32_t mdci_vlp32_aside(unsigned laser)
{
    static const int16_t aside[MDCI_VLP32_LASERS] = {
        140,  -420, 140,  -140, 140,  -140, 420,  -140, 140,  -420, 140,
        -140, 420,  -140, 420,  -140, 140,  -420, 140,  -420, 420,  -140,
        140,  -140, 140,  -140, 140,  -420, 420,  -140, 140,  -140};
    return aside[laser];
}

/** Makes the tables. */
MDCI_KERNEL void mdci_vlp32_tables(struct mdci_vlp32_work *w)
{
    for (unsigned k = 0; k < 32; k++) {
        const int32_t e = mdci_vlp32_elevation(k);
        const uint32_t size = (uint32_t)(e < 0 ? -e : e);
        w->sine_up[k] = mdci_lidar_from_fixed(mdci_lidar_sine(size), 60) |
                        (e < 0 ? 0x80000000u : 0);
        w->cosine_up[k] =
            mdci_lidar_from_fixed(mdci_lidar_sine(90000 - size), 60);
        w->above[k] = w->below[k] = 32;
        for (unsigned j = 0; j < 32; j++) {
            const int32_t f = mdci_vlp32_elevation(j);
            if (f > e &&
                (w->above[k] == 32 || f < mdci_vlp32_elevation(w->above[k])))
                w->above[k] = (uint8_t)j;
            if (f < e &&
                (w->below[k] == 32 || f > mdci_vlp32_elevation(w->below[k])))
                w->below[k] = (uint8_t)j;
        }
    }
}

/** The float sine of an azimuth in 2^-20 ticks, 0..36000 ticks. */
MDCI_KERNEL uint32_t mdci_vlp32_sine(int64_t angle)
{
    const int64_t quarter = (int64_t)9000 << MDCI_VLP32_TICK_Q;
    const int64_t tick = 1648416872237994176; /* in 2^-73 */
    uint32_t sign = 0;
    if (angle >= 2 * quarter) {
        sign = 0x80000000u;
        angle -= 2 * quarter;
    }
    if (angle > quarter)
        angle = 2 * quarter - angle;
    const int cosine = angle > quarter / 2;
    const int64_t x =
        mdci_lidar_mul(cosine ? quarter - angle : angle, tick, 33);
    const int64_t t = mdci_lidar_mul(x, x, 60);
    const int64_t sine = cosine
                             ? mdci_lidar_series(t, 1)
                             : mdci_lidar_mul(x, mdci_lidar_series(t, 2), 60);
    return sign | mdci_lidar_from_fixed(sine, 60);
}

/** The azimuth of a laser in 2^-20 ticks, 0..36000 ticks. */
MDCI_KERNEL int64_t mdci_vlp32_angle(const struct mdci_vlp32 *p,
                                     const struct mdci_vlp32_work *w,
                                     uint32_t firing, unsigned laser)
{
    const int64_t turn = (int64_t)36000 << MDCI_VLP32_TICK_Q;
    const uint32_t first = firing - firing % MDCI_VLP32_PACKET;
    const uint32_t end = first + MDCI_VLP32_PACKET;
    const uint32_t last = end < p->firings ? end - 1 : p->firings - 1;
    const int64_t turned =
        last > first ? w->azimuth[last] - w->azimuth[first] : p->step;
    const int64_t span = last > first ? last - first : 1;
    int64_t angle = (int64_t)(w->azimuth[firing] - mdci_vlp32_aside(laser)) *
                    ((int64_t)1 << MDCI_VLP32_TICK_Q);
    angle += turned * (laser / 2) * ((int64_t)1 << MDCI_VLP32_TICK_Q) /
             (span * MDCI_VLP32_SLOTS);
    angle %= turn;
    return angle < 0 ? angle + turn : angle;
}

/** Whether parameters but for the knots can be so. */
MDCI_KERNEL int mdci_vlp32_is_head(const struct mdci_vlp32 *p)
{
    return p->firings >= 1 && p->firings <= MDCI_VLP32_FIRINGS &&
           p->knots >= 2 && p->knots <= MDCI_LIDAR_KNOTS && p->step != 0 &&
           p->step >= -128 && p->step < 128;
}

/** Whether knot k can be so: it is behind the one before. */
MDCI_KERNEL int mdci_vlp32_is_knot(const struct mdci_vlp32 *p, unsigned k)
{
    return p->time[k] >= -4096 && p->time[k] < 65536 - 4096 &&
           (k == 0 || p->time[k] > p->time[k - 1]);
}

/** Codes the parameters. \return 0 if they are none */
MDCI_KERNEL int mdci_vlp32_code(struct mdci_range_coder *rc, const int decode,
                                struct mdci_vlp32 *p)
{
    p->firings = mdci_lidar_plain(rc, decode, 13, p->firings);
    p->flip = mdci_lidar_plain(rc, decode, 1, p->flip);
    p->step =
        (int32_t)mdci_lidar_plain(rc, decode, 8, (uint32_t)p->step + 128) - 128;
    for (unsigned c = 0; c < 3; c++)
        p->grid[c] = mdci_lidar_plain(rc, decode, 5, p->grid[c]);
    p->knots = mdci_lidar_plain(rc, decode, 7, p->knots);
    if (!mdci_vlp32_is_head(p))
        return 0;
    for (unsigned k = 0; k < p->knots; k++) {
        p->time[k] = (int64_t)mdci_lidar_plain(rc, decode, 16,
                                               (uint32_t)p->time[k] + 4096) -
                     4096;
        if (!mdci_vlp32_is_knot(p, k))
            return 0;
        mdci_lidar_code_knot(rc, decode, p->pose[k]);
    }
    return 1;
}

/** The pose at a time. \param time  in parts of slots, 4096 each
 *  \param knot  in and out: the last knot that was used */
MDCI_KERNEL void mdci_vlp32_pose(struct mdci_lidar_pose *pose,
                                 const struct mdci_vlp32 *p, int64_t time,
                                 unsigned *knot)
{
    const int64_t quarter = MDCI_VLP32_SLOTS * MDCI_VLP32_MOMENT / 4;
    while (*knot + 2 < p->knots && p->time[*knot + 1] * quarter <= time)
        ++*knot;
    const unsigned j = *knot;
    const int64_t length = (p->time[j + 1] - p->time[j]) * quarter;
    int64_t at = time - p->time[j] * quarter, x[6];
    at = at < -length ? -length : at > 2 * length ? 2 * length : at;
    const int64_t part = at * ((int64_t)1 << 30) / length;
    for (unsigned c = 0; c < 6; c++)
        x[c] = p->pose[j][c] +
               mdci_lidar_mul(p->pose[j + 1][c] - p->pose[j][c], part, 30);
    for (unsigned c = 0; c < 3; c++)
        x[c] = mdci_lidar_hold(x[c], (int64_t)1 << 36);
    mdci_lidar_rotation(x, pose->turn);
    for (unsigned c = 0; c < 3; c++)
        pose->place[c] = x[3 + c] * 16;
}

/** What the driver and the pose make of a range.
 *  \param v  in 2^-40 */
MDCI_KERNEL void mdci_vlp32_project(const struct mdci_vlp32 *p,
                                    const struct mdci_vlp32_work *w,
                                    const struct mdci_lidar_pose *pose,
                                    int32_t range, unsigned laser,
                                    int64_t angle, int64_t v[3])
{
    const uint32_t tick_length = 0x3B83126Fu; /* 0.004 as a float */
    const int64_t turn = (int64_t)36000 << MDCI_VLP32_TICK_Q;
    const int64_t ahead = angle + turn / 4;
    const uint32_t d =
        mdci_lidar_multiply(mdci_lidar_decimal(range, 0), tick_length);
    const uint32_t flat = mdci_lidar_multiply(d, w->cosine_up[laser]);
    const uint32_t raw[3] = {
        mdci_lidar_multiply(
            flat, mdci_vlp32_sine(ahead < turn ? ahead : ahead - turn)),
        mdci_lidar_multiply(flat, mdci_vlp32_sine(angle)),
        mdci_lidar_multiply(d, w->sine_up[laser])};
    int64_t r[3];
    for (unsigned c = 0; c < 3; c++)
        r[c] = mdci_lidar_fixed(raw[c], MDCI_LIDAR_Q40);
    for (unsigned c = 0; c < 3; c++) {
        v[c] = pose->place[c] +
               mdci_lidar_mul(pose->turn[c][0], r[0], MDCI_LIDAR_TURN_Q) +
               mdci_lidar_mul(pose->turn[c][1], r[1], MDCI_LIDAR_TURN_Q) +
               mdci_lidar_mul(pose->turn[c][2], r[2], MDCI_LIDAR_TURN_Q);
        if (c > 0 && p->flip)
            v[c] = -v[c];
    }
}

#endif
