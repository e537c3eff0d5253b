/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_codec.c
 * \brief Decodes any bytes as the payloads of a block.
 */
#include "config.h"

#include "tests/fuzz/fuzz_codec.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"

static const struct mdc_allocator no_hooks;

void fuzz_codec(const struct mdci_codec *codec, unsigned row, size_t block_size,
                void **state, const uint8_t *data, size_t size)
{
    if (!*state &&
        codec->open(state, MDCI_DECODE, row, block_size, &no_hooks) != MDC_OK)
        abort();
    if (codec->reset(*state) != MDC_OK)
        abort();
    size_t done = 0;
    uint8_t *block = NULL;
    while (size > 4) {
        const size_t plain = 1 + (size_t)mdci_load_le(data, 2);
        const size_t packed =
            mdci_min_size(1 + (size_t)mdci_load_le(data + 2, 2), size - 4);
        if (plain > block_size - done)
            break;
        /* Memory of just the right sizes shows what is touched beside it. */
        uint8_t *grown = malloc(done + plain);
        uint8_t *payload = malloc(packed);
        if (!grown || !payload)
            abort();
        if (done > 0)
            memcpy(grown, block, done);
        free(block);
        block = grown;
        memcpy(payload, data + 4, packed);
        const enum mdc_status status =
            codec->decode(*state, block, done, done + plain, payload, packed);
        free(payload);
        if (status == MDC_DATA)
            break;
        if (status != MDC_OK)
            abort();
        done += plain;
        data += 4 + packed;
        size -= 4 + packed;
    }
    free(block);
}
