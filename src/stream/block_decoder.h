/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file block_decoder.h
 * \brief One block on its way from payloads to plain bytes.
 *
 * The owner hands over chunks and takes plain bytes; a task of the queue
 * restores chunk after chunk in between. The queue's lock guards what both
 * touch.
 */
#ifndef MDCI_BLOCK_DECODER_H
#define MDCI_BLOCK_DECODER_H

#include "src/stream/coder.h"
#include "src/stream/queue.h"

/** No frame begins in a chunk. */
#define MDCI_NO_FRAME SIZE_MAX

/** A chunk as it stands in the archive. Small ones are one piece of memory. */
struct mdci_packed_chunk {
    struct mdci_packed_chunk *next;
    struct mdci_chunk header;
    uint64_t seed;   /**< of the check */
    uint64_t offset; /**< of the chunk in the archive */
    size_t head;     /**< bytes of its header */
    size_t frame_at; /**< in `bytes`, where another frame seems to begin, as
                          behind a cut; MDCI_NO_FRAME: nowhere */
    bool cut;        /**< the archive ends before its payload does */
    bool verbatim;   /**< the content has that frame's header, too */
    struct mdci_buffer bytes; /**< header and payload */
};

struct mdci_block_decoder;

/** \return a chunk with room for `size` bytes, if they are few, or NULL */
struct mdci_packed_chunk *
mdci_packed_chunk_new(size_t size, const struct mdc_allocator *allocator);
void mdci_packed_chunk_free(struct mdci_packed_chunk *chunk,
                            const struct mdc_allocator *allocator);

/** Moves the chunk's bytes into *to, which is empty; MDC_OK or MDC_MEM. */
enum mdc_status mdci_packed_chunk_move(struct mdci_packed_chunk *chunk,
                                       struct mdci_buffer *to,
                                       const struct mdc_allocator *allocator);

/** Watches chunks being restored, to explain them; for decoders of one
 *  thread. The account is that of the chunk just restored. */
struct mdci_watch {
    enum mdc_status (*tell)(struct mdci_watch *watch,
                            const struct mdci_block_decoder *block,
                            const struct mdci_chunk *chunk,
                            const uint8_t *content);
    struct mdci_account account;
    struct mdci_buffer cost; /* of the account */
};

/** Zeroed, it is unused and holds no memory. */
struct mdci_block_decoder {
    struct mdci_task task;
    struct mdci_queue *queue;
    const struct mdc_allocator *allocator;
    struct mdci_watch *watch; /**< NULL: nobody does */
    const struct mdci_codec *codec;
    struct mdci_plan plan;
    uint64_t number; /**< of the block in its frame */
    uint64_t memory; /**< bytes that it may take */
    bool closed;     /**< the owner's: no chunk will follow */
    bool cut_off;    /**< the owner's: what failed is behind a cut */

    /* The task's. */
    struct mdci_coder coder;
    struct mdci_buffer seen; /**< if chunks have kinds: the dictionary and the
                                  content of coded ones */
    bool coder_fresh; /**< the state must be started before its next chunk */
    size_t history;   /**< start of what the codec's state has seen, in plain
                           or in seen: 0 is the dictionary's, if there is one */

    /* Under the lock. */
    struct mdci_packed_chunk *first, *last;
    struct mdci_packed_chunk *failed; /**< the chunk that is not good */
    uint64_t queued;          /**< bytes of chunks that are not restored yet */
    bool busy;                /**< the task runs or will */
    struct mdci_buffer plain; /**< dictionary; restored and checked bytes */
    size_t taken;             /**< bytes of plain that the owner has */
    struct mdci_fault fault;
    uint64_t fault_offset;
};

/** Begins a block; the memory of the one before is reused.
 *  \return MDC_OK or MDC_MEM */
enum mdc_status mdci_block_decoder_start(struct mdci_block_decoder *block,
                                         const struct mdci_codec *codec,
                                         const struct mdci_plan *plan,
                                         uint64_t number);

/** Whether the memory that a block states has room for another chunk of
 *  `size` bytes now. There is always room for one. */
bool mdci_block_decoder_has_room(struct mdci_block_decoder *block,
                                 uint64_t size);

/** Hands over a chunk that fits in the block's capacity; owns it now. */
void mdci_block_decoder_put(struct mdci_block_decoder *block,
                            struct mdci_packed_chunk *chunk);

/** What an owner finds when it looks. */
struct mdci_block_news {
    size_t ready; /**< bytes that can be taken */
    bool busy;    /**< more will come without new chunks */
    bool failed;  /**< no more will come, see fault */
};

/** \param wait  wait until there are bytes, or no more will come */
struct mdci_block_news mdci_block_decoder_look(struct mdci_block_decoder *block,
                                               bool wait);

/** Takes `size` bytes, at most what is ready, into out. */
void mdci_block_decoder_take(struct mdci_block_decoder *block, uint8_t *out,
                             size_t size);

/** Frees all memory. The task must not be running. */
void mdci_block_decoder_release(struct mdci_block_decoder *block);

#endif
