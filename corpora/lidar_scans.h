/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_scans.h
 * \brief Made-up scans as users' own files may be: every kind of sensor, rooms
 *        and fields, any number of columns in any order, any record.
 */
#ifndef LIDAR_SCANS_H
#define LIDAR_SCANS_H

#include "corpora/lidar_world.h"

/** Whose scan it is. */
enum lidar_kind {
    LIDAR_EVEN,   /* lasers evenly apart */
    LIDAR_VLP16,  /* 16, every other one in turn */
    LIDAR_VLP32C, /* 32, most near the horizon, each looks aside */
    LIDAR_HDL32E,
    LIDAR_HDL64,       /* two blocks, each laser sits somewhere else */
    LIDAR_DRIVE_HDL32, /* those of lidar_world.h, on a vehicle */
    LIDAR_DRIVE_VLP32,
    LIDAR_DRIVE_HDL64,
    LIDAR_KINDS
};

/** How records follow. */
enum lidar_order {
    LIDAR_BY_FIRING,
    LIDAR_BY_RING,
    LIDAR_REVERSED, /* columns */
    LIDAR_DECIMATED,
    LIDAR_REPEATED,
    LIDAR_COLUMNS_SHUFFLED,
    LIDAR_THINNED, /* points left out at random */
    LIDAR_SHUFFLED,
    LIDAR_ORDERS
};

/** What stands for a shot without a return. */
enum lidar_miss { LIDAR_LEFT_OUT, LIDAR_ZERO, LIDAR_NAN, LIDAR_MISSES };

/** What a scan is made by; any values give one, see lidar_recipe_right(). */
struct lidar_recipe {
    unsigned kind, lasers, columns, order, miss;
    unsigned words;  /* of a record, 3 to 16 */
    unsigned digits; /* decimals of coordinates; 7: floats as they come */
    unsigned odd;    /* numbers in a thousand that hardly are one */
    unsigned before, behind; /* bytes that are no record */
    unsigned turn;           /* columns of a whole turn */
    double far;              /* metres to the walls */
    double tick;             /* of ranges, metres; 0: none */
    double speed, yaw;       /* that were taken out of the points */
    uint64_t seed;
};

/** The recipe of a seed. \param most  points */
struct lidar_recipe lidar_recipe_of(uint64_t seed, unsigned most);

/** Brings what is out of range into it. \param most  points */
void lidar_recipe_right(struct lidar_recipe *r, unsigned most);

/** Bytes that a scan takes at most, once the recipe is right. */
size_t lidar_scan_room(const struct lidar_recipe *r);

/** Makes a scan. \param scan  [lidar_scan_room()] \return bytes */
size_t lidar_scan(uint8_t *scan, const struct lidar_recipe *r);

#endif
