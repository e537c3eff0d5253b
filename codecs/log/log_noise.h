/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_noise.h
 * \brief Values that look random, such as identifiers, byte by byte.
 *
 * Such values have no history but an alphabet, and places where what is not
 * random stands: a byte is first asked to be the one that stood there in the
 * slot's last value, then spelled out in its column's alphabet.
 */
#ifndef MDCI_LOG_NOISE_H
#define MDCI_LOG_NOISE_H

#include "codecs/log/log_rows.h"

struct mdci_log_noise;

/** Bytes that the state takes. */
uint64_t mdci_log_noise_memory(void);

/** NULL if memory is short. Reset before use. */
struct mdci_log_noise *mdci_log_noise_open(const struct mdc_allocator *a);
void mdci_log_noise_reset(struct mdci_log_noise *n);
void mdci_log_noise_close(struct mdci_log_noise *n,
                          const struct mdc_allocator *a);

/** Codes text[size], the values of kind MDCI_LOG_NOISE of a table line by
 *  line, each with its end mark.
 *  \return bytes written, or 0 if there was too little room */
size_t mdci_log_noise_encode(struct mdci_log_noise *n,
                             const struct mdci_log_table *table, uint8_t *text,
                             size_t size, uint8_t *out, size_t room);

/** \return 1, or 0 if the data is impossible */
int mdci_log_noise_decode(struct mdci_log_noise *n,
                          const struct mdci_log_table *table, uint8_t *text,
                          size_t size, const uint8_t *in, size_t in_size);

#endif
