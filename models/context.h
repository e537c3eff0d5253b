/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file context.h
 * \brief The contexts by number. The models fill in a key for each, and a
 *        model set says which it uses. Numbers are wire format.
 */
#ifndef MDCI_CONTEXT_H
#define MDCI_CONTEXT_H

#include <stdint.h>

#include "src/base/compiler.h"

enum mdci_context {
    /* ppm.h */
    MDCI_CONTEXT_ORDER1,
    MDCI_CONTEXT_ORDER2,
    MDCI_CONTEXT_ORDER3,
    MDCI_CONTEXT_ORDER4,
    /* highctx.h */
    MDCI_CONTEXT_ORDER5,
    MDCI_CONTEXT_ORDER6,
    MDCI_CONTEXT_ORDER8,
    MDCI_CONTEXT_SKIP1,   /* bytes 2 and 3 back */
    MDCI_CONTEXT_SKIP2,   /* six bytes but the third */
    MDCI_CONTEXT_BLURRED, /* high halves of four bytes */
    /* word.h */
    MDCI_CONTEXT_WORD,
    MDCI_CONTEXT_WORD2,
    MDCI_CONTEXT_WORD3,
    /* match.h */
    MDCI_CONTEXT_MATCH_SHORT, /* expected byte and length, last byte */
    MDCI_CONTEXT_MATCH_LONG,  /* the same, last two bytes */
    /* line.h */
    MDCI_CONTEXT_FIELD,          /* number and text of the field so far */
    MDCI_CONTEXT_SKELETON_FIELD, /* line skeleton, text of the field */
    MDCI_CONTEXT_SKELETON_PLACE, /* line skeleton, place in the field */
    MDCI_CONTEXT_FIELD_HISTORY,  /* the same field's value a line before */
    MDCI_CONTEXT_FIELD_PAIR,     /* the same before, text so far */
    MDCI_CONTEXT_LINE_START,     /* first two fields, text so far */
    MDCI_CONTEXT_ABOVE,          /* byte in the column above */
    MDCI_CONTEXT_WORD_ABOVE,
    MDCI_CONTEXT_SAME_PLACE, /* after the same skeleton: two bytes */
    MDCI_CONTEXT_SAME_PLACE_FIELD,
    MDCI_CONTEXT_TWO_PLACES,   /* by field number and by skeleton */
    MDCI_CONTEXT_EXPECTATIONS, /* all expected bytes together */
    MDCI_CONTEXT_CLASSES,      /* kinds of the last six bytes */
    /* field.h; A, B, K: a slot's names. All but the last know the text of the
     * field so far. */
    MDCI_CONTEXT_A,
    MDCI_CONTEXT_A_BEFORE,     /* field before */
    MDCI_CONTEXT_A_BEFORE2,    /* two fields before */
    MDCI_CONTEXT_A_LAST,       /* last value */
    MDCI_CONTEXT_A_LAST2,      /* last two values */
    MDCI_CONTEXT_A_ABOVE,      /* value above */
    MDCI_CONTEXT_B,
    MDCI_CONTEXT_B_BEFORE,
    MDCI_CONTEXT_K,
    MDCI_CONTEXT_K_BEFORE,
    MDCI_CONTEXT_K_LAST,
    MDCI_CONTEXT_LINE_FIELD,   /* line above's skeleton, field before */
    MDCI_CONTEXT_WORD_KEY,     /* words, key word and column */
    MDCI_CONTEXT_CANDIDATE,    /* the value that was refused */
    MDCI_CONTEXT_A_BYTES,      /* bytes of the last value from here */
    MDCI_CONTEXT_B_BYTES,
    MDCI_CONTEXT_A_DIGITS,     /* difference to the last number so far */
    MDCI_CONTEXT_B_DIGITS,
    MDCI_CONTEXT_VALUES,       /* bytes of what predictors say */
    MDCI_CONTEXT_MORE_VALUES,
    MDCI_CONTEXTS
};

#endif
