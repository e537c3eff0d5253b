/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_dictionary.c
 * \brief The texts that columns have seen.
 */
#include "config.h"

#include "codecs/log/log_dictionary.h"

#include <string.h>

/* All pages but the last of a column are full, and each is as large as those
 * before it and a first one: so twice the texts, and a page a column. */
enum {
    POOL = MDCI_LOG_MAX_TEXTS * 2 + MDCI_LOG_MAX_COLUMNS * MDCI_LOG_FIRST_PAGE
};

uint64_t mdci_log_dictionary_memory(void)
{
    return POOL * sizeof(struct mdci_log_text);
}

int mdci_log_dictionary_open(struct mdci_log_dictionary *d,
                             const struct mdc_allocator *allocator)
{
    d->pool = mdci_alloc(allocator, mdci_log_dictionary_memory());
    return d->pool != NULL;
}

void mdci_log_dictionary_reset(struct mdci_log_dictionary *d)
{
    d->used = d->count = 0;
    memset(d->size, 0, sizeof(d->size));
    memset(d->pages, 0, sizeof(d->pages));
}

/* Which page text `number` is on, and the number of that page's first. */
static unsigned page_of(uint32_t number, uint32_t *first)
{
    unsigned page = 0;
    for (*first = 0; number - *first >= (uint32_t)MDCI_LOG_FIRST_PAGE << page;
         page++)
        *first += MDCI_LOG_FIRST_PAGE << page;
    return page;
}

struct mdci_log_text
mdci_log_dictionary_get(const struct mdci_log_dictionary *d, uint32_t column,
                        uint32_t number)
{
    uint32_t first;
    const unsigned page = page_of(number, &first);
    return d->pool[d->page[column][page] + number - first];
}

int mdci_log_dictionary_add(struct mdci_log_dictionary *d, uint32_t column,
                            struct mdci_log_text text)
{
    const uint32_t number = d->size[column];
    uint32_t first;
    if (d->count == MDCI_LOG_MAX_TEXTS || number == MDCI_LOG_COLUMN_MAX)
        return 0;
    const unsigned page = page_of(number, &first);
    if (page == d->pages[column]) {
        d->page[column][d->pages[column]++] = d->used;
        d->used += MDCI_LOG_FIRST_PAGE << page;
    }
    d->pool[d->page[column][page] + number - first] = text;
    d->size[column]++;
    d->count++;
    return 1;
}

void mdci_log_dictionary_drop(struct mdci_log_dictionary *d, uint32_t column)
{
    uint32_t first;
    const uint32_t number = --d->size[column];
    const unsigned page = page_of(number, &first);
    d->count--;
    if (number == first) { /* the page came last of all, too */
        d->used = d->page[column][page];
        d->pages[column]--;
    }
}
