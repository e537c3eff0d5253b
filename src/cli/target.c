/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file target.c
 * \brief Targets: making, attributes, safety on disk; removing the source.
 */
#include "config.h"

#include "src/cli/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/signals.h"

static int create(const char *path, const struct mdci_request *request)
{
    const int access = request->verify ? O_RDWR : O_WRONLY;
    struct stat identity;
    sigset_t held;
    mdci_signals_hold(&held);
    int fd = open(path, access | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC,
                  S_IRUSR | S_IWUSR);
    const int saved = errno;
    if (fd >= 0 && fstat(fd, &identity) == 0)
        mdci_signals_set_partial(path, &identity);
    mdci_signals_restore(&held);
    errno = saved;
    return fd;
}

bool mdci_target_open(struct mdci_target *target,
                      const struct mdci_request *request,
                      struct mdci_console *console, char *path)
{
    target->path = path;
    if (request->force && unlink(path) != 0 && errno != ENOENT) {
        mdci_error(console, path, "cannot be overwritten: %s", strerror(errno));
    } else {
        target->fd = create(path, request);
        int why = errno;
        if (target->fd < 0 && why == EEXIST &&
            mdci_ask_overwrite(console, path) && unlink(path) == 0) {
            target->fd = create(path, request);
            why = errno;
        }
        if (target->fd >= 0)
            return true;
        if (why == EEXIST)
            mdci_warn(console, path, "already exists, not overwritten");
        else
            mdci_error(console, path, "%s", strerror(why));
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

/* Makes the new name safe. Some file systems cannot, and need not. */
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

bool mdci_target_close(struct mdci_target *target, struct mdci_console *console,
                       const struct stat *attributes, bool sync)
{
    if (!target->path)
        return true;
    copy_attributes(target->fd, target->path, console, attributes);
    bool good = !sync || fsync(target->fd) == 0;
    int saved = errno;
    if (close(target->fd) != 0) {
        saved = good ? errno : saved;
        good = false;
    }
    target->fd = -1;
    if (good && sync && sync_directory(target->path) != 0) {
        saved = errno;
        good = false;
    }
    if (!good) {
        mdci_error(console, target->path, "%s", strerror(saved));
        mdci_target_drop(target);
        return false;
    }
    mdci_signals_forget_partial();
    free(target->path);
    target->path = NULL;
    return true;
}

void mdci_target_drop(struct mdci_target *target)
{
    if (!target->path)
        return;
    if (target->fd >= 0)
        (void)close(target->fd);
    (void)unlink(target->path);
    mdci_signals_forget_partial();
    free(target->path);
    *target = (struct mdci_target){.fd = -1};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

void mdci_source_remove(const char *path, int fd, const struct stat *status,
                        struct mdci_console *console)
{
    struct stat named, read;
    if (stat(path, &named) != 0 || named.st_dev != status->st_dev ||
        named.st_ino != status->st_ino)
        mdci_warn(console, path, "was moved or replaced, not removed");
    else if (fstat(fd, &read) != 0 || read.st_size != status->st_size ||
             !same_time(&read.st_mtim, &status->st_mtim))
        mdci_warn(console, path, "changed while it was read, not removed");
    else if (unlink(path) != 0)
        mdci_error(console, path, "cannot be removed: %s", strerror(errno));
}
