/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_scan.h
 * \brief Cuts a line into tokens, and a token into its parts.
 *
 * A token is what stands between white space, brackets, quotes, commas and the
 * like; a quoted string is one token, and so are a time of day and a number
 * with the blanks that align it. The parts of a token are its runs of letters
 * and of digits. Only the encoder cuts: what it makes of it is in the archive.
 */
#ifndef MDCI_LOG_SCAN_H
#define MDCI_LOG_SCAN_H

#include <stddef.h>
#include <stdint.h>

#define MDCI_LOG_TOKENS 200 /**< of a line at most */
#define MDCI_LOG_PARTS  24  /**< of a token at most */

struct mdci_log_token {
    uint32_t at, size; /**< bytes, from the start of the line (token) */
    uint64_t hash;     /**< of its bytes */
    int word;          /**< 1: neither digits nor blanks */
};

/** A line's tokens, or a token's parts. */
struct mdci_log_scan {
    uint64_t shape; /**< hash of all that is between and of the kinds */
    unsigned count;
    struct mdci_log_token token[MDCI_LOG_TOKENS];
};

/** \return 1, or 0 if there are too many tokens, or bytes below 3 */
int mdci_log_scan_line(struct mdci_log_scan *scan, const uint8_t *line,
                       size_t size);

/** As above, for the parts of a token. */
int mdci_log_scan_token(struct mdci_log_scan *scan, const uint8_t *token,
                        size_t size);

/** Length of the time of day that text[size] starts with, 0 if none:
 *  HH:MM:SS, with a fraction of 3 to 9 digits behind a dot or comma; or
 *  HH.MM.SS.ffffff. */
size_t mdci_log_clock(const uint8_t *text, size_t size);

#endif
