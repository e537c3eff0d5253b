/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_rows.h
 * \brief Template numbers and values of a segment as decisions, line by line.
 *
 * A value is guessed from the past first: the column's last one, what followed
 * it before, what stood here next to the same neighbour. Each guess that is
 * asked for takes one decision; only a value that no guess has is spelled out.
 */
#ifndef MDCI_LOG_ROWS_H
#define MDCI_LOG_ROWS_H

#include "codecs/log/log_number.h"
#include "codecs/log/log_templates.h"
#include "src/base/memory.h"

#define MDCI_LOG_GUESSES 6
#define MDCI_LOG_FOLLOW  4  /**< of these: what followed something */
#define MDCI_LOG_CLOCKS  11 /**< formats of times of day, from 1 on */

/** Columns, and one for the stamps of each format (mdci_log_format.clock). */
#define MDCI_LOG_PASTS (MDCI_LOG_MAX_COLUMNS + MDCI_LOG_CLOCKS)

/** How the values of a column are written in a segment. */
enum mdci_log_kind {
    MDCI_LOG_TEXTS,       /**< each as text */
    MDCI_LOG_NUMBERED,    /**< number in the column's dictionary, a byte */
    MDCI_LOG_NUMBERED_16, /**< the same in two bytes */
    MDCI_LOG_STEPS,       /**< number, as difference to the last */
    MDCI_LOG_NUMBERS,     /**< number as it is */
    MDCI_LOG_ALIKE,       /**< all values are the same text */
    MDCI_LOG_NOISE,       /**< each as text that looks random; with rows */
    MDCI_LOG_KINDS
};

/** 1 if a column's values have numbers, 0 if they are texts alone. */
static inline int mdci_log_has_code(unsigned kind)
{
    return kind >= MDCI_LOG_NUMBERED && kind <= MDCI_LOG_NUMBERS;
}

/** What both sides know of a column. */
struct mdci_log_column {
    struct mdci_log_format format;
    uint64_t last; /**< number */
};

/** What is coded of a segment; the decoder fills ids and values. */
struct mdci_log_table {
    const struct mdci_log_templates *templates;
    const uint8_t *kind; /**< of each column, enum mdci_log_kind */
    const struct mdci_log_column *column;
    uint32_t *ids; /**< [lines]: template + 1, 0: none */
    size_t lines;
    uint64_t *values; /**< by line, of columns with numbers (their value) or
                           numbered texts (0: a new one) */
    size_t max_values;
};

struct mdci_log_rows;
struct mdci_log_tape;

/** Bytes that the state takes for a block.
 *  \param most_bits  log2 of the cache lines that a context has at most; 0: the
 *                    state is for mdci_log_rows_replay() alone */
uint64_t mdci_log_rows_memory(unsigned most_bits, uint64_t block_size);

/** NULL if memory is short. Reset before use. */
struct mdci_log_rows *mdci_log_rows_open(unsigned most_bits,
                                         uint64_t block_size,
                                         const struct mdc_allocator *allocator);
void mdci_log_rows_reset(struct mdci_log_rows *rows);
void mdci_log_rows_close(struct mdci_log_rows *rows,
                         const struct mdc_allocator *allocator);

/** \param tape  keeps what is coded, for mdci_log_rows_replay(); may be NULL
 *  \return bytes written, or 0 if there was too little room */
size_t mdci_log_rows_encode(struct mdci_log_rows *rows,
                            const struct mdci_log_table *table,
                            struct mdci_log_tape *tape, uint8_t *out,
                            size_t room);

/** \return 1, or 0 if the data is impossible */
int mdci_log_rows_decode(struct mdci_log_rows *rows,
                         const struct mdci_log_table *table, const uint8_t *in,
                         size_t in_size);

/** Fills a table as mdci_log_rows_decode() does, but from a tape, and so much
 *  faster. \return 1, or 0 if the tape is of something else */
int mdci_log_rows_replay(struct mdci_log_rows *rows,
                         const struct mdci_log_table *table,
                         struct mdci_log_tape *tape);

#endif
