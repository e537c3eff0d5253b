/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_writer.c
 * \brief From a segment's plan to its texts and its structure.
 */
#include "config.h"

#include "codecs/log/log_streams.h"
#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/varint.h"

#include <string.h>

enum {
    HASHES = MDCI_LOG_MAX_TEXTS * 2,
    FEW = 256, /* values that may all be new texts of a dictionary */

    KEEP_SHARE = 8, /* a kind is kept that costs so much more, and bits */
    KEEP_BITS = 64,
    LONG_NUMBER = 32 * 256, /* of more 1/256 bits a value */

    NOISE_SAMPLE = 16384, /* at most, of three bytes each */
    NOISE_LEAST = 256,
    NOISE_SHARE = 25 /* one in so many may come twice, by chance as well */
};

/* The texts that are being written: joined[start..size). */
struct texts {
    uint8_t *joined;
    size_t size, room;
};

enum mdc_status mdci_log_writer_open(struct mdci_log_writer *w,
                                     const struct mdci_log_templates *templates,
                                     size_t max_values,
                                     const struct mdc_allocator *allocator)
{
    memset(w, 0, sizeof(*w));
    w->templates = templates;
    w->max_values = max_values;
    w->allocator = allocator;
    w->order = mdci_alloc(allocator, max_values * sizeof(*w->order));
    w->code = mdci_alloc(allocator, max_values * sizeof(*w->code));
    return w->order && w->code &&
                   mdci_log_dictionary_open(&w->dictionary, allocator)
               ? MDC_OK
               : MDC_MEM;
}

void mdci_log_writer_reset(struct mdci_log_writer *w)
{
    w->templates_written = 0;
    mdci_log_dictionary_reset(&w->dictionary);
    memset(w->column, 0, sizeof(w->column));
    memset(w->hash, 0, sizeof(w->hash));
    memset(w->kind, MDCI_LOG_KINDS, sizeof(w->kind));
}

void mdci_log_writer_close(struct mdci_log_writer *w)
{
    const struct mdc_allocator *allocator = w->allocator;
    mdci_free(allocator, w->order);
    mdci_free(allocator, w->code);
    mdci_buffer_free(&w->structure, allocator);
    for (unsigned i = 0; i < 3; i++)
        mdci_buffer_free(&w->candidate[i], allocator);
    mdci_free(allocator, w->dictionary.pool);
}

/* ---- Writing bytes ------------------------------------------------------- */

static enum mdc_status put(struct mdci_log_writer *w, struct mdci_buffer *out,
                           const void *data, size_t size)
{
    MDCI_TRY(
        mdci_buffer_reserve(out, w->allocator, out->size + size, SIZE_MAX));
    memcpy(out->data + out->size, data, size);
    out->size += size;
    return MDC_OK;
}

static enum mdc_status put_varint(struct mdci_log_writer *w,
                                  struct mdci_buffer *out, uint64_t value)
{
    uint8_t bytes[MDCI_VARINT_MAX];
    return put(w, out, bytes, mdci_varint_write(bytes, value));
}

static enum mdc_status put_text(struct texts *t, const uint8_t *text,
                                size_t size)
{
    if (size > t->room - t->size)
        return MDC_NEED_OUTPUT;
    memcpy(t->joined + t->size, text, size);
    t->size += size;
    return MDC_OK;
}

/* A text with its end mark. */
static enum mdc_status put_value(struct texts *t, const uint8_t *text,
                                 size_t size)
{
    static const uint8_t end = MDCI_LOG_TEXT_END;
    MDCI_TRY(put_text(t, text, size));
    return put_text(t, &end, 1);
}

/* ---- Dictionary ---------------------------------------------------------- */

/* The place of a column's text in the hash table: its own, or a free one. */
static uint32_t find_text(const struct mdci_log_writer *w, uint32_t column,
                          const uint8_t *joined, const uint8_t *text,
                          size_t size)
{
    uint32_t at = (uint32_t)mdci_check(text, size, column) % HASHES;
    for (; w->hash[at]; at = (at + 1) % HASHES) {
        const uint32_t known = w->hash[at] - 1;
        if (w->known[known].column != column)
            continue;
        const struct mdci_log_text found = mdci_log_dictionary_get(
            &w->dictionary, column, w->known[known].number);
        if (found.size == size && memcmp(joined + found.at, text, size) == 0)
            break;
    }
    return at;
}

/* Numbers the values of a column, 0 for new ones, whose text is written; to
 * the third candidate. *fit is 0 if too many are new, or too many at all. */
static enum mdc_status number_texts(struct mdci_log_writer *w,
                                    const struct mdci_log_plan *plan,
                                    uint32_t column, struct texts *t, int *fit)
{
    struct mdci_log_dictionary *d = &w->dictionary;
    struct mdci_buffer *out = &w->candidate[2];
    const uint32_t count = w->first[column + 1] - w->first[column];
    uint32_t made = 0;
    *fit = 0;
    out->size = 0;
    MDCI_TRY(mdci_buffer_reserve(out, w->allocator, count * sizeof(uint16_t),
                                 SIZE_MAX));
    for (uint32_t i = 0; i < count; i++) {
        const struct mdci_log_span value =
            plan->values[w->order[w->first[column] + i]];
        const uint8_t *text = plan->text + value.at;
        const uint32_t at = find_text(w, column, t->joined, text, value.size);
        uint16_t number = 0;
        if (w->hash[at]) {
            number = (uint16_t)(w->known[w->hash[at] - 1].number + 1);
        } else {
            const uint32_t known = d->count;
            if ((i >= FEW && made > i / 10 * 9) ||
                !mdci_log_dictionary_add(
                    d, column,
                    (struct mdci_log_text){(uint32_t)t->size, value.size}))
                return MDC_OK;
            w->known[known].column = column;
            w->known[known].number = d->size[column] - 1;
            w->hash[at] = known + 1;
            MDCI_TRY(put_value(t, text, value.size));
            made++;
        }
        memcpy(out->data + out->size, &number, sizeof(number));
        out->size += sizeof(number);
    }
    *fit = made <= count / 10 * 9;
    return MDC_OK;
}

/* Forgets the newest texts of a column, down to `size` of them. */
static void forget_texts(struct mdci_log_writer *w, uint32_t column,
                         const uint8_t *joined, uint32_t size)
{
    struct mdci_log_dictionary *d = &w->dictionary;
    for (uint32_t i = d->size[column]; i-- > size;) {
        const struct mdci_log_text text = mdci_log_dictionary_get(d, column, i);
        /* The last that came is the first to go: its place becomes free as it
         * was, and no search ends there that should go on. */
        w->hash[find_text(w, column, joined, joined + text.at, text.size)] = 0;
        mdci_log_dictionary_drop(d, column);
    }
}

/* ---- What is smallest ---------------------------------------------------- */

/* log2(n) in 1/256, n > 0, from below and with an error of less than 23. */
static uint64_t log2_of(uint64_t n)
{
    uint64_t log = 0;
    while (n >> log > 1)
        log++;
    return log * 256 + (log > 8 ? n >> (log - 8) : n << (8 - log)) - 256;
}

/* About what an order-0 coder makes of data[size], in 1/256 bits. */
static uint64_t cost_of(const uint8_t *data, size_t size)
{
    uint32_t count[256] = {0};
    uint64_t cost = size > 0 ? size * log2_of(size) : 0;
    for (size_t i = 0; i < size; i++)
        count[data[i]]++;
    for (unsigned i = 0; i < 256; i++)
        if (count[i] > 0)
            cost -= count[i] * log2_of(count[i]);
    return cost;
}

static uint64_t cost_of_texts(const struct mdci_log_writer *w,
                              const struct mdci_log_plan *plan, uint32_t column)
{
    uint32_t count[256] = {0};
    uint64_t size = 0, cost;
    for (uint32_t i = w->first[column]; i < w->first[column + 1]; i++) {
        const struct mdci_log_span value = plan->values[w->order[i]];
        for (uint32_t k = 0; k < value.size; k++)
            count[plan->text[value.at + k]]++;
        size += value.size + 1;
    }
    count[MDCI_LOG_TEXT_END] = w->first[column + 1] - w->first[column];
    cost = size * log2_of(size);
    for (unsigned i = 0; i < 256; i++)
        if (count[i] > 0)
            cost -= count[i] * log2_of(count[i]);
    return cost;
}

/* The one format of all values of a column, and their numbers. */
static int find_format(struct mdci_log_writer *w,
                       const struct mdci_log_plan *plan, uint32_t column,
                       struct mdci_log_format *format)
{
    const uint32_t *order = w->order + w->first[column];
    const uint32_t count = w->first[column + 1] - w->first[column];
    struct mdci_log_format guess;
    *format = (struct mdci_log_format){0};
    for (uint32_t i = 0; i < count; i++) {
        const struct mdci_log_span value = plan->values[order[i]];
        if (!mdci_log_guess(&guess, plan->text + value.at, value.size))
            return 0;
        if (guess.clock == 0 && guess.pad == 0)
            continue;
        *format = guess;
        break;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct mdci_log_span value = plan->values[order[i]];
        if (!mdci_log_parse(format, plan->text + value.at, value.size,
                            &w->code[order[i]]))
            return 0;
    }
    return 1;
}

static enum mdc_status write_numbers(struct mdci_log_writer *w, uint32_t column)
{
    const uint32_t *order = w->order + w->first[column];
    const uint32_t count = w->first[column + 1] - w->first[column];
    uint64_t last = w->column[column].last;
    w->candidate[0].size = w->candidate[1].size = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t number = w->code[order[i]];
        const uint64_t step = number - last;
        MDCI_TRY(
            put_varint(w, &w->candidate[0], step << 1 ^ (0 - (step >> 63))));
        MDCI_TRY(put_varint(w, &w->candidate[1], number));
        last = number;
    }
    return MDC_OK;
}

/* What a kind costs, with a bonus for the one that the column has: what was
 * learned of its values serves on. */
static uint64_t favour(const struct mdci_log_writer *w, uint32_t column,
                       unsigned kind, uint64_t cost)
{
    const uint64_t bonus = cost / KEEP_SHARE + KEEP_BITS * 256;
    if (w->kind[column] != kind)
        return cost;
    return cost > bonus ? cost - bonus : 0;
}

/* The better of differences and numbers. */
static uint64_t cost_of_numbers(const struct mdci_log_writer *w,
                                uint32_t column, unsigned *kind)
{
    const uint64_t steps = cost_of(w->candidate[0].data, w->candidate[0].size);
    const uint64_t numbers =
        cost_of(w->candidate[1].data, w->candidate[1].size);
    *kind = favour(w, column, MDCI_LOG_STEPS, steps) <=
                    favour(w, column, MDCI_LOG_NUMBERS, numbers)
                ? MDCI_LOG_STEPS
                : MDCI_LOG_NUMBERS;
    const uint64_t cost = *kind == MDCI_LOG_STEPS ? steps : numbers;
    /* In rows, what was guessed serves on whatever the kind. */
    return w->rows ? cost : favour(w, column, *kind, cost);
}

static int all_alike(const struct mdci_log_writer *w,
                     const struct mdci_log_plan *plan, uint32_t column)
{
    const uint32_t *order = w->order + w->first[column];
    const uint32_t count = w->first[column + 1] - w->first[column];
    const struct mdci_log_span first = plan->values[order[0]];
    for (uint32_t i = 1; i < count; i++) {
        const struct mdci_log_span value = plan->values[order[i]];
        if (value.size != first.size ||
            memcmp(plan->text + value.at, plan->text + first.at, first.size) !=
                0)
            return 0;
    }
    return 1;
}

static enum mdc_status put_kind(struct mdci_log_writer *w, uint32_t column,
                                unsigned kind)
{
    const uint8_t byte = (uint8_t)kind;
    w->kind[column] = (uint8_t)(kind & ~(unsigned)MDCI_LOG_NEW_FORMAT);
    return put(w, &w->structure, &byte, 1);
}

static enum mdc_status write_as_numbers(struct mdci_log_writer *w,
                                        uint32_t column,
                                        const struct mdci_log_format *format,
                                        unsigned kind)
{
    struct mdci_log_column *known = &w->column[column];
    const struct mdci_buffer *data =
        &w->candidate[kind == MDCI_LOG_STEPS ? 0 : 1];
    const uint8_t bytes[3] = {format->clock, format->pad, format->width};
    if (memcmp(&known->format, format, sizeof(*format)) == 0) {
        MDCI_TRY(put_kind(w, column, kind));
    } else {
        MDCI_TRY(put_kind(w, column, kind | MDCI_LOG_NEW_FORMAT));
        MDCI_TRY(put(w, &w->structure, bytes, sizeof(bytes)));
    }
    known->format = *format;
    known->last = w->code[w->order[w->first[column + 1] - 1]];
    return w->rows ? MDC_OK : put(w, &w->structure, data->data, data->size);
}

static enum mdc_status write_as_dictionary(struct mdci_log_writer *w,
                                           uint32_t column)
{
    const struct mdci_buffer *numbers = &w->candidate[2];
    const uint32_t *order = w->order + w->first[column];
    const int wide = w->dictionary.size[column] > 255;
    MDCI_TRY(
        put_kind(w, column, wide ? MDCI_LOG_NUMBERED_16 : MDCI_LOG_NUMBERED));
    for (size_t i = 0; i < numbers->size / sizeof(uint16_t); i++) {
        uint16_t number;
        memcpy(&number, numbers->data + i * sizeof(number), sizeof(number));
        const uint8_t bytes[2] = {(uint8_t)(number >> 8), (uint8_t)number};
        w->code[order[i]] = number;
        if (!w->rows)
            MDCI_TRY(
                put(w, &w->structure, wide ? bytes : bytes + 1, wide ? 2 : 1));
    }
    return MDC_OK;
}

/* 1 if hardly any six bytes of a column's texts come twice, as in random
 * identifiers; there must be enough of them to tell. */
static int is_noise(struct mdci_log_writer *w, const struct mdci_log_plan *plan,
                    uint32_t column)
{
    unsigned count = 0, twice = 0;
    memset(w->seen, 0, sizeof(w->seen));
    for (uint32_t i = w->first[column]; i < w->first[column + 1]; i++) {
        const struct mdci_log_span value = plan->values[w->order[i]];
        const uint8_t *text = plan->text + value.at;
        for (uint32_t k = 0; k + 6 <= value.size; k += 3) {
            const uint64_t six = mdci_load_le(text + k, 6);
            const uint64_t at =
                six * UINT64_C(0x9E3779B97F4A7C15) >> 32 & (MDCI_LOG_SEEN - 1);
            twice += w->seen[at / 64] >> at % 64 & 1;
            w->seen[at / 64] |= UINT64_C(1) << at % 64;
            if (++count == NOISE_SAMPLE)
                return twice < NOISE_SAMPLE / NOISE_SHARE;
        }
    }
    return count >= NOISE_LEAST && twice < count / NOISE_SHARE;
}

static enum mdc_status write_column(struct mdci_log_writer *w,
                                    const struct mdci_log_plan *plan,
                                    uint32_t column, struct texts *t)
{
    const uint32_t *order = w->order + w->first[column];
    const uint32_t count = w->first[column + 1] - w->first[column];
    if (!mdci_log_has_code(w->kind[column]) && all_alike(w, plan, column)) {
        const struct mdci_log_span value = plan->values[order[0]];
        w->cost[column] = 0;
        MDCI_TRY(put_kind(w, column, MDCI_LOG_ALIKE));
        return put_value(t, plan->text + value.at, value.size);
    }
    unsigned kind = MDCI_LOG_TEXTS;
    uint64_t best = cost_of_texts(w, plan, column);
    struct mdci_log_format format;
    if (find_format(w, plan, column, &format)) {
        unsigned number_kind;
        MDCI_TRY(write_numbers(w, column));
        const uint64_t cost = cost_of_numbers(w, column, &number_kind);
        if (cost < best) {
            best = cost;
            kind = number_kind;
        }
    }
    if (format.clock == 0 || kind == MDCI_LOG_TEXTS) {
        const uint32_t known = w->dictionary.size[column];
        const size_t before = t->size;
        int fit;
        MDCI_TRY(number_texts(w, plan, column, t, &fit));
        const uint64_t texts = cost_of(t->joined + before, t->size - before);
        uint64_t numbered =
            texts + cost_of(w->candidate[2].data, w->candidate[2].size);
        /* What is mostly new has no use for what was there. */
        if (texts < best / 2)
            numbered =
                favour(w, column,
                       known > 255 ? MDCI_LOG_NUMBERED_16 : MDCI_LOG_NUMBERED,
                       numbered);
        /* Rows do not know long numbers again but by what is around them, and
         * a small segment does not show how many will come again. */
        if (w->rows && kind != MDCI_LOG_TEXTS && best / count > LONG_NUMBER)
            numbered -= numbered / KEEP_SHARE;
        if (fit && numbered < best) {
            w->cost[column] = numbered;
            return write_as_dictionary(w, column);
        }
        forget_texts(w, column, t->joined, known);
        t->size = before;
    }
    w->cost[column] = best;
    if (kind != MDCI_LOG_TEXTS)
        return write_as_numbers(w, column, &format, kind);
    if (w->rows && is_noise(w, plan, column)) /* put_noise() writes it */
        return put_kind(w, column, MDCI_LOG_NOISE);
    MDCI_TRY(put_kind(w, column, kind));
    for (uint32_t i = 0; i < count; i++) {
        const struct mdci_log_span value = plan->values[order[i]];
        MDCI_TRY(put_value(t, plan->text + value.at, value.size));
    }
    return MDC_OK;
}

/* ---- The segment --------------------------------------------------------- */

/* Sorts the values by column, in line order. */
static void sort_values(struct mdci_log_writer *w,
                        const struct mdci_log_plan *plan)
{
    const struct mdci_log_templates *t = w->templates;
    uint32_t next[MDCI_LOG_MAX_COLUMNS + 1] = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < plan->line_count; i++) {
            const struct mdci_log_line *line = &plan->lines[i];
            if (line->template == MDCI_LOG_NO_TEMPLATE)
                continue;
            const struct mdci_log_template *template = &t->list[line->template];
            const uint16_t *column = t->slot_column + template->slot;
            for (uint32_t k = 0; k < template->slots; k++) {
                if (pass == 0)
                    next[column[k]]++;
                else
                    w->order[next[column[k]]++] = line->value + k;
            }
        }
        if (pass == 1)
            return;
        uint32_t sum = 0;
        for (uint32_t k = 0; k <= MDCI_LOG_MAX_COLUMNS; k++) {
            const uint32_t count = next[k];
            w->first[k] = next[k] = sum;
            sum += count;
        }
    }
}

static enum mdc_status write_templates(struct mdci_log_writer *w)
{
    static const uint8_t end = MDCI_LOG_TEMPLATE_END;
    const struct mdci_log_templates *t = w->templates;
    MDCI_TRY(put_varint(w, &w->structure, t->count - w->templates_written));
    for (; w->templates_written < t->count; w->templates_written++) {
        const struct mdci_log_template *template =
            &t->list[w->templates_written];
        MDCI_TRY(
            put(w, &w->structure, t->texts + template->text, template->size));
        MDCI_TRY(put(w, &w->structure, &end, 1));
    }
    return MDC_OK;
}

static enum mdc_status write_lines(struct mdci_log_writer *w,
                                   const struct mdci_log_plan *plan,
                                   struct texts *t)
{
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct mdci_log_line *line = &plan->lines[i];
        const uint32_t id = line->template + 1; /* 0: no template */
        if (id == 0)
            MDCI_TRY(put_text(t, plan->text + line->at, line->size));
        if (w->rows)
            continue;
        const uint32_t rest = id - MDCI_LOG_SHORT_IDS;
        const uint8_t bytes[2] = {
            (uint8_t)(id < MDCI_LOG_SHORT_IDS
                          ? id
                          : MDCI_LOG_SHORT_IDS + (rest >> 8)),
            (uint8_t)rest,
        };
        MDCI_TRY(put(w, &w->structure, bytes, id < MDCI_LOG_SHORT_IDS ? 1 : 2));
    }
    return MDC_OK;
}

/* The values of columns that are noise, line by line. */
static enum mdc_status put_noise(struct mdci_log_writer *w,
                                 const struct mdci_log_plan *plan)
{
    const struct mdci_log_templates *t = w->templates;
    struct texts noise = {w->noise, 0, w->noise_room};
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct mdci_log_line *line = &plan->lines[i];
        if (line->template == MDCI_LOG_NO_TEMPLATE)
            continue;
        const struct mdci_log_template *template = &t->list[line->template];
        for (uint32_t k = 0; k < template->slots; k++) {
            const struct mdci_log_span value = plan->values[line->value + k];
            if (w->kind[t->slot_column[template->slot + k]] == MDCI_LOG_NOISE)
                MDCI_TRY(put_value(&noise, plan->text + value.at, value.size));
        }
    }
    w->noise_size = noise.size;
    return MDC_OK;
}

enum mdc_status mdci_log_write(struct mdci_log_writer *w,
                               const struct mdci_log_plan *plan,
                               uint8_t *joined, size_t *size, size_t room,
                               size_t *texts_size)
{
    struct texts t = {.joined = joined, .size = *size, .room = room};
    w->structure.size = 0;
    size_t bare = 0; /* bytes of lines without a template */
    for (size_t i = 0; i < plan->line_count; i++)
        if (plan->lines[i].template == MDCI_LOG_NO_TEMPLATE)
            bare += plan->lines[i].size;
    sort_values(w, plan);
    MDCI_TRY(put_varint(w, &w->structure, plan->line_count));
    MDCI_TRY(put_varint(w, &w->structure, bare));
    MDCI_TRY(write_templates(w));
    MDCI_TRY(write_lines(w, plan, &t));
    for (uint32_t i = 0; i < w->templates->column_count; i++) {
        if (w->first[i + 1] > w->first[i])
            MDCI_TRY(write_column(w, plan, i, &t));
        else if (w->rows)
            MDCI_TRY(put_kind(w, i,
                              w->kind[i] < MDCI_LOG_KINDS ? w->kind[i]
                                                          : MDCI_LOG_TEXTS));
    }
    if (w->rows)
        MDCI_TRY(put_noise(w, plan));
    *texts_size = t.size - *size;
    MDCI_TRY(put_text(&t, w->structure.data, w->structure.size));
    *size = t.size;
    return MDC_OK;
}

void mdci_log_fill_table(struct mdci_log_writer *w,
                         const struct mdci_log_plan *plan,
                         struct mdci_log_table *table)
{
    const struct mdci_log_templates *t = w->templates;
    size_t done = 0;
    table->templates = t;
    table->kind = w->kind;
    table->column = w->column;
    table->lines = plan->line_count;
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct mdci_log_line *line = &plan->lines[i];
        table->ids[i] = line->template + 1;
        if (line->template == MDCI_LOG_NO_TEMPLATE)
            continue;
        const struct mdci_log_template *template = &t->list[line->template];
        for (uint32_t k = 0; k < template->slots; k++) {
            const uint8_t kind = w->kind[t->slot_column[template->slot + k]];
            if (mdci_log_has_code(kind))
                table->values[done++] = w->code[line->value + k];
        }
    }
}
