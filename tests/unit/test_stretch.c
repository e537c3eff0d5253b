/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_stretch.c
 * \brief Noise and runs are found, nothing else is, and what holds them comes
 *        back; what a front end does not restore is not kept.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/stream/encoder.h"
#include "src/stream/stretch.h"

enum { SIZE = 400000 };

static const struct mdc_allocator no_hooks;

static struct mdci_stretches find(const uint8_t *data, size_t size)
{
    struct mdci_stretches found = {0};
    assert_int_equal(mdci_stretches_find(&found, data, size, &no_hooks),
                     MDC_OK);
    size_t at = 0;
    for (size_t i = 0; i < found.count; i++) {
        assert_true(found.list[i].from >= at);
        assert_true(found.list[i].to > found.list[i].from);
        at = found.list[i].to;
    }
    assert_true(at <= size);
    return found;
}

static void assert_none(const uint8_t *data, size_t size)
{
    struct mdci_stretches found = find(data, size);
    assert_int_equal(found.count, 0);
    mdci_stretches_free(&found, &no_hooks);
}

static void fill_noise(uint8_t *data, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)sample_random(&seed, 256);
}

/* ---- What is found ------------------------------------------------------- */

static void test_noise_is_found(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    fill_noise(data, SIZE, 1);
    static const size_t sizes[] = {2048, 5000, 16384, 16385, 40000, SIZE};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct mdci_stretches found = find(data, sizes[i]);
        assert_int_equal(found.count, 1);
        assert_int_equal(found.list[0].kind, MDCI_CHUNK_NOISE);
        assert_int_equal(found.list[0].from, 0);
        assert_int_equal(found.list[0].to, sizes[i]);
        mdci_stretches_free(&found, &no_hooks);
    }
    assert_none(data, 2047);
    assert_none(data, 0);
    free(data);
}

/* Noise between texts is found but for its ends. */
static void test_noise_within_text(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    fill_noise(data + 100000, 150000, 2);
    struct mdci_stretches found = find(data, SIZE);
    assert_int_equal(found.count, 1);
    assert_in_range(found.list[0].from, 100000, 100000 + 16384);
    assert_in_range(found.list[0].to, 250000 - 16384, 250000);
    mdci_stretches_free(&found, &no_hooks);
    free(data);
}

/* What models make smaller by a few per cent at least. */
static void test_no_noise(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    uint64_t seed = 3;
    for (int kind = 0; kind < 7; kind++) {
        uint32_t wave = 0;
        for (size_t i = 0; i < SIZE; i++) {
            const uint32_t r = sample_random(&seed, 65536);
            wave += (r & 511) + 100;
            data[i] =
                (uint8_t)(kind == 0   ? r & 0x7F              /* seven bits */
                          : kind == 1 ? (i % 4 == 3 ? 63 : r) /* floats */
                          : kind == 2
                              ? (i % 8 == 5 ? r & 0x0F : r) /* a nibble of 16 */
                          : kind == 3
                              ? (i % 2 ? wave >> 8 : wave) /* a wave, 16 bits */
                          : kind == 4
                              ? (i % 3 == 2 ? r & 0xF0 : r) /* 20 of 24 bits */
                          : kind == 5
                              ? (i % 256 < 10 ? 0 : r)       /* headers */
                              : (r & 0x300 ? r : r & 0x3F)); /* a quarter low */
        }
        assert_none(data, SIZE);
    }
    sample_fill(data, SIZE, SAMPLE_TEXT, 4);
    assert_none(data, SIZE);
    free(data);
}

/* The second time is free for a match model: neither time is noise. */
static void test_repeated_noise_is_none(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    fill_noise(data, SIZE, 5);
    memcpy(data + 234567, data + 12345, 100000);
    struct mdci_stretches found = find(data, SIZE);
    for (size_t i = 0; i < found.count; i++) {
        const size_t from = found.list[i].from, to = found.list[i].to;
        assert_true(to <= 12345 + 16384 || from >= 112345 - 16384);
        assert_true(to <= 234567 + 16384 || from >= 334567 - 16384);
    }
    assert_true(found.count >= 2);
    mdci_stretches_free(&found, &no_hooks);
    free(data);
}

static void test_runs_are_found(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    for (size_t period = 1; period <= MDCI_PERIOD_MAX; period++) {
        sample_fill(data, SIZE, SAMPLE_TEXT, period);
        for (size_t i = 0; i < 90000; i++) /* no period within the period */
            data[70001 + i] = (uint8_t)(i % period ? 1 + i % period : 200);
        struct mdci_stretches found = find(data, SIZE);
        assert_int_equal(found.count, 1);
        assert_int_equal(found.list[0].kind, MDCI_CHUNK_RUN);
        assert_int_equal(found.list[0].period, period);
        assert_int_equal(found.list[0].from, 70001);
        assert_int_equal(found.list[0].to, 160001);
        mdci_stretches_free(&found, &no_hooks);
    }
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    memset(data + 50000, 0, (32 << 10) - 1); /* too short */
    assert_none(data, SIZE);
    free(data);
}

/* ---- What comes back ----------------------------------------------------- */

/* Texts, noise and runs in turn, of sizes that no grid fits. */
static void fill_mixed(uint8_t *data, size_t size, uint64_t seed)
{
    size_t at = 0;
    for (unsigned turn = 0; at < size; turn++) {
        size_t n = 10000 + sample_random(&seed, 90000);
        n = n < size - at ? n : size - at;
        if (turn % 3 == 0)
            sample_fill(data + at, n, SAMPLE_TEXT, turn);
        else if (turn % 3 == 1)
            fill_noise(data + at, n, seed);
        else
            memset(data + at, (int)turn, n);
        at += n;
    }
}

static void assert_comes_back(const uint8_t *packed, size_t packed_size,
                              const uint8_t *data, size_t size)
{
    uint8_t *back = must_alloc(size);
    size_t back_size;
    assert_int_equal(
        mdc_decompress(back, size, &back_size, packed, packed_size, NULL),
        MDC_OK);
    assert_int_equal(back_size, size);
    assert_memory_equal(back, data, size);
    free(back);
}

static void test_mixed_content_comes_back(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    for (int level = 0; level <= 9; level++) {
        if (!has_level(level))
            continue;
        fill_mixed(data, SIZE, (uint64_t)level);
        uint8_t *packed[2];
        size_t packed_size[2];
        for (unsigned i = 0; i < 2; i++) {
            struct mdc_options options = small_options(level);
            options.block_size = 200000;
            options.chunk_size = 65536;
            options.threads = 1 + i;
            options.seekable = level == 2 || level == 5;
            packed[i] = compress_all(data, SIZE, &packed_size[i], &options);
        }
        assert_int_equal(packed_size[0], packed_size[1]);
        assert_memory_equal(packed[0], packed[1], packed_size[0]);
        assert_comes_back(packed[0], packed_size[0], data, SIZE);
        free(packed[0]);
        free(packed[1]);
    }
    free(data);
}

/* Flushes cut noise and runs anywhere. */
static void test_mixed_content_with_flushes(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    fill_mixed(data, SIZE, 77);
    for (int level = 1; level <= 4; level++) {
        if (!has_level(level))
            continue;
        struct mdc_options options = small_options(level);
        options.block_size = 250000;
        mdc_cctx *ctx;
        struct sink sink = {0};
        assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
        for (size_t at = 0; at < SIZE; at += 66666) {
            const size_t n = SIZE - at < 66666 ? SIZE - at : 66666;
            assert_int_equal(
                drive_encoder(ctx, data + at, n, MDC_FLUSH, 70000, &sink),
                MDC_OK);
        }
        assert_int_equal(drive_encoder(ctx, NULL, 0, MDC_FINISH, 70000, &sink),
                         MDC_OK);
        mdc_cctx_free(ctx);
        assert_comes_back(sink.data, sink.size, data, SIZE);
        sink_free(&sink);
    }
    free(data);
}

/* A front end that wants blocks whole does not get what lies between runs, and
 * what it moved is not taken for a run. */
static void test_quantized_content_beside_runs(void **state)
{
    (void)state;
    enum { RUN = 131072, POINTS = 12000, EACH = 20 };
    const size_t size = RUN + POINTS * EACH;
    uint8_t *data = must_alloc(size);
    if (!has_level(4))
        skip();
    for (int place = 0; place < 2; place++) {
        uint8_t *point = data + (place ? 0 : RUN);
        memset(data, ' ', size);
        for (unsigned i = 0; i < POINTS; i++, point += EACH) {
            const double turn = i * 0.0057, up = (i % 32 - 16.0) * 0.02;
            const double range = 10 + 3 * sin(turn * 3);
            const float values[] = {(float)(range * cos(turn) * cos(up)),
                                    (float)(range * sin(turn) * cos(up)),
                                    (float)(range * sin(up)),
                                    (float)(i * 7 % 40), (float)(i % 32)};
            memcpy(point, values, EACH);
        }
        struct mdc_options options;
        mdc_options_init(&options);
        options.level = 4;
        options.quantize = 1000000;
        size_t packed_size, back_size;
        uint8_t *packed = compress_all(data, size, &packed_size, &options);
        uint8_t *back = must_alloc(size);
        assert_int_equal(
            mdc_decompress(back, size, &back_size, packed, packed_size, NULL),
            MDC_OK);
        assert_int_equal(back_size, size);
        const size_t run = place ? size - RUN : 0;
        assert_memory_equal(back + run, data + run, RUN);
        free(back);
        free(packed);
    }
    free(data);
}

static void test_noise_and_runs_cost_little(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    for (int level = 1; level <= 9; level++) {
        if (!has_level(level))
            continue;
        struct mdc_options options;
        mdc_options_init(&options);
        options.level = level;
        size_t packed_size;
        fill_noise(data, SIZE, 9);
        free(compress_all(data, SIZE, &packed_size, &options));
        assert_in_range(packed_size, SIZE, SIZE + 32);
        memset(data, 'x', SIZE);
        free(compress_all(data, SIZE, &packed_size, &options));
        assert_in_range(packed_size, 1, 100);
    }
    free(data);
}

/* ---- Front ends are not believed ----------------------------------------- */

#ifndef MDCI_DEBUG
static uint64_t liar_memory(enum mdci_direction direction, unsigned row,
                            uint64_t block_size, uint64_t dictionary_size)
{
    (void)direction;
    (void)row;
    (void)block_size;
    (void)dictionary_size;
    return 1;
}

static size_t liar_bound(size_t size)
{
    return size + 64;
}

static enum mdc_status liar_open(void **state, enum mdci_direction direction,
                                 unsigned row, uint64_t block_size,
                                 const struct mdc_allocator *allocator)
{
    static int nothing;
    (void)direction;
    (void)row;
    (void)block_size;
    (void)allocator;
    *state = &nothing;
    return MDC_OK;
}

static enum mdc_status liar_reset(void *state)
{
    (void)state;
    return MDC_OK;
}

/* Any content is one byte to it. */
static enum mdc_status liar_encode(void *state, const uint8_t *block,
                                   size_t from, size_t to, uint8_t *out,
                                   size_t *out_size)
{
    (void)state;
    (void)to;
    out[0] = block[from];
    *out_size = 1;
    return MDC_OK;
}

static enum mdc_status liar_decode(void *state, uint8_t *block, size_t from,
                                   size_t to, const uint8_t *in, size_t in_size)
{
    (void)state;
    (void)in_size;
    memset(block + from, in[0], to - from);
    return MDC_OK;
}

static void liar_close(void *state)
{
    (void)state;
}

static enum mdc_status liar_claim(unsigned row, const uint8_t *content,
                                  size_t size,
                                  const struct mdc_allocator *allocator,
                                  enum mdci_claim *claim)
{
    (void)row;
    (void)content;
    (void)size;
    (void)allocator;
    *claim = MDCI_CLAIM_SURE;
    return MDC_OK;
}

static const struct mdci_codec liar = {
    .id = MDCI_CODEC_LOG,
    .name = "liar",
    .available = 1,
    .memusage = liar_memory,
    .bound = liar_bound,
    .open = liar_open,
    .reset = liar_reset,
    .encode = liar_encode,
    .decode = liar_decode,
    .close = liar_close,
    .claim = liar_claim,
};

static void test_what_does_not_restore_is_not_kept(void **state)
{
    (void)state;
    const size_t size = 100000;
    uint8_t *data = must_alloc(size);
    sample_fill(data, size, SAMPLE_TEXT, 1);
    for (int flush = 0; flush <= 1; flush++) {
        struct mdc_options options = small_options(1);
        options.block_size = 50000;
        mdc_cctx *ctx;
        struct sink sink = {0};
        assert_int_equal(mdci_encoder_new(&ctx, &liar, 1, &options), MDC_OK);
        for (size_t at = 0; at < size; at += 10000)
            assert_int_equal(drive_encoder(ctx, data + at, 10000,
                                           flush ? MDC_FLUSH : MDC_RUN, 9999,
                                           &sink),
                             MDC_OK);
        assert_int_equal(drive_encoder(ctx, NULL, 0, MDC_FINISH, 9999, &sink),
                         MDC_OK);
        mdc_cctx_free(ctx);
        assert_comes_back(sink.data, sink.size, data, size);
        /* Where nothing was written yet, byte models did it. */
        assert_true(flush || sink.size < size / 2);
        sink_free(&sink);
    }
    free(data);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise_is_found),
        cmocka_unit_test(test_noise_within_text),
        cmocka_unit_test(test_no_noise),
        cmocka_unit_test(test_repeated_noise_is_none),
        cmocka_unit_test(test_runs_are_found),
        cmocka_unit_test(test_mixed_content_comes_back),
        cmocka_unit_test(test_mixed_content_with_flushes),
        cmocka_unit_test(test_quantized_content_beside_runs),
        cmocka_unit_test(test_noise_and_runs_cost_little),
#ifndef MDCI_DEBUG
        cmocka_unit_test(test_what_does_not_restore_is_not_kept),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
