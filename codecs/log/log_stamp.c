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
#define FEW_YEARS (INT64_C(3) * 366 * 86400 * 1000000)

/* Y, y: year of 4 or 2 digits; B: of 4, behind the time; M, D, h, m, s: 2
 * digits; H, N, S, j, k: hour, minute, second, month, day of 1 or 2; e: a day
 * of 1 or 2, aligned or not; b: name of a month; a: of a day; f: a fraction,
 * perhaps; p: am or pm, perhaps; n: neither, or it is another layout; z: a time
 * zone, perhaps; c: a level's letter; u: unix time; _: blank, tab, T, _ or -;
 * ;: a comma, perhaps; all else is itself. Of those that fit alike the first is
 * taken. */
static const char *const layouts[] = {
    "a b e h:m:sfpz B", "Y-M-D_h:m:sfp",  "Y/M/D_h:m:sfp",
    "Y.M.D_h:m:sfp",    "YMD_H:N:Sfp",    "yMD_hms",
    "y/M/D_h:m:sfn",    "j/k/Y;_H:m:sfp", "k/j/Y;_H:m:sfp",
    "D/b/Y:h:m:s",      "b e Y h:m:sfp",  "b e; Y; H:m:sfp",
    "b e h:m:sfpz B",   "b e h:m:sfp",    "M-D_h:m:sfp",
    "M.D_h:m:sfp",      "cMD h:m:sfp",    "u"};

enum {
    LAYOUTS = sizeof(layouts) / sizeof(layouts[0]),
    MONTH_FIRST = 7, /* in layouts */
    DAY_FIRST = 8,
    YEAR_BEHIND = 12
};

/* A stamp's parts, as read so far. */
struct parts {
    const uint8_t *p, *end;
    unsigned year, month, day, hour, minute, second, micros;
    unsigned half; /* of the day, 1: am; 2: pm; 0: it is not said */
};

/* Whether stamps say which half of the day it is. */
enum halves { HALVES_PERHAPS, HALVES_NEVER, HALVES_ALWAYS };

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

static int is_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

/* am, PM, a.m. or nothing, perhaps behind a blank. */
static int get_half(struct parts *t)
{
    const uint8_t *p = t->p + (t->p < t->end && *t->p == ' ');
    if (p == t->end || !memchr("aApP", *p, 4))
        return 1;
    const unsigned half = (*p++ | 0x20) == 'a' ? 1 : 2;
    const int dots = p < t->end && *p == '.';
    p += dots;
    if (p == t->end || (*p++ | 0x20) != 'm')
        return 1;
    if (dots && (p == t->end || *p++ != '.'))
        return 1;
    if (p < t->end && (is_letter(*p) || is_digit(*p) || *p == '_'))
        return 1;
    t->half = half;
    t->p = p;
    return 1;
}

/* A zone's name or its distance, if another number follows. */
static int get_zone(struct parts *t)
{
    const uint8_t *p = t->p;
    if (t->end - p < 2 || *p++ != ' ')
        return 1;
    const uint8_t *start = p;
    if (*p == '+' || *p == '-')
        for (p++; p < t->end && (is_digit(*p) || *p == ':');)
            p++;
    else
        while (p < t->end && *p >= 'A' && *p <= 'Z')
            p++;
    if (p - start >= 2 && p - start <= 6 && t->end - p >= 2 && *p == ' ' &&
        is_digit(p[1]))
        t->p = p;
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
    case 'B': /* or it is another number */
        return get_number(t, 4, 4, &t->year) && t->year >= 1970 &&
               t->year < 2100;
    case 'y':
        if (!get_number(t, 2, 2, &t->year))
            return 0;
        t->year += t->year < 70 ? 2000 : 1900;
        return 1;
    case 'M':
        return get_number(t, 2, 2, &t->month);
    case 'D':
        return get_number(t, 2, 2, &t->day);
    case 'j':
        return get_number(t, 1, 2, &t->month);
    case 'k':
        return get_number(t, 1, 2, &t->day);
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
    case 'p':
        return get_half(t);
    case 'n':
        return get_half(t) && t->half == 0;
    case 'z':
        return get_zone(t);
    case ';':
        t->p += t->p < t->end && *t->p == ',';
        return 1;
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

/* 1 if the hour can be, which is then one of 24. 13 pm is what it says. */
static int set_hour(struct parts *t)
{
    if (t->half == 0 || (t->hour > 12 && t->half == 2))
        return t->hour < 24;
    if (t->hour > 12 || (t->hour == 0 && t->half == 2))
        return 0;
    t->hour = t->hour % 12 + (t->half == 2 ? 12 : 0);
    return 1;
}

static enum mdci_log_clock read_stamp(const struct mdci_log_stamps *stamps,
                                      const uint8_t *text, size_t size,
                                      size_t *used, int64_t *time)
{
    const char *layout = stamps->layout;
    struct parts t = {.p = text, .end = text + size, .month = 1, .day = 1};
    if (!get_parts(layout, &t))
        return MDCI_LOG_NO_TIME;
    if (stamps->halves == HALVES_NEVER)
        t.half = 0; /* it is a word that came by chance */
    if ((stamps->halves == HALVES_ALWAYS && t.half == 0) || t.month - 1 > 11 ||
        t.day - 1 > 30 || !set_hour(&t) || t.minute > 59 ||
        (*layout != 'u' && t.second > 60))
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

/* 1 if text[size] is a name that times have. */
static int is_time_name(const uint8_t *text, size_t size)
{
    static const char *const names[] = {
        "at",        "created",    "created_at",  "date",
        "datetime",  "epoch",      "epochsecond", "event_time",
        "eventtime", "logtime",    "t",           "time",
        "time_ms",   "timemillis", "timestamp",   "timestamp_ms",
        "ts",        "ts_ms",      "unixtime"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t n = 0;
        while (n < size && names[i][n] &&
               (is_letter(text[n]) ? text[n] | 0x20 : text[n]) ==
                   (uint8_t)names[i][n])
            n++;
        if (n == size && !names[i][n])
            return 1;
    }
    return 0;
}

/* Whether a unix time may stand at line[at]: by itself, or as the value of what
 * is called a time. Other numbers are as large. */
static int is_before_unix(const uint8_t *line, size_t at)
{
    size_t end = at;
    if (end > 0 && line[end - 1] == '"')
        end--;
    while (end > 0 && line[end - 1] == ' ')
        end--;
    if (end == 0 || (line[end - 1] != ':' && line[end - 1] != '='))
        return at == 0 || is_before(line[at - 1]);
    end--;
    while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '"'))
        end--;
    size_t start = end;
    while (start > 0 && (is_letter(line[start - 1]) || line[start - 1] == '_'))
        start--;
    return is_time_name(line + start, end - start);
}

/* Looks for a stamp of one layout; *at is where. */
static enum mdci_log_clock find(const struct mdci_log_stamps *stamps,
                                const uint8_t *line, size_t size, size_t *at,
                                size_t *used, int64_t *time)
{
    const char *layout = stamps->layout;
    const size_t end = mdci_min_size(size, MDCI_LOG_HEAD);
    const int digit = !strchr("abc", *layout);
    for (size_t i = 0; i < end; i++) {
        if (is_digit(line[i]) != digit ||
            (*layout == 'u' ? !is_before_unix(line, i)
                            : i > 0 && !is_before(line[i - 1])))
            continue;
        const enum mdci_log_clock clock =
            read_stamp(stamps, line + i, size - i, used, time);
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
    (void)get_half(&t);
    if (t.half != stamps->half) /* that may be no time at all */
        return 0;
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
    stamps->half = t.half;
    stamps->minute = time - (int64_t)t.second * 1000000 - t.micros;
}

/* 1 if nothing but parts of a second and of a day stand behind the seconds. */
static int ends_in_seconds(const char *layout)
{
    const char *seconds = strchr(layout, 's');
    return seconds && strspn(seconds, "sfpn") == strlen(seconds);
}

enum mdci_log_clock mdci_log_stamp(struct mdci_log_stamps *stamps,
                                   const uint8_t *line, size_t size,
                                   int64_t *time)
{
    const size_t last = stamps->at;
    enum mdci_log_clock clock = MDCI_LOG_NO_TIME;
    size_t used = 0;
    if (!stamps->layout)
        return clock;
    if (stamps->text && last < size &&
        read_seconds(stamps, line + last, size - last, &used, time)) {
        stamps->end = last + used;
        return stamps->clock;
    }
    if (last < size)
        clock = read_stamp(stamps, line + last, size - last, &used, time);
    if (clock == MDCI_LOG_NO_TIME)
        clock = find(stamps, line, size, &stamps->at, &used, time);
    if (clock == MDCI_LOG_NO_TIME)
        return clock;
    stamps->end = stamps->at + used;
    if (ends_in_seconds(stamps->layout)) {
        stamps->clock = clock;
        note_minute(stamps, line + stamps->at, size - stamps->at, *time);
    }
    return clock;
}

int mdci_log_stamp_is_cut(const struct mdci_log_stamps *stamps,
                          const uint8_t *text, size_t size)
{
    /* A month or day of one digit may have had two. */
    return stamps->layout && strchr("jk", *stamps->layout) && size > 1 &&
           !is_digit(text[1]);
}

size_t mdci_log_line(const uint8_t **line, const uint8_t *end)
{
    const uint8_t *start = *line;
    const uint8_t *newline = memchr(start, '\n', (size_t)(end - start));
    *line = newline ? newline + 1 : end;
    return (size_t)(*line - start);
}

static int has_stamp(unsigned layout, unsigned halves, const uint8_t *line,
                     size_t size, int64_t *time)
{
    const struct mdci_log_stamps stamps = {.layout = layouts[layout],
                                           .halves = halves};
    size_t at, used;
    return find(&stamps, line, size, &at, &used, time) != MDCI_LOG_NO_TIME;
}

/* Which of 05/06/2014 is the month: the first line with a day above 12 says so,
 * if no other line says otherwise. \return a layout, or LAYOUTS */
static unsigned which_is_first(const uint8_t *text, size_t size)
{
    unsigned first = LAYOUTS;
    const uint8_t *line = text, *end = text + size;
    while (line < end) {
        const uint8_t *start = line;
        const size_t n = mdci_log_line(&line, end);
        int64_t time;
        const int month =
            has_stamp(MONTH_FIRST, HALVES_PERHAPS, start, n, &time);
        if (month == has_stamp(DAY_FIRST, HALVES_PERHAPS, start, n, &time))
            continue;
        const unsigned found = month ? MONTH_FIRST : DAY_FIRST;
        if (first != LAYOUTS && first != found)
            return LAYOUTS;
        first = found;
    }
    return first;
}

/* What the first lines have. */
struct seen {
    unsigned lines[LAYOUTS], halves[LAYOUTS];
    int64_t least, greatest; /* of times with the year behind them */
};

static void look_at_line(struct seen *seen, const uint8_t *line, size_t size)
{
    for (unsigned i = 0; i < LAYOUTS; i++) {
        int64_t time;
        if (!has_stamp(i, HALVES_PERHAPS, line, size, &time))
            continue;
        if (i == YEAR_BEHIND) {
            seen->least = time < seen->least ? time : seen->least;
            seen->greatest = time > seen->greatest ? time : seen->greatest;
        }
        seen->lines[i]++;
        seen->halves[i] +=
            (unsigned)has_stamp(i, HALVES_ALWAYS, line, size, &time);
    }
}

void mdci_log_stamps_learn(struct mdci_log_stamps *stamps, const uint8_t *text,
                           size_t size)
{
    struct seen seen = {.least = INT64_MAX, .greatest = INT64_MIN};
    const uint8_t *line = text, *end = text + size;
    unsigned best = 0;
    for (int n = 0; n < LEARN && line < end; n++) {
        const uint8_t *start = line;
        look_at_line(&seen, start, mdci_log_line(&line, end));
    }
    /* What differs so much is no year. */
    if (seen.lines[YEAR_BEHIND] > 0 && seen.greatest - seen.least > FEW_YEARS)
        seen.lines[YEAR_BEHIND] = 0;
    /* A number may be a time by chance: that comes last. */
    for (unsigned i = 1; i < LAYOUTS; i++)
        if (seen.lines[i] > seen.lines[best] &&
            (i < LAYOUTS - 1 || seen.lines[best] == 0))
            best = i;
    const unsigned lines = seen.lines[best];
    const int always = seen.halves[best] * 2 > lines;
    if (lines > 0 && (best == MONTH_FIRST || best == DAY_FIRST))
        best = which_is_first(text, size);
    *stamps = (struct mdci_log_stamps){
        .layout = lines > 0 && best < LAYOUTS ? layouts[best] : NULL,
        .halves = always ? HALVES_ALWAYS : HALVES_NEVER};
}
