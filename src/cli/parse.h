/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file parse.h
 * \brief Values of options: numbers, sizes, limits, flush rules.
 */
#ifndef MDCI_PARSE_H
#define MDCI_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "src/cli/request.h"

/** A whole decimal number from least to most; false if it is none. */
bool mdci_parse_number(const char *text, uint64_t least, uint64_t most,
                       uint64_t *value);

/** Bytes such as "4096", "64K", "8MiB", "1G"; false if it is none. */
bool mdci_parse_size(const char *text, uint64_t *bytes);

/** A memory limit: a size, a percentage of the RAM, 0 for the default, or
 *  "max" for none (UINT64_MAX). */
bool mdci_parse_memory(const char *text, uint64_t *bytes);

/** Adds the rule "line", a time (ms, s, m or min, h), or a size. */
bool mdci_parse_flush(const char *text, struct mdci_flush_rule *rule);

/** Nanometres of a step in metres such as "0.00001" or "1e-5"; false if they
 *  are no whole number from 1 to MDC_QUANTIZE_MAX. */
bool mdci_parse_step(const char *text, uint64_t *nanometres);

/** What --format names. */
bool mdci_parse_content(const char *text, enum mdc_content *content);

/** What --sync names. */
bool mdci_parse_sync(const char *text, enum mdci_sync *sync);

#endif
