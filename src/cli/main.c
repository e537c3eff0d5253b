/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file main.c
 * \brief The command midicoth; as unmidicoth and mdccat it restores.
 */
#include "config.h"

#include <stdlib.h>

#include "src/cli/args.h"
#include "src/cli/dictionaries.h"
#include "src/cli/file_io.h"
#include "src/cli/limits.h"
#include "src/cli/pool.h"
#include "src/cli/process.h"
#include "src/cli/signals.h"
#include "src/cli/walk.h"

static void train(struct mdci_command *command)
{
    struct mdci_trainer trainer = {.request = &command->request,
                                   .console = &command->console};
    mdci_walk(&command->request, &command->console, mdci_trainer_add, &trainer);
    mdci_trainer_end(&trainer);
}

static void run(struct mdci_command *command)
{
    struct mdci_pool *pool = mdci_pool_new(command);
    if (!mdci_worker_init(&command->worker))
        mdci_error(&command->console, NULL, "out of memory");
    else
        mdci_walk(&command->request, &command->console,
                  pool ? mdci_pool_visit : mdci_process,
                  pool ? (void *)pool : (void *)command);
    mdci_pool_end(pool);
    if (command->request.mode == MDCI_LIST)
        mdci_list_end(&command->listing, &command->request);
    if (command->request.mode == MDCI_TEMPLATES)
        mdci_templates_end(&command->templates, &command->request);
    if (command->request.mode == MDCI_EXPLAIN)
        mdci_explain_end(&command->explanations, &command->request);
    mdci_worker_free(&command->worker);
}

int main(int argc, char **argv)
{
    struct mdci_command command = {.console.verbosity = MDCI_WARNINGS};
    mdci_give_memory_back();
    if (!mdci_standard_files())
        return MDCI_EXIT_ERROR;
    switch (mdci_args_parse(&command.request, &command.console, argc, argv)) {
    case MDCI_ARGS_BAD:
        return MDCI_EXIT_ERROR;
    case MDCI_ARGS_RUN:
        mdci_signals_start();
        if (command.request.mode == MDCI_TRAIN)
            train(&command);
        else if (mdci_dictionary_load(&command.request, &command.console))
            run(&command);
        free(command.request.dictionary);
        break;
    case MDCI_ARGS_DONE:
        break;
    }
    /* Help and lists must not be lost unnoticed on a full disk. */
    if (fflush(stdout) != 0 || ferror(stdout))
        mdci_error(&command.console, NULL, "cannot write to stdout");
    return (int)command.console.status;
}
