/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_x86.h
 * \brief What inputs_avx2.h and inputs_avx512.h share: counters moved between
 *        memory and registers, the weighted sums and the second layer.
 */
#ifndef MDCI_INPUTS_X86_H
#define MDCI_INPUTS_X86_H

#include <immintrin.h>

#include "models/counter.h"

/* Two counters to a register; these intrinsics only move bits. */
MDCI_KERNEL __m128 mdci_x86_load2(mdci_counter *const *at)
{
    return _mm_loadh_pi(
        _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)at[0])),
        (const __m64 *)(const void *)at[1]);
}

MDCI_KERNEL __m256i mdci_x86_load4(mdci_counter *const *at)
{
    const __m128 a = mdci_x86_load2(at);
    const __m128 b = mdci_x86_load2(at + 2);
    return _mm256_castps_si256(_mm256_set_m128(b, a));
}

MDCI_KERNEL void mdci_x86_store4(mdci_counter *const *at, __m256i v)
{
    const __m128i a = _mm256_castsi256_si128(v);
    const __m128i b = _mm256_extracti128_si256(v, 1);
    _mm_storel_epi64((__m128i *)(void *)at[0], a);
    _mm_storeh_pi((__m64 *)(void *)at[1], _mm_castsi128_ps(a));
    _mm_storel_epi64((__m128i *)(void *)at[2], b);
    _mm_storeh_pi((__m64 *)(void *)at[3], _mm_castsi128_ps(b));
}

MDCI_KERNEL __m256i mdci_x86_products(const __m256i *stretch,
                                      const int16_t *weights, const unsigned n)
{
    const __m256i *w = (const __m256i *)(const void *)weights;
    __m256i sum = _mm256_madd_epi16(stretch[0], _mm256_load_si256(w));
    MDCI_UNROLL
    for (unsigned h = 1; h < (n + 15) / 16; h++)
        sum = _mm256_add_epi32(
            sum, _mm256_madd_epi16(stretch[h], _mm256_load_si256(w + h)));
    return sum;
}

/* Four sums over a register each, brought to the logistic domain. */
MDCI_KERNEL __m128i mdci_x86_logits(__m256i a, __m256i b, __m256i c, __m256i d)
{
    const __m256i quarters =
        _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    const __m128i sums = _mm_add_epi32(_mm256_castsi256_si128(quarters),
                                       _mm256_extracti128_si256(quarters, 1));
    return _mm_max_epi32(_mm_min_epi32(_mm_srai_epi32(sums, 11),
                                       _mm_set1_epi32(MDCI_STRETCH_MAX)),
                         _mm_set1_epi32(-MDCI_STRETCH_MAX));
}

MDCI_KERNEL void mdci_x86_dot(const __m256i *stretch, int16_t *const *weights,
                              int32_t *logit, const unsigned n,
                              const unsigned sets)
{
    const __m256i zero = _mm256_setzero_si256();
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k += 4) {
        const __m128i four = mdci_x86_logits(
            mdci_x86_products(stretch, weights[k], n),
            k + 1 < sets ? mdci_x86_products(stretch, weights[k + 1], n) : zero,
            k + 2 < sets ? mdci_x86_products(stretch, weights[k + 2], n) : zero,
            k + 3 < sets ? mdci_x86_products(stretch, weights[k + 3], n)
                         : zero);
        _mm_store_si128((__m128i *)(void *)(logit + k), four);
    }
}

MDCI_KERNEL void mdci_x86_train(const __m256i *stretch, int16_t *weights,
                                int32_t error, const unsigned n)
{
    const __m256i e = _mm256_set1_epi16((int16_t)error);
    MDCI_UNROLL
    for (unsigned h = 0; h < (n + 15) / 16; h++) {
        __m256i *w = (__m256i *)(void *)weights + h;
        _mm256_store_si256(
            w, _mm256_adds_epi16(_mm256_load_si256(w),
                                 _mm256_mulhrs_epi16(stretch[h], e)));
    }
}

MDCI_KERNEL int32_t mdci_logits_sum(const int32_t *logit,
                                    const int32_t *weights, const unsigned sets)
{
    __m128i sum = _mm_setzero_si128();
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k += 4)
        sum = _mm_add_epi32(
            sum,
            _mm_srai_epi32(
                _mm_mullo_epi32(
                    _mm_load_si128((const __m128i *)(const void *)(logit + k)),
                    _mm_load_si128(
                        (const __m128i *)(const void *)(weights + k))),
                4));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
    return _mm_cvtsi128_si32(sum);
}

MDCI_KERNEL void mdci_logits_train(const int32_t *logit, int32_t *weights,
                                   int32_t error, const unsigned sets)
{
    const __m128i e = _mm_set1_epi32(error);
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k += 4) {
        __m128i *w = (__m128i *)(void *)(weights + k);
        const __m128i step = _mm_srai_epi32(
            _mm_add_epi32(
                _mm_mullo_epi32(
                    _mm_load_si128((const __m128i *)(const void *)(logit + k)),
                    e),
                _mm_set1_epi32(8192)),
            14);
        _mm_store_si128(
            w,
            _mm_max_epi32(_mm_min_epi32(_mm_add_epi32(_mm_load_si128(w), step),
                                        _mm_set1_epi32(MDCI_FINAL_WEIGHT_MAX)),
                          _mm_set1_epi32(-MDCI_FINAL_WEIGHT_MAX)));
    }
}

#endif
