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

/* What came of an archive, gaps included. */
struct outcome {
    enum mdc_status status; /* MDC_OK or the last */
    unsigned gaps;
    uint64_t gap_offset; /* of the last */
    struct sink back;
};

static struct outcome restore_over_gaps(const uint8_t *bytes, size_t size,
                                        size_t step, unsigned threads)
{
    struct mdc_options options;
    struct outcome o = {.back.data = must_alloc(200000)};
    mdc_dctx *ctx;
    mdc_options_init(&options);
    options.threads = threads;
    assert_int_equal(mdc_dctx_new(&ctx, &options), MDC_OK);
    struct mdc_input in = {bytes, 0, 0};
    struct mdc_output out = {o.back.data, 200000, 0};
    do {
        if (in.pos == in.size)
            in.size += step < size - in.size ? step : size - in.size;
        o.status = mdc_dctx_run(ctx, &in, &out,
                                in.size == size ? MDC_FINISH : MDC_RUN);
        if (o.status == MDC_GAP) {
            o.gaps++;
            o.gap_offset = mdc_dctx_error(ctx)->offset;
            assert_int_equal(mdc_dctx_error(ctx)->status, MDC_GAP);
            assert_int_equal(mdc_dctx_error(ctx)->plain_offset, out.pos);
        }
    } while (o.status == MDC_NEED_INPUT || o.status == MDC_GAP ||
             (o.status == MDC_STREAM_END && in.pos < size));
    if (o.status == MDC_STREAM_END)
        o.status = MDC_OK;
    o.back.size = out.pos;
    mdc_dctx_free(ctx);
    return o;
}

/* An archive in memory, for mdc_inspect(). */
static int read_packed(void *opaque, uint64_t offset, void *buf, size_t size)
{
    memcpy(buf, (const uint8_t *)opaque + offset, size);
    return 0;
}

/* How much is whole of the first `size` bytes. */
static size_t whole(const struct archive *archive, size_t size)
{
    struct mdc_options options;
    struct sink back = {0};
    mdc_options_init(&options);
    (void)drive_decoder(archive->packed.data, size, 1000, 1000, &options, &back,
                        NULL);
    const size_t plain = back.size;
    sink_free(&back);
    return plain;
}

/* A frame that is cut, and another one behind it: what is whole of the first
 * and all of the second come out, wherever the cut is. If that is not sure, as
 * the first may have the second as part of its content, only good bytes do. */
static void cut_and_append(const struct archive *first,
                           const struct archive *second, size_t step, bool sure)
{
    const size_t most = first->packed.size + second->packed.size;
    uint8_t *both = must_alloc(most);
    for (size_t cut = 4; cut < first->packed.size; cut += step) {
        const size_t size = cut + second->packed.size;
        const size_t plain = whole(first, cut);
        /* At the end of a chunk, as flushes leave it. */
        const bool clean = plain > whole(first, cut - 1);
        memcpy(both, first->packed.data, cut);
        memcpy(both + cut, second->packed.data, second->packed.size);
        for (unsigned threads = 1; threads <= 3; threads++) {
            struct outcome o =
                restore_over_gaps(both, size, threads == 2 ? 7 : most, threads);
            if (!sure && !clean && o.status != MDC_OK) {
                assert_int_equal(o.gaps, 0);
                assert_true(o.back.size <= plain);
                assert_memory_equal(o.back.data, first->data, o.back.size);
                sink_free(&o.back);
                continue;
            }
            assert_int_equal(o.status, MDC_OK);
            assert_int_equal(o.gaps, 1);
            assert_true(o.gap_offset <= cut);
            assert_int_equal(o.back.size, plain + second->size);
            assert_memory_equal(o.back.data, first->data, plain);
            assert_memory_equal(o.back.data + plain, second->data,
                                second->size);
            sink_free(&o.back);
        }
        /* The list says the same, one call does not go on. */
        struct mdc_archive_info info = {.size = sizeof(info)};
        assert_int_equal(
            mdc_inspect(read_packed, both, size, NULL, NULL, &info, NULL),
            MDC_GAP);
        assert_int_equal(info.cut_off, 1);
        assert_int_equal(info.frames, 1);
        assert_int_equal(info.plain_size, plain + second->size);
        assert_int_equal(info.packed_size, size);
        uint8_t room[100];
        size_t ignored;
        const enum mdc_status status =
            mdc_decompress(room, sizeof(room), &ignored, both, size, NULL);
        assert_true(status == MDC_TRUNCATED || status == MDC_NEED_OUTPUT);
    }
    free(both);
}

static void test_cut_frames(void **state)
{
    (void)state;
    for (int level = 1; level <= 5; level++) {
        struct archive full =
            make_archive(level < 4 ? 30000 : 3000, SAMPLE_TEXT, level, 3);
        struct archive compact = make_archive(1500, SAMPLE_TEXT, level, 0);
        struct archive large = make_archive(40000, SAMPLE_TEXT, 1, 0);
        const size_t step = slow_tests() ? 1 : 29;
        cut_and_append(&full, &compact, step, level >= 4);
        cut_and_append(&full, &large, step * 7, level >= 4);
        cut_and_append(&compact, &full, step, level >= 4);
        cut_and_append(&compact, &compact, step, level >= 4);
        free_archive(&full);
        free_archive(&compact);
        free_archive(&large);
    }
}

/* Cut by cut, and another one: each is told of. */
static void test_many_cuts(void **state)
{
    (void)state;
    struct archive one = make_archive(1000, SAMPLE_TEXT, 4, 5);
    const size_t size = one.packed.size;
    uint8_t *bytes = must_alloc(10 * size);
    size_t at = 0, plain[10];
    for (size_t i = 0; i < 10; i++) {
        const size_t n = i < 9 ? size * (i + 1) / 10 : size;
        memcpy(bytes + at, one.packed.data, n);
        plain[i] = whole(&one, n);
        at += n;
    }
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct outcome o = restore_over_gaps(bytes, at, 100, threads);
        assert_int_equal(o.status, MDC_OK);
        assert_int_equal(o.gaps, 9);
        size_t pos = 0;
        for (size_t i = 0; i < 10; i++) {
            assert_memory_equal(o.back.data + pos, one.data, plain[i]);
            pos += plain[i];
        }
        assert_int_equal(o.back.size, pos);
        sink_free(&o.back);
    }
    free(bytes);
    free_archive(&one);
}

/* Damage is no cut, though another frame follows: it stays an error. */
static void test_damage_before_a_frame(void **state)
{
    (void)state;
    struct archive first = make_archive(3000, SAMPLE_TEXT, 1, 3);
    struct archive second = make_archive(500, SAMPLE_TEXT, 1, 0);
    const size_t size = first.packed.size + second.packed.size;
    uint8_t *both = must_alloc(size);
    memcpy(both, first.packed.data, first.packed.size);
    memcpy(both + first.packed.size, second.packed.data, second.packed.size);
    for (size_t pos = 0; pos < first.packed.size; pos++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            both[pos] ^= (uint8_t)(1 << bit);
            struct outcome o = restore_over_gaps(both, size, size, 1 + bit % 2);
            assert_true(o.status > MDC_NEED_OUTPUT);
            assert_int_equal(o.gaps, 0);
            assert_true(o.back.size <= first.size);
            assert_memory_equal(o.back.data, first.data, o.back.size);
            sink_free(&o.back);
            both[pos] ^= (uint8_t)(1 << bit);
        }
    }
    free(both);
    free_archive(&first);
    free_archive(&second);
}

/* Content that is an archive, in a frame that is cut: its frames are not what
 * follows the cut. */
static void test_archive_in_a_cut_frame(void **state)
{
    (void)state;
    struct archive inner = make_archive(40000, SAMPLE_RANDOM, 1, 0);
    for (int level = 0; level <= 3; level++) {
        const struct mdc_options options = small_options(level);
        /* The inner frame begins within a chunk, behind text that shrinks. */
        const size_t before = 1000, size = before + inner.packed.size;
        uint8_t *data = must_alloc(size);
        sample_fill(data, before, SAMPLE_TEXT, 1);
        memcpy(data + before, inner.packed.data, inner.packed.size);
        size_t packed_size;
        uint8_t *packed = compress_all(data, size, &packed_size, &options);
        for (size_t cut = 0; cut < 5000; cut += 61) {
            struct outcome o = restore_over_gaps(packed, cut, cut, 1);
            assert_int_equal(o.status, MDC_TRUNCATED);
            assert_int_equal(o.gaps, 0);
            sink_free(&o.back);
        }
        free(packed);
        free(data);
    }
    free_archive(&inner);
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
        cmocka_unit_test(test_cut_frames),
        cmocka_unit_test(test_many_cuts),
        cmocka_unit_test(test_damage_before_a_frame),
        cmocka_unit_test(test_archive_in_a_cut_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
