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

/** A key's memory but for the bins. */
union mdci_refine_row {
    struct mdci_diffusion_sums diffusion;
    struct mdci_apm_row apm;
};

/** A step's memory. Bins lie apart, so that those of keys that follow each
 *  other are neighbours and can be fetched early. */
struct mdci_refine_table {
    struct mdci_diffusion_bins *bins; /* [keys] */
    union mdci_refine_row *rows;      /* [keys] */
};

/** What a prediction leaves for its update. */
struct mdci_refine {
    struct mdci_diffusion_bins *bins[MDCI_REFINE_STEPS];
    union mdci_refine_row *row[MDCI_REFINE_STEPS];
    struct mdci_diffusion_step step[MDCI_REFINE_STEPS];
    unsigned bin[MDCI_REFINE_STEPS];
    int32_t *lengths; /* [steps], of micro-diffusion */
    int32_t p;        /* what came out */
};

/** Chooses a step's key. */
MDCI_KERNEL void mdci_refine_choose(struct mdci_refine *r, unsigned step,
                                    struct mdci_refine_table table, size_t key)
{
    r->bins[step] = table.bins + key;
    r->row[step] = table.rows + key;
}

/** Fetches the bins of an even key and the one behind it. */
MDCI_KERNEL void mdci_refine_fetch(struct mdci_refine_table table, size_t key)
{
    MDCI_PREFETCH(table.bins + key);
    MDCI_PREFETCH(table.bins + key + 1);
}

/** Corrects a probability: by one step after the other, or to the mean of it
 *  and all APMs.
 *  \param r      its keys and lengths are chosen
 *  \param logit  of the mixed probability (16 bits)
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
        if (shape->apm) {
            sum += mdci_apm_predict(&r->row[k]->apm, logit, &r->bin[k]);
            n++;
        } else {
            p = mdci_diffusion_predict(&r->step[k], r->bins[k],
                                       &r->row[k]->diffusion, r->lengths + k,
                                       place, p);
        }
    }
    r->p = shape->apm ? sum / n : p;
    return (uint32_t)r->p;
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
            mdci_diffusion_update(&r->step[k], bit, r->p);
    }
}

#endif
