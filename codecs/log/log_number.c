/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_number.c
 * \brief Numbers as they stand in logs, and back to the same bytes.
 */
#include "config.h"

#include "codecs/log/log_number.h"

#include "codecs/log/log_scan.h"

enum { MAX_DIGITS = 18 };

static const uint64_t power_of_ten[] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

static int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

int mdci_log_format_valid(const struct mdci_log_format *f)
{
    if (f->clock > 0)
        return f->clock <= 10 && (f->pad == ':' || f->pad == '.') &&
               (f->clock == 1 ? f->width == 0
                              : f->width == '.' || f->width == ',');
    return f->pad == 0 ? f->width == 0
                       : (f->pad == '0' || f->pad == ' ') && f->width >= 2 &&
                             f->width <= MAX_DIGITS;
}

int mdci_log_guess(struct mdci_log_format *f, const uint8_t *text, size_t size)
{
    *f = (struct mdci_log_format){0};
    const size_t clock = size > 2 ? mdci_log_clock(text, size) : 0;
    if (clock > 0) {
        f->clock = (uint8_t)(clock > 8 ? clock - 8 : 1);
        f->pad = text[2];
        f->width = clock > 8 ? text[8] : 0;
        return clock == size;
    }
    if (size == 0 || size > MAX_DIGITS)
        return 0;
    size_t i = 0;
    if (size > 1 && (text[0] == '0' || text[0] == ' ')) {
        f->pad = text[0];
        f->width = (uint8_t)size;
        while (i + 1 < size && text[i] == f->pad)
            i++;
        if (text[i] == '0' && f->pad == ' ' && i + 1 < size)
            return 0;
    }
    for (; i < size; i++)
        if (!is_digit(text[i]))
            return 0;
    return 1;
}

/* hours, minutes and seconds may be above 24 or 60: base 100 would keep all
 * texts, base 60 keeps what occurs. */
static int parse_clock(const struct mdci_log_format *f, const uint8_t *text,
                       size_t size, uint64_t *value)
{
    const size_t digits = f->clock - 1u;
    if (size != (digits > 0 ? 9 + digits : 8) ||
        mdci_log_clock(text, size) != size || text[2] != f->pad ||
        (digits > 0 && text[8] != f->width))
        return 0;
    uint64_t v = 0;
    for (size_t i = 0; i < 3; i++) {
        const unsigned part =
            (text[i * 3] - '0') * 10u + (text[i * 3 + 1] - '0');
        if (part >= (i == 0 ? 24u : 60u))
            return 0;
        v = v * 60 + part;
    }
    for (size_t i = 9; i < size; i++)
        v = v * 10 + (text[i] - '0');
    *value = v;
    return 1;
}

int mdci_log_parse(const struct mdci_log_format *f, const uint8_t *text,
                   size_t size, uint64_t *value)
{
    if (f->clock > 0)
        return parse_clock(f, text, size, value);
    if (size == 0 || size > MAX_DIGITS || size < f->width)
        return 0;
    size_t i = 0;
    if (f->pad != 0 && size == f->width)
        while (i + 1 < size && text[i] == f->pad)
            i++;
    /* Zeros in front are only there as padding. */
    if (text[i] == '0' && i + 1 < size)
        return 0;
    uint64_t v = 0;
    for (; i < size; i++) {
        if (!is_digit(text[i]))
            return 0;
        v = v * 10 + (text[i] - '0');
    }
    *value = v;
    return 1;
}

static void print_two(uint8_t *text, uint64_t value)
{
    text[0] = (uint8_t)('0' + value / 10 % 10);
    text[1] = (uint8_t)('0' + value % 10);
}

static size_t print_clock(const struct mdci_log_format *f, uint64_t value,
                          uint8_t *text)
{
    const size_t digits = f->clock - 1u;
    const uint64_t seconds = value / power_of_ten[digits];
    uint64_t fraction = value % power_of_ten[digits];
    print_two(text, seconds / 3600);
    print_two(text + 3, seconds / 60 % 60);
    print_two(text + 6, seconds % 60);
    text[2] = text[5] = f->pad;
    if (digits == 0)
        return 8;
    text[8] = f->width;
    for (size_t i = digits; i-- > 0; fraction /= 10)
        text[9 + i] = (uint8_t)('0' + fraction % 10);
    return 9 + digits;
}

size_t mdci_log_print(const struct mdci_log_format *f, uint64_t value,
                      uint8_t *text)
{
    if (f->clock > 0)
        return print_clock(f, value, text);
    uint8_t reversed[MDCI_LOG_NUMBER_MAX];
    size_t size = 0, i = 0;
    do {
        reversed[size++] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (; i + size < f->width; i++)
        text[i] = f->pad;
    for (; size > 0; i++)
        text[i] = reversed[--size];
    return i;
}
