/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file samples.c
 * \brief Inputs of several kinds, and helpers that several tests share.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

const char *const sample_names[SAMPLE_KINDS] = {
    "random", "constant", "text", "CRLF", "NULs", "bad UTF-8", "one line",
};

uint32_t sample_random(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*state >> 33) % below;
}

static size_t add_word(uint8_t *out, uint64_t *state)
{
    static const char *const words[] = {
        "error",  "warning", "connection", "from",   "10.0.0.", "port",
        "closed", "session", "opened",     "user",   "root",    "for",
        "by",     "timeout", "retry",      "block_", "size",    "received",
    };
    const uint32_t count = sizeof(words) / sizeof(words[0]);
    const char *word = words[sample_random(state, count)];
    const size_t length = strlen(word);
    memcpy(out, word, length);
    return length;
}

/* One line without its end, at most 200 bytes. */
static size_t add_line(uint8_t *out, uint64_t *state, unsigned number)
{
    size_t n = 0;
    uint8_t digits[10];
    size_t count = 0;
    do {
        digits[count++] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number);
    while (count > 0)
        out[n++] = digits[--count];
    const uint32_t words = 3 + sample_random(state, 8);
    for (uint32_t i = 0; i < words; i++) {
        out[n++] = ' ';
        n += add_word(out + n, state);
    }
    return n;
}

static void fill_lines(uint8_t *data, size_t size, const char *end,
                       uint64_t seed)
{
    uint8_t line[256];
    const size_t end_size = strlen(end);
    unsigned number = 1000;
    for (size_t pos = 0; pos < size;) {
        size_t n = add_line(line, &seed, number++);
        memcpy(line + n, end, end_size);
        n += end_size;
        if (n > size - pos)
            n = size - pos;
        memcpy(data + pos, line, n);
        pos += n;
    }
}

void sample_fill(uint8_t *data, size_t size, enum sample_kind kind,
                 uint64_t seed)
{
    uint64_t state = seed + 1;
    switch (kind) {
    case SAMPLE_RANDOM:
        for (size_t i = 0; i < size; i++)
            data[i] = (uint8_t)sample_random(&state, 256);
        break;
    case SAMPLE_CONSTANT:
        memset(data, 'a', size);
        break;
    case SAMPLE_CRLF:
        fill_lines(data, size, "\r\n", seed);
        break;
    case SAMPLE_NULS:
        fill_lines(data, size, "  ", seed);
        for (size_t i = 0; i < size; i++)
            if (data[i] == ' ')
                data[i] = 0;
        break;
    case SAMPLE_BAD_UTF8:
        fill_lines(data, size, "\xC0\x80\xFF\xED\xA0\x80\n", seed);
        break;
    case SAMPLE_ONE_LINE:
        fill_lines(data, size, " ", seed);
        break;
    default:
        fill_lines(data, size, "\n", seed);
        break;
    }
}

void *must_alloc(size_t size)
{
    void *ptr = malloc(size ? size : 1);
    assert_non_null(ptr);
    return ptr;
}

bool slow_tests(void)
{
    return getenv("MDC_SLOW") != NULL;
}

struct mdc_options small_options(int level)
{
    struct mdc_options options;
    mdc_options_init(&options);
    options.level = level;
    options.block_size = 16384;
    options.chunk_size = 4096;
    return options;
}

bool has_level(int level)
{
    const struct mdc_options options = small_options(level);
    return mdc_memusage(&options) != UINT64_MAX;
}

uint8_t *compress_all(const uint8_t *data, size_t size, size_t *packed_size,
                      const struct mdc_options *options)
{
    const size_t bound = mdc_compress_bound(size);
    uint8_t *packed = must_alloc(bound);
    assert_int_equal(
        mdc_compress(packed, bound, packed_size, data, size, options), MDC_OK);
    assert_true(*packed_size <= bound);
    return packed;
}

static uint8_t *sink_room(struct sink *sink, size_t size)
{
    if (sink->capacity - sink->size < size) {
        sink->capacity = sink->capacity * 2 + size;
        sink->data = realloc(sink->data, sink->capacity);
        assert_non_null(sink->data);
    }
    return sink->data + sink->size;
}

enum mdc_status drive_encoder(mdc_cctx *ctx, const uint8_t *data, size_t size,
                              enum mdc_action action, size_t step,
                              struct sink *sink)
{
    struct mdc_input in = {data, size, 0};
    enum mdc_status status;
    do {
        struct mdc_output out = {sink_room(sink, step), step, 0};
        status = mdc_cctx_run(ctx, &in, &out, action);
        sink->size += out.pos;
    } while (status == MDC_NEED_OUTPUT);
    if (status == MDC_OK)
        assert_int_equal(in.pos, size);
    return status;
}

enum mdc_status drive_decoder(const uint8_t *data, size_t size, size_t in_step,
                              size_t out_step,
                              const struct mdc_options *options,
                              struct sink *sink, struct mdc_error *error)
{
    mdc_dctx *ctx;
    assert_int_equal(mdc_dctx_new(&ctx, options), MDC_OK);
    enum mdc_status status = MDC_NEED_INPUT;
    size_t given = 0;
    struct mdc_input in = {data, 0, 0};
    for (;;) {
        if (status == MDC_NEED_INPUT && given < size) {
            given += in_step < size - given ? in_step : size - given;
            in.size = given;
        }
        struct mdc_output out = {sink_room(sink, out_step), out_step, 0};
        status =
            mdc_dctx_run(ctx, &in, &out, given == size ? MDC_FINISH : MDC_RUN);
        sink->size += out.pos;
        if (status == MDC_STREAM_END && in.pos == size)
            break;
        if (status == MDC_NEED_INPUT) {
            assert_int_equal(in.pos, in.size);
            assert_true(given < size);
        } else if (status > MDC_NEED_OUTPUT) {
            break;
        }
    }
    if (error)
        *error = *mdc_dctx_error(ctx);
    mdc_dctx_free(ctx);
    return status == MDC_STREAM_END ? MDC_OK : status;
}

void sink_free(struct sink *sink)
{
    free(sink->data);
    *sink = (struct sink){0};
}

void assert_sink(const struct sink *sink, const uint8_t *data, size_t size)
{
    assert_int_equal(sink->size, size);
    if (size > 0)
        assert_memory_equal(sink->data, data, size);
}
