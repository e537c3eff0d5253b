/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_damage.c
 * \brief Damaged archives: every loss and every flipped byte is found, and no
 *        byte that leaves the decoder is wrong.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

/* A small archive and what it holds. */
struct archive {
    uint8_t *data;
    size_t size;
    struct sink packed;
};

/* With `flushes`, chunks end there and the frame is full. */
static struct archive make_archive(size_t size, enum sample_kind kind,
                                   int level, size_t flushes)
{
    const struct mdc_options options = small_options(level);
    struct archive archive = {.data = must_alloc(size), .size = size};
    sample_fill(archive.data, size, kind, size);
    mdc_cctx *ctx;
    assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
    size_t pos = 0;
    for (size_t i = 0; i < flushes; i++) {
        const size_t to = size * (i + 1) / (flushes + 1);
        assert_int_equal(drive_encoder(ctx, archive.data + pos, to - pos,
                                       MDC_FLUSH, 1000, &archive.packed),
                         MDC_OK);
        pos = to;
    }
    assert_int_equal(drive_encoder(ctx, archive.data + pos, size - pos,
                                   MDC_FINISH, 1000, &archive.packed),
                     MDC_OK);
    mdc_cctx_free(ctx);
    return archive;
}

static void free_archive(struct archive *archive)
{
    free(archive->data);
    sink_free(&archive->packed);
}

/* Decodes bytes that are not as they should be: it must not go through, and
 * what comes out must be the start of the content. */
static void assert_found(const struct archive *archive, const uint8_t *bytes,
                         size_t size, unsigned threads,
                         enum mdc_status expected)
{
    struct mdc_options options;
    mdc_options_init(&options);
    options.threads = threads;
    /* A copy of its own size lets memory checkers see reads behind it. */
    uint8_t *copy = must_alloc(size);
    memcpy(copy, bytes, size);
    struct sink back = {0};
    struct mdc_error error;
    const enum mdc_status status =
        drive_decoder(copy, size, size ? size : 1, archive->size + 1, &options,
                      &back, &error);
    if (expected != MDC_OK)
        assert_int_equal(status, expected);
    assert_true(status > MDC_NEED_OUTPUT && status != MDC_PROG &&
                status != MDC_MEM && status != MDC_OPTIONS);
    assert_int_equal(error.status, status);
    assert_true(strlen(error.text) > 10);
    assert_true(error.offset <= size);
    assert_int_equal(error.plain_offset, back.size);
    assert_true(back.size <= archive->size);
    if (back.size > 0)
        assert_memory_equal(back.data, archive->data, back.size);
    sink_free(&back);
    free(copy);
}

static void every_truncation(const struct archive *archive)
{
    for (size_t size = 0; size < archive->packed.size; size++)
        assert_found(archive, archive->packed.data, size, 1 + size % 2,
                     MDC_TRUNCATED);
}

static void every_flip(const struct archive *archive)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xFF, 0x10, 0x02, 0x40};
    const size_t count = slow_tests() ? sizeof(flips) : 2;
    uint8_t *bytes = archive->packed.data;
    for (size_t pos = 0; pos < archive->packed.size; pos++) {
        for (size_t i = 0; i < count; i++) {
            const uint8_t flip = flips[(i + pos) % sizeof(flips)];
            bytes[pos] ^= flip;
            assert_found(archive, bytes, archive->packed.size,
                         1 + (unsigned)(pos & 1), MDC_OK);
            bytes[pos] ^= flip;
        }
    }
}

static void every_byte_lost_or_doubled(const struct archive *archive)
{
    const size_t size = archive->packed.size;
    uint8_t *bytes = must_alloc(size + 1);
    for (size_t pos = 0; pos < size; pos++) {
        memcpy(bytes, archive->packed.data, pos);
        memcpy(bytes + pos, archive->packed.data + pos + 1, size - pos - 1);
        assert_found(archive, bytes, size - 1, 1, MDC_OK);
    }
    /* A doubled zero at the end is padding. */
    for (size_t pos = 0; pos < size - 1; pos++) {
        memcpy(bytes, archive->packed.data, pos + 1);
        memcpy(bytes + pos + 1, archive->packed.data + pos, size - pos);
        assert_found(archive, bytes, size + 1, 1, MDC_OK);
    }
    free(bytes);
}

static void damage(size_t size, enum sample_kind kind, int level,
                   size_t flushes)
{
    struct archive archive = make_archive(size, kind, level, flushes);
    every_truncation(&archive);
    every_flip(&archive);
    every_byte_lost_or_doubled(&archive);
    free_archive(&archive);
}

static void test_empty(void **state)
{
    (void)state;
    damage(0, SAMPLE_TEXT, 1, 0);
}

static void test_compact(void **state)
{
    (void)state;
    for (int level = 0; level <= MDC_LEVEL_MAX; level++)
        damage(level < 4 ? 400 : 150, SAMPLE_TEXT, level, 0);
    damage(40, SAMPLE_RANDOM, 1, 0);
}

static void test_full(void **state)
{
    (void)state;
    for (int level = 0; level <= 3; level++)
        damage(500, SAMPLE_TEXT, level, 3);
    for (int level = 4; level <= (slow_tests() ? 9 : 6); level += 2)
        damage(150, SAMPLE_TEXT, level, 2);
}

static void test_several_blocks(void **state)
{
    (void)state;
    damage(40000, SAMPLE_CONSTANT, 1, 0);
    damage(20000, SAMPLE_CONSTANT, 3, 1);
}

/* Whole chunks before a loss come out, with what is wrong behind them. */
static void test_what_is_left(void **state)
{
    (void)state;
    struct archive archive = make_archive(40000, SAMPLE_TEXT, 1, 0);
    struct mdc_options options;
    mdc_options_init(&options);
    for (options.threads = 1; options.threads <= 3; options.threads++) {
        size_t last = 0;
        /* The last one loses the last byte alone. */
        for (size_t size = (archive.packed.size - 1) % 97;
             size < archive.packed.size; size += 97) {
            struct sink back = {0};
            assert_int_equal(drive_decoder(archive.packed.data, size, 1000,
                                           1000, &options, &back, NULL),
                             MDC_TRUNCATED);
            /* Chunks are 4096 bytes, blocks 16384. */
            assert_true(back.size % 16384 % 4096 == 0 || back.size == 40000);
            assert_true(back.size >= last);
            last = back.size;
            sink_free(&back);
        }
        assert_int_equal(last, 40000);
    }
    free_archive(&archive);
}

/* Blocks that change places, or that come twice, do not pass. */
static void test_blocks_of_other_frames(void **state)
{
    (void)state;
    struct archive one = make_archive(40000, SAMPLE_CONSTANT, 1, 0);
    struct archive other = make_archive(40000, SAMPLE_TEXT, 1, 0);
    struct mdc_options options;
    mdc_options_init(&options);
    /* Frame header and blocks of one, seek table and footer of the other. */
    struct sink mixed = {0};
    mixed.data = must_alloc(one.packed.size + other.packed.size);
    for (size_t tail = 8; tail < 80; tail++) {
        memcpy(mixed.data, one.packed.data, one.packed.size - tail);
        memcpy(mixed.data + one.packed.size - tail,
               other.packed.data + other.packed.size - tail, tail);
        struct sink back = {0};
        const enum mdc_status status = drive_decoder(
            mixed.data, one.packed.size, 1000, 1000, &options, &back, NULL);
        assert_true(status == MDC_DATA || status == MDC_CHECK ||
                    status == MDC_TRUNCATED);
        sink_free(&back);
    }
    sink_free(&mixed);
    free_archive(&one);
    free_archive(&other);
}

static void test_random_damage(void **state)
{
    (void)state;
    uint64_t seed = 11;
    const int rounds = slow_tests() ? 20000 : 400;
    struct archive archive = make_archive(20000, SAMPLE_TEXT, 1, 5);
    const uint32_t size = (uint32_t)archive.packed.size;
    uint8_t *bytes = must_alloc(size);
    for (int round = 0; round < rounds; round++) {
        memcpy(bytes, archive.packed.data, size);
        for (uint32_t i = sample_random(&seed, 4) + 1; i > 0; i--) {
            const uint32_t from = sample_random(&seed, size);
            const uint32_t to = sample_random(&seed, size);
            const uint32_t most = size - (from > to ? from : to);
            memmove(bytes + to, bytes + from,
                    sample_random(&seed, most < 50 ? most + 1 : 50));
        }
        if (memcmp(bytes, archive.packed.data, size) != 0)
            assert_found(&archive, bytes, size, 1 + (unsigned)round % 3,
                         MDC_OK);
    }
    free(bytes);
    free_archive(&archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_compact),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_several_blocks),
        cmocka_unit_test(test_what_is_left),
        cmocka_unit_test(test_blocks_of_other_frames),
        cmocka_unit_test(test_random_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
