/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file frame.h
 * \brief The parts of a frame in memory and as bytes; doc/FORMAT.md describes
 *        them. Writers and readers are apart from each other.
 *
 * Readers look at p[size] and return MDC_OK with the bytes used, or
 * MDC_NEED_INPUT if the part goes on behind p[size], or what is wrong, with
 * a text in *fault. They can be asked again with more bytes.
 */
#ifndef MDCI_FRAME_H
#define MDCI_FRAME_H

#include "codecs/codec.h"
#include "src/base/fault.h"
#include "src/stream/dictionary.h"

/** Every constant of the models is wire format: a change of it is a new
 *  epoch, and a decoder reads one epoch only. */
#define MDCI_EPOCH 14

enum {
    MDCI_MAGIC_SIZE = 4,
    MDCI_FULL_HEADER_SIZE = 8,
    MDCI_FOOTER_SIZE = 8,
    MDCI_COMPACT_HEADER_MAX = 4 + 3 + 5 + 5 + 2 * 10 + 1 + 8,
    MDCI_BLOCK_BODY_MAX = 1024,
    MDCI_BLOCK_HEADER_MAX = 1 + 4 + 2 + MDCI_BLOCK_BODY_MAX + 4,
    MDCI_BLOCK_END = 0, /**< the byte behind the last chunk of a block */
    MDCI_BLOCK_END_SIZE = 1,
    MDCI_CHUNK_HEADER_MAX = 2 * 10 + 8,
    /** Of a dictionary record's body, what stands before the payload. */
    MDCI_DICTIONARY_HEAD_MAX = 8 + 10 + 3,
    /** A payload may be this much larger than its content. */
    MDCI_PAYLOAD_SLACK = 64,
    /** Of a row as it is written: a step follows. */
    MDCI_ROW_NEAR = 128,
    /** Of a row as it is written: chunks have kinds. */
    MDCI_ROW_KINDS = 256,
    /** In a chunk's header in place of a payload's size, where chunks have
     *  kinds: noise; this plus the period of a run; this plus the size. */
    MDCI_SAYS_NOISE = 1,
    MDCI_SAYS_RUN = 1,
    MDCI_PERIOD_MAX = 32,
    MDCI_SAYS_PAYLOAD = MDCI_SAYS_RUN + MDCI_PERIOD_MAX,
    /** The largest of the headers above: what a reader may need at once. */
    MDCI_HEADER_MAX = MDCI_BLOCK_HEADER_MAX
};

/** The first three bytes of a frame; the fourth is its form. */
#define MDCI_MAGIC "\x9D\x6D\x64"

/** Stands in every block header, so that blocks are found behind damage. */
#define MDCI_SYNC_MARKER      "\xA5\x5A\x6D\x64"
#define MDCI_SYNC_MARKER_SIZE 4

/** Keeps zeros, among others, from being a valid footer. */
#define MDCI_FOOTER_SEED 0x6D64

/** Largest block: what a decoder may be asked to hold. */
#define MDCI_BLOCK_MAX (UINT64_C(256) << 20)

/** The fourth byte of a frame. */
enum mdci_form {
    MDCI_FORM_COMPACT = 'C',
    MDCI_FORM_COMPACT_DICTIONARY = 'D', /**< compact, with one from outside */
    MDCI_FORM_FULL = 'F'
};

/** Types of items; an item's tag is its type * 2 + critical bit. */
enum mdci_item_type {
    MDCI_ITEM_BLOCK = 1,
    MDCI_ITEM_METADATA = 2,
    MDCI_ITEM_DICTIONARY = 3,
    MDCI_ITEM_MEMBERS = 4,
    MDCI_ITEM_SEEK_TABLE = 5,
    MDCI_ITEM_PARITY = 6,
    MDCI_ITEM_SIGNATURE = 7
};

/** What a block is coded with. */
struct mdci_plan {
    unsigned codec;    /**< id */
    unsigned row;      /**< of the codec's parameters */
    uint64_t step;     /**< nanometres, see mdc_options.quantize; 0: exact */
    int kinds;         /**< 1: chunks may be noise or runs */
    uint64_t capacity; /**< most plain bytes that the block may have */
    struct mdci_dictionary dictionary; /**< known before them; not owned */
};

/** Bytes that a codec's state must be made for: dictionary and content. */
static inline uint64_t mdci_plan_room(const struct mdci_plan *plan)
{
    return plan->dictionary.size + plan->capacity;
}

/** Lets a plan's capacity grow until its room is a power of two, as compact
 *  frames with a dictionary want it. */
void mdci_plan_round_up(struct mdci_plan *plan);

/** Whether two plans are the same. */
int mdci_plan_same(const struct mdci_plan *a, const struct mdci_plan *b);

struct mdci_block_header {
    struct mdci_plan plan;
    uint64_t number; /**< within the frame, from 0 */
    uint64_t memory; /**< KiB that decoding takes */
    int size_known;  /**< whether the next is known */
    uint64_t plain_size;
    int is_text; /**< whether the next is known */
    struct mdci_text_facts text;
};

/** What a chunk is. The codec sees neither noise nor runs: its state goes on
 *  as if they were not there. */
enum mdci_chunk_kind {
    MDCI_CHUNK_USUAL, /**< coded, or stored: the codec's state begins anew then
                       */
    MDCI_CHUNK_NOISE, /**< stored */
    MDCI_CHUNK_RUN    /**< the payload, of 1..MDCI_PERIOD_MAX bytes, again and
                           again; the last time, perhaps its start only */
};

/** A chunk; of a compact frame, the only one. */
struct mdci_chunk {
    enum mdci_chunk_kind kind;
    uint64_t plain_size;
    uint64_t payload_size; /**< in the archive; 0: stored, or noise */
    uint64_t check;        /**< see mdci_chunk_check() */
};

/** All of a compact frame before its payload. */
struct mdci_compact_header {
    struct mdci_plan plan; /**< without the dictionary */
    struct mdci_chunk chunk;
    uint64_t seed;          /**< of the chunk's check */
    int needs_dictionary;   /**< from outside, whose id is: */
    uint32_t dictionary_id; /**< plan.capacity counts its bytes, too */
};

/** A dictionary record's body but for the payload. */
struct mdci_dictionary_head {
    uint64_t check;        /**< XXH3 of the dictionary */
    uint64_t size;         /**< of it; 1..MDCI_DICTIONARY_MAX */
    int embedded;          /**< 0: it comes from outside */
    struct mdci_plan plan; /**< what the embedded one is coded with */
};

/** Bytes of the payload in the archive. */
static inline uint64_t mdci_chunk_packed(const struct mdci_chunk *chunk)
{
    return chunk->payload_size ? chunk->payload_size : chunk->plain_size;
}

/** Seed of a chunk's check in a full frame; offset is that of the chunk
 *  within the plain data of the frame. */
uint64_t mdci_chunk_seed(uint64_t offset, const struct mdci_chunk *chunk);

/** The check of a chunk. It covers the payload, too: codecs ignore some of
 *  its bits, but no damage is to pass.
 *  \param payload  [chunk->payload_size]
 *  \param content  [chunk->plain_size] */
uint64_t mdci_chunk_check(const struct mdci_chunk *chunk, uint64_t seed,
                          const uint8_t *payload, const uint8_t *content);

/** Running sums over the blocks of a frame, which the seek table repeats. */
struct mdci_totals {
    uint64_t plain_size;
    uint64_t blocks;
    uint64_t entries_size; /**< bytes of the table's entries */
};

/** Length of the body of a seek table with these totals. */
uint64_t mdci_seek_body_size(const struct mdci_totals *totals);

/* ---- Writers: return the bytes written --------------------------------- */

/** At least MDCI_COMPACT_HEADER_MAX bytes at p. The check of the chunk is
 *  made here, as its seed depends on the header. With a dictionary, the room
 *  of the plan is a power of two. */
size_t mdci_write_compact_header(uint8_t *p, const struct mdci_plan *plan,
                                 const struct mdci_chunk *chunk,
                                 const uint8_t *payload,
                                 const uint8_t *content);

/** MDCI_FULL_HEADER_SIZE bytes at p. */
size_t mdci_write_full_header(uint8_t *p);

/** Appends a dictionary record to *out. */
enum mdc_status mdci_write_dictionary(struct mdci_buffer *out,
                                      const struct mdc_allocator *allocator,
                                      const struct mdci_dictionary_head *head,
                                      const uint8_t *payload,
                                      size_t payload_size);

/** At least MDCI_BLOCK_HEADER_MAX bytes at p. */
size_t mdci_write_block_header(uint8_t *p,
                               const struct mdci_block_header *header);

/** At least MDCI_CHUNK_HEADER_MAX bytes at p.
 *  \param kinds  of the block's plan */
size_t mdci_write_chunk_header(uint8_t *p, int kinds,
                               const struct mdci_chunk *chunk);

/** One entry of the seek table, at least 2 * MDCI_VARINT_MAX bytes at p. */
size_t mdci_write_seek_entry(uint8_t *p, uint64_t packed, uint64_t plain);

/**
 * Appends a seek table to *out.
 * \param entries  entries[totals->entries_size], written by the above
 * \param content  XXH3 of the plain data of the frame
 */
enum mdc_status mdci_write_seek_table(struct mdci_buffer *out,
                                      const struct mdc_allocator *allocator,
                                      const struct mdci_totals *totals,
                                      const uint8_t *entries, uint64_t content);

/** MDCI_FOOTER_SIZE bytes at p; frame_size is that with the footer. */
size_t mdci_write_footer(uint8_t *p, uint64_t frame_size);

/* ---- Readers ----------------------------------------------------------- */

/** The form of the frame at p, from up to MDCI_MAGIC_SIZE bytes. */
enum mdc_status mdci_read_magic(const uint8_t *p, size_t size,
                                enum mdci_form *form, struct mdci_fault *fault);

enum mdc_status mdci_read_compact_header(const uint8_t *p, size_t size,
                                         size_t *used,
                                         struct mdci_compact_header *header,
                                         struct mdci_fault *fault);

/** Whether a frame's magic and header stand at p, as far as p[size] goes.
 *  \return MDC_OK: all of them; MDC_NEED_INPUT: so far; MDC_DATA: they do not
 */
enum mdc_status mdci_read_frame_start(const uint8_t *p, size_t size);

enum mdc_status mdci_read_full_header(const uint8_t *p, size_t size,
                                      size_t *used, struct mdci_fault *fault);

/** What comes next in a full frame. */
struct mdci_item {
    uint64_t type;
    int critical;
    uint64_t body_size;             /**< of a record: bytes behind its header */
    struct mdci_block_header block; /**< if it is one */
};

/** A block's whole header, or a record's tag and length. */
enum mdc_status mdci_read_item(const uint8_t *p, size_t size, size_t *used,
                               struct mdci_item *item,
                               struct mdci_fault *fault);

/** \param body_size  of the record: what is behind the head is payload */
enum mdc_status mdci_read_dictionary_head(const uint8_t *p, size_t size,
                                          size_t *used, uint64_t body_size,
                                          struct mdci_dictionary_head *head,
                                          struct mdci_fault *fault);

/** The fault of a record that must not be skipped: MDC_UNSUPPORTED. */
enum mdc_status mdci_refuse_record(const struct mdci_item *item,
                                   struct mdci_fault *fault);

/**
 * A chunk's header, or the end of the block (*end is 1).
 * \param kinds  of the block's plan
 * \param room   plain bytes that the block may still have
 */
enum mdc_status mdci_read_chunk_header(const uint8_t *p, size_t size,
                                       size_t *used, int kinds, uint64_t room,
                                       int *end, struct mdci_chunk *chunk,
                                       struct mdci_fault *fault);

/**
 * The part of a seek table's body before its entries, compared with what the
 * blocks came to.
 * \param content  out: XXH3 of the plain data of the frame, as it should be
 */
enum mdc_status mdci_read_seek_head(const uint8_t *p, size_t size, size_t *used,
                                    const struct mdci_totals *totals,
                                    uint64_t *content,
                                    struct mdci_fault *fault);

/** \param frame_size  what the footer must say */
enum mdc_status mdci_read_footer(const uint8_t *p, size_t size, size_t *used,
                                 uint64_t frame_size, struct mdci_fault *fault);

#endif
