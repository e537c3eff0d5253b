/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file args.h
 * \brief The command line and MIDICOTH_OPT.
 */
#ifndef MDCI_ARGS_H
#define MDCI_ARGS_H

#include "src/cli/message.h"
#include "src/cli/request.h"

enum mdci_args_result {
    MDCI_ARGS_RUN,  /**< go on with *request */
    MDCI_ARGS_DONE, /**< help or version was printed */
    MDCI_ARGS_BAD   /**< an error was printed */
};

/** Reads the name the command was called by, MIDICOTH_OPT and the options.
 *  request->files points into argv, which is permuted. */
enum mdci_args_result mdci_args_parse(struct mdci_request *request,
                                      struct mdci_console *console, int argc,
                                      char **argv);

#endif
