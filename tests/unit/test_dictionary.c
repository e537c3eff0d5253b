/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_dictionary.c
 * \brief Frames with a dictionary, given or their own: they come back, do not
 *        depend on threads and cuts, and name what is missing.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in small_options(). */
enum { BLOCK = 16384, CHUNK = 4096, LARGEST = 2 * BLOCK + 5000, DICT = 6000 };

static const int levels[] = {0, 1, 2, 3, 4, 6};
enum { LEVELS = sizeof(levels) / sizeof(levels[0]) };

/* For sweeps: one level of the models stands for all, unless there is time. */
static size_t sweep_levels(void)
{
    return slow_tests() ? LEVELS : LEVELS - 1;
}

/* What all tests are about: lines, and other lines of their kind. */
struct texts {
    uint8_t content[LARGEST];
    uint8_t dictionary[DICT];
};

static struct texts *make_texts(void)
{
    struct texts *t = must_alloc(sizeof(*t));
    sample_fill(t->content, LARGEST, SAMPLE_TEXT, 1);
    sample_fill(t->dictionary, DICT, SAMPLE_TEXT, 1000);
    return t;
}

static struct mdc_options with_dictionary(int level, const struct texts *t)
{
    struct mdc_options options = small_options(level);
    options.dictionary = t->dictionary;
    options.dictionary_size = DICT;
    return options;
}

static struct mdc_options with_seekable(int level)
{
    struct mdc_options options = small_options(level);
    options.seekable = 1;
    return options;
}

static void assert_restores(const uint8_t *packed, size_t packed_size,
                            const uint8_t *data, size_t size,
                            const struct mdc_options *options)
{
    uint8_t *back = must_alloc(size);
    size_t back_size = SIZE_MAX;
    assert_int_equal(
        mdc_decompress(back, size, &back_size, packed, packed_size, options),
        MDC_OK);
    assert_int_equal(back_size, size);
    assert_memory_equal(back, data, size);
    free(back);
}

/* The archive of data[size] with one thread and with three; the caller frees
 * it. */
static uint8_t *round_trip(const uint8_t *data, size_t size,
                           const struct mdc_options *options,
                           size_t *packed_size)
{
    struct mdc_options o = *options;
    uint8_t *packed = compress_all(data, size, packed_size, &o);
    assert_restores(packed, *packed_size, data, size, &o);
    size_t again_size;
    o.threads = 3;
    uint8_t *again = compress_all(data, size, &again_size, &o);
    assert_int_equal(again_size, *packed_size);
    assert_memory_equal(again, packed, again_size);
    assert_restores(packed, *packed_size, data, size, &o);
    free(again);
    return packed;
}

/* With a dictionary of the same kind, text is smaller at every size but 0. */
static void test_given(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,     1,         300,    CHUNK + 1,
                                   BLOCK, BLOCK + 1, LARGEST};
    struct texts *t = make_texts();
    for (size_t l = 0; l < LEVELS; l++) {
        const struct mdc_options with = with_dictionary(levels[l], t);
        const struct mdc_options without = small_options(levels[l]);
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            size_t size, plain_size;
            uint8_t *packed = round_trip(t->content, sizes[i], &with, &size);
            free(packed);
            packed = compress_all(t->content, sizes[i], &plain_size, &without);
            free(packed);
            if (levels[l] == 0 || sizes[i] < 300)
                assert_int_equal(size, plain_size);
            else
                assert_true(size < plain_size);
        }
    }
    free(t);
}

/* Content that a dictionary does not help with, and a little of it. */
static void test_all_kinds(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    for (size_t l = 0; l < sweep_levels(); l++) {
        const struct mdc_options given = with_dictionary(levels[l], t);
        const struct mdc_options own = with_seekable(levels[l]);
        for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
            const size_t size = levels[l] < 4 ? LARGEST : BLOCK + 5000;
            size_t packed_size;
            sample_fill(t->content, size, (enum sample_kind)kind, 7);
            free(round_trip(t->content, size, &given, &packed_size));
            free(round_trip(t->content, size, &own, &packed_size));
            if (kind == SAMPLE_RANDOM)
                assert_true(packed_size <= size + size / 1000 + 200);
        }
    }
    free(t);
}

/* One block has no use for a dictionary of its own; several blocks share the
 * start of the first and are smaller for it. */
static void test_seekable(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    for (size_t l = 0; l < LEVELS; l++) {
        const struct mdc_options with = with_seekable(levels[l]);
        const struct mdc_options without = small_options(levels[l]);
        for (size_t size = 0; size <= LARGEST; size += size ? BLOCK / 2 : 100) {
            size_t packed_size, plain_size;
            uint8_t *packed = round_trip(t->content, size, &with, &packed_size);
            uint8_t *plain =
                compress_all(t->content, size, &plain_size, &without);
            if (size <= BLOCK || levels[l] == 0) {
                assert_int_equal(packed_size, plain_size);
                assert_memory_equal(packed, plain, packed_size);
            } else {
                /* A dictionary costs its own coded size, too. */
                assert_true(packed_size < plain_size + plain_size / 10);
            }
            free(packed);
            free(plain);
        }
    }
    free(t);
}

/* The default block is 1 MiB then. */
static void test_seekable_block_size(void **state)
{
    (void)state;
    const size_t size = (1 << 20) + 1;
    uint8_t *data = must_alloc(size);
    sample_fill(data, size, SAMPLE_TEXT, 3);
    struct mdc_options options;
    mdc_options_init(&options);
    options.level = 1;
    options.seekable = 1;
    size_t packed_size, want_size;
    uint8_t *packed = round_trip(data, size, &options, &packed_size);
    options.block_size = 1 << 20;
    uint8_t *want = compress_all(data, size, &want_size, &options);
    assert_int_equal(packed_size, want_size);
    assert_memory_equal(packed, want, want_size);
    free(packed);
    free(want);
    free(data);
}

/* The bytes do not depend on how the calls cut input and output. */
static void test_cuts(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    const size_t size = BLOCK + 3000;
    for (size_t l = 1; l < sweep_levels(); l++) {
        for (int own = 0; own < 2; own++) {
            struct mdc_options options =
                own ? with_seekable(levels[l]) : with_dictionary(levels[l], t);
            size_t want_size;
            uint8_t *want =
                compress_all(t->content, size, &want_size, &options);
            for (size_t step = 1; step < size; step = step * 11 + 5) {
                struct sink sink = {0}, back = {0};
                mdc_cctx *ctx;
                options.threads = 1 + step % 2;
                assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
                for (size_t at = 0; at < size; at += step)
                    assert_int_equal(
                        drive_encoder(ctx, t->content + at,
                                      step < size - at ? step : size - at,
                                      MDC_RUN, 100, &sink),
                        MDC_OK);
                assert_int_equal(
                    drive_encoder(ctx, NULL, 0, MDC_FINISH, 7, &sink), MDC_OK);
                assert_sink(&sink, want, want_size);
                mdc_cctx_free(ctx);
                assert_int_equal(drive_decoder(want, want_size, step, 1000,
                                               &options, &back, NULL),
                                 MDC_OK);
                assert_sink(&back, t->content, size);
                sink_free(&sink);
                sink_free(&back);
            }
            free(want);
        }
    }
    free(t);
}

/* What was flushed can be restored, whatever the dictionary; a first flush
 * that comes too early leaves a frame without its own. */
static void test_flush(void **state)
{
    (void)state;
    static const size_t firsts[] = {1, 100, CHUNK, 9000, BLOCK};
    struct texts *t = make_texts();
    for (size_t l = 0; l < LEVELS; l++) {
        for (size_t i = 0; i < 10; i++) {
            const struct mdc_options options =
                i % 2 ? with_seekable(levels[l])
                      : with_dictionary(levels[l], t);
            const size_t first = firsts[i / 2], size = BLOCK + 2000;
            struct sink sink = {0}, back = {0};
            mdc_cctx *ctx;
            assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
            assert_int_equal(
                drive_encoder(ctx, t->content, first, MDC_FLUSH, 1000, &sink),
                MDC_OK);
            assert_int_equal(drive_decoder(sink.data, sink.size, 100, 1000,
                                           &options, &back, NULL),
                             MDC_TRUNCATED);
            assert_sink(&back, t->content, first);
            assert_int_equal(drive_encoder(ctx, t->content + first,
                                           size - first, MDC_FINISH, 1000,
                                           &sink),
                             MDC_OK);
            mdc_cctx_free(ctx);
            assert_restores(sink.data, sink.size, t->content, size, &options);
            sink_free(&sink);
            sink_free(&back);
        }
    }
    free(t);
}

/* A stored chunk, first or later in a block, makes the codec forget all. */
static void test_stored_chunks(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    for (size_t l = 1; l < sweep_levels(); l++) {
        const struct mdc_options given = with_dictionary(levels[l], t);
        struct mdc_options own = with_seekable(levels[l]);
        size_t size;
        for (size_t at = 0; at < 3 * CHUNK; at += CHUNK) {
            sample_fill(t->content, LARGEST, SAMPLE_TEXT, 1);
            sample_fill(t->content + at, CHUNK, SAMPLE_RANDOM, 5);
            sample_fill(t->content + BLOCK + at, CHUNK, SAMPLE_RANDOM, 6);
            free(round_trip(t->content, LARGEST, &given, &size));
            free(round_trip(t->content, LARGEST, &own, &size));
        }
    }
    free(t);
}

/* One context for many frames: each is what a new one makes of it. */
static void test_frames(void **state)
{
    (void)state;
    static const size_t sizes[] = {300, LARGEST, 0, 200, BLOCK + 9, 5000};
    struct texts *t = make_texts();
    for (size_t l = 1; l < sweep_levels(); l++) {
        for (int own = 0; own < 2; own++) {
            const struct mdc_options options =
                own ? with_seekable(levels[l]) : with_dictionary(levels[l], t);
            mdc_cctx *ctx;
            mdc_dctx *dctx;
            assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
            assert_int_equal(mdc_dctx_new(&dctx, &options), MDC_OK);
            for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                struct sink one = {0};
                sample_fill(t->content, sizes[i], SAMPLE_TEXT, i);
                assert_int_equal(drive_encoder(ctx, t->content, sizes[i],
                                               MDC_FINISH, 1000, &one),
                                 MDC_OK);
                assert_int_equal(mdc_cctx_reset(ctx), MDC_OK);
                size_t alone_size;
                uint8_t *alone =
                    compress_all(t->content, sizes[i], &alone_size, &options);
                assert_sink(&one, alone, alone_size);
                free(alone);
                /* The decoder is used again in the same way. */
                uint8_t *room = must_alloc(LARGEST);
                struct mdc_output out = {room, LARGEST, 0};
                struct mdc_input in = {one.data, one.size, 0};
                assert_int_equal(mdc_dctx_run(dctx, &in, &out, MDC_FINISH),
                                 MDC_STREAM_END);
                assert_int_equal(out.pos, sizes[i]);
                assert_memory_equal(room, t->content, sizes[i]);
                assert_int_equal(mdc_dctx_reset(dctx), MDC_OK);
                free(room);
                sink_free(&one);
            }
            mdc_cctx_free(ctx);
            mdc_dctx_free(dctx);
        }
    }
    free(t);
}

/* Only between frames, and not after an error. */
static void test_reset_refused(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    const struct mdc_options options = with_dictionary(1, t);
    struct sink sink = {0};
    mdc_cctx *ctx;
    mdc_dctx *dctx;
    assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
    assert_int_equal(mdc_cctx_reset(ctx), MDC_OK);
    assert_int_equal(drive_encoder(ctx, t->content, 500, MDC_RUN, 100, &sink),
                     MDC_OK);
    assert_int_equal(mdc_cctx_reset(ctx), MDC_PROG);
    assert_int_equal(drive_encoder(ctx, NULL, 0, MDC_FLUSH, 100, &sink),
                     MDC_OK);
    assert_int_equal(mdc_cctx_reset(ctx), MDC_PROG);
    assert_int_equal(drive_encoder(ctx, NULL, 0, MDC_FINISH, 100, &sink),
                     MDC_OK);
    assert_int_equal(mdc_cctx_reset(ctx), MDC_OK);
    mdc_cctx_free(ctx);
    assert_int_equal(mdc_cctx_reset(NULL), MDC_PROG);

    uint8_t back[500];
    struct mdc_input in = {sink.data, 4, 0};
    struct mdc_output out = {back, sizeof(back), 0};
    assert_int_equal(mdc_dctx_new(&dctx, &options), MDC_OK);
    assert_int_equal(mdc_dctx_run(dctx, &in, &out, MDC_RUN), MDC_NEED_INPUT);
    assert_int_equal(mdc_dctx_reset(dctx), MDC_PROG);
    assert_int_equal(mdc_dctx_run(dctx, &in, &out, MDC_FINISH), MDC_TRUNCATED);
    assert_int_equal(mdc_dctx_reset(dctx), MDC_PROG);
    mdc_dctx_free(dctx);
    assert_int_equal(mdc_dctx_reset(NULL), MDC_PROG);
    sink_free(&sink);
    free(t);
}

/* Without its dictionary, or with another one, an archive names both. */
static void test_wrong_dictionary(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    const uint32_t wanted = mdc_dictionary_id(t->dictionary, DICT);
    static const size_t sizes[] = {500, LARGEST}; /* compact and full */
    for (int l = 1; l <= 4; l++) {
        for (size_t i = 0; i < 2; i++) {
            struct mdc_options options = with_dictionary(l, t);
            size_t size;
            uint8_t *packed =
                compress_all(t->content, sizes[i], &size, &options);
            for (int given = 0; given < 2; given++) {
                /* Part of the right one is another one. */
                options.dictionary = given ? t->dictionary : NULL;
                options.dictionary_size = given ? DICT - 1 : 0;
                struct sink back = {0};
                struct mdc_error error;
                assert_int_equal(drive_decoder(packed, size, 77, 1000, &options,
                                               &back, &error),
                                 MDC_DICTIONARY);
                assert_int_equal(back.size, 0);
                char text[200];
                (void)snprintf(text, sizeof(text), "%08x, %s", (unsigned)wanted,
                               given ? "the one given is " : "none is given");
                assert_non_null(strstr(error.text, text));
                if (given) {
                    (void)snprintf(
                        text, sizeof(text), "given is %08x",
                        (unsigned)mdc_dictionary_id(t->dictionary, DICT - 1));
                    assert_non_null(strstr(error.text, text));
                }
                sink_free(&back);
            }
            free(packed);
        }
    }
    free(t);
}

/* A dictionary that is given does not disturb frames without one, nor those
 * with their own. */
static void test_not_needed(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    const struct mdc_options given = with_dictionary(1, t);
    for (int own = 0; own < 2; own++) {
        const struct mdc_options options =
            own ? with_seekable(1) : small_options(1);
        size_t size;
        uint8_t *packed = compress_all(t->content, LARGEST, &size, &options);
        assert_restores(packed, size, t->content, LARGEST, &given);
        free(packed);
    }
    free(t);
}

/* Bytes that are not as they should be do not go through, and what comes out
 * is the start of the content. */
static void assert_found(const uint8_t *bytes, size_t size,
                         const uint8_t *content, size_t content_size,
                         const struct mdc_options *options)
{
    struct sink back = {0};
    struct mdc_error error;
    const enum mdc_status status = drive_decoder(
        bytes, size, size ? size : 1, content_size + 1, options, &back, &error);
    assert_true(status > MDC_NEED_OUTPUT && status != MDC_PROG &&
                status != MDC_MEM && status != MDC_OPTIONS);
    assert_int_equal(error.status, status);
    assert_true(strlen(error.text) > 10 && error.offset <= size);
    assert_true(back.size <= content_size);
    if (back.size > 0)
        assert_memory_equal(back.data, content, back.size);
    sink_free(&back);
}

static void damage(const uint8_t *content, size_t content_size,
                   const struct mdc_options *options)
{
    size_t size;
    uint8_t *packed = compress_all(content, content_size, &size, options);
    for (size_t cut = 0; cut < size; cut++)
        assert_found(packed, cut, content, content_size, options);
    for (size_t at = 0; at < size; at++) {
        for (unsigned bit = slow_tests() ? 0 : at % 8; bit < 8;
             bit += slow_tests() ? 1 : 8) {
            packed[at] ^= (uint8_t)(1 << bit);
            assert_found(packed, size, content, content_size, options);
            packed[at] ^= (uint8_t)(1 << bit);
        }
    }
    free(packed);
}

/* Every truncation and many flips: of the record, of what depends on it, and
 * of the compact form. The content repeats, to make small archives. */
static void test_damage(void **state)
{
    (void)state;
    struct texts *t = make_texts();
    for (size_t at = 300; at < LARGEST; at++)
        t->content[at] = t->content[at - 300];
    for (int level = 1; level <= 4; level += level == 1 ? 2 : 1) {
        struct mdc_options own = with_seekable(level);
        struct mdc_options given = with_dictionary(level, t);
        own.block_size = given.block_size = own.chunk_size = CHUNK;
        damage(t->content, CHUNK + 200, &own);
        damage(t->content, CHUNK + 200, &given);
        damage(t->content, 150, &given);
    }
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_all_kinds),
        cmocka_unit_test(test_seekable),
        cmocka_unit_test(test_seekable_block_size),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_flush),
        cmocka_unit_test(test_stored_chunks),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_reset_refused),
        cmocka_unit_test(test_wrong_dictionary),
        cmocka_unit_test(test_not_needed),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
