/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file model_set.c
 * \brief The rows. Every number here changes what is written: a change raises
 *        the epoch.
 */
#include <stddef.h>

#include "models/model_set.h"

#define CONTEXTS_SMALL                                                         \
    MDCI_CONTEXT_ORDER3, MDCI_CONTEXT_ORDER6, MDCI_CONTEXT_WORD,               \
        MDCI_CONTEXT_FIELD_HISTORY, MDCI_CONTEXT_SAME_PLACE_FIELD,             \
        MDCI_CONTEXT_MATCH_SHORT
#define CONTEXTS_MIDDLE                                                        \
    MDCI_CONTEXT_ORDER3, MDCI_CONTEXT_ORDER4, MDCI_CONTEXT_ORDER6,             \
        MDCI_CONTEXT_WORD, MDCI_CONTEXT_WORD2, MDCI_CONTEXT_FIELD,             \
        MDCI_CONTEXT_SKELETON_PLACE, MDCI_CONTEXT_FIELD_HISTORY,               \
        MDCI_CONTEXT_CLASSES, MDCI_CONTEXT_MATCH_SHORT,                        \
        MDCI_CONTEXT_SAME_PLACE, MDCI_CONTEXT_SAME_PLACE_FIELD
#define CONTEXTS_LARGE                                                         \
    MDCI_CONTEXT_ORDER2, MDCI_CONTEXT_ORDER3, MDCI_CONTEXT_ORDER4,             \
        MDCI_CONTEXT_ORDER6, MDCI_CONTEXT_WORD, MDCI_CONTEXT_WORD2,            \
        MDCI_CONTEXT_FIELD, MDCI_CONTEXT_ABOVE, MDCI_CONTEXT_SKELETON_PLACE,   \
        MDCI_CONTEXT_FIELD_HISTORY, MDCI_CONTEXT_CLASSES,                      \
        MDCI_CONTEXT_MATCH_SHORT, MDCI_CONTEXT_SAME_PLACE,                     \
        MDCI_CONTEXT_SAME_PLACE_FIELD, MDCI_CONTEXT_WORD3,                     \
        MDCI_CONTEXT_LINE_START, MDCI_CONTEXT_MATCH_LONG,                      \
        MDCI_CONTEXT_EXPECTATIONS, MDCI_CONTEXT_WORD_ABOVE, MDCI_CONTEXT_SKIP1
#define SELECTORS_SMALL                                                        \
    MDCI_SELECT_FIELD, MDCI_SELECT_EXPECTED, MDCI_SELECT_CLASSES
#define SELECTORS_ALL                                                          \
    MDCI_SELECT_MATCH, MDCI_SELECT_NODE, MDCI_SELECT_FIELD, MDCI_SELECT_BYTE,  \
        MDCI_SELECT_EXPECTED, MDCI_SELECT_CLASSES, MDCI_SELECT_BYTE2,          \
        MDCI_SELECT_ORDER

static const struct mdci_model_set rows[] = {
    {4,
     0,
     6,
     3,
     17,
     18,
     5,
     12,
     20,
     246,
     24,
     5,
     {CONTEXTS_SMALL},
     {SELECTORS_SMALL}},
    {5,
     1,
     6,
     3,
     17,
     18,
     5,
     12,
     0,
     246,
     24,
     5,
     {CONTEXTS_SMALL},
     {SELECTORS_SMALL}},
    {6,
     2,
     12,
     3,
     17,
     18,
     5,
     12,
     0,
     204,
     24,
     5,
     {CONTEXTS_MIDDLE},
     {SELECTORS_SMALL}},
    {7,
     2,
     12,
     3,
     18,
     20,
     5,
     12,
     0,
     204,
     24,
     5,
     {CONTEXTS_MIDDLE},
     {SELECTORS_SMALL}},
    {8,
     3,
     20,
     8,
     18,
     20,
     5,
     12,
     0,
     140,
     24,
     5,
     {CONTEXTS_LARGE},
     {SELECTORS_ALL}},
    {9,
     3,
     20,
     8,
     20,
     20,
     5,
     12,
     0,
     140,
     24,
     5,
     {CONTEXTS_LARGE},
     {SELECTORS_ALL}},
};

const struct mdci_model_set *mdci_model_set_row(unsigned row)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].row == row)
            return &rows[i];
    return NULL;
}
