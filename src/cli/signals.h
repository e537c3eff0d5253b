/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file signals.h
 * \brief A signal that ends the command takes the partial outputs with it.
 */
#ifndef MDCI_SIGNALS_H
#define MDCI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

/** A file that is removed when a signal comes. */
struct mdci_partial {
    const char *path; /**< NULL: there is none */
    dev_t device;
    ino_t inode;
    struct mdci_partial *next, **link; /**< link: what points here */
};

/** Catches INT TERM HUP PIPE XCPU XFSZ, except those that are ignored. To be
 *  called by the main thread: the other threads must hold all signals back. */
void mdci_signals_start(void);

/** Holds these signals back, and other threads that call this; *old is what
 *  mdci_signals_restore() needs. Short work only. */
void mdci_signals_hold(sigset_t *old);
void mdci_signals_restore(const sigset_t *old);

/** The file `path`, as long as it is the one that *identity describes, is
 *  removed when a signal comes. To be called with signals held. Path and
 *  *partial must stay until mdci_signals_forget_partial(). */
void mdci_signals_add_partial(struct mdci_partial *partial, const char *path,
                              const struct stat *identity);

/** To be called without signals held; does nothing for what was not added. */
void mdci_signals_forget_partial(struct mdci_partial *partial);

/* ---- Ending in good order ---------------------------------------------- */

/** From now on the first INT, TERM or HUP asks to end, and ends nothing; any
 *  other signal after it does. \return false: not possible */
bool mdci_signals_soften(void);

/** Readable once a signal has asked; -1 if none can. */
int mdci_signals_wake(void);

/** Dies of the signal that asked, if one did. */
void mdci_signals_obey(void);

#endif
