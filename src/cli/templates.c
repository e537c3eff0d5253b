/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file templates.c
 * \brief --templates: which templates a log has.
 */
#include "config.h"

#include "src/cli/grouped.h"
#include "src/cli/templates.h"

#include <inttypes.h>
#include <string.h>

/* A template or a line on one line: a slot is <*>, what does not print is ?. */
static void print_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == MDC_TEMPLATE_SLOT)
            (void)fputs("<*>", stdout);
        else if (c == '\t')
            (void)putchar(c);
        else if (c != '\n' && c != '\r')
            (void)putchar(c < 0x20 || c == 0x7F ? '?' : c);
    }
}

static int print_template(void *opaque, const struct mdc_template *t)
{
    (void)opaque;
    (void)printf("%9s %3u.%02u%% %9s %9s  ", MDCI_GROUPED(t->lines),
                 t->share / 100, t->share % 100, MDCI_GROUPED(t->first_line),
                 MDCI_GROUPED(t->last_line));
    if (t->text) {
        print_text(t->text, t->text_size);
    } else {
        (void)fputs("(no template) ", stdout);
        print_text(t->example, t->example_size);
    }
    (void)putchar('\n');
    return 0;
}

static int print_json(void *opaque, const struct mdc_template *t)
{
    bool *first = opaque;
    (void)fputs(*first ? "\n{\"template\":" : ",\n{\"template\":", stdout);
    *first = false;
    if (t->text)
        mdci_print_json(stdout, t->text, t->text_size);
    else
        (void)fputs("null", stdout);
    (void)printf(",\"lines\":%" PRIu64 ",\"first_line\":%" PRIu64
                 ",\"last_line\":%" PRIu64 ",\"plain_size\":%" PRIu64
                 ",\"share\":%u.%04u,\"example\":",
                 t->lines, t->first_line, t->last_line, t->plain_size,
                 t->share / 10000, t->share % 10000);
    mdci_print_json(stdout, t->example, t->example_size);
    (void)putchar('}');
    return 0;
}

static void print_file(struct mdci_template_list *list, struct mdci_job *job)
{
    bool first = true;
    enum mdc_status status;
    if (job->request->json) {
        mdci_print_json_file(list->files, job->name);
        (void)fputs(",\"templates\":[", stdout);
        status = mdc_survey_report(job->survey, print_json, &first);
        (void)fputs("]}", stdout);
    } else {
        if (list->files)
            (void)putchar('\n');
        mdci_print_name(stdout, job->name);
        (void)puts(":\n    Lines   Share     First      Last  Template");
        status = mdc_survey_report(job->survey, print_template, NULL);
    }
    if (status != MDC_OK)
        mdci_error(job->console, job->name, "%s", mdc_status_text(status));
    list->files++;
}

void mdci_templates_file(struct mdci_template_list *list, struct mdci_job *job,
                         bool (*convert)(struct mdci_job *job))
{
    const enum mdc_status status = mdc_survey_new(&job->survey, NULL);
    if (status != MDC_OK) {
        mdci_error(job->console, job->name, "%s", mdc_status_text(status));
        return;
    }
    const bool good = convert(job);
    mdci_progress_end(&job->contexts->progress, good);
    if (good)
        print_file(list, job);
    mdc_survey_free(job->survey);
}

void mdci_templates_end(const struct mdci_template_list *list,
                        const struct mdci_request *request)
{
    if (request->json)
        mdci_print_json_end(list->files);
}
