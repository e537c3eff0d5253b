/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file starts_trainer.c
 * \brief Writes starts.c: the weights that every set starts with, averaged
 *        over what they come to on the files given. Its output is wire format.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/engine.h"
#include "models/model_shapes.h"

/* A longer text has nothing to add, and each should count alike. */
enum { MOST = 300000 };

static int64_t sums[MDCI_MAX_SETS][MDCI_MAX_INPUTS];
static int64_t uses[MDCI_MAX_SETS];

/* Rows that a file never came to say nothing: they are as they were. */
static void add(const int16_t *weights, const int16_t *before,
                const struct mdci_shape *shape)
{
    const size_t row = mdci_shape_row(shape);
    for (unsigned k = 0; k < shape->sets; k++)
        for (size_t key = 0; key < MDCI_SELECTOR_KEYS; key++) {
            const size_t at = (k * MDCI_SELECTOR_KEYS + key) * row;
            int64_t moved = 0;
            for (size_t i = 0; i < row; i++)
                moved += abs(weights[at + i] - before[at + i]);
            uses[k] += moved;
            for (size_t i = 0; i < row; i++)
                sums[k][i] += moved * weights[at + i];
        }
}

static int learn(const char *path, unsigned row, const struct mdci_shape *shape)
{
    uint8_t *block = malloc(MOST), *out = malloc(MOST + 64);
    FILE *file = fopen(path, "rb");
    if (!block || !out || !file)
        return 0;
    const size_t size = fread(block, 1, MOST, file);
    fclose(file);
    const size_t bytes = mdci_engine_size(row, size);
    uint8_t *arena = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    uint8_t *before = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    if (!arena || !before)
        return 0;
    mdci_engine_init(arena, row, size, 0);
    memcpy(before, arena, bytes);
    mdci_engine_encode(arena, block, size, out, MOST + 64);
    const size_t at = ((const struct mdci_engine *)(void *)arena)->weights;
    add((const int16_t *)(void *)(arena + at),
        (const int16_t *)(void *)(before + at), shape);
    free(before);
    free(arena);
    free(out);
    free(block);
    return 1;
}

static void print(unsigned number, const struct mdci_shape *shape)
{
    printf("    {/* shape %u */\n", number);
    for (unsigned k = 0; k < shape->sets; k++) {
        printf("     {");
        for (unsigned i = 0; i < shape->contexts + shape->sources; i++) {
            printf("%s%lld", i == 0 ? "" : i % 12 ? ", " : ",\n      ",
                   (long long)(uses[k] ? sums[k][i] / uses[k] : 0));
        }
        printf("},\n");
    }
    printf("    },\n");
}

int main(int argc, char **argv)
{
    /* A row of each shape. */
    static const unsigned rows[] = {4, 6, 9, 15, 16, 19};
    printf("/* SPDX-License-Identifier: BSD-3-Clause */\n"
           "/**\n * \\file starts.c\n"
           " * \\brief Weights that the sets start with, written by"
           " starts_trainer.c.\n */\n"
           "#include \"models/starts.h\"\n\n/* clang-format off */\n"
           "const int16_t mdci_start_weights[MDCI_START_SHAPES]"
           "[MDCI_MAX_SETS]\n                                "
           "[MDCI_MAX_INPUTS] = {\n");
    for (unsigned r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const struct mdci_model_set *set = mdci_model_set_row(rows[r]);
        const struct mdci_shape *shape = mdci_model_set_shape(set);
        memset(sums, 0, sizeof sums);
        memset(uses, 0, sizeof uses);
        for (int a = 1; a < argc; a++)
            if (!learn(argv[a], rows[r], shape))
                return 1;
        print(set->shape, shape);
    }
    printf("};\n");
    return 0;
}
