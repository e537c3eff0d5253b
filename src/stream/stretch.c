/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file stretch.c
 * \brief Long runs of one byte, and noise.
 *
 * Noise is looked for cell by cell. What a model could save of a cell is read
 * from histograms: of n values from 256, the sum of the squares of the counts
 * is n^2 / 256 if they are all alike, n more as they scatter, and each bit a
 * byte that could be saved adds about 1.39 n^2 / 256 while it is little. Bytes
 * are looked at by themselves, by their place in records of several widths, as
 * differences to the byte a few places before, and in pairs, so that samples
 * and packed numbers are not taken for noise. Noise that comes twice is none:
 * the second one is free for a match model.
 */
#include "config.h"

#include "src/stream/stretch.h"

#include <stdbool.h>
#include <string.h>

#include "src/base/bytes.h"

enum {
    /* A run splits a chunk in two, which costs some 40 bytes: models code this
     * many bytes of a run in about as many. */
    RUN_LEAST = 32 << 10,
    PROBE = 2 * MDCI_PERIOD_MAX, /* bytes that tell a run's period */
    CELL = 16 << 10, /* of noise: enough for histograms by place in a record */
    CELL_LEAST = 2 << 10, /* fewer bytes say too little */
    GLANCE = 512,         /* bytes of a cell that tell text from noise */
    /* Savings that still count as none, in 1/1000 of 0.72 bits a byte, so
     * 0.7 %: JPEG pictures and bzip2 come near to it, samples with loud noise
     * are far above. */
    SAVED = 80,
    FEWER_PAIRS = 40,   /* of 1000: a third of a bit a byte, were all alike */
    PLACES_MOST = 16,   /* width of records, bytes, */
    PLACE_VALUES = 512, /* if so many values are left for each place */
    SEEN_BITS = 15,     /* of the table of bytes that were seen */
    SEEN_SHARE = 6,     /* of all places, 1 of 2^6 is looked up */
    SEEN_SIZE = 32,     /* bytes that are compared */
    SEEN_HITS = 2       /* in a cell, that are no chance */
};

/* Widths of records and distances of differences. */
static const unsigned char widths[] = {2, 3, 4, 5, 6, 8, 12, 16};
static const unsigned char distances[] = {1, 2, 3, 4, 6, 8, 12, 16};

/* What is known of a cell. */
enum verdict { UNKNOWN, NOISE, NO_NOISE };

/* What the search works with. */
struct search {
    const uint8_t *content;
    size_t size;
    struct mdci_stretches *out;
    const struct mdc_allocator *allocator;
    uint32_t count[256 * PLACES_MOST];
    uint8_t pairs[1 << 16];        /* 1: was met */
    uint32_t seen[1 << SEEN_BITS]; /* place + 1 of bytes with this hash */
    uint8_t *noise;                /* [cells], enum verdict */
};

static size_t cells_of(size_t size)
{
    return size / CELL + 1;
}

uint64_t mdci_stretches_memory(uint64_t size)
{
    const uint64_t most = size / CELL_LEAST + 2;
    return sizeof(struct search) + cells_of((size_t)size) +
           3 * most * sizeof(struct mdci_stretch);
}

static enum mdc_status add(struct search *s, const struct mdci_stretch *found)
{
    struct mdci_stretches *out = s->out;
    if (out->count == out->room) {
        const size_t room = out->room ? 2 * out->room : 16;
        struct mdci_stretch *list =
            mdci_alloc(s->allocator, room * sizeof(*list));
        if (!list)
            return MDC_MEM;
        if (out->count > 0)
            memcpy(list, out->list, out->count * sizeof(*list));
        mdci_free(s->allocator, out->list);
        out->list = list;
        out->room = room;
    }
    out->list[out->count++] = *found;
    return MDC_OK;
}

/* ---- Noise --------------------------------------------------------------- */

/* How far the squares of the counts of n values lie above what chance makes of
 * them, times 256. */
static int64_t excess(const uint32_t *count, size_t n)
{
    uint64_t squares = 0;
    for (unsigned i = 0; i < 256; i++)
        squares += (uint64_t)count[i] * count[i];
    return (int64_t)(256 * squares) - (int64_t)((uint64_t)n * n) -
           (int64_t)(255 * (uint64_t)n);
}

/* By the place in records of this width; 1 is bytes by themselves. */
static bool saves_by_place(struct search *s, const uint8_t *p, size_t n,
                           unsigned width)
{
    memset(s->count, 0, width * 256 * sizeof(*s->count));
    const size_t records = n / width;
    for (size_t i = 0; i < records; i++)
        for (unsigned k = 0; k < width; k++)
            s->count[k * 256 + p[i * width + k]]++;
    int64_t sum = 0;
    for (unsigned k = 0; k < width; k++)
        sum += excess(s->count + k * 256, records);
    /* Each place has records^2 as its measure, and a width-th of the bytes. */
    return sum * 1000 > (int64_t)((uint64_t)records * records * width) * SAVED;
}

static bool saves_by_difference(struct search *s, const uint8_t *p, size_t n,
                                unsigned distance)
{
    memset(s->count, 0, 256 * sizeof(*s->count));
    for (size_t i = distance; i < n; i++)
        s->count[(uint8_t)(p[i] - p[i - distance])]++;
    const size_t values = n - distance;
    return excess(s->count, values) * 1000 >
           (int64_t)((uint64_t)values * values) * SAVED;
}

/* By the byte before: fewer pairs are met than chance meets. How often one of
 * them is met says less: in deflate streams few pairs are frequent. */
static bool saves_by_pairs(struct search *s, const uint8_t *p, size_t n)
{
    memset(s->pairs, 0, sizeof(s->pairs));
    uint64_t met = 0;
    for (size_t i = 1; i < n; i++) {
        uint8_t *pair = &s->pairs[(size_t)p[i - 1] << 8 | p[i]];
        met += !*pair;
        *pair = 1;
    }
    /* Of 2^16 (1 - e^(-n / 2^16)), the first three terms. */
    const uint64_t by_chance =
        n - ((uint64_t)n * n >> 17) + ((uint64_t)n * n / 6 * n >> 32);
    return met * 1000 < by_chance * (1000 - FEWER_PAIRS);
}

static bool is_noise(struct search *s, const uint8_t *p, size_t n)
{
    const size_t glance = mdci_min_size(n, GLANCE);
    /* Of few values chance makes more: anything but text passes. */
    memset(s->count, 0, 256 * sizeof(*s->count));
    for (size_t i = 0; i < glance; i++)
        s->count[p[i]]++;
    if (excess(s->count, glance) > (int64_t)(glance * glance))
        return false;
    if (saves_by_place(s, p, n, 1))
        return false;
    for (size_t i = 0; i < sizeof(widths); i++)
        if (n / widths[i] >= PLACE_VALUES && saves_by_place(s, p, n, widths[i]))
            return false;
    for (size_t i = 0; i < sizeof(distances); i++)
        if (saves_by_difference(s, p, n, distances[i]))
            return false;
    return !saves_by_pairs(s, p, n);
}

/* Takes back what was said of cells whose bytes come twice. */
static void drop_repeated(struct search *s, size_t from, size_t cell, size_t to)
{
    unsigned hits = 0;
    for (size_t at = from; at + SEEN_SIZE <= to; at++) {
        const uint64_t hash =
            mdci_load_le(s->content + at, 8) * UINT64_C(0x9E3779B97F4A7C15);
        if (hash >> (64 - SEEN_SHARE) != 0)
            continue;
        uint32_t *seen = &s->seen[hash >> (64 - SEEN_SHARE - SEEN_BITS) &
                                  ((1u << SEEN_BITS) - 1)];
        if (*seen && *seen - 1 + SEEN_SIZE <= at &&
            memcmp(s->content + *seen - 1, s->content + at, SEEN_SIZE) == 0 &&
            ++hits >= SEEN_HITS) {
            s->noise[cell] = NO_NOISE;
            s->noise[(*seen - 1) / CELL] = NO_NOISE;
        }
        *seen = (uint32_t)at + 1;
    }
}

/* Looks at content[from..to), which has no long runs. Cells lie on a grid from
 * the start of the content; of one that a run splits, all parts must be noise.
 * What is short is taken for the same as what it follows. */
static void look_for_noise(struct search *s, size_t from, size_t to)
{
    bool before = false;
    while (from < to) {
        const size_t cell = from / CELL;
        const size_t end = mdci_min_size((cell + 1) * CELL, to);
        const bool noise = end - from < CELL_LEAST
                               ? before
                               : is_noise(s, s->content + from, end - from);
        if (!noise)
            s->noise[cell] = NO_NOISE;
        else if (s->noise[cell] == UNKNOWN)
            s->noise[cell] = NOISE;
        if (noise)
            drop_repeated(s, from, cell, end);
        before = noise;
        from = end;
    }
}

static enum mdc_status add_noise(struct search *s, size_t from, size_t to)
{
    while (from < to) {
        size_t end = from;
        while (end < to && s->noise[end / CELL] == NOISE)
            end = mdci_min_size((end / CELL + 1) * CELL, to);
        const struct mdci_stretch noise = {MDCI_CHUNK_NOISE, from, end, 0};
        if (end - from >= CELL_LEAST)
            MDCI_TRY(add(s, &noise));
        from = end > from ? end : mdci_min_size((end / CELL + 1) * CELL, to);
    }
    return MDC_OK;
}

/* ---- Runs ---------------------------------------------------------------- */

/* The period of the run that starts at p, or 0: p[0..PROBE) repeats. */
static size_t period_at(const uint8_t *p)
{
    for (size_t period = 1; period <= MDCI_PERIOD_MAX; period++)
        if (p[period] == p[0] && memcmp(p, p + period, PROBE - period) == 0)
            return period;
    return 0;
}

/* The run that p[at] lies in, of this period, and starts not before `least`. */
static struct mdci_stretch run_around(const uint8_t *p, size_t at, size_t least,
                                      size_t size, size_t period)
{
    struct mdci_stretch run = {MDCI_CHUNK_RUN, at, at + period, period};
    while (run.from > least && p[run.from - 1] == p[run.from - 1 + period])
        run.from--;
    while (run.to + 8 <= size &&
           memcmp(p + run.to, p + run.to - period, 8) == 0)
        run.to += 8;
    while (run.to < size && p[run.to] == p[run.to - period])
        run.to++;
    return run;
}

/* The next run from `from` on: one that is long enough holds a place that is
 * looked at. \return false: there is none */
static bool next_run(const struct search *s, size_t from,
                     struct mdci_stretch *run)
{
    const size_t step = RUN_LEAST / 2;
    for (size_t at = from; at + PROBE <= s->size; at += step) {
        const size_t period = period_at(s->content + at);
        if (period == 0)
            continue;
        *run = run_around(s->content, at, from, s->size, period);
        if (run->to - run->from >= RUN_LEAST)
            return true;
        if (run->to > at + step)
            at = run->to - step;
    }
    return false;
}

/* Walks over runs and what lies between: looks for noise there, or adds all
 * that was found to the list. */
static enum mdc_status walk(struct search *s, bool look)
{
    size_t at = 0; /* what lies before is done */
    do {
        struct mdci_stretch run;
        if (!next_run(s, at, &run))
            run.from = run.to = s->size;
        if (look)
            look_for_noise(s, at, run.from);
        else
            MDCI_TRY(add_noise(s, at, run.from));
        if (!look && run.to > run.from)
            MDCI_TRY(add(s, &run));
        at = run.to;
    } while (at < s->size);
    return MDC_OK;
}

enum mdc_status mdci_stretches_find(struct mdci_stretches *stretches,
                                    const uint8_t *content, size_t size,
                                    const struct mdc_allocator *allocator)
{
    stretches->count = 0;
    if (size < CELL_LEAST)
        return MDC_OK;
    struct search *s = mdci_alloc(allocator, sizeof(*s));
    uint8_t *noise = mdci_alloc(allocator, cells_of(size));
    enum mdc_status status = MDC_MEM;
    if (s && noise) {
        memset(s->seen, 0, sizeof(s->seen));
        memset(noise, 0, cells_of(size));
        s->content = content;
        s->size = size;
        s->out = stretches;
        s->allocator = allocator;
        s->noise = noise;
        (void)walk(s, true);
        status = walk(s, false);
    }
    mdci_free(allocator, noise);
    mdci_free(allocator, s);
    return status;
}

void mdci_stretches_free(struct mdci_stretches *stretches,
                         const struct mdc_allocator *allocator)
{
    mdci_free(allocator, stretches->list);
    *stretches = (struct mdci_stretches){0};
}
