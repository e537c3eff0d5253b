/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_survey.c
 * \brief Which templates a log has, and what each of them is worth.
 */
#include "config.h"

#include "codecs/codec.h"
#include "codecs/log/log_stamp.h"
#include "codecs/log/log_streams.h"
#include "src/base/bytes.h"

#include <string.h>

enum {
    SEGMENT = 1 << 20,
    LINES = SEGMENT / 8,
    VALUES = SEGMENT / 4,
    ROOM = SEGMENT + SEGMENT / 8,
    LEFT = 1 << 19, /* bytes of lines that wait for others of their kind */
    LEFT_LINES = LEFT / 32,
    EXAMPLE = 256,
    SLOT_EXAMPLE = 32,
    BARE = MDCI_LOG_MAX_TEMPLATES /* the entry for lines without a template */
};

struct entry {
    struct mdci_template_use use;
    char example[EXAMPLE];
};

struct slot {
    uint64_t plain_size, cost;
    char example[SLOT_EXAMPLE];
    unsigned example_size;
};

/* Text, what its bytes cost, and the lines in it. */
struct piece {
    const uint8_t *text;
    const uint32_t *cost;
    struct mdci_log_line *lines;
    size_t count;
    const uint64_t *number; /* of each line; NULL: they follow one another */
};

struct mdci_survey {
    struct mdc_allocator allocator;
    struct mdci_log_templates templates;
    struct mdci_log_miner miner;
    struct mdci_log_writer writer;
    struct mdci_log_line line[LINES];
    struct mdci_log_span value[VALUES];
    uint8_t text[SEGMENT]; /* what was added and not yet looked at */
    uint32_t cost[SEGMENT];
    int measured; /* costs are known */
    size_t size;
    int in_line;          /* the rest of a counted line comes first */
    uint8_t joined[ROOM]; /* what the writer makes is not kept */
    uint64_t lines;       /* so far, with those that wait */
    uint8_t left[LEFT];   /* lines that wait */
    uint32_t left_cost[LEFT];
    struct mdci_log_line left_line[LEFT_LINES];
    uint64_t left_number[LEFT_LINES];
    size_t left_size, left_count;
    struct entry entry[BARE + 1];
    struct slot slot[MDCI_LOG_MAX_SLOTS]; /* of all templates */
    struct mdci_log_stamps stamps;
    struct mdci_text_use kind[MDCI_TEXT_KINDS];
};

enum mdc_status mdci_survey_open(struct mdci_survey **survey,
                                 const struct mdc_allocator *allocator)
{
    struct mdci_survey *s = mdci_alloc(allocator, sizeof(*s));
    if (!s)
        return MDC_MEM;
    s->allocator = *allocator;
    s->size = s->left_size = s->left_count = 0;
    s->lines = 0;
    s->measured = s->in_line = 0;
    memset(s->entry, 0, sizeof(s->entry));
    memset(s->slot, 0, sizeof(s->slot));
    memset(s->kind, 0, sizeof(s->kind));
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

static uint64_t cost_of_text(const struct piece *p, size_t at, size_t size)
{
    uint64_t cost = 0;
    for (size_t i = at; i < at + size; i++)
        cost += p->cost[i];
    return cost;
}

/* What a value of a column takes, about. */
static uint64_t cost_in_column(const struct mdci_survey *s, uint32_t column)
{
    const uint32_t *first = s->writer.first + column;
    return first[1] > first[0] ? s->writer.cost[column] / (first[1] - first[0])
                               : 0;
}

/* Counts the values of a line's slots; the first line's are examples.
 * \return what they cost */
static uint64_t count_slots(struct mdci_survey *s, const struct piece *p,
                            const struct mdci_log_line *line, int first)
{
    const struct mdci_log_template *t = &s->templates.list[line->template];
    uint64_t sum = 0;
    for (uint32_t k = 0; k < t->slots; k++) {
        const struct mdci_log_span value = s->value[line->value + k];
        struct slot *slot = &s->slot[t->slot + k];
        const uint64_t cost =
            s->measured
                ? cost_of_text(p, value.at, value.size)
                : cost_in_column(s, s->templates.slot_column[t->slot + k]);
        if (first) {
            slot->example_size =
                (unsigned)mdci_min_size(value.size, SLOT_EXAMPLE);
            memcpy(slot->example, p->text + value.at, slot->example_size);
        }
        slot->plain_size += value.size;
        slot->cost += cost;
        sum += cost;
    }
    return sum;
}

/* In 1/256 bits; without accounts, what a bare line takes is a guess. */
static uint64_t cost_of_line(struct mdci_survey *s, const struct piece *p,
                             const struct mdci_log_line *line, int first)
{
    const int bare = line->template == MDCI_LOG_NO_TEMPLATE;
    const uint64_t slots = bare ? 0 : count_slots(s, p, line, first);
    if (s->measured)
        return cost_of_text(p, line->at, line->size);
    return bare ? (uint64_t)line->size * 2 * 256 : 256 + slots;
}

static int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static int is_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || c >= 0x80;
}

/* Where what begins at `at` ends, before `end`, and what it is. */
static size_t end_of_kind(const uint8_t *text, size_t at, size_t end,
                          enum mdci_text_kind *kind)
{
    int digits = 0, letters = 0;
    size_t i = at;
    for (; i < end && (is_digit(text[i]) || is_letter(text[i])); i++) {
        digits |= is_digit(text[i]);
        letters |= is_letter(text[i]);
    }
    *kind = !letters  ? MDCI_TEXT_NUMBER
            : !digits ? MDCI_TEXT_WORD
                      : MDCI_TEXT_NAME;
    if (i > at)
        return i;
    const int ends = text[i] == '\n' || text[i] == '\r';
    *kind = ends ? MDCI_TEXT_END : MDCI_TEXT_BETWEEN;
    return i + 1;
}

static void count_kind(struct mdci_survey *s, enum mdci_text_kind kind,
                       const struct piece *p, size_t at, size_t end)
{
    struct mdci_text_use *use = &s->kind[kind];
    use->count++;
    use->plain_size += end - at;
    use->cost += cost_of_text(p, at, end - at);
}

static void count_kinds(struct mdci_survey *s, const struct piece *p,
                        const struct mdci_log_line *line)
{
    const size_t end = line->at + line->size;
    size_t at = line->at, stamp = end;
    int64_t time;
    if (mdci_log_stamp(&s->stamps, p->text + at, line->size, &time) !=
        MDCI_LOG_NO_TIME)
        stamp = at + s->stamps.at;
    while (at < end) {
        enum mdci_text_kind kind = MDCI_TEXT_TIME;
        const size_t next = at == stamp ? line->at + s->stamps.end
                                        : end_of_kind(p->text, at, end, &kind);
        count_kind(s, kind, p, at, next);
        at = next;
    }
}

static void count_line(struct mdci_survey *s, const struct piece *p,
                       const struct mdci_log_line *line, uint64_t number)
{
    struct entry *e =
        &s->entry[line->template == MDCI_LOG_NO_TEMPLATE ? BARE
                                                         : line->template];
    struct mdci_template_use *use = &e->use;
    const int first = use->lines++ == 0 || number < use->first_line;
    if (first) {
        use->first_line = number;
        use->example_size = mdci_min_size(line->size, EXAMPLE);
        memcpy(e->example, p->text + line->at, use->example_size);
    }
    use->last_line = number > use->last_line ? number : use->last_line;
    use->plain_size += line->size;
    use->cost += cost_of_line(s, p, line, first);
    if (s->measured)
        count_kinds(s, p, line);
}

/* Finds the templates of a piece's lines. */
static enum mdc_status mine(struct mdci_survey *s, const struct piece *p)
{
    const struct mdci_log_plan plan = {
        .text = p->text,
        .lines = p->lines,
        .line_count = p->count,
        .values = s->value,
        .value_count = mdci_log_mine(&s->miner, p->text, p->lines, p->count,
                                     s->value, VALUES),
    };
    size_t size = 0, texts;
    s->stamps.text = NULL; /* the last line has moved */
    if (s->measured)
        return MDC_OK;
    /* It is written for the costs of columns, over the last one's texts. */
    mdci_log_writer_reset(&s->writer);
    s->writer.templates_written = s->templates.count;
    const enum mdc_status status =
        mdci_log_write(&s->writer, &plan, s->joined, &size, ROOM, &texts);
    return status == MDC_NEED_OUTPUT ? MDC_OK : status;
}

/* Counts the lines that wait, whether they have templates now or not. */
static enum mdc_status count_left(struct mdci_survey *s)
{
    const struct piece p = {s->left, s->left_cost, s->left_line, s->left_count,
                            s->left_number};
    MDCI_TRY(mine(s, &p));
    for (size_t i = 0; i < p.count; i++)
        count_line(s, &p, &p.lines[i], p.number[i]);
    s->left_size = s->left_count = 0;
    return MDC_OK;
}

/* 1 if a line can wait. */
static int keep(struct mdci_survey *s, const struct piece *p,
                const struct mdci_log_line *line, uint64_t number)
{
    const size_t at = s->left_size;
    if (line->template != MDCI_LOG_NO_TEMPLATE ||
        line->size > MDCI_LOG_LINE_MAX || line->size > LEFT - at ||
        s->left_count == LEFT_LINES)
        return 0;
    memcpy(s->left + at, p->text + line->at, line->size);
    memcpy(s->left_cost + at, p->cost + line->at,
           line->size * sizeof(*p->cost));
    s->left_line[s->left_count] =
        (struct mdci_log_line){.at = (uint32_t)at, .size = line->size};
    s->left_number[s->left_count++] = number;
    s->left_size += line->size;
    return 1;
}

/* Lines without a template wait: others of their kind may come. */
static enum mdc_status count_lines(struct mdci_survey *s, const struct piece *p)
{
    const uint64_t before = s->lines;
    s->lines += p->count;
    MDCI_TRY(mine(s, p));
    for (size_t i = 0; i < p->count; i++)
        if (!keep(s, p, &p->lines[i], before + 1 + i))
            count_line(s, p, &p->lines[i], before + 1 + i);
    return s->left_size > LEFT / 2 || s->left_count > LEFT_LINES / 2
               ? count_left(s)
               : MDC_OK;
}

/* What is left of a line that was too long to be looked at as one.
 * \return bytes */
static size_t count_rest(struct mdci_survey *s, const struct piece *p)
{
    const uint8_t *newline = memchr(s->text, '\n', s->size);
    const struct mdci_log_line rest = {
        .size = (uint32_t)(newline ? (size_t)(newline - s->text) + 1 : s->size),
        .template = MDCI_LOG_NO_TEMPLATE};
    struct mdci_template_use *use = &s->entry[BARE].use;
    s->in_line = !newline;
    s->stamps.text = NULL;
    use->plain_size += rest.size;
    use->cost += cost_of_line(s, p, &rest, 0);
    if (s->measured)
        count_kinds(s, p, &rest);
    return rest.size;
}

/* Looks at text[0..size), whole lines if there are any. */
static enum mdc_status look(struct mdci_survey *s)
{
    struct piece p = {s->text, s->cost, s->line, 0, NULL};
    size_t at = s->in_line ? count_rest(s, &p) : 0;
    while (at < s->size && p.count < LINES) {
        const uint8_t *newline = memchr(s->text + at, '\n', s->size - at);
        /* The rest of a last line comes with the next bytes. */
        if (!newline && at > 0 && s->size == SEGMENT)
            break;
        s->in_line = !newline && s->size == SEGMENT;
        const size_t end = newline ? (size_t)(newline - s->text) + 1 : s->size;
        s->line[p.count++] = (struct mdci_log_line){
            .at = (uint32_t)at, .size = (uint32_t)(end - at)};
        at = end;
    }
    if (!s->miner.stamps) {
        mdci_log_stamps_learn(&s->stamps, s->text, at);
        s->miner.stamps = &s->stamps;
    }
    MDCI_TRY(count_lines(s, &p));
    memmove(s->text, s->text + at, s->size - at);
    memmove(s->cost, s->cost + at, (s->size - at) * sizeof(*s->cost));
    s->size -= at;
    return MDC_OK;
}

enum mdc_status mdci_survey_add(struct mdci_survey *s, const uint8_t *data,
                                const uint32_t *cost, size_t size)
{
    s->measured = cost != NULL;
    while (size > 0) {
        const size_t part = mdci_min_size(size, SEGMENT - s->size);
        memcpy(s->text + s->size, data, part);
        if (cost) {
            memcpy(s->cost + s->size, cost, part * sizeof(*cost));
            cost += part;
        }
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
    return count_left(s);
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
            use->slots = t->slots;
        }
        ++*number;
        return 1;
    }
    return 0;
}

void mdci_survey_slot(const struct mdci_survey *s, unsigned number, unsigned k,
                      struct mdci_slot_use *use)
{
    const struct slot *slot = &s->slot[s->templates.list[number].slot + k];
    *use = (struct mdci_slot_use){
        .plain_size = slot->plain_size,
        .cost = slot->cost,
        .example = slot->example,
        .example_size = slot->example_size,
    };
}

const struct mdci_text_use *mdci_survey_kinds(const struct mdci_survey *s)
{
    return s->kind;
}
