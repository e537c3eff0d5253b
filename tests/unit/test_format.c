/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_format.c
 * \brief The parts of a frame as bytes, and frames that this version's
 *        encoder does not write but its decoder must judge.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/varint.h"
#include "tests/files/hand_made.h"

static const char text[] = "one line of content\n";
enum { TEXT_SIZE = sizeof(text) - 1 };

static void add_text(struct hand_made *f)
{
    hand_add_chunk(f, text, TEXT_SIZE, NULL, 0);
}

static void add_block(struct hand_made *f,
                      const struct mdci_block_header *header, unsigned chunks)
{
    hand_start_block(f, header);
    for (unsigned i = 0; i < chunks; i++)
        add_text(f);
    hand_end_block(f);
}

/* The frame restores to `lines` times the text, or to the error. */
static void assert_frame(const struct hand_made *f, size_t lines,
                         enum mdc_status status, const char *message)
{
    for (size_t step = 1; step <= f->size; step += f->size - 1) {
        struct mdc_options options;
        struct mdc_error error;
        struct sink back = {0};
        mdc_options_init(&options);
        assert_int_equal(drive_decoder(f->bytes, f->size, step, 100, &options,
                                       &back, &error),
                         status);
        assert_int_equal(back.size, lines * TEXT_SIZE);
        for (size_t i = 0; i < lines; i++)
            assert_memory_equal(back.data + i * TEXT_SIZE, text, TEXT_SIZE);
        assert_string_equal(error.text, message);
        sink_free(&back);
    }
}

static void test_hand_made_frame(void **state)
{
    (void)state;
    struct hand_made f = {0};
    struct mdci_block_header header = hand_stored_block();
    hand_start_frame(&f);
    add_block(&f, &header, 2);
    header.number = 1;
    header.size_known = 1;
    header.plain_size = TEXT_SIZE;
    add_block(&f, &header, 1);
    hand_end_frame(&f);
    assert_frame(&f, 3, MDC_OK, "");
}

/* The bytes themselves, so that writer and reader cannot change together. */
static void test_known_bytes(void **state)
{
    (void)state;
    static const uint8_t magic[] = {0x9D, 'm', 'd'};
    struct hand_made f = {0};
    const struct mdci_block_header header = hand_stored_block();
    hand_start_frame(&f);
    add_block(&f, &header, 1);
    hand_end_frame(&f);
    assert_memory_equal(f.bytes, magic, 3);
    assert_int_equal(f.bytes[3], 'F');
    assert_int_equal(f.bytes[4], MDCI_EPOCH);
    assert_int_equal(f.bytes[5], 0);
    static const uint8_t block[] = {3, 0xA5, 0x5A, 'm', 'd', 7, 0,
                                    0, 0,    0x80, 32,  1,   0};
    assert_memory_equal(f.bytes + 8, block, sizeof(block));
    const uint8_t *chunk = f.bytes + 8 + sizeof(block) + 4;
    assert_int_equal(chunk[0], TEXT_SIZE);
    assert_int_equal(chunk[1], 0);
    assert_memory_equal(chunk + 10, text, TEXT_SIZE);
    const uint8_t *end = chunk + 10 + TEXT_SIZE;
    assert_int_equal(end[0], 0);
    assert_int_equal(end[1], 10);
    assert_int_equal(end[2], 1 + 8 + 1 + 2 + 4);
    assert_int_equal(end[3], TEXT_SIZE);
    assert_true(mdci_load_le(end + 4, 8) == mdci_check(text, TEXT_SIZE, 0));
    assert_int_equal(end[12], 1);
    assert_int_equal(end[13], end + 1 - (f.bytes + 8));
    assert_int_equal(end[14], TEXT_SIZE);
    assert_int_equal(mdci_load_le(end + 15, 4), 22);
    const uint8_t *footer = end + 23;
    assert_ptr_equal(footer + 8, f.bytes + f.size);
    assert_int_equal(mdci_load_le(footer, 6), f.size);
}

/* Line count and times behind the other fields of a block's header. */
static void test_text_facts(void **state)
{
    (void)state;
    struct mdci_block_header header = hand_stored_block(), back;
    header.is_text = 1;
    header.text = (struct mdci_text_facts){
        .lines = 1, .clock = MDC_CLOCK_DATE, .least = -2, .greatest = 198};
    uint8_t bytes[MDCI_BLOCK_HEADER_MAX];
    struct mdci_item item;
    struct mdci_fault fault;
    size_t used;
    size_t size = mdci_write_block_header(bytes, &header);
    static const uint8_t body[] = {12, 0, 0, 0, 0x80, 32, 1,
                                   0,  1, 1, 3, 0xC8, 1};
    assert_memory_equal(bytes + 5, body, sizeof(body));
    assert_int_equal(mdci_read_item(bytes, size, &used, &item, &fault), MDC_OK);
    assert_int_equal(used, size);
    back = item.block;
    assert_int_equal(back.is_text, 1);
    assert_int_equal(back.text.lines, 1);
    assert_int_equal(back.text.clock, MDC_CLOCK_DATE);
    assert_true(back.text.least == -2 && back.text.greatest == 198);

    /* A clock that is not known yet, lines or times that cannot be. */
    static const struct {
        struct mdci_text_facts text;
        enum mdc_status status;
    } others[] = {
        {{.lines = 1, .clock = 3, .least = 1, .greatest = 2}, MDC_OK},
        {{.lines = 4096}, MDC_OK},
        {{.lines = 4097}, MDC_DATA},
        {{.clock = 1, .least = INT64_MAX, .greatest = INT64_MAX}, MDC_DATA},
        {{.clock = 2, .least = 1, .greatest = 0}, MDC_DATA}};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        header.text = others[i].text;
        size = mdci_write_block_header(bytes, &header);
        assert_int_equal(mdci_read_item(bytes, size, &used, &item, &fault),
                         others[i].status);
        if (others[i].status == MDC_OK)
            assert_int_equal(item.block.text.clock, MDC_CLOCK_NONE);
    }
}

static void test_unknown_records(void **state)
{
    (void)state;
    struct hand_made good = {0}, f;
    const struct mdci_block_header header = hand_stored_block();
    hand_start_frame(&good);
    hand_add_record(&good, 2 * 2, "metadata", 8);
    hand_add_record(&good, 4 * 2, "", 0);
    hand_add_record(&good, 200 * 2, text, TEXT_SIZE);
    add_block(&good, &header, 1);
    hand_add_record(&good, UINT64_MAX - 1, text, TEXT_SIZE);
    f = good;
    hand_end_frame(&f);
    assert_frame(&f, 1, MDC_OK, "");
    f = good;
    hand_add_record(&f, 200 * 2 + 1, text, TEXT_SIZE);
    hand_end_frame(&f);
    char message[100];
    (void)snprintf(message, sizeof(message),
                   "offset %zu: an unknown critical record of type 200",
                   good.size);
    assert_frame(&f, 1, MDC_UNSUPPORTED, message);
    f = good;
    hand_add_record(&f, 2 * 2 + 1, text, TEXT_SIZE);
    (void)snprintf(message, sizeof(message),
                   "offset %zu: a critical metadata record, which this "
                   "version does not know",
                   good.size);
    assert_frame(&f, 1, MDC_UNSUPPORTED, message);
    /* A record that is skipped is checked all the same. */
    f = good;
    hand_end_frame(&f);
    f.bytes[8 + 3] ^= 1;
    assert_frame(&f, 0, MDC_DATA, "offset 8: record check does not match");
}

static void test_block_headers(void **state)
{
    (void)state;
    static const struct {
        struct mdci_block_header header;
        enum mdc_status status;
        const char *message;
    } cases[] = {
        {{.plan = {.codec = 0, .row = 0, .capacity = 4096}, .number = 1},
         MDC_DATA,
         "block 0, offset 8: block 1 stands here"},
        {{.plan = {.codec = 99, .row = 0, .capacity = 4096}},
         MDC_UNSUPPORTED,
         "block 0, offset 8: unknown codec 99"},
        {{.plan = {.codec = 1, .row = 77, .capacity = 4096}},
         MDC_UNSUPPORTED,
         "block 0, offset 8: unknown row 77 of codec zstd"},
        {{.plan = {.codec = 0,
                   .row = 0,
                   .capacity = (UINT64_C(256) << 20) + 1}},
         MDC_UNSUPPORTED,
         "offset 8: a block of more than 256 MiB"},
        {{.plan = {.codec = 0, .row = 0, .capacity = 10},
          .size_known = 1,
          .plain_size = 11},
         MDC_DATA,
         "offset 8: a block is larger than its capacity"},
        {{.plan = {.codec = 0, .row = 0, .capacity = 100},
          .size_known = 1,
          .plain_size = 21},
         MDC_DATA,
         "block 0, offset 54: the block is shorter than its header says"},
        {{.plan = {.codec = 0, .row = 0, .capacity = 19}},
         MDC_DATA,
         "block 0, offset 24: a chunk is larger than its block"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hand_made f = {0};
        hand_start_frame(&f);
        add_block(&f, &cases[i].header, 1);
        hand_end_frame(&f);
        struct mdc_options options;
        struct mdc_error error;
        struct sink back = {0};
        mdc_options_init(&options);
        assert_int_equal(
            drive_decoder(f.bytes, f.size, 1, 100, &options, &back, &error),
            cases[i].status);
        assert_string_equal(error.text, cases[i].message);
        assert_true(back.size <= TEXT_SIZE);
        sink_free(&back);
    }
}

/* More fields in a block header than this version knows are skipped, up to
 * the length that a header may have. */
static void test_longer_block_header(void **state)
{
    (void)state;
    const struct mdci_block_header header = hand_stored_block();
    for (size_t size = 8; size < 1100; size += size < 1000 ? 100 : 1) {
        struct hand_made f = {0};
        hand_start_frame(&f);
        hand_start_block(&f, &header);
        uint8_t body[1100] = {0}, length[MDCI_VARINT_MAX];
        memcpy(body, f.bytes + f.block_at + 6, 7);
        f.size = f.block_at + 5;
        hand_add(&f, length, mdci_varint_write(length, size));
        hand_add(&f, body, size);
        hand_add(&f, "????", 4);
        hand_fix_check(&f, f.block_at, f.size, 4);
        add_text(&f);
        hand_end_block(&f);
        hand_end_frame(&f);
        if (size == 8) /* lines without a clock */
            assert_frame(&f, 0, MDC_DATA,
                         "offset 8: a block header is too short");
        else if (size <= MDCI_BLOCK_BODY_MAX)
            assert_frame(&f, 1, MDC_OK, "");
        else
            assert_frame(&f, 0, MDC_DATA,
                         "offset 8: a block header is too long");
    }
}

static void test_other_epochs(void **state)
{
    (void)state;
    static const uint8_t epochs[] = {0, MDCI_EPOCH + 1, 255};
    for (size_t i = 0; i < sizeof(epochs); i++) {
        char message[100];
        (void)snprintf(message, sizeof(message),
                       "offset 0: the archive is of epoch %d, this decoder "
                       "reads epoch %d only",
                       epochs[i], MDCI_EPOCH);
        for (int form = 0; form < 2; form++) {
            struct hand_made f = {0};
            hand_start_frame(&f);
            f.bytes[3] = form ? 'C' : 'F';
            f.bytes[4] = epochs[i];
            assert_frame(&f, 0, MDC_UNSUPPORTED, message);
        }
    }
}

static void test_flags(void **state)
{
    (void)state;
    struct hand_made f = {0};
    hand_start_frame(&f);
    f.bytes[5] = 0x11;
    assert_frame(&f, 0, MDC_DATA,
                 "offset 0: frame header check does not match");
    mdci_store_le(f.bytes + 6, mdci_check(f.bytes, 6, 0), 2);
    assert_frame(&f, 0, MDC_UNSUPPORTED,
                 "offset 0: unknown flags 0x11 in the frame header");
}

/* A header may say what it likes: memory is taken for what arrives. */
static void test_claims_cost_nothing(void **state)
{
    (void)state;
    struct hand_made f = {0};
    const struct mdci_block_header header = {
        .plan = {.codec = 0, .row = 0, .capacity = UINT64_C(256) << 20},
    };
    hand_start_frame(&f);
    f.size += mdci_write_block_header(f.bytes + f.size, &header);
    const struct mdci_chunk chunk = {.plain_size = UINT64_C(256) << 20};
    f.size += mdci_write_chunk_header(f.bytes + f.size, 0, &chunk);
    f.bytes[f.size++] = 'x';
    struct mdc_options options;
    mdc_options_init(&options);
    mdc_dctx *ctx;
    assert_int_equal(mdc_dctx_new(&ctx, &options), MDC_OK);
    for (int i = 0; i < 1000; i++) {
        uint8_t back[10];
        struct mdc_input in = {f.bytes, f.size, i ? f.size - 1 : 0};
        struct mdc_output out = {back, sizeof(back), 0};
        assert_int_equal(mdc_dctx_run(ctx, &in, &out, MDC_RUN), MDC_NEED_INPUT);
        assert_int_equal(out.pos, 0);
    }
    mdc_dctx_free(ctx);
    assert_frame(&f, 0, MDC_TRUNCATED,
                 "block 0, offset 43: unexpected end of archive");
}

static void test_memory_limit(void **state)
{
    (void)state;
    const struct mdci_block_header header = {
        .plan = {.codec = 0, .row = 0, .capacity = 4096},
        .memory = 5000, /* what the header states counts, too */
    };
    struct hand_made f = {0};
    hand_start_frame(&f);
    add_block(&f, &header, 1);
    hand_end_frame(&f);
    struct mdc_options options;
    struct mdc_error error;
    mdc_options_init(&options);
    options.threads = 2;
    struct sink back = {0};
    options.memory_limit = 5000 << 10;
    assert_int_equal(
        drive_decoder(f.bytes, f.size, 7, 100, &options, &back, &error),
        MDC_OK);
    options.memory_limit--;
    assert_int_equal(
        drive_decoder(f.bytes, f.size, 7, 100, &options, &back, &error),
        MDC_MEMLIMIT);
    assert_string_equal(error.text,
                        "block 0, offset 8: decoding needs 5000 KiB of "
                        "memory, the limit is 4999 KiB");
    sink_free(&back);
}

/* Threads that do not fit are not used; what is restored is the same. */
static void test_memory_limit_for_threads(void **state)
{
    (void)state;
    const size_t size = 100000;
    uint8_t *data = must_alloc(size);
    sample_fill(data, size, SAMPLE_TEXT, 1);
    struct mdc_options options = small_options(3);
    size_t packed_size;
    uint8_t *packed = compress_all(data, size, &packed_size, &options);
    options.threads = 4;
    unsigned refused = 0;
    for (options.memory_limit = 1 << 19; options.memory_limit < 1 << 24;
         options.memory_limit += options.memory_limit / 4) {
        struct sink back = {0};
        struct mdc_error error;
        const enum mdc_status status = drive_decoder(
            packed, packed_size, 1000, 1000, &options, &back, &error);
        refused += status == MDC_MEMLIMIT;
        if (status != MDC_MEMLIMIT) {
            assert_int_equal(status, MDC_OK);
            assert_sink(&back, data, size);
        }
        sink_free(&back);
    }
    assert_in_range(refused, 1, 14);
    free(packed);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hand_made_frame),
        cmocka_unit_test(test_known_bytes),
        cmocka_unit_test(test_text_facts),
        cmocka_unit_test(test_unknown_records),
        cmocka_unit_test(test_block_headers),
        cmocka_unit_test(test_longer_block_header),
        cmocka_unit_test(test_other_epochs),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_claims_cost_nothing),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_memory_limit_for_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
