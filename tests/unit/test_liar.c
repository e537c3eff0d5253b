/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_liar.c
 * \brief Payloads of LiDAR frames that no encoder writes: parameters at their
 *        ends, and any decision at all.
 *
 * The decoder is compiled here with a range coder of another kind: it does not
 * read what it decodes, but makes it up, and writes down what would say so.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

#include "models/range_coder.h"

/* Makes up what is decoded. */
static struct {
    struct mdci_range_coder rc; /* writes */
    uint8_t told[32768];        /* what is decoded before that, bits */
    unsigned tell, tells;
    uint64_t seed;
    unsigned run; /* more of the same bit */
    int bit;
} liar;

static int lie(struct mdci_range_coder *rc, const int decode, int bit,
               uint32_t p1)
{
    if (!decode) {
        assert_true(liar.tells < sizeof(liar.told));
        liar.told[liar.tells++] = (uint8_t)bit;
        return bit;
    }
    if (liar.tell < liar.tells) {
        bit = liar.told[liar.tell++];
    } else {
        /* Long runs make the largest numbers. */
        if (liar.run == 0) {
            liar.run = 1 + sample_random(&liar.seed,
                                         sample_random(&liar.seed, 3) ? 4 : 60);
            liar.bit = !liar.bit;
        }
        liar.run--;
        bit = liar.bit;
    }
    return mdci_range_code(rc, 0, bit, p1);
}

#define mdci_range_code  lie
#define mdci_codec_lidar made_up_codec
#include "codecs/lidar/lidar_codec.c"
#undef mdci_codec_lidar

enum { GUARD = 64, ROOM = 1 << 20, RECORDS = 160 };

static const struct mdc_allocator no_hooks;

/** A chunk whose payload is made up, and what decodes it. */
struct scene {
    const struct mdci_codec *codec;
    void *made_up, *decoder;
    uint8_t *out, *made, *back;
    size_t size;
};

static void open_scene(struct scene *s, unsigned columns, size_t records,
                       uint64_t step)
{
    *s = (struct scene){.codec = mdci_codec_by_id(MDCI_CODEC_LIDAR)};
    s->size = records * columns * 4;
    s->out = must_alloc(ROOM);
    s->made = must_alloc(s->size + GUARD);
    s->back = must_alloc(s->size + GUARD);
    memset(s->made, 0xEE, s->size + GUARD);
    memset(s->back, 0xEE, s->size + GUARD);
    assert_int_equal(
        made_up_codec.open(&s->made_up, MDCI_DECODE, 4, s->size, &no_hooks),
        MDC_OK);
    /* It lies in plain C; who decodes it may run wider kernels. */
    ((struct mdci_lidar_state *)s->made_up)->wide = 0;
    assert_int_equal(
        s->codec->open(&s->decoder, MDCI_DECODE, 4, s->size, &no_hooks),
        MDC_OK);
    if (step > 0) {
        made_up_codec.set_step(s->made_up, step);
        s->codec->set_step(s->decoder, step);
    }
    memset(&liar, 0, sizeof(liar));
    mdci_range_encoder_start(&liar.rc, s->out, ROOM);
}

static void close_scene(struct scene *s)
{
    made_up_codec.close(s->made_up);
    s->codec->close(s->decoder);
    free(s->out);
    free(s->made);
    free(s->back);
}

/* Tells a layout and the head of a part of all records. */
static void tell_part(struct mdci_lidar_layout *layout, uint32_t method,
                      size_t count)
{
    struct mdci_range_coder *rc = &liar.rc;
    (void)mdci_lidar_code_layout(rc, 0, layout);
    (void)mdci_lidar_plain(rc, 0, 2, method);
    (void)mdci_lidar_plain(rc, 0, COUNT_BITS, (uint32_t)count);
}

/* Lies behind what was told. \return what any decoder makes of it */
static enum mdc_status decode_lies(struct scene *s, uint64_t seed)
{
    liar.seed = seed;
    liar.run = 0;
    const enum mdc_status status =
        decode_chunk(s->made_up, &liar.rc, s->made, s->size);
    assert_true(status == MDC_OK || status == MDC_DATA);
    assert_true(mdci_range_encoder_finish(&liar.rc));
    assert_int_equal(
        s->codec->decode(s->decoder, s->back, 0, s->size, s->out, liar.rc.size),
        status);
    if (status == MDC_OK)
        assert_memory_equal(s->back, s->made, s->size);
    /* Keeping accounts of it touches nothing else, either. */
    struct mdci_account account = {.cost = must_alloc(s->size * 4)};
    memset(account.cost, 0, s->size * 4);
    assert_int_equal(s->codec->explain(s->decoder, s->back, 0, s->size, s->out,
                                       liar.rc.size, &account),
                     status);
    free(account.cost);
    for (unsigned i = 0; i < GUARD; i++)
        assert_int_equal(s->back[s->size + i], 0xEE);
    return status;
}

/* ---- Parameters ---------------------------------------------------------- */

/* Any number of that many bits, often at an end. */
static int64_t any(uint64_t *seed, unsigned bits)
{
    const int64_t most = ((int64_t)1 << (bits - 1)) - 1;
    const int64_t value =
        (int64_t)((uint64_t)sample_random(seed, 1u << 31) << 31 |
                  sample_random(seed, 1u << 31)) &
        most;
    switch (sample_random(seed, 6)) {
    case 0:
        return most;
    case 1:
        return -most - 1;
    case 2:
        return sample_random(seed, 2) ? -value : value;
    default:
        return sample_random(seed, 2) ? most - (value & 3) : -most;
    }
}

static struct mdci_lidar_layout any_layout(uint64_t *seed, unsigned columns)
{
    struct mdci_lidar_layout layout = {.columns = columns,
                                       .lag = 1 + sample_random(seed, 128)};
    for (unsigned c = 0; c < columns; c++) {
        layout.kind[c] =
            sample_random(seed, 3) ? MDCI_LIDAR_BINARY : sample_random(seed, 9);
        layout.constant[c] = (uint32_t)any(seed, 32);
    }
    return layout;
}

static void any_knots(uint64_t *seed, uint32_t knots, int64_t (*pose)[6])
{
    for (uint32_t k = 0; k < knots; k++)
        for (unsigned c = 0; c < 6; c++)
            pose[k][c] = any(seed, c < 3 ? 37 : 40);
}

static void tell_sweep(uint64_t *seed)
{
    struct mdci_lidar_sweep p = {.firings = RECORDS / MDCI_LIDAR_LASERS};
    for (unsigned i = 0; i < 9; i++)
        p.axis[i / 3][i % 3] = any(seed, 50);
    for (unsigned i = 0; i < 2; i++) {
        p.shift[i] = sample_random(seed, 2) ? sample_random(seed, 25) : 0;
        p.phase[i] = any(seed, 25) & 0xFFFFFF;
    }
    p.height = any(seed, 48);
    p.knots = 2 + sample_random(seed, MDCI_LIDAR_KNOTS - 1);
    const uint32_t apart = sample_random(seed, 2) ? 1 : 32767 / p.knots;
    for (uint32_t k = 0; k < p.knots; k++)
        p.time[k] = k * apart;
    any_knots(seed, p.knots, p.pose);
    (void)mdci_lidar_code_sweep(&liar.rc, 0, &p);
}

static void tell_scan(uint64_t *seed)
{
    struct mdci_vlp32 p = {.firings = 1 + sample_random(seed, RECORDS)};
    p.flip = sample_random(seed, 2);
    p.step = (int32_t)any(seed, 8) | 1;
    for (unsigned c = 0; c < 3; c++)
        p.grid[c] = sample_random(seed, 32);
    p.knots = 2 + sample_random(seed, MDCI_LIDAR_KNOTS - 1);
    const uint32_t apart = sample_random(seed, 2) ? 1 : 65535 / p.knots;
    for (uint32_t k = 0; k < p.knots; k++)
        p.time[k] = (int64_t)k * apart - 4096;
    any_knots(seed, p.knots, p.pose);
    (void)mdci_vlp32_code(&liar.rc, 0, &p);
}

static void fill_image(struct mdci_image *p, uint64_t *seed, uint32_t cells)
{
    static const int32_t up = 421657428; /* a quarter turn, in 2^-28 rad */
    memset(p, 0, sizeof(*p));
    p->lasers = 1 + sample_random(seed, MDCI_IMAGE_LASERS);
    p->columns = cells / p->lasers;
    p->by_ring = sample_random(seed, 2);
    p->turn = sample_random(seed, 2) ? MDCI_IMAGE_TURN
                                     : 256 + sample_random(seed, 1000000);
    p->step = (int32_t)any(seed, 24) | 1;
    if (sample_random(seed, 2))
        p->step = sample_random(seed, 2) ? -1 : 1;
    p->tick = (uint32_t)any(seed, 32);
    p->narrow = (uint32_t)any(seed, 16) & 0xFFFF;
    for (unsigned k = 0; k < p->lasers; k++) {
        struct mdci_image_laser *l = &p->laser[k];
        p->order[k] = (uint8_t)(p->lasers - 1 - k);
        l->elevation = sample_random(seed, 3)
                           ? up + (int32_t)sample_random(seed, 99) - 49
                           : (int32_t)any(seed, 30);
        l->aside = (uint32_t)any(seed, 32);
        l->high = (int32_t)any(seed, 22);
        l->across = (int32_t)any(seed, 22);
        l->longer = (int32_t)any(seed, 22);
    }
}

static void tell_image(uint64_t *seed)
{
    struct mdci_image p;
    fill_image(&p, seed, RECORDS * 3);
    (void)mdci_image_code(&liar.rc, 0, &p, UINT32_MAX);
}

/* ---- Tests --------------------------------------------------------------- */

/* Whatever a payload says, decoders agree on what it is. */
static void any_lies(uint32_t method)
{
    static const uint64_t steps[] = {0, 1, 10000, 1000000000};
    unsigned whole = 0;
    for (uint64_t seed = 1; seed <= (slow_tests() ? 600 : 40); seed++) {
        struct scene s;
        uint64_t random = seed;
        unsigned columns = 3 + sample_random(&random, 14);
        if (method == MDCI_LIDAR_BY_SWEEP)
            columns = MDCI_LIDAR_RECORD / 4;
        open_scene(&s, columns, RECORDS, steps[seed % 4]);
        struct mdci_lidar_layout layout = any_layout(&random, columns);
        tell_part(&layout, method, RECORDS);
        if (method == MDCI_LIDAR_BY_SWEEP)
            tell_sweep(&random);
        else if (method == MDCI_LIDAR_BY_SCAN)
            tell_scan(&random);
        else if (method == MDCI_LIDAR_BY_IMAGE)
            tell_image(&random);
        whole += decode_lies(&s, seed) == MDC_OK;
        /* All was told that was to be, and taken for what it is. */
        assert_int_equal(liar.tell, liar.tells);
        close_scene(&s);
    }
    if (method == MDCI_LIDAR_BY_POINTS || method == MDCI_LIDAR_BY_SWEEP)
        assert_true(whole > 0);
}

static void test_points(void **state)
{
    (void)state;
    any_lies(MDCI_LIDAR_BY_POINTS);
}

static void test_sweeps(void **state)
{
    (void)state;
    any_lies(MDCI_LIDAR_BY_SWEEP);
}

static void test_scans(void **state)
{
    (void)state;
    any_lies(MDCI_LIDAR_BY_SCAN);
}

static void test_images(void **state)
{
    (void)state;
    any_lies(MDCI_LIDAR_BY_IMAGE);
}

/* What looks aside as far as can be, in the smallest steps. */
static void test_least_step(void **state)
{
    (void)state;
    for (int32_t step = -1; step <= 1; step += 2) {
        struct scene s;
        struct mdci_image p = {.lasers = 2,
                               .columns = 1,
                               .turn = MDCI_IMAGE_TURN,
                               .step = step,
                               .order = {0, 1}};
        struct mdci_lidar_layout layout = {.columns = 3, .lag = 1};
        open_scene(&s, 3, RECORDS, 0);
        p.laser[0].aside = UINT32_C(1) << 31;
        tell_part(&layout, MDCI_LIDAR_BY_IMAGE, 1);
        (void)mdci_image_code(&liar.rc, 0, &p, UINT32_MAX);
        (void)decode_lies(&s, 1);
        assert_int_equal(liar.tell, liar.tells);
        close_scene(&s);
    }
}

/* A few bytes of a payload must not keep a decoder busy: all that it visits is
 * as much as its points are, or not much more. */
static void test_empty_space(void **state)
{
    (void)state;
    for (uint32_t columns = 1; columns <= 7; columns++) {
        struct scene s;
        struct mdci_image p = {
            .lasers = 1, .columns = columns, .turn = 256, .step = 1};
        struct mdci_lidar_layout layout = {.columns = 3, .lag = 1};
        open_scene(&s, 3, RECORDS, 0);
        tell_part(&layout, MDCI_LIDAR_BY_IMAGE, 1);
        (void)mdci_image_code(&liar.rc, 0, &p, UINT32_MAX);
        const unsigned tells = liar.tells;
        for (uint32_t i = 0; i < columns; i++)
            for (unsigned bit = 0; bit < 2; bit++)
                (void)lie(&liar.rc, 0, 0, 0); /* an empty cell */
        assert_int_equal(decode_lies(&s, 1), MDC_DATA);
        /* Cells were looked at if there may be so many. */
        assert_int_equal(liar.tell > tells, columns <= 6);
        close_scene(&s);
    }
    for (uint32_t firings = RECORDS - 1; firings <= RECORDS + 1; firings++) {
        struct scene s;
        struct mdci_vlp32 p = {
            .firings = firings, .step = 1, .knots = 2, .time = {0, 1}};
        struct mdci_lidar_layout layout = {.columns = 3, .lag = 1};
        open_scene(&s, 3, RECORDS, 0);
        tell_part(&layout, MDCI_LIDAR_BY_SCAN, RECORDS);
        (void)mdci_vlp32_code(&liar.rc, 0, &p);
        const unsigned tells = liar.tells;
        for (unsigned i = 0; i < 16; i++)
            (void)lie(&liar.rc, 0, 1, 0); /* the first azimuth */
        assert_int_equal(decode_lies(&s, 1), MDC_DATA);
        assert_int_equal(liar.tell > tells, firings <= RECORDS);
        close_scene(&s);
    }
}

/* Records that begin behind the chunk's end. */
static void test_phase(void **state)
{
    (void)state;
    for (unsigned phase = 23; phase <= 25; phase++) {
        struct scene s;
        struct mdci_lidar_layout layout = {
            .columns = 3, .lag = 1, .phase = phase};
        open_scene(&s, 3, 2, 0);
        (void)mdci_lidar_code_layout(&liar.rc, 0, &layout);
        assert_int_equal(decode_lies(&s, 1), phase <= 24 ? MDC_OK : MDC_DATA);
        close_scene(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points),     cmocka_unit_test(test_sweeps),
        cmocka_unit_test(test_scans),      cmocka_unit_test(test_images),
        cmocka_unit_test(test_least_step), cmocka_unit_test(test_empty_space),
        cmocka_unit_test(test_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
