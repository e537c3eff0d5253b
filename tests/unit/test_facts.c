/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_facts.c
 * \brief What the headers of blocks of text say: lines and times.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"
#include "codecs/log/log_stamp.h"

#define SECOND INT64_C(1000000)
#define DAY    (86400 * SECOND)

static enum mdci_log_clock stamp_of(const char *line, int64_t *time)
{
    struct mdci_log_stamps stamps;
    const uint8_t *text = (const uint8_t *)line;
    mdci_log_stamps_learn(&stamps, text, strlen(line));
    return mdci_log_stamp(&stamps, text, strlen(line), time);
}

static void test_layouts(void **state)
{
    (void)state;
    /* 2005-12-04, a Sunday, is 13121 days after 1970. */
    static const char *const dates[] = {
        "2005-12-04 04:47:44 x",
        "2005-12-04T04:47:44Z x",
        "[2005-12-04\t04:47:44] x",
        "x 2005/12/04 04:47:44 y",
        "2005.12.04-04:47:44|x",
        "20051204-4:47:44|x",
        "051204 044744 143 INFO",
        "05/12/04 04:47:44 INFO",
        "1.2.3.4 - - [04/Dec/2005:04:47:44 +0000] \"GET /\"",
        "[Sun Dec 04 04:47:44 2005] [error]",
        "Dec  4 2005 04:47:44 x",
        "{\"timestamp\":\"x\",\"a\":1} {\"2005-12-04T04:47:44\"",
        "- 1133671664 x",
        "1133671664000 x"};
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        int64_t time = 0;
        assert_int_equal(stamp_of(dates[i], &time), MDC_CLOCK_DATE);
        assert_true(time == 1133671664 * SECOND);
    }
    static const char *const yearless[] = {
        "Mar  1 00:00:05 host x", "<13>Mar 1 00:00:05 host x",
        "03-01 00:00:05 1702 D x", "[03.01 00:00:05] x", "I0301 00:00:05 x"};
    for (size_t i = 0; i < sizeof(yearless) / sizeof(yearless[0]); i++) {
        int64_t time = 0;
        assert_int_equal(stamp_of(yearless[i], &time), MDC_CLOCK_YEARLESS);
        assert_true(time == 60 * DAY + 5 * SECOND);
    }
}

static void test_fractions_and_ends(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t time;
    } good[] = {{"1970-01-01 00:00:00", 0},
                {"1969-12-31 23:59:59.5", -SECOND / 2},
                {"1970-01-01 00:00:00,007 x", 7000},
                {"1970-01-01 00:00:00.123456789 x", 123456},
                {"1970-01-01 00:00:00: x", 0},
                {"0001-01-01 00:00:00", -719162 * DAY},
                {"2000-02-29 00:00:00", 11016 * DAY},
                {"9999-12-31 23:59:59.999999", 2932897 * DAY - 1},
                {"1000000000.25 x", 1000000000 * SECOND + SECOND / 4}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t time = 1;
        assert_int_equal(stamp_of(good[i].line, &time), MDC_CLOCK_DATE);
        assert_true(time == good[i].time);
    }
    static const char *const none[] = {"",
                                       "\n",
                                       "2005-13-04 04:47:44",
                                       "2005-12-00 04:47:44",
                                       "2005-12-04 24:47:44",
                                       "2005-12-04 04:60:44",
                                       "2005-12-04 04:47:444",
                                       "2005-12-04 04:47:4",
                                       "2005-12-04",
                                       "x2005-12-04 04:47:44",
                                       "Foo  4 04:47:44",
                                       "999999999 x",
                                       "11336716640 x",
                                       "4000000000 x"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        int64_t time;
        assert_int_equal(stamp_of(none[i], &time), MDC_CLOCK_NONE);
    }
    char late[100];
    (void)snprintf(late, sizeof(late), "%*s2005-12-04 04:47:44", MDCI_LOG_HEAD,
                   "");
    int64_t time;
    assert_int_equal(stamp_of(late, &time), MDC_CLOCK_NONE);
}

static int facts_of(const char *text, struct mdci_text_facts *facts)
{
    return mdci_text_facts((const uint8_t *)text, strlen(text), facts);
}

/* The layout of most lines counts, and times need not be in order. */
static void test_range(void **state)
{
    (void)state;
    struct mdci_text_facts facts;
    assert_int_equal(facts_of("ember 5 04:47:44 2005\n"
                              "1970-01-01 00:00:09 b\n"
                              "  at 2147483647\n"
                              "1970-01-01 00:00:03 c\n"
                              "level=3 1970-01-01 00:00:05 d\n"
                              "1133671664 x\n"
                              "1970-01-01 00:0",
                              &facts),
                     1);
    assert_int_equal(facts.lines, 6);
    assert_int_equal(facts.clock, MDC_CLOCK_DATE);
    assert_true(facts.least == 3 * SECOND);
    assert_true(facts.greatest == 9 * SECOND);

    assert_int_equal(facts_of("\n\n\n", &facts), 1);
    assert_int_equal(facts.lines, 3);
    assert_int_equal(facts.clock, MDC_CLOCK_NONE);
    assert_int_equal(facts_of("no line", &facts), 0);
    assert_int_equal(facts_of("", &facts), 0);
    assert_int_equal(facts_of("\x01\x02\n", &facts), 0);
}

struct blocks {
    struct mdc_block_info info[4];
    size_t count;
};

static int note_block(void *opaque, const struct mdc_block_info *info)
{
    struct blocks *blocks = opaque;
    assert_true(blocks->count < 4);
    blocks->info[blocks->count++] = *info;
    return 0;
}

static int read_at(void *opaque, uint64_t offset, void *buffer, size_t size)
{
    memcpy(buffer, (const uint8_t *)opaque + offset, size);
    return 0;
}

/* am and pm, in any letters, and what stands behind them. */
static void test_halves_of_days(void **state)
{
    (void)state;
    /* 2014-05-27, a Tuesday, is 16217 days after 1970. */
    static const struct {
        const char *line;
        int64_t time; /* seconds of the day */
    } good[] = {{"Tue May 27 04:09:05.000 pm 2014 x", 58145},
                {"[Tue May 27 16:09:05 CEST 2014] x", 58145},
                {"Tue May 27 16:09:05 +0200 2014 x", 58145},
                {"May 27 16:09:05 2014 x", 58145},
                {"2014-05-27 04:09:05 PM x", 58145},
                {"2014-05-27 04:09:05,000pm x", 58145},
                {"2014-05-27 04:09:05 p.m. x", 58145},
                {"2014-05-27 04:09:05 AM", 14945},
                {"2014-05-27 12:09:05 AM x", 545},
                {"2014-05-27 12:09:05 PM x", 43745},
                {"2014-05-27 16:09:05 PM x", 58145},
                {"05/27/2014 04:09:05 PM x", 58145},
                {"5/27/2014, 4:09:05 PM x", 58145},
                {"05/27/2014 16:09:05 x", 58145},
                {"27/05/2014 16:09:05 x", 58145},
                {"May 27, 2014 4:09:05 PM com.x", 58145},
                {"May 27, 2014, 4:09:05 PM x", 58145}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t time = 0;
        assert_int_equal(stamp_of(good[i].line, &time), MDC_CLOCK_DATE);
        assert_true(time == 16217 * DAY + good[i].time * SECOND);
    }
    int64_t time;
    assert_int_equal(stamp_of("May 27 04:09:05 pm x", &time),
                     MDC_CLOCK_YEARLESS);
    assert_true(time == 147 * DAY + 58145 * SECOND);
    static const char *const none[] = {
        "2014-05-27 00:09:05 PM x",  /* no clock says so */
        "2014-05-27 13:09:05 AM x",  /* nor this */
        "14/05/06 04:09:05 PM x",    /* the year may be the first or last */
        "05/06/2014 04:09:05 PM x"}; /* in June or in May? */
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(stamp_of(none[i], &time), MDC_CLOCK_NONE);
}

/* A number is a time where it is called one. */
static void test_unix_times(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{\"level\":\"info\",\"ts\":1700000000.125,\"msg\":\"x\"}",
        "{\"time\": 1700000000125, \"pid\": 1234567890}",
        "{\"Timestamp\":\"1700000000125\"}",
        "level=info ts=1700000000.125 msg=x",
        "id=1234567890 ts=1700000000.125",
        "- 1700000000.125 x"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t time = 0;
        assert_int_equal(stamp_of(good[i], &time), MDC_CLOCK_DATE);
        assert_true(time == 1700000000 * SECOND + SECOND / 8);
    }
    static const char *const none[] = {
        "{\"user\":1700000000,\"msg\":\"x\"}", "{\"id\": 1700000000}",
        "user=1700000000 x", "{\"uptime\":1700000000}",
        "{\"ts\":17000000001.25}"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        int64_t time;
        assert_int_equal(stamp_of(none[i], &time), MDC_CLOCK_NONE);
    }
}

static int facts_of_lines(const char *line, int lines,
                          struct mdci_text_facts *facts)
{
    char text[8192];
    size_t size = 0;
    for (int i = 0; i < lines; i++)
        size += (size_t)snprintf(text + size, sizeof(text) - size, line, i, i);
    return mdci_text_facts((const uint8_t *)text, size, facts);
}

/* What all lines say is believed, and what is cut is not. */
static void test_lines_agree(void **state)
{
    (void)state;
    struct mdci_text_facts facts;
    const int64_t day = 16217 * DAY;
    /* The last line ends before its PM. */
    assert_int_equal(facts_of("05/27/2014 04:09:05 PM a\n"
                              "05/27/2014 04:09:06 PM b\n"
                              "05/27/2014 04:09:07",
                              &facts),
                     1);
    assert_true(facts.least == day + 58145 * SECOND);
    assert_true(facts.greatest == day + 58146 * SECOND);
    /* The first one's month had two digits. */
    assert_int_equal(facts_of("1/27/2014 04:09:05 a\n"
                              "11/27/2014 04:09:06 b\n"
                              "11/27/2014 04:09:07 c\n",
                              &facts),
                     1);
    assert_int_equal(facts.clock, MDC_CLOCK_DATE);
    assert_true(facts.least == day + 184 * DAY + 14946 * SECOND);
    /* One line tells month from day for all. */
    assert_int_equal(facts_of("05/06/2014 04:09:05 a\n"
                              "05/06/2014 04:09:06 b\n"
                              "05/13/2014 04:09:07 c\n",
                              &facts),
                     1);
    assert_true(facts.least == day - 21 * DAY + 14945 * SECOND);
    /* And two that differ tell nothing. */
    assert_int_equal(facts_of("13/06/2014 04:09:05 a\n"
                              "05/06/2014 04:09:06 b\n"
                              "05/13/2014 04:09:07 c\n",
                              &facts),
                     1);
    assert_int_equal(facts.clock, MDC_CLOCK_NONE);
    /* A word that one line begins with is no half of a day. */
    assert_int_equal(facts_of("2014-05-27 04:09:05 a\n"
                              "2014-05-27 04:09:06 pm\n"
                              "2014-05-27 04:09:07 c\n",
                              &facts),
                     1);
    assert_true(facts.greatest == day + 14947 * SECOND);
    /* Numbers behind times are no years where they differ. */
    assert_int_equal(
        facts_of_lines("Mar  1 00:00:%02d 20%02d bytes\n", 60, &facts), 1);
    assert_int_equal(facts.clock, MDC_CLOCK_YEARLESS);
    assert_true(facts.greatest == 60 * DAY + 59 * SECOND);
}

/* Zeros before a log hide nothing of it. */
static void test_hole(void **state)
{
    (void)state;
    static char text[100000 + 64];
    struct mdci_text_facts facts;
    const size_t size =
        (size_t)sprintf(text + 100000, "1970-01-01 00:00:01 a\n"
                                       "1970-01-01 00:00:02 b\n") +
        100000;
    assert_int_equal(mdci_text_facts((uint8_t *)text, size, &facts), 1);
    assert_int_equal(facts.lines, 2);
    assert_true(facts.least == SECOND && facts.greatest == 2 * SECOND);
    assert_int_equal(mdci_text_facts((uint8_t *)text, 100000, &facts), 0);
    assert_int_equal(mdci_hole((uint8_t *)text, size), 100000);
}

/* Through an archive of two blocks and back. */
static void test_archive(void **state)
{
    (void)state;
    char log[8192];
    for (int i = 0; i < 256; i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "2005-12-04 04:%02d:%02d %011d\n",
                       i / 60, i % 60, i);
        memcpy(log + 32 * i, line, 32);
    }
    for (int level = 0; level <= 9; level += 3) {
        struct mdc_options options;
        struct blocks blocks = {.count = 0};
        struct mdc_archive_info info = {.size = sizeof(info)};
        mdc_options_init(&options);
        options.level = level;
        options.block_size = options.chunk_size = 4096;
        size_t size;
        uint8_t *packed =
            compress_all((const uint8_t *)log, sizeof(log), &size, &options);
        assert_int_equal(mdc_inspect(read_at, packed, size, note_block, &blocks,
                                     &info, NULL),
                         MDC_OK);
        assert_int_equal(info.lines, 256);
        assert_int_equal(blocks.count, 2);
        for (int b = 0; b < 2; b++) {
            const int64_t from = 1133668800 + 128 * b;
            assert_int_equal(blocks.info[b].lines, 128);
            assert_int_equal(blocks.info[b].clock, MDC_CLOCK_DATE);
            assert_true(blocks.info[b].least_time == from * SECOND);
            assert_true(blocks.info[b].greatest_time == (from + 127) * SECOND);
        }
        free(packed);
        options.block_size = 8192;
        packed =
            compress_all((const uint8_t *)log, sizeof(log), &size, &options);
        assert_int_equal(
            mdc_inspect(read_at, packed, size, NULL, NULL, &info, NULL),
            MDC_OK);
        assert_true(info.lines == MDC_LINES_UNKNOWN); /* a compact frame */
        free(packed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_fractions_and_ends),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_halves_of_days),
        cmocka_unit_test(test_unix_times),
        cmocka_unit_test(test_lines_agree),
        cmocka_unit_test(test_hole),
        cmocka_unit_test(test_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
