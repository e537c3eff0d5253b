/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_survey.c
 * \brief Which templates a log has, and what each of them is worth.
 */
#include "config.h"

#include "codecs/codec.h"
#include "codecs/log/log_streams.h"
#include "src/base/bytes.h"

#include <string.h>

enum {
    SEGMENT = 1 << 20,
    LINES = SEGMENT / 8,
    VALUES = SEGMENT / 4,
    ROOM = SEGMENT + SEGMENT / 8,
    EXAMPLE = 256,
    BARE = MDCI_LOG_MAX_TEMPLATES /* the entry for lines without a template */
};

struct entry {
    struct mdci_template_use use;
    char example[EXAMPLE];
};

struct mdci_survey {
    struct mdc_allocator allocator;
    struct mdci_log_templates templates;
    struct mdci_log_miner miner;
    struct mdci_log_writer writer;
    struct mdci_log_line line[LINES];
    struct mdci_log_span value[VALUES];
    uint8_t text[SEGMENT]; /* what was added and not yet looked at */
    size_t size;
    uint8_t joined[ROOM]; /* what the writer makes is not kept */
    uint64_t lines;
    struct entry entry[BARE + 1];
};

enum mdc_status mdci_survey_open(struct mdci_survey **survey,
                                 const struct mdc_allocator *allocator)
{
    struct mdci_survey *s = mdci_alloc(allocator, sizeof(*s));
    if (!s)
        return MDC_MEM;
    s->allocator = *allocator;
    s->size = 0;
    s->lines = 0;
    memset(s->entry, 0, sizeof(s->entry));
    mdci_log_templates_reset(&s->templates);
    mdci_log_miner_reset(&s->miner, &s->templates);
    const enum mdc_status status =
        mdci_log_writer_open(&s->writer, &s->templates, VALUES, &s->allocator);
    if (status != MDC_OK) {
        mdci_survey_close(s);
        return status;
    }
    mdci_log_writer_reset(&s->writer);
    *survey = s;
    return MDC_OK;
}

void mdci_survey_close(struct mdci_survey *s)
{
    const struct mdc_allocator allocator = s->allocator;
    mdci_log_writer_close(&s->writer);
    mdci_free(&allocator, s);
}

/* In 1/256 bits; what a byte of a bare line takes is a guess. */
static uint64_t cost_of_line(const struct mdci_survey *s,
                             const struct mdci_log_line *line)
{
    if (line->template == MDCI_LOG_NO_TEMPLATE)
        return (uint64_t)line->size * 2 * 256;
    const struct mdci_log_template *t = &s->templates.list[line->template];
    uint64_t cost = 256;
    for (uint32_t k = 0; k < t->slots; k++) {
        const uint32_t column = s->templates.slot_column[t->slot + k];
        const uint32_t *first = s->writer.first + column;
        if (first[1] > first[0])
            cost += s->writer.cost[column] / (first[1] - first[0]);
    }
    return cost;
}

static void count_line(struct mdci_survey *s, const struct mdci_log_line *line)
{
    const uint32_t number =
        line->template == MDCI_LOG_NO_TEMPLATE ? BARE : line->template;
    struct entry *e = &s->entry[number];
    s->lines++;
    if (e->use.lines++ == 0) {
        e->use.first_line = s->lines;
        e->use.example_size = mdci_min_size(line->size, EXAMPLE);
        memcpy(e->example, s->text + line->at, e->use.example_size);
    }
    e->use.last_line = s->lines;
    e->use.plain_size += line->size;
    e->use.cost += cost_of_line(s, line);
}

/* Looks at text[0..size), whole lines if there are any. */
static enum mdc_status look(struct mdci_survey *s)
{
    size_t count = 0, at = 0;
    while (at < s->size && count < LINES) {
        const uint8_t *newline = memchr(s->text + at, '\n', s->size - at);
        /* The rest of a last line comes with the next bytes. */
        if (!newline && count > 0 && s->size == SEGMENT)
            break;
        const size_t end = newline ? (size_t)(newline - s->text) + 1 : s->size;
        s->line[count++] = (struct mdci_log_line){.at = (uint32_t)at,
                                                  .size = (uint32_t)(end - at)};
        at = end;
    }
    const struct mdci_log_plan plan = {
        .text = s->text,
        .lines = s->line,
        .line_count = count,
        .values = s->value,
        .value_count =
            mdci_log_mine(&s->miner, s->text, s->line, count, s->value, VALUES),
    };
    size_t size = 0, texts;
    /* Each segment's texts are written over the last one's. */
    mdci_log_writer_reset(&s->writer);
    s->writer.templates_written = s->templates.count;
    const enum mdc_status status =
        mdci_log_write(&s->writer, &plan, s->joined, &size, ROOM, &texts);
    if (status != MDC_OK && status != MDC_NEED_OUTPUT)
        return status;
    for (size_t i = 0; i < count; i++)
        count_line(s, &s->line[i]);
    memmove(s->text, s->text + at, s->size - at);
    s->size -= at;
    return MDC_OK;
}

enum mdc_status mdci_survey_add(struct mdci_survey *s, const uint8_t *data,
                                size_t size)
{
    while (size > 0) {
        const size_t part = mdci_min_size(size, SEGMENT - s->size);
        memcpy(s->text + s->size, data, part);
        s->size += part;
        data += part;
        size -= part;
        if (s->size == SEGMENT)
            MDCI_TRY(look(s));
    }
    return MDC_OK;
}

enum mdc_status mdci_survey_end(struct mdci_survey *s)
{
    while (s->size > 0)
        MDCI_TRY(look(s));
    return MDC_OK;
}

int mdci_survey_next(const struct mdci_survey *s, unsigned *number,
                     struct mdci_template_use *use)
{
    for (; *number <= BARE; ++*number) {
        const struct entry *e = &s->entry[*number];
        if (e->use.lines == 0)
            continue;
        *use = e->use;
        use->example = e->example;
        if (*number < BARE) {
            const struct mdci_log_template *t = &s->templates.list[*number];
            use->text = (const char *)s->templates.texts + t->text;
            use->text_size = t->size;
        }
        ++*number;
        return 1;
    }
    return 0;
}
