/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_ppm.c
 * \brief Unit tests of prediction by partial matching.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <string.h>

#include "models/ppm.h"

#define SLOTS 65536

static const enum mdci_context orders[] = {
    MDCI_CONTEXT_ORDER1, MDCI_CONTEXT_ORDER2, MDCI_CONTEXT_ORDER3,
    MDCI_CONTEXT_ORDER4};

static void test_an_order_is_that_many_bytes(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        const uint64_t last8 = (uint64_t)sample_random(&seed, UINT32_MAX)
                                   << 32 ^
                               sample_random(&seed, UINT32_MAX);
        uint64_t key[MDCI_CONTEXTS], other[MDCI_CONTEXTS];
        mdci_ppm_keys(key, last8);
        for (unsigned back = 0; back < 8; back++) {
            mdci_ppm_keys(other, last8 ^ (uint64_t)0x10 << 8 * back);
            for (unsigned k = 0; k < 4; k++)
                assert_int_equal(key[orders[k]] != other[orders[k]], back <= k);
        }
    }
}

/* One table of bit histories, as the byte model keeps for each order. */
struct table {
    _Alignas(64) struct mdci_slot slot[SLOTS];
};

static uint8_t *look_up(struct table *t, uint64_t key, uint32_t high)
{
    const uint64_t hash = mdci_hash64(key * 32 + high + 1);
    return mdci_slot_find(t->slot, SLOTS - 1, (uint32_t)(hash >> 32),
                          (uint8_t)hash);
}

/* Puts the more likely bits together. \return the byte that the order
 * expects, or -1 where it escapes */
static int expect(struct table *t, uint64_t key)
{
    uint32_t node = 1;
    for (int half = 0; half < 2; half++) {
        const uint8_t *slot = look_up(t, key, half ? node : 0);
        uint32_t place = 1;
        if (!mdci_ppm_knows(slot))
            return -1;
        for (int i = 0; i < 4; i++) {
            const uint32_t bit = mdci_state_start[slot[place]] > 32768;
            place = place * 2 + bit;
            node = node * 2 + bit;
        }
    }
    return (int)(node & 255);
}

static void learn(struct table *t, uint64_t key, uint32_t byte)
{
    uint32_t node = 1;
    for (int half = 0; half < 2; half++) {
        uint8_t *slot = look_up(t, key, half ? node : 0);
        uint32_t place = 1;
        for (int i = 0; i < 4; i++) {
            const uint32_t bit = byte >> (7 - 4 * half - i) & 1;
            slot[place] = mdci_state_next[bit][slot[place]];
            place = place * 2 + bit;
            node = node * 2 + bit;
        }
    }
}

/* Text in which `order` bytes say what comes, and fewer say nothing: the
 * orders from there on must find it, and the ones below cannot. */
static void test_orders_find_what_they_can(void **state)
{
    static struct table table[4];
    (void)state;
    for (unsigned order = 1; order <= 4; order++) {
        unsigned right[4] = {0}, asked = 0;
        uint64_t last8 = 0, seed = 5;
        memset(table, 0, sizeof table);
        for (unsigned i = 0; i < 6000; i++) {
            uint64_t key[MDCI_CONTEXTS];
            mdci_ppm_keys(key, last8);
            /* The sum, mod 3, of the last and of the one `order` back; now
             * and then one from elsewhere, which keeps the text going. */
            const uint32_t far = last8 >> (8 * order - 8) & 0xFF;
            const uint32_t next =
                (uint32_t)((order > 1 ? last8 & 0xFF : 1) + far) % 3;
            const bool strange = sample_random(&seed, 5) == 0;
            const uint32_t byte = strange ? sample_random(&seed, 3) : next;
            if (!strange && i > 4000) {
                asked++;
                for (unsigned k = 0; k < 4; k++)
                    right[k] += expect(&table[k], key[orders[k]]) == (int)byte;
            }
            for (unsigned k = 0; k < 4; k++)
                learn(&table[k], key[orders[k]], byte);
            last8 = last8 << 8 | byte;
        }
        for (unsigned k = 0; k < 4; k++) {
            if (k + 1 >= order)
                assert_true(right[k] * 100 > asked * 90);
            else
                assert_true(right[k] * 100 < asked * 50);
        }
    }
}

static void test_an_unknown_context_escapes(void **state)
{
    static struct table t;
    (void)state;
    assert_int_equal(expect(&t, 1000), -1);
    for (uint32_t byte = 0; byte < 256; byte++) {
        learn(&t, byte, byte ^ 0x5A);
        assert_int_equal(expect(&t, byte), byte ^ 0x5A);
    }
    assert_int_equal(expect(&t, 1000), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_order_is_that_many_bytes),
        cmocka_unit_test(test_orders_find_what_they_can),
        cmocka_unit_test(test_an_unknown_context_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
