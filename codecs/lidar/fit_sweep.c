/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_sweep.c
 * \brief All of a sweep's fit: poses, lattice, knots, azimuths; and from
 *        floating point to the integers that are sent.
 */
#include "config.h"

#include "codecs/lidar/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double fraction(double v)
{
    return v - floor(v + 0.5);
}

/* ---- Height -------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double count_above(const double *sorted, size_t count, double limit)
{
    size_t lo = 0, hi = count;
    while (lo < hi) {
        const size_t middle = (lo + hi) / 2;
        if (sorted[middle] < limit)
            lo = middle + 1;
        else
            hi = middle;
    }
    return (double)(count - lo);
}

void mdci_fit_height(struct mdci_fit *f)
{
    const double spacing = ldexp(1, -23);
    const size_t room = (size_t)f->firings * MDCI_FIT_LASERS;
    double *odd[2] = {mdci_alloc(f->allocator, sizeof(double) * room),
                      mdci_alloc(f->allocator, sizeof(double) * room)};
    size_t count[2] = {0, 0};
    double c = 0, s = 0;
    f->height = 1.84;
    if (odd[0] && odd[1]) {
        for (unsigned i = 0; i < f->firings; i++)
            for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
                const double *p = f->point[i][k];
                const double z = dot(f->axis[2], p);
                if (!f->good[i][k] || fabs(z) > 0.1 || fabs(p[2]) > 1)
                    continue;
                c += cos(2 * PI * fraction(z / spacing));
                s += sin(2 * PI * fraction(z / spacing));
            }
        const double phase = atan2(s, c) / (2 * PI);
        for (unsigned i = 0; i < f->firings; i++)
            for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
                const double *p = f->point[i][k];
                const double z = dot(f->axis[2], p);
                const double place = z / spacing - phase;
                const double whole = floor(place + 0.5);
                if (!f->good[i][k] || fabs(p[2]) > 1 ||
                    fabs(place - whole) > 0.2 || z < -0.2 || z > 0.8)
                    continue;
                const int side = (mdci_fit_whole(whole, 1 << 24) & 1) != 0;
                odd[side][count[side]++] = z;
            }
        double best = -INFINITY, limit = 0;
        int parity = 0;
        for (int side = 0; side < 2; side++)
            qsort(odd[side], count[side], sizeof(double), by_value);
        for (int side = 0; side < 2; side++)
            for (double b = 0; b < 0.6; b += 0.0005) {
                const double same = count_above(odd[side], count[side], b);
                const double other = count_above(odd[!side], count[!side], b);
                const double below =
                    (double)(count[0] + count[1]) - same - other;
                const double value =
                    below * log(0.5) + same * log(0.98) + other * log(0.02);
                if (value > best) {
                    best = value;
                    limit = b;
                    parity = side;
                }
            }
        double place = floor(limit / spacing - phase + 0.5);
        if (((mdci_fit_whole(place, 1 << 24) & 1) != 0) != parity)
            place += 1;
        f->height = 2 - (place + phase) * spacing;
    }
    mdci_free(f->allocator, odd[0]);
    mdci_free(f->allocator, odd[1]);
}

/* ---- Azimuths ------------------------------------------------------------ */

static int32_t lag_of(int32_t turn, unsigned laser)
{
    const int32_t order =
        (int32_t)(laser < 16 ? 2 * laser : 2 * (laser - 16) + 1);
    return (turn * order + 20) / 40;
}

/* How many of a firing's ticks a turn explains; *start is the first's tick. */
static unsigned explained(const struct mdci_fit *f, unsigned i, int32_t turn,
                          int32_t *start)
{
    unsigned most = 0;
    for (unsigned k = 0; k < MDCI_FIT_LASERS && most < MDCI_FIT_LASERS / 2;
         k++) {
        if (!f->good[i][k])
            continue;
        const int32_t first = f->tick[i][k] + lag_of(turn, k);
        unsigned count = 0;
        for (unsigned j = 0; j < MDCI_FIT_LASERS; j++)
            count += f->good[i][j] &&
                     (f->tick[i][j] + lag_of(turn, j) - first) % 36000 == 0;
        if (count > most) {
            most = count;
            *start = first;
        }
    }
    return most;
}

static int32_t nearest_turn(int32_t tick, int32_t to)
{
    int32_t d = (tick - to) % 36000;
    d = d > 18000 ? d - 36000 : d < -18000 ? d + 36000 : d;
    return to + d;
}

static void find_azimuths(const struct mdci_fit *f,
                          struct mdci_lidar_spin *spin)
{
    int32_t *azimuth = spin->azimuth, *turn = spin->turn;
    int32_t last = 33, expected = 0;
    int known = 0;
    for (unsigned i = 0; i < f->firings; i++) {
        unsigned most = 0;
        int32_t start = expected;
        turn[i] = last;
        for (int32_t t = 28; t <= 38; t++) {
            int32_t at = 0;
            const unsigned count =
                explained(f, i, t, &at) * 2 + (unsigned)(t == last);
            if (count > most + (most == 0)) {
                most = count;
                turn[i] = t;
                start = at;
            }
        }
        azimuth[i] = known ? nearest_turn(start, expected)
                           : ((start % 36000) + 36000) % 36000;
        known |= most > 1;
        last = turn[i];
        expected = azimuth[i] - last;
    }
    /* The step to the next is the turn, unless that explains less. */
    for (unsigned i = 0; i + 1 < f->firings; i++) {
        const int32_t step = azimuth[i] - azimuth[i + 1];
        int32_t at = azimuth[i];
        if (step == turn[i] || step < 20 || step > 50)
            continue;
        int32_t before = at;
        const unsigned now = explained(f, i, turn[i], &before);
        if (explained(f, i, step, &at) >= now &&
            nearest_turn(at, azimuth[i]) == azimuth[i])
            turn[i] = step;
    }
    const int32_t shift = azimuth[0] < 0 ? 36000 : 0;
    for (unsigned i = 0; i < f->firings; i++)
        azimuth[i] += shift;
}

/* ---- Integers ------------------------------------------------------------ */

static int64_t scaled(double v, int q)
{
    return mdci_fit_whole(ldexp(v, q), (int64_t)1 << 62);
}

static void quantise(const struct mdci_fit *f, struct mdci_lidar_sweep *sweep)
{
    memset(sweep, 0, sizeof *sweep);
    sweep->firings = f->firings;
    for (unsigned i = 0; i < 9; i++)
        sweep->axis[i / 3][i % 3] = scaled(f->axis[i / 3][i % 3], 48);
    for (unsigned i = 0; i < 2; i++) {
        sweep->shift[i] = (uint32_t)f->shift[i];
        sweep->phase[i] = scaled(f->phase[i], 24) & 0xFFFFFF;
    }
    sweep->height = scaled(f->height, 40);
    sweep->knots = f->path.knots;
    for (unsigned k = 0; k < f->path.knots; k++) {
        sweep->time[k] = (uint32_t)mdci_fit_whole(f->path.time[k] * 4, 65535);
        for (unsigned c = 0; c < 6; c++)
            sweep->pose[k][c] = scaled(f->path.node[k][c], MDCI_LIDAR_VECTOR_Q);
    }
}

/* Whether the decoder will take them. */
static int is_sweep(const struct mdci_lidar_sweep *sweep)
{
    unsigned k = 0;
    if (!mdci_lidar_is_head(sweep))
        return 0;
    while (k < sweep->knots && mdci_lidar_is_knot(sweep, k))
        k++;
    return k == sweep->knots;
}

/* ---- All ----------------------------------------------------------------- */

static void release(struct mdci_fit *f)
{
    mdci_free(f->allocator, f->point);
    mdci_free(f->allocator, f->origin);
    mdci_free(f->allocator, f->path.pose);
    mdci_free(f->allocator, f->tick);
    mdci_free(f->allocator, f->good);
    mdci_free(f->allocator, f->raw);
    mdci_free(f->allocator, f->path.normal);
}

static int reserve(struct mdci_fit *f)
{
    const size_t n = f->firings;
    f->point = mdci_alloc(f->allocator, sizeof *f->point * n);
    f->origin = mdci_alloc(f->allocator, sizeof *f->origin * n);
    f->path.pose = mdci_alloc(f->allocator, sizeof *f->path.pose * n);
    f->tick = mdci_alloc(f->allocator, sizeof *f->tick * n);
    f->good = mdci_alloc(f->allocator, sizeof *f->good * n);
    f->raw = mdci_alloc(f->allocator, sizeof *f->raw * n);
    f->path.normal = mdci_alloc(f->allocator, sizeof *f->path.normal * n);
    return f->point && f->origin && f->path.pose && f->tick && f->good &&
           f->raw && f->path.normal;
}

uint64_t mdci_fit_memory(unsigned firings)
{
    const struct mdci_fit *f = NULL;
    const uint64_t each = sizeof *f->point + sizeof *f->origin +
                          sizeof *f->path.pose + sizeof *f->tick +
                          sizeof *f->good + sizeof *f->raw +
                          sizeof *f->path.normal;
    /* Beside these, equations of all nodes, or heights to be sorted. */
    return sizeof *f + each * firings +
           (uint64_t)firings * MDCI_FIT_LASERS * 2 * sizeof(double) +
           (UINT64_C(2) << 20);
}

static double float_at(const uint8_t *at)
{
    const uint32_t bits = mdci_load32(at);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Where the sensor was in a firing: a place near the middle at which two
 * points are. \return 0: none */
static int find_origin(const uint8_t *record, double *origin)
{
    for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
        const uint8_t *at = record + (size_t)k * MDCI_LIDAR_RECORD;
        for (unsigned c = 0; c < 3; c++)
            origin[c] = float_at(at + c * 4);
        if (!(fabs(origin[0]) + fabs(origin[1]) + fabs(origin[2]) < 4))
            continue;
        for (unsigned j = k + 1; j < MDCI_FIT_LASERS; j++)
            if (memcmp(at, record + (size_t)j * MDCI_LIDAR_RECORD, 12) == 0)
                return 1;
    }
    return 0;
}

unsigned mdci_sweep_end(const uint8_t *record, unsigned firings)
{
    /* Metres, more than a vehicle moves from firing to firing. */
    const double jump = 0.02, speed = 0.004;
    double last[3] = {0}, now[3];
    unsigned known = 0; /* the firing of last, plus 1 */
    for (unsigned i = 0; i < firings; i++) {
        const uint8_t *at =
            record + (size_t)i * MDCI_FIT_LASERS * MDCI_LIDAR_RECORD;
        if (!find_origin(at, now))
            continue;
        if (known && fabs(now[0] - last[0]) + fabs(now[1] - last[1]) >
                         jump + speed * (i - known))
            return i;
        memcpy(last, now, sizeof last);
        known = i + 1;
    }
    return firings;
}

static int load(struct mdci_fit *f, const uint8_t *record)
{
    for (unsigned i = 0; i < f->firings * MDCI_FIT_LASERS; i++)
        for (unsigned c = 0; c < 3; c++) {
            const uint32_t bits =
                mdci_load32(record + (size_t)i * MDCI_LIDAR_RECORD + c * 4);
            float value;
            memcpy(&value, &bits, sizeof value);
            if (!(fabs(value) < 1000))
                return 0;
            f->point[i / MDCI_FIT_LASERS][i % MDCI_FIT_LASERS][c] = value;
        }
    return 1;
}

/* Points that are where the sensor was had no return. */
static void mark_empty(struct mdci_fit *f)
{
    for (unsigned i = 0; i < f->firings; i++)
        for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
            const double *p = f->point[i][k], *o = f->origin[i];
            if (fabs(p[0] - o[0]) + fabs(p[1] - o[1]) + fabs(p[2] - o[2]) <
                0.002)
                f->range[i][k] = 0;
        }
}

static enum mdc_status fit(struct mdci_fit *f)
{
    if (!mdci_fit_track(f) || !mdci_fit_lattice(f))
        return MDC_DATA;
    for (unsigned round = 0; round < 2; round++) {
        if (mdci_fit_poses(f, 3) < 0)
            return MDC_DATA;
        mdci_fit_measure(f);
    }
    (void)mdci_fit_poses(f, 3);
    mdci_fit_knots(&f->path);
    for (unsigned round = 0; round < 2; round++) {
        if (mdci_fit_poses(f, 3) < 0)
            return MDC_DATA;
        mdci_fit_measure(f);
    }
    mdci_fit_height(f);
    mark_empty(f);
    return MDC_OK;
}

enum mdc_status mdci_fit_sweep(struct mdci_lidar_sweep *sweep,
                               struct mdci_lidar_spin *spin,
                               const uint8_t *record, unsigned firings,
                               const struct mdc_allocator *allocator)
{
    struct mdci_fit *f = mdci_alloc(allocator, sizeof *f);
    if (!f)
        return MDC_MEM;
    memset(f, 0, sizeof *f);
    f->firings = firings;
    f->path.stations = firings;
    f->path.worth = 350;
    f->path.allocator = allocator;
    f->spin = spin;
    f->range = spin->range;
    f->allocator = allocator;
    enum mdc_status status = reserve(f) ? MDC_OK : MDC_MEM;
    if (status == MDC_OK)
        status = load(f, record) ? fit(f) : MDC_DATA;
    if (status == MDC_OK) {
        find_azimuths(f, spin);
        quantise(f, sweep);
        if (!is_sweep(sweep))
            status = MDC_DATA;
    }
    release(f);
    mdci_free(allocator, f);
    return status;
}
