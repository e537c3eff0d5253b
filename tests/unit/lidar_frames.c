/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_frames.c
 * \brief Synthetic LiDAR frames.
 */
#include "config.h"

#include "tests/unit/lidar_frames.h"
#include "tests/unit/samples.h"

#include "codecs/lidar/lidar_vlp32.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

static void put(uint8_t *at, float value)
{
    memcpy(at, &value, sizeof value);
}

/* How far a ray sees from 1.84 m above a plain within four walls; 0: the
 * sky. */
static double see(double elevation, double azimuth)
{
    static const double reach[4] = {14, 9, 22, 11};
    const double flat = cos(elevation), up = sin(elevation);
    double nearest = up < 0 ? 1.84 / -up : 1000;
    for (int wall = 0; wall < 4; wall++) {
        const double towards = flat * cos(azimuth - wall * PI / 2);
        const double range = towards > 0.01 ? reach[wall] / towards : 1000;
        const double height = 1.84 + range * up;
        if (range < nearest && height < 3)
            nearest = range;
    }
    return nearest < 90 ? nearest : 0;
}

void frame_hdl32(uint8_t *record, unsigned firings, uint64_t seed)
{
    static const int elevation[32] = {
        -3067, -2933, -2800, -2666, -2533, -2400, -2267, -2133,
        -2000, -1867, -1733, -1600, -1467, -1333, -1200, -1067,
        -933,  -800,  -666,  -533,  -400,  -267,  -133,  0,
        133,   267,   400,   533,   667,   800,   933,   1067};
    const double heading = 0.3 + 0.1 * (double)(seed % 50);
    const double c = cos(heading), s = sin(heading);
    const double home[2] = {1375.3712 + (double)seed, 871.1137};
    for (unsigned i = 0; i < firings; i++) {
        /* The end of the sweep is where the frame's origin is. */
        const double time = ((double)i - (firings - 1)) * 46e-6;
        const double yaw = 0.02 * time, place[3] = {0.4 * time, 6 * time, 0};
        for (unsigned k = 0; k < 32; k++) {
            uint8_t *at = record + ((size_t)i * 32 + k) * FRAME_RECORD;
            const int order = (int)(k < 16 ? 2 * k : 2 * (k - 16) + 1);
            int tick = 36000 - (int)(i * 33 + i / 5) - (33 * order + 20) / 40;
            tick = (tick % 36000 + 36000) % 36000;
            const double e = elevation[k] * PI / 18000;
            const double a = tick * PI / 18000;
            const double range = see(e, a);
            const int noise = (int)sample_random(&seed, 5) - 2;
            const int ticks = range > 0 ? (int)(range / 0.002) + noise * 3 : 0;
            const float d = (float)ticks * 0.002f;
            const float flat = d * (float)cos(e);
            const double raw[3] = {flat * (float)cos(a), flat * (float)sin(a),
                                   d * (float)sin(e)};
            const double x = raw[0] * cos(yaw) - raw[1] * sin(yaw) + place[0];
            const double y = raw[0] * sin(yaw) + raw[1] * cos(yaw) + place[1];
            const float map[3] = {(float)(c * x - s * y + home[0]),
                                  (float)(s * x + c * y + home[1]),
                                  (float)(raw[2] + place[2] + 1.84)};
            const double u = map[0] - home[0], v = map[1] - home[1];
            put(at, (float)(c * u + s * v));
            put(at + 4, (float)(-s * u + c * v));
            put(at + 8, (float)(map[2] - 1.84));
            put(at + 12,
                (float)(ticks ? (k * 3 + (unsigned)ticks / 900) % 60 : 0));
            put(at + 16, (float)k);
        }
    }
}

void frame_kitti(uint8_t *record, size_t points, uint64_t seed)
{
    for (size_t i = 0; i < points; i++, record += 16) {
        const double a = (double)i * 0.003;
        const double e = -0.03 - 0.007 * floor(a / (2 * PI));
        const double range = see(e, a);
        const double r = range > 0 ? range : 40;
        const int noise = (int)sample_random(&seed, 9) - 4;
        put(record, (float)(floor(r * cos(a) * cos(e) * 1000 + noise) / 1000));
        put(record + 4, (float)(floor(r * sin(a) * cos(e) * 1000) / 1000));
        put(record + 8, (float)(floor(r * sin(e) * 1000) / 1000));
        put(record + 12, (float)(sample_random(&seed, 12) / 100.0));
    }
}

/* Where the car is, which goes straight on. \param time  in firings */
static double driven(double time)
{
    return 1.9 + 5e-4 * time;
}

size_t frame_vlp32(uint8_t *record, unsigned firings, uint64_t seed, int flip)
{
    const unsigned most = firings * 32;
    unsigned slots[64], pending = 0;
    float raw[64][3];
    size_t count = 0;
    const int start = (int)(seed % 36000);
    for (unsigned shot = 0; shot <= most; shot++) {
        const unsigned i = shot / 32, k = shot % 32;
        const unsigned slot = i * 24 + k / 2;
        /* A group is as long as a firing; it has the pose of its middle. */
        if (pending > 0 && (shot == most || slot > slots[0] + 24)) {
            const double x = driven(slots[pending / 2] / 24.0);
            for (unsigned p = 0; p < pending; p++) {
                uint8_t *at = record + count++ * FRAME_RECORD;
                put(at, (float)(raw[p][0] + x));
                put(at + 4, flip ? -raw[p][1] : raw[p][1]);
                put(at + 8, flip ? -(float)(raw[p][2] - 1.48)
                                 : (float)(raw[p][2] + 1.59));
                put(at + 12, 0);
                put(at + 16, 0);
            }
            pending = 0;
        }
        if (shot == most)
            break;
        const double e = mdci_vlp32_elevation(k) * PI / 180000;
        const double tick =
            start - 20.0 * i - 20.0 * (k / 2) / 24 - mdci_vlp32_aside(k);
        const double range = see(e, tick * PI / 18000);
        if (range <= 0)
            continue;
        const int noise = (int)sample_random(&seed, 5) - 2;
        const float d = (float)((int)(range / 0.004) + noise) * 0.004f;
        const float flat = d * (float)cos(e);
        raw[pending][0] = flat * (float)cos(tick * PI / 18000);
        raw[pending][1] = flat * (float)sin(tick * PI / 18000);
        raw[pending][2] = d * (float)sin(e);
        slots[pending++] = slot;
    }
    return count;
}
