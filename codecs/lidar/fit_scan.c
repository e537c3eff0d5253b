/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_scan.c
 * \brief A scan's start: a pose that moves steadily, by the elevations alone;
 *        it says which laser saw a point, and in which firing.
 */
#include "config.h"

#include "codecs/lidar/fit_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI   3.14159265358979323846
#define TICK (PI / 18000) /* azimuth, radians */
#define FINE 1e-3         /* metres: a start that needs no other beside it */

enum { DIMS = 18, SAMPLES = 4000 };

/* Lasers by elevation, in radians, and how far the nearest other is. */
struct fan {
    double elevation[32], space[32];
    uint8_t laser[32];
};

static void make_fan(struct fan *f)
{
    for (unsigned k = 0; k < 32; k++) {
        unsigned place = 0;
        for (unsigned j = 0; j < 32; j++)
            place += mdci_vlp32_elevation(j) < mdci_vlp32_elevation(k);
        f->laser[place] = (uint8_t)k;
        f->elevation[place] = mdci_vlp32_elevation(k) * (PI / 180000);
    }
    for (unsigned k = 0; k < 32; k++) {
        const double below = k > 0 ? f->elevation[k] - f->elevation[k - 1] : 1;
        const double above = k < 31 ? f->elevation[k + 1] - f->elevation[k] : 1;
        f->space[k] = below < above ? below : above;
    }
}

static unsigned nearest(const struct fan *f, double elevation)
{
    unsigned lo = 0, hi = 31;
    while (lo < hi) {
        const unsigned middle = (lo + hi) / 2;
        if (elevation > (f->elevation[middle] + f->elevation[middle + 1]) / 2)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* A pose that moves steadily: rotation and place, their rates, and how these
 * change; time is -0.5 to 0.5. */
static void pose_at(const double *x, double t, double *pose)
{
    for (unsigned c = 0; c < 3; c++) {
        pose[c] = x[c] + (x[3 + c] + x[12 + c] * t) * t;
        pose[3 + c] = x[6 + c] + (x[9 + c] + x[15 + c] * t) * t;
    }
}

static void unmove(double r[3][3], const double *pose, const double *p,
                   double *d, double *q)
{
    for (unsigned c = 0; c < 3; c++)
        d[c] = p[c] - pose[3 + c];
    for (unsigned c = 0; c < 3; c++)
        q[c] = r[0][c] * d[0] + r[1][c] * d[1] + r[2][c] * d[2];
}

/* How far a point is from the nearest laser's cone.
 * \param d  out: the point from the sensor's place
 * \param u  out: the direction in which the distance grows
 * \return 0: lasers are too near to each other to tell on this scale */
static int miss_of(const struct fan *f, const double *pose, const double *p,
                   double scale, double *d, double *u, double *off)
{
    double r[3][3], q[3];
    mdci_fit_rotation(pose, r);
    unmove(r, pose, p, d, q);
    const double flat = hypot(q[0], q[1]), size = hypot(flat, q[2]);
    if (flat < 1)
        return 0;
    const double up = atan2(q[2], flat);
    const unsigned k = nearest(f, up);
    if (f->space[k] * size < 3 * scale)
        return 0;
    const double local[3] = {-q[2] / size * q[0] / flat,
                             -q[2] / size * q[1] / flat, flat / size};
    for (unsigned c = 0; c < 3; c++)
        u[c] = r[c][0] * local[0] + r[c][1] * local[1] + r[c][2] * local[2];
    *off = (up - f->elevation[k]) * size;
    return 1;
}

/* How sure it is beforehand that parameter a is 0. Yaw does not show; bends
 * would follow wrong lasers, as long as these are known on a large scale only,
 * and those of the place longest. */
static double stiffness(unsigned a, double scale)
{
    if (a == 2 || a == 5 || a == 14 || (a >= 12 && scale > 0.01))
        return 1e6;
    return a < 12 ? 1e-3 : a < 15 || scale < 0.003 ? 1 : 1000;
}

/* One step of robust least squares. \return 0: it has no solution */
static int improve(const struct mdci_scan *s, const struct fan *f, double *x,
                   double scale, unsigned step)
{
    double matrix[DIMS * DIMS] = {0}, right[DIMS] = {0};
    for (unsigned i = 0; i < s->count; i += step) {
        const double t = s->time[i];
        double pose[6], d[3], u[3], j[DIMS], off;
        pose_at(x, t, pose);
        if (!miss_of(f, pose, s->point[i], scale, d, u, &off))
            continue;
        const double weight = 1 / (1 + off * off / (scale * scale));
        for (unsigned c = 0; c < 3; c++) {
            j[c] = d[(c + 1) % 3] * u[(c + 2) % 3] -
                   d[(c + 2) % 3] * u[(c + 1) % 3];
            j[3 + c] = j[c] * t;
            j[6 + c] = u[c];
            j[9 + c] = u[c] * t;
            j[12 + c] = j[c] * t * t;
            j[15 + c] = u[c] * t * t;
        }
        for (unsigned a = 0; a < DIMS; a++) {
            right[a] += weight * j[a] * off;
            for (unsigned b = 0; b <= a; b++)
                matrix[a * DIMS + b] += weight * j[a] * j[b];
        }
    }
    for (unsigned a = 0; a < DIMS; a++) {
        for (unsigned b = a + 1; b < DIMS; b++)
            matrix[a * DIMS + b] = matrix[b * DIMS + a];
        matrix[a * (DIMS + 1)] += stiffness(a, scale);
    }
    if (!mdci_fit_solve(matrix, right, DIMS))
        return 0;
    for (unsigned a = 0; a < DIMS; a++)
        x[a] += right[a];
    return 1;
}

static double turned(double angle)
{
    return angle - 2 * PI * floor(angle / (2 * PI) + 0.5);
}

/* The sensor turns evenly: azimuths, smoothed, are times. */
static void set_times(struct mdci_scan *s, const double *x)
{
    double sum = 0, begin = 0;
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned i = 0; i < s->count; i++) {
            double pose[6], r[3][3], d[3], q[3];
            if (pass == 1) {
                s->time[i] = (s->time[i] - begin) / (sum - begin) - 0.5;
                continue;
            }
            pose_at(x, (double)i / s->count - 0.5, pose);
            mdci_fit_rotation(pose, r);
            unmove(r, pose, s->point[i], d, q);
            const double angle = atan2(q[1], q[0]);
            sum += i ? turned(angle - sum) / 64 : angle;
            if (i == 64)
                begin = sum;
            s->time[i] = sum;
        }
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median distance from the nearest laser's cone, of points that could be as
 * far as 2 cm from it; metres. */
static double quality(const struct mdci_scan *s, const struct fan *f,
                      const double *x)
{
    double off[SAMPLES];
    unsigned count = 0;
    const unsigned step = s->count / SAMPLES + 1;
    for (unsigned i = 0; i < s->count; i += step) {
        double pose[6], r[3][3], d[3], q[3];
        pose_at(x, s->time[i], pose);
        mdci_fit_rotation(pose, r);
        unmove(r, pose, s->point[i], d, q);
        const double flat = hypot(q[0], q[1]), size = hypot(flat, q[2]);
        const double up = atan2(q[2], flat);
        const unsigned k = nearest(f, up);
        if (f->space[k] * size > 0.04)
            off[count++] = fabs(f->elevation[k] - up) * size;
    }
    if (count < 64)
        return INFINITY;
    qsort(off, count, sizeof *off, by_value);
    return off[count / 2];
}

static void turn_up(struct mdci_scan *s, int flip)
{
    if (s->flip == flip)
        return;
    s->flip = flip;
    for (unsigned i = 0; i < s->count; i++) {
        s->point[i][1] = -s->point[i][1];
        s->point[i][2] = -s->point[i][2];
    }
}

/* Tries places where such sensors are mounted, speeds, and bumps. */
static double find_motion(struct mdci_scan *s, const struct fan *f,
                          double *best)
{
    static const struct {
        double at[3];
        int flip;
        double speed, pitch; /* metres and radians a scan */
    } starts[] = {{{1.35, 0, 1.58}, 0, 0, 0},    {{1.35, 0, 1.58}, 0, 1, 0},
                  {{1.35, 0, 1.58}, 0, 3, 0},    {{1.35, 0, -1.5}, 1, 0, 0},
                  {{1.35, 0, -1.5}, 1, 1, 0},    {{1.35, 0, -1.5}, 1, 3, 0},
                  {{0, 0, 0}, 0, 0, 0},          {{0, 0, 0}, 0, 1, 0},
                  {{0, 0, 0}, 0, 3, 0},          {{1.35, 0, 1.58}, 0, 2, -0.01},
                  {{1.35, 0, 1.58}, 0, 2, 0.01}, {{1.35, 0, -1.5}, 1, 1, -0.01},
                  {{1.35, 0, -1.5}, 1, 1, 0.01}};
    static const struct {
        double scale;
        unsigned rounds;
    } plan[] = {{0.1, 8},  {0.04, 8},  {0.02, 6},
                {0.01, 5}, {0.004, 4}, {0.002, 4}};
    double least = INFINITY;
    int flip = 0;
    for (unsigned p = 0; least >= FINE && p < sizeof starts / sizeof *starts;
         p++) {
        double x[DIMS] = {0};
        int solved = 1;
        memcpy(x + 6, starts[p].at, sizeof starts[p].at);
        turn_up(s, starts[p].flip);
        set_times(s, x);
        x[4] = starts[p].pitch;
        x[9] = starts[p].speed;
        for (unsigned k = 0; k < sizeof plan / sizeof *plan; k++)
            for (unsigned round = 0; solved && round < plan[k].rounds; round++)
                solved =
                    improve(s, f, x, plan[k].scale, s->count / SAMPLES + 1);
        const double off = solved ? quality(s, f, x) : INFINITY;
        if (off < least) {
            least = off;
            flip = starts[p].flip;
            memcpy(best, x, DIMS * sizeof *x);
        }
    }
    turn_up(s, flip);
    if (!(least < INFINITY))
        return INFINITY;
    set_times(s, best);
    for (unsigned round = 0; round < 4; round++)
        if (!improve(s, f, best, 0.001, 1))
            return INFINITY;
    return quality(s, f, best);
}

/* ---- Firings ------------------------------------------------------------- */

/* What lasers saw last. */
struct seen {
    double azimuth[32];
    uint32_t firing[32];
    uint32_t any; /* a bit for each laser */
};

static double azimuth_of(const struct mdci_scan *s, const double *x, unsigned i)
{
    double pose[6], r[3][3], d[3], q[3];
    pose_at(x, s->time[i], pose);
    mdci_fit_rotation(pose, r);
    unmove(r, pose, s->point[i], d, q);
    return atan2(q[1], q[0]);
}

/* Lasers by elevation. */
static void find_lasers(struct mdci_scan *s, const struct fan *f,
                        const double *x)
{
    for (unsigned i = 0; i < s->count; i++) {
        double pose[6], r[3][3], d[3], q[3];
        pose_at(x, s->time[i], pose);
        mdci_fit_rotation(pose, r);
        unmove(r, pose, s->point[i], d, q);
        s->laser[i] = f->laser[nearest(f, atan2(q[2], hypot(q[0], q[1])))];
    }
}

/* The end of the firing that starts with point i: lasers are in order, and
 * look the same way. */
static unsigned firing_end(const struct mdci_scan *s, const double *x,
                           unsigned i)
{
    const double apart = 12 * TICK; /* what a firing's azimuths may differ */
    double far = 0;
    int seen = 0;
    for (unsigned j = i; j < s->count; j++) {
        if (j > i && s->laser[j] <= s->laser[j - 1])
            return j;
        if (hypot(s->point[j][0], s->point[j][1]) < 25)
            continue;
        const double base =
            azimuth_of(s, x, j) + mdci_vlp32_aside(s->laser[j]) * TICK;
        if (seen && fabs(turned(base - far)) > apart * 2)
            return j;
        far = base;
        seen = 1;
    }
    return s->count;
}

/* How far the lasers of points from..to-1 have turned since they were seen in
 * one of the last firings, for each firing. \return how many say so */
static unsigned turns_of(const struct mdci_scan *s, const double *x,
                         const struct seen *seen, unsigned from, unsigned to,
                         uint32_t firing, double *turn, double *since)
{
    unsigned count = 0;
    for (unsigned i = from; i < to && count < 32; i++) {
        const unsigned k = s->laser[i];
        if (!(seen->any >> k & 1) || firing - seen->firing[k] > 20)
            continue;
        turn[count] = turned(azimuth_of(s, x, i) - seen->azimuth[k]);
        since[count++] = firing - seen->firing[k];
    }
    return count;
}

/* The same laser, seen again, tells how many firings have passed: those
 * without any return show as gaps. \return 0: there are too many, as such or
 * for so few points */
static int find_firings(struct mdci_scan *s, const double *x)
{
    double speed = 0;
    double *steps = s->rate; /* free until there are firings */
    for (unsigned pass = 0; pass < 2; pass++) {
        struct seen seen = {{0}, {0}, 0};
        unsigned firing = 0, count = 0;
        for (unsigned i = 0; i < s->count;) {
            const unsigned to = firing_end(s, x, i);
            double turn[32], since[32];
            unsigned votes = turns_of(s, x, &seen, i, to, firing, turn, since);
            if (pass == 0) {
                for (unsigned k = 0; k < votes; k++)
                    if (since[k] == 0 && count < MDCI_VLP32_FIRINGS)
                        steps[count++] = turn[k];
                firing++;
            } else if (i > 0) {
                for (unsigned k = 0; k < votes; k++)
                    turn[k] = turn[k] / speed - since[k];
                qsort(turn, votes, sizeof *turn, by_value);
                const double skip = votes ? floor(turn[votes / 2] + 0.5) : 1;
                firing += skip > 1 && skip < 900 ? (unsigned)skip : 1;
            }
            if (firing >= MDCI_VLP32_FIRINGS)
                return 0;
            for (; i < to; i++) {
                const unsigned k = s->laser[i];
                s->firing[i] = firing;
                seen.azimuth[k] = azimuth_of(s, x, i);
                seen.firing[k] = firing;
                seen.any |= 1u << k;
            }
        }
        if (pass == 0) {
            if (count < 16)
                return 0;
            qsort(steps, count, sizeof *steps, by_value);
            for (unsigned k = count / 4; k < count - count / 4; k++)
                speed += steps[k] / (count - count / 4 - count / 4);
            if (fabs(speed) < 8 * TICK || fabs(speed) > 80 * TICK)
                return 0;
        }
        s->firings = firing + 1;
    }
    if (s->firings > s->count)
        return 0;
    s->speed = speed / TICK;
    unsigned i = 0;
    for (unsigned j = 0; j <= s->firings; j++) {
        while (i < s->count && s->firing[i] < j)
            i++;
        s->first[j] = i;
    }
    return 1;
}

int mdci_scan_start(struct mdci_scan *s)
{
    struct fan fan;
    double x[DIMS];
    make_fan(&fan);
    if (s->count < 1000 || !(find_motion(s, &fan, x) < FINE * 5))
        return 0;
    find_lasers(s, &fan, x);
    if (!find_firings(s, x))
        return 0;
    s->path.stations = s->firings;
    s->path.when = NULL;
    for (unsigned j = 0; j < s->firings; j++) {
        const unsigned i = s->first[j] < s->count ? s->first[j] : s->count - 1;
        pose_at(x, s->time[i], s->path.pose[j]);
    }
    return 1;
}
