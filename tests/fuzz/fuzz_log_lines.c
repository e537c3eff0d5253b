/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_log_lines.c
 * \brief Fuzz target: what makes a log small (miner, tables, numbers, stamps,
 *        and the parser within the byte models) restores any log, in chunks
 *        that end at any places; survey and facts count all of it.
 *
 * The first three bytes say how: which codec and row, how long chunks are, and
 * what the content is. The rest is the content itself, or what a log or a table
 * is made of: templates with odd values, and runs of lines of these.
 */
#include "config.h"

#include "codecs/cm/cm_codec.h"
#include "codecs/log/log_codec.h"
#include "src/base/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 65536,
    USUAL = 6144,
    SMALL = 512,
    TEMPLATES = 8,
    PIECES = 12, /* of a template */
    COLUMNS = 40,
    VALUE = 64 /* bytes of a value, about */
};

static const struct mdc_allocator no_hooks;

/* The byte models are slow, and get little: most inputs are for others. */
static const struct {
    const struct mdci_codec *codec;
    unsigned row, share;
    size_t block; /* bytes */
} ways[] = {
    {&mdci_codec_log, 1, 96, BLOCK}, {&mdci_codec_log, 2, 96, BLOCK},
    {&mdci_codec_log, 3, 46, BLOCK}, {&mdci_codec_log, 4, 4, SMALL},
    {&mdci_codec_log, 6, 3, SMALL},  {&mdci_codec_log, 9, 2, SMALL},
    {&mdci_codec_cm, 24, 2, SMALL},  {&mdci_codec_cm, 16, 3, SMALL},
    {&mdci_codec_cm, 19, 2, SMALL},  {&mdci_codec_cm, 6, 2, SMALL},
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static unsigned way_of(unsigned byte)
{
    unsigned way = 0;
    for (; byte >= ways[way].share; way++)
        byte -= ways[way].share;
    return way;
}

/* ---- Making a log -------------------------------------------------------- */

struct maker {
    const uint8_t *data; /* what is left of the fuzzer's bytes */
    size_t size;
    uint64_t draw; /* state of what is drawn within a run */
    uint64_t count[16];
    uint8_t *out;
    size_t out_size, room;
};

static unsigned take(struct maker *m)
{
    if (m->size == 0)
        return 0;
    m->size--;
    return *m->data++;
}

static unsigned draw(struct maker *m, unsigned below)
{
    m->draw = m->draw * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)((m->draw >> 33) % below);
}

static void put(struct maker *m, const void *text, size_t size)
{
    size = mdci_min_size(size, m->room - m->out_size);
    if (size > 0)
        memcpy(m->out + m->out_size, text, size);
    m->out_size += size;
}

static void put_text(struct maker *m, const char *text)
{
    put(m, text, strlen(text));
}

static void put_many(struct maker *m, char c, unsigned count)
{
    for (; count > 0; count--)
        put(m, &c, 1);
}

static void put_number(struct maker *m, unsigned width, uint64_t number)
{
    char text[VALUE];
    (void)snprintf(text, sizeof(text), "%0*" PRIu64, (int)width, number);
    put_text(m, text);
}

static const char *const literals[] = {
    " ",    ": ",   "=",     "\t",   ",",     "|",        " [",     "] ",
    "\"",   "id=",  "INFO ", "user", " took", " ms",      "a/b.c",  "(",
    ") - ", "{\"k", "\":",   "}",    "  ",    "\xC3\xA4", "x1y2z3", ";",
};

static const char *const limits[] = {
    "0",
    "00",
    "1",
    "9",
    "10",
    "255",
    "256",
    "2147483647",
    "4294967296",
    "-9223372036854775808",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999",
    "999999999999999999",
    "1000000000000000000",
    "000000000000000001",
    "0000000000000000001",
    "                 1",
    "                  1",
    "-0",
    "+1",
    "0x7fffffff",
    "1e308",
    "-1.5",
    ".5",
    "NaN",
};

static const char *const stamps[] = {
    "2024-02-30 23:59:60.999999999",
    "0000-00-00 00:00:00",
    "9999-12-31T23:59:59,1",
    "Feb 29 24:00:00",
    "Tue May 27 04:12:27.000 pm 2014",
    "31/Dec/1969:23:59:59 -0000",
    "12/31/2024, 12:00:00 AM",
    "[1.1.1 1:1:1]",
    "24:00:00",
    "23:59:60",
    "99:99:99",
    "00:00:00.123456789",
    "00:00:00,1234567890",
    "00.00.00.000000",
    "1:02:03",
    "4000000000.5",
    "1700000000123",
    "\"ts\":1700000000.123",
    "I1231 23:59:59.999999",
    "24/02/30 04:12:27 am",
};

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static void put_clock(struct maker *m, unsigned digits)
{
    char text[VALUE];
    const uint64_t now = m->count[0] += draw(m, 3);
    (void)snprintf(text, sizeof(text), "%02u:%02u:%02u",
                   (unsigned)(now / 3600 % 24), (unsigned)(now / 60 % 60),
                   (unsigned)(now % 60));
    put_text(m, text);
    if (digits > 0)
        put_text(m, digits & 1 ? "." : ",");
    for (; digits > 0; digits--)
        put_number(m, 1, draw(m, 10));
}

static void put_random(struct maker *m, const char *letters, unsigned count)
{
    const unsigned kinds = (unsigned)strlen(letters);
    for (; count > 0; count--)
        put(m, letters + draw(m, kinds), 1);
}

/* A value of one of 16 kinds, each in 16 forms. */
static void put_value(struct maker *m, unsigned what)
{
    const unsigned kind = what & 15, form = what >> 4;
    switch (kind) {
    case 0: /* it counts, by steps of a fixed size */
        put_number(m, 1, m->count[form] += form);
        break;
    case 1:
        put_text(m, limits[draw(m, COUNT_OF(limits))]);
        break;
    case 2: /* aligned, and too large for it now and then */
        put_number(m, form, draw(m, draw(m, 4) ? 100 : 100000000));
        break;
    case 3:
        put_clock(m, form);
        break;
    case 4:
        put_text(m, stamps[draw(m, COUNT_OF(stamps))]);
        break;
    case 5:
        put_text(m, stamps[form % COUNT_OF(stamps)]);
        break;
    case 6:
        put_random(m, "0123456789abcdef", form * 2);
        break;
    case 7:
        put_random(m, "0123456789", form * 2);
        break;
    case 8:
        put_text(m, literals[draw(m, 1 + form)]);
        break;
    case 9: /* empty now and then, or always */
        if (draw(m, 16) < form)
            put_number(m, 1, draw(m, 10));
        break;
    case 10:
        put_number(m, 1, 1700000000 + (m->count[form] += draw(m, 2)));
        if (form & 1)
            put_number(m, form & 2 ? 3 : 4, draw(m, 1000));
        break;
    case 11: /* any bytes but a newline */
        for (unsigned i = 0; i < form; i++) {
            const char c = (char)draw(m, 256);
            put(m, c == '\n' ? "" : &c, c != '\n');
        }
        break;
    case 12:
        for (unsigned i = 0; i < 4; i++) {
            put_number(m, 1, draw(m, form > 8 ? 300 : 3));
            put_text(m, i < 3 ? "." : "");
        }
        break;
    case 13:
        put_text(m, form & 1 ? "\"" : "\"a\\");
        put_text(m, literals[draw(m, COUNT_OF(literals))]);
        put_text(m, form & 2 ? "\"" : "");
        break;
    case 14:
        put_many(m, ' ', draw(m, 1 + form * 2));
        put_number(m, 1, draw(m, 1000));
        break;
    default: /* steps that wrap around */
        m->count[form] = m->count[form] * 3 + UINT64_C(0x5555555555555555);
        put_number(m, 1, m->count[form] >> form * 3);
        break;
    }
}

struct template
{
    uint8_t piece[PIECES];
    unsigned pieces;
};

/* Pieces below 128 are literals, others values; a line may lack one of its
 * pieces, have another one instead, or be cut. */
static void put_line(struct maker *m, const struct template *t, unsigned odd)
{
    const unsigned at = draw(m, PIECES), what = odd ? draw(m, 8) : 8;
    for (unsigned i = 0; i < t->pieces; i++) {
        unsigned piece = t->piece[i];
        if (i == at && what == 0)
            continue;
        if (i == at && what == 1)
            piece ^= 1u << draw(m, 8);
        if (i == at && what == 2)
            return put_text(m, "\n");
        if (i == at && what == 3)
            put_many(m, (char)draw(m, 4), draw(m, 300));
        if (piece < 128)
            put_text(m, literals[piece % COUNT_OF(literals)]);
        else
            put_value(m, piece * 37 & 255);
    }
}

/* Templates, then runs of lines: which, how many, what they draw. */
static void make_log(struct maker *m)
{
    struct template t[TEMPLATES];
    const unsigned how = take(m), count = 1 + how % TEMPLATES;
    static const char *const ends[] = {"\n", "\r\n", "\n\n", "\r"};
    for (unsigned i = 0; i < count; i++) {
        t[i].pieces = 1 + take(m) % PIECES;
        for (unsigned k = 0; k < t[i].pieces; k++)
            t[i].piece[k] = (uint8_t)take(m);
    }
    while (m->size > 0 && m->out_size < m->room) {
        const unsigned which = take(m);
        const unsigned lines = take(m);
        m->draw = take(m);
        for (unsigned i = 0; i <= lines; i++) {
            put_line(m, &t[(which + (which & 8 ? i : 0)) % count], which & 16);
            put_text(m, ends[how >> 6]);
        }
        if (which & 32)
            put_many(m, (char)m->draw, lines * lines);
        if ((which & 192) == 192) { /* bytes as they come */
            const size_t size = mdci_min_size(lines, m->size);
            put(m, m->data, size);
            m->data += size;
            m->size -= size;
        }
    }
}

/* A table of up to 40 columns, each of a kind of values. */
static void make_table(struct maker *m)
{
    uint8_t column[COLUMNS];
    const unsigned how = take(m), columns = 1 + take(m) % COLUMNS;
    const char delimiter = ",;\t |:\0\""[how % 8];
    for (unsigned i = 0; i < columns; i++)
        column[i] = (uint8_t)take(m);
    m->draw = take(m);
    for (unsigned i = take(m) * 4; i > 0 && m->out_size < m->room; i--) {
        for (unsigned k = 0; k < columns; k++) {
            if (k > 0)
                put(m, &delimiter, 1);
            put_value(m, column[k]);
        }
        put_text(m, how & 8 ? "\r\n" : "\n");
        if (how & 16 && draw(m, 30) == 0)
            column[draw(m, columns)] ^= (uint8_t)(1u << draw(m, 8));
    }
}

/* ---- What is to hold ----------------------------------------------------- */

static void need(int holds)
{
    if (!holds)
        abort();
}

/* Survey and facts count all lines and bytes, with costs or without. */
static void count(const uint8_t *content, size_t size, size_t piece, int costs)
{
    struct mdci_survey *survey;
    struct mdci_template_use use;
    struct mdci_text_facts facts;
    uint64_t lines = 0, bytes = 0, cost = 0, want = 0;
    uint32_t *each = malloc((size + 1) * sizeof(*each));
    need(each != NULL);
    for (size_t i = 0; i < size; i++) {
        each[i] = content[i];
        want += content[i] == '\n' || i + 1 == size;
    }
    need(mdci_survey_open(&survey, &no_hooks) == MDC_OK);
    for (size_t at = 0, part; at < size; at += part) {
        part = mdci_min_size(piece, size - at);
        need(mdci_survey_add(survey, content + at, costs ? each + at : NULL,
                             part) == MDC_OK);
    }
    need(mdci_survey_end(survey) == MDC_OK);
    for (unsigned i = 0; mdci_survey_next(survey, &i, &use);) {
        lines += use.lines;
        bytes += use.plain_size;
        cost += use.cost;
        need(use.first_line > 0 && use.first_line <= use.last_line &&
             use.last_line <= want);
    }
    need(lines == want && bytes == size);
    for (size_t i = 0; costs && i < size; i++)
        cost -= each[i];
    need(!costs || cost == 0);
    mdci_survey_close(survey);
    if (mdci_text_facts(content, size, &facts))
        need(facts.lines <= want && facts.least <= facts.greatest);
    free(each);
}

/* Codes content[size] in chunks of `step` bytes and back. */
static void round_trip(unsigned way, const uint8_t *content, size_t size,
                       size_t step)
{
    const struct mdci_codec *codec = ways[way].codec;
    static void *state[WAYS][2];
    void **encoder = &state[way][0], **decoder = &state[way][1];
    if (!*encoder)
        need(codec->open(encoder, MDCI_ENCODE, ways[way].row, ways[way].block,
                         &no_hooks) == MDC_OK &&
             codec->open(decoder, MDCI_DECODE, ways[way].row, ways[way].block,
                         &no_hooks) == MDC_OK);
    need(codec->reset(*encoder) == MDC_OK && codec->reset(*decoder) == MDC_OK);
    uint8_t *back = malloc(size + 1);
    need(back != NULL);
    for (size_t from = 0, to; from < size; from = to) {
        size_t packed_size;
        to = from + mdci_min_size(step, size - from);
        uint8_t *packed = malloc(codec->bound(to - from));
        need(packed != NULL);
        need(codec->encode(*encoder, content, from, to, packed, &packed_size) ==
             MDC_OK);
        need(packed_size <= codec->bound(to - from));
        need(packed_size == 0 ||
             (codec->decode(*decoder, back, from, to, packed, packed_size) ==
                  MDC_OK &&
              memcmp(content + from, back + from, to - from) == 0));
        free(packed);
        if (packed_size == 0)
            break;
    }
    free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t made[BLOCK];
    if (size < 4)
        return 0;
    const unsigned way = way_of(data[0]), more = data[2] >> 4;
    const size_t step = data[1] ? (size_t)data[1] * data[1] : BLOCK;
    struct maker m = {
        .data = data + 3,
        .size = size - 3,
        .draw = data[1],
        .out = made,
        .room = mdci_min_size(ways[way].block, data[1] % 8 ? USUAL : BLOCK)};
    if (more & 1)
        put_many(&m, 0, data[1] * 20u);
    if (data[2] % 4 == 0)
        put(&m, m.data, m.size);
    else if (data[2] % 4 == 1)
        make_table(&m);
    else
        make_log(&m);
    if (more & 2 && m.out_size > 1)
        m.out_size--; /* the last line's end */
    uint8_t *content = malloc(m.out_size + 1);
    need(content != NULL);
    memcpy(content, made, m.out_size);
    round_trip(way, content, m.out_size, step);
    if (more & 4)
        count(content, m.out_size, step, more & 8);
    else if (more & 8) {
        enum mdci_claim claim;
        need(mdci_codec_log.claim(6, content, m.out_size, &no_hooks, &claim) ==
             MDC_OK);
    }
    free(content);
    return 0;
}
