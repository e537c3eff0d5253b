/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file signals.c
 * \brief Handling at once, not when the coder returns: a block takes seconds.
 */
#include "config.h"

#include "src/cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static const int ending[] = {SIGINT,  SIGTERM, SIGHUP,
                             SIGPIPE, SIGXCPU, SIGXFSZ};

#define ENDING_COUNT (sizeof(ending) / sizeof(ending[0]))

/* A handler is given nothing but the signal's number, so this must be static.
 * The list changes only under the lock while signals are held and `busy` is
 * set. A handler, which only the main thread runs, waits until it is not; then
 * `ended` keeps all others from going on. */
static struct {
    pthread_mutex_t lock;
    atomic_int busy, ended;
    struct mdci_partial *first;
} partials = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void remove_partials(void)
{
    const struct timespec moment = {.tv_nsec = 100000};
    atomic_store(&partials.ended, 1);
    while (atomic_load(&partials.busy))
        (void)nanosleep(&moment, NULL);
    for (const struct mdci_partial *p = partials.first; p; p = p->next) {
        struct stat now;
        if (lstat(p->path, &now) == 0 && now.st_dev == p->device &&
            now.st_ino == p->inode)
            (void)unlink(p->path);
    }
}

/* Some senders, such as timeout(1), send a signal to a process and to its
 * group: what comes so soon after the first is the same request, not another.
 */
#define ONE_REQUEST 500 /* milliseconds */

/* Static as well: what a handler and the main thread share. */
static struct {
    int wake[2];                 /* a pipe; -1: signals do not ask */
    volatile sig_atomic_t asked; /* the signal that asked to end; 0: none */
    struct timespec when;        /* it did; the handler's */
} soft = {.wake = {-1, -1}};

static int since_asked(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    const time_t seconds = now.tv_sec - soft.when.tv_sec;
    return seconds > 1 ? 2000
                       : (int)(seconds * 1000 +
                               (now.tv_nsec - soft.when.tv_nsec) / 1000000);
}

/* Notes that it asks to end, or has asked; false: it ends all at once. */
static bool may_ask(int number)
{
    if (soft.wake[1] < 0 ||
        (number != SIGINT && number != SIGTERM && number != SIGHUP))
        return false;
    if (soft.asked)
        return since_asked() < ONE_REQUEST;
    (void)clock_gettime(CLOCK_MONOTONIC, &soft.when);
    soft.asked = number;
    (void)!write(soft.wake[1], "", 1);
    return true;
}

static void handle(int number)
{
    const int saved = errno;
    if (may_ask(number)) {
        errno = saved;
        return;
    }
    remove_partials();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

void mdci_signals_start(void)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_NODEFER};
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        struct sigaction old;
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(ending[i], &action, NULL);
    }
}

bool mdci_signals_soften(void)
{
    return soft.wake[1] >= 0 || pipe2(soft.wake, O_CLOEXEC | O_NONBLOCK) == 0;
}

int mdci_signals_wake(void)
{
    return soft.wake[0];
}

void mdci_signals_obey(void)
{
    if (!soft.asked)
        return;
    (void)signal(soft.asked, SIG_DFL);
    (void)raise(soft.asked);
}

void mdci_signals_hold(sigset_t *old)
{
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < ENDING_COUNT; i++)
        (void)sigaddset(&set, ending[i]);
    (void)pthread_sigmask(SIG_BLOCK, &set, old);
    (void)pthread_mutex_lock(&partials.lock);
    atomic_store(&partials.busy, 1);
    while (atomic_load(&partials.ended)) {
        /* The process is about to end; the handler waits for no one else. */
        atomic_store(&partials.busy, 0);
        (void)pause();
    }
}

void mdci_signals_restore(const sigset_t *old)
{
    atomic_store(&partials.busy, 0);
    (void)pthread_mutex_unlock(&partials.lock);
    (void)pthread_sigmask(SIG_SETMASK, old, NULL);
}

void mdci_signals_add_partial(struct mdci_partial *partial, const char *path,
                              const struct stat *identity)
{
    *partial = (struct mdci_partial){
        .path = path,
        .device = identity->st_dev,
        .inode = identity->st_ino,
        .next = partials.first,
        .link = &partials.first,
    };
    if (partials.first)
        partials.first->link = &partial->next;
    partials.first = partial;
}

void mdci_signals_forget_partial(struct mdci_partial *partial)
{
    sigset_t held;
    if (!partial->path)
        return;
    mdci_signals_hold(&held);
    *partial->link = partial->next;
    if (partial->next)
        partial->next->link = partial->link;
    mdci_signals_restore(&held);
    partial->path = NULL;
}
