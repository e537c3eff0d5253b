/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_line.c
 * \brief Unit tests of the line model.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <string.h>

#include "models/line.h"

#define PLACE_BITS 12
#define SIZE       30000

/* A line model over a block, fed byte by byte. */
struct reader {
    struct mdci_line line;
    uint32_t places[1 << PLACE_BITS];
    uint8_t block[SIZE];
    uint32_t size;
};

static struct reader *new_reader(void)
{
    static struct reader r;
    memset(&r, 0, sizeof r);
    return &r;
}

static void feed(struct reader *r, uint8_t byte)
{
    assert_true(r->size < SIZE);
    r->block[r->size++] = byte;
    mdci_line_update(&r->line, r->block, byte, r->size, r->places, PLACE_BITS);
}

static void feed_text(struct reader *r, const char *text)
{
    while (*text)
        feed(r, (uint8_t)*text++);
}

static struct mdci_line_expected expected(const struct reader *r)
{
    return mdci_line_expect(&r->line, r->block, r->size);
}

static struct mdci_line_expected expected_after(const char *text)
{
    struct reader *r = new_reader();
    feed_text(r, text);
    return expected(r);
}

/* A context's key behind a text, with nothing known of matches and words. */
static uint64_t key_after(enum mdci_context context, const char *text)
{
    uint64_t key[MDCI_CONTEXTS];
    struct reader *r = new_reader();
    feed_text(r, text);
    mdci_line_keys(key, &r->line, expected(r), (uint8_t)text[strlen(text) - 1],
                   0, 0);
    return key[context];
}

static void assert_same(enum mdci_context context, const char *a, const char *b)
{
    assert_int_equal(key_after(context, a), key_after(context, b));
}

static void assert_differ(enum mdci_context context, const char *a,
                          const char *b)
{
    assert_int_not_equal(key_after(context, a), key_after(context, b));
}

static void test_the_first_line_expects_nothing(void **state)
{
    struct reader *r = new_reader();
    (void)state;
    for (const char *text = "a 1, b 2; c=3 d"; *text; text++) {
        feed(r, (uint8_t)*text);
        assert_int_equal(expected(r).column, 0);
        assert_int_equal(expected(r).above, 0);
    }
}

static void test_the_column_above(void **state)
{
    (void)state;
    assert_int_equal(expected_after("abcdef\nxyz").column, 'd');
    assert_int_equal(expected_after("first\nabcdef\nxyz").column, 'd');
    assert_int_equal(expected_after("ab\nxy").column, '\n');
    /* Behind the end of the line above there is no column. */
    assert_int_equal(expected_after("ab\nxyz").column, 0);
}

static void test_the_field_above(void **state)
{
    (void)state;
    /* The same field is found though the columns differ. */
    assert_int_equal(expected_after("alpha 1000 beta\nalpha 7 be").above,
                     't' + 256);
    assert_int_equal(expected_after("alpha 1000 beta\nalpha 7 be").column, ' ');
    assert_int_equal(expected_after("alpha 7 beta\nx 1000 ").above, 'b' + 256);
    assert_int_equal(expected_after("x\nalpha 7 beta\n").above, 'a' + 256);
    /* A line above with fewer fields has none to follow. */
    assert_int_equal(expected_after("a b\nc d ").above, 0);
}

static void test_the_place_behind_the_same_skeleton(void **state)
{
    const char *const text = "A: user 17 logged in\nB: x\nA: user 2345 l";
    (void)state;
    /* The line above is another one; numbers are not the skeleton. */
    assert_int_equal(expected_after(text).same, 'o' + 256);
    assert_int_equal(expected_after(text).same_next, 'g');
    assert_int_equal(expected_after(text).above, 0);
    /* The newest of several. */
    assert_int_equal(expected_after("a=1\na=2\na=").same, '2' + 256);
}

static void test_hits_tell_how_far_to_trust(void **state)
{
    struct reader *r = new_reader();
    (void)state;
    feed_text(r, "one two three\none two th");
    assert_int_equal(r->line.above_hits & 3, 3);
    assert_int_equal(r->line.same_hits & 3, 3);
    feed_text(r, "X");
    assert_int_equal(r->line.above_hits & 7, 6);
    assert_int_equal(r->line.same_hits & 7, 6);
}

static void test_field_knows_its_number_and_text(void **state)
{
    const enum mdci_context c = MDCI_CONTEXT_FIELD;
    (void)state;
    assert_same(c, "x 10 err", "other line\ny 2000 err");
    assert_differ(c, "x 10 err", "x 10 ere");
    assert_differ(c, "x 10 err", "x 10 20 err");
}

static void test_skeleton_is_letters_and_separators(void **state)
{
    const enum mdci_context c = MDCI_CONTEXT_SKELETON_FIELD;
    (void)state;
    assert_same(c, "10:22:33 job-7 ran ", "01:02:03 job-19 ran ");
    assert_differ(c, "10:22:33 job-7 ran ", "10:22:33 job-7 run ");
    assert_differ(c, "10:22:33 job-7 ran ", "10:22-33 job-7 ran ");
    assert_differ(c, "10:22:33 job-7 ran ", "10:22:33 job-7 ran 1");
    assert_same(MDCI_CONTEXT_SKELETON_PLACE, "a=10 b=27", "a=5 b=37");
    assert_differ(MDCI_CONTEXT_SKELETON_PLACE, "a=10 b=27", "a=5 b=7");
}

/* Lines with a word that nothing foretells: as many as make it random. */
static struct reader *reader_of_random_words(void)
{
    static const char *const words[] = {"qzjxk", "wvyph", "mfgbd", "ntlrc"};
    struct reader *r = new_reader();
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        feed_text(r, "user ");
        for (const char *c = words[i]; *c; c++) {
            mdci_surprise_note(&r->line.surprise, 1);
            feed(r, (uint8_t)*c);
        }
        feed_text(r, ": 1\n");
    }
    feed_text(r, "user ");
    return r;
}

static void test_random_words_are_remembered(void **state)
{
    struct reader *r = reader_of_random_words();
    (void)state;
    assert_int_equal(mdci_line_slot_of(&r->line)->random, MDCI_NOVEL_FIELDS);
    assert_int_equal(mdci_line_slot_of(&r->line)->length, 5);
    /* One that was foretold is the end of it, at this place alone. */
    feed_text(r, "qzjxk: 1\nuser ");
    assert_int_equal(mdci_line_slot_of(&r->line)->random, 0);
}

static void test_random_words_are_no_part_of_a_skeleton(void **state)
{
    uint32_t skeleton[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct reader *r = reader_of_random_words();
        for (const char *c = i ? "abcde" : "fghij"; *c; c++) {
            mdci_surprise_note(&r->line.surprise, 1);
            feed(r, (uint8_t)*c);
        }
        feed(r, ':');
        skeleton[i] = r->line.skeleton;
    }
    assert_int_equal(skeleton[0], skeleton[1]);
    struct reader *r = reader_of_random_words();
    feed_text(r, "abcde:");
    assert_int_not_equal(r->line.skeleton, skeleton[0]);
}

static void test_history_is_the_value_a_line_before(void **state)
{
    /* This field's value a line before. */
    const enum mdci_context c = MDCI_CONTEXT_FIELD_HISTORY;
    (void)state;
    assert_same(c, "a 1 x;\na 2 x", "b 7\na 5 x;\na 2 x");
    assert_differ(c, "a 1 x;\na 2 x", "a 1 y;\na 2 x");
    /* The value that the field before this one had a line before. */
    const enum mdci_context pair = MDCI_CONTEXT_FIELD_PAIR;
    assert_same(pair, "a 1 x;\na 2 x", "q 1 y;\na 3 x");
    assert_differ(pair, "a 1 x;\na 2 x", "a 5 x;\na 2 x");
}

static void test_line_start_is_two_fields(void **state)
{
    const enum mdci_context c = MDCI_CONTEXT_LINE_START;
    (void)state;
    assert_same(c, "May 3 host up", "x\nMay 3 elsewhere, up");
    assert_differ(c, "May 3 host up", "May 4 host up");
    assert_differ(c, "May 3 host up", "Mar 3 host up");
}

static void test_classes_are_kinds_of_bytes(void **state)
{
    const enum mdci_context c = MDCI_CONTEXT_CLASSES;
    (void)state;
    assert_same(c, "abc 12x", "xyz 90x");
    assert_differ(c, "abc 12x", "abc 1bx");
    assert_differ(c, "abc 12x", "abc 12y");
    /* Seven back is too far. */
    assert_same(c, "1abc 12x", "-abc 12x");
}

/* Whatever comes, what is followed lies behind, and a decoder has it. */
static void test_places_are_always_behind(void **state)
{
    static uint8_t text[SIZE];
    (void)state;
    for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
        struct reader *r = new_reader();
        sample_fill(text, SIZE, (enum sample_kind)kind, 8);
        for (size_t i = 0; i < SIZE; i++) {
            feed(r, text[i]);
            assert_true(r->line.above < r->size);
            assert_true(r->line.same < r->size);
            assert_true(r->line.start <= r->size);
            assert_true(r->line.above_start <= r->line.start);
        }
    }
}

static void test_more_fields_than_are_told_apart(void **state)
{
    struct reader *r = new_reader();
    (void)state;
    for (int line = 0; line < 4; line++) {
        for (int field = 0; field < 1000; field++)
            feed_text(r, field % 2 ? "7," : "x,");
        feed_text(r, "\n");
    }
    /* The first ones are found again behind all that. */
    feed_text(r, "x,");
    assert_int_equal(expected(r).same, '7' + 256);
}

static void test_what_is_expected_mostly_comes(void **state)
{
    static const char *const users[] = {"root", "alice", "bob"};
    struct reader *r = new_reader();
    uint64_t seed = 1;
    unsigned same = 0, above = 0, all = 0;
    (void)state;
    for (unsigned n = 0; n < 400; n++) {
        char line[100];
        if (sample_random(&seed, 2))
            snprintf(line, sizeof line, "%u session opened for user %s\n",
                     5000 + n * 3, users[sample_random(&seed, 3)]);
        else
            snprintf(line, sizeof line, "%u disk sd%c: %u bytes free\n",
                     5000 + n * 3, 'a' + (int)sample_random(&seed, 4),
                     sample_random(&seed, 100000));
        for (const char *c = line; *c; c++) {
            const struct mdci_line_expected e = expected(r);
            if (n >= 20) {
                all++;
                same += e.same == (uint8_t)*c + 256u;
                above += e.above == (uint8_t)*c + 256u;
            }
            feed(r, (uint8_t)*c);
        }
    }
    assert_true(same * 100 > all * 50);
    assert_true(above * 100 > all * 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_line_expects_nothing),
        cmocka_unit_test(test_the_column_above),
        cmocka_unit_test(test_the_field_above),
        cmocka_unit_test(test_the_place_behind_the_same_skeleton),
        cmocka_unit_test(test_hits_tell_how_far_to_trust),
        cmocka_unit_test(test_field_knows_its_number_and_text),
        cmocka_unit_test(test_skeleton_is_letters_and_separators),
        cmocka_unit_test(test_random_words_are_remembered),
        cmocka_unit_test(test_random_words_are_no_part_of_a_skeleton),
        cmocka_unit_test(test_history_is_the_value_a_line_before),
        cmocka_unit_test(test_line_start_is_two_fields),
        cmocka_unit_test(test_classes_are_kinds_of_bytes),
        cmocka_unit_test(test_places_are_always_behind),
        cmocka_unit_test(test_more_fields_than_are_told_apart),
        cmocka_unit_test(test_what_is_expected_mostly_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
