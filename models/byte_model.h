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
#include "models/novel.h"
#include "models/ppm.h"
#include "models/range_coder.h"
#include "models/refine.h"
#include "models/symbol_tree.h"

/* A decision may go either way if its 22-bit p is this far from certain; so
 * many of them make a byte surprising. */
#define MDCI_UNCERTAIN  1000000
#define MDCI_SURPRISING 3
#define MDCI_ASK_LENGTH 12 /* of a match whose byte is asked for whole */

/** An arena's tables, resolved, and the text state, on the stack. */
struct mdci_byte_model {
    const struct mdci_model_set *set;
    const struct mdci_tree *tree; /* that bytes are spelled by */
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
    mdci_counter *certain;
    unsigned flag_bits, novel_bits;
    struct mdci_novel_row *novel;
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
    uint32_t code[MDCI_MAX_SOURCES]; /* of the expected bytes, or 0 */
    uint32_t bucket[2];              /* of the matches' lengths */
    uint32_t last;                   /* the last byte */
    uint32_t before_last;
    uint32_t orders; /* PPM order group: orders that know the context */
    int refused;     /* source whose byte was asked for and is not it, or -1 */
    int hit;         /* 1: a question was answered with yes */
    uint32_t uncertain; /* decisions of this byte that could go either way */
    uint32_t dull;      /* decisions of this byte that said nothing */
    int32_t rate;       /* of the weights */
    const struct mdci_field_slot *slot[MDCI_NAMES];
    uint32_t candidate; /* byte of the value that was asked for */
};

MDCI_KERNEL void mdci_byte_model_open(struct mdci_byte_model *m, void *arena)
{
    struct mdci_engine *e = (struct mdci_engine *)arena;
    uint8_t *base = (uint8_t *)arena;
    m->set = mdci_model_set_row(e->row);
    m->tree = &mdci_trees[m->set->tree];
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
    m->certain = (mdci_counter *)(void *)(base + e->certain);
    m->novel = (struct mdci_novel_row *)(void *)(base + e->novel);
    m->novel_bits = e->novel_bits;
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
    v->uncertain = v->dull = 0;
    v->hit = 0;
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

/* Part of a slot's hash: the cluster, but for the root's. */
MDCI_KERNEL uint32_t mdci_byte_cluster_hash(uint32_t top)
{
    return top > MDCI_TREE_ROOT ? top * 0x9E3779B1u >> 4 : 0;
}

/** Starts the lines of a cluster's slots moving. \param mix  its hash */
MDCI_KERNEL void mdci_byte_fetch_slots(const struct mdci_byte_model *m,
                                       const struct mdci_byte_view *v,
                                       uint32_t mix,
                                       const struct mdci_shape *const shape)
{
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        MDCI_PREFETCH(mdci_slot_line(m->slots + ((size_t)j << m->slot_bits),
                                     m->slot_mask,
                                     (uint32_t)(v->hash[j] >> 32) ^ mix));
}

/** Finds the slots of a cluster. \param top  its first node */
MDCI_KERNEL void mdci_byte_slots(const struct mdci_byte_model *m,
                                 struct mdci_byte_view *v, uint8_t **slot,
                                 uint32_t top,
                                 const struct mdci_shape *const shape)
{
    const uint32_t mix = mdci_byte_cluster_hash(top);
    /* All lines at once: a look-up that fails would hold up the next. */
    if (top > MDCI_TREE_ROOT)
        mdci_byte_fetch_slots(m, v, mix, shape);
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        slot[j] = mdci_slot_find(
            m->slots + ((size_t)j << m->slot_bits), m->slot_mask,
            (uint32_t)(v->hash[j] >> 32) ^ mix, (uint8_t)(v->hash[j] ^ mix));
    if (top > MDCI_TREE_ROOT)
        return;
    v->orders = 0;
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        if (shape->context[j] <= MDCI_CONTEXT_ORDER8)
            v->orders += mdci_ppm_knows(slot[j]);
    const uint32_t second =
        v->expected[0] ? m->tree->second[v->expected[0] & 255] : 0;
    if (second) /* the second cluster's lines, if the match is right */
        mdci_byte_fetch_slots(m, v, mdci_byte_cluster_hash(second), shape);
}

/** How the matches' expected bits stand: 0 none, 1 long only, 2 short only,
 *  3 both and alike, 4 both and not, 5 a refused byte's branch. */
MDCI_KERNEL unsigned mdci_byte_agreement(const int *expected_bit, int refused)
{
    if (refused)
        return 5;
    if (expected_bit[0] < 0)
        return expected_bit[1] < 0 ? 0 : 1;
    return expected_bit[1] < 0 ? 2 : expected_bit[0] == expected_bit[1] ? 3 : 4;
}

/** The weights that the selectors choose for a cluster, but for what changes
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
                                        uint8_t *const *slot, unsigned place,
                                        uint32_t path, unsigned depth,
                                        const struct mdci_shape *const shape)
{
    struct mdci_direct *d = m->direct;
    mdci_counter *map = m->maps;
    uint32_t on_mask = 0, one_mask = 0;
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        at[j] = map + j * 256 + (size_t)slot[j][place];
    const unsigned bit_place = depth < 7 ? depth : 7;
    MDCI_UNROLL
    for (unsigned a = 0; a < shape->sources; a++) {
        const int on = mdci_tree_on(v->code[a], path, depth);
        const uint32_t bit = mdci_tree_bit(v->code[a], depth);
        if (a < 2)
            expected_bit[a] = on ? (int)bit : -1;
        on_mask |= (uint32_t)on << a;
        one_mask |= ((uint32_t)on & bit) << a;
        at[shape->contexts + a] =
            !on ? &d->nothing[a][bit_place]
            : (int)a == v->refused
                ? &d->refused[bit][bit_place]
                : &d->expected[a][bit][v->trust[a] | (depth > 0)];
    }
    return on_mask << 1 | (one_mask && one_mask != on_mask);
}

/** Adds a bit to the bit histories of its node. */
MDCI_KERNEL void mdci_byte_histories(uint8_t *const *slot, unsigned place,
                                     int bit,
                                     const struct mdci_shape *const shape)
{
    const uint8_t *next = mdci_state_next[bit];
    MDCI_UNROLL
    for (unsigned j = 0; j < shape->contexts; j++)
        slot[j][place] = next[slot[j][place]];
}

/* Starts the bins of the nodes that may come next moving: siblings in a
 * cluster are neighbours. */
MDCI_KERNEL void mdci_byte_fetch_bins(const struct mdci_byte_model *m,
                                      const uint16_t *next,
                                      const struct mdci_tree *tree,
                                      unsigned agreement, uint32_t places,
                                      uint32_t situation,
                                      const struct mdci_shape *const shape)
{
    const uint32_t child = next[0] < MDCI_TREE_LEAF ? next[0] : next[1];
    if (child >= MDCI_TREE_LEAF)
        return;
    const size_t key[MDCI_REFINE_STEPS] = {
        child | agreement << 8, places + tree->place[child], situation};
    MDCI_UNROLL
    for (unsigned k = 0; k < MDCI_REFINE_STEPS; k++)
        if (shape->steps >> k & 1)
            mdci_refine_fetch(m->refine[k], key[k]);
}

/** A place in the tree, from decision to decision. */
struct mdci_byte_cursor {
    uint32_t link; /* node, or leaf */
    uint32_t path; /* decisions so far, behind a 1 */
    unsigned depth;
};

/** Codes the decisions of one cluster. \param code  of the byte */
MDCI_KERNEL void mdci_byte_cluster(struct mdci_byte_model *m,
                                   struct mdci_byte_view *v,
                                   struct mdci_range_coder *rc,
                                   const int decode, uint32_t code,
                                   struct mdci_byte_cursor *cursor,
                                   const struct mdci_shape *const shape)
{
    const struct mdci_tree *tree = m->tree;
    const unsigned inputs = shape->contexts + shape->sources;
    uint32_t node = cursor->link, path = cursor->path;
    unsigned depth = cursor->depth, place = 1;
    uint8_t *slot[MDCI_MAX_CONTEXTS];
    int16_t *base[MDCI_MAX_SETS];
    struct mdci_refine past;
    int bit = -1;

    mdci_byte_slots(m, v, slot, node, shape);
    mdci_byte_select(m, v, base, node, shape);
    const uint32_t where = shape->fields
                               ? m->text.field.name[0] + m->text.field.length
                               : m->text.line.skeleton + m->text.line.place;
    const uint32_t places =
        mdci_hash2(where, node) >> (32 - m->refine_bits) & ~15u;
    const uint32_t situation = (v->bucket[0] * 8 + v->orders) * 16;
    do {
        const unsigned bit_place = depth < 7 ? depth : 7;
        mdci_counter *at[MDCI_MAX_INPUTS];
        int expected_bit[2];
        const uint32_t says = mdci_byte_counters(m, v, at, expected_bit, slot,
                                                 place, path, depth, shape);
        const unsigned agreement = mdci_byte_agreement(
            expected_bit,
            v->refused >= 0 && mdci_tree_on(v->code[v->refused], path, depth));
        const uint16_t *next = tree->next[node];

        struct mdci_refine refine;
        refine.lengths = m->direct->lengths[agreement];
        mdci_refine_choose(&refine, 0, m->refine[0], node | agreement << 8);
        mdci_refine_choose(&refine, 1, m->refine[1], places + place);
        mdci_refine_choose(&refine, 2, m->refine[2],
                           situation | bit_place << 1 |
                               (unsigned)(agreement > 2));
        mdci_byte_fetch_bins(
            m, next, tree, agreement, places,
            situation | (bit_place < 7 ? bit_place + 1 : 7) << 1, shape);

        struct mdci_inputs in;
        struct mdci_mix mix;
        mdci_inputs_load(&in, at, inputs);
        mdci_byte_select_bit(m, v, &mix, base, agreement, node, bit_place, says,
                             shape);
        mdci_mix_predict(&mix, &in, inputs, shape->sets);
        /* The last bit's sums were fetched meanwhile. */
        if (bit >= 0)
            mdci_refine_update(&past, bit, shape);

        const uint32_t p =
            mdci_refine_predict(&refine, mix.final_logit, mix.final_p, shape);
        v->uncertain += p - MDCI_UNCERTAIN < 4194304u - 2 * MDCI_UNCERTAIN;
        if (!shape->fields)
            v->dull += mdci_novel_dull(p);
        bit = mdci_range_code(rc, decode, (int)mdci_tree_bit(code, depth), p);

        mdci_mix_update(&mix, &in, bit, v->rate, inputs, shape->sets);
        mdci_byte_histories(slot, place, bit, shape);
        mdci_inputs_update(&in, at, bit, inputs);
        past = refine;

        node = next[bit];
        path = path * 2 + (unsigned)bit;
        depth++;
        place = tree->place[node & 255];
    } while (node < MDCI_TREE_LEAF && place > 1);
    mdci_refine_update(&past, bit, shape);
    cursor->link = node;
    cursor->path = path;
    cursor->depth = depth;
}

/* Looks up the paths to the expected bytes. */
MDCI_KERNEL void mdci_byte_open_codes(const struct mdci_tree *tree,
                                      struct mdci_byte_view *v,
                                      const struct mdci_shape *const shape)
{
    MDCI_UNROLL
    for (unsigned a = 0; a < shape->sources; a++)
        v->code[a] = v->expected[a] ? tree->code[v->expected[a] & 255] : 0;
}

/** Spells a byte out, bit by bit. \return the byte */
MDCI_KERNEL uint32_t mdci_byte_spell(struct mdci_byte_model *m,
                                     struct mdci_byte_view *v,
                                     struct mdci_range_coder *rc,
                                     const int decode, uint32_t byte,
                                     const uint8_t *block,
                                     const struct mdci_shape *const shape)
{
    const struct mdci_tree *tree = m->tree;
    struct mdci_byte_cursor cursor = {MDCI_TREE_ROOT, 1, 0};
    mdci_byte_contexts(m, v, block, shape);
    mdci_byte_open_codes(m->tree, v, shape);
    do
        mdci_byte_cluster(m, v, rc, decode, tree->code[byte], &cursor, shape);
    while (cursor.link < MDCI_TREE_LEAF);
    return cursor.link & 255;
}

/** The byte that is worth a question: is it this one? That takes one decision
 *  instead of eight. */
struct mdci_favourite {
    int source;     /* that expects it, or -1: no question */
    uint32_t byte;  /* if there is a source or a gate */
    uint32_t says;  /* in a field: sources that expect it, << 8 any byte */
    uint16_t *gate; /* of such expectations, or NULL */
};

/* The match whose byte is worth a question. \return 0 short, 1 long, -1 none */
MDCI_KERNEL int mdci_byte_candidate(const struct mdci_byte_model *m,
                                    const struct mdci_byte_view *v)
{
    const struct mdci_match *match = m->text.match;
    const int a = v->expected[1] && match[1].length >= match[0].length;
    return v->expected[a] && match[a].length >= MDCI_ASK_LENGTH &&
                   !(match[a].misses & 1)
               ? a
               : -1;
}

/* What tells whether the byte of match a will come. */
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

/* In a field it is the byte that the value asked for, or else a match, or else
 * another source expects, unless such bytes often were wrong. */
MDCI_KERNEL struct mdci_favourite
mdci_byte_favourite_in_field(const struct mdci_byte_model *m,
                             const struct mdci_byte_view *v,
                             const struct mdci_shape *const shape)
{
    struct mdci_favourite x = {-1, 0, 0, NULL};
    uint32_t byte = v->candidate;
    uint32_t trust = 0;
    MDCI_UNROLL
    for (unsigned a = 0; a < shape->sources; a++)
        byte = byte ? byte : v->expected[(a + 1) % shape->sources];
    MDCI_UNROLL
    for (unsigned a = 0; a < shape->sources; a++) {
        if (!byte || v->expected[a] != byte)
            continue;
        x.says |= 1u << a;
        trust = v->trust[a];
        x.source = (int)a;
    }
    MDCI_UNROLL
    for (unsigned a = 0; a < shape->sources; a++)
        x.says |= (uint32_t)(v->expected[a] > 0) << (8 + a);
    if (x.source < 0)
        return x;
    x.byte = byte & 255;
    x.gate =
        &m->direct->gate[mdci_hash3(x.says, m->text.field.length,
                                    trust | m->text.candidate.refused << 20) %
                         MDCI_GATES];
    if (*x.gate < MDCI_GATE_START)
        x.source = -1;
    return x;
}

/* What tells whether the favourite will come in a field. */
MDCI_KERNEL void mdci_byte_question_in_field(struct mdci_byte_model *m,
                                             const struct mdci_byte_view *v,
                                             const struct mdci_favourite *x,
                                             struct mdci_decision *decision)
{
    const struct mdci_text *t = &m->text;
    const struct mdci_field *f = &t->field;
    const uint64_t a = (uint64_t)f->name[0] << 32;
    const uint64_t b = (uint64_t)f->name[1] << 32;
    const uint32_t length = f->length < 31 ? f->length : 31;
    const uint32_t agree = x->says & 255;
    const uint32_t text = f->text + x->byte * 77777;
    const uint64_t key[MDCI_DECISION_INPUTS] = {
        x->says << 8 | length,
        a | length << 16 | t->candidate.refused << 24 | agree,
        b | text,
        a | text,
        (t->last8 & 0xFFFFFF) << 8 | x->byte,
        (uint64_t)t->word.current << 32 | x->byte << 8 | v->last,
        b | length << 16 | (f->relation & 63) << 8 | agree,
        (uint64_t)(v->bucket[0] * 64 + v->bucket[1]) << 32 | agree << 20 |
            (t->match[0].misses & 7) << 8 | x->byte};
    mdci_decision_predict(decision, &m->decider, key,
                          (agree & 7) * 8 + (length < 7 ? length : 7));
}

/** Notes that a byte was asked for and is not it: nobody expects it now. */
MDCI_KERNEL void mdci_byte_refuse(struct mdci_byte_view *v, int a,
                                  const struct mdci_shape *const shape)
{
    v->refused = a;
    MDCI_UNROLL
    for (unsigned b = 0; b < shape->sources; b++)
        if ((int)b != a && v->expected[b] == v->expected[a])
            v->expected[b] = 0;
}

/** Chooses the favourite. */
MDCI_KERNEL struct mdci_favourite
mdci_byte_favourite(const struct mdci_byte_model *m,
                    const struct mdci_byte_view *v,
                    const struct mdci_shape *const shape)
{
    if (shape->fields > 1)
        return mdci_byte_favourite_in_field(m, v, shape);
    struct mdci_favourite x = {-1, 0, 0, NULL};
    if (!shape->fields)
        x.source = mdci_byte_candidate(m, v);
    if (x.source >= 0)
        x.byte = v->expected[x.source] & 255;
    return x;
}

/** Asks for the favourite, if the answer is likely enough. \return the answer,
 *  0 if it was not asked for */
MDCI_KERNEL int
mdci_byte_ask(struct mdci_byte_model *m, struct mdci_byte_view *v,
              const struct mdci_favourite *x, struct mdci_decision *decision,
              struct mdci_range_coder *rc, const int decode, uint32_t byte,
              const struct mdci_shape *const shape)
{
    if (shape->fields)
        mdci_byte_question_in_field(m, v, x, decision);
    else
        mdci_byte_question(m, v, x->source, decision);
    if (decision->p < m->set->ask_floor)
        return 0;
    const int hit = mdci_range_code(rc, decode, byte == x->byte, decision->p);
    if (!hit)
        mdci_byte_refuse(v, x->source, shape);
    return hit;
}

/** 1 if the field is a random one, and nothing expects the next byte. */
MDCI_KERNEL int mdci_byte_is_novel(const struct mdci_byte_model *m,
                                   const struct mdci_byte_view *v,
                                   const struct mdci_shape *const shape)
{
    const struct mdci_field *f = &m->text.field;
    const struct mdci_line *l = &m->text.line;
    const struct mdci_line_slot *slot = mdci_line_slot_of(l);
    const uint32_t run = shape->fields ? f->surprise.run : l->surprise.run;
    const uint32_t random = shape->fields ? v->slot[1]->random : slot->random;
    /* Where the last value ended, models know whether this one ends. */
    const int ends = shape->fields ? f->length == v->slot[0]->length
                                   : l->place == slot->length;
    if (!run || random < MDCI_NOVEL_FIELDS || ends)
        return 0;
    /* Of the line model's sources there is always one that speaks. */
    uint32_t any = 0;
    MDCI_UNROLL
    for (unsigned a = 0; a < shape->sources; a++)
        any |= a < 2 || shape->fields ? v->expected[a] : 0;
    return !any;
}

/* Fetches the lines of the match tables that the next byte falls into: lines
 * come of the bytes before it, so that they are here by then. */
MDCI_KERNEL void mdci_byte_fetch_matches(struct mdci_byte_model *m,
                                         const uint8_t *block)
{
    struct mdci_text *t = &m->text;
    const unsigned shift = 64 - m->match_bits;
    if (t->count < 12)
        return;
    const uint64_t keys[2] = {t->last8 << 32,
                              mdci_hash64(t->last8) +
                                  mdci_load32(block + t->count - 11)};
    for (int a = 0; a < 2; a++) {
        t->match_line[a] = (uint32_t)(mdci_hash64(keys[a]) >> shift) & ~15u;
        MDCI_PREFETCH(m->matches[a] + t->match_line[a]);
    }
}

/* Looks for matches that end here, and enters this place. */
MDCI_OUTLINE void mdci_byte_find(struct mdci_byte_model *m,
                                 const uint8_t *block)
{
    struct mdci_text *t = &m->text;
    const uint32_t last = (uint32_t)t->last8 & 15;
    if (t->count > 12) {
        mdci_match_find(&t->match[0], m->matches[0], t->match_line[0] | last,
                        block, t->count, 0, m->set->short_match);
        mdci_match_find(&t->match[1], m->matches[1], t->match_line[1] | last,
                        block, t->count, t->match[0].at, m->set->long_match);
    }
    mdci_byte_fetch_matches(m, block);
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
    mdci_certain_update(&t->certain, &t->field, &m->fields, m->certain, hash);
    if (t->values.groups)
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
        if (i + 1 == size)
            mdci_byte_fetch_matches(m, block);
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

/* 1 if the field that starts here is this value, which is asked for. */
MDCI_KERNEL int mdci_byte_ask_value(const struct mdci_byte_model *m,
                                    struct mdci_range_coder *rc,
                                    const int decode, const uint8_t *block,
                                    size_t to, const uint8_t *value,
                                    uint32_t size, uint32_t p)
{
    const uint32_t at = m->text.count;
    const int fits = size <= to - at;
    const int same = !decode && fits && !memcmp(block + at, value, size);
    /* A damaged archive may say yes where there is no room. */
    return mdci_range_code(rc, decode, same, p) && fits;
}

/** Asks for the field that the match goes on with, where it is almost certain.
 *  \return 1 if it is, and done; -1 if it is not, 0 if it was not asked for */
MDCI_KERNEL int mdci_byte_ask_certain(struct mdci_byte_model *m,
                                      struct mdci_range_coder *rc,
                                      const int decode, uint8_t *block,
                                      size_t to)
{
    struct mdci_text *t = &m->text;
    const struct mdci_certain *c = &t->certain;
    mdci_certain_look(&t->certain, &t->field, &m->fields, t->match, block,
                      t->count);
    if (!c->size)
        return 0;
    const uint32_t p = mdci_certain_p(c, m->certain);
    if (p < m->set->certain_floor)
        return 0;
    const uint8_t *value = block + c->at;
    if (!mdci_byte_ask_value(m, rc, decode, block, to, value, c->size, p))
        return -1;
    t->field.asked = t->field.asked << 1 | 1;
    t->values.groups = 0; /* none was predicted */
    mdci_byte_skip(m, block, value, c->size, decode);
    return 1;
}

/** Predicts the field that starts here, and asks for it where that pays.
 *  \return 1 if it was as predicted, and is done */
MDCI_KERNEL int mdci_byte_ask_field(struct mdci_byte_model *m,
                                    struct mdci_flag *flag,
                                    struct mdci_range_coder *rc,
                                    const int decode, uint8_t *block, size_t to)
{
    struct mdci_text *t = &m->text;
    int asked = 0;
    if (m->set->certain_floor)
        asked = mdci_byte_ask_certain(m, rc, decode, block, to);
    if (asked > 0)
        return 1;
    mdci_byte_start_field(m, flag, block);
    if (!flag->size)
        return 0;
    if (asked && flag->hash == t->certain.hash) {
        t->candidate.refused = 1;
        return 0;
    }
    if (flag->p < m->set->flag_floor)
        return 0;
    const uint8_t *value = mdci_value_bytes(&t->values, flag->best, block);
    const int hit = mdci_byte_ask_value(m, rc, decode, block, to, value,
                                        flag->size, flag->p);
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

/** Codes a byte that stays as it was in the record before, or a random one,
 *  where records have such. \return the byte, or -1: the models are to spell it
 */
MDCI_KERNEL int mdci_byte_in_record(struct mdci_byte_model *m,
                                    struct mdci_byte_view *v,
                                    struct mdci_range_coder *rc,
                                    const int decode, uint32_t byte,
                                    const uint8_t *block,
                                    const struct mdci_shape *const shape)
{
    const struct mdci_text *t = &m->text;
    const struct mdci_record *r = &t->record;
    const int32_t p = mdci_record_stays(r);
    if (p > 0) {
        const uint32_t expected = block[t->count - r->size];
        v->hit = mdci_range_code(rc, decode, byte == expected,
                                 (uint32_t)mdci_clamp(p, 64, 4194304 - 64));
        if (v->hit)
            return (int)expected;
        /* A source must have expected it; every shape has this one. */
        v->expected[1] = expected | 256u;
        v->bucket[1] = v->trust[1] = 0;
        mdci_byte_refuse(v, 1, shape);
        return -1;
    }
    if (v->expected[0] || v->expected[1] || !mdci_record_is_random(r, t->count))
        return -1;
    return (int)mdci_novel_code(
        mdci_novel_at(m->novel, m->novel_bits, r->size << 24, r->phase), rc,
        decode, m->tree, byte, &v->dull);
}

/** The counter of a favourite that a long match expects; NULL: it is none. */
MDCI_KERNEL uint32_t *mdci_byte_sure(const struct mdci_byte_model *m,
                                     const struct mdci_byte_view *v,
                                     const struct mdci_favourite *x,
                                     const struct mdci_shape *const shape)
{
    return !shape->fields && !m->set->tree && x->source >= 0 &&
                   v->bucket[x->source] >= MDCI_SURE_BUCKET
               ? &m->direct->sure[x->byte]
               : NULL;
}

/** Asks for the favourite as a long match's counter tells: faster than
 *  mdci_byte_ask(). \return the answer */
MDCI_KERNEL int mdci_byte_ask_sure(struct mdci_byte_view *v,
                                   const struct mdci_favourite *x, int32_t p,
                                   struct mdci_range_coder *rc,
                                   const int decode, uint32_t byte,
                                   const struct mdci_shape *const shape)
{
    const int hit =
        mdci_range_code(rc, decode, byte == x->byte,
                        (uint32_t)(p < 4194304 - 64 ? p : 4194304 - 64));
    if (!hit)
        mdci_byte_refuse(v, x->source, shape);
    return hit;
}

/** Codes one byte. \param decision  room for a question \return the byte */
MDCI_KERNEL uint32_t mdci_byte_code(struct mdci_byte_model *m,
                                    struct mdci_byte_view *v,
                                    struct mdci_decision *decision,
                                    struct mdci_range_coder *rc,
                                    const int decode, uint32_t byte,
                                    const uint8_t *block,
                                    const struct mdci_shape *const shape)
{
    const struct mdci_field *f = &m->text.field;
    const struct mdci_line *l = &m->text.line;
    struct mdci_surprise *surprise =
        shape->fields ? &m->text.field.surprise : &m->text.line.surprise;
    if (mdci_byte_is_novel(m, v, shape)) {
        mdci_surprise_note(surprise, 1);
        return mdci_novel_code(
            shape->fields
                ? mdci_novel_at(m->novel, m->novel_bits, f->name[1], f->length)
                : mdci_novel_at(m->novel, m->novel_bits, l->name, l->place),
            rc, decode, m->tree, byte, &v->dull);
    }
    const struct mdci_favourite x = mdci_byte_favourite(m, v, shape);
    if (!shape->fields && x.source < 0 && m->text.record.size) {
        const int known =
            mdci_byte_in_record(m, v, rc, decode, byte, block, shape);
        if (known >= 0) {
            mdci_surprise_note(surprise, !v->hit);
            return (uint32_t)known;
        }
    }
    uint32_t *sure = mdci_byte_sure(m, v, &x, shape);
    const int32_t p = sure ? mdci_novel_p(*sure) : 0;
    const int asked = p > 0 && (uint32_t)p >= m->set->ask_floor;
    if (asked)
        v->hit = mdci_byte_ask_sure(v, &x, p, rc, decode, byte, shape);
    else if (x.source >= 0)
        v->hit = mdci_byte_ask(m, v, &x, decision, rc, decode, byte, shape);
    byte =
        v->hit ? x.byte : mdci_byte_spell(m, v, rc, decode, byte, block, shape);
    if (x.gate)
        *x.gate =
            (uint16_t)(*x.gate +
                       mdci_sar((byte == x.byte ? 65535 : 0) - *x.gate, 4));
    if (sure)
        *sure = mdci_novel_learn(*sure, byte == x.byte);
    if (x.source >= 0 && !asked)
        mdci_decision_update(decision, byte == x.byte, v->rate);
    mdci_surprise_note(surprise, v->uncertain >= MDCI_SURPRISING);
    return byte;
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

        byte =
            mdci_byte_code(&m, &v, &decision, rc, decode, byte, block, shape);
        MDCI_NOTE(rc, at, 1, v.hit ? MDCI_WAY_MATCH : MDCI_WAY_SPELL);
        if (decode)
            block[m.text.count] = (uint8_t)byte;
        else if (rc->size > rc->room)
            return 0;
        if (shape->fields && flag.size && !mdci_is_alnum(byte))
            mdci_byte_learn_flag(&m, &flag,
                                 mdci_field_hash(m.text.field.text, byte) ==
                                     flag.hash);
        mdci_byte_follow(&m, block, byte, shape);
        if (!shape->fields && !m.set->tree)
            mdci_record_update(&m.text.record, block, m.text.count, v.dull);
    }
    mdci_byte_model_close(&m, arena);
    return 1;
}

#endif
