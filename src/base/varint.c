/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file varint.c
 * \brief Integers of variable length.
 */
#include "config.h"

#include "src/base/varint.h"

size_t mdci_varint_size(uint64_t value)
{
    size_t size = 1;
    while (value >>= 7)
        size++;
    return size;
}

size_t mdci_varint_write(uint8_t *p, uint64_t value)
{
    size_t size = 0;
    while (value >= 0x80) {
        p[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    p[size++] = (uint8_t)value;
    return size;
}

enum mdc_status mdci_varint_read(const uint8_t *p, size_t size, size_t *used,
                                 uint64_t *value)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        /* The tenth byte holds bit 63 alone. */
        MDCI_CHECK(i < MDCI_VARINT_MAX - 1 || p[i] <= 1);
        sum |= (uint64_t)(p[i] & 0x7F) << (7 * i);
        if (p[i] & 0x80)
            continue;
        MDCI_CHECK(p[i] != 0 || i == 0);
        *used = i + 1;
        *value = sum;
        return MDC_OK;
    }
    return MDC_NEED_INPUT;
}
