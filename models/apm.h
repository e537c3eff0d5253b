/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file apm.h
 * \brief An adaptive probability map: what micro-diffusion is measured against
 *        in its place. No level uses it.
 *
 * A row maps a logit to a probability, interpolated between bins; both bins
 * follow the bit. (M. Mahoney's APM, also known as SSE.)
 */
#ifndef MDCI_APM_H
#define MDCI_APM_H

#include "models/logistic.h"

#define MDCI_APM_BINS  33 /* logit -2048..2048 in steps of 128 */
#define MDCI_APM_LIMIT 255

/** Bins of one key: probability in 22 bits, * 1024 + observations. */
struct mdci_apm_row {
    uint32_t bin[MDCI_APM_BINS];
};

MDCI_KERNEL void mdci_apm_init(struct mdci_apm_row *row)
{
    for (int b = 0; b < MDCI_APM_BINS; b++)
        row->bin[b] = mdci_squash(mdci_clamp(b * 128 - 2048, -MDCI_STRETCH_MAX,
                                             MDCI_STRETCH_MAX))
                          << 16 |
                      6;
}

/** \param logit  -2047..2047; \param bin  out: the lower of the two bins
 *  \return probability in 22 bits */
MDCI_KERNEL int32_t mdci_apm_predict(const struct mdci_apm_row *row,
                                     int32_t logit, unsigned *bin)
{
    const unsigned x = (unsigned)(logit + 2048);
    const int64_t low = row->bin[x >> 7] >> 10;
    const int64_t high = row->bin[(x >> 7) + 1] >> 10;
    *bin = x >> 7;
    return (int32_t)(low + mdci_sar64((high - low) * (int64_t)(x & 127), 7));
}

MDCI_KERNEL void mdci_apm_update(struct mdci_apm_row *row, unsigned bin,
                                 int bit)
{
    for (unsigned b = bin; b < bin + 2; b++) {
        const uint32_t count = row->bin[b] & 1023;
        const int64_t p = row->bin[b] >> 10;
        const int64_t delta = (bit ? 4194303 : 0) - p;
        const int64_t moved =
            p + mdci_sar64(delta * (int64_t)mdci_inverse[count + 1], 22);
        row->bin[b] = (uint32_t)moved << 10 |
                      (count < MDCI_APM_LIMIT ? count + 1 : count);
    }
}

#endif
