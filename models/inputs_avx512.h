/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_avx512.h
 * \brief The functions of inputs_scalar.h with AVX-512: counters and training
 *        are twice as wide as with AVX2, sums are the same.
 */
#ifndef MDCI_INPUTS_AVX512_H
#define MDCI_INPUTS_AVX512_H

#include "models/inputs_x86.h"

struct mdci_inputs {
    __m256i stretch[MDCI_MAX_INPUTS / 16]; /* 16-bit */
    __m512i low[MDCI_MAX_INPUTS / 16];     /* 32-bit: rate, stretch */
    __m512i p[MDCI_MAX_INPUTS / 16];       /* 32-bit */
};

MDCI_KERNEL __m512i mdci_avx512_load8(mdci_counter *const *at)
{
    return _mm512_inserti64x4(_mm512_castsi256_si512(mdci_x86_load4(at)),
                              mdci_x86_load4(at + 4), 1);
}

MDCI_KERNEL void mdci_avx512_store8(mdci_counter *const *at, __m512i v)
{
    mdci_x86_store4(at, _mm512_castsi512_si256(v));
    mdci_x86_store4(at + 4, _mm512_extracti64x4_epi64(v, 1));
}

/* The conversion finds exponent and mantissa; it is exact below 2^24. */
MDCI_KERNEL __m512i mdci_avx512_log2_4096(__m512i x)
{
    const __m512i f = _mm512_castps_si512(_mm512_cvtepi32_ps(x));
    const __m512i m =
        _mm512_srli_epi32(_mm512_and_si512(f, _mm512_set1_epi32(0x7FFFFF)), 8);
    const __m512i q =
        _mm512_mulhrs_epi16(m, _mm512_sub_epi16(_mm512_set1_epi16(32767), m));
    return _mm512_add_epi32(_mm512_srli_epi32(f, 11),
                            _mm512_mulhrs_epi16(q, _mm512_set1_epi16(1408)));
}

/* Where n is no multiple of 16, the last register has eight counters. */
MDCI_KERNEL void mdci_inputs_load(struct mdci_inputs *in,
                                  mdci_counter *const *at, const unsigned n)
{
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18,
                                           20, 22, 24, 26, 28, 30);
    const __m512i odd = _mm512_or_si512(even, _mm512_set1_epi32(1));
    MDCI_UNROLL
    for (unsigned h = 0; h < (n + 15) / 16; h++) {
        const __m512i a = mdci_avx512_load8(at + 16 * h);
        const __m512i b = 16 * h + 8 < n ? mdci_avx512_load8(at + 16 * h + 8)
                                         : _mm512_setzero_si512();
        in->low[h] = _mm512_permutex2var_epi32(a, even, b);
        in->p[h] = _mm512_permutex2var_epi32(a, odd, b);
        in->stretch[h] = _mm512_cvtepi32_epi16(in->low[h]);
    }
}

MDCI_KERNEL void mdci_inputs_update(const struct mdci_inputs *in,
                                    mdci_counter *const *at, int bit,
                                    const unsigned n)
{
    const __m512i target = _mm512_set1_epi32(bit ? 0x7FFFFFFF : 0);
    const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20,
                                            5, 21, 6, 22, 7, 23);
    const __m512i second = _mm512_add_epi32(first, _mm512_set1_epi32(8));
    MDCI_UNROLL
    for (unsigned h = 0; h < (n + 15) / 16; h++) {
        const __m512i low = in->low[h];
        const __m512i d =
            _mm512_srai_epi32(_mm512_sub_epi32(target, in->p[h]), 16);
        const __m512i p = _mm512_max_epi32(
            _mm512_add_epi32(in->p[h],
                             _mm512_mullo_epi32(d, _mm512_srli_epi32(low, 16))),
            _mm512_set1_epi32(MDCI_COUNTER_P_MIN));
        const __m512i square = _mm512_mulhi_epu16(low, low);
        const __m512i cube = _mm512_mulhi_epu16(square, low);
        const __m512i rate = _mm512_max_epu16(
            _mm512_add_epi16(_mm512_sub_epi16(low, square), cube),
            _mm512_set1_epi16(MDCI_COUNTER_RATE_MIN));
        const __m512i p16 = _mm512_srli_epi32(p, 15);
        const __m512i logit = _mm512_srai_epi32(
            _mm512_sub_epi32(mdci_avx512_log2_4096(p16),
                             mdci_avx512_log2_4096(_mm512_sub_epi32(
                                 _mm512_set1_epi32(65536), p16))),
            5);
        const __m512i stretch = _mm512_max_epi32(
            _mm512_min_epi32(logit, _mm512_set1_epi32(MDCI_STRETCH_MAX)),
            _mm512_set1_epi32(-MDCI_STRETCH_MAX));
        const __m512i next = _mm512_mask_blend_epi16(0xAAAAAAAA, stretch, rate);
        mdci_avx512_store8(at + 16 * h,
                           _mm512_permutex2var_epi32(next, first, p));
        if (16 * h + 8 < n)
            mdci_avx512_store8(at + 16 * h + 8,
                               _mm512_permutex2var_epi32(next, second, p));
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
    if (n <= 16) {
        mdci_x86_train(in->stretch, weights, error, n);
        return;
    }
    const __m512i stretch = _mm512_inserti64x4(
        _mm512_castsi256_si512(in->stretch[0]), in->stretch[1], 1);
    _mm512_storeu_si512(
        weights,
        _mm512_adds_epi16(
            _mm512_loadu_si512(weights),
            _mm512_mulhrs_epi16(stretch, _mm512_set1_epi16((int16_t)error))));
}

#endif
