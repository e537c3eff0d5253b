/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file explain.c
 * \brief --explain: what was chosen, and where the bits went; as text and as
 *        JSON.
 */
#include "config.h"

#include "src/cli/explain.h"
#include "src/cli/grouped.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN = 20 /* templates */ };

const char *mdci_explain_codec(const struct mdc_part *block)
{
    static const struct {
        const char *name;
        unsigned from, to;
        const char *text;
    } codecs[] = {
        {"cm", 0, 9, "byte models"},
        {"cm", 10, 19, "byte models that parse the fields of logs"},
        {"cm", 20, 99, "byte models, for logs"},
        {"lidar", 0, 99, "points of a sensor"},
        {"log", 1, 1, "templates and columns of logs, then zstd"},
        {"log", 2, 2, "templates, columns and tables of logs, then zstd"},
        {"log", 3, 3, "templates, columns and tables of logs, then lzma"},
        {"log", 4, 99,
         "templates, columns and tables of logs, then byte models"},
        {"lzma", 0, 99, "repeated strings (lzma)"},
        {"store", 0, 99, "nothing: stored as it is"},
        {"zstd", 0, 99, "repeated strings (zstd)"},
    };
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
        if (strcmp(codecs[i].name, block->name) == 0 &&
            block->row >= codecs[i].from && block->row <= codecs[i].to)
            return codecs[i].text;
    return "";
}

uint64_t mdci_explain_bytes(uint64_t cost)
{
    return (cost + 1024) / 2048;
}

unsigned mdci_explain_share(uint64_t cost, uint64_t total)
{
    /* Below 2^53, or less exact. */
    for (; total >> 53; total >>= 1)
        cost >>= 1;
    return total ? (unsigned)((cost * 1000 + total / 2) / total) : 0;
}

uint64_t mdci_explain_each(uint64_t cost, uint64_t count)
{
    return count ? (cost / count * 10 + cost % count * 10 / count) / 256 : 0;
}

/* ---- For people ---------------------------------------------------------- */

/* On one line: a slot is <*>, what does not print is ?. */
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

static void print_heading(const struct mdc_part *part)
{
    switch (part->kind) {
    case MDC_PART_WAY:
        (void)puts("\n     Bytes   Share    of content  What was coded");
        break;
    case MDC_PART_TEXT:
        (void)puts("\n     Bytes   Share    of content  What the text is");
        break;
    case MDC_PART_TEMPLATE:
        (void)printf("\n     Bytes   Share     Lines  Bits each  Template%s\n",
                     part->estimated ? " (costs are estimates)" : "");
        break;
    case MDC_PART_RESIDUAL:
        (void)puts("\nCoordinates   Share  Off by");
        break;
    default:
        break;
    }
}

static void print_percent(uint64_t part, uint64_t of)
{
    const unsigned share = mdci_explain_share(part, of);
    (void)printf(" %5u.%u%%", share / 10, share % 10);
}

static void print_share(const struct mdci_explained *file,
                        const struct mdc_part *part)
{
    (void)printf("%10s", MDCI_GROUPED(mdci_explain_bytes(part->cost)));
    print_percent(part->cost, file->total);
}

static void print_part(const struct mdci_explained *file,
                       const struct mdc_part *part)
{
    const uint64_t each = mdci_explain_each(part->cost, part->count);
    switch (part->kind) {
    case MDC_PART_ARCHIVE:
        mdci_print_name(stdout, file->name);
        (void)printf(": %s -> %s bytes\n", MDCI_GROUPED(part->plain_size),
                     MDCI_GROUPED(mdci_explain_bytes(part->cost)));
        break;
    case MDC_PART_FRAMES:
        (void)printf("  headers and checks: %s bytes\n",
                     MDCI_GROUPED(mdci_explain_bytes(part->cost)));
        break;
    case MDC_PART_BLOCK:
        (void)printf("  block %" PRIu64 ": %s -> %s bytes, %s row %u: %s\n",
                     part->number, MDCI_GROUPED(part->plain_size),
                     MDCI_GROUPED(mdci_explain_bytes(part->cost)), part->name,
                     part->row, mdci_explain_codec(part));
        break;
    case MDC_PART_WAY:
    case MDC_PART_TEXT:
        print_share(file, part);
        (void)printf("  %12s  %s", MDCI_GROUPED(part->plain_size), part->name);
        if (part->note)
            (void)printf(": %s", part->note);
        (void)putchar('\n');
        break;
    case MDC_PART_SENSOR:
        (void)printf("\n%s, %s points\n", part->name,
                     MDCI_GROUPED(part->count));
        break;
    case MDC_PART_FACT:
        (void)printf("%12s  %s\n", MDCI_GROUPED(part->number), part->name);
        break;
    case MDC_PART_RESIDUAL:
        (void)printf("%11s", MDCI_GROUPED(part->count));
        print_percent(part->count, file->coordinates);
        (void)printf("  %s\n", part->name);
        break;
    case MDC_PART_POINT:
        break;
    case MDC_PART_TEMPLATE:
        print_share(file, part);
        (void)printf(" %9s %8s.%" PRIu64 "  ", MDCI_GROUPED(part->count),
                     MDCI_GROUPED(each / 10), each % 10);
        if (part->text)
            print_text(part->text, part->text_size);
        else
            (void)fputs("(no template)", stdout);
        (void)putchar('\n');
        break;
    default: /* MDC_PART_SLOT */
        print_share(file, part);
        (void)printf("           %8s.%" PRIu64 "    slot %" PRIu64 ", as in: ",
                     MDCI_GROUPED(each / 10), each % 10, part->number + 1);
        print_text(part->example, part->example_size);
        (void)putchar('\n');
        break;
    }
}

/* Notes the kind, and how many there were of it; slots belong to templates. */
static void count_part(struct mdci_explained *file, const struct mdc_part *part)
{
    if (part->kind == MDC_PART_ARCHIVE) {
        file->total = part->cost;
        file->plain_size = part->plain_size;
    }
    if (part->kind == MDC_PART_SLOT)
        return;
    if (part->kind != file->last) {
        file->count = 0;
        print_heading(part);
    }
    file->last = part->kind;
    file->count++;
}

static int print_as_text(void *opaque, const struct mdc_part *part)
{
    struct mdci_explained *file = opaque;
    if (part->kind > MDC_PART_POINT)
        return 0;
    count_part(file, part);
    const bool template =
        part->kind == MDC_PART_TEMPLATE || part->kind == MDC_PART_SLOT;
    const bool small = part->kind == MDC_PART_SLOT &&
                       mdci_explain_share(part->cost, file->total) == 0;
    if (file->all || !template || (file->count <= SHOWN && !small))
        print_part(file, part);
    return 0;
}

static void print_rest(const struct mdci_explained *file)
{
    if (!file->all && file->last == MDC_PART_TEMPLATE && file->count > SHOWN)
        (void)printf("  and %u templates more (-v shows all)\n",
                     file->count - SHOWN);
}

/* ---- JSON ---------------------------------------------------------------- */

struct json {
    bool in_slots, in_list;
    bool first; /* no slot or fact was printed yet */
};

/* Slots and facts are within what came before. */
static bool is_inner(const struct mdc_part *part)
{
    return part->kind == MDC_PART_SLOT || part->kind == MDC_PART_FACT;
}

/* Ends and begins the arrays of parts. */
static void print_array(struct mdci_explained *file, struct json *json,
                        const struct mdc_part *part)
{
    static const char *const names[] = {
        [MDC_PART_BLOCK] = "blocks",   [MDC_PART_WAY] = "ways",
        [MDC_PART_TEXT] = "text",      [MDC_PART_TEMPLATE] = "templates",
        [MDC_PART_SENSOR] = "sensors", [MDC_PART_RESIDUAL] = "residuals",
        [MDC_PART_POINT] = "points",
    };
    const bool inner = is_inner(part);
    if (json->in_slots && !inner)
        (void)fputs("]}", stdout);
    if (part->kind != file->last && !inner)
        (void)printf("%s,\n\"%s\":[\n", json->in_list ? "]" : "",
                     names[part->kind]);
    else if (!inner || !json->first)
        (void)fputs(",\n", stdout);
    json->in_list = true;
    json->in_slots = inner || part->kind == MDC_PART_TEMPLATE ||
                     part->kind == MDC_PART_SENSOR;
    json->first = !inner;
    if (!inner)
        file->last = part->kind;
}

static void print_member(const char *name, const char *text, size_t size)
{
    (void)printf(",\"%s\":", name);
    if (text)
        mdci_print_json(stdout, text, size);
    else
        (void)fputs("null", stdout);
}

static void print_json_point(const struct mdc_part *part)
{
    if (part->kind == MDC_PART_POINT)
        (void)printf("[%" PRId64 ",%" PRId64 ",%" PRIu64 ".%02" PRIu64 "]",
                     part->x, part->y, part->cost / 256,
                     part->cost % 256 * 100 / 256);
    else if (part->kind == MDC_PART_FACT)
        (void)printf("{\"name\":\"%s\",\"value\":%" PRIu64 "}", part->name,
                     part->number);
    else
        (void)printf("{\"name\":\"%s\",\"count\":%" PRIu64 "%s", part->name,
                     part->count,
                     part->kind == MDC_PART_SENSOR ? ",\"facts\":[" : "}");
}

static int print_as_json(void *opaque, const struct mdc_part *part)
{
    struct mdci_explained *file = opaque;
    if (part->kind > MDC_PART_POINT ||
        (part->kind == MDC_PART_POINT && !file->all))
        return 0;
    if (part->kind == MDC_PART_ARCHIVE || part->kind == MDC_PART_FRAMES) {
        if (part->kind == MDC_PART_ARCHIVE)
            (void)printf(",\"plain_size\":%" PRIu64 ",\"packed_size\":%" PRIu64,
                         part->plain_size, part->cost / 2048);
        else
            (void)printf(",\"frame_size\":%" PRIu64, part->cost / 2048);
        file->last = part->kind;
        return 0;
    }
    print_array(file, file->state, part);
    if (part->kind >= MDC_PART_SENSOR) {
        print_json_point(part);
        return 0;
    }
    (void)printf("{\"bits\":%" PRIu64 ".%02" PRIu64 ",\"plain_size\":%" PRIu64,
                 part->cost / 256, part->cost % 256 * 100 / 256,
                 part->plain_size);
    if (part->count > 0)
        (void)printf(",\"count\":%" PRIu64, part->count);
    if (part->name)
        print_member("name", part->name, strlen(part->name));
    if (part->kind == MDC_PART_BLOCK)
        (void)printf(",\"row\":%u", part->row);
    if (part->kind == MDC_PART_TEMPLATE)
        print_member("template", part->text, part->text_size);
    if (part->example)
        print_member("example", part->example, part->example_size);
    if (part->kind == MDC_PART_TEMPLATE)
        (void)printf(",\"estimated\":%s,\"slots\":[",
                     part->estimated ? "true" : "false");
    else
        (void)putchar('}');
    return 0;
}

/* ---- All ----------------------------------------------------------------- */

static enum mdc_status print_json(struct mdci_explained *file,
                                  const struct mdci_explain_list *list,
                                  mdc_explain *explain)
{
    struct json json = {false, false, false};
    file->state = &json;
    mdci_print_json_file(list->files, file->name);
    const enum mdc_status status =
        mdc_explain_report(explain, print_as_json, file);
    (void)fputs(json.in_slots ? "]}]}" : json.in_list ? "]}" : "}", stdout);
    return status;
}

/* Counts what shares are taken of. */
static int look(void *opaque, const struct mdc_part *part)
{
    struct mdci_explained *file = opaque;
    if (part->kind == MDC_PART_RESIDUAL)
        file->coordinates += part->count;
    return 0;
}

static void print_file(struct mdci_explain_list *list, struct mdci_job *job)
{
    const struct mdci_request *request = job->request;
    struct mdci_explained file = {
        .name = job->name, .all = job->console->verbosity >= MDCI_VERBOSE};
    /* What is not good to its end is not explained. */
    enum mdc_status status = mdc_explain_report(job->explain, look, &file);
    if (status != MDC_OK) {
        mdci_convert_fault(job->console, job->name,
                           mdc_explain_error(job->explain));
        return;
    }
    if (request->json) {
        status = print_json(&file, list, job->explain);
    } else if (request->svg && list->files > 0) {
        mdci_error(job->console, job->name, "--svg shows one file");
        return;
    } else if (request->svg) {
        mdci_explain_svg_file(job->explain, &status);
    } else if (request->html) {
        if (list->files == 0)
            mdci_explain_html_start();
        mdci_explain_html_file(&file, job->explain, &status);
    } else {
        if (list->files)
            (void)putchar('\n');
        status = mdc_explain_report(job->explain, print_as_text, &file);
        print_rest(&file);
    }
    if (status != MDC_OK)
        mdci_error(job->console, job->name, "%s", mdc_status_text(status));
    list->files++;
}

void mdci_explain_file(struct mdci_explain_list *list, struct mdci_job *job,
                       bool (*convert)(struct mdci_job *job))
{
    const struct mdc_options options = mdci_convert_options(job);
    const enum mdc_status status = mdc_explain_new(&job->explain, &options);
    if (status != MDC_OK) {
        mdci_error(job->console, job->name, "%s", mdc_status_text(status));
        return;
    }
    const bool good = convert(job);
    mdci_progress_end(&job->contexts->progress, good);
    if (good)
        print_file(list, job);
    mdc_explain_free(job->explain);
}

void mdci_explain_end(const struct mdci_explain_list *list,
                      const struct mdci_request *request)
{
    if (request->json)
        mdci_print_json_end(list->files);
    else if (request->html && list->files)
        mdci_explain_html_end();
}
