/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file zstd_train.c
 * \brief Chooses what a dictionary holds with libzstd's trainer. Its header,
 *        which only zstd understands, is left out.
 */
#include "config.h"

#include <limits.h>
#include <string.h>
#include <zdict.h>

#include "codecs/codec.h"
#include "src/base/bytes.h"

/* libzstd writes its header in front, at most this long. */
enum { HEADER_MOST = 256 };

enum mdc_status mdci_choose_content(uint8_t *chosen, size_t room, size_t *size,
                                    const uint8_t *samples, const size_t *sizes,
                                    size_t count,
                                    const struct mdc_allocator *allocator)
{
    if (count > UINT_MAX || room > SIZE_MAX - HEADER_MOST)
        return MDC_DATA;
    uint8_t *made = mdci_alloc(allocator, room + HEADER_MOST);
    if (!made)
        return MDC_MEM;
    const size_t made_size = ZDICT_trainFromBuffer(
        made, room + HEADER_MOST, samples, sizes, (unsigned)count);
    const size_t header = ZDICT_isError(made_size)
                              ? made_size
                              : ZDICT_getDictHeaderSize(made, made_size);
    const int good = !ZDICT_isError(header) && header < made_size;
    if (good) {
        *size = mdci_min_size(made_size - header, room);
        memcpy(chosen, made + made_size - *size, *size);
    }
    mdci_free(allocator, made);
    return good ? MDC_OK : MDC_DATA;
}
