/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_stream.c
 * \brief Streams come back as they were, however they are cut, and their
 *        bytes depend on content, options and flushes alone.
 */
#include "config.h"

#include "src/stream/coder.h"
#include "tests/unit/samples.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* As in small_options(). */
enum { BLOCK = 16384, CHUNK = 4096, LARGEST = 3 * BLOCK + 100 };

static uint8_t *sample(size_t size, enum sample_kind kind)
{
    uint8_t *data = must_alloc(size);
    sample_fill(data, size, kind, size);
    return data;
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

static void round_trip(size_t size, enum sample_kind kind, int level)
{
    struct mdc_options options = small_options(level);
    uint8_t *data = sample(size, kind);
    uint8_t *packed[2];
    size_t packed_size[2];
    for (unsigned i = 0; i < 2; i++) {
        options.threads = i + 1;
        packed[i] = compress_all(data, size, &packed_size[i], &options);
        assert_restores(packed[i], packed_size[i], data, size, &options);
    }
    assert_int_equal(packed_size[0], packed_size[1]);
    assert_memory_equal(packed[0], packed[1], packed_size[0]);
    free(packed[0]);
    free(packed[1]);
    free(data);
}

/* The models are slow: of their levels, the first takes every size, and the
 * others take each size with one kind. */
static bool worth_it(int level, size_t size, int kind, size_t turn)
{
    if (slow_tests() || level <= 3 || (level == 4 && size <= CHUNK + 1))
        return true;
    return (level == 4 || size <= BLOCK + 1) &&
           (size_t)kind == turn % SAMPLE_KINDS;
}

static void test_round_trips(void **state)
{
    (void)state;
    static const size_t sizes[] = {
        0,         1,     2,         255,           256,
        CHUNK - 1, CHUNK, CHUNK + 1, BLOCK - 1,     BLOCK,
        BLOCK + 1, 40000, 2 * BLOCK, 2 * BLOCK + 1, LARGEST,
    };
    for (int level = MDC_LEVEL_MIN; level <= MDC_LEVEL_MAX; level++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
            for (int kind = 0; kind < SAMPLE_KINDS; kind++)
                if (worth_it(level, sizes[i], kind, i + (size_t)level))
                    round_trip(sizes[i], (enum sample_kind)kind, level);
}

/* The same frame from input in pieces of any size, output of any size, and
 * any number of threads. */
static void test_bytes_do_not_depend_on_the_call(void **state)
{
    (void)state;
    const size_t size = 2 * BLOCK + 5000;
    static const size_t steps[] = {1, 13, CHUNK, BLOCK, LARGEST};
    uint8_t *data = sample(size, SAMPLE_TEXT);
    for (int level = 0; level <= 4; level++) {
        struct mdc_options options = small_options(level);
        size_t want_size;
        uint8_t *want = compress_all(data, size, &want_size, &options);
        for (unsigned k = 0; k < 2 * sizeof(steps) / sizeof(steps[0]); k++) {
            const size_t in_step = steps[k / 2];
            const size_t out_step = steps[(k * 3 + 1) % 5];
            options.threads = 1 + k % 4;
            mdc_cctx *ctx;
            struct sink sink = {0};
            assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
            for (size_t pos = 0; pos < size; pos += in_step)
                assert_int_equal(
                    drive_encoder(ctx, data + pos,
                                  in_step < size - pos ? in_step : size - pos,
                                  MDC_RUN, out_step, &sink),
                    MDC_OK);
            assert_int_equal(
                drive_encoder(ctx, NULL, 0, MDC_FINISH, out_step, &sink),
                MDC_OK);
            mdc_cctx_free(ctx);
            assert_sink(&sink, want, want_size);
            sink_free(&sink);
        }
        free(want);
    }
    free(data);
}

/* Every way of cutting a small archive in two, and every small step. */
static void cut_everywhere(const uint8_t *packed, size_t packed_size,
                           const uint8_t *data, size_t size,
                           const struct mdc_options *options)
{
    for (size_t step = 1; step < packed_size; step += 1 + step / 4) {
        struct sink sink = {0};
        assert_int_equal(drive_decoder(packed, packed_size, step, 1 + step * 3,
                                       options, &sink, NULL),
                         MDC_OK);
        assert_sink(&sink, data, size);
        sink_free(&sink);
    }
    struct sink sink = {0};
    assert_int_equal(drive_decoder(packed, packed_size, packed_size, 1, options,
                                   &sink, NULL),
                     MDC_OK);
    assert_sink(&sink, data, size);
    sink_free(&sink);
}

static void test_decoder_takes_any_cut(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 300, BLOCK + 300};
    for (int level = 0; level <= 4; level++) {
        for (size_t i = 0; i < 3; i++) {
            struct mdc_options options = small_options(level);
            uint8_t *data = sample(sizes[i], SAMPLE_TEXT);
            size_t packed_size;
            uint8_t *packed =
                compress_all(data, sizes[i], &packed_size, &options);
            for (options.threads = 1; options.threads <= 2; options.threads++)
                if (level < 4 || sizes[i] < BLOCK || slow_tests())
                    cut_everywhere(packed, packed_size, data, sizes[i],
                                   &options);
            free(packed);
            free(data);
        }
    }
}

/* Input with flushes behind some of its bytes. */
struct flushed {
    size_t at[16]; /* bytes of input before the flush */
    size_t count;
    size_t packed_at[16]; /* bytes of output after it */
    struct sink sink;
};

static void compress_with_flushes(const uint8_t *data, size_t size,
                                  struct flushed *flushed, size_t step,
                                  const struct mdc_options *options)
{
    mdc_cctx *ctx;
    size_t pos = 0;
    assert_int_equal(mdc_cctx_new(&ctx, options), MDC_OK);
    for (size_t i = 0; i < flushed->count; i++) {
        assert_int_equal(drive_encoder(ctx, data + pos, flushed->at[i] - pos,
                                       MDC_FLUSH, step, &flushed->sink),
                         MDC_OK);
        pos = flushed->at[i];
        flushed->packed_at[i] = flushed->sink.size;
    }
    assert_int_equal(drive_encoder(ctx, data + pos, size - pos, MDC_FINISH,
                                   step, &flushed->sink),
                     MDC_OK);
    mdc_cctx_free(ctx);
}

static void test_flush(void **state)
{
    (void)state;
    const size_t size = 2 * BLOCK + 3000;
    uint8_t *data = sample(size, SAMPLE_TEXT);
    for (int level = 0; level <= 4; level++) {
        struct flushed first = {0};
        for (unsigned threads = 1; threads <= 3; threads++) {
            struct mdc_options options = small_options(level);
            options.threads = threads;
            struct flushed f = {
                .at = {0, 1, 100, 100, CHUNK, CHUNK + 7, 9000, BLOCK, BLOCK + 1,
                       BLOCK + CHUNK, 2 * BLOCK + 2999},
                .count = 11,
            };
            compress_with_flushes(data, size, &f, threads * 100, &options);
            assert_restores(f.sink.data, f.sink.size, data, size, &options);
            /* A flush of nothing writes nothing. */
            assert_int_equal(f.packed_at[0], 0);
            assert_int_equal(f.packed_at[2], f.packed_at[3]);
            for (size_t i = 0; i < f.count; i++) {
                struct sink back = {0};
                assert_int_equal(drive_decoder(f.sink.data, f.packed_at[i],
                                               1000, 1000, &options, &back,
                                               NULL),
                                 MDC_TRUNCATED);
                assert_sink(&back, data, f.at[i]);
                sink_free(&back);
            }
            if (threads > 1)
                assert_sink(&f.sink, first.sink.data, first.sink.size);
            else
                first = f;
            if (threads > 1)
                sink_free(&f.sink);
        }
        sink_free(&first.sink);
    }
    free(data);
}

/* A live reader gets what was flushed before it has to ask for more. */
static void test_decoder_flush(void **state)
{
    (void)state;
    const size_t size = BLOCK + 5000;
    uint8_t *data = sample(size, SAMPLE_TEXT), *back = must_alloc(size);
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct mdc_options options = small_options(1);
        options.threads = threads;
        struct flushed f = {.at = {10, 5000, BLOCK + 10}, .count = 3};
        compress_with_flushes(data, size, &f, 1000, &options);
        mdc_dctx *ctx;
        assert_int_equal(mdc_dctx_new(&ctx, &options), MDC_OK);
        struct mdc_input in = {f.sink.data, 0, 0};
        struct mdc_output out = {back, size, 0};
        for (size_t i = 0; i < f.count; i++) {
            in.size = f.packed_at[i];
            assert_int_equal(mdc_dctx_run(ctx, &in, &out, MDC_FLUSH),
                             MDC_NEED_INPUT);
            assert_int_equal(out.pos, f.at[i]);
            assert_memory_equal(back, data, f.at[i]);
        }
        mdc_dctx_free(ctx);
        sink_free(&f.sink);
    }
    free(back);
    free(data);
}

/* Short incompressible chunks must not make a block forget: lines after a
 * flush of one byte do not cost what lines at the start of a block cost. */
static void test_short_chunks_keep_the_state(void **state)
{
    (void)state;
    const size_t size = 12000;
    uint8_t *data = sample(size, SAMPLE_TEXT);
    for (int level = 1; level <= 6; level++) {
        const struct mdc_options options = small_options(level);
        struct flushed few = {.at = {11000, 11500}, .count = 2};
        struct flushed many = {
            .at = {11000, 11001, 11002, 11003, 11500},
            .count = 5,
        };
        compress_with_flushes(data, size, &few, 1000, &options);
        compress_with_flushes(data, size, &many, 1000, &options);
        const size_t last = few.packed_at[1] - few.packed_at[0];
        const size_t last_many = many.packed_at[4] - many.packed_at[3];
        assert_true(last_many <= last + last / 2);
        sink_free(&few.sink);
        sink_free(&many.sink);
    }
    free(data);
}

static void test_frames_concatenate(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 2 * BLOCK, 0, 3};
    struct sink packed = {0};
    uint8_t *data = sample(LARGEST, SAMPLE_TEXT);
    const struct mdc_options options = small_options(1);
    size_t pos = 0;
    mdc_cctx *ctx;
    /* One context for all: a frame leaves nothing behind. */
    assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const size_t before = packed.size;
        assert_int_equal(
            drive_encoder(ctx, data + pos, sizes[i], MDC_FINISH, 777, &packed),
            MDC_OK);
        size_t alone_size;
        uint8_t *alone =
            compress_all(data + pos, sizes[i], &alone_size, &options);
        assert_int_equal(alone_size, packed.size - before);
        assert_memory_equal(alone, packed.data + before, alone_size);
        free(alone);
        pos += sizes[i];
    }
    mdc_cctx_free(ctx);
    for (size_t step = 1; step < packed.size; step = step * 2 + 1) {
        struct sink back = {0};
        assert_int_equal(drive_decoder(packed.data, packed.size, step, 999,
                                       &options, &back, NULL),
                         MDC_OK);
        assert_sink(&back, data, pos);
        sink_free(&back);
    }
    sink_free(&packed);
    free(data);
}

static void test_bytes_behind_frames(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        enum mdc_status status;
    } tails[] = {
        {"\0", 1, MDC_OK},
        {"\0\0\0\0\0\0\0", 7, MDC_OK},
        {"x", 1, MDC_FORMAT},
        {"\0\0garbage", 9, MDC_FORMAT},
        {"\x9D", 1, MDC_TRUNCATED},
        {"\x9D\x6D\x64", 3, MDC_TRUNCATED},
        {"\x9D\x6D\x64Z", 4, MDC_FORMAT},
        {"\0\x9D\x6D\x64"
         "C",
         5, MDC_TRUNCATED},
    };
    const struct mdc_options options = small_options(1);
    uint8_t *data = sample(1000, SAMPLE_TEXT);
    size_t packed_size;
    uint8_t *packed = compress_all(data, 1000, &packed_size, &options);
    uint8_t *both = must_alloc(packed_size + 16);
    memcpy(both, packed, packed_size);
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        memcpy(both + packed_size, tails[i].bytes, tails[i].size);
        for (size_t step = 1; step < 2000; step += 1998) {
            struct sink back = {0};
            struct mdc_error error;
            assert_int_equal(drive_decoder(both, packed_size + tails[i].size,
                                           step, 5000, &options, &back, &error),
                             tails[i].status);
            assert_sink(&back, data, 1000);
            assert_int_equal(error.status, tails[i].status);
            if (error.status == MDC_FORMAT)
                assert_true(error.offset >= packed_size);
            sink_free(&back);
        }
    }
    /* Zeros before the first frame are not skipped. */
    both[0] = 0;
    memcpy(both + 1, packed, packed_size);
    struct sink back = {0};
    assert_int_equal(
        drive_decoder(both, packed_size + 1, 1, 1, &options, &back, NULL),
        MDC_FORMAT);
    assert_int_equal(back.size, 0);
    sink_free(&back);
    free(both);
    free(packed);
    free(data);
}

/* The compact form costs at most 32 bytes over its payload. */
static void test_size_of_the_frame(void **state)
{
    (void)state;
    const size_t large = 8 << 20;
    uint8_t *data = must_alloc(large);
    struct mdc_options options;
    mdc_options_init(&options);
    for (int level = 0; level <= 6; level += 2) {
        options.level = level;
        for (size_t size = 1; size <= (level ? 4096 : large); size *= 4) {
            sample_fill(data, size, SAMPLE_RANDOM, size);
            size_t packed_size;
            uint8_t *packed = compress_all(data, size, &packed_size, &options);
            assert_true(packed_size > size && packed_size <= size + 32);
            free(packed);
        }
    }
    free(data);
}

/* Random bytes grow by at most 0.1 % and 64 bytes, in blocks as well. */
static void test_growth(void **state)
{
    (void)state;
    const size_t size = 1 << 20;
    uint8_t *data = must_alloc(size);
    sample_fill(data, size, SAMPLE_RANDOM, 1);
    for (int level = 0; level <= 3; level++) {
        struct mdc_options options;
        mdc_options_init(&options);
        options.level = level;
        options.block_size = 400000;
        options.chunk_size = 100000;
        size_t packed_size;
        uint8_t *packed = compress_all(data, size, &packed_size, &options);
        assert_true(packed_size <= size + size / 1000 + 64);
        assert_restores(packed, packed_size, data, size, &options);
        free(packed);
    }
    free(data);
}

static void count_progress(void *opaque, uint64_t plain, uint64_t packed)
{
    uint64_t *last = opaque;
    assert_true(plain >= last[0] && packed >= last[1]);
    last[0] = plain;
    last[1] = packed;
    last[2]++;
}

static void test_progress(void **state)
{
    (void)state;
    const size_t size = 3 * BLOCK;
    uint8_t *data = sample(size, SAMPLE_TEXT);
    for (unsigned threads = 1; threads <= 2; threads++) {
        uint64_t last[3] = {0};
        struct mdc_options options = small_options(1);
        options.threads = threads;
        options.progress = count_progress;
        options.progress_opaque = last;
        size_t packed_size;
        uint8_t *packed = compress_all(data, size, &packed_size, &options);
        assert_int_equal(last[0], size);
        assert_true(last[2] >= 3);
        memset(last, 0, sizeof(last));
        assert_restores(packed, packed_size, data, size, &options);
        assert_int_equal(last[0], size);
        assert_true(last[1] <= packed_size && last[2] >= 3);
        free(packed);
    }
    free(data);
}

/* A context can be dropped at any time, with workers in the middle. */
static void test_free_in_the_middle(void **state)
{
    (void)state;
    const size_t size = LARGEST;
    uint8_t *data = sample(size, SAMPLE_TEXT);
    uint8_t *room = must_alloc(2 * size);
    struct mdc_options options = small_options(2);
    options.threads = 3;
    for (size_t part = 1; part <= size; part += size / 20) {
        mdc_cctx *ctx;
        struct mdc_input in = {data, part, 0};
        struct mdc_output out = {room, 2 * size, 0};
        assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
        assert_int_equal(mdc_cctx_run(ctx, &in, &out, MDC_RUN), MDC_OK);
        mdc_cctx_free(ctx);
    }
    size_t packed_size;
    uint8_t *packed = compress_all(data, size, &packed_size, &options);
    for (size_t part = 1; part <= packed_size; part += packed_size / 20) {
        mdc_dctx *ctx;
        struct mdc_input in = {packed, part, 0};
        struct mdc_output out = {room, 2 * size, 0};
        assert_int_equal(mdc_dctx_new(&ctx, &options), MDC_OK);
        (void)mdc_dctx_run(ctx, &in, &out, MDC_RUN);
        assert_memory_equal(room, data, out.pos);
        mdc_dctx_free(ctx);
    }
    free(packed);
    free(room);
    free(data);
}

/* Memory that is in use, and the most that was. */
struct use {
    pthread_mutex_t lock;
    size_t now, most;
};

static void *count_alloc(void *opaque, size_t size)
{
    struct use *use = opaque;
    max_align_t *p = malloc(size + sizeof(*p));
    if (!p)
        return NULL;
    memcpy(p, &size, sizeof(size));
    pthread_mutex_lock(&use->lock);
    use->now += size;
    use->most = use->now > use->most ? use->now : use->most;
    pthread_mutex_unlock(&use->lock);
    return p + 1;
}

static void count_free(void *opaque, void *ptr)
{
    struct use *use = opaque;
    size_t size;
    if (!ptr)
        return;
    max_align_t *p = (max_align_t *)ptr - 1;
    memcpy(&size, p, sizeof(size));
    pthread_mutex_lock(&use->lock);
    use->now -= size;
    pthread_mutex_unlock(&use->lock);
    free(p);
}

/* A block with a slow first chunk, which is not good, and many tiny ones. */
static void add_flood(struct sink *to, const struct mdci_block_header *header,
                      size_t slow, size_t tiny)
{
    uint8_t payload[100];
    size_t size = mdci_write_full_header(to->data);
    size += mdci_write_block_header(to->data + size, header);
    struct mdci_chunk chunk = {.plain_size = slow, .payload_size = 100};
    sample_fill(payload, sizeof(payload), SAMPLE_RANDOM, 1);
    size += mdci_write_chunk_header(to->data + size, 0, &chunk);
    memcpy(to->data + size, payload, sizeof(payload));
    size += sizeof(payload);
    for (size_t i = 0; i < tiny; i++) {
        chunk = (struct mdci_chunk){.plain_size = 1};
        size += mdci_write_chunk_header(to->data + size, 0, &chunk);
        to->data[size++] = 'x';
    }
    to->size = size;
}

/* Chunks that wait behind a slow one are within what their block states. */
static void test_waiting_chunks_are_bounded(void **state)
{
    (void)state;
    enum { SLOW = 100000, TINY = 60000 };
    const struct mdci_block_header header = {
        .plan = {.codec = MDCI_CODEC_CM, .row = 4, .capacity = SLOW + TINY},
    };
    struct sink packed = {.data = must_alloc(TINY * 16 + 2000)};
    add_flood(&packed, &header, SLOW, TINY);
    const uint64_t stated = mdci_block_memory(mdci_codec_by_id(MDCI_CODEC_CM),
                                              MDCI_DECODE, &header.plan);
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct use use = {.lock = PTHREAD_MUTEX_INITIALIZER};
        struct mdc_options options;
        struct sink back = {0};
        mdc_options_init(&options);
        options.threads = threads;
        options.memory_limit = stated;
        options.allocator =
            (struct mdc_allocator){count_alloc, count_free, &use};
        assert_int_equal(drive_decoder(packed.data, packed.size, packed.size,
                                       1000, &options, &back, NULL),
                         MDC_CHECK);
        assert_int_equal(use.now, 0);
        /* The context itself is beside what blocks state. */
        assert_true(use.most <= stated + (64 << 10));
        sink_free(&back);
    }
    sink_free(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_bytes_do_not_depend_on_the_call),
        cmocka_unit_test(test_decoder_takes_any_cut),
        cmocka_unit_test(test_flush),
        cmocka_unit_test(test_decoder_flush),
        cmocka_unit_test(test_short_chunks_keep_the_state),
        cmocka_unit_test(test_frames_concatenate),
        cmocka_unit_test(test_bytes_behind_frames),
        cmocka_unit_test(test_size_of_the_frame),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_free_in_the_middle),
        cmocka_unit_test(test_waiting_chunks_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
