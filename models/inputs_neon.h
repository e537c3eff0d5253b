/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_neon.h
 * \brief The functions of inputs_scalar.h with NEON of 64-bit ARM: 4 counters
 *        or 8 weights an instruction, the same results.
 */
#ifndef MDCI_INPUTS_NEON_H
#define MDCI_INPUTS_NEON_H

#include <arm_neon.h>

#include "models/counter.h"

struct mdci_inputs {
    int16x8_t stretch[MDCI_MAX_INPUTS / 8];
    uint32x4_t low[MDCI_MAX_INPUTS / 4]; /* rate, stretch */
    int32x4_t p[MDCI_MAX_INPUTS / 4];
};

MDCI_KERNEL uint32x4_t mdci_neon_load2(mdci_counter *const *at)
{
    return vreinterpretq_u32_u64(
        vcombine_u64(vld1_u64(at[0]), vld1_u64(at[1])));
}

MDCI_KERNEL void mdci_neon_store2(mdci_counter *const *at, uint32x4_t v)
{
    const uint64x2_t both = vreinterpretq_u64_u32(v);
    vst1_u64(at[0], vget_low_u64(both));
    vst1_u64(at[1], vget_high_u64(both));
}

MDCI_KERNEL int32x4_t mdci_neon_clamp(int32x4_t v, int32_t most)
{
    return vmaxq_s32(vminq_s32(v, vdupq_n_s32(most)), vdupq_n_s32(-most));
}

/* Of the normal form of x the highest bit is dropped: what is below it is the
 * mantissa. As in logistic.h but for a constant, which a stretch loses. */
MDCI_KERNEL uint32x4_t mdci_neon_log2_4096(uint32x4_t x)
{
    const uint32x4_t zeros = vclzq_u32(x);
    const uint32x4_t mantissa =
        vshlq_n_u32(vshlq_u32(x, vreinterpretq_s32_u32(zeros)), 1);
    const uint32x4_t m = vshrq_n_u32(mantissa, 17);
    const uint32x4_t q =
        vrshrq_n_u32(vmulq_u32(m, vsubq_u32(vdupq_n_u32(32767), m)), 15);
    const uint32x4_t whole =
        vsubq_u32(vshrq_n_u32(mantissa, 20), vshlq_n_u32(zeros, 12));
    return vaddq_u32(whole, vrshrq_n_u32(vmulq_n_u32(q, 1408), 15));
}

MDCI_KERNEL void mdci_inputs_load(struct mdci_inputs *in,
                                  mdci_counter *const *at, const unsigned n)
{
    MDCI_UNROLL
    for (unsigned g = 0; g < n / 4; g++) {
        const uint32x4_t a = mdci_neon_load2(at + 4 * g);
        const uint32x4_t b = mdci_neon_load2(at + 4 * g + 2);
        in->low[g] = vuzp1q_u32(a, b);
        in->p[g] = vreinterpretq_s32_u32(vuzp2q_u32(a, b));
    }
    MDCI_UNROLL
    for (unsigned h = 0; h < n / 8; h++)
        in->stretch[h] = vreinterpretq_s16_u16(vcombine_u16(
            vmovn_u32(in->low[2 * h]), vmovn_u32(in->low[2 * h + 1])));
}

MDCI_KERNEL void mdci_inputs_update(const struct mdci_inputs *in,
                                    mdci_counter *const *at, int bit,
                                    const unsigned n)
{
    const int32x4_t target = vdupq_n_s32(bit ? 0x7FFFFFFF : 0);
    MDCI_UNROLL
    for (unsigned g = 0; g < n / 4; g++) {
        const uint32x4_t rate = vshrq_n_u32(in->low[g], 16);
        const int32x4_t d = vshrq_n_s32(vsubq_s32(target, in->p[g]), 16);
        const int32x4_t p =
            vmaxq_s32(vmlaq_s32(in->p[g], d, vreinterpretq_s32_u32(rate)),
                      vdupq_n_s32(MDCI_COUNTER_P_MIN));
        const uint32x4_t square = vshrq_n_u32(vmulq_u32(rate, rate), 16);
        const uint32x4_t cube = vshrq_n_u32(vmulq_u32(square, rate), 16);
        const uint32x4_t next_rate =
            vmaxq_u32(vaddq_u32(vsubq_u32(rate, square), cube),
                      vdupq_n_u32(MDCI_COUNTER_RATE_MIN));
        const uint32x4_t p16 = vshrq_n_u32(vreinterpretq_u32_s32(p), 15);
        const int32x4_t stretch = mdci_neon_clamp(
            vshrq_n_s32(
                vreinterpretq_s32_u32(vsubq_u32(
                    mdci_neon_log2_4096(p16),
                    mdci_neon_log2_4096(vsubq_u32(vdupq_n_u32(65536), p16)))),
                5),
            MDCI_STRETCH_MAX);
        const uint32x4_t low =
            vbslq_u32(vdupq_n_u32(0xFFFF), vreinterpretq_u32_s32(stretch),
                      vshlq_n_u32(next_rate, 16));
        const uint32x4_t high = vreinterpretq_u32_s32(p);
        mdci_neon_store2(at + 4 * g, vzip1q_u32(low, high));
        mdci_neon_store2(at + 4 * g + 2, vzip2q_u32(low, high));
    }
}

MDCI_KERNEL int32x4_t mdci_neon_products(const struct mdci_inputs *in,
                                         const int16_t *weights,
                                         const unsigned n)
{
    int32x4_t sum = vdupq_n_s32(0);
    MDCI_UNROLL
    for (unsigned h = 0; h < n / 8; h++) {
        const int16x8_t w = vld1q_s16(weights + 8 * h);
        sum = vmlal_s16(sum, vget_low_s16(in->stretch[h]), vget_low_s16(w));
        sum = vmlal_high_s16(sum, in->stretch[h], w);
    }
    return sum;
}

MDCI_KERNEL void mdci_inputs_dot(const struct mdci_inputs *in,
                                 int16_t *const *weights, int32_t *logit,
                                 const unsigned n, const unsigned sets)
{
    const int32x4_t zero = vdupq_n_s32(0);
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k += 4) {
        const int32x4_t a = mdci_neon_products(in, weights[k], n);
        const int32x4_t b =
            k + 1 < sets ? mdci_neon_products(in, weights[k + 1], n) : zero;
        const int32x4_t c =
            k + 2 < sets ? mdci_neon_products(in, weights[k + 2], n) : zero;
        const int32x4_t d =
            k + 3 < sets ? mdci_neon_products(in, weights[k + 3], n) : zero;
        const int32x4_t sums = vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d));
        vst1q_s32(logit + k,
                  mdci_neon_clamp(vshrq_n_s32(sums, 11), MDCI_STRETCH_MAX));
    }
}

MDCI_KERNEL int32_t mdci_logits_sum(const int32_t *logit,
                                    const int32_t *weights, const unsigned sets)
{
    int32x4_t sum = vdupq_n_s32(0);
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k += 4)
        sum = vsraq_n_s32(
            sum, vmulq_s32(vld1q_s32(logit + k), vld1q_s32(weights + k)), 4);
    return vaddvq_s32(sum);
}

MDCI_KERNEL void mdci_logits_train(const int32_t *logit, int32_t *weights,
                                   int32_t error, const unsigned sets)
{
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k += 4) {
        const int32x4_t step =
            vrshrq_n_s32(vmulq_n_s32(vld1q_s32(logit + k), error), 14);
        vst1q_s32(weights + k,
                  mdci_neon_clamp(vaddq_s32(vld1q_s32(weights + k), step),
                                  MDCI_FINAL_WEIGHT_MAX));
    }
}

MDCI_KERNEL void mdci_inputs_train(const struct mdci_inputs *in,
                                   int16_t *weights, int32_t error,
                                   const unsigned n)
{
    MDCI_UNROLL
    for (unsigned h = 0; h < n / 8; h++)
        vst1q_s16(weights + 8 * h,
                  vqaddq_s16(vld1q_s16(weights + 8 * h),
                             vqrdmulhq_n_s16(in->stretch[h], (int16_t)error)));
}

#endif
