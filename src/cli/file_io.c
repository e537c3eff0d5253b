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
    else if (saved == ENXIO && stat(path, &status) == 0 &&
             S_ISSOCK(status.st_mode)) /* cannot be opened at all */
        mdci_warn(console, path, "is not a regular file, skipped");
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

/* Waits until fd is ready: 1, 0 for a timeout, -1; 2: `wake` is, if it is no
 * 0. */
static int wait_for(int fd, short events, int timeout, int wake)
{
    struct pollfd poller[2] = {{.fd = fd, .events = events},
                               {.fd = wake, .events = POLLIN}};
    int ready;
    do
        ready = poll(poller, wake > 0 ? 2 : 1, timeout);
    while (ready < 0 && errno == EINTR);
    return ready > 0 && poller[1].revents ? 2 : ready > 0 ? 1 : ready;
}

static enum mdci_read_result await_input(const struct mdci_reader *reader,
                                         int timeout)
{
    switch (wait_for(reader->fd, POLLIN, timeout, reader->wake)) {
    case 0:
        return MDCI_READ_TIMEOUT;
    case 1:
        return MDCI_READ_SOME;
    case 2:
        return MDCI_READ_WOKEN;
    default:
        return MDCI_READ_FAILED;
    }
}

enum mdci_read_result mdci_reader_more(struct mdci_reader *reader, int timeout)
{
    memmove(reader->data, reader->data + reader->pos,
            reader->end - reader->pos);
    reader->end -= reader->pos;
    reader->pos = 0;
    for (;;) {
        if (timeout >= 0 || reader->wake > 0) {
            const enum mdci_read_result result = await_input(reader, timeout);
            if (result != MDCI_READ_SOME)
                return result;
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
            (void)wait_for(reader->fd, POLLIN, timeout, reader->wake);
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

/* A run of zeros that is as long becomes a hole: the block of most file
 * systems. */
#define HOLE ((size_t)4096)

static bool all_zeros(const uint8_t *data, size_t size)
{
    return data[0] == 0 && memcmp(data, data + 1, size - 1) == 0;
}

int mdci_write_sparse(int fd, struct mdci_holes *holes, const void *data,
                      size_t size)
{
    const uint8_t *p = data, *waiting = p;
    const uint8_t *const end = p + size;
    while (p < end) {
        /* Pieces end at multiples of HOLE in the file. */
        const size_t room = HOLE - (size_t)(holes->at % HOLE);
        const size_t n = (size_t)(end - p) < room ? (size_t)(end - p) : room;
        holes->at += n;
        if (n == HOLE && all_zeros(p, n)) {
            if (mdci_write_all(fd, waiting, (size_t)(p - waiting)) != 0)
                return -1;
            holes->pending += n;
            waiting = p + n;
        } else if (holes->pending > 0) {
            if (lseek(fd, (off_t)holes->pending, SEEK_CUR) < 0)
                return -1;
            holes->pending = 0;
        }
        p += n;
    }
    return mdci_write_all(fd, waiting, (size_t)(end - waiting));
}

int mdci_end_sparse(int fd, const struct mdci_holes *holes)
{
    return holes->pending > 0 ? ftruncate(fd, (off_t)holes->at) : 0;
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
            (void)wait_for(fd, POLLOUT, -1, 0);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}
