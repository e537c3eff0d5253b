/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_knots.c
 * \brief Few knots for a trajectory that is linear between them: where it
 *        jumps some are added, then those go that the fit can do without, and
 *        the others move to where the bends are.
 */
#include "config.h"

#include "codecs/lidar/fit.h"

#include <math.h>
#include <string.h>

enum { REACH = 3 }; /* nodes beside a changed knot that may follow */

struct knots {
    unsigned count;
    double time[MDCI_LIDAR_KNOTS];
    double node[MDCI_LIDAR_KNOTS][6];
};

static void save(const struct mdci_fit_path *f, struct knots *k)
{
    k->count = f->knots;
    memcpy(k->time, f->time, sizeof k->time);
    memcpy(k->node, f->node, sizeof k->node);
}

static void restore(struct mdci_fit_path *f, const struct knots *k)
{
    f->knots = k->count;
    memcpy(f->time, k->time, sizeof k->time);
    memcpy(f->node, k->node, sizeof k->node);
}

/* The cost around knot k with the nodes there as good as they get. The same
 * firings are reached whether knots first..last exist or not. */
static double around(struct mdci_fit_path *f, unsigned first, unsigned last)
{
    const unsigned lo = first > REACH ? first - REACH : 0;
    const unsigned hi = last + REACH < f->knots ? last + REACH : f->knots - 1;
    return mdci_fit_window(f, lo, hi);
}

static void take_out(struct mdci_fit_path *f, unsigned k)
{
    f->knots--;
    memmove(f->time + k, f->time + k + 1, sizeof *f->time * (f->knots - k));
    memmove(f->node + k, f->node + k + 1, sizeof *f->node * (f->knots - k));
}

static void put_in(struct mdci_fit_path *f, unsigned k, double time)
{
    memmove(f->time + k + 1, f->time + k, sizeof *f->time * (f->knots - k));
    memmove(f->node + k + 1, f->node + k, sizeof *f->node * (f->knots - k));
    const double part =
        (time - f->time[k - 1]) / (f->time[k + 1] - f->time[k - 1]);
    for (unsigned c = 0; c < 6; c++)
        f->node[k][c] =
            f->node[k - 1][c] + (f->node[k + 1][c] - f->node[k - 1][c]) * part;
    f->time[k] = time;
    f->knots++;
}

/* What leaving out knot k costs. */
static double loss(struct mdci_fit_path *f, unsigned k, const struct knots *now)
{
    const double before = around(f, k, k);
    restore(f, now);
    take_out(f, k);
    /* The same nodes reach the same firings: one less is free. */
    const double after = around(f, k, k > 0 ? k - 1 : 0);
    restore(f, now);
    return before < 0 || after < 0 ? INFINITY : after - before;
}

static void thin_out(struct mdci_fit_path *f)
{
    double cost[MDCI_LIDAR_KNOTS];
    struct knots now;
    save(f, &now);
    for (unsigned k = 1; k + 1 < f->knots; k++)
        cost[k] = loss(f, k, &now);
    while (f->knots > 2) {
        unsigned best = 1;
        for (unsigned k = 2; k + 1 < f->knots; k++)
            if (cost[k] < cost[best])
                best = k;
        if (cost[best] > f->worth)
            break;
        take_out(f, best);
        memmove(cost + best, cost + best + 1, sizeof *cost * (f->knots - best));
        (void)around(f, best, best - 1);
        save(f, &now);
        for (unsigned k = best > 4 ? best - 4 : 1;
             k + 1 < f->knots && k < best + 4; k++)
            cost[k] = loss(f, k, &now);
    }
}

/* Knots move in smaller and smaller steps, as long as it helps. */
static void settle(struct mdci_fit_path *f)
{
    static const double steps[] = {16, 8, 4, 2, 1, 0.5, 0.25};
    struct knots now;
    for (unsigned s = 0; s < sizeof steps / sizeof *steps; s++)
        for (unsigned k = 1; k + 1 < f->knots; k++)
            for (int side = -1; side <= 1; side += 2)
                for (unsigned moves = 0; moves < 8; moves++) {
                    save(f, &now);
                    const double before = around(f, k, k);
                    const double time = f->time[k] + side * steps[s];
                    if (time < f->time[k - 1] + 0.25 ||
                        time > f->time[k + 1] - 0.25)
                        break;
                    f->time[k] = time;
                    const double after = around(f, k, k);
                    if (after >= 0 && after < before - 2)
                        continue;
                    restore(f, &now);
                    break;
                }
}

/* Where a firing fits badly, a jump may be: two knots close together. */
static void mend_jumps(struct mdci_fit_path *f)
{
    struct knots now, best;
    for (unsigned round = 0; round < 8 && f->knots + 2 <= MDCI_LIDAR_KNOTS;
         round++) {
        double most = 0;
        unsigned segment = 0;
        save(f, &now);
        for (unsigned j = 0; j + 1 < f->knots; j++) {
            const double cost = around(f, j, j + 1);
            restore(f, &now);
            if (cost > most) {
                most = cost;
                segment = j;
            }
        }
        const double from = f->time[segment], to = f->time[segment + 1];
        double least = most;
        save(f, &best);
        for (double time = floor(from) + 1; time + 1 < to; time += 1) {
            put_in(f, segment + 1, time);
            put_in(f, segment + 2, time + 1);
            const double cost = around(f, segment, segment + 3);
            if (cost >= 0 && cost < least - 2 * f->worth) {
                least = cost;
                save(f, &best);
            }
            restore(f, &now);
        }
        restore(f, &best);
        if (best.count == now.count)
            break;
    }
}

void mdci_fit_knots(struct mdci_fit_path *f)
{
    mend_jumps(f);
    (void)mdci_fit_window(f, 0, f->knots - 1);
    thin_out(f);
    settle(f);
    thin_out(f);
    settle(f);
    for (unsigned k = 0; k < f->knots; k++)
        f->time[k] = floor(f->time[k] * 4 + 0.5) / 4;
}
