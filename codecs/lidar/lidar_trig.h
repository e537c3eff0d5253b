/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_trig.h
 * \brief Products of 64-bit fixed-point numbers, sines, and rotations, the
 *        same on every machine.
 */
#ifndef MDCI_LIDAR_TRIG_H
#define MDCI_LIDAR_TRIG_H

#include "codecs/lidar/lidar_bits.h"

#define MDCI_LIDAR_TURN_Q   46 /* fixed point of rotation matrices */
#define MDCI_LIDAR_VECTOR_Q 36 /* of rotation vectors and poses */

/** a * b / 2^n rounded down, n in 1..63; the result must fit. */
MDCI_KERNEL int64_t mdci_lidar_mul(int64_t a, int64_t b, unsigned n)
{
    const uint64_t low = 0xFFFFFFFFu;
    const int64_t ah = mdci_sar64(a, 32), bh = mdci_sar64(b, 32);
    const uint64_t al = (uint64_t)a & low, bl = (uint64_t)b & low;
    const int64_t m1 = ah * (int64_t)bl, m2 = bh * (int64_t)al;
    const uint64_t part = al * bl;
    const uint64_t middle =
        (part >> 32) + ((uint64_t)m1 & low) + ((uint64_t)m2 & low);
    const uint64_t high =
        (uint64_t)(ah * bh + mdci_sar64(m1, 32) + mdci_sar64(m2, 32)) +
        (middle >> 32);
    return (int64_t)(high << (64 - n) | ((middle << 32) | (part & low)) >> n);
}

/** 1 - t / (a b) (1 - t / (c d) (1 - ...)), where a b, c d, ... are products
 *  of neighbours that count up from first: the series of sine and cosine.
 *  \param t  the square of the angle, in 2^-60, at most 1 */
MDCI_KERNEL int64_t mdci_lidar_series(int64_t t, int first)
{
    const int64_t one = (int64_t)1 << 60;
    int64_t sum = one;
    for (int k = first + 18; k >= first; k -= 2)
        sum = one - mdci_lidar_mul(t, sum, 60) / (k * (k + 1));
    return sum;
}

/** The sine of an angle in thousandths of a degree, 0..90000, in 2^-60. */
MDCI_KERNEL int64_t mdci_lidar_sine(uint32_t angle)
{
    const uint64_t pi = 3622009729038561421u; /* in 2^-60 */
    const int cosine = angle > 45000;
    const uint64_t a = cosine ? 90000 - angle : angle;
    const int64_t x = (int64_t)(pi / 180000 * a + pi % 180000 * a / 180000);
    const int64_t t = mdci_lidar_mul(x, x, 60);
    return cosine ? mdci_lidar_series(t, 1)
                  : mdci_lidar_mul(x, mdci_lidar_series(t, 2), 60);
}

/** The matrix that turns by a rotation vector (axis times angle).
 *  \param w  in 2^-36, each at most 5 in size
 *  \param r  in 2^-46 */
MDCI_KERNEL void mdci_lidar_rotation(const int64_t *w, int64_t r[3][3])
{
    const int64_t one = (int64_t)1 << MDCI_LIDAR_TURN_Q;
    int64_t v[3], t = 0, a = one, b = one / 2;
    for (unsigned i = 0; i < 3; i++) {
        v[i] = w[i] * (1 << (MDCI_LIDAR_TURN_Q - MDCI_LIDAR_VECTOR_Q));
        t += mdci_lidar_mul(v[i], v[i], MDCI_LIDAR_TURN_Q);
    }
    /* sin(x) / x and (1 - cos(x)) / x^2 of the angle x = sqrt(t) */
    for (int k = 26; k >= 2; k -= 2) {
        a = one - mdci_lidar_mul(t, a, MDCI_LIDAR_TURN_Q) / (k * (k + 1));
        b = one / 2 -
            mdci_lidar_mul(t, b, MDCI_LIDAR_TURN_Q) / ((k + 1) * (k + 2));
    }
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; j < 3; j++)
            r[i][j] =
                mdci_lidar_mul(b, mdci_lidar_mul(v[i], v[j], MDCI_LIDAR_TURN_Q),
                               MDCI_LIDAR_TURN_Q);
    for (unsigned i = 0; i < 3; i++) {
        const unsigned j = (i + 1) % 3, k = (i + 2) % 3;
        const int64_t s = mdci_lidar_mul(a, v[k], MDCI_LIDAR_TURN_Q);
        r[i][i] += one - mdci_lidar_mul(b, t, MDCI_LIDAR_TURN_Q);
        r[i][j] -= s;
        r[j][i] += s;
    }
}

#endif
