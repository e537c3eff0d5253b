/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidargen.c
 * \brief Writes made-up LiDAR frames.
 */
#include "corpora/lidar_scans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST ((size_t)LIDAR_WORLD_LASERS * 4096 * LIDAR_WORLD_RECORD)

static const char usage[] =
    "Usage: lidargen KIND SEED [SPEED [YAW]] > FRAME\n"
    "       lidargen scan SEED [POINTS] > FRAME\n"
    "KIND: hdl32, vlp32, hdl64, or LASERS (2 to 128) and, as wanted,\n"
    "      ,rings ,mm ,moved ,laser  such as 40,rings,mm\n"
    "SPEED in m/s (10), YAW in rad/s (0.05)\n"
    "scan: any sensor anywhere, of at most POINTS (100000)\n";

/* \return bytes, 0: there is no such kind */
static size_t make(const char *kind, const struct lidar_drive *drive,
                   uint8_t *frame)
{
    struct lidar_sensor sensor;
    struct lidar_style style = {0};
    if (strcmp(kind, "hdl32") == 0)
        return lidar_frame_hdl32(frame, 1085, drive);
    if (strcmp(kind, "vlp32") == 0) {
        const size_t size = lidar_frame_vlp32(frame, 1800, 0, drive);
        return size + lidar_frame_vlp32(frame + size, 1800, 1, drive);
    }
    if (strcmp(kind, "hdl64") == 0) {
        style.by_ring = style.decimal = 1;
        lidar_hdl64(&sensor, drive->seed);
        return lidar_frame(frame, &sensor, &style, drive);
    }
    char *end;
    const unsigned long lasers = strtoul(kind, &end, 10);
    if (lasers < 2 || lasers > LIDAR_WORLD_LASERS)
        return 0;
    while (*end == ',') {
        const char *word = end + 1;
        const size_t length = strcspn(word, ",");
        if (strncmp(word, "rings", length) == 0)
            style.by_ring = 1;
        else if (strncmp(word, "mm", length) == 0)
            style.decimal = 1;
        else if (strncmp(word, "moved", length) == 0)
            style.moved = 1;
        else if (strncmp(word, "laser", length) == 0)
            style.ring = 1;
        else
            return 0;
        end += 1 + length;
    }
    if (*end != '\0')
        return 0;
    lidar_any_sensor(&sensor, (unsigned)lasers, drive->seed);
    return lidar_frame(frame, &sensor, &style, drive);
}

static int write_all(const uint8_t *frame, size_t size)
{
    return fwrite(frame, 1, size, stdout) == size && fflush(stdout) == 0;
}

static int write_scan(uint64_t seed, unsigned most)
{
    const struct lidar_recipe recipe = lidar_recipe_of(seed, most);
    uint8_t *scan = malloc(lidar_scan_room(&recipe));
    const int done = scan && write_all(scan, lidar_scan(scan, &recipe));
    free(scan);
    return done ? 0 : 1;
}

int main(int argc, char **argv)
{
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "scan") == 0)
        return write_scan(strtoull(argv[2], NULL, 10),
                          argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10)
                                   : 100000);
    if (argc < 3 || argc > 5) {
        fputs(usage, stderr);
        return 1;
    }
    const struct lidar_drive drive = {
        .seed = strtoull(argv[2], NULL, 10),
        .speed = argc > 3 ? strtod(argv[3], NULL) : 10,
        .yaw = argc > 4 ? strtod(argv[4], NULL) : 0.05,
    };
    uint8_t *frame = malloc(MOST);
    const size_t size = frame ? make(argv[1], &drive, frame) : 0;
    if (size == 0)
        fputs(usage, stderr);
    const int done = size > 0 && write_all(frame, size);
    free(frame);
    return done ? 0 : 1;
}
