/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_number.c
 * \brief Unit tests of numbers under many contexts.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/number.h"
#include "src/base/memory.h"

enum { BITS = 8, ROOM = 200000, COUNT = 20000 };

static const struct mdc_allocator no_hooks;

static void open_numbers(struct mdci_numbers *n)
{
    void *memory = mdci_alloc_aligned(&no_hooks, mdci_numbers_size(BITS));
    assert_non_null(memory);
    n->rate = 6;
    mdci_numbers_put(n, BITS, memory);
    mdci_numbers_start(n, 450);
}

static void close_numbers(struct mdci_numbers *n)
{
    mdci_free_aligned(&no_hooks, n->table);
}

/* Codes number[i]; signed ones are in two's complement. */
typedef void code_fn(struct mdci_numbers *n, struct mdci_range_coder *rc,
                     const int decode, uint64_t *number, size_t i);

/* Codes a signed number, and behind it its low eight bits as a symbol, which
 * its context tells. */
static void code_signed(struct mdci_numbers *n, struct mdci_range_coder *rc,
                        const int decode, uint64_t *number, size_t i)
{
    struct mdci_number_place place = {{0}, {0, 1, 255}};
    for (unsigned k = 0; k < 8; k++)
        place.context[k] = k % 2 ? i > 0 ? number[i - 1] : 0 : k;
    number[i] = (uint64_t)mdci_code_signed(n, rc, decode, 8, &place,
                                           (int64_t)number[i]);
    for (unsigned k = 0; k < 16; k++)
        place.context[k] = number[i];
    place.selector[0] = 2;
    const uint32_t symbol = mdci_code_small(n, rc, decode, 16, &place, 8,
                                            (uint32_t)number[i] & 255);
    assert_int_equal(symbol, (uint32_t)number[i] & 255);
}

/* Codes a signed number that nothing tells but its kind. */
static void code_alone(struct mdci_numbers *n, struct mdci_range_coder *rc,
                       const int decode, uint64_t *number, size_t i)
{
    const struct mdci_number_place place = {{1, 2, 3}, {0, 1, 255}};
    number[i] = (uint64_t)mdci_code_signed(n, rc, decode, 8, &place,
                                           (int64_t)number[i]);
}

/* Codes an unsigned number, every second under what tells it. */
static void code_unsigned(struct mdci_numbers *n, struct mdci_range_coder *rc,
                          const int decode, uint64_t *number, size_t i)
{
    struct mdci_number_place place = {{0}, {3, 4, 5}};
    for (unsigned k = 0; k < 16; k++)
        place.context[k] = i % 2 ? number[i - 1] : k;
    number[i] = mdci_code_unsigned(n, rc, decode, 16, &place, number[i]);
}

/* \return bytes */
static size_t code_all(code_fn *code, const int decode, uint64_t *number,
                       size_t count, uint8_t *bytes, size_t size)
{
    struct mdci_numbers n;
    struct mdci_range_coder rc;
    open_numbers(&n);
    if (decode)
        mdci_range_decoder_start(&rc, bytes, size);
    else
        mdci_range_encoder_start(&rc, bytes, size);
    for (size_t i = 0; i < count; i++)
        code(&n, &rc, decode, number, i);
    if (!decode)
        assert_int_equal(mdci_range_encoder_finish(&rc), 1);
    close_numbers(&n);
    return rc.size;
}

/* \param number  [count], signed or not */
static size_t round_trip(code_fn *code, const void *number, size_t count)
{
    uint64_t *copy = must_alloc(count * sizeof *copy);
    uint8_t *bytes = must_alloc(ROOM);
    memcpy(copy, number, count * sizeof *copy);
    const size_t size = code_all(code, 0, copy, count, bytes, ROOM);
    memset(copy, 0, count * sizeof *copy);
    (void)code_all(code, 1, copy, count, bytes, size);
    assert_memory_equal(copy, number, count * sizeof *copy);
    free(copy);
    free(bytes);
    return size;
}

/* Every size of number, both signs, in an order that tells nothing. */
static void test_extremes(void **state)
{
    int64_t number[MDCI_NUMBER_BITS * 6];
    size_t count = 0;
    (void)state;
    for (unsigned i = 0; i < MDCI_NUMBER_BITS; i++)
        for (int side = -1; side <= 1; side += 2) {
            const int64_t power = (int64_t)1 << i;
            number[count++] = side * power;
            number[count++] = side * (power + power - 1);
            number[count++] = side * (power | (power >> 1));
        }
    (void)round_trip(code_signed, number, count);
}

/* None to all of the bits, with ones or zeros below the highest. */
static void test_unsigned_extremes(void **state)
{
    uint64_t number[64 * 3 + 1];
    size_t count = 0;
    (void)state;
    number[count++] = 0;
    for (unsigned i = 0; i < 64; i++) {
        const uint64_t power = UINT64_C(1) << i;
        number[count++] = power;
        number[count++] = power + (power - 1);
        number[count++] = power | (power >> 1);
    }
    assert_int_equal(number[count - 2], UINT64_MAX);
    (void)round_trip(code_unsigned, number, count);
}

/* Every second number is three times the one before: nothing is left to tell
 * of it once that came before. The others take little more than the six bits
 * that they are worth. */
static void test_unsigned_is_foretold(void **state)
{
    enum { KINDS = 64 };
    uint64_t *number = must_alloc(COUNT * sizeof *number);
    uint64_t seed = 5, kind[KINDS];
    (void)state;
    for (unsigned i = 0; i < KINDS; i++)
        kind[i] = sample_random(&seed, 1 << 19);
    for (size_t i = 0; i < COUNT; i += 2) {
        number[i] = kind[sample_random(&seed, KINDS)];
        number[i + 1] = number[i] * 3;
    }
    const double bits = (double)round_trip(code_unsigned, number, COUNT) * 8;
    assert_true(bits > COUNT / 2 * 6);
    assert_true(bits < COUNT / 2 * 6 * 1.5);
    free(number);
}

/* What depends on the number before is learned: geometric numbers of a known
 * scale cost little more than their entropy. */
static void test_entropy(void **state)
{
    int64_t *number = must_alloc(COUNT * sizeof *number);
    uint64_t seed = 8;
    double entropy = 0;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        int64_t size = 0;
        while (sample_random(&seed, 4) != 0)
            size++;
        const int negative = size > 0 && sample_random(&seed, 2);
        number[i] = negative ? -size : size;
        entropy += 2 - (double)size * log2(0.75) + (size > 0);
    }
    const double bytes = (double)round_trip(code_signed, number, COUNT);
    assert_true(bytes > entropy / 8);
    assert_true(bytes < entropy / 8 * 1.1);
    free(number);
}

/* Where numbers are large, few questions are about how large, and small ones
 * and the largest come back, too. */
static void test_large_numbers(void **state)
{
    (void)state;
    const int64_t most = ((int64_t)1 << MDCI_NUMBER_BITS) - 1;
    int64_t *number = must_alloc(COUNT * sizeof *number);
    uint64_t seed = 4;
    for (size_t i = 0; i < COUNT; i++) {
        number[i] = 2048 + (int64_t)sample_random(&seed, 2048);
        if (sample_random(&seed, 20) == 0)
            number[i] = sample_random(&seed, 40);
        if (sample_random(&seed, 2))
            number[i] = -number[i];
    }
    /* Eleven bits and the sign, and what twenty-first numbers take more. */
    const size_t size = round_trip(code_alone, number, COUNT);
    assert_in_range(size, COUNT * 12 / 8, COUNT * 131 / 80);
    for (size_t i = 0; i < 6000; i++)
        number[i] = i % 2 ? -most : most;
    number[6000] = 0;
    number[6001] = -1;
    (void)round_trip(code_alone, number, 6002);
    free(number);
}

/* Whatever is decoded is in range. */
static void test_garbage(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int round = 0; round < 20; round++) {
        struct mdci_numbers n;
        struct mdci_range_coder rc;
        uint8_t bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)sample_random(&seed, 256);
        open_numbers(&n);
        /* What says "larger" all the time is no less in range. */
        const struct mdci_number_place one = {{1}, {7, 0, 0}};
        mdci_range_decoder_start(&rc, bytes, 0);
        n.steps->least[7] = round % 2 ? MDCI_NUMBER_LEAST : 0;
        for (unsigned i = 0; i < 2000; i++) {
            const int64_t v = mdci_code_signed(&n, &rc, 1, 8, &one, 0);
            assert_true(v < (int64_t)1 << MDCI_NUMBER_BITS);
            assert_true(-v < (int64_t)1 << MDCI_NUMBER_BITS);
            assert_true(n.steps->least[7] <= MDCI_NUMBER_LEAST + 64);
        }
        mdci_range_decoder_start(&rc, bytes, sizeof bytes);
        for (unsigned i = 0; i < 200; i++) {
            const struct mdci_number_place place = {{i % 3}, {i % 256, 0, 0}};
            const int64_t v = mdci_code_signed(&n, &rc, 1, 8, &place, 0);
            assert_true(v < (int64_t)1 << MDCI_NUMBER_BITS);
            assert_true(-v < (int64_t)1 << MDCI_NUMBER_BITS);
            (void)mdci_code_unsigned(&n, &rc, 1, 8, &place, 0);
        }
        close_numbers(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_entropy),
        cmocka_unit_test(test_large_numbers),
        cmocka_unit_test(test_unsigned_extremes),
        cmocka_unit_test(test_unsigned_is_foretold),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
