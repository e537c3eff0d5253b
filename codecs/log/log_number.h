/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_number.h
 * \brief Numbers as they stand in logs, and back to the same bytes.
 */
#ifndef MDCI_LOG_NUMBER_H
#define MDCI_LOG_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define MDCI_LOG_NUMBER_MAX 24 /**< bytes of the longest text of a number */

/** How the numbers of a column are written. */
struct mdci_log_format {
    uint8_t clock; /**< 0: decimal; else a time of day: digits of the fraction
                        of a second + 1 */
    uint8_t pad;   /**< decimal: '0' or ' ' up to the width; 0: none.
                        Time of day: the separator, ':' or '.' */
    uint8_t width; /**< decimal: 2..18, 0 if there is no pad. Time of day: what
                        stands before the fraction, 0 if there is none */
};

/** The value of text[size], if exactly these bytes come back from it.
 *  \return 1, or 0 if they do not */
int mdci_log_parse(const struct mdci_log_format *format, const uint8_t *text,
                   size_t size, uint64_t *value);

/** Writes any value at all to text[MDCI_LOG_NUMBER_MAX]; returns the size. */
size_t mdci_log_print(const struct mdci_log_format *format, uint64_t value,
                      uint8_t *text);

/** The format that text[size] may have, as far as it shows by itself.
 *  \return 1, or 0 if it is no number */
int mdci_log_guess(struct mdci_log_format *format, const uint8_t *text,
                   size_t size);

/** 1 if a format is one that mdci_log_print() knows. */
int mdci_log_format_valid(const struct mdci_log_format *format);

#endif
