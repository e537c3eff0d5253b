/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file same_kernels.c
 * \brief Holds all kernels that this machine runs to the scalar ones: they
 *        write the same bytes and restore them, at every row of the engine.
 *        What it prints of the bytes is the same on every machine.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/engine.h"
#include "src/base/memory.h"

#define SIZE  (64 * 1024)
#define CHUNK (20 * 1024) /* coded in pieces, as a stream would */
#define ROOM  (SIZE + 1024)

static const struct mdc_allocator heap; /* no hooks: malloc and free */

struct packed {
    uint8_t bytes[ROOM];
    size_t ends[SIZE / CHUNK + 1];
    size_t size;
};

static int encode(enum mdci_kernels kernels, unsigned row, const uint8_t *plain,
                  struct packed *out)
{
    void *const arena = mdci_alloc_aligned(&heap, mdci_engine_size(row, SIZE));
    size_t n = 0;
    if (arena == NULL)
        return -1;
    mdci_engine_init(arena, row, SIZE, 1);
    out->size = 0;
    for (size_t to = 0; to < SIZE;) {
        to = to + CHUNK < SIZE ? to + CHUNK : SIZE;
        out->size +=
            mdci_engine_encode_with(kernels, arena, plain, to,
                                    out->bytes + out->size, ROOM - out->size);
        out->ends[n++] = out->size;
    }
    mdci_free_aligned(&heap, arena);
    return 0;
}

static int decode(enum mdci_kernels kernels, unsigned row,
                  const struct packed *in, uint8_t *plain)
{
    void *const arena = mdci_alloc_aligned(&heap, mdci_engine_size(row, SIZE));
    size_t n = 0, from = 0;
    if (arena == NULL)
        return -1;
    mdci_engine_init(arena, row, SIZE, 1);
    for (size_t to = 0; to < SIZE; from = in->ends[n++]) {
        to = to + CHUNK < SIZE ? to + CHUNK : SIZE;
        mdci_engine_decode_with(kernels, arena, plain, to, in->bytes + from,
                                in->ends[n] - from);
    }
    mdci_free_aligned(&heap, arena);
    return 0;
}

/* FNV-1a: whoever compares what other machines print needs no more. */
static uint32_t hash(const uint8_t *bytes, size_t size)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < size; i++)
        h = (h ^ bytes[i]) * 16777619u;
    return h;
}

static int check_row(unsigned row, enum mdci_kernels kernels,
                     const uint8_t *plain, const struct packed *scalar)
{
    static struct packed packed;
    static uint8_t restored[SIZE];
    if (encode(kernels, row, plain, &packed) || packed.size != scalar->size ||
        memcmp(packed.bytes, scalar->bytes, packed.size) != 0) {
        printf("row %u: kernels %d write different bytes\n", row, (int)kernels);
        return 1;
    }
    memset(restored, 0, SIZE);
    if (decode(kernels, row, scalar, restored) ||
        memcmp(plain, restored, SIZE) != 0) {
        printf("row %u: kernels %d do not restore\n", row, (int)kernels);
        return 1;
    }
    return 0;
}

int main(void)
{
    static uint8_t plain[SIZE];
    static struct packed packed;
    const char *const root = getenv("abs_top_srcdir");
    char name[4096];
    int failed = 0, rows = 0;

    snprintf(name, sizeof(name), "%s/corpora/samples/app.log",
             root != NULL ? root : ".");
    FILE *const file = fopen(name, "rb");
    if (file == NULL || fread(plain, 1, SIZE, file) != SIZE) {
        perror(name);
        return EXIT_FAILURE;
    }
    fclose(file);
    for (unsigned row = 0; row < 128; row++) {
        if (mdci_engine_size(row, SIZE) == 0)
            continue;
        rows++;
        failed |= encode(MDCI_KERNELS_SCALAR, row, plain, &packed);
        for (int k = MDCI_KERNELS_SCALAR; k <= MDCI_KERNELS_BEST; k++)
            if (mdci_kernels_choose((enum mdci_kernels)k) ==
                (enum mdci_kernels)k)
                failed |= check_row(row, (enum mdci_kernels)k, plain, &packed);
        printf("row %u: %zu bytes, %08x\n", row, packed.size,
               (unsigned)hash(packed.bytes, packed.size));
    }
    return failed || rows == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
