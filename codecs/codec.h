/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file codec.h
 * \brief The registry row that a codec is, and the look-ups over all rows.
 *
 * A codec turns the chunks of one block into payloads and back. The stream
 * layer owns everything else: partial input, threads, checks, sizes, limits.
 * A codec state belongs to one block and one direction and is used by one
 * thread at a time; the state is carried on from chunk to chunk.
 */
#ifndef MDCI_CODEC_H
#define MDCI_CODEC_H

#include "src/base/account.h"
#include "src/base/memory.h"
#include "src/base/status.h"

enum mdci_direction {
    MDCI_ENCODE,
    MDCI_DECODE,
    MDCI_PROVE /**< decode what an encoder of the same process just made; a
                    state for it may be smaller, see prove() */
};

/** Ids are wire format: never reused, at most 127. */
enum mdci_codec_id {
    MDCI_CODEC_STORE = 0,
    MDCI_CODEC_ZSTD = 1,
    MDCI_CODEC_LZMA = 2,
    MDCI_CODEC_CM = 3,
    MDCI_CODEC_LOG = 4,
    MDCI_CODEC_LIDAR = 5
};

/** How sure a front end is of a block that it claims. */
enum mdci_claim {
    MDCI_CLAIM_NONE,
    MDCI_CLAIM_RIVAL, /**< the level's codec tries as well: the smaller stays */
    MDCI_CLAIM_LIKELY, /**< so, unless the front end does very well */
    MDCI_CLAIM_SURE    /**< the front end alone */
};

struct mdci_codec {
    unsigned id;
    const char *name;      /**< static storage */
    unsigned since_format; /**< first epoch that has it */
    int available;         /**< 0: known by name, but not built in */
    int verbatim; /**< 1: payloads may have parts of the content in them */

    /** Bytes that a state for blocks of block_size (at least 1) takes;
     *  UINT64_MAX if the row does not exist. Validates and sizes in one.
     *  \param dictionary_size  that prime() will get, part of block_size; 0:
     *                          none */
    uint64_t (*memusage)(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size);

    /** Of these, what a state takes for starting faster the next time: frames
     *  do not state it. NULL: nothing. For rows that exist. */
    uint64_t (*spare)(unsigned row, uint64_t block_size,
                      uint64_t dictionary_size);

    /** The largest block size whose state is made, and takes memory, as that
     *  for block_size. NULL: block_size. */
    uint64_t (*round)(unsigned row, uint64_t block_size);

    /** Room that encode() gets for the payload of size bytes. */
    size_t (*bound)(size_t size);

    /** Makes a state for one block of at most block_size bytes. */
    enum mdc_status (*open)(void **state, enum mdci_direction direction,
                            unsigned row, uint64_t block_size,
                            const struct mdc_allocator *allocator);

    /** The row to code a block with, for a level's row and a block that
     *  starts like this; memusage() knows of it. NULL: the
     *  level's. \param format  enum mdc_content */
    unsigned (*choose)(unsigned row, int content, const uint8_t *sample,
                       size_t size);

    /** Back to the state that open() made, for a block of at most the same
     *  size: cheaper than close() and open(). */
    enum mdc_status (*reset)(void *state);

    /** As reset(), but block[0..size) is a dictionary that the state knows
     *  already: coding goes on from there. A state gets the same content each
     *  time; the memory must live until the next reset() or prime(). NULL if
     *  the codec has no use for it. */
    enum mdc_status (*prime)(void *state, const uint8_t *dictionary,
                             size_t size);

    /**
     * Codes block[from..to) into out[bound(to - from)].
     * block[0..from) is the plain content before, readable. It starts at the
     * last reset: `from` is 0 then, whatever the offset within the block, or
     * the dictionary's size behind prime().
     * *out_size is 0 if there was too little room: the chunk is stored then,
     * as large ones are that do not shrink, and the next call follows reset().
     */
    enum mdc_status (*encode)(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *out, size_t *out_size);

    /** Restores block[from..to) from in[in_size]; block[0..from) as above.
     *  Writes nothing outside of block[from..to), reads nothing outside of in,
     *  takes bounded time, and returns MDC_DATA for impossible input. Garbage
     *  that is possible may restore to garbage: checks are the caller's. */
    enum mdc_status (*decode)(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *in, size_t in_size);

    /** As decode(), for a state opened with MDCI_PROVE, of what `encoder` made
     *  of the same chunk right before. What models made is not decoded again,
     *  but taken from the encoder: tests prove those by decoding. NULL:
     *  decode() does it. */
    enum mdc_status (*prove)(void *state, const void *encoder, uint8_t *block,
                             size_t from, size_t to, const uint8_t *in,
                             size_t in_size);

    /** Makes a state near-lossless: coordinates of points may be moved by half
     * a step, in nanometres, 1..MDC_QUANTIZE_MAX. For the state that open()
     * just made. NULL: the codec restores what it was given. */
    void (*set_step)(void *state, uint64_t step);

    /** As encode(), for a block's whole content and a state with a step.
     *  \param restored  [size], out: what decode() will restore, if *out_size
     *                   is not 0; that is also so if it is no such content */
    enum mdc_status (*encode_near)(void *state, const uint8_t *block,
                                   size_t size, uint8_t *restored, uint8_t *out,
                                   size_t *out_size);

    /** As decode(), slower, and says where the bits went. NULL: there is
     *  nothing to tell but the payload's size. */
    enum mdc_status (*explain)(void *state, uint8_t *block, size_t from,
                               size_t to, const uint8_t *in, size_t in_size,
                               struct mdci_account *account);

    void (*close)(void *state);

    /** Whether a front end for one kind of data is worth a try on a block's
     *  whole content: a quick look at samples. The block has no dictionary.
     *  What a codec with this makes is decoded and compared before it is kept.
     *  NULL: a codec for anything. \return MDC_OK or MDC_MEM */
    enum mdc_status (*claim)(unsigned row, const uint8_t *content, size_t size,
                             const struct mdc_allocator *allocator,
                             enum mdci_claim *claim);

    int whole; /**< 1: blocks have one chunk */
};

/**
 * Chooses from samples what helps most to code others of their kind; the best
 * comes last.
 * \param room     of `chosen`, and how much is wanted at most
 * \param size     out: bytes chosen
 * \param samples  one behind the other, sizes[count]
 * \return MDC_OK; MDC_DATA if there is too little to choose from; MDC_MEM
 */
enum mdc_status mdci_choose_content(uint8_t *chosen, size_t room, size_t *size,
                                    const uint8_t *samples, const size_t *sizes,
                                    size_t count,
                                    const struct mdc_allocator *allocator);

/** The row with this id, or NULL. */
const struct mdci_codec *mdci_codec_by_id(unsigned id);

/** The codec and the row that a level (0..9) stands for; NULL if invalid. */
const struct mdci_codec *mdci_codec_for_level(int level, unsigned *row);

/** The same, but a codec that knows of nothing but bytes. */
const struct mdci_codec *mdci_byte_codec_for_level(int level, unsigned *row);

/** The front end that claims a block's content, or NULL.
 *  \param row    of the level: rows are numbered alike in all codecs
 *  \param claim  out: how sure it is
 *  \return MDC_OK or MDC_MEM */
enum mdc_status mdci_front_end_for(unsigned row, const uint8_t *content,
                                   size_t size,
                                   const struct mdc_allocator *allocator,
                                   const struct mdci_codec **front,
                                   enum mdci_claim *claim);

/** The most that the state of a front end may take that is not the level's own
 *  codec; 0 if the row has none. */
uint64_t mdci_front_end_memory(enum mdci_direction direction, unsigned row,
                               uint64_t block_size);

/* ---- Points -------------------------------------------------------------- */

/** A point's x and y, micrometres, from the start of its record; of what is no
 *  number, 0, and at most 2^15 metres. */
void mdci_point_place(const uint8_t *record, int64_t *x, int64_t *y);

/* ---- Texts --------------------------------------------------------------- */

/** What a block of text tells without being restored. */
struct mdci_text_facts {
    uint64_t lines;          /**< newlines */
    unsigned clock;          /**< enum mdc_clock */
    int64_t least, greatest; /**< stamps at the heads of lines, if there is a
                                  clock; see enum mdc_clock */
};

/** 1 if hardly a byte is a control character other than white space. */
int mdci_has_few_controls(const uint8_t *sample, size_t size);

/** Zeros that content starts with: a hole, as a log gets that was emptied while
 *  its writer went on where it was. \return bytes */
size_t mdci_hole(const uint8_t *content, size_t size);

/** 1 if a block's content starts like a text with lines, behind a hole if there
 *  is one. */
int mdci_is_text(const uint8_t *content, size_t size);

/** Looks at a block's content. \return 0: it is no text, or has no lines */
int mdci_text_facts(const uint8_t *content, size_t size,
                    struct mdci_text_facts *facts);

/* ---- Templates of a log -------------------------------------------------- */

/** What a survey found of a template. */
struct mdci_template_use {
    const char *text; /**< byte 1 is a slot; NULL: lines without a template */
    size_t text_size;
    uint64_t lines, first_line, last_line; /**< numbers from 1 */
    uint64_t plain_size;                   /**< bytes of the lines */
    uint64_t cost;                         /**< coded, in 1/256 bits */
    const char *example;                   /**< start of the first line */
    size_t example_size;
    unsigned slots; /**< of the template */
};

/** What a survey found of a slot, in all lines of its template. */
struct mdci_slot_use {
    uint64_t plain_size; /**< bytes of its values */
    uint64_t cost;       /**< coded, in 1/256 bits */
    const char *example; /**< start of the first value */
    size_t example_size;
};

/** What the bytes of a log are. */
enum mdci_text_kind {
    MDCI_TEXT_TIME, /**< time stamps at the heads of lines */
    MDCI_TEXT_NUMBER,
    MDCI_TEXT_WORD,
    MDCI_TEXT_NAME, /**< of letters and digits */
    MDCI_TEXT_BETWEEN,
    MDCI_TEXT_END, /**< of lines */
    MDCI_TEXT_KINDS
};

struct mdci_text_use {
    uint64_t count, plain_size, cost;
};

struct mdci_survey;

enum mdc_status mdci_survey_open(struct mdci_survey **survey,
                                 const struct mdc_allocator *allocator);
/** Takes a log in pieces of any size.
 *  \param cost  of each byte, in 1/256 bits; NULL: costs are estimated */
enum mdc_status mdci_survey_add(struct mdci_survey *survey, const uint8_t *data,
                                const uint32_t *cost, size_t size);
/** Nothing will be added. */
enum mdc_status mdci_survey_end(struct mdci_survey *survey);
/** The next template from *number on, which is moved behind it; texts live as
 *  long as the survey. \return 0: there is none */
int mdci_survey_next(const struct mdci_survey *survey, unsigned *number,
                     struct mdci_template_use *use);
/** Slot k of the template that mdci_survey_next() found at `number`, before
 *  it moved it. */
void mdci_survey_slot(const struct mdci_survey *survey, unsigned number,
                      unsigned k, struct mdci_slot_use *use);
/** [MDCI_TEXT_KINDS], of what was added with costs. */
const struct mdci_text_use *mdci_survey_kinds(const struct mdci_survey *survey);
void mdci_survey_close(struct mdci_survey *survey);

#endif
