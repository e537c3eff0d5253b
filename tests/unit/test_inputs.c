/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_inputs.c
 * \brief Holds the vector functions of the mixer's inputs to the plain ones,
 *        bit for bit, for every number of inputs and sets. SIMDe, where it is
 *        there, emulates those that this machine may not run.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <string.h>

#include "models/mixer.h"
#include "models/variants.h"
#include "tests/unit/inputs_results.h"

/* Any number of 32 bits, extremes more often than others. */
static int32_t any(uint64_t *random, int32_t low, int32_t high)
{
    const uint32_t way = sample_random(random, 8);
    if (way < 2)
        return way ? low : high;
    if (way == 2)
        return mdci_clamp(0, low, high);
    return low + (int32_t)sample_random(random, (uint32_t)(high - low) + 1);
}

static void make_case(struct inputs_case *c, uint64_t *random)
{
    memset(c, 0, sizeof *c);
    for (unsigned i = 0; i < 32; i++) {
        c->counter[i] = mdci_counter_make(
            (uint32_t)any(random, 1, 65535),
            (uint32_t)any(random, MDCI_COUNTER_RATE_MIN, 43690));
        /* Fractions of a probability below 16 bits as well. */
        const int updates = (int)sample_random(random, 8);
        for (int u = 0; u < updates; u++)
            c->counter[i] = mdci_counter_update(c->counter[i],
                                                (int)sample_random(random, 2));
        for (unsigned k = 0; k < 8; k++)
            c->weights[k][i] = (int16_t)any(random, -32768, 32767);
    }
    for (unsigned k = 0; k < 8; k++)
        c->final_weights[k] =
            any(random, -MDCI_FINAL_WEIGHT_MAX, MDCI_FINAL_WEIGHT_MAX);
    c->error = any(random, -32768, 32767);
    c->final_error = any(random, -8192, 8192);
    c->bit = (int)sample_random(random, 2);
}

/* Fails unless what it gives is what the plain functions give.
 * \param few  1: an emulated one, slow and with 3 or 8 sets only */
static void hold_to_scalar(inputs_fn *kernels, int few)
{
    const int cases = (slow_tests() ? 200000 : 4000) / (few ? 4 : 1);
    uint64_t random = 1;
    for (int i = 0; i < cases; i++) {
        struct inputs_case c;
        struct inputs_results scalar, vector;
        make_case(&c, &random);
        for (unsigned n = 8; n <= 32; n += 8) {
            for (unsigned sets = few ? 3 : 1; sets <= 8; sets += few ? 5 : 1) {
                inputs_with_scalar(&c, &scalar, n, sets);
                kernels(&c, &vector, n, sets);
                if (memcmp(&scalar, &vector, sizeof scalar) != 0)
                    fail_msg("case %d, %u inputs, %u sets", i, n, sets);
            }
        }
    }
}

static void test_avx2_equals_scalar(void **state)
{
    (void)state;
#if defined(MDCI_BUILD_AVX2)
    if (mdci_kernels_choose(MDCI_KERNELS_AVX2) != MDCI_KERNELS_AVX2)
        skip();
    hold_to_scalar(inputs_with_avx2, 0);
#else
    skip();
#endif
}

static void test_avx512_equals_scalar(void **state)
{
    (void)state;
#if defined(MDCI_BUILD_AVX512)
    if (mdci_kernels_choose(MDCI_KERNELS_AVX512) != MDCI_KERNELS_AVX512)
        skip();
    hold_to_scalar(inputs_with_avx512, 0);
#else
    skip();
#endif
}

static void test_neon_equals_scalar(void **state)
{
    (void)state;
#if defined(MDCI_BUILD_NEON)
    if (mdci_kernels_choose(MDCI_KERNELS_NEON) != MDCI_KERNELS_NEON)
        skip();
    hold_to_scalar(inputs_with_neon, 0);
#else
    skip();
#endif
}

static void test_emulated_equal_scalar(void **state)
{
    (void)state;
#if defined(HAVE_SIMDE)
    hold_to_scalar(inputs_emulated_avx512, 1);
    hold_to_scalar(inputs_emulated_neon, 1);
#else
    skip();
#endif
}

/* Sums and weights stay within their bounds whatever is given. */
static void test_extremes_stay_in_bounds(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (int i = 0; i < 4000; i++) {
        struct inputs_case c;
        struct inputs_results r;
        make_case(&c, &random);
        for (unsigned j = 0; i < 4 && j < 32; j++) {
            c.counter[j] = mdci_counter_make(i & 1 ? 1 : 65535, 256);
            for (unsigned k = 0; k < 8; k++)
                c.weights[k][j] = i & 2 ? -32768 : 32767;
        }
        inputs_with_scalar(&c, &r, 32, 8);
        for (unsigned k = 0; k < 8; k++) {
            assert_true(r.logit[k] >= -MDCI_STRETCH_MAX);
            assert_true(r.logit[k] <= MDCI_STRETCH_MAX);
            assert_true(r.after.final_weights[k] <= MDCI_FINAL_WEIGHT_MAX);
            assert_true(r.after.final_weights[k] >= -MDCI_FINAL_WEIGHT_MAX);
            if (i < 4)
                assert_int_equal(r.logit[k], (i & 1) == (i >> 1 & 1)
                                                 ? MDCI_STRETCH_MAX
                                                 : -MDCI_STRETCH_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_avx2_equals_scalar),
        cmocka_unit_test(test_avx512_equals_scalar),
        cmocka_unit_test(test_neon_equals_scalar),
        cmocka_unit_test(test_emulated_equal_scalar),
        cmocka_unit_test(test_extremes_stay_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
