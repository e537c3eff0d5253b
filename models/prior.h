/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file prior.h
 * \brief A short text that the models read before every block, so that small
 *        inputs need not teach them what most logs have in common.
 */
#ifndef MDCI_PRIOR_H
#define MDCI_PRIOR_H

#define MDCI_PRIOR_LINES 39
#define MDCI_PRIOR_SIZE  6021 /* bytes of all lines */

extern const char *const mdci_prior[MDCI_PRIOR_LINES];

#endif
