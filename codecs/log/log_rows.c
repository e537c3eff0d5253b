/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_rows.c
 * \brief Rows: their state, and the coding in plain C.
 */
#include "config.h"

#include "codecs/log/log_rows_kernel.h"
#include "models/variants.h"

#include <string.h>

enum {
    LEAST_BITS = 5,
    LINE_BITS = 6,   /* a line of counters for so many bytes, in each table */
    LARGE_BITS = 10, /* the same, of large blocks */
    MORE_BITS = 3,   /* that these may have more */
    SUCCESSOR_BITS = 14,
    START_WEIGHT = 150, /* 2048 = 1.0 */
    WEIGHT_RATE = 18
};

static unsigned table_bits(unsigned most, uint64_t block_size)
{
    unsigned bits = LEAST_BITS;
    while (bits < most && block_size >> (bits + LINE_BITS))
        bits++;
    most += MORE_BITS; /* large blocks have time for large tables */
    while (bits < most && block_size >> (bits + LARGE_BITS))
        bits++;
    return bits;
}

/* Entries of what followed: one for eight bytes. */
static unsigned successor_bits(uint64_t block_size)
{
    unsigned bits = LEAST_BITS;
    while (bits < SUCCESSOR_BITS && block_size >> (bits + 3))
        bits++;
    return bits;
}

static size_t successors_size(unsigned bits)
{
    return (MDCI_LOG_FOLLOW * sizeof(uint64_t) + 3 * sizeof(uint32_t)) << bits;
}

/* Nothing for replays. */
static size_t numbers_size(unsigned most_bits, uint64_t block_size)
{
    return most_bits > 0 ? mdci_numbers_size(table_bits(most_bits, block_size))
                         : 0;
}

uint64_t mdci_log_rows_memory(unsigned most_bits, uint64_t block_size)
{
    return sizeof(struct mdci_log_rows) + numbers_size(most_bits, block_size) +
           successors_size(successor_bits(block_size)) + MDCI_ALIGNED_OVERHEAD;
}

struct mdci_log_rows *mdci_log_rows_open(unsigned most_bits,
                                         uint64_t block_size,
                                         const struct mdc_allocator *allocator)
{
    const size_t size = numbers_size(most_bits, block_size);
    struct mdci_log_rows *rows = mdci_alloc(allocator, sizeof(*rows));
    if (!rows)
        return NULL;
    void *memory = size > 0 ? mdci_alloc_aligned(allocator, size) : NULL;
    rows->tape = NULL;
    rows->successor_bits = successor_bits(block_size);
    rows->successor =
        mdci_alloc(allocator, successors_size(rows->successor_bits));
    if ((size > 0 && !memory) || !rows->successor) {
        mdci_free_aligned(allocator, memory);
        mdci_free(allocator, rows->successor);
        mdci_free(allocator, rows);
        return NULL;
    }
    rows->id_successor =
        (uint32_t *)(void *)(rows->successor +
                             ((size_t)MDCI_LOG_FOLLOW << rows->successor_bits));
    rows->numbers = (struct mdci_numbers){.rate = WEIGHT_RATE};
    if (memory)
        mdci_numbers_put(&rows->numbers, table_bits(most_bits, block_size),
                         memory);
    return rows;
}

void mdci_log_rows_reset(struct mdci_log_rows *rows)
{
    memset(rows->successor, 0, successors_size(rows->successor_bits));
    memset(rows->past, 0, sizeof(rows->past));
    memset(rows->time, 0, sizeof(rows->time));
    memset(rows->id, 0, sizeof(rows->id));
    rows->id_history = 0;
    rows->spelled = 0;
    if (rows->numbers.table)
        mdci_numbers_start(&rows->numbers, START_WEIGHT);
}

void mdci_log_rows_close(struct mdci_log_rows *rows,
                         const struct mdc_allocator *allocator)
{
    if (!rows)
        return;
    mdci_free_aligned(allocator, rows->numbers.table);
    mdci_free(allocator, rows->successor);
    mdci_free(allocator, rows);
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
                            const struct mdci_log_table *table,
                            struct mdci_log_tape *tape, uint8_t *out,
                            size_t room)
{
    struct mdci_range_coder rc;
    rows->tape = tape;
    mdci_range_encoder_start(&rc, out, room);
#ifdef MDCI_BUILD_AVX2
    if (mdci_kernels_choose(MDCI_KERNELS_BEST) >= MDCI_KERNELS_AVX2)
        (void)mdci_log_rows_encode_avx2(rows, table, &rc);
    else
#endif
        (void)mdci_log_rows_encode_scalar(rows, table, &rc);
    if (tape)
        mdci_log_tape_end(tape);
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

int mdci_log_rows_replay(struct mdci_log_rows *rows,
                         const struct mdci_log_table *table,
                         struct mdci_log_tape *tape)
{
    struct mdci_range_coder unused = {0};
    rows->tape = tape;
    return mdci_log_rows_code(rows, table, &unused, MDCI_LOG_REPLAY) &&
           mdci_log_tape_check(tape);
}
