/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_engine.c
 * \brief Unit tests of the engine: its arena, its rows, its robustness.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

#include "models/engine.h"
#include "src/base/memory.h"

#define SIZE  6000
#define ROOM  (SIZE * 2)
#define GUARD 64

static const struct mdc_allocator no_hooks;
static const unsigned rows[] = {4,  5,  6,  7,  8,  9,  15, 16, 17,
                                18, 19, 24, 25, 26, 27, 28, 29};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void *new_arena(unsigned row, size_t block_size)
{
    void *arena =
        mdci_alloc_aligned(&no_hooks, mdci_engine_size(row, block_size));
    assert_non_null(arena);
    mdci_engine_init(arena, row, block_size, 1);
    return arena;
}

static void free_arena(void *arena)
{
    mdci_free_aligned(&no_hooks, arena);
}

static void test_every_row_round_trips(void **state)
{
    (void)state;
    static uint8_t plain[SIZE], packed[ROOM], back[SIZE];
    for (int r = 0; r < ROWS; r++) {
        void *arena = new_arena(rows[r], SIZE);
        for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
            sample_fill(plain, SIZE, (enum sample_kind)kind, 3);
            mdci_engine_init(arena, rows[r], SIZE, 0);
            const size_t size =
                mdci_engine_encode(arena, plain, SIZE, packed, ROOM);
            assert_true(size > 0);
            if (kind == SAMPLE_RANDOM)
                assert_true(size < SIZE + SIZE / 25);
            if (kind == SAMPLE_TEXT)
                assert_true(size < SIZE / 3);
            if (kind == SAMPLE_CONSTANT)
                assert_true(size < SIZE / 50);
            mdci_engine_init(arena, rows[r], SIZE, 0);
            memset(back, 0xEE, SIZE);
            mdci_engine_decode(arena, back, SIZE, packed, size);
            assert_memory_equal(back, plain, SIZE);
        }
        free_arena(arena);
    }
}

/* Every first byte, and some second ones: the coder's first bytes are 0 to
 * 255. */
static void test_two_bytes_round_trip(void **state)
{
    (void)state;
    void *arena = new_arena(4, 64);
    const size_t size = mdci_engine_size(4, 64);
    uint8_t *fresh = must_alloc(size);
    memcpy(fresh, arena, size);
    for (unsigned pair = 0; pair < 65536; pair += 85) {
        const uint8_t plain[2] = {(uint8_t)(pair >> 8), (uint8_t)pair};
        uint8_t packed[64], back[2] = {0xEE, 0xEE};
        memcpy(arena, fresh, size);
        const size_t n = mdci_engine_encode(arena, plain, 2, packed, 64);
        memcpy(arena, fresh, size);
        mdci_engine_decode(arena, back, 2, packed, n);
        assert_memory_equal(back, plain, 2);
    }
    free(fresh);
    free_arena(arena);
}

/* A zeroed arena and one that was used before begin alike. */
static void test_reset_forgets(void **state)
{
    (void)state;
    static uint8_t plain[SIZE], packed[2][ROOM];
    for (int r = 0; r < ROWS; r += 2) {
        void *arena = new_arena(rows[r], SIZE);
        sample_fill(plain, SIZE, SAMPLE_TEXT, 4);
        const size_t size =
            mdci_engine_encode(arena, plain, SIZE, packed[0], ROOM);
        mdci_engine_init(arena, rows[r], SIZE, 0);
        assert_int_equal(
            mdci_engine_encode(arena, plain, SIZE, packed[1], ROOM), size);
        assert_memory_equal(packed[0], packed[1], size);
        free_arena(arena);
    }
}

/* The copy is a state of its own, at another address. */
static void test_copied_arena_continues(void **state)
{
    (void)state;
    static uint8_t plain[SIZE], packed[2][ROOM], back[SIZE];
    for (int r = 0; r < ROWS; r++) {
        void *arena = new_arena(rows[r], SIZE);
        void *copy = new_arena(rows[r], SIZE);
        sample_fill(plain, SIZE, SAMPLE_TEXT, 5);
        uint8_t first[ROOM];
        const size_t first_size =
            mdci_engine_encode(arena, plain, SIZE / 2, first, ROOM);
        memcpy(copy, arena, mdci_engine_size(rows[r], SIZE));
        const size_t size =
            mdci_engine_encode(arena, plain, SIZE, packed[0], ROOM);
        assert_int_equal(mdci_engine_encode(copy, plain, SIZE, packed[1], ROOM),
                         size);
        assert_memory_equal(packed[0], packed[1], size);

        mdci_engine_init(arena, rows[r], SIZE, 0);
        mdci_engine_decode(arena, back, SIZE / 2, first, first_size);
        memcpy(copy, arena, mdci_engine_size(rows[r], SIZE));
        free_arena(arena);
        mdci_engine_decode(copy, back, SIZE, packed[1], size);
        assert_memory_equal(back, plain, SIZE);
        free_arena(copy);
    }
}

/* Chunks cost their coder's last bytes and nothing that was learned: the
 * states behind them are those behind the whole. (Not so with the log parser:
 * no field is asked for across the end of a chunk.) */
static void test_chunks_learn_as_the_whole(void **state)
{
    (void)state;
    static uint8_t plain[SIZE], packed[ROOM];
    for (int r = 0; rows[r] < 10; r += 2) {
        const size_t arena_size = mdci_engine_size(rows[r], SIZE);
        void *whole = new_arena(rows[r], SIZE);
        void *parts = new_arena(rows[r], SIZE);
        sample_fill(plain, SIZE, SAMPLE_CRLF, 6);
        const size_t size =
            mdci_engine_encode(whole, plain, SIZE, packed, ROOM);
        size_t sum = 0, chunks = 0;
        for (size_t to = 1; to < SIZE; to = to * 2 + 1) {
            sum += mdci_engine_encode(parts, plain, to, packed, ROOM);
            chunks++;
        }
        sum += mdci_engine_encode(parts, plain, SIZE, packed, ROOM);
        assert_true(sum <= size + 5 * chunks);
        assert_memory_equal(whole, parts, arena_size);
        free_arena(whole);
        free_arena(parts);
    }
}

static void test_size_follows_the_block(void **state)
{
    (void)state;
    for (int r = 0; r < ROWS; r++) {
        size_t last = 0;
        for (uint64_t block = 1; block <= 1u << 28; block *= 4) {
            const size_t size = mdci_engine_size(rows[r], block);
            assert_true(size > 0 && size % 64 == 0);
            assert_true(size >= last);
            last = size;
        }
        assert_true(mdci_engine_size(rows[r], 1000) * 2 < last);
    }
    assert_true(mdci_engine_size(6, 1000) < 6u << 20);
}

static void test_other_rows_do_not_exist(void **state)
{
    (void)state;
    for (unsigned row = 0; row < 200; row++) {
        bool known = false;
        for (int r = 0; r < ROWS; r++)
            known |= row == rows[r];
        assert_int_equal(mdci_engine_size(row, SIZE) != 0, known);
    }
    assert_int_equal(mdci_engine_size(~0u, SIZE), 0);
}

/* Restores what may be anything, and looks at the bytes around. */
static void decode_guarded(unsigned row, void *arena, const uint8_t *packed,
                           size_t packed_size, size_t from, size_t to)
{
    static uint8_t room[GUARD + SIZE + GUARD];
    uint8_t *exact = must_alloc(packed_size ? packed_size : 1);
    memcpy(exact, packed, packed_size);
    memset(room, 0xEE, sizeof room);
    mdci_engine_init(arena, row, SIZE, 0);
    mdci_engine_decode(arena, room + GUARD, from, exact, packed_size);
    for (size_t i = from; i < SIZE + GUARD; i++)
        assert_int_equal(room[GUARD + i], 0xEE);
    uint8_t before[SIZE];
    memcpy(before, room + GUARD, from);
    mdci_engine_decode(arena, room + GUARD, to, exact, packed_size);
    assert_memory_equal(before, room + GUARD, from);
    for (size_t i = 0; i < GUARD; i++)
        assert_int_equal(room[i], 0xEE);
    for (size_t i = to; i < SIZE + GUARD; i++)
        assert_int_equal(room[GUARD + i], 0xEE);
    free(exact);
}

static void test_any_payload_stays_inside(void **state)
{
    (void)state;
    static uint8_t plain[SIZE], packed[ROOM];
    for (int r = 0; r < ROWS; r++) {
        void *arena = new_arena(rows[r], SIZE);
        sample_fill(plain, SIZE, SAMPLE_TEXT, 7);
        const size_t size =
            mdci_engine_encode(arena, plain, SIZE, packed, ROOM);
        decode_guarded(rows[r], arena, packed, size / 2, 900, SIZE);
        decode_guarded(rows[r], arena, packed, 0, 1, 2000);
        for (uint64_t seed = 0; seed < 3; seed++) {
            sample_fill(packed, ROOM, SAMPLE_RANDOM, seed);
            decode_guarded(rows[r], arena, packed, 3000, 100, 3000);
        }
        memset(packed, 0xFF, ROOM);
        decode_guarded(rows[r], arena, packed, 3000, 100, 3000);
        free_arena(arena);
    }
}

static void test_out_of_room(void **state)
{
    (void)state;
    static uint8_t plain[SIZE], packed[ROOM];
    sample_fill(plain, SIZE, SAMPLE_TEXT, 8);
    void *arena = new_arena(6, SIZE);
    const size_t size = mdci_engine_encode(arena, plain, SIZE, packed, ROOM);
    for (size_t room = 0; room < size; room = room * 2 + 1) {
        memset(packed, 0xEE, ROOM);
        mdci_engine_init(arena, 6, SIZE, 0);
        assert_int_equal(mdci_engine_encode(arena, plain, SIZE, packed, room),
                         0);
        for (size_t i = room; i < ROOM; i++)
            assert_int_equal(packed[i], 0xEE);
    }
    free_arena(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_round_trips),
        cmocka_unit_test(test_two_bytes_round_trip),
        cmocka_unit_test(test_reset_forgets),
        cmocka_unit_test(test_copied_arena_continues),
        cmocka_unit_test(test_chunks_learn_as_the_whole),
        cmocka_unit_test(test_size_follows_the_block),
        cmocka_unit_test(test_other_rows_do_not_exist),
        cmocka_unit_test(test_any_payload_stays_inside),
        cmocka_unit_test(test_out_of_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
