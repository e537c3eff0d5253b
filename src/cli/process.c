/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file process.c
 * \brief What is refused, what is done, and what is left behind.
 */
#include "config.h"

#include "src/cli/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/suffix.h"

enum { MAGIC_SIZE = 4 };

/* What is done with a source, and with what. */
struct source {
    struct mdci_command *command;
    const char *path; /* NULL: stdin */
    bool found;       /* in a directory */
    struct stat status;
    struct mdci_job job;
    struct mdci_target target;
    bool (*convert)(struct mdci_job *job);
};

/* Compressed data and a terminal do not go together, unless forced. */
static bool terminal_refused(struct mdci_command *command, const char *path)
{
    const struct mdci_request *request = &command->request;
    if (request->force)
        return false;
    if (request->mode == MDCI_COMPRESS) {
        if ((path && !request->to_stdout) || !isatty(STDOUT_FILENO))
            return false;
        mdci_error(&command->console, NULL,
                   "compressed data is not written to a terminal "
                   "(-f forces it, --help has more)");
    } else {
        if (path || !isatty(STDIN_FILENO))
            return false;
        mdci_error(&command->console, NULL,
                   "compressed data is not read from a terminal "
                   "(-f forces it, --help has more)");
    }
    return true;
}

static bool has_target_file(const struct source *source)
{
    return source->path && !source->command->request.to_stdout;
}

static bool has_suffix(const struct source *source)
{
    return source->path &&
           mdci_suffix_present(source->path, source->command->request.suffix);
}

static bool looks_like_archive(const struct mdci_reader *reader)
{
    return mdc_is_archive(reader->data + reader->pos,
                          reader->end - reader->pos) != 0;
}

/* Warns about a file that is skipped, unless nobody asked for it by name. */
static bool skip(const struct source *source, const char *why)
{
    if (!source->found)
        mdci_warn(&source->command->console, source->path, "%s, skipped", why);
    return false;
}

static bool may_compress(struct source *source)
{
    const struct mdci_request *request = &source->command->request;
    struct mdci_reader *reader = &source->job.reader;
    source->convert = mdci_convert_compress;
    if (!has_target_file(source))
        return true;
    if (has_suffix(source))
        return skip(source, "has the suffix of an archive");
    (void)mdci_reader_want(reader, MAGIC_SIZE); /* an error comes again */
    if (!request->force && looks_like_archive(reader))
        return skip(source, "is an archive already");
    return true;
}

/* Reads the magic. In a tree, only what is an archive, or claims to be one by
 * its suffix, is meant to be restored, tested or listed. */
static bool meant(struct source *source)
{
    struct mdci_reader *reader = &source->job.reader;
    (void)mdci_reader_want(reader, MAGIC_SIZE); /* an error comes again */
    return !source->found || looks_like_archive(reader) || has_suffix(source);
}

static bool may_restore(struct source *source)
{
    const struct mdci_request *request = &source->command->request;
    source->convert = mdci_convert_restore;
    if (has_target_file(source)) {
        if (has_suffix(source))
            return true;
        mdci_warn(&source->command->console, source->path,
                  "has no known suffix, skipped");
        return false;
    }
    if (request->force && request->mode == MDCI_DECOMPRESS &&
        !looks_like_archive(&source->job.reader))
        source->convert = mdci_convert_copy;
    return true;
}

/* Regular files have a size; of stdin, what is left to read counts. */
static uint64_t bytes_to_come(const struct source *source, int fd)
{
    const off_t at = source->path ? 0 : lseek(fd, 0, SEEK_CUR);
    if (!S_ISREG(source->status.st_mode) || at < 0 ||
        at >= source->status.st_size)
        return 0;
    return (uint64_t)(source->status.st_size - at);
}

static void start_job(struct source *source, int fd)
{
    struct mdci_command *command = source->command;
    source->job = (struct mdci_job){
        .request = &command->request,
        .console = &command->console,
        .name = mdci_shown_name(source->path),
        .source_size = bytes_to_come(source, fd),
        .reader = {.fd = fd, .data = command->input, .size = MDCI_BUFFER_SIZE},
        .out = -1,
        .contexts = &command->contexts,
        .buffer = {.data = command->output, .size = MDCI_BUFFER_SIZE},
    };
    mdci_progress_start(&command->contexts.progress, &command->request,
                        &command->console, source->job.name,
                        source->job.source_size);
}

/* Opens where the result goes. */
static bool open_target(struct source *source)
{
    const struct mdci_request *request = &source->command->request;
    struct mdci_console *console = &source->command->console;
    if (request->mode == MDCI_TEST)
        return true;
    if (!has_target_file(source)) {
        source->job.out = STDOUT_FILENO;
        return true;
    }
    char *name = request->mode == MDCI_COMPRESS
                     ? mdci_suffix_add(source->path, request->suffix)
                     : mdci_suffix_remove(source->path, request->suffix);
    if (!name) {
        mdci_error(console, source->path, "%s", strerror(ENOMEM));
        return false;
    }
    if (!mdci_target_open(&source->target, request, console, name))
        return false;
    source->job.out = source->target.fd;
    source->job.sparse =
        request->mode == MDCI_DECOMPRESS && !request->no_sparse;
    return true;
}

/* Gives a target that is whole its name, and removes the source. */
static void settle(struct source *source, bool remove)
{
    struct mdci_console *console = &source->command->console;
    if (mdci_target_place(&source->target, console) && remove &&
        mdci_target_sync_name(&source->target, console) &&
        /* What was not restored is still in the source. */
        !source->job.rest_ignored)
        mdci_source_remove(source->path, &source->status, console);
    mdci_target_drop(&source->target);
}

/* From an open source to a finished target, and perhaps no source. */
static void replace(struct source *source)
{
    const struct mdci_request *request = &source->command->request;
    struct mdci_console *console = &source->command->console;
    struct mdci_job *job = &source->job;
    if (!open_target(source))
        return;
    const bool remove = has_target_file(source) && !request->keep;
    bool good = source->convert(job);
    mdci_progress_end(&job->contexts->progress, good);
    if (good && request->mode == MDCI_COMPRESS && request->verify)
        good = mdci_convert_verify(job);
    if (!good)
        mdci_target_drop(&source->target);
    else if (mdci_target_finish(&source->target, console, &source->status,
                                remove))
        settle(source, remove);
}

static bool verify_refused(const struct source *source)
{
    const struct mdci_request *request = &source->command->request;
    if (!request->verify || request->mode != MDCI_COMPRESS ||
        has_target_file(source))
        return false;
    mdci_error(&source->command->console, mdci_shown_name(source->path),
               "--verify needs a file to write to");
    return true;
}

void mdci_process(void *opaque, const char *path, bool found)
{
    struct mdci_command *command = opaque;
    const struct mdci_request *request = &command->request;
    struct source source = {
        .command = command, .path = path, .found = found, .target = {.fd = -1}};
    if (terminal_refused(command, path) || verify_refused(&source))
        return;
    const int fd =
        mdci_source_open(request, &command->console, path, &source.status);
    if (fd < 0)
        return;
    start_job(&source, fd);
    if (request->mode == MDCI_COMPRESS) {
        if (may_compress(&source))
            replace(&source);
    } else if (request->mode == MDCI_TEMPLATES) {
        (void)mdci_reader_want(&source.job.reader, MAGIC_SIZE);
        mdci_templates_file(&command->templates, &source.job,
                            looks_like_archive(&source.job.reader)
                                ? mdci_convert_restore
                                : mdci_convert_copy);
    } else if (request->mode == MDCI_EXPLAIN) {
        (void)mdci_reader_want(&source.job.reader, MAGIC_SIZE);
        mdci_explain_file(&command->explanations, &source.job,
                          looks_like_archive(&source.job.reader)
                              ? mdci_convert_copy
                              : mdci_convert_compress);
    } else if (meant(&source)) {
        if (request->mode == MDCI_LIST)
            mdci_list_file(&command->listing, request, &command->console,
                           source.job.name, fd, &source.status);
        else if (may_restore(&source))
            replace(&source);
    }
    if (path)
        (void)close(fd);
}
