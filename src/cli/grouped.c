/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file grouped.c
 * \brief Long numbers for people.
 */
#include "config.h"

#include "src/cli/grouped.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct mdci_grouped mdci_grouped(uint64_t number)
{
    struct mdci_grouped g;
    char digits[21];
    const int size = snprintf(digits, sizeof(digits), "%" PRIu64, number);
    char *to = g.text;
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = 0;
    return g;
}
