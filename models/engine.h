/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file engine.h
 * \brief The context-mixing engine: one arena holds everything that a block's
 *        coding knows, in both directions alike.
 *
 * The arena has no pointers in it, only offsets, so a copy of its bytes is
 * a copy of the state. A state is used by one thread at a time.
 */
#ifndef MDCI_ENGINE_H
#define MDCI_ENGINE_H

#include <stddef.h>

#include "models/certain.h"
#include "models/counter.h"
#include "models/field_contexts.h"
#include "models/flag.h"
#include "models/line.h"
#include "models/match.h"
#include "models/model_set.h"
#include "models/record.h"
#include "models/refine.h"
#include "models/slots.h"
#include "models/variants.h"
#include "models/word.h"

struct mdci_account;

#define MDCI_REFINE_KEYS     4096 /* rows of the first and third step */
#define MDCI_FINAL_KEYS      1024 /* weights of the second layer */
#define MDCI_TRUSTS          512  /* of every source of expected bytes */
#define MDCI_DECISION_INPUTS 8
#define MDCI_GATES           4096
#define MDCI_GATE_START      58000 /* of 65536, and what opens it */
#define MDCI_DECISION_KEYS   64    /* weight rows of whole-byte decisions */
#define MDCI_SURE_BUCKET     24    /* of matches that are long */

/** What the models know of the text so far: small, copied to the stack. */
struct mdci_text {
    uint64_t last8; /* last eight bytes, the newest lowest */
    uint32_t count; /* bytes coded so far: the place in the block */
    struct mdci_word word;
    struct mdci_line line;
    struct mdci_record record;  /* in plain trees */
    struct mdci_match match[2]; /* short, long */
    uint32_t match_line[2];     /* of their tables, for the next byte */
    struct mdci_field field;
    struct mdci_certain certain;
    struct mdci_values values;
    struct mdci_candidate candidate;
};

/** Counters that need no hash. */
struct mdci_direct {
    /* [source][expected bit][trust | past the first bit] */
    mdci_counter expected[MDCI_MAX_SOURCES][2][MDCI_TRUSTS];
    mdci_counter nothing[MDCI_MAX_SOURCES][8]; /* [source][bit] */
    /* P(the expected byte comes), 16 bits, by what is expected of whom. */
    uint16_t gate[MDCI_GATES];
    /* P(a long match is right) by its byte, as in novel.h; plain trees. */
    uint32_t sure[256];
    mdci_counter refused[2][8]; /* [expected bit][bit], see byte_model.h */
    /* of micro-diffusion's steps, [how the matches' expected bits stand] */
    int32_t lengths[6][MDCI_REFINE_STEPS];
    int32_t final_weights[MDCI_FINAL_KEYS][MDCI_MAX_SETS] MDCI_ALIGNED(32);
    int16_t decision_weights[MDCI_DECISION_KEYS][16] MDCI_ALIGNED(32);
};

/** Head of the arena; the offsets count from here, in bytes. */
struct mdci_engine {
    uint32_t row;
    uint32_t slot_bits;
    uint32_t match_bits;
    uint32_t place_bits;
    uint32_t decision_bits;
    uint32_t refine_bits;
    uint32_t flag_bits;
    uint32_t field_bits;
    uint32_t value_bits;
    uint32_t novel_bits;
    size_t size;
    size_t direct;  /* struct mdci_direct */
    size_t maps;    /* counter [contexts][256], by bit history */
    size_t weights; /* int16 [sets][2048][inputs rounded up to 16] */
    size_t bins[MDCI_REFINE_STEPS];   /* struct mdci_diffusion_bins [keys] */
    size_t refine[MDCI_REFINE_STEPS]; /* union mdci_refine_row [keys] */
    size_t decisions;                 /* counter [8][1 << decision_bits] */
    size_t slots;       /* struct mdci_slot [contexts][1 << slot_bits] */
    size_t matches;     /* uint32 [2][1 << match_bits] */
    size_t places;      /* uint32 [1 << place_bits], of line.h */
    size_t flag;        /* struct mdci_flag_state */
    size_t flag_table;  /* counter [8][1 << flag_bits] */
    size_t certain;     /* counter [1 << MDCI_CERTAIN_BITS] */
    size_t field_slots; /* struct mdci_field_slot [3][1 << field_bits] */
    size_t values;      /* uint32 [4][1 << value_bits] */
    size_t lines;       /* uint32 [2][1 << 12] */
    size_t novel;       /* struct mdci_novel_row [1 << novel_bits] */
    struct mdci_text text;
};

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of an arena for blocks of at most block_size; 0 if there is no such
 *  row. */
size_t mdci_engine_size(unsigned row, uint64_t block_size);

/** Sets an arena up, aligned to 64 bytes, for the same row and size.
 *  \param zeroed  1 if all its bytes are 0: large tables stay untouched */
void mdci_engine_init(void *arena, unsigned row, uint64_t block_size,
                      int zeroed);

/** The largest block size whose arena is laid out, and set up, as that for
 *  block_size is. */
uint64_t mdci_engine_round(unsigned row, uint64_t block_size);

/** Bytes of an image of an arena that was just set up, which is faster to
 *  restore than to set up anew; 0 if there is no such row. */
size_t mdci_engine_image_size(unsigned row, uint64_t block_size);

/** Makes the image of an arena that was just set up. */
void mdci_engine_save(const void *arena, void *image);

/** Brings an arena back to where it was when its image was made. */
void mdci_engine_restore(void *arena, const void *image);

/**
 * Codes block[from..to), from 0 after init, then from the last call's `to`.
 * \return bytes written to out, or 0 if room was too small for them: the
 *         state is of no use then
 */
size_t mdci_engine_encode(void *arena, const uint8_t *block, size_t to,
                          uint8_t *out, size_t room);

/** Restores block[from..to), from as above; whatever `in` holds, nothing else
 * is written. */
void mdci_engine_decode(void *arena, uint8_t *block, size_t to,
                        const uint8_t *in, size_t in_size);

/** As mdci_engine_decode(), slower, and notes where the bits went. */
void mdci_engine_explain(void *arena, uint8_t *block, size_t to,
                         const uint8_t *in, size_t in_size,
                         struct mdci_account *account);

/** Learns from block[from..to), from as above, without coding it: faster, and
 *  the mixer is left as it is. */
void mdci_engine_learn(void *arena, const uint8_t *block, size_t to);

/** Let tests hold kernels against each other: the same as the two above, but
 *  with the kernels that mdci_kernels_choose() makes of those named. */
size_t mdci_engine_encode_with(enum mdci_kernels kernels, void *arena,
                               const uint8_t *block, size_t to, uint8_t *out,
                               size_t room);
void mdci_engine_decode_with(enum mdci_kernels kernels, void *arena,
                             uint8_t *block, size_t to, const uint8_t *in,
                             size_t in_size);

#ifdef __cplusplus
}
#endif

#endif
