/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_highctx.c
 * \brief Unit tests of the high orders and the sparse contexts.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include "models/highctx.h"

/* Which bits of the last eight bytes each context knows, newest lowest. */
static const struct {
    enum mdci_context context;
    uint64_t bits;
} knows[] = {
    {MDCI_CONTEXT_ORDER5, UINT64_C(0x000000FFFFFFFFFF)},
    {MDCI_CONTEXT_ORDER6, UINT64_C(0x0000FFFFFFFFFFFF)},
    {MDCI_CONTEXT_ORDER8, UINT64_C(0xFFFFFFFFFFFFFFFF)},
    {MDCI_CONTEXT_SKIP1, UINT64_C(0x0000000000FFFF00)},
    {MDCI_CONTEXT_SKIP2, UINT64_C(0x0000FFFFFF00FFFF)},
    {MDCI_CONTEXT_BLURRED, UINT64_C(0x00000000F0F0F0FF)},
};
#define COUNT (sizeof knows / sizeof knows[0])

static uint64_t random64(uint64_t *seed)
{
    const uint64_t high = sample_random(seed, UINT32_MAX);
    return high << 33 ^ sample_random(seed, UINT32_MAX);
}

static void test_each_bit_counts_where_it_should(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        const uint64_t last8 = random64(&seed);
        uint64_t key[MDCI_CONTEXTS], other[MDCI_CONTEXTS];
        mdci_highctx_keys(key, last8);
        for (unsigned bit = 0; bit < 64; bit++) {
            mdci_highctx_keys(other, last8 ^ UINT64_C(1) << bit);
            for (size_t k = 0; k < COUNT; k++)
                assert_int_equal(key[knows[k].context] !=
                                     other[knows[k].context],
                                 knows[k].bits >> bit & 1);
        }
    }
}

/* Different texts must not fall together where a context knows both. */
static void test_keys_tell_texts_apart(void **state)
{
    uint64_t seed = 2;
    (void)state;
    for (int i = 0; i < 10000; i++) {
        const uint64_t a = random64(&seed), b = random64(&seed);
        uint64_t key_a[MDCI_CONTEXTS], key_b[MDCI_CONTEXTS];
        mdci_highctx_keys(key_a, a);
        mdci_highctx_keys(key_b, b);
        for (size_t k = 0; k < COUNT; k++)
            assert_int_equal(key_a[knows[k].context] == key_b[knows[k].context],
                             ((a ^ b) & knows[k].bits) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_bit_counts_where_it_should),
        cmocka_unit_test(test_keys_tell_texts_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
