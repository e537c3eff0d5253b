/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_frame.c
 * \brief Fuzz target: archives that are put together part by part, with
 *        right checks, so that the decoder believes what stands in them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "tests/files/hand_made.h"

/* The target's input, read from front to back; zeros behind its end. */
struct source {
    const uint8_t *data;
    size_t size;
};

static uint64_t number(struct source *s, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes && s->size > 0; i++, s->size--)
        value |= (uint64_t)*s->data++ << (8 * i);
    return value;
}

static struct source piece(struct source *s, size_t size)
{
    const struct source result = {s->data, mdci_min_size(size, s->size)};
    s->data += result.size;
    s->size -= result.size;
    return result;
}

static void add_block_header(struct hand_made *a, struct source *s)
{
    const struct mdci_block_header header = {
        .plan =
            {
                .codec = (unsigned)number(s, 1) % 5,
                .row = (unsigned)number(s, 1) % 11,
                .capacity = number(s, 3),
            },
        .number = a->totals.blocks + (number(s, 1) == 77),
        .memory = number(s, 1),
        .size_known = (int)number(s, 1) & 1,
        .plain_size = number(s, 2),
    };
    hand_start_block(a, &header);
}

static void add_chunk(struct hand_made *a, struct source *s)
{
    const struct source content = piece(s, number(s, 1) + 1);
    const struct source payload = piece(s, number(s, 1));
    if (content.size > 0)
        hand_add_chunk(a, content.data, content.size,
                       payload.size ? payload.data : NULL, payload.size);
}

static void add_part(struct hand_made *a, struct source *s)
{
    switch (number(s, 1) % 9) {
    case 0:
        hand_start_frame(a);
        break;
    case 1:
    case 2:
        add_block_header(a, s);
        break;
    case 3:
    case 4:
        add_chunk(a, s);
        break;
    case 5:
        if (sizeof(a->entries) - a->totals.entries_size > 20)
            hand_end_block(a);
        break;
    case 6:
        hand_end_frame(a);
        break;
    case 7: {
        const uint64_t tag = number(s, 2);
        const struct source body = piece(s, number(s, 1));
        hand_add_record(a, tag, body.data, body.size);
        break;
    }
    default: {
        const struct source bytes = piece(s, number(s, 1));
        hand_add(a, bytes.data, bytes.size);
        break;
    }
    }
}

static void restore(const uint8_t *data, size_t size, unsigned threads)
{
    struct mdc_options options;
    mdc_dctx *ctx;
    mdc_options_init(&options);
    options.memory_limit = 32 << 20;
    options.threads = threads;
    if (mdc_dctx_new(&ctx, &options) != MDC_OK)
        abort();
    struct mdc_input in = {data, size, 0};
    enum mdc_status status;
    do {
        uint8_t room[1000];
        struct mdc_output out = {room, sizeof(room), 0};
        status = mdc_dctx_run(ctx, &in, &out, MDC_FINISH);
    } while (status == MDC_NEED_OUTPUT ||
             (status == MDC_STREAM_END && in.pos < in.size));
    if (status == MDC_PROG || status == MDC_OPTIONS)
        abort();
    mdc_dctx_free(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hand_made a;
    struct source source = {data, size};
    a = (struct hand_made){0};
    const unsigned threads = 1 + (number(&source, 1) == 3);
    while (source.size > 0 && a.size < HAND_MADE_MAX - 4096)
        add_part(&a, &source);
    uint8_t *archive = malloc(a.size + 1);
    if (!archive)
        abort();
    memcpy(archive, a.bytes, a.size);
    restore(archive, a.size, threads);
    free(archive);
    return 0;
}
