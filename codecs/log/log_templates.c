/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_templates.c
 * \brief The templates of a block and their columns.
 */
#include "config.h"

#include "codecs/log/log_templates.h"

#include <string.h>

#define KEY_STEP UINT64_C(0x9E3779B97F4A7C15)

void mdci_log_templates_reset(struct mdci_log_templates *t)
{
    t->count = t->text_size = t->slot_count = t->column_count = 0;
    memset(t->column_hashes, 0, sizeof(t->column_hashes));
}

/* Those behind the last of all columns share that one. */
static uint16_t column_of(struct mdci_log_templates *t, uint64_t key)
{
    uint32_t at = (uint32_t)(key >> 32) % MDCI_LOG_COLUMN_HASHES;
    while (t->column_hashes[at]) {
        const uint16_t column = (uint16_t)(t->column_hashes[at] - 1);
        if (t->column_key[column] == key)
            return column;
        at = (at + 1) % MDCI_LOG_COLUMN_HASHES;
    }
    if (t->column_count == MDCI_LOG_MAX_COLUMNS)
        return MDCI_LOG_MAX_COLUMNS - 1;
    t->column_key[t->column_count] = key;
    t->column_hashes[at] = (uint16_t)++t->column_count;
    return (uint16_t)(t->column_count - 1);
}

static uint64_t add(uint64_t key, uint8_t c)
{
    key = (key ^ c) * KEY_STEP;
    return key ^ key >> 29;
}

static int is_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || c >= 0x80;
}

/* A slot's key is a hash of the last word before it and of what stands between
 * them, or, with no word since the slot before, of that one's key. */
static void find_columns(struct mdci_log_templates *t, const uint8_t *text,
                         size_t size)
{
    uint64_t key = 1;
    int in_word = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == MDCI_LOG_SLOT) {
            t->slot_column[t->slot_count++] = column_of(t, key);
            in_word = 0;
            key = add(key, MDCI_LOG_SLOT);
            continue;
        }
        const int letter = is_letter(text[i]);
        if (letter && !in_word)
            key = 2;
        in_word = letter;
        key = add(key, text[i]);
    }
}

int mdci_log_templates_add(struct mdci_log_templates *t, const uint8_t *text,
                           size_t size)
{
    size_t slots = 0, head = 0;
    for (size_t i = 0; i < size; i++) {
        slots += text[i] == MDCI_LOG_SLOT;
        head += text[i] == MDCI_LOG_SLOT && i < MDCI_LOG_TEMPLATE_HEAD;
    }
    if (t->count == MDCI_LOG_MAX_TEMPLATES ||
        size > MDCI_LOG_MAX_TEXT - t->text_size ||
        slots > MDCI_LOG_MAX_SLOTS - t->slot_count)
        return 0;
    t->list[t->count++] = (struct mdci_log_template){
        .text = t->text_size,
        .size = (uint32_t)size,
        .slot = t->slot_count,
        .slots = (uint32_t)slots,
        .head = (uint32_t)head,
    };
    memcpy(t->texts + t->text_size, text, size);
    t->text_size += (uint32_t)size;
    find_columns(t, text, size);
    return 1;
}
