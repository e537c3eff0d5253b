/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_api.c
 * \brief The public functions: options, memory, misuse, inspecting.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 40000 };

static void test_version(void **state)
{
    (void)state;
    assert_int_equal(mdc_version_number(), MDC_VERSION_NUMBER);
    assert_string_equal(mdc_version_string(), MDC_VERSION_STRING);
    assert_string_equal(MDC_VERSION_STRING, PACKAGE_VERSION);
}

static void test_status_texts(void **state)
{
    (void)state;
    for (int a = MDC_OK; a <= MDC_DICTIONARY; a++) {
        const char *text = mdc_status_text((enum mdc_status)a);
        assert_true(strlen(text) > 3);
        for (int b = MDC_OK; b < a; b++)
            assert_string_not_equal(text, mdc_status_text((enum mdc_status)b));
    }
    assert_non_null(mdc_status_text((enum mdc_status)99));
}

static void test_default_options(void **state)
{
    (void)state;
    struct mdc_options options;
    memset(&options, 0xEE, sizeof(options));
    mdc_options_init(&options);
    assert_int_equal(options.size, sizeof(options));
    assert_int_equal(options.level, MDC_LEVEL_DEFAULT);
    assert_int_equal(options.threads, 1);
    assert_true(mdc_memusage(NULL) == mdc_memusage(&options));
    struct mdc_options explicit_sizes = options;
    explicit_sizes.block_size = 8 << 20;
    explicit_sizes.chunk_size = 1 << 20;
    assert_true(mdc_memusage(&explicit_sizes) == mdc_memusage(&options));
}

static void assert_options_refused(const struct mdc_options *options)
{
    mdc_cctx *ctx = (mdc_cctx *)(uintptr_t)1;
    uint8_t dst[100];
    size_t dst_size = 77;
    assert_true(mdc_memusage(options) == UINT64_MAX);
    assert_int_equal(mdc_cctx_new(&ctx, options), MDC_OPTIONS);
    assert_null(ctx);
    assert_int_equal(mdc_compress(dst, 100, &dst_size, "x", 1, options),
                     MDC_OPTIONS);
    assert_int_equal(dst_size, 77);
}

static void *any_alloc(void *opaque, size_t size)
{
    (void)opaque;
    return malloc(size);
}

static void test_options_out_of_range(void **state)
{
    (void)state;
    struct mdc_options o;
    mdc_options_init(&o);
    o.level = -1;
    assert_options_refused(&o);
    o.level = 10;
    assert_options_refused(&o);
    mdc_options_init(&o);
    o.threads = 0;
    assert_options_refused(&o);
    o.threads = 257;
    assert_options_refused(&o);
    mdc_options_init(&o);
    o.block_size = 4095;
    assert_options_refused(&o);
    o.block_size = (UINT64_C(256) << 20) + 1;
    assert_options_refused(&o);
    o.block_size = 8192;
    o.chunk_size = 8193;
    assert_options_refused(&o);
    o.chunk_size = 4095;
    assert_options_refused(&o);
    mdc_options_init(&o);
    o.allocator.alloc = any_alloc; /* without its free */
    assert_options_refused(&o);
    mdc_options_init(&o);
    o.size = 1;
    assert_options_refused(&o);
    mdc_options_init(&o);
    o.dictionary = "x"; /* without its size */
    assert_options_refused(&o);
    o.dictionary_size = MDC_DICTIONARY_MAX + 1;
    assert_options_refused(&o);
    o.dictionary = NULL;
    o.dictionary_size = 1;
    assert_options_refused(&o);
}

/* A caller with a shorter structure gets defaults for the rest. */
static void test_shorter_options(void **state)
{
    (void)state;
    struct mdc_options o, defaults;
    memset(&o, 0xEE, sizeof(o));
    o.size = offsetof(struct mdc_options, block_size);
    o.level = 1;
    o.threads = 1;
    mdc_options_init(&defaults);
    defaults.level = 1;
    assert_true(mdc_memusage(&o) == mdc_memusage(&defaults));
}

static void test_memusage_grows(void **state)
{
    (void)state;
    struct mdc_options o;
    mdc_options_init(&o);
    for (int level = 0; level <= MDC_LEVEL_MAX; level++) {
        o.level = level;
        uint64_t last = 0;
        for (o.threads = 1; o.threads <= 4; o.threads++) {
            assert_true(mdc_memusage(&o) > last);
            last = mdc_memusage(&o);
        }
        o.threads = 1;
        last = 0;
        for (o.block_size = 4096; o.block_size <= 64 << 20; o.block_size *= 4) {
            assert_true(mdc_memusage(&o) > last);
            last = mdc_memusage(&o);
        }
        o.block_size = 0;
    }
    /* What the levels promise, one thread with default blocks, also of those
     * that --seekable makes. */
    o.threads = 1;
    for (o.seekable = 0; o.seekable < 2; o.seekable++) {
        o.level = 6;
        assert_true(mdc_memusage(&o) <= 256 << 20);
        o.level = 9;
        assert_true(mdc_memusage(&o) <= 1 << 30);
    }
}

/* A dictionary takes memory, its own size at least. */
static void test_memusage_of_a_dictionary(void **state)
{
    (void)state;
    uint8_t *dictionary = must_alloc(100000);
    for (int level = 1; level <= MDC_LEVEL_MAX; level++) {
        struct mdc_options o = small_options(level);
        const uint64_t without = mdc_memusage(&o);
        o.seekable = 1;
        assert_true(mdc_memusage(&o) > without);
        o.seekable = 0;
        o.dictionary = dictionary;
        o.dictionary_size = 100000;
        assert_true(mdc_memusage(&o) >= without + 100000);
    }
    free(dictionary);
}

/* Threads are reduced to fit, and one that does not fit is refused. */
static void test_memory_limit(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    struct mdc_options o = small_options(3);
    const uint64_t one = mdc_memusage(&o);
    size_t want_size, size;
    uint8_t *want = compress_all(data, SIZE, &want_size, &o);
    o.threads = 8;
    o.memory_limit = one;
    uint8_t *packed = compress_all(data, SIZE, &size, &o);
    assert_int_equal(size, want_size);
    assert_memory_equal(packed, want, size);
    o.memory_limit = one - 1;
    mdc_cctx *ctx;
    assert_int_equal(mdc_cctx_new(&ctx, &o), MDC_MEMLIMIT);
    assert_null(ctx);
    free(packed);
    free(want);
    free(data);
}

static void test_small_destinations(void **state)
{
    (void)state;
    uint8_t data[300], packed[1000], back[300];
    sample_fill(data, sizeof(data), SAMPLE_TEXT, 1);
    const struct mdc_options o = small_options(1);
    size_t size, back_size = 77;
    assert_int_equal(
        mdc_compress(packed, sizeof(packed), &size, data, sizeof(data), &o),
        MDC_OK);
    const size_t whole = size;
    for (size_t room = 0; room < whole; room++) {
        size = 77;
        assert_int_equal(
            mdc_compress(packed, room, &size, data, sizeof(data), &o),
            MDC_NEED_OUTPUT);
        assert_int_equal(size, 77);
    }
    assert_int_equal(mdc_compress(packed, whole, &size, data, sizeof(data), &o),
                     MDC_OK);
    for (size_t room = 0; room < sizeof(back); room++)
        assert_int_equal(
            mdc_decompress(back, room, &back_size, packed, size, NULL),
            MDC_NEED_OUTPUT);
    assert_int_equal(back_size, 77);
    assert_int_equal(
        mdc_decompress(back, sizeof(back), &back_size, packed, size, NULL),
        MDC_OK);
    assert_int_equal(back_size, sizeof(back));
    assert_memory_equal(back, data, sizeof(data));
    assert_int_equal(mdc_decompress(NULL, 0, &back_size, NULL, 0, NULL),
                     MDC_TRUNCATED);
    assert_int_equal(mdc_compress_bound(SIZE_MAX), SIZE_MAX);
}

static void test_misuse(void **state)
{
    (void)state;
    mdc_cctx *c;
    mdc_dctx *d;
    uint8_t bytes[100] = {0};
    struct mdc_input in = {bytes, 1, 0};
    struct mdc_output out = {bytes, 0, 0};
    assert_int_equal(mdc_cctx_new(NULL, NULL), MDC_PROG);
    assert_int_equal(mdc_dctx_new(NULL, NULL), MDC_PROG);
    assert_int_equal(mdc_cctx_new(&c, NULL), MDC_OK);
    assert_int_equal(mdc_dctx_new(&d, NULL), MDC_OK);
    assert_int_equal(mdc_cctx_run(NULL, &in, &out, MDC_RUN), MDC_PROG);
    assert_int_equal(mdc_cctx_run(c, NULL, &out, MDC_RUN), MDC_PROG);
    assert_int_equal(mdc_cctx_run(c, &in, NULL, MDC_RUN), MDC_PROG);
    assert_int_equal(mdc_cctx_run(c, &in, &out, (enum mdc_action)3), MDC_PROG);
    assert_int_equal(mdc_dctx_run(d, NULL, &out, MDC_RUN), MDC_PROG);
    in.pos = 2;
    assert_int_equal(mdc_cctx_run(c, &in, &out, MDC_RUN), MDC_PROG);
    assert_int_equal(mdc_dctx_run(d, &in, &out, MDC_RUN), MDC_PROG);
    in = (struct mdc_input){NULL, 1, 0};
    assert_int_equal(mdc_dctx_run(d, &in, &out, MDC_RUN), MDC_PROG);
    /* None of these has touched the contexts; this does: input after the
     * frame's end was asked for, but was not written out. */
    in = (struct mdc_input){bytes, 1, 0};
    assert_int_equal(mdc_cctx_error(c)->status, MDC_OK);
    assert_int_equal(mdc_cctx_run(c, &in, &out, MDC_FINISH), MDC_NEED_OUTPUT);
    assert_int_equal(mdc_cctx_run(c, &in, &out, MDC_RUN), MDC_PROG);
    assert_int_equal(mdc_cctx_run(c, &in, &out, MDC_FINISH), MDC_PROG);
    assert_int_equal(mdc_cctx_error(c)->status, MDC_PROG);
    mdc_cctx_free(c);
    mdc_dctx_free(d);
    mdc_cctx_free(NULL);
    mdc_dctx_free(NULL);
}

static void test_is_archive(void **state)
{
    (void)state;
    static const uint8_t good[] = {0x9D, 'm', 'd', 'C', 0, 0x9D, 'm', 'd', 'F'};
    assert_int_equal(mdc_is_archive(good, 4), 1);
    assert_int_equal(mdc_is_archive(good + 5, 4), 1);
    assert_int_equal(mdc_is_archive(good, 3), 0);
    assert_int_equal(mdc_is_archive(good + 1, 4), 0);
    assert_int_equal(mdc_is_archive(NULL, 0), 0);
}

/* Hooks that refuse the nth allocation, and count what is not given back. */
struct refuser {
    pthread_mutex_t lock;
    size_t calls, refuse_at, live;
};

static void *refusing_alloc(void *opaque, size_t size)
{
    struct refuser *r = opaque;
    pthread_mutex_lock(&r->lock);
    void *ptr = ++r->calls == r->refuse_at ? NULL : malloc(size);
    r->live += ptr != NULL;
    pthread_mutex_unlock(&r->lock);
    return ptr;
}

static void refusing_free(void *opaque, void *ptr)
{
    struct refuser *r = opaque;
    pthread_mutex_lock(&r->lock);
    r->live -= ptr != NULL;
    pthread_mutex_unlock(&r->lock);
    free(ptr);
}

/* Each allocation in turn fails: MDC_MEM, and all memory comes back. */
static void refuse_each(const struct mdc_options *options, const uint8_t *data,
                        size_t size)
{
    struct refuser r = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct mdc_options o = *options;
    o.allocator = (struct mdc_allocator){refusing_alloc, refusing_free, &r};
    const size_t bound = mdc_compress_bound(size);
    uint8_t *packed = must_alloc(bound), *back = must_alloc(size);
    size_t packed_size, back_size;
    for (int decode = 0; decode < 2; decode++) {
        enum mdc_status status = MDC_MEM;
        for (r.refuse_at = 1; status != MDC_OK; r.refuse_at++) {
            r.calls = 0;
            status = decode ? mdc_decompress(back, size, &back_size, packed,
                                             packed_size, &o)
                            : mdc_compress(packed, bound, &packed_size, data,
                                           size, &o);
            assert_true(status == MDC_OK || status == MDC_MEM);
            assert_int_equal(r.live, 0);
            assert_true(r.refuse_at < 10000);
        }
        assert_true(r.refuse_at > 4);
    }
    assert_int_equal(back_size, size);
    assert_memory_equal(back, data, size);
    free(packed);
    free(back);
}

static void test_allocations_fail(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    for (int level = 0; level <= 6; level += level < 4 ? 1 : 2) {
        struct mdc_options o = small_options(level);
        for (o.threads = 1; o.threads <= 2; o.threads++) {
            refuse_each(&o, data, 1000);
            if (level < 4)
                refuse_each(&o, data, SIZE);
        }
    }
    free(data);
}

static void test_allocations_fail_with_a_dictionary(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    for (int level = 1; level <= 4; level++) {
        struct mdc_options o = small_options(level);
        o.seekable = 1;
        o.block_size = 8192;
        refuse_each(&o, data, level < 4 ? SIZE : 9000);
        o.dictionary = data;
        o.dictionary_size = 5000;
        refuse_each(&o, data, level < 4 ? SIZE : 9000);
        refuse_each(&o, data, 1000);
    }
    free(data);
}

/* An archive in memory, for mdc_inspect(). */
struct bytes {
    const uint8_t *data;
    size_t size;
    size_t fail_from; /* reads behind this fail */
};

static int read_bytes(void *opaque, uint64_t offset, void *buf, size_t size)
{
    const struct bytes *b = opaque;
    assert_true(offset <= b->size && size <= b->size - offset);
    if (offset + size > b->fail_from)
        return -1;
    memcpy(buf, b->data + offset, size);
    return 0;
}

struct blocks {
    struct mdc_block_info info[16];
    size_t count, stop_at;
};

static int note_block(void *opaque, const struct mdc_block_info *info)
{
    struct blocks *blocks = opaque;
    assert_int_equal(info->size, sizeof(*info));
    assert_true(blocks->count < 16);
    blocks->info[blocks->count++] = *info;
    return blocks->count == blocks->stop_at;
}

static void test_inspect(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    struct sink packed = {0};
    mdc_cctx *ctx;
    const struct mdc_options o = small_options(1);
    assert_int_equal(mdc_cctx_new(&ctx, &o), MDC_OK);
    assert_int_equal(drive_encoder(ctx, data, SIZE, MDC_FINISH, 1000, &packed),
                     MDC_OK);
    const size_t first = packed.size;
    assert_int_equal(drive_encoder(ctx, data, 100, MDC_FINISH, 1000, &packed),
                     MDC_OK);
    mdc_cctx_free(ctx);

    struct bytes bytes = {packed.data, packed.size, SIZE_MAX};
    struct blocks blocks = {0};
    struct mdc_archive_info info = {.size = sizeof(info)};
    struct mdc_error error;
    assert_int_equal(mdc_inspect(read_bytes, &bytes, bytes.size, note_block,
                                 &blocks, &info, &error),
                     MDC_OK);
    assert_int_equal(error.status, MDC_OK);
    assert_int_equal(info.frames, 2);
    assert_int_equal(info.blocks, 4);
    assert_int_equal(info.packed_size, packed.size);
    assert_int_equal(info.plain_size, SIZE + 100);
    assert_int_equal(info.trailing, 0);
    assert_int_equal(blocks.count, 4);
    uint64_t plain = 0, memory = 0;
    for (size_t i = 0; i < 4; i++) {
        const struct mdc_block_info *b = &blocks.info[i];
        assert_int_equal(b->frame, i / 3);
        assert_int_equal(b->block, i % 3);
        assert_int_equal(b->plain_offset, plain);
        assert_string_equal(b->codec, "log");
        assert_int_equal(b->row, 1);
        assert_int_equal(b->epoch, 14);
        assert_int_equal(b->chunks, (b->plain_size + 4095) / 4096);
        if (i == 1 || i == 2)
            assert_int_equal(b->offset, b[-1].offset + b[-1].packed_size);
        plain += b->plain_size;
        memory = memory > b->memory ? memory : b->memory;
    }
    assert_int_equal(plain, info.plain_size);
    assert_int_equal(memory, info.memory);
    assert_int_equal(blocks.info[0].offset, 8);
    assert_int_equal(blocks.info[3].offset, first);

    /* The memory that is stated is what decoding takes. */
    struct mdc_options limited;
    mdc_options_init(&limited);
    limited.memory_limit = info.memory;
    struct sink back = {0};
    assert_int_equal(drive_decoder(packed.data, packed.size, 100, 100, &limited,
                                   &back, NULL),
                     MDC_OK);
    sink_free(&back);

    /* Failing callbacks. */
    for (bytes.fail_from = 0; bytes.fail_from < bytes.size;
         bytes.fail_from += 50) {
        assert_int_equal(mdc_inspect(read_bytes, &bytes, bytes.size, NULL, NULL,
                                     &info, &error),
                         MDC_IO);
        assert_int_equal(error.status, MDC_IO);
    }
    bytes.fail_from = SIZE_MAX;
    blocks = (struct blocks){.stop_at = 2};
    assert_int_equal(mdc_inspect(read_bytes, &bytes, bytes.size, note_block,
                                 &blocks, &info, NULL),
                     MDC_IO);
    assert_int_equal(blocks.count, 2);

    /* Every truncation, but for that between the frames. */
    for (size_t size = 0; size < packed.size; size++) {
        bytes.size = size;
        assert_int_equal(
            mdc_inspect(read_bytes, &bytes, size, NULL, NULL, &info, &error),
            size == first ? MDC_OK : MDC_TRUNCATED);
        assert_true(info.frames == (size >= first));
        assert_true(error.offset <= size);
    }
    sink_free(&packed);
    free(data);
}

/* Blocks name their dictionary, and the memory that is stated suffices. */
static void test_inspect_dictionaries(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    static const struct {
        size_t size;
        int given;
        enum mdc_dictionary_kind kind;
        size_t dictionary_size; /* as stated */
    } cases[] = {
        {SIZE, 0, MDC_DICTIONARY_EMBEDDED, 16384},
        {1000, 0, MDC_DICTIONARY_NONE, 0},
        {SIZE, 1, MDC_DICTIONARY_EXTERNAL, 5000},
        {1000, 1, MDC_DICTIONARY_EXTERNAL, 0},
    };
    for (int level = 1; level <= 5; level++) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            struct mdc_options o = small_options(level);
            o.seekable = 1;
            if (cases[i].given) {
                o.dictionary = data + 3;
                o.dictionary_size = 5000;
            }
            size_t size;
            uint8_t *packed = compress_all(data, cases[i].size, &size, &o);
            struct bytes bytes = {packed, size, SIZE_MAX};
            struct blocks blocks = {0};
            struct mdc_archive_info info = {.size = sizeof(info)};
            assert_int_equal(mdc_inspect(read_bytes, &bytes, size, note_block,
                                         &blocks, &info, NULL),
                             MDC_OK);
            assert_int_equal(info.plain_size, cases[i].size);
            const uint32_t id = cases[i].kind == MDC_DICTIONARY_NONE ? 0
                                : cases[i].given
                                    ? mdc_dictionary_id(data + 3, 5000)
                                    : mdc_dictionary_id(data, 16384);
            for (size_t b = 0; b < blocks.count; b++) {
                const struct mdc_block_info *block = &blocks.info[b];
                assert_int_equal(block->dictionary, cases[i].kind);
                assert_int_equal(block->dictionary_id, id);
                assert_int_equal(block->dictionary_size,
                                 cases[i].dictionary_size);
                /* With a dictionary no front end is tried: the models take the
                 * same to code and to restore. */
                if (level >= 4 && cases[i].dictionary_size > 0)
                    assert_true(block->memory - block->encode_memory < 1024);
                else if (level < 4 || block->dictionary == MDC_DICTIONARY_NONE)
                    assert_true(block->encode_memory > block->memory);
            }
            struct sink back = {0};
            o.memory_limit = info.memory;
            assert_int_equal(
                drive_decoder(packed, size, 100, 100, &o, &back, NULL), MDC_OK);
            sink_free(&back);
            o.memory_limit = info.memory / 2;
            assert_int_equal(
                drive_decoder(packed, size, 100, 100, &o, &back, NULL),
                MDC_MEMLIMIT);
            sink_free(&back);
            for (size_t cut = 0; cut < size; cut++)
                assert_int_equal(mdc_inspect(read_bytes, &bytes, cut, NULL,
                                             NULL, &info, NULL),
                                 MDC_TRUNCATED);
            free(packed);
        }
    }
    free(data);
}

static void assert_trained(const uint8_t *samples, const size_t *sizes,
                           size_t count, size_t room, size_t least)
{
    uint8_t *dictionary = must_alloc(room);
    size_t size = 0;
    assert_int_equal(mdc_train(dictionary, room, &size, samples, sizes, count),
                     MDC_OK);
    assert_in_range(size, least, room);
    free(dictionary);
}

static void test_train(void **state)
{
    (void)state;
    enum { COUNT = 400, EACH = 500, ROOM = 8000 };
    uint8_t *samples = must_alloc(COUNT * EACH);
    size_t sizes[COUNT], total = 0;
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i % 7 == 3 ? 0 : EACH - i % 100;
        sample_fill(samples + total, sizes[i], SAMPLE_TEXT, i);
        total += sizes[i];
    }
    /* Many samples: what is chosen serves another one better than none. */
    uint8_t dictionary[ROOM], again[ROOM], other[1000];
    size_t size = 0, again_size = 0, with, without;
    assert_int_equal(mdc_train(dictionary, ROOM, &size, samples, sizes, COUNT),
                     MDC_OK);
    assert_in_range(size, ROOM / 2, ROOM);
    assert_int_equal(mdc_train(again, ROOM, &again_size, samples, sizes, COUNT),
                     MDC_OK);
    assert_int_equal(again_size, size);
    assert_memory_equal(again, dictionary, size);
    sample_fill(other, sizeof(other), SAMPLE_TEXT, 99999);
    struct mdc_options o = small_options(4);
    free(compress_all(other, sizeof(other), &without, &o));
    o.dictionary = dictionary;
    o.dictionary_size = size;
    free(compress_all(other, sizeof(other), &with, &o));
    assert_true(with + with / 4 < without);

    /* Few, tiny, or less than the room: all that there is, or a part. */
    assert_trained(samples, sizes, 1, ROOM, sizes[0]);
    assert_trained(samples, sizes, 2, 100, 100);
    assert_trained(samples, sizes, 4, 1, 1);
    static const size_t tiny[] = {1, 0, 2, 1, 1, 0};
    assert_trained(samples, tiny, 6, ROOM, 5);
    assert_trained(samples, tiny, 6, 4, 1);
    const size_t large = total;
    assert_trained(samples, &large, 1, ROOM, ROOM / 2);

    static const size_t nothing[] = {0, 0};
    size = 77;
    assert_int_equal(mdc_train(dictionary, ROOM, &size, samples, nothing, 2),
                     MDC_OPTIONS);
    assert_int_equal(mdc_train(dictionary, ROOM, &size, samples, sizes, 0),
                     MDC_OPTIONS);
    assert_int_equal(mdc_train(dictionary, 0, &size, samples, sizes, COUNT),
                     MDC_OPTIONS);
    assert_int_equal(mdc_train(dictionary, MDC_DICTIONARY_MAX + 1, &size,
                               samples, sizes, COUNT),
                     MDC_OPTIONS);
    assert_int_equal(mdc_train(NULL, ROOM, &size, samples, sizes, COUNT),
                     MDC_PROG);
    assert_int_equal(size, 77);
    free(samples);
}

static void test_inspect_trailing(void **state)
{
    (void)state;
    uint8_t packed[4000], data[100];
    size_t size;
    sample_fill(data, sizeof(data), SAMPLE_TEXT, 1);
    assert_int_equal(
        mdc_compress(packed, sizeof(packed), &size, data, 100, NULL), MDC_OK);
    memset(packed + size, 0, sizeof(packed) - size);
    struct bytes bytes = {packed, sizeof(packed), SIZE_MAX};
    struct mdc_archive_info info = {.size = sizeof(info)};
    struct mdc_error error;
    assert_int_equal(
        mdc_inspect(read_bytes, &bytes, bytes.size, NULL, NULL, &info, &error),
        MDC_OK);
    assert_int_equal(info.packed_size, size);
    assert_int_equal(info.trailing, sizeof(packed) - size);
    packed[3000] = 'x';
    assert_int_equal(
        mdc_inspect(read_bytes, &bytes, bytes.size, NULL, NULL, &info, &error),
        MDC_FORMAT);
    assert_int_equal(info.frames, 1);
    assert_int_equal(info.plain_size, 100);
    assert_int_equal(info.trailing, sizeof(packed) - size);
    assert_string_equal(error.text, "offset 3000: not a midicoth archive");
    packed[0] = 'x';
    assert_int_equal(
        mdc_inspect(read_bytes, &bytes, bytes.size, NULL, NULL, &info, &error),
        MDC_FORMAT);
    assert_int_equal(info.frames, 0);
}

/* Damage that inspecting can see must not lead it astray. */
static void test_inspect_damaged(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_CONSTANT, 1);
    const struct mdc_options o = small_options(1);
    size_t size;
    uint8_t *packed = compress_all(data, SIZE, &size, &o);
    struct bytes bytes = {packed, size, SIZE_MAX};
    for (size_t pos = 0; pos < size; pos++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            packed[pos] ^= (uint8_t)(1 << bit);
            struct mdc_archive_info info = {.size = sizeof(info)};
            struct blocks blocks = {0};
            (void)mdc_inspect(read_bytes, &bytes, size, note_block, &blocks,
                              &info, NULL);
            assert_true(info.packed_size <= size);
            packed[pos] ^= (uint8_t)(1 << bit);
        }
    }
    free(packed);
    free(data);
}

/* What headers say is refused before it is restored. */
static void test_output_limit(void **state)
{
    (void)state;
    uint8_t *data = must_alloc(SIZE), *back = must_alloc(SIZE);
    sample_fill(data, SIZE, SAMPLE_TEXT, 1);
    for (unsigned compact = 0; compact <= 1; compact++) {
        struct mdc_options o = small_options(1);
        if (compact)
            o.block_size = o.chunk_size = SIZE;
        size_t size, back_size = 7;
        uint8_t *packed = compress_all(data, SIZE, &size, &o);
        o.max_output = SIZE;
        assert_int_equal(
            mdc_decompress(back, SIZE, &back_size, packed, size, &o), MDC_OK);
        assert_int_equal(
            mdc_decompress(back, SIZE - 1, &back_size, packed, size, &o),
            MDC_NEED_OUTPUT);
        o.max_output = SIZE - 1;
        assert_int_equal(
            mdc_decompress(back, SIZE, &back_size, packed, size, &o),
            MDC_OUTLIMIT);
        /* Options of a program that does not know of it. */
        o.size = offsetof(struct mdc_options, max_output);
        assert_int_equal(
            mdc_decompress(back, SIZE, &back_size, packed, size, &o), MDC_OK);
        o.size = sizeof(o);
        for (o.threads = 1; o.threads <= 2; o.threads++) {
            struct sink sink = {0};
            struct mdc_error error;
            assert_int_equal(
                drive_decoder(packed, size, 1000, 1000, &o, &sink, &error),
                MDC_OUTLIMIT);
            assert_true(sink.size < SIZE);
            assert_non_null(strstr(error.text, "limit"));
            sink_free(&sink);
        }
        /* A payload that is not looked at: its header is enough. */
        memset(packed + size / 2, 0, 50);
        back_size = 7;
        assert_int_equal(
            mdc_decompress(back, 16, &back_size, packed, size, NULL),
            MDC_NEED_OUTPUT);
        assert_int_equal(
            mdc_decompress(NULL, 0, &back_size, packed, size, NULL),
            MDC_NEED_OUTPUT);
        assert_int_equal(back_size, 7);
        free(packed);
    }
    free(back);
    free(data);
}

/* Costs of the parts of an explanation, by kind. */
struct costs {
    uint64_t of[MDC_PART_SLOT + 1];
    int left; /* parts until it is enough */
};

static int add_cost(void *opaque, const struct mdc_part *part)
{
    struct costs *costs = opaque;
    assert_int_equal(part->size, sizeof(*part));
    assert_true(part->kind <= MDC_PART_SLOT);
    costs->of[part->kind] += part->cost;
    return --costs->left == 0;
}

static enum mdc_status explain(mdc_explain *x, const struct sink *packed,
                               size_t piece, struct costs *costs)
{
    for (size_t i = 0; i < packed->size; i += piece) {
        const size_t rest = packed->size - i;
        const enum mdc_status status =
            mdc_explain_add(x, packed->data + i, piece < rest ? piece : rest);
        if (status != MDC_OK)
            return status;
    }
    *costs = (struct costs){.left = -1};
    return mdc_explain_report(x, add_cost, costs);
}

/* With several blocks and chunks, ways add up, in whatever pieces. */
static void test_explain(void **state)
{
    (void)state;
    uint8_t *log = must_alloc(SIZE);
    sample_fill(log, SIZE, SAMPLE_TEXT, 1);
    for (int level = 1; level <= 9; level += 2) {
        const struct mdc_options options = small_options(level);
        struct sink packed = {0};
        struct costs costs;
        uint8_t *archive = compress_all(log, SIZE, &packed.size, &options);
        packed.data = must_alloc(packed.size + 4);
        memcpy(packed.data, archive, packed.size);
        memcpy(packed.data + packed.size, "rest", 4);
        free(archive);
        mdc_explain *x;
        assert_int_equal(mdc_explain_new(&x, NULL), MDC_OK);
        assert_int_equal(explain(x, &packed, 1 + (size_t)level * 100, &costs),
                         MDC_OK);
        const uint64_t all = costs.of[MDC_PART_ARCHIVE];
        const uint64_t ways =
            costs.of[MDC_PART_FRAMES] + costs.of[MDC_PART_WAY];
        assert_int_equal(all, packed.size * 2048);
        assert_int_equal(costs.of[MDC_PART_FRAMES] + costs.of[MDC_PART_BLOCK],
                         all);
        assert_true(ways >= all && ways <= all + all / 1000 + 16 * 8 * 2048);
        /* It is told again, and stops where it is told to. */
        assert_int_equal(mdc_explain_add(x, packed.data, 1), MDC_PROG);
        costs.left = 2;
        assert_int_equal(mdc_explain_report(x, add_cost, &costs), MDC_IO);
        assert_int_equal(costs.left, 0);
        mdc_explain_free(x);

        /* Zeros or other bytes behind it are no part of it. */
        packed.size += 4;
        assert_int_equal(mdc_explain_new(&x, NULL), MDC_OK);
        assert_int_equal(explain(x, &packed, 999, &costs), MDC_OK);
        assert_int_equal(costs.of[MDC_PART_ARCHIVE], all);
        mdc_explain_free(x);

        packed.size /= 2;
        assert_int_equal(mdc_explain_new(&x, NULL), MDC_OK);
        assert_int_equal(explain(x, &packed, 500, &costs), MDC_TRUNCATED);
        assert_int_equal(mdc_explain_error(x)->status, MDC_TRUNCATED);
        mdc_explain_free(x);
        sink_free(&packed);
    }
    mdc_explain_free(NULL);
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_status_texts),
        cmocka_unit_test(test_default_options),
        cmocka_unit_test(test_options_out_of_range),
        cmocka_unit_test(test_shorter_options),
        cmocka_unit_test(test_memusage_grows),
        cmocka_unit_test(test_memusage_of_a_dictionary),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_small_destinations),
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_is_archive),
        cmocka_unit_test(test_allocations_fail),
        cmocka_unit_test(test_allocations_fail_with_a_dictionary),
        cmocka_unit_test(test_inspect),
        cmocka_unit_test(test_inspect_dictionaries),
        cmocka_unit_test(test_train),
        cmocka_unit_test(test_inspect_trailing),
        cmocka_unit_test(test_inspect_damaged),
        cmocka_unit_test(test_output_limit),
        cmocka_unit_test(test_explain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
