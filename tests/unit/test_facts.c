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
        cmocka_unit_test(test_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
