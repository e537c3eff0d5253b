/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_image_tables.c
 * \brief Where each laser sits and looks: elevation and height by a line, the
 *        ticks of azimuths and ranges by how well points agree on them.
 */
#include "config.h"

#include "codecs/lidar/fit_image.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

enum { SAMPLES = 1024 };

/* Some of a laser's points. */
struct some {
    unsigned count;
    double flat[SAMPLES], up[SAMPLES], azimuth[SAMPLES];
};

static void take(const struct mdci_learned *f, unsigned laser, size_t all,
                 struct some *s)
{
    const size_t step = all / SAMPLES + 1;
    size_t seen = 0;
    s->count = 0;
    for (size_t i = 0; i < f->count && s->count < SAMPLES; i++) {
        if (f->laser[i] != laser || f->blank[i] || seen++ % step)
            continue;
        s->flat[s->count] = hypot(f->point[i][0], f->point[i][1]);
        s->up[s->count] = f->point[i][2];
        s->azimuth[s->count++] = f->azimuth[i];
    }
}

static double ahead_of(const struct mdci_fit_laser *l, double flat)
{
    const double square = flat * flat - l->across * l->across;
    return square > 0 ? sqrt(square) : 0;
}

/* The line of heights over ways, by robust least squares. */
static void fit_line(const struct some *s, struct mdci_fit_laser *l)
{
    const double unsure = 1e-6; /* a laser is within some decimetres */
    for (unsigned round = 0; round < 8; round++) {
        const double scale = 0.01 * pow(0.6, round);
        double n[4] = {0, 0, 0, unsure}, x[2] = {0, 0};
        for (unsigned i = 0; i < s->count; i++) {
            const double way = ahead_of(l, s->flat[i]);
            const double off = (s->up[i] - l->slope * way - l->high) / scale;
            const double w = round == 0 ? 1 : 1 / (1 + off * off);
            n[0] += w * way * way;
            n[2] += w * way;
            n[3] += w;
            x[0] += w * way * s->up[i];
            x[1] += w * s->up[i];
        }
        n[0] += 1e-9;
        if (!mdci_fit_solve(n, x, 2))
            return;
        l->slope = x[0];
        l->high = fabs(x[1]) < 1.9 ? x[1] : 0;
    }
}

/* How well far azimuths agree on ticks, 0..1, and on which phase. */
static double agree(const struct some *s, double across, double turn,
                    double least, double *phase)
{
    double x = 0, y = 0, sum = 0;
    for (unsigned i = 0; i < s->count; i++) {
        if (s->flat[i] < least)
            continue;
        const double a = (s->azimuth[i] - across / s->flat[i]) * turn;
        x += cos(a);
        y += sin(a);
        sum++;
    }
    *phase = atan2(y, x) / turn;
    return sum > 0 ? sqrt(x * x + y * y) / sum : 0;
}

/* Far points as arrows on a circle, which the next place turns by a little. */
struct arrows {
    unsigned count;
    double x[SAMPLES], y[SAMPLES], dx[SAMPLES], dy[SAMPLES];
};

static void point_arrows(struct arrows *a, const struct some *s, double across,
                         double step, double turn, double least)
{
    a->count = 0;
    for (unsigned i = 0; i < s->count; i++) {
        if (s->flat[i] < least)
            continue;
        const double at = (s->azimuth[i] - across / s->flat[i]) * turn;
        const double by = -step / s->flat[i] * turn;
        a->x[a->count] = cos(at);
        a->y[a->count] = sin(at);
        a->dx[a->count] = cos(by);
        a->dy[a->count++] = sin(by);
    }
}

/* Where the arrows of all points lead, and turns them. */
static void turn_arrows(struct arrows *a, double *sum)
{
    sum[0] = sum[1] = 0;
    for (unsigned i = 0; i < a->count; i++) {
        const double now = a->x[i];
        sum[0] += now;
        sum[1] += a->y[i];
        a->x[i] = now * a->dx[i] - a->y[i] * a->dy[i];
        a->y[i] = now * a->dy[i] + a->y[i] * a->dx[i];
    }
}

/* Where across the beam the laser sits: where azimuths agree best, as agree()
 * tells it, but without a sine for each point and place.
 * \return how well they do */
static double find_across(const struct some *s, struct mdci_fit_laser *l,
                          double turn)
{
    const double most = 0.045, step = 0.0004, least = 6;
    double best = 0, sum[2];
    struct arrows arrows;
    point_arrows(&arrows, s, -most, step, turn, least);
    for (double across = -most; across <= most; across += step) {
        turn_arrows(&arrows, sum);
        const double all = sum[0] * sum[0] + sum[1] * sum[1];
        if (all > best) {
            best = all;
            l->across = across;
            l->aside = atan2(sum[1], sum[0]) / turn;
        }
    }
    best = best > 0 ? sqrt(best) / arrows.count : 0;
    /* Then place and phase by least squares, of nearer points, too. */
    for (unsigned round = 0; round < 4; round++) {
        double n[4] = {1e-9, 0, 0, 1e-9}, x[2] = {0, 0};
        for (unsigned i = 0; i < s->count; i++) {
            const double way = s->flat[i];
            const double a = s->azimuth[i] - l->aside - l->across / way;
            const double ticks = a * turn / (2 * PI);
            const double off = (ticks - floor(ticks + 0.5)) * 2 * PI / turn;
            if (fabs(off) * way > 1.5e-3 || way < 5)
                continue;
            /* in metres: off = (across + way * aside) */
            n[0] += 1;
            n[2] += way;
            n[3] += way * way;
            x[0] += off * way;
            x[1] += off * way * way;
        }
        if (!mdci_fit_solve(n, x, 2))
            break;
        l->across += x[0];
        l->aside += x[1];
    }
    return best;
}

/* From where on azimuths tell ticks: rounding moves near points by more, but in
 * a small room there are no others. */
static double far_enough(const struct mdci_learned *f)
{
    const double far = 4, near = 0.4; /* metres */
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        count += !f->blank[i] && hypot(f->point[i][0], f->point[i][1]) >= far;
    return count > f->count / 16 ? far : near;
}

static void find_asides(struct mdci_learned *f, const size_t *all,
                        struct some *s)
{
    const double least = far_enough(f);
    static const double turns[] = {36000, 90112};
    double best = 0;
    f->turn = turns[0]; /* where no point is far enough to tell */
    for (unsigned t = 0; t < 2; t++) {
        double sum = 0, count = 0, phase;
        for (unsigned k = 0; k < f->lasers; k += 1 + f->lasers / 16) {
            take(f, k, all[k], s);
            sum += agree(s, 0, turns[t], least, &phase) * s->count;
            count += s->count;
        }
        if (sum > best * count) {
            best = sum / count;
            f->turn = turns[t];
        }
    }
    const int shifted = f->by_ring && best < 0.6;
    if (shifted)
        f->turn = turns[0];
    f->agreed = 0;
    for (unsigned k = 0; k < f->lasers; k++) {
        struct mdci_fit_laser *l = &f->table[k];
        double phase, unit = 2 * PI / f->turn;
        take(f, k, all[k], s);
        if (shifted) {
            f->agreed += find_across(s, l, f->turn) / f->lasers;
            continue;
        }
        const double agreed = agree(s, 0, f->turn, least, &phase);
        f->agreed += agreed / f->lasers;
        if (agreed > 0.3)
            l->aside = phase + unit * floor((l->aside - phase) / unit + 0.5);
    }
}

/* How well ranges agree on ticks. */
static double agree_ranges(const struct some *s, const struct mdci_fit_laser *l,
                           double tick, double *phase)
{
    const double slope = sqrt(1 + l->slope * l->slope);
    double x = 0, y = 0;
    for (unsigned i = 0; i < s->count; i++) {
        const double a = ahead_of(l, s->flat[i]) * slope * (2 * PI) / tick;
        x += cos(a);
        y += sin(a);
    }
    *phase = atan2(y, x) * tick / (2 * PI);
    return s->count ? sqrt(x * x + y * y) / s->count : 0;
}

static void find_tick(struct mdci_learned *f, const size_t *all, struct some *s,
                      double least)
{
    static const double ticks[] = {0.01, 0.005, 0.004, 0.002, 0.001};
    double best = 0.2;
    f->tick = least;
    for (unsigned t = 0; t < sizeof ticks / sizeof *ticks; t++) {
        double sum = 0, count = 0, phase;
        for (unsigned k = 0; k < f->lasers; k += 1 + f->lasers / 16) {
            take(f, k, all[k], s);
            sum += agree_ranges(s, &f->table[k], ticks[t], &phase) * s->count;
            count += s->count;
        }
        if (sum > best * 1.05 * count) {
            best = sum / count;
            f->tick = ticks[t];
        }
    }
    f->exact = best > 0.5;
}

void mdci_learn_tables(struct mdci_learned *f, int decimal)
{
    size_t all[MDCI_IMAGE_LASERS] = {0};
    struct some s;
    for (size_t i = 0; i < f->count; i++)
        all[f->laser[i]] += !f->blank[i];
    find_asides(f, all, &s);
    for (unsigned k = 0; k < f->lasers; k++) {
        take(f, k, all[k], &s);
        fit_line(&s, &f->table[k]);
    }
    find_tick(f, all, &s, decimal ? 0.001 : 0.002);
    for (unsigned k = 0; k < f->lasers; k++) {
        double phase;
        take(f, k, all[k], &s);
        if (agree_ranges(&s, &f->table[k], f->tick, &phase) > 0.15)
            f->table[k].longer = phase;
    }
}
