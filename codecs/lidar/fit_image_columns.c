/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_image_columns.c
 * \brief Which laser saw a point, and when: by the turns of a frame that goes
 *        ring by ring, by elevations and the order of lasers in one that goes
 *        firing by firing.
 */
#include "config.h"

#include "codecs/lidar/fit_image.h"
#include "codecs/lidar/fit_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI     3.14159265358979323846
#define DEGREE (PI / 180)

enum { BINS = 720, ENOUGH = 500 };

double mdci_learn_angle(double a)
{
    return a - 2 * PI * floor(a / (2 * PI) + 0.5);
}

static double elevation_of(const struct mdci_learned *f, size_t i)
{
    return atan2(f->point[i][2], hypot(f->point[i][0], f->point[i][1]));
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Whether neighbours mostly have the same elevation; and the direction. */
static int find_arrangement(struct mdci_learned *f)
{
    size_t level = 0, forth = 0, pairs = 0, last = 0;
    for (size_t i = 1; i < f->count; i++) {
        if (f->blank[i])
            continue;
        const double up = elevation_of(f, i) - elevation_of(f, last);
        level += fabs(up) < 0.15 * DEGREE;
        forth += mdci_learn_angle(f->azimuth[i] - f->azimuth[last]) > 0;
        pairs++;
        last = i;
    }
    f->by_ring = level * 10 > pairs * 7;
    f->direction = forth * 2 > pairs ? 1 : -1;
    return pairs >= ENOUGH;
}

/* ---- Ring by ring -------------------------------------------------------- */

/* Way from the start, 0 to 2 pi. */
static double way_of(const struct mdci_learned *f, size_t i)
{
    const double way =
        mdci_learn_angle((f->azimuth[i] - f->start) * f->direction);
    return way < 0 ? way + 2 * PI : way;
}

/* Rings start where elevations jump most often, but not ways: there, things
 * have edges. */
static void find_start(struct mdci_learned *f)
{
    unsigned jumps[BINS] = {0}, best = 0;
    size_t last = 0;
    for (size_t i = 1; i < f->count; i++) {
        if (f->blank[i])
            continue;
        const double way = hypot(f->point[i][0], f->point[i][1]);
        const double from = hypot(f->point[last][0], f->point[last][1]);
        if (fabs(way - from) < 0.3 * way &&
            fabs(elevation_of(f, i) - elevation_of(f, last)) > 0.15 * DEGREE) {
            const double turn = f->azimuth[i] / (2 * PI) + 1;
            jumps[(unsigned)(turn * BINS) % BINS]++;
        }
        last = i;
    }
    for (unsigned b = 1; b < BINS; b++)
        if (jumps[b] + jumps[(b + 1) % BINS] >
            jumps[best] + jumps[(best + 1) % BINS])
            best = b;
    f->start = (best + 1) * (2 * PI / BINS) - f->direction * 2 * DEGREE;
}

/* The line of heights over ways of a ring's points. */
struct line {
    double n, x, y, xx, xy;
};

static void add_to_line(struct line *l, const double *p)
{
    const double way = hypot(p[0], p[1]);
    l->n++;
    l->x += way;
    l->y += p[2];
    l->xx += way * way;
    l->xy += way * p[2];
}

static double slope_of(const struct line *l)
{
    const double spread = l->n * l->xx - l->x * l->x;
    return spread > 1e-6 * l->n * l->xx ? (l->n * l->xy - l->x * l->y) / spread
                                        : l->y / (l->x + 1e-9);
}

/* How far a point is from the line, by its way. */
static double off_line(const struct line *l, const double *p)
{
    const double slope = slope_of(l);
    const double high = l->n > 0 ? (l->y - slope * l->x) / l->n : 0;
    const double way = hypot(p[0], p[1]);
    return (p[2] - slope * way - high) / way;
}

/* The first point of the next ring: from point i, the first behind the start,
 * that which leaves the line of this ring's points. */
static size_t ring_end(const struct mdci_learned *f, const struct line *line,
                       size_t i)
{
    const double window = 4 * DEGREE;
    double most = -1;
    size_t end = f->count;
    for (size_t j = i; j < f->count && (j == i || way_of(f, j) < window); j++) {
        if (f->blank[j] || f->blank[j - 1])
            continue;
        const double jump =
            fabs(off_line(line, f->point[j]) - off_line(line, f->point[j - 1]));
        if (jump > most) {
            most = jump;
            end = j;
        }
    }
    /* The last ring's end is not followed by another. */
    return most < 0.05 * DEGREE && f->count - i < f->count / 50 ? f->count
                                                                : end;
}

/* Numbers the rings: one ends near the start. A frame ends where they go
 * back. */
static void find_rings(struct mdci_learned *f)
{
    struct line line = {0};
    double before = 0, trend = 0;
    size_t first = 0;
    unsigned ring = 0;
    for (size_t i = 1; i <= f->count; i++) {
        if (i < f->count && (f->blank[i] || f->blank[i - 1] ||
                             way_of(f, i) > way_of(f, i - 1) - PI)) {
            if (!f->blank[i])
                add_to_line(&line, f->point[i]);
            continue;
        }
        const size_t next = i < f->count ? ring_end(f, &line, i) : i;
        const double slope = slope_of(&line), change = slope - before;
        if (ring == 1)
            trend = change;
        if (ring == MDCI_IMAGE_LASERS ||
            (ring > 1 && change * trend < 0 && fabs(change) > 4 * DEGREE)) {
            f->count = first;
            break;
        }
        before = slope;
        memset(f->laser + first, (int)ring, next - first);
        ring++;
        first = i = next;
        memset(&line, 0, sizeof line);
    }
    f->lasers = ring;
}

/* The mean way from point to point where none is missing. */
static int find_step(struct mdci_learned *f)
{
    size_t n = 0;
    for (size_t i = 1; i < f->count; i++) {
        const double step = mdci_learn_angle(f->azimuth[i] - f->azimuth[i - 1]);
        if (f->laser[i] == f->laser[i - 1] && !f->blank[i] &&
            !f->blank[i - 1] && step * f->direction > 0)
            f->sample[n++] = step * f->direction;
    }
    if (n < ENOUGH)
        return 0;
    qsort(f->sample, n, sizeof *f->sample, by_value);
    const double middle = f->sample[n / 2];
    double sum = 0, count = 0;
    for (size_t i = 0; i < n; i++)
        if (f->sample[i] > middle * 0.6 && f->sample[i] < middle * 1.4) {
            sum += f->sample[i];
            count++;
        }
    f->step = sum / count;
    return f->step > 2 * PI / 16384 && f->step < 0.1;
}

static void count_columns_by_way(struct mdci_learned *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const int same = i > 0 && f->laser[i] == f->laser[i - 1];
        double way = way_of(f, i);
        /* At the seam a ring starts before the start, or ends behind it. */
        if (!same && way > PI)
            way = 0;
        if (same && f->column[i - 1] * f->step > 1.5 * PI && way < 0.5 * PI)
            way += 2 * PI;
        const int32_t column =
            f->blank[i] ? 0 : (int32_t)floor(way / f->step + 0.5);
        f->column[i] =
            same && column <= f->column[i - 1] ? f->column[i - 1] + 1 : column;
    }
}

/* ---- Firing by firing ---------------------------------------------------- */

/* Elevations of points further than that. \return how many */
static size_t take_elevations(struct mdci_learned *f, double least)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        if (!f->blank[i] && hypot(f->point[i][0], f->point[i][1]) > least)
            f->sample[n++] = elevation_of(f, i);
    return n;
}

/* Elevations of lasers: those of points make heaps. \return how many */
static unsigned find_heaps(struct mdci_learned *f, double *middle)
{
    size_t n = take_elevations(f, 2), from = 0;
    unsigned heaps = 0;
    if (n < f->count / 8 * 7) /* a small room */
        n = take_elevations(f, 0.2);
    if (n < ENOUGH)
        return 0;
    qsort(f->sample, n, sizeof *f->sample, by_value);
    for (size_t i = 1; i <= n; i++) {
        if (i < n && f->sample[i] - f->sample[i - 1] < 0.03 * DEGREE)
            continue;
        if ((i - from) * 2000 > n) {
            if (heaps == MDCI_IMAGE_LASERS)
                return 0;
            middle[heaps++] = f->sample[(from + i) / 2];
        }
        from = i;
    }
    return heaps;
}

static int lasers_by_elevation(struct mdci_learned *f)
{
    double middle[MDCI_IMAGE_LASERS];
    f->lasers = find_heaps(f, middle);
    if (f->lasers < 2)
        return 0;
    for (size_t i = 0; i < f->count; i++) {
        const double up = elevation_of(f, i);
        unsigned lo = 0, hi = f->lasers - 1;
        while (lo < hi) {
            const unsigned half = (lo + hi) / 2;
            if (up > (middle[half] + middle[half + 1]) / 2)
                lo = half + 1;
            else
                hi = half;
        }
        f->laser[i] = (uint8_t)lo;
    }
    return 1;
}

static void lasers_by_column(struct mdci_learned *f,
                             const struct mdci_lidar_layout *layout,
                             const uint8_t *record, unsigned ring)
{
    f->lasers = 0;
    for (size_t i = 0; i < f->count; i++) {
        const uint32_t bits = mdci_lidar_load(layout, record, (int64_t)i, ring);
        f->laser[i] = (uint8_t)mdci_lidar_to_decimal(bits, 0);
        if (f->laser[i] >= f->lasers)
            f->lasers = f->laser[i] + 1u;
    }
}

/* The order of lasers: which one mostly follows another. \return 0: there is
 * none that takes in all */
static int find_order(struct mdci_learned *f)
{
    static const unsigned most = MDCI_IMAGE_LASERS;
    uint32_t follows[MDCI_IMAGE_LASERS][MDCI_IMAGE_LASERS] = {{0}};
    uint8_t seen[MDCI_IMAGE_LASERS] = {0};
    unsigned at = f->laser[0];
    for (size_t i = 1; i < f->count; i++)
        follows[f->laser[i - 1]][f->laser[i]]++;
    for (unsigned k = 0; k < f->lasers; k++) {
        f->order[k] = (uint8_t)at;
        seen[at] = 1;
        unsigned next = most;
        for (unsigned j = 0; j < f->lasers; j++)
            if (!seen[j] &&
                (next == most || follows[at][j] > follows[at][next]))
                next = j;
        at = next;
    }
    return f->count >= ENOUGH;
}

/* When and where lasers saw something last. */
struct seen {
    double azimuth[MDCI_IMAGE_LASERS];
    int32_t column[MDCI_IMAGE_LASERS];
};

/* How many columns, more than one, the lasers of points from..to-1 have turned
 * since the firing before: the median of what each says that was seen lately.
 */
static int32_t skipped(const struct mdci_learned *f, const struct seen *seen,
                       size_t from, size_t to, int32_t column)
{
    double says[MDCI_IMAGE_LASERS];
    unsigned count = 0;
    for (size_t i = from; i < to && count < MDCI_IMAGE_LASERS; i++) {
        const unsigned k = f->laser[i];
        if (f->blank[i] || seen->column[k] < 0 || column - seen->column[k] > 20)
            continue;
        const double turned =
            mdci_learn_angle(f->azimuth[i] - seen->azimuth[k]);
        says[count++] =
            turned * f->direction / f->step - (column - seen->column[k]);
    }
    if (count == 0)
        return 0;
    qsort(says, count, sizeof *says, by_value);
    const double most = says[count / 2];
    return most > 0.5 && most < 1024 ? (int32_t)floor(most + 0.5) : 0;
}

/* Columns by the order of lasers and, once the step is known, the way turned:
 * firings without any point leave a gap. */
static void count_columns_by_order(struct mdci_learned *f, int known)
{
    uint8_t slot[MDCI_IMAGE_LASERS];
    struct seen seen;
    int32_t column = 0;
    for (unsigned k = 0; k < MDCI_IMAGE_LASERS; k++)
        seen.column[k] = -1;
    for (unsigned k = 0; k < f->lasers; k++)
        slot[f->order[k]] = (uint8_t)k;
    for (size_t i = 0, to; i < f->count; i = to) {
        for (to = i + 1; to < f->count; to++)
            if (slot[f->laser[to]] <= slot[f->laser[to - 1]])
                break;
        column += i > 0;
        if (known)
            column += skipped(f, &seen, i, to, column);
        for (size_t k = i; k < to; k++) {
            f->column[k] = column;
            seen.azimuth[f->laser[k]] = f->azimuth[k];
            seen.column[f->laser[k]] = f->blank[k] ? -1 : column;
        }
    }
}

/* By how much each laser looks aside of its column's others, and the step. */
static int find_asides(struct mdci_learned *f)
{
    double sum[MDCI_IMAGE_LASERS], weight[MDCI_IMAGE_LASERS];
    for (unsigned round = 0; round < 4; round++) {
        double turned = 0, columns = 0, before = 0;
        int32_t last = -1;
        memset(sum, 0, sizeof sum);
        memset(weight, 0, sizeof weight);
        for (size_t i = 0; i < f->count;) {
            double x = 0, y = 0;
            size_t to = i;
            for (; to < f->count && f->column[to] == f->column[i]; to++) {
                const double a = f->azimuth[to] - f->table[f->laser[to]].aside;
                x += f->blank[to] ? 0 : cos(a);
                y += f->blank[to] ? 0 : sin(a);
            }
            if (x == 0 && y == 0) {
                i = to;
                continue;
            }
            const double middle = atan2(y, x);
            if (last >= 0 && f->column[i] == last + 1) {
                f->sample[(size_t)columns] = mdci_learn_angle(middle - before);
                columns++;
            }
            before = middle;
            last = f->column[i];
            for (; i < to; i++) {
                const unsigned k = f->laser[i];
                if (f->blank[i])
                    continue;
                sum[k] += mdci_learn_angle(f->azimuth[i] - middle -
                                           f->table[k].aside);
                weight[k]++;
            }
        }
        if (columns < 16)
            return 0;
        qsort(f->sample, (size_t)columns, sizeof *f->sample, by_value);
        const size_t quarter = (size_t)columns / 4;
        for (size_t k = quarter; k < (size_t)columns - quarter; k++)
            turned += f->sample[k];
        f->step = fabs(turned) / (columns - 2 * (double)quarter);
        f->direction = turned > 0 ? 1 : -1;
        for (unsigned k = 0; k < f->lasers; k++)
            f->table[k].aside += weight[k] > 0 ? sum[k] / weight[k] : 0;
        if (f->step < 2 * PI / 65536)
            return 0;
        count_columns_by_order(f, 1);
    }
    f->start = 0;
    return 1;
}

int mdci_learn_columns(struct mdci_learned *f,
                       const struct mdci_lidar_layout *layout,
                       const uint8_t *record, unsigned ring)
{
    if (!find_arrangement(f))
        return 0;
    for (unsigned k = 0; k < MDCI_IMAGE_LASERS; k++)
        f->order[k] = (uint8_t)k;
    if (f->by_ring) {
        find_start(f);
        find_rings(f);
        if (f->count < ENOUGH || !find_step(f))
            return 0;
        count_columns_by_way(f);
        return 1;
    }
    /* Another sensor starts where this one does not look. */
    f->count = mdci_scan_end(record, layout->columns, f->count);
    if (ring)
        lasers_by_column(f, layout, record, ring);
    else if (!lasers_by_elevation(f))
        return 0;
    if (!find_order(f))
        return 0;
    count_columns_by_order(f, 0);
    return find_asides(f);
}
