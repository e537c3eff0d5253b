/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file dictionaries.h
 * \brief -D: reading a dictionary; --train: making one from files.
 */
#ifndef MDCI_DICTIONARIES_H
#define MDCI_DICTIONARIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/cli/message.h"
#include "src/cli/request.h"

/** Reads the dictionary that the request names, if it does; the caller frees
 *  request->dictionary. \return false after a message */
bool mdci_dictionary_load(struct mdci_request *request,
                          struct mdci_console *console);

/** Samples so far. Zeroed but for the first two, there are none. */
struct mdci_trainer {
    const struct mdci_request *request;
    struct mdci_console *console;
    uint8_t *samples; /**< one behind the other */
    size_t size;      /**< bytes of them */
    size_t *sizes;
    size_t count;
    bool full; /**< no more are taken */
};

/** An mdci_visit_fn that takes a file's samples: opaque is the trainer. */
void mdci_trainer_add(void *opaque, const char *path, bool found);

/** Writes the dictionary, and frees what the trainer holds. */
void mdci_trainer_end(struct mdci_trainer *trainer);

#endif
