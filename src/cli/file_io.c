/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file file_io.c
 * \brief Sources: what is refused, reading, and removing.
 */
#include "config.h"

#include "src/cli/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

bool mdci_standard_files(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
            continue;
        /* Opened the wrong way round: use is an error, as when closed. */
        if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return false;
    }
    return true;
}

const char *mdci_shown_name(const char *path)
{
    return path ? path : "(stdin)";
}

/* ---- Opening ------------------------------------------------------------ */

static const char *why_refused(const struct mdci_request *request,
                               const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return "is a directory";
    if (request->to_stdout || request->mode == MDCI_LIST)
        return NULL;
    if (!S_ISREG(status->st_mode))
        return "is not a regular file";
    if (request->force || request->keep)
        return NULL;
    if (status->st_mode & (S_ISUID | S_ISGID))
        return "has the set-user-ID or set-group-ID bit";
    if (status->st_mode & S_ISVTX)
        return "has the sticky bit";
    if (status->st_nlink > 1)
        return "has other hard links";
    return NULL;
}

static int open_path(const struct mdci_request *request,
                     struct mdci_console *console, const char *path)
{
    const bool any = request->to_stdout || request->mode == MDCI_LIST;
    int flags = O_RDONLY | O_NOCTTY | O_CLOEXEC;
    if (!any && !request->force)
        flags |= O_NOFOLLOW;
    /* Where only a regular file will do, do not wait for a FIFO's writer. */
    if (!any)
        flags |= O_NONBLOCK;
    const int fd = open(path, flags);
    if (fd >= 0)
        return fd;
    const int saved = errno;
    struct stat status;
    if ((flags & O_NOFOLLOW) && lstat(path, &status) == 0 &&
        S_ISLNK(status.st_mode))
        mdci_warn(console, path, "is a symbolic link, skipped");
    else
        mdci_error(console, path, "%s", strerror(saved));
    return -1;
}

int mdci_source_open(const struct mdci_request *request,
                     struct mdci_console *console, const char *path,
                     struct stat *status)
{
    const int fd = path ? open_path(request, console, path) : STDIN_FILENO;
    if (fd < 0)
        return -1;
    if (fstat(fd, status) != 0) {
        mdci_error(console, mdci_shown_name(path), "%s", strerror(errno));
    } else {
        const char *why = path ? why_refused(request, status) : NULL;
        if (!why)
            return fd;
        mdci_warn(console, path, "%s, skipped", why);
    }
    if (path)
        (void)close(fd);
    return -1;
}

/* ---- Reading and writing ------------------------------------------------ */

/* Waits until fd is ready: 1, 0 for a timeout, -1. */
static int wait_for(int fd, short events, int timeout)
{
    struct pollfd poller = {.fd = fd, .events = events};
    int ready;
    do
        ready = poll(&poller, 1, timeout);
    while (ready < 0 && errno == EINTR);
    return ready;
}

enum mdci_read_result mdci_reader_more(struct mdci_reader *reader, int timeout)
{
    memmove(reader->data, reader->data + reader->pos,
            reader->end - reader->pos);
    reader->end -= reader->pos;
    reader->pos = 0;
    for (;;) {
        if (timeout >= 0) {
            const int ready = wait_for(reader->fd, POLLIN, timeout);
            if (ready <= 0)
                return ready == 0 ? MDCI_READ_TIMEOUT : MDCI_READ_FAILED;
        }
        const ssize_t got = read(reader->fd, reader->data + reader->end,
                                 reader->size - reader->end);
        if (got > 0) {
            reader->end += (size_t)got;
            reader->total += (uint64_t)got;
            return MDCI_READ_SOME;
        }
        if (got == 0)
            return MDCI_READ_END;
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            (void)wait_for(reader->fd, POLLIN, timeout);
        else if (errno != EINTR)
            return MDCI_READ_FAILED;
    }
}

enum mdci_read_result mdci_reader_want(struct mdci_reader *reader, size_t count)
{
    enum mdci_read_result result = MDCI_READ_SOME;
    while (result == MDCI_READ_SOME && reader->end - reader->pos < count)
        result = mdci_reader_more(reader, -1);
    return result;
}

int mdci_read_at(int fd, uint64_t offset, void *buffer, size_t size)
{
    uint8_t *p = buffer;
    while (size > 0) {
        const ssize_t got = pread(fd, p, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        p += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return 0;
}

int mdci_write_all(int fd, const void *data, size_t size)
{
    const uint8_t *p = data;
    while (size > 0) {
        const ssize_t put = write(fd, p, size);
        if (put >= 0) {
            p += put;
            size -= (size_t)put;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            (void)wait_for(fd, POLLOUT, -1);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}
