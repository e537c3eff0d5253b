/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_codecs.c
 * \brief Unit tests of the registry, and of what every codec promises.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"

enum { BLOCK = 16384, CHUNK = 4096, CHUNKS = BLOCK / CHUNK, ROOM = CHUNK * 2 };

static const struct mdc_allocator no_hooks;

/* A block, and what a codec made of it. */
struct coded {
    uint8_t plain[BLOCK];
    uint8_t payload[CHUNKS][ROOM];
    size_t payload_size[CHUNKS];
};

static void encode_block(const struct mdci_codec *codec, void *encoder,
                         struct coded *coded)
{
    assert_true(codec->bound(CHUNK) <= ROOM);
    for (size_t i = 0; i < CHUNKS; i++)
        assert_int_equal(codec->encode(encoder, coded->plain, i * CHUNK,
                                       (i + 1) * CHUNK, coded->payload[i],
                                       &coded->payload_size[i]),
                         MDC_OK);
}

/* Up to the first chunk that the codec had no room for. */
static size_t decode_block(const struct mdci_codec *codec, void *decoder,
                           const struct coded *coded, uint8_t *back)
{
    for (size_t i = 0; i < CHUNKS; i++) {
        const size_t size = coded->payload_size[i];
        if (size == 0)
            return i * CHUNK;
        /* A copy of its own size lets memory checkers see reads behind it. */
        uint8_t *payload = must_alloc(size);
        memcpy(payload, coded->payload[i], size);
        assert_int_equal(codec->decode(decoder, back, i * CHUNK,
                                       (i + 1) * CHUNK, payload, size),
                         MDC_OK);
        free(payload);
    }
    return BLOCK;
}

static void open_pair(const struct mdci_codec *codec, unsigned row,
                      void **encoder, void **decoder)
{
    assert_int_equal(codec->open(encoder, MDCI_ENCODE, row, BLOCK, &no_hooks),
                     MDC_OK);
    assert_int_equal(codec->open(decoder, MDCI_DECODE, row, BLOCK, &no_hooks),
                     MDC_OK);
}

static void test_levels(void **state)
{
    (void)state;
    unsigned row = 77;
    assert_null(mdci_codec_for_level(-1, &row));
    assert_null(mdci_codec_for_level(10, &row));
    assert_int_equal(row, 77);
    for (int level = 0; level <= 9; level++) {
        const struct mdci_codec *codec = mdci_codec_for_level(level, &row);
        assert_non_null(codec);
        assert_ptr_equal(codec, mdci_codec_by_id(codec->id));
        for (int direction = MDCI_ENCODE; direction <= MDCI_DECODE; direction++)
            assert_true(codec->memusage((enum mdci_direction)direction, row,
                                        BLOCK, 0) < UINT64_C(1) << 30);
    }
    assert_null(mdci_codec_by_id(99));
}

static void test_rows_that_do_not_exist(void **state)
{
    (void)state;
    for (unsigned id = 0; id <= 3; id++) {
        const struct mdci_codec *codec = mdci_codec_by_id(id);
        for (unsigned row = 100; row < 256; row++)
            assert_true(codec->memusage(MDCI_DECODE, row, BLOCK, 0) ==
                        UINT64_MAX);
    }
}

/* Chunk after chunk, then again after a reset: equal payloads, equal bytes. */
static void test_round_trip(void **state)
{
    (void)state;
    struct coded *first = must_alloc(sizeof(*first));
    struct coded *again = must_alloc(sizeof(*again));
    uint8_t *back = must_alloc(BLOCK);
    for (int level = 1; level <= 9; level++) {
        unsigned row;
        const struct mdci_codec *codec = mdci_codec_for_level(level, &row);
        void *encoder, *decoder;
        open_pair(codec, row, &encoder, &decoder);
        for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
            sample_fill(first->plain, BLOCK, (enum sample_kind)kind, 5);
            memcpy(again->plain, first->plain, BLOCK);
            for (int round = 0; round < 2; round++) {
                struct coded *coded = round ? again : first;
                assert_int_equal(codec->reset(encoder), MDC_OK);
                assert_int_equal(codec->reset(decoder), MDC_OK);
                encode_block(codec, encoder, coded);
                memset(back, 0, BLOCK);
                const size_t n = decode_block(codec, decoder, coded, back);
                assert_memory_equal(back, coded->plain, n);
                if (kind != SAMPLE_RANDOM)
                    assert_int_equal(n, BLOCK);
            }
            for (size_t i = 0; i < CHUNKS; i++) {
                assert_int_equal(first->payload_size[i],
                                 again->payload_size[i]);
                assert_memory_equal(first->payload[i], again->payload[i],
                                    first->payload_size[i]);
            }
        }
        codec->close(encoder);
        codec->close(decoder);
    }
    free(first);
    free(again);
    free(back);
}

/* What chunks before taught carries on: the second of two equal chunks of
 * text that does not repeat within itself is much smaller. */
static void test_state_carries_on(void **state)
{
    (void)state;
    struct coded *coded = must_alloc(sizeof(*coded));
    sample_fill(coded->plain, CHUNK, SAMPLE_TEXT, 9);
    for (size_t i = 1; i < CHUNKS; i++)
        memcpy(coded->plain + i * CHUNK, coded->plain, CHUNK);
    for (int level = 1; level <= 9; level++) {
        unsigned row;
        const struct mdci_codec *codec = mdci_codec_for_level(level, &row);
        void *encoder;
        assert_int_equal(
            codec->open(&encoder, MDCI_ENCODE, row, BLOCK, &no_hooks), MDC_OK);
        encode_block(codec, encoder, coded);
        codec->close(encoder);
        assert_true(coded->payload_size[1] * 2 < coded->payload_size[0]);
    }
    free(coded);
}

/* A block behind a dictionary of DICT bytes, in two chunks. */
enum { DICT = BLOCK / 2, FIRST = DICT + CHUNK, END = DICT + BLOCK };

/* Codes text[DICT..END) and restores it; the first payload is left in out. */
static size_t code_primed(const struct mdci_codec *codec, void *const states[2],
                          const uint8_t *text, uint8_t *out)
{
    uint8_t *back = must_alloc(END), *rest = must_alloc(codec->bound(BLOCK));
    size_t size, rest_size;
    for (int i = 0; i < 2; i++)
        assert_int_equal(codec->prime(states[i], text, DICT), MDC_OK);
    assert_int_equal(codec->encode(states[0], text, DICT, FIRST, out, &size),
                     MDC_OK);
    assert_int_equal(
        codec->encode(states[0], text, FIRST, END, rest, &rest_size), MDC_OK);
    memcpy(back, text, DICT);
    assert_int_equal(codec->decode(states[1], back, DICT, FIRST, out, size),
                     MDC_OK);
    assert_int_equal(
        codec->decode(states[1], back, FIRST, END, rest, rest_size), MDC_OK);
    assert_memory_equal(back, text, END);
    free(back);
    free(rest);
    return size;
}

/* Behind a dictionary, again and again: equal payloads, equal bytes, and the
 * first is smaller than it is without. After a reset nothing of it is left. */
static void test_dictionary(void **state)
{
    (void)state;
    struct coded *fresh = must_alloc(sizeof(*fresh));
    struct coded *reset = must_alloc(sizeof(*reset));
    uint8_t text[END], back[BLOCK], first[ROOM], again[ROOM];
    sample_fill(text, END, SAMPLE_TEXT, 4);
    memcpy(fresh->plain, text + DICT, BLOCK);
    memcpy(reset->plain, text + DICT, BLOCK);
    for (int level = 1; level <= 9; level++) {
        unsigned row;
        const struct mdci_codec *codec = mdci_codec_for_level(level, &row);
        void *states[2];
        for (int i = 0; i < 2; i++)
            assert_int_equal(codec->open(&states[i],
                                         i ? MDCI_DECODE : MDCI_ENCODE, row,
                                         END, &no_hooks),
                             MDC_OK);
        encode_block(codec, states[0], fresh);
        const size_t size = code_primed(codec, states, text, first);
        assert_true(size < fresh->payload_size[0]);
        for (int round = 0; round < 2; round++) {
            assert_int_equal(code_primed(codec, states, text, again), size);
            assert_memory_equal(again, first, size);
        }
        for (int i = 0; i < 2; i++)
            assert_int_equal(codec->reset(states[i]), MDC_OK);
        encode_block(codec, states[0], reset);
        assert_int_equal(reset->payload_size[0], fresh->payload_size[0]);
        assert_memory_equal(reset->payload[0], fresh->payload[0],
                            fresh->payload_size[0]);
        assert_int_equal(decode_block(codec, states[1], reset, back), BLOCK);
        assert_memory_equal(back, text + DICT, BLOCK);
        codec->close(states[0]);
        codec->close(states[1]);
    }
    free(fresh);
    free(reset);
}

/* Damaged payloads: an error or other bytes, but only where they belong. */
static void test_damaged_payloads(void **state)
{
    (void)state;
    enum { GUARD = 64 };
    struct coded *coded = must_alloc(sizeof(*coded));
    uint8_t *back = must_alloc(BLOCK + GUARD);
    uint64_t seed = 3;
    const int rounds = slow_tests() ? 2000 : 60;
    sample_fill(coded->plain, BLOCK, SAMPLE_TEXT, 2);
    for (int level = 1; level <= 9; level++) {
        unsigned row;
        const struct mdci_codec *codec = mdci_codec_for_level(level, &row);
        void *encoder, *decoder;
        open_pair(codec, row, &encoder, &decoder);
        encode_block(codec, encoder, coded);
        codec->close(encoder);
        for (int round = 0; round < rounds; round++) {
            const size_t whole = coded->payload_size[0];
            const size_t size = 1 + sample_random(&seed, (uint32_t)whole);
            uint8_t *payload = must_alloc(size);
            memcpy(payload, coded->payload[0], size);
            for (uint32_t i = sample_random(&seed, 8); i > 0; i--)
                payload[sample_random(&seed, (uint32_t)size)] ^=
                    (uint8_t)(1 + sample_random(&seed, 255));
            memset(back, 0xEE, BLOCK + GUARD);
            assert_int_equal(codec->reset(decoder), MDC_OK);
            const enum mdc_status status =
                codec->decode(decoder, back, 0, CHUNK, payload, size);
            assert_true(status == MDC_OK || status == MDC_DATA);
            for (size_t i = CHUNK; i < BLOCK + GUARD; i++)
                assert_int_equal(back[i], 0xEE);
            free(payload);
        }
        codec->close(decoder);
    }
    free(coded);
    free(back);
}

/* Counts the bytes that hooks hand out. */
struct meter {
    size_t now, most;
};

static void *metered_alloc(void *opaque, size_t size)
{
    struct meter *meter = opaque;
    size_t *ptr = malloc(size + 16);
    if (!ptr)
        return NULL;
    *ptr = size;
    meter->now += size;
    if (meter->most < meter->now)
        meter->most = meter->now;
    return (char *)ptr + 16;
}

static void metered_free(void *opaque, void *ptr)
{
    struct meter *meter = opaque;
    if (!ptr)
        return;
    size_t *base = (size_t *)(void *)((char *)ptr - 16);
    meter->now -= *base;
    free(base);
}

/* States take what memusage() says, but for what libzstd takes by itself. */
static void memusage_holds(size_t dictionary)
{
    struct coded *coded = must_alloc(sizeof(*coded));
    uint8_t *back = must_alloc(BLOCK);
    sample_fill(coded->plain, BLOCK, SAMPLE_TEXT, 2);
    for (int level = 1; level <= 9; level++) {
        struct meter meters[2] = {{0}};
        unsigned row;
        const struct mdci_codec *codec = mdci_codec_for_level(level, &row);
        void *states[2];
        struct mdc_allocator hooks[2];
        for (int i = 0; i < 2; i++) {
            hooks[i] =
                (struct mdc_allocator){metered_alloc, metered_free, &meters[i]};
            assert_int_equal(codec->open(&states[i],
                                         i ? MDCI_DECODE : MDCI_ENCODE, row,
                                         BLOCK, &hooks[i]),
                             MDC_OK);
        }
        for (int i = 0; i < 2 && dictionary > 0; i++) {
            assert_int_equal(codec->prime(states[i], coded->plain, dictionary),
                             MDC_OK);
            assert_int_equal(codec->reset(states[i]), MDC_OK);
        }
        encode_block(codec, states[0], coded);
        assert_int_equal(decode_block(codec, states[1], coded, back), BLOCK);
        for (int i = 0; i < 2; i++) {
            codec->close(states[i]);
            assert_true(meters[i].most > 0);
            assert_true(meters[i].most <=
                        codec->memusage(i ? MDCI_DECODE : MDCI_ENCODE, row,
                                        BLOCK, dictionary));
            assert_int_equal(meters[i].now, 0);
        }
    }
    free(coded);
    free(back);
}

static void test_memusage_holds(void **state)
{
    (void)state;
    memusage_holds(0);
    memusage_holds(BLOCK / 2);
}

static void test_cm_chooses_its_row(void **state)
{
    (void)state;
    static const char *const words[] = {"the tree", "no",    "with frames",
                                        "is of",    "which", "bytes"};
    enum { ROOM_OF_LINE = 64, LINES = 300 };
    char numbers[ROOM_OF_LINE * LINES], starts[ROOM_OF_LINE * LINES],
        prose[ROOM_OF_LINE * LINES];
    size_t size[3] = {0};
    uint64_t seed = 9;
    for (unsigned i = 0; i < LINES; i++) {
        const char *word[3];
        for (unsigned k = 0; k < 3; k++)
            word[k] = words[sample_random(&seed, 6)];
        const char letter = (char)('a' + sample_random(&seed, 26));
        size[0] += (size_t)sprintf(numbers + size[0], "%c%s %s %u\n", letter,
                                   word[0], word[1], i);
        size[1] +=
            (size_t)sprintf(starts + size[1], "%s: %s %s\n",
                            i % 3 ? "Passed" : "FAILED", word[0], word[1]);
        size[2] += (size_t)sprintf(prose + size[2], "%c%s %s %s\n", letter,
                                   word[0], word[1], word[2]);
    }
    const struct mdci_codec *cm = mdci_codec_by_id(MDCI_CODEC_CM);
    const char *const text[] = {numbers, starts, prose};
    for (unsigned k = 0; k < 3; k++) {
        const uint8_t *sample = (const uint8_t *)text[k];
        const int is_log = k < 2;
        assert_int_equal(cm->choose(4, MDC_CONTENT_AUTO, sample, size[k]),
                         is_log ? 24 : 4);
        for (unsigned row = 5; row <= 9; row++) {
            assert_int_equal(cm->choose(row, MDC_CONTENT_AUTO, sample, size[k]),
                             row + (is_log ? 10 : 0));
            assert_int_equal(
                cm->choose(row, MDC_CONTENT_BYTES, sample, size[k]),
                row + (is_log ? 20 : 0));
            assert_int_equal(cm->choose(row, MDC_CONTENT_LOG, sample, size[k]),
                             row + 10);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_rows_that_do_not_exist),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_state_carries_on),
        cmocka_unit_test(test_dictionary),
        cmocka_unit_test(test_damaged_payloads),
        cmocka_unit_test(test_memusage_holds),
        cmocka_unit_test(test_cm_chooses_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
