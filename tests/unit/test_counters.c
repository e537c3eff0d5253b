/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_counters.c
 * \brief Unit tests of the tables, the logistic functions, the counters, the
 *        bit histories and the slots that hold them.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/counter.h"
#include "models/slots.h"
#include "src/base/check.h"

/* XXH3 of a table of little-endian numbers of `width` bytes. */
static uint64_t table_hash(const void *table, size_t count, size_t width)
{
    uint8_t *bytes = must_alloc(count * width);
    for (size_t i = 0; i < count; i++) {
        const uint32_t v = width == 1   ? ((const uint8_t *)table)[i]
                           : width == 2 ? ((const uint16_t *)table)[i]
                                        : ((const uint32_t *)table)[i];
        for (size_t k = 0; k < width; k++)
            bytes[i * width + k] = (uint8_t)(v >> 8 * k);
    }
    const uint64_t hash = mdci_check(bytes, count * width, 0);
    free(bytes);
    return hash;
}

/* The tables decide what archives mean: where one of these hashes has to
 * change, the epoch has to be raised. */
static void test_tables_are_wire_format(void **state)
{
    (void)state;
#define HASH(table, width) table_hash(table, sizeof(table) / (width), width)
    assert_int_equal(HASH(mdci_squash_table, 2), UINT64_C(0x8789e52a5fd6c33d));
    assert_int_equal(HASH(mdci_inverse, 4), UINT64_C(0xcab2fb701b2163a8));
    assert_int_equal(HASH(mdci_state_next, 1), UINT64_C(0xb22035ba4f13c660));
    assert_int_equal(HASH(mdci_state_count, 1), UINT64_C(0x70d2dba2e5f596e1));
    assert_int_equal(HASH(mdci_state_start, 2), UINT64_C(0x90ae68d6881bd1bc));
#undef HASH
    /* stretch() is arithmetic, and as good as a table. */
    static uint16_t stretched[65536];
    for (uint32_t p = 1; p < 65536; p++)
        stretched[p] = (uint16_t)mdci_stretch(p);
    assert_int_equal(table_hash(stretched, 65536, 2),
                     UINT64_C(0xb5e76d42220a9d7a));
}

static void test_squash_is_the_logistic_function(void **state)
{
    (void)state;
    for (int32_t s = -MDCI_STRETCH_MAX; s <= MDCI_STRETCH_MAX; s++) {
        const double p = 65536 / (1 + exp2(-s / 128.0));
        assert_true(fabs(mdci_squash(s) - p) <= 0.501);
        assert_in_range(mdci_squash(s), 1, 65535);
    }
}

static void test_stretch_is_its_inverse(void **state)
{
    int32_t last = -MDCI_STRETCH_MAX;
    (void)state;
    for (uint32_t p = 1; p < 65536; p++) {
        const int32_t s = mdci_stretch(p);
        const double exact = 128 * log2(p / (65536.0 - p));
        assert_true(fabs(s - exact) <= 3.1);
        /* The two parabolas leave steps of one back here and there. */
        assert_true(s >= last - 1 && s <= MDCI_STRETCH_MAX);
        /* Within the error of s, and the table's rounding. */
        assert_true(fabs(log2(mdci_squash(s) / (double)p)) < 0.03 ||
                    abs((int)mdci_squash(s) - (int)p) <= 1);
        last = s;
    }
}

static void test_inverse(void **state)
{
    (void)state;
    assert_int_equal(mdci_inverse[0], 0);
    for (uint32_t n = 1; n <= 1024; n++)
        assert_int_equal(mdci_inverse[n], 4194304 / n);
}

static void test_counter_holds_what_it_is_made_of(void **state)
{
    (void)state;
    for (uint32_t p = 1; p < 65536; p += 7) {
        const mdci_counter c = mdci_counter_make(p, 20000);
        assert_int_equal(mdci_counter_p(c), p);
        assert_int_equal(mdci_counter_stretch(c), mdci_stretch(p));
    }
}

/* The rate after n observations is 1 / (n + 1.5), so the counter is the share
 * of ones, with what it starts from counted as some observations. */
static void test_counter_is_the_share_of_ones(void **state)
{
    const unsigned prior = 6;
    (void)state;
    for (uint32_t ones = 0; ones <= 10; ones++) {
        mdci_counter c = mdci_counter_make(32768, 131072 / (2 * prior + 3));
        const double weight = prior + 0.5;
        uint64_t seed = ones;
        double sum = 0.5 * weight;
        for (unsigned n = 1; n <= 150; n++) {
            const int bit = sample_random(&seed, 10) < ones;
            c = mdci_counter_update(c, bit);
            sum += bit;
            assert_true(fabs(mdci_counter_p(c) / 65536.0 - sum / (n + weight)) <
                        0.015);
            assert_int_equal(mdci_counter_stretch(c),
                             mdci_stretch(mdci_counter_p(c)));
        }
    }
}

static void test_counter_follows_a_change(void **state)
{
    mdci_counter c = mdci_counter_make(32768, 30000);
    (void)state;
    for (int i = 0; i < 100000; i++)
        c = mdci_counter_update(c, 1);
    assert_true(mdci_counter_p(c) > 65536 - 400);
    for (int i = 0; i < 1500; i++)
        c = mdci_counter_update(c, 0);
    assert_true(mdci_counter_p(c) < 400);
}

static void test_counter_stays_in_bounds(void **state)
{
    uint64_t seed = 4;
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        /* The ends of what a counter may be, and long runs that push on. */
        mdci_counter c =
            mdci_counter_make(kind & 1 ? 65535 : 1, kind & 2 ? 65535 : 256);
        for (int i = 0; i < 40000; i++) {
            const int bit = i < 10000   ? 1
                            : i < 20000 ? 0
                                        : (int)sample_random(&seed, 2);
            c = mdci_counter_update(c, bit);
            assert_in_range(mdci_counter_p(c), 1, 65535);
        }
    }
}

/* States behind a sequence of bits, and behind the opposite ones. */
static void test_histories_mirror(void **state)
{
    uint64_t seed = 11;
    (void)state;
    for (int walk = 0; walk < 3000; walk++) {
        const uint32_t ones = sample_random(&seed, 101);
        uint8_t s = 0, mirrored = 0;
        for (int i = 0; i < 100; i++) {
            const int bit = sample_random(&seed, 100) < ones;
            s = mdci_state_next[bit][s];
            mirrored = mdci_state_next[!bit][mirrored];
            /* Nothing leads back to what stands for no observation. */
            assert_int_not_equal(s, 0);
            assert_int_equal(mdci_state_count[s], mdci_state_count[mirrored]);
            const int sum =
                mdci_state_start[s] + (int)mdci_state_start[mirrored];
            assert_in_range(sum, 65534, 65537);
        }
    }
}

static void test_histories_count(void **state)
{
    uint8_t s = 0;
    unsigned n = 0;
    (void)state;
    assert_int_equal(mdci_state_count[0], 0);
    assert_int_equal(mdci_state_start[0], 32768);
    /* A run is counted one by one to its limit, ever surer of the next bit. */
    for (;;) {
        const uint8_t next = mdci_state_next[1][s];
        if (next == s)
            break;
        assert_int_equal(mdci_state_count[next], ++n);
        assert_true(mdci_state_start[next] > mdci_state_start[s]);
        s = next;
    }
    assert_true(n >= 40);
    /* A contradiction cuts the long count, and leaves the state unsure. */
    const uint8_t broken = mdci_state_next[0][s];
    assert_true(mdci_state_count[broken] < n / 2);
    assert_true(mdci_state_start[broken] < mdci_state_start[s]);
    assert_true(mdci_state_start[broken] > 32768);
    /* Zeros from there on soon say 0. */
    for (int i = 0; i < 6; i++)
        s = mdci_state_next[0][s];
    assert_true(mdci_state_start[s] < 32768);
}

static void test_histories_know_the_last_bit(void **state)
{
    (void)state;
    const uint8_t zero_one = mdci_state_next[1][mdci_state_next[0][0]];
    const uint8_t one_zero = mdci_state_next[0][mdci_state_next[1][0]];
    assert_int_not_equal(zero_one, one_zero);
    assert_int_equal(mdci_state_count[zero_one], 2);
    assert_int_equal(mdci_state_count[one_zero], 2);
}

#define SLOTS 64

struct slot_table {
    struct mdci_slot slot[SLOTS];
};

static struct slot_table *new_slots(void)
{
    static _Alignas(64) struct slot_table table;
    memset(&table, 0, sizeof table);
    return &table;
}

static uint8_t *find(struct slot_table *t, uint32_t hash, uint8_t check)
{
    return mdci_slot_find(t->slot, SLOTS - 1, hash, check);
}

/* Lets the first node of a slot see n bits. */
static void see(uint8_t *slot, unsigned n)
{
    while (n-- > 0)
        slot[1] = mdci_state_next[1][slot[1]];
}

static void test_slot_is_found_again(void **state)
{
    struct slot_table *t = new_slots();
    (void)state;
    for (uint32_t line = 0; line < SLOTS / 4; line++) {
        for (uint8_t check = 1; check <= 3; check++) {
            uint8_t *slot = find(t, line * 4 + 1, check);
            memset(slot + 1, check, 15);
        }
    }
    for (uint32_t line = 0; line < SLOTS / 4; line++) {
        for (uint8_t check = 1; check <= 3; check++) {
            const uint8_t *slot = find(t, line * 4 + 1, check);
            for (int node = 1; node <= 15; node++)
                assert_int_equal(slot[node], check);
        }
    }
}

static void test_slot_stays_in_its_line(void **state)
{
    struct slot_table *t = new_slots();
    uint64_t seed = 21;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        const uint32_t hash = sample_random(&seed, UINT32_MAX);
        uint8_t *slot = find(t, hash, (uint8_t)sample_random(&seed, 256));
        const size_t at = (size_t)(slot - (uint8_t *)t);
        assert_int_equal(at % sizeof(struct mdci_slot), 0);
        assert_int_equal(at / 64, (hash % SLOTS) / 4);
        see(slot, 1 + sample_random(&seed, 3));
    }
}

static void test_slot_replaces_what_saw_least(void **state)
{
    (void)state;
    for (unsigned weak = 0; weak < 3; weak++) {
        struct slot_table *t = new_slots();
        for (unsigned i = 0; i < 3; i++)
            see(find(t, 8, (uint8_t)(i + 1)), i == weak ? 2 : 9);
        uint8_t *fresh = find(t, 8, 200);
        /* It comes empty, and the stronger two are there as they were. */
        for (int node = 1; node <= 15; node++)
            assert_int_equal(fresh[node], 0);
        see(fresh, 20);
        for (unsigned i = 0; i < 3; i++)
            if (i != weak)
                assert_int_equal(
                    mdci_state_count[find(t, 8, (uint8_t)(i + 1))[1]], 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_wire_format),
        cmocka_unit_test(test_squash_is_the_logistic_function),
        cmocka_unit_test(test_stretch_is_its_inverse),
        cmocka_unit_test(test_inverse),
        cmocka_unit_test(test_counter_holds_what_it_is_made_of),
        cmocka_unit_test(test_counter_is_the_share_of_ones),
        cmocka_unit_test(test_counter_follows_a_change),
        cmocka_unit_test(test_counter_stays_in_bounds),
        cmocka_unit_test(test_histories_mirror),
        cmocka_unit_test(test_histories_count),
        cmocka_unit_test(test_histories_know_the_last_bit),
        cmocka_unit_test(test_slot_is_found_again),
        cmocka_unit_test(test_slot_stays_in_its_line),
        cmocka_unit_test(test_slot_replaces_what_saw_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
