/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file variants.c
 * \brief Which kernels this machine runs.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "models/variants.h"

enum mdci_kernels mdci_kernels_choose(enum mdci_kernels wanted)
{
#ifdef MDCI_BUILD_AVX512
    /* Processors before VBMI2 lower their clock for 512 bits. */
    if (wanted >= MDCI_KERNELS_AVX512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2"))
        return MDCI_KERNELS_AVX512;
#endif
#ifdef MDCI_BUILD_AVX2
    if (wanted >= MDCI_KERNELS_AVX2 && __builtin_cpu_supports("avx2") &&
        __builtin_cpu_supports("bmi2"))
        return MDCI_KERNELS_AVX2;
#endif
#ifdef MDCI_BUILD_NEON
    if (wanted >= MDCI_KERNELS_NEON)
        return MDCI_KERNELS_NEON;
#endif
    (void)wanted;
    return MDCI_KERNELS_SCALAR;
}

mdci_variant_fn *const *mdci_kernels_variants(enum mdci_kernels wanted)
{
    switch (mdci_kernels_choose(wanted)) {
#ifdef MDCI_BUILD_AVX512
    case MDCI_KERNELS_AVX512:
        return mdci_variants_avx512;
#endif
#ifdef MDCI_BUILD_AVX2
    case MDCI_KERNELS_AVX2:
        return mdci_variants_avx2;
#endif
#ifdef MDCI_BUILD_NEON
    case MDCI_KERNELS_NEON:
        return mdci_variants_neon;
#endif
    default:
        return mdci_variants_scalar;
    }
}

mdci_learner_fn *const *mdci_kernels_learners(enum mdci_kernels wanted)
{
#ifdef MDCI_BUILD_AVX2
    if (mdci_kernels_choose(wanted) >= MDCI_KERNELS_AVX2)
        return mdci_learners_avx2;
#endif
    (void)wanted;
    return mdci_learners_scalar;
}
