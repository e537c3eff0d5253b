/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_streams.h
 * \brief A segment's plan as two byte strings, texts and structure, and back.
 *
 * `codecs/log/SPEC.md` describes them. Both follow one another in a block's
 * `joined` bytes, where dictionaries find their texts later.
 */
#ifndef MDCI_LOG_STREAMS_H
#define MDCI_LOG_STREAMS_H

#include "codecs/log/log_dictionary.h"
#include "codecs/log/log_miner.h"
#include "codecs/log/log_number.h"
#include "src/base/buffer.h"
#include "src/base/status.h"

/** How the values of a column are written in a segment. */
enum mdci_log_kind {
    MDCI_LOG_TEXTS,       /**< each as text */
    MDCI_LOG_NUMBERED,    /**< number in the column's dictionary, a byte */
    MDCI_LOG_NUMBERED_16, /**< the same in two bytes */
    MDCI_LOG_STEPS,       /**< number, as difference to the last */
    MDCI_LOG_NUMBERS,     /**< number as it is */
    MDCI_LOG_ALIKE,       /**< all values are the same text */
    MDCI_LOG_KINDS
};
#define MDCI_LOG_NEW_FORMAT   8 /**< flag of a kind: a number format follows */
#define MDCI_LOG_TEXT_END     0
#define MDCI_LOG_TEMPLATE_END 2
#define MDCI_LOG_SHORT_IDS    239 /**< template numbers of one byte */

/** What both sides know of a column. */
struct mdci_log_column {
    struct mdci_log_format format;
    uint64_t last; /**< number */
};

/** Lines and values of a segment, as mdci_log_mine() leaves them. */
struct mdci_log_plan {
    const uint8_t *text;
    const struct mdci_log_line *lines;
    size_t line_count;
    const struct mdci_log_span *values;
    size_t value_count;
};

struct mdci_log_writer {
    const struct mdc_allocator *allocator;
    const struct mdci_log_templates *templates;
    uint32_t templates_written;
    struct mdci_log_dictionary dictionary;
    struct mdci_log_column column[MDCI_LOG_MAX_COLUMNS];
    uint32_t first[MDCI_LOG_MAX_COLUMNS + 1]; /* of its values in order */
    uint32_t hash[MDCI_LOG_MAX_TEXTS * 2];    /* in known, + 1; 0: free */
    struct {
        uint32_t column, number;
    } known[MDCI_LOG_MAX_TEXTS];
    uint32_t *order;  /* [max_values]: values by column, in line order */
    uint64_t *number; /* [max_values]: of the column at hand */
    size_t max_values;
    struct mdci_buffer structure;
    struct mdci_buffer candidate[3]; /* steps, numbers, dictionary */
};

/** The allocator must live as long. \return MDC_OK, or MDC_MEM: to be closed,
 *  too */
enum mdc_status mdci_log_writer_open(struct mdci_log_writer *w,
                                     const struct mdci_log_templates *templates,
                                     size_t max_values,
                                     const struct mdc_allocator *allocator);
void mdci_log_writer_reset(struct mdci_log_writer *w);
void mdci_log_writer_close(struct mdci_log_writer *w);

/**
 * Writes a plan behind joined[*size]: texts, then structure.
 * \param room        of joined
 * \param texts_size  out: the first of both parts
 * \return MDC_OK, MDC_NEED_OUTPUT if there was no room, or MDC_MEM; what the
 *         writer knows is of no use then
 */
enum mdc_status mdci_log_write(struct mdci_log_writer *w,
                               const struct mdci_log_plan *plan,
                               uint8_t *joined, size_t *size, size_t room,
                               size_t *texts_size);

/** Where the values of a column come from while a segment is restored. */
struct mdci_log_source {
    unsigned kind;
    uint32_t count;              /* values that are left */
    const uint8_t *data, *texts; /* the next of them */
};

struct mdci_log_reader {
    struct mdci_log_templates templates;
    struct mdci_log_dictionary dictionary;
    struct mdci_log_column column[MDCI_LOG_MAX_COLUMNS];
    struct mdci_log_source source[MDCI_LOG_MAX_COLUMNS];
};

void mdci_log_reader_reset(struct mdci_log_reader *r);

/**
 * Restores out[out_size] from joined[at..at + texts_size + structure_size).
 * \return MDC_OK or MDC_DATA
 */
enum mdc_status mdci_log_read(struct mdci_log_reader *r, const uint8_t *joined,
                              size_t at, size_t texts_size,
                              size_t structure_size, uint8_t *out,
                              size_t out_size);

#endif
