/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_image.c
 * \brief All that is learned from a frame, and from floating point to the
 *        integers that are sent.
 */
#include "config.h"

#include "codecs/lidar/fit_image.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

enum { ENOUGH = 1000 /* points */ };

static int reserve(struct mdci_learned *f, const struct mdc_allocator *a)
{
    f->point = mdci_alloc(a, sizeof *f->point * f->count);
    f->azimuth = mdci_alloc(a, sizeof *f->azimuth * f->count);
    f->laser = mdci_alloc(a, f->count);
    f->blank = mdci_alloc(a, f->count);
    f->column = mdci_alloc(a, sizeof *f->column * f->count);
    f->sample = mdci_alloc(a, sizeof *f->sample * f->count);
    return f->point && f->azimuth && f->laser && f->blank && f->column &&
           f->sample;
}

static void release(struct mdci_learned *f, const struct mdc_allocator *a)
{
    mdci_free(a, f->point);
    mdci_free(a, f->azimuth);
    mdci_free(a, f->laser);
    mdci_free(a, f->blank);
    mdci_free(a, f->column);
    mdci_free(a, f->sample);
}

uint64_t mdci_image_memory(uint64_t points)
{
    const struct mdci_learned *f = NULL;
    const uint64_t n = points < MDCI_IMAGE_CELLS ? points : MDCI_IMAGE_CELLS;
    return sizeof *f +
           n * (sizeof *f->point + sizeof *f->azimuth + sizeof *f->laser +
                sizeof *f->blank + sizeof *f->column + sizeof *f->sample);
}

/* What is no place, or at the sensor's, is taken for that of the point
 * before. */
static void load(struct mdci_learned *f, const struct mdci_lidar_layout *layout,
                 const uint8_t *record)
{
    for (size_t i = 0; i < f->count; i++) {
        double *p = f->point[i];
        for (unsigned c = 0; c < 3; c++) {
            const uint32_t bits =
                mdci_lidar_load(layout, record, (int64_t)i, c);
            float value;
            memcpy(&value, &bits, sizeof value);
            p[c] = value;
        }
        const double flat = hypot(p[0], p[1]);
        f->blank[i] = !(flat > 0.05 && flat < 260 && fabs(p[2]) < 260);
        if (f->blank[i])
            for (unsigned c = 0; c < 3; c++)
                p[c] = i > 0 ? f->point[i - 1][c] : c == 0;
        f->azimuth[i] = atan2(p[1], p[0]);
    }
}

/* Whether points with the same number in a column look up alike, as those of a
 * laser do, but not those of an intensity. */
static int tells_elevation(const struct mdci_learned *f,
                           const struct mdci_lidar_layout *layout,
                           const uint8_t *record, unsigned column)
{
    double sum[MDCI_IMAGE_LASERS] = {0}, count[MDCI_IMAGE_LASERS] = {0};
    double all = 0, seen = 0, apart = 0, off = 0;
    for (unsigned pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < f->count; i++) {
            const uint32_t bits =
                mdci_lidar_load(layout, record, (int64_t)i, column);
            const size_t k = (size_t)mdci_lidar_to_decimal(bits, 0);
            const double *p = f->point[i];
            if (f->blank[i])
                continue;
            const double up = atan2(p[2], hypot(p[0], p[1]));
            if (pass == 0) {
                sum[k] += up;
                count[k]++;
                all += up;
                seen++;
            } else {
                apart += fabs(up - all / seen);
                off += fabs(up - sum[k] / count[k]);
            }
        }
    return off * 2 < apart;
}

/* The column whose values are lasers: whole numbers that change. \return 0:
 * there is none */
static unsigned find_ring(const struct mdci_learned *f,
                          const struct mdci_lidar_layout *layout,
                          const uint8_t *record)
{
    const size_t count = f->count;
    for (unsigned c = 3; c < layout->columns; c++) {
        size_t changes = 0, i = 0;
        uint32_t before = 0;
        if (layout->kind[c] != MDCI_LIDAR_DECIMAL)
            continue;
        for (; i < count; i++) {
            const uint32_t bits =
                mdci_lidar_load(layout, record, (int64_t)i, c);
            const int64_t whole = mdci_lidar_to_decimal(bits, 0);
            if (whole < 0 || whole >= MDCI_IMAGE_LASERS ||
                bits != mdci_lidar_decimal(whole, 0))
                break;
            changes += bits != before;
            before = bits;
        }
        if (i == count && changes * 10 > count * 9 &&
            tells_elevation(f, layout, record, c))
            return c;
    }
    return 0;
}

/* Columns, no coordinates, of 0 to 255 units alone. */
static uint32_t find_narrow(const struct mdci_lidar_layout *layout,
                            const uint8_t *record, size_t count)
{
    uint32_t narrow = 0;
    for (unsigned c = 3; c < layout->columns; c++) {
        size_t i = 0;
        if (layout->kind[c] >= MDCI_LIDAR_BINARY)
            continue;
        for (; i < count; i++) {
            const uint32_t bits =
                mdci_lidar_load(layout, record, (int64_t)i, c);
            const int64_t whole = mdci_lidar_to_decimal(bits, layout->kind[c]);
            if (whole < 0 || whole > 255 ||
                bits != mdci_lidar_decimal(whole, layout->kind[c]))
                break;
        }
        narrow |= (uint32_t)(i == count) << c;
    }
    return narrow;
}

/* ---- Integers ------------------------------------------------------------ */

/* In units of 2^-q, of at most so many bits and a sign. */
static int32_t scaled(double v, int q, unsigned bits)
{
    return (int32_t)mdci_fit_whole(ldexp(v, q), ((int64_t)1 << bits) - 1);
}

static void quantise(const struct mdci_learned *f, struct mdci_image *p)
{
    p->lasers = f->lasers;
    p->by_ring = (uint32_t)f->by_ring;
    p->turn = (uint32_t)f->turn;
    p->step = scaled(f->direction * f->step * f->turn / (2 * PI),
                     MDCI_IMAGE_STEP_Q, 31); /* with more than 23 it is none */
    p->tick =
        (uint32_t)mdci_fit_whole(ldexp((double)(float)f->tick, 40), UINT32_MAX);
    for (unsigned k = 0; k < f->lasers; k++) {
        const struct mdci_fit_laser *l = &f->table[k];
        p->order[k] = f->order[k];
        p->laser[k].elevation = scaled(atan(l->slope), 28, 29);
        p->laser[k].aside = (uint32_t)mdci_fit_whole(
            ldexp(mdci_learn_angle(l->aside) / (2 * PI), 32), (int64_t)1 << 32);
        p->laser[k].high = scaled(l->high, 20, 21);
        p->laser[k].across = scaled(l->across, 20, 21);
        p->laser[k].longer = scaled(l->longer, 20, 21);
    }
}

/* Ticks of ranges and azimuths. Where a coordinate cannot tell, the azimuth is
 * as expected. */
static void measure(const struct mdci_learned *f, const struct mdci_image *p,
                    struct mdci_image_work *w, double blur)
{
    const double unit = 2 * PI / f->turn;
    const int32_t most = 1 << 28; /* ticks, as the coder's */
    int32_t lean = 0;
    for (size_t i = 0; i < f->count; i++) {
        const struct mdci_fit_laser *l = &f->table[f->laser[i]];
        const double flat = hypot(f->point[i][0], f->point[i][1]);
        const double across =
            fabs(l->across) < flat ? asin(l->across / flat) : 0;
        const double ahead = flat * cos(across);
        const double range = ahead * sqrt(1 + l->slope * l->slope);
        const double reach = (range - l->longer) / f->tick;
        const int32_t plan = mdci_image_plan(p, (uint32_t)f->column[i]);
        const double off = mdci_learn_angle(f->azimuth[i] - across - l->aside -
                                            (plan + lean) * unit);
        w->cell[i] = f->laser[i] * p->columns + (uint32_t)f->column[i];
        w->tick[i] = plan + lean;
        w->reach[i] = 0;
        if (f->blank[i])
            continue;
        if (fabs(off) * flat > blur)
            w->tick[i] = mdci_clamp64(
                w->tick[i] + mdci_fit_whole(off / unit, most), -most, most);
        lean = w->tick[i] - plan;
        w->reach[i] = mdci_clamp64(mdci_fit_whole(reach, MDCI_LIDAR_RANGE_MAX),
                                   1, MDCI_LIDAR_RANGE_MAX);
    }
}

/* Leaves out points at the end for which there is no room.
 * \return 0: it is no image */
static int fit_in(struct mdci_learned *f, struct mdci_image *p, uint32_t cells)
{
    const uint32_t room = cells / f->lasers;
    const uint32_t most = room < MDCI_IMAGE_COLUMNS ? room : MDCI_IMAGE_COLUMNS;
    uint32_t columns = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->column[i] < 0)
            return 0;
        if ((uint32_t)f->column[i] >= most) {
            if (f->by_ring)
                return 0;
            f->count = i;
            break;
        }
        if ((uint32_t)f->column[i] >= columns)
            columns = (uint32_t)f->column[i] + 1;
    }
    p->columns = columns;
    return f->count >= ENOUGH && (uint64_t)columns * f->lasers <=
                                     (uint64_t)f->count * MDCI_IMAGE_SPARSE;
}

/* Tables, and all that is sent. \return 0: the decoder would not take it, or
 * neighbours tell more */
static int finish(struct mdci_learned *f, struct mdci_image *p,
                  struct mdci_image_work *w,
                  const struct mdci_lidar_layout *layout, const uint8_t *record,
                  uint32_t cells)
{
    const double least = 0.2; /* of what azimuths agree */
    const int decimal = layout->kind[0] < MDCI_LIDAR_BINARY;
    const double blur =
        decimal ? 0.7 / (double)mdci_lidar_power(layout->kind[0]) : 0;
    const size_t most = mdci_min_size(cells, f->count * MDCI_IMAGE_SPARSE);
    mdci_learn_tables(f, decimal);
    /* A motion was taken out of these rings. */
    if (f->by_ring && !f->exact && f->agreed < least)
        return 0;
    quantise(f, p);
    if (!mdci_image_is_table(p, (uint32_t)most) || !mdci_image_is_order(p))
        return 0;
    p->narrow = find_narrow(layout, record, f->count);
    measure(f, p, w, blur);
    return 1;
}

enum mdc_status mdci_fit_image(struct mdci_image *p, struct mdci_image_work *w,
                               const struct mdci_lidar_layout *layout,
                               const uint8_t *record, size_t *count,
                               uint32_t cells, int *settled,
                               const struct mdc_allocator *allocator)
{
    *settled = 0;
    if (*count < ENOUGH)
        return MDC_DATA;
    struct mdci_learned *f = mdci_alloc(allocator, sizeof *f);
    if (!f)
        return MDC_MEM;
    memset(f, 0, sizeof *f);
    f->count = *count < cells ? *count : cells;
    enum mdc_status status = reserve(f, allocator) ? MDC_OK : MDC_MEM;
    if (status == MDC_OK) {
        load(f, layout, record);
        const unsigned ring = find_ring(f, layout, record);
        if (!mdci_learn_columns(f, layout, record, ring) ||
            !fit_in(f, p, cells))
            status = MDC_DATA;
    }
    if (status == MDC_OK && !finish(f, p, w, layout, record, cells))
        status = MDC_DATA;
    if (status == MDC_OK)
        *count = f->count;
    *settled = f->exact || f->by_ring;
    release(f, allocator);
    mdci_free(allocator, f);
    return status;
}
