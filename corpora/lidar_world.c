/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_world.c
 * \brief Made-up frames of spinning LiDAR sensors.
 */
#include "corpora/lidar_world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI    3.14159265358979323846
#define BOXES 40
#define TURN  0.1 /* seconds */

struct box {
    double low[3], high[3];
    double shine;
};

/* What there is to see, in the vehicle's frame at time 0. */
struct world {
    struct box box[BOXES];
    double ground;
    double phase[4]; /* of the vehicle's vibrations */
    struct lidar_drive drive;
    uint64_t random;
};

struct pose {
    double turn[3][3], place[3];
};

/* ---- Chance -------------------------------------------------------------- */

static uint32_t chance(uint64_t *state)
{
    uint64_t x = *state += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)(x >> 32);
}

static double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * (chance(state) / 4294967296.0);
}

/* About normal, of that deviation. */
static double noise(uint64_t *state, double deviation)
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += between(state, -1, 1);
    return sum * deviation * 0.866;
}

/* ---- The world ----------------------------------------------------------- */

static void build(struct world *w, const struct lidar_drive *drive)
{
    uint64_t *r = &w->random;
    memset(w, 0, sizeof *w);
    w->drive = *drive;
    *r = drive->seed * 0x9E3779B97F4A7C15u + 1;
    w->ground = -1.84;
    for (unsigned i = 0; i < 4; i++)
        w->phase[i] = between(r, 0, 2 * PI);
    for (unsigned i = 0; i < BOXES; i++) {
        struct box *b = &w->box[i];
        /* Walls on both sides, then what is parked before them. */
        const int wall = i < 12, left = i & 1;
        const double along = between(r, -60, 60);
        const double length = wall ? between(r, 8, 25) : between(r, 0.3, 5);
        const double deep = wall ? between(r, 4, 9) : between(r, 0.3, 2);
        const double across = wall ? between(r, 9, 16) : between(r, 3.5, 9);
        b->low[0] = along;
        b->high[0] = along + length;
        b->low[1] = left ? across : -across - deep;
        b->high[1] = b->low[1] + deep;
        b->low[2] = w->ground;
        b->high[2] = w->ground + (wall ? between(r, 4, 15) : between(r, 1, 3));
        b->shine = between(r, 0.05, 0.9);
    }
}

/* How far a ray sees, in metres; 0: nothing. */
static double see(const struct world *w, const double *from, const double *ray,
                  double *shine)
{
    double nearest = 100;
    *shine = 0.2;
    if (ray[2] < -1e-6) {
        const double range = (w->ground - from[2]) / ray[2];
        if (range < nearest) {
            const double x = from[0] + range * ray[0];
            const double y = from[1] + range * ray[1];
            nearest = range;
            *shine = fabs(y) < 3 && fabs(y) > 2.85 ? 0.7 /* a line */
                     : sin(x) * sin(y) > 0.3       ? 0.14
                                                   : 0.2;
        }
    }
    for (unsigned i = 0; i < BOXES; i++) {
        const struct box *b = &w->box[i];
        double in = 0, out = nearest;
        for (unsigned c = 0; c < 3; c++) {
            const double slope = fabs(ray[c]) < 1e-9 ? 1e-9 : ray[c];
            const double one = (b->low[c] - from[c]) / slope;
            const double two = (b->high[c] - from[c]) / slope;
            in = fmax(in, fmin(one, two));
            out = fmin(out, fmax(one, two));
        }
        if (in < out && in > 0.5 && in < nearest) {
            nearest = in;
            *shine = b->shine;
        }
    }
    return nearest < 100 ? nearest : 0;
}

/* Where the vehicle is, on a circle, shaken a little. */
static void pose_at(const struct world *w, double time, struct pose *p)
{
    const double yaw = w->drive.yaw * time, half = yaw / 2;
    const double shaken = fmin(w->drive.speed / 10, 1);
    const double pitch =
        0.003 * shaken * (sin(9 * time + w->phase[0]) - sin(w->phase[0]));
    const double roll =
        0.002 * shaken * (sin(13 * time + w->phase[1]) - sin(w->phase[1]));
    const double way =
        w->drive.speed * time * (fabs(half) > 1e-9 ? sin(half) / half : 1);
    const double cy = cos(yaw), sy = sin(yaw), cp = cos(pitch), sp = sin(pitch);
    const double cr = cos(roll), sr = sin(roll);
    const double turn[3][3] = {
        {cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr},
        {sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr},
        {-sp, cp * sr, cp * cr}};
    memcpy(p->turn, turn, sizeof turn);
    p->place[0] = way * cos(half);
    p->place[1] = way * sin(half);
    p->place[2] =
        0.01 * shaken * (sin(11 * time + w->phase[2]) - sin(w->phase[2]));
}

/* The pose between two that were measured, 100 a second, as a log has it. */
static void pose_logged(const struct world *w, double time, struct pose *p)
{
    const double step = 0.01, whole = floor(time / step);
    const double part = time / step - whole;
    struct pose next;
    pose_at(w, whole * step, p);
    pose_at(w, (whole + 1) * step, &next);
    for (unsigned c = 0; c < 3; c++)
        p->place[c] += (next.place[c] - p->place[c]) * part;
    /* Angles are small: their mean is that of the matrices, made square. */
    for (unsigned a = 0; a < 2; a++)
        for (unsigned c = 0; c < 3; c++)
            p->turn[a][c] += (next.turn[a][c] - p->turn[a][c]) * part;
    double *x = p->turn[0], *y = p->turn[1], *z = p->turn[2];
    const double size = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    for (unsigned c = 0; c < 3; c++)
        x[c] /= size;
    const double dot = x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
    for (unsigned c = 0; c < 3; c++)
        y[c] -= dot * x[c];
    const double other = sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2]);
    for (unsigned c = 0; c < 3; c++)
        y[c] /= other;
    for (unsigned c = 0; c < 3; c++)
        z[c] =
            x[(c + 1) % 3] * y[(c + 2) % 3] - x[(c + 2) % 3] * y[(c + 1) % 3];
}

static void apply(const struct pose *p, const double *v, double *out)
{
    for (unsigned c = 0; c < 3; c++)
        out[c] = p->place[c] + p->turn[c][0] * v[0] + p->turn[c][1] * v[1] +
                 p->turn[c][2] * v[2];
}

/* Measures along a direction of the vehicle's. \return whole ticks, 0: none */
static long measure(struct world *w, const struct pose *pose, double elevation,
                    double azimuth, double tick, double longer, double *shine)
{
    const double flat = cos(elevation);
    const double ray[3] = {flat * cos(azimuth), flat * sin(azimuth),
                           sin(elevation)};
    double turned[3];
    for (unsigned c = 0; c < 3; c++)
        turned[c] = pose->turn[c][0] * ray[0] + pose->turn[c][1] * ray[1] +
                    pose->turn[c][2] * ray[2];
    const double range = see(w, pose->place, turned, shine);
    const double seen = range + noise(&w->random, 0.008);
    /* The farther and the darker, the less often there is an echo. */
    const double lost = 0.01 + 0.15 * range / 100 * (1 - *shine);
    if (between(&w->random, 0, 1) < lost || range < 1)
        return 0;
    *shine = fmin(fmax(*shine + noise(&w->random, 0.02), 0), 0.99);
    const long ticks = lround((seen - longer) / tick);
    return ticks > 0 ? ticks : 1;
}

static void put(uint8_t *at, double value)
{
    const float rounded = (float)value;
    memcpy(at, &rounded, sizeof rounded);
}

/* ---- Sensors ------------------------------------------------------------- */

void lidar_any_sensor(struct lidar_sensor *s, unsigned lasers, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->lasers = lasers;
    s->firings = lasers > 64 ? 1024 : 1800;
    s->tick = 0.002;
    const double top = between(&seed, 5, 15), low = between(&seed, -25, -15);
    for (unsigned k = 0; k < lasers; k++) {
        const double place = (double)k / (lasers - 1);
        s->elevation[k] =
            (low + (top - low) * place + between(&seed, -0.05, 0.05)) * PI /
            180;
        /* Lasers fire one after the other while the sensor turns. */
        s->aside[k] = -2 * PI / s->firings * 0.7 * k / lasers;
    }
}

void lidar_hdl64(struct lidar_sensor *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->lasers = 64;
    s->firings = 2083;
    s->tick = 0.002;
    for (unsigned k = 0; k < 64; k++) {
        const double degrees = k < 32 ? 2.0 - k / 3.0 : -8.83 - (k - 32) / 2.0;
        s->elevation[k] = (degrees + between(&seed, -0.06, 0.06)) * PI / 180;
        s->aside[k] = between(&seed, -0.1, 0.1);
        s->high[k] = k < 32 ? 0.21 : 0.12;
        s->right[k] = (k & 1 ? 0.026 : -0.026) + between(&seed, -1e-3, 1e-3);
        s->longer[k] = between(&seed, 0, 0.002);
    }
}

/* One point of any sensor. \return 0: nothing was seen */
static int shoot(struct world *w, const struct lidar_sensor *s,
                 const struct lidar_style *style, unsigned firing,
                 unsigned laser, double azimuth, uint8_t *at)
{
    struct pose pose;
    double shine;
    pose_at(w, ((double)firing / s->firings - 1) * TURN, &pose);
    const double e = s->elevation[laser], flat = cos(e);
    const long ticks =
        measure(w, &pose, e, azimuth, s->tick, s->longer[laser], &shine);
    if (ticks == 0)
        return 0;
    const float d = (float)((double)ticks * s->tick + s->longer[laser]);
    const double ahead = (double)d * flat - s->high[laser] * sin(e);
    double v[3] = {ahead * cos(azimuth) - s->right[laser] * sin(azimuth),
                   ahead * sin(azimuth) + s->right[laser] * cos(azimuth),
                   (double)d * sin(e) + s->high[laser] * flat};
    if (style->moved) {
        const double raw[3] = {v[0], v[1], v[2]};
        apply(&pose, raw, v);
    }
    for (unsigned c = 0; c < 3; c++)
        put(at + c * 4,
            style->decimal ? floor(v[c] * 1000 + 0.5) / 1000 : v[c]);
    put(at + 12, floor(shine * 100) / 100);
    if (style->ring)
        put(at + 16, laser);
    return 1;
}

size_t lidar_frame(uint8_t *record, const struct lidar_sensor *sensor,
                   const struct lidar_style *style,
                   const struct lidar_drive *drive)
{
    struct world *w = malloc(sizeof *w);
    const size_t each = style->ring ? 20 : 16;
    const unsigned all = sensor->lasers * sensor->firings;
    size_t size = 0;
    if (!w)
        return 0;
    build(w, drive);
    for (unsigned shot = 0; shot < all; shot++) {
        const unsigned laser =
            style->by_ring ? shot / sensor->firings : shot % sensor->lasers;
        unsigned firing =
            style->by_ring ? shot % sensor->firings : shot / sensor->lasers;
        if (style->by_ring) {
            /* Each ring starts ahead: with its first azimuth from 0 on. */
            const double turns = sensor->aside[laser] / (2 * PI);
            const long first = (long)ceil(-turns * sensor->firings);
            firing = (unsigned)((long)(firing + sensor->firings) + first) %
                     sensor->firings;
        }
        /* The sensor tells azimuths in hundredths of a degree. */
        const double told = floor(firing * 36000.0 / sensor->firings);
        const double azimuth = told * PI / 18000 + sensor->aside[laser];
        if (shoot(w, sensor, style, firing, laser, azimuth, record + size))
            size += each;
    }
    free(w);
    return size;
}

/* ---- HDL-32E ------------------------------------------------------------- */

size_t lidar_frame_hdl32(uint8_t *record, unsigned firings,
                         const struct lidar_drive *drive)
{
    static const int elevation[32] = {
        -3067, -2933, -2800, -2666, -2533, -2400, -2267, -2133,
        -2000, -1867, -1733, -1600, -1467, -1333, -1200, -1067,
        -933,  -800,  -666,  -533,  -400,  -267,  -133,  0,
        133,   267,   400,   533,   667,   800,   933,   1067};
    struct world *w = malloc(sizeof *w);
    if (!w)
        return 0;
    build(w, drive);
    const double heading = between(&w->random, -PI, PI);
    const double c = cos(heading), s = sin(heading);
    double home[2];
    for (unsigned i = 0; i < 2; i++)
        home[i] = between(&w->random, 300, 2000);
    for (unsigned i = 0; i < firings; i++) {
        struct pose pose;
        /* The end of the sweep is where the frame's origin is. */
        pose_logged(w, ((double)i - (firings - 1)) * 46.08e-6, &pose);
        for (unsigned k = 0; k < 32; k++) {
            uint8_t *at = record + ((size_t)i * 32 + k) * 20;
            const int order = (int)(k < 16 ? 2 * k : 2 * (k - 16) + 1);
            int tick = 36000 - (int)(i * 33 + i / 5) - (33 * order + 20) / 40;
            tick = (tick % 36000 + 36000) % 36000;
            const double e = elevation[k] * PI / 18000;
            const double a = tick * PI / 18000;
            double shine = 0, v[3];
            const long ticks = measure(w, &pose, e, a, 0.002, 0, &shine);
            const float d = (float)ticks * 0.002f;
            const float flat = d * (float)cos(e);
            const double raw[3] = {flat * (float)cos(a), flat * (float)sin(a),
                                   d * (float)sin(e)};
            apply(&pose, raw, v);
            const float map[3] = {(float)(c * v[0] - s * v[1] + home[0]),
                                  (float)(s * v[0] + c * v[1] + home[1]),
                                  (float)(v[2] + 1.84)};
            const double x = map[0] - home[0], y = map[1] - home[1];
            put(at, c * x + s * y);
            put(at + 4, -s * x + c * y);
            put(at + 8, map[2] - 1.84);
            put(at + 12, ticks ? floor(shine * 100) : 0);
            put(at + 16, k);
        }
    }
    free(w);
    return (size_t)firings * 32 * 20;
}

/* ---- VLP-32C ------------------------------------------------------------- */

/* Points of a group, as the driver made them. */
struct group {
    unsigned count, slot[64];
    float raw[64][3];
};

/* Writes a group: all its points have the pose of the middle one. */
static size_t put_group(const struct world *w, const struct group *g, int flip,
                        unsigned firings, uint8_t *at)
{
    struct pose pose;
    const double when = g->slot[g->count / 2] / 24.0 - firings;
    pose_at(w, when * 55.296e-6, &pose);
    for (unsigned p = 0; p < g->count; p++, at += 20) {
        const double raw[3] = {g->raw[p][0], g->raw[p][1], g->raw[p][2]};
        double v[3];
        apply(&pose, raw, v);
        put(at, v[0] + 1.35);
        put(at + 4, flip ? -v[1] : v[1]);
        put(at + 8, flip ? -(v[2] - 1.48) : v[2] + 1.59);
        put(at + 12, 0);
        put(at + 16, 0);
    }
    return (size_t)g->count * 20;
}

size_t lidar_frame_vlp32(uint8_t *record, unsigned firings, int flip,
                         const struct lidar_drive *drive)
{
    static const int elevation[32] = {
        -25000, -1000, -1667, -15639, -11310, 0,     -667,  -8843,
        -7254,  333,   -333,  -6148,  -5333,  1333,  667,   -4000,
        -4667,  1667,  1000,  -3667,  -3333,  3333,  2333,  -2667,
        -3000,  7000,  4667,  -2333,  -2000,  15000, 10333, -1333};
    static const int aside[32] = {140, -420, 140, -140, 140, -140, 420, -140,
                                  140, -420, 140, -140, 420, -140, 420, -140,
                                  140, -420, 140, -420, 420, -140, 140, -140,
                                  140, -140, 140, -420, 420, -140, 140, -140};
    struct world *w = malloc(sizeof *w);
    struct group g = {0};
    size_t size = 0;
    if (!w)
        return 0;
    build(w, drive);
    /* The two look away from each other when a frame starts. */
    const int start = (int)(drive->seed * 7919 % 36000);
    const int first = flip ? 66000 - start : start;
    for (unsigned shot = 0; shot < firings * 32; shot++) {
        const unsigned i = shot / 32, k = shot % 32;
        const unsigned slot = i * 24 + k / 2;
        /* A group is as long as a firing. */
        if (g.count > 0 && slot > g.slot[0] + 24) {
            size += put_group(w, &g, flip, firings, record + size);
            g.count = 0;
        }
        const double e = elevation[k] * PI / 180000;
        const double a =
            (first - 20.0 * i - 20.0 * (k / 2) / 24 - aside[k]) * PI / 18000;
        struct pose pose;
        double shine;
        pose_at(w, (slot / 24.0 - firings) * 55.296e-6, &pose);
        const long ticks = measure(w, &pose, e, a, 0.004, 0, &shine);
        if (ticks == 0)
            continue;
        const float d = (float)ticks * 0.004f;
        const float flat = d * (float)cos(e);
        g.raw[g.count][0] = flat * (float)cos(a);
        g.raw[g.count][1] = flat * (float)sin(a);
        g.raw[g.count][2] = d * (float)sin(e);
        g.slot[g.count++] = slot;
    }
    if (g.count > 0)
        size += put_group(w, &g, flip, firings, record + size);
    free(w);
    return size;
}
