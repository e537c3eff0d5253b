/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file field.h
 * \brief The log parser: splits lines into fields, names each field's slot,
 *        and remembers what every slot held.
 *
 * A field is a run of letters and digits with the byte that ends it. No
 * template is mined: a slot is named three times, by the line's skeleton so
 * far (its words, and kinds in place of what has digits), by its column and
 * place in it, and by the last key word and the distance from it. The three
 * are wrong on different lines. The parser follows the bytes, coded or
 * skipped, and both directions know the same.
 */
#ifndef MDCI_FIELD_H
#define MDCI_FIELD_H

#include <string.h>

#include "models/calendar.h"
#include "models/character.h"
#include "models/integer.h"
#include "models/novel.h"

#define MDCI_NAMES        3  /* of a slot: skeleton, column, key word */
#define MDCI_VALUE_MAX    96 /* bytes of a value that can be predicted */
#define MDCI_DIGITS_MAX   18 /* of a number */
#define MDCI_LINE_BITS    12 /* log2 of the lines that are known by skeletons */
#define MDCI_LINE_NUMBERS 64 /* fields of a line whose place is kept */

enum mdci_field_kind { MDCI_KIND_EMPTY, MDCI_KIND_LETTERS, MDCI_KIND_DIGITS };

/** What a slot remembers, one cache line. */
struct mdci_field_slot {
    uint64_t number MDCI_ALIGNED(64); /* last value, if it was a number */
    uint64_t step;                    /* and its difference to the one before */
    uint32_t at;                      /* place of the last value, 0: none */
    uint32_t at_other; /* place of the last value that was not like it */
    uint32_t text;     /* hash of the last value */
    uint32_t text_before;
    uint16_t copy;    /* 1 + number of the field that had the same value */
    uint8_t kinds;    /* of the last value, enum mdci_field_kind or'ed */
    uint8_t length;   /* of the last value, 255: that or more */
    uint8_t width;    /* digits to pad a number to, 0: it was none */
    uint8_t end;      /* the byte behind it */
    uint8_t random;   /* values in a row that were random, see novel.h */
    uint8_t certain;  /* matches in a row that were right, see certain.h */
    uint8_t part;     /* of date or time that it holds, see calendar.h */
    uint8_t hits[16]; /* of each predictor: a 1 and its last successes */
};

/** Where a text was last a field of a line. */
struct mdci_field_seen {
    uint32_t text;
    uint32_t line; /* place of the line */
    uint32_t index;
};

/** The parser's state; all 0 is the start of a text. */
struct mdci_field {
    uint32_t name[MDCI_NAMES]; /* of the field's slot */
    uint32_t start;            /* place of the field's first byte */
    uint32_t length;           /* bytes of it so far */
    uint32_t text;             /* hash of them */
    uint32_t kinds;            /* of them, or'ed */
    uint64_t number;           /* their value, if all are digits */
    uint32_t relation;  /* to the slot's last value; 2 bits a field: 0 none,
                           1 as long as equal, 2 less, 3 greater */
    uint32_t before[2]; /* hashes of the last two fields in this line */
    uint32_t index;     /* number of the field in its line */
    uint32_t line[2];   /* skeletons of the last two lines */
    uint32_t line_start, above_start;
    uint32_t skeleton, column, part, quoted, key, distance;
    uint32_t followed[2]; /* field in the line after the same two lines, and
                             in the line above; 0: none */
    uint32_t classes;     /* kinds of the last six bytes, 4 bits each */
    struct mdci_surprise surprise; /* of the field */
    struct mdci_calendar calendar;
    uint32_t asked; /* successes of the last fields, newest lowest */
    uint32_t start_of[MDCI_LINE_NUMBERS];
    struct mdci_field_seen seen[256]; /* [hash of the text] */
};

/** Tables of the parser. */
struct mdci_field_tables {
    struct mdci_field_slot *slots; /* [names][1 << slot_bits] */
    uint32_t *values;              /* [4][1 << value_bits], see predictor.h */
    uint32_t *lines;               /* [2][1 << MDCI_LINE_BITS] */
    unsigned slot_bits, value_bits;
};

MDCI_KERNEL uint32_t mdci_hash3(uint32_t a, uint32_t b, uint32_t c)
{
    return mdci_hash2(mdci_hash2(a, b), c);
}

/** Hash of a value, byte by byte. */
MDCI_KERNEL uint32_t mdci_field_hash(uint32_t hash, uint32_t byte)
{
    hash = (hash + byte + 1) * 0x3D4D51CBu;
    return hash ^ hash >> 15;
}

/** Measures the value at bytes[0..room): letters and digits, and the byte that
 *  ends it. \param text  out: hash of it without that byte
 *  \return its bytes, that one too; 0 if it does not end here, or is too long
 */
MDCI_KERNEL uint32_t mdci_field_measure(const uint8_t *bytes, uint32_t room,
                                        uint32_t *text)
{
    uint32_t hash = 0, n = 0;
    if (room > MDCI_VALUE_MAX)
        room = MDCI_VALUE_MAX;
    while (n < room && mdci_is_alnum(bytes[n]))
        hash = mdci_field_hash(hash, bytes[n++]);
    *text = hash;
    return n < room ? n + 1 : 0;
}

/** The memory of the field's slot under one of its names. */
MDCI_KERNEL struct mdci_field_slot *
mdci_field_slot_of(const struct mdci_field *f,
                   const struct mdci_field_tables *t, unsigned name)
{
    return t->slots + ((size_t)name << t->slot_bits) +
           (mdci_mix32(f->name[name]) >> (32 - t->slot_bits));
}

/* Follows a line of the past from field to field, as long as the bytes that
 * end fields are the same. */
MDCI_KERNEL uint32_t mdci_field_follow_line(uint32_t at, const uint8_t *block,
                                            uint32_t byte, uint32_t pos)
{
    if (!at)
        return 0;
    while (at < pos && mdci_is_alnum(block[at]))
        at++;
    return at + 1 < pos && block[at] == byte ? at + 1 : 0;
}

/* Enters the field's value into its slot. */
MDCI_KERNEL void mdci_field_remember(struct mdci_field_slot *s,
                                     const struct mdci_field *f,
                                     const uint8_t *block, uint32_t byte)
{
    if (s->text != f->text)
        s->at_other = s->at;
    s->text_before = s->text;
    s->text = f->text;
    s->at = f->start;
    s->end = (uint8_t)byte;
    if (f->kinds == MDCI_KIND_DIGITS && f->length <= MDCI_DIGITS_MAX) {
        s->step = s->kinds == MDCI_KIND_DIGITS ? f->number - s->number : 0;
        s->number = f->number;
        s->width = block[f->start] == '0' || s->width == f->length
                       ? (uint8_t)f->length
                       : 1;
    } else {
        s->width = 0;
    }
    s->random =
        mdci_novel_fields(s->random, mdci_surprise_random(&f->surprise));
    s->kinds = (uint8_t)f->kinds;
    s->length = (uint8_t)(f->length < 255 ? f->length : 255);
}

/* Notes a field of this line that had the same text. */
MDCI_KERNEL void mdci_field_copy(struct mdci_field *f,
                                 struct mdci_field_slot *s)
{
    struct mdci_field_seen *seen = &f->seen[mdci_mix32(f->text) >> 24];
    if (f->length >= 2 && f->index && seen->text == f->text &&
        seen->line == f->line_start && f->index - seen->index < 48)
        s->copy = (uint16_t)(seen->index % MDCI_LINE_NUMBERS + 1);
    seen->text = f->text;
    seen->line = f->line_start;
    seen->index = f->index;
}

/* Starts a line. */
MDCI_KERNEL void mdci_field_start_line(struct mdci_field *f,
                                       const struct mdci_field_tables *t,
                                       uint32_t pos)
{
    const unsigned shift = 32 - MDCI_LINE_BITS;
    uint32_t *one = t->lines + (mdci_hash2(f->line[0], 5) >> shift);
    uint32_t *two = t->lines + ((size_t)1 << MDCI_LINE_BITS) +
                    (mdci_hash2(f->line[0], f->line[1]) >> shift);
    *one = *two = f->line_start;
    f->line[1] = f->line[0];
    f->line[0] = f->skeleton;
    one = t->lines + (mdci_hash2(f->line[0], 5) >> shift);
    two = t->lines + ((size_t)1 << MDCI_LINE_BITS) +
          (mdci_hash2(f->line[0], f->line[1]) >> shift);
    f->followed[0] = *two ? *two : *one;
    f->followed[1] = f->above_start = f->line_start;
    f->line_start = pos;
    f->skeleton = f->column = f->part = f->quoted = f->index = 0;
    f->key = f->distance = f->before[0] = f->before[1] = f->relation = 0;
}

/* Names the slot of the field behind this one.
 * \param random  1 if this one is random, and was expected to be */
MDCI_KERNEL void mdci_field_name(struct mdci_field *f, int random,
                                 uint32_t byte)
{
    const uint32_t letters = f->kinds == MDCI_KIND_LETTERS;
    const uint32_t any = MDCI_KIND_LETTERS | MDCI_KIND_DIGITS;
    const uint32_t what = !letters ? f->kinds + 1000
                          : random ? any + 1000
                                   : f->text;
    f->skeleton = mdci_hash3(f->skeleton, what, byte);
    f->quoted ^= byte == '"';
    if (!f->quoted && (byte == ' ' || byte == '\t' || byte == ',' ||
                       byte == '|' || byte == ';')) {
        f->column++;
        f->part = 0;
    } else {
        f->part++;
    }
    f->distance++;
    if (byte == '=' || byte == ':' ||
        (letters && (byte == '[' || byte == '('))) {
        if (letters) {
            f->key = f->text;
            f->distance = 0;
        } else if (!f->length && byte == ':') {
            f->key = f->before[0];
            f->distance = 0;
        }
    }
}

/** Takes in the byte that was coded. \param pos  bytes so far, it included
 *  \return 1 if it ended a field: predictors are told before, see
 *          mdci_field_end() */
MDCI_KERNEL int mdci_field_update(struct mdci_field *f,
                                  const struct mdci_field_slot *slot,
                                  const uint8_t *block, uint32_t byte)
{
    f->classes = (f->classes << 4 | mdci_character_class(byte)) & 0xFFFFFF;
    if (!mdci_is_alnum(byte))
        return 1;
    if (!f->length)
        f->relation <<= 2;
    if ((f->relation & 3) < 2 && slot->at) {
        const uint32_t was = block[slot->at + f->length];
        f->relation = (f->relation & ~3u) | (was == byte  ? 1u
                                             : was < byte ? 2u
                                                          : 3u);
    }
    f->text = mdci_field_hash(f->text, byte);
    f->kinds |= mdci_is_digit(byte) ? MDCI_KIND_DIGITS : MDCI_KIND_LETTERS;
    f->number = f->number * 10 + (byte - '0');
    f->length++;
    return 0;
}

/** Ends the field at a byte and starts the next one behind it. */
MDCI_KERNEL void mdci_field_end(struct mdci_field *f,
                                const struct mdci_field_tables *t,
                                const uint8_t *block, uint32_t byte,
                                uint32_t pos)
{
    for (unsigned n = 0; n < MDCI_NAMES; n++)
        mdci_field_remember(mdci_field_slot_of(f, t, n), f, block, byte);
    struct mdci_field_slot *slot = mdci_field_slot_of(f, t, 0);
    mdci_field_copy(f, slot);
    if (f->kinds == MDCI_KIND_DIGITS)
        slot->part =
            mdci_calendar_read(&f->calendar, slot->part, f->number, f->length);
    for (unsigned k = 0; k < 2; k++)
        f->followed[k] =
            mdci_field_follow_line(f->followed[k], block, byte, pos);
    mdci_field_name(f,
                    mdci_surprise_random(&f->surprise) &&
                        mdci_field_slot_of(f, t, 1)->random ==
                            MDCI_NOVEL_FIELDS,
                    byte);
    if (f->length) {
        f->before[1] = f->before[0];
        f->before[0] = f->text;
    }
    f->index++;
    if (byte == '\n')
        mdci_field_start_line(f, t, pos);
    f->name[0] = f->skeleton + 1;
    f->name[1] = mdci_hash3(f->column, f->part < 30 ? f->part : 30,
                            byte | f->quoted << 9);
    f->name[2] = mdci_hash3(f->key, f->distance < 20 ? f->distance : 20, byte);
    f->start = f->start_of[f->index % MDCI_LINE_NUMBERS] = pos;
    f->length = f->text = f->kinds = 0;
    memset(&f->surprise, 0, sizeof f->surprise);
    f->number = 0;
    for (unsigned n = 0; n < MDCI_NAMES; n++)
        MDCI_PREFETCH(mdci_field_slot_of(f, t, n));
}

#endif
