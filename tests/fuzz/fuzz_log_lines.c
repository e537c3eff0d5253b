/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_log_lines.c
 * \brief Fuzz target: the codec log restores any content, in chunks that end
 *        at any places.
 */
#include "config.h"

#include "codecs/log/log_codec.h"
#include "src/base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 65536 };

static const struct mdc_allocator no_hooks;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte is the row, the second how long chunks are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mdci_codec *codec = &mdci_codec_log;
    static void *state[2][2];
    if (size < 3 || size > BLOCK)
        return 0;
    const unsigned row = 1 + data[0] % 2;
    const size_t step = 1 + (size_t)data[1] * data[1];
    void **encoder = &state[row - 1][0], **decoder = &state[row - 1][1];
    if (!*encoder &&
        (codec->open(encoder, MDCI_ENCODE, row, BLOCK, &no_hooks) != MDC_OK ||
         codec->open(decoder, MDCI_DECODE, row, BLOCK, &no_hooks) != MDC_OK))
        abort();
    if (codec->reset(*encoder) != MDC_OK || codec->reset(*decoder) != MDC_OK)
        abort();
    data += 2;
    size -= 2;
    uint8_t *back = malloc(size), *packed = malloc(codec->bound(size));
    if (!back || !packed)
        abort();
    for (size_t from = 0, to; from < size; from = to) {
        size_t packed_size;
        to = from + mdci_min_size(step, size - from);
        if (codec->encode(*encoder, data, from, to, packed, &packed_size) !=
            MDC_OK)
            abort();
        if (packed_size == 0)
            break;
        if (codec->decode(*decoder, back, from, to, packed, packed_size) !=
                MDC_OK ||
            memcmp(data + from, back + from, to - from) != 0)
            abort();
    }
    free(packed);
    free(back);
    return 0;
}
