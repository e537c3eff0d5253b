/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_reader.c
 * \brief From a segment's texts and structure to its bytes.
 */
#include "config.h"

#include "codecs/log/log_streams.h"
#include "src/base/varint.h"

#include <string.h>

struct mdci_log_segment mdci_log_segment_of(const uint8_t *joined, size_t at,
                                            size_t texts_size,
                                            size_t structure_size, uint8_t *out,
                                            size_t out_size)
{
    const uint8_t *texts_end = joined + at + texts_size;
    return (struct mdci_log_segment){
        .joined = joined,
        .texts = joined + at,
        .texts_end = texts_end,
        .data = texts_end,
        .data_end = texts_end + structure_size,
        .out = out,
        .room = out_size,
    };
}

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

static enum mdc_status put(struct mdci_log_segment *s, const uint8_t *text,
                           size_t size)
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
                                      struct mdci_log_segment *s)
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

/* The lines, the templates, and where the bare lines are. */
static enum mdc_status read_start(struct mdci_log_reader *r,
                                  struct mdci_log_segment *s, uint64_t *lines)
{
    uint64_t bare_size;
    MDCI_TRY(get_varint(&s->data, s->data_end, lines));
    MDCI_TRY(get_varint(&s->data, s->data_end, &bare_size));
    MDCI_CHECK(bare_size <= (size_t)(s->texts_end - s->texts));
    s->bare = s->texts;
    s->bare_end = s->texts += bare_size;
    return read_templates(r, s);
}

static void forget_sources(struct mdci_log_reader *r)
{
    for (uint32_t i = 0; i < r->templates.column_count; i++)
        r->source[i] = (struct mdci_log_source){0};
}

/* Counts the values that a line has in each column. */
static enum mdc_status count_values(struct mdci_log_reader *r,
                                    const struct mdci_log_segment *s,
                                    uint32_t id, size_t *count)
{
    const struct mdci_log_templates *t = &r->templates;
    if (id == 0)
        return MDC_OK;
    const struct mdci_log_template *template = &t->list[id - 1];
    *count += template->slots;
    MDCI_CHECK(*count <= s->room); /* a value has a byte at least */
    for (uint32_t i = 0; i < template->slots; i++)
        r->source[t->slot_column[template->slot + i]].count++;
    return MDC_OK;
}

/* Reads how a column is written. */
static enum mdc_status read_kind(struct mdci_log_reader *r,
                                 struct mdci_log_segment *s, uint32_t column,
                                 uint8_t *kind)
{
    MDCI_CHECK(s->data < s->data_end);
    const unsigned byte = *s->data++;
    *kind = (uint8_t)(byte & ~(unsigned)MDCI_LOG_NEW_FORMAT);
    MDCI_CHECK(*kind < MDCI_LOG_KINDS);
    if (byte & MDCI_LOG_NEW_FORMAT) {
        struct mdci_log_format *format = &r->column[column].format;
        MDCI_CHECK(s->data_end - s->data >= 3);
        *format = (struct mdci_log_format){s->data[0], s->data[1], s->data[2]};
        MDCI_CHECK(mdci_log_format_valid(format));
        s->data += 3;
    }
    return MDC_OK;
}

static enum mdc_status skip_varints(struct mdci_log_segment *s, uint32_t count)
{
    for (; count > 0; count--) {
        uint64_t value;
        MDCI_TRY(get_varint(&s->data, s->data_end, &value));
    }
    return MDC_OK;
}

/* Steps over the numbers of a column; *texts is how many texts are new. */
static enum mdc_status skip_data(struct mdci_log_segment *s,
                                 const struct mdci_log_source *source,
                                 uint32_t *texts)
{
    const size_t size = source->kind == MDCI_LOG_NUMBERED ? 1 : 2;
    if (source->kind == MDCI_LOG_STEPS || source->kind == MDCI_LOG_NUMBERS)
        return skip_varints(s, source->count);
    MDCI_CHECK(source->count <= (size_t)(s->data_end - s->data) / size);
    for (uint32_t i = 0; i < source->count; i++, s->data += size)
        *texts += s->data[0] == 0 && s->data[size - 1] == 0;
    return MDC_OK;
}

/* Finds the texts of a column, and steps over them. */
static enum mdc_status find_texts(struct mdci_log_segment *s,
                                  struct mdci_log_source *source,
                                  uint32_t new_texts)
{
    uint32_t count = new_texts;
    size_t size;
    if (source->kind == MDCI_LOG_TEXTS)
        count = source->count;
    else if (source->kind == MDCI_LOG_ALIKE)
        count = 1;
    source->texts = s->texts;
    source->texts_end = s->texts_end;
    for (; count > 0; count--)
        MDCI_TRY(skip_text(&s->texts, s->texts_end, &size));
    return MDC_OK;
}

/* Finds where a column's values are, and steps over them. */
static enum mdc_status find_source(struct mdci_log_reader *r,
                                   struct mdci_log_segment *s, uint32_t column)
{
    struct mdci_log_source *source = &r->source[column];
    uint32_t new_texts = 0;
    MDCI_TRY(read_kind(r, s, column, &source->kind));
    source->data = s->data;
    if (mdci_log_has_code(source->kind))
        MDCI_TRY(skip_data(s, source, &new_texts));
    return find_texts(s, source, new_texts);
}

static enum mdc_status put_number(struct mdci_log_segment *s,
                                  const struct mdci_log_column *column)
{
    uint8_t text[MDCI_LOG_NUMBER_MAX];
    return put(s, text, mdci_log_print(&column->format, column->last, text));
}

static enum mdc_status put_numbered(struct mdci_log_reader *r,
                                    struct mdci_log_segment *s, uint32_t column,
                                    uint64_t number)
{
    struct mdci_log_source *source = &r->source[column];
    if (number == 0) {
        const uint8_t *text = source->texts;
        size_t size;
        MDCI_TRY(skip_text(&source->texts, source->texts_end, &size));
        MDCI_CHECK(mdci_log_dictionary_add(
            &r->dictionary, column,
            (struct mdci_log_text){(uint32_t)(text - s->joined),
                                   (uint32_t)size}));
        return put(s, text, size);
    }
    MDCI_CHECK(number <= r->dictionary.size[column]);
    const struct mdci_log_text text =
        mdci_log_dictionary_get(&r->dictionary, column, (uint32_t)number - 1);
    return put(s, s->joined + text.at, text.size);
}

/* Noise is in the order of the lines. */
static enum mdc_status put_noise(struct mdci_log_segment *s)
{
    const uint8_t *text = s->noise;
    size_t size;
    MDCI_TRY(skip_text(&s->noise, s->noise_end, &size));
    return put(s, text, size);
}

static enum mdc_status put_text(struct mdci_log_segment *s,
                                struct mdci_log_source *source)
{
    const uint8_t *text = source->texts;
    size_t size;
    MDCI_TRY(skip_text(&source->texts, source->texts_end, &size));
    if (source->kind == MDCI_LOG_ALIKE)
        source->texts = text;
    return put(s, text, size);
}

/* The next number of a column, from the table or from the structure, where
 * find_source() has seen that it is there. */
static enum mdc_status next_code(struct mdci_log_reader *r,
                                 struct mdci_log_segment *s, uint32_t column,
                                 uint64_t *code)
{
    struct mdci_log_source *source = &r->source[column];
    if (s->values) {
        *code = *s->values++;
        return MDC_OK;
    }
    switch (source->kind) {
    case MDCI_LOG_STEPS:
        MDCI_TRY(get_varint(&source->data, s->data_end, code));
        *code = r->column[column].last + (*code >> 1 ^ (0 - (*code & 1)));
        return MDC_OK;
    case MDCI_LOG_NUMBERS:
        return get_varint(&source->data, s->data_end, code);
    default:
        *code = *source->data++;
        if (source->kind == MDCI_LOG_NUMBERED_16)
            *code = *code << 8 | *source->data++;
        return MDC_OK;
    }
}

static enum mdc_status restore_value(struct mdci_log_reader *r,
                                     struct mdci_log_segment *s,
                                     uint32_t column)
{
    const unsigned kind = r->source[column].kind;
    uint64_t code;
    if (kind == MDCI_LOG_NOISE)
        return put_noise(s);
    if (!mdci_log_has_code(kind))
        return put_text(s, &r->source[column]);
    MDCI_TRY(next_code(r, s, column, &code));
    if (kind == MDCI_LOG_NUMBERED || kind == MDCI_LOG_NUMBERED_16)
        return put_numbered(r, s, column, code);
    r->column[column].last = code;
    return put_number(s, &r->column[column]);
}

static enum mdc_status restore_line(struct mdci_log_reader *r,
                                    struct mdci_log_segment *s, uint32_t id)
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
static enum mdc_status restore_bare(struct mdci_log_segment *s)
{
    const size_t left = (size_t)(s->bare_end - s->bare);
    const uint8_t *newline = left > 0 ? memchr(s->bare, '\n', left) : NULL;
    const size_t size = newline ? (size_t)(newline - s->bare) + 1 : left;
    MDCI_TRY(put(s, s->bare, size));
    s->bare += size;
    return MDC_OK;
}

static enum mdc_status restore(struct mdci_log_reader *r,
                               struct mdci_log_segment *s, uint32_t id)
{
    return id > 0 ? restore_line(r, s, id - 1) : restore_bare(s);
}

/* Nothing is left. */
static enum mdc_status check_end(const struct mdci_log_segment *s)
{
    MDCI_CHECK(s->room == 0 && s->data == s->data_end &&
               s->texts == s->texts_end && s->bare == s->bare_end &&
               s->noise == s->noise_end);
    return MDC_OK;
}

enum mdc_status mdci_log_read(struct mdci_log_reader *r,
                              struct mdci_log_segment *s)
{
    uint64_t lines;
    size_t count = 0;
    uint32_t id;
    MDCI_TRY(read_start(r, s, &lines));
    const uint8_t *ids = s->data;
    forget_sources(r);
    for (uint64_t i = 0; i < lines; i++) {
        MDCI_TRY(get_id(r, &s->data, s->data_end, &id));
        MDCI_TRY(count_values(r, s, id, &count));
    }
    for (uint32_t i = 0; i < r->templates.column_count; i++)
        if (r->source[i].count > 0)
            MDCI_TRY(find_source(r, s, i));
    for (uint64_t i = 0; i < lines; i++) {
        MDCI_TRY(get_id(r, &ids, s->data_end, &id));
        MDCI_TRY(restore(r, s, id));
    }
    return check_end(s);
}

enum mdc_status mdci_log_read_head(struct mdci_log_reader *r,
                                   struct mdci_log_segment *s,
                                   struct mdci_log_table *table,
                                   size_t max_lines)
{
    uint64_t lines;
    MDCI_TRY(read_start(r, s, &lines));
    MDCI_CHECK(lines <= max_lines);
    for (uint32_t i = 0; i < r->templates.column_count; i++)
        MDCI_TRY(read_kind(r, s, i, &r->kind[i]));
    table->templates = &r->templates;
    table->kind = r->kind;
    table->column = r->column;
    table->lines = (size_t)lines;
    return MDC_OK;
}

enum mdc_status mdci_log_read_table(struct mdci_log_reader *r,
                                    struct mdci_log_segment *s,
                                    const struct mdci_log_table *table)
{
    const struct mdci_log_templates *t = &r->templates;
    uint32_t new_texts[MDCI_LOG_MAX_COLUMNS] = {0};
    const uint64_t *value = table->values;
    size_t count = 0;
    forget_sources(r);
    for (size_t i = 0; i < table->lines; i++) {
        MDCI_TRY(count_values(r, s, table->ids[i], &count));
        if (table->ids[i] == 0)
            continue;
        const struct mdci_log_template *template = &t->list[table->ids[i] - 1];
        for (uint32_t k = 0; k < template->slots; k++) {
            const uint32_t column = t->slot_column[template->slot + k];
            const uint8_t kind = table->kind[column];
            if (kind == MDCI_LOG_NUMBERED || kind == MDCI_LOG_NUMBERED_16)
                new_texts[column] += *value == 0;
            value += mdci_log_has_code(kind);
        }
    }
    for (uint32_t i = 0; i < t->column_count; i++) {
        r->source[i].kind = table->kind[i];
        if (r->source[i].count > 0)
            MDCI_TRY(find_texts(s, &r->source[i], new_texts[i]));
    }
    s->values = table->values;
    for (size_t i = 0; i < table->lines; i++)
        MDCI_TRY(restore(r, s, table->ids[i]));
    return check_end(s);
}
