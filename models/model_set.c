/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file model_set.c
 * \brief The rows. Every number here changes what is written: a change raises
 *        the epoch.
 */
#include <stddef.h>

#include "models/model_shapes.h"

/* Per mille as a 22-bit probability. */
#define ASK(p) (4194304u / 1000 * (p))

/* clang-format off */
static const struct mdci_model_set rows[] = {
    /* row shape tree slots bytes match refine short long rates floors */
    { 4, 0, 0, 16,  2, 18, 12, 5, 12, 24,  5, ASK(900),        0,        0},
    { 5, 0, 0, 17,  2, 18, 12, 5, 12, 24,  5, ASK(970),        0,        0},
    { 6, 1, 0, 17,  2, 18, 14, 5, 12, 24,  5, ASK(980),        0,        0},
    { 7, 1, 0, 18,  2, 20, 14, 5, 12, 24,  5, ASK(995),        0,        0},
    { 8, 2, 0, 18,  2, 20, 14, 5, 12, 24,  5, ASK(990),        0,        0},
    { 9, 2, 0, 20,  2, 20, 16, 5, 12, 24,  5, ASK(998),        0,        0},
    {15, 3, 1, 17, 16, 18, 12, 5, 12, 40, 10, ASK(960), ASK(800), ASK(990)},
    {16, 4, 1, 17, 16, 18, 12, 5, 12, 40, 10, ASK(960), ASK(700), ASK(988)},
    {17, 4, 1, 18, 16, 20, 14, 5, 12, 40, 10, ASK(980), ASK(950), ASK(990)},
    {18, 5, 1, 18,  8, 20, 14, 5, 12, 40,  8,        0, ASK(985),        0},
    {19, 5, 1, 20,  8, 20, 16, 5, 12, 40,  8,        0, ASK(996),        0},
    {24, 0, 1, 16, 16, 18, 12, 5, 12, 40, 10, ASK(900),        0,        0},
    {25, 0, 1, 17, 16, 18, 12, 5, 12, 40, 10, ASK(970),        0,        0},
    {26, 1, 1, 17,  8, 18, 14, 5, 12, 40, 10, ASK(980),        0,        0},
    {27, 1, 1, 18,  8, 20, 14, 5, 12, 40, 10, ASK(995),        0,        0},
    {28, 2, 1, 18,  8, 20, 14, 5, 12, 40,  8, ASK(990),        0,        0},
    {29, 2, 1, 20,  8, 20, 16, 5, 12, 40,  8, ASK(998),        0,        0},
};
/* clang-format on */

#define SHAPE(number, name) &name,
static const struct mdci_shape *const shapes[] = {MDCI_SHAPES(SHAPE)};

const struct mdci_model_set *mdci_model_set_row(unsigned row)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].row == row)
            return &rows[i];
    return NULL;
}

const struct mdci_shape *mdci_model_set_shape(const struct mdci_model_set *set)
{
    return shapes[set->shape];
}
