/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_scan.h
 * \brief Finds what a scan of a VLP-32C was measured and moved by. For the
 *        encoder alone.
 */
#ifndef MDCI_LIDAR_FIT_SCAN_H
#define MDCI_LIDAR_FIT_SCAN_H

#include "codecs/lidar/fit.h"
#include "codecs/lidar/lidar_vlp32.h"

struct mdci_scan {
    unsigned count;     /* points */
    double (*point)[3]; /* turned up again, if they were upside down */
    double (*raw)[3];   /* as the driver made it */
    double *time;       /* -0.5 to 0.5, about */
    uint8_t *laser;
    uint32_t *firing;
    uint32_t *group;
    int32_t *range; /* ticks of 4 mm */
    uint8_t *good;  /* fits well enough to learn from */
    int flip;       /* upside down */

    unsigned firings;
    double speed;     /* mean ticks a firing */
    uint32_t *first;  /* [firings + 1] points */
    int32_t *azimuth; /* [firings], ticks, unwrapped */
    double *rate;     /* [firings], ticks a firing */

    unsigned groups; /* 0: there are none yet, poses are of firings */
    uint32_t *start; /* [groups + 1] points */
    double *when;    /* [groups] */
    double *delay;   /* [packets], of when; firings */
    struct mdci_fit_path path;
};

/** Finds lasers and firings, and the poses of firings but for yaw.
 *  \return 0: none */
int mdci_scan_start(struct mdci_scan *s);

/** Finds the rest. \return 0: it is no such scan */
int mdci_scan_refine(struct mdci_scan *s);

/** How many of the points are a scan of their own: up to where the sensor
 *  looks elsewhere at once. */
size_t mdci_scan_end(const uint8_t *record, unsigned columns, size_t count);

/** Bytes that mdci_fit_scan() takes at most. */
uint64_t mdci_scan_memory(uint64_t points);

/**
 * Finds a scan's parameters and measurements.
 * \param record  count records of that many columns
 * \return MDC_OK; MDC_MEM; MDC_DATA: it is no such scan
 */
enum mdc_status mdci_fit_scan(struct mdci_vlp32 *p, struct mdci_vlp32_work *w,
                              const uint8_t *record, unsigned columns,
                              size_t count,
                              const struct mdc_allocator *allocator);

#endif
