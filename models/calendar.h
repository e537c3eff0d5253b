/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file calendar.h
 * \brief The calendar form of a unix time, where a log has both: which part of
 *        date and time a slot holds is learned, and so is the time zone.
 */
#ifndef MDCI_CALENDAR_H
#define MDCI_CALENDAR_H

#include "models/integer.h"

#define MDCI_UNIX_DIGITS  10
#define MDCI_UNIX_LEAST   1000000000u
#define MDCI_ZONE_DOUBTS  3  /* in a row, to believe another time zone */
#define MDCI_ZONE_HOURS   12 /* at most, either way */
#define MDCI_HOURS_OF_DAY 24

/** What a slot may hold of a time; years have four digits, all else two. */
enum mdci_calendar_part {
    MDCI_PART_NONE,
    MDCI_PART_YEAR,
    MDCI_PART_MONTH,
    MDCI_PART_DAY,
    MDCI_PART_HOUR,
    MDCI_PART_MINUTE,
    MDCI_PART_SECOND,
    MDCI_PARTS
};

/** What the text says of time; all 0 is the start of a text. */
struct mdci_calendar {
    uint32_t seconds; /* the last unix time, 0: there was none */
    int32_t zone;     /* hours that the text's clock is ahead of it */
    uint32_t doubts;  /* times in a row that it was another */
    uint32_t before;  /* the last part, 24 if it had four digits */
};

/** A part of a date, after the calendar of March to February, in which leap
 *  days come last. \param days  since 1970-01-01 */
MDCI_KERNEL uint32_t mdci_calendar_date(uint32_t days, uint8_t part)
{
    const uint32_t since = days + 719468; /* 0000-03-01 */
    const uint32_t era = since / 146097, day = since % 146097;
    const uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    const uint32_t of_year = day - (year * 365 + year / 4 - year / 100);
    const uint32_t month = (of_year * 5 + 2) / 153;
    if (part == MDCI_PART_DAY)
        return of_year - (month * 153 + 2) / 5 + 1;
    if (part == MDCI_PART_MONTH)
        return month < 10 ? month + 3 : month - 9;
    return year + era * 400 + (month >= 10);
}

/** A part of the text's time, in the text's time zone. */
MDCI_KERNEL uint32_t mdci_calendar_value(const struct mdci_calendar *c,
                                         uint8_t part)
{
    const uint32_t local = c->seconds + (uint32_t)(c->zone * 3600);
    const uint32_t second = local % 86400;
    switch (part) {
    case MDCI_PART_HOUR:
        return second / 3600;
    case MDCI_PART_MINUTE:
        return second / 60 % 60;
    case MDCI_PART_SECOND:
        return second % 60;
    default:
        return mdci_calendar_date(local / 86400, part);
    }
}

/** 1 if a number of so many digits is that part. */
MDCI_KERNEL int mdci_calendar_is(const struct mdci_calendar *c, uint8_t part,
                                 uint64_t number, uint32_t digits)
{
    return part != MDCI_PART_NONE &&
           digits == (part == MDCI_PART_YEAR ? 4u : 2u) &&
           mdci_calendar_value(c, part) == number;
}

/* The hour before a minute tells the time zone. */
MDCI_KERNEL void mdci_calendar_zone(struct mdci_calendar *c)
{
    int32_t zone = (int32_t)c->before - (int32_t)(c->seconds % 86400 / 3600);
    zone -= zone > MDCI_ZONE_HOURS ? MDCI_HOURS_OF_DAY : 0;
    zone += zone < -MDCI_ZONE_HOURS ? MDCI_HOURS_OF_DAY : 0;
    c->doubts = zone != c->zone ? c->doubts + 1 : 0;
    if (c->doubts == MDCI_ZONE_DOUBTS) {
        c->zone = zone;
        c->doubts = 0;
    }
}

/** Takes in a number, a field of its own.
 *  \param part  what its slot holds \return what it holds now */
MDCI_KERNEL uint8_t mdci_calendar_read(struct mdci_calendar *c, uint8_t part,
                                       uint64_t number, uint32_t digits)
{
    if (digits == MDCI_UNIX_DIGITS && number >= MDCI_UNIX_LEAST &&
        number <= 0xFFFFFFFFu - MDCI_ZONE_HOURS * 3600u) {
        c->seconds = (uint32_t)number;
        return part;
    }
    if (!c->seconds || (digits != 2 && digits != 4))
        return part;
    if (!mdci_calendar_is(c, part, number, digits))
        for (uint8_t other = MDCI_PARTS - 1; other > MDCI_PART_NONE; other--)
            if (mdci_calendar_is(c, other, number, digits)) {
                part = other;
                break;
            }
    if (part == MDCI_PART_MINUTE && c->before < MDCI_HOURS_OF_DAY &&
        mdci_calendar_is(c, part, number, digits))
        mdci_calendar_zone(c);
    c->before = digits == 2 ? (uint32_t)number : MDCI_HOURS_OF_DAY;
    return part;
}

#endif
