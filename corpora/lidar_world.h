/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_world.h
 * \brief Made-up frames of spinning LiDAR sensors on a vehicle that drives
 *        through a street of walls and boxes.
 *
 * Equal arguments give equal bytes, but for the last bits of sines, which are
 * those of the machine's C library.
 */
#ifndef LIDAR_WORLD_H
#define LIDAR_WORLD_H

#include <stddef.h>
#include <stdint.h>

#define LIDAR_WORLD_LASERS 128
#define LIDAR_WORLD_RECORD 20 /* bytes of a record, at most */

/** How the vehicle moves, and where. */
struct lidar_drive {
    double speed; /* m/s */
    double yaw;   /* rad/s */
    uint64_t seed;
};

/** A sensor that spins once in a tenth of a second. */
struct lidar_sensor {
    unsigned lasers, firings; /* firings a turn */
    double tick;              /* of ranges, in metres */
    double elevation[LIDAR_WORLD_LASERS];
    double aside[LIDAR_WORLD_LASERS]; /* added to the azimuth, rad */
    double high[LIDAR_WORLD_LASERS];  /* where the laser sits, metres */
    double right[LIDAR_WORLD_LASERS];
    double longer[LIDAR_WORLD_LASERS]; /* added to its ranges, metres */
};

/** How a frame of such a sensor is written. */
struct lidar_style {
    int by_ring; /* 1: ring after ring, each a turn; 0: firing after firing */
    int decimal; /* 1: coordinates in whole millimetres */
    int moved;   /* 1: all points as from where the vehicle is at the end */
    int ring;    /* 1: a column with the laser's number */
};

/** A sensor with that many lasers, its tables made up from the seed. */
void lidar_any_sensor(struct lidar_sensor *s, unsigned lasers, uint64_t seed);

/** One like an HDL-64E: two blocks of 32, each laser with corrections of its
 *  own, made up from the seed. */
void lidar_hdl64(struct lidar_sensor *s, uint64_t seed);

/**
 * A turn of a sensor: x, y, z, reflectance (0 to 0.99), perhaps the laser.
 * \param record  room for lasers * firings records of LIDAR_WORLD_RECORD bytes
 * \return bytes
 */
size_t lidar_frame(uint8_t *record, const struct lidar_sensor *sensor,
                   const struct lidar_style *style,
                   const struct lidar_drive *drive);

/** A sweep of an HDL-32E as nuScenes has them, 32 records a firing, all that
 *  there are: x, y, z, intensity (0 to 255), laser. They went through map
 *  coordinates. \return bytes */
size_t lidar_frame_hdl32(uint8_t *record, unsigned firings,
                         const struct lidar_drive *drive);

/** A scan of a VLP-32C as Argoverse has them: x, y, z, 0, 0 of what was seen,
 *  groups that the vehicle moved alike. \param flip  1: it is upside down
 *  \return bytes */
size_t lidar_frame_vlp32(uint8_t *record, unsigned firings, int flip,
                         const struct lidar_drive *drive);

#endif
