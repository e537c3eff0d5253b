/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_stamp.c
 * \brief Reads the time stamp at the head of a line, in the log's own clock.
 */
#include "config.h"

#include "codecs/log/log_stamp.h"

#include <string.h>

#include "src/base/bytes.h"

enum { LEARN = 64 /* lines */ };

/* Y, y: year of 4 or 2 digits; M, D, h, m, s: 2 digits; H: 1 or 2; e: a day
 * of 1 or 2, aligned or not; b: name of a month; a: of a day; f: a fraction,
 * perhaps; c: a level's letter; u: unix time; _: blank, tab, T, _ or -; all
 * else is itself. Of those that fit alike the first is taken. */
static const char *const layouts[] = {"a b e h:m:sf Y", "Y-M-D_h:m:sf",
                                      "Y/M/D_h:m:sf",   "Y.M.D_h:m:sf",
                                      "YMD_H:N:Sf",     "yMD_hms",
                                      "y/M/D_h:m:sf",   "D/b/Y:h:m:s",
                                      "b e Y h:m:sf",   "b e h:m:sf",
                                      "M-D_h:m:sf",     "M.D_h:m:sf",
                                      "cMD h:m:sf",     "u"};

enum { LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };

/* A stamp's parts, as read so far. */
struct parts {
    const uint8_t *p, *end;
    unsigned year, month, day, hour, minute, second, micros;
};

static int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Reads least to most digits. */
static int get_number(struct parts *t, int least, int most, unsigned *number)
{
    int n = 0;
    for (*number = 0; n < most && t->p < t->end && is_digit(*t->p); n++)
        *number = *number * 10 + (unsigned)(*t->p++ - '0');
    return n >= least;
}

/* Reads one of the names of three letters; *number counts from 1. */
static int get_name(struct parts *t, const char *names, unsigned *number)
{
    if (t->end - t->p < 3)
        return 0;
    for (*number = 1; names[0]; names += 3, ++*number) {
        if (memcmp(t->p, names, 3) == 0) {
            t->p += 3;
            return 1;
        }
    }
    return 0;
}

/* A fraction of a second in 1 to 9 digits, or nothing. */
static int get_fraction(struct parts *t)
{
    unsigned scale = 100000;
    if (t->end - t->p < 2 || !memchr(".,:", *t->p, 3) || !is_digit(t->p[1]))
        return 1;
    for (t->p++; t->p < t->end && is_digit(*t->p); t->p++, scale /= 10)
        t->micros += (unsigned)(*t->p - '0') * scale;
    return 1;
}

/* Seconds in 10 digits, perhaps with a fraction, or milliseconds in 13. */
static int get_unix(struct parts *t)
{
    unsigned millis;
    if (!get_number(t, 9, 9, &t->second) || t->second < 100000000 ||
        t->second >= 400000000 || t->p == t->end || !is_digit(*t->p))
        return 0;
    t->second = t->second * 10 + (unsigned)(*t->p++ - '0');
    if (t->p == t->end || !is_digit(*t->p))
        return get_fraction(t);
    if (!get_number(t, 3, 3, &millis))
        return 0;
    t->micros = millis * 1000;
    return 1;
}

static int get_part(struct parts *t, char kind)
{
    unsigned weekday;
    switch (kind) {
    case 'Y':
        return get_number(t, 4, 4, &t->year) && t->year > 0;
    case 'y':
        if (!get_number(t, 2, 2, &t->year))
            return 0;
        t->year += t->year < 70 ? 2000 : 1900;
        return 1;
    case 'M':
        return get_number(t, 2, 2, &t->month);
    case 'D':
        return get_number(t, 2, 2, &t->day);
    case 'e':
        t->p += t->p < t->end && *t->p == ' ';
        return get_number(t, 1, 2, &t->day);
    case 'h':
        return get_number(t, 2, 2, &t->hour);
    case 'm':
        return get_number(t, 2, 2, &t->minute);
    case 's':
        return get_number(t, 2, 2, &t->second);
    case 'H':
        return get_number(t, 1, 2, &t->hour);
    case 'N':
        return get_number(t, 1, 2, &t->minute);
    case 'S':
        return get_number(t, 1, 2, &t->second);
    case 'f':
        return get_fraction(t);
    case 'u':
        return get_unix(t);
    case 'b':
        return get_name(t, "JanFebMarAprMayJunJulAugSepOctNovDec", &t->month);
    case 'a':
        return get_name(t, "MonTueWedThuFriSatSun", &weekday);
    default:
        if (t->p == t->end)
            return 0;
        const uint8_t c = *t->p++;
        return kind == '_'   ? memchr(" \tT_-", c, 5) != NULL
               : kind == 'c' ? memchr("DIWEF", c, 5) != NULL
               : kind == ' ' ? c == ' ' || c == '\t'
                             : c == (uint8_t)kind;
    }
}

/* Days of the calendar before a date, from 1970 on; of a leap year if the
 * year is 0. */
static int64_t days_before(const struct parts *t)
{
    static const unsigned before[] = {0,   31,  59,  90,  120, 151,
                                      181, 212, 243, 273, 304, 334};
    const unsigned year = t->year, past = t->month > 2 ? year : year - 1;
    const unsigned in_year = before[t->month - 1] + t->day - 1;
    if (year == 0)
        return in_year + (t->month > 2);
    return (int64_t)365 * year + past / 4 - past / 100 + past / 400 + in_year -
           (365 * 1970 + 1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* Reads what a layout, or the end of one, says. */
static int get_parts(const char *layout, struct parts *t)
{
    for (; *layout; layout++)
        if (!get_part(t, *layout))
            return 0;
    return t->p == t->end || !is_digit(*t->p);
}

static enum mdci_log_clock read_stamp(const char *layout, const uint8_t *text,
                                      size_t size, size_t *used, int64_t *time)
{
    struct parts t = {.p = text, .end = text + size, .month = 1, .day = 1};
    if (!get_parts(layout, &t) || t.month - 1 > 11 || t.day - 1 > 30 ||
        t.hour > 23 || t.minute > 59 || (*layout != 'u' && t.second > 60))
        return MDCI_LOG_NO_TIME;
    const int yearless = *layout != 'u' && t.year == 0;
    if (*layout == 'u')
        t.year = 1970;
    const int64_t seconds =
        days_before(&t) * 86400 + t.hour * 3600 + t.minute * 60 + t.second;
    *time = seconds * 1000000 + t.micros;
    *used = (size_t)(t.p - text);
    return yearless ? MDCI_LOG_YEARLESS : MDCI_LOG_DATE;
}

/* Whether a stamp may stand behind this byte. */
static int is_before(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '[' || c == '(' || c == '"' ||
           c == '<' || c == '>' || c == '{' || c == '=' || c == ',' || c == '|';
}

/* Looks for a stamp of one layout; *at is where. */
static enum mdci_log_clock find(const char *layout, const uint8_t *line,
                                size_t size, size_t *at, size_t *used,
                                int64_t *time)
{
    const size_t end = mdci_min_size(size, MDCI_LOG_HEAD);
    const int digit = !strchr("abc", *layout);
    for (size_t i = 0; i < end; i++) {
        if (is_digit(line[i]) != digit || (i > 0 && !is_before(line[i - 1])))
            continue;
        const enum mdci_log_clock clock =
            read_stamp(layout, line + i, size - i, used, time);
        if (clock != MDCI_LOG_NO_TIME) {
            *at = i;
            return clock;
        }
    }
    return MDCI_LOG_NO_TIME;
}

/* Most stamps differ from the last one in seconds only. */
static int read_seconds(const struct mdci_log_stamps *stamps,
                        const uint8_t *text, size_t size, size_t *used,
                        int64_t *time)
{
    const size_t same = stamps->same;
    struct parts t = {.p = text + same + 2, .end = text + size};
    if (size < same + 2 || memcmp(text, stamps->text, same) != 0 ||
        text[same] < '0' || text[same] > '5' || !is_digit(text[same + 1]))
        return 0;
    t.second = text[same] * 10u + text[same + 1] - '0' * 11u;
    if (stamps->fraction)
        (void)get_fraction(&t);
    *time = stamps->minute + (int64_t)t.second * 1000000 + t.micros;
    *used = (size_t)(t.p - text);
    return t.p == t.end || !is_digit(*t.p);
}

/* Notes what is before the seconds of a stamp. */
static void note_minute(struct mdci_log_stamps *stamps, const uint8_t *text,
                        size_t size, int64_t time)
{
    struct parts t = {.p = text, .end = text + size};
    const char *kind = stamps->layout;
    for (; *kind != 's'; kind++)
        (void)get_part(&t, *kind);
    stamps->text = text;
    stamps->same = (size_t)(t.p - text);
    stamps->fraction = kind[1] == 'f';
    (void)get_parts(kind, &t);
    stamps->minute = time - (int64_t)t.second * 1000000 - t.micros;
}

enum mdci_log_clock mdci_log_stamp(struct mdci_log_stamps *stamps,
                                   const uint8_t *line, size_t size,
                                   int64_t *time)
{
    const char *layout = stamps->layout;
    const size_t last = stamps->at;
    enum mdci_log_clock clock = MDCI_LOG_NO_TIME;
    size_t used = 0;
    if (!layout)
        return clock;
    if (stamps->text && last < size &&
        read_seconds(stamps, line + last, size - last, &used, time)) {
        stamps->end = last + used;
        return stamps->clock;
    }
    if (last < size)
        clock = read_stamp(layout, line + last, size - last, &used, time);
    if (clock == MDCI_LOG_NO_TIME)
        clock = find(layout, line, size, &stamps->at, &used, time);
    if (clock == MDCI_LOG_NO_TIME)
        return clock;
    stamps->end = stamps->at + used;
    if (strchr(layout, 's') && layout[strlen(layout) - 1] != 'Y') {
        stamps->clock = clock;
        note_minute(stamps, line + stamps->at, size - stamps->at, *time);
    }
    return clock;
}

size_t mdci_log_line(const uint8_t **line, const uint8_t *end)
{
    const uint8_t *start = *line;
    const uint8_t *newline = memchr(start, '\n', (size_t)(end - start));
    *line = newline ? newline + 1 : end;
    return (size_t)(*line - start);
}

void mdci_log_stamps_learn(struct mdci_log_stamps *stamps, const uint8_t *text,
                           size_t size)
{
    unsigned seen[LAYOUTS] = {0}, best = 0;
    const uint8_t *line = text, *end = text + size;
    for (int n = 0; n < LEARN && line < end; n++) {
        const uint8_t *start = line;
        const size_t line_size = mdci_log_line(&line, end);
        for (unsigned i = 0; i < LAYOUTS; i++) {
            size_t at, used;
            int64_t time;
            seen[i] += find(layouts[i], start, line_size, &at, &used, &time) !=
                       MDCI_LOG_NO_TIME;
        }
    }
    /* A number may be a time by chance: that comes last. */
    for (unsigned i = 1; i < LAYOUTS; i++)
        if (seen[i] > seen[best] && (i < LAYOUTS - 1 || seen[best] == 0))
            best = i;
    *stamps = (struct mdci_log_stamps){.layout = seen[best] > 0 ? layouts[best]
                                                                : NULL};
}
