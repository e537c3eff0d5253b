/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file engine.c
 * \brief Lays the arena out, sets it up, and picks the variant to code with.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <string.h>

#include "models/engine.h"
#include "models/novel.h"
#include "models/prior.h"
#include "models/range_coder.h"
#include "models/starts.h"
#include "models/variants.h"

/* log2 of the slots from which on those of logs lie further apart. */
#define MDCI_NEAR_SLOT_BITS 15

/* log2 of a table's entries: about one for every `bytes` of the block. */
static uint32_t table_bits(uint64_t block_size, unsigned bytes, unsigned least,
                           unsigned most)
{
    uint32_t bits = least;
    while (bits < most && ((uint64_t)bytes << bits) < block_size)
        bits++;
    return bits;
}

static size_t take(size_t *size, size_t bytes)
{
    const size_t at = *size;
    *size += (bytes + 63) & ~(size_t)63;
    return at;
}

static size_t certain_counters(const struct mdci_model_set *set)
{
    return set->certain_floor ? (size_t)1 << MDCI_CERTAIN_BITS : 0;
}

static void lay_out(struct mdci_engine *e, const struct mdci_model_set *set,
                    uint64_t block_size)
{
    const struct mdci_shape *shape = mdci_model_set_shape(set);
    size_t size = 0;
    block_size += MDCI_PRIOR_SIZE;
    memset(e, 0, sizeof *e);
    e->row = set->row;
    e->slot_bits = table_bits(block_size, 2, 6, set->slot_bits);
    if (e->slot_bits > MDCI_NEAR_SLOT_BITS) /* logs repeat more */
        e->slot_bits = table_bits(block_size, set->slot_bytes,
                                  MDCI_NEAR_SLOT_BITS, set->slot_bits);
    e->match_bits = table_bits(block_size, 1, 8, set->match_bits);
    e->place_bits = table_bits(block_size, 4, 8, 16);
    e->refine_bits = table_bits(block_size, 4, 8, set->refine_bits);
    e->decision_bits = table_bits(block_size, 1, 8, shape->fields ? 14 : 16);
    if (shape->fields == 1)
        e->decision_bits = 0; /* no questions */
    take(&size, sizeof *e);
    e->direct = take(&size, sizeof(struct mdci_direct));
    e->maps = take(&size, shape->contexts * 256 * sizeof(mdci_counter));
    e->weights = take(&size, (size_t)shape->sets * MDCI_SELECTOR_KEYS *
                                 mdci_shape_row(shape) * sizeof(int16_t));
    e->decisions =
        take(&size, ((size_t)MDCI_DECISION_INPUTS << e->decision_bits) *
                        sizeof(mdci_counter));
    size_t keys[MDCI_REFINE_STEPS] = {
        MDCI_REFINE_KEYS, (size_t)1 << e->refine_bits, MDCI_REFINE_KEYS};
    for (unsigned k = 0; k < MDCI_REFINE_STEPS; k++) {
        if (!(shape->steps >> k & 1))
            keys[k] = 0;
        e->bins[k] = take(&size, keys[k] * sizeof(struct mdci_diffusion_bins));
    }
    for (unsigned k = 0; k < MDCI_REFINE_STEPS; k++)
        e->refine[k] = take(&size, keys[k] * sizeof(union mdci_refine_row));
    e->slots = take(&size, ((size_t)shape->contexts << e->slot_bits) *
                               sizeof(struct mdci_slot));
    if (shape->fields) {
        e->flag_bits = table_bits(block_size, 16, 8, 14);
        e->field_bits = table_bits(block_size, 64, 6, 16);
        e->value_bits = table_bits(block_size, 4, 8, 18);
        e->flag = take(&size, sizeof(struct mdci_flag_state));
        e->flag_table =
            take(&size, ((size_t)MDCI_FLAG_CONTEXTS << e->flag_bits) *
                            sizeof(mdci_counter));
        e->certain = take(&size, certain_counters(set) * sizeof(mdci_counter));
    }
    e->matches = take(&size, ((size_t)2 << e->match_bits) * sizeof(uint32_t));
    e->places = take(&size, ((size_t)1 << e->place_bits) * sizeof(uint32_t));
    if (shape->fields) {
        e->field_slots = take(&size, ((size_t)MDCI_NAMES << e->field_bits) *
                                         sizeof(struct mdci_field_slot));
        e->values = take(&size, ((size_t)MDCI_VALUE_TABLES << e->value_bits) *
                                    sizeof(uint32_t));
        e->lines =
            take(&size, ((size_t)2 << MDCI_LINE_BITS) * sizeof(uint32_t));
    }
    e->novel_bits = table_bits(block_size, 256, 4, 10);
    e->novel = take(&size, sizeof(struct mdci_novel_row) << e->novel_bits);
    e->size = size;
}

size_t mdci_engine_size(unsigned row, uint64_t block_size)
{
    const struct mdci_model_set *set = mdci_model_set_row(row);
    struct mdci_engine e;
    if (!set)
        return 0;
    lay_out(&e, set, block_size);
    return e.size;
}

/* Every table is a power of two times a power of two: what counts of a block's
 * size is that of the next one from it and the prior on. */
uint64_t mdci_engine_round(unsigned row, uint64_t block_size)
{
    uint64_t size = 1;
    (void)row;
    if (block_size > UINT64_MAX >> 2)
        return block_size;
    while (size < block_size + MDCI_PRIOR_SIZE)
        size *= 2;
    return size - MDCI_PRIOR_SIZE;
}

static void fill(mdci_counter *counter, size_t n, mdci_counter value)
{
    for (size_t i = 0; i < n; i++)
        counter[i] = value;
}

/* 1 / (n + 1.5): the rate of a counter that has seen n. */
static uint32_t rate_after(unsigned n)
{
    return 131072u / (2 * n + 3);
}

static void init_direct(struct mdci_direct *d, const struct mdci_shape *shape)
{
    for (unsigned a = 0; a < MDCI_MAX_SOURCES; a++) {
        for (unsigned i = 0; i < MDCI_TRUSTS; i++) {
            const uint32_t miss = a < 2 ? 65536 / (4 + (i >> 4) * 2) : 13107;
            d->expected[a][0][i] = mdci_counter_make(miss, rate_after(3));
            d->expected[a][1][i] =
                mdci_counter_make(65536 - miss, rate_after(3));
        }
        fill(d->nothing[a], 8, mdci_counter_make(32768, rate_after(4)));
    }
    for (unsigned i = 0; i < MDCI_GATES; i++)
        d->gate[i] = MDCI_GATE_START;
    memset(d->sure, 0, sizeof d->sure);
    memset(d->lengths, 0, sizeof d->lengths);
    for (unsigned bit = 0; bit < 2; bit++) {
        fill(d->refused[bit], 7, mdci_counter_make(32768, rate_after(4)));
        /* What is left of a refused byte's path ends at its last bit. */
        d->refused[bit][7] =
            mdci_counter_make(bit ? 1311 : 64225, rate_after(4));
    }
    for (unsigned i = 0; i < MDCI_FINAL_KEYS; i++)
        for (unsigned k = 0; k < shape->sets; k++)
            d->final_weights[i][k] = (int32_t)(65536 / shape->sets);
    for (unsigned i = 0; i < MDCI_DECISION_KEYS; i++)
        for (unsigned k = 0; k < MDCI_DECISION_INPUTS; k++)
            d->decision_weights[i][k] = 369;
}

static void init_flag(struct mdci_flag_state *s, mdci_counter *table, size_t n)
{
    for (unsigned k = 0; k < MDCI_FLAG_SETS; k++)
        for (unsigned i = 0; i < MDCI_FLAG_KEYS; i++)
            for (unsigned j = 0; j < MDCI_FLAG_ROW; j++)
                s->weights[k][i][j] = j < MDCI_FLAG_INPUTS ? 300 : 0;
    memset(s->lengths, 0, sizeof s->lengths);
    for (unsigned e = 0; e < MDCI_PREDICTORS; e++) {
        for (unsigned k = 0; k < MDCI_FLAG_SETS; k++)
            s->final_weights[e][k] = 65536 / MDCI_FLAG_SETS;
        for (unsigned i = 0; i < 48; i++)
            s->direct[e][i] = mdci_counter_make(i < 16   ? 32768
                                                : i < 32 ? 52429
                                                         : 26214,
                                                rate_after(4));
    }
    fill(table, n, mdci_counter_make(32768, rate_after(0)));
}

/* Lets the models learn from the prior. What points into a text, matches and
 * followed places, is forgotten: the block is another one. */
static void read_prior(void *arena)
{
    struct mdci_engine *e = arena;
    uint8_t *base = arena;
    uint8_t text[MDCI_PRIOR_SIZE];
    size_t size = 0;
    for (size_t i = 0; i < MDCI_PRIOR_LINES; i++) {
        const size_t length = strlen(mdci_prior[i]);
        memcpy(text + size, mdci_prior[i], length);
        size += length;
    }
    mdci_engine_learn(arena, text, size);
    memset(&e->text, 0, sizeof e->text);
    memset(base + e->matches, 0, e->size - e->matches);
}

/* Sets up what the prior leaves as it is, other than to 0. */
static void init_untaught(void *arena)
{
    const struct mdci_engine *e = arena;
    const struct mdci_model_set *set = mdci_model_set_row(e->row);
    const struct mdci_shape *shape = mdci_model_set_shape(set);
    uint8_t *base = arena;
    int16_t *weights = (int16_t *)(void *)(base + e->weights);
    const size_t row_size = mdci_shape_row(shape);
    for (size_t i = 0; i < (size_t)shape->sets * MDCI_SELECTOR_KEYS; i++)
        memcpy(weights + i * row_size,
               mdci_start_weights[set->shape][i / MDCI_SELECTOR_KEYS],
               row_size * sizeof *weights);

    if (shape->apm) {
        union mdci_refine_row *rows =
            (union mdci_refine_row *)(void *)(base + e->refine[0]);
        const size_t all = (e->slots - e->refine[0]) / sizeof *rows;
        for (size_t i = 0; i < all; i++)
            mdci_apm_init(&rows[i].apm);
    }

    mdci_counter *decisions = (mdci_counter *)(void *)(base + e->decisions);
    fill(decisions, (size_t)MDCI_DECISION_INPUTS << e->decision_bits,
         mdci_counter_make(62915, rate_after(6)));
    fill(decisions, (size_t)1 << e->decision_bits,
         mdci_counter_make(63000, rate_after(2)));
    if (shape->fields)
        init_flag((struct mdci_flag_state *)(void *)(base + e->flag),
                  (mdci_counter *)(void *)(base + e->flag_table),
                  (size_t)MDCI_FLAG_CONTEXTS << e->flag_bits);
}

void mdci_engine_init(void *arena, unsigned row, uint64_t block_size,
                      int zeroed)
{
    const struct mdci_model_set *set = mdci_model_set_row(row);
    const struct mdci_shape *shape = mdci_model_set_shape(set);
    struct mdci_engine *e = arena;
    uint8_t *base = arena;
    lay_out(e, set, block_size);
    if (!zeroed) {
        memset(base + sizeof *e, 0, e->maps - sizeof *e);
        memset(base + e->bins[0], 0, e->size - e->bins[0]);
    }
    init_direct((struct mdci_direct *)(void *)(base + e->direct), shape);

    mdci_counter *maps = (mdci_counter *)(void *)(base + e->maps);
    for (unsigned s = 0; s < 256; s++)
        maps[s] = mdci_counter_make(mdci_state_start[s], rate_after(4));
    for (unsigned j = 1; j < shape->contexts; j++)
        memcpy(maps + j * 256, maps, 256 * sizeof *maps);

    if (shape->fields)
        fill((mdci_counter *)(void *)(base + e->certain), certain_counters(set),
             mdci_counter_make(32768, rate_after(0)));
    init_untaught(arena);
    read_prior(arena);
}

/* ---- Images ---------------------------------------------------------------
 */

/* The parts of an arena that the prior leaves its mark on: head, direct
 * counters and maps; slots; the counters of what is almost certain. */
enum { TAUGHT = 3 };
struct taught {
    size_t at, size;
};

static void find_taught(const struct mdci_engine *e, struct taught *part)
{
    const int fields = e->flag > 0;
    part[0] = (struct taught){0, e->weights};
    part[1] =
        (struct taught){e->slots, (fields ? e->flag : e->matches) - e->slots};
    part[2] = (struct taught){e->certain, fields ? e->matches - e->certain : 0};
}

size_t mdci_engine_image_size(unsigned row, uint64_t block_size)
{
    const struct mdci_model_set *set = mdci_model_set_row(row);
    struct mdci_engine e;
    struct taught part[TAUGHT];
    if (!set)
        return 0;
    lay_out(&e, set, block_size);
    find_taught(&e, part);
    return part[0].size + part[1].size + part[2].size;
}

void mdci_engine_save(const void *arena, void *image)
{
    uint8_t *to = image;
    struct taught part[TAUGHT];
    find_taught(arena, part);
    for (unsigned i = 0; i < TAUGHT; i++) {
        memcpy(to, (const uint8_t *)arena + part[i].at, part[i].size);
        to += part[i].size;
    }
}

void mdci_engine_restore(void *arena, const void *image)
{
    const struct mdci_engine *e = arena;
    uint8_t *base = arena;
    const uint8_t *from = image;
    struct taught part[TAUGHT];
    find_taught(e, part);
    for (unsigned i = 0; i < TAUGHT; i++) {
        memcpy(base + part[i].at, from, part[i].size);
        from += part[i].size;
    }
    memset(base + e->bins[0], 0, e->slots - e->bins[0]);
    memset(base + e->flag, 0, e->flag ? e->certain - e->flag : 0);
    memset(base + e->matches, 0, e->size - e->matches);
    init_untaught(arena);
}

/* ---- Coding ---------------------------------------------------------------
 */

static unsigned shape_of(const void *arena)
{
    const struct mdci_engine *e = arena;
    return mdci_model_set_row(e->row)->shape;
}

size_t mdci_engine_encode_with(enum mdci_kernels kernels, void *arena,
                               const uint8_t *block, size_t to, uint8_t *out,
                               size_t room)
{
    struct mdci_range_coder rc;
    mdci_range_encoder_start(&rc, out, room);
    /* Both directions share the source; an encoder does not write. */
    if (!mdci_kernels_variants(kernels)[shape_of(arena)](
            arena, &rc, 0, (uint8_t *)(uintptr_t)block, to) ||
        !mdci_range_encoder_finish(&rc))
        return 0;
    return rc.size;
}

void mdci_engine_decode_with(enum mdci_kernels kernels, void *arena,
                             uint8_t *block, size_t to, const uint8_t *in,
                             size_t in_size)
{
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, in_size);
    (void)mdci_kernels_variants(kernels)[shape_of(arena)](arena, &rc, 1, block,
                                                          to);
}

size_t mdci_engine_encode(void *arena, const uint8_t *block, size_t to,
                          uint8_t *out, size_t room)
{
    return mdci_engine_encode_with(MDCI_KERNELS_BEST, arena, block, to, out,
                                   room);
}

void mdci_engine_decode(void *arena, uint8_t *block, size_t to,
                        const uint8_t *in, size_t in_size)
{
    mdci_engine_decode_with(MDCI_KERNELS_BEST, arena, block, to, in, in_size);
}

void mdci_engine_explain(void *arena, uint8_t *block, size_t to,
                         const uint8_t *in, size_t in_size,
                         struct mdci_account *account)
{
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, in_size);
    rc.account = account;
    (void)mdci_variants_scalar[shape_of(arena)](arena, &rc, 1, block, to);
}

void mdci_engine_learn(void *arena, const uint8_t *block, size_t to)
{
    mdci_kernels_learners(MDCI_KERNELS_BEST)[shape_of(arena)](arena, block, to);
}
