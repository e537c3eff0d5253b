/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file parse.c
 * \brief Strict: what is not understood whole is refused.
 */
#include "config.h"

#include "src/cli/parse.h"

#include <limits.h>
#include <string.h>

#include "src/cli/limits.h"

/* Reads digits; *end stands behind them. */
static bool read_digits(const char *text, const char **end, uint64_t *value)
{
    uint64_t sum = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++) {
        const unsigned digit = (unsigned)(*c - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *end = c;
    *value = sum;
    return c != text;
}

bool mdci_parse_number(const char *text, uint64_t least, uint64_t most,
                       uint64_t *value)
{
    const char *end;
    return read_digits(text, &end, value) && *end == '\0' && *value >= least &&
           *value <= most;
}

bool mdci_parse_size(const char *text, uint64_t *bytes)
{
    const char *unit;
    unsigned shift;
    if (!read_digits(text, &unit, bytes))
        return false;
    switch (*unit) {
    case '\0':
        return true;
    case 'k':
    case 'K':
        shift = 10;
        break;
    case 'm':
    case 'M':
        shift = 20;
        break;
    case 'g':
    case 'G':
        shift = 30;
        break;
    default:
        return false;
    }
    unit++;
    if (*unit != '\0' && strcmp(unit, "iB") != 0 && strcmp(unit, "B") != 0)
        return false;
    if (*bytes > UINT64_MAX >> shift)
        return false;
    *bytes <<= shift;
    return true;
}

bool mdci_parse_memory(const char *text, uint64_t *bytes)
{
    const char *end;
    if (strcmp(text, "max") == 0) {
        *bytes = UINT64_MAX;
        return true;
    }
    if (read_digits(text, &end, bytes) && strcmp(end, "%") == 0) {
        if (*bytes < 1 || *bytes > 100)
            return false;
        *bytes *= mdci_ram() / 100;
        return true;
    }
    return mdci_parse_size(text, bytes);
}

/* Milliseconds of a unit of time; 0: it is none. "m" is minutes: of sizes, mega
 * is a capital or has a B behind it. */
static uint64_t unit_milliseconds(const char *unit)
{
    static const struct {
        const char *name;
        uint64_t milliseconds;
    } units[] = {
        {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000},
    };
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].milliseconds;
    return 0;
}

bool mdci_parse_flush(const char *text, struct mdci_flush_rule *rule)
{
    const char *unit;
    uint64_t value;
    if (strcmp(text, "line") == 0) {
        rule->line = true;
        return true;
    }
    if (!read_digits(text, &unit, &value) || value == 0)
        return false;
    const uint64_t factor = unit_milliseconds(unit);
    if (factor > 0) {
        if (value > (uint64_t)INT_MAX / factor)
            return false;
        rule->milliseconds = (int)(value * factor);
        return true;
    }
    return mdci_parse_size(text, &rule->bytes);
}

/* Digits with a point; *below counts those behind it. */
static bool read_decimal(const char *text, const char **end, uint64_t *digits,
                         int *below)
{
    const char *c = text;
    bool point = false;
    *digits = 0;
    *below = 0;
    for (; (*c >= '0' && *c <= '9') || (*c == '.' && !point); c++) {
        if (*c == '.') {
            point = true;
            continue;
        }
        if (*digits > MDC_QUANTIZE_MAX * UINT64_C(1000000))
            return false;
        *digits = *digits * 10 + (uint64_t)(*c - '0');
        *below += point;
    }
    *end = c;
    return *digits > 0;
}

bool mdci_parse_step(const char *text, uint64_t *nanometres)
{
    const char *c;
    uint64_t exponent = 0;
    int power; /* of ten, by which the digits are nanometres */
    if (!read_decimal(text, &c, nanometres, &power))
        return false;
    power = 9 - power;
    if (*c == 'e' || *c == 'E') {
        const bool negative = c[1] == '-';
        c += 1 + (negative || c[1] == '+');
        if (!read_digits(c, &c, &exponent) || exponent > 99)
            return false;
        power += negative ? -(int)exponent : (int)exponent;
    }
    for (; power < 0 && *nanometres % 10 == 0; power++)
        *nanometres /= 10;
    for (; power > 0 && *nanometres <= MDC_QUANTIZE_MAX; power--)
        *nanometres *= 10;
    return *c == '\0' && power == 0 && *nanometres <= MDC_QUANTIZE_MAX;
}

bool mdci_parse_content(const char *text, enum mdc_content *content)
{
    static const struct {
        const char *name;
        enum mdc_content content;
    } names[] = {
        {"auto", MDC_CONTENT_AUTO},
        {"bytes", MDC_CONTENT_BYTES},
        {"log", MDC_CONTENT_LOG},
        {"lidar", MDC_CONTENT_LIDAR},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(text, names[i].name) == 0) {
            *content = names[i].content;
            return true;
        }
    return false;
}

bool mdci_parse_sync(const char *text, enum mdci_sync *sync)
{
    if (strcmp(text, "file") == 0)
        *sync = MDCI_SYNC_FILE;
    else if (strcmp(text, "end") == 0)
        *sync = MDCI_SYNC_END;
    else if (strcmp(text, "never") == 0)
        *sync = MDCI_SYNC_NEVER;
    else
        return false;
    return true;
}
