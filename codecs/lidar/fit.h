/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit.h
 * \brief Finds what a sweep of an HDL-32E was measured and moved by. For the
 *        encoder alone: floating point may be used, as what comes of it is
 *        sent in integers.
 */
#ifndef MDCI_LIDAR_FIT_H
#define MDCI_LIDAR_FIT_H

#include "codecs/lidar/lidar_hdl32.h"
#include "src/base/memory.h"

#define MDCI_FIT_LASERS 32

/** A firing's least squares: cost(x) = x' n x - 2 b' x + c, x a pose minus the
 *  one that it was made at. */
struct mdci_fit_normal {
    double n[6][6];
    double b[6];
    double c;
};

/** A trajectory: poses at stations, linear in time between knots. */
struct mdci_fit_path {
    unsigned stations;
    const double *when; /* of a station, rising; NULL: its number */
    double (*pose)[6];  /* rotation vector, place */
    struct mdci_fit_normal *normal;
    double worth; /* the cost that a knot must save */
    unsigned knots;
    double time[MDCI_LIDAR_KNOTS];
    double node[MDCI_LIDAR_KNOTS][6];
    const struct mdc_allocator *allocator;
};

struct mdci_fit {
    unsigned firings;
    struct mdci_fit_path path; /* stations are firings */
    double (*point)[MDCI_FIT_LASERS][3];
    double (*origin)[3];               /* where the sensor was */
    int32_t (*range)[MDCI_FIT_LASERS]; /* ticks of 2 mm, 0: no return */
    int32_t (*tick)[MDCI_FIT_LASERS];  /* azimuth, hundredths of a degree */
    uint8_t (*good)[MDCI_FIT_LASERS];  /* fits well enough to learn from */
    double (*raw)[MDCI_FIT_LASERS][3]; /* as the driver made it */
    const struct mdci_lidar_spin *spin;
    const struct mdc_allocator *allocator;

    int lattice; /* 1: the following are known */
    double axis[3][3];
    int shift[2];
    double phase[2]; /* in parts of a spacing */
    double height;
};

/** The whole number nearest to v, ties up, at most `most` in size; 0 of what is
 *  no number. A fit may end anywhere, and C leaves such conversions open. */
int64_t mdci_fit_whole(double v, int64_t most);

/** Solves a symmetric positive system in place; x: right side, then solution.
 *  \return 0 if it is not positive */
int mdci_fit_solve(double *matrix, double *x, unsigned n);

/** The rotation matrix of a rotation vector. */
void mdci_fit_rotation(const double *w, double r[3][3]);

/** Adds that a point at v of a pose's origin is off by `miss` along u. */
void mdci_fit_add(struct mdci_fit_normal *e, const double *v, const double *u,
                  double miss, double weight);

/** The pose at a time. */
void mdci_fit_pose_at(const struct mdci_fit_path *path, double time,
                      double *pose);

/** Sets the stations' poses by the knots. */
void mdci_fit_set_poses(struct mdci_fit_path *path);

/** Finds poses, ranges and ticks, without the lattice. \return 0: none */
int mdci_fit_track(struct mdci_fit *f);

/** Makes the ticks, ranges and raw points anew for the poses. */
void mdci_fit_measure(struct mdci_fit *f);

/** Improves nodes and poses for the knots that there are.
 *  \return mean cost a point */
double mdci_fit_poses(struct mdci_fit *f, unsigned rounds);

/** Sets nodes lo..hi, the others as they are, to what the normal equations of
 *  there are say. \return what is left of the cost of the
 *  firings between their neighbours, or -1 */
double mdci_fit_window(struct mdci_fit_path *f, unsigned lo, unsigned hi);

/** Finds the lattice. \return 0: none, which leaves f as it is */
int mdci_fit_lattice(struct mdci_fit *f);

/** Leaves out knots that are not needed and moves the others to where they
 *  help most. */
void mdci_fit_knots(struct mdci_fit_path *f);

/** Sets `count` knots evenly. */
void mdci_fit_even_knots(struct mdci_fit_path *f, unsigned count);

/** Finds how high the map's origin is: at z = 2 its floats get coarser. */
void mdci_fit_height(struct mdci_fit *f);

/** How many of the firings are a sweep of their own: up to where the sensor is
 *  somewhere else at once. \param firings  at least 1 */
unsigned mdci_sweep_end(const uint8_t *record, unsigned firings);

/** Bytes that mdci_fit_sweep() takes at most. */
uint64_t mdci_fit_memory(unsigned firings);

/**
 * Finds a sweep's parameters and measurements.
 * \param record  firings * 32 records of 20 bytes
 * \return MDC_OK; MDC_MEM; MDC_DATA: it is no such sweep
 */
enum mdc_status mdci_fit_sweep(struct mdci_lidar_sweep *sweep,
                               struct mdci_lidar_spin *spin,
                               const uint8_t *record, unsigned firings,
                               const struct mdc_allocator *allocator);

#endif
