/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_image.c
 * \brief Unit tests of what is learned about unknown spinning sensors.
 */
#include "config.h"

#include "tests/unit/lidar_frames.h"
#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

/* The tables of sensors that nobody knows are learned, in whatever order their
 * points come. */
static void test_unknown_sensors(void **state)
{
    static const struct {
        unsigned lasers;
        struct lidar_style style;
        unsigned part; /* of the size, at most */
    } frames[] = {
        {16, {.by_ring = 0, .ring = 1}, 8},
        {16, {.by_ring = 1}, 8},
        {40, {.by_ring = 1, .decimal = 1}, 10},
        {24, {.by_ring = 0, .ring = 1, .decimal = 1}, 12},
        {128, {.by_ring = 0}, 8},
        {16, {.by_ring = 0, .ring = 1, .moved = 1}, 2},
        {16, {.by_ring = 1, .decimal = 1, .moved = 1}, 6},
    };
    uint8_t *frame = must_alloc((size_t)128 * 1800 * FRAME_RECORD);
    (void)state;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        for (uint64_t seed = 1; seed <= (slow_tests() ? 8 : 1); seed++) {
            const size_t size =
                frame_any(frame, frames[i].lasers, &frames[i].style, seed);
            const size_t packed = frame_round_trip(frame, size);
            assert_true(packed > 0);
            assert_true(packed * frames[i].part < size);
        }
    free(frame);
}

/* A frame of KITTI's kind is seen through: its lasers sit apart. Others behind
 * it cost no more than alone. */
static void test_rings(void **state)
{
    const size_t points = 50000, size = points * 16;
    uint8_t *frames = must_alloc(2 * size);
    (void)state;
    frame_kitti(frames, points, 5);
    frame_kitti(frames + size, points, 7);
    const size_t first = frame_round_trip(frames, size);
    const size_t second = frame_round_trip(frames + size, size);
    assert_true(first > 0 && first < size / 10);
    assert_true(second > 0 && second < size / 10);
    assert_true(frame_round_trip(frames, 2 * size) < first + second);
    free(frames);
}

/* Frames of unknown sensors that were cut, shuffled, blanked, or have points
 * twice or odd numbers in them stay exact, and are told nothing wrong of. */
static void test_changed_images(void **state)
{
    uint8_t *frame = must_alloc((size_t)16 * 1800 * FRAME_RECORD + 64);
    uint64_t seed = 11;
    (void)state;
    for (unsigned kind = 0; kind < 2; kind++)
        for (unsigned change = 0; change < 6; change++) {
            const struct lidar_style style = {
                .by_ring = (int)kind, .decimal = (int)kind, .ring = !kind};
            const size_t record = kind ? 16 : 20;
            size_t size = frame_any(frame, 16, &style, 2) / 8;
            size -= size % record;
            const uint32_t count = (uint32_t)(size / record);
            for (uint32_t i = 1; change > 0 && i < count; i++) {
                uint8_t *at = frame + i * record;
                const uint32_t die = sample_random(&seed, 100);
                if (change == 1)
                    frame_swap(at, frame + sample_random(&seed, i) * record,
                               record);
                else if (change == 2 && die < 2)
                    frame_put_odd(at, &seed);
                else if (change == 3 && die < 20)
                    memset(at, 0, 12);
                else if (change == 4 && die < 5)
                    memcpy(at, at - record, record);
                else if (change == 5 && die < 3)
                    frame_swap(at, at - record, record);
            }
            assert_true(frame_round_trip(frame, size + change * 3) > 0);
        }
    free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_sensors),
        cmocka_unit_test(test_rings),
        cmocka_unit_test(test_changed_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
