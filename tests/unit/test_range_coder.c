/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_range_coder.c
 * \brief Unit tests of the range coder.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/range_coder.h"

#define ONE  (1u << MDCI_PROB_BITS)
#define BITS 20000

/* A sequence: bits and the probabilities of a 1 that they are coded with. */
struct sequence {
    uint32_t p[BITS];
    uint8_t bit[BITS];
    size_t count;
};

/* One of several ways to choose probabilities, extremes among them. */
static uint32_t random_p(int way, uint64_t *random)
{
    const uint32_t r = sample_random(random, ONE - 1) + 1;
    const unsigned shift = sample_random(random, MDCI_PROB_BITS);
    switch (way) {
    case 0:
        return 1;
    case 1:
        return ONE - 1;
    case 2:
        return ONE / 2;
    case 3:
        return r;
    case 4:
        return (r >> shift) | 1;
    default:
        return ONE - ((r >> shift) | 1);
    }
}

static void make_sequence(struct sequence *s, int way, int likely,
                          uint64_t seed)
{
    uint64_t random = seed;
    s->count = BITS;
    for (size_t i = 0; i < BITS; i++) {
        s->p[i] = random_p(way, &random);
        s->bit[i] = likely ? sample_random(&random, ONE) < s->p[i]
                           : (uint8_t)sample_random(&random, 2);
    }
}

/* \return the size, or 0 if the room was too small */
static size_t encode(const struct sequence *s, uint8_t *out, size_t room)
{
    struct mdci_range_coder rc;
    mdci_range_encoder_start(&rc, out, room);
    for (size_t i = 0; i < s->count; i++)
        mdci_range_code(&rc, 0, s->bit[i], s->p[i]);
    return mdci_range_encoder_finish(&rc) ? rc.size : 0;
}

static void assert_decodes(const struct sequence *s, const uint8_t *in,
                           size_t size)
{
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, size);
    for (size_t i = 0; i < s->count; i++)
        if (mdci_range_code(&rc, 1, 0, s->p[i]) != s->bit[i])
            fail_msg("bit %zu of %zu differs", i, s->count);
    assert_true(rc.in <= rc.in_end);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct sequence *s = must_alloc(sizeof *s);
    const size_t room = BITS * 4;
    uint8_t *out = must_alloc(room);
    for (int way = 0; way < 6; way++) {
        for (int likely = 0; likely < 2; likely++) {
            make_sequence(s, way, likely, 1 + (uint64_t)way);
            for (size_t count = 0; count <= BITS;
                 count = count < 100 ? count + 1 : count * 2 + 1) {
                s->count = count;
                const size_t size = encode(s, out, room);
                assert_true(size >= 1);
                /* Behind the end only zeros may be missing. */
                assert_true(size == 1 || out[size - 1] != 0);
                uint8_t *exact = must_alloc(size);
                memcpy(exact, out, size);
                assert_decodes(s, exact, size);
                free(exact);
            }
        }
    }
    free(out);
    free(s);
}

/* Bits that a decoder reads from given bytes, as far as `bytes` of them. */
static void read_sequence(struct sequence *s, const uint8_t *in, size_t size,
                          size_t bytes, uint64_t seed)
{
    struct mdci_range_coder rc;
    uint64_t random = seed;
    mdci_range_decoder_start(&rc, in, size);
    for (s->count = 0; s->count < BITS && (size_t)(rc.in - in) < bytes;
         s->count++) {
        s->p[s->count] = random_p(3, &random);
        s->bit[s->count] = (uint8_t)mdci_range_code(&rc, 1, 0, s->p[s->count]);
    }
}

/* A long row of 0xFF that a carry turns into zeros at the very end, and one
 * that no carry reaches. */
static void test_carry_chain(void **state)
{
    (void)state;
    enum { CHAIN = 1000 };
    struct sequence *s = must_alloc(sizeof *s);
    uint8_t in[CHAIN + 100], out[CHAIN + 200];

    memset(in, 0xFF, sizeof in);
    in[0] = 0x7F;
    read_sequence(s, in, sizeof in, CHAIN, 5);
    struct mdci_range_coder rc;
    mdci_range_encoder_start(&rc, out, sizeof out);
    for (size_t i = 0; i < s->count; i++)
        mdci_range_code(&rc, 0, s->bit[i], s->p[i]);
    /* Everything waits for the carry that the end decides. */
    assert_true(rc.pending > CHAIN - 10);
    assert_int_equal(mdci_range_encoder_finish(&rc), 1);
    assert_int_equal(rc.size, 1);
    assert_int_equal(out[0], 0x80);
    assert_decodes(s, out, rc.size);

    memset(in + CHAIN, 0x12, sizeof in - CHAIN);
    read_sequence(s, in, sizeof in, CHAIN + 50, 6);
    const size_t size = encode(s, out, sizeof out);
    assert_true(size > CHAIN + 40);
    assert_memory_equal(out, in, CHAIN + 40);
    assert_decodes(s, out, size);

    /* The same chain from above: 0x80, zeros, and then something. */
    memset(in, 0, sizeof in);
    in[0] = 0x80;
    memset(in + CHAIN, 0x12, sizeof in - CHAIN);
    read_sequence(s, in, sizeof in, CHAIN + 50, 7);
    const size_t carried = encode(s, out, sizeof out);
    assert_true(carried > CHAIN + 40);
    assert_memory_equal(out, in, CHAIN + 40);
    assert_decodes(s, out, carried);
    free(s);
}

/* Any bytes are a code: what is read from them is written as them again. */
static void test_any_bytes_decode_and_return(void **state)
{
    (void)state;
    struct sequence *s = must_alloc(sizeof *s);
    uint8_t in[600], out[700];
    for (uint64_t seed = 0; seed < 50; seed++) {
        sample_fill(in, sizeof in, SAMPLE_RANDOM, seed);
        read_sequence(s, in, sizeof in, 580, seed);
        const size_t size = encode(s, out, sizeof out);
        assert_true(size > 570);
        assert_memory_equal(out, in, 570);
    }
    free(s);
}

/* Ideal and real cost in bits of a rare bit, over many states. */
static void test_cost_of_rare_bits(void **state)
{
    (void)state;
    const double ideal[] = {16, 12, 4, 1};
    uint8_t out[64];
    for (int k = 0; k < 4; k++) {
        const uint32_t p = (uint32_t)(ONE / exp2(ideal[k]));
        struct mdci_range_coder rc;
        uint64_t random = 3;
        double sum = 0;
        const unsigned states = 200000;
        mdci_range_encoder_start(&rc, out, 0);
        for (unsigned i = 0; i < states; i++) {
            struct mdci_range_coder copy = rc;
            /* The bit's share of the range, before normalization. */
            const uint32_t bound = (uint32_t)((uint64_t)copy.range * p >> 22);
            mdci_range_code(&copy, 0, 1, p);
            unsigned bytes = 0;
            while (bytes < 3 && (bound << 8 * bytes) < 1u << 24)
                bytes++;
            assert_int_equal(copy.range, bound << 8 * bytes);
            sum += log2(rc.range) + 8 * bytes - log2(copy.range);
            mdci_range_code(&rc, 0, (int)sample_random(&random, 2),
                            sample_random(&random, ONE - 1) + 1);
        }
        print_message("%.0f bits cost %.6f\n", ideal[k], sum / states);
        assert_true(sum / states <= ideal[k] * 1.0002);
        assert_true(sum / states >= ideal[k] * 0.9998);
    }
}

static void test_size_is_the_entropy(void **state)
{
    (void)state;
    struct sequence *s = must_alloc(sizeof *s);
    const size_t room = BITS * 4;
    uint8_t *out = must_alloc(room);
    for (int way = 2; way < 6; way++) {
        make_sequence(s, way, 0, 9);
        for (size_t i = 0; i < BITS; i++)
            s->p[i] = s->p[i] < 64         ? 64
                      : s->p[i] > ONE - 64 ? ONE - 64
                                           : s->p[i];
        double bits = 0;
        for (size_t i = 0; i < BITS; i++)
            bits -= log2((s->bit[i] ? s->p[i] : ONE - s->p[i]) / (double)ONE);
        const double size = (double)encode(s, out, room) * 8;
        assert_true(size <= bits * 1.0002 + 16);
        assert_true(size >= bits * 0.9998 - 16);
    }
    free(out);
    free(s);
}

/* What stands behind the end of the input does not count. */
static void test_reads_nothing_behind_the_end(void **state)
{
    (void)state;
    struct sequence *s = must_alloc(sizeof *s);
    uint8_t out[BITS * 2], other[BITS * 2];
    make_sequence(s, 3, 1, 11);
    s->count = 500;
    const size_t size = encode(s, out, sizeof out);
    memset(out + size, 0, sizeof out - size);
    assert_decodes(s, out, size);
    assert_decodes(s, out, sizeof out);

    for (size_t cut = 0; cut <= size; cut++) {
        struct mdci_range_coder a, b;
        memset(other, 0xFF, sizeof other);
        memcpy(other, out, cut);
        uint8_t *exact = must_alloc(cut + 1);
        memcpy(exact, out, cut);
        mdci_range_decoder_start(&a, other, cut);
        mdci_range_decoder_start(&b, exact, cut);
        for (size_t i = 0; i < s->count; i++)
            assert_int_equal(mdci_range_code(&a, 1, 0, s->p[i]),
                             mdci_range_code(&b, 1, 0, s->p[i]));
        assert_true(a.in == other + cut);
        free(exact);
    }
    free(s);
}

static void test_out_of_room(void **state)
{
    (void)state;
    struct sequence *s = must_alloc(sizeof *s);
    uint8_t whole[4096], out[4096];
    make_sequence(s, 3, 1, 12);
    s->count = 1000;
    const size_t size = encode(s, whole, sizeof whole);
    assert_true(size > 20);
    for (size_t room = 0; room < size + 20; room++) {
        memset(out, 0xEE, sizeof out);
        const size_t written = encode(s, out, room);
        for (size_t i = room; i < sizeof out; i++)
            assert_int_equal(out[i], 0xEE);
        assert_true(written == 0 || written == size);
        if (room < size)
            assert_int_equal(written, 0);
        /* The end is five bytes at most before its zeros go. */
        if (room >= size + 5)
            assert_int_equal(written, size);
        if (written)
            assert_memory_equal(out, whole, size);
    }
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_carry_chain),
        cmocka_unit_test(test_any_bytes_decode_and_return),
        cmocka_unit_test(test_cost_of_rare_bits),
        cmocka_unit_test(test_size_is_the_entropy),
        cmocka_unit_test(test_reads_nothing_behind_the_end),
        cmocka_unit_test(test_out_of_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
