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

/* Compressed data and a terminal do not go together, unless forced. */
static bool terminal_refused(const struct mdci_source *source)
{
    const struct mdci_request *request = source->request;
    const char *path = source->path;
    if (request->force)
        return false;
    if (request->mode == MDCI_COMPRESS) {
        if ((path && !request->to_stdout) || !isatty(STDOUT_FILENO))
            return false;
        mdci_error(source->console, NULL,
                   "compressed data is not written to a terminal "
                   "(-f forces it, --help has more)");
    } else {
        if (path || !isatty(STDIN_FILENO))
            return false;
        mdci_error(source->console, NULL,
                   "compressed data is not read from a terminal "
                   "(-f forces it, --help has more)");
    }
    return true;
}

static bool has_target_file(const struct mdci_source *source)
{
    return source->path && !source->request->to_stdout;
}

static bool has_suffix(const struct mdci_source *source)
{
    return source->path &&
           mdci_suffix_present(source->path, source->request->suffix);
}

static bool looks_like_archive(const struct mdci_reader *reader)
{
    return mdc_is_archive(reader->data + reader->pos,
                          reader->end - reader->pos) != 0;
}

/* Warns about a file that is skipped, unless nobody asked for it by name. */
static bool skip(const struct mdci_source *source, const char *why)
{
    if (!source->found)
        mdci_warn(source->console, source->path, "%s, skipped", why);
    return false;
}

static bool may_compress(struct mdci_source *source)
{
    const struct mdci_request *request = source->request;
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
static bool meant(struct mdci_source *source)
{
    struct mdci_reader *reader = &source->job.reader;
    (void)mdci_reader_want(reader, MAGIC_SIZE); /* an error comes again */
    return !source->found || looks_like_archive(reader) || has_suffix(source);
}

static bool may_restore(struct mdci_source *source)
{
    const struct mdci_request *request = source->request;
    source->convert = mdci_convert_restore;
    if (has_target_file(source)) {
        if (has_suffix(source))
            return true;
        mdci_warn(source->console, source->path,
                  "has no known suffix, skipped");
        return false;
    }
    if (request->force && request->mode == MDCI_DECOMPRESS &&
        !looks_like_archive(&source->job.reader))
        source->convert = mdci_convert_copy;
    return true;
}

/* Where the source begins in its file: of stdin, what is left to read counts.
 */
static uint64_t bytes_before(const struct mdci_source *source)
{
    const off_t at = source->path ? 0 : lseek(source->fd, 0, SEEK_CUR);
    return at > 0 ? (uint64_t)at : 0;
}

/* Regular files have a size. */
static uint64_t bytes_to_come(const struct mdci_source *source, uint64_t before)
{
    const uint64_t size = (uint64_t)source->status.st_size;
    return S_ISREG(source->status.st_mode) && size > before ? size - before : 0;
}

static void start_job(struct mdci_source *source)
{
    struct mdci_worker *worker = source->worker;
    const uint64_t before = bytes_before(source);
    source->job = (struct mdci_job){
        .request = source->request,
        .console = source->console,
        .name = mdci_shown_name(source->path),
        .source_size = bytes_to_come(source, before),
        .size_known = S_ISREG(source->status.st_mode),
        .threads = source->threads,
        .memory_limit = source->memory_limit,
        .reader = {.fd = source->fd,
                   .data = worker->input,
                   .size = MDCI_BUFFER_SIZE},
        .out = -1,
        .contexts = &worker->contexts,
        .buffer = {.data = worker->output, .size = MDCI_BUFFER_SIZE},
    };
    mdci_progress_start(&worker->contexts.progress, source->request,
                        source->console, source->job.name, source->fd, before,
                        source->job.source_size);
}

/* Opens where the result goes. */
static bool open_target(struct mdci_source *source)
{
    const struct mdci_request *request = source->request;
    struct mdci_console *console = source->console;
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

static bool verify_refused(const struct mdci_source *source)
{
    const struct mdci_request *request = source->request;
    if (!request->verify || request->mode != MDCI_COMPRESS ||
        has_target_file(source))
        return false;
    mdci_error(source->console, mdci_shown_name(source->path),
               "--verify needs a file to write to");
    return true;
}

static bool open_source(struct mdci_source *source)
{
    if (terminal_refused(source) || verify_refused(source))
        return false;
    source->fd = mdci_source_open(source->request, source->console,
                                  source->path, &source->status);
    if (source->fd < 0)
        return false;
    start_job(source);
    return true;
}

static void close_source(const struct mdci_source *source)
{
    if (source->path)
        (void)close(source->fd);
}

bool mdci_source_goes(const struct mdci_source *source)
{
    return has_target_file(source) && !source->request->keep;
}

/* Whether the target's content is made safe on disk: because it is all that
 * will be left, of the source or of another file that had its name. */
static bool syncs(const struct mdci_source *source)
{
    return source->request->sync != MDCI_SYNC_NEVER &&
           (mdci_source_goes(source) || source->target.existed);
}

/* From an open source to a target that is whole. */
static bool replace(struct mdci_source *source)
{
    const struct mdci_request *request = source->request;
    struct mdci_job *job = &source->job;
    if (!open_target(source))
        return false;
    source->begun = true;
    bool good = source->convert(job);
    mdci_progress_end(&job->contexts->progress, good);
    if (good && request->mode == MDCI_COMPRESS && request->verify)
        good = mdci_convert_verify(job);
    if (good)
        mdci_target_finish(&source->target, source->console, &source->status,
                           syncs(source));
    else
        mdci_target_drop(&source->target);
    return good;
}

/* The same for those that are meant. */
static bool convert_open(struct mdci_source *source)
{
    const bool may = source->request->mode == MDCI_COMPRESS
                         ? may_compress(source)
                         : meant(source) && may_restore(source);
    return may && replace(source);
}

bool mdci_source_convert(struct mdci_source *source)
{
    if (!open_source(source))
        return false;
    const bool good = convert_open(source);
    close_source(source);
    return good;
}

bool mdci_source_close(struct mdci_source *source)
{
    return mdci_target_close(&source->target, source->console, syncs(source));
}

void mdci_source_end(struct mdci_source *source)
{
    /* What was not restored is still in the source. */
    if (mdci_source_goes(source) && !source->job.rest_ignored)
        mdci_source_remove(source->path, &source->status, source->console);
}

/* Gives a target that is whole its name, and removes the source. */
static void settle(struct mdci_source *source)
{
    if (mdci_source_close(source) &&
        mdci_target_place(&source->target, source->console) &&
        mdci_source_goes(source) &&
        (source->request->sync == MDCI_SYNC_NEVER ||
         mdci_target_sync_name(&source->target, source->console)))
        mdci_source_end(source);
    mdci_target_drop(&source->target);
}

/* What is done with an open source that is only looked at. */
static void look_at(struct mdci_command *command, struct mdci_source *source)
{
    struct mdci_job *job = &source->job;
    (void)mdci_reader_want(&job->reader, MAGIC_SIZE);
    const bool archive = looks_like_archive(&job->reader);
    if (command->request.mode == MDCI_TEMPLATES)
        mdci_templates_file(&command->templates, job,
                            archive ? mdci_convert_restore : mdci_convert_copy);
    else if (command->request.mode == MDCI_EXPLAIN)
        mdci_explain_file(&command->explanations, job,
                          archive ? mdci_convert_copy : mdci_convert_compress);
    else if (meant(source))
        mdci_list_file(&command->listing, &command->request, &command->console,
                       job->name, source->fd, &source->status);
}

void mdci_process(void *opaque, const char *path, bool found)
{
    struct mdci_command *command = opaque;
    const struct mdci_request *request = &command->request;
    struct mdci_source source = {
        .request = request,
        .console = &command->console,
        .worker = &command->worker,
        .threads = request->threads,
        .memory_limit = request->memory_limit,
        .path = path,
        .found = found,
        .target = {.fd = -1},
    };
    if (request->mode == MDCI_LIST || request->mode == MDCI_TEMPLATES ||
        request->mode == MDCI_EXPLAIN) {
        if (open_source(&source)) {
            look_at(command, &source);
            close_source(&source);
        }
    } else if (mdci_source_convert(&source)) {
        settle(&source);
    }
}

bool mdci_worker_init(struct mdci_worker *worker)
{
    *worker = (struct mdci_worker){.input = malloc(MDCI_BUFFER_SIZE),
                                   .output = malloc(MDCI_BUFFER_SIZE)};
    return worker->input && worker->output;
}

void mdci_worker_free(struct mdci_worker *worker)
{
    mdci_contexts_free(&worker->contexts);
    free(worker->input);
    free(worker->output);
}
