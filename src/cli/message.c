/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file message.c
 * \brief One line for each error and warning.
 */
#include "config.h"

#include "src/cli/message.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

void mdci_console_lock(void)
{
    (void)pthread_mutex_lock(&printing);
}

void mdci_console_unlock(void)
{
    (void)pthread_mutex_unlock(&printing);
}

void mdci_clear_line(struct mdci_console *console)
{
    if (!console->line_drawn)
        return;
    (void)fputs("\r\033[K", stderr);
    console->line_drawn = false;
}

static void print_line(struct mdci_console *console, const char *program,
                       const char *file, const char *format, va_list args)
    MDCI_PRINTF(4, 0);

static void print_line(struct mdci_console *console, const char *program,
                       const char *file, const char *format, va_list args)
{
    FILE *lines = mdci_console_lines(console);
    mdci_console_lock();
    mdci_clear_line(console);
    (void)fputs(program, lines);
    if (file) {
        mdci_print_name(lines, file);
        (void)fputs(": ", lines);
    }
    (void)vfprintf(lines, format, args);
    (void)fputc('\n', lines);
    (void)fflush(lines);
    mdci_console_unlock();
}

/* Several threads may have something to say about the same command. */
static void worsen(struct mdci_console *console, enum mdci_exit status)
{
    mdci_console_lock();
    if (status == MDCI_EXIT_ERROR || console->status == MDCI_EXIT_OK)
        console->status = status;
    mdci_console_unlock();
}

FILE *mdci_console_lines(struct mdci_console *console)
{
    if (!console->held)
        return stderr;
    if (!console->lines)
        console->lines = open_memstream(&console->text, &console->size);
    return console->lines ? console->lines : stderr;
}

void mdci_console_release(struct mdci_console *to, struct mdci_console *from)
{
    if (from->lines) {
        (void)fflush(from->lines);
        mdci_console_lock();
        mdci_clear_line(to);
        (void)fwrite(from->text, 1, from->size, stderr);
        (void)fflush(stderr);
        mdci_console_unlock();
    }
    if (from->status != MDCI_EXIT_OK)
        worsen(to, from->status);
    mdci_console_discard(from);
}

void mdci_console_discard(struct mdci_console *console)
{
    if (console->lines)
        (void)fclose(console->lines);
    free(console->text);
    console->lines = NULL;
    console->text = NULL;
    console->status = MDCI_EXIT_OK;
}

void mdci_error(struct mdci_console *console, const char *file,
                const char *format, ...)
{
    worsen(console, MDCI_EXIT_ERROR);
    if (console->verbosity < MDCI_ERRORS)
        return;
    va_list args;
    va_start(args, format);
    print_line(console, "midicoth: ", file, format, args);
    va_end(args);
}

void mdci_warn(struct mdci_console *console, const char *file,
               const char *format, ...)
{
    worsen(console, MDCI_EXIT_WARNING);
    if (console->verbosity < MDCI_WARNINGS)
        return;
    va_list args;
    va_start(args, format);
    print_line(console, "midicoth: ", file, format, args);
    va_end(args);
}

void mdci_say(struct mdci_console *console, int level, const char *file,
              const char *format, ...)
{
    if (console->verbosity < level)
        return;
    va_list args;
    va_start(args, format);
    print_line(console, "", file, format, args);
    va_end(args);
}

void mdci_print_name(FILE *to, const char *name)
{
    for (const char *c = name; *c; c++) {
        const unsigned char byte = (unsigned char)*c;
        (void)putc(byte < 0x20 || byte == 0x7F ? '?' : byte, to);
    }
}

const char *mdci_metres_text(char text[24], uint64_t nanometres, unsigned parts)
{
    (void)snprintf(text, 24, "%g", (double)nanometres / 1e9 / parts);
    return text;
}

const char *mdci_size_text(char text[24], uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) {
        (void)snprintf(text, 24, "%" PRIu64 " B", bytes);
        return text;
    }
    double value = (double)bytes / 1024;
    unsigned unit = 0;
    while (value >= 1024 && unit < 3) {
        value /= 1024;
        unit++;
    }
    (void)snprintf(text, 24, "%.1f %s", value, units[unit]);
    return text;
}

bool mdci_ask_overwrite(struct mdci_console *console, const char *file)
{
    if (console->held || !isatty(STDIN_FILENO))
        return false;
    mdci_clear_line(console);
    (void)fputs("midicoth: ", stderr);
    mdci_print_name(stderr, file);
    (void)fputs(" already exists; overwrite (y or n)? ", stderr);
    (void)fflush(stderr);
    const int first = getchar();
    for (int c = first; c != '\n' && c != EOF;)
        c = getchar();
    return first == 'y' || first == 'Y';
}

/* Bytes of the UTF-8 character at c[size], 0 if it is none. */
static size_t utf8_length(const unsigned char *c, size_t size)
{
    if (c[0] < 0x80)
        return 1;
    const size_t length = c[0] >= 0xC2 && c[0] < 0xE0   ? 2
                          : c[0] >= 0xE0 && c[0] < 0xF0 ? 3
                          : c[0] >= 0xF0 && c[0] < 0xF5 ? 4
                                                        : 0;
    if (length > size)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

void mdci_print_json(FILE *to, const char *text, size_t size)
{
    const unsigned char *c = (const unsigned char *)text;
    (void)fputc('"', to);
    while (size > 0) {
        const size_t length = utf8_length(c, size);
        const size_t step = length ? length : 1;
        if (length == 0)
            (void)fputs("\\ufffd", to);
        else if (*c < 0x20 || *c == '"' || *c == '\\' || *c == 0x7F)
            (void)fprintf(to, "\\u%04x", *c);
        else
            (void)fwrite(c, 1, length, to);
        c += step;
        size -= step;
    }
    (void)fputc('"', to);
}

void mdci_print_json_file(uint64_t before, const char *name)
{
    (void)fputs(before ? ",\n{\"name\":" : "{\"files\":[\n{\"name\":", stdout);
    mdci_print_json(stdout, name, strlen(name));
}

void mdci_print_json_end(uint64_t files)
{
    (void)puts(files ? "\n]}" : "{\"files\":[]}");
}

void mdci_print_html(FILE *to, const char *text, size_t size)
{
    const unsigned char *c = (const unsigned char *)text;
    while (size > 0) {
        const size_t length = utf8_length(c, size);
        const size_t step = length ? length : 1;
        if (length == 0)
            (void)fputs("&#xFFFD;", to);
        else if (*c == '<' || *c == '>' || *c == '&' || *c == '"' || *c == '\'')
            (void)fprintf(to, "&#%d;", *c);
        else if (*c >= 0x20 ? *c != 0x7F : *c == '\t')
            (void)fwrite(c, 1, length, to);
        c += step;
        size -= step;
    }
}
