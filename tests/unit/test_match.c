/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_match.c
 * \brief Unit tests of the match model.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <string.h>

#include "models/match.h"

#define BITS       16
#define MIN_LENGTH 5
#define SIZE       30000

/* A match model over a block, fed byte by byte. */
struct follower {
    struct mdci_match match;
    uint32_t table[1 << BITS];
    uint8_t block[SIZE];
    uint32_t size;
};

static struct follower *new_follower(void)
{
    static struct follower f;
    memset(&f, 0, sizeof f);
    return &f;
}

static uint32_t hash_of_last(const struct follower *f)
{
    uint64_t key = 0;
    for (uint32_t i = 1; i <= MIN_LENGTH; i++)
        key = key << 8 | f->block[f->size - i];
    return (uint32_t)(mdci_hash64(key + 1) >> (64 - BITS));
}

static void feed(struct follower *f, uint8_t byte)
{
    assert_true(f->size < SIZE);
    f->block[f->size++] = byte;
    mdci_match_follow(&f->match, f->block, byte);
    if (f->size > MIN_LENGTH)
        mdci_match_find(&f->match, f->table, hash_of_last(f), f->block, f->size,
                        0, MIN_LENGTH);
    /* What it follows is behind, so that a decoder has it, too. */
    assert_true(f->match.at < f->size);
}

static void feed_text(struct follower *f, const char *text)
{
    while (*text)
        feed(f, (uint8_t)*text++);
}

static uint32_t expected(const struct follower *f)
{
    return mdci_match_expected(&f->match, f->block);
}

static void test_nothing_is_expected_of_new_text(void **state)
{
    struct follower *f = new_follower();
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        feed(f, (uint8_t)i);
        assert_int_equal(expected(f), 0);
    }
}

static void test_a_repetition_is_found_and_followed(void **state)
{
    const char *const text = "the quick brown fox jumps over the lazy dog; ";
    const size_t size = strlen(text);
    struct follower *f = new_follower();
    (void)state;
    feed_text(f, "0 ");
    feed_text(f, text);
    for (size_t i = 0; i < size; i++) {
        if (i >= MIN_LENGTH) {
            assert_int_equal(expected(f), (uint8_t)text[i] + 256u);
            assert_true(f->match.length >= MIN_LENGTH);
            assert_true(f->match.length <= i + 1);
        }
        feed(f, (uint8_t)text[i]);
    }
}

static void test_too_short_a_repetition_is_none(void **state)
{
    struct follower *f = new_follower();
    (void)state;
    feed_text(f, "#abcd!efgh+");
    feed_text(f, "=abcd");
    assert_int_equal(expected(f), 0);
    feed_text(f, "-abcd!");
    assert_int_equal(expected(f), 'e' + 256);
}

static void test_the_newest_place_is_followed(void **state)
{
    struct follower *f = new_follower();
    (void)state;
    feed_text(f, " session1 session2 other session");
    assert_int_equal(expected(f), '2' + 256);
}

static void test_a_wrong_candidate_is_refused(void **state)
{
    struct follower *f = new_follower();
    (void)state;
    feed_text(f, "some words that never come again");
    /* A table full of wrong places, as by hashes that fell together. */
    for (uint32_t at = 1; at < f->size; at++) {
        f->table[7] = at;
        mdci_match_find(&f->match, f->table, 7, f->block, f->size, 0,
                        MIN_LENGTH);
        assert_int_equal(expected(f), 0);
        assert_int_equal(f->table[7], f->size);
    }
}

static void test_a_place_that_another_follows_is_left_to_it(void **state)
{
    struct follower *f = new_follower();
    struct mdci_match second = {0};
    (void)state;
    feed_text(f, "x first words, first words");
    const uint32_t at = f->match.at;
    assert_true(at > 0);
    f->table[7] = at;
    mdci_match_find(&second, f->table, 7, f->block, f->size, at, MIN_LENGTH);
    assert_int_equal(second.at, 0);
    f->table[7] = at;
    mdci_match_find(&second, f->table, 7, f->block, f->size, 0, MIN_LENGTH);
    assert_int_equal(second.at, at);
}

static void test_a_changed_number_does_not_end_a_match(void **state)
{
    struct follower *f = new_follower();
    (void)state;
    feed_text(f, "\nuser 1 logged in from the console\nuser 2");
    /* Behind the other number it goes on at once, in doubt. */
    assert_int_equal(expected(f), ' ' + 256);
    assert_int_equal(f->match.length, 0);
    assert_int_equal(f->match.misses & 1, 1);
    feed_text(f, " logged in");
    assert_int_equal(expected(f), ' ' + 256);
    /* A long likeness makes up for the miss. */
    feed_text(f, " from the co");
    assert_int_equal(expected(f), 'n' + 256);
    assert_int_equal(f->match.misses, 0);
}

static void test_different_text_ends_a_match(void **state)
{
    struct follower *f = new_follower();
    (void)state;
    feed_text(f, "0abcdefghijklmnopqrstuvwxyz abcdefgh");
    assert_int_equal(expected(f), 'i' + 256);
    feed_text(f, "ABCDEF");
    assert_int_equal(expected(f), 0);
}

static void test_length_stays_in_its_bounds(void **state)
{
    struct mdci_match m = {1, MDCI_MATCH_LENGTH_MAX - 2, 0};
    const uint8_t block[16] = {0};
    uint32_t last = 0;
    (void)state;
    for (int i = 0; i < 8; i++) {
        mdci_match_follow(&m, block, 0);
        assert_in_range(m.length, 1, MDCI_MATCH_LENGTH_MAX);
    }
    assert_int_equal(m.length, MDCI_MATCH_LENGTH_MAX);
    for (uint32_t n = 0; n <= MDCI_MATCH_LENGTH_MAX; n++) {
        const uint32_t bucket = mdci_match_bucket(n);
        assert_true(bucket == last || bucket == last + 1);
        last = bucket;
    }
    assert_int_equal(last, MDCI_MATCH_LENGTHS - 1);
}

/* On logs most expectations hold; on noise there are hardly any. */
static void test_what_is_expected_mostly_comes(void **state)
{
    (void)state;
    for (int noise = 0; noise < 2; noise++) {
        static uint8_t text[SIZE];
        struct follower *f = new_follower();
        unsigned asked = 0, right = 0;
        sample_fill(text, SIZE, noise ? SAMPLE_RANDOM : SAMPLE_TEXT, 3);
        for (size_t i = 0; i < SIZE; i++) {
            const uint32_t e = expected(f);
            asked += e != 0;
            right += e == text[i] + 256u;
            feed(f, text[i]);
        }
        if (noise)
            assert_true(asked < SIZE / 100);
        else
            assert_true(asked > SIZE / 2 && right > asked / 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_expected_of_new_text),
        cmocka_unit_test(test_a_repetition_is_found_and_followed),
        cmocka_unit_test(test_too_short_a_repetition_is_none),
        cmocka_unit_test(test_the_newest_place_is_followed),
        cmocka_unit_test(test_a_wrong_candidate_is_refused),
        cmocka_unit_test(test_a_place_that_another_follows_is_left_to_it),
        cmocka_unit_test(test_a_changed_number_does_not_end_a_match),
        cmocka_unit_test(test_different_text_ends_a_match),
        cmocka_unit_test(test_length_stays_in_its_bounds),
        cmocka_unit_test(test_what_is_expected_mostly_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
