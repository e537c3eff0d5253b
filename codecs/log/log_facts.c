/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_facts.c
 * \brief Line count and time range of a block of text.
 */
#include "config.h"

#include <string.h>

#include "codecs/codec.h"
#include "codecs/log/log_stamp.h"
#include "src/base/bytes.h"

enum { SAMPLE = 4096 };

int mdci_has_few_controls(const uint8_t *sample, size_t size)
{
    size_t odd = 0;
    for (size_t i = 0; i < size; i++)
        odd += sample[i] < 32 && (sample[i] < '\t' || sample[i] > '\r');
    return odd * 64 <= size;
}

size_t mdci_hole(const uint8_t *content, size_t size)
{
    size_t hole = 0;
    while (hole < size && content[hole] == 0)
        hole++;
    return hole;
}

int mdci_is_text(const uint8_t *content, size_t size)
{
    const size_t hole = mdci_hole(content, size);
    content += hole;
    size = mdci_min_size(size - hole, SAMPLE);
    return size > 0 && memchr(content, '\n', size) &&
           mdci_has_few_controls(content, size);
}

static void add_time(struct mdci_text_facts *facts, unsigned clock,
                     int64_t time)
{
    if (facts->clock == 0) {
        facts->clock = clock;
        facts->least = facts->greatest = time;
    }
    facts->least = time < facts->least ? time : facts->least;
    facts->greatest = time > facts->greatest ? time : facts->greatest;
}

int mdci_text_facts(const uint8_t *content, size_t size,
                    struct mdci_text_facts *facts)
{
    struct mdci_log_stamps stamps;
    const uint8_t *end = content + size;
    *facts = (struct mdci_text_facts){0};
    if (!mdci_is_text(content, size))
        return 0;
    content += mdci_hole(content, size);
    mdci_log_stamps_learn(&stamps, content, (size_t)(end - content));
    int cut = mdci_log_stamp_is_cut(&stamps, content, (size_t)(end - content));
    for (const uint8_t *line = content; line < end; cut = 0) {
        const uint8_t *start = line;
        const size_t line_size = mdci_log_line(&line, end);
        int64_t time;
        const unsigned clock =
            cut ? MDCI_LOG_NO_TIME
                : mdci_log_stamp(&stamps, start, line_size, &time);
        if (clock != MDCI_LOG_NO_TIME)
            add_time(facts, clock, time);
        facts->lines += line[-1] == '\n';
    }
    return 1;
}
