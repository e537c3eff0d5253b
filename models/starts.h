/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file starts.h
 * \brief What the mixer's weights start with, by shape, weight set and input;
 *        2048 = 1.0. Made by starts_trainer.c.
 */
#ifndef MDCI_STARTS_H
#define MDCI_STARTS_H

#include "models/mixer.h"

#define MDCI_START_SHAPES 6

extern const int16_t mdci_start_weights[MDCI_START_SHAPES][MDCI_MAX_SETS]
                                       [MDCI_MAX_INPUTS];

#endif
