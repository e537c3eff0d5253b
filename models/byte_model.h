/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model.h
 * \brief Codes the bytes of a chunk: contexts to bit histories to counters to
 *        mixer to micro-diffusion to range coder, eight bits a byte.
 *
 * The functions are kernels: their constant arguments (direction, number of
 * contexts and sets, fast path) shape the code of one variant, so that encoder
 * and decoder are the same source. Memory is the arena's (engine.h).
 */
#ifndef MDCI_BYTE_MODEL_H
#define MDCI_BYTE_MODEL_H

#include "models/decision.h"
#include "models/engine.h"
#include "models/highctx.h"
#include "models/inputs.h"
#include "models/ppm.h"
#include "models/range_coder.h"

/** An arena's tables, resolved, and the text state, on the stack. */
struct mdci_byte_model {
    const struct mdci_model_set *set;
    struct mdci_direct *direct;
    mdci_counter *maps;
    int16_t *weights;
    struct mdci_diffusion_row *diffusion;
    struct mdci_slot *slots;
    uint32_t *matches[2];
    uint32_t *places;
    uint32_t slot_mask;
    unsigned slot_bits, match_bits, place_bits;
    struct mdci_decider decider;
    struct mdci_text text;
};

/** What holds for the eight bits of one byte. */
struct mdci_byte_view {
    uint64_t hash[MDCI_MAX_CONTEXTS];
    struct mdci_line_expected line;
    uint32_t expected[2]; /* of the matches: byte + 256, or 0 */
    uint32_t bucket[2];   /* of the matches' lengths */
    uint32_t last;        /* the last byte */
    uint32_t before_last;
    uint32_t orders; /* PPM order group: orders that know the context */
    int refused;     /* match whose byte was asked for and is not it, or -1 */
    int32_t rate;    /* of the weights */
};

MDCI_KERNEL void mdci_byte_model_open(struct mdci_byte_model *m, void *arena)
{
    struct mdci_engine *e = (struct mdci_engine *)arena;
    uint8_t *base = (uint8_t *)arena;
    m->set = mdci_model_set_row(e->row);
    m->direct = (struct mdci_direct *)(void *)(base + e->direct);
    m->maps = (mdci_counter *)(void *)(base + e->maps);
    m->weights = (int16_t *)(void *)(base + e->weights);
    m->diffusion = (struct mdci_diffusion_row *)(void *)(base + e->diffusion);
    m->slots = (struct mdci_slot *)(void *)(base + e->slots);
    m->matches[0] = (uint32_t *)(void *)(base + e->matches);
    m->matches[1] = m->matches[0] + ((size_t)1 << e->match_bits);
    m->places = (uint32_t *)(void *)(base + e->places);
    m->slot_bits = e->slot_bits;
    m->slot_mask = (1u << e->slot_bits) - 1;
    m->match_bits = e->match_bits;
    m->place_bits = e->place_bits;
    m->decider.table = (mdci_counter *)(void *)(base + e->decisions);
    m->decider.bits = e->decision_bits;
    m->decider.weights = m->direct->decision_weights;
    m->text = e->text;
}

MDCI_KERNEL void mdci_byte_model_close(const struct mdci_byte_model *m,
                                       void *arena)
{
    ((struct mdci_engine *)arena)->text = m->text;
}

/** Gathers the contexts of the next byte and starts their memory moving. */
MDCI_KERNEL void mdci_byte_contexts(const struct mdci_byte_model *m,
                                    struct mdci_byte_view *v,
                                    const uint8_t *block,
                                    const unsigned contexts)
{
    const struct mdci_text *t = &m->text;
    uint64_t key[MDCI_CONTEXTS];

    v->last = (uint32_t)(t->last8 & 0xFF);
    v->before_last = (uint32_t)(t->last8 >> 8 & 0xFF);
    v->line = mdci_line_expect(&t->line, block, t->count);
    for (int a = 0; a < 2; a++) {
        v->expected[a] = mdci_match_expected(&t->match[a], block);
        v->bucket[a] =
            v->expected[a] ? mdci_match_bucket(t->match[a].length) : 0;
    }
    v->refused = -1;
    v->rate =
        m->set->rate_floor +
        (int32_t)(((uint32_t)m->set->rate_start << 12) / (4096 + t->count));

    mdci_ppm_keys(key, t->last8);
    mdci_highctx_keys(key, t->last8);
    mdci_word_keys(key, &t->word, t->last8);
    mdci_line_keys(key, &t->line, v->line, v->last, v->expected[0] & 255,
                   t->word.current);
    key[MDCI_CONTEXT_MATCH_SHORT] =
        (uint64_t)(v->expected[0] | v->bucket[0] << 9) << 8 | v->last;
    key[MDCI_CONTEXT_MATCH_LONG] =
        (uint64_t)(v->expected[1] | v->bucket[1] << 9) << 16 |
        (t->last8 & 0xFFFF);

    for (unsigned j = 0; j < contexts; j++) {
        const unsigned id = m->set->context[j];
        v->hash[j] =
            mdci_hash64(key[id] + (uint64_t)(id + 1) * 0x632BE59BD9B4E019u);
        MDCI_PREFETCH(mdci_slot_line(m->slots + ((size_t)j << m->slot_bits),
                                     m->slot_mask,
                                     (uint32_t)(v->hash[j] >> 32)));
    }
}

/** Finds the slots of a nibble. \param node  1, or 16..31 */
MDCI_KERNEL void mdci_byte_slots(const struct mdci_byte_model *m,
                                 struct mdci_byte_view *v, uint8_t **slot,
                                 uint32_t node, const unsigned contexts)
{
    const uint32_t mix = node > 1 ? node * 0x9E3779B1u >> 4 : 0;
    MDCI_UNROLL
    for (unsigned j = 0; j < contexts; j++)
        slot[j] = mdci_slot_find(
            m->slots + ((size_t)j << m->slot_bits), m->slot_mask,
            (uint32_t)(v->hash[j] >> 32) ^ mix, (uint8_t)(v->hash[j] ^ mix));
    if (node > 1)
        return;
    v->orders = 0;
    for (unsigned j = 0; j < contexts; j++)
        if (m->set->context[j] <= MDCI_CONTEXT_ORDER8)
            v->orders += mdci_ppm_knows(slot[j]);
    if (v->expected[0]) {
        /* The second nibble's lines, if the match is right. */
        const uint32_t next =
            (16 | (v->expected[0] & 255) >> 4) * 0x9E3779B1u >> 4;
        MDCI_UNROLL
        for (unsigned j = 0; j < contexts; j++)
            MDCI_PREFETCH(mdci_slot_line(m->slots + ((size_t)j << m->slot_bits),
                                         m->slot_mask,
                                         (uint32_t)(v->hash[j] >> 32) ^ next));
    }
}

/** How the matches' expected bits stand: 0 none, 1 long only, 2 short only,
 *  3 both and alike, 4 both and not, 5 a refused byte's branch. */
MDCI_KERNEL unsigned mdci_byte_agreement(const int *expected_bit, int refused)
{
    if (refused >= 0 && expected_bit[refused] >= 0)
        return 5;
    if (expected_bit[0] < 0)
        return expected_bit[1] < 0 ? 0 : 1;
    return expected_bit[1] < 0 ? 2 : expected_bit[0] == expected_bit[1] ? 3 : 4;
}

/** Points the mixer at the weights that the selectors choose. */
MDCI_KERNEL void mdci_byte_select(const struct mdci_byte_model *m,
                                  const struct mdci_byte_view *v,
                                  struct mdci_mix *mix, unsigned agreement,
                                  const int *expected_bit, uint32_t node,
                                  unsigned bit_place, const unsigned inputs,
                                  const unsigned sets)
{
    const struct mdci_text *t = &m->text;
    const uint32_t expected = v->expected[0] & 255;
    const uint32_t field = t->line.field < 31 ? t->line.field : 31;
    uint32_t key[MDCI_SELECTORS];
    key[MDCI_SELECT_MATCH] =
        (agreement * 16 + (agreement ? v->bucket[0] >> 1 : 0)) * 8 + bit_place;
    key[MDCI_SELECT_NODE] = node;
    key[MDCI_SELECT_FIELD] =
        ((field * 8 + v->orders) * 8 % 2048) + (t->match[0].misses & 7);
    key[MDCI_SELECT_BYTE] = v->last * 8 + bit_place;
    key[MDCI_SELECT_EXPECTED] =
        agreement == 5 ? 1024 + expected
                       : (expected_bit[0] >= 0 ? 256 + expected : 0) |
                             (uint32_t)(v->bucket[0] > 15) << 9;
    key[MDCI_SELECT_CLASSES] = (t->line.classes & 0xFF) * 8 + bit_place;
    key[MDCI_SELECT_BYTE2] = v->before_last * 8 + bit_place;
    key[MDCI_SELECT_ORDER] = v->orders * 256 + node;

    const size_t row = (inputs + 15) / 16 * 16;
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k++)
        mix->weights[k] =
            m->weights +
            (k * MDCI_SELECTOR_KEYS + key[m->set->selector[k]]) * row;
    mix->final_weights = m->direct->final_weights[node | (agreement == 5   ? 2u
                                                          : agreement >= 3 ? 1u
                                                                           : 0u)
                                                             << 8];
}

/** Codes one nibble's four bits. \return the node behind it */
MDCI_KERNEL uint32_t mdci_byte_nibble(struct mdci_byte_model *m,
                                      struct mdci_byte_view *v,
                                      struct mdci_range_coder *rc,
                                      const int decode, uint32_t byte,
                                      uint32_t node, const unsigned contexts,
                                      const unsigned sets, const int fast)
{
    const unsigned inputs = contexts + MDCI_DIRECT_INPUTS;
    const unsigned first_bit = node > 1 ? 4 : 0;
    struct mdci_direct *d = m->direct;
    mdci_counter *order1 = &d->order1[v->last << 8];
    uint8_t *slot[MDCI_MAX_CONTEXTS];
    unsigned nibble_node = 1;

    mdci_byte_slots(m, v, slot, node, contexts);
    const uint32_t key1 = mdci_hash2(v->last, 0x11) & 0xF00;
    const uint32_t key2 = mdci_hash2(m->text.line.skeleton, 0x15) & 0xFFF;
    for (unsigned i = 0; i < 4; i++) {
        const unsigned bit_place = first_bit + i;
        mdci_counter *at[MDCI_MAX_INPUTS];
        uint8_t state[MDCI_MAX_CONTEXTS];
        int expected_bit[2];

        MDCI_UNROLL
        for (unsigned j = 0; j < contexts; j++) {
            state[j] = slot[j][nibble_node];
            at[j] = &m->maps[j * 256 + state[j]];
        }
        for (int a = 0; a < 2; a++) {
            const int on = v->expected[a] >> (8 - bit_place) == node;
            const uint32_t bit = v->expected[a] >> (7 - bit_place) & 1;
            expected_bit[a] = on ? (int)bit : -1;
            at[contexts + (unsigned)a] =
                !on ? &d->no_match[a][bit_place]
                : fast && a == v->refused
                    ? &d->refused[bit][bit_place]
                    : &d->match[a][bit][v->bucket[a] << 4 |
                                        (m->text.match[a].misses & 7) << 1 |
                                        (bit_place > 0)];
        }
        at[contexts + 2] = &order1[node];
        at[contexts + 3] = &d->order0[node];
        const unsigned agreement =
            mdci_byte_agreement(expected_bit, fast ? v->refused : -1);

        struct mdci_diffusion_row *row[MDCI_DIFFUSION_STEPS] = {
            m->diffusion + (node | agreement << 8),
            m->diffusion + MDCI_DIFFUSION_KEYS + (key1 | node),
            m->diffusion + 2 * MDCI_DIFFUSION_KEYS + (key2 ^ node)};
        for (int k = 0; k < MDCI_DIFFUSION_STEPS; k++)
            MDCI_PREFETCH(row[k]->bin);

        struct mdci_inputs in;
        struct mdci_mix mix;
        mdci_inputs_load(&in, at, inputs);
        mdci_byte_select(m, v, &mix, agreement, expected_bit, node, bit_place,
                         inputs, sets);
        mdci_mix_predict(&mix, &in, inputs, sets);

        struct mdci_diffusion_step step[MDCI_DIFFUSION_STEPS];
        const struct mdci_diffusion_place place =
            mdci_diffusion_locate(mix.final_logit);
        uint32_t p = mix.final_p, sum = mix.final_p;
        MDCI_UNROLL
        for (int k = 0; k < MDCI_DIFFUSION_STEPS; k++) {
            p = mdci_diffusion_predict(&step[k], row[k], place, p);
            sum += p;
        }

        const int bit = mdci_range_code(
            rc, decode, (int)(byte >> (7 - bit_place) & 1), sum >> 2);

        mdci_mix_update(&mix, &in, bit, v->rate, inputs, sets);
        MDCI_UNROLL
        for (unsigned j = 0; j < contexts; j++)
            slot[j][nibble_node] =
                mdci_state_next[2 * (unsigned)state[j] + (unsigned)bit];
        mdci_inputs_update(&in, at, bit, inputs);
        MDCI_UNROLL
        for (int k = 0; k < MDCI_DIFFUSION_STEPS; k++)
            mdci_diffusion_update(&step[k], bit);

        nibble_node = nibble_node * 2 + (unsigned)bit;
        node = node * 2 + (unsigned)bit;
    }
    return node;
}

/**
 * Asks, where a match is long, whether the byte is the expected one: one
 * decision instead of eight. The byte models do not learn such bytes.
 * \return the byte, or -1 if it was not asked for or is another one
 */
MDCI_KERNEL int mdci_byte_ask(struct mdci_byte_model *m,
                              struct mdci_byte_view *v,
                              struct mdci_range_coder *rc, const int decode,
                              uint32_t byte, const uint8_t *block)
{
    const struct mdci_text *t = &m->text;
    const int a = v->expected[1] && t->match[1].length >= t->match[0].length;
    if (!v->expected[a] || t->match[a].length < m->set->fast_length ||
        (t->match[a].misses & 1))
        return -1;
    const uint32_t expected = v->expected[a] & 255;
    const uint32_t bucket = mdci_match_bucket(t->match[a].length);
    const struct mdci_line_expected line =
        mdci_line_expect(&t->line, block, t->count);
    const uint64_t key[MDCI_DECISION_INPUTS] = {
        bucket * 8 + (t->match[a].misses & 7),
        expected << 8 | v->last,
        (t->last8 & 0xFFFFFF) << 8 | expected,
        (uint64_t)t->line.skeleton << 32 | expected << 8 |
            (t->line.place & 255),
        ((uint64_t)line.above << 20 | line.same << 8 | (t->line.same_hits & 7))
                << 16 |
            expected << 8 | (t->line.field & 255),
        (uint64_t)t->word.current << 32 | expected << 8 | v->last,
        (uint64_t)(v->expected[0] << 9 | v->expected[1]) << 32 |
            line.column << 16 | expected << 8 | bucket,
        (t->last8 & 0xFFFFFFFF) << 8 | expected};
    const int hit = mdci_decide(&m->decider, rc, decode, key, bucket,
                                byte == expected, v->rate);
    if (hit)
        return (int)expected;
    v->refused = a;
    if (v->expected[!a] == v->expected[a])
        v->expected[!a] = 0;
    return -1;
}

/** Lets the text models take in the byte at block[count]. */
MDCI_KERNEL void mdci_byte_learn(struct mdci_byte_model *m,
                                 const uint8_t *block, uint32_t byte)
{
    struct mdci_text *t = &m->text;
    const uint32_t pos = ++t->count;
    t->last8 = t->last8 << 8 | byte;
    mdci_word_update(&t->word, byte);
    mdci_line_update(&t->line, block, byte, pos, m->places, m->place_bits);
    for (int a = 0; a < 2; a++)
        mdci_match_follow(&t->match[a], block, byte);
    if (pos <= 12)
        return;
    const unsigned shift = 64 - m->match_bits;
    const uint64_t long_key =
        mdci_hash64(t->last8) + mdci_load32(block + pos - 12);
    mdci_match_find(&t->match[0], m->matches[0],
                    (uint32_t)(mdci_hash64(t->last8 << 24) >> shift), block,
                    pos, 0, m->set->short_match);
    mdci_match_find(&t->match[1], m->matches[1],
                    (uint32_t)(mdci_hash64(long_key) >> shift), block, pos,
                    t->match[0].at, m->set->long_match);
}

/** Codes block[from..to). \return 0 if the encoder ran out of room */
MDCI_KERNEL int mdci_byte_model_code(void *arena, struct mdci_range_coder *rc,
                                     const int decode, uint8_t *block,
                                     size_t to, const unsigned contexts,
                                     const unsigned sets, const int fast)
{
    struct mdci_byte_model m;
    mdci_byte_model_open(&m, arena);
    while (m.text.count < to) {
        struct mdci_byte_view v;
        uint32_t byte = decode ? 0 : block[m.text.count];
        int known = -1;
        mdci_byte_contexts(&m, &v, block, contexts);
        if (fast)
            known = mdci_byte_ask(&m, &v, rc, decode, byte, block);
        if (known >= 0) {
            byte = (uint32_t)known;
        } else {
            uint32_t node = mdci_byte_nibble(&m, &v, rc, decode, byte, 1,
                                             contexts, sets, fast);
            node = mdci_byte_nibble(&m, &v, rc, decode, byte, node, contexts,
                                    sets, fast);
            byte = node & 255;
        }
        if (decode)
            block[m.text.count] = (uint8_t)byte;
        else if (rc->size > rc->room)
            return 0;
        mdci_byte_learn(&m, block, byte);
    }
    mdci_byte_model_close(&m, arena);
    return 1;
}

#endif
