/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_layout.c
 * \brief Finds point records by content: the column count by which columns
 *        are most alike, the first column by which three are coordinates.
 */
#include "config.h"

#include "codecs/lidar/lidar_layout.h"

#include "codecs/codec.h"

enum {
    LEAST = 3,      /* records that can be told from chance */
    SAMPLES = 1024, /* records that are looked at */
    ENOUGH = 95,    /* per cent of a column's values that make it decimal */
    STRETCH = 64    /* records that are judged together */
};

/* Places of sampled records: all, or some spread evenly. */
struct sample {
    size_t count, step;
};

static struct sample sample_of(size_t records)
{
    const size_t step = records / SAMPLES + 1;
    return (struct sample){records / step, step};
}

/* Lengths that a sensor may see are 0 or tenths of microns to kilometres. */
static int too_large(uint32_t bits)
{
    return (bits >> 23 & 255) >= 127 + 12;
}

/* But what is rounding alone may be there, too, in place of 0. */
static int tiny(uint32_t bits)
{
    return (bits << 1) != 0 && (bits >> 23 & 255) < 127 - 23;
}

/* Mean log2 of how far values are from those `columns` before, in 1/16. Where
 * they are sampled must not keep time with the columns. */
static uint64_t distance(const uint8_t *data, size_t values, unsigned columns)
{
    const struct sample s = sample_of(values - columns);
    uint64_t sum = 0;
    for (size_t i = 0; i < s.count; i++) {
        const size_t place = i * s.step + (uint32_t)i * 0x9E3779B1u % s.step;
        const uint8_t *at = data + place * 4;
        sum += mdci_lidar_width(
            mdci_lidar_order(mdci_load32(at)) -
            mdci_lidar_order(mdci_load32(at + (size_t)columns * 4)));
    }
    return sum * 16 / s.count;
}

/* What speaks for column c as a coordinate: fractions and signs. */
static unsigned spread(const uint8_t *data, size_t records, unsigned columns,
                       unsigned c)
{
    const struct sample s = sample_of(records);
    size_t fractions = 0, negative = 0, large = 0, small = 0;
    for (size_t i = 0; i < s.count; i++) {
        const uint32_t bits =
            mdci_load32(data + (i * s.step * columns + c) * 4);
        large += (size_t)too_large(bits);
        small += (size_t)tiny(bits);
        negative += bits >> 31;
        fractions +=
            bits != mdci_lidar_decimal(mdci_lidar_to_decimal(bits, 0), 0);
    }
    if (large * 20 > s.count || small * 2 > s.count)
        return 0;
    return 1u + (fractions * 2 > s.count) + (negative * 50 > s.count);
}

/* The first of three columns in a row that look most like coordinates. */
static unsigned find_first(const uint8_t *data, size_t records,
                           unsigned columns)
{
    unsigned kind[MDCI_LIDAR_COLUMNS_MAX], first = 0, most = 0;
    for (unsigned c = 0; c < columns; c++)
        kind[c] = spread(data, records, columns, c);
    for (unsigned c = 0; c < columns; c++) {
        const unsigned a = kind[c], b = kind[(c + 1) % columns],
                       d = kind[(c + 2) % columns];
        if (a && b && d && a + b + d > most) {
            most = a + b + d;
            first = c;
        }
    }
    return most > 3 ? first : columns;
}

/* The lag after which a column of small whole numbers, the laser's, comes
 * back to the same; 0 if there is no such column. */
static unsigned find_turn(const uint8_t *data, size_t records, unsigned columns)
{
    for (unsigned c = 3; c < columns; c++)
        for (unsigned lag = 2; lag <= MDCI_LIDAR_LAG_MAX; lag++) {
            if (records < 8u * lag)
                break;
            const struct sample s = sample_of(records - lag);
            size_t same = 0, still = 0;
            for (size_t i = 0; i < s.count; i++) {
                const uint8_t *at = data + (i * s.step * columns + c) * 4;
                const uint32_t bits = mdci_load32(at);
                same += bits == mdci_load32(at + (size_t)lag * columns * 4);
                still += bits == mdci_load32(at + (size_t)columns * 4);
            }
            if (same * 100 > s.count * ENOUGH && still * 10 < s.count)
                return lag;
        }
    return 0;
}

/* \return at least 1, also where there are too few records to tell */
static unsigned find_lag(const uint8_t *data, size_t records, unsigned columns)
{
    static const unsigned char lags[] = {1, 8, 16, 32, 40, 64, 128};
    unsigned best = find_turn(data, records, columns);
    uint64_t least = UINT64_MAX;
    if (best)
        return best;
    for (size_t k = 0; k < sizeof(lags); k++) {
        const unsigned lag = lags[k];
        if (records < 8u * lag)
            break;
        const struct sample s = sample_of(records - lag);
        uint64_t sum = 0;
        for (size_t i = 0; i < s.count; i++)
            for (unsigned c = 0; c < 3; c++) {
                const uint8_t *at = data + (i * s.step * columns + c) * 4;
                sum += mdci_lidar_width(mdci_lidar_order(mdci_load32(at)) -
                                        mdci_lidar_order(mdci_load32(
                                            at + (size_t)lag * columns * 4)));
            }
        sum = sum * 16 / s.count;
        if (sum < least) {
            least = sum;
            best = lag;
        }
    }
    return best ? best : 1;
}

int mdci_lidar_probe(const uint8_t *data, size_t size,
                     struct mdci_lidar_layout *layout)
{
    const size_t values = size / 4;
    uint64_t least = UINT64_MAX;
    unsigned columns = 0;
    if (values < LEAST * MDCI_LIDAR_COLUMNS_MAX)
        return 0;
    for (unsigned c = MDCI_LIDAR_COLUMNS_MIN; c <= MDCI_LIDAR_COLUMNS_MAX;
         c++) {
        const uint64_t d = distance(data, values, c);
        /* Multiples of the right one are no better, or only by chance. */
        if (columns && c % columns == 0 ? d < least - least / 8 : d < least) {
            least = d;
            columns = c;
        }
    }
    const unsigned first = find_first(data, values / columns, columns);
    if (first == columns)
        return 0;
    layout->columns = columns;
    layout->phase = first * 4;
    layout->lag = find_lag(data + layout->phase,
                           (size - layout->phase) / (columns * 4), columns);
    return 1;
}

void mdci_lidar_find_kinds(const uint8_t *data, size_t size,
                           struct mdci_lidar_layout *layout)
{
    const size_t records = (size - layout->phase) / (layout->columns * 4);
    data += layout->phase;
    for (unsigned c = 0; c < layout->columns; c++) {
        size_t decimal[MDCI_LIDAR_BINARY] = {0}, same = 0;
        const uint32_t first = mdci_load32(data + c * 4);
        for (size_t i = 0; i < records; i++) {
            const uint32_t bits =
                mdci_load32(data + (i * layout->columns + c) * 4);
            same += bits == first;
            for (unsigned d = 0; i < 65536 && d < MDCI_LIDAR_BINARY; d++)
                decimal[d] += bits == mdci_lidar_decimal(
                                          mdci_lidar_to_decimal(bits, d), d);
        }
        unsigned kind = 0;
        while (kind < MDCI_LIDAR_BINARY &&
               decimal[kind] * 100 <
                   (records < 65536 ? records : 65536) * ENOUGH)
            kind++;
        layout->kind[c] = same == records ? MDCI_LIDAR_CONSTANT : kind;
        layout->constant[c] = first;
    }
}

int mdci_lidar_is_frame(const uint8_t *data, size_t size,
                        const struct mdci_lidar_layout *layout)
{
    const size_t each = (size_t)layout->columns * 4, records = size / each;
    if (layout->phase > 0)
        return 0;
    for (size_t from = 0; from < records; from += STRETCH) {
        const size_t to = from + mdci_min_size(records - from, STRETCH);
        size_t odd = 0;
        for (size_t i = from; i < to; i++)
            for (unsigned c = 0; c < 3; c++) {
                const uint32_t bits = mdci_load32(data + i * each + c * 4);
                odd += (size_t)(too_large(bits) || tiny(bits));
            }
        if (odd * 4 > (to - from) * 3)
            return 0;
    }
    return 1;
}

void mdci_point_place(const uint8_t *record, int64_t *x, int64_t *y)
{
    const unsigned q = 20;
    *x = mdci_sar64(mdci_lidar_fixed(mdci_load32(record), q) * 15625, 14);
    *y = mdci_sar64(mdci_lidar_fixed(mdci_load32(record + 4), q) * 15625, 14);
}
