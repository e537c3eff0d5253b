/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_frames.c
 * \brief Synthetic LiDAR frames, by their seeds.
 */
#include "config.h"

#include "tests/unit/lidar_frames.h"
#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"

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

size_t frame_any(uint8_t *record, unsigned lasers,
                 const struct lidar_style *style, uint64_t seed)
{
    const struct lidar_drive drive = frame_drive(seed);
    struct lidar_sensor sensor;
    lidar_any_sensor(&sensor, lasers, seed);
    return lidar_frame(record, &sensor, style, &drive);
}

void frame_put_odd(uint8_t *at, uint64_t *seed)
{
    static const uint32_t odd[] = {0x7FC12345, 0xFF800001, 0x7F800000,
                                   0xFF800000, 0x00000001, 0x807FFFFF,
                                   0x80000000, 0x00000000, 0x7F7FFFFF};
    memcpy(at, &odd[sample_random(seed, 9)], 4);
}

void frame_swap(uint8_t *a, uint8_t *b, size_t size)
{
    uint8_t record[FRAME_RECORD];
    memcpy(record, a, size);
    memmove(a, b, size);
    memcpy(b, record, size);
}

void frame_decode_damaged(const struct mdci_codec *codec, void *decoder,
                          uint8_t *back, size_t plain, const uint8_t *payload,
                          size_t packed, uint32_t reach, uint64_t *seed)
{
    const size_t cut = 1 + sample_random(seed, (uint32_t)packed);
    uint8_t *copy = must_alloc(cut);
    memcpy(copy, payload, cut);
    if (reach > cut)
        reach = (uint32_t)cut;
    for (uint32_t i = sample_random(seed, 5); i > 0; i--)
        copy[sample_random(seed, reach)] ^=
            (uint8_t)(1 + sample_random(seed, 255));
    memset(back + plain, 0xEE, FRAME_GUARD);
    assert_int_equal(codec->reset(decoder), MDC_OK);
    const enum mdc_status status =
        codec->decode(decoder, back, 0, plain, copy, cut);
    assert_true(status == MDC_OK || status == MDC_DATA);
    for (size_t i = 0; i < FRAME_GUARD; i++)
        assert_int_equal(back[plain + i], 0xEE);
    free(copy);
}

size_t frame_round_trip(const uint8_t *data, size_t size)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_LIDAR);
    const struct mdc_allocator no_hooks = {0};
    void *states[2];
    size_t packed;
    uint8_t *payload = must_alloc(codec->bound(size));
    uint8_t *back = must_alloc(size);
    for (int i = 0; i < 2; i++)
        assert_int_equal(codec->open(&states[i], i ? MDCI_DECODE : MDCI_ENCODE,
                                     6, size, &no_hooks),
                         MDC_OK);
    assert_int_equal(codec->encode(states[0], data, 0, size, payload, &packed),
                     MDC_OK);
    if (packed > 0) {
        memset(back, 0xEE, size);
        assert_int_equal(
            codec->decode(states[1], back, 0, size, payload, packed), MDC_OK);
        assert_memory_equal(back, data, size);
    }
    codec->close(states[0]);
    codec->close(states[1]);
    free(payload);
    free(back);
    return packed;
}
