/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file suffix.c
 * \brief Adding and removing the suffix of an archive.
 */
#include "config.h"

#include "src/cli/suffix.h"

#include <stdlib.h>
#include <string.h>

bool mdci_suffix_valid(const char *suffix)
{
    return suffix[0] != '\0' && !strchr(suffix, '/');
}

/* Length of `path` without the suffix; 0 if it has none or nothing before. */
static size_t stem_length(const char *path, const char *suffix)
{
    const size_t length = strlen(path), tail = strlen(suffix);
    if (length <= tail || path[length - tail - 1] == '/' ||
        strcmp(path + length - tail, suffix) != 0)
        return 0;
    return length - tail;
}

static size_t known_stem_length(const char *path, const char *custom)
{
    const size_t length = custom ? stem_length(path, custom) : 0;
    return length ? length : stem_length(path, MDCI_SUFFIX);
}

bool mdci_suffix_present(const char *path, const char *custom)
{
    return known_stem_length(path, custom) > 0;
}

char *mdci_suffix_add(const char *path, const char *custom)
{
    const char *suffix = custom ? custom : MDCI_SUFFIX;
    const size_t length = strlen(path), tail = strlen(suffix);
    char *name = malloc(length + tail + 1);
    if (name) {
        memcpy(name, path, length);
        memcpy(name + length, suffix, tail + 1);
    }
    return name;
}

char *mdci_suffix_remove(const char *path, const char *custom)
{
    return strndup(path, known_stem_length(path, custom));
}
