/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_mixer.c
 * \brief Unit tests of the mixer and its inputs.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/mixer.h"

#define INPUTS     8
#define MAX_INPUTS 32
#define RATE       6

/* What a step of mixing reads and moves, and what comes of it. */
struct mixing {
    _Alignas(64) int16_t weights[MDCI_MAX_SETS][MAX_INPUTS];
    int32_t final_weights[MDCI_MAX_SETS];
    mdci_counter counter[MAX_INPUTS];
    struct mdci_mix mix;
};

/* Mixes the first n counters, and lets weights and counters see the bit. */
static void step(struct mixing *s, unsigned n, unsigned sets, int bit,
                 int32_t rate)
{
    struct mdci_inputs in;
    mdci_counter *at[MAX_INPUTS];
    for (unsigned i = 0; i < n; i++)
        at[i] = &s->counter[i];
    for (unsigned k = 0; k < sets; k++)
        s->mix.weights[k] = s->weights[k];
    s->mix.final_weights = s->final_weights;
    mdci_inputs_load(&in, at, n);
    mdci_mix_predict(&s->mix, &in, n, sets);
    mdci_mix_update(&s->mix, &in, bit, rate, n, sets);
    mdci_inputs_update(&in, at, bit, n);
}

/* Bits that coding a bit costs, with p the 16-bit probability of a 1. */
static double cost(uint32_t p, int bit)
{
    return -log2((bit ? p : 65536 - p) / 65536.0);
}

static double entropy(double p)
{
    return -p * log2(p) - (1 - p) * log2(1 - p);
}

static int chance(uint64_t *seed, double p)
{
    return sample_random(seed, 1000000) < p * 1000000;
}

/* Weight sets as a model set starts with: the mean of all, nothing known. */
static void first_weights(struct mixing *s, unsigned sets)
{
    memset(s, 0, sizeof *s);
    for (unsigned k = 0; k < MDCI_MAX_SETS; k++) {
        for (unsigned i = 0; i < INPUTS; i++)
            s->weights[k][i] = 2048 / INPUTS;
        s->final_weights[k] = (int32_t)(65536 / sets);
    }
}

/* One counter among eight knows the source; the others count noise. */
static void test_learns_a_source_near_its_entropy(void **state)
{
    static const double ones[4] = {0.02, 0.3, 0.7, 0.95};
    mdci_counter counter[INPUTS][4];
    struct mixing s;
    double paid = 0, least = 0;
    uint64_t seed = 1;
    (void)state;
    first_weights(&s, 1);
    for (unsigned i = 0; i < INPUTS; i++)
        for (unsigned k = 0; k < 4; k++)
            counter[i][k] = mdci_counter_make(32768, 20000);
    for (unsigned n = 0; n < 60000; n++) {
        const unsigned hidden = sample_random(&seed, 4);
        const int bit = chance(&seed, ones[hidden]);
        unsigned key[INPUTS];
        for (unsigned i = 0; i < INPUTS; i++) {
            key[i] = i == 5 ? hidden : sample_random(&seed, 4);
            s.counter[i] = counter[i][key[i]];
        }
        step(&s, INPUTS, 1, bit, RATE);
        for (unsigned i = 0; i < INPUTS; i++)
            counter[i][key[i]] = s.counter[i];
        if (n >= 10000) {
            paid += cost(s.mix.final_p, bit);
            least += entropy(ones[hidden]);
        }
    }
    assert_true(paid > least * 0.98);
    assert_true(paid < least * 1.03);
}

/* Two experts, each right nine times in ten where the selector names it and
 * of no use elsewhere. `keyed` sets of `sets` are chosen by the selector.
 * Returns the bits paid for one. */
static double two_experts(unsigned sets, unsigned keyed)
{
    static struct mixing both[2];
    double paid = 0;
    uint64_t seed = 2;
    const unsigned size = 50000;
    first_weights(&both[0], sets);
    first_weights(&both[1], sets);
    for (unsigned n = 0; n < 2 * size; n++) {
        const unsigned selector = sample_random(&seed, 2);
        int said[2];
        struct mixing *s = &both[selector];
        for (unsigned e = 0; e < 2; e++)
            said[e] = (int)sample_random(&seed, 2);
        const int bit = said[selector] ^ chance(&seed, 0.1);
        for (unsigned i = 0; i < INPUTS; i++)
            s->counter[i] = mdci_counter_make(32768, 256);
        for (unsigned e = 0; e < 2; e++)
            s->counter[e] = mdci_counter_make(said[e] ? 58982 : 6554, 256);
        step(s, INPUTS, sets, bit, RATE);
        /* What no selector chooses is one for both. */
        struct mixing *other = &both[!selector];
        for (unsigned k = keyed; k < sets; k++)
            memcpy(other->weights[k], s->weights[k], sizeof s->weights[k]);
        memcpy(other->final_weights, s->final_weights, sizeof s->final_weights);
        if (n >= size)
            paid += cost(s->mix.final_p, bit);
    }
    return paid / size;
}

static void test_selector_tells_two_sources_apart(void **state)
{
    const double least = entropy(0.1);
    (void)state;
    assert_true(two_experts(1, 1) > least * 0.97);
    assert_true(two_experts(1, 1) < least * 1.03);
    /* One set of weights for both can do no better than half of the way. */
    assert_true(two_experts(1, 0) > 0.68);
}

static void test_second_layer_picks_the_set_that_knows(void **state)
{
    const double least = entropy(0.1);
    (void)state;
    assert_true(two_experts(4, 1) < least * 1.06);
    assert_true(two_experts(8, 2) < least * 1.06);
}

static void test_extreme_weights_and_errors(void **state)
{
    struct mixing s;
    uint64_t seed = 3;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        const unsigned n = 8 + 8 * sample_random(&seed, 4);
        const unsigned sets = 1 + sample_random(&seed, 8);
        const uint32_t signs = sample_random(&seed, 3);
        memset(&s, 0, sizeof s);
        for (unsigned k = 0; k < MDCI_MAX_SETS; k++) {
            for (unsigned j = 0; j < MAX_INPUTS; j++)
                s.weights[k][j] = (signs == 2 ? sample_random(&seed, 2) : signs)
                                      ? INT16_MAX
                                      : INT16_MIN;
            s.final_weights[k] =
                (sample_random(&seed, 2) ? 1 : -1) * MDCI_FINAL_WEIGHT_MAX;
        }
        for (unsigned j = 0; j < MAX_INPUTS; j++)
            s.counter[j] =
                mdci_counter_make(sample_random(&seed, 2) ? 65535 : 1, 65535);
        const struct mixing before = s;
        const int bit = (int)sample_random(&seed, 2);
        step(&s, n, sets, bit, 127);
        assert_in_range(s.mix.final_logit + MDCI_STRETCH_MAX, 0,
                        2 * MDCI_STRETCH_MAX);
        assert_in_range(s.mix.final_p, 1, 65535);
        for (unsigned k = 0; k < sets; k++) {
            assert_in_range(s.mix.logit[k] + MDCI_STRETCH_MAX, 0,
                            2 * MDCI_STRETCH_MAX);
            assert_in_range(s.mix.p[k], 1, 65535);
            assert_in_range(s.final_weights[k] + MDCI_FINAL_WEIGHT_MAX, 0,
                            2 * MDCI_FINAL_WEIGHT_MAX);
            /* A weight at its end stays there or moves back: no wrap. */
            for (unsigned j = 0; j < n; j++)
                assert_true((s.weights[k][j] < 0) ==
                            (before.weights[k][j] < 0));
        }
        /* What is not used is left alone. */
        for (unsigned k = sets; k < MDCI_MAX_SETS; k++)
            assert_memory_equal(s.weights[k], before.weights[k],
                                sizeof s.weights[k]);
    }
}

/* A wrong bit moves every weight against it, a right one never makes the
 * same inputs less sure. */
static void test_training_goes_downhill(void **state)
{
    struct mixing s;
    uint64_t seed = 4;
    (void)state;
    for (int i = 0; i < 2000; i++) {
        const int bit = (int)sample_random(&seed, 2);
        uint64_t counter[INPUTS];
        first_weights(&s, 2);
        for (unsigned j = 0; j < INPUTS; j++)
            counter[j] =
                mdci_counter_make(1 + sample_random(&seed, 65535), 256);
        memcpy(s.counter, counter, sizeof counter);
        step(&s, INPUTS, 2, bit, RATE);
        const int32_t first = s.mix.final_logit;
        memcpy(s.counter, counter, sizeof counter);
        step(&s, INPUTS, 2, bit, RATE);
        assert_true(bit ? s.mix.final_logit >= first
                        : s.mix.final_logit <= first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_a_source_near_its_entropy),
        cmocka_unit_test(test_selector_tells_two_sources_apart),
        cmocka_unit_test(test_second_layer_picks_the_set_that_knows),
        cmocka_unit_test(test_extreme_weights_and_errors),
        cmocka_unit_test(test_training_goes_downhill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
