/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_quantize.c
 * \brief Tests of near-lossless frames: no coordinate moves by more than half a
 *        step, nothing else changes, and archives say so.
 */
#include "config.h"

#include "tests/unit/lidar_frames.h"
#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"
#include "codecs/lidar/lidar_near.h"

enum { FIRINGS = 80, SIZE = FIRINGS * 32 * FRAME_RECORD };

static const struct mdc_allocator no_hooks;

static float float_of(const uint8_t *at)
{
    float value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* Whether what was x may be restored as y. */
static int may_be(float x, float y, uint64_t step)
{
    const long double off = fabsl((long double)x - (long double)y);
    return fabsf(x) < 32768 && fabsf(y) < 32768 &&
           off * 2e9L <= (long double)step;
}

/* Fails if restored[size] is not what a step allows. \return how many
 * coordinates were moved */
static size_t check_moved(const uint8_t *frame, const uint8_t *restored,
                          size_t size, unsigned columns, uint64_t step)
{
    size_t moved = 0;
    for (size_t i = 0; i + 4 <= size; i += 4) {
        if (memcmp(frame + i, restored + i, 4) == 0)
            continue;
        assert_true(i / 4 % columns < 3);
        assert_true(i / 4 / columns < size / (columns * 4));
        assert_true(may_be(float_of(frame + i), float_of(restored + i), step));
        moved++;
    }
    assert_memory_equal(frame + size / 4 * 4, restored + size / 4 * 4,
                        size % 4);
    return moved;
}

static void *open_near(enum mdci_direction direction, uint64_t step)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_LIDAR);
    void *state;
    assert_int_equal(codec->open(&state, direction, 6, SIZE + 64, &no_hooks),
                     MDC_OK);
    codec->set_step(state, step);
    return state;
}

/* \return the payload's size, 0 if it is taken for no frame */
static size_t round_trip(const uint8_t *frame, size_t size, unsigned columns,
                         uint64_t step, size_t *moved)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_LIDAR);
    void *encoder = open_near(MDCI_ENCODE, step);
    void *decoder = open_near(MDCI_DECODE, step);
    uint8_t *payload = must_alloc(codec->bound(size));
    uint8_t *restored = must_alloc(size), *back = must_alloc(size);
    size_t packed;
    assert_int_equal(
        codec->encode_near(encoder, frame, size, restored, payload, &packed),
        MDC_OK);
    *moved = 0;
    if (packed > 0) {
        *moved = check_moved(frame, restored, size, columns, step);
        memset(back, 0xEE, size);
        assert_int_equal(codec->decode(decoder, back, 0, size, payload, packed),
                         MDC_OK);
        assert_memory_equal(back, restored, size);
    }
    codec->close(encoder);
    codec->close(decoder);
    free(payload);
    free(restored);
    free(back);
    return packed;
}

/* Frames of each kind: a sweep, a scan, decimals, floats as they come. */
static size_t make_frame(uint8_t *frame, int kind, unsigned *columns)
{
    uint64_t seed = 5;
    *columns = kind == 2 ? 4 : 5;
    if (kind == 0) {
        frame_hdl32(frame, FIRINGS, 7);
        return SIZE;
    }
    if (kind == 1)
        return frame_vlp32(frame, FIRINGS, 9, 0) * FRAME_RECORD;
    if (kind == 2) {
        frame_kitti(frame, SIZE / 20, 3);
        return SIZE / 20 * 16;
    }
    frame_hdl32(frame, FIRINGS, 7);
    for (size_t i = 0; i < SIZE; i += 4)
        if (i % FRAME_RECORD < 12) {
            const float noise = (float)sample_random(&seed, 1000) * 1e-6f;
            const float value = float_of(frame + i) * (1 + noise);
            memcpy(frame + i, &value, 4);
        }
    return SIZE;
}

static void test_bound_holds(void **state)
{
    static const uint64_t steps[] = {1,       7,        100,       1000,
                                     3333,    10000,    123456,    1000000,
                                     1999999, 10000000, 100000000, 1000000000};
    uint8_t *frame = must_alloc(SIZE);
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        unsigned columns;
        const size_t size = make_frame(frame, kind, &columns);
        size_t last = SIZE;
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            size_t moved;
            const size_t packed =
                round_trip(frame, size, columns, steps[i], &moved);
            assert_true(packed > 0);
            /* Whole millimetres stay, up to where there is another near. */
            if (kind == 2 && steps[i] < 2000000)
                assert_int_equal(moved, 0);
            else if (kind > 1 && steps[i] >= 10000)
                assert_true(moved > size / 40);
            assert_true(packed <= last + last / 16);
            last = packed;
        }
        assert_true(last < size / 8);
    }
    free(frame);
}

/* Values that are none, far or tiny, anywhere. */
static void test_nasty_values(void **state)
{
    static const uint32_t odd[] = {
        0x7FC12345, 0xFF800001, 0x7F800000, 0xFF800000, 0x00000001, 0x807FFFFF,
        0x80000000, 0x00000000, 0x7F7FFFFF, 0x47000000, 0x46FFFFFF, 0xC7000001,
        0x2B000000, 0x36FFFFFF, 0x37000000, 0x7F7FFFFF};
    static const uint64_t steps[] = {1, 1000, 10000, 20000000, 1000000000};
    uint8_t *frame = must_alloc(SIZE);
    uint64_t seed = 8;
    (void)state;
    for (int kind = 0; kind < 4; kind++)
        for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
            unsigned columns;
            size_t moved;
            const size_t size = make_frame(frame, kind, &columns);
            for (int i = 0; i < 300; i++) {
                uint8_t *at =
                    frame + sample_random(&seed, (uint32_t)size / 4) * 4;
                memcpy(at, &odd[sample_random(&seed, 16)], 4);
            }
            const size_t cut = sample_random(&seed, 20);
            assert_true(
                round_trip(frame, size - cut, columns, steps[s], &moved) > 0);
        }
    free(frame);
}

/* The exact comparison in integers agrees with that of long numbers. */
static void test_is_near(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        const uint64_t step = 1 + sample_random(&seed, MDC_QUANTIZE_MAX);
        const float x = ldexpf((float)sample_random(&seed, 1u << 24),
                               -(int)sample_random(&seed, 45));
        const float off = (float)((double)step * 1e-9 *
                                  (sample_random(&seed, 2000) / 1000.0 - 1));
        const float y = sample_random(&seed, 9) ? x + off : -x;
        uint32_t a, b;
        memcpy(&a, &x, 4);
        memcpy(&b, &y, 4);
        const int near = mdci_lidar_is_near(mdci_lidar_step_of(step), a, b);
        assert_true(!near || a == b || may_be(x, y, step));
        /* It errs on the safe side, and by no more than its resolution. */
        const long double apart = fabsl((long double)x - (long double)y);
        if (fabsf(x) < 32768 && fabsf(y) < 32768 &&
            2 * apart + 8e-12L <= (long double)step * 1e-9L)
            assert_true(near);
    }
}

/* Only what is sure to be coordinates is moved. */
static void test_what_is_no_frame(void **state)
{
    uint8_t *frame = must_alloc(SIZE);
    size_t moved;
    (void)state;
    frame_hdl32(frame, FIRINGS, 7);
    sample_fill(frame + SIZE / 2, 64 * FRAME_RECORD, SAMPLE_RANDOM, 1);
    assert_int_equal(round_trip(frame, SIZE, 5, 10000, &moved), 0);
    frame_hdl32(frame, FIRINGS, 7);
    assert_int_equal(round_trip(frame + 8, SIZE - 8, 5, 10000, &moved), 0);
    assert_true(round_trip(frame, SIZE, 5, 10000, &moved) > 0);
    free(frame);
}

/* Damage restores to anything, but nowhere else and in time. */
static void test_damage(void **state)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_LIDAR);
    uint8_t *frame = must_alloc(SIZE), *back = must_alloc(SIZE + FRAME_GUARD);
    uint8_t *payload = must_alloc(codec->bound(SIZE));
    uint64_t seed = 6;
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        const uint64_t step = kind % 2 ? 1000000000 : 10000;
        void *encoder = open_near(MDCI_ENCODE, step);
        void *decoder = open_near(MDCI_DECODE, step);
        unsigned columns;
        const size_t size = make_frame(frame, kind, &columns);
        size_t packed;
        assert_int_equal(
            codec->encode_near(encoder, frame, size, back, payload, &packed),
            MDC_OK);
        for (int round = 0; round < (slow_tests() ? 400 : 20); round++)
            frame_decode_damaged(codec, decoder, back, size, payload, packed,
                                 (uint32_t)packed, &seed);
        codec->close(encoder);
        codec->close(decoder);
    }
    free(frame);
    free(back);
    free(payload);
}

struct bytes {
    const uint8_t *data;
    uint64_t exact, near; /* blocks */
};

static int read_bytes(void *opaque, uint64_t offset, void *buf, size_t size)
{
    const struct bytes *bytes = opaque;
    memcpy(buf, bytes->data + offset, size);
    return 0;
}

static int count_block(void *opaque, const struct mdc_block_info *info)
{
    struct bytes *bytes = opaque;
    assert_true(info->quantize == 0 || info->quantize == 10000);
    bytes->near += info->quantize > 0;
    bytes->exact += info->quantize == 0;
    return 0;
}

/* Compresses through a context. \param moved  out: mdc_cctx_quantized() */
static size_t compress_near(uint8_t *archive, size_t room, const uint8_t *data,
                            size_t size, unsigned threads, uint64_t *moved)
{
    struct mdc_options options;
    mdc_options_init(&options);
    options.level = 4;
    options.threads = threads;
    options.block_size = SIZE / 2;
    options.quantize = 10000;
    mdc_cctx *ctx;
    assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
    struct mdc_input in = {data, size, 0};
    struct mdc_output out = {archive, room, 0};
    assert_int_equal(mdc_cctx_run(ctx, &in, &out, MDC_FINISH), MDC_OK);
    *moved = mdc_cctx_quantized(ctx);
    mdc_cctx_free(ctx);
    return out.pos;
}

/* Blocks of one archive, some nearly and some exactly; of one block. */
static void test_archives(void **state)
{
    const size_t size = SIZE + SIZE / 2, room = size + 1000;
    uint8_t *data = must_alloc(size), *back = must_alloc(size);
    uint8_t *archives[2] = {must_alloc(room), must_alloc(room)};
    (void)state;
    frame_hdl32(data, FIRINGS, 7);
    sample_fill(data + SIZE, SIZE / 2, SAMPLE_TEXT, 1);
    for (size_t plain = SIZE / 2; plain <= size; plain += SIZE / 2) {
        size_t packed = 0, restored;
        uint64_t moved;
        for (unsigned k = 0; k < 2; k++) {
            const size_t before = packed;
            packed = compress_near(archives[k], room, data, plain, k ? 3 : 1,
                                   &moved);
            assert_int_equal(moved, plain < SIZE ? plain : SIZE);
            assert_true(k == 0 || packed == before);
        }
        assert_memory_equal(archives[0], archives[1], packed);
        mdc_dctx *ctx;
        assert_int_equal(mdc_dctx_new(&ctx, NULL), MDC_OK);
        struct mdc_input in = {archives[0], packed, 0};
        struct mdc_output out = {back, size, 0};
        assert_int_equal(mdc_dctx_run(ctx, &in, &out, MDC_FINISH),
                         MDC_STREAM_END);
        assert_int_equal(mdc_dctx_quantized(ctx), 10000);
        mdc_dctx_free(ctx);
        restored = out.pos;
        assert_int_equal(restored, plain);
        assert_true(check_moved(data, back, plain, 5, 10000) > 0);
        assert_memory_equal(data + moved, back + moved, plain - moved);
        struct bytes bytes = {.data = archives[0]};
        struct mdc_archive_info info = {.size = sizeof info};
        assert_int_equal(mdc_inspect(read_bytes, &bytes, packed, count_block,
                                     &bytes, &info, NULL),
                         MDC_OK);
        assert_int_equal(info.quantize, 10000);
        assert_int_equal(bytes.near, moved / (SIZE / 2));
        assert_int_equal(bytes.exact, (plain - moved) / (SIZE / 2));
        /* What was restored is exact from now on. */
        for (size_t cut = 0; cut < 40 && plain == SIZE / 2; cut++) {
            archives[0][cut] ^= 4;
            assert_int_not_equal(mdc_decompress(back, size, &restored,
                                                archives[0], packed, NULL),
                                 MDC_OK);
            archives[0][cut] ^= 4;
        }
    }
    free(data);
    free(back);
    free(archives[0]);
    free(archives[1]);
}

static void test_options(void **state)
{
    struct mdc_options options;
    mdc_cctx *ctx;
    (void)state;
    for (int kind = 0; kind < 6; kind++) {
        mdc_options_init(&options);
        options.quantize = kind == 0 ? MDC_QUANTIZE_MAX + 1 : MDC_QUANTIZE_MAX;
        options.level = kind == 1 ? 3 : 4;
        options.seekable = kind == 2;
        options.dictionary = kind == 3 ? "abc" : NULL;
        options.dictionary_size = kind == 3 ? 3 : 0;
        options.content = kind == 4 ? MDC_CONTENT_LOG : MDC_CONTENT_LIDAR;
        assert_int_equal(mdc_cctx_new(&ctx, &options),
                         kind < 5 ? MDC_OPTIONS : MDC_OK);
        mdc_cctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_holds),
        cmocka_unit_test(test_nasty_values),
        cmocka_unit_test(test_is_near),
        cmocka_unit_test(test_what_is_no_frame),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_archives),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
