/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_record.c
 * \brief Unit tests of records of a fixed size.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

#include "models/engine.h"
#include "models/record.h"
#include "src/base/memory.h"

enum { SIZE = 200000, ROW = 6 };

static const struct mdc_allocator no_hooks;

/* Records of `size` bytes: `random` random ones, the rest stays for a while. */
static void fill_records(uint8_t *bytes, size_t size, size_t random,
                         uint64_t seed)
{
    for (size_t i = 0; i < SIZE; i++) {
        const size_t place = i % size, number = i / size;
        bytes[i] = place < random    ? (uint8_t)sample_random(&seed, 256)
                   : place == random ? (uint8_t)(number >> 8)
                                     : (uint8_t)(place * 7);
    }
}

/* The size of records that is found behind so many bytes. */
static uint32_t size_found(struct mdci_record *r, const uint8_t *bytes,
                           uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        mdci_record_update(r, bytes, i + 1, 0);
    return r->size;
}

static void test_size_is_found(void **state)
{
    (void)state;
    static const size_t sizes[] = {4, 5, 12, 20, 31, 63};
    uint8_t *bytes = must_alloc(SIZE);
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        struct mdci_record r = {0};
        fill_records(bytes, sizes[k], sizes[k] / 4, k);
        assert_int_equal(size_found(&r, bytes, 0, 4 * MDCI_RECORD_EVERY),
                         sizes[k]);
        /* Another size takes over behind it. */
        const size_t next = sizes[(k + 1) % 6];
        uint8_t *more = must_alloc(SIZE);
        fill_records(more, next, next / 4, k);
        memcpy(bytes + 4 * MDCI_RECORD_EVERY, more, 4 * MDCI_RECORD_EVERY);
        free(more);
        assert_int_equal(
            size_found(&r, bytes, 4 * MDCI_RECORD_EVERY, 8 * MDCI_RECORD_EVERY),
            next);
        assert_true(r.phase < next);
    }
    static const int none[] = {SAMPLE_RANDOM, SAMPLE_TEXT};
    for (size_t k = 0; k < 2; k++) {
        struct mdci_record r = {0};
        sample_fill(bytes, SIZE, none[k], 3);
        assert_int_equal(size_found(&r, bytes, 0, SIZE), 0);
    }
    free(bytes);
}

/* Codes bytes and decodes them again. \return bytes */
static size_t packed_size(const uint8_t *bytes)
{
    void *arena = mdci_alloc_aligned(&no_hooks, mdci_engine_size(ROW, SIZE));
    uint8_t *packed = must_alloc(SIZE * 2), *back = must_alloc(SIZE);
    assert_non_null(arena);
    mdci_engine_init(arena, ROW, SIZE, 1);
    const size_t size =
        mdci_engine_encode(arena, bytes, SIZE, packed, SIZE * 2);
    assert_true(size > 0);
    mdci_engine_init(arena, ROW, SIZE, 0);
    mdci_engine_decode(arena, back, SIZE, packed, size);
    assert_memory_equal(back, bytes, SIZE);
    mdci_free_aligned(&no_hooks, arena);
    free(packed);
    free(back);
    return size;
}

static void test_random_bytes_cost_what_they_must(void **state)
{
    (void)state;
    uint8_t *bytes = must_alloc(SIZE);
    fill_records(bytes, 20, 9, 1);
    assert_in_range(packed_size(bytes), SIZE / 20 * 9,
                    SIZE / 20 * 9 * 102 / 100);
    free(bytes);
}

/* What was random and then follows from what is before it is seen to. */
static void test_random_bytes_that_are_none_any_more(void **state)
{
    (void)state;
    uint8_t *bytes = must_alloc(SIZE);
    fill_records(bytes, 20, 4, 1);
    for (size_t i = SIZE / 2; i < SIZE; i++)
        if (i % 20 > 0 && i % 20 < 4)
            bytes[i] = (uint8_t)(bytes[i - 1] * 5 + 1);
    const size_t least = SIZE / 2 / 20 * 5;
    assert_in_range(packed_size(bytes), least, least * 120 / 100);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_is_found),
        cmocka_unit_test(test_random_bytes_cost_what_they_must),
        cmocka_unit_test(test_random_bytes_that_are_none_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
