/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_lidar.c
 * \brief Unit tests of the LiDAR front end: arithmetic, round trips of frames,
 *        frames that are none, damage.
 */
#include "config.h"

#include "corpora/lidar_scans.h"
#include "tests/unit/lidar_frames.h"
#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"
#include "codecs/lidar/lidar_layout.h"
#include "codecs/lidar/lidar_trig.h"

static const struct mdc_allocator no_hooks;

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float random_value(uint64_t *seed)
{
    const float mantissa = (float)sample_random(seed, 1u << 24);
    const float value = ldexpf(mantissa, -(int)sample_random(seed, 40));
    return sample_random(seed, 2) ? value : -value;
}

static void test_order(void **state)
{
    static const uint32_t rising[] = {
        0xFFFFFFFF, 0xFF800001, 0xFF800000, 0xFF7FFFFF, 0xBF800000, 0x80800000,
        0x80000001, 0x80000000, 0x00000000, 0x00000001, 0x00800000, 0x3F800000,
        0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FFFFFFF};
    (void)state;
    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++) {
        const int64_t order = mdci_lidar_order(rising[i]);
        assert_int_equal(mdci_lidar_at_order(order), rising[i]);
        if (i > 0)
            assert_true(order > mdci_lidar_order(rising[i - 1]));
    }
    assert_int_equal(mdci_lidar_order(0) - mdci_lidar_order(0x80000000), 1);
}

/* The integers round as the processor does. */
static void test_arithmetic(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        const float a = random_value(&seed), b = random_value(&seed);
        assert_int_equal(mdci_lidar_multiply(bits_of(a), bits_of(b)),
                         bits_of(a * b));
        const int64_t fixed = ((int64_t)sample_random(&seed, 1u << 31) << 30) -
                              ((int64_t)sample_random(&seed, 1u << 30) << 31);
        assert_int_equal(mdci_lidar_from_fixed(fixed, 40),
                         bits_of((float)ldexp((double)fixed, -40)));
        const unsigned digits = sample_random(&seed, 7);
        const int64_t k = (int64_t)sample_random(&seed, 1u << 30) - (1 << 29);
        const uint32_t decimal = bits_of((float)((double)k / pow(10, digits)));
        assert_int_equal(mdci_lidar_decimal(k, digits), decimal);
        const uint32_t size = (uint32_t)fabs((double)k / pow(10, digits));
        if (size < 1000 && digits < 5)
            assert_int_equal(
                mdci_lidar_decimal(mdci_lidar_to_decimal(decimal, digits),
                                   digits),
                decimal);
        const int64_t x = (int64_t)sample_random(&seed, UINT32_MAX) << 16;
        const int64_t y = (int64_t)sample_random(&seed, UINT32_MAX) - INT32_MAX;
        const double product = ldexp((double)x * (double)y, -35);
        assert_true(fabs((double)mdci_lidar_mul(x, y, 35) - product) <=
                    1 + fabs(product) * 1e-15);
    }
}

static void test_sines(void **state)
{
    (void)state;
    for (uint32_t a = 0; a <= 90000; a += 7)
        assert_true(fabs(ldexp((double)mdci_lidar_sine(a), -60) -
                         sin(a * 3.14159265358979323846 / 180000)) < 1e-15);
}

static void test_rotation_keeps_lengths(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (int i = 0; i < 1000; i++) {
        int64_t w[3], r[3][3];
        for (int c = 0; c < 3; c++)
            w[c] = ((int64_t)sample_random(&seed, 1u << 30) - (1 << 29)) * 128;
        mdci_lidar_rotation(w, r);
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                double sum = 0;
                for (int c = 0; c < 3; c++)
                    sum += ldexp((double)r[a][c], -46) *
                           ldexp((double)r[b][c], -46);
                assert_true(fabs(sum - (a == b)) < 1e-11);
            }
    }
}

/* A sweep is understood: far fewer bytes than its floats' noise. */
static void test_sweeps(void **state)
{
    const size_t size = (size_t)FRAME_FIRINGS * 32 * FRAME_RECORD;
    uint8_t *frame = must_alloc(size);
    (void)state;
    for (uint64_t seed = 1; seed <= (slow_tests() ? 40 : 3); seed++) {
        frame_hdl32(frame, FRAME_FIRINGS, seed * 7);
        const size_t packed = frame_round_trip(frame, size);
        assert_true(packed > 0);
        assert_true(packed < size / 14);
    }
    free(frame);
}

/* So are scans, two sensors to a frame, whole or with a piece missing. */
static void test_scans(void **state)
{
    enum { FIRINGS = 600 };
    uint8_t *frame = must_alloc((size_t)2 * FIRINGS * 32 * FRAME_RECORD);
    (void)state;
    for (uint64_t seed = 2; seed <= (slow_tests() ? 4 : 3); seed++) {
        size_t count = frame_vlp32(frame, FIRINGS, seed, 0);
        /* The other sensor starts to look where the first one does not. */
        count += frame_vlp32(frame + count * FRAME_RECORD, FIRINGS, seed, 1);
        const size_t size = count * FRAME_RECORD;
        const size_t packed = frame_round_trip(frame, size);
        assert_true(packed > 0);
        assert_true(packed < size / 6);
        assert_true(frame_round_trip(frame + 12, size - 12 - 7) > 0);
    }
    free(frame);
}

/* Sensors are seen through at rest, at speed, and in curves. */
static void test_speeds(void **state)
{
    static const double speeds[] = {0, 10, 30}, yaws[] = {0, 0.2, 0.5};
    const unsigned firings = FRAME_FIRINGS;
    uint8_t *frame = must_alloc((size_t)firings * 32 * FRAME_RECORD);
    (void)state;
    for (unsigned k = 0; k < 9; k++)
        for (uint64_t seed = 1; seed <= (slow_tests() ? 6 : 1); seed++) {
            const struct lidar_drive drive = {speeds[k / 3], yaws[k % 3], seed};
            size_t size = lidar_frame_hdl32(frame, firings, &drive);
            if (slow_tests() || k == 8)
                assert_true(frame_round_trip(frame, size) < size / 14);
            size = lidar_frame_vlp32(frame, firings, (int)seed % 2, &drive);
            if (slow_tests() || k == 0)
                assert_true(frame_round_trip(frame, size) < size / 4);
        }
    free(frame);
}

/* Frames behind one another are told apart, and cost no more than alone. */
static void test_frames_in_a_row(void **state)
{
    const unsigned firings = 400;
    const size_t size = (size_t)firings * 32 * FRAME_RECORD;
    uint8_t *frames = must_alloc(2 * size);
    (void)state;
    frame_hdl32(frames, firings, 3);
    frame_hdl32(frames + size, firings, 4);
    const size_t alone =
        frame_round_trip(frames, size) + frame_round_trip(frames + size, size);
    assert_true(frame_round_trip(frames, 2 * size) < alone);
    free(frames);
}

/* Puts odd numbers, of which most are none, into a frame.
 * \param columns  of a record that may change */
static void sprinkle(uint8_t *frame, size_t size, int count, size_t columns,
                     uint64_t *seed)
{
    for (int i = 0; i < count; i++) {
        uint8_t *at = frame + sample_random(seed, (uint32_t)size / 4) * 4;
        if ((size_t)(at - frame) % FRAME_RECORD < columns * 4)
            frame_put_odd(at, seed);
    }
}

static void shuffle(uint8_t *frame, size_t points, uint64_t *seed)
{
    for (size_t i = points - 1; i > 0; i--)
        frame_swap(frame + i * FRAME_RECORD,
                   frame + sample_random(seed, (uint32_t)i) * FRAME_RECORD,
                   FRAME_RECORD);
}

/* Sweeps that are changed here and there stay exact; those that were shuffled
 * are no sweeps. */
static void test_changed_sweeps(void **state)
{
    const unsigned firings = 300;
    const size_t size = (size_t)firings * 32 * FRAME_RECORD;
    uint8_t *frame = must_alloc(size + 64);
    uint64_t seed = 2;
    (void)state;
    for (int round = 0; round < 4; round++) {
        frame_hdl32(frame, firings, 3);
        sprinkle(frame, size, 200 * round, round < 3 ? 3 : 5, &seed);
        memset(frame + size, 0x55, 64);
        assert_true(frame_round_trip(frame, size + (size_t)round * 17) > 0);
    }
    frame_hdl32(frame, firings, 3);
    shuffle(frame, firings * 32, &seed);
    (void)frame_round_trip(frame, size);
    free(frame);
}

/* A room in which nothing is further than some metres says little of how a
 * sensor counts azimuths: tables are learned all the same. */
static void test_small_rooms(void **state)
{
    static const double far[] = {0.5, 1, 3, 4};
    (void)state;
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        struct lidar_recipe recipe = {.kind = LIDAR_EVEN,
                                      .lasers = 16,
                                      .columns = 120,
                                      .turn = 1800,
                                      .words = 4,
                                      .digits = 7,
                                      .far = far[i],
                                      .tick = 0.002,
                                      .seed = i};
        lidar_recipe_right(&recipe, 2000);
        uint8_t *scan = must_alloc(lidar_scan_room(&recipe));
        const size_t size = lidar_scan(scan, &recipe);
        const size_t packed = frame_round_trip(scan, size);
        assert_true(packed > 0 && packed < size / 5);
        free(scan);
    }
}

/* So few records that no lag can be told, of any number of columns. */
static void test_few_records(void **state)
{
    uint8_t data[16 * MDCI_LIDAR_COLUMNS_MAX * 4];
    (void)state;
    for (unsigned columns = 3; columns <= MDCI_LIDAR_COLUMNS_MAX; columns++)
        for (size_t size = 192; size <= sizeof data; size += 36) {
            uint64_t seed = size;
            struct mdci_lidar_layout layout = {0};
            for (size_t i = 0; i + 4 <= size; i += 4) {
                const unsigned c = (unsigned)(i / 4) % columns;
                const uint32_t bits =
                    bits_of((float)((double)c * c * 7 - 20 +
                                    0.1 * sample_random(&seed, 10)));
                memcpy(data + i, &bits, 4);
            }
            if (mdci_lidar_probe(data, size, &layout))
                assert_in_range(layout.lag, 1, MDCI_LIDAR_LAG_MAX);
            (void)frame_round_trip(data, size);
        }
}

/* Of much that neighbours tell better than bytes the claim is sure, but not if
 * it comes again: bytes would find that. */
static void test_sure_claims(void **state)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_LIDAR);
    struct lidar_recipe recipe = {.kind = LIDAR_EVEN,
                                  .order = LIDAR_BY_RING,
                                  .lasers = 64,
                                  .columns = 400,
                                  .words = 4,
                                  .digits = 7,
                                  .far = 30,
                                  .tick = 0.002,
                                  .speed = 14,
                                  .yaw = 0.3,
                                  .seed = 1};
    enum mdci_claim claim;
    (void)state;
    lidar_recipe_right(&recipe, 64 * 400);
    uint8_t *scan = must_alloc(lidar_scan_room(&recipe));
    const size_t size = lidar_scan(scan, &recipe);
    assert_int_equal(codec->claim(6, scan, size, &no_hooks, &claim), MDC_OK);
    assert_int_equal(claim, MDCI_CLAIM_SURE);
    assert_int_equal(codec->claim(6, scan, size / 4, &no_hooks, &claim),
                     MDC_OK);
    assert_int_equal(claim, MDCI_CLAIM_RIVAL);
    memcpy(scan + size, scan, size); /* there is room for twice as much */
    assert_int_equal(codec->claim(6, scan, 2 * size, &no_hooks, &claim),
                     MDC_OK);
    assert_int_equal(claim, MDCI_CLAIM_RIVAL);
    free(scan);
}

/* Scans of every kind and order, with odd numbers among them, come back. */
static void test_made_scans(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (slow_tests() ? 400 : 24); seed++) {
        const struct lidar_recipe recipe = lidar_recipe_of(seed, 3000);
        uint8_t *scan = must_alloc(lidar_scan_room(&recipe));
        const size_t size = lidar_scan(scan, &recipe);
        if (size > 0)
            (void)frame_round_trip(scan, size);
        free(scan);
    }
}

/* However many values lie between those that are looked at. */
static void test_columns_are_found_at_every_size(void **state)
{
    enum { FIRINGS = 1800, LEAST = 20000 };
    uint8_t *frame = must_alloc((size_t)FIRINGS * 32 * FRAME_RECORD);
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        const size_t all = frame_vlp32(frame, FIRINGS, seed, 0);
        assert_true(all > LEAST * 3 / 2);
        for (size_t count = LEAST; count <= all; count += 101) {
            struct mdci_lidar_layout layout;
            assert_true(mdci_lidar_probe(frame, count * FRAME_RECORD, &layout));
            assert_int_equal(layout.columns, 5);
            assert_int_equal(layout.phase, 0);
        }
    }
    free(frame);
}

static void test_decimals_are_found(void **state)
{
    const size_t points = 20000, size = points * 16;
    uint8_t *frame = must_alloc(size);
    struct mdci_lidar_layout layout;
    (void)state;
    frame_kitti(frame, points, 5);
    assert_true(mdci_lidar_probe(frame, size, &layout));
    mdci_lidar_find_kinds(frame, size, &layout);
    assert_int_equal(layout.columns, 4);
    assert_int_equal(layout.phase, 0);
    for (unsigned c = 0; c < 3; c++)
        assert_int_equal(layout.kind[c], MDCI_LIDAR_DECIMAL + 3);
    assert_int_equal(layout.kind[3], MDCI_LIDAR_DECIMAL + 2);
    const size_t packed = frame_round_trip(frame, size);
    assert_true(packed > 0 && packed < size / 3);
    /* Cut at any place of a record, at both ends. */
    for (size_t cut = 1; cut < 16; cut += 5)
        assert_true(frame_round_trip(frame + cut * 4 % 16, size - 16 - cut) >
                    0);
    free(frame);
}

static void test_what_is_not_claimed(void **state)
{
    enum { SIZE = 65536 };
    struct mdci_lidar_layout layout;
    uint8_t *data = must_alloc(SIZE);
    (void)state;
    for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
        sample_fill(data, SIZE, (enum sample_kind)kind, 1);
        assert_int_equal(mdci_lidar_probe(data, SIZE, &layout), 0);
    }
    for (size_t size = 0; size < 64; size++)
        assert_int_equal(mdci_lidar_probe(data, size, &layout), 0);
    free(data);
}

/* Through the library: never much larger than as bytes. */
static void test_no_worse_than_bytes(void **state)
{
    const size_t most = (size_t)300 * 32 * FRAME_RECORD;
    uint8_t *data = must_alloc(most);
    uint64_t seed = 7;
    (void)state;
    for (int kind = 0; kind < 9; kind++) {
        size_t size = most, packed, as_bytes;
        struct mdc_options options;
        frame_hdl32(data, 300, 9);
        if (kind == 0)
            memset(data, 0, size);
        else if (kind == 1)
            size = FRAME_RECORD;
        else if (kind == 2)
            size = 0;
        else if (kind == 3)
            sample_fill(data, size, SAMPLE_RANDOM, 3);
        else if (kind == 4) /* two sensors */
            frame_kitti(data + size / 2, size / 32, 3);
        else if (kind == 5)
            shuffle(data, size / FRAME_RECORD, &seed);
        else if (kind == 6)
            sprinkle(data, size, 5000, 5, &seed);
        else if (kind == 7)
            size -= 7;
        mdc_options_init(&options);
        options.level = 4;
        uint8_t *archive = compress_all(data, size, &packed, &options);
        uint8_t *back = must_alloc(size + 1);
        size_t back_size;
        assert_int_equal(
            mdc_decompress(back, size + 1, &back_size, archive, packed, NULL),
            MDC_OK);
        assert_int_equal(back_size, size);
        assert_memory_equal(back, data, size);
        free(archive);
        free(back);
        options.content = MDC_CONTENT_BYTES;
        free(compress_all(data, size, &as_bytes, &options));
        assert_true(packed <= as_bytes + as_bytes / 200 + 32);
        if (kind > 6)
            assert_true(packed * 3 < as_bytes);
    }
    free(data);
}

/* Damaged payloads restore to anything, but nowhere else and in time. */
static void test_damage(void **state)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_LIDAR);
    const size_t size = (size_t)80 * 32 * FRAME_RECORD;
    uint8_t *frame = must_alloc(size), *back = must_alloc(size + FRAME_GUARD);
    uint8_t *payload = must_alloc(codec->bound(size));
    uint8_t *large = must_alloc((size_t)16 * 1800 * FRAME_RECORD);
    const struct lidar_style style = {.ring = 1};
    void *encoder, *decoder;
    size_t packed;
    uint64_t seed = 6;
    (void)state;
    assert_int_equal(codec->open(&encoder, MDCI_ENCODE, 4, size, &no_hooks),
                     MDC_OK);
    assert_int_equal(codec->open(&decoder, MDCI_DECODE, 4, size, &no_hooks),
                     MDC_OK);
    for (int kind = 0; kind < 4; kind++) {
        size_t plain = size;
        if (kind == 0)
            frame_hdl32(frame, 80, 1);
        else if (kind == 1)
            frame_kitti(frame, size / 16, 1);
        else if (kind == 2)
            plain = frame_vlp32(frame, 80, 1, 0) * FRAME_RECORD;
        else
            plain = mdci_min_size(size, frame_any(large, 16, &style, 1));
        if (kind == 3)
            memcpy(frame, large, plain);
        assert_int_equal(
            codec->encode(encoder, frame, 0, plain, payload, &packed), MDC_OK);
        assert_true(packed > 0);
        /* The parameters come first: half of the damage is there. */
        for (int round = 0; round < (slow_tests() ? 600 : 25); round++)
            frame_decode_damaged(codec, decoder, back, plain, payload, packed,
                                 round % 2 ? 400 : (uint32_t)packed, &seed);
    }
    codec->close(encoder);
    codec->close(decoder);
    free(frame);
    free(large);
    free(back);
    free(payload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_sines),
        cmocka_unit_test(test_rotation_keeps_lengths),
        cmocka_unit_test(test_sweeps),
        cmocka_unit_test(test_scans),
        cmocka_unit_test(test_speeds),
        cmocka_unit_test(test_frames_in_a_row),
        cmocka_unit_test(test_changed_sweeps),
        cmocka_unit_test(test_small_rooms),
        cmocka_unit_test(test_few_records),
        cmocka_unit_test(test_made_scans),
        cmocka_unit_test(test_sure_claims),
        cmocka_unit_test(test_columns_are_found_at_every_size),
        cmocka_unit_test(test_decimals_are_found),
        cmocka_unit_test(test_what_is_not_claimed),
        cmocka_unit_test(test_no_worse_than_bytes),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
