/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file suffix.h
 * \brief Names of archives and of what they are restored to.
 */
#ifndef MDCI_SUFFIX_H
#define MDCI_SUFFIX_H

#include <stdbool.h>

#define MDCI_SUFFIX ".mdc"

/** Whether a name can be told from others by this suffix. */
bool mdci_suffix_valid(const char *suffix);

/** Whether `path` has a name before a suffix: `custom` (may be NULL) or ours.
 */
bool mdci_suffix_present(const char *path, const char *custom);

/** Name of the archive of `path`; to be freed, NULL without memory. */
char *mdci_suffix_add(const char *path, const char *custom);

/** Name of what the archive `path` is restored to, where a suffix is present;
 *  to be freed, NULL without memory. */
char *mdci_suffix_remove(const char *path, const char *custom);

#endif
