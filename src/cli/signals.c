/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file signals.c
 * \brief Handling at once, not when the coder returns: a block takes seconds.
 */
#include "config.h"

#include "src/cli/signals.h"

#include <stddef.h>
#include <unistd.h>

static const int ending[] = {SIGINT,  SIGTERM, SIGHUP,
                             SIGPIPE, SIGXCPU, SIGXFSZ};

#define ENDING_COUNT (sizeof(ending) / sizeof(ending[0]))

/* A handler is given nothing but the signal's number, so this must be static.
 * It changes only while signals are held. */
static struct {
    const char *volatile path; /* NULL: nothing to remove */
    dev_t device;
    ino_t inode;
} partial;

static void handle(int number)
{
    struct stat now;
    if (partial.path && lstat(partial.path, &now) == 0 &&
        now.st_dev == partial.device && now.st_ino == partial.inode)
        (void)unlink(partial.path);
    /* SA_RESETHAND and SA_NODEFER: this is the default action. */
    (void)raise(number);
}

void mdci_signals_start(void)
{
    struct sigaction action = {.sa_handler = handle,
                               .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        struct sigaction old;
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(ending[i], &action, NULL);
    }
}

void mdci_signals_hold(sigset_t *old)
{
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < ENDING_COUNT; i++)
        (void)sigaddset(&set, ending[i]);
    (void)sigprocmask(SIG_BLOCK, &set, old);
}

void mdci_signals_restore(const sigset_t *old)
{
    (void)sigprocmask(SIG_SETMASK, old, NULL);
}

void mdci_signals_set_partial(const char *path, const struct stat *identity)
{
    partial.device = identity->st_dev;
    partial.inode = identity->st_ino;
    partial.path = path;
}

void mdci_signals_forget_partial(void)
{
    partial.path = NULL;
}
