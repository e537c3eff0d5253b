/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_novel.c
 * \brief Unit tests of the trees that spell bytes, and of random values.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <string.h>

#include "models/novel.h"

static void test_trees_lead_to_every_byte(void **state)
{
    (void)state;
    for (int t = 0; t < 2; t++) {
        const struct mdci_tree *tree = &mdci_trees[t];
        for (unsigned byte = 0; byte < 256; byte++) {
            uint32_t link = MDCI_TREE_ROOT, path = 1, second = 0;
            unsigned depth = 0, clusters = 0;
            for (; link < MDCI_TREE_LEAF; depth++) {
                assert_true(depth < MDCI_TREE_DEPTH);
                assert_true(mdci_tree_on(tree->code[byte], path, depth));
                clusters += tree->place[link] == 1;
                if (clusters == 2 && !second)
                    second = link;
                const uint32_t bit = mdci_tree_bit(tree->code[byte], depth);
                path = path * 2 + bit;
                link = tree->next[link][bit];
            }
            assert_int_equal(link, MDCI_TREE_LEAF | byte);
            assert_int_equal(second, tree->second[byte]);
            assert_false(mdci_tree_on(tree->code[byte ^ 1], path, depth));
        }
    }
}

static void test_a_cluster_fits_a_slot(void **state)
{
    (void)state;
    for (int t = 0; t < 2; t++) {
        const struct mdci_tree *tree = &mdci_trees[t];
        unsigned tops = 0;
        for (unsigned node = 1; node < 256; node++) {
            assert_in_range(tree->place[node], 1, 15);
            tops += tree->place[node] == 1;
            /* A node inside a cluster has another place than what led there. */
            for (unsigned bit = 0; bit < 2; bit++) {
                const unsigned next = tree->next[node][bit];
                if (next < MDCI_TREE_LEAF && tree->place[next] > 1)
                    assert_true(tree->place[next] > tree->place[node]);
            }
        }
        assert_true(tops >= 17);
    }
}

static void test_digits_share_a_slot(void **state)
{
    (void)state;
    for (unsigned byte = '0'; byte <= '9'; byte++)
        assert_int_equal(mdci_trees[1].second[byte], 0);
}

static void test_surprises_in_a_row_make_a_field_random(void **state)
{
    struct mdci_surprise s = {0, 0};
    (void)state;
    for (unsigned i = 0; i < 10 * MDCI_RANDOM; i++)
        mdci_surprise_note(&s, i % MDCI_RANDOM != 0);
    assert_false(mdci_surprise_random(&s));
    mdci_surprise_note(&s, 1);
    assert_true(mdci_surprise_random(&s));
    mdci_surprise_note(&s, 0);
    assert_true(mdci_surprise_random(&s));
    assert_int_equal(s.run, 0);

    uint8_t fields = 0;
    for (unsigned i = 0; i < 2 * MDCI_NOVEL_FIELDS; i++)
        fields = mdci_novel_fields(fields, 1);
    assert_int_equal(fields, MDCI_NOVEL_FIELDS);
    assert_int_equal(mdci_novel_fields(fields, 0), 0);
}

enum { KNOWN = 20000 /* bytes by which a constant one is sure */ };

/* Codes n bytes at place n % 20 of a field. */
static size_t code(uint8_t *bytes, size_t n, int decode, uint8_t *payload,
                   size_t size)
{
    static struct mdci_novel_row rows[1024];
    size_t open[2] = {0, 0};
    struct mdci_range_coder rc;
    memset(rows, 0, sizeof rows);
    if (decode)
        mdci_range_decoder_start(&rc, payload, size);
    else
        mdci_range_encoder_start(&rc, payload, size);
    for (size_t i = 0; i < n; i++) {
        const struct mdci_novel at =
            mdci_novel_at(rows, 10, 1, (uint32_t)(i % 20));
        const struct mdci_tree *tree = &mdci_trees[1];
        uint32_t dull;
        bytes[i] =
            (uint8_t)(decode
                          ? mdci_novel_code(at, &rc, 1, tree, 0, &dull)
                          : mdci_novel_code(at, &rc, 0, tree, bytes[i], &dull));
        /* Of a digit a bit or more is open, of a constant byte none. */
        open[i % 20 == 12] += i > KNOWN ? dull : 0;
    }
    assert_true(open[0] > n - KNOWN);
    assert_int_equal(open[1], 0);
    if (!decode)
        assert_true(mdci_range_encoder_finish(&rc));
    return rc.size;
}

static void test_random_values_cost_their_entropy(void **state)
{
    (void)state;
    enum { N = 40000 };
    static uint8_t plain[N], copy[N], payload[N];
    uint64_t seed = 7;
    /* Hexadecimal digits, but for a constant one at place 12. */
    for (size_t i = 0; i < N; i++)
        plain[i] = i % 20 == 12
                       ? '4'
                       : (uint8_t) "0123456789abcdef"[sample_random(&seed, 16)];
    memcpy(copy, plain, N);
    const size_t size = code(copy, N, 0, payload, sizeof payload);
    /* 19 of 20 take half a byte, and what it takes to learn that. */
    assert_in_range(size, N / 2 * 19 / 20 - 100, N / 2 * 19 / 20 * 103 / 100);
    memset(copy, 0, N);
    code(copy, N, 1, payload, size);
    assert_memory_equal(plain, copy, N);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees_lead_to_every_byte),
        cmocka_unit_test(test_a_cluster_fits_a_slot),
        cmocka_unit_test(test_digits_share_a_slot),
        cmocka_unit_test(test_surprises_in_a_row_make_a_field_random),
        cmocka_unit_test(test_random_values_cost_their_entropy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
