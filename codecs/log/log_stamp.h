/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_stamp.h
 * \brief Reads the time stamp at the head of a line, in the log's own clock.
 */
#ifndef MDCI_LOG_STAMP_H
#define MDCI_LOG_STAMP_H

#include <stddef.h>
#include <stdint.h>

/** A stamp starts within as many bytes of a line. */
#define MDCI_LOG_HEAD 64

/** What a stamp tells; values as enum mdc_clock. */
enum mdci_log_clock {
    MDCI_LOG_NO_TIME = 0,
    MDCI_LOG_DATE = 1,    /**< microseconds since 1970 */
    MDCI_LOG_YEARLESS = 2 /**< the same since the start of a leap year */
};

/** Which layout a log's stamps have. */
struct mdci_log_stamps {
    const char *layout; /**< NULL: there are none */
    unsigned halves;    /**< enum halves, see log_stamp.c */
    size_t at;          /**< where the last one was in its line */
    size_t end;         /**< and where it ended there */
    /* Of the last one, what is before its seconds: the next may share it. */
    const uint8_t *text; /**< in the caller's log; NULL: not known */
    size_t same;         /**< bytes of it */
    int64_t minute;      /**< its time */
    int fraction;        /**< seconds may have one */
    unsigned half;       /**< 1: it is am; 2: pm; 0: neither */
    enum mdci_log_clock clock;
};

/** The line at *line, which is moved behind it. \return its size */
size_t mdci_log_line(const uint8_t **line, const uint8_t *end);

/** Chooses the layout that most of a text's first lines have. */
void mdci_log_stamps_learn(struct mdci_log_stamps *stamps, const uint8_t *text,
                           size_t size);

/** 1 if text[size], the start of a block, may be the rest of a stamp that
 *  reads as another one. */
int mdci_log_stamp_is_cut(const struct mdci_log_stamps *stamps,
                          const uint8_t *text, size_t size);

/** Reads the stamp of line[size], which must stay there until the next.
 *  \param time  out, if there is one */
enum mdci_log_clock mdci_log_stamp(struct mdci_log_stamps *stamps,
                                   const uint8_t *line, size_t size,
                                   int64_t *time);

#endif
