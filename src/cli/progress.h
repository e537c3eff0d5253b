/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file progress.h
 * \brief How far a long job is: a line on a terminal, or a line a second.
 */
#ifndef MDCI_PROGRESS_H
#define MDCI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "src/cli/message.h"
#include "src/cli/request.h"

/** What is going on: what counts as done depends on it. */
enum mdci_work {
    MDCI_WORK_NONE,
    MDCI_WORK_COMPRESS, /**< plain bytes that are coded */
    MDCI_WORK_RESTORE,  /**< plain bytes that are restored */
    MDCI_WORK_COPY      /**< bytes that are read */
};

struct mdci_progress {
    struct mdci_console *console;
    const char *name; /**< of the file, as shown */
    enum mdci_mode mode;
    enum mdci_work work;
    int fd;         /**< of the source */
    uint64_t start; /**< where it begins in the file */
    uint64_t total; /**< bytes of the source; 0: unknown */
    uint64_t whole; /**< bytes that will be done; 0: unknown */
    bool whole_sought;
    uint64_t read;  /**< bytes of the source that were read */
    uint64_t plain; /**< bytes that are done */
    uint64_t packed;
    double shown;     /**< percent */
    int64_t started;  /**< milliseconds */
    int64_t told;     /**< when plain and packed were */
    int64_t next;     /**< when to show it again */
    int64_t interval; /**< milliseconds; 0: never */
    bool lines;       /**< a new line each time, not over the last one */
};

/** Milliseconds of a clock that only goes forward. */
int64_t mdci_now(void);

/** \param fd     of the source
 *  \param start  where it begins in the file
 *  \param total  its bytes, 0 if they are not known */
void mdci_progress_start(struct mdci_progress *progress,
                         const struct mdci_request *request,
                         struct mdci_console *console, const char *name, int fd,
                         uint64_t start, uint64_t total);

/** The work begins. It is shown from now on, while it goes on, also if there is
 *  no news of it, until mdci_progress_end(). */
void mdci_progress_work(struct mdci_progress *progress, enum mdci_work work);

/** Notes how many bytes of the source were read. */
void mdci_progress_read(struct mdci_progress *progress, uint64_t read);

/** An mdc_progress_fn: opaque is the struct mdci_progress. */
void mdci_progress_update(void *opaque, uint64_t plain, uint64_t packed);

/** Shows on a terminal how many files are done, the last of them `name`. May be
 *  called by any thread. */
void mdci_progress_files(const struct mdci_request *request,
                         struct mdci_console *console, uint64_t files,
                         const char *name);

/** Removes what is shown on a terminal; says with -v what the job came to. */
void mdci_progress_end(struct mdci_progress *progress, bool good);

#endif
