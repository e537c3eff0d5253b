/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_streams.h
 * \brief A segment's plan as two byte strings, texts and structure, and back.
 *
 * `codecs/log/SPEC.md` describes them. Both follow one another in a block's
 * `joined` bytes, where dictionaries find their texts later. With rows, the
 * numbers of templates and values are not in the structure but in a table,
 * which log_rows.h codes, and texts that look random are a part of their own.
 */
#ifndef MDCI_LOG_STREAMS_H
#define MDCI_LOG_STREAMS_H

#include "codecs/log/log_dictionary.h"
#include "codecs/log/log_miner.h"
#include "codecs/log/log_number.h"
#include "codecs/log/log_rows.h"
#include "src/base/buffer.h"
#include "src/base/status.h"

#define MDCI_LOG_NEW_FORMAT   8 /**< flag of a kind: a number format follows */
#define MDCI_LOG_SEEN         (1 << 19)
#define MDCI_LOG_TEXT_END     10 /**< as lines end: no value has one */
#define MDCI_LOG_TEMPLATE_END 2
#define MDCI_LOG_SHORT_IDS    239 /**< template numbers of one byte */

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
    uint64_t cost[MDCI_LOG_MAX_COLUMNS];      /* about, in 1/256 bits */
    uint32_t hash[MDCI_LOG_MAX_TEXTS * 2];    /* in known, + 1; 0: free */
    struct {
        uint32_t column, number;
    } known[MDCI_LOG_MAX_TEXTS];
    uint32_t *order; /* [max_values]: values by column, in line order */
    uint64_t *code;  /* [max_values]: number of each value, by kind */
    uint8_t kind[MDCI_LOG_MAX_COLUMNS]; /* enum mdci_log_kind; of columns
                                           without values, the last one */
    int rows;                           /* 1: codes are not written */
    uint8_t *noise;                     /* [noise_room], with rows */
    size_t noise_size, noise_room;
    uint64_t seen[MDCI_LOG_SEEN / 64]; /* bits: which hashes were there */
    size_t max_values;
    struct mdci_buffer structure;
    struct mdci_buffer candidate[3]; /* steps, numbers, dictionary */
};

/** The allocator must live as long; rows and noise are the caller's to set.
 *  \return MDC_OK, or MDC_MEM: to be closed,
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

/** Fills the table of what was just written, with rows. */
void mdci_log_fill_table(struct mdci_log_writer *w,
                         const struct mdci_log_plan *plan,
                         struct mdci_log_table *table);

/** Where the values of a column come from while a segment is restored. */
struct mdci_log_source {
    uint8_t kind;                            /**< enum mdci_log_kind */
    uint32_t count;                          /* of values */
    const uint8_t *data, *texts, *texts_end; /* the next of them */
};

struct mdci_log_reader {
    struct mdci_log_templates templates;
    struct mdci_log_dictionary dictionary;
    struct mdci_log_column column[MDCI_LOG_MAX_COLUMNS];
    struct mdci_log_source source[MDCI_LOG_MAX_COLUMNS];
    uint8_t kind[MDCI_LOG_MAX_COLUMNS]; /* with rows */
};

/** What is being restored: both parts of a segment, and where to. */
struct mdci_log_segment {
    const uint8_t *joined;
    const uint8_t *texts, *texts_end; /* what is left to read */
    const uint8_t *data, *data_end;   /* of the structure */
    uint8_t *out;                     /* what is left to write */
    size_t room;
    const uint8_t *bare, *bare_end;   /* lines without a template */
    const uint64_t *values;           /* with rows: those that are left */
    const uint8_t *noise, *noise_end; /* the same */
};

/** The parts joined[at..at + texts_size + structure_size). */
struct mdci_log_segment mdci_log_segment_of(const uint8_t *joined, size_t at,
                                            size_t texts_size,
                                            size_t structure_size, uint8_t *out,
                                            size_t out_size);

void mdci_log_reader_reset(struct mdci_log_reader *r);

/** Restores a segment. \return MDC_OK or MDC_DATA */
enum mdc_status mdci_log_read(struct mdci_log_reader *r,
                              struct mdci_log_segment *s);

/** With rows: reads what is before the table, which gets templates, kind and
 *  lines, at most max_lines. \return MDC_OK or MDC_DATA */
enum mdc_status mdci_log_read_head(struct mdci_log_reader *r,
                                   struct mdci_log_segment *s,
                                   struct mdci_log_table *table,
                                   size_t max_lines);

/** Restores a segment from its table. \return MDC_OK or MDC_DATA */
enum mdc_status mdci_log_read_table(struct mdci_log_reader *r,
                                    struct mdci_log_segment *s,
                                    const struct mdci_log_table *table);

#endif
