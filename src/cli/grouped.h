/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file grouped.h
 * \brief Long numbers for people: 1,234,567.
 */
#ifndef MDCI_GROUPED_H
#define MDCI_GROUPED_H

#include <stdint.h>

/** Room for the longest number. */
struct mdci_grouped {
    char text[28];
};

/** A number in decimal, with a comma before each group of three digits, from
 *  the returned struct's text on. */
struct mdci_grouped mdci_grouped(uint64_t number);

/** The same for printf: it lives to the end of the full expression. */
#define MDCI_GROUPED(number) (mdci_grouped(number).text)

#endif
