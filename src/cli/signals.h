/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file signals.h
 * \brief A signal that ends the command takes the partial output with it.
 */
#ifndef MDCI_SIGNALS_H
#define MDCI_SIGNALS_H

#include <signal.h>
#include <sys/stat.h>

/** Catches INT TERM HUP PIPE XCPU XFSZ, except those that are ignored. */
void mdci_signals_start(void);

/** Holds these signals back; *old is what mdci_signals_restore() needs. To be
 *  called while no other thread runs. */
void mdci_signals_hold(sigset_t *old);
void mdci_signals_restore(const sigset_t *old);

/** The file `path`, as long as it is the one that *identity describes, is
 *  removed when a signal comes. To be called with signals held. The string
 *  must stay until mdci_signals_forget_partial(). */
void mdci_signals_set_partial(const char *path, const struct stat *identity);
void mdci_signals_forget_partial(void);

#endif
