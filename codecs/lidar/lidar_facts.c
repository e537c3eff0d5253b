/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_facts.c
 * \brief What is told of the models of sensors, for reports.
 */
#include "config.h"

#include "codecs/lidar/lidar_facts.h"

/* The length of a vector in 2^-36, in 10^-6. */
static uint64_t length_of(const int64_t *from, const int64_t *to)
{
    uint64_t sum = 0;
    for (unsigned c = 0; c < 3; c++) {
        const int64_t d = mdci_sar64(to[c] - from[c], 16);
        const int64_t size = mdci_lidar_hold(d, INT64_C(1) << 30);
        sum += (uint64_t)(size * size);
    }
    return (uint64_t)mdci_lidar_root(sum) * 15625 >> 14;
}

static void tell_path(struct mdci_account *a, const int64_t (*pose)[6],
                      uint32_t knots)
{
    const int64_t *from = pose[0], *to = pose[knots - 1];
    mdci_account_fact(a, "knots of the path", NULL, knots);
    mdci_account_fact(a, "way of the vehicle, micrometres", NULL,
                      length_of(from + 3, to + 3));
    mdci_account_fact(a, "turn of the vehicle, microradians", NULL,
                      length_of(from, to));
}

void mdci_lidar_sweep_facts(struct mdci_account *account,
                            const struct mdci_lidar_sweep *sweep,
                            const struct mdci_lidar_spin *spin)
{
    uint64_t returns = 0;
    for (uint32_t i = 0; i < sweep->firings; i++)
        for (unsigned k = 0; k < MDCI_LIDAR_LASERS; k++)
            returns += spin->range[i][k] > 0;
    mdci_account_fact(account, "points", "sweep of an HDL-32E",
                      (uint64_t)sweep->firings * MDCI_LIDAR_LASERS);
    mdci_account_fact(account, "firings", NULL, sweep->firings);
    mdci_account_fact(account, "returns", NULL, returns);
    tell_path(account, sweep->pose, sweep->knots);
    mdci_account_fact(account, "lattice of the map in x, nanometres", NULL,
                      UINT64_C(1000000000) >> sweep->shift[0]);
    mdci_account_fact(account, "lattice of the map in y, nanometres", NULL,
                      UINT64_C(1000000000) >> sweep->shift[1]);
}

void mdci_vlp32_facts(struct mdci_account *account,
                      const struct mdci_vlp32 *scan,
                      const struct mdci_vlp32_work *work)
{
    (void)work;
    mdci_account_fact(account, "points", "scan of a VLP-32C", scan->count);
    mdci_account_fact(account, "firings", NULL, scan->firings);
    mdci_account_fact(account, "upside down", NULL, scan->flip);
    tell_path(account, scan->pose, scan->knots);
}

void mdci_image_facts(struct mdci_account *account,
                      const struct mdci_image *image, size_t count)
{
    mdci_account_fact(account, "points", "image of a spinning sensor", count);
    mdci_account_fact(account, "lasers", NULL, image->lasers);
    mdci_account_fact(account, "firings", NULL, image->columns);
    mdci_account_fact(account, "ring by ring", NULL, image->by_ring);
    mdci_account_fact(account, "azimuth ticks of a turn", NULL, image->turn);
    mdci_account_fact(account, "tick of ranges, micrometres", NULL,
                      ((uint64_t)image->tick * 1000000 + ((uint64_t)1 << 39)) >>
                          40);
}

void mdci_lidar_points_facts(struct mdci_account *account,
                             const struct mdci_lidar_layout *layout,
                             size_t count)
{
    mdci_account_fact(account, "points", "points from their neighbours", count);
    mdci_account_fact(account, "columns", NULL, layout->columns);
    mdci_account_fact(account, "points between neighbours", NULL, layout->lag);
}
