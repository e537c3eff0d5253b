/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_kernel.h
 * \brief The parts of a chunk, as an encoder and a decoder take them; compiled
 *        for plain C and for AVX2.
 */
#ifndef MDCI_LIDAR_KERNEL_H
#define MDCI_LIDAR_KERNEL_H

#include "codecs/lidar/lidar_facts.h"
#include "codecs/lidar/lidar_image.h"
#include "codecs/lidar/lidar_scan.h"
#include "codecs/lidar/lidar_sweep.h"
#include "src/base/bytes.h"
#include "src/base/memory.h"
#include "src/base/status.h"

/* How a part of a chunk is coded. */
enum mdci_lidar_method {
    MDCI_LIDAR_BY_POINTS,
    MDCI_LIDAR_BY_SWEEP,
    MDCI_LIDAR_BY_SCAN,
    MDCI_LIDAR_BY_IMAGE
};

/** All of a chunk's coding. */
struct mdci_lidar_state {
    struct mdc_allocator allocator;
    struct mdci_numbers numbers;
    struct mdci_lidar_points points;
    struct mdci_lidar_spin spin;
    struct mdci_lidar_sweep sweep;
    struct mdci_vlp32 scan;
    struct mdci_vlp32_work work;
    struct mdci_image image;
    struct mdci_image_work image_work;
    unsigned firings; /* that spin has room for */
    unsigned seen;    /* points that work has room for */
    unsigned cells;   /* that image_work has room for */
    unsigned room;    /* points that it has room for */
    int64_t step;     /* see lidar_near.h */
    int wide;         /* kernels for AVX2 are run */
};

/* ---- Both directions: an encoder writes where it moves a coordinate ------ */

MDCI_OUTLINE enum mdc_status
mdci_lidar_part_sweep(struct mdci_lidar_state *s, struct mdci_range_coder *rc,
                      const int decode, uint8_t *record, size_t count)
{
    if (!mdci_lidar_code_sweep(rc, decode, &s->sweep) ||
        s->sweep.firings > s->firings ||
        count != (size_t)s->sweep.firings * MDCI_LIDAR_LASERS)
        return MDC_DATA;
    MDCI_LIDAR_WAY(rc, MDCI_WAY_MODEL);
    struct mdci_lidar_sweep_coder coder = {
        .p = &s->sweep,
        .s = &s->spin,
        .n = &s->numbers,
        .rc = rc,
        .record = record,
        .step = s->step,
    };
    mdci_lidar_code_azimuths(&s->spin, &s->numbers, rc, decode,
                             s->sweep.firings);
    MDCI_LIDAR_WAY(rc, MDCI_WAY_AZIMUTHS);
    mdci_lidar_code_sweep_points(&coder, decode);
    MDCI_LIDAR_FACTS(rc, mdci_lidar_sweep_facts, &s->sweep, &s->spin);
    return MDC_OK;
}

MDCI_OUTLINE enum mdc_status
mdci_lidar_part_scan(struct mdci_lidar_state *s, struct mdci_range_coder *rc,
                     const int decode, const struct mdci_lidar_layout *layout,
                     uint8_t *record, size_t count)
{
    if (count > s->seen || !mdci_vlp32_code(rc, decode, &s->scan) ||
        s->scan.firings > count)
        return MDC_DATA;
    s->scan.count = (uint32_t)count;
    MDCI_LIDAR_WAY(rc, MDCI_WAY_MODEL);
    struct mdci_scan_coder coder = {
        .p = &s->scan,
        .w = &s->work,
        .n = &s->numbers,
        .rc = rc,
        .layout = layout,
        .columns = &s->points,
        .record = record,
        .step = s->step,
    };
    if (!mdci_scan_code(&coder, decode))
        return MDC_DATA;
    MDCI_LIDAR_FACTS(rc, mdci_vlp32_facts, &s->scan, &s->work);
    return MDC_OK;
}

MDCI_OUTLINE enum mdc_status
mdci_lidar_part_image(struct mdci_lidar_state *s, struct mdci_range_coder *rc,
                      const int decode, const struct mdci_lidar_layout *layout,
                      uint8_t *record, size_t count)
{
    const size_t cells = mdci_min_size(s->cells, count * MDCI_IMAGE_SPARSE);
    if (count > s->room ||
        !mdci_image_code(rc, decode, &s->image, (uint32_t)cells))
        return MDC_DATA;
    MDCI_LIDAR_WAY(rc, MDCI_WAY_MODEL);
    struct mdci_image_coder coder = {
        .p = &s->image,
        .w = &s->image_work,
        .n = &s->numbers,
        .rc = rc,
        .layout = layout,
        .record = record,
        .move = s->step,
        .count = (uint32_t)count,
    };
    if (!mdci_image_code_points(&coder, decode))
        return MDC_DATA;
    MDCI_LIDAR_FACTS(rc, mdci_image_facts, &s->image, count);
    return MDC_OK;
}

/* Codes `count` records by a method. */
MDCI_KERNEL enum mdc_status
mdci_lidar_code_part(struct mdci_lidar_state *s, struct mdci_range_coder *rc,
                     const int decode, const struct mdci_lidar_layout *layout,
                     uint32_t method, uint8_t *record, size_t count)
{
    switch (method) {
    case MDCI_LIDAR_BY_POINTS:
        mdci_lidar_code_points(&s->points, &s->numbers, rc, decode, layout,
                               record, count);
        MDCI_LIDAR_FACTS(rc, mdci_lidar_points_facts, layout, count);
        return MDC_OK;
    case MDCI_LIDAR_BY_SWEEP:
        return layout->columns * 4 == MDCI_LIDAR_RECORD
                   ? mdci_lidar_part_sweep(s, rc, decode, record, count)
                   : MDC_DATA;
    case MDCI_LIDAR_BY_SCAN:
        return mdci_lidar_part_scan(s, rc, decode, layout, record, count);
    case MDCI_LIDAR_BY_IMAGE:
        return mdci_lidar_part_image(s, rc, decode, layout, record, count);
    default:
        return MDC_DATA;
    }
}

/** mdci_lidar_code_part() of each direction, with AVX2. */
enum mdc_status mdci_lidar_encode_avx2(struct mdci_lidar_state *s,
                                       struct mdci_range_coder *rc,
                                       const struct mdci_lidar_layout *layout,
                                       uint32_t method, uint8_t *record,
                                       size_t count);
enum mdc_status mdci_lidar_decode_avx2(struct mdci_lidar_state *s,
                                       struct mdci_range_coder *rc,
                                       const struct mdci_lidar_layout *layout,
                                       uint32_t method, uint8_t *record,
                                       size_t count);

#endif
