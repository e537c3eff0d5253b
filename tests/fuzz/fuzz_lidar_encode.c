/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_lidar_encode.c
 * \brief Fuzz target: codec lidar restores made-up scans of every kind, and
 *        what became of them.
 */
#include "config.h"

#include "codecs/lidar/lidar_codec.h"
#include "corpora/lidar_scans.h"
#include "src/base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 1 << 20,
    RECIPE = 24,   /* bytes that say what scan it is */
    EDIT = 8,      /* bytes of a change to it */
    POINTS = 1300, /* enough for most fits, and fast */
    SWEEP = 2100,  /* for those of sweeps */
    KINDS = 5      /* of changes */
};

static const struct mdc_allocator no_hooks;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As many are small as large: from half a metre to 200. */
static double length_of(unsigned value)
{
    double length = 0.5;
    for (; value > 0; value--)
        length *= 1.0237;
    return length;
}

static struct lidar_recipe recipe_of(const uint8_t *b)
{
    struct lidar_recipe r = {
        .kind = b[0],
        .lasers = b[1],
        .columns = (unsigned)mdci_load_le(b + 2, 2),
        .order = b[4],
        .miss = b[5],
        .words = b[6],
        .digits = b[7] % 8,
        .odd = b[8] < 128 ? 0 : b[8] - 128u,
        .before = b[9] < 192 ? 0 : b[9],
        .behind = b[10],
        .turn = (unsigned)mdci_load_le(b + 11, 2) % 4096,
        .far = length_of(b[13]),
        .tick = b[14] % 12 / 1000.0,
        .speed = b[15] < 128 ? 0 : (b[15] - 128) / 3.0,
        .yaw = (b[16] - 128) / 200.0,
        .seed = mdci_load_le(b + 17, 7),
    };
    if (r.kind % LIDAR_KINDS == LIDAR_DRIVE_HDL64)
        r.kind = LIDAR_HDL64; /* a frame of the other takes too long */
    lidar_recipe_right(&r, r.kind % LIDAR_KINDS == LIDAR_DRIVE_HDL32 ? SWEEP
                                                                     : POINTS);
    return r;
}

/* Changes a scan: a word is another, pieces swap, are left out, or come
 * again. \return its size */
static size_t edit(uint8_t *scan, size_t size, const uint8_t *b)
{
    const size_t at = (size_t)mdci_load_le(b + 1, 3) % size;
    const size_t other = (size_t)mdci_load_le(b + 4, 2) * 8 % size;
    const size_t most = mdci_min_size(size - at, size - other);
    const size_t length = mdci_min_size(most, ((size_t)b[6] + 1) * 4);
    const size_t word = at - at % 4;
    switch (b[0] % KINDS) {
    case 0:
        if (word + 4 <= size)
            memcpy(scan + word, b + 4, 4);
        return size;
    case 1:
        memmove(scan + at, scan + other, length);
        return size;
    case 2:
        memset(scan + at, b[7], length);
        return size;
    case 3:
        memmove(scan + at, scan + at + length, size - at - length);
        return size - length > 0 ? size - length : size;
    default: /* the lowest bits of a column of some stride */
        for (size_t i = word; i + 4 <= size; i += ((size_t)b[6] + 1) * 4)
            scan[i] ^= b[7];
        return size;
    }
}

static void round_trip(const uint8_t *scan, size_t size, unsigned row)
{
    const struct mdci_codec *codec = &mdci_codec_lidar;
    void *encoder, *decoder;
    size_t packed;
    uint8_t *out = malloc(codec->bound(size)), *back = malloc(size);
    if (!out || !back ||
        codec->open(&encoder, MDCI_ENCODE, row, size, &no_hooks) != MDC_OK ||
        codec->open(&decoder, MDCI_DECODE, row, size, &no_hooks) != MDC_OK ||
        codec->encode(encoder, scan, 0, size, out, &packed) != MDC_OK)
        abort();
    if (packed > 0 &&
        (codec->decode(decoder, back, 0, size, out, packed) != MDC_OK ||
         memcmp(back, scan, size) != 0))
        abort();
    codec->close(encoder);
    codec->close(decoder);
    free(out);
    free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned rows[] = {4, 6, 9};
    if (size < RECIPE)
        return 0;
    const struct lidar_recipe recipe = recipe_of(data);
    uint8_t *scan = malloc(lidar_scan_room(&recipe));
    if (!scan)
        abort();
    size_t made = lidar_scan(scan, &recipe);
    const unsigned row = rows[data[RECIPE - 1] % 3];
    for (size_t at = RECIPE; at + EDIT <= size && made > 0; at += EDIT)
        made = edit(scan, made, data + at);
    /* Memory of just the right size shows what is read beside it. */
    uint8_t *exact = malloc(made + (made == 0));
    if (!exact)
        abort();
    memcpy(exact, scan, made);
    free(scan);
    if (made > 0)
        round_trip(exact, made, row);
    free(exact);
    return 0;
}
