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

struct mdci_command {
    struct mdci_request request;
    struct mdci_console console;
    struct mdci_listing listing;
    struct mdci_template_list templates;
    struct mdci_explain_list explanations;
    struct mdci_contexts contexts;
    uint8_t *input;  /**< MDCI_BUFFER_SIZE bytes */
    uint8_t *output; /**< MDCI_BUFFER_SIZE bytes */
};

/** An mdci_visit_fn: opaque is the struct mdci_command. */
void mdci_process(void *opaque, const char *path, bool found);

#endif
