/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_templates.h
 * \brief The templates of a block, alike in encoder and decoder, and the
 *        columns that their slots belong to.
 *
 * A template is the text of a line with a byte MDCI_LOG_SLOT where something
 * varies. Slots that stand behind the same word share a column, whatever the
 * template: which column follows from the templates' texts, in order.
 */
#ifndef MDCI_LOG_TEMPLATES_H
#define MDCI_LOG_TEMPLATES_H

#include <stddef.h>
#include <stdint.h>

#define MDCI_LOG_SLOT 1 /**< stands for a slot; no line with it has one */

#define MDCI_LOG_MAX_TEMPLATES 4096
#define MDCI_LOG_MAX_COLUMNS   1024
#define MDCI_LOG_MAX_SLOTS     32768     /**< of all templates */
#define MDCI_LOG_MAX_TEXT      (1 << 19) /**< bytes of all templates */
#define MDCI_LOG_TEMPLATE_HEAD 32        /**< bytes of a template: see below */
#define MDCI_LOG_COLUMN_HASHES (MDCI_LOG_MAX_COLUMNS * 2)

struct mdci_log_template {
    uint32_t text, size;  /**< in texts */
    uint32_t slot, slots; /**< in slot_column */
    uint32_t head; /**< slots in the first MDCI_LOG_TEMPLATE_HEAD bytes */
};

struct mdci_log_templates {
    uint32_t count, text_size, slot_count, column_count;
    struct mdci_log_template list[MDCI_LOG_MAX_TEMPLATES];
    uint16_t slot_column[MDCI_LOG_MAX_SLOTS];
    uint64_t column_key[MDCI_LOG_MAX_COLUMNS];
    uint16_t column_hashes[MDCI_LOG_COLUMN_HASHES]; /* column + 1; 0: none */
    uint8_t texts[MDCI_LOG_MAX_TEXT];
};

/** Makes it empty. */
void mdci_log_templates_reset(struct mdci_log_templates *t);

/** Adds the template text[size]. \return 1, or 0 if there is no room left */
int mdci_log_templates_add(struct mdci_log_templates *t, const uint8_t *text,
                           size_t size);

#endif
