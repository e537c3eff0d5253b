/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file file_io.h
 * \brief Reading, writing, and a source and target that are exchanged for
 *        each other only once the target is safe.
 */
#ifndef MDCI_FILE_IO_H
#define MDCI_FILE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "src/cli/message.h"
#include "src/cli/request.h"
#include "src/cli/signals.h"

/** Gives closed standard descriptors a file that cannot be used, so that no
 *  file gets their number. \return false: not possible */
bool mdci_standard_files(void);

/** What is printed for a file named `path`; NULL is stdin. */
const char *mdci_shown_name(const char *path);

/** Opens a source as the request allows. \return its descriptor, or -1 after a
 *  message. `path` NULL is stdin; *status describes the file. */
int mdci_source_open(const struct mdci_request *request,
                     struct mdci_console *console, const char *path,
                     struct stat *status);

/* ---- Reading ----------------------------------------------------------- */

/** Bytes from a descriptor: data[pos..end) are there and not yet used. */
struct mdci_reader {
    int fd;
    uint8_t *data;
    size_t size; /**< room in data */
    size_t pos, end;
    uint64_t total; /**< bytes read so far */
    int wake;       /**< ends waiting once it can be read; 0: there is none */
};

enum mdci_read_result {
    MDCI_READ_SOME,
    MDCI_READ_END,
    MDCI_READ_TIMEOUT,
    MDCI_READ_WOKEN,
    MDCI_READ_FAILED /**< errno says why */
};

/** Reads what is there behind data[end), after moving what is not used yet to
 *  the front; waits for at most timeout milliseconds, -1 is for ever. */
enum mdci_read_result mdci_reader_more(struct mdci_reader *reader, int timeout);

/** Reads until `count` bytes are there, or the end. */
enum mdci_read_result mdci_reader_want(struct mdci_reader *reader,
                                       size_t count);

/** Reads exactly size bytes at an offset. \return 0, or -1 */
int mdci_read_at(int fd, uint64_t offset, void *buffer, size_t size);

/** Writes all of data[size]. \return 0, or -1 and errno */
int mdci_write_all(int fd, const void *data, size_t size);

/** Where a new file with holes stands. */
struct mdci_holes {
    uint64_t at;      /**< size of the file so far */
    uint64_t pending; /**< of these, zeros at its end that were not written */
};

/** As mdci_write_all(), but leaves out long runs of zeros. *holes is zeroed
 *  before the first call. */
int mdci_write_sparse(int fd, struct mdci_holes *holes, const void *data,
                      size_t size);

/** Makes the file as long as it is to be. \return 0, or -1 and errno */
int mdci_end_sparse(int fd, const struct mdci_holes *holes);

/* ---- Target ------------------------------------------------------------ */

struct mdci_target {
    int fd;          /**< -1: nothing is written */
    char *path;      /**< NULL: stdout or nothing; owned */
    char *temporary; /**< what it is called until it is whole; owned */
    bool replace;    /**< what has its name goes then */
    bool existed;    /**< something had it from the start */
    struct mdci_partial partial;
};

/** Whether a file's name (without its directory) is one that targets have until
 *  they are whole. */
bool mdci_target_is_temporary(const char *name);

/** Makes a file that is to become `path` (owned by *target from now on), and
 *  has signals remove it. It can be read, too. *target must stay where it is.
 *  \return false after a message; *target is empty then */
bool mdci_target_open(struct mdci_target *target,
                      const struct mdci_request *request,
                      struct mdci_console *console, char *path);

/** Gives a file that is good the attributes of the source.
 *  \param sync  it will be made safe on disk */
void mdci_target_finish(struct mdci_target *target,
                        struct mdci_console *console,
                        const struct stat *attributes, bool sync);

/** Ends it; its content is safe on disk if `sync`. \return false after a
 *  message; it is dropped then */
bool mdci_target_close(struct mdci_target *target, struct mdci_console *console,
                       bool sync);

/** Gives it its name. \return false after a message; it is dropped then */
bool mdci_target_place(struct mdci_target *target,
                       struct mdci_console *console);

/** Makes the name safe on disk, and other new names in the same directory.
 *  \return false after a message */
bool mdci_target_sync_name(const struct mdci_target *target,
                           struct mdci_console *console);

/** Removes a file that did not get its name, and frees what *target has. */
void mdci_target_drop(struct mdci_target *target);

/** Removes the source `path` if it still is what was opened and read. */
void mdci_source_remove(const char *path, const struct stat *status,
                        struct mdci_console *console);

#endif
