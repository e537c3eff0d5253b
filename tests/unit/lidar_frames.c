/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_frames.c
 * \brief Synthetic LiDAR frames, by their seeds.
 */
#include "config.h"

#include "tests/unit/lidar_frames.h"
#include "tests/unit/samples.h"

#include "corpora/lidar_world.h"

#include <stdlib.h>
#include <string.h>

struct lidar_drive frame_drive(uint64_t seed)
{
    return (struct lidar_drive){
        .speed = 5 + (double)(seed % 4),
        .yaw = (double)(seed % 5) * 0.05 - 0.1,
        .seed = seed,
    };
}

void frame_hdl32(uint8_t *record, unsigned firings, uint64_t seed)
{
    const struct lidar_drive drive = frame_drive(seed);
    (void)lidar_frame_hdl32(record, firings, &drive);
}

void frame_kitti(uint8_t *record, size_t points, uint64_t seed)
{
    const struct lidar_style style = {.by_ring = 1, .decimal = 1};
    const struct lidar_drive drive = frame_drive(seed);
    struct lidar_sensor sensor;
    lidar_hdl64(&sensor, seed);
    uint8_t *frame =
        must_alloc((size_t)64 * sensor.firings * LIDAR_WORLD_RECORD);
    const size_t size = lidar_frame(frame, &sensor, &style, &drive);
    assert_true(points * 16 <= size);
    memcpy(record, frame, points * 16);
    free(frame);
}

size_t frame_vlp32(uint8_t *record, unsigned firings, uint64_t seed, int flip)
{
    const struct lidar_drive drive = frame_drive(seed);
    return lidar_frame_vlp32(record, firings, flip, &drive) / FRAME_RECORD;
}
