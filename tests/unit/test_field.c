/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_field.c
 * \brief Unit tests of the log parser and its predictors.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <string.h>

#include "models/certain.h"
#include "models/predictor.h"

#define SLOT_BITS  10
#define VALUE_BITS 10
#define SIZE       20000

/* A parser over a block; values are predicted where a field starts. */
struct reader {
    struct mdci_field field;
    struct mdci_values values;
    struct mdci_field_tables tables;
    struct mdci_field_slot slots[MDCI_NAMES << SLOT_BITS];
    uint32_t places[MDCI_VALUE_TABLES << VALUE_BITS];
    uint32_t lines[2 << MDCI_LINE_BITS];
    uint8_t block[SIZE];
    uint32_t size;
};

static const struct mdci_match no_match[2];

static void start_field(struct reader *r)
{
    mdci_values_predict(&r->values, &r->field, &r->tables, no_match, r->block,
                        r->size);
}

static struct reader *new_reader(void)
{
    static struct reader r;
    memset(&r, 0, sizeof r);
    r.tables.slots = r.slots;
    r.tables.values = r.places;
    r.tables.lines = r.lines;
    r.tables.slot_bits = SLOT_BITS;
    r.tables.value_bits = VALUE_BITS;
    start_field(&r);
    return &r;
}

static void feed(struct reader *r, const char *text)
{
    for (; *text; text++) {
        const uint8_t byte = (uint8_t)*text;
        assert_true(r->size < SIZE);
        r->block[r->size++] = byte;
        mdci_values_follow(&r->values, &r->field, r->block, byte);
        if (!mdci_field_update(&r->field,
                               mdci_field_slot_of(&r->field, &r->tables, 0),
                               r->block, byte))
            continue;
        mdci_values_judge(&r->values, &r->field, &r->tables,
                          mdci_field_hash(r->field.text, byte));
        mdci_field_end(&r->field, &r->tables, r->block, byte, r->size);
        start_field(r);
    }
}

static void assert_value(const struct reader *r, unsigned e, const char *value)
{
    assert_int_equal(r->values.size[e], strlen(value));
    assert_memory_equal(mdci_value_bytes(&r->values, e, r->block), value,
                        strlen(value));
}

static void test_skeleton_ignores_numbers(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    feed(r, "connect from 10 port ");
    const uint32_t name = r->field.name[0];
    r = new_reader();
    feed(r, "connect from 77 port ");
    assert_int_equal(r->field.name[0], name);
    r = new_reader();
    feed(r, "connect from me port ");
    assert_int_not_equal(r->field.name[0], name);
}

static void test_skeleton_ignores_random_words(void **state)
{
    static const char *const words[] = {"qzjxk", "wvyph", "mfgbd", "ntlrc"};
    uint32_t name[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct reader *r = new_reader();
        for (size_t k = 0; k < 4; k++) {
            const char *word = k < 3 ? words[k] : i ? words[3] : words[0];
            feed(r, "user ");
            for (; *word; word++) {
                const char one[2] = {*word, 0};
                mdci_surprise_note(&r->field.surprise, 1);
                feed(r, one);
            }
            feed(r, k < 3 ? ": 1\n" : ": ");
        }
        name[i] = r->field.name[0];
    }
    assert_int_equal(name[0], name[1]);
}

static void test_column_and_key_word(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    feed(r, "a b c size=");
    const uint32_t column = r->field.name[1], key = r->field.name[2];
    r = new_reader();
    feed(r, "x y z size=");
    assert_int_equal(r->field.name[1], column);
    assert_int_equal(r->field.name[2], key);
    r = new_reader();
    feed(r, "x y z more w size=");
    assert_int_not_equal(r->field.name[1], column);
    assert_int_equal(r->field.name[2], key);
    r = new_reader();
    feed(r, "\"a b\" \"c, d\" ");
    assert_int_equal(r->field.column, 2);
}

static void test_values_of_a_slot(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    feed(r, "user anna 7\nuser bob 9\nuser ");
    assert_value(r, MDCI_VALUE_B, "bob ");
    feed(r, "anna ");
    assert_value(r, MDCI_VALUE_BV, "7\n");
    assert_value(r, MDCI_VALUE_B, "9\n");
}

static void test_number_goes_on(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    feed(r, "seq 0098.\nseq 0099.\nseq ");
    assert_value(r, MDCI_VALUE_STEP_A, "0100.");
    r = new_reader();
    feed(r, "seq 98.\nseq 99.\nseq ");
    assert_value(r, MDCI_VALUE_STEP_A, "100.");
    r = new_reader();
    feed(r, "seq 3.\nseq 1.\nseq ");
    assert_int_equal(r->values.size[MDCI_VALUE_STEP_A], 0);
}

static void test_lines_are_followed(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    feed(r, "open 11 ok\nclose 22 no\nopen 33 ok\nclose 44 no\nopen 55 ");
    assert_value(r, MDCI_VALUE_LINE, "ok\n");
    assert_value(r, MDCI_VALUE_ABOVE, "no\n");
}

static void test_copy_in_the_line(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    feed(r, "start a17 end a17\nstart b99 end ");
    assert_value(r, MDCI_VALUE_COPY, "b99 ");
}

static void test_followed_values_die(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    feed(r, "state ready;\nstate rea");
    assert_true(r->values.alive >> MDCI_VALUE_A & 1);
    feed(r, "l");
    assert_false(r->values.alive >> MDCI_VALUE_A & 1);
}

static void test_history_of_successes(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    for (int i = 0; i < 6; i++)
        feed(r, "mode on\n");
    assert_int_equal(r->values.hits[MDCI_VALUE_A], 15);
    feed(r, "tone on\n");
    feed(r, "mode off\nmode ");
    assert_int_equal(r->values.hits[MDCI_VALUE_A] & 1, 0);
}

/* Feeds samples of all kinds, byte by byte, and checks behind each. */
static void check_samples(uint64_t seed, void (*check)(const struct reader *))
{
    static uint8_t text[SIZE];
    for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
        sample_fill(text, SIZE - 1, (enum sample_kind)kind, seed);
        struct reader *r = new_reader();
        for (uint32_t i = 0; i + 1 < SIZE; i++) {
            const char one[2] = {(char)text[i], 0};
            if (!text[i])
                continue;
            feed(r, one);
            check(r);
        }
    }
}

static void check_places(const struct reader *r)
{
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++)
        if (r->values.size[e] && !r->field.length && e != MDCI_VALUE_STEP_A &&
            e != MDCI_VALUE_STEP_B)
            assert_true(r->values.at[e] + r->values.size[e] <= r->size);
}

/* Nothing that is predicted lies outside of what was read, whatever it is. */
static void test_values_lie_in_the_past(void **state)
{
    (void)state;
    check_samples(8, check_places);
}

/* What a value is, plainly measured: its bytes with the one behind them, 0 if
 * it does not end within `room`. */
static uint32_t measure(const uint8_t *text, uint32_t room, uint32_t *hash)
{
    *hash = 0;
    for (uint32_t n = 0; n < room && n < MDCI_VALUE_MAX; n++) {
        *hash = mdci_field_hash(*hash, text[n]);
        if (!mdci_is_alnum(text[n]))
            return n + 1;
    }
    *hash = 0;
    return 0;
}

static uint32_t shared; /* pairs of predictors in one group */

static void check_values(const struct reader *r)
{
    const struct mdci_values *v = &r->values;
    if (r->field.length)
        return;
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++) {
        uint32_t hash;
        if (e == MDCI_VALUE_STEP_A || e == MDCI_VALUE_STEP_B)
            continue;
        const uint32_t size =
            v->at[e] ? measure(r->block + v->at[e], r->size - v->at[e], &hash)
                     : 0;
        assert_int_equal(v->size[e], size);
        assert_int_equal(v->alive >> e & 1, size > 0);
        if (size == 0) {
            assert_int_equal(v->group[e], MDCI_PREDICTORS);
            continue;
        }
        assert_int_equal(v->hash[e], hash);
        assert_true(v->group[e] < v->groups);
        assert_int_equal(v->group_hash[v->group[e]], hash);
        for (unsigned d = 0; d < e; d++) {
            if (!v->size[d])
                continue;
            assert_int_equal(v->group[d] == v->group[e],
                             v->hash[d] == v->hash[e]);
            shared += v->group[d] == v->group[e];
        }
    }
}

/* Values that are taken over from others are as if they had been measured, and
 * those with one hash are one group. */
static void test_values_are_as_measured(void **state)
{
    (void)state;
    shared = 0;
    check_samples(9, check_values);
    assert_true(shared > 1000);
}

static const char *const lists[] = {"[a-0] [b-1] [c-2]\n",
                                    "[a-0] [x-1] [c-2]\n"};

/* Feeds a list, field by field, as what a match that started `back` bytes ago
 * foretells. \return how likely that of the sixth, which the lists differ in,
 * was */
static uint32_t feed_list(struct reader *r, mdci_counter *counters,
                          const char *list, uint32_t back)
{
    struct mdci_certain c;
    uint32_t p[12] = {0}, fields = 0;
    while (*list) {
        const struct mdci_match match[2] = {
            {.at = 0}, {.at = back ? r->size - back : 0, .length = 40}};
        char field[8] = {0};
        size_t n = 0;
        mdci_certain_look(&c, &r->field, &r->tables, match, r->block, r->size);
        assert_int_equal(c.size > 0, back > 0);
        p[fields++] = c.size ? mdci_certain_p(&c, counters) : 0;
        do
            field[n] = list[n];
        while (mdci_is_alnum((uint8_t)list[n++]));
        if (c.size && !memcmp(r->block + c.at, field, c.size))
            assert_int_equal(c.size, n);
        uint32_t hash;
        measure((const uint8_t *)field, (uint32_t)n, &hash);
        mdci_certain_update(&c, &r->field, &r->tables, counters, hash);
        feed(r, field);
        list += n;
    }
    return p[5];
}

/* Day by day from 2001 until unix time ends. */
static void test_calendar_keeps_its_days(void **state)
{
    static const unsigned days_of[] = {31, 28, 31, 30, 31, 30,
                                       31, 31, 30, 31, 30, 31};
    (void)state;
    unsigned year = 2001, month = 1, day = 1;
    for (uint32_t days = 11323; days < 49710; days++) {
        assert_int_equal(mdci_calendar_date(days, MDCI_PART_YEAR), year);
        assert_int_equal(mdci_calendar_date(days, MDCI_PART_MONTH), month);
        assert_int_equal(mdci_calendar_date(days, MDCI_PART_DAY), day);
        const int leap = year % 4 == 0 && year != 2100;
        if (++day > days_of[month - 1] + (leap && month == 2)) {
            day = 1;
            month++;
        }
        if (month > 12) {
            month = 1;
            year++;
        }
    }
}

static void test_unix_time_tells_the_calendar(void **state)
{
    (void)state;
    struct reader *r = new_reader();
    /* A clock seven hours behind. */
    feed(r, "1117838570 R5 2005-06-03 15.42.50 up\n"
            "1117842311 R5 2005-06-03 16.45.11 up\n"
            "1117851203 R5 2005-06-03 19.13.23 up\n"
            "1117862477 R5 2005-06-03 22.21.17 up\n"
            "1117870999 R5 2005-06-04 00.43.19 up\n"
            "1136102398 R5 ");
    static const char *const parts[] = {"2006-", "01-", "01 ",
                                        "00.",   "59.", "58 "};
    for (unsigned i = 0; i < 6; i++) {
        if (i == 3) /* 2006-01-01 07:59:58 is 00:59:58 there */
            assert_int_equal(r->field.calendar.zone, -7);
        assert_value(r, MDCI_VALUE_PART, parts[i]);
        feed(r, parts[i]);
    }
    assert_int_equal(r->values.size[MDCI_VALUE_PART], 0);
}

/* What always came as the match went on becomes all but certain; once it was
 * wrong in a slot, it is less so there. */
static void test_certainty_is_learned(void **state)
{
    (void)state;
    static mdci_counter counters[1 << MDCI_CERTAIN_BITS];
    for (size_t i = 0; i < 1 << MDCI_CERTAIN_BITS; i++)
        counters[i] = mdci_counter_make(32768, 43690);
    struct reader *r = new_reader();
    const uint32_t back = (uint32_t)strlen(lists[0]);
    const uint32_t floor = 4194304 / 1000 * 990;
    feed(r, "start\n");
    assert_int_equal(feed_list(r, counters, lists[0], 0), 0);
    assert_true(feed_list(r, counters, lists[0], back) < floor);
    for (int i = 0; i < 200; i++)
        feed_list(r, counters, lists[0], back);
    const uint32_t sure = feed_list(r, counters, lists[0], back);
    assert_true(sure > floor);
    assert_true(sure <= MDCI_CERTAIN_P_MAX);
    feed_list(r, counters, lists[1], back);
    assert_true(feed_list(r, counters, lists[1], back) < sure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_skeleton_ignores_numbers),
        cmocka_unit_test(test_skeleton_ignores_random_words),
        cmocka_unit_test(test_column_and_key_word),
        cmocka_unit_test(test_values_of_a_slot),
        cmocka_unit_test(test_number_goes_on),
        cmocka_unit_test(test_lines_are_followed),
        cmocka_unit_test(test_copy_in_the_line),
        cmocka_unit_test(test_followed_values_die),
        cmocka_unit_test(test_history_of_successes),
        cmocka_unit_test(test_values_lie_in_the_past),
        cmocka_unit_test(test_values_are_as_measured),
        cmocka_unit_test(test_calendar_keeps_its_days),
        cmocka_unit_test(test_unix_time_tells_the_calendar),
        cmocka_unit_test(test_certainty_is_learned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
