/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_hdl32.h
 * \brief Sweeps of a 32-laser sensor (HDL-32E), told from what it measured:
 *        range ticks, azimuth ticks, the pose of its vehicle, and the lattice
 *        of 32-bit map coordinates that the points went through.
 *
 * The driver made a point in 32-bit floats from range and angles; a pose put
 * it into map coordinates, rounded to 32-bit floats; another brought it back.
 * All of it is redone in fixed point, and what is left is coded: the places on
 * the lattice, and how many floats the result is off. So any parameters are
 * right, and good ones leave little.
 */
#ifndef MDCI_LIDAR_HDL32_H
#define MDCI_LIDAR_HDL32_H

#include "codecs/lidar/lidar_range.h"
#include "codecs/lidar/lidar_trig.h"

#define MDCI_LIDAR_LASERS  32
#define MDCI_LIDAR_RECORD  20 /* bytes: x, y, z, intensity, laser */
#define MDCI_LIDAR_KNOTS   64
#define MDCI_LIDAR_FIRINGS 4096
#define MDCI_LIDAR_Q40     40

/** What a sweep is told from. */
struct mdci_lidar_sweep {
    uint32_t firings;   /* 1..MDCI_LIDAR_FIRINGS */
    int64_t axis[3][3]; /* of the map, in 2^-48 */
    uint32_t shift[2];  /* the map's x and y are multiples of 2^-shift */
    int64_t phase[2];   /* plus these parts of them, in 2^-24 */
    int64_t height;     /* of the map over the sensor, in 2^-40 */
    uint32_t knots;     /* 2..MDCI_LIDAR_KNOTS */
    uint32_t time[MDCI_LIDAR_KNOTS];   /* of a knot, in quarter firings */
    int64_t pose[MDCI_LIDAR_KNOTS][6]; /* rotation vector, place; in 2^-36 */
};

/** Work memory of a sweep's coder. */
struct mdci_lidar_spin {
    uint32_t sine[9001];    /* of hundredths of a degree, as floats */
    uint32_t sine_up[32];   /* of the lasers' elevations */
    uint32_t cosine_up[32]; /* the same */
    int32_t (*range)[32];   /* [firings], ticks */
    int32_t *azimuth;       /* [firings], ticks, counting down */
    int32_t *turn;          /* [firings], ticks that a firing turns by */
    struct mdci_lidar_misses miss[4][34]; /* of the last firings */
};

/** Elevations of the lasers, in hundredths of a degree, in order. */
MDCI_KERNEL int32_t mdci_lidar_elevation(unsigned laser)
{
    static const int16_t elevation[32] = {
        -3067, -2933, -2800, -2666, -2533, -2400, -2267, -2133,
        -2000, -1867, -1733, -1600, -1467, -1333, -1200, -1067,
        -933,  -800,  -666,  -533,  -400,  -267,  -133,  0,
        133,   267,   400,   533,   667,   800,   933,   1067};
    return elevation[laser];
}

MDCI_KERNEL void mdci_lidar_spin_tables(struct mdci_lidar_spin *s)
{
    for (uint32_t a = 0; a <= 9000; a++)
        s->sine[a] = mdci_lidar_from_fixed(mdci_lidar_sine(a * 10), 60);
    for (unsigned k = 0; k < 32; k++) {
        const int32_t e = mdci_lidar_elevation(k);
        const uint32_t size = (uint32_t)(e < 0 ? -e : e);
        s->sine_up[k] = s->sine[size] | (e < 0 ? 0x80000000u : 0);
        s->cosine_up[k] = s->sine[9000 - size];
    }
}

/** The float sine of an azimuth of 0..35999 ticks. */
MDCI_KERNEL uint32_t mdci_lidar_sine_of(const struct mdci_lidar_spin *s,
                                        uint32_t tick)
{
    const uint32_t sign = tick >= 18000 ? 0x80000000u : 0;
    tick %= 18000;
    return sign | s->sine[tick <= 9000 ? tick : 18000 - tick];
}

/** Codes a signed number of up to 63 bits as it is. */
MDCI_KERNEL int64_t mdci_lidar_plain_signed(struct mdci_range_coder *rc,
                                            const int decode, unsigned bits,
                                            int64_t value)
{
    const uint64_t v = (uint64_t)value;
    uint64_t u = (uint64_t)mdci_lidar_plain(rc, decode, bits - 32,
                                            (uint32_t)(v >> 32) &
                                                ((1u << (bits - 32)) - 1))
                 << 32;
    u |= mdci_lidar_plain(rc, decode, 32, (uint32_t)v);
    const uint64_t sign = (uint64_t)1 << (bits - 1);
    return (int64_t)((u ^ sign) - sign);
}

/** Codes what a knot says of the pose. \param pose  [6], of a model */
MDCI_KERNEL void mdci_lidar_code_knot(struct mdci_range_coder *rc,
                                      const int decode, int64_t *pose)
{
    for (unsigned c = 0; c < 6; c++)
        pose[c] = mdci_lidar_plain_signed(rc, decode, c < 3 ? 37 : 40, pose[c]);
}

/** Whether parameters but for the knots can be so. */
MDCI_KERNEL int mdci_lidar_is_head(const struct mdci_lidar_sweep *p)
{
    return p->firings >= 1 && p->firings <= MDCI_LIDAR_FIRINGS &&
           p->shift[0] <= 24 && p->shift[1] <= 24 && p->knots >= 2 &&
           p->knots <= MDCI_LIDAR_KNOTS;
}

/** Whether knot k of a sweep can be so: it is behind the one before. */
MDCI_KERNEL int mdci_lidar_is_knot(const struct mdci_lidar_sweep *p, unsigned k)
{
    return p->time[k] < 32768 && (k == 0 || p->time[k] > p->time[k - 1]);
}

/** Codes the parameters. \return 0 if they are none */
MDCI_KERNEL int mdci_lidar_code_sweep(struct mdci_range_coder *rc,
                                      const int decode,
                                      struct mdci_lidar_sweep *p)
{
    p->firings = mdci_lidar_plain(rc, decode, 13, p->firings);
    for (unsigned i = 0; i < 9; i++)
        p->axis[i / 3][i % 3] =
            mdci_lidar_plain_signed(rc, decode, 50, p->axis[i / 3][i % 3]);
    for (unsigned i = 0; i < 2; i++) {
        p->shift[i] = mdci_lidar_plain(rc, decode, 5, p->shift[i]);
        p->phase[i] = mdci_lidar_plain(rc, decode, 24, (uint32_t)p->phase[i]);
    }
    p->height = mdci_lidar_plain_signed(rc, decode, 48, p->height);
    p->knots = mdci_lidar_plain(rc, decode, 7, p->knots);
    if (!mdci_lidar_is_head(p))
        return 0;
    for (unsigned k = 0; k < p->knots; k++) {
        p->time[k] = mdci_lidar_plain(rc, decode, 15, p->time[k]);
        if (!mdci_lidar_is_knot(p, k))
            return 0;
        mdci_lidar_code_knot(rc, decode, p->pose[k]);
    }
    return 1;
}

/** A pose at one time: p' = turn p + place. */
struct mdci_lidar_pose {
    int64_t turn[3][3]; /* in 2^-46 */
    int64_t place[3];   /* in 2^-40 */
};

/** \param time  in quarter firings
 *  \param knot  in and out: the last knot that was used */
MDCI_KERNEL void mdci_lidar_pose_at(struct mdci_lidar_pose *pose,
                                    const struct mdci_lidar_sweep *p,
                                    int64_t time, unsigned *knot)
{
    while (*knot + 2 < p->knots && p->time[*knot + 1] <= time)
        ++*knot;
    const unsigned j = *knot;
    const int64_t length = (int64_t)p->time[j + 1] - p->time[j];
    int64_t at = time - p->time[j], x[6];
    at = at < -length ? -length : at > 2 * length ? 2 * length : at;
    for (unsigned c = 0; c < 6; c++)
        x[c] =
            p->pose[j][c] + (p->pose[j + 1][c] - p->pose[j][c]) * at / length;
    mdci_lidar_rotation(x, pose->turn);
    for (unsigned c = 0; c < 3; c++)
        pose->place[c] = x[3 + c] * 16;
}

/** What the driver and the pose make of a range, in 2^-40. */
MDCI_KERNEL void mdci_lidar_project(const struct mdci_lidar_spin *s,
                                    const struct mdci_lidar_pose *pose,
                                    int32_t range, unsigned laser,
                                    uint32_t tick, int64_t v[3])
{
    const uint32_t tick_length = 0x3B03126Fu; /* 0.002 as a float */
    const uint32_t d =
        mdci_lidar_multiply(mdci_lidar_decimal(range, 0), tick_length);
    const uint32_t flat = mdci_lidar_multiply(d, s->cosine_up[laser]);
    const uint32_t raw[3] = {
        mdci_lidar_multiply(flat, mdci_lidar_sine_of(s, (tick + 9000) % 36000)),
        mdci_lidar_multiply(flat, mdci_lidar_sine_of(s, tick)),
        mdci_lidar_multiply(d, s->sine_up[laser])};
    int64_t r[3];
    for (unsigned c = 0; c < 3; c++)
        r[c] = mdci_lidar_fixed(raw[c], MDCI_LIDAR_Q40);
    for (unsigned c = 0; c < 3; c++)
        v[c] = pose->place[c] +
               mdci_lidar_mul(pose->turn[c][0], r[0], MDCI_LIDAR_TURN_Q) +
               mdci_lidar_mul(pose->turn[c][1], r[1], MDCI_LIDAR_TURN_Q) +
               mdci_lidar_mul(pose->turn[c][2], r[2], MDCI_LIDAR_TURN_Q);
}

/** Coordinate c of the map. */
MDCI_KERNEL int64_t mdci_lidar_to_map(const struct mdci_lidar_sweep *p,
                                      unsigned c, const int64_t v[3])
{
    return mdci_lidar_mul(p->axis[c][0], v[0], 48) +
           mdci_lidar_mul(p->axis[c][1], v[1], 48) +
           mdci_lidar_mul(p->axis[c][2], v[2], 48);
}

/** Coordinate c of the sensor's frame from the map's. */
MDCI_KERNEL int64_t mdci_lidar_from_map(const struct mdci_lidar_sweep *p,
                                        unsigned c, const int64_t m[3])
{
    return mdci_lidar_mul(p->axis[0][c], m[0], 48) +
           mdci_lidar_mul(p->axis[1][c], m[1], 48) +
           mdci_lidar_mul(p->axis[2][c], m[2], 48);
}

/** An unknown small number under up to 8 contexts, most significant first. */
MDCI_KERNEL int64_t mdci_lidar_code_rest(struct mdci_numbers *n,
                                         struct mdci_range_coder *rc,
                                         const int decode, uint32_t field,
                                         const uint32_t *context,
                                         uint32_t selector0, uint32_t selector1,
                                         int64_t value)
{
    struct mdci_number_place p;
    for (unsigned k = 0; k < 8; k++)
        p.context[k] = ((uint64_t)context[k] << 8 | field) << 4 | k;
    p.selector[0] = selector0;
    p.selector[1] = selector1;
    p.selector[2] = 128 + (field & 15);
    return mdci_code_signed(n, rc, decode, 8, &p, value);
}

enum {
    MDCI_LIDAR_FIELD_STEP = 32,
    MDCI_LIDAR_FIELD_TURN,
    MDCI_LIDAR_FIELD_EMPTY,
    MDCI_LIDAR_FIELD_GLEAM,
    MDCI_LIDAR_FIELD_SAME,
    MDCI_LIDAR_FIELD_X,
    MDCI_LIDAR_FIELD_Y,
    MDCI_LIDAR_FIELD_Z,
    MDCI_LIDAR_FIELD_HEIGHT,
    MDCI_LIDAR_FIELD_FLOAT,
    MDCI_LIDAR_FIELD_FLOAT2,
    MDCI_LIDAR_FIELD_FINER
};

/** Codes the azimuths of all firings: steps down, and by how much a firing
 *  turns, which mostly is the step to the next. */
MDCI_KERNEL void mdci_lidar_code_azimuths(struct mdci_lidar_spin *s,
                                          struct mdci_numbers *n,
                                          struct mdci_range_coder *rc,
                                          const int decode, uint32_t firings)
{
    uint32_t a = 33, b = 33, c = 33, since = 0, last = 33;
    s->azimuth[0] =
        (int32_t)mdci_lidar_plain(rc, decode, 16, (uint32_t)s->azimuth[0]);
    for (uint32_t i = 1; i < firings; i++) {
        const uint32_t context[8] = {a, a << 8 | b, a << 16 | b << 8 | c,
                                     0, i % 3,      i % 12,
                                     b, (a + b + c)};
        const int64_t step = mdci_lidar_code_rest(
            n, rc, decode, MDCI_LIDAR_FIELD_STEP, context, 120, 120,
            decode ? 0 : s->azimuth[i - 1] - s->azimuth[i] - 33);
        s->azimuth[i] =
            mdci_clamp64(s->azimuth[i - 1] - 33 - step, -(1 << 24), 1 << 24);
        c = b;
        b = a;
        a = (uint32_t)(step + 33) & 255;
    }
    for (uint32_t i = 0; i < firings; i++) {
        const int32_t step =
            i + 1 < firings ? s->azimuth[i] - s->azimuth[i + 1] : 33;
        const uint32_t context[8] = {
            since, since % 12, last, 0, (uint32_t)step & 255, 1, 2, 3};
        const int64_t rest =
            mdci_lidar_code_rest(n, rc, decode, MDCI_LIDAR_FIELD_TURN, context,
                                 121, 121, decode ? 0 : s->turn[i] - step);
        s->turn[i] = mdci_clamp64(step + rest, -65536, 65536);
        since = rest ? 0 : since < 15 ? since + 1 : since;
        last = (uint32_t)rest & 255;
    }
}

/** The azimuth of a laser: lasers fire in pairs, 16 apart. */
MDCI_KERNEL uint32_t mdci_lidar_tick(const struct mdci_lidar_spin *s,
                                     uint32_t firing, unsigned laser)
{
    const int32_t order =
        (int32_t)(laser < 16 ? 2 * laser : 2 * (laser - 16) + 1);
    const int32_t lag = s->turn[firing] * order;
    /* to the nearest, ties up, of what may be negative */
    const int32_t steps = (lag + 20 + (40 << 18)) / 40 - (1 << 18);
    const int32_t tick = (s->azimuth[firing] - steps) % 36000;
    return (uint32_t)(tick < 0 ? tick + 36000 : tick);
}

#endif
