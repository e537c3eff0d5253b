/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_word.c
 * \brief Unit tests of the word model.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <string.h>

#include "models/word.h"

struct keys {
    uint64_t word, word2, word3;
};

/* The contexts behind a text. */
static struct keys after(const char *text)
{
    struct mdci_word w = {0};
    uint64_t last8 = 0, key[MDCI_CONTEXTS];
    for (; *text; text++) {
        const uint8_t byte = (uint8_t)*text;
        mdci_word_update(&w, byte);
        last8 = last8 << 8 | byte;
    }
    mdci_word_keys(key, &w, last8);
    return (struct keys){key[MDCI_CONTEXT_WORD], key[MDCI_CONTEXT_WORD2],
                         key[MDCI_CONTEXT_WORD3]};
}

static void test_word_forgets_what_was_before(void **state)
{
    (void)state;
    assert_int_equal(after("warning").word, after("an error: warning").word);
    assert_int_equal(after("a warn").word, after("\nb=warn").word);
    assert_int_not_equal(after("warn").word, after("wart").word);
    assert_int_not_equal(after("warn").word, after("awarn").word);
    assert_int_not_equal(after("warn").word, after("warn ").word);
    /* Order and case of letters count. */
    assert_int_not_equal(after("abba").word, after("baba").word);
    assert_int_not_equal(after("warn").word, after("Warn").word);
}

static void test_between_words_the_last_byte_counts(void **state)
{
    (void)state;
    assert_int_equal(after("error ").word, after("warning ").word);
    assert_int_not_equal(after("error ").word, after("error:").word);
    assert_int_not_equal(after("error ").word2, after("warning ").word2);
}

static void test_bigram_knows_one_word_before(void **state)
{
    (void)state;
    assert_int_equal(after("one two thr").word2, after("x two thr").word2);
    assert_int_not_equal(after("two thr").word2, after("too thr").word2);
    assert_int_not_equal(after("two thr").word2, after("two the").word2);
    /* A longer gap, or another, leaves the words what they are. */
    assert_int_equal(after("two thr").word2, after("two, <- thr").word2);
}

static void test_trigram_knows_two_words_before(void **state)
{
    (void)state;
    assert_int_equal(after("x one two thr").word3,
                     after("y one two thr").word3);
    assert_int_not_equal(after("one two thr").word3,
                         after("eno two thr").word3);
    assert_int_not_equal(after("one two thr").word3,
                         after("two one thr").word3);
    assert_int_equal(after("one two thr").word3, after("one\n\ttwo=thr").word3);
}

static void test_digits_and_utf8_make_words(void **state)
{
    (void)state;
    assert_int_equal(after("x 10a").word, after("10a").word);
    assert_int_not_equal(after("10").word, after("11").word);
    /* The same last byte behind different first ones: one word each. */
    assert_int_not_equal(after("gr\xC3\xBC").word, after("gr\xC4\xBC").word);
    assert_int_equal(after("a gr\xC3\xBC").word, after("b gr\xC3\xBC").word);
}

/* Ten thousand words made of seven letters: hardly two alike. */
static void test_words_hardly_collide(void **state)
{
    static uint8_t seen[1 << 21];
    unsigned twice = 0;
    (void)state;
    for (unsigned n = 0; n < 10000; n++) {
        struct mdci_word w = {0};
        for (unsigned rest = n, i = 0; i < 5; i++, rest /= 7)
            mdci_word_update(&w, 'a' + rest % 7);
        const uint32_t place = mdci_hash2(w.current, 0) >> 11;
        twice += seen[place];
        seen[place] = 1;
    }
    /* Chance alone makes n^2 / 2^22 = 24 of them. */
    assert_true(twice < 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_forgets_what_was_before),
        cmocka_unit_test(test_between_words_the_last_byte_counts),
        cmocka_unit_test(test_bigram_knows_one_word_before),
        cmocka_unit_test(test_trigram_knows_two_words_before),
        cmocka_unit_test(test_digits_and_utf8_make_words),
        cmocka_unit_test(test_words_hardly_collide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
