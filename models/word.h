/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file word.h
 * \brief Words: the current one as far as it goes, and the two before.
 */
#ifndef MDCI_WORD_H
#define MDCI_WORD_H

#include "models/character.h"
#include "models/context.h"
#include "models/integer.h"

struct mdci_word {
    uint32_t current;  /* hash of the word so far, 0 between words */
    uint32_t previous; /* of the last complete word */
    uint32_t before;   /* of the one before that */
};

MDCI_KERNEL void mdci_word_keys(uint64_t *key, const struct mdci_word *w,
                                uint64_t last8)
{
    const uint64_t current = (uint64_t)w->current << 32;
    key[MDCI_CONTEXT_WORD] = (uint64_t)w->current << 8 | (last8 & 0xFF);
    key[MDCI_CONTEXT_WORD2] = current | w->previous;
    key[MDCI_CONTEXT_WORD3] = current | (w->previous * 0x2F0B4C47u + w->before);
}

/** Takes in the byte that was coded. */
MDCI_KERNEL void mdci_word_update(struct mdci_word *w, uint32_t byte)
{
    if (mdci_is_alnum(byte)) {
        w->current = (w->current + byte + 1) * 0x3D4D51CBu;
    } else if (w->current) {
        w->before = w->previous;
        w->previous = w->current;
        w->current = 0;
    }
}

#endif
