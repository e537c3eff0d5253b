/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_learn.c
 * \brief The byte model's learners in plain C.
 */
#define MDCI_LEARNERS mdci_learners_scalar
#include "models/byte_model_learners.h"
