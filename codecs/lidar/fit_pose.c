/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fit_pose.c
 * \brief Poses by least squares: every firing gives normal equations, and a
 *        trajectory is linear between knots.
 */
#include "config.h"

#include "codecs/lidar/fit.h"

#include <math.h>
#include <string.h>

enum { POSE = 6 };

int64_t mdci_fit_whole(double v, int64_t most)
{
    const double whole = floor(v + 0.5), end = (double)most;
    return whole >= end    ? most
           : whole <= -end ? -most
           : isnan(whole)  ? 0
                           : (int64_t)whole;
}

int mdci_fit_solve(double *matrix, double *x, unsigned n)
{
    for (unsigned j = 0; j < n; j++) {
        double *row = matrix + (size_t)j * n;
        /* Rows of a band begin with zeros. */
        unsigned first = 0;
        while (first < j && row[first] == 0)
            first++;
        for (unsigned k = first; k <= j; k++) {
            const double *other = matrix + (size_t)k * n;
            double sum = row[k];
            for (unsigned i = first; i < k; i++)
                sum -= row[i] * other[i];
            if (k < j)
                row[k] = sum / other[k];
            else if (sum > 0)
                row[k] = sqrt(sum);
            else
                return 0;
        }
        double sum = x[j];
        for (unsigned i = first; i < j; i++)
            sum -= row[i] * x[i];
        x[j] = sum / row[j];
    }
    for (unsigned j = n; j-- > 0;) {
        const double *row = matrix + (size_t)j * n;
        x[j] /= row[j];
        for (unsigned i = 0; i < j; i++)
            x[i] -= row[i] * x[j];
    }
    return 1;
}

void mdci_fit_rotation(const double *w, double r[3][3])
{
    const double t = w[0] * w[0] + w[1] * w[1] + w[2] * w[2];
    const double angle = sqrt(t);
    const double a = angle > 1e-6 ? sin(angle) / angle : 1 - t / 6;
    const double b = angle > 1e-4 ? (1 - cos(angle)) / t : 0.5 - t / 24;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; j < 3; j++)
            r[i][j] = b * w[i] * w[j];
    for (unsigned i = 0; i < 3; i++) {
        const unsigned j = (i + 1) % 3, k = (i + 2) % 3;
        r[i][i] += 1 - b * t;
        r[i][j] -= a * w[k];
        r[j][i] += a * w[k];
    }
}

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* What a direction's residuals are expected to be: without the lattice alike
 * everywhere, with it by what rounding did. */
struct scale {
    double direction[3][3];
    double sigma[3];
};

static void make_scale(const struct mdci_fit *f, struct scale *s)
{
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; j < 3; j++)
            s->direction[i][j] = f->lattice ? f->axis[i][j] : i == j;
    for (unsigned i = 0; i < 3; i++)
        s->sigma[i] = 5e-5;
    if (f->lattice) {
        s->sigma[0] = ldexp(0.29, -f->shift[0]);
        s->sigma[1] = ldexp(0.29, -f->shift[1]);
        s->sigma[2] = 1.2e-7;
    }
}

void mdci_fit_add(struct mdci_fit_normal *e, const double *v, const double *u,
                  double miss, double weight)
{
    const double j[POSE] = {v[1] * u[2] - v[2] * u[1],
                            v[2] * u[0] - v[0] * u[2],
                            v[0] * u[1] - v[1] * u[0],
                            u[0],
                            u[1],
                            u[2]};
    for (unsigned x = 0; x < POSE; x++) {
        e->b[x] += weight * j[x] * miss;
        for (unsigned y = 0; y <= x; y++) {
            e->n[x][y] += weight * j[x] * j[y];
            e->n[y][x] = e->n[x][y];
        }
    }
    e->c += weight * miss * miss;
}

/* The normal equations of a firing at its pose. */
static unsigned make_normal(const struct mdci_fit *f, const struct scale *s,
                            unsigned i, double robust)
{
    struct mdci_fit_normal *e = &f->path.normal[i];
    const double *pose = f->path.pose[i];
    double r[3][3];
    unsigned count = 0;
    memset(e, 0, sizeof *e);
    mdci_fit_rotation(pose, r);
    for (unsigned k = 0; k < MDCI_FIT_LASERS; k++) {
        if (!f->good[i][k])
            continue;
        const double *raw = f->raw[i][k], *p = f->point[i][k];
        const double v[3] = {dot(r[0], raw), dot(r[1], raw), dot(r[2], raw)};
        const double d[3] = {p[0] - v[0] - pose[3], p[1] - v[1] - pose[4],
                             p[2] - v[2] - pose[5]};
        const double size = fabs(p[0]) + fabs(p[1]) + fabs(p[2]);
        count++;
        for (unsigned a = 0; a < 3; a++) {
            const double *u = s->direction[a];
            const double miss = dot(u, d);
            const double sigma = s->sigma[a] + size * 1.5e-8;
            const double off = miss / (robust * sigma);
            mdci_fit_add(e, v, u, miss, 1 / (sigma * sigma * (1 + off * off)));
        }
    }
    return count;
}

/* The pose at a time between two knots. */
static unsigned knot_before(const struct mdci_fit_path *f, double time)
{
    unsigned j = 0;
    while (j + 2 < f->knots && f->time[j + 1] <= time)
        j++;
    return j;
}

static double when(const struct mdci_fit_path *f, unsigned i)
{
    return f->when ? f->when[i] : i;
}

/* The first station at a time or after it. */
static unsigned station_at(const struct mdci_fit_path *f, double time)
{
    unsigned lo = 0, hi = f->stations;
    while (lo < hi) {
        const unsigned middle = (lo + hi) / 2;
        if (when(f, middle) < time)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

void mdci_fit_pose_at(const struct mdci_fit_path *f, double time, double *pose)
{
    const unsigned j = knot_before(f, time);
    const double part = (time - f->time[j]) / (f->time[j + 1] - f->time[j]);
    for (unsigned c = 0; c < POSE; c++)
        pose[c] = f->node[j][c] + (f->node[j + 1][c] - f->node[j][c]) * part;
}

void mdci_fit_set_poses(struct mdci_fit_path *f)
{
    for (unsigned i = 0; i < f->stations; i++)
        mdci_fit_pose_at(f, when(f, i), f->pose[i]);
}

/* Nodes lo..hi that fit the firings' equations best while the others stay.
 * The equations were made at f->pose.
 * \return the cost of the firings that these nodes reach, or -1 */
double mdci_fit_window(struct mdci_fit_path *f, unsigned lo, unsigned hi)
{
    static const double weak[POSE] = {1e2, 1e2, 1e2, 1, 1, 1};
    const unsigned n = (hi - lo + 1) * POSE;
    double *matrix = mdci_alloc(f->allocator, sizeof(double) * n * (n + 2));
    double *x = matrix + (size_t)n * n, *right = x + n;
    double cost = 0;
    if (!matrix)
        return -1;
    memset(matrix, 0, sizeof(double) * n * (n + 2));
    for (unsigned i = 0; i < n; i++) {
        matrix[(size_t)i * n + i] = weak[i % POSE];
        const double node = f->node[lo + i / POSE][i % POSE];
        x[i] = weak[i % POSE] * node;
        cost += weak[i % POSE] * node * node;
    }
    const unsigned from = lo > 0 ? station_at(f, f->time[lo - 1]) : 0;
    const unsigned to =
        hi + 1 < f->knots ? station_at(f, f->time[hi + 1]) : f->stations;
    for (unsigned i = from; i < to; i++) {
        const struct mdci_fit_normal *e = &f->normal[i];
        const unsigned j = knot_before(f, when(f, i));
        const double part =
            (when(f, i) - f->time[j]) / (f->time[j + 1] - f->time[j]);
        const double share[2] = {1 - part, part};
        double d[POSE], sum[POSE]; /* fixed nodes, minus the pose */
        for (unsigned c = 0; c < POSE; c++) {
            d[c] = -f->pose[i][c];
            for (unsigned a = 0; a < 2; a++)
                if (j + a < lo || j + a > hi)
                    d[c] += share[a] * f->node[j + a][c];
        }
        cost += e->c;
        for (unsigned c = 0; c < POSE; c++) {
            sum[c] = e->b[c];
            for (unsigned y = 0; y < POSE; y++)
                sum[c] -= e->n[c][y] * d[y];
            cost -= d[c] * (sum[c] + e->b[c]);
        }
        for (unsigned a = 0; a < 2; a++) {
            if (j + a < lo || j + a > hi)
                continue;
            for (unsigned c = 0; c < POSE; c++) {
                const size_t row = (size_t)(j + a - lo) * POSE + c;
                x[row] += share[a] * sum[c];
                for (unsigned b = 0; b <= a; b++)
                    for (unsigned y = 0; j + b >= lo && y < POSE; y++)
                        matrix[row * n + (j + b - lo) * POSE + y] +=
                            share[a] * share[b] * e->n[c][y];
            }
        }
    }
    memcpy(right, x, sizeof(double) * n);
    if (mdci_fit_solve(matrix, x, n)) {
        for (unsigned k = 0; k < n; k++) {
            f->node[lo + k / POSE][k % POSE] = x[k];
            cost -= x[k] * right[k];
        }
        if (cost < 0) /* nothing is left, but for rounding */
            cost = 0;
    } else {
        cost = -1;
    }
    mdci_free(f->allocator, matrix);
    return cost;
}

double mdci_fit_poses(struct mdci_fit *f, unsigned rounds)
{
    struct scale s;
    double cost = 0;
    make_scale(f, &s);
    for (unsigned round = 0; round < rounds; round++) {
        unsigned count = 0;
        for (unsigned i = 0; i < f->firings; i++)
            count += make_normal(f, &s, i, round + 1 < rounds ? 6 : 4);
        cost = mdci_fit_window(&f->path, 0, f->path.knots - 1);
        if (cost < 0 || count == 0)
            return -1;
        cost /= count * 3;
        mdci_fit_set_poses(&f->path);
    }
    return cost;
}

void mdci_fit_even_knots(struct mdci_fit_path *f, unsigned count)
{
    const double from = when(f, 0), to = when(f, f->stations - 1);
    f->knots = count;
    for (unsigned k = 0; k < count; k++) {
        const double time = from + (to - from) * k / (count - 1);
        const unsigned i = station_at(f, time - 0.5);
        f->time[k] = time;
        memcpy(f->node[k], f->pose[i < f->stations ? i : f->stations - 1],
               sizeof f->node[k]);
    }
}
