/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file line.h
 * \brief What lines of logs and tables have in common with lines before:
 *        fields, the skeleton that separators and words make, columns.
 *
 * A field is a run of letters and digits; every other byte ends it. Two
 * places of the past are followed: the field with the same number in the line
 * above, and what came after the same skeleton last time.
 */
#ifndef MDCI_LINE_H
#define MDCI_LINE_H

#include <string.h>

#include "models/character.h"
#include "models/context.h"
#include "models/integer.h"
#include "models/novel.h"

#define MDCI_LINE_FIELDS 64  /* fields of a line that are told apart */
#define MDCI_LINE_SLOTS  256 /* names of fields, hashed */

/** What fields of one name were like. */
struct mdci_line_slot {
    uint8_t random; /* in a row that were random, see novel.h */
    uint8_t length; /* of the last one, 255: that or more */
};

struct mdci_line {
    uint32_t start;           /* place of the line's first byte */
    uint32_t above_start;     /* the same of the line above */
    uint32_t field;           /* number of the field in its line */
    uint32_t fields_above;    /* number of fields of the line above */
    uint32_t text;            /* hash of the field so far */
    uint32_t place;           /* bytes of the field so far */
    uint32_t skeleton;        /* hash of the line's letters and separators */
    uint32_t skeleton_before; /* the same where the field starts */
    uint32_t first_text;      /* hash of the line's first two fields */
    uint32_t history;         /* hash of this field's value in the line above */
    uint32_t classes;         /* kinds of the last six bytes, 4 bits each */
    uint32_t above;           /* followed place: same field above, 0: none */
    uint32_t above_hits;      /* bit k: the byte k back was as expected there */
    uint32_t same;            /* followed place: same skeleton, 0: none */
    uint32_t same_hits;       /* bit k: the byte k back was as expected there */
    uint32_t start_of[MDCI_LINE_FIELDS];
    uint32_t above_start_of[MDCI_LINE_FIELDS];
    uint32_t value[MDCI_LINE_FIELDS]; /* last hash of every field */
    uint32_t column; /* between spaces and the like, in the line */
    uint32_t part;   /* number of the field in its column */
    uint32_t name;   /* hash of both and of the byte before the field */
    struct mdci_surprise surprise; /* of the field */
    struct mdci_line_slot slot[MDCI_LINE_SLOTS];
};

/** The bytes that the past has at the followed places, 0 for none. */
struct mdci_line_expected {
    uint32_t column;     /* in the column above */
    uint32_t above;      /* field above, with 256 added */
    uint32_t above_hits; /* bit k: the byte k back was as expected there */
    uint32_t same;       /* after the same skeleton, with 256 added */
    uint32_t same_next;  /* and the byte behind it */
};

MDCI_KERNEL struct mdci_line_expected
mdci_line_expect(const struct mdci_line *l, const uint8_t *block, uint32_t pos)
{
    struct mdci_line_expected e;
    const uint32_t column = l->above_start + (pos - l->start);
    e.column = column < l->start ? block[column] : 0;
    e.above = l->above ? block[l->above] | 256u : 0;
    e.same = l->same ? block[l->same] | 256u : 0;
    e.same_next = l->same && l->same + 1 < pos ? block[l->same + 1] : 0;
    return e;
}

/** \param last    the last byte
 *  \param match   what the short match expects, 0 if nothing
 *  \param word    hash of the word so far */
MDCI_KERNEL void mdci_line_keys(uint64_t *key, const struct mdci_line *l,
                                struct mdci_line_expected e, uint32_t last,
                                uint32_t match, uint32_t word)
{
    const uint64_t skeleton = (uint64_t)l->skeleton << 32;
    const uint32_t field = l->field & 255;
    const uint32_t places = (e.above & 255) | (e.same & 255) << 8;
    key[MDCI_CONTEXT_FIELD] = (uint64_t)l->text << 8 | field;
    key[MDCI_CONTEXT_SKELETON_FIELD] = skeleton | l->text;
    key[MDCI_CONTEXT_SKELETON_PLACE] = skeleton | l->place << 8 | last;
    key[MDCI_CONTEXT_FIELD_HISTORY] =
        mdci_hash64(skeleton | l->value[l->field % MDCI_LINE_FIELDS]) +
        (l->text + l->place * 77);
    key[MDCI_CONTEXT_FIELD_PAIR] = (uint64_t)l->history << 32 | l->text;
    key[MDCI_CONTEXT_LINE_START] = (uint64_t)l->first_text << 32 | l->text;
    key[MDCI_CONTEXT_ABOVE] = (uint64_t)field << 16 | e.column << 8 | last;
    key[MDCI_CONTEXT_WORD_ABOVE] =
        (uint64_t)word << 16 | l->field << 8 | e.column;
    key[MDCI_CONTEXT_SAME_PLACE] =
        (uint64_t)(e.same | e.same_next << 9) << 8 | last;
    key[MDCI_CONTEXT_SAME_PLACE_FIELD] =
        skeleton | (e.same | (l->same_hits & 7) << 9);
    key[MDCI_CONTEXT_TWO_PLACES] =
        (uint64_t)(places | (e.above >> 8) << 24 | (e.same >> 8) << 25) << 8 |
        last;
    key[MDCI_CONTEXT_EXPECTATIONS] =
        (uint64_t)(e.column | places << 8) << 24 | (match & 255) << 8 | last;
    key[MDCI_CONTEXT_CLASSES] = (uint64_t)l->classes << 8 | last;
}

/* Follows the place behind the last line or field that looked like this. */
MDCI_KERNEL void mdci_line_follow_same(struct mdci_line *l, uint32_t *places,
                                       uint32_t hash, uint32_t pos)
{
    l->same = places[hash];
    places[hash] = pos;
}

/** The memory of fields with this one's name. */
MDCI_KERNEL const struct mdci_line_slot *
mdci_line_slot_of(const struct mdci_line *l)
{
    return &l->slot[l->name >> 24];
}

/* Remembers what the field was like, and names the next. */
MDCI_KERNEL void mdci_line_name(struct mdci_line *l, uint32_t byte)
{
    struct mdci_line_slot *s = &l->slot[l->name >> 24];
    s->random =
        mdci_novel_fields(s->random, mdci_surprise_random(&l->surprise));
    s->length = (uint8_t)(l->place < 255 ? l->place : 255);
    memset(&l->surprise, 0, sizeof l->surprise);
    l->part++;
    if (byte == ' ' || byte == '\t' || byte == ',' || byte == '|' ||
        byte == ';') {
        l->column++;
        l->part = 0;
    }
    if (byte == '\n')
        l->column = l->part = 0;
    l->name =
        mdci_hash2(mdci_hash2(l->column, l->part < 30 ? l->part : 30), byte);
}

/**
 * Takes in the byte that was coded.
 * \param pos     bytes coded so far, byte included
 * \param places  [2^place_bits], last place behind a skeleton
 */
MDCI_KERNEL void mdci_line_update(struct mdci_line *l, const uint8_t *block,
                                  uint32_t byte, uint32_t pos, uint32_t *places,
                                  unsigned place_bits)
{
    l->classes = (l->classes << 4 | mdci_character_class(byte)) & 0xFFFFFF;
    if (l->above) {
        l->above_hits = l->above_hits << 1 | (block[l->above] == byte);
        if (l->above + 1 < pos)
            l->above++;
    }
    if (l->same) {
        l->same_hits = l->same_hits << 1 | (block[l->same] == byte);
        if (++l->same >= pos)
            l->same = 0;
    }
    if (!mdci_is_alnum(byte)) {
        /* Random letters are no part of a skeleton. */
        if (mdci_surprise_random(&l->surprise) &&
            mdci_line_slot_of(l)->random == MDCI_NOVEL_FIELDS)
            l->skeleton = l->skeleton_before;
        mdci_line_name(l, byte);
        const uint32_t slot = l->field % MDCI_LINE_FIELDS;
        l->history = l->value[slot];
        l->value[slot] = l->text;
        if (l->field < 2)
            l->first_text = (l->first_text + l->text) * 0x2545F491u;
        l->field++;
        l->skeleton = (l->skeleton ^ (byte + 256)) * 0x2C1B3C6Du;
        l->skeleton ^= l->skeleton >> 15;
        l->text = l->place = 0;
        if (byte == '\n') {
            l->above_start = l->start;
            l->start = pos;
            memcpy(l->above_start_of, l->start_of, sizeof l->start_of);
            l->fields_above = l->field - 1;
            l->field = l->skeleton = l->first_text = 0;
        }
        l->skeleton_before = l->skeleton;
        l->start_of[l->field % MDCI_LINE_FIELDS] = pos;
        l->above = l->field <= l->fields_above
                       ? l->above_start_of[l->field % MDCI_LINE_FIELDS]
                       : 0;
        mdci_line_follow_same(
            l, places, l->skeleton * 0x297A2D39u >> (32 - place_bits), pos);
    } else {
        l->text = (l->text + byte + 1) * 0x3D4D51CBu;
        l->text ^= l->text >> 15;
        l->place++;
        if (mdci_is_letter(byte)) {
            l->skeleton = (l->skeleton ^ byte) * 0x2C1B3C6Du;
            l->skeleton ^= l->skeleton >> 15;
        }
    }
}

#endif
