/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_reuse.c
 * \brief States and contexts that are used again start as new ones do: their
 *        images are exact, need not exist, and belong to one context.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"
#include "models/engine.h"
#include "src/base/memory.h"

enum { SIZE = 3000, ROOM = 2 * SIZE, LARGE = 1 << 20 };

static const struct mdc_allocator no_hooks;
static const unsigned rows[] = {4,  5,  6,  7,  8,  9,  15, 16, 17,
                                18, 19, 24, 25, 26, 27, 28, 29};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void *new_arena(unsigned row, uint64_t block_size)
{
    void *arena =
        mdci_alloc_aligned(&no_hooks, mdci_engine_size(row, block_size));
    assert_non_null(arena);
    mdci_engine_init(arena, row, block_size, 1);
    return arena;
}

static void test_restored_arena_is_fresh(void **state)
{
    (void)state;
    static uint8_t plain[SIZE], packed[ROOM];
    sample_fill(plain, SIZE, SAMPLE_TEXT, 5);
    for (int r = 0; r < ROWS; r++) {
        const size_t size = mdci_engine_size(rows[r], SIZE);
        void *fresh = new_arena(rows[r], SIZE);
        void *used = new_arena(rows[r], SIZE);
        void *image = must_alloc(mdci_engine_image_size(rows[r], SIZE));
        mdci_engine_save(used, image);
        assert_memory_equal(used, fresh, size);
        for (int round = 0; round < 2; round++) {
            assert_true(mdci_engine_encode(used, plain, SIZE, packed, ROOM) >
                        0);
            assert_true(memcmp(used, fresh, size) != 0);
            mdci_engine_restore(used, image);
            assert_memory_equal(used, fresh, size);
        }
        mdci_free_aligned(&no_hooks, fresh);
        mdci_free_aligned(&no_hooks, used);
        free(image);
    }
}

/* Plain and vector learners leave the same arena, byte for byte. */
static void test_learners_agree(void **state)
{
    (void)state;
    static uint8_t plain[SIZE];
    for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
        sample_fill(plain, SIZE, (enum sample_kind)kind, 9);
        for (int r = 0; r < ROWS; r++) {
            const unsigned shape = mdci_model_set_row(rows[r])->shape;
            void *arena[2];
            for (int i = 0; i < 2; i++) {
                arena[i] = new_arena(rows[r], SIZE);
                mdci_kernels_learners(i ? MDCI_KERNELS_BEST
                                        : MDCI_KERNELS_SCALAR)[shape](
                    arena[i], plain, SIZE);
            }
            assert_memory_equal(arena[0], arena[1],
                                mdci_engine_size(rows[r], SIZE));
            mdci_free_aligned(&no_hooks, arena[0]);
            mdci_free_aligned(&no_hooks, arena[1]);
        }
    }
}

/* What is rounded together has the same arena, byte for byte. */
static void test_rounded_sizes_share_the_arena(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1,    43,   740,   2171,   2172,
                                     2173, 9999, 10364, 100000, 10 << 20};
    for (int r = 0; r < ROWS; r++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            const uint64_t most = mdci_engine_round(rows[r], sizes[i]);
            const size_t size = mdci_engine_size(rows[r], sizes[i]);
            assert_true(most >= sizes[i]);
            assert_true(mdci_engine_round(rows[r], most) == most);
            assert_true(mdci_engine_round(rows[r], most + 1) > most);
            assert_true(mdci_engine_size(rows[r], most) == size);
            if (most > 20000)
                continue;
            void *small = new_arena(rows[r], sizes[i]);
            void *large = new_arena(rows[r], most);
            assert_memory_equal(small, large, size);
            mdci_free_aligned(&no_hooks, small);
            mdci_free_aligned(&no_hooks, large);
        }
        assert_true(mdci_engine_round(rows[r], UINT64_MAX) == UINT64_MAX);
    }
}

/* Hooks that count, and refuse what they are told to. */
struct hooks {
    unsigned large;  /* allocations so far of what only states take */
    size_t now;      /* bytes */
    size_t most;     /* bytes at any time */
    unsigned budget; /* allocations until all others fail */
};

static void *counted_alloc(void *opaque, size_t size)
{
    struct hooks *hooks = opaque;
    if (hooks->budget == 0)
        return NULL;
    hooks->budget--;
    size_t *p = malloc(size + 16);
    if (!p)
        return NULL;
    *p = size;
    hooks->large += size >= LARGE;
    hooks->now += size;
    if (hooks->most < hooks->now)
        hooks->most = hooks->now;
    return (char *)p + 16;
}

static void counted_free(void *opaque, void *ptr)
{
    struct hooks *hooks = opaque;
    if (!ptr)
        return;
    size_t *base = (size_t *)(void *)((char *)ptr - 16);
    hooks->now -= *base;
    free(base);
}

static size_t encode_with(const struct mdci_codec *codec, void *coder,
                          const uint8_t *plain, uint8_t *packed)
{
    size_t size = 0;
    assert_int_equal(codec->encode(coder, plain, 0, SIZE, packed, &size),
                     MDC_OK);
    assert_true(size > 0);
    return size;
}

/* With an image, without one, and around a dictionary: a reset state codes as
 * a new one, and takes no more than was stated. */
static void reset_state(unsigned row, unsigned budget, bool dictionary)
{
    static uint8_t plain[SIZE], first[ROOM], packed[ROOM];
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_CM);
    struct hooks hooks = {.budget = 100};
    const struct mdc_allocator allocator = {counted_alloc, counted_free,
                                            &hooks};
    void *coder = NULL;
    sample_fill(plain, SIZE, SAMPLE_CRLF, row);
    assert_int_equal(codec->open(&coder, MDCI_ENCODE, row, SIZE, &allocator),
                     MDC_OK);
    const size_t size = encode_with(codec, coder, plain, first);
    hooks.budget = budget;
    for (int round = 0; round < 4; round++) {
        if (round == 2 && dictionary)
            assert_int_equal(codec->prime(coder, plain, SIZE / 2), MDC_OK);
        assert_int_equal(codec->reset(coder), MDC_OK);
        assert_int_equal(encode_with(codec, coder, plain, packed), size);
        assert_memory_equal(packed, first, size);
    }
    assert_true(hooks.most <= codec->memusage(MDCI_ENCODE, row, SIZE,
                                              dictionary ? SIZE / 2 : 0));
    codec->close(coder);
    assert_int_equal(hooks.now, 0);
}

static void test_reset_states_code_as_new_ones(void **state)
{
    (void)state;
    for (int r = 0; r < ROWS; r++) {
        reset_state(rows[r], 100, false);
        if (r % 4 > 0 && !slow_tests())
            continue;
        reset_state(rows[r], 0, false);
        reset_state(rows[r], 100, true);
    }
}

/* Images are for small blocks: the usual ones take what they took. */
static void test_images_cost_large_blocks_nothing(void **state)
{
    (void)state;
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_CM);
    for (int r = 0; r < ROWS; r++) {
        uint64_t last = 0;
        for (uint64_t size = 64; size <= 8 << 20; size *= 2) {
            const uint64_t now = codec->memusage(MDCI_DECODE, rows[r], size, 0);
            assert_true(now >= last);
            last = now;
        }
        assert_true(last < mdci_engine_size(rows[r], 8 << 20) + 1024);
    }
}

static const size_t mixed[] = {43, 740, 1, 2171, 2172, 50, 0, 9000, 2000};
enum { MIXED = sizeof mixed / sizeof mixed[0] };

static uint8_t *mixed_sample(size_t i)
{
    static const enum sample_kind kinds[] = {SAMPLE_TEXT, SAMPLE_CRLF,
                                             SAMPLE_RANDOM};
    uint8_t *data = must_alloc(mixed[i] + 1);
    sample_fill(data, mixed[i], kinds[i % 3], i);
    return data;
}

static void compress_mixed(mdc_cctx *ctx, struct sink *sinks)
{
    for (size_t i = 0; i < MIXED; i++) {
        uint8_t *data = mixed_sample(i);
        assert_int_equal(
            drive_encoder(ctx, data, mixed[i], MDC_FINISH, 4096, &sinks[i]),
            MDC_OK);
        assert_int_equal(mdc_cctx_reset(ctx), MDC_OK);
        free(data);
    }
}

/* A context that is reset writes what a new one does, for any row of sizes. */
static void test_reset_contexts_write_the_same(void **state)
{
    (void)state;
    for (int level = 4; level <= 9; level++) {
        const struct mdc_options options = small_options(level);
        struct sink again[MIXED] = {{0}}, all[MIXED] = {{0}};
        mdc_cctx *ctx;
        assert_int_equal(mdc_cctx_new(&ctx, &options), MDC_OK);
        compress_mixed(ctx, again);
        compress_mixed(ctx, all); /* on top of what the first round left */
        mdc_cctx_free(ctx);
        for (size_t i = 0; i < MIXED; i++) {
            uint8_t *data = mixed_sample(i);
            size_t size;
            uint8_t *fresh = compress_all(data, mixed[i], &size, &options);
            assert_sink(&again[i], fresh, size);
            assert_sink(&all[i], fresh, size);
            free(fresh);
            free(data);
            sink_free(&again[i]);
            sink_free(&all[i]);
        }
    }
}

/* Many small frames of sizes that differ are restored with one state. */
static void test_frames_share_a_state(void **state)
{
    (void)state;
    enum { FRAMES = 30 };
    struct hooks hooks = {.budget = 100000};
    struct mdc_options options = small_options(6);
    struct sink archive = {0}, plain = {0}, back = {0};
    uint8_t line[100];
    for (size_t i = 0; i < FRAMES; i++) {
        size_t size;
        sample_fill(line, 20 + i, SAMPLE_TEXT, 7 * i);
        uint8_t *packed = compress_all(line, 20 + i, &size, &options);
        archive.data = realloc(archive.data, archive.size + size);
        plain.data = realloc(plain.data, plain.size + sizeof line);
        assert_true(archive.data && plain.data);
        memcpy(archive.data + archive.size, packed, size);
        memcpy(plain.data + plain.size, line, 20 + i);
        archive.size += size;
        plain.size += 20 + i;
        free(packed);
    }
    options.threads = 1;
    options.allocator =
        (struct mdc_allocator){counted_alloc, counted_free, &hooks};
    assert_int_equal(drive_decoder(archive.data, archive.size, archive.size,
                                   4096, &options, &back, NULL),
                     MDC_OK);
    assert_sink(&back, plain.data, plain.size);
    assert_true(hooks.large >= 1);
    assert_true(hooks.large <= 3); /* a state and its image, not 30 */
    assert_int_equal(hooks.now, 0);
    sink_free(&back);
    free(archive.data);
    free(plain.data);
}

static void *work(void *argument)
{
    struct sink *sinks = argument;
    const struct mdc_options options = small_options(6);
    mdc_cctx *ctx;
    if (mdc_cctx_new(&ctx, &options) != MDC_OK)
        return NULL;
    compress_mixed(ctx, sinks);
    mdc_cctx_free(ctx);
    return argument;
}

/* Contexts of several threads have nothing in common. */
static void test_contexts_side_by_side(void **state)
{
    (void)state;
    enum { THREADS = 3 };
    static struct sink sinks[THREADS][MIXED];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, sinks[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, sinks[i]);
    }
    for (size_t k = 0; k < MIXED; k++)
        for (int i = 1; i < THREADS; i++)
            assert_sink(&sinks[i][k], sinks[0][k].data, sinks[0][k].size);
    for (int i = 0; i < THREADS; i++)
        for (size_t k = 0; k < MIXED; k++)
            sink_free(&sinks[i][k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restored_arena_is_fresh),
        cmocka_unit_test(test_learners_agree),
        cmocka_unit_test(test_rounded_sizes_share_the_arena),
        cmocka_unit_test(test_reset_states_code_as_new_ones),
        cmocka_unit_test(test_images_cost_large_blocks_nothing),
        cmocka_unit_test(test_reset_contexts_write_the_same),
        cmocka_unit_test(test_frames_share_a_state),
        cmocka_unit_test(test_contexts_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
