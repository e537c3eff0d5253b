/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_microdiffusion.c
 * \brief Holds the integer calibration to its formulas in double precision,
 *        and checks that its result is calibrated.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <math.h>
#include <string.h>

#include "models/microdiffusion.h"

#define ONE   4194304 /* 1.0 in 22 bits */
#define STEPS 3
#define KEYS  4
#define BINS  MDCI_DIFFUSION_BINS

/* The formulas, as microdiffusion.h tells them. */
struct plain_bin {
    double errors, squares, variance, correction;
    int count;
};

struct plain_row {
    struct plain_bin bin[BINS];
};

static void plain_init(struct plain_row *row)
{
    for (int b = 0; b < BINS; b++) {
        const double centre = 1 / (1 + exp2(-(b * 256 - 1920) / 128.0));
        row->bin[b].errors = 0;
        row->bin[b].squares = MDCI_DIFFUSION_PSEUDO * centre * (1 - centre);
        row->bin[b].variance = row->bin[b].squares;
        row->bin[b].correction = 0;
        row->bin[b].count = 0;
    }
}

static double plain_correction(const struct plain_row *row, int logit)
{
    const double x = (fmin(fmax(logit, -1920), 1919) + 1920) / 256;
    const int low = (int)x;
    const double fraction = x - low;
    return row->bin[low].correction * (1 - fraction) +
           row->bin[low + 1].correction * fraction;
}

static void plain_update(struct plain_row *row, int logit, double variance,
                         double p, int bit)
{
    const double centre =
        1 /
        (1 + exp2(-(floor((fmin(fmax(logit, -1920), 1919) + 1920) / 256 + 0.5) *
                        256 -
                    1920) /
                  128.0));
    const double pseudo = MDCI_DIFFUSION_PSEUDO * centre * (1 - centre);
    const double x = (fmin(fmax(logit, -1920), 1919) + 1920) / 256;
    struct plain_bin *b = &row->bin[(int)(x + 0.5)];
    const double error = bit - p;
    b->errors += error;
    b->squares += error * error;
    b->variance += variance;
    b->count++;
    if (b->count > MDCI_DIFFUSION_OFTEN && b->count % MDCI_DIFFUSION_EVERY)
        return;
    if (b->count > MDCI_DIFFUSION_LIMIT) {
        b->count /= 2;
        b->errors /= 2;
        /* Pseudo-observations are never halved. */
        b->squares = (b->squares - pseudo) / 2 + pseudo;
        b->variance = (b->variance - pseudo) / 2 + pseudo;
    }
    const double snr = b->errors * b->errors / b->squares;
    b->correction =
        fmin(fmax(b->errors / b->variance * fmin(1, snr / 2), -64), 64);
}

/* Sources: the true probability where the model says `logit`. */
enum kind { CALIBRATED, OVERCONFIDENT, UNDERCONFIDENT, DRIFTING, RARE, KINDS };

static double truth(enum kind kind, int logit, unsigned time)
{
    const double s = logit / 128.0;
    const double shift[KINDS] = {0, 0, 0, 3 * sin(time / 4000.0), 2};
    const double scale[KINDS] = {1, 0.5, 1.6, 1, 1};
    return 1 / (1 + exp2(-(s * scale[kind] + shift[kind])));
}

static int random_logit(enum kind kind, uint64_t *random)
{
    const int x = (int)sample_random(random, 2048);
    const int y = (int)sample_random(random, 2048);
    return kind == RARE ? -2047 + x / 2 : x - y;
}

static int random_bit(double p, uint64_t *random)
{
    return sample_random(random, 1u << 30) < p * (1u << 30);
}

struct integer_row {
    struct mdci_diffusion_bins bins;
    struct mdci_diffusion_sums sums;
};

/* The row that a step takes: a key of its own for each. */
static unsigned key_of(int step, unsigned time)
{
    return step == 0 ? time % KEYS : step == 1 ? time / 7 % KEYS : 0;
}

static void check_equals_formulas(enum kind kind, unsigned length)
{
    static struct integer_row rows[STEPS][KEYS];
    static struct plain_row plain[STEPS][KEYS];
    struct mdci_diffusion_step step[STEPS];
    int32_t lengths[STEPS] = {0};
    double plain_length[STEPS], slope[STEPS];
    uint64_t random = 100 + (uint64_t)kind;
    double largest = 0, worst = 0, apart = 0;

    for (int k = 0; k < STEPS; k++) {
        plain_length[k] = (double)MDCI_DIFFUSION_LENGTH / ONE;
        for (int i = 0; i < KEYS; i++) {
            memset(&rows[k][i], 0, sizeof rows[k][i]);
            plain_init(&plain[k][i]);
        }
    }
    for (unsigned time = 0; time < length; time++) {
        const int logit = random_logit(kind, &random);
        const int bit = random_bit(truth(kind, logit, time), &random);
        int32_t p = (int32_t)(mdci_squash(logit) << 6);
        const struct mdci_diffusion_place place =
            mdci_diffusion_locate(logit, p);
        const double variance = (double)place.variance / ONE;
        for (int k = 0; k < STEPS; k++) {
            const unsigned i = key_of(k, time);
            const int32_t out =
                mdci_diffusion_predict(&step[k], &rows[k][i].bins,
                                       &rows[k][i].sums, &lengths[k], place, p);
            slope[k] = plain_correction(&plain[k][i], logit);
            const double correction =
                plain_length[k] *
                fmin(fmax(slope[k] * variance, 64.0 / ONE - (double)p / ONE),
                     1 - 64.0 / ONE - (double)p / ONE);
            worst = fmax(worst, fabs((double)(out - p) / ONE - correction));
            largest = fmax(largest, fabs(correction));
            p = out;
        }
        for (int k = 0; k < STEPS; k++) {
            mdci_diffusion_update(&step[k], bit, p);
            plain_update(&plain[k][key_of(k, time)], logit, variance,
                         (double)step[k].p / ONE, bit);
            plain_length[k] += (bit - (double)p / ONE) * slope[k] *
                               exp2(16 - MDCI_DIFFUSION_RATE);
            plain_length[k] = fmin(fmax(plain_length[k], 0), 1);
            apart =
                fmax(apart,
                     fabs(plain_length[k] -
                          (double)(lengths[k] + MDCI_DIFFUSION_LENGTH) / ONE));
        }
    }
    print_message("kind %d: corrections up to %.4f, apart by 2^%.1f at most, "
                  "lengths by %.4f\n",
                  (int)kind, largest, log2(worst), apart);
    assert_true(worst <= 1.0 / 512);
    assert_true(apart <= (length > 400000 ? 1.0 / 16 : 1.0 / 64));
    /* Zero on both sides would prove nothing. */
    assert_true(largest > (kind == RARE ? 0.001 : 0.01));
}

static void test_equals_formulas(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        check_equals_formulas((enum kind)kind, slow_tests() ? 4000000 : 400000);
}

/* Coding costs in bits a decision, and how far from calibrated it is. */
struct outcome {
    double entropy, before, after, gap_before, gap_after;
};

static double cost(double p, int bit)
{
    return -log2(bit ? p : 1 - p);
}

static struct outcome calibrate(enum kind kind)
{
    static struct integer_row row;
    int32_t step_length = 0;
    const unsigned warm_up = 50000, length = 400000;
    double sum[2][BINS] = {{0}};
    struct outcome o = {0};
    uint64_t random = 7;

    memset(&row, 0, sizeof row);
    for (unsigned time = 0; time < length; time++) {
        const int logit = random_logit(kind, &random);
        const double real = truth(kind, logit, 0);
        const int bit = random_bit(real, &random);
        const int32_t p = (int32_t)(mdci_squash(logit) << 6);
        struct mdci_diffusion_step step;
        const int32_t out =
            mdci_diffusion_predict(&step, &row.bins, &row.sums, &step_length,
                                   mdci_diffusion_locate(logit, p), p);
        mdci_diffusion_update(&step, bit, out);
        if (time < warm_up)
            continue;
        const double q = mdci_clamp(out, 64, ONE - 64) / (double)ONE;
        const double n = length - warm_up;
        o.entropy += (real * cost(real, 1) + (1 - real) * cost(real, 0)) / n;
        o.before += cost((double)p / ONE, bit) / n;
        o.after += cost(q, bit) / n;
        sum[0][(logit + 2048) / 256] += (bit - (double)p / ONE) / n;
        sum[1][(logit + 2048) / 256] += (bit - q) / n;
    }
    for (int b = 0; b < BINS; b++) {
        o.gap_before += fabs(sum[0][b]);
        o.gap_after += fabs(sum[1][b]);
    }
    return o;
}

static void test_miscalibrated_becomes_calibrated(void **state)
{
    (void)state;
    static const enum kind kinds[] = {OVERCONFIDENT, UNDERCONFIDENT, RARE};
    for (int i = 0; i < 3; i++) {
        const struct outcome o = calibrate(kinds[i]);
        print_message("kind %d: entropy %.4f, cost %.4f to %.4f, "
                      "gap %.5f to %.5f\n",
                      (int)kinds[i], o.entropy, o.before, o.after, o.gap_before,
                      o.gap_after);
        assert_true(o.gap_after < o.gap_before * 0.6);
        assert_true(o.after < o.before);
        assert_true(o.after - o.entropy < (o.before - o.entropy) / 2);
    }
}

/* What is right already costs next to nothing more. */
static void test_calibrated_stays(void **state)
{
    (void)state;
    const struct outcome o = calibrate(CALIBRATED);
    assert_true(o.gap_after < 0.01);
    assert_true(o.after < o.before * 1.005);
}

/* A bin that saw nothing but chance says nothing yet. */
static void test_fresh_row_is_silent(void **state)
{
    (void)state;
    struct integer_row row;
    int32_t length = 0;
    memset(&row, 0, sizeof row);
    for (int logit = -2047; logit <= 2047; logit++) {
        struct mdci_diffusion_step step;
        const int32_t p = (int32_t)(mdci_squash(logit) << 6);
        assert_int_equal(
            mdci_diffusion_predict(&step, &row.bins, &row.sums, &length,
                                   mdci_diffusion_locate(logit, p), p),
            p);
    }
}

/* However long and however wrong, a probability stays one. */
static void test_bears_the_extremes(void **state)
{
    (void)state;
    for (int bit = 0; bit < 2; bit++) {
        for (int b = 0; b < BINS; b++) {
            const int logit = mdci_clamp(b * 256 - 1920, -1920, 1919);
            const int32_t p = bit ? 64 : ONE - 64;
            struct integer_row row;
            struct mdci_diffusion_step step;
            int32_t length = 0;
            memset(&row, 0, sizeof row);
            for (int i = 0; i < 3000; i++) {
                const int32_t out =
                    mdci_diffusion_predict(&step, &row.bins, &row.sums, &length,
                                           mdci_diffusion_locate(logit, p), p);
                assert_in_range(out, 64, ONE - 64);
                mdci_diffusion_update(&step, bit, i % 2 ? out : ONE - out);
                assert_in_range(length + MDCI_DIFFUSION_LENGTH, 0, ONE);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_formulas),
        cmocka_unit_test(test_miscalibrated_becomes_calibrated),
        cmocka_unit_test(test_calibrated_stays),
        cmocka_unit_test(test_fresh_row_is_silent),
        cmocka_unit_test(test_bears_the_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
