/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file walk.h
 * \brief All names that are asked for: of the command line, of a list, and of
 *        the directories among them.
 */
#ifndef MDCI_WALK_H
#define MDCI_WALK_H

#include "src/cli/message.h"
#include "src/cli/request.h"

/** Called for every file. `path` NULL is stdin; `found` is true if the file
 *  was found in a directory, not named. */
typedef void mdci_visit_fn(void *opaque, const char *path, bool found);

/** Visits all; stdin if nothing is named. Errors are printed. */
void mdci_walk(const struct mdci_request *request, struct mdci_console *console,
               mdci_visit_fn *visit, void *opaque);

#endif
