/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file process.h
 * \brief One file: from its name to its replacement.
 */
#ifndef MDCI_PROCESS_H
#define MDCI_PROCESS_H

#include "src/cli/convert.h"
#include "src/cli/explain.h"
#include "src/cli/list.h"
#include "src/cli/templates.h"

/** Size of both buffers; they are touched as far as data comes. */
#define MDCI_BUFFER_SIZE ((size_t)1 << 18)

/** What one thread works with. */
struct mdci_worker {
    struct mdci_contexts contexts;
    uint8_t *input;  /**< MDCI_BUFFER_SIZE bytes */
    uint8_t *output; /**< MDCI_BUFFER_SIZE bytes */
};

/** \return false: out of memory */
bool mdci_worker_init(struct mdci_worker *worker);
void mdci_worker_free(struct mdci_worker *worker);

struct mdci_command {
    struct mdci_request request;
    struct mdci_console console;
    struct mdci_listing listing;
    struct mdci_template_list templates;
    struct mdci_explain_list explanations;
    struct mdci_worker worker; /**< of the main thread */
};

/** An mdci_visit_fn: opaque is the struct mdci_command. */
void mdci_process(void *opaque, const char *path, bool found);

/* ---- The steps, for files that replace others or are tested ------------- */

/** A file, what is done with it, and with what. */
struct mdci_source {
    const struct mdci_request *request;
    struct mdci_console *console;
    struct mdci_worker *worker;
    unsigned threads;
    uint64_t memory_limit;
    const char *path; /**< NULL: stdin */
    bool found;       /**< in a directory */
    bool begun;       /**< its conversion has */
    int fd;
    struct stat status;
    struct mdci_job job;
    struct mdci_target target;
    bool (*convert)(struct mdci_job *job);
};

/** Opens the source and does what is asked for, up to a target that is whole,
 *  but not closed. The source is closed.
 *  \return true: mdci_source_close() comes next, or mdci_target_drop() */
bool mdci_source_convert(struct mdci_source *source);

/** Whether it is to be removed in the end. */
bool mdci_source_goes(const struct mdci_source *source);

/** Closes the target. \return false after a message; it is dropped then */
bool mdci_source_close(struct mdci_source *source);

/** Once the target has its name and that is safe: ends the source. */
void mdci_source_end(struct mdci_source *source);

#endif
