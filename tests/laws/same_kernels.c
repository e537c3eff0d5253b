/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file same_kernels.c
 * \brief Holds the vector kernels to the scalar ones: both write the same
 *        bytes and each restores them, at every row of the engine.
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

static int encode(int simd, unsigned row, const uint8_t *plain,
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
        out->size += mdci_engine_encode_with(
            simd, arena, plain, to, out->bytes + out->size, ROOM - out->size);
        out->ends[n++] = out->size;
    }
    mdci_free_aligned(&heap, arena);
    return 0;
}

static int decode(int simd, unsigned row, const struct packed *in,
                  uint8_t *plain)
{
    void *const arena = mdci_alloc_aligned(&heap, mdci_engine_size(row, SIZE));
    size_t n = 0, from = 0;
    if (arena == NULL)
        return -1;
    mdci_engine_init(arena, row, SIZE, 1);
    for (size_t to = 0; to < SIZE; from = in->ends[n++]) {
        to = to + CHUNK < SIZE ? to + CHUNK : SIZE;
        mdci_engine_decode_with(simd, arena, plain, to, in->bytes + from,
                                in->ends[n] - from);
    }
    mdci_free_aligned(&heap, arena);
    return 0;
}

int main(void)
{
    static uint8_t plain[SIZE], restored[SIZE];
    static struct packed packed[2];
    const char *const root = getenv("abs_top_srcdir");
    char name[4096];
    int failed = 0, rows = 0;

#if !defined(MDCI_BUILD_AVX2)
    puts("the scalar kernels are the only ones");
    return 77;
#endif
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
        for (int simd = 0; simd < 2; simd++)
            failed |= encode(simd, row, plain, &packed[simd]) != 0;
        if (packed[0].size != packed[1].size ||
            memcmp(packed[0].bytes, packed[1].bytes, packed[0].size) != 0) {
            printf("row %u: the kernels write different bytes\n", row);
            failed = 1;
        }
        for (int simd = 0; simd < 2; simd++) {
            failed |= decode(simd, row, &packed[1 - simd], restored) != 0;
            if (memcmp(plain, restored, SIZE) != 0) {
                printf("row %u: kernels %d do not restore\n", row, simd);
                failed = 1;
            }
        }
        printf("row %u: %zu bytes\n", row, packed[0].size);
    }
    return failed || rows == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
