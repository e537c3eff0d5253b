/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_account.h
 * \brief What the coders of points note of where bits went; without
 *        MDCI_ACCOUNT, nothing.
 *
 * WAY: on no point. NOTE: on point i of the part at hand, for `size` bytes.
 * OFF: a coordinate that was expected at `told`, in 2^-40 m, is `bits`. FACTS:
 * a function of lidar_facts.h and its arguments. PART: records of `each` bytes
 * begin at `at` of the chunk.
 */
#ifndef MDCI_LIDAR_ACCOUNT_H
#define MDCI_LIDAR_ACCOUNT_H

#include "codecs/lidar/lidar_bits.h"
#include "src/base/account.h"

#ifdef MDCI_ACCOUNT

MDCI_KERNEL void mdci_lidar_note_off(struct mdci_account *a, int64_t told,
                                     uint32_t bits)
{
    const int64_t micron = 1099512; /* in 2^-40 m */
    const int64_t off = mdci_lidar_fixed(bits, 40) - told;
    unsigned bin = 1;
    for (int64_t size = (off < 0 ? -off : off) / micron;
         size > 0 && bin + 1 < MDCI_OFFS; size /= 10)
        bin++;
    a->off[bits == mdci_lidar_from_fixed(told, 40) ? 0 : bin]++;
}

MDCI_KERNEL void mdci_lidar_note_part(struct mdci_account *a, size_t at,
                                      size_t each)
{
    if (a->each == 0)
        a->first = a->base + at;
    a->each = each;
    a->part = a->base + at;
    mdci_account_way(a, MDCI_WAY_MODEL);
}

#define MDCI_LIDAR_WAY(rc, way)                                                \
    ((rc)->account ? mdci_account_way((rc)->account, way) : (void)0)
#define MDCI_LIDAR_NOTE(rc, i, size, way)                                      \
    ((rc)->account ? mdci_account_note((rc)->account,                          \
                                       (rc)->account->part +                   \
                                           (size_t)(i) * (rc)->account->each,  \
                                       size, way)                              \
                   : (void)0)
#define MDCI_LIDAR_OFF(rc, told, bits)                                         \
    ((rc)->account ? mdci_lidar_note_off((rc)->account, told, bits) : (void)0)
#define MDCI_LIDAR_FACTS(rc, facts, p, with)                                   \
    ((rc)->account ? facts((rc)->account, p, with) : (void)0)
#define MDCI_LIDAR_PART(rc, at, each)                                          \
    ((rc)->account ? mdci_lidar_note_part((rc)->account, at, each) : (void)0)
#else
#define MDCI_LIDAR_WAY(rc, way)              ((void)0)
#define MDCI_LIDAR_NOTE(rc, i, size, way)    ((void)(i))
#define MDCI_LIDAR_OFF(rc, told, bits)       ((void)(told))
#define MDCI_LIDAR_FACTS(rc, facts, p, with) ((void)0)
#define MDCI_LIDAR_PART(rc, at, each)        ((void)0)
#endif

#endif
