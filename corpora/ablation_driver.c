/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file ablation_driver.c
 * \brief Codes files with the engine alone, each as one block, and prints how
 *        many bytes each becomes: what ablation.py builds with variants of the
 *        models.
 *
 * Arguments: the row of the model set, how much of each file counts (0: all),
 * the files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/engine.h"

static void *allocate(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
    if (!memory) {
        fprintf(stderr, "ablation: out of memory\n");
        exit(1);
    }
    return memory;
}

/* Reads at most `most` bytes, or everything if it is 0. */
static uint8_t *read_file(const char *path, size_t most, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        perror(path);
        exit(1);
    }
    *size = (size_t)ftell(file);
    rewind(file);
    if (most && *size > most)
        *size = most;
    uint8_t *data = allocate(*size + 1);
    if (fread(data, 1, *size, file) != *size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return data;
}

/* 0 if the bytes do not come back. */
static int code(const char *path, unsigned row, size_t most)
{
    size_t size;
    uint8_t *block = read_file(path, most, &size);
    const size_t room = size + size / 8 + 64;
    uint8_t *packed = allocate(room), *restored = allocate(size + 1);
    void *arena = allocate(mdci_engine_size(row, size));
    mdci_engine_init(arena, row, size, 0);
    const size_t coded = mdci_engine_encode(arena, block, size, packed, room);
    mdci_engine_init(arena, row, size, 0);
    mdci_engine_decode(arena, restored, size, packed, coded);
    const int equal = coded && memcmp(block, restored, size) == 0;
    if (equal)
        printf("%zu %zu\n", size, coded);
    else
        fprintf(stderr, "ablation: %s does not come back\n", path);
    free(arena);
    free(restored);
    free(packed);
    free(block);
    return equal;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 1;
    const unsigned row = (unsigned)strtoul(argv[1], NULL, 10);
    const size_t most = strtoul(argv[2], NULL, 10);
    if (!mdci_model_set_row(row)) {
        fprintf(stderr, "ablation: no row %u\n", row);
        return 1;
    }
    for (int a = 3; a < argc; a++)
        if (!code(argv[a], row, most))
            return 1;
    return 0;
}
