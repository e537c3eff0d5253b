/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_scan.c
 * \brief Cuts a line into tokens, and a token into its parts.
 */
#include "config.h"

#include "codecs/log/log_scan.h"

#include "src/base/bytes.h"
#include "src/base/compiler.h"

enum { BETWEEN = 0, LETTER = 1, DIGIT = 2, NEVER = 3 };

/* What a byte is in a line; '-', '.', '/' and their like are letters here. */
#define B BETWEEN
#define L LETTER
#define D DIGIT
#define N NEVER
static const uint8_t class_of[256] = {
    N, N, N, B, B, B, B, B, B, B, B, B, B, B, B, B, /* controls */
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /**/
    B, L, B, L, L, L, L, B, B, B, L, L, B, L, L, L, /*  !"#$%&'()*+,-./ */
    D, D, D, D, D, D, D, D, D, D, B, B, B, B, B, L, /* 0..9 :;<=>? */
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* @A..O */
    L, L, L, L, L, L, L, L, L, L, L, B, L, B, L, L, /* P..Z [\]^_ */
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* `a..o */
    L, L, L, L, L, L, L, L, L, L, L, B, B, B, L, B, /* p..z {|}~ DEL */
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /**/
};
#undef B
#undef L
#undef D
#undef N

#define HASH_START UINT64_C(0x9E3779B97F4A7C15)
#define HASH_STEP  UINT64_C(0xD6E8FEB86659FD93)

static uint64_t add(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * HASH_STEP;
    return hash ^ hash >> 32;
}

MDCI_KERNEL uint64_t hash_of(const uint8_t *text, size_t size)
{
    uint64_t hash = HASH_START + size;
    for (; size >= 8; text += 8, size -= 8)
        hash = add(hash, mdci_load_le(text, 8));
    return size > 0 ? add(hash, mdci_load_le(text, (unsigned)size)) : hash;
}

static int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static int is_plain_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || c >= 0x80;
}

size_t mdci_log_clock(const uint8_t *text, size_t size)
{
    if (size < 8 || !is_digit(text[0]) || !is_digit(text[1]) ||
        (text[2] != ':' && text[2] != '.') || text[5] != text[2])
        return 0;
    for (size_t i = 3; i < 8; i++)
        if (i != 5 && !is_digit(text[i]))
            return 0;
    size_t end = 8;
    if (size > 9 && (text[8] == '.' || text[8] == ',')) {
        for (end = 9; end < size && is_digit(text[end]);)
            end++;
        if (end < 12 || end > 18)
            end = 8;
    }
    if (end < size && is_digit(text[end]))
        return 0;
    return text[2] == ':' || end == 15 ? end : 0;
}

/* Where the string ends that starts at line[at], right behind a quote: at
 * another quote that no word follows. 0: this is not the start of one. */
static size_t end_of_string(const uint8_t *line, size_t size, size_t at)
{
    if (at >= 2 && class_of[line[at - 2]] != BETWEEN)
        return 0;
    for (size_t i = at; i < size; i++) {
        if (line[i] < 3)
            return 0;
        if (line[i] == '\\' && i + 1 < size)
            i++;
        else if (line[i] == '"' &&
                 (i + 1 == size || class_of[line[i + 1]] == BETWEEN))
            return i;
        else if (line[i] == '"' && line[i - 1] == ' ')
            return 0; /* another one starts here */
    }
    return 0;
}

static int has_no_digit_or_blank(const uint8_t *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (is_digit(text[i]) || text[i] == ' ')
            return 0;
    return size <= 40;
}

static void put(struct mdci_log_scan *scan, const uint8_t *line, size_t at,
                size_t end, int word)
{
    scan->token[scan->count++] = (struct mdci_log_token){
        .at = (uint32_t)at,
        .size = (uint32_t)(end - at),
        .hash = hash_of(line + at, end - at),
        .word = word,
    };
}

int mdci_log_scan_line(struct mdci_log_scan *scan, const uint8_t *line,
                       size_t size)
{
    uint64_t shape = HASH_START;
    size_t i = 0;
    scan->count = 0;
    while (i < size) {
        const uint8_t c = line[i];
        const unsigned class = class_of[c];
        if (class == NEVER || scan->count == MDCI_LOG_TOKENS)
            return 0;
        if (class == BETWEEN) {
            shape = add(shape, c);
            i++;
            if (c == '"') {
                const size_t end = end_of_string(line, size, i);
                if (end == 0)
                    continue;
                const int word = has_no_digit_or_blank(line + i, end - i);
                if (end + 1 < size && line[end + 1] == ':') { /* a key */
                    shape = add(shape, hash_of(line + i, end - i));
                    i = end + 1;
                    continue;
                }
                put(scan, line, i, end, word);
                shape = add(shape, 256 + (unsigned)word);
                i = end + 1;
            } else if (c == ' ' && i + 1 < size && line[i] == ' ') {
                size_t end = i;
                while (end < size && line[end] == ' ')
                    end++;
                if (end == size || !is_digit(line[end]) || end - i > 16)
                    continue;
                while (end < size && is_digit(line[end]))
                    end++;
                if (end < size && class_of[line[end]] != BETWEEN)
                    continue;
                put(scan, line, i, end, 0);
                shape = add(shape, 258);
                i = end;
            }
            continue;
        }
        size_t end = i;
        unsigned digits = 0;
        for (; end < size; end++) {
            const unsigned next = class_of[line[end]];
            if (next == DIGIT) {
                digits++;
                continue;
            }
            if (next == LETTER)
                continue;
            const size_t clock =
                line[end] == ':' && end >= i + 2
                    ? mdci_log_clock(line + end - 2, size - end + 2)
                    : 0;
            if (clock == 0 || (end > i + 2 && is_digit(line[end - 3])))
                break;
            end += clock - 3;
        }
        put(scan, line, i, end, digits == 0);
        /* A single number may be aligned, or not: one shape. */
        shape = add(shape, digits == end - i ? 258 : 260 + (digits == 0));
        i = end;
    }
    scan->shape = shape;
    return 1;
}

int mdci_log_scan_token(struct mdci_log_scan *scan, const uint8_t *token,
                        size_t size)
{
    uint64_t shape = HASH_START;
    scan->count = 0;
    for (size_t i = 0; i < size;) {
        size_t end = i;
        if (is_digit(token[i])) {
            end += mdci_log_clock(token + i, size - i);
            const unsigned kind = end > i ? 259 : 258;
            while (end < size && kind == 258 && is_digit(token[end]))
                end++;
            shape = add(shape, kind);
        } else if (is_plain_letter(token[i])) {
            while (end < size && is_plain_letter(token[end]))
                end++;
            shape = add(shape, 257);
        } else {
            shape = add(shape, token[i++]);
            continue;
        }
        if (scan->count == MDCI_LOG_PARTS)
            return 0;
        put(scan, token, i, end, !is_digit(token[i]));
        i = end;
    }
    scan->shape = shape;
    return 1;
}
