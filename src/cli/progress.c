/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file progress.c
 * \brief Percent, sizes, rate and the time that is left.
 */
#include "config.h"

#include "src/cli/grouped.h"
#include "src/cli/progress.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

void mdci_progress_start(struct mdci_progress *progress,
                         const struct mdci_request *request,
                         struct mdci_console *console, const char *name,
                         uint64_t total)
{
    const bool terminal = isatty(STDERR_FILENO) == 1;
    *progress = (struct mdci_progress){
        .console = console,
        .name = name,
        .mode = request->mode,
        .total = total,
        .started = mdci_now(),
        .lines = !terminal,
    };
    if (console->verbosity >= MDCI_WARNINGS &&
        (request->progress || (terminal && !console->held)))
        progress->interval = terminal ? TERMINAL_EVERY : LINES_EVERY;
    progress->next = progress->started + DELAY;
}

/* Percent of the source that is done, 0 if unknown. */
static double percent_done(const struct mdci_progress *p)
{
    const uint64_t done = p->mode == MDCI_COMPRESS ? p->plain : p->packed;
    return p->total ? 100.0 * (double)done / (double)p->total : 0;
}

/* " 1:23:45" or " 3:45" of some seconds. */
static void append_time(char *text, size_t room, double seconds)
{
    const unsigned long long s = (unsigned long long)(seconds + 0.5);
    const size_t used = strlen(text);
    if (s >= 3600)
        (void)snprintf(text + used, room - used, " %llu:%02llu:%02llu",
                       s / 3600, s / 60 % 60, s % 60);
    else
        (void)snprintf(text + used, room - used, " %llu:%02llu", s / 60,
                       s % 60);
}

static void show(struct mdci_progress *p)
{
    char plain[24], packed[24], rate[24], left[40] = "";
    const double seconds = (double)(mdci_now() - p->started) / 1000;
    const double percent = percent_done(p);
    const double speed = seconds > 0 ? (double)p->plain / seconds : 0;
    if (percent > 0 && percent < 100) {
        (void)snprintf(left, sizeof(left), ", left");
        append_time(left, sizeof(left), seconds * (100 / percent - 1));
    }
    (void)fputs(p->lines ? "" : "\r", stderr);
    mdci_print_name(stderr, p->name);
    if (p->total)
        (void)fprintf(stderr, ": %.1f %%", percent);
    (void)fprintf(stderr, "%s %s %s %s, %s/s%s%s", p->total ? "," : ":",
                  mdci_size_text(plain, p->plain),
                  p->mode == MDCI_COMPRESS ? "->" : "<-",
                  mdci_size_text(packed, p->packed),
                  mdci_size_text(rate, (uint64_t)speed), left,
                  p->lines ? "\n" : "\033[K");
    (void)fflush(stderr);
    p->console->line_drawn = !p->lines;
}

void mdci_progress_update(void *opaque, uint64_t plain, uint64_t packed)
{
    struct mdci_progress *p = opaque;
    p->plain = plain;
    p->packed = packed;
    if (p->interval == 0)
        return;
    const int64_t now = mdci_now();
    if (now < p->next)
        return;
    p->next = now + p->interval;
    show(p);
}

void mdci_progress_end(struct mdci_progress *p, bool good)
{
    if (p->interval && p->lines && good)
        show(p);
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
