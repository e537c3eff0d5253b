/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_frames.h
 * \brief Synthetic LiDAR frames by their seeds: a street, seen from a car of
 *        some speed.
 */
#ifndef LIDAR_FRAMES_H
#define LIDAR_FRAMES_H

#include "corpora/lidar_world.h"

#define FRAME_RECORD  20 /* bytes: x, y, z, intensity, laser */
#define FRAME_FIRINGS 1085

/** How a car moves in the frames of a seed: at 5 to 8 m/s. */
struct lidar_drive frame_drive(uint64_t seed);

/** Fills a sweep of an HDL-32E as nuScenes has them, 32 records a firing:
 *  ranges of whole ticks, moved by the car, rounded to 32-bit floats of a map,
 *  and moved back. */
void frame_hdl32(uint8_t *record, unsigned firings, uint64_t seed);

/** Fills a scan of a VLP-32C as Argoverse has them, at most 32 records a
 *  firing: only what was seen, in groups that the car moved alike.
 *  \param flip  1: the sensor is upside down  \return how many records */
size_t frame_vlp32(uint8_t *record, unsigned firings, uint64_t seed, int flip);

/** Fills the first records of a frame of KITTI's kind: whole millimetres, and
 *  a reflectance of two decimals. \param points  at most 100,000 */
void frame_kitti(uint8_t *record, size_t points, uint64_t seed);

/** Fills a turn of a sensor with that many lasers, its tables made up.
 *  \param record  room for lasers * 1800 records of FRAME_RECORD bytes
 *  \return bytes */
size_t frame_any(uint8_t *record, unsigned lasers,
                 const struct lidar_style *style, uint64_t seed);

/** Codes data with the front end and back.
 *  \return the payload's size; 0 if it does not claim the data */
size_t frame_round_trip(const uint8_t *data, size_t size);

#endif
