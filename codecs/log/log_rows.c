/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_rows.c
 * \brief Rows: their state, and the coding in plain C.
 */
#include "config.h"

#include "codecs/log/log_rows_kernel.h"

#include <string.h>

enum {
    LEAST_BITS = 10,
    MOST_BITS = 15,
    START_WEIGHT = 600 /* 2048 = 1.0 */
};

/* Entries of each of the decider's tables: one for eight bytes. */
static unsigned table_bits(uint64_t block_size)
{
    unsigned bits = LEAST_BITS;
    while (bits < MOST_BITS && block_size >> (bits + 3))
        bits++;
    return bits;
}

uint64_t mdci_log_rows_memory(uint64_t block_size)
{
    return sizeof(struct mdci_log_rows) +
           mdci_decider_size(table_bits(block_size)) +
           2 * MDCI_ALIGNED_OVERHEAD;
}

struct mdci_log_rows *mdci_log_rows_open(uint64_t block_size,
                                         const struct mdc_allocator *allocator)
{
    const unsigned bits = table_bits(block_size);
    struct mdci_log_rows *rows = mdci_alloc_aligned(allocator, sizeof(*rows));
    mdci_counter *table =
        mdci_alloc_aligned(allocator, mdci_decider_size(bits));
    if (!rows || !table) {
        mdci_free_aligned(allocator, rows);
        mdci_free_aligned(allocator, table);
        return NULL;
    }
    rows->decider = (struct mdci_decider){table, bits, rows->weights};
    return rows;
}

void mdci_log_rows_reset(struct mdci_log_rows *rows)
{
    const struct mdci_decider decider = rows->decider;
    memset(rows, 0, sizeof(*rows));
    rows->decider = decider;
    mdci_decider_start(&rows->decider, START_WEIGHT);
}

void mdci_log_rows_close(struct mdci_log_rows *rows,
                         const struct mdc_allocator *allocator)
{
    if (rows)
        mdci_free_aligned(allocator, rows->decider.table);
    mdci_free_aligned(allocator, rows);
}

int mdci_log_rows_encode_scalar(struct mdci_log_rows *rows,
                                const struct mdci_log_table *table,
                                struct mdci_range_coder *rc)
{
    return mdci_log_rows_code(rows, table, rc, 0);
}

int mdci_log_rows_decode_scalar(struct mdci_log_rows *rows,
                                const struct mdci_log_table *table,
                                struct mdci_range_coder *rc)
{
    return mdci_log_rows_code(rows, table, rc, 1);
}

size_t mdci_log_rows_encode(struct mdci_log_rows *rows,
                            const struct mdci_log_table *table, uint8_t *out,
                            size_t room)
{
    struct mdci_range_coder rc;
    mdci_range_encoder_start(&rc, out, room);
#ifdef MDCI_BUILD_AVX2
    if (mdci_kernels_choose(MDCI_KERNELS_BEST) >= MDCI_KERNELS_AVX2)
        (void)mdci_log_rows_encode_avx2(rows, table, &rc);
    else
#endif
        (void)mdci_log_rows_encode_scalar(rows, table, &rc);
    return mdci_range_encoder_finish(&rc) ? rc.size : 0;
}

int mdci_log_rows_decode(struct mdci_log_rows *rows,
                         const struct mdci_log_table *table, const uint8_t *in,
                         size_t in_size)
{
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, in_size);
#ifdef MDCI_BUILD_AVX2
    if (mdci_kernels_choose(MDCI_KERNELS_BEST) >= MDCI_KERNELS_AVX2)
        return mdci_log_rows_decode_avx2(rows, table, &rc);
#endif
    return mdci_log_rows_decode_scalar(rows, table, &rc);
}
