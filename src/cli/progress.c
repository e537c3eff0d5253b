/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file progress.c
 * \brief Percent, sizes, rate and the time that is left.
 */
#include "config.h"

#include "src/cli/grouped.h"
#include "src/cli/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "src/cli/file_io.h"

enum {
    DELAY = 1000, /* milliseconds: shorter jobs show nothing */
    TERMINAL_EVERY = 250,
    LINES_EVERY = 1000
};

int64_t mdci_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- How far it is ------------------------------------------------------ */

static int read_source(void *opaque, uint64_t offset, void *buffer, size_t size)
{
    const struct mdci_progress *p = opaque;
    return mdci_read_at(p->fd, p->start + offset, buffer, size);
}

/* How much there is to do in all. Of an archive its headers say it; they are
 * read only if anything is to be shown. */
static void seek_whole(struct mdci_progress *p)
{
    struct mdc_archive_info info = {.size = sizeof(info)};
    if (p->whole_sought)
        return;
    p->whole_sought = true;
    p->whole = p->work == MDCI_WORK_RESTORE ? 0 : p->total;
    if (p->work != MDCI_WORK_RESTORE || p->total == 0)
        return;
    const enum mdc_status status =
        mdc_inspect(read_source, p, p->total, NULL, NULL, &info, NULL);
    if (status == MDC_OK || (status == MDC_FORMAT && info.frames > 0))
        p->whole = info.plain_size;
}

/* Bytes that are done. The library tells it now and then only: in between the
 * work is taken to go on as fast as before, but never to reach what comes next.
 */
static double done(const struct mdci_progress *p, int64_t now)
{
    const double sure = (double)p->plain;
    const double time = (double)(p->told - p->started);
    const uint64_t most = p->work == MDCI_WORK_COMPRESS ? p->read : p->whole;
    if (time <= 0 || most <= p->plain)
        return sure;
    const double more = sure / time * (double)(now - p->told);
    const double room = 0.9 * (double)(most - p->plain);
    return sure + (more < room ? more : room);
}

/* Percent of the work that is done; it does not go back, and is not all before
 * the end. */
static double percent_done(struct mdci_progress *p, int64_t now)
{
    const double percent =
        p->whole ? 100.0 * done(p, now) / (double)p->whole : 0;
    if (percent > p->shown)
        p->shown = percent < 99.9 ? percent : 99.9;
    return p->shown;
}

/* ---- Showing ------------------------------------------------------------ */

/* "1:23:45" or "3:45" of some seconds. */
static const char *time_text(char text[24], double seconds)
{
    const unsigned long long s = (unsigned long long)(seconds + 0.5);
    if (s >= 3600)
        (void)snprintf(text, 24, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60,
                       s % 60);
    else
        (void)snprintf(text, 24, "%llu:%02llu", s / 60, s % 60);
    return text;
}

static void show(struct mdci_progress *p, bool end)
{
    char plain[24], packed[24], rate[24], taken[24], left[24], rest[40] = "";
    FILE *lines = mdci_console_lines(p->console);
    const int64_t now = mdci_now();
    const double seconds = (double)(now - p->started) / 1000;
    const double time = (double)((end ? now : p->told) - p->started) / 1000;
    seek_whole(p);
    const double percent = end ? 100 : percent_done(p, now);
    if (percent > 0 && percent < 100)
        (void)snprintf(rest, sizeof(rest), ", left %s",
                       time_text(left, seconds * (100 / percent - 1)));
    (void)fputs(p->lines ? "" : "\r", lines);
    mdci_print_name(lines, p->name);
    if (p->whole)
        (void)fprintf(lines, ": %.1f %%", percent);
    (void)fprintf(lines, "%s %s %s %s, %s/s, %s%s%s", p->whole ? "," : ":",
                  mdci_size_text(plain, p->plain),
                  p->work == MDCI_WORK_COMPRESS ? "->" : "<-",
                  mdci_size_text(packed, p->packed),
                  mdci_size_text(
                      rate, time > 0 ? (uint64_t)((double)p->plain / time) : 0),
                  time_text(taken, seconds), rest, p->lines ? "\n" : "\033[K");
    (void)fflush(lines);
    p->console->line_drawn = !p->lines;
    p->next = now + p->interval;
}

/* The work of the main thread that is being shown, by that thread or by one of
 * its own that has nothing else to do. All of it happens under the console's
 * lock, so that nothing is drawn into a message. */
static struct {
    struct mdci_progress *current; /* NULL: there is none */
    bool started;
} ticker;

static void show_if_due(struct mdci_progress *p)
{
    if (p && p->interval > 0 && mdci_now() >= p->next)
        show(p, false);
}

static void *tick(void *opaque)
{
    const struct timespec pause = {.tv_nsec = TERMINAL_EVERY * 1000000L};
    (void)opaque;
    for (;;) {
        (void)nanosleep(&pause, NULL);
        mdci_console_lock();
        show_if_due(ticker.current);
        mdci_console_unlock();
    }
    return NULL;
}

/* Without the thread it is shown when there is news. */
static void start_ticker(void)
{
    pthread_t id;
    sigset_t all, before;
    if (ticker.started)
        return;
    ticker.started = true;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&id, NULL, tick, NULL) == 0)
        (void)pthread_detach(id);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- From the start to the end ------------------------------------------ */

void mdci_progress_start(struct mdci_progress *progress,
                         const struct mdci_request *request,
                         struct mdci_console *console, const char *name, int fd,
                         uint64_t start, uint64_t total)
{
    const bool terminal = isatty(STDERR_FILENO) == 1;
    *progress = (struct mdci_progress){
        .console = console,
        .name = name,
        .mode = request->mode,
        .fd = fd,
        .start = start,
        .total = total,
        .started = mdci_now(),
        .lines = !terminal || console->held,
    };
    if (console->verbosity >= MDCI_WARNINGS &&
        (request->progress || (terminal && !console->held)))
        progress->interval = terminal ? TERMINAL_EVERY : LINES_EVERY;
}

void mdci_progress_work(struct mdci_progress *p, enum mdci_work work)
{
    p->work = work;
    p->started = p->told = mdci_now();
    p->next = p->started + DELAY;
    if (p->interval == 0 || p->console->held)
        return;
    start_ticker();
    mdci_console_lock();
    ticker.current = p;
    mdci_console_unlock();
}

void mdci_progress_read(struct mdci_progress *p, uint64_t read)
{
    mdci_console_lock();
    p->read = read;
    mdci_console_unlock();
}

void mdci_progress_update(void *opaque, uint64_t plain, uint64_t packed)
{
    struct mdci_progress *p = opaque;
    mdci_console_lock();
    if (plain > p->plain)
        p->told = mdci_now();
    p->plain = plain;
    p->packed = packed;
    if (!p->console->held)
        show_if_due(p);
    mdci_console_unlock();
}

void mdci_progress_files(const struct mdci_request *request,
                         struct mdci_console *console, uint64_t files,
                         const char *name)
{
    static int64_t next; /* under the lock; 0: not begun yet */
    if (console->verbosity < MDCI_WARNINGS || request->progress ||
        isatty(STDERR_FILENO) != 1)
        return;
    mdci_console_lock();
    const int64_t now = mdci_now();
    if (next == 0)
        next = now + DELAY;
    if (now >= next) {
        (void)fprintf(stderr, "\r%" PRIu64 " files done, the last is ", files);
        mdci_print_name(stderr, name);
        (void)fputs("\033[K", stderr);
        (void)fflush(stderr);
        console->line_drawn = true;
        next = now + TERMINAL_EVERY;
    }
    mdci_console_unlock();
}

void mdci_progress_end(struct mdci_progress *p, bool good)
{
    mdci_console_lock();
    if (ticker.current == p)
        ticker.current = NULL;
    mdci_clear_line(p->console);
    mdci_console_unlock();
    if (p->interval && p->lines && good)
        show(p, true);
    if (!good)
        return;
    const double seconds = (double)(mdci_now() - p->started) / 1000;
    const double ratio = p->packed ? (double)p->plain / (double)p->packed : 0;
    const bool packing = p->mode == MDCI_COMPRESS;
    mdci_say(p->console, MDCI_VERBOSE, p->name,
             "%s%s -> %s bytes, ratio %.2f, %.1f s",
             p->mode == MDCI_TEST ? "ok, " : "",
             MDCI_GROUPED(packing ? p->plain : p->packed),
             MDCI_GROUPED(packing ? p->packed : p->plain), ratio, seconds);
}
