/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_log.c
 * \brief Unit tests of the log front end: its parts, and nasty logs.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"
#include "codecs/log/log_codec.h"
#include "codecs/log/log_noise.h"
#include "codecs/log/log_rows_kernel.h"
#include "codecs/log/log_streams.h"

static const struct mdc_allocator no_hooks;

/* ---- Numbers and tokens -------------------------------------------------- */

static void test_numbers_come_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "7",
                                        "10",
                                        "999999999999999999",
                                        "00",
                                        "007",
                                        "  42",
                                        " 0",
                                        "12:34:56",
                                        "23:59:59.999",
                                        "00:00:00,123456",
                                        "01.02.03.456789",
                                        "12:00:00.123456789"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const uint8_t *text = (const uint8_t *)texts[i];
        const size_t size = strlen(texts[i]);
        struct mdci_log_format format;
        uint8_t back[MDCI_LOG_NUMBER_MAX];
        uint64_t value;
        assert_int_equal(mdci_log_guess(&format, text, size), 1);
        assert_int_equal(mdci_log_format_valid(&format), 1);
        assert_int_equal(mdci_log_parse(&format, text, size, &value), 1);
        assert_int_equal(mdci_log_print(&format, value, back), size);
        assert_memory_equal(back, text, size);
    }
}

/* What would not come back as it was is no number. */
static void test_other_texts_are_no_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "-",
                                        "1a",
                                        " ",
                                        "   ",
                                        " 05",
                                        "-5",
                                        "+5",
                                        "1.5",
                                        "24:00:00",
                                        "12:60:00",
                                        "12:34:5",
                                        "1:34:56",
                                        "12:34:56.12",
                                        "12.34.56",
                                        "12:34.56",
                                        "12:34:56.1234567890",
                                        "1000000000000000000"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const uint8_t *text = (const uint8_t *)texts[i];
        const size_t size = strlen(texts[i]);
        struct mdci_log_format format;
        uint64_t value;
        if (mdci_log_guess(&format, text, size))
            assert_int_equal(mdci_log_parse(&format, text, size, &value), 0);
    }
    /* Nor are numbers of another format. */
    const struct mdci_log_format plain = {0}, padded = {0, '0', 3};
    uint64_t value;
    assert_int_equal(mdci_log_parse(&plain, (const uint8_t *)"05", 2, &value),
                     0);
    assert_int_equal(mdci_log_parse(&padded, (const uint8_t *)"05", 2, &value),
                     0);
    assert_int_equal(
        mdci_log_parse(&padded, (const uint8_t *)"0123", 4, &value), 0);
    assert_int_equal(
        mdci_log_parse(&padded, (const uint8_t *)"1234", 4, &value), 1);
}

/* Any value at all can be printed: a damaged archive may have it. */
static void test_any_value_is_printed(void **state)
{
    (void)state;
    uint8_t text[MDCI_LOG_NUMBER_MAX];
    struct mdci_log_format f;
    for (unsigned clock = 0; clock <= 11; clock++) {
        f = (struct mdci_log_format){(uint8_t)clock, ':', clock > 1 ? '.' : 0};
        if (mdci_log_format_valid(&f))
            assert_true(mdci_log_print(&f, UINT64_MAX, text) <= sizeof(text));
        else
            assert_true(clock == 0 || clock == 11);
    }
    f = (struct mdci_log_format){0, ' ', 18};
    assert_int_equal(mdci_log_print(&f, 1, text), 18);
    assert_int_equal(mdci_log_print(&f, UINT64_MAX, text), 20);
}

static void test_tokens(void **state)
{
    (void)state;
    const char *line = "Jun  9 06:06:20 host app[123]: \"a b\" x=y\r\n";
    const char *want[] = {"Jun", " 9",  "06:06:20", "host", "app",
                          "123", "a b", "x",        "y"};
    struct mdci_log_scan scan, other;
    assert_int_equal(
        mdci_log_scan_line(&scan, (const uint8_t *)line, strlen(line)), 1);
    assert_int_equal(scan.count, sizeof(want) / sizeof(want[0]));
    for (unsigned i = 0; i < scan.count; i++) {
        assert_int_equal(scan.token[i].size, strlen(want[i]));
        assert_memory_equal(line + scan.token[i].at, want[i],
                            scan.token[i].size);
    }
    /* A number that is not padded makes the same shape. */
    line = "Jul 19 16:06:20 tsoh ppa[4]: \"c d\" z=z\r\n";
    assert_int_equal(
        mdci_log_scan_line(&other, (const uint8_t *)line, strlen(line)), 1);
    assert_true(scan.shape == other.shape);
    assert_int_equal(mdci_log_scan_line(&other, (const uint8_t *)"a\1b", 3), 0);
}

/* ---- Templates, columns, dictionaries ------------------------------------ */

static void test_columns(void **state)
{
    (void)state;
    struct mdci_log_templates *t = must_alloc(sizeof(*t));
    mdci_log_templates_reset(t);
    const char *texts[] = {"\1 user=\1 port \1\n", "\1 login user=\1\n",
                           "\1 port \1:\1\n"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(mdci_log_templates_add(t, (const uint8_t *)texts[i],
                                                strlen(texts[i])),
                         1);
    /* The start of lines, what is behind user=, port, and a port's colon. */
    static const uint16_t want[] = {0, 1, 2, 0, 1, 0, 2, 3};
    assert_int_equal(t->slot_count, 8);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(t->slot_column[i], want[i]);

    uint8_t many[3000];
    memset(many, MDCI_LOG_SLOT, sizeof(many));
    size_t slots = t->slot_count;
    while (mdci_log_templates_add(t, many, sizeof(many)))
        slots += sizeof(many);
    assert_int_equal(t->slot_count, slots);
    assert_true(slots > MDCI_LOG_MAX_SLOTS - sizeof(many));
    assert_int_equal(t->column_count, MDCI_LOG_MAX_COLUMNS);
    while (mdci_log_templates_add(t, many, 0))
        continue;
    assert_int_equal(t->count, MDCI_LOG_MAX_TEMPLATES);
    free(t);
}

static void test_dictionary(void **state)
{
    (void)state;
    struct mdci_log_dictionary *d = must_alloc(sizeof(*d));
    assert_int_equal(mdci_log_dictionary_open(d, &no_hooks), 1);
    mdci_log_dictionary_reset(d);
    /* One text in each column takes a page each; then one takes the rest. */
    for (uint32_t c = 1; c < MDCI_LOG_MAX_COLUMNS; c++)
        assert_int_equal(
            mdci_log_dictionary_add(d, c, (struct mdci_log_text){c, 1}), 1);
    const uint32_t used = d->used;
    uint32_t size = 0;
    while (mdci_log_dictionary_add(d, 0, (struct mdci_log_text){size, 2}))
        size++;
    assert_int_equal(d->count, MDCI_LOG_MAX_TEXTS);
    assert_true(d->used * sizeof(struct mdci_log_text) <=
                mdci_log_dictionary_memory());
    for (uint32_t i = 0; i < size; i++)
        assert_int_equal(mdci_log_dictionary_get(d, 0, i).at, i);
    assert_int_equal(mdci_log_dictionary_get(d, 77, 0).at, 77);
    while (size-- > 0)
        mdci_log_dictionary_drop(d, 0);
    assert_int_equal(d->used, used);
    assert_int_equal(d->size[0], 0);
    free(d->pool);
    free(d);
}

static int count_template(void *opaque, const struct mdc_template *t)
{
    static const char want[] = "\1 INFO job \1 took \1 ms\n";
    unsigned *counts = opaque;
    if (!t->text)
        counts[1] += (unsigned)t->lines;
    else if (t->text_size == sizeof(want) - 1 &&
             memcmp(t->text, want, sizeof(want) - 1) == 0)
        counts[0] += (unsigned)t->lines;
    counts[2] += (unsigned)t->lines;
    return 0;
}

static int stop(void *opaque, const struct mdc_template *t)
{
    (void)opaque;
    (void)t;
    return 1;
}

/* The same, however the log is cut; and a callback can stop it. */
static void test_survey(void **state)
{
    (void)state;
    char *log = (char *)must_alloc(1 << 20);
    size_t size = 0;
    for (int i = 0; i < 5000; i++)
        size += (size_t)sprintf(log + size,
                                i % 5 ? "%02d:%02d:%02d INFO job %d took %d "
                                        "ms\n"
                                      : "%02d:%02d:%02d WARN disk \"%d %d\"\n",
                                i / 3600, i / 60 % 60, i % 60, i * 7, i % 91);
    for (size_t step = 1000; step < size * 2; step *= 30) {
        mdc_survey *survey;
        unsigned counts[3] = {0};
        assert_int_equal(mdc_survey_new(&survey, NULL), MDC_OK);
        for (size_t at = 0; at < size; at += step)
            assert_int_equal(
                mdc_survey_add(survey, log + at,
                               step < size - at ? step : size - at),
                MDC_OK);
        assert_int_equal(mdc_survey_report(survey, count_template, counts),
                         MDC_OK);
        assert_int_equal(counts[0], 4000);
        assert_int_equal(counts[1], 0);
        assert_int_equal(counts[2], 5000);
        assert_int_equal(mdc_survey_report(survey, stop, NULL), MDC_IO);
        assert_int_equal(mdc_survey_add(survey, log, 1), MDC_PROG);
        mdc_survey_free(survey);
    }
    free(log);
}

/* What a survey makes of a log: templates, lines of the one with most, and
 * lines without one. */
struct surveyed {
    unsigned templates;
    uint64_t lines, most, bare, bytes, last_line;
    char text[100]; /* of the one with most, slots as * */
};

static int note_template(void *opaque, const struct mdc_template *t)
{
    struct surveyed *found = opaque;
    found->lines += t->lines;
    found->bytes += t->plain_size;
    found->bare += t->text ? 0 : t->lines;
    found->templates += t->text != NULL;
    if (t->last_line > found->last_line)
        found->last_line = t->last_line;
    if (!t->text || t->lines <= found->most)
        return 0;
    found->most = t->lines;
    assert_true(t->text_size < sizeof(found->text));
    for (size_t i = 0; i < t->text_size; i++)
        found->text[i] =
            (char)(t->text[i] == MDC_TEMPLATE_SLOT ? '*' : t->text[i]);
    found->text[t->text_size] = 0;
    return 0;
}

static struct surveyed survey_of(const char *log, size_t size)
{
    struct surveyed found = {0};
    mdc_survey *survey;
    assert_int_equal(mdc_survey_new(&survey, NULL), MDC_OK);
    assert_int_equal(mdc_survey_add(survey, log, size), MDC_OK);
    assert_int_equal(mdc_survey_report(survey, note_template, &found), MDC_OK);
    mdc_survey_free(survey);
    assert_true(found.bytes == size);
    return found;
}

/* What comes in turn is one statement, however long a turn is: a sample of
 * lines at a fixed distance would show the same of it each time. */
static void test_survey_of_turns(void **state)
{
    (void)state;
    char *log = (char *)must_alloc(1 << 20);
    for (int turn = 2; turn <= 60; turn++) {
        size_t size = 0;
        for (int i = 0; i < 8000; i++)
            size += (size_t)sprintf(log + size,
                                    "2026-02-28 22:%02d:%02d,%03d INFO  "
                                    "worker-%d handled %d in %d ms\n",
                                    i / 400, i % 60, i * 37 % 1000, i % turn,
                                    i * 7919 % 100003, i * 31 % 997);
        const struct surveyed found = survey_of(log, size);
        assert_int_equal(found.templates, 1);
        assert_int_equal(found.bare, 0);
        assert_int_equal(found.lines, 8000);
    }
    free(log);
}

/* Nor is it two where days pass, and what is rare waits for its like. */
static void test_survey_of_days(void **state)
{
    (void)state;
    char *log = (char *)must_alloc(6 << 20);
    size_t size = 0;
    for (int i = 0; i < 60000; i++)
        size += (size_t)sprintf(
            log + size,
            i % 9000 == 17
                ? "%s %2d %02d:%02d:%02d host%d gc paused for %d ms\n"
                : "%s %2d %02d:%02d:%02d host%d answered request %d\n",
            i < 30000 ? "Feb" : "Mar", 1 + i % 30000 / 3000, i / 3600 % 24,
            i / 60 % 60, i % 60, i % 3, i * 7919 % 100003);
    const struct surveyed found = survey_of(log, size);
    assert_true(size > 2 << 20);
    assert_int_equal(found.templates, 2);
    assert_int_equal(found.most, 59993);
    assert_int_equal(found.bare, 0);
    assert_string_equal(found.text, "* * * * answered request *\n");
    free(log);
}

/* A line is one, however long it is, and what follows it is told. */
static void test_survey_of_long_lines(void **state)
{
    (void)state;
    const size_t room = 4 << 20;
    char *log = (char *)must_alloc(room);
    memset(log, 'x', room);
    struct surveyed found = survey_of(log, (2 << 20) + 5);
    assert_int_equal(found.lines, 1);
    assert_int_equal(found.last_line, 1);
    log[(2 << 20) - 1] = '\n'; /* where a segment ends */
    found = survey_of(log, 2 << 20);
    assert_int_equal(found.lines, 1);
    size_t size = 1500000;
    log[size++] = '\n';
    for (int i = 0; i < 1000; i++)
        size += (size_t)sprintf(log + size, "job %d took %d ms\n", i, i * 7);
    memset(log + size, 'y', 2000000);
    found = survey_of(log, size + 2000000);
    assert_int_equal(found.lines, 1002);
    assert_int_equal(found.most, 1000);
    assert_int_equal(found.bare, 2);
    assert_int_equal(found.last_line, 1002);
    assert_string_equal(found.text, "job * took * ms\n");
    free(log);
}

/* ---- Reading what no encoder wrote --------------------------------------- */

static enum mdc_status read_parts(struct mdci_log_reader *r,
                                  const uint8_t *parts, size_t texts,
                                  size_t size, const char *want)
{
    uint8_t out[64];
    /* Memory of just the right size shows reads behind it. */
    uint8_t *joined = must_alloc(size + 1);
    memcpy(joined, parts, size);
    struct mdci_log_segment s =
        mdci_log_segment_of(joined, 0, texts, size - texts, out, strlen(want));
    mdci_log_reader_reset(r);
    const enum mdc_status status = mdci_log_read(r, &s);
    if (status == MDC_OK)
        assert_memory_equal(out, want, strlen(want));
    free(joined);
    return status;
}

static void test_malformed_parts(void **state)
{
    (void)state;
    static const char want[] = "bare\na=7 b=new c=all\na=9 b=new c=all\n";
    static const uint8_t parts[] = {
        'b', 'a', 'r', 'e', '\n', 'n', 'e', 'w', '\n', 'a', 'l', 'l', '\n',
        /* 3 lines, 5 bare bytes, one template */
        3, 5, 1, 'a', '=', 1, ' ', 'b', '=', 1, ' ', 'c', '=', 1, '\n', 2,
        /* ids; then steps 7 and 2, a new text and it again, all alike */
        0, 1, 1, 3, 14, 4, 1, 0, 1, 5};
    const size_t texts = 13, size = sizeof(parts);
    struct mdci_log_reader *r = must_alloc(sizeof(*r));
    assert_int_equal(mdci_log_dictionary_open(&r->dictionary, &no_hooks), 1);
    assert_int_equal(read_parts(r, parts, texts, size, want), MDC_OK);
    for (size_t n = texts; n < size; n++)
        assert_int_equal(read_parts(r, parts, texts, n, want), MDC_DATA);
    for (size_t n = 0; n < texts; n++)
        assert_int_equal(read_parts(r, parts, n, size, want), MDC_DATA);
    /* Every byte as every other one: no crash, and the size is right or it is
     * damaged. */
    for (size_t i = 0; i < size; i++) {
        uint8_t changed[sizeof(parts)];
        memcpy(changed, parts, size);
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t out[sizeof(want)];
            changed[i] = (uint8_t)byte;
            struct mdci_log_segment s = mdci_log_segment_of(
                changed, 0, texts, size - texts, out, strlen(want));
            mdci_log_reader_reset(r);
            const enum mdc_status status = mdci_log_read(r, &s);
            assert_true(status == MDC_DATA ||
                        (status == MDC_OK && s.room == 0));
        }
    }
    free(r->dictionary.pool);
    free(r);
}

/* ---- Rows ---------------------------------------------------------------- */

enum { LINES = 4000, VALUES = 12000 };

struct table {
    struct mdci_log_templates templates;
    uint32_t ids[LINES];
    uint64_t values[VALUES];
};

static struct mdci_log_table fill_table(struct table *t)
{
    static const uint8_t kinds[] = {MDCI_LOG_STEPS, MDCI_LOG_NUMBERED,
                                    MDCI_LOG_NUMBERED_16, MDCI_LOG_NUMBERS,
                                    MDCI_LOG_TEXTS};
    static const struct mdci_log_column columns[5];
    uint64_t seed = 5;
    size_t done = 0;
    mdci_log_templates_reset(&t->templates);
    const char *texts[] = {"\1 a \1\n", "\1 a \1 b \1 c \1 d \1\n", "end\n"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(mdci_log_templates_add(&t->templates,
                                                (const uint8_t *)texts[i],
                                                strlen(texts[i])),
                         1);
    for (size_t i = 0; i < LINES; i++) {
        t->ids[i] = sample_random(&seed, 4);
        if (t->ids[i] == 0 || t->ids[i] == 3)
            continue;
        t->values[done++] = i * 10 + sample_random(&seed, 3);
        t->values[done++] = sample_random(&seed, 256);
        if (t->ids[i] == 1)
            continue;
        t->values[done++] = sample_random(&seed, 65536);
        t->values[done++] = sample_random(&seed, 8) ? 0 : UINT64_MAX - i;
    }
    return (struct mdci_log_table){.templates = &t->templates,
                                   .kind = kinds,
                                   .column = columns,
                                   .ids = t->ids,
                                   .lines = LINES,
                                   .values = t->values,
                                   .max_values = done};
}

static void test_rows(void **state)
{
    (void)state;
    struct table *t = must_alloc(sizeof(*t)), *back = must_alloc(sizeof(*back));
    uint8_t *bytes[2] = {must_alloc(1 << 18), must_alloc(1 << 18)};
    struct mdci_log_table table = fill_table(t), restored = table;
    struct mdci_log_rows *rows = mdci_log_rows_open(10, 1 << 20, &no_hooks);
    assert_non_null(rows);
    restored.ids = back->ids;
    restored.values = back->values;
    mdci_log_rows_reset(rows);
    const size_t size =
        mdci_log_rows_encode(rows, &table, NULL, bytes[0], 1 << 18);
    assert_in_range(size, 1, 1 << 18);

    /* Plain C writes the same. */
    struct mdci_range_coder rc;
    mdci_log_rows_reset(rows);
    mdci_range_encoder_start(&rc, bytes[1], 1 << 18);
    assert_int_equal(mdci_log_rows_encode_scalar(rows, &table, &rc), 1);
    assert_int_equal(mdci_range_encoder_finish(&rc), 1);
    assert_int_equal(rc.size, size);
    assert_memory_equal(bytes[0], bytes[1], size);

    mdci_log_rows_reset(rows);
    assert_int_equal(mdci_log_rows_decode(rows, &restored, bytes[0], size), 1);
    assert_memory_equal(back->ids, t->ids, sizeof(t->ids));
    assert_memory_equal(back->values, t->values,
                        table.max_values * sizeof(uint64_t));

    /* Too little room; more values than there may be; any bytes. */
    mdci_log_rows_reset(rows);
    assert_int_equal(
        mdci_log_rows_encode(rows, &table, NULL, bytes[1], size / 2), 0);
    mdci_log_rows_reset(rows);
    restored.max_values--;
    assert_int_equal(mdci_log_rows_decode(rows, &restored, bytes[0], size), 0);
    for (uint64_t seed = 1; seed < 30; seed++) {
        sample_fill(bytes[1], 2000, SAMPLE_RANDOM, seed);
        mdci_log_rows_reset(rows);
        if (mdci_log_rows_decode(rows, &restored, bytes[1], 2000))
            for (size_t i = 0; i < LINES; i++)
                assert_true(restored.ids[i] <= t->templates.count);
    }
    mdci_log_rows_close(rows, &no_hooks);
    free(t);
    free(back);
    free(bytes[0]);
    free(bytes[1]);
}

/* Proofs take from the tape what was coded, and see if they ask otherwise. */
static void test_rows_replay(void **state)
{
    (void)state;
    enum { ROOM = 1 << 18 };
    struct table *t = must_alloc(sizeof(*t)), *back = must_alloc(sizeof(*back));
    uint8_t *bytes = must_alloc(ROOM), *kept = must_alloc(ROOM);
    const struct mdci_log_table table = fill_table(t);
    struct mdci_log_table restored = table;
    struct mdci_log_rows *rows = mdci_log_rows_open(10, 1 << 20, &no_hooks);
    struct mdci_log_rows *replay = mdci_log_rows_open(0, 1 << 20, &no_hooks);
    assert_non_null(rows);
    assert_non_null(replay);
    restored.ids = back->ids;
    restored.values = back->values;

    /* Two segments, with what is not of theirs between. */
    struct mdci_log_tape tape = {.data = kept, .room = ROOM};
    mdci_log_rows_reset(rows);
    mdci_log_rows_reset(replay);
    assert_true(mdci_log_rows_encode(rows, &table, &tape, bytes, ROOM) > 0);
    mdci_log_tape_write(&tape, "noise", 5);
    assert_true(mdci_log_rows_encode(rows, &table, &tape, bytes, ROOM) > 0);
    assert_false(tape.failed);
    struct mdci_log_tape copy = {.data = kept, .room = tape.at};
    for (unsigned k = 0; k < 2; k++) {
        memset(back, 0xFF, sizeof(*back));
        assert_int_equal(mdci_log_rows_replay(replay, &restored, &copy), 1);
        assert_memory_equal(back->ids, t->ids, sizeof(t->ids));
        assert_memory_equal(back->values, t->values,
                            table.max_values * sizeof(uint64_t));
        const uint8_t *between = k == 0 ? mdci_log_tape_read(&copy, 5) : NULL;
        assert_true(k > 0 || memcmp(between, "noise", 5) == 0);
    }
    assert_int_equal(copy.at, tape.at);

    /* A state that knows something else asks otherwise. */
    copy = (struct mdci_log_tape){.data = kept, .room = tape.at};
    assert_int_equal(mdci_log_rows_replay(replay, &restored, &copy), 0);

    /* So does a decoder of other kinds; and a tape may be short. */
    static const uint8_t kinds[] = {MDCI_LOG_NUMBERS, MDCI_LOG_NUMBERED,
                                    MDCI_LOG_NUMBERED_16, MDCI_LOG_NUMBERS,
                                    MDCI_LOG_TEXTS};
    restored.kind = kinds;
    mdci_log_rows_reset(replay);
    copy = (struct mdci_log_tape){.data = kept, .room = tape.at};
    assert_int_equal(mdci_log_rows_replay(replay, &restored, &copy), 0);
    restored.kind = table.kind;
    for (size_t size = 0; size < tape.at / 2; size += 97) {
        mdci_log_rows_reset(replay);
        copy = (struct mdci_log_tape){.data = kept, .room = size};
        assert_int_equal(mdci_log_rows_replay(replay, &restored, &copy), 0);
    }
    tape = (struct mdci_log_tape){.data = kept, .room = tape.at / 2 - 8};
    mdci_log_rows_reset(rows);
    (void)mdci_log_rows_encode(rows, &table, &tape, bytes, ROOM);
    assert_true(tape.failed);

    mdci_log_rows_close(rows, &no_hooks);
    mdci_log_rows_close(replay, &no_hooks);
    free(t);
    free(back);
    free(bytes);
    free(kept);
}

/* What has a past elsewhere takes little: a value that stood before in its
 * line, and a time of day that follows unix time. */
static size_t size_of_rows(struct table *t, unsigned kind)
{
    static const uint8_t kinds[] = {MDCI_LOG_STEPS, MDCI_LOG_NUMBERED_16,
                                    MDCI_LOG_STEPS, MDCI_LOG_NUMBERED_16};
    static struct mdci_log_column columns[4];
    static const char text[] = "\1 a \1 b \1 c \1\n";
    uint8_t *bytes = must_alloc(1 << 18);
    uint64_t seed = 9, now = 1000000000;
    size_t done = 0;
    mdci_log_templates_reset(&t->templates);
    (void)mdci_log_templates_add(&t->templates, (const uint8_t *)text,
                                 sizeof(text) - 1);
    columns[2].format.clock = 1;
    for (size_t i = 0; i < LINES / 2; i++) {
        now += sample_random(&seed, 500);
        t->ids[i] = 1;
        t->values[done++] = now;
        const uint32_t value = sample_random(&seed, 60000);
        const uint32_t time = sample_random(&seed, 86400);
        const uint32_t other = sample_random(&seed, 60000);
        t->values[done++] = value;
        t->values[done++] = kind & 1 ? (now + 7200) % 86400 : time;
        t->values[done++] = kind & 2 ? value : other;
    }
    const struct mdci_log_table table = {.templates = &t->templates,
                                         .kind = kinds,
                                         .column = columns,
                                         .ids = t->ids,
                                         .lines = LINES / 2,
                                         .values = t->values,
                                         .max_values = done};
    struct mdci_log_rows *rows = mdci_log_rows_open(10, 1 << 20, &no_hooks);
    assert_non_null(rows);
    mdci_log_rows_reset(rows);
    const size_t size =
        mdci_log_rows_encode(rows, &table, NULL, bytes, 1 << 18);
    assert_true(size > 0);
    mdci_log_rows_close(rows, &no_hooks);
    free(bytes);
    return size;
}

static void test_rows_know_their_line(void **state)
{
    (void)state;
    struct table *t = must_alloc(sizeof(*t));
    const size_t free_values = size_of_rows(t, 0);
    /* Of 16 bits a value, one is left at most. */
    assert_true(size_of_rows(t, 1) + LINES / 2 * 15 / 8 < free_values);
    assert_true(size_of_rows(t, 2) + LINES / 2 * 15 / 8 < free_values);
    free(t);
}

/* Lines of two templates with an identifier each, of digits and of letters,
 * whose parts stand at fixed places, but for a few short ones. */
enum { NOISE_LINES = 2000, NOISE_ROOM = NOISE_LINES * 32 };

static size_t fill_noise(uint32_t *ids, uint8_t *text)
{
    uint64_t seed = 7;
    size_t size = 0;
    for (size_t i = 0; i < NOISE_LINES; i++) {
        ids[i] = (uint32_t)sample_random(&seed, 2) + 1;
        const size_t length = i % 50 == 49 ? i % 7 : 30;
        for (size_t k = 0; k < length; k++)
            text[size++] = k % 10 == 4 ? '/'
                           : ids[i] == 1
                               ? (uint8_t)('0' + sample_random(&seed, 10))
                               : (uint8_t)('A' + sample_random(&seed, 32));
        text[size++] = MDCI_LOG_TEXT_END;
    }
    return size;
}

static void test_noise(void **state)
{
    (void)state;
    static const uint8_t kinds[2] = {MDCI_LOG_NOISE, MDCI_LOG_NOISE};
    struct mdci_log_templates *t = must_alloc(sizeof(*t));
    uint32_t *ids = must_alloc(NOISE_LINES * sizeof(*ids));
    uint8_t *text = must_alloc(NOISE_ROOM), *back = must_alloc(NOISE_ROOM);
    uint8_t *bytes = must_alloc(NOISE_ROOM);
    struct mdci_log_noise *noise = mdci_log_noise_open(&no_hooks);
    assert_non_null(noise);
    mdci_log_templates_reset(t);
    assert_true(mdci_log_templates_add(t, (const uint8_t *)"number \1\n", 9));
    assert_true(mdci_log_templates_add(t, (const uint8_t *)"letters \1\n", 10));
    assert_int_equal(t->column_count, 2);
    const struct mdci_log_table table = {
        .templates = t, .kind = kinds, .ids = ids, .lines = NOISE_LINES};
    const size_t size = fill_noise(ids, text);

    /* About log2(10) bits a digit, 5 a letter, and next to nothing for '/';
     * the second segment knows what the first one learned. */
    size_t packed[2], at = 0;
    mdci_log_noise_reset(noise);
    for (int k = 0; k < 2; k++) {
        packed[k] = mdci_log_noise_encode(noise, &table, text, size, bytes + at,
                                          NOISE_ROOM / 2);
        assert_in_range(packed[k], 1, NOISE_LINES * 27 * 43 / 80);
        at += packed[k];
    }
    assert_true(packed[1] < packed[0]);

    mdci_log_noise_reset(noise);
    at = 0;
    for (int k = 0; k < 2; k++) {
        memset(back, 0, size);
        assert_int_equal(mdci_log_noise_decode(noise, &table, back, size,
                                               bytes + at, packed[k]),
                         1);
        assert_memory_equal(back, text, size);
        at += packed[k];
    }

    /* Too little room; a size that is not that of all values; any bytes. */
    mdci_log_noise_reset(noise);
    assert_int_equal(
        mdci_log_noise_encode(noise, &table, text, size, back, packed[0] / 2),
        0);
    for (size_t wrong = size - 1; wrong <= size + 1; wrong += 2) {
        mdci_log_noise_reset(noise);
        assert_int_equal(
            mdci_log_noise_decode(noise, &table, back, wrong, bytes, packed[0]),
            0);
    }
    for (uint64_t seed = 1; seed < 30; seed++) {
        sample_fill(bytes, 2000, SAMPLE_RANDOM, seed);
        mdci_log_noise_reset(noise);
        if (mdci_log_noise_decode(noise, &table, back, size, bytes, 2000))
            assert_int_equal(back[size - 1], MDCI_LOG_TEXT_END);
    }
    mdci_log_noise_close(noise, &no_hooks);
    free(t);
    free(ids);
    free(text);
    free(back);
    free(bytes);
}

/* ---- Claims -------------------------------------------------------------- */

static enum mdci_claim claim_of(unsigned row, const uint8_t *text, size_t size)
{
    enum mdci_claim claim = MDCI_CLAIM_LIKELY;
    assert_int_equal(mdci_codec_log.claim(row, text, size, &no_hooks, &claim),
                     MDC_OK);
    return claim;
}

static void test_claims(void **state)
{
    (void)state;
    enum { ROOM = 400000 };
    uint8_t *text = must_alloc(ROOM + 200);
    uint64_t seed = 4;
    size_t size = 0;
    for (unsigned i = 0; size < ROOM; i++)
        size += (size_t)sprintf(
            (char *)text + size, "%02u:%02u:%02u job %u took %u ms\n",
            i / 3600 % 24, i / 60 % 60, i % 60, i, sample_random(&seed, 900));
    const size_t sizes[] = {8192, 70000, 131072, 131073, size};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(claim_of(3, text, sizes[i]), MDCI_CLAIM_NONE);
        for (unsigned row = 4; row <= 7; row++)
            assert_int_equal(claim_of(row, text, sizes[i]), MDCI_CLAIM_SURE);
        for (unsigned row = 8; row <= 9; row++)
            assert_int_equal(claim_of(row, text, sizes[i]), MDCI_CLAIM_RIVAL);
    }
    assert_int_equal(claim_of(6, text, 8191), MDCI_CLAIM_NONE);
    /* Lines that nothing explains, from a certain place on. */
    for (size_t i = size / 6; i < size; i++)
        text[i] = (uint8_t)(i % 50 ? ' ' + sample_random(&seed, 90) : '\n');
    assert_int_equal(claim_of(6, text, size), MDCI_CLAIM_NONE);
    assert_int_equal(claim_of(6, text, size / 6), MDCI_CLAIM_SURE);
    sample_fill(text, size, SAMPLE_RANDOM, 1);
    assert_int_equal(claim_of(6, text, size), MDCI_CLAIM_NONE);
    /* Lines without columns: pieces of a long text that come again. */
    sample_fill(text, 3000, SAMPLE_RANDOM, 2);
    for (size_t i = 0; i < 3000; i++)
        text[i] = (uint8_t)(' ' + text[i] % 90);
    for (size = 3000; size < ROOM; size += 120) {
        memcpy(text + size, text + sample_random(&seed, 2800), 120);
        text[size + 119] = '\n';
    }
    assert_int_equal(claim_of(4, text, size), MDCI_CLAIM_NONE);
    assert_int_equal(claim_of(9, text, size), MDCI_CLAIM_NONE);
    /* A table of measured numbers is tried as any other text. */
    size = 0;
    for (unsigned i = 0; size < ROOM; i++)
        size += (size_t)sprintf((char *)text + size, "%u,s%u,%u,%u,OK\n",
                                1783683192 + i / 8, i % 8, 100000 + i % 8 * 50,
                                4000 + sample_random(&seed, 9));
    assert_int_equal(claim_of(6, text, size), MDCI_CLAIM_SURE);
    free(text);
}

/* ---- Nasty logs ---------------------------------------------------------- */

enum { NASTY = 60000 };

/* One line, or a piece of one, of a kind that has broken parsers. */
static size_t nasty_line(char *line, uint64_t *seed, unsigned number)
{
    const unsigned r = sample_random(seed, 1u << 30);
    switch (sample_random(seed, 18)) {
    case 0:
        return (size_t)sprintf(line, "%02u:%02u:%02u.%03u plain %u\n", r % 30,
                               r % 70, r / 7 % 61, r % 1000, r);
    case 1:
        return (size_t)sprintf(line, "\r\n\n\r");
    case 2:
        return (size_t)sprintf(line, "%s\"%u\":\"%x \\\" %u\",\n",
                               r % 2 ? "{" : "", r % 9, r, r % 5);
    case 3:
        return (size_t)sprintf(line, "%020u%u %018u %03u\n", r, r, r, r % 2000);
    case 4: { /* a number of any length, and a token that is long */
        const size_t size = r % 900;
        memset(line, '0' + (int)(r % 10), size);
        line[size] = '\n';
        return size + 1;
    }
    case 5: /* more tokens than a line may have */
        for (size_t i = 0; i < 600; i++)
            line[i] = i % 2 ? ' ' : (char)('a' + (r + i) % 26);
        line[600] = '\n';
        return 601;
    case 6: /* bytes that mean something to the format */
        memcpy(line, "a\0b\1c\2d\n", 8);
        return r % 2 ? 8 : 6;
    case 7:
        sample_fill((uint8_t *)line, 200, SAMPLE_RANDOM, r);
        return r % 200;
    case 8:
        return (size_t)sprintf(line, "T%u k%u=%u;\xC3\xA9\xFF\n", number, r % 3,
                               r % 50);
    case 9: /* a template of its own each, twice */
        return (size_t)sprintf(line, "w%c%c%c %s x\nw%c%c%c %s x\n",
                               'a' + r % 26, 'a' + r / 26 % 26,
                               'a' + r / 676 % 26, "new", 'a' + r % 26,
                               'a' + r / 26 % 26, 'a' + r / 676 % 26, "new");
    case 10:
        return (size_t)sprintf(line, "\"%s \"\"quoted\" %u\"\"\n",
                               r % 2 ? "a b" : "", r % 7);
    case 11:
        return (size_t)sprintf(line, "   %*u|%-6u|%u\t\n", (int)(r % 20), r,
                               r % 300, r % 3);
    case 12:
        return (size_t)sprintf(line, "12:34:56.%0*u 12:34:5%u.%u\n",
                               (int)(r % 12), r % 10, r % 12, r);
    case 13: /* no newline: the next goes on */
        return (size_t)sprintf(line, "%u.%u.%u.%u ", r % 256, r % 3, r % 77,
                               r % 2);
    case 14:
        return (size_t)sprintf(line, "at a.b.C%u(D.java:%u)\n", r % 4, r % 500);
    case 15:
        return (size_t)sprintf(line, "%08x-%04x-%04x %u\n", r, r % 65536,
                               r / 9 % 65536, number);
    case 16:
        return (size_t)sprintf(line, "[%.*s]\n", (int)(r % 60),
                               "[[[[[[[[[[[[((((((((((((((<<<<<<<<<<<<<<{{{{{{{"
                               "{{{{{{{{{{{{");
    default:
        return (size_t)sprintf(line, "user %s id %u\n",
                               r % 3 ? "root" : "guest", r % 100);
    }
}

static size_t nasty_log(char *log, uint64_t seed)
{
    const size_t most = 100 + sample_random(&seed, NASTY - 2000);
    size_t size = 0;
    unsigned number = 0;
    while (size < most) {
        char line[1024];
        const size_t n = nasty_line(line, &seed, number++);
        /* Some lines come again and again. */
        for (unsigned k = sample_random(&seed, 3); k < 3 && size < most; k++) {
            memcpy(log + size, line, n);
            size += n;
        }
    }
    return size;
}

/* A chunk's way there, back, and through its proof. */
struct trip {
    void *state[3]; /* by enum mdci_direction */
    uint8_t *packed, *back;
};

static void open_trip(struct trip *t, unsigned row, size_t size)
{
    t->packed = must_alloc(mdci_codec_log.bound(size));
    t->back = must_alloc(size);
    for (unsigned d = 0; d < 3; d++)
        assert_int_equal(mdci_codec_log.open(&t->state[d],
                                             (enum mdci_direction)d, row, size,
                                             &no_hooks),
                         MDC_OK);
}

/* \return bytes that data[from..to) is packed to */
static size_t make_trip(const struct trip *t, const uint8_t *data, size_t from,
                        size_t to)
{
    const struct mdci_codec *codec = &mdci_codec_log;
    void *encoder = t->state[MDCI_ENCODE];
    size_t size;
    assert_int_equal(codec->encode(encoder, data, from, to, t->packed, &size),
                     MDC_OK);
    assert_true(size > 0);
    memcpy(t->back, data, from);
    memset(t->back + from, 0xEE, to - from);
    assert_int_equal(codec->prove(t->state[MDCI_PROVE], encoder, t->back, from,
                                  to, t->packed, size),
                     MDC_OK);
    assert_memory_equal(t->back + from, data + from, to - from);
    memset(t->back + from, 0xEE, to - from);
    assert_int_equal(codec->decode(t->state[MDCI_DECODE], t->back, from, to,
                                   t->packed, size),
                     MDC_OK);
    assert_memory_equal(t->back + from, data + from, to - from);
    return size;
}

static void close_trip(struct trip *t)
{
    for (unsigned d = 0; d < 3; d++)
        mdci_codec_log.close(t->state[d]);
    free(t->packed);
    free(t->back);
}

/* Bytes that a row of the codec makes of data[size], which come back. */
static size_t packed_size(unsigned row, const uint8_t *data, size_t size)
{
    struct trip t;
    open_trip(&t, row, size);
    const size_t packed = make_trip(&t, data, 0, size);
    close_trip(&t);
    return packed;
}

/* Chunks that know those before, the last of which is no log; then the same
 * states again, behind a dictionary. */
static void test_chunks_are_proven(void **state)
{
    (void)state;
    enum { PART = 60000, ALL = 4 * PART, KNOWN = 20000 };
    uint8_t *all = must_alloc(ALL + 100);
    size_t size = 0;
    for (unsigned i = 0; size < 3 * PART; i++)
        size += (size_t)sprintf((char *)all + size,
                                "%02u:%02u:%02u [%u] sent %u bytes to %u\n",
                                i / 3600 % 24, i / 60 % 60, i % 60, i % 7,
                                i * 7919 % 100003, i % 90);
    sample_fill(all + 3 * PART, PART, SAMPLE_RANDOM, 4);
    for (size_t i = 3 * PART; i < ALL; i++)
        all[i] = 'A' + all[i] % 26;
    for (unsigned row = 1; row <= 6; row++) {
        struct trip t;
        if (!has_level((int)row))
            continue;
        open_trip(&t, row, ALL);
        for (size_t from = 0; from < ALL; from += PART)
            (void)make_trip(&t, all, from, from + PART);
        for (unsigned d = 0; d < 3; d++)
            assert_int_equal(mdci_codec_log.prime(t.state[d], all, KNOWN),
                             MDC_OK);
        for (size_t from = KNOWN; from < ALL; from += PART)
            (void)make_trip(&t, all, from, mdci_min_size(from + PART, ALL));
        close_trip(&t);
    }
    free(all);
}

/* A hole before a log is as cheap as none, and hides no log from a claim. */
static void test_hole_before_a_log(void **state)
{
    (void)state;
    enum { HOLE = 300000, ROOM = HOLE + 400000 };
    uint8_t *all = must_alloc(ROOM), *log = all + HOLE;
    size_t size = 0;
    memset(all, 0, HOLE);
    for (int i = 0; size < 300000; i++)
        size += (size_t)sprintf((char *)log + size,
                                "%02d:%02d:%02d [web-%d] request %d: %d ms\n",
                                i / 3600 % 24, i / 60 % 60, i % 60, i % 9,
                                (int)(i * 7919LL % 1000003), i * 31 % 900);
    for (unsigned row = 1; row <= 4; row++) {
        if (!has_level((int)row))
            continue;
        const size_t alone = packed_size(row, log, size);
        assert_true(alone < size / 4);
        assert_true(packed_size(row, all, HOLE + size) < alone + 400);
        /* One that is a few zeros, or odd, or has no log behind it. */
        (void)packed_size(row, log - 1, size + 1);
        (void)packed_size(row, log - 5000, size + 5000);
        (void)packed_size(row, all, HOLE);
    }
    enum mdci_claim claim;
    assert_int_equal(
        mdci_codec_log.claim(6, all, HOLE + size, &no_hooks, &claim), MDC_OK);
    assert_int_equal(claim, MDCI_CLAIM_SURE);
    assert_int_equal(mdci_codec_log.claim(6, all, HOLE, &no_hooks, &claim),
                     MDC_OK);
    assert_int_equal(claim, MDCI_CLAIM_NONE);
    /* Nor does it hide that byte models had better parse it. */
    const struct mdci_codec *cm = mdci_codec_by_id(MDCI_CODEC_CM);
    const unsigned parsed = cm->choose(6, MDC_CONTENT_AUTO, log, size);
    assert_true(parsed != 6);
    assert_int_equal(cm->choose(6, MDC_CONTENT_AUTO, all, HOLE + size), parsed);
    assert_int_equal(cm->choose(6, MDC_CONTENT_AUTO, all, HOLE), 6);
    free(all);
}

static void test_nasty_logs(void **state)
{
    (void)state;
    char *log = (char *)must_alloc(NASTY + 4096);
    for (uint64_t seed = 0; seed < 200; seed++) {
        const size_t size = nasty_log(log, seed);
        for (int level = 1; level <= 3; level++) {
            struct mdc_options options;
            mdc_options_init(&options);
            options.level = level;
            options.chunk_size = 4096u << seed % 4;
            options.block_size = seed % 3 ? 32768 : 1 << 20;
            size_t packed_size, back_size;
            uint8_t *packed = compress_all((const uint8_t *)log, size,
                                           &packed_size, &options);
            uint8_t *back = must_alloc(size);
            assert_int_equal(mdc_decompress(back, size, &back_size, packed,
                                            packed_size, NULL),
                             MDC_OK);
            assert_int_equal(back_size, size);
            assert_memory_equal(back, log, size);
            free(packed);
            free(back);
        }
    }
    free(log);
}

/* A line of megabytes, and no line at all. */
static void test_long_lines(void **state)
{
    (void)state;
    const size_t size = 3 << 20;
    uint8_t *log = must_alloc(size), *back = must_alloc(size);
    for (int kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < size; i++)
            log[i] = kind ? '\n' : (uint8_t) "k=1, "[i % 5];
        log[size / 2] = '\n';
        for (int level = 1; level <= 2; level++) {
            struct mdc_options options;
            mdc_options_init(&options);
            options.level = level;
            size_t packed_size, back_size;
            uint8_t *packed = compress_all(log, size, &packed_size, &options);
            assert_true(packed_size < size / 500);
            assert_int_equal(mdc_decompress(back, size, &back_size, packed,
                                            packed_size, NULL),
                             MDC_OK);
            assert_memory_equal(back, log, size);
            free(packed);
        }
    }
    free(log);
    free(back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_come_back),
        cmocka_unit_test(test_other_texts_are_no_numbers),
        cmocka_unit_test(test_any_value_is_printed),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_dictionary),
        cmocka_unit_test(test_survey),
        cmocka_unit_test(test_survey_of_turns),
        cmocka_unit_test(test_survey_of_days),
        cmocka_unit_test(test_survey_of_long_lines),
        cmocka_unit_test(test_malformed_parts),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_rows_replay),
        cmocka_unit_test(test_rows_know_their_line),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_chunks_are_proven),
        cmocka_unit_test(test_hole_before_a_log),
        cmocka_unit_test(test_nasty_logs),
        cmocka_unit_test(test_long_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
