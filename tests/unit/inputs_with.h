/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_with.h
 * \brief Runs the functions of inputs.h; a translation unit defines
 *        INPUTS_WITH, the name to export, and includes this once.
 */
#include <string.h>

#include "models/inputs.h"
#include "tests/unit/inputs_results.h"

MDCI_KERNEL void run(struct inputs_results *r, const unsigned n,
                     const unsigned sets)
{
    struct inputs_case *c = &r->after;
    struct mdci_inputs in;
    mdci_counter *at[32];
    int16_t *weights[8];
    for (unsigned i = 0; i < 32; i++)
        at[i] = &c->counter[i];
    for (unsigned k = 0; k < 8; k++)
        weights[k] = c->weights[k];
    mdci_inputs_load(&in, at, n);
    mdci_inputs_dot(&in, weights, r->logit, n, sets);
    r->sum = mdci_logits_sum(r->logit, c->final_weights, sets);
    for (unsigned k = 0; k < sets; k++)
        mdci_inputs_train(&in, weights[k], c->error, n);
    mdci_logits_train(r->logit, c->final_weights, c->final_error, sets);
    mdci_inputs_update(&in, at, c->bit, n);
}

void INPUTS_WITH(const struct inputs_case *given,
                 struct inputs_results *results, unsigned inputs, unsigned sets)
{
    memset(results, 0, sizeof *results);
    results->after = *given;
#define SETS(n, k)                                                             \
    case n * 16 + k:                                                           \
        run(results, n, k);                                                    \
        break;
#if defined(INPUTS_FEW)
#define INPUTS(n) SETS(n, 3) SETS(n, 8)
#else
#define INPUTS(n)                                                              \
    SETS(n, 1)                                                                 \
    SETS(n, 2)                                                                 \
    SETS(n, 3) SETS(n, 4) SETS(n, 5) SETS(n, 6) SETS(n, 7) SETS(n, 8)
#endif
    switch (inputs * 16 + sets) {
        INPUTS(8)
        INPUTS(16)
        INPUTS(24)
        INPUTS(32)
    }
}
