/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file compiler.h
 * \brief The only place for compiler extensions. Everything that uses these
 *        compiles as C11, C++17 and CUDA device code.
 */
#ifndef MDCI_COMPILER_H
#define MDCI_COMPILER_H

#if defined(__CUDACC__)
#define MDCI_DEVICE __host__ __device__
#else
#define MDCI_DEVICE
#endif

#if defined(__GNUC__)
/** A kernel: always inlined, so that constant arguments shape the code.
 *  MDCI_CALLS leaves it to the compiler: what sanitizers add to each copy
 *  would take it many minutes. */
#if defined(MDCI_CALLS)
#define MDCI_KERNEL static inline MDCI_DEVICE __attribute__((unused))
#else
#define MDCI_KERNEL                                                            \
    static inline MDCI_DEVICE __attribute__((always_inline, unused))
#endif
/** A kernel that is too large to be there more than once. */
#define MDCI_OUTLINE     static MDCI_DEVICE __attribute__((noinline, unused))
#define MDCI_RESTRICT    __restrict__
#define MDCI_NOINLINE    __attribute__((noinline))
#define MDCI_PREFETCH(p) __builtin_prefetch(p)
#define MDCI_LIKELY(x)   __builtin_expect(!!(x), 1)
#define MDCI_ALIGNED(n)  __attribute__((aligned(n)))
#else
#define MDCI_KERNEL  static inline MDCI_DEVICE
#define MDCI_OUTLINE static inline MDCI_DEVICE
#define MDCI_RESTRICT
#define MDCI_NOINLINE
#define MDCI_PREFETCH(p) ((void)(p))
#define MDCI_LIKELY(x)   (x)
#define MDCI_ALIGNED(n)
#endif

/** Unrolls the next loop where the compiler lets us ask. */
#if defined(__GNUC__)
#define MDCI_UNROLL _Pragma("GCC unroll 32")
#else
#define MDCI_UNROLL
#endif

#endif
