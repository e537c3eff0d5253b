/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_decision.c
 * \brief Unit tests of decisions, and a small front end written on them
 *        (doc/FRONT_ENDS.md tells about it).
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/decision.h"

#define TABLE_BITS 12
#define ROOM       400000
#define RATE       16 /* of the weights */
#define STRING     64 /* bytes of the longest */

struct tables {
    mdci_counter counter[MDCI_DECISION_INPUTS << TABLE_BITS];
    int16_t weights[MDCI_DECISION_KEYS][16] MDCI_ALIGNED(32);
};

/* Both sides start from the same state. */
static struct mdci_decider start(struct tables *t)
{
    const size_t n = sizeof t->counter / sizeof t->counter[0];
    for (size_t i = 0; i < n; i++)
        t->counter[i] = mdci_counter_make(32768, 16384);
    memset(t->weights, 0, sizeof t->weights);
    for (int i = 0; i < MDCI_DECISION_KEYS; i++)
        for (int k = 0; k < MDCI_DECISION_INPUTS; k++)
            t->weights[i][k] = 512;
    const struct mdci_decider d = {t->counter, TABLE_BITS, t->weights};
    return d;
}

/* The front end: a column of numbers, each told by its difference from the
 * one before. Encoder and decoder are this one function. */
static int64_t code_cell(struct mdci_decider *d, struct mdci_range_coder *rc,
                         const int decode, int64_t last, int64_t value)
{
    const uint64_t step = (uint64_t)value - (uint64_t)last;
    /* The sign goes to the lowest bit: small steps are small numbers. */
    uint64_t folded = step << 1 ^ (0 - (step >> 63));
    const uint64_t bucket = mdci_log2_floor((uint32_t)last | 1);
    const uint64_t context[MDCI_DECISION_INPUTS] = {0, bucket, 2, 3,
                                                    4, 5,      6, 7};
    folded = mdci_code_number(d, rc, decode, context, 1, folded, RATE);
    return (int64_t)((uint64_t)last + (folded >> 1 ^ (0 - (folded & 1))));
}

static size_t code_column(const int decode, int64_t *cell, size_t cells,
                          uint8_t *bytes, size_t size)
{
    struct tables *t = must_alloc(sizeof *t + 32);
    struct tables *aligned =
        (struct tables *)(void *)(((uintptr_t)t + 31) & ~(uintptr_t)31);
    struct mdci_decider d = start(aligned);
    struct mdci_range_coder rc;
    if (decode)
        mdci_range_decoder_start(&rc, bytes, size);
    else
        mdci_range_encoder_start(&rc, bytes, size);
    int64_t last = 0;
    for (size_t i = 0; i < cells; i++)
        last = cell[i] = code_cell(&d, &rc, decode, last, cell[i]);
    if (!decode)
        assert_int_equal(mdci_range_encoder_finish(&rc), 1);
    free(t);
    return rc.size;
}

static void test_column_front_end(void **state)
{
    (void)state;
    enum { CELLS = 20000 };
    static int64_t cell[CELLS], back[CELLS];
    static uint8_t bytes[ROOM];
    uint64_t random = 1;
    int64_t now = 1700000000000;
    for (size_t i = 0; i < CELLS; i++)
        cell[i] = now += sample_random(&random, 16); /* 4 bits of chance */
    memcpy(back, cell, sizeof cell);
    const size_t size = code_column(0, back, CELLS, bytes, ROOM);
    memset(back, 0, sizeof back);
    code_column(1, back, CELLS, bytes, size);
    assert_memory_equal(back, cell, sizeof cell);
    assert_in_range(size, CELLS / 2, CELLS / 2 + CELLS / 16);

    /* Steps over the whole range of a number, both ways. */
    for (size_t i = 0; i < CELLS; i++)
        cell[i] = i % 3 == 0 ? INT64_MIN : i % 3 == 1 ? INT64_MAX : -(int)i;
    memcpy(back, cell, sizeof cell);
    const size_t wide = code_column(0, back, CELLS, bytes, ROOM);
    memset(back, 0, sizeof back);
    code_column(1, back, CELLS, bytes, wide);
    assert_memory_equal(back, cell, sizeof cell);
}

/* A mixture of all three calls, from one list of items. */
struct item {
    uint64_t value, key;
    unsigned bits; /* 0: a number */
};

static uint64_t code_item(struct mdci_decider *d, struct mdci_range_coder *rc,
                          const int decode, const struct item *item,
                          uint64_t value)
{
    const unsigned selector = (unsigned)(item->key % MDCI_DECISION_KEYS);
    uint64_t context[MDCI_DECISION_INPUTS];
    for (unsigned i = 0; i < MDCI_DECISION_INPUTS; i++)
        context[i] = item->key >> i;
    if (item->bits == 0)
        return mdci_code_number(d, rc, decode, context, selector, value, RATE);
    if (item->bits == 1)
        return (uint64_t)mdci_code_bit(d, rc, decode, context, selector,
                                       (int)value, RATE);
    return mdci_code_symbol(d, rc, decode, context, selector, item->bits,
                            (uint32_t)value, RATE);
}

/* \return bytes that the items take; fails unless they come back */
static size_t round_trip(const struct item *item, size_t items)
{
    static struct tables t MDCI_ALIGNED(32), other MDCI_ALIGNED(32);
    static uint8_t bytes[ROOM];
    struct mdci_range_coder rc;
    struct mdci_decider d = start(&t);
    mdci_range_encoder_start(&rc, bytes, ROOM);
    for (size_t i = 0; i < items; i++)
        code_item(&d, &rc, 0, &item[i], item[i].value);
    assert_int_equal(mdci_range_encoder_finish(&rc), 1);
    const size_t size = rc.size;

    d = start(&other);
    mdci_range_decoder_start(&rc, bytes, size);
    for (size_t i = 0; i < items; i++)
        assert_true(code_item(&d, &rc, 1, &item[i], 0) == item[i].value);
    assert_memory_equal(&t, &other, sizeof t);
    return size;
}

static uint64_t random64(uint64_t *random)
{
    return (uint64_t)sample_random(random, 1u << 31) << 40 ^
           (uint64_t)sample_random(random, 1u << 31) << 20 ^
           sample_random(random, 1u << 31);
}

static void test_lockstep(void **state)
{
    (void)state;
    enum { ITEMS = 20000 };
    static struct item item[ITEMS];
    uint64_t random = 2;
    for (size_t i = 0; i < ITEMS; i++) {
        item[i].bits = sample_random(&random, 9);
        item[i].key = sample_random(&random, 300);
        const uint64_t any = random64(&random);
        item[i].value = item[i].bits ? any & ((1u << item[i].bits) - 1)
                                     : any >> sample_random(&random, 64);
    }
    round_trip(item, ITEMS);
}

static void test_every_width(void **state)
{
    (void)state;
    struct item item[65 * 4] = {{0}};
    uint64_t random = 3;
    for (unsigned width = 0; width <= 64; width++) {
        const uint64_t top = width ? UINT64_C(1) << (width - 1) : 0;
        const uint64_t below = top ? top - 1 : 0;
        item[width * 4].value = top;
        item[width * 4 + 1].value = top | below;
        item[width * 4 + 2].value = top | (random64(&random) & below);
        item[width * 4 + 3].value = top | (below & 0x5555555555555555u);
    }
    round_trip(item, sizeof item / sizeof item[0]);
}

/* Bits of a fixed probability under each of four contexts. */
static void test_cost_is_near_the_entropy(void **state)
{
    (void)state;
    enum { ITEMS = 100000 };
    static const double p[4] = {0.5, 0.1, 0.97, 0.002};
    struct item *item = must_alloc(ITEMS * sizeof *item);
    uint64_t random = 4;
    double bits = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        const unsigned key = sample_random(&random, 4);
        const int bit = sample_random(&random, 1u << 20) < p[key] * (1 << 20);
        /* Keys apart in all the shifted contexts. */
        const struct item x = {(uint64_t)bit, (uint64_t)key << 20 | key, 1};
        item[i] = x;
        bits -= p[key] * log2(p[key]) + (1 - p[key]) * log2(1 - p[key]);
    }
    const double size = (double)round_trip(item, ITEMS) * 8;
    print_message("%.0f bits for an entropy of %.0f\n", size, bits);
    assert_true(size < bits * 1.04);
    assert_true(size > bits * 0.97);
    free(item);
}

/* What the contexts tell whole costs nearly nothing. */
static void test_learns_a_table(void **state)
{
    (void)state;
    enum { ITEMS = 20000 };
    static struct item item[ITEMS];
    uint64_t random = 5;
    for (size_t i = 0; i < ITEMS; i++) {
        item[i].key = sample_random(&random, 16) << 16;
        item[i].bits = i % 2 ? 8 : 0;
        item[i].value = mdci_hash64(item[i].key) >> 56;
    }
    assert_true(round_trip(item, ITEMS) < ITEMS / 8);
}

/* Codes strings, each guessed to be the one before it, under two kinds.
 * \return bytes that they take; fails unless they come back */
static size_t strings_round_trip(uint8_t (*string)[STRING], const size_t *size,
                                 size_t strings)
{
    static struct tables t MDCI_ALIGNED(32), other MDCI_ALIGNED(32);
    static uint8_t bytes[ROOM], back[2][STRING];
    struct mdci_range_coder rc;
    struct mdci_decider d = start(&t);
    struct mdci_guess guess = {NULL, 0};
    mdci_range_encoder_start(&rc, bytes, ROOM);
    for (size_t i = 0; i < strings; i++) {
        assert_int_equal(mdci_code_string(&d, &rc, 0, i % 2, 5, guess,
                                          string[i], size[i], STRING, RATE),
                         size[i]);
        guess.bytes = string[i];
        guess.size = size[i];
    }
    assert_int_equal(mdci_range_encoder_finish(&rc), 1);
    const size_t coded = rc.size;

    d = start(&other);
    mdci_range_decoder_start(&rc, bytes, coded);
    guess.size = 0;
    for (size_t i = 0; i < strings; i++) {
        uint8_t *here = back[i % 2];
        assert_int_equal(mdci_code_string(&d, &rc, 1, i % 2, 5, guess, here, 0,
                                          STRING, RATE),
                         size[i]);
        assert_memory_equal(here, string[i], size[i]);
        guess.bytes = here;
        guess.size = size[i];
    }
    assert_memory_equal(&t, &other, sizeof t);
    return coded;
}

static void test_strings_of_any_bytes(void **state)
{
    (void)state;
    enum { STRINGS = 600 };
    static uint8_t string[STRINGS][STRING];
    static size_t size[STRINGS];
    uint64_t random = 6;
    size_t sum = 0;
    for (size_t i = 0; i < STRINGS; i++) {
        /* The empty and the full one more often than others. */
        size[i] = sample_random(&random, 3) ? sample_random(&random, STRING + 1)
                  : i % 2                   ? STRING
                                            : 0;
        sample_fill(string[i], size[i], SAMPLE_RANDOM, i);
        sum += size[i];
    }
    const size_t coded = strings_round_trip(string, size, STRINGS);
    assert_in_range(coded, sum, sum + sum / 16);
}

/* What the guess, the kind or the text before says is not told again. */
static void test_strings_are_learned(void **state)
{
    (void)state;
    enum { STRINGS = 2000 };
    static const char *const name[] = {"disk", "kernel: out of memory",
                                       "session opened for root", "eth0"};
    static uint8_t string[STRINGS][STRING];
    static size_t size[STRINGS];
    uint64_t random = 7;
    for (size_t i = 0; i < STRINGS; i++) {
        const char *text = name[sample_random(&random, 2) + i % 2 * 2];
        size[i] = strlen(text);
        memcpy(string[i], text, size[i]);
    }
    /* One bit of chance each. */
    assert_in_range(strings_round_trip(string, size, STRINGS), STRINGS / 8,
                    STRINGS / 3);
    for (size_t i = 1; i < STRINGS; i++) {
        size[i] = size[0];
        memcpy(string[i], string[0], size[0]);
    }
    assert_in_range(strings_round_trip(string, size, STRINGS), 1, STRINGS / 16);
}

/* Whatever a payload says, a string stays in its room. */
static void test_strings_stay_in_their_room(void **state)
{
    (void)state;
    static struct tables t MDCI_ALIGNED(32);
    uint8_t bytes[400];
    size_t full = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct mdci_range_coder rc;
        struct mdci_decider d = start(&t);
        struct mdci_guess guess = {NULL, 0};
        sample_fill(bytes, sizeof bytes, SAMPLE_RANDOM, seed);
        mdci_range_decoder_start(&rc, bytes, sizeof bytes);
        for (size_t i = 0; i < 20; i++) {
            const size_t room = i % 8;
            uint8_t *string = must_alloc(room + 1);
            string[room] = 0xA5;
            const size_t size = mdci_code_string(&d, &rc, 1, i, 0, guess,
                                                 string, 0, room, RATE);
            assert_true(size <= room);
            assert_int_equal(string[room], 0xA5);
            full += size == room && room > 0;
            free(string);
        }
    }
    assert_true(full > 0);
}

/* A table of one counter for each input: all contexts are the same. */
static void test_table_of_no_bits(void **state)
{
    (void)state;
    static struct tables t MDCI_ALIGNED(32);
    uint8_t bytes[4000];
    struct mdci_range_coder rc;
    struct mdci_decider d = start(&t);
    d.bits = 0;
    mdci_range_encoder_start(&rc, bytes, sizeof bytes);
    for (uint32_t i = 0; i < 1000; i++) {
        const uint64_t context[MDCI_DECISION_INPUTS] = {i, i, i, i, i, i, i, i};
        mdci_code_symbol(&d, &rc, 0, context, 0, 3, i * 5 & 7, RATE);
    }
    assert_int_equal(mdci_range_encoder_finish(&rc), 1);
    const size_t size = rc.size;
    d = start(&t);
    d.bits = 0;
    mdci_range_decoder_start(&rc, bytes, size);
    for (uint32_t i = 0; i < 1000; i++) {
        const uint64_t context[MDCI_DECISION_INPUTS] = {i, i, i, i, i, i, i, i};
        assert_int_equal(mdci_code_symbol(&d, &rc, 1, context, 0, 3, 0, RATE),
                         i * 5 & 7);
    }
}

/* Damage gives numbers, whatever they are, and it ends. */
static void test_any_payload_decodes(void **state)
{
    (void)state;
    enum { CELLS = 500 };
    int64_t cell[CELLS];
    uint8_t bytes[3000];
    for (uint64_t seed = 0; seed < 20; seed++) {
        memset(cell, 0, sizeof cell);
        sample_fill(bytes, sizeof bytes, SAMPLE_RANDOM, seed);
        code_column(1, cell, CELLS, bytes, sizeof bytes >> seed % 12);
    }
    assert_true(cell[0] != 0 || cell[1] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column_front_end),
        cmocka_unit_test(test_lockstep),
        cmocka_unit_test(test_every_width),
        cmocka_unit_test(test_cost_is_near_the_entropy),
        cmocka_unit_test(test_learns_a_table),
        cmocka_unit_test(test_strings_of_any_bytes),
        cmocka_unit_test(test_strings_are_learned),
        cmocka_unit_test(test_strings_stay_in_their_room),
        cmocka_unit_test(test_table_of_no_bits),
        cmocka_unit_test(test_any_payload_decodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
