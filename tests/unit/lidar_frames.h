/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_frames.h
 * \brief Synthetic LiDAR frames by their seeds: a street, seen from a car of
 *        some speed.
 */
#ifndef LIDAR_FRAMES_H
#define LIDAR_FRAMES_H

#include "corpora/lidar_world.h"

struct mdci_codec;

#define FRAME_RECORD  20 /* bytes: x, y, z, intensity, laser */
#define FRAME_FIRINGS 1085
#define FRAME_GUARD   64 /* bytes behind what damage may reach */

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

/** Writes a float that hardly is one: no number, infinite, denormal or 0. */
void frame_put_odd(uint8_t *at, uint64_t *seed);

/** Swaps two records of at most FRAME_RECORD bytes; they may be the same. */
void frame_swap(uint8_t *a, uint8_t *b, size_t size);

/** Decodes a payload that was cut and damaged. It restores to anything, but
 *  nowhere else.
 *  \param reach  damage lies in that many bytes at the start
 *  \param back   [plain + FRAME_GUARD] */
void frame_decode_damaged(const struct mdci_codec *codec, void *decoder,
                          uint8_t *back, size_t plain, const uint8_t *payload,
                          size_t packed, uint32_t reach, uint64_t *seed);

/** Codes data with the front end and back.
 *  \return the payload's size; 0 if it does not claim the data */
size_t frame_round_trip(const uint8_t *data, size_t size);

#endif
