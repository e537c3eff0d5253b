/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file message.h
 * \brief What the command tells people on stderr, and the exit status that
 *        comes of it.
 */
#ifndef MDCI_MESSAGE_H
#define MDCI_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum mdci_verbosity {
    MDCI_SILENT,   /**< -qq */
    MDCI_ERRORS,   /**< -q */
    MDCI_WARNINGS, /**< the default */
    MDCI_VERBOSE   /**< -v */
};

enum mdci_exit { MDCI_EXIT_OK = 0, MDCI_EXIT_ERROR = 1, MDCI_EXIT_WARNING = 2 };

struct mdci_console {
    int verbosity;
    enum mdci_exit status; /**< the worst so far: error, warning, ok */
    bool line_drawn;       /**< a progress line waits to be overwritten */
    bool held;             /**< what is printed waits until it is released */
    FILE *lines;           /**< to `text`; NULL: nothing waits */
    char *text;
    size_t size;
};

/** Where lines for people go: standard error, unless they are held. */
FILE *mdci_console_lines(struct mdci_console *console);

/** Keeps other threads from printing for people, and from what they print of.
 *  Called once, not again before mdci_console_unlock(). */
void mdci_console_lock(void);
void mdci_console_unlock(void);

/** Removes a progress line, so that nothing runs into it. With the lock. */
void mdci_clear_line(struct mdci_console *console);

/** Prints what waits in `from` to standard error and empties it; the status of
 *  `to` becomes the worse of both. May be called by several threads. */
void mdci_console_release(struct mdci_console *to, struct mdci_console *from);

/** Empties it without printing anything. */
void mdci_console_discard(struct mdci_console *console);

#if defined(__GNUC__)
#define MDCI_PRINTF(text, args) __attribute__((format(printf, text, args)))
#else
#define MDCI_PRINTF(text, args)
#endif

/** "midicoth: file: text"; the exit status becomes 1. `file` may be NULL. */
void mdci_error(struct mdci_console *console, const char *file,
                const char *format, ...) MDCI_PRINTF(3, 4);

/** As mdci_error(), but the exit status becomes 2 unless it is 1. */
void mdci_warn(struct mdci_console *console, const char *file,
               const char *format, ...) MDCI_PRINTF(3, 4);

/** "file: text" if verbosity is at least `level`; no exit status. */
void mdci_say(struct mdci_console *console, int level, const char *file,
              const char *format, ...) MDCI_PRINTF(4, 5);

/** Prints a file's name on one line: control characters become '?'. */
void mdci_print_name(FILE *to, const char *name);

/** Prints text[size] as a JSON string. What is not ASCII is copied as it is if
 *  it is UTF-8, as JSON wants it, else it becomes U+FFFD. */
void mdci_print_json(FILE *to, const char *text, size_t size);

/** Begins a file's object in the list of files that --json prints to standard
 *  output, with its name.
 *  \param before  files that were printed before */
void mdci_print_json_file(uint64_t before, const char *name);

/** Ends a list of files that has nothing behind it. */
void mdci_print_json_end(uint64_t files);

/** Prints text[size] as text of an HTML page or its attributes. What does not
 *  print is left out or, if it is no UTF-8 either, U+FFFD. */
void mdci_print_html(FILE *to, const char *text, size_t size);

/** Writes nanometres / parts as metres, a number of C and JSON; returns text.
 */
const char *mdci_metres_text(char text[24], uint64_t nanometres,
                             unsigned parts);

/** A size for people, such as "12.3 MiB", into text[24]; returns text. */
const char *mdci_size_text(char text[24], uint64_t bytes);

/** Asks whether to overwrite `file`; false if stdin is no terminal, or what is
 *  printed is held. */
bool mdci_ask_overwrite(struct mdci_console *console, const char *file);

#endif
