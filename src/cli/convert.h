/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file convert.h
 * \brief From an open source to an open target: compressing, restoring,
 *        copying, comparing.
 */
#ifndef MDCI_CONVERT_H
#define MDCI_CONVERT_H

#include "src/cli/file_io.h"
#include "src/cli/progress.h"
#include "src/midicoth.h"

/** What is kept from one source to the next: to make a context, or even to have
 *  it learn a dictionary, is a lot of work for a small file. */
struct mdci_contexts {
    mdc_cctx *encoder; /**< NULL: none is kept */
    mdc_dctx *decoder;
    unsigned threads;              /**< of the encoder */
    uint64_t block_size;           /**< the same; 0: the usual one */
    bool blocks_adjusted;          /**< it was said that blocks are smaller */
    struct mdci_progress progress; /**< which they both report to */
};

/** Frees the contexts; others can be made afterwards. */
void mdci_contexts_free(struct mdci_contexts *contexts);

/** One source on its way. */
struct mdci_job {
    const struct mdci_request *request;
    struct mdci_console *console;
    const char *name;     /**< of the source, as shown */
    uint64_t source_size; /**< bytes; 0: unknown or none */
    bool size_known;
    unsigned threads; /**< at most */
    uint64_t memory_limit;
    bool short_of_memory; /**< it failed for want of it */
    struct mdci_reader reader;
    int out;     /**< -1: what comes out is thrown away */
    bool sparse; /**< it is a new file that may have holes */
    struct mdci_holes holes;
    mdc_survey *survey;   /**< gets what comes out; NULL: there is none */
    mdc_explain *explain; /**< the same */
    struct mdc_output buffer;
    struct mdci_contexts *contexts;
    bool rest_ignored; /**< bytes behind the archive were not restored */
};

/** Memory that compressing a file of `size` bytes takes with one thread, where
 *  that is at most a block; UINT64_MAX if it is more. */
uint64_t mdci_convert_memory(const struct mdci_request *request, uint64_t size);

/** The options that the request asks for. */
struct mdc_options mdci_convert_options(const struct mdci_job *job);

/* All return false after a message. The target is not closed. */
bool mdci_convert_compress(struct mdci_job *job);
bool mdci_convert_restore(struct mdci_job *job);
bool mdci_convert_copy(struct mdci_job *job);

/** Restores the archive in job->out, which must be readable, and compares it
 *  with the source from its start. */
bool mdci_convert_verify(struct mdci_job *job);

/** Says what the library found wrong with `name`. */
void mdci_convert_fault(struct mdci_console *console, const char *name,
                        const struct mdc_error *error);

/** The same, where it goes on nevertheless. */
void mdci_convert_warning(struct mdci_console *console, const char *name,
                          const struct mdc_error *error);

#endif
