/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_track.c
 * \brief First poses: the places from points without a return, roll and pitch
 *        from elevations, yaw from azimuths, which are whole ticks.
 */
#include "config.h"

#include "codecs/lidar/fit.h"

#include <math.h>
#include <string.h>

#define PI      3.14159265358979323846
#define AZIMUTH (PI / 18000) /* a tick */
#define RANGE   0.002        /* a tick, metres */
#define NEAR    2.0          /* metres: nearer points say little */

static int same(const double *a, const double *b)
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

/* Origins of firings a to b: on the line through those of firings i and j. */
static void draw_origins(struct mdci_fit *f, unsigned a, unsigned b, unsigned i,
                         unsigned j)
{
    double from[3], step[3] = {0};
    memcpy(from, f->origin[i], sizeof from);
    for (unsigned c = 0; c < 3 && i != j; c++)
        step[c] = (f->origin[j][c] - from[c]) / ((double)j - i);
    for (unsigned k = a; k <= b; k++)
        for (unsigned c = 0; c < 3; c++)
            f->origin[k][c] = from[c] + step[c] * ((double)k - i);
}

/* All points without a return are where the sensor is: the same point, at
 * least twice in a firing. What is missing lies between its neighbours, or
 * goes on as they do.
 * \return how many firings have one */
static unsigned find_origins(struct mdci_fit *f)
{
    const unsigned far = 100; /* firings that tell a speed */
    unsigned found = 0, first = 0, last = 0, second = 0, before;
    for (unsigned i = 0; i < f->firings; i++) {
        unsigned most = 1;
        const double *origin = NULL;
        for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
            unsigned count = 0;
            const double *p = f->point[i][k];
            if (fabs(p[0]) + fabs(p[1]) + fabs(p[2]) > 4)
                continue;
            for (unsigned j = k; j < MDCI_FIT_LASERS; j++)
                count += (unsigned)same(p, f->point[i][j]);
            if (count > most) {
                most = count;
                origin = p;
            }
        }
        if (!origin)
            continue;
        memcpy(f->origin[i], origin, sizeof f->origin[i]);
        if (!found)
            first = second = i;
        else if (i > last + 1)
            draw_origins(f, last + 1, i - 1, last, i);
        if (second < first + far)
            second = i;
        last = i;
        found++;
    }
    for (before = last; before > first && before + far > last;)
        before--;
    if (found > 0 && first > 0)
        draw_origins(f, 0, first - 1, first, second);
    if (found > 0 && last + 1 < f->firings)
        draw_origins(f, last + 1, f->firings - 1, last, before);
    return found;
}

/* Places on a line through those around: the origins are rounded. */
static void smooth_origins(struct mdci_fit *f)
{
    const int reach = 24, n = (int)f->firings;
    for (int i = 0; i < n; i++) {
        const int from = i < reach ? 0 : i - reach;
        const int to = i + reach < n ? i + reach : n - 1;
        double t = 0, tt = 0, x[3] = {0}, tx[3] = {0};
        for (int j = from; j <= to; j++) {
            t += j - i;
            tt += (double)(j - i) * (j - i);
            for (unsigned c = 0; c < 3; c++) {
                x[c] += f->origin[j][c];
                tx[c] += f->origin[j][c] * (j - i);
            }
        }
        const double m = to - from + 1, d = m * tt - t * t;
        for (unsigned c = 0; c < 3; c++)
            f->path.pose[i][3 + c] = (x[c] * tt - tx[c] * t) / d;
    }
}

/* A point as the sensor saw it, were the pose right. */
static double unmove(const struct mdci_fit *f, double r[3][3], unsigned i,
                     unsigned k, double q[3])
{
    double d[3], size = 0;
    for (unsigned c = 0; c < 3; c++)
        d[c] = f->point[i][k][c] - f->path.pose[i][3 + c];
    for (unsigned c = 0; c < 3; c++) {
        q[c] = r[0][c] * d[0] + r[1][c] * d[1] + r[2][c] * d[2];
        size += q[c] * q[c];
    }
    return sqrt(size);
}

static double elevation(unsigned laser)
{
    return mdci_lidar_elevation(laser) * (PI / 18000);
}

/* Roll and pitch, each a parabola of the time, from the elevations. */
static int level(struct mdci_fit *f)
{
    double x[6] = {0};
    for (unsigned round = 0; round < 8; round++) {
        const double scale = 1e-2 * pow(0.4, round) + 1e-5;
        double matrix[36] = {0}, right[6] = {0};
        for (unsigned i = 0; i < f->firings; i++) {
            const double t = 2.0 * i / f->firings - 1;
            double r[3][3];
            f->path.pose[i][0] = x[0] + x[1] * t + x[2] * t * t;
            f->path.pose[i][1] = x[3] + x[4] * t + x[5] * t * t;
            mdci_fit_rotation(f->path.pose[i], r);
            for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
                double q[3];
                const double size = unmove(f, r, i, k, q);
                if (size < NEAR)
                    continue;
                const double flat = hypot(q[0], q[1]);
                const double off = elevation(k) - atan2(q[2], flat);
                const double weight = 1 / (1 + off * off / (scale * scale));
                const double s = -q[1] / flat, c = q[0] / flat;
                const double j[6] = {s, s * t, s * t * t, c, c * t, c * t * t};
                for (unsigned a = 0; a < 6; a++) {
                    right[a] += weight * j[a] * off;
                    for (unsigned b = 0; b < 6; b++)
                        matrix[a * 6 + b] += weight * j[a] * j[b];
                }
            }
        }
        for (unsigned a = 0; a < 6; a++)
            matrix[a * 7] += 1e-3;
        if (!mdci_fit_solve(matrix, right, 6))
            return 0;
        for (unsigned a = 0; a < 6; a++)
            x[a] += right[a];
    }
    return 1;
}

/* Yaw, but for whole ticks, followed back from the end of the sweep.
 * \return how well the azimuths agree, 0..1 */
static double find_yaw(struct mdci_fit *f)
{
    double last = 0, agree = 0, weights = 0;
    for (unsigned i = f->firings; i-- > 0;) {
        double r[3][3], c = 0, s = 0, sum = 0;
        f->path.pose[i][2] = last;
        mdci_fit_rotation(f->path.pose[i], r);
        for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
            double q[3];
            const double size = unmove(f, r, i, k, q);
            if (size < NEAR)
                continue;
            const double weight = size < 20 ? size : 20;
            const double turn = atan2(q[1], q[0]) / AZIMUTH * 2 * PI;
            c += weight * cos(turn);
            s += weight * sin(turn);
            sum += weight;
        }
        if (sum > 0)
            last += atan2(s, c) / (2 * PI) * AZIMUTH * 0.5;
        f->path.pose[i][2] = last;
        agree += sqrt(c * c + s * s);
        weights += sum;
    }
    return weights > 0 ? agree / weights : 0;
}

void mdci_fit_measure(struct mdci_fit *f)
{
    for (unsigned i = 0; i < f->firings; i++) {
        double r[3][3];
        mdci_fit_rotation(f->path.pose[i], r);
        for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
            double q[3];
            const double size = unmove(f, r, i, k, q);
            const double ticks = size / RANGE;
            const double turn = atan2(q[1], q[0]) / AZIMUTH;
            const double flat = hypot(q[0], q[1]);
            const double off = turn - floor(turn + 0.5);
            const double rest = ticks - floor(ticks + 0.5);
            f->range[i][k] = ticks < MDCI_LIDAR_RANGE_MAX
                                 ? (int32_t)(ticks + 0.5)
                                 : MDCI_LIDAR_RANGE_MAX;
            f->tick[i][k] = (int32_t)mdci_fit_whole(turn, 18000);
            f->good[i][k] =
                size > NEAR && size < 120 &&
                fabs(off) * AZIMUTH * flat < 1.5e-3 && fabs(off) < 0.4 &&
                fabs(rest) < 0.35 &&
                fabs(elevation(k) - atan2(q[2], flat)) * size < 3e-3;
            const uint32_t tick =
                (uint32_t)(f->tick[i][k] < 0 ? f->tick[i][k] + 36000
                                             : f->tick[i][k]);
            const struct mdci_lidar_pose at_rest = {
                {{(int64_t)1 << MDCI_LIDAR_TURN_Q, 0, 0},
                 {0, (int64_t)1 << MDCI_LIDAR_TURN_Q, 0},
                 {0, 0, (int64_t)1 << MDCI_LIDAR_TURN_Q}},
                {0, 0, 0}};
            int64_t raw[3];
            mdci_lidar_project(f->spin, &at_rest, f->range[i][k], k,
                               tick % 36000, raw);
            for (unsigned c = 0; c < 3; c++)
                f->raw[i][k][c] = ldexp((double)raw[c], -MDCI_LIDAR_Q40);
        }
    }
}

int mdci_fit_track(struct mdci_fit *f)
{
    if (find_origins(f) < f->firings / 4)
        return 0;
    memset(f->path.pose, 0, sizeof(*f->path.pose) * f->firings);
    smooth_origins(f);
    if (!level(f))
        return 0;
    if (find_yaw(f) < 0.5)
        return 0;
    mdci_fit_measure(f);
    f->lattice = 0;
    mdci_fit_even_knots(&f->path, f->firings / 18 < 4    ? 4
                                  : f->firings / 18 > 62 ? 62
                                                         : f->firings / 18);
    for (unsigned round = 0; round < 3; round++) {
        if (mdci_fit_poses(f, 3) < 0)
            return 0;
        mdci_fit_measure(f);
    }
    return 1;
}
