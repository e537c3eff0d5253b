/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_noise.c
 * \brief The coding of values that look random, the same for both directions.
 */
#include "config.h"

#include "codecs/log/log_noise.h"
#include "codecs/log/log_streams.h"
#include "models/noise.h"

#include <string.h>

struct mdci_log_noise {
    struct mdci_noise model;
    uint32_t last[MDCI_LOG_MAX_SLOTS]; /* where the last value is, + 1 */
};

/* The values of a segment while they are coded. */
struct noise {
    struct mdci_range_coder rc;
    uint8_t *text;
    size_t at, size;
};

uint64_t mdci_log_noise_memory(void)
{
    return sizeof(struct mdci_log_noise);
}

struct mdci_log_noise *mdci_log_noise_open(const struct mdc_allocator *a)
{
    return mdci_alloc(a, sizeof(struct mdci_log_noise));
}

void mdci_log_noise_reset(struct mdci_log_noise *n)
{
    mdci_noise_start(&n->model);
}

void mdci_log_noise_close(struct mdci_log_noise *n,
                          const struct mdc_allocator *a)
{
    mdci_free(a, n);
}

/* Codes a value and its end mark. \return 1, or 0 if it does not end */
MDCI_KERNEL int code_value(struct mdci_log_noise *n, struct noise *s,
                           const int decode, uint32_t slot, uint32_t column)
{
    const uint8_t *last = n->last[slot] ? s->text + n->last[slot] - 1 : NULL;
    const size_t start = s->at;
    uint8_t byte = 0;
    n->last[slot] = (uint32_t)start + 1;
    while (s->at < s->size && byte != MDCI_LOG_TEXT_END) {
        const uint64_t place = (uint64_t)slot << 32 | (s->at - start);
        byte = mdci_noise_byte(&n->model, &s->rc, decode,
                               column % MDCI_NOISE_ALPHABETS, place, last,
                               decode ? 0 : s->text[s->at]);
        if (last)
            last = *last == MDCI_LOG_TEXT_END ? NULL : last + 1;
        s->text[s->at++] = byte;
    }
    return byte == MDCI_LOG_TEXT_END;
}

MDCI_KERNEL int code_values(struct mdci_log_noise *n,
                            const struct mdci_log_table *t, struct noise *s,
                            const int decode)
{
    memset(n->last, 0, sizeof(n->last));
    for (size_t i = 0; i < t->lines; i++) {
        if (t->ids[i] == 0)
            continue;
        const struct mdci_log_template *template =
            &t->templates->list[t->ids[i] - 1];
        for (uint32_t k = 0; k < template->slots; k++) {
            const uint32_t slot = template->slot + k;
            const uint32_t column = t->templates->slot_column[slot];
            if (t->kind[column] == MDCI_LOG_NOISE &&
                !code_value(n, s, decode, slot, column))
                return 0;
        }
    }
    return s->at == s->size;
}

size_t mdci_log_noise_encode(struct mdci_log_noise *n,
                             const struct mdci_log_table *table, uint8_t *text,
                             size_t size, uint8_t *out, size_t room)
{
    struct noise s = {.text = text, .size = size};
    mdci_range_encoder_start(&s.rc, out, room);
    (void)code_values(n, table, &s, 0);
    return mdci_range_encoder_finish(&s.rc) ? s.rc.size : 0;
}

int mdci_log_noise_decode(struct mdci_log_noise *n,
                          const struct mdci_log_table *table, uint8_t *text,
                          size_t size, const uint8_t *in, size_t in_size)
{
    struct noise s = {.text = text, .size = size};
    mdci_range_decoder_start(&s.rc, in, in_size);
    return code_values(n, table, &s, 1);
}
