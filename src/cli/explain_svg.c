/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file explain_svg.c
 * \brief --explain: points from above, coloured by what they take.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "src/cli/explain.h"

enum {
    CLASSES = 8,  /* of costs, equally many points each */
    SIZE = 10000, /* of the picture, without what explains it */
    KEY = 700,    /* height of that */
    NEAR = 97     /* per cent of points that must be seen */
};

/* Dark to bright, which the colour-blind can tell apart. */
static const char *const colours[CLASSES] = {"#5a4fa3", "#4270c4", "#2f93c8",
                                             "#2bb0a2", "#63c874", "#b4d84e",
                                             "#f7cb4b", "#f57a3d"};

struct mdci_picture_point {
    int64_t x, y;
    uint64_t cost;
};

bool mdci_picture_add(struct mdci_picture *picture, const struct mdc_part *part)
{
    if (picture->count == picture->room) {
        const size_t room = picture->room ? picture->room * 2 : 1024;
        void *grown = realloc(picture->point, room * sizeof(*picture->point));
        if (!grown)
            return false;
        picture->point = grown;
        picture->room = room;
    }
    picture->point[picture->count++] =
        (struct mdci_picture_point){part->x, part->y, part->cost};
    return true;
}

static int64_t reach_of(const struct mdci_picture_point *p)
{
    const int64_t x = p->x < 0 ? -p->x : p->x, y = p->y < 0 ? -p->y : p->y;
    return x > y ? x : y;
}

static int by_reach(const void *a, const void *b)
{
    const int64_t x = reach_of(a), y = reach_of(b);
    return (x > y) - (x < y);
}

static int by_cost(const void *a, const void *b)
{
    const struct mdci_picture_point *x = a, *y = b;
    return (x->cost > y->cost) - (x->cost < y->cost);
}

/* Circles around the sensor, every 1, 2 or 5 times a power of ten metres. */
static void print_circles(int64_t reach)
{
    int64_t step = 1;
    for (unsigned i = 0; reach / (step * 1000000) > 4; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    (void)fputs("<g fill=\"none\" stroke=\"#39404b\" stroke-width=\"8\">",
                stdout);
    for (int64_t r = step; r * 1000000 <= reach; r += step)
        (void)printf("<circle cx=\"%d\" cy=\"%d\" r=\"%" PRId64 "\"/>",
                     SIZE / 2, SIZE / 2, r * 1000000 * (SIZE / 2) / reach);
    (void)fputs("</g>\n<g fill=\"#989fac\" font-size=\"160\">", stdout);
    for (int64_t r = step; r * 1000000 <= reach; r += step)
        (void)printf("<text x=\"%d\" y=\"%" PRId64 "\">%" PRId64 " m</text>",
                     SIZE / 2 + 40,
                     SIZE / 2 - r * 1000000 * (SIZE / 2) / reach - 40, r);
    (void)fputs("</g>\n", stdout);
}

/* Points of one class: a path of dots. x is ahead, which is up. */
static void print_dots(const struct mdci_picture_point *p, size_t count,
                       int64_t reach, const char *colour)
{
    (void)printf("<path stroke=\"%s\" d=\"", colour);
    for (size_t i = 0; i < count; i++)
        if (reach_of(&p[i]) <= reach)
            (void)printf("M%" PRId64 " %" PRId64 "h0",
                         SIZE / 2 - p[i].y * (SIZE / 2) / reach,
                         SIZE / 2 - p[i].x * (SIZE / 2) / reach);
    (void)fputs("\"/>\n", stdout);
}

static void print_key(const uint64_t *most)
{
    for (unsigned k = 0; k < CLASSES; k++) {
        const int left = 1900 + (int)k * (SIZE - 2000) / CLASSES;
        (void)printf("<rect x=\"%d\" y=\"%d\" width=\"900\" height=\"160\" "
                     "fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s%" PRIu64
                     "</text>",
                     left, SIZE + 130, colours[k], left, SIZE + 520,
                     k + 1 < CLASSES ? "&#8804; " : "&gt; ",
                     most[k + 1 < CLASSES ? k : k - 1] / 256);
    }
    (void)printf("<text x=\"100\" y=\"%d\">Bits a point</text>", SIZE + 290);
}

void mdci_picture_print(struct mdci_picture *picture, bool alone)
{
    const size_t count = picture->count;
    struct mdci_picture_point *p = picture->point;
    uint64_t most[CLASSES] = {0};
    int64_t reach = 1000000;
    if (count > 0) {
        qsort(p, count, sizeof(*p), by_reach);
        const int64_t far = reach_of(&p[(count - 1) * NEAR / 100]);
        reach = far > reach ? far : reach;
        qsort(p, count, sizeof(*p), by_cost);
    }
    (void)printf(
        "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" "
        "font-family=\"sans-serif\">\n"
        "<title>Points from above, by the bits that they take</title>\n"
        "<rect width=\"100%%\" height=\"100%%\" fill=\"#14161b\"/>\n",
        alone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", SIZE, SIZE + KEY);
    print_circles(reach);
    (void)fputs("<g fill=\"none\" stroke-width=\"36\" "
                "stroke-linecap=\"round\">\n",
                stdout);
    for (unsigned k = 0; k < CLASSES; k++) {
        const size_t from = count * k / CLASSES;
        const size_t to = count * (k + 1) / CLASSES;
        if (to > from)
            most[k] = p[to - 1].cost;
        print_dots(p + from, to - from, reach, colours[k]);
    }
    (void)fputs("</g>\n<g fill=\"#e7e6e3\" font-size=\"260\">", stdout);
    print_key(most);
    (void)fputs("</g>\n</svg>\n", stdout);
    free(p);
    *picture = (struct mdci_picture){0};
}

static int note_point(void *opaque, const struct mdc_part *part)
{
    return part->kind == MDC_PART_POINT && !mdci_picture_add(opaque, part);
}

void mdci_explain_svg_file(mdc_explain *explain, enum mdc_status *status)
{
    struct mdci_picture picture = {0};
    *status = mdc_explain_report(explain, note_point, &picture);
    if (*status == MDC_IO)
        *status = MDC_MEM;
    mdci_picture_print(&picture, true);
}
