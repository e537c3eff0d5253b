/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file survey.c
 * \brief The templates of a log.
 */
#include "config.h"

#include "codecs/codec.h"

struct mdc_survey {
    struct mdc_allocator allocator;
    struct mdci_survey *survey;
    int ended;
};

enum mdc_status mdc_survey_new(mdc_survey **survey,
                               const struct mdc_allocator *allocator)
{
    static const struct mdc_allocator no_hooks;
    if (!survey)
        return MDC_PROG;
    *survey = NULL;
    allocator = allocator ? allocator : &no_hooks;
    struct mdc_survey *s = mdci_alloc(allocator, sizeof(*s));
    if (!s)
        return MDC_MEM;
    *s = (struct mdc_survey){.allocator = *allocator};
    const enum mdc_status status = mdci_survey_open(&s->survey, &s->allocator);
    if (status != MDC_OK) {
        mdci_free(allocator, s);
        return status;
    }
    *survey = s;
    return MDC_OK;
}

enum mdc_status mdc_survey_add(mdc_survey *survey, const void *data,
                               size_t size)
{
    return survey->ended ? MDC_PROG
                         : mdci_survey_add(survey->survey, data, NULL, size);
}

enum mdc_status mdc_survey_report(mdc_survey *survey, mdc_template_fn *report,
                                  void *opaque)
{
    struct mdci_template_use use;
    uint64_t total = 0;
    if (!survey->ended)
        MDCI_TRY(mdci_survey_end(survey->survey));
    survey->ended = 1;
    for (unsigned i = 0; mdci_survey_next(survey->survey, &i, &use);)
        total += use.cost;
    for (unsigned i = 0; mdci_survey_next(survey->survey, &i, &use);) {
        /* Costs are below 2^50, of logs below 2^38 bytes; else less exact. */
        const uint64_t scale = total >> 50 ? total >> 32 : 1;
        const struct mdc_template found = {
            .size = sizeof(found),
            .text = use.text,
            .text_size = use.text_size,
            .lines = use.lines,
            .first_line = use.first_line,
            .last_line = use.last_line,
            .plain_size = use.plain_size,
            .share =
                total ? (unsigned)(use.cost / scale * 10000 / (total / scale))
                      : 0,
            .example = use.example,
            .example_size = use.example_size,
        };
        if (report(opaque, &found))
            return MDC_IO;
    }
    return MDC_OK;
}

void mdc_survey_free(mdc_survey *survey)
{
    if (!survey)
        return;
    const struct mdc_allocator allocator = survey->allocator;
    mdci_survey_close(survey->survey);
    mdci_free(&allocator, survey);
}
