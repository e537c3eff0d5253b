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
#include "models/refine.h"

/** An arena's tables, resolved, and the text state, on the stack. */
struct mdci_byte_model {
    const struct mdci_model_set *set;
    struct mdci_direct *direct;
    mdci_counter *maps;
    int16_t *weights;
    struct mdci_refine_table refine[MDCI_REFINE_STEPS];
    struct mdci_slot *slots;
    uint32_t *matches[2];
    uint32_t *places;
    uint32_t slot_mask;
    unsigned slot_bits, match_bits, place_bits, refine_bits;
    struct mdci_decider decider;
    struct mdci_field_tables fields;
    struct mdci_flag_state *flag;
    mdci_counter *flag_table;
    unsigned flag_bits;
    struct mdci_text text;
};

/** What holds for the eight bits of one byte. */
struct mdci_byte_view {
    uint64_t hash[MDCI_MAX_CONTEXTS];
    struct mdci_line_expected line;
    /* Bytes that the past suggests, with 256 added, or 0: short match, long
     * match, field above, same skeleton; and how far to trust each. */
    uint32_t expected[MDCI_MAX_SOURCES];
    uint32_t trust[MDCI_MAX_SOURCES];
    uint32_t bucket[2]; /* of the matches' lengths */
    uint32_t last;      /* the last byte */
    uint32_t before_last;
    uint32_t orders; /* PPM order group: orders that know the context */
    int refused;     /* match whose byte was asked for and is not it, or -1 */
    int32_t rate;    /* of the weights */
    const struct mdci_field_slot *slot[MDCI_NAMES];
    uint32_t candidate; /* byte of the value that was asked for */
    uint32_t
        closeness; /* 0, 1: the field may begin like the refused value, 2 */
};

MDCI_KERNEL void mdci_byte_model_open(struct mdci_byte_model *m, void *arena)
{
    struct mdci_engine *e = (struct mdci_engine *)arena;
    uint8_t *base = (uint8_t *)arena;
    m->set = mdci_model_set_row(e->row);
    m->direct = (struct mdci_direct *)(void *)(base + e->direct);
    m->maps = (mdci_counter *)(void *)(base + e->maps);
    m->weights = (int16_t *)(void *)(base + e->weights);
    for (int k = 0; k < MDCI_REFINE_STEPS; k++) {
        m->refine[k].bins =
            (struct mdci_diffusion_bins *)(void *)(base + e->bins[k]);
        m->refine[k].rows =
            (union mdci_refine_row *)(void *)(base + e->refine[k]);
    }
    m->refine_bits = e->refine_bits;
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
    m->fields.slots = (struct mdci_field_slot *)(void *)(base + e->field_slots);
    m->fields.values = (uint32_t *)(void *)(base + e->values);
    m->fields.lines = (uint32_t *)(void *)(base + e->lines);
    m->fields.slot_bits = e->field_bits;
    m->fields.value_bits = e->value_bits;
    m->flag = (struct mdci_flag_state *)(void *)(base + e->flag);
    m->flag_table = (mdci_counter *)(void *)(base + e->flag_table);
    m->flag_bits = e->flag_bits;
    m->text = e->text;
}

MDCI_KERNEL void mdci_byte_model_close(const struct mdci_byte_model *m,
                                       void *arena)
{
    ((struct mdci_engine *)arena)->text = m->text;
}

/* Which fields' values speak, and how far to trust them. */
MDCI_KERNEL void mdci_byte_look_fields(const struct mdci_byte_model *m,
                                       struct mdci_byte_view *v,
                                       const uint8_t *block,
                                       const struct mdci_shape *const shape)
{
    const struct mdci_text *t = &m->text;
    const struct mdci_candidate *c = &t->candidate;
    const uint32_t length = t->field.length;
    for (unsigned n = 0; n < MDCI_NAMES; n++)
        v->slot[n] = mdci_field_slot_of(&t->field, &m->fields, n);
    v->candidate =
        c->hash ? mdci_value_expected(&t->values, c->best, &t->field, block)
                : 0;
    MDCI_UNROLL
    for (unsigned a = 2; a < shape->sources; a++) {
        const unsigned id = shape->source[a];
        const unsigned e = id == MDCI_VALUE_CANDIDATE ? c->best : id;
        uint32_t close = 0;
        v->expected[a] =
            id == MDCI_VALUE_CANDIDATE
                ? v->candidate
                : mdci_value_expected(&t->values, e, &t->field, block);
        if (c->refused && t->values.hash[e] == c->hash)
            close = length + 1 == t->values.size[e] ? 2 : 1;
        v->trust[a] =
            ((close * 16 + t->values.hits[e]) * 4 + (length < 3 ? length : 3)) *
            2;
    }
}

/** Looks at what the past says of the next byte. */
MDCI_KERNEL void mdci_byte_look(const struct mdci_byte_model *m,
                                struct mdci_byte_view *v, const uint8_t *block,
                                const struct mdci_shape *const shape)
{
    const struct mdci_text *t = &m->text;
    v->last = (uint32_t)(t->last8 & 0xFF);
    v->before_last = (uint32_t)(t->last8 >> 8 & 0xFF);
    for (int a = 0; a < 2; a++) {
        v->expected[a] = mdci_match_expected(&t->match[a], block);
        v->bucket[a] =
            v->expected[a] ? mdci_match_bucket(t->match[a].length) : 0;
        v->trust[a] = v->bucket[a] << 4 | (t->match[a].misses & 7) << 1;
    }
    if (shape->fields) {
        mdci_byte_look_fields(m, v, block, shape);
    } else {
        v->line = mdci_line_expect(&t->line, block, t->count);
        v->expected[2] = v->line.above;
        v->trust[2] = (t->line.above_hits & 255) << 1;
        v->expected[3] = v->line.same;
        v->trust[3] = (t->line.same_hits & 255) << 1;
    }
    v->refused = -1;
    v->rate =
        m->set->rate_floor +
        (int32_t)(((uint32_t)m->set->rate_start << 12) / (4096 + t->count));
}

/** Makes the contexts of the next byte and starts their memory moving. */
MDCI_KERNEL void mdci_byte_contexts(const struct mdci_byte_model *m,
                                    struct mdci_byte_view *v,
                                    const uint8_t *block,
                                    const struct mdci_shape *const shape)
{
    const struct mdci_text *t = &m->text;
    uint64_t key[MDCI_CONTEXTS];

    mdci_ppm_keys(key, t->last8);
    mdci_highctx_keys(key, t->last8);
    mdci_word_keys(key, &t->word, t->last8);
    if (shape->fields) {
        mdci_field_keys(key, &t->field, v->slot, &t->values, &t->candidate,
                        block, v->last,
                        v->expected[1] ? v->expected[1] : v->expected[0],
                        t->word.current, t->word.previous);
        key[MDCI_CONTEXT_CLASSES] = (uint64_t)t->field.classes << 8 | v->last;
    } else {
        mdci_line_keys(key, &t->line, v->line, v->last, v->expected[0] & 255,
                       t->word.current);
    }
    key[MDCI_CONTEXT_MATCH_SHORT] =
        (uint64_t)(v->expected[0] | v->bucket[0] << 9) << 8 | v->last;
    key[MDCI_CONTEXT_MATCH_LONG] =
        (uint64_t)(v->expected[1] | v->bucket[1] << 9) << 16 |
        (t->last8 & 0xFFFF);

    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++) {
        const unsigned id = shape->context[j];
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
                                 uint32_t node,
                                 const struct mdci_shape *const shape)
{
    const uint32_t mix = node > 1 ? node * 0x9E3779B1u >> 4 : 0;
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        slot[j] = mdci_slot_find(
            m->slots + ((size_t)j << m->slot_bits), m->slot_mask,
            (uint32_t)(v->hash[j] >> 32) ^ mix, (uint8_t)(v->hash[j] ^ mix));
    if (node > 1)
        return;
    v->orders = 0;
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        if (shape->context[j] <= MDCI_CONTEXT_ORDER8)
            v->orders += mdci_ppm_knows(slot[j]);
    if (v->expected[0]) {
        /* The second nibble's lines, if the match is right. */
        const uint32_t next =
            (16 | (v->expected[0] & 255) >> 4) * 0x9E3779B1u >> 4;
        MDCI_UNROLL
        for (unsigned j = 0; j < shape->contexts; j++)
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

/** The weights that the selectors choose for a nibble, but for what changes
 *  with its bits; all multiples of a row. */
MDCI_KERNEL void mdci_byte_select(const struct mdci_byte_model *m,
                                  const struct mdci_byte_view *v,
                                  int16_t **base, uint32_t node,
                                  const struct mdci_shape *const shape)
{
    const struct mdci_text *t = &m->text;
    const struct mdci_field *f = &t->field;
    const uint32_t number = shape->fields ? f->index : t->line.field;
    const uint32_t field = number < 31 ? number : 31;
    const uint32_t length = f->length < 7 ? f->length : 7;
    const size_t row = mdci_shape_row(shape);
    uint32_t key[MDCI_SELECTORS];
    key[MDCI_SELECT_MATCH] = (v->bucket[0] >> 1) * 8;
    key[MDCI_SELECT_NODE] = 0;
    key[MDCI_SELECT_FIELD] =
        (field * 8 + v->orders) * 8 % 2048 + (t->match[0].misses & 7);
    key[MDCI_SELECT_BYTE] = v->last * 8;
    key[MDCI_SELECT_EXPECTED] = (uint32_t)(v->bucket[0] > 15) << 9;
    key[MDCI_SELECT_CLASSES] =
        ((shape->fields ? f->classes : t->line.classes) & 0xFF) * 8;
    key[MDCI_SELECT_BYTE2] = v->before_last * 8;
    key[MDCI_SELECT_ORDER] = v->orders * 256;
    key[MDCI_SELECT_SLOT_A] = key[MDCI_SELECT_SLOT_B] = 0;
    key[MDCI_SELECT_SAYS] = key[MDCI_SELECT_PLACE] = 0;
    key[MDCI_SELECT_HITS] = key[MDCI_SELECT_CANDIDATE] = 0;
    if (shape->fields) {
        const unsigned past = node > 1;
        key[MDCI_SELECT_SLOT_A] = mdci_mix32(f->name[0] + past) >> 21;
        key[MDCI_SELECT_SLOT_B] = mdci_mix32(f->name[1] + past) >> 21;
        key[MDCI_SELECT_PLACE] =
            ((length * 4 + (v->slot[0]->kinds & 3)) * 8) * 2 +
            t->candidate.refused;
        key[MDCI_SELECT_HITS] = ((t->values.hits[MDCI_VALUE_A] & 15) * 8 +
                                 (v->expected[3] ? length + (length < 7) : 0)) *
                                    8 +
                                (v->expected[4] ? 4 : 0);
        key[MDCI_SELECT_CANDIDATE] =
            (v->candidate & 255) * 4 + t->candidate.refused;
    }
    MDCI_UNROLL
    for (unsigned k = 0; k < shape->sets; k++)
        base[k] = m->weights +
                  (k * MDCI_SELECTOR_KEYS + key[shape->selector[k]]) * row;
}

/** Completes the choice for one bit. */
MDCI_KERNEL void mdci_byte_select_bit(const struct mdci_byte_model *m,
                                      const struct mdci_byte_view *v,
                                      struct mdci_mix *mix,
                                      int16_t *const *base, unsigned agreement,
                                      uint32_t node, unsigned bit_place,
                                      uint32_t says,
                                      const struct mdci_shape *const shape)
{
    const uint32_t expected = v->expected[0] & 255;
    const size_t row = mdci_shape_row(shape);
    uint32_t key[MDCI_SELECTORS];
    key[MDCI_SELECT_MATCH] = agreement * 128 + bit_place;
    key[MDCI_SELECT_NODE] = node;
    key[MDCI_SELECT_FIELD] = 0;
    key[MDCI_SELECT_BYTE] = bit_place;
    key[MDCI_SELECT_EXPECTED] = agreement == 5   ? 1024 + expected
                                : agreement >= 2 ? 256 + expected
                                                 : 0;
    key[MDCI_SELECT_CLASSES] = bit_place;
    key[MDCI_SELECT_BYTE2] = bit_place;
    key[MDCI_SELECT_ORDER] = node;
    key[MDCI_SELECT_SLOT_A] = key[MDCI_SELECT_SLOT_B] = 0;
    key[MDCI_SELECT_SAYS] = says;
    key[MDCI_SELECT_PLACE] = bit_place * 2;
    key[MDCI_SELECT_HITS] = bit_place >> 1;
    key[MDCI_SELECT_CANDIDATE] = (unsigned)(bit_place > 3) * 2;
    MDCI_UNROLL
    for (unsigned k = 0; k < shape->sets; k++)
        mix->weights[k] = base[k] + key[shape->selector[k]] * row;
    mix->final_weights =
        m->direct->final_weights[node | (agreement == 5   ? 512u
                                         : agreement >= 3 ? 256u
                                                          : 0u)];
}

/** Finds the counters that are a bit's inputs.
 *  \param expected_bit  [2], what the matches expect, or -1
 *  \return bit 0: sources differ; bit 1 + a: source a expects a bit */
MDCI_KERNEL uint32_t mdci_byte_counters(const struct mdci_byte_model *m,
                                        const struct mdci_byte_view *v,
                                        mdci_counter **at, int *expected_bit,
                                        uint8_t *const *slot,
                                        unsigned nibble_node, uint32_t node,
                                        unsigned bit_place,
                                        const struct mdci_shape *const shape)
{
    struct mdci_direct *d = m->direct;
    mdci_counter *map = m->maps;
    uint32_t on_mask = 0, one_mask = 0;
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        at[j] = map + j * 256 + (size_t)slot[j][nibble_node];
    MDCI_UNROLL
    for (unsigned a = 0; a < shape->sources; a++) {
        const int on = v->expected[a] >> (8 - bit_place) == node;
        const uint32_t bit = v->expected[a] >> (7 - bit_place) & 1;
        if (a < 2)
            expected_bit[a] = on ? (int)bit : -1;
        on_mask |= (uint32_t)on << a;
        one_mask |= ((uint32_t)on & bit) << a;
        at[shape->contexts + a] =
            !on ? &d->nothing[a][bit_place]
            : !shape->fields && (int)a == v->refused
                ? &d->refused[bit][bit_place]
                : &d->expected[a][bit][v->trust[a] | (bit_place > 0)];
    }
    return on_mask << 1 | (one_mask && one_mask != on_mask);
}

/** Adds a bit to the bit histories of its node. */
MDCI_KERNEL void mdci_byte_histories(uint8_t *const *slot, unsigned nibble_node,
                                     int bit,
                                     const struct mdci_shape *const shape)
{
    const uint8_t *next = mdci_state_next[bit];
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        slot[j][nibble_node] = next[slot[j][nibble_node]];
}

/** Codes one nibble's four bits. \return the node behind it */
MDCI_KERNEL uint32_t mdci_byte_nibble(struct mdci_byte_model *m,
                                      struct mdci_byte_view *v,
                                      struct mdci_range_coder *rc,
                                      const int decode, uint32_t byte,
                                      uint32_t node,
                                      const struct mdci_shape *const shape)
{
    const unsigned inputs = shape->contexts + shape->sources;
    const unsigned first_bit = node > 1 ? 4 : 0;
    uint8_t *slot[MDCI_MAX_CONTEXTS];
    int16_t *base[MDCI_MAX_SETS];
    unsigned nibble_node = 1;
    struct mdci_refine past;

    mdci_byte_slots(m, v, slot, node, shape);
    mdci_byte_select(m, v, base, node, shape);
    const uint32_t where = shape->fields
                               ? m->text.field.name[0] + m->text.field.length
                               : m->text.line.skeleton + m->text.line.place;
    const uint32_t place =
        mdci_hash2(where, node) >> (32 - m->refine_bits) & ~15u;
    const uint32_t situation = (v->bucket[0] * 8 + v->orders) * 16;
    for (unsigned i = 0; i < 4; i++) {
        const unsigned bit_place = first_bit + i;
        mdci_counter *at[MDCI_MAX_INPUTS];
        int expected_bit[2];
        const uint32_t says = mdci_byte_counters(
            m, v, at, expected_bit, slot, nibble_node, node, bit_place, shape);
        const unsigned agreement =
            mdci_byte_agreement(expected_bit, v->refused);

        struct mdci_refine refine;
        mdci_refine_choose(&refine, 0, m->refine[0], node | agreement << 8);
        mdci_refine_choose(&refine, 1, m->refine[1], place + nibble_node);
        mdci_refine_choose(&refine, 2, m->refine[2],
                           situation | bit_place << 1 |
                               (unsigned)(agreement > 2));
        if (i < 3) {
            mdci_refine_fetch(m->refine[0], node * 2 | agreement << 8);
            mdci_refine_fetch(m->refine[1], place + nibble_node * 2);
            mdci_refine_fetch(m->refine[2], situation | (bit_place + 1) << 1);
        }

        struct mdci_inputs in;
        struct mdci_mix mix;
        mdci_inputs_load(&in, at, inputs);
        mdci_byte_select_bit(m, v, &mix, base, agreement, node, bit_place, says,
                             shape);
        mdci_mix_predict(&mix, &in, inputs, shape->sets);
        /* The last bit's sums were fetched meanwhile. */
        if (i > 0)
            mdci_refine_update(&past, (int)(node & 1), shape);

        const int bit = mdci_range_code(
            rc, decode, (int)(byte >> (7 - bit_place) & 1),
            mdci_refine_predict(&refine, mix.final_logit, mix.final_p, shape));

        mdci_mix_update(&mix, &in, bit, v->rate, inputs, shape->sets);
        mdci_byte_histories(slot, nibble_node, bit, shape);
        mdci_inputs_update(&in, at, bit, inputs);
        past = refine;

        nibble_node = nibble_node * 2 + (unsigned)bit;
        node = node * 2 + (unsigned)bit;
    }
    mdci_refine_update(&past, (int)(node & 1), shape);
    return node;
}

/** Spells a byte out, bit by bit. \return the byte */
MDCI_KERNEL uint32_t mdci_byte_spell(struct mdci_byte_model *m,
                                     struct mdci_byte_view *v,
                                     struct mdci_range_coder *rc,
                                     const int decode, uint32_t byte,
                                     const uint8_t *block,
                                     const struct mdci_shape *const shape)
{
    mdci_byte_contexts(m, v, block, shape);
    uint32_t node = 1;
    /* A loop, so that its body is there once. */
    for (unsigned half = 0; half < 2; half++)
        node = mdci_byte_nibble(m, v, rc, decode, byte, node, shape);
    return node & 255;
}

/** The match whose byte is worth a question: is it this one? That takes one
 *  decision instead of eight. \return 0 short, 1 long, -1 none */
MDCI_KERNEL int mdci_byte_candidate(const struct mdci_byte_model *m,
                                    const struct mdci_byte_view *v)
{
    const struct mdci_match *match = m->text.match;
    const int a = v->expected[1] && match[1].length >= match[0].length;
    return v->expected[a] && match[a].length >= m->set->ask_length &&
                   !(match[a].misses & 1)
               ? a
               : -1;
}

/** What tells whether the byte of match a will come. */
MDCI_KERNEL void mdci_byte_question(struct mdci_byte_model *m,
                                    const struct mdci_byte_view *v, int a,
                                    struct mdci_decision *decision)
{
    const struct mdci_text *t = &m->text;
    const struct mdci_line *line = &t->line;
    const uint64_t expected = v->expected[a] & 255;
    const uint64_t places = (uint64_t)v->line.above << 20 | v->line.same << 8 |
                            (line->same_hits & 7);
    const uint64_t key[MDCI_DECISION_INPUTS] = {
        v->bucket[a] * 8 + (t->match[a].misses & 7),
        expected << 8 | v->last,
        (t->last8 & 0xFFFFFF) << 8 | expected,
        (uint64_t)line->skeleton << 32 | expected << 8 | (line->place & 255),
        places << 16 | expected << 8 | (line->field & 255),
        (uint64_t)t->word.current << 32 | expected << 8 | v->last,
        (uint64_t)(v->expected[0] << 9 | v->expected[1]) << 32 |
            v->line.column << 16 | expected << 8 | v->bucket[a],
        (t->last8 & 0xFFFFFFFF) << 8 | expected};
    mdci_decision_predict(decision, &m->decider, key, v->bucket[a]);
}

/** Notes that a byte was asked for and is not it: nobody expects it now. */
MDCI_KERNEL void mdci_byte_refuse(struct mdci_byte_view *v, int a)
{
    v->refused = a;
    for (int b = 0; b < MDCI_MAX_SOURCES; b++)
        if (b != a && v->expected[b] == v->expected[a])
            v->expected[b] = 0;
}

/* Looks for matches that end here, and enters this place. */
MDCI_OUTLINE void mdci_byte_find(struct mdci_byte_model *m,
                                 const uint8_t *block)
{
    struct mdci_text *t = &m->text;
    const uint32_t pos = t->count;
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

/* Lets the text models but the parser of fields take in a byte. */
MDCI_KERNEL void mdci_byte_read(struct mdci_byte_model *m, const uint8_t *block,
                                uint32_t byte)
{
    struct mdci_text *t = &m->text;
    t->count++;
    t->last8 = t->last8 << 8 | byte;
    mdci_word_update(&t->word, byte);
    for (int a = 0; a < 2; a++)
        mdci_match_follow(&t->match[a], block, byte);
}

/* Ends the field at the byte before block[count] and predicts the next. */
MDCI_OUTLINE void mdci_byte_end_field(struct mdci_byte_model *m,
                                      const uint8_t *block, uint32_t byte)
{
    struct mdci_text *t = &m->text;
    const uint32_t hash = mdci_field_hash(t->field.text, byte);
    mdci_values_judge(&t->values, &t->field, &m->fields, hash);
    mdci_field_end(&t->field, &m->fields, block, byte, t->count);
    memset(&t->candidate, 0, sizeof t->candidate);
}

/** Lets the text models take in the byte at block[count]. */
MDCI_KERNEL void mdci_byte_follow(struct mdci_byte_model *m,
                                  const uint8_t *block, uint32_t byte,
                                  const struct mdci_shape *const shape)
{
    struct mdci_text *t = &m->text;
    mdci_byte_read(m, block, byte);
    mdci_byte_find(m, block);
    if (!shape->fields) {
        mdci_line_update(&t->line, block, byte, t->count, m->places,
                         m->place_bits);
        return;
    }
    mdci_values_follow(&t->values, &t->field, block, byte);
    if (mdci_field_update(&t->field,
                          mdci_field_slot_of(&t->field, &m->fields, 0), block,
                          byte))
        mdci_byte_end_field(m, block, byte);
}

/* Takes over a whole field whose value was right. */
MDCI_OUTLINE void mdci_byte_skip(struct mdci_byte_model *m, uint8_t *block,
                                 const uint8_t *value, uint32_t size,
                                 const int decode)
{
    struct mdci_text *t = &m->text;
    for (uint32_t i = 0; i < size; i++) {
        const uint32_t byte = value[i];
        if (decode)
            block[t->count] = (uint8_t)byte;
        mdci_byte_read(m, block, byte);
        if (mdci_field_update(&t->field,
                              mdci_field_slot_of(&t->field, &m->fields, 0),
                              block, byte))
            mdci_byte_end_field(m, block, byte);
    }
    mdci_byte_find(m, block);
}

/* Tells the flag whether the field was the value. */
MDCI_KERNEL void mdci_byte_learn_flag(struct mdci_byte_model *m,
                                      struct mdci_flag *flag, int hit)
{
    mdci_flag_update(flag, hit, MDCI_FLAG_RATE);
    m->text.field.asked = m->text.field.asked << 1 | (uint32_t)hit;
    flag->size = 0;
}

/* Predicts the field that starts here. */
MDCI_OUTLINE void mdci_byte_start_field(struct mdci_byte_model *m,
                                        struct mdci_flag *flag,
                                        const uint8_t *block)
{
    struct mdci_text *t = &m->text;
    mdci_values_predict(&t->values, &t->field, &m->fields, t->match, block,
                        t->count);
    mdci_flag_predict(flag, m->flag, m->flag_table, m->flag_bits, &t->values,
                      &t->field, mdci_field_slot_of(&t->field, &m->fields, 0),
                      t->last8);
    t->candidate.hash = flag->size ? flag->hash : 0;
    t->candidate.best = flag->best;
    t->candidate.refused = 0;
}

/** Predicts the field that starts here, and asks for it where that pays.
 *  \return 1 if it was as predicted, and is done */
MDCI_KERNEL int mdci_byte_ask_field(struct mdci_byte_model *m,
                                    struct mdci_flag *flag,
                                    struct mdci_range_coder *rc,
                                    const int decode, uint8_t *block, size_t to)
{
    struct mdci_text *t = &m->text;
    mdci_byte_start_field(m, flag, block);
    if (!flag->size || flag->p < m->set->flag_floor)
        return 0;
    const uint8_t *value = mdci_value_bytes(&t->values, flag->best, block);
    const int fits = flag->size <= to - t->count;
    const int same =
        !decode && fits && !memcmp(block + t->count, value, flag->size);
    /* A damaged archive may say yes where there is no room. */
    const int hit = mdci_range_code(rc, decode, same, flag->p) && fits;
    mdci_byte_learn_flag(m, flag, hit);
    if (hit)
        mdci_byte_skip(m, block, value, t->values.size[t->candidate.best],
                       decode);
    else
        t->candidate.refused = 1;
    return hit;
}

/** Where a refused value has one byte left, that byte cannot come. */
MDCI_KERNEL void mdci_byte_exclude(const struct mdci_byte_model *m,
                                   struct mdci_byte_view *v)
{
    const struct mdci_text *t = &m->text;
    if (t->candidate.refused && v->candidate &&
        t->field.length + 1u == t->values.size[t->candidate.best])
        for (int a = 0; a < 2; a++)
            if (v->expected[a] == v->candidate)
                v->expected[a] = 0;
}

/** Codes block[from..to). \return 0 if the encoder ran out of room */
MDCI_KERNEL int mdci_byte_model_code(void *arena, struct mdci_range_coder *rc,
                                     const int decode, uint8_t *block,
                                     size_t to,
                                     const struct mdci_shape *const shape)
{
    struct mdci_byte_model m;
    struct mdci_decision decision;
    struct mdci_flag flag;
    mdci_byte_model_open(&m, arena);
    memset(&decision, 0, sizeof decision);
    flag.size = 0;
    while (m.text.count < to) {
        struct mdci_byte_view v;
        const uint32_t at = m.text.count;
        if (shape->fields && !m.text.field.length &&
            mdci_byte_ask_field(&m, &flag, rc, decode, block, to)) {
            MDCI_NOTE(rc, at, m.text.count - at, MDCI_WAY_FIELD);
            continue;
        }
        MDCI_NOTE(rc, at, 0, MDCI_WAY_REFUSED);
        uint32_t byte = decode ? 0 : block[m.text.count];
        mdci_byte_look(&m, &v, block, shape);
        if (shape->fields)
            mdci_byte_exclude(&m, &v);

        const int candidate = shape->fields ? -1 : mdci_byte_candidate(&m, &v);
        const uint32_t expected =
            candidate < 0 ? 0 : v.expected[candidate] & 255;
        int hit = 0;
        if (candidate >= 0) {
            mdci_byte_question(&m, &v, candidate, &decision);
            if (decision.p >= m.set->ask_floor) {
                hit = mdci_range_code(rc, decode, byte == expected, decision.p);
                if (!hit)
                    mdci_byte_refuse(&v, candidate);
            }
        }
        byte = hit ? expected
                   : mdci_byte_spell(&m, &v, rc, decode, byte, block, shape);
        MDCI_NOTE(rc, at, 1, hit ? MDCI_WAY_MATCH : MDCI_WAY_SPELL);
        if (candidate >= 0)
            mdci_decision_update(&decision, byte == expected, v.rate);

        if (decode)
            block[m.text.count] = (uint8_t)byte;
        else if (rc->size > rc->room)
            return 0;
        if (shape->fields && flag.size && !mdci_is_alnum(byte))
            mdci_byte_learn_flag(&m, &flag,
                                 mdci_field_hash(m.text.field.text, byte) ==
                                     flag.hash);
        mdci_byte_follow(&m, block, byte, shape);
    }
    mdci_byte_model_close(&m, arena);
    return 1;
}

/** Lets counters and bit histories learn block[count..to) without coding it;
 *  mixer and micro-diffusion stay as they are. */
MDCI_KERNEL void mdci_byte_model_learn(void *arena, const uint8_t *block,
                                       size_t to,
                                       const struct mdci_shape *const shape)
{
    const unsigned inputs = shape->contexts + shape->sources;
    struct mdci_byte_model m;
    mdci_byte_model_open(&m, arena);
    while (m.text.count < to) {
        struct mdci_byte_view v;
        const uint32_t byte = block[m.text.count];
        uint8_t *slot[MDCI_MAX_CONTEXTS] = {0};
        if (shape->fields && !m.text.field.length)
            mdci_values_predict(&m.text.values, &m.text.field, &m.fields,
                                m.text.match, block, m.text.count);
        mdci_byte_look(&m, &v, block, shape);
        mdci_byte_contexts(&m, &v, block, shape);
        for (unsigned i = 0; i < 8; i++) {
            const uint32_t node = (256 | byte) >> (8 - i);
            const unsigned top = 1u << (i & 3);
            const unsigned nibble_node = top | (node & (top - 1));
            const int bit = (int)(byte >> (7 - i) & 1);
            mdci_counter *at[MDCI_MAX_INPUTS];
            struct mdci_inputs in;
            int expected_bit[2];
            if (i % 4 == 0)
                mdci_byte_slots(&m, &v, slot, node, shape);
            mdci_byte_counters(&m, &v, at, expected_bit, slot, nibble_node,
                               node, i, shape);
            mdci_inputs_load(&in, at, inputs);
            mdci_inputs_update(&in, at, bit, inputs);
            mdci_byte_histories(slot, nibble_node, bit, shape);
        }
        mdci_byte_follow(&m, block, byte, shape);
    }
    mdci_byte_model_close(&m, arena);
}

#endif
