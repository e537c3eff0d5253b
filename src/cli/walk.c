/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file walk.c
 * \brief Directories are read whole and in order before their files are
 *        touched, so that new archives are not met again.
 */
#include "config.h"

#include "src/cli/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/cli/file_io.h"

struct walk {
    const struct mdci_request *request;
    struct mdci_console *console;
    mdci_visit_fn *visit;
    void *opaque;
};

static bool is_directory(const struct walk *walk, const char *path, bool found)
{
    struct stat status;
    /* Links in a tree are not followed: they may lead out of it or round. */
    const bool follow =
        !found && (walk->request->force || walk->request->to_stdout);
    return (follow ? stat : lstat)(path, &status) == 0 &&
           S_ISDIR(status.st_mode);
}

/* What another run is writing, or was when it was killed, is no file yet. */
static int is_real_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 &&
           strcmp(entry->d_name, "..") != 0 &&
           !mdci_target_is_temporary(entry->d_name);
}

static char *join(const char *directory, const char *name)
{
    const size_t first = strlen(directory), second = strlen(name);
    const size_t slash = first > 0 && directory[first - 1] != '/';
    char *path = malloc(first + slash + second + 1);
    if (path) {
        memcpy(path, directory, first);
        memcpy(path + first, "/", slash);
        memcpy(path + first + slash, name, second + 1);
    }
    return path;
}

static void visit_path(const struct walk *walk, const char *path, bool found);

static void visit_directory(const struct walk *walk, const char *directory)
{
    struct dirent **entries = NULL;
    const int count = scandir(directory, &entries, is_real_entry, alphasort);
    if (count < 0) {
        mdci_error(walk->console, directory, "%s", strerror(errno));
        return;
    }
    for (int i = 0; i < count; i++) {
        char *path = join(directory, entries[i]->d_name);
        if (path)
            visit_path(walk, path, true);
        else
            mdci_error(walk->console, directory, "%s", strerror(ENOMEM));
        free(path);
        free(entries[i]);
    }
    free(entries);
}

static void visit_path(const struct walk *walk, const char *path, bool found)
{
    if (!found && strcmp(path, "-") == 0)
        walk->visit(walk->opaque, NULL, false);
    else if (walk->request->recursive && is_directory(walk, path, found))
        visit_directory(walk, path);
    else
        walk->visit(walk->opaque, path, found);
}

static void visit_names(const struct walk *walk, FILE *list, const char *name)
{
    const int end = walk->request->list_end;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getdelim(&line, &room, end, list)) > 0) {
        if (line[length - 1] == end)
            line[--length] = '\0';
        if (strlen(line) != (size_t)length) {
            mdci_error(walk->console, name, "a name has a NUL (see --files0)");
            break;
        }
        if (strcmp(line, "-") == 0 && list == stdin)
            mdci_error(walk->console, name,
                       "stdin cannot be both data and a list of names");
        else if (length > 0)
            visit_path(walk, line, false);
    }
    if (ferror(list))
        mdci_error(walk->console, name, "%s", strerror(errno));
    free(line);
}

static void visit_list(const struct walk *walk)
{
    const char *name = walk->request->list;
    if (strcmp(name, "-") == 0) {
        visit_names(walk, stdin, "(stdin)");
        return;
    }
    FILE *list = fopen(name, "re");
    if (!list) {
        mdci_error(walk->console, name, "%s", strerror(errno));
        return;
    }
    visit_names(walk, list, name);
    (void)fclose(list);
}

void mdci_walk(const struct mdci_request *request, struct mdci_console *console,
               mdci_visit_fn *visit, void *opaque)
{
    const struct walk walk = {request, console, visit, opaque};
    if (request->file_count == 0 && !request->list)
        visit(opaque, NULL, false);
    for (int i = 0; i < request->file_count; i++)
        visit_path(&walk, request->files[i], false);
    if (request->list)
        visit_list(&walk);
}
