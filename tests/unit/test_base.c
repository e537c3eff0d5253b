/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_base.c
 * \brief Unit tests of src/base.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/buffer.h"
#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/fault.h"
#include "src/base/varint.h"

static const struct mdc_allocator no_hooks;

static void test_varint_round_trip(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (int delta = -1; delta <= 1; delta++) {
            const uint64_t value = (UINT64_C(1) << bit) + (uint64_t)delta;
            uint8_t bytes[MDCI_VARINT_MAX + 1];
            memset(bytes, 0xEE, sizeof(bytes));
            const size_t size = mdci_varint_write(bytes, value);
            assert_int_equal(size, mdci_varint_size(value));
            assert_int_equal(bytes[size], 0xEE);
            size_t used = 0;
            uint64_t back = ~value;
            assert_int_equal(mdci_varint_read(bytes, size, &used, &back),
                             MDC_OK);
            assert_int_equal(used, size);
            assert_true(back == value);
            for (size_t cut = 0; cut < size; cut++)
                assert_int_equal(mdci_varint_read(bytes, cut, &used, &back),
                                 MDC_NEED_INPUT);
        }
    }
}

static void test_varint_known_bytes(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        const char *bytes;
        size_t size;
    } known[] = {
        {0, "\x00", 1},
        {127, "\x7F", 1},
        {128, "\x80\x01", 2},
        {300, "\xAC\x02", 2},
        {UINT64_MAX, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        uint8_t bytes[MDCI_VARINT_MAX];
        assert_int_equal(mdci_varint_write(bytes, known[i].value),
                         known[i].size);
        assert_memory_equal(bytes, known[i].bytes, known[i].size);
    }
}

static void test_varint_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        {"\x80\x00", 2},                                         /* longer */
        {"\xFF\x80\x00", 3},                                     /* longer */
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10},        /* 65 bits */
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x00", 11},    /* 11 bytes */
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12} /* 12 */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        size_t used;
        uint64_t value;
        assert_int_equal(mdci_varint_read((const uint8_t *)bad[i].bytes,
                                          bad[i].size, &used, &value),
                         MDC_DATA);
    }
}

static void test_bytes_are_little_endian(void **state)
{
    (void)state;
    uint8_t bytes[9] = {0};
    mdci_store_le(bytes, UINT64_C(0x0102030405060708), 8);
    assert_memory_equal(bytes, "\x08\x07\x06\x05\x04\x03\x02\x01\x00", 9);
    assert_true(mdci_load_le(bytes, 8) == UINT64_C(0x0102030405060708));
    assert_int_equal(mdci_load_le(bytes + 1, 3), 0x050607);
    mdci_store_le(bytes, 0xFFFF, 1);
    assert_memory_equal(bytes, "\xFF\x07", 2);
}

/* Values of the XXH3 specification: the check is part of the format. */
static void test_check_is_xxh3(void **state)
{
    (void)state;
    assert_true(mdci_check("", 0, 0) == UINT64_C(0x2D06800538D394C2));
    struct mdci_hash *hash = mdci_hash_new(&no_hooks);
    assert_non_null(hash);
    assert_true(mdci_hash_value(hash) == UINT64_C(0x2D06800538D394C2));
    uint8_t data[3000];
    sample_fill(data, sizeof(data), SAMPLE_TEXT, 1);
    for (size_t pos = 0, step = 0; pos < sizeof(data); pos += step) {
        step = mdci_min_size(step + 7, sizeof(data) - pos);
        mdci_hash_update(hash, data + pos, step);
    }
    assert_true(mdci_hash_value(hash) == mdci_check(data, sizeof(data), 0));
    assert_false(mdci_check(data, sizeof(data), 0) ==
                 mdci_check(data, sizeof(data), 1));
    mdci_hash_reset(hash);
    assert_true(mdci_hash_value(hash) == mdci_check("", 0, 0));
    mdci_hash_free(hash, &no_hooks);
}

/* Counts what hooks hand out; refuses where told to. */
struct counter {
    size_t live, calls;
    bool refuse;
};

static void *counting_alloc(void *opaque, size_t size)
{
    struct counter *counter = opaque;
    counter->calls++;
    if (counter->refuse)
        return NULL;
    counter->live++;
    return malloc(size);
}

static void counting_free(void *opaque, void *ptr)
{
    struct counter *counter = opaque;
    counter->live -= ptr != NULL;
    free(ptr);
}

static void test_memory_goes_through_hooks(void **state)
{
    (void)state;
    struct counter counter = {0};
    const struct mdc_allocator hooks = {counting_alloc, counting_free,
                                        &counter};
    static const size_t sizes[] = {1, 63, 64, 4096, 5 << 20};
    for (int hooked = 0; hooked <= 1; hooked++) {
        const struct mdc_allocator *allocator = hooked ? &hooks : &no_hooks;
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            uint8_t *ptr = mdci_alloc_aligned(allocator, sizes[i]);
            assert_non_null(ptr);
            assert_int_equal((uintptr_t)ptr % 64, 0);
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(ptr[k], 0);
            memset(ptr, 0xFF, sizes[i]);
            mdci_free_aligned(allocator, ptr);
        }
        assert_null(mdci_alloc(allocator, 0));
        assert_null(mdci_alloc_aligned(allocator, 0));
        assert_null(mdci_alloc_aligned(allocator, SIZE_MAX));
        mdci_free_aligned(allocator, NULL);
    }
    assert_int_equal(counter.live, 0);
    assert_int_equal(counter.calls, sizeof(sizes) / sizeof(sizes[0]));
    counter.refuse = true;
    assert_null(mdci_alloc(&hooks, 1));
    assert_null(mdci_alloc_aligned(&hooks, 1));
}

static void test_buffer_grows(void **state)
{
    (void)state;
    struct counter counter = {0};
    const struct mdc_allocator hooks = {counting_alloc, counting_free,
                                        &counter};
    struct mdci_buffer buffer = {0};
    const size_t limit = 100000;
    while (buffer.size < limit) {
        assert_int_equal(
            mdci_buffer_reserve(&buffer, &hooks, buffer.size + 1, limit),
            MDC_OK);
        assert_true(buffer.capacity <= limit);
        buffer.data[buffer.size] = (uint8_t)(buffer.size * 7);
        buffer.size++;
    }
    assert_true(counter.calls <= 8);
    for (size_t i = 0; i < limit; i++)
        assert_int_equal(buffer.data[i], (uint8_t)(i * 7));
    counter.refuse = true;
    assert_int_equal(mdci_buffer_reserve(&buffer, &hooks, limit + 1, SIZE_MAX),
                     MDC_MEM);
    assert_int_equal(buffer.size, limit);
    mdci_buffer_free(&buffer, &hooks);
    assert_int_equal(counter.live, 0);
    assert_null(buffer.data);
}

static void test_fault_is_cut(void **state)
{
    (void)state;
    struct mdci_fault fault = {0};
    assert_int_equal(mdci_fault_set(&fault, MDC_DATA, "%0*d", 500, 1),
                     MDC_DATA);
    assert_int_equal(fault.status, MDC_DATA);
    assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varint_round_trip),
        cmocka_unit_test(test_varint_known_bytes),
        cmocka_unit_test(test_varint_refuses),
        cmocka_unit_test(test_bytes_are_little_endian),
        cmocka_unit_test(test_check_is_xxh3),
        cmocka_unit_test(test_memory_goes_through_hooks),
        cmocka_unit_test(test_buffer_grows),
        cmocka_unit_test(test_fault_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
