/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_scans.c
 * \brief Made-up scans of every kind.
 */
#include "corpora/lidar_scans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI     3.14159265358979323846
#define DEGREE (PI / 180)

enum { WORDS_MIN = 3, WORDS_MAX = 16, COLUMNS_MAX = 2000, FLOATS = 7 };

/* A sensor in a room. */
struct room {
    const struct lidar_recipe *r;
    double elevation[LIDAR_WORLD_LASERS], aside[LIDAR_WORLD_LASERS];
    double high[LIDAR_WORLD_LASERS], right[LIDAR_WORLD_LASERS];
    double wall[4], floor, ceiling; /* metres from the sensor */
    double start, ticks;            /* azimuth; its ticks, 0: none */
    uint64_t random;
};

/* ---- Chance -------------------------------------------------------------- */

static uint32_t chance(uint64_t *state, uint32_t below)
{
    uint64_t x = *state += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((x >> 32) * below >> 32);
}

static double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * chance(state, 1u << 30) / (1u << 30);
}

/* About normal, of that deviation. */
static double noise(uint64_t *state, double deviation)
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += between(state, -1, 1);
    return sum * deviation * 0.866;
}

/* ---- Recipes ------------------------------------------------------------- */

/* As many are small as large. */
static double spread(uint64_t *state, double low, double high)
{
    return low * pow(high / low, between(state, 0, 1));
}

void lidar_recipe_right(struct lidar_recipe *r, unsigned most)
{
    static const unsigned of_kind[LIDAR_KINDS] = {0,  16, 32, 32,
                                                  64, 32, 32, 64};
    r->kind %= LIDAR_KINDS;
    if (of_kind[r->kind] > 0)
        r->lasers = of_kind[r->kind];
    if (r->lasers < 1 || r->lasers > LIDAR_WORLD_LASERS)
        r->lasers = 1 + r->lasers % LIDAR_WORLD_LASERS;
    if (r->columns < 1 || r->columns > COLUMNS_MAX)
        r->columns = 1 + r->columns % COLUMNS_MAX;
    if (r->columns > most / r->lasers)
        r->columns = most / r->lasers > 0 ? most / r->lasers : 1;
    if (r->turn < r->columns)
        r->turn = r->columns;
    r->order %= LIDAR_ORDERS;
    r->miss %= LIDAR_MISSES;
    if (r->words < WORDS_MIN || r->words > WORDS_MAX)
        r->words = WORDS_MIN + r->words % (WORDS_MAX - WORDS_MIN + 1);
    if (r->kind >= LIDAR_DRIVE_HDL32)
        r->words = r->kind == LIDAR_DRIVE_HDL64 ? 4 : 5;
    r->digits = r->digits < FLOATS ? r->digits : FLOATS;
    r->before %= 64;
    r->behind %= 64;
    if (!(r->far >= 0.5 && r->far <= 200))
        r->far = 3;
}

struct lidar_recipe lidar_recipe_of(uint64_t seed, unsigned most)
{
    static const unsigned lasers[] = {16, 32, 40, 64, 128};
    static const unsigned words[] = {4, 4, 4, 5, 5, 3, 6, 8};
    static const double ticks[] = {0.002, 0.002, 0.004, 0.005, 0.001, 0.01, 0};
    struct lidar_recipe r = {.seed = seed};
    uint64_t *s = &seed;
    r.kind = chance(s, 3) ? LIDAR_EVEN : chance(s, LIDAR_KINDS);
    r.lasers = lasers[chance(s, 5)];
    r.columns = (unsigned)spread(s, 1, COLUMNS_MAX + 0.9);
    r.turn = chance(s, 2) ? r.columns : 1800;
    r.order = chance(s, 2) ? chance(s, 2) : chance(s, LIDAR_ORDERS);
    r.miss = chance(s, 2) ? LIDAR_LEFT_OUT : chance(s, LIDAR_MISSES);
    r.words = words[chance(s, 8)];
    r.digits = chance(s, 4) ? FLOATS : 2 + chance(s, 3);
    r.odd = chance(s, 10) ? 0 : chance(s, 20);
    r.behind = chance(s, 10) ? 0 : chance(s, 64);
    r.far = spread(s, 0.5, 200);
    r.tick = ticks[chance(s, 7)];
    if (chance(s, 2)) {
        r.speed = between(s, 0, 30);
        r.yaw = between(s, -0.5, 0.5);
    }
    lidar_recipe_right(&r, most);
    return r;
}

size_t lidar_scan_room(const struct lidar_recipe *r)
{
    /* Those of a vehicle are whole turns, cut then; columns may be twice. */
    const size_t columns = r->kind == LIDAR_DRIVE_HDL64 ? 2100 : r->columns;
    return 2 * columns * r->lasers * r->words * 4 + 128;
}

/* ---- Rooms --------------------------------------------------------------- */

static void set_lasers(struct room *m)
{
    static const int16_t vlp32[32] = {
        -25000, -1000, -1667, -15639, -11310, 0,     -667,  -8843,
        -7254,  333,   -333,  -6148,  -5333,  1333,  667,   -4000,
        -4667,  1667,  1000,  -3667,  -3333,  3333,  2333,  -2667,
        -3000,  7000,  4667,  -2333,  -2000,  15000, 10333, -1333};
    const unsigned n = m->r->lasers, kind = m->r->kind;
    const double low = between(&m->random, -30, -10);
    const double top = between(&m->random, 2, 25);
    for (unsigned k = 0; k < n; k++) {
        double up = n > 1 ? low + (top - low) * k / (n - 1) : 0;
        if (kind == LIDAR_VLP16)
            up = -15 + 2.0 * (k / 2 + (k % 2) * 8);
        else if (kind == LIDAR_VLP32C)
            up = vlp32[k] / 1000.0;
        else if (kind == LIDAR_HDL32E)
            up = -30.67 + 4.0 / 3 * k;
        else if (kind == LIDAR_HDL64)
            up = k < 32 ? 2.0 - k / 3.0 : -8.83 - (k - 32) / 2.0;
        m->elevation[k] = up * DEGREE;
        m->aside[k] = kind == LIDAR_VLP32C ? (double)(k % 3) * 1.4 * DEGREE
                                           : -2 * PI / m->r->turn * k / (2 * n);
        if (kind == LIDAR_HDL64) {
            m->aside[k] = between(&m->random, -0.1, 0.1);
            m->high[k] = k < 32 ? 0.21 : 0.12;
            m->right[k] = k & 1 ? 0.026 : -0.026;
        }
    }
}

static void set_room(struct room *m, const struct lidar_recipe *r)
{
    memset(m, 0, sizeof *m);
    m->r = r;
    m->random = r->seed * 0x9E3779B97F4A7C15u + 7;
    for (unsigned k = 0; k < 4; k++)
        m->wall[k] = r->far * between(&m->random, 0.6, 1);
    m->floor = fmin(r->far * between(&m->random, 0.2, 0.5), 1.8);
    m->ceiling = r->far > 15 ? 1e9 : r->far * between(&m->random, 0.2, 0.6);
    m->start = between(&m->random, -PI, PI);
    m->ticks = chance(&m->random, 3) ? 36000 : chance(&m->random, 2) * 90112;
    set_lasers(m);
}

/* How far a ray from the sensor sees: walls with pillars, floor, ceiling. */
static double see(const struct room *m, double azimuth, double elevation)
{
    const double c = cos(azimuth), s = sin(azimuth);
    const double ways[2] = {m->wall[c < 0] / fmax(fabs(c), 1e-6),
                            m->wall[2 + (s < 0)] / fmax(fabs(s), 1e-6)};
    double way = fmin(ways[0], ways[1]);
    way *= sin(9 * azimuth) > 0.8 ? 0.7 : 1; /* a pillar */
    const double up = tan(elevation);
    if (up < 0)
        way = fmin(way, m->floor / -up);
    if (up > 0)
        way = fmin(way, m->ceiling / up);
    return way / cos(elevation);
}

static void put(uint8_t *at, double value)
{
    const float rounded = (float)value;
    memcpy(at, &rounded, sizeof rounded);
}

/* Words behind the coordinates: intensity, laser, time, whatever. */
static void put_others(struct room *m, unsigned column, unsigned laser,
                       uint8_t *at)
{
    const int shine =
        (int)(40 + 30 * sin(column * 0.02) + noise(&m->random, 4) + laser / 4);
    for (unsigned c = 3; c < m->r->words; c++) {
        double value = (double)(column * (c + 1));
        if (c == 3)
            value = m->r->digits < FLOATS ? shine / 100.0 : shine;
        else if (c == 4)
            value = laser;
        else if (c == 5)
            value = column * 1e-4 + laser * 2e-6;
        else if (c == 6)
            value = 0;
        else if (c == 7)
            value = between(&m->random, 0, 1);
        put(at + (size_t)c * 4, value);
    }
}

/* One record. \return 0: it is left out */
static int shoot(struct room *m, unsigned column, unsigned laser, uint8_t *at)
{
    const struct lidar_recipe *r = m->r;
    double told = m->start - 2 * PI * column / r->turn;
    if (m->ticks > 0)
        told = floor(told / (2 * PI) * m->ticks) * (2 * PI) / m->ticks;
    const double a = told + m->aside[laser], e = m->elevation[laser];
    double range = see(m, a, e) + noise(&m->random, 0.008);
    if (r->tick > 0)
        range = floor(range / r->tick + 0.5) * (double)(float)r->tick;
    const int lost = range > 200 || range < 0.1 || chance(&m->random, 50) == 0;
    const double ahead = range * cos(e) - m->high[laser] * sin(e);
    double v[3] = {ahead * cos(a) - m->right[laser] * sin(a),
                   ahead * sin(a) + m->right[laser] * cos(a),
                   range * sin(e) + m->high[laser] * cos(e)};
    put_others(m, column, laser, at);
    if (lost && r->miss == LIDAR_LEFT_OUT)
        return 0;
    if (r->speed > 0) {
        const double t = ((double)column / r->turn - 1) * 0.1;
        const double turned = r->yaw * t, x = v[0], y = v[1];
        v[0] = x * cos(turned) - y * sin(turned) + r->speed * t;
        v[1] = x * sin(turned) + y * cos(turned);
    }
    const double unit = pow(10, r->digits);
    for (unsigned c = 0; c < 3; c++) {
        if (lost)
            v[c] = r->miss == LIDAR_ZERO ? 0 : NAN;
        else if (r->digits < FLOATS)
            v[c] = floor(v[c] * unit + 0.5) / unit;
        put(at + (size_t)c * 4, v[c]);
    }
    return 1;
}

static size_t make_room(uint8_t *at, const struct lidar_recipe *r)
{
    struct room m;
    const unsigned all = r->lasers * r->columns;
    const size_t each = (size_t)r->words * 4;
    size_t size = 0;
    set_room(&m, r);
    for (unsigned shot = 0; shot < all; shot++) {
        const int rings = r->order == LIDAR_BY_RING;
        const unsigned laser = rings ? shot / r->columns : shot % r->lasers;
        const unsigned column = rings ? shot % r->columns : shot / r->lasers;
        if (shoot(&m, column, laser, at + size))
            size += each;
    }
    return size;
}

/* Those of a vehicle. */
static size_t make_drive(uint8_t *at, const struct lidar_recipe *r)
{
    const struct lidar_drive drive = {
        .speed = r->speed, .yaw = r->yaw, .seed = r->seed};
    if (r->kind == LIDAR_DRIVE_HDL32)
        return lidar_frame_hdl32(at, r->columns, &drive);
    if (r->kind == LIDAR_DRIVE_VLP32)
        return lidar_frame_vlp32(at, r->columns, (int)(r->seed & 1), &drive);
    const struct lidar_style style = {.by_ring = 1,
                                      .decimal = r->digits < FLOATS};
    struct lidar_sensor sensor;
    lidar_hdl64(&sensor, r->seed);
    const size_t size = lidar_frame(at, &sensor, &style, &drive);
    const size_t most = (size_t)r->columns * r->lasers * 16;
    return size < most ? size : most;
}

/* ---- Order --------------------------------------------------------------- */

static void swap(uint8_t *a, uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

static void shuffle(uint8_t *at, size_t count, size_t each, uint64_t *seed)
{
    for (size_t i = count; i > 1; i--) {
        const size_t j = chance(seed, (uint32_t)i);
        if (j != i - 1)
            swap(at + (i - 1) * each, at + j * each, each);
    }
}

/* Puts pieces of so many bytes into an order. \return bytes */
static size_t put_in_order(uint8_t *at, size_t size, size_t piece,
                           const struct lidar_recipe *r, uint64_t *seed)
{
    const size_t each = (size_t)r->words * 4, count = size / piece;
    size_t kept = 0;
    if (r->order == LIDAR_SHUFFLED) {
        shuffle(at, size / each, each, seed);
    } else if (r->order == LIDAR_COLUMNS_SHUFFLED) {
        shuffle(at, count, piece, seed);
    } else if (r->order == LIDAR_REVERSED) {
        for (size_t i = 0; i < count / 2; i++)
            swap(at + i * piece, at + (count - 1 - i) * piece, piece);
    } else if (r->order == LIDAR_REPEATED) {
        memmove(at + size, at, size); /* there is room for twice as much */
        for (size_t i = 0; i < count; i++)
            for (unsigned k = 0; k < 2; k++, kept += piece)
                memmove(at + kept, at + size + i * piece, piece);
        return kept;
    } else if (r->order == LIDAR_DECIMATED || r->order == LIDAR_THINNED) {
        const size_t unit = r->order == LIDAR_THINNED ? each : piece;
        for (size_t i = 0; i < size / unit; i++)
            if (unit == piece ? i % 3 == 0 : chance(seed, 4) > 0) {
                memmove(at + kept, at + i * unit, unit);
                kept += unit;
            }
        return kept;
    }
    return size;
}

/* Numbers that hardly are one. */
static void put_odd(uint8_t *at, size_t size, unsigned thousandth,
                    uint64_t *seed)
{
    static const uint32_t odd[] = {
        0x7FC12345, 0xFF800001, 0x7F800000, 0xFF800000, 0x00000001, 0x807FFFFF,
        0x80000000, 0x7F7FFFFF, 0x4B800001, 0xC7800000, 0x00000000};
    for (size_t i = 0; i + 4 <= size; i += 4)
        if (chance(seed, 1000) < thousandth)
            memcpy(at + i, &odd[chance(seed, sizeof odd / sizeof *odd)], 4);
}

size_t lidar_scan(uint8_t *scan, const struct lidar_recipe *r)
{
    const size_t piece = (size_t)r->lasers * r->words * 4;
    uint64_t seed = r->seed + 99;
    uint8_t *at = scan + r->before;
    memset(scan, 0x33, r->before);
    size_t size =
        r->kind >= LIDAR_DRIVE_HDL32 ? make_drive(at, r) : make_room(at, r);
    size = put_in_order(at, size, piece, r, &seed);
    put_odd(at, size, r->odd, &seed);
    memset(at + size, 0x55, r->behind);
    return r->before + size + r->behind;
}
