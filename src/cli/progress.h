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

struct mdci_progress {
    struct mdci_console *console;
    const char *name; /**< of the file, as shown */
    enum mdci_mode mode;
    uint64_t total; /**< bytes of the source; 0: unknown */
    uint64_t plain; /**< bytes that are done */
    uint64_t packed;
    int64_t started;  /**< milliseconds */
    int64_t next;     /**< when to show it again */
    int64_t interval; /**< milliseconds; 0: never */
    bool lines;       /**< a new line each time, not over the last one */
};

/** Milliseconds of a clock that only goes forward. */
int64_t mdci_now(void);

void mdci_progress_start(struct mdci_progress *progress,
                         const struct mdci_request *request,
                         struct mdci_console *console, const char *name,
                         uint64_t total);

/** An mdc_progress_fn: opaque is the struct mdci_progress. */
void mdci_progress_update(void *opaque, uint64_t plain, uint64_t packed);

/** Says with -v what the job came to. */
void mdci_progress_end(struct mdci_progress *progress, bool good);

#endif
