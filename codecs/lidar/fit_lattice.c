/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_lattice.c
 * \brief Finds the lattice of map coordinates that points were rounded to.
 *
 * What the fitted poses leave is that rounding: it spans a plane, the map's.
 * Differences of near points are multiples of the spacing along an axis; the
 * angle is searched with short ones and refined with longer and longer ones.
 */
#include "config.h"

#include "codecs/lidar/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

enum { PAIRS = 1500, SHIFT_MIN = 11, SHIFT_MAX = 19, TRIES = 400000 };

struct pairs {
    double d[PAIRS][3];
    unsigned count;
    uint32_t seed;
};

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double fraction(double v)
{
    return v - floor(v + 0.5);
}

static void cross(const double *a, const double *b, double *c)
{
    for (unsigned i = 0; i < 3; i++)
        c[i] =
            a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static void normalise(double *a)
{
    const double size = sqrt(dot(a, a));
    for (unsigned i = 0; i < 3; i++)
        a[i] /= size;
}

/* What the pose leaves of a point. */
static void residual(const struct mdci_fit *f, double r[3][3], unsigned i,
                     unsigned k, double d[3])
{
    for (unsigned c = 0; c < 3; c++)
        d[c] = f->point[i][k][c] - f->path.pose[i][3 + c] -
               dot(r[c], f->raw[i][k]);
}

/* Up in the map: how residuals' heights depend on the rest of them, by robust
 * least squares, as some poses are still wrong. */
static void find_up(const struct mdci_fit *f, double *up)
{
    up[0] = up[1] = 0;
    up[2] = 1;
    for (unsigned round = 0; round < 24; round++) {
        const double scale = 2e-5 * pow(0.8, round) + 2e-7;
        double m[4] = {1e-14, 0, 0, 1e-14}, x[2] = {0, 0};
        for (unsigned i = 0; i < f->firings; i++) {
            double r[3][3], d[3];
            mdci_fit_rotation(f->path.pose[i], r);
            for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
                if (!f->good[i][k])
                    continue;
                residual(f, r, i, k, d);
                const double off = dot(up, d) / scale;
                const double w = 1 / (1 + off * off);
                m[0] += w * d[0] * d[0];
                m[2] += w * d[0] * d[1];
                m[3] += w * d[1] * d[1];
                x[0] -= w * d[0] * d[2];
                x[1] -= w * d[1] * d[2];
            }
        }
        if (!mdci_fit_solve(m, x, 2))
            break;
        up[0] = x[0];
        up[1] = x[1];
        up[2] = 1;
        normalise(up);
    }
}

static uint32_t chance(struct pairs *p, uint32_t below)
{
    p->seed = p->seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)p->seed * below >> 32);
}

/* Differences of points that are between a third of `most` and `most` apart,
 * and at most `rise` in height. */
static void find_pairs(const struct mdci_fit *f, struct pairs *p, double most,
                       const double *up, double rise)
{
    p->count = 0;
    for (unsigned t = 0; t < TRIES && p->count < PAIRS; t++) {
        const unsigned i = chance(p, f->firings), k = chance(p, 32);
        if (!f->good[i][k] || f->range[i][k] > 7500)
            continue;
        /* Every second pair is of neighbours, the shortest that there are. */
        const int near = (int)(t & 1);
        const int j =
            (int)i + (near ? (int)chance(p, 5) - 2 : (int)chance(p, 61) - 30);
        const int l = (int)k + (near ? 0 : (int)chance(p, 7) - 3);
        if (j < 0 || j >= (int)f->firings || l < 0 || l > 31 || !f->good[j][l])
            continue;
        double *d = p->d[p->count];
        for (unsigned c = 0; c < 3; c++)
            d[c] = f->point[i][k][c] - f->point[j][l][c];
        const double size = sqrt(dot(d, d));
        if (size < most && size > most / 3 && fabs(dot(d, up)) < rise)
            p->count++;
    }
}

/* Turns an axis in the plane of directions u and v to where pairs agree best,
 * in steps that the longest of them can tell. */
static double search(const struct pairs *p, const double *u, const double *v,
                     double from, double to, double step, double scale,
                     double *axis)
{
    double best = -2;
    static const unsigned few = 300;
    double a[300], b[300];
    const unsigned count = p->count < few ? p->count : few;
    memcpy(axis, u, 3 * sizeof *axis);
    for (unsigned i = 0; i < count; i++) {
        a[i] = dot(p->d[i], u) * scale;
        b[i] = dot(p->d[i], v) * scale;
    }
    for (double angle = from; angle <= to; angle += step) {
        const double c = cos(angle), s = sin(angle);
        double sum = 0;
        for (unsigned i = 0; i < count; i++) {
            const double x = fraction(a[i] * c + b[i] * s);
            const double y = 1 - 16 * x * x; /* as good as a cosine */
            sum += y > -1 ? y : -1;
        }
        if (sum > best * count) {
            best = sum / count;
            for (unsigned k = 0; k < 3; k++)
                axis[k] = u[k] * c + v[k] * s;
        }
    }
    return best;
}

/* One step of least squares: the axis may turn towards free[0..count). */
static void improve(const struct pairs *p, double *axis, double scale,
                    double free[][3], unsigned count)
{
    double matrix[9] = {0}, x[3] = {0};
    for (unsigned i = 0; i < p->count; i++) {
        const double off = fraction(dot(p->d[i], axis) * scale) / scale;
        if (fabs(off * scale) > 0.25)
            continue;
        for (unsigned a = 0; a < count; a++) {
            const double ja = dot(p->d[i], free[a]);
            x[a] -= ja * off;
            for (unsigned b = 0; b < count; b++)
                matrix[a * count + b] += ja * dot(p->d[i], free[b]);
        }
    }
    for (unsigned a = 0; a < count; a++)
        matrix[a * count + a] += 1e-9;
    if (!mdci_fit_solve(matrix, x, count))
        return;
    for (unsigned a = 0; a < count; a++)
        for (unsigned c = 0; c < 3; c++)
            axis[c] += x[a] * free[a][c];
    normalise(axis);
}

/* Where an axis may turn to: up, and, unless it is to stay perpendicular to
 * `about`, sideways. \return how many directions */
static unsigned freedom(const double *axis, const double *about,
                        const double *up, double free[2][3])
{
    if (about) {
        cross(about, axis, free[0]);
        return 1;
    }
    cross(up, axis, free[1]);
    normalise(free[1]);
    cross(axis, free[1], free[0]);
    return 2;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What nine of ten pairs stay below along a direction. */
static double extent(const struct pairs *p, const double *direction)
{
    double size[PAIRS];
    for (unsigned i = 0; i < p->count; i++)
        size[i] = fabs(dot(p->d[i], direction));
    qsort(size, p->count, sizeof *size, by_value);
    return size[p->count * 9 / 10] + 1e-9;
}

/* Refines an axis with pairs of growing length, then with all points and a
 * phase. `about`: it stays perpendicular to this, unless NULL.
 * \return how well all points agree, 0..1 */
static double refine(const struct mdci_fit *f, struct pairs *p, double *axis,
                     const double *about, const double *up, double scale,
                     double *phase)
{
    static const double lengths[] = {0.015, 0.03, 0.06, 0.12, 0.25,
                                     0.5,   1,    2,    4,    7};
    double window = 0.012, free[2][3];
    for (unsigned k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        find_pairs(f, p, lengths[k], axis, 100);
        if (p->count < 100)
            continue;
        (void)freedom(axis, about, up, free);
        const double step = 0.1 / (scale * extent(p, free[0]));
        if (step < window) {
            double found[3], from[3];
            memcpy(from, axis, sizeof from);
            (void)search(p, from, free[0], -window, window, step, scale, found);
            memcpy(axis, found, sizeof found);
            normalise(axis);
            window = window < 8 * step ? window : 8 * step;
        }
        for (unsigned round = 0; round < 4; round++) {
            const unsigned count = freedom(axis, about, up, free);
            improve(p, axis, scale, free, count);
        }
    }
    double c = 0, s = 0;
    double reach = 5;
    *phase = 0;
    for (unsigned round = 0; round < 11; round++, reach *= 1.4) {
        /* The phase of all near points, then axis and phase together. */
        c = s = 0;
        for (unsigned pass = 0; pass < 2; pass++) {
            double matrix[9] = {0}, x[3] = {0};
            const unsigned dims = freedom(axis, about, up, free);
            for (unsigned i = 0; i < f->firings; i++)
                for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
                    const double *q = f->point[i][k];
                    if (!f->good[i][k] || f->range[i][k] * 0.002 > reach)
                        continue;
                    const double v = dot(q, axis) * scale;
                    if (pass == 0) {
                        c += cos(2 * PI * fraction(v));
                        s += sin(2 * PI * fraction(v));
                        continue;
                    }
                    const double off = fraction(v - *phase);
                    if (fabs(off) > 0.25)
                        continue;
                    const double j[3] = {
                        dot(q, free[0]) * scale,
                        dims == 2 ? dot(q, free[1]) * scale : -1, -1};
                    for (unsigned a = 0; a <= dims; a++) {
                        x[a] -= j[a] * off;
                        for (unsigned b = 0; b <= dims; b++)
                            matrix[a * (dims + 1) + b] += j[a] * j[b];
                    }
                }
            if (pass == 0) {
                if (fabs(c) + fabs(s) < 300) /* too few to turn an axis by */
                    break;
                *phase = atan2(s, c) / (2 * PI);
                continue;
            }
            for (unsigned a = 0; a <= dims; a++)
                matrix[a * (dims + 2)] += 1e-6;
            if (!mdci_fit_solve(matrix, x, dims + 1))
                continue;
            for (unsigned a = 0; a < dims; a++)
                for (unsigned b = 0; b < 3; b++)
                    axis[b] += x[a] * free[a][b];
            normalise(axis);
            *phase += x[dims];
        }
    }
    double sum = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < f->firings; i++)
        for (unsigned k = 0; k < MDCI_FIT_LASERS; k++)
            if (f->good[i][k]) {
                sum +=
                    cos(2 * PI *
                        fraction(dot(f->point[i][k], axis) * scale - *phase));
                count++;
            }
    *phase -= floor(*phase);
    return count ? sum / count : 0;
}

/* Finds one axis in the plane perpendicular to up: the coarsest lattice that
 * agrees. `about`: it is perpendicular to this, unless NULL. */
static double find_axis(const struct mdci_fit *f, struct pairs *p,
                        const double *up, const double *about, double *axis,
                        int *shift, double *phase)
{
    double u[3] = {1, 0, 0}, v[3], best = 0;
    cross(up, about ? about : u, v);
    normalise(v);
    if (about)
        memcpy(u, v, sizeof u);
    else
        cross(v, up, u);
    for (int e = SHIFT_MIN; e <= SHIFT_MAX; e++) {
        const double scale = ldexp(1, e);
        const double most = 900 / scale;
        const double reach = most > 0.09 ? 0.09 : most < 0.02 ? 0.02 : most;
        double found[3], at;
        double agreed = 1;
        if (about) {
            memcpy(found, v, sizeof found);
        } else {
            find_pairs(f, p, reach, up, 0.12 * reach);
            if (p->count < 50)
                continue;
            agreed =
                search(p, u, v, 0, PI, 0.12 / (scale * reach), scale, found);
        }
        if (agreed < 0.35)
            continue;
        const double all = refine(f, p, found, about, up, scale, &at);
        if (all > best + 0.02) {
            best = all;
            memcpy(axis, found, sizeof found);
            *shift = e;
            *phase = at;
        }
        if (best > 0.97)
            break;
    }
    return best;
}

int mdci_fit_lattice(struct mdci_fit *f)
{
    struct pairs *p = mdci_alloc(f->allocator, sizeof *p);
    double up[3], axis[2][3], phase[2];
    int shift[2], found = 0;
    if (!p)
        return 0;
    p->seed = 1;
    find_up(f, up);
    double good = find_axis(f, p, up, NULL, axis[0], &shift[0], &phase[0]);
    if (good > 0.3) {
        double more =
            find_axis(f, p, up, axis[0], axis[1], &shift[1], &phase[1]);
        found = more > 0.3;
    }
    mdci_free(f->allocator, p);
    if (!found)
        return 0;
    f->lattice = 1;
    memcpy(f->axis[0], axis[0], sizeof axis[0]);
    memcpy(f->axis[1], axis[1], sizeof axis[1]);
    cross(axis[0], axis[1], f->axis[2]);
    if (f->axis[2][2] < 0)
        for (unsigned c = 0; c < 3; c++)
            f->axis[2][c] = -f->axis[2][c];
    for (unsigned i = 0; i < 2; i++) {
        f->shift[i] = shift[i];
        f->phase[i] = phase[i];
    }
    return 1;
}
