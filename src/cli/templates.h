/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file templates.h
 * \brief --templates: which templates a log has.
 */
#ifndef MDCI_TEMPLATES_H
#define MDCI_TEMPLATES_H

#include "src/cli/convert.h"

/** Where the output stands. Zeroed, nothing is printed yet. */
struct mdci_template_list {
    unsigned files;
};

/** Reads the job's source, restoring it with `convert` if it is an archive,
 *  and prints its templates. */
void mdci_templates_file(struct mdci_template_list *list, struct mdci_job *job,
                         bool (*convert)(struct mdci_job *job));

/** Ends what the files' lists began. */
void mdci_templates_end(const struct mdci_template_list *list,
                        const struct mdci_request *request);

#endif
