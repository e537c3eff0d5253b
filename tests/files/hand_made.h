/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file hand_made.h
 * \brief Archives that are put together part by part, for tests.
 */
#ifndef HAND_MADE_H
#define HAND_MADE_H

#include "src/stream/frame.h"

enum { HAND_MADE_MAX = 32768 };

/** An archive and, while a full frame is open, its sums. Zeroed, it is
 *  empty. A part that does not fit ends the program. */
struct hand_made {
    uint8_t bytes[HAND_MADE_MAX];
    size_t size;
    size_t frame_at; /**< where the frame began */
    size_t block_at; /**< where the newest block began */
    size_t chunk_at; /**< where the newest chunk began */
    size_t end_at;   /**< where the newest block's end byte is */
    size_t tail_at;  /**< where the seek table began */
    struct mdci_totals totals;
    uint8_t entries[1024];
    uint8_t content[HAND_MADE_MAX];
    uint64_t block_plain;
};

void hand_add(struct hand_made *a, const void *bytes, size_t size);

/** Compresses content as a frame of its own. */
void hand_add_frame(struct hand_made *a, const void *content, size_t size,
                    const struct mdc_options *options);

void hand_start_frame(struct hand_made *a);

/** A block header that suits stored chunks. */
struct mdci_block_header hand_stored_block(void);

void hand_start_block(struct hand_made *a,
                      const struct mdci_block_header *header);

/** A chunk with this payload; stored if that is NULL. */
void hand_add_chunk(struct hand_made *a, const void *content, size_t size,
                    const void *payload, size_t payload_size);
void hand_end_block(struct hand_made *a);

/** A record with a right check. */
void hand_add_record(struct hand_made *a, uint64_t tag, const void *body,
                     size_t size);

/** The seek table and the footer. */
void hand_end_frame(struct hand_made *a);

/** Sets the last `count` bytes of bytes[from..to) to the low bits of the
 *  XXH3 of those before them. */
void hand_fix_check(struct hand_made *a, size_t from, size_t to,
                    unsigned count);

/** Sets the footer's check right for its size. */
void hand_fix_footer(struct hand_made *a);

#endif
