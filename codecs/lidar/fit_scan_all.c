/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_scan_all.c
 * \brief All of a scan's fit: where it ends, the work memory, and from
 *        floating point to the integers that are sent.
 */
#include "config.h"

#include "codecs/lidar/fit_scan.h"

#include <math.h>
#include <string.h>

/* ---- Where a scan ends --------------------------------------------------- */

enum { WINDOW = 64 };

struct direction {
    double x, y;
};

static float value_at(const uint8_t *record, unsigned columns, size_t i,
                      unsigned c)
{
    const uint32_t bits = mdci_load32(record + (i * columns + c) * 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double way_of(const uint8_t *record, unsigned columns, size_t i)
{
    return hypot(value_at(record, columns, i, 0),
                 value_at(record, columns, i, 1));
}

/* \param least  metres from where on a point tells a direction */
static struct direction direction_of(const uint8_t *record, unsigned columns,
                                     size_t i, double least)
{
    const double size = way_of(record, columns, i);
    if (!(size > least && size < 1000))
        return (struct direction){0, 0};
    return (struct direction){value_at(record, columns, i, 0) / size,
                              value_at(record, columns, i, 1) / size};
}

/* Near points may be of the vehicle; in a small room there are no others. */
static double least_way(const uint8_t *record, unsigned columns, size_t count)
{
    const double far = 1, near = 0.1;
    size_t seen = 0;
    for (size_t i = 0; i < count; i += 16)
        seen += way_of(record, columns, i) > far;
    return seen * 16 > count / 2 ? far : near;
}

size_t mdci_scan_end(const uint8_t *record, unsigned columns, size_t count)
{
    struct direction before = {0, 0}, after = {0, 0};
    double most = 0.1;
    size_t end = 0;
    if (count <= 2 * WINDOW)
        return count;
    const double least = least_way(record, columns, count);
    for (size_t i = 0; i < 2 * WINDOW; i++) {
        const struct direction d = direction_of(record, columns, i, least);
        struct direction *to = i < WINDOW ? &before : &after;
        to->x += d.x;
        to->y += d.y;
    }
    for (size_t i = WINDOW; i + WINDOW < count; i++) {
        /* How little both sides agree, of opposite directions 1. */
        const double product = before.x * after.x + before.y * after.y;
        const double apart = 0.5 - product / (2.0 * WINDOW * WINDOW);
        if (apart > most) {
            most = apart;
            end = i;
        } else if (end > 0 && i > end + 2 * WINDOW) {
            break;
        }
        const struct direction first =
            direction_of(record, columns, i - WINDOW, least);
        const struct direction middle = direction_of(record, columns, i, least);
        const struct direction last =
            direction_of(record, columns, i + WINDOW, least);
        before.x += middle.x - first.x;
        before.y += middle.y - first.y;
        after.x += last.x - middle.x;
        after.y += last.y - middle.y;
    }
    return end > 0 ? end : count;
}

/* ---- Integers ------------------------------------------------------------ */

static int64_t scaled(double v, int q)
{
    return mdci_fit_whole(ldexp(v, q), (int64_t)1 << 62);
}

/* The place of the lowest bit of nearly all coordinates of near points: a
 * sum of floats is no finer than the larger one was. */
static uint32_t find_grid(const uint8_t *record, unsigned columns, size_t count,
                          unsigned c)
{
    size_t finer[32] = {0}, all = 0; /* not a multiple of 2^-k */
    for (size_t i = 0; i < count; i++) {
        const double v = value_at(record, columns, i, c);
        if (!(fabs(v) < 0.5))
            continue;
        all++;
        for (unsigned k = 0; k < 32; k++) {
            const double place = ldexp(v, (int)k);
            if (place == floor(place))
                break;
            finer[k]++;
        }
    }
    uint32_t grid = 0;
    while (grid < 31 && finer[grid] * 100 > all)
        grid++;
    return all < 32 ? 31 : grid;
}

static void quantise(const struct mdci_scan *s, struct mdci_vlp32 *p,
                     struct mdci_vlp32_work *w)
{
    memset(p, 0, sizeof *p);
    p->count = s->count;
    p->firings = s->firings;
    p->flip = (uint32_t)s->flip;
    p->step = (int32_t)lround(s->speed);
    p->knots = s->path.knots;
    for (unsigned k = 0; k < p->knots; k++) {
        p->time[k] = mdci_fit_whole(s->path.time[k] * 4, 1 << 20);
        for (unsigned c = 0; c < 6; c++)
            p->pose[k][c] = scaled(s->path.node[k][c], MDCI_LIDAR_VECTOR_Q);
    }
    memset(w->range, 0, sizeof *w->range * s->firings);
    for (unsigned i = 0; i < s->count; i++)
        w->range[s->firing[i]][s->laser[i]] = s->range[i] < 1 ? 1
                                              : s->range[i] > MDCI_VLP32_RANGE
                                                  ? MDCI_VLP32_RANGE
                                                  : s->range[i];
    memcpy(w->start, s->start, sizeof *w->start * (s->groups + 1));
    for (unsigned i = 0; i * MDCI_VLP32_PACKET < s->firings; i++)
        w->delay[i] = (int32_t)lround(s->delay[i] * MDCI_VLP32_MOMENT);
    const int32_t whole = s->azimuth[0] % 36000;
    const int32_t shift = (whole < 0 ? whole + 36000 : whole) - s->azimuth[0];
    for (unsigned i = 0; i < s->firings; i++)
        w->azimuth[i] = s->azimuth[i] + shift;
}

/* Whether the decoder will take them. */
static int is_scan(const struct mdci_vlp32 *p)
{
    unsigned k = 0;
    if (!mdci_vlp32_is_head(p))
        return 0;
    while (k < p->knots && mdci_vlp32_is_knot(p, k))
        k++;
    return k == p->knots;
}

/* ---- All ----------------------------------------------------------------- */

static void release(struct mdci_scan *s)
{
    const struct mdc_allocator *a = s->path.allocator;
    mdci_free(a, s->point);
    mdci_free(a, s->raw);
    mdci_free(a, s->time);
    mdci_free(a, s->laser);
    mdci_free(a, s->firing);
    mdci_free(a, s->group);
    mdci_free(a, s->range);
    mdci_free(a, s->good);
    mdci_free(a, s->first);
    mdci_free(a, s->azimuth);
    mdci_free(a, s->rate);
    mdci_free(a, s->start);
    mdci_free(a, s->when);
    mdci_free(a, s->delay);
    mdci_free(a, s->path.pose);
    mdci_free(a, s->path.normal);
}

static int reserve(struct mdci_scan *s)
{
    const struct mdc_allocator *a = s->path.allocator;
    const size_t n = s->count;
    const size_t firings = MDCI_VLP32_FIRINGS;
    /* A group takes a firing's time or more. */
    s->point = mdci_alloc(a, sizeof *s->point * n);
    s->raw = mdci_alloc(a, sizeof *s->raw * n);
    s->time = mdci_alloc(a, sizeof *s->time * n);
    s->laser = mdci_alloc(a, sizeof *s->laser * n);
    s->firing = mdci_alloc(a, sizeof *s->firing * n);
    s->group = mdci_alloc(a, sizeof *s->group * n);
    s->range = mdci_alloc(a, sizeof *s->range * n);
    s->good = mdci_alloc(a, sizeof *s->good * n);
    s->first = mdci_alloc(a, sizeof *s->first * (firings + 1));
    s->azimuth = mdci_alloc(a, sizeof *s->azimuth * firings);
    s->rate = mdci_alloc(a, sizeof *s->rate * firings);
    s->start = mdci_alloc(a, sizeof *s->start * (firings + 1));
    s->when = mdci_alloc(a, sizeof *s->when * firings);
    s->delay = mdci_alloc(a, sizeof *s->delay * firings);
    s->path.pose = mdci_alloc(a, sizeof *s->path.pose * firings);
    s->path.normal = mdci_alloc(a, sizeof *s->path.normal * firings);
    return s->point && s->raw && s->time && s->laser && s->firing && s->group &&
           s->range && s->good && s->first && s->azimuth && s->rate &&
           s->start && s->when && s->delay && s->path.pose && s->path.normal;
}

uint64_t mdci_scan_memory(uint64_t points)
{
    const struct mdci_scan *s = NULL;
    const uint64_t n = points < MDCI_VLP32_POINTS ? points : MDCI_VLP32_POINTS;
    const uint64_t each = sizeof *s->point + sizeof *s->raw + sizeof *s->time +
                          sizeof *s->laser + sizeof *s->firing +
                          sizeof *s->group + sizeof *s->range + sizeof *s->good;
    const uint64_t a_firing = sizeof *s->first + sizeof *s->azimuth +
                              sizeof *s->rate + sizeof *s->start +
                              sizeof *s->when + sizeof *s->delay +
                              sizeof *s->path.pose + sizeof *s->path.normal;
    /* Beside these, equations of all nodes. */
    return sizeof *s + each * n + a_firing * (MDCI_VLP32_FIRINGS + 1) +
           (UINT64_C(2) << 20);
}

/* What is no place is taken for that of the point before. */
static void load(struct mdci_scan *s, const uint8_t *record, unsigned columns)
{
    for (unsigned i = 0; i < s->count; i++)
        for (unsigned c = 0; c < 3; c++) {
            const double v = value_at(record, columns, i, c);
            s->point[i][c] = fabs(v) < 1000 ? v
                             : i > 0        ? s->point[i - 1][c]
                                            : 0;
        }
}

enum mdc_status mdci_fit_scan(struct mdci_vlp32 *p, struct mdci_vlp32_work *w,
                              const uint8_t *record, unsigned columns,
                              size_t count,
                              const struct mdc_allocator *allocator)
{
    if (count < 1000 || count > MDCI_VLP32_POINTS)
        return MDC_DATA;
    struct mdci_scan *s = mdci_alloc(allocator, sizeof *s);
    if (!s)
        return MDC_MEM;
    memset(s, 0, sizeof *s);
    s->count = (unsigned)count;
    s->path.worth = 300;
    s->path.allocator = allocator;
    enum mdc_status status = reserve(s) ? MDC_OK : MDC_MEM;
    if (status == MDC_OK) {
        load(s, record, columns);
        memset(s->delay, 0, sizeof *s->delay * MDCI_VLP32_FIRINGS);
        /* Firings without a point that says enough have none of their own. */
        memset(s->azimuth, 0, sizeof *s->azimuth * MDCI_VLP32_FIRINGS);
        if (!mdci_scan_start(s) || !mdci_scan_refine(s))
            status = MDC_DATA;
    }
    if (status == MDC_OK) {
        quantise(s, p, w);
        for (unsigned c = 0; c < 3; c++)
            p->grid[c] = find_grid(record, columns, count, c);
        if (!is_scan(p))
            status = MDC_DATA;
    }
    release(s);
    mdci_free(allocator, s);
    return status;
}
