/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_avx2.h
 * \brief The functions of inputs_scalar.h with AVX2: 8 counters or 16 weights
 *        an instruction, the same results.
 */
#ifndef MDCI_INPUTS_AVX2_H
#define MDCI_INPUTS_AVX2_H

#include "models/inputs_x86.h"

struct mdci_inputs {
    __m256i stretch[MDCI_MAX_INPUTS / 16]; /* 16-bit */
    __m256i low[MDCI_MAX_INPUTS / 8];      /* 32-bit: rate, stretch */
    __m256i p[MDCI_MAX_INPUTS / 8];        /* 32-bit */
};

/* Counters 0..7 of two loads come as lanes 0 1 4 5 | 2 3 6 7; the update
 * undoes it when it stores, and the stretches are put in order here. */
MDCI_KERNEL __m256i mdci_avx2_even(__m256i a, __m256i b)
{
    return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(a),
                                                 _mm256_castsi256_ps(b), 0x88));
}

MDCI_KERNEL __m256i mdci_avx2_odd(__m256i a, __m256i b)
{
    return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(a),
                                                 _mm256_castsi256_ps(b), 0xDD));
}

/* The conversion finds exponent and mantissa; it is exact below 2^24. */
MDCI_KERNEL __m256i mdci_avx2_log2_4096(__m256i x)
{
    const __m256i f = _mm256_castps_si256(_mm256_cvtepi32_ps(x));
    const __m256i m =
        _mm256_srli_epi32(_mm256_and_si256(f, _mm256_set1_epi32(0x7FFFFF)), 8);
    const __m256i q =
        _mm256_mulhrs_epi16(m, _mm256_sub_epi16(_mm256_set1_epi16(32767), m));
    return _mm256_add_epi32(_mm256_srli_epi32(f, 11),
                            _mm256_mulhrs_epi16(q, _mm256_set1_epi16(1408)));
}

MDCI_KERNEL void mdci_inputs_load(struct mdci_inputs *in,
                                  mdci_counter *const *at, const unsigned n)
{
    MDCI_UNROLL
    for (unsigned g = 0; g < n / 8; g++) {
        const __m256i a = mdci_x86_load4(at + 8 * g);
        const __m256i b = mdci_x86_load4(at + 8 * g + 4);
        in->low[g] = mdci_avx2_even(a, b);
        in->p[g] = mdci_avx2_odd(a, b);
    }
    MDCI_UNROLL
    for (unsigned h = 0; h < (n + 15) / 16; h++) {
        /* Sign-extended stretches, lanes 0 1 4 5 | 2 3 6 7 of 8 each. */
        const __m256i a =
            _mm256_srai_epi32(_mm256_slli_epi32(in->low[2 * h], 16), 16);
        const __m256i b =
            2 * h + 1 < n / 8
                ? _mm256_srai_epi32(_mm256_slli_epi32(in->low[2 * h + 1], 16),
                                    16)
                : _mm256_setzero_si256();
        /* a: 0 1 4 5, b: 8 9 12 13 | a: 2 3 6 7, b: 10 11 14 15. */
        const __m256i packed = _mm256_packs_epi32(a, b);
        in->stretch[h] = _mm256_permutevar8x32_epi32(
            packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    }
}

/* Eight counters that have seen a bit: p, and the rate in the upper halves. */
MDCI_KERNEL __m256i mdci_avx2_learn(__m256i *p, __m256i low, __m256i target)
{
    const __m256i d = _mm256_srai_epi32(_mm256_sub_epi32(target, *p), 16);
    *p = _mm256_max_epi32(
        _mm256_add_epi32(*p, _mm256_mullo_epi32(d, _mm256_srli_epi32(low, 16))),
        _mm256_set1_epi32(MDCI_COUNTER_P_MIN));
    const __m256i square = _mm256_mulhi_epu16(low, low);
    const __m256i cube = _mm256_mulhi_epu16(square, low);
    return _mm256_max_epu16(
        _mm256_add_epi16(_mm256_sub_epi16(low, square), cube),
        _mm256_set1_epi16(MDCI_COUNTER_RATE_MIN));
}

MDCI_KERNEL void mdci_avx2_store8(mdci_counter *const *at, __m256i p,
                                  __m256i rate, __m256i stretch)
{
    const __m256i low = _mm256_blend_epi16(stretch, rate, 0xAA);
    mdci_x86_store4(at, _mm256_unpacklo_epi32(low, p));
    mdci_x86_store4(at + 4, _mm256_unpackhi_epi32(low, p));
}

MDCI_KERNEL void mdci_inputs_update(const struct mdci_inputs *in,
                                    mdci_counter *const *at, int bit,
                                    const unsigned n)
{
    const __m256i target = _mm256_set1_epi32(bit ? 0x7FFFFFFF : 0);
    MDCI_UNROLL
    for (unsigned g = 0; g < n / 8; g++) {
        __m256i p = in->p[g];
        const __m256i rate = mdci_avx2_learn(&p, in->low[g], target);
        const __m256i p16 = _mm256_srli_epi32(p, 15);
        const __m256i logit = _mm256_srai_epi32(
            _mm256_sub_epi32(mdci_avx2_log2_4096(p16),
                             mdci_avx2_log2_4096(_mm256_sub_epi32(
                                 _mm256_set1_epi32(65536), p16))),
            5);
        const __m256i stretch = _mm256_max_epi32(
            _mm256_min_epi32(logit, _mm256_set1_epi32(MDCI_STRETCH_MAX)),
            _mm256_set1_epi32(-MDCI_STRETCH_MAX));
        mdci_avx2_store8(at + 8 * g, p, rate, stretch);
    }
}

MDCI_KERNEL void mdci_inputs_learn(mdci_counter *const *at, int bit,
                                   const unsigned n)
{
    const __m256i target = _mm256_set1_epi32(bit ? 0x7FFFFFFF : 0);
    MDCI_UNROLL
    for (unsigned g = 0; g < n / 8; g++) {
        const __m256i a = mdci_x86_load4(at + 8 * g);
        const __m256i b = mdci_x86_load4(at + 8 * g + 4);
        __m256i p = mdci_avx2_odd(a, b);
        const __m256i rate = mdci_avx2_learn(&p, mdci_avx2_even(a, b), target);
        mdci_avx2_store8(at + 8 * g, p, rate,
                         _mm256_set1_epi32((int)MDCI_COUNTER_OPEN));
    }
}

MDCI_KERNEL void mdci_inputs_dot(const struct mdci_inputs *in,
                                 int16_t *const *weights, int32_t *logit,
                                 const unsigned n, const unsigned sets)
{
    mdci_x86_dot(in->stretch, weights, logit, n, sets);
}

MDCI_KERNEL void mdci_inputs_train(const struct mdci_inputs *in,
                                   int16_t *weights, int32_t error,
                                   const unsigned n)
{
    mdci_x86_train(in->stretch, weights, error, n);
}

#endif
