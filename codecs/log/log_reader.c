/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_reader.c
 * \brief From a segment's texts and structure to its bytes.
 */
#include "config.h"

#include "codecs/log/log_streams.h"
#include "src/base/varint.h"

#include <string.h>

/* The segment at hand. */
struct segment {
    const uint8_t *joined;
    const uint8_t *data, *data_end;   /* of the structure, what is left */
    const uint8_t *texts, *texts_end; /* of the texts, what is left */
    uint8_t *out;                     /* of the restored bytes, what is left */
    size_t room;
};

void mdci_log_reader_reset(struct mdci_log_reader *r)
{
    mdci_log_templates_reset(&r->templates);
    mdci_log_dictionary_reset(&r->dictionary);
    memset(r->column, 0, sizeof(r->column));
}

static enum mdc_status get_varint(const uint8_t **p, const uint8_t *end,
                                  uint64_t *value)
{
    size_t used;
    MDCI_CHECK(mdci_varint_read(*p, (size_t)(end - *p), &used, value) ==
               MDC_OK);
    *p += used;
    return MDC_OK;
}

static enum mdc_status put(struct segment *s, const uint8_t *text, size_t size)
{
    MDCI_CHECK(size <= s->room);
    memcpy(s->out, text, size);
    s->out += size;
    s->room -= size;
    return MDC_OK;
}

/* Steps over a text of the texts and its end mark; *size is without it. */
static enum mdc_status skip_text(const uint8_t **p, const uint8_t *end,
                                 size_t *size)
{
    const uint8_t *mark =
        *p < end ? memchr(*p, MDCI_LOG_TEXT_END, (size_t)(end - *p)) : NULL;
    MDCI_CHECK(mark);
    *size = (size_t)(mark - *p);
    *p = mark + 1;
    return MDC_OK;
}

static enum mdc_status read_templates(struct mdci_log_reader *r,
                                      struct segment *s)
{
    uint64_t count;
    MDCI_TRY(get_varint(&s->data, s->data_end, &count));
    MDCI_CHECK(count <= MDCI_LOG_MAX_TEMPLATES);
    for (; count > 0; count--) {
        const size_t left = (size_t)(s->data_end - s->data);
        const uint8_t *end =
            left > 0 ? memchr(s->data, MDCI_LOG_TEMPLATE_END, left) : NULL;
        MDCI_CHECK(end && mdci_log_templates_add(&r->templates, s->data,
                                                 (size_t)(end - s->data)));
        s->data = end + 1;
    }
    return MDC_OK;
}

/* Number of the next line's template, + 1; 0 if it has none. */
static enum mdc_status get_id(const struct mdci_log_reader *r,
                              const uint8_t **p, const uint8_t *end,
                              uint32_t *id)
{
    MDCI_CHECK(*p < end);
    *id = *(*p)++;
    if (*id >= MDCI_LOG_SHORT_IDS) {
        MDCI_CHECK(*p < end);
        *id = MDCI_LOG_SHORT_IDS + ((*id - MDCI_LOG_SHORT_IDS) << 8) + *(*p)++;
    }
    MDCI_CHECK(*id <= r->templates.count);
    return MDC_OK;
}

/* How many values each column has; leaves the lines' ids behind. */
static enum mdc_status count_values(struct mdci_log_reader *r,
                                    struct segment *s, uint64_t lines)
{
    size_t count = 0;
    const struct mdci_log_templates *t = &r->templates;
    for (uint32_t i = 0; i < MDCI_LOG_MAX_COLUMNS; i++)
        r->source[i] = (struct mdci_log_source){0};
    for (; lines > 0; lines--) {
        uint32_t id;
        MDCI_TRY(get_id(r, &s->data, s->data_end, &id));
        if (id == 0)
            continue;
        const struct mdci_log_template *template = &t->list[id - 1];
        /* A value has a byte at least. */
        count += template->slots;
        MDCI_CHECK(count <= s->room);
        for (uint32_t i = 0; i < template->slots; i++)
            r->source[t->slot_column[template->slot + i]].count++;
    }
    return MDC_OK;
}

static enum mdc_status skip_varints(struct segment *s, uint32_t count)
{
    for (; count > 0; count--) {
        uint64_t value;
        MDCI_TRY(get_varint(&s->data, s->data_end, &value));
    }
    return MDC_OK;
}

/* Finds where a column's values are, and steps over them. */
static enum mdc_status find_source(struct mdci_log_reader *r, struct segment *s,
                                   uint32_t column)
{
    struct mdci_log_source *source = &r->source[column];
    size_t texts = 0, size;
    MDCI_CHECK(s->data < s->data_end);
    const unsigned kind = *s->data++;
    source->kind = kind & ~(unsigned)MDCI_LOG_NEW_FORMAT;
    MDCI_CHECK(source->kind < MDCI_LOG_KINDS);
    if (kind & MDCI_LOG_NEW_FORMAT) {
        struct mdci_log_format *format = &r->column[column].format;
        MDCI_CHECK(s->data_end - s->data >= 3);
        *format = (struct mdci_log_format){s->data[0], s->data[1], s->data[2]};
        MDCI_CHECK(mdci_log_format_valid(format));
        s->data += 3;
    }
    source->data = s->data;
    source->texts = s->texts;
    switch (source->kind) {
    case MDCI_LOG_STEPS:
    case MDCI_LOG_NUMBERS:
        return skip_varints(s, source->count);
    case MDCI_LOG_NUMBERED:
    case MDCI_LOG_NUMBERED_16:
        size = source->kind == MDCI_LOG_NUMBERED ? 1 : 2;
        MDCI_CHECK(source->count <= (size_t)(s->data_end - s->data) / size);
        for (uint32_t i = 0; i < source->count; i++, s->data += size)
            texts += s->data[0] == 0 && s->data[size - 1] == 0;
        break;
    case MDCI_LOG_ALIKE:
        texts = 1;
        break;
    default:
        texts = source->count;
    }
    for (; texts > 0; texts--)
        MDCI_TRY(skip_text(&s->texts, s->texts_end, &size));
    return MDC_OK;
}

static enum mdc_status put_number(struct segment *s,
                                  const struct mdci_log_column *column)
{
    uint8_t text[MDCI_LOG_NUMBER_MAX];
    return put(s, text, mdci_log_print(&column->format, column->last, text));
}

static enum mdc_status put_numbered(struct mdci_log_reader *r,
                                    struct segment *s, uint32_t column)
{
    struct mdci_log_source *source = &r->source[column];
    uint32_t number = *source->data++;
    if (source->kind == MDCI_LOG_NUMBERED_16)
        number = number << 8 | *source->data++;
    if (number == 0) {
        const uint8_t *text = source->texts;
        size_t size;
        MDCI_TRY(skip_text(&source->texts, s->texts_end, &size));
        MDCI_CHECK(mdci_log_dictionary_add(
            &r->dictionary, column,
            (struct mdci_log_text){(uint32_t)(text - s->joined),
                                   (uint32_t)size}));
        return put(s, text, size);
    }
    MDCI_CHECK(number <= r->dictionary.size[column]);
    const struct mdci_log_text text =
        mdci_log_dictionary_get(&r->dictionary, column, number - 1);
    return put(s, s->joined + text.at, text.size);
}

/* find_source() has seen that all values are there. */
static enum mdc_status restore_value(struct mdci_log_reader *r,
                                     struct segment *s, uint32_t column)
{
    struct mdci_log_source *source = &r->source[column];
    const uint8_t *text = source->texts;
    uint64_t value;
    size_t size;
    switch (source->kind) {
    case MDCI_LOG_STEPS:
        MDCI_TRY(get_varint(&source->data, s->data_end, &value));
        r->column[column].last += value >> 1 ^ (0 - (value & 1));
        return put_number(s, &r->column[column]);
    case MDCI_LOG_NUMBERS:
        MDCI_TRY(get_varint(&source->data, s->data_end, &value));
        r->column[column].last = value;
        return put_number(s, &r->column[column]);
    case MDCI_LOG_NUMBERED:
    case MDCI_LOG_NUMBERED_16:
        return put_numbered(r, s, column);
    default:
        MDCI_TRY(skip_text(&source->texts, s->texts_end, &size));
        if (source->kind == MDCI_LOG_ALIKE)
            source->texts = text;
        return put(s, text, size);
    }
}

static enum mdc_status restore_line(struct mdci_log_reader *r,
                                    struct segment *s, uint32_t id)
{
    const struct mdci_log_templates *t = &r->templates;
    const struct mdci_log_template *template = &t->list[id];
    const uint8_t *text = t->texts + template->text;
    const uint8_t *end = text + template->size;
    const uint16_t *column = t->slot_column + template->slot;
    for (uint32_t i = 0; i < template->slots; i++) {
        const uint8_t *slot = memchr(text, MDCI_LOG_SLOT, (size_t)(end - text));
        MDCI_CHECK(slot);
        MDCI_TRY(put(s, text, (size_t)(slot - text)));
        MDCI_TRY(restore_value(r, s, column[i]));
        text = slot + 1;
    }
    return put(s, text, (size_t)(end - text));
}

/* A line without a template ends at a newline, or with the last of them. */
static enum mdc_status restore_bare(struct segment *s, const uint8_t **bare,
                                    const uint8_t *end)
{
    const size_t left = (size_t)(end - *bare);
    const uint8_t *newline = left > 0 ? memchr(*bare, '\n', left) : NULL;
    const size_t size = newline ? (size_t)(newline - *bare) + 1 : left;
    MDCI_TRY(put(s, *bare, size));
    *bare += size;
    return MDC_OK;
}

enum mdc_status mdci_log_read(struct mdci_log_reader *r, const uint8_t *joined,
                              size_t at, size_t texts_size,
                              size_t structure_size, uint8_t *out,
                              size_t out_size)
{
    struct segment s = {
        .joined = joined,
        .texts = joined + at,
        .texts_end = joined + at + texts_size,
        .data = joined + at + texts_size,
        .data_end = joined + at + texts_size + structure_size,
        .out = out,
        .room = out_size,
    };
    uint64_t lines, bare_size;
    MDCI_TRY(get_varint(&s.data, s.data_end, &lines));
    MDCI_TRY(get_varint(&s.data, s.data_end, &bare_size));
    MDCI_CHECK(bare_size <= texts_size);
    MDCI_TRY(read_templates(r, &s));
    const uint8_t *ids = s.data;
    const uint8_t *bare = s.texts;
    const uint8_t *bare_end = bare + bare_size;
    s.texts = bare_end;
    MDCI_TRY(count_values(r, &s, lines));
    for (uint32_t i = 0; i < MDCI_LOG_MAX_COLUMNS; i++)
        if (r->source[i].count > 0)
            MDCI_TRY(find_source(r, &s, i));
    for (; lines > 0; lines--) {
        uint32_t id;
        MDCI_TRY(get_id(r, &ids, s.data_end, &id));
        MDCI_TRY(id > 0 ? restore_line(r, &s, id - 1)
                        : restore_bare(&s, &bare, bare_end));
    }
    MDCI_CHECK(s.room == 0 && s.data == s.data_end && s.texts == s.texts_end &&
               bare == bare_end);
    return MDC_OK;
}
