/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file front_end.c
 * \brief Example: a front end for a table of readings, both directions from
 *        one source (doc/FRONT_ENDS.md). Run, it packs a made-up table and
 *        fails unless it comes back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/decision.h"

#define RATE       16 /* of the weights */
#define TABLE_BITS 14

/* A row of the table: when, which station, what it says, and whether it is
 * sure. */
struct row {
    uint64_t time;
    uint8_t station[16];
    size_t station_size;
    int32_t reading;
    int sure;
};

/* Rows of the mixer's weights. */
enum {
    SELECT_TIME,
    SELECT_STATION, /* strings take three */
    SELECT_READING = SELECT_STATION + 3,
    SELECT_SURE
};

/* All that is known before a row. */
struct table {
    struct mdci_decider decider;
    struct row last;   /* the row before */
    struct row of[16]; /* the last of each station, by a hash */
    mdci_counter counter[MDCI_DECISION_INPUTS << TABLE_BITS];
    int16_t weights[MDCI_DECISION_KEYS][16] MDCI_ALIGNED(32);
};

static void start(struct table *t)
{
    memset(t, 0, sizeof *t);
    t->decider.table = t->counter;
    t->decider.bits = TABLE_BITS;
    t->decider.weights = t->weights;
    mdci_decider_start(&t->decider, 512);
}

/* Small differences, up or down, are small numbers. */
static uint64_t fold(uint64_t step)
{
    return step << 1 ^ (0 - (step >> 63));
}

static uint64_t unfold(uint64_t folded)
{
    return folded >> 1 ^ (0 - (folded & 1));
}

static unsigned station_key(const struct row *row)
{
    uint64_t key = row->station_size;
    for (size_t i = 0; i < row->station_size; i++)
        key = mdci_hash64(key + row->station[i]);
    return (unsigned)(key >> 60);
}

/* Codes one row. The decoder's row is empty before and full after. */
MDCI_KERNEL void code_row(struct table *t, struct mdci_range_coder *rc,
                          const int decode, struct row *row)
{
    struct mdci_decider *d = &t->decider;
    const struct mdci_guess guess = {t->last.station, t->last.station_size};

    const uint64_t when[MDCI_DECISION_INPUTS] = {0, 1, 2, 3, 4, 5, 6, 7};
    row->time = t->last.time +
                unfold(mdci_code_number(d, rc, decode, when, SELECT_TIME,
                                        fold(row->time - t->last.time), RATE));

    row->station_size =
        mdci_code_string(d, rc, decode, 0, SELECT_STATION, guess, row->station,
                         row->station_size, sizeof row->station, RATE);

    const unsigned key = station_key(row);
    const struct row *before = &t->of[key];
    const uint64_t reading[MDCI_DECISION_INPUTS] = {
        10, 11 + key, 30 + (uint64_t)before->sure, 4, 5, 6, 7, 8};
    const uint64_t level = (uint64_t)(int64_t)before->reading;
    row->reading =
        (int32_t)(level +
                  unfold(mdci_code_number(
                      d, rc, decode, reading, SELECT_READING,
                      fold((uint64_t)(int64_t)row->reading - level), RATE)));

    const uint64_t sure[MDCI_DECISION_INPUTS] = {40,
                                                 41 + key,
                                                 60 + (uint64_t)t->last.sure,
                                                 70 + key * 2 +
                                                     (uint64_t)before->sure,
                                                 4,
                                                 5,
                                                 6,
                                                 7};
    row->sure =
        mdci_code_bit(d, rc, decode, sure, SELECT_SURE, row->sure, RATE);

    t->last = t->of[key] = *row;
}

static size_t encode(struct table *t, const struct row *rows, size_t n,
                     uint8_t *out, size_t room)
{
    struct mdci_range_coder rc;
    mdci_range_encoder_start(&rc, out, room);
    start(t);
    for (size_t i = 0; i < n; i++) {
        struct row row = rows[i];
        code_row(t, &rc, 0, &row);
    }
    return mdci_range_encoder_finish(&rc) ? rc.size : 0;
}

static void decode(struct table *t, struct row *rows, size_t n,
                   const uint8_t *in, size_t size)
{
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, size);
    start(t);
    for (size_t i = 0; i < n; i++)
        code_row(t, &rc, 1, &rows[i]);
}

static void make_row(struct row *row, size_t i)
{
    static const char *const name[] = {"north gate", "harbour", "tower 2"};
    const char *station = name[i / 2 % 3];
    row->time = 1700000000 + i * 60 + i % 7;
    row->station_size = strlen(station);
    memcpy(row->station, station, row->station_size);
    row->reading = (int32_t)(i % 50 * (i % 50)) - 500;
    row->sure = i % 11 != 0;
}

int main(void)
{
    enum { ROWS = 3000 };
    static struct row rows[ROWS], back[ROWS];
    static uint8_t packed[1 << 16];
    static struct table table MDCI_ALIGNED(64);
    for (size_t i = 0; i < ROWS; i++)
        make_row(&rows[i], i);
    const size_t size = encode(&table, rows, ROWS, packed, sizeof packed);
    decode(&table, back, ROWS, packed, size);
    printf("%d rows in %zu bytes\n", (int)ROWS, size);
    if (size == 0 || memcmp(rows, back, sizeof rows) != 0) {
        puts("the rows did not come back");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
