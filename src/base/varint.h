/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file varint.h
 * \brief Unsigned 64-bit integers of variable length: 7 bits a byte, least
 *        significant first, the high bit set on all bytes but the last
 *        (LEB128). Only the shortest form of a value is valid.
 */
#ifndef MDCI_VARINT_H
#define MDCI_VARINT_H

#include "src/base/status.h"

#define MDCI_VARINT_MAX 10 /**< bytes of the longest varint */

/** Number of bytes, 1..10, that value takes. */
size_t mdci_varint_size(uint64_t value);

/** Writes value to p[mdci_varint_size(value)]; returns that size. */
size_t mdci_varint_write(uint8_t *p, uint64_t value);

/**
 * Reads a varint from p[size].
 * \param used   out: bytes that it took
 * \param value  out
 * \return MDC_OK; MDC_NEED_INPUT if it goes on behind p[size]; MDC_DATA if it
 *         is not in its shortest form or above 64 bits
 */
enum mdc_status mdci_varint_read(const uint8_t *p, size_t size, size_t *used,
                                 uint64_t *value);

#endif
