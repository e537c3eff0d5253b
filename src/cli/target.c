/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file target.c
 * \brief Targets: making, attributes, safety on disk; removing the source.
 *
 * A target is written under another name, made safe on disk and renamed: under
 * its own name there is at any time what was there before, or all of the new.
 */
#include "config.h"

#include "src/cli/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/signals.h"

/* What a temporary name ends in; mkostemp() fills in the Xs. It has no suffix
 * of an archive, and its length does not depend on the target's name. */
#define TEMPORARY ".midicoth.XXXXXX"

bool mdci_target_is_temporary(const char *name)
{
    const size_t fixed = sizeof(TEMPORARY) - sizeof("XXXXXX");
    return strncmp(name, TEMPORARY, fixed) == 0 &&
           strlen(name) == sizeof(TEMPORARY) - 1 && !strchr(name + fixed, '.');
}

/* Where the name begins behind the directory's. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A file beside the target that nobody else can read or guess the name of. */
static bool create(struct mdci_target *target)
{
    const size_t length = directory_length(target->path);
    char *name = malloc(length + sizeof(TEMPORARY));
    struct stat identity;
    sigset_t held;
    if (!name)
        return false;
    memcpy(name, target->path, length);
    memcpy(name + length, TEMPORARY, sizeof(TEMPORARY));
    mdci_signals_hold(&held);
    target->fd = mkostemp(name, O_CLOEXEC);
    const int saved = errno;
    if (target->fd >= 0 && fstat(target->fd, &identity) == 0)
        mdci_signals_add_partial(&target->partial, name, &identity);
    mdci_signals_restore(&held);
    errno = saved;
    if (target->fd < 0)
        free(name);
    else
        target->temporary = name;
    return target->fd >= 0;
}

/* Whether there may be a target of that name. What is there stays until the
 * new file is whole; target->replace says whether it goes then. */
static bool may_make(const struct mdci_request *request,
                     struct mdci_console *console, struct mdci_target *target)
{
    const char *path = target->path;
    struct stat there;
    target->replace = request->force;
    if (lstat(path, &there) != 0) {
        if (errno == ENOENT)
            return true;
        mdci_error(console, path, "%s", strerror(errno));
        return false;
    }
    target->existed = true;
    if (!request->force && mdci_ask_overwrite(console, path))
        target->replace = true;
    if (!target->replace)
        mdci_warn(console, path, "already exists, not overwritten");
    else if (S_ISDIR(there.st_mode))
        mdci_error(console, path, "cannot be overwritten: %s",
                   strerror(EISDIR));
    else
        return true;
    return false;
}

bool mdci_target_open(struct mdci_target *target,
                      const struct mdci_request *request,
                      struct mdci_console *console, char *path)
{
    *target = (struct mdci_target){.fd = -1, .path = path};
    if (may_make(request, console, target)) {
        if (create(target))
            return true;
        mdci_error(console, path, "%s", strerror(errno));
    }
    free(path);
    target->path = NULL;
    return false;
}

/* Nobody gets a right to the target that they did not have to the source. */
static void copy_attributes(int fd, const char *path,
                            struct mdci_console *console,
                            const struct stat *source)
{
    if (fchown(fd, source->st_uid, (gid_t)-1) != 0 && geteuid() == 0)
        mdci_warn(console, path, "cannot set the owner: %s", strerror(errno));
    mode_t mode = source->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    if (fchown(fd, (uid_t)-1, source->st_gid) != 0) {
        mdci_warn(console, path, "cannot set the group: %s", strerror(errno));
        /* What was the group's is only what the group and others had. */
        const mode_t common = ((mode & S_IRWXG) >> 3) & (mode & S_IRWXO);
        mode = (mode & S_IRWXU) | common << 3 | common;
    }
    if (fchmod(fd, mode) != 0)
        mdci_warn(console, path, "cannot set the mode: %s", strerror(errno));
    const struct timespec times[2] = {source->st_atim, source->st_mtim};
    (void)futimens(fd, times);
}

/* Makes new names in a file's directory safe. Some file systems cannot, and
 * need not. */
static int sync_directory(const char *path)
{
    char *copy = strdup(path);
    int result = -1;
    if (!copy)
        return result;
    const int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        result = fsync(fd);
        if (result != 0 && (errno == EINVAL || errno == ENOTSUP))
            result = 0;
        (void)close(fd);
    } else if (errno == EACCES) {
        result = 0; /* a directory that one may write to, but not read */
    }
    free(copy);
    return result;
}

void mdci_target_finish(struct mdci_target *target,
                        struct mdci_console *console,
                        const struct stat *attributes, bool sync)
{
    if (!target->path)
        return;
    copy_attributes(target->fd, target->path, console, attributes);
#ifdef SYNC_FILE_RANGE_WRITE
    if (sync) /* the disk may begin: it is what is waited for later */
        (void)sync_file_range(target->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
    (void)sync;
#endif
}

bool mdci_target_close(struct mdci_target *target, struct mdci_console *console,
                       bool sync)
{
    if (!target->path || target->fd < 0) /* there is none, or it was closed */
        return true;
    bool good = !sync || fsync(target->fd) == 0;
    int saved = errno;
    if (close(target->fd) != 0) {
        saved = good ? errno : saved;
        good = false;
    }
    target->fd = -1;
    if (!good) {
        mdci_error(console, target->path, "%s", strerror(saved));
        mdci_target_drop(target);
    }
    return good;
}

/* Gives a file another name that no file has. \return 0, or -1 and errno */
static int rename_new(const char *from, const char *to)
{
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
#endif
    if (link(from, to) == 0)
        return unlink(from);
    if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS)
        return -1;
    /* Neither is there on this file system: what remains is to look. */
    struct stat there;
    if (lstat(to, &there) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

bool mdci_target_place(struct mdci_target *target, struct mdci_console *console)
{
    if (!target->path)
        return true;
    const int result = target->replace
                           ? rename(target->temporary, target->path)
                           : rename_new(target->temporary, target->path);
    if (result == 0) {
        mdci_signals_forget_partial(&target->partial);
        free(target->temporary);
        target->temporary = NULL;
        return true;
    }
    if (!target->replace && errno == EEXIST)
        mdci_warn(console, target->path, "already exists, not overwritten");
    else
        mdci_error(console, target->path,
                   target->replace ? "cannot be overwritten: %s" : "%s",
                   strerror(errno));
    mdci_target_drop(target);
    return false;
}

bool mdci_target_sync_name(const struct mdci_target *target,
                           struct mdci_console *console)
{
    if (!target->path || sync_directory(target->path) == 0)
        return true;
    mdci_error(console, target->path, "%s", strerror(errno));
    return false;
}

void mdci_target_drop(struct mdci_target *target)
{
    if (target->fd >= 0)
        (void)close(target->fd);
    if (target->temporary) {
        (void)unlink(target->temporary);
        mdci_signals_forget_partial(&target->partial);
    }
    free(target->temporary);
    free(target->path);
    *target = (struct mdci_target){.fd = -1};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

void mdci_source_remove(const char *path, const struct stat *status,
                        struct mdci_console *console)
{
    struct stat now;
    if (stat(path, &now) != 0 || now.st_dev != status->st_dev ||
        now.st_ino != status->st_ino)
        mdci_warn(console, path, "was moved or replaced, not removed");
    else if (now.st_size != status->st_size ||
             !same_time(&now.st_mtim, &status->st_mtim))
        mdci_warn(console, path, "changed while it was read, not removed");
    else if (unlink(path) != 0)
        mdci_error(console, path, "cannot be removed: %s", strerror(errno));
}
