/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file record.h
 * \brief Records of a fixed size, as binary data has them: which of their bytes
 *        stay as they were, and which are random.
 *
 * Both are cheap then: what stays takes one question, what is random two
 * counters a decision (novel.h), and no other model takes part. The size is
 * found on the way, from the bytes before.
 */
#ifndef MDCI_RECORD_H
#define MDCI_RECORD_H

#include <string.h>

#include "models/integer.h"
#include "models/novel.h"

#define MDCI_RECORD_MAX   64   /* bytes */
#define MDCI_RECORD_EVERY 4096 /* bytes from look to look, a power of two */
#define MDCI_RECORD_LOOK  1024 /* bytes that are looked at */
/* Of these, so many stay in what is made of records; in text they are fewer.
 * Once there are records, half of it will do. */
#define MDCI_RECORD_LEAST (MDCI_RECORD_LOOK * 3 / 16)
/* Another size must be better by so many. */
#define MDCI_RECORD_BETTER (MDCI_RECORD_LOOK / 16)
/* Of 65536: a byte that is asked for, and one that counts as random. */
#define MDCI_RECORD_STAYS  52000
#define MDCI_RECORD_RANDOM 43000
/* Decisions that say nothing, of eight; so many make a byte random. */
#define MDCI_RECORD_DULL 7
/* One random byte in so many, a power of two, is coded by all models, as they
 * may have become better at it. */
#define MDCI_RECORD_PROBE 32

struct mdci_record {
    uint32_t size;  /* 0: there are no records */
    uint32_t phase; /* place of the next byte in its record */
    uint32_t moved; /* 1: the byte before is not as in the record before */
    /* By place, and by that of the byte before, as bytes of a value change
     * together: how often a byte stayed, of 65536, and P(it stays), as in
     * novel.h. */
    uint16_t stays[MDCI_RECORD_MAX][2];
    uint32_t same[MDCI_RECORD_MAX][2];
    uint16_t random[MDCI_RECORD_MAX]; /* how often it was, of 65536 */
};

/** Bytes of the last ones that are as they were `size` before. */
MDCI_KERNEL uint32_t mdci_record_count(const uint8_t *block, uint32_t count,
                                       uint32_t size)
{
    const uint8_t *now = block + count - MDCI_RECORD_LOOK;
    uint32_t same = 0;
    for (uint32_t i = 0; i < MDCI_RECORD_LOOK; i++)
        same += now[i] == (now - size)[i];
    return same;
}

/** Finds the size of records: that by which most bytes stay. A larger size must
 *  be better by a sixteenth, as multiples of a size are as good as it. */
MDCI_OUTLINE void mdci_record_find(struct mdci_record *r, const uint8_t *block,
                                   uint32_t count)
{
    uint32_t best = 0, most = 0, now = 0;
    for (uint32_t size = 1; size <= MDCI_RECORD_MAX; size++) {
        const uint32_t same = mdci_record_count(block, count, size);
        if (size == r->size)
            now = same;
        if (same >= MDCI_RECORD_LEAST && same > most + most / 16) {
            best = size;
            most = same;
        }
    }
    if (best == r->size ||
        (now >= MDCI_RECORD_LEAST / 2 && most < now + MDCI_RECORD_BETTER))
        return;
    memset(r, 0, sizeof *r);
    r->size = best;
}

/** 22-bit P(the byte that stood here in the last record comes again), if that
 *  is worth a question; or else 0. */
MDCI_KERNEL int32_t mdci_record_stays(const struct mdci_record *r)
{
    return r->stays[r->phase][r->moved] >= MDCI_RECORD_STAYS
               ? mdci_novel_p(r->same[r->phase][r->moved])
               : 0;
}

/** 1 if the next byte is most probably a random one. */
MDCI_KERNEL int mdci_record_is_random(const struct mdci_record *r,
                                      uint32_t count)
{
    return r->size && r->random[r->phase] >= MDCI_RECORD_RANDOM &&
           count % MDCI_RECORD_PROBE != 0;
}

MDCI_KERNEL void mdci_record_learn(uint16_t *average, int came)
{
    *average =
        (uint16_t)(*average + mdci_sar((came ? 65535 : 0) - *average, 4));
}

/** Takes in a byte. \param dull  decisions of it that said nothing
 *  \param count  bytes coded so far, this one included */
MDCI_KERNEL void mdci_record_update(struct mdci_record *r, const uint8_t *block,
                                    uint32_t count, uint32_t dull)
{
    if (r->size) {
        const uint32_t at = count - 1;
        const int same = block[at] == block[at - r->size];
        uint32_t *p = &r->same[r->phase][r->moved];
        mdci_record_learn(&r->stays[r->phase][r->moved], same);
        *p = mdci_novel_learn(*p, same);
        r->moved = !same;
        mdci_record_learn(&r->random[r->phase], dull >= MDCI_RECORD_DULL);
        r->phase = r->phase + 1 == r->size ? 0 : r->phase + 1;
    }
    if (count % MDCI_RECORD_EVERY == 0)
        mdci_record_find(r, block, count);
}

#endif
