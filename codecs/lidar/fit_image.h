/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_image.h
 * \brief Learns the tables of a spinning sensor from a frame. For the encoder
 *        alone.
 */
#ifndef MDCI_LIDAR_FIT_IMAGE_H
#define MDCI_LIDAR_FIT_IMAGE_H

#include "codecs/lidar/fit.h"
#include "codecs/lidar/lidar_image.h"

/** What is found out about a laser. */
struct mdci_fit_laser {
    double slope;  /* rise by way, flat */
    double high;   /* metres */
    double across; /* metres */
    double aside;  /* rad */
    double longer; /* metres */
};

struct mdci_learned {
    size_t count;
    double (*point)[3];
    double *azimuth; /* of points, rad */
    uint8_t *laser;  /* of points */
    uint8_t *blank;  /* the place says nothing */
    int32_t *column; /* of points */
    double *sample;  /* room for as many numbers as points */
    unsigned lasers;
    int by_ring;
    int direction; /* of azimuths, 1 or -1 */
    double start;  /* azimuth of column 0 */
    double step;   /* rad from column to column, positive */
    double turn;   /* azimuth ticks of a turn */
    double tick;   /* of ranges, metres */
    double agreed; /* how well azimuths agree on ticks, 0..1 */
    int exact;     /* ranges are whole ticks: no motion is in the points */
    uint8_t order[MDCI_IMAGE_LASERS];
    struct mdci_fit_laser table[MDCI_IMAGE_LASERS];
};

/** Finds which laser saw a point, and in which column.
 *  \param ring  column with the laser's number, or 0
 *  \return 0: these are no points of a spinning sensor */
int mdci_learn_columns(struct mdci_learned *f,
                       const struct mdci_lidar_layout *layout,
                       const uint8_t *record, unsigned ring);

/** Finds the tables. */
void mdci_learn_tables(struct mdci_learned *f, int decimal);

/** a, brought to between -pi and pi. */
double mdci_learn_angle(double a);

/** Bytes that mdci_fit_image() takes at most. */
uint64_t mdci_image_memory(uint64_t points);

/**
 * Learns the tables of the frame that starts at a record.
 * \param count  in: records there are; out: those of the frame
 * \param cells  that there is room for
 * \param settled  out, of all but MDC_MEM: 1: it is no scan of a VLP-32C, as
 *                 ranges are whole ticks, or points go ring by ring
 * \return MDC_OK; MDC_MEM; MDC_DATA: it is no such frame
 */
enum mdc_status mdci_fit_image(struct mdci_image *p, struct mdci_image_work *w,
                               const struct mdci_lidar_layout *layout,
                               const uint8_t *record, size_t *count,
                               uint32_t cells, int *settled,
                               const struct mdc_allocator *allocator);

#endif
