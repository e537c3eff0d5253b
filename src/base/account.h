/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file account.h
 * \brief Where the bits of a payload went, for reports.
 *
 * Where MDCI_ACCOUNT is defined and the range coder has an account, the coder
 * adds what every decision costs to what is spent, and notes say what it was
 * spent on. Where it is not defined, neither leaves a trace in the code.
 */
#ifndef MDCI_ACCOUNT_H
#define MDCI_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/compiler.h"

/** What bits are spent on. */
enum mdci_way {
    MDCI_WAY_PAYLOAD, /**< all that no codec tells apart */
    MDCI_WAY_STORED,
    MDCI_WAY_FIELD,   /**< fields that came as predicted */
    MDCI_WAY_REFUSED, /**< asking for fields that did not */
    MDCI_WAY_MATCH,   /**< bytes that came as a match said */
    MDCI_WAY_SPELL,   /**< bytes, spelled */
    MDCI_WAY_TEXTS,   /**< of logs: new values and bare lines */
    MDCI_WAY_STRUCTURE,
    MDCI_WAY_ROWS,
    MDCI_WAY_NOISE,
    MDCI_WAY_MODEL, /**< of points: parameters of the sensor and its way */
    MDCI_WAY_AZIMUTHS,
    MDCI_WAY_RANGES,
    MDCI_WAY_GLEAM,
    MDCI_WAY_X, /**< what the model leaves of coordinates */
    MDCI_WAY_Y,
    MDCI_WAY_Z,
    MDCI_WAY_COLUMNS, /**< other than these */
    MDCI_WAYS
};

/** What is told of a sensor's model. */
struct mdci_fact {
    const char *name; /**< with the unit of value; static storage */
    const char *text; /**< not NULL: a sensor's model of this name begins, whose
                           points are the value */
    uint64_t value;
};

enum {
    MDCI_FACTS = 64,
    MDCI_OFFS = 8 /**< none; below 1 micron, ten times that, and so on; 10 cm or
                       more */
};

/** Accounts of one chunk. Costs are in 1/256 bits. */
struct mdci_account {
    uint32_t *cost; /**< of each byte of the chunk, what was noted at it */
    size_t base;    /**< place of the chunk's first byte in notes */
    int placed;     /**< 1: the codec notes at bytes */
    uint64_t spent; /**< 1/65536 bits since the last note */
    uint64_t way[MDCI_WAYS];
    uint64_t bytes[MDCI_WAYS]; /**< plain bytes that they stand for */

    /* Of points. */
    size_t first;            /**< place of the first record in notes */
    size_t each;             /**< bytes of a record; 0: there are none */
    size_t part;             /**< of the records at hand, the first's place */
    uint64_t off[MDCI_OFFS]; /**< coordinates, by how far they are from where
                                  they were expected */
    struct mdci_fact fact[MDCI_FACTS];
    unsigned facts;
};

/** Notes what was spent: on `size` bytes from `at` on. */
static inline void mdci_account_note(struct mdci_account *a, size_t at,
                                     size_t size, enum mdci_way way)
{
    const uint64_t cost = a->spent >> 8;
    a->spent &= 255;
    a->way[way] += cost;
    a->bytes[way] += size;
    a->cost[at - a->base] += (uint32_t)cost;
}

/** Notes what was spent on no bytes in particular. */
static inline void mdci_account_way(struct mdci_account *a, enum mdci_way way)
{
    a->way[way] += a->spent >> 8;
    a->spent &= 255;
}

/** Adds a fact, if there is room. */
static inline void mdci_account_fact(struct mdci_account *a, const char *name,
                                     const char *text, uint64_t value)
{
    if (a->facts < MDCI_FACTS)
        a->fact[a->facts++] = (struct mdci_fact){name, text, value};
}

/** Notes what a whole part of a payload takes. */
static inline void mdci_account_part(struct mdci_account *a, size_t packed,
                                     size_t size, enum mdci_way way)
{
    a->way[way] += (uint64_t)packed * 8 * 256;
    a->bytes[way] += size;
}

/** -log2(p / 2^22) in 1/65536, p in 1..2^22. */
static inline uint32_t mdci_account_cost(uint32_t p)
{
    unsigned top = 0;
    uint64_t x = p;
    uint32_t log = 0;
    while (p >> top > 1)
        top++;
    x <<= 31 - top;
    for (unsigned i = 16; i-- > 0;) {
        x = x * x >> 31;
        log |= (uint32_t)(x >> 32) << i;
        x >>= x >> 32;
    }
    return (22u << 16) - (top << 16 | log);
}

#ifdef MDCI_ACCOUNT
#define MDCI_SPEND(rc, p)                                                      \
    ((rc)->account ? (void)((rc)->account->spent += mdci_account_cost(p))      \
                   : (void)0)
#define MDCI_NOTE(rc, at, size, way)                                           \
    ((rc)->account ? mdci_account_note((rc)->account, at, size, way) : (void)0)
#else
#define MDCI_SPEND(rc, p)            ((void)0)
#define MDCI_NOTE(rc, at, size, way) ((void)(at))
#endif

#endif
