/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file limits.c
 * \brief Cores, physical memory, and the limits of control groups.
 */
#include "config.h"

#include "src/cli/limits.h"

#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* From this size on, memory goes back to the system when it is freed. */
enum { GIVEN_BACK = 1 << 20 };

void mdci_give_memory_back(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, GIVEN_BACK);
    (void)mallopt(M_TRIM_THRESHOLD, GIVEN_BACK);
#endif
}

unsigned mdci_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        cores = CPU_COUNT(&set);
#endif
    return cores < 1 ? 1 : cores > 256 ? 256 : (unsigned)cores;
}

uint64_t mdci_ram(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page_size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page_size <= 0)
        return UINT64_MAX;
    return (uint64_t)pages * (uint64_t)page_size;
}

/* The number in a file; UINT64_MAX if there is none, as for "max". */
static uint64_t number_in_file(const char *path)
{
    FILE *file = fopen(path, "re");
    uint64_t value = UINT64_MAX;
    if (file) {
        if (fscanf(file, "%" SCNu64, &value) != 1)
            value = UINT64_MAX;
        (void)fclose(file);
    }
    return value;
}

/* The lowest limit of a group and of those around it. `group` is cut. */
static uint64_t limit_upwards(const char *root, char *group, const char *name)
{
    uint64_t lowest = UINT64_MAX;
    for (;;) {
        char path[PATH_MAX];
        const int length =
            snprintf(path, sizeof(path), "%s%s/%s", root, group, name);
        if (length > 0 && (size_t)length < sizeof(path)) {
            const uint64_t limit = number_in_file(path);
            if (limit < lowest)
                lowest = limit;
        }
        char *slash = strrchr(group, '/');
        if (!slash)
            return lowest;
        *slash = '\0';
    }
}

/* Whether a list such as "cpu,memory" names memory. */
static int names_memory(char *list)
{
    char *rest = NULL;
    for (char *word = strtok_r(list, ",", &rest); word;
         word = strtok_r(NULL, ",", &rest))
        if (strcmp(word, "memory") == 0)
            return 1;
    return 0;
}

uint64_t mdci_cgroup_memory(void)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    uint64_t lowest = UINT64_MAX;
    char *line = NULL;
    size_t room = 0;
    if (!file)
        return lowest;
    /* Lines are "number:controllers:/group"; version 2 names none. */
    while (getline(&line, &room, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *controllers++ = '\0';
        *group++ = '\0';
        uint64_t limit = UINT64_MAX;
        if (*controllers == '\0')
            limit = limit_upwards("/sys/fs/cgroup", group, "memory.max");
        else if (names_memory(controllers))
            limit = limit_upwards("/sys/fs/cgroup/memory", group,
                                  "memory.limit_in_bytes");
        if (limit < lowest)
            lowest = limit;
    }
    free(line);
    (void)fclose(file);
    return lowest;
}
