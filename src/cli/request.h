/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file request.h
 * \brief What the command line asks for.
 */
#ifndef MDCI_REQUEST_H
#define MDCI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/midicoth.h"

enum mdci_mode {
    MDCI_COMPRESS,
    MDCI_DECOMPRESS,
    MDCI_TEST,
    MDCI_LIST,
    MDCI_TEMPLATES,
    MDCI_EXPLAIN,
    MDCI_TRAIN
};

/** When outputs are made safe on disk. */
enum mdci_sync {
    MDCI_SYNC_FILE, /**< each before its source is removed */
    MDCI_SYNC_END,  /**< some together before their sources are removed */
    MDCI_SYNC_NEVER /**< when the system does */
};

/** When what was read becomes restorable; 0 and false: that rule is off. */
struct mdci_flush_rule {
    uint64_t bytes;   /**< after this many */
    int milliseconds; /**< at latest after the first byte that was not */
    bool line;        /**< after the last whole line of what has arrived */
};

struct mdci_request {
    enum mdci_mode mode;
    bool to_stdout; /**< -c; also set by -t and --train, which replace no
                         file */
    bool keep;      /**< -k; also set by --quantize without --rm */
    bool remove;    /**< --rm was said */
    bool force;
    bool recursive;
    bool verify;
    enum mdci_sync sync;
    bool no_sparse; /**< zeros that are restored do not become holes */
    bool progress;  /**< also where stderr is no terminal */
    bool json;
    bool html;
    bool svg;
    const char *suffix; /**< NULL: ours */
    int level;
    unsigned threads;
    uint64_t block_size; /**< bytes; 0: the library's default */
    bool seekable;
    enum mdc_content content;
    uint64_t quantize;     /**< nanometres; 0: nothing is moved */
    uint64_t memory_limit; /**< bytes; UINT64_MAX: none */
    uint64_t max_output;   /**< bytes restored of an archive; 0: no limit */
    struct mdci_flush_rule flush;
    const char *dictionary_name; /**< of -D; NULL: none */
    uint8_t *dictionary;         /**< its bytes, once it is loaded */
    size_t dictionary_size;
    uint64_t dictionary_room; /**< most bytes of one that is made */
    const char *output;       /**< where that is written */
    const char *list; /**< file with more names, "-" is stdin, NULL: none */
    char list_end;    /**< what ends a name in it */
    char **files;     /**< names of the command line */
    int file_count;
};

#endif
