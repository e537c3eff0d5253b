/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file immintrin.h
 * \brief Stands for the compiler's header where kernels are tested on a
 *        machine without their instructions: SIMDe computes what they do.
 */
#ifndef SIMDE_IMMINTRIN_H
#define SIMDE_IMMINTRIN_H

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

/* What SIMDe 0.7.4 lacks, put together from halves. */
#define SIMDE_LOW(v)  _mm512_castsi512_si256(v)
#define SIMDE_HIGH(v) _mm512_extracti64x4_epi64(v, 1)
#define SIMDE_JOIN(low, high)                                                  \
    _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1)
#ifndef _mm512_srai_epi32
#define _mm512_srai_epi32(v, n)                                                \
    SIMDE_JOIN(_mm256_srai_epi32(SIMDE_LOW(v), n),                             \
               _mm256_srai_epi32(SIMDE_HIGH(v), n))
#endif
#ifndef _mm512_mulhi_epu16
#define _mm512_mulhi_epu16(a, b)                                               \
    SIMDE_JOIN(_mm256_mulhi_epu16(SIMDE_LOW(a), SIMDE_LOW(b)),                 \
               _mm256_mulhi_epu16(SIMDE_HIGH(a), SIMDE_HIGH(b)))
#endif
#ifndef _mm512_cvtepi32_ps
#define _mm512_cvtepi32_ps(v)                                                  \
    _mm512_castsi512_ps(                                                       \
        SIMDE_JOIN(_mm256_castps_si256(_mm256_cvtepi32_ps(SIMDE_LOW(v))),      \
                   _mm256_castps_si256(_mm256_cvtepi32_ps(SIMDE_HIGH(v)))))
#endif
#ifndef _mm512_cvtepi32_epi16
static inline __m256i _mm512_cvtepi32_epi16(__m512i v)
{
    uint32_t from[16];
    uint16_t to[16];
    _mm512_storeu_si512(from, v);
    for (int i = 0; i < 16; i++)
        to[i] = (uint16_t)from[i];
    return _mm256_loadu_si256((const __m256i *)(const void *)to);
}
#endif

#endif
