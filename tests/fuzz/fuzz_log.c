/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_log.c
 * \brief Fuzz target: what the codec log reads. The first byte says what the
 *        rest is: payloads, the parts of a segment, or these with a table.
 */
#include "config.h"

#include "codecs/log/log_codec.h"
#include "codecs/log/log_streams.h"
#include "src/base/bytes.h"
#include "tests/fuzz/fuzz_codec.h"

#include <stdlib.h>
#include <string.h>

enum { OUT = 4096, LINES = 64, VALUES = 256 };

static const struct mdc_allocator no_hooks;

/* Two bytes: where the texts end; the rest is texts, then structure. With
 * rows, two more: where the noise ends; then ids and values, a byte each. */
static void read_parts(struct mdci_log_reader *r, int rows, const uint8_t *data,
                       size_t size)
{
    uint8_t out[OUT];
    uint32_t ids[LINES];
    uint64_t values[VALUES];
    const size_t texts = mdci_min_size((size_t)mdci_load_le(data, 2), size);
    const size_t noise = mdci_min_size((size_t)mdci_load_le(data + 2, 2), size);
    /* Memory of just the right size shows what is touched beside it. */
    uint8_t *joined = malloc(size);
    if (!joined)
        abort();
    memcpy(joined, data, size);
    struct mdci_log_segment s =
        mdci_log_segment_of(joined, 0, texts, size - texts, out, sizeof(out));
    mdci_log_reader_reset(r);
    if (!rows) {
        (void)mdci_log_read(r, &s);
    } else {
        struct mdci_log_table table = {
            .ids = ids, .values = values, .max_values = VALUES};
        s.noise = joined;
        s.noise_end = joined + noise;
        if (mdci_log_read_head(r, &s, &table, LINES) == MDC_OK) {
            struct mdci_log_rows *state =
                mdci_log_rows_open(10, OUT, &no_hooks);
            if (!state)
                abort();
            mdci_log_rows_reset(state);
            if (mdci_log_rows_decode(state, &table, data, size))
                (void)mdci_log_read_table(r, &s, &table);
            mdci_log_rows_close(state, &no_hooks);
        }
    }
    free(joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void *state[2];
    static struct mdci_log_reader *reader;
    if (!reader) {
        reader = malloc(sizeof(*reader));
        if (!reader ||
            !mdci_log_dictionary_open(&reader->dictionary, &no_hooks))
            abort();
    }
    if (size < 6)
        return 0;
    const unsigned what = data[0] % 4;
    if (what < 2)
        fuzz_codec(&mdci_codec_log, 1 + what, 65536, &state[what], data + 1,
                   size - 1);
    else
        read_parts(reader, what == 3, data + 1, size - 1);
    return 0;
}
