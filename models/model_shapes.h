/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file model_shapes.h
 * \brief The shapes: which contexts and which weight sets. They are constants
 *        in a header, so that every variant of the byte model is compiled for
 *        its own. What they say is wire format.
 */
#ifndef MDCI_MODEL_SHAPES_H
#define MDCI_MODEL_SHAPES_H

#include "models/model_set.h"
#include "models/predictor.h"

/** All shapes: X(number, name of the constant). */
#define MDCI_SHAPES(X)                                                         \
    X(0, mdci_shape_small)                                                     \
    X(1, mdci_shape_middle)                                                    \
    X(2, mdci_shape_large)                                                     \
    X(3, mdci_shape_log_small)                                                 \
    X(4, mdci_shape_log_middle)                                                \
    X(5, mdci_shape_log_large)

static const struct mdci_shape mdci_shape_small = {
    6,
    2,
    3,
    5,
    0,
    0,
    {MDCI_CONTEXT_ORDER3, MDCI_CONTEXT_ORDER6, MDCI_CONTEXT_WORD,
     MDCI_CONTEXT_FIELD_HISTORY, MDCI_CONTEXT_SAME_PLACE_FIELD,
     MDCI_CONTEXT_MATCH_SHORT},
    {MDCI_SELECT_FIELD, MDCI_SELECT_EXPECTED, MDCI_SELECT_CLASSES},
    {0}};

static const struct mdci_shape mdci_shape_middle = {
    12,
    4,
    3,
    7,
    0,
    0,
    {MDCI_CONTEXT_ORDER3, MDCI_CONTEXT_ORDER4, MDCI_CONTEXT_ORDER6,
     MDCI_CONTEXT_WORD, MDCI_CONTEXT_WORD2, MDCI_CONTEXT_FIELD,
     MDCI_CONTEXT_SKELETON_PLACE, MDCI_CONTEXT_FIELD_HISTORY,
     MDCI_CONTEXT_CLASSES, MDCI_CONTEXT_MATCH_SHORT, MDCI_CONTEXT_SAME_PLACE,
     MDCI_CONTEXT_SAME_PLACE_FIELD},
    {MDCI_SELECT_FIELD, MDCI_SELECT_EXPECTED, MDCI_SELECT_CLASSES},
    {0}};

static const struct mdci_shape mdci_shape_large = {
    20,
    4,
    8,
    7,
    0,
    0,
    {MDCI_CONTEXT_ORDER2,         MDCI_CONTEXT_ORDER3,
     MDCI_CONTEXT_ORDER4,         MDCI_CONTEXT_ORDER6,
     MDCI_CONTEXT_WORD,           MDCI_CONTEXT_WORD2,
     MDCI_CONTEXT_FIELD,          MDCI_CONTEXT_ABOVE,
     MDCI_CONTEXT_SKELETON_PLACE, MDCI_CONTEXT_FIELD_HISTORY,
     MDCI_CONTEXT_CLASSES,        MDCI_CONTEXT_MATCH_SHORT,
     MDCI_CONTEXT_SAME_PLACE,     MDCI_CONTEXT_SAME_PLACE_FIELD,
     MDCI_CONTEXT_WORD3,          MDCI_CONTEXT_LINE_START,
     MDCI_CONTEXT_MATCH_LONG,     MDCI_CONTEXT_EXPECTATIONS,
     MDCI_CONTEXT_WORD_ABOVE,     MDCI_CONTEXT_SKIP1},
    {MDCI_SELECT_MATCH, MDCI_SELECT_NODE, MDCI_SELECT_FIELD, MDCI_SELECT_BYTE,
     MDCI_SELECT_EXPECTED, MDCI_SELECT_CLASSES, MDCI_SELECT_BYTE2,
     MDCI_SELECT_ORDER},
    {0}};

static const struct mdci_shape mdci_shape_log_small = {
    5,
    3,
    4,
    5,
    0,
    2,
    {MDCI_CONTEXT_WORD, MDCI_CONTEXT_MATCH_LONG, MDCI_CONTEXT_CLASSES,
     MDCI_CONTEXT_B_BYTES, MDCI_CONTEXT_A_DIGITS},
    {MDCI_SELECT_SLOT_B, MDCI_SELECT_FIELD, MDCI_SELECT_NODE,
     MDCI_SELECT_CLASSES},
    {MDCI_VALUE_SHORT, MDCI_VALUE_LONG, MDCI_VALUE_CANDIDATE}};

static const struct mdci_shape mdci_shape_log_middle = {
    10,
    6,
    4,
    5,
    0,
    2,
    {MDCI_CONTEXT_ORDER4, MDCI_CONTEXT_SKIP1, MDCI_CONTEXT_WORD,
     MDCI_CONTEXT_MATCH_SHORT, MDCI_CONTEXT_MATCH_LONG, MDCI_CONTEXT_CLASSES,
     MDCI_CONTEXT_A, MDCI_CONTEXT_B_BYTES, MDCI_CONTEXT_A_DIGITS,
     MDCI_CONTEXT_MORE_VALUES},
    {MDCI_SELECT_SLOT_B, MDCI_SELECT_FIELD, MDCI_SELECT_NODE,
     MDCI_SELECT_CLASSES},
    {MDCI_VALUE_SHORT, MDCI_VALUE_LONG, MDCI_VALUE_STEP_A, MDCI_VALUE_B,
     MDCI_VALUE_CANDIDATE, MDCI_VALUE_LINE}};

static const struct mdci_shape mdci_shape_log_large = {
    24,
    8,
    8,
    7,
    0,
    1,
    {MDCI_CONTEXT_ORDER1,      MDCI_CONTEXT_ORDER2,
     MDCI_CONTEXT_ORDER3,      MDCI_CONTEXT_ORDER4,
     MDCI_CONTEXT_ORDER8,      MDCI_CONTEXT_SKIP1,
     MDCI_CONTEXT_WORD,        MDCI_CONTEXT_WORD3,
     MDCI_CONTEXT_MATCH_SHORT, MDCI_CONTEXT_MATCH_LONG,
     MDCI_CONTEXT_CLASSES,     MDCI_CONTEXT_A,
     MDCI_CONTEXT_A_LAST2,     MDCI_CONTEXT_A_ABOVE,
     MDCI_CONTEXT_B,           MDCI_CONTEXT_K_LAST,
     MDCI_CONTEXT_LINE_FIELD,  MDCI_CONTEXT_CANDIDATE,
     MDCI_CONTEXT_A_BYTES,     MDCI_CONTEXT_B_BYTES,
     MDCI_CONTEXT_A_DIGITS,    MDCI_CONTEXT_B_DIGITS,
     MDCI_CONTEXT_VALUES,      MDCI_CONTEXT_MORE_VALUES},
    {MDCI_SELECT_FIELD, MDCI_SELECT_CLASSES, MDCI_SELECT_PLACE,
     MDCI_SELECT_EXPECTED, MDCI_SELECT_NODE, MDCI_SELECT_SLOT_A,
     MDCI_SELECT_SLOT_B, MDCI_SELECT_HITS},
    {MDCI_VALUE_SHORT, MDCI_VALUE_LONG, MDCI_VALUE_CANDIDATE, MDCI_VALUE_B,
     MDCI_VALUE_AV, MDCI_VALUE_K, MDCI_VALUE_STEP_A, MDCI_VALUE_COPY}};

#endif
