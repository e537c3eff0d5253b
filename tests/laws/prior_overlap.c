/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file prior_overlap.c
 * \brief Finds what files have in common with the models' prior text: prints
 *        every place where 24 bytes in a row are also in the prior, at most
 *        one a line.
 *
 * Without arguments it prints the prior.
 *
 * Exit status: 0 nothing in common, 1 something, 2 a file cannot be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/prior.h"

#define WIDTH ((size_t)24)

/* The prior's text, all its places in the order of what stands there, and by
 * their first two bytes whether any begins so. */
struct index {
    char text[MDCI_PRIOR_SIZE + 1];
    const char *place[MDCI_PRIOR_SIZE];
    size_t places;
    char begins[65536];
};

static int compare(const void *a, const void *b)
{
    return memcmp(*(const char *const *)a, *(const char *const *)b, WIDTH);
}

static unsigned first_two(const char *p)
{
    return (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static void make_index(struct index *index)
{
    size_t size = 0;
    for (size_t i = 0; i < MDCI_PRIOR_LINES; i++) {
        memcpy(index->text + size, mdci_prior[i], strlen(mdci_prior[i]));
        size += strlen(mdci_prior[i]);
    }
    for (size_t at = 0; at + WIDTH <= size; at++) {
        index->place[index->places++] = index->text + at;
        index->begins[first_two(index->text + at)] = 1;
    }
    qsort(index->place, index->places, sizeof *index->place, compare);
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    long end = -1;
    if (file && !fseek(file, 0, SEEK_END))
        end = ftell(file);
    if (end >= 0 && (data = malloc((size_t)end + 1))) {
        rewind(file);
        *size = fread(data, 1, (size_t)end, file);
    }
    if (file)
        fclose(file);
    return data;
}

static int look(const struct index *index, const char *path)
{
    size_t size = 0;
    char *data = read_file(path, &size);
    int found = 0;
    if (!data) {
        perror(path);
        return 2;
    }
    for (size_t at = 0; at + WIDTH <= size; at++) {
        const char *key = data + at;
        if (!index->begins[first_two(key)] ||
            !bsearch(&key, index->place, index->places, sizeof *index->place,
                     compare))
            continue;
        printf("%s, offset %zu: \"%.*s\"\n", path, at, (int)WIDTH, key);
        found = 1;
        const char *end = memchr(key, '\n', size - at);
        at = end ? (size_t)(end - data) : size;
    }
    free(data);
    return found;
}

int main(int argc, char **argv)
{
    static struct index index;
    int worst = 0;
    make_index(&index);
    if (argc < 2)
        fputs(index.text, stdout);
    for (int a = 1; a < argc; a++) {
        const int status = look(&index, argv[a]);
        worst = status > worst ? status : worst;
    }
    return worst;
}
