/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file refine.h
 * \brief The last stage before the coder: steps that correct the mixed
 *        probability, each by what came under a context of its own. The steps
 *        are micro-diffusion's; a shape may name APMs instead, or leave steps
 *        out, to show what they are worth.
 */
#ifndef MDCI_REFINE_H
#define MDCI_REFINE_H

#include "models/apm.h"
#include "models/microdiffusion.h"
#include "models/model_set.h"

/** A step's memory: one row of it a key. */
union mdci_refine_row {
    struct mdci_diffusion_row diffusion;
    struct mdci_apm_row apm;
};

/** What a prediction leaves for its update. */
struct mdci_refine {
    union mdci_refine_row *row[MDCI_REFINE_STEPS];
    struct mdci_diffusion_step step[MDCI_REFINE_STEPS];
    unsigned bin[MDCI_REFINE_STEPS];
};

/** Corrects a probability; the mean of it and of all steps' results is sent.
 *  \param r      its rows are set by the caller
 *  \param logit  of the mixed probability p (16 bits)
 *  \return 22 bits, never certain: mixed is not */
MDCI_KERNEL uint32_t mdci_refine_predict(struct mdci_refine *r, int32_t logit,
                                         uint32_t mixed,
                                         const struct mdci_shape *const shape)
{
    int32_t p = (int32_t)(mixed << 6), sum = p, n = 1; /* n is constant */
    const struct mdci_diffusion_place place = mdci_diffusion_locate(logit, p);
    MDCI_UNROLL
    for (int k = 0; k < MDCI_REFINE_STEPS; k++) {
        if (!(shape->steps >> k & 1))
            continue;
        if (shape->apm)
            p = mdci_apm_predict(&r->row[k]->apm, logit, &r->bin[k]);
        else
            p = mdci_diffusion_predict(&r->step[k], &r->row[k]->diffusion,
                                       place, p);
        sum += p;
        n++;
    }
    return (uint32_t)(sum / n);
}

/** Lets the steps learn the bit that was coded. */
MDCI_KERNEL void mdci_refine_update(struct mdci_refine *r, int bit,
                                    const struct mdci_shape *const shape)
{
    MDCI_UNROLL
    for (int k = 0; k < MDCI_REFINE_STEPS; k++) {
        if (!(shape->steps >> k & 1))
            continue;
        if (shape->apm)
            mdci_apm_update(&r->row[k]->apm, r->bin[k], bit);
        else
            mdci_diffusion_update(&r->step[k], bit);
    }
}

#endif
