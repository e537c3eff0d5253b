/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file samples.h
 * \brief Inputs of several kinds, and helpers that several tests share.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdarg.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/midicoth.h"

enum sample_kind {
    SAMPLE_RANDOM,
    SAMPLE_CONSTANT,
    SAMPLE_TEXT,
    SAMPLE_CRLF,
    SAMPLE_NULS,
    SAMPLE_BAD_UTF8,
    SAMPLE_ONE_LINE,
    SAMPLE_KINDS
};

extern const char *const sample_names[SAMPLE_KINDS];

/** Fills data[size]; equal arguments give equal bytes, and a shorter sample
 *  is the start of a longer one. */
void sample_fill(uint8_t *data, size_t size, enum sample_kind kind,
                 uint64_t seed);

/** A number from 0 to below - 1; moves *state on. */
uint32_t sample_random(uint64_t *state, uint32_t below);

/** malloc() that fails the test instead of returning NULL. */
void *must_alloc(size_t size);

/** Whether longer sweeps are asked for (MDC_SLOW in the environment). */
bool slow_tests(void);

/** Options with a level and small blocks, as most tests want them. */
struct mdc_options small_options(int level);

/** Whether this build has the level. */
bool has_level(int level);

/** Compresses data[size] in one call; the result is the caller's. */
uint8_t *compress_all(const uint8_t *data, size_t size, size_t *packed_size,
                      const struct mdc_options *options);

/** A buffer that the streaming helpers append to. */
struct sink {
    uint8_t *data;
    size_t size, capacity;
};

/** Runs `action` until it is complete; output goes through a buffer of
 *  `step` bytes. Returns the last status. */
enum mdc_status drive_encoder(mdc_cctx *ctx, const uint8_t *data, size_t size,
                              enum mdc_action action, size_t step,
                              struct sink *sink);

/**
 * Restores data[size], given in pieces of `in_step` bytes and taken in pieces
 * of `out_step`, until its end or an error.
 * \param error  out: may be NULL
 * \return MDC_OK or the error; the sink has the bytes before it
 */
enum mdc_status drive_decoder(const uint8_t *data, size_t size, size_t in_step,
                              size_t out_step,
                              const struct mdc_options *options,
                              struct sink *sink, struct mdc_error *error);

void sink_free(struct sink *sink);

/** Fails the test unless the sink holds data[size]. */
void assert_sink(const struct sink *sink, const uint8_t *data, size_t size);

#endif
