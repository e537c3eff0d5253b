/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file explain_html.c
 * \brief --explain --html: one page, complete in itself.
 *
 * What comes from a file is text between tags or a quoted attribute, and
 * passes through mdci_print_html(). The page has no script and no links.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/explain.h"
#include "src/cli/grouped.h"

enum {
    SHOWN = 60,       /* templates */
    BLOCKS = 50,      /* blocks */
    WAYS = 16,        /* colours of the bar */
    TEXT_MAX = 2000,  /* bytes of a template */
    SLOTS = 200,      /* of a template */
    EXAMPLE_MAX = 32, /* bytes of a value */
    HOT = 5           /* classes of slots */
};

struct slot {
    uint64_t cost, count;
    char example[EXAMPLE_MAX];
    size_t example_size;
};

/* The template at hand: it is printed when its slots are known. */
struct page {
    struct mdc_part part; /* its texts are the following */
    char text[TEXT_MAX], example[TEXT_MAX];
    struct slot slots[SLOTS];
    size_t slot_count;
    bool pending;
    const char *open; /* what ends the section */
    /* The bar of ways. */
    struct mdc_part way[WAYS];
    size_t way_count;
    struct mdci_picture picture;
};

static const char start[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>midicoth --explain</title>\n<style>\n"
    ":root{--bg:#fbfaf8;--card:#fff;--ink:#23262d;--soft:#6c7280;"
    "--line:#e7e4de;--bar:#3f6fb5;--h0:#e4e9ef;--h1:#c3ddf2;--h2:#fbe3a6;"
    "--h3:#f9bd85;--h4:#f08a7d;--hot:#23262d}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#16181d;--card:#1f2229;"
    "--ink:#e7e6e3;--soft:#989fac;--line:#31353e;--bar:#6f9fe0;"
    "--h0:#39404b;--h1:#2c4f6c;--h2:#6b5a1e;--h3:#7d4a1c;--h4:#8d332c;"
    "--hot:#f4f2ee}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--bg);color:var(--ink);"
    "font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif}\n"
    "main{max-width:1080px;margin:0 auto;padding:32px 20px 60px}\n"
    "td small{white-space:normal}\n"
    "h1{font-size:26px;margin:24px 0 4px;overflow-wrap:anywhere}\n"
    "h2{font-size:17px;margin:34px 0 10px}\n"
    ".lead,.note,small{color:var(--soft)}\n"
    ".tiles{display:flex;flex-wrap:wrap;gap:12px;margin:18px 0}\n"
    ".tile{background:var(--card);border:1px solid var(--line);"
    "border-radius:12px;padding:12px 18px;flex:1 1 150px}\n"
    ".tile b{display:block;font-size:24px;"
    "font-variant-numeric:tabular-nums}\n"
    ".stack{display:flex;height:34px;border-radius:9px;overflow:hidden;"
    "background:var(--line)}\n"
    ".stack i{display:block;height:100%}\n"
    "table{border-collapse:collapse;width:100%;"
    "font-variant-numeric:tabular-nums}\n"
    "td,th{padding:4px 10px 4px 0;text-align:left;vertical-align:middle;"
    "white-space:nowrap}\n"
    "th{color:var(--soft);font-weight:500;font-size:13px}\n"
    "td.n,th.n{text-align:right}\n"
    "td.w{width:45%;padding-right:0}\n"
    "td.w i{display:block;height:12px;min-width:1px;border-radius:4px;"
    "background:var(--bar)}\n"
    "td em{display:inline-block;width:11px;height:11px;border-radius:3px;"
    "margin-right:8px}\n"
    ".t{background:var(--card);border:1px solid var(--line);"
    "border-radius:12px;padding:10px 16px;margin:10px 0}\n"
    ".t .top{display:flex;gap:14px;align-items:center;"
    "font-variant-numeric:tabular-nums}\n"
    ".t .top b{width:56px;text-align:right}\n"
    ".t .top span{flex:1;height:10px;border-radius:5px;"
    "background:var(--line);overflow:hidden}\n"
    ".t .top i{display:block;height:100%;background:var(--bar);"
    "min-width:2px}\n"
    "code{font:13px/1.9 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;"
    "white-space:pre-wrap;overflow-wrap:anywhere;display:block;"
    "margin:6px 0}\n"
    "code b{font-weight:500;color:var(--hot);border-radius:5px;"
    "padding:1px 4px}\n"
    ".h0{background:var(--h0)}.h1{background:var(--h1)}"
    ".h2{background:var(--h2)}.h3{background:var(--h3)}"
    ".h4{background:var(--h4)}\n"
    ".key span{border-radius:5px;padding:1px 8px;margin-right:6px;"
    "color:var(--hot)}\n"
    "svg{display:block;width:100%;border-radius:12px}\n"
    "summary{cursor:pointer;color:var(--soft);font-size:13px}\n"
    "</style>\n</head>\n<body>\n<main>\n";

/* Okabe and Ito's, which the colour-blind can tell apart. */
static const char *const colours[] = {"#999999", "#0072b2", "#56b4e9",
                                      "#009e73", "#e69f00", "#d55e00",
                                      "#cc79a7", "#f0e442"};
enum { COLOURS = sizeof(colours) / sizeof(colours[0]) };

static void print_share(unsigned share)
{
    (void)printf("%u.%u%%", share / 10, share % 10);
}

static void print_width(uint64_t cost, uint64_t total)
{
    (void)fputs(" style=\"width:", stdout);
    print_share(mdci_explain_share(cost, total));
    (void)fputs("\"", stdout);
}

static void print_tenths(uint64_t tenths)
{
    (void)printf("%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

/* ---- Tables -------------------------------------------------------------- */

static void print_tile(uint64_t number, const char *what)
{
    (void)printf("<div class=\"tile\"><b>%s</b><small>%s</small></div>\n",
                 MDCI_GROUPED(number), what);
}

static void print_archive(const struct mdci_explained *file,
                          const struct mdc_part *part)
{
    (void)fputs("<h1>", stdout);
    mdci_print_html(stdout, file->name, strlen(file->name));
    (void)fputs("</h1>\n<p class=\"lead\">Where the bits of its archive "
                "went.</p>\n<div class=\"tiles\">\n",
                stdout);
    print_tile(part->plain_size, "bytes of content");
    print_tile(mdci_explain_bytes(part->cost), "bytes compressed");
    (void)fputs("<div class=\"tile\"><b>", stdout);
    print_share(mdci_explain_share(part->cost, part->plain_size * 2048));
    (void)fputs("</b><small>of the content</small></div>\n<div class=\"tile\">"
                "<b>",
                stdout);
    print_tenths(part->cost ? part->plain_size * 2048 / (part->cost / 10 + 1)
                            : 0);
    (void)fputs("</b><small>times smaller</small></div>\n</div>\n", stdout);
}

static void print_block(const struct mdci_explained *file,
                        const struct mdc_part *part)
{
    (void)printf("<tr><td class=\"n\">%" PRIu64 "</td><td>%s row %u</td>"
                 "<td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td>"
                 "<td class=\"w\"><i",
                 part->number, part->name, part->row, mdci_explain_codec(part),
                 MDCI_GROUPED(part->plain_size),
                 MDCI_GROUPED(mdci_explain_bytes(part->cost)));
    print_width(part->cost, file->total);
    (void)fputs("></i></td></tr>\n", stdout);
}

/* A row of those that bars stand for. */
static void print_row(const struct mdci_explained *file,
                      const struct mdc_part *part, const char *colour)
{
    (void)fputs("<tr><td>", stdout);
    if (colour)
        (void)printf("<em style=\"background:%s\"></em>", colour);
    (void)fputs(part->name, stdout);
    if (part->note)
        (void)printf("<br><small>%s</small>", part->note);
    (void)printf("</td><td class=\"n\">%s</td><td class=\"n\">",
                 MDCI_GROUPED(mdci_explain_bytes(part->cost)));
    print_share(mdci_explain_share(part->cost, file->total));
    (void)printf("</td><td class=\"n\">%s</td><td class=\"n\">",
                 MDCI_GROUPED(part->plain_size));
    if (part->plain_size) {
        /* Hundredths: ten bytes' tenths. */
        const uint64_t each =
            mdci_explain_each(part->cost * 10, part->plain_size);
        (void)printf("%" PRIu64 ".%02" PRIu64, each / 100, each % 100);
    }
    (void)fputs("</td><td class=\"w\"><i", stdout);
    (void)fputs(" style=\"", stdout);
    if (colour)
        (void)printf("background:%s;", colour);
    (void)fputs("width:", stdout);
    print_share(mdci_explain_share(part->cost, file->total));
    (void)fputs("\"", stdout);
    (void)fputs("></i></td></tr>\n", stdout);
}

static const char row_heads[] =
    "<table>\n<tr><th></th><th class=\"n\">bytes</th><th class=\"n\">share"
    "</th><th class=\"n\">of content</th><th class=\"n\">bits a byte</th>"
    "<th></th></tr>\n";

static void print_ways(const struct mdci_explained *file,
                       const struct page *page)
{
    (void)fputs("<h2>What was coded</h2>\n<div class=\"stack\">", stdout);
    for (size_t i = 0; i < page->way_count; i++) {
        (void)printf("<i title=\"%s\" style=\"background:%s;width:",
                     page->way[i].name, colours[i % COLOURS]);
        print_share(mdci_explain_share(page->way[i].cost, file->total));
        (void)fputs("\"></i>", stdout);
    }
    (void)printf("</div>\n%s", row_heads);
    for (size_t i = 0; i < page->way_count; i++)
        print_row(file, &page->way[i], colours[i % COLOURS]);
    (void)fputs("</table>\n", stdout);
}

static void note_way(struct page *page, const struct mdc_part *part)
{
    if (page->way_count == WAYS)
        return;
    page->way[page->way_count] = *part;
    if (part->kind == MDC_PART_FRAMES)
        page->way[page->way_count].name = "headers and checks";
    page->way_count++;
}

/* ---- Templates ----------------------------------------------------------- */

/* The class of a slot, by the tenths of bits that its values take. */
static unsigned heat(uint64_t tenths)
{
    return tenths < 5    ? 0
           : tenths < 20 ? 1
           : tenths < 60 ? 2
                         : 3 + (tenths >= 120);
}

static void print_slot(const struct slot *slot, unsigned number)
{
    const uint64_t tenths = mdci_explain_each(slot->cost, slot->count);
    (void)printf("<b class=\"h%u\" title=\"slot %u: ", heat(tenths), number);
    print_tenths(tenths);
    (void)fputs(" bits each\">", stdout);
    mdci_print_html(stdout, slot->example, slot->example_size);
    if (slot->example_size == EXAMPLE_MAX)
        (void)fputs("&hellip;", stdout);
    (void)fputs("</b>", stdout);
}

/* The template as its first line had it, slots marked. */
static void print_line(const struct page *page)
{
    const struct mdc_part *t = &page->part;
    const char *text = t->text ? t->text : t->example;
    const size_t size = t->text ? t->text_size : t->example_size;
    size_t at = 0;
    unsigned slot = 0;
    (void)fputs("<code>", stdout);
    if (!t->text)
        (void)fputs("<small>lines without a template, such as: </small>",
                    stdout);
    for (size_t i = 0; i <= size; i++) {
        if (i < size && !(t->text && text[i] == MDC_TEMPLATE_SLOT))
            continue;
        mdci_print_html(stdout, text + at, i - at);
        if (i < size && slot < page->slot_count)
            print_slot(&page->slots[slot], slot + 1);
        slot++;
        at = i + 1;
    }
    (void)fputs("</code>\n", stdout);
}

static void print_slots(const struct page *page)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < page->slot_count; i++)
        sum += page->slots[i].cost;
    const uint64_t rest = page->part.cost > sum ? page->part.cost - sum : 0;
    (void)printf("<details><summary>%zu slots</summary>\n<table>\n<tr>"
                 "<th>slot</th><th>such as</th><th class=\"n\">bytes</th>"
                 "<th class=\"n\">bits each</th><th></th></tr>\n",
                 page->slot_count);
    for (size_t i = 0; i <= page->slot_count; i++) {
        const bool text = i == page->slot_count;
        const uint64_t cost = text ? rest : page->slots[i].cost;
        if (text)
            (void)fputs("<tr><td></td><td><small>the rest</small>", stdout);
        else
            (void)printf("<tr><td>%zu</td><td><code>", i + 1);
        if (!text) {
            mdci_print_html(stdout, page->slots[i].example,
                            page->slots[i].example_size);
            (void)fputs("</code>", stdout);
        }
        (void)printf("</td><td class=\"n\">%s</td><td class=\"n\">",
                     MDCI_GROUPED(mdci_explain_bytes(cost)));
        print_tenths(mdci_explain_each(cost, page->part.count));
        (void)fputs("</td><td class=\"w\"><i", stdout);
        print_width(cost, page->part.cost);
        (void)fputs("></i></td></tr>\n", stdout);
    }
    (void)fputs("</table>\n</details>\n", stdout);
}

static void print_template(const struct mdci_explained *file, struct page *page)
{
    const struct mdc_part *t = &page->part;
    if (!page->pending)
        return;
    page->pending = false;
    (void)fputs("<div class=\"t\"><div class=\"top\"><b>", stdout);
    print_share(mdci_explain_share(t->cost, file->total));
    (void)fputs("</b><span><i", stdout);
    print_width(t->cost, file->total);
    (void)printf("></i></span><small>%s lines, ", MDCI_GROUPED(t->count));
    print_tenths(mdci_explain_each(t->cost, t->count));
    (void)printf(" bits each, %s bytes</small></div>\n",
                 MDCI_GROUPED(mdci_explain_bytes(t->cost)));
    print_line(page);
    if (page->slot_count > 0)
        print_slots(page);
    (void)fputs("</div>\n", stdout);
}

static size_t copy(char *to, size_t room, const char *from, size_t size)
{
    size = size < room ? size : room;
    if (size > 0)
        memcpy(to, from, size);
    return size;
}

static void note_template(struct page *page, const struct mdc_part *part)
{
    struct mdc_part *t = &page->part;
    *t = *part;
    t->text_size = copy(page->text, TEXT_MAX, part->text, part->text_size);
    t->text = part->text ? page->text : NULL;
    t->example_size =
        copy(page->example, TEXT_MAX, part->example, part->example_size);
    t->example = page->example;
    page->slot_count = 0;
    page->pending = true;
}

static void note_slot(struct page *page, const struct mdc_part *part)
{
    if (!page->pending || page->slot_count == SLOTS)
        return;
    struct slot *slot = &page->slots[page->slot_count++];
    slot->cost = part->cost;
    slot->count = part->count;
    slot->example_size =
        copy(slot->example, EXAMPLE_MAX, part->example, part->example_size);
}

/* ---- Points -------------------------------------------------------------- */

/* A model's facts are rows of its table. */
static void print_sensor(struct page *page, const struct mdc_part *part)
{
    if (part->kind == MDC_PART_SENSOR) {
        (void)printf("%s<table>\n<tr><th>%s</th><th></th></tr>\n<tr><td>points"
                     "</td><td class=\"w\">%s</td></tr>\n",
                     page->open, part->name, MDCI_GROUPED(part->count));
        page->open = "</table>\n";
        return;
    }
    (void)printf("<tr><td>%s</td><td class=\"w\">%s</td></tr>\n", part->name,
                 MDCI_GROUPED(part->number));
}

static void print_residual(const struct mdci_explained *file,
                           const struct mdc_part *part)
{
    const unsigned share = mdci_explain_share(part->count, file->coordinates);
    (void)printf("<tr><td>%s</td><td class=\"n\">%s</td><td class=\"n\">",
                 part->name, MDCI_GROUPED(part->count));
    print_share(share);
    (void)fputs("</td><td class=\"w\"><i style=\"width:", stdout);
    print_share(share);
    (void)fputs("\"></i></td></tr>\n", stdout);
}

static void print_picture(struct page *page)
{
    (void)printf(
        "<h2>Points from above</h2>\n<p class=\"note\">%zu of them, by "
        "the bits that each takes: as many of each colour.</p>\n",
        page->picture.count);
    mdci_picture_print(&page->picture, false);
}

/* ---- The page ------------------------------------------------------------ */

static void start_section(const struct mdci_explained *file, struct page *page,
                          const struct mdc_part *part)
{
    (void)fputs(page->open, stdout);
    page->open = "";
    if (file->last == MDC_PART_WAY)
        print_ways(file, page);
    if (file->last == MDC_PART_POINT)
        print_picture(page);
    if (part->kind == MDC_PART_SENSOR)
        (void)fputs("<h2>What predicted the points</h2>\n", stdout);
    if (part->kind == MDC_PART_RESIDUAL) {
        (void)fputs(
            "<h2>How far coordinates are from the prediction</h2>\n<table>\n"
            "<tr><th></th><th class=\"n\">coordinates</th>"
            "<th class=\"n\">share</th><th></th></tr>\n",
            stdout);
        page->open = "</table>\n";
    }
    if (part->kind == MDC_PART_BLOCK) {
        (void)fputs("<h2>What was chosen</h2>\n<table>\n<tr><th class=\"n\">"
                    "block</th><th>codec</th><th>which models</th>"
                    "<th class=\"n\">bytes</th><th class=\"n\">compressed</th>"
                    "<th></th></tr>\n",
                    stdout);
        page->open = "</table>\n";
    }
    if (part->kind == MDC_PART_TEXT) {
        (void)printf("<h2>What the text is</h2>\n%s", row_heads);
        page->open = "</table>\n";
    }
    if (part->kind == MDC_PART_TEMPLATE)
        (void)printf(
            "<h2>Templates of lines</h2>\n<p class=\"note key\">%s "
            "What varies is marked by the bits that it takes each: "
            "<span class=\"h0\">&lt; 0.5</span><span class=\"h1\">&lt; 2</span>"
            "<span class=\"h2\">&lt; 6</span><span class=\"h3\">&lt; 12</span>"
            "<span class=\"h4\">more</span></p>\n",
            part->estimated ? "Costs are estimates." : "");
}

static int print_part(void *opaque, const struct mdc_part *part)
{
    struct mdci_explained *file = opaque;
    struct page *page = file->state;
    if (part->kind > MDC_PART_POINT)
        return 0;
    if (part->kind == MDC_PART_FACT) {
        print_sensor(page, part);
        return 0;
    }
    if (part->kind == MDC_PART_SLOT) {
        note_slot(page, part);
        return 0;
    }
    print_template(file, page);
    if (part->kind != file->last || part->kind == MDC_PART_ARCHIVE) {
        start_section(file, page, part);
        file->count = 0;
    }
    file->last = part->kind;
    file->count++;
    switch (part->kind) {
    case MDC_PART_ARCHIVE:
        file->total = part->cost;
        print_archive(file, part);
        break;
    case MDC_PART_FRAMES:
    case MDC_PART_WAY:
        note_way(page, part);
        break;
    case MDC_PART_BLOCK:
        if (file->count <= BLOCKS || file->all)
            print_block(file, part);
        break;
    case MDC_PART_TEXT:
        print_row(file, part, NULL);
        break;
    case MDC_PART_SENSOR:
        print_sensor(page, part);
        break;
    case MDC_PART_RESIDUAL:
        print_residual(file, part);
        break;
    case MDC_PART_POINT:
        return !mdci_picture_add(&page->picture, part);
    default:
        if (file->count <= SHOWN || file->all)
            note_template(page, part);
        break;
    }
    return 0;
}

void mdci_explain_html_start(void)
{
    (void)fputs(start, stdout);
}

void mdci_explain_html_file(struct mdci_explained *file, mdc_explain *explain,
                            enum mdc_status *status)
{
    struct page *page = calloc(1, sizeof(*page));
    *status = MDC_MEM;
    if (!page)
        return;
    page->open = "";
    file->state = page;
    *status = mdc_explain_report(explain, print_part, file);
    print_template(file, page);
    start_section(file, page, &(struct mdc_part){.kind = MDC_PART_ARCHIVE});
    free(page->picture.point);
    if (file->last == MDC_PART_TEMPLATE && file->count > SHOWN && !file->all)
        (void)printf("<p class=\"note\">And %u templates more.</p>\n",
                     file->count - SHOWN);
    free(page);
}

void mdci_explain_html_end(void)
{
    (void)fputs("</main>\n</body>\n</html>\n", stdout);
}
