/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file list.h
 * \brief -l: what is in archives, for people or as JSON.
 */
#ifndef MDCI_LIST_H
#define MDCI_LIST_H

#include <sys/stat.h>

#include "src/cli/message.h"
#include "src/cli/request.h"
#include "src/midicoth.h"

/** What was listed so far. */
struct mdci_listing {
    uint64_t files;
    struct mdc_archive_info sums;
};

/** Lists the archive in fd on stdout; `name` as shown. */
void mdci_list_file(struct mdci_listing *listing,
                    const struct mdci_request *request,
                    struct mdci_console *console, const char *name, int fd,
                    const struct stat *status);

/** Prints the totals. To be called once, whatever was listed. */
void mdci_list_end(const struct mdci_listing *listing,
                   const struct mdci_request *request);

#endif
