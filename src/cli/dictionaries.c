/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file dictionaries.c
 * \brief -D: reading a dictionary; --train: making one from files.
 */
#include "config.h"

#include "src/cli/dictionaries.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/file_io.h"
#include "src/midicoth.h"

enum {
    SAMPLES_MOST = 64 << 20,
    /* A file is cut into samples of this size: of few files, too, there are
     * many to find out from what comes again. */
    SAMPLE_SIZE = 16 << 10
};

/* Reads up to `most` bytes. \return bytes read; SIZE_MAX and errno if that
 * failed */
static size_t read_up_to(int fd, uint8_t *data, size_t most)
{
    struct mdci_reader reader = {.fd = fd, .data = data, .size = most};
    return mdci_reader_want(&reader, most) == MDCI_READ_FAILED ? SIZE_MAX
                                                               : reader.end;
}

/* ---- Reading ------------------------------------------------------------ */

bool mdci_dictionary_load(struct mdci_request *request,
                          struct mdci_console *console)
{
    const char *name = request->dictionary_name;
    const size_t most = MDC_DICTIONARY_MAX;
    if (!name)
        return true;
    const int fd = open(name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        mdci_error(console, name, "%s", strerror(errno));
        return false;
    }
    size_t size = SIZE_MAX;
    errno = ENOMEM;
    request->dictionary = malloc(most + 1);
    if (request->dictionary)
        size = read_up_to(fd, request->dictionary, most + 1);
    const int saved = errno;
    (void)close(fd);
    request->dictionary_size = size;
    if (size == SIZE_MAX)
        mdci_error(console, name, "%s", strerror(saved));
    else if (size == 0)
        mdci_error(console, name, "a dictionary is not empty");
    else if (size > most)
        mdci_error(console, name, "a dictionary has at most %zu MiB",
                   most >> 20);
    else
        return true;
    return false;
}

/* ---- Training ----------------------------------------------------------- */

/* The end of the samples, cut into pieces. */
static bool cut(struct mdci_trainer *trainer, size_t size)
{
    const size_t pieces = (size + SAMPLE_SIZE - 1) / SAMPLE_SIZE;
    size_t *sizes =
        realloc(trainer->sizes, (trainer->count + pieces) * sizeof(*sizes));
    if (!sizes)
        return false;
    trainer->sizes = sizes;
    for (size_t left = size; left > 0;) {
        const size_t n = left < SAMPLE_SIZE ? left : SAMPLE_SIZE;
        sizes[trainer->count++] = n;
        left -= n;
    }
    return true;
}

void mdci_trainer_add(void *opaque, const char *path, bool found)
{
    struct mdci_trainer *trainer = opaque;
    const char *name = mdci_shown_name(path);
    struct stat status;
    (void)found;
    if (trainer->full)
        return;
    if (!trainer->samples)
        trainer->samples = malloc(SAMPLES_MOST);
    const int fd =
        mdci_source_open(trainer->request, trainer->console, path, &status);
    if (fd < 0)
        return;
    size_t size = SIZE_MAX;
    errno = ENOMEM;
    if (trainer->samples)
        size = read_up_to(fd, trainer->samples + trainer->size,
                          SAMPLES_MOST - trainer->size);
    if (size == SIZE_MAX || (size > 0 && !cut(trainer, size)))
        mdci_error(trainer->console, name, "%s", strerror(errno));
    else
        trainer->size += size;
    if (path)
        (void)close(fd);
    trainer->full = trainer->size == SAMPLES_MOST;
    if (trainer->full)
        mdci_say(trainer->console, MDCI_WARNINGS, name,
                 "the samples end in this file: %d MiB are enough",
                 SAMPLES_MOST >> 20);
}

/* As a file that is made anew: for all whom the umask does not keep out. */
static struct stat usual_attributes(int fd)
{
    struct stat status = {0};
    (void)fstat(fd, &status);
    const mode_t mask = umask(0);
    (void)umask(mask);
    status.st_mode = 0666 & ~mask;
    return status;
}

static void write_dictionary(const struct mdci_trainer *trainer,
                             const uint8_t *dictionary, size_t size)
{
    const char *name = trainer->request->output;
    struct mdci_console *console = trainer->console;
    struct mdci_target target = {.fd = -1};
    char *path = strdup(name);
    if (!path || !mdci_target_open(&target, trainer->request, console, path))
        return;
    if (mdci_write_all(target.fd, dictionary, size) != 0) {
        mdci_error(console, name, "write error: %s", strerror(errno));
        mdci_target_drop(&target);
        return;
    }
    const struct stat attributes = usual_attributes(target.fd);
    mdci_target_finish(&target, console, &attributes, false);
    if (mdci_target_close(&target, console, false) &&
        mdci_target_place(&target, console))
        mdci_say(console, MDCI_VERBOSE, name,
                 "dictionary %08" PRIx32 ", %zu bytes from %zu",
                 mdc_dictionary_id(dictionary, size), size, trainer->size);
    mdci_target_drop(&target);
}

void mdci_trainer_end(struct mdci_trainer *trainer)
{
    const size_t room = (size_t)trainer->request->dictionary_room;
    struct mdci_console *console = trainer->console;
    uint8_t *dictionary = malloc(room);
    size_t size;
    if (trainer->size == 0) {
        mdci_error(console, trainer->request->output,
                   "there are no samples to make it from");
    } else {
        const enum mdc_status status =
            dictionary ? mdc_train(dictionary, room, &size, trainer->samples,
                                   trainer->sizes, trainer->count)
                       : MDC_MEM;
        if (status == MDC_OK)
            write_dictionary(trainer, dictionary, size);
        else
            mdci_error(console, trainer->request->output, "%s",
                       mdc_status_text(status));
    }
    free(dictionary);
    free(trainer->samples);
    free(trainer->sizes);
}
