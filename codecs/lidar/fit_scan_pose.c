/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_scan_pose.c
 * \brief A scan's poses.
 */
#include "config.h"

#include "codecs/lidar/fit_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI    3.14159265358979323846
#define TICK  (PI / 18000) /* azimuth, radians */
#define RANGE 0.004        /* a tick, metres */
#define NEAR  2.0          /* metres: nearer points say little */
#define SPEED 128          /* ticks a firing: more is no such sensor */

static unsigned station_of(const struct mdci_scan *s, unsigned i)
{
    return s->groups ? s->group[i] : s->firing[i];
}

/* A point as the sensor saw it. \return its distance */
static double unmove(const struct mdci_scan *s, double r[3][3],
                     const double *pose, unsigned i, double q[3])
{
    double d[3], size = 0;
    for (unsigned c = 0; c < 3; c++)
        d[c] = s->point[i][c] - pose[3 + c];
    for (unsigned c = 0; c < 3; c++) {
        q[c] = r[0][c] * d[0] + r[1][c] * d[1] + r[2][c] * d[2];
        size += q[c] * q[c];
    }
    return sqrt(size);
}

/* The azimuth of a point's firing, in ticks. */
static double base_of(const struct mdci_scan *s, unsigned i, const double *q)
{
    const unsigned k = s->laser[i];
    return atan2(q[1], q[0]) / TICK + mdci_vlp32_aside(k) -
           s->rate[s->firing[i]] * (k / 2) / MDCI_VLP32_SLOTS;
}

/* Yaw, but for whole ticks, followed from firing to firing.
 * \return how well the azimuths agree, 0..1 */
static double find_yaw(struct mdci_scan *s)
{
    double last = 0, agree = 0, weights = 0;
    for (unsigned j = 0; j < s->firings; j++) {
        double r[3][3], c = 0, z = 0, sum = 0;
        double *pose = s->path.pose[j];
        pose[2] = last;
        mdci_fit_rotation(pose, r);
        for (unsigned i = s->first[j]; i < s->first[j + 1]; i++) {
            double q[3];
            const double size = unmove(s, r, pose, i, q);
            if (size < NEAR)
                continue;
            const double weight = size < 30 ? size : 30;
            const double turn = base_of(s, i, q) * 2 * PI;
            c += weight * cos(turn);
            z += weight * sin(turn);
            sum += weight;
        }
        if (sum > 0)
            last += atan2(z, c) / (2 * PI) * TICK * 0.4;
        pose[2] = last;
        agree += sqrt(c * c + z * z);
        weights += sum;
    }
    return weights > 0 ? agree / weights : 0;
}

/* a - b, the short way round. */
static int32_t difference(int32_t a, int32_t b)
{
    const int32_t d = (a - b) % 36000;
    return d > 18000 ? d - 36000 : d < -18000 ? d + 36000 : d;
}

/* Azimuths go on from firing to firing, those without a return in between;
 * the rate of a packet is that from its first firing to its last. */
static void find_rates(struct mdci_scan *s)
{
    const double speed = s->speed;
    int32_t last = s->azimuth[0];
    unsigned seen = 0;
    for (unsigned j = 1; j < s->firings; j++) {
        const int32_t expected = last + (int32_t)lround(speed * (j - seen));
        if (s->first[j] == s->first[j + 1])
            continue;
        last = expected + difference(s->azimuth[j], expected);
        s->azimuth[j] = last;
        seen = j;
    }
    if (seen > 0)
        s->speed = (double)(last - s->azimuth[0]) / seen;
    if (fabs(s->speed) > SPEED)
        s->speed = SPEED;
    for (unsigned from = 0; from < s->firings; from += MDCI_VLP32_PACKET) {
        const unsigned end = from + MDCI_VLP32_PACKET;
        const unsigned to = end < s->firings ? end : s->firings;
        unsigned first = to, final = from;
        double rate = speed;
        for (unsigned j = from; j < to; j++)
            if (s->first[j] < s->first[j + 1]) {
                first = first < j ? first : j;
                final = j;
            }
        if (first < final)
            rate = (double)(s->azimuth[final] - s->azimuth[first]) /
                   (final - first);
        for (unsigned j = from; j < to; j++)
            if (s->first[j] == s->first[j + 1]) {
                const unsigned near = first == to ? j - (j > 0)
                                      : j < first ? first
                                      : j > final ? final
                                                  : j - 1;
                s->azimuth[j] =
                    s->azimuth[near] +
                    (int32_t)lround(rate * ((double)j - (double)near));
            }
        if (to - from > 1)
            rate = (double)(s->azimuth[to - 1] - s->azimuth[from]) /
                   (to - 1 - from);
        for (unsigned j = from; j < to; j++)
            s->rate[j] = rate;
    }
}

/* The azimuth that most points of a firing agree on. */
static void find_azimuth(struct mdci_scan *s, unsigned j)
{
    int32_t tick[64];
    unsigned count = 0, most = 0;
    for (unsigned i = s->first[j]; i < s->first[j + 1] && count < 64; i++) {
        double r[3][3], q[3];
        const double *pose = s->path.pose[station_of(s, i)];
        mdci_fit_rotation(pose, r);
        if (unmove(s, r, pose, i, q) > NEAR)
            tick[count++] = (int32_t)mdci_fit_whole(base_of(s, i, q), 1 << 24);
    }
    for (unsigned a = 0; a < count; a++) {
        unsigned same = 0;
        for (unsigned b = 0; b < count; b++)
            same += difference(tick[a], tick[b]) == 0;
        if (same > most) {
            most = same;
            s->azimuth[j] = (tick[a] % 36000 + 36000) % 36000;
        }
    }
}

static void make_raw(struct mdci_scan *s, unsigned i)
{
    const unsigned k = s->laser[i], j = s->firing[i];
    const double e = mdci_vlp32_elevation(k) * (PI / 180000);
    const double a = (s->azimuth[j] - mdci_vlp32_aside(k) +
                      s->rate[j] * (k / 2) / MDCI_VLP32_SLOTS) *
                     TICK;
    const float d = (float)s->range[i] * 0.004f;
    const float flat = d * (float)cos(e);
    s->raw[i][0] = flat * (float)cos(a);
    s->raw[i][1] = flat * (float)sin(a);
    s->raw[i][2] = d * (float)sin(e);
}

/* \return part of points that are good */
static double measure(struct mdci_scan *s, double limit)
{
    unsigned good = 0;
    for (unsigned j = 0; j < s->firings; j++)
        find_azimuth(s, j);
    find_rates(s);
    for (unsigned i = 0; i < s->count; i++) {
        double r[3][3], q[3];
        const double *pose = s->path.pose[station_of(s, i)];
        mdci_fit_rotation(pose, r);
        const double size = unmove(s, r, pose, i, q);
        const double ticks = floor(size / RANGE + 0.5);
        s->range[i] = ticks < 65535 ? (int32_t)ticks : 65535;
        make_raw(s, i);
        double off = 0;
        for (unsigned c = 0; c < 3; c++)
            off += fabs(q[c] - s->raw[i][c]);
        s->good[i] = size > 1 && off < limit;
        good += s->good[i];
    }
    return (double)good / s->count;
}

/* The poses of all stations for given measurements. */
static int fit_poses(struct mdci_scan *s, double sigma, unsigned rounds)
{
    for (unsigned round = 0; round < rounds; round++) {
        memset(s->path.normal, 0, sizeof *s->path.normal * s->path.stations);
        for (unsigned i = 0; i < s->count; i++) {
            if (!s->good[i])
                continue;
            const unsigned g = station_of(s, i);
            const double *pose = s->path.pose[g], *raw = s->raw[i];
            double r[3][3], v[3];
            mdci_fit_rotation(pose, r);
            for (unsigned a = 0; a < 3; a++)
                v[a] = r[a][0] * raw[0] + r[a][1] * raw[1] + r[a][2] * raw[2];
            for (unsigned a = 0; a < 3; a++) {
                const double u[3] = {a == 0, a == 1, a == 2};
                const double p = s->point[i][a];
                const double miss = p - v[a] - pose[3 + a];
                const double own =
                    sigma + 1e-7 + 5e-8 * fabs(p) + 1e-8 * s->range[i] * RANGE;
                const double off = miss / (4 * own);
                mdci_fit_add(&s->path.normal[g], v, u, miss,
                             1 / (own * own * (1 + off * off)));
            }
        }
        if (mdci_fit_window(&s->path, 0, s->path.knots - 1) < 0)
            return 0;
        mdci_fit_set_poses(&s->path);
    }
    return 1;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where a pose puts a raw point. */
static void move(const double *pose, const double *raw, double *p)
{
    double r[3][3];
    mdci_fit_rotation(pose, r);
    for (unsigned a = 0; a < 3; a++)
        p[a] = pose[3 + a] + r[a][0] * raw[0] + r[a][1] * raw[1] +
               r[a][2] * raw[2];
}

static uint32_t slot_of(const struct mdci_scan *s, unsigned i)
{
    return s->firing[i] * MDCI_VLP32_SLOTS + s->laser[i] / 2;
}

/* When the vehicle was where a point says that it was. \return 0: it stood
 * still, or the point is no good */
static int time_of(const struct mdci_scan *s, unsigned i, double time,
                   double *found)
{
    double pose[6], before[3], after[3], now[3], moved = 0, off = 0;
    if (!s->good[i])
        return 0;
    mdci_fit_pose_at(&s->path, time - 0.5, pose);
    move(pose, s->raw[i], before);
    mdci_fit_pose_at(&s->path, time + 0.5, pose);
    move(pose, s->raw[i], after);
    mdci_fit_pose_at(&s->path, time, pose);
    move(pose, s->raw[i], now);
    for (unsigned c = 0; c < 3; c++) {
        const double v = after[c] - before[c];
        moved += v * v;
        off += v * (s->point[i][c] - now[c]);
    }
    if (moved < 1e-12)
        return 0;
    *found = time + off / moved;
    return fabs(off / moved) < 2;
}

/* The median of what points say. \return 0: they say nothing */
static int median_time(const struct mdci_scan *s, unsigned from, unsigned to,
                       double time, double *found)
{
    double all[64];
    unsigned count = 0;
    for (unsigned i = from; i < to && count < 64; i++)
        count += (unsigned)time_of(s, i, time, &all[count]);
    if (count == 0)
        return 0;
    qsort(all, count, sizeof *all, by_value);
    *found = all[count / 2];
    return 1;
}

static void make_groups(struct mdci_scan *s)
{
    s->groups = 0;
    for (unsigned i = 0; i < s->count;) {
        const uint32_t limit = slot_of(s, i) + MDCI_VLP32_SLOTS;
        unsigned to = i, tie;
        double in = 0, at = 0;
        while (to < s->count && slot_of(s, to) < limit)
            to++;
        tie = to;
        while (tie < s->count && slot_of(s, tie) == limit)
            tie++;
        const double time = slot_of(s, i) / (double)MDCI_VLP32_SLOTS;
        if (tie > to &&
            (!median_time(s, i, to, time, &in) ||
             !median_time(s, to, tie, time, &at) || fabs(in - at) < 0.5))
            to = tie;
        s->start[s->groups] = i;
        s->when[s->groups] =
            slot_of(s, i + (to - i) / 2) / (double)MDCI_VLP32_SLOTS;
        for (; i < to; i++)
            s->group[i] = s->groups;
        s->groups++;
    }
    s->start[s->groups] = s->count;
}

/* The moment of a group's pose is that of its middle point. */
static uint32_t middle_of(const struct mdci_scan *s, unsigned g)
{
    const unsigned from = s->start[g], to = s->start[g + 1];
    return slot_of(s, from + (to - from) / 2);
}

/* How late packets are: their time stamps are rounded. */
static void find_delays(struct mdci_scan *s)
{
    const uint32_t packet = MDCI_VLP32_SLOTS * MDCI_VLP32_PACKET;
    for (unsigned g = 0; g < s->groups;) {
        double all[64];
        unsigned count = 0, to = g;
        const uint32_t number = middle_of(s, g) / packet;
        while (to < s->groups && middle_of(s, to) / packet == number) {
            double found;
            if (count < 64 && median_time(s, s->start[to], s->start[to + 1],
                                          s->when[to], &found))
                all[count++] =
                    found - middle_of(s, to) / (double)MDCI_VLP32_SLOTS;
            to++;
        }
        qsort(all, count, sizeof *all, by_value);
        const double delay =
            count && fabs(all[count / 2]) < 0.1 ? all[count / 2] : 0;
        s->delay[number] =
            floor(delay * MDCI_VLP32_MOMENT + 0.5) / MDCI_VLP32_MOMENT;
        for (; g < to; g++)
            s->when[g] =
                middle_of(s, g) / (double)MDCI_VLP32_SLOTS + s->delay[number];
    }
    mdci_fit_set_poses(&s->path);
}

int mdci_scan_refine(struct mdci_scan *s)
{
    static const double plan[] = {1e-3, 3e-4, 1e-4};
    for (unsigned j = 0; j < s->firings; j++)
        s->rate[j] = s->speed;
    if (find_yaw(s) < 0.3)
        return 0;
    mdci_fit_even_knots(&s->path,
                        s->firings / 60 + 3 < 62 ? s->firings / 60 + 3 : 62);
    (void)measure(s, 1e-2);
    for (unsigned k = 0; k < 3; k++) {
        if (!fit_poses(s, plan[k], 3))
            return 0;
        (void)measure(s, k < 2 ? 1e-2 : 3e-3);
    }
    make_groups(s);
    s->path.stations = s->groups;
    s->path.when = s->when;
    mdci_fit_set_poses(&s->path);
    for (double sigma = 1e-4; sigma > 2e-6; sigma *= 0.3) {
        if (!fit_poses(s, sigma, 3))
            return 0;
        if (measure(s, 3e-3) < 0.5)
            return 0;
    }
    mdci_fit_even_knots(&s->path, MDCI_LIDAR_KNOTS - 2);
    for (unsigned k = 0; k < 2; k++) {
        if (!fit_poses(s, 1e-6, 3))
            return 0;
        (void)measure(s, 3e-3);
        find_delays(s);
    }
    for (unsigned k = 0; k < 2; k++) {
        mdci_fit_knots(&s->path);
        mdci_fit_set_poses(&s->path);
        (void)measure(s, 3e-3);
        if (!fit_poses(s, 1e-7, 3))
            return 0;
        find_delays(s);
    }
    if (!fit_poses(s, 0, 3))
        return 0;
    (void)measure(s, 3e-3);
    return 1;
}
