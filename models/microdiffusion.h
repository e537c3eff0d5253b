/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file microdiffusion.h
 * \brief Micro-diffusion: K small steps that move the mixed probability to
 *        what was observed, on the tree path of the coded byte.
 *
 * After "Midicoth" (arXiv 2603.08771). A step keeps calibration bins, keyed by
 * a context and by the logit of the mixed probability. Its correction is
 * Tweedie's, the mean error E[bit | p] - E[p], taken relative to p (1 - p), so
 * that one number fits the whole width of a bin: d = sum e / sum p (1 - p) over
 * the errors e = bit - p. (The steps share the mixed probability's p (1 - p):
 * they move it little, and need not wait for each other.) It is shrunk as James
 * and Stein do by min(1, SNR / 2), SNR = (sum e)^2 / (sum e^2). Bins start with
 * a few pseudo-observations at their centre. The correction is interpolated
 * between the two nearest bins, and p + s d p (1 - p) goes to the next step,
 * which has bins of its own key. The length s of a step is learned: it follows
 * the gradient of the last step's log loss, (bit - p) d, since how far the bins
 * of a key can be trusted differs more between files than between bins. Coding
 * bit by bit touches the nodes on the path only, which is the same mathematics
 * as correcting all 255 nodes.
 */
#ifndef MDCI_MICRODIFFUSION_H
#define MDCI_MICRODIFFUSION_H

#include "models/logistic.h"

#define MDCI_DIFFUSION_BINS   16  /* logit -1920..1920 in steps of 256 */
#define MDCI_DIFFUSION_PSEUDO 2   /* pseudo-observations a bin */
#define MDCI_DIFFUSION_LIMIT  503 /* halved at 504, a multiple of 8 */
#define MDCI_DIFFUSION_OFTEN  24
#define MDCI_DIFFUSION_EVERY  8
#define MDCI_DIFFUSION_P_MIN  64      /* of 2^22: 1 / 65536 */
#define MDCI_DIFFUSION_LENGTH 2560000 /* the first length, of 2^22 */
#define MDCI_DIFFUSION_RATE   24

/** What a calibration bin has seen; all 0 is nothing. */
struct mdci_diffusion_stats {
    int32_t errors;    /* sum of bit - p, in 2^-20 */
    uint32_t squares;  /* sum of (bit - p)^2, in 2^-22 */
    uint32_t variance; /* sum of p (1 - p), in 2^-22 */
};

/** The bins of one key, a cache line: what a prediction reads. */
struct mdci_diffusion_bins {
    int32_t of[MDCI_DIFFUSION_BINS]; /* d in 2^-16, * 512 + observations */
};

/** What stands behind them. */
struct mdci_diffusion_sums {
    struct mdci_diffusion_stats of[MDCI_DIFFUSION_BINS];
};

/** One step's place, from predict to update. */
struct mdci_diffusion_step {
    int32_t *bin; /* the one that learns */
    struct mdci_diffusion_stats *stats;
    int32_t *length;  /* in 2^-22, without the first length */
    int32_t d;        /* in 2^-16 */
    unsigned nearest; /* its number */
    int32_t p;        /* what came in, 22 bits */
    int32_t variance;
};

/** Where a logit lies between the bins. */
struct mdci_diffusion_place {
    unsigned bin;     /* the lower of two, 0..14 */
    int32_t fraction; /* 0..256 towards the upper */
    int32_t variance; /* p (1 - p) of the mixed p, 22 bits */
};

/** \param p  the mixed probability, 22 bits; \param logit  of it */
MDCI_KERNEL struct mdci_diffusion_place mdci_diffusion_locate(int32_t logit,
                                                              int32_t p)
{
    struct mdci_diffusion_place place;
    const int32_t x = mdci_clamp(logit, -1920, 1919) + 1920;
    place.bin = (unsigned)x >> 8;
    place.fraction = x & 255;
    place.variance = (int32_t)((int64_t)p * (4194304 - p) >> 22);
    return place;
}

/** Corrects p (22 bits) by one step and notes what the update needs.
 *  \param length  of the step; 0 at first
 *  \return 64..2^22 - 64 */
MDCI_KERNEL int32_t mdci_diffusion_predict(struct mdci_diffusion_step *step,
                                           struct mdci_diffusion_bins *bins,
                                           struct mdci_diffusion_sums *sums,
                                           int32_t *length,
                                           struct mdci_diffusion_place place,
                                           int32_t p)
{
    const int64_t low = bins->of[place.bin];
    const int64_t high = bins->of[place.bin + 1];
    step->nearest = place.bin + (unsigned)(place.fraction >> 7);
    step->bin = &bins->of[step->nearest];
    step->stats = &sums->of[step->nearest];
    MDCI_PREFETCH(step->stats);
    step->p = p;
    step->variance = place.variance;
    /* 512 units of a correction, 256 of a bin; the observations below are
     * noise. 2^31 * 2^8 * 2^20 fits. */
    const int64_t d = low * 256 + (high - low) * place.fraction;
    step->d = (int32_t)mdci_sar64(d, 9 + 8);
    step->length = length;
    const int64_t whole =
        mdci_clamp64(p + mdci_sar64(d * place.variance, 16 + 9 + 8),
                     MDCI_DIFFUSION_P_MIN, 4194304 - MDCI_DIFFUSION_P_MIN);
    return p + (int32_t)mdci_sar64(
                   (whole - p) * (*length + MDCI_DIFFUSION_LENGTH), 22);
}

/** An approximate 2^(22 - e) / x for the shift e that it finds. */
MDCI_KERNEL uint32_t mdci_diffusion_inverse(uint32_t x, unsigned *e)
{
    const unsigned top = mdci_log2_floor(x);
    *e = top > 9 ? top - 9 : 0;
    return mdci_inverse[((uint64_t)x + ((1u << *e) >> 1)) >> *e];
}

/** The correction that a bin's sums stand for, in 2^-16. */
MDCI_KERNEL int32_t mdci_diffusion_correction(struct mdci_diffusion_stats s,
                                              unsigned bin)
{
    const uint32_t centre = mdci_diffusion_centre[bin] * MDCI_DIFFUSION_PSEUDO;
    const uint32_t squares = s.squares + centre;
    unsigned e;
    const int64_t inverse = mdci_diffusion_inverse(s.variance + centre, &e);
    const int64_t mean = mdci_sar64(s.errors * inverse, 4 + e);
    /* SNR / 2 = errors^2 / (2 squares), brought to the unit of squares. */
    const uint64_t signal = (uint64_t)((int64_t)s.errors * s.errors) >> 19;
    if (signal >= squares)
        return mdci_clamp64(mean, -4194303, 4194303);
    const uint64_t part = mdci_diffusion_inverse(squares, &e);
    const int64_t shrink = (int64_t)(signal * part >> (6 + e));
    return mdci_clamp64(mdci_sar64(mean * shrink, 16), -4194303, 4194303);
}

/** Lets the step learn the bit that was coded. The bin's correction is fitted
 *  anew at every observation while they are few, later at every eighth.
 *  \param last  what the last step gave, 22 bits */
MDCI_KERNEL void mdci_diffusion_update(const struct mdci_diffusion_step *step,
                                       int bit, int32_t last)
{
    /* 2^22 * 2^23; a length stays within 0 and 1. */
    const int64_t slope = (int64_t)((bit ? 4194303 : 0) - last) * step->d;
    *step->length = mdci_clamp64(
        *step->length + mdci_sar64(slope + (1 << (MDCI_DIFFUSION_RATE - 1)),
                                   MDCI_DIFFUSION_RATE),
        -MDCI_DIFFUSION_LENGTH, 4194304 - MDCI_DIFFUSION_LENGTH);
    int32_t *bin = step->bin;
    struct mdci_diffusion_stats *s = step->stats;
    /* |error| < 2^20, its square / 2^18 < 2^22, and at most 511 are summed. */
    const int32_t error = (bit ? 1 << 20 : 0) - mdci_sar(step->p, 2);
    const int32_t observed = *bin + 1;
    unsigned count = (unsigned)observed & 511;
    s->errors += error;
    s->squares += (uint32_t)((uint64_t)((int64_t)error * error) >> 18);
    s->variance += (uint32_t)step->variance;
    if (count > MDCI_DIFFUSION_OFTEN && count % MDCI_DIFFUSION_EVERY != 0) {
        *bin = observed;
        return;
    }
    if (count > MDCI_DIFFUSION_LIMIT) {
        count /= 2;
        s->errors /= 2;
        s->squares /= 2;
        s->variance /= 2;
    }
    *bin = mdci_diffusion_correction(*s, step->nearest) * 512 + (int32_t)count;
}

#endif
