/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file microdiffusion.h
 * \brief Micro-diffusion: K small steps that move the mixed probability to
 *        what was observed, on the tree path of the coded byte.
 *
 * After "Midicoth" (arXiv 2603.08771). A step keeps calibration bins, keyed by
 * a context and by the logit of the incoming probability. A bin sums n errors
 * e = bit - p and their squares; its correction is Tweedie's, the mean error
 * E[theta | p] - E[p], shrunk as James and Stein do by min(1, SNR / 4) with
 * SNR = mean^2 * n / mean square, which is (sum e)^2 / (sum e^2). Bins start
 * with pseudo-observations at their centre. The correction is interpolated
 * between the two nearest bins and added; the next step corrects the result
 * with bins of its own key. Coding bit by bit touches the 8 nodes on the path
 * only, which is the same mathematics as correcting all 255 nodes.
 */
#ifndef MDCI_MICRODIFFUSION_H
#define MDCI_MICRODIFFUSION_H

#include "models/logistic.h"

#define MDCI_DIFFUSION_BINS   16  /* logit -1920..1920 in steps of 256 */
#define MDCI_DIFFUSION_PSEUDO 6   /* pseudo-observations a bin */
#define MDCI_DIFFUSION_LIMIT  503 /* halved at 504, a multiple of 8 */
#define MDCI_DIFFUSION_OFTEN  60
#define MDCI_DIFFUSION_EVERY  4

struct mdci_diffusion_stats {
    int32_t errors;   /* sum of bit - p, in 2^-20 */
    uint32_t squares; /* sum of (bit - p)^2, in 2^-22 */
};

/** The bins of one key. */
struct mdci_diffusion_row {
    int32_t bin[MDCI_DIFFUSION_BINS]; /* correction in 2^-22, * 512 + count */
    struct mdci_diffusion_stats stats[MDCI_DIFFUSION_BINS];
};

/** One step's place in its row, from predict to update. */
struct mdci_diffusion_step {
    struct mdci_diffusion_row *row;
    unsigned nearest; /* the bin that learns */
    int32_t p;        /* what came in, 22 bits */
};

/** Where a logit lies between the bins. */
struct mdci_diffusion_place {
    unsigned bin;     /* the lower of two, 0..14 */
    int32_t fraction; /* 0..256 towards the upper */
};

/** First state of a row. */
MDCI_KERNEL void mdci_diffusion_init(struct mdci_diffusion_row *row)
{
    for (unsigned b = 0; b < MDCI_DIFFUSION_BINS; b++) {
        const uint32_t centre = mdci_squash((int32_t)b * 256 - 1920) << 6;
        row->bin[b] = MDCI_DIFFUSION_PSEUDO;
        row->stats[b].errors = 0;
        row->stats[b].squares =
            (uint32_t)((uint64_t)centre * (4194304u - centre) >> 22) *
            MDCI_DIFFUSION_PSEUDO;
    }
}

MDCI_KERNEL struct mdci_diffusion_place mdci_diffusion_locate(int32_t logit)
{
    struct mdci_diffusion_place place;
    const int32_t x = mdci_clamp(logit, -1920, 1919) + 1920;
    place.bin = (unsigned)x >> 8;
    place.fraction = x & 255;
    return place;
}

/** Corrects p (22 bits) by one step and notes what the update needs. The
 *  result may leave 0..2^22 by a little: the last one is clamped. */
MDCI_KERNEL int32_t mdci_diffusion_predict(struct mdci_diffusion_step *step,
                                           struct mdci_diffusion_row *row,
                                           struct mdci_diffusion_place place,
                                           int32_t p)
{
    const int64_t low = row->bin[place.bin];
    const int64_t high = row->bin[place.bin + 1];
    step->row = row;
    step->nearest = place.bin + (unsigned)(place.fraction >> 7);
    step->p = p;
    MDCI_PREFETCH(&row->stats[step->nearest]);
    /* 512 units a correction, 256 steps a bin; the counts below are noise. */
    return p +
           (int32_t)mdci_sar64(low * 256 + (high - low) * place.fraction, 17);
}

/**
 * The correction that a bin's sums stand for, in 2^-22.
 * \param count  1..511, pseudo-observations included
 */
MDCI_KERNEL int32_t mdci_diffusion_correction(struct mdci_diffusion_stats s,
                                              unsigned count)
{
    const int64_t mean =
        mdci_sar64((int64_t)s.errors * (int64_t)mdci_inverse[count], 20);
    /* SNR / 4 = errors^2 / (4 squares), brought to the unit of squares. */
    const uint64_t signal = (uint64_t)((int64_t)s.errors * s.errors) >> 20;
    if (signal >= s.squares)
        return (int32_t)mean;
    /* squares = m * 2^e with m in 512..1024, or below for few squares. */
    const unsigned top = mdci_log2_floor(s.squares);
    const unsigned e = top > 9 ? top - 9 : 0;
    const uint32_t m =
        (uint32_t)(((uint64_t)s.squares + ((1u << e) >> 1)) >> e);
    const int64_t shrink = (int64_t)(signal * mdci_inverse[m] >> (6 + e));
    return (int32_t)mdci_sar64(mean * shrink, 16);
}

/** Lets the bin learn the bit that was coded. Its correction is fitted anew
 *  at every observation while they are few, later at every fourth. */
MDCI_KERNEL void mdci_diffusion_update(const struct mdci_diffusion_step *step,
                                       int bit)
{
    int32_t *bin = &step->row->bin[step->nearest];
    struct mdci_diffusion_stats *s = &step->row->stats[step->nearest];
    /* |error| < 2^21 and at most 511 are summed: 30 bits, and 33 - 2 for
     * squares, since only steps far outside of 0..1 could reach more. */
    const int32_t error = (bit ? 1 << 20 : 0) - mdci_sar(step->p, 2);
    const int32_t observed = *bin + 1;
    unsigned count = (unsigned)observed & 511;
    s->errors += error;
    s->squares += (uint32_t)((uint64_t)((int64_t)error * error) >> 18);
    if (count > MDCI_DIFFUSION_OFTEN && count % MDCI_DIFFUSION_EVERY != 0) {
        *bin = observed;
        return;
    }
    if (count > MDCI_DIFFUSION_LIMIT) {
        count /= 2;
        s->errors /= 2;
        s->squares /= 2;
    }
    /* An incoming p outside of 0..1 can have a mean error above 1. */
    const int32_t correction = mdci_diffusion_correction(*s, count);
    *bin = mdci_clamp(correction, -4194303, 4194303) * 512 + (int32_t)count;
}

#endif
