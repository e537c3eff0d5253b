/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file flag.h
 * \brief The field flag: of the values predicted for a field the likeliest is
 *        chosen, and one decision says whether it is the field. Asked where
 *        the answer is probably yes, it takes the place of all the field's
 *        bits.
 */
#ifndef MDCI_FLAG_H
#define MDCI_FLAG_H

#include "models/mixer.h"
#include "models/predictor.h"
#include "models/refine.h"

#define MDCI_FLAG_CONTEXTS 8
#define MDCI_FLAG_INPUTS   24
#define MDCI_FLAG_ROW      32 /* weights, padding included */
#define MDCI_FLAG_SETS     3
#define MDCI_FLAG_KEYS     1024 /* of a weight set, and of a step */
#define MDCI_FLAG_STEPS    2
#define MDCI_FLAG_RATE     32

/** What the flag knows, but for the hashed contexts. */
struct mdci_flag_state {
    int16_t
        weights[MDCI_FLAG_SETS][MDCI_FLAG_KEYS][MDCI_FLAG_ROW] MDCI_ALIGNED(32);
    int32_t final_weights[MDCI_PREDICTORS][8] MDCI_ALIGNED(32);
    /* [predictor][no value, says so, says no; 16 histories] */
    mdci_counter direct[MDCI_PREDICTORS][48];
    int32_t lengths[MDCI_FLAG_STEPS];
    struct mdci_diffusion_bins
        bins[MDCI_FLAG_STEPS][MDCI_FLAG_KEYS] MDCI_ALIGNED(64);
    struct mdci_diffusion_sums sums[MDCI_FLAG_STEPS][MDCI_FLAG_KEYS];
};

/** One field's decision, from prediction to update. */
struct mdci_flag {
    unsigned best; /* the predictor whose value is asked */
    uint32_t hash; /* of the value */
    uint32_t size; /* 0: there is none */
    uint32_t p;    /* 22 bits */
    mdci_counter *at[MDCI_FLAG_INPUTS];
    struct mdci_inputs in;
    struct mdci_mix mix;
    struct mdci_diffusion_step step[MDCI_FLAG_STEPS];
};

/** Chooses the value. \return how many predictors agree on it */
MDCI_KERNEL unsigned mdci_flag_choose(struct mdci_flag *x,
                                      const struct mdci_flag_state *s,
                                      const struct mdci_values *v)
{
    /* Of each group, how likely its best predictor is wrong, and which. */
    uint32_t best[MDCI_PREDICTORS], agree[MDCI_PREDICTORS];
    x->size = x->best = 0;
    if (!v->groups)
        return 0;
    for (unsigned g = 0; g < v->groups; g++) {
        best[g] = ~(uint32_t)0;
        agree[g] = 0;
    }
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++) {
        if (!v->size[e])
            continue;
        const unsigned g = v->group[e];
        const uint32_t misses =
            65536 - mdci_counter_p(s->direct[e][16 + v->hits[e]]);
        const uint32_t own = misses * MDCI_PREDICTORS + e;
        best[g] = own < best[g] ? own : best[g];
        agree[g]++;
    }
    unsigned chosen = 0;
    for (unsigned g = 1; g < v->groups; g++)
        if (best[g] / MDCI_PREDICTORS * (32 - agree[g]) <
            best[chosen] / MDCI_PREDICTORS * (32 - agree[chosen]))
            chosen = g;
    x->best = best[chosen] % MDCI_PREDICTORS;
    x->size = v->size[x->best];
    x->hash = v->group_hash[chosen];
    return agree[chosen];
}

/** Tells how likely the chosen value is; x->size is 0 without one. */
MDCI_KERNEL void
mdci_flag_predict(struct mdci_flag *x, struct mdci_flag_state *s,
                  mdci_counter *table, unsigned bits,
                  const struct mdci_values *v, const struct mdci_field *f,
                  const struct mdci_field_slot *slot, uint64_t last8)
{
    const unsigned agree = mdci_flag_choose(x, s, v);
    if (!x->size)
        return;
    const uint32_t a = f->name[0], value = x->hash, past = f->asked;
    const uint32_t key[MDCI_FLAG_CONTEXTS] = {
        mdci_hash2(a, value),
        mdci_hash2(a, f->before[0]),
        mdci_hash2(a, past & 63),
        mdci_hash2(f->name[2], value),
        mdci_hash3(a, past & 3, x->best * 17 + agree),
        mdci_hash3(f->before[0], f->before[1], value),
        mdci_hash3(f->line[0], f->line[1], f->index),
        mdci_hash2((uint32_t)last8, value)};
    for (unsigned k = 0; k < MDCI_FLAG_CONTEXTS; k++) {
        x->at[k] = table + ((size_t)k << bits) +
                   (mdci_mix32(key[k] + k) >> (32 - bits));
        MDCI_PREFETCH(x->at[k]);
    }
    const uint8_t chosen = v->group[x->best];
    uint8_t says[MDCI_PREDICTORS];
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++)
        says[e] = v->group[e] == chosen           ? 16 + v->hits[e]
                  : v->group[e] < MDCI_PREDICTORS ? 32 + v->hits[e]
                                                  : 0;
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++)
        x->at[MDCI_FLAG_CONTEXTS + e] = &s->direct[e][says[e]];
    const uint32_t place = f->index == 0   ? 0
                           : f->index < 4  ? 1
                           : f->index < 10 ? 2
                                           : 3;
    x->mix.weights[0] = s->weights[0][mdci_mix32(a) >> 22];
    x->mix.weights[1] = s->weights[1][x->best * 17 + agree];
    x->mix.weights[2] =
        s->weights[2][(past & 15) * 16 + (slot->kinds & 3) * 4 + place];
    x->mix.final_weights = s->final_weights[x->best];
    mdci_inputs_load(&x->in, x->at, MDCI_FLAG_INPUTS);
    mdci_mix_predict(&x->mix, &x->in, MDCI_FLAG_INPUTS, MDCI_FLAG_SETS);

    int32_t p = (int32_t)(x->mix.final_p << 6);
    const struct mdci_diffusion_place where =
        mdci_diffusion_locate(x->mix.final_logit, p);
    const uint32_t row[MDCI_FLAG_STEPS] = {mdci_mix32(a + 1) >> 22,
                                           (x->best * 16 + (agree & 15)) * 4 +
                                               (past & 3)};
    for (unsigned k = 0; k < MDCI_FLAG_STEPS; k++)
        p = mdci_diffusion_predict(&x->step[k], &s->bins[k][row[k]],
                                   &s->sums[k][row[k]], &s->lengths[k], where,
                                   p);
    x->p = (uint32_t)p;
}

/** Learns whether the value was right. */
MDCI_KERNEL void mdci_flag_update(struct mdci_flag *x, int hit, int32_t rate)
{
    if (!x->size)
        return;
    mdci_mix_update(&x->mix, &x->in, hit, rate, MDCI_FLAG_INPUTS,
                    MDCI_FLAG_SETS);
    mdci_inputs_update(&x->in, x->at, hit, MDCI_FLAG_INPUTS);
    for (unsigned k = 0; k < MDCI_FLAG_STEPS; k++)
        mdci_diffusion_update(&x->step[k], hit, (int32_t)x->p);
}

#endif
