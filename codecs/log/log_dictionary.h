/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_dictionary.h
 * \brief The texts that columns have seen, each known by its number within
 *        its column; alike in encoder and decoder.
 *
 * A column's texts lie in pages, each twice as large as the one before, that
 * are taken from one pool.
 */
#ifndef MDCI_LOG_DICTIONARY_H
#define MDCI_LOG_DICTIONARY_H

#include "codecs/log/log_templates.h"
#include "src/base/memory.h"

#define MDCI_LOG_MAX_TEXTS  65536 /**< of all columns */
#define MDCI_LOG_COLUMN_MAX 65520 /**< of one column: that fill its pages */
#define MDCI_LOG_PAGES      12
#define MDCI_LOG_FIRST_PAGE 16u /**< texts */

struct mdci_log_text {
    uint32_t at, size; /**< where its owner keeps it */
};

struct mdci_log_dictionary {
    struct mdci_log_text *pool;
    uint32_t used;                       /**< of the pool */
    uint32_t count;                      /**< texts of all columns */
    uint32_t size[MDCI_LOG_MAX_COLUMNS]; /**< texts of each */
    uint32_t page[MDCI_LOG_MAX_COLUMNS][MDCI_LOG_PAGES];
    uint32_t pages[MDCI_LOG_MAX_COLUMNS]; /**< that each has */
};

/** Bytes of memory that the pool takes. */
uint64_t mdci_log_dictionary_memory(void);

/** \return 1, or 0 if memory is short */
int mdci_log_dictionary_open(struct mdci_log_dictionary *d,
                             const struct mdc_allocator *allocator);
void mdci_log_dictionary_reset(struct mdci_log_dictionary *d);

/** Text `number` of a column, below its size. */
struct mdci_log_text
mdci_log_dictionary_get(const struct mdci_log_dictionary *d, uint32_t column,
                        uint32_t number);

/** Adds a text. \return 1, or 0 if there is no room for one */
int mdci_log_dictionary_add(struct mdci_log_dictionary *d, uint32_t column,
                            struct mdci_log_text text);

/** Takes back the newest text of a column, which the newest of all was. */
void mdci_log_dictionary_drop(struct mdci_log_dictionary *d, uint32_t column);

#endif
