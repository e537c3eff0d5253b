/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file make_files.c
 * \brief Writes the archives that tests/files/README.md describes.
 *
 * make_files FOLDER writes NAME.mdc for each, NAME.plain with the content of
 * the good ones, and `content`, of which what the bad ones restore to is the
 * start. The name of the function that makes a file is that of the file.
 */
#include "config.h"

#include "tests/files/hand_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/codec.h"
#include "src/base/bytes.h"
#include "src/base/varint.h"

enum { CONTENT_SIZE = 9000, LINE = 36 };

/* What all files are about. */
struct work {
    struct hand_made archive;
    char content[CONTENT_SIZE];
    const char *plain; /* what a good file restores to */
    size_t plain_size;
};

typedef void maker(struct work *w);

static void make_content(struct work *w)
{
    for (unsigned i = 0; i < CONTENT_SIZE / LINE; i++) {
        char line[2 * LINE];
        (void)snprintf(line, sizeof(line),
                       "%6u: an event of kind %3u, code%3u\n", i * 17,
                       i * i % 119, i % 7);
        memcpy(w->content + i * LINE, line, LINE);
    }
}

static struct mdc_options options_of(int level)
{
    struct mdc_options options;
    mdc_options_init(&options);
    options.level = level;
    options.block_size = 4096;
    return options;
}

/* ---- Good --------------------------------------------------------------- */

static void add_good_frame(struct work *w, size_t size, int level)
{
    const struct mdc_options options = options_of(level);
    hand_add_frame(&w->archive, w->content, size, &options);
    w->plain = w->content;
    w->plain_size = size;
}

static void good_empty(struct work *w)
{
    add_good_frame(w, 0, 1);
}

static void good_one_byte(struct work *w)
{
    add_good_frame(w, 1, 6);
}

static void good_compact_store(struct work *w)
{
    add_good_frame(w, 100, 0);
}

static void good_compact_zstd(struct work *w)
{
    add_good_frame(w, 4096, 1);
}

static void good_compact_zstd_high(struct work *w)
{
    add_good_frame(w, 4096, 2);
}

static void good_compact_lzma(struct work *w)
{
    add_good_frame(w, 4096, 3);
}

static void good_compact_cm(struct work *w)
{
    add_good_frame(w, 4096, 6);
}

static void good_blocks_store(struct work *w)
{
    add_good_frame(w, CONTENT_SIZE, 0);
}

static void good_blocks_zstd(struct work *w)
{
    add_good_frame(w, CONTENT_SIZE, 1);
}

static void good_blocks_lzma(struct work *w)
{
    add_good_frame(w, CONTENT_SIZE, 3);
}

static void good_blocks_cm(struct work *w)
{
    add_good_frame(w, CONTENT_SIZE, 5);
}

static void good_two_frames(struct work *w)
{
    const struct mdc_options options = options_of(1);
    hand_add_frame(&w->archive, w->content, 5000, &options);
    hand_add_frame(&w->archive, w->content + 5000, 10, &options);
    w->plain_size = 5010;
}

static void good_zeros_between(struct work *w)
{
    static const uint8_t zeros[300];
    const struct mdc_options options = options_of(1);
    hand_add_frame(&w->archive, w->content, 10, &options);
    hand_add(&w->archive, zeros, sizeof(zeros));
    hand_add_frame(&w->archive, w->content + 10, 5000, &options);
    hand_add(&w->archive, zeros, 1);
    w->plain_size = 5010;
}

static void good_no_blocks(struct work *w)
{
    hand_start_frame(&w->archive);
    hand_end_frame(&w->archive);
    w->plain_size = 0;
}

static void good_empty_block(struct work *w)
{
    const struct mdci_block_header header = hand_stored_block();
    hand_start_frame(&w->archive);
    hand_start_block(&w->archive, &header);
    hand_end_block(&w->archive);
    hand_end_frame(&w->archive);
    w->plain_size = 0;
}

/* A frame of one block, stored chunks of a line each. */
static void add_lines(struct work *w, unsigned count)
{
    const struct mdci_block_header header = hand_stored_block();
    hand_start_frame(&w->archive);
    hand_start_block(&w->archive, &header);
    for (unsigned i = 0; i < count; i++)
        hand_add_chunk(&w->archive, w->content + i * LINE, LINE, NULL, 0);
    hand_end_block(&w->archive);
    w->plain_size = count * LINE;
}

static void good_lines(struct work *w)
{
    add_lines(w, 10);
    hand_end_frame(&w->archive);
}

static void good_unknown_records(struct work *w)
{
    hand_start_frame(&w->archive);
    hand_add_record(&w->archive, 2 * 2, "name", 4);
    hand_add_record(&w->archive, 1000 * 2, w->content, 5000);
    hand_end_frame(&w->archive);
    w->plain_size = 0;
}

/* More fields in a block header than this version knows. */
static void good_long_header(struct work *w)
{
    struct hand_made *a = &w->archive;
    const struct mdci_block_header header = hand_stored_block();
    uint8_t body[60];
    hand_start_frame(a);
    hand_start_block(a, &header);
    /* tag, marker, length: 6 bytes; body: 7 bytes; check: 4 bytes */
    memcpy(body, a->bytes + a->block_at + 6, 7);
    memset(body + 7, 0, 2); /* no lines, no times */
    memset(body + 9, 0xAB, sizeof(body) - 9);
    a->bytes[a->block_at + 5] = sizeof(body);
    a->size = a->block_at + 6;
    hand_add(a, body, sizeof(body));
    hand_add(a, "????", 4);
    hand_fix_check(a, a->block_at, a->size, 4);
    hand_add_chunk(a, w->content, LINE, NULL, 0);
    hand_end_block(a);
    hand_end_frame(a);
    w->plain_size = LINE;
}

/* One codec state over two chunks, then a stored one, then a new state. */
static void add_coded_chunks(struct work *w, int level)
{
    struct hand_made *a = &w->archive;
    static const struct mdc_allocator no_hooks;
    unsigned row;
    const struct mdci_codec *codec = mdci_codec_for_level(level, &row);
    const struct mdci_block_header header = {
        .plan = {.codec = codec->id, .row = row, .capacity = 4096},
        .memory = 100,
    };
    const uint8_t *block = (const uint8_t *)w->content;
    uint8_t payload[8192];
    size_t size;
    void *state;
    hand_start_frame(a);
    hand_start_block(a, &header);
    if (codec->open(&state, MDCI_ENCODE, row, 4096, &no_hooks) != MDC_OK)
        abort();
    for (unsigned i = 0; i < 2; i++) {
        if (codec->encode(state, block, i * 1000, (i + 1) * 1000, payload,
                          &size) != MDC_OK)
            abort();
        hand_add_chunk(a, block + i * 1000, 1000, payload, size);
    }
    hand_add_chunk(a, block + 2000, 500, NULL, 0);
    if (codec->reset(state) != MDC_OK ||
        codec->encode(state, block + 2500, 0, 1000, payload, &size) != MDC_OK)
        abort();
    hand_add_chunk(a, block + 2500, 1000, payload, size);
    codec->close(state);
    hand_end_block(a);
    hand_end_frame(a);
    w->plain_size = 3500;
}

static void good_state_zstd(struct work *w)
{
    add_coded_chunks(w, 1);
}

static void good_state_lzma(struct work *w)
{
    add_coded_chunks(w, 3);
}

static void good_state_cm(struct work *w)
{
    add_coded_chunks(w, 5);
}

/* ---- Good: dictionaries -------------------------------------------------- */

/* A frame that embeds the start of its content. */
static void add_seekable_frame(struct work *w, int level)
{
    struct mdc_options options = options_of(level);
    options.seekable = 1;
    hand_add_frame(&w->archive, w->content, CONTENT_SIZE, &options);
    w->plain_size = CONTENT_SIZE;
}

static void good_dictionary_zstd(struct work *w)
{
    add_seekable_frame(w, 1);
}

static void good_dictionary_lzma(struct work *w)
{
    add_seekable_frame(w, 3);
}

static void good_dictionary_cm(struct work *w)
{
    add_seekable_frame(w, 5);
}

/* ---- Bad: the frame ------------------------------------------------------ */

static void flip(struct work *w, size_t at)
{
    w->archive.bytes[at] ^= 0x10;
}

static void bad_no_bytes(struct work *w)
{
    (void)w;
}

static void bad_magic(struct work *w)
{
    good_compact_zstd(w);
    flip(w, 2);
}

static void bad_magic_form(struct work *w)
{
    good_compact_zstd(w);
    w->archive.bytes[3] = 'X';
}

static void bad_magic_cut(struct work *w)
{
    good_compact_zstd(w);
    w->archive.size = 3;
}

static void bad_zeros_before(struct work *w)
{
    hand_add(&w->archive, "\0\0\0\0", 4);
    good_compact_zstd(w);
}

static void bad_compact_header(struct work *w)
{
    good_compact_zstd(w);
    flip(w, 7);
}

static void bad_compact_cut(struct work *w)
{
    good_compact_zstd(w);
    w->archive.size -= 20;
}

static void bad_compact_payload(struct work *w)
{
    good_compact_store(w);
    flip(w, 50);
}

static void bad_compact_check(struct work *w)
{
    good_compact_store(w);
    flip(w, 12);
}

static void bad_compact_payload_size(struct work *w)
{
    good_compact_store(w);
    w->archive.bytes[7] = 100; /* plain size */
    w->archive.bytes[8] = 0xA5;
    w->archive.bytes[9] = 1; /* payload size: 165 */
    hand_fix_check(&w->archive, 0, 11, 1);
}

static void bad_footer_missing(struct work *w)
{
    good_compact_zstd(w);
    w->archive.size -= MDCI_FOOTER_SIZE;
}

static void bad_footer_check(struct work *w)
{
    good_compact_zstd(w);
    flip(w, w->archive.size - 1);
}

static void bad_footer_size(struct work *w)
{
    good_compact_zstd(w);
    flip(w, w->archive.size - MDCI_FOOTER_SIZE);
    hand_fix_footer(&w->archive);
}

static void bad_full_header(struct work *w)
{
    good_lines(w);
    flip(w, 6);
}

static void bad_second_frame(struct work *w)
{
    good_two_frames(w);
    w->archive.size -= 10;
}

/* ---- Bad: blocks --------------------------------------------------------- */

static void bad_tag_zero(struct work *w)
{
    hand_start_frame(&w->archive);
    hand_add_record(&w->archive, 0, "", 0);
    hand_end_frame(&w->archive);
}

static void bad_block_ancillary(struct work *w)
{
    good_lines(w);
    w->archive.bytes[w->archive.block_at] = 2;
    hand_fix_check(&w->archive, w->archive.block_at, w->archive.block_at + 17,
                   4);
}

static void bad_sync_marker(struct work *w)
{
    good_lines(w);
    flip(w, w->archive.block_at + 2);
}

static void bad_block_header(struct work *w)
{
    good_lines(w);
    flip(w, w->archive.block_at + 8);
}

static void bad_block_header_long(struct work *w)
{
    good_lines(w);
    w->archive.bytes[w->archive.block_at + 5] = 0x81;
    w->archive.bytes[w->archive.block_at + 6] = 0x08; /* 1025 */
}

static void bad_block_header_short(struct work *w)
{
    struct hand_made *a = &w->archive;
    good_lines(w);
    a->bytes[a->block_at + 5] = 3;
    hand_fix_check(a, a->block_at, a->block_at + 13, 4);
}

static void add_block_with(struct work *w,
                           const struct mdci_block_header *header)
{
    hand_start_frame(&w->archive);
    hand_start_block(&w->archive, header);
    hand_add_chunk(&w->archive, w->content, LINE, NULL, 0);
    hand_end_block(&w->archive);
    hand_end_frame(&w->archive);
}

static void bad_block_number(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    header.number = 1;
    add_block_with(w, &header);
}

static void bad_block_size(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    header.size_known = 1;
    header.plain_size = 4097;
    add_block_with(w, &header);
}

static void bad_block_shorter(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    header.size_known = 1;
    header.plain_size = LINE + 1;
    add_block_with(w, &header);
}

static void bad_block_longer(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    header.size_known = 1;
    header.plain_size = LINE - 1;
    add_block_with(w, &header);
}

static void bad_block_cut(struct work *w)
{
    good_lines(w);
    w->archive.size = w->archive.end_at;
}

static void bad_blocks_swapped(struct work *w)
{
    struct hand_made *a = &w->archive;
    uint8_t first[CONTENT_SIZE];
    add_good_frame(w, 8192, 0);
    /* Two stored blocks of equal size between the header and the tail. */
    const size_t table = 1 + 1 + 2 + 8 + 1 + 2 * 4 + 4 + 4;
    const size_t block =
        (a->size - MDCI_FULL_HEADER_SIZE - table - MDCI_FOOTER_SIZE) / 2;
    uint8_t *blocks = a->bytes + MDCI_FULL_HEADER_SIZE;
    memcpy(first, blocks, block);
    memmove(blocks, blocks + block, block);
    memcpy(blocks + block, first, block);
}

/* ---- Bad: chunks --------------------------------------------------------- */

static void bad_chunk_content(struct work *w)
{
    good_lines(w);
    flip(w, w->archive.chunk_at + 12);
}

static void bad_chunk_check(struct work *w)
{
    good_lines(w);
    flip(w, w->archive.chunk_at + 5);
}

/* The checks tell where a chunk stands. */
static void bad_chunks_swapped(struct work *w)
{
    good_lines(w);
    enum { CHUNK = 10 + LINE };
    uint8_t *last = w->archive.bytes + w->archive.chunk_at, copy[CHUNK];
    memcpy(copy, last, CHUNK);
    memcpy(last, last - CHUNK, CHUNK);
    memcpy(last - CHUNK, copy, CHUNK);
}

static void bad_chunk_payload_size(struct work *w)
{
    good_lines(w);
    w->archive.bytes[w->archive.chunk_at + 1] = LINE + 65;
}

static void bad_varint_long(struct work *w)
{
    good_lines(w);
    w->archive.bytes[w->archive.chunk_at] = 0x80 | LINE;
    w->archive.bytes[w->archive.chunk_at + 1] = 0;
}

static void bad_varint_large(struct work *w)
{
    good_lines(w);
    memset(w->archive.bytes + w->archive.chunk_at, 0xFF, 10);
}

/* A block of one coded chunk whose payload is what is given. */
static void add_payload(struct work *w, unsigned codec, unsigned row,
                        const void *payload, size_t size)
{
    const struct mdci_block_header header = {
        .plan = {.codec = codec, .row = row, .capacity = 4096},
        .memory = 100,
    };
    hand_start_frame(&w->archive);
    hand_start_block(&w->archive, &header);
    hand_add_chunk(&w->archive, w->content, LINE, payload, size);
    hand_end_block(&w->archive);
    hand_end_frame(&w->archive);
}

static void bad_payload_store(struct work *w)
{
    add_payload(w, MDCI_CODEC_STORE, 0, "coded", 5);
}

static void bad_payload_zstd(struct work *w)
{
    add_payload(w, MDCI_CODEC_ZSTD, 1, "no zstd frame at all", 20);
}

/* A whole zstd frame of 36 bytes 'a', which ends. */
static void bad_payload_zstd_ended(struct work *w)
{
    static const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00,
                                    0x00, 0x23, 0x01, 0x00, 'a'};
    add_payload(w, MDCI_CODEC_ZSTD, 1, frame, sizeof(frame));
}

static void bad_payload_lzma(struct work *w)
{
    add_payload(w, MDCI_CODEC_LZMA, 3, "\x7F no LZMA2", 10);
}

static void bad_payload_lzma_ended(struct work *w)
{
    add_payload(w, MDCI_CODEC_LZMA, 3, "\0", 1);
}

/* Any bytes are a payload to cm: the check finds what they are not. */
static void bad_payload_cm(struct work *w)
{
    add_payload(w, MDCI_CODEC_CM, 4, "these restore to something", 26);
}

/* ---- Bad: records -------------------------------------------------------- */

static void bad_record_check(struct work *w)
{
    good_unknown_records(w);
    flip(w, MDCI_FULL_HEADER_SIZE + 3);
}

static void bad_seek_missing(struct work *w)
{
    good_lines(w);
    w->archive.size = w->archive.tail_at;
}

/* Flips a byte of the seek table and makes its check right. */
static void damage_table(struct work *w, size_t at)
{
    struct hand_made *a = &w->archive;
    good_lines(w);
    flip(w, a->tail_at + at);
    hand_fix_check(a, a->tail_at, a->size - MDCI_FOOTER_SIZE, 4);
}

/* tag, length: 2 bytes; plain size 360: 2; content check: 8; blocks: 1;
 * packed size 478: 2; plain size: 2; record size: 4; check: 4 */
static void bad_seek_plain_size(struct work *w)
{
    damage_table(w, 2);
}

static void bad_seek_content(struct work *w)
{
    damage_table(w, 5);
}

static void bad_seek_blocks(struct work *w)
{
    damage_table(w, 12);
}

static void bad_seek_entry(struct work *w)
{
    damage_table(w, 13);
}

static void bad_seek_record_size(struct work *w)
{
    damage_table(w, 17);
}

static void bad_seek_critical(struct work *w)
{
    struct hand_made *a = &w->archive;
    good_lines(w);
    a->bytes[a->tail_at] |= 1;
    hand_fix_check(a, a->tail_at, a->size - MDCI_FOOTER_SIZE, 4);
}

static void bad_block_behind_table(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    good_lines(w);
    header.number = 1;
    w->archive.size -= MDCI_FOOTER_SIZE;
    hand_start_block(&w->archive, &header);
    hand_end_block(&w->archive);
}

/* ---- Unsupported --------------------------------------------------------- */

static void unsupported_epoch(struct work *w)
{
    good_compact_zstd(w);
    w->archive.bytes[4] = MDCI_EPOCH + 1;
}

static void unsupported_epoch_full(struct work *w)
{
    good_lines(w);
    w->archive.bytes[4] = 0;
}

static void unsupported_flags(struct work *w)
{
    good_lines(w);
    w->archive.bytes[5] = 1;
    hand_fix_check(&w->archive, 0, MDCI_FULL_HEADER_SIZE, 2);
}

static void unsupported_record(struct work *w)
{
    add_lines(w, 1);
    hand_add_record(&w->archive, 300 * 2 + 1, "what is this", 12);
    hand_end_frame(&w->archive);
}

static void unsupported_metadata(struct work *w)
{
    hand_start_frame(&w->archive);
    hand_add_record(&w->archive, MDCI_ITEM_METADATA * 2 + 1, "words", 5);
    hand_end_frame(&w->archive);
}

/* ---- Bad: dictionaries --------------------------------------------------- */

/* Where the record of a frame of add_seekable_frame() is: tag, body size (of
 * two bytes), check, size (of two bytes), source, codec, row, payload. */
enum { DICTIONARY_AT = MDCI_FULL_HEADER_SIZE, DICTIONARY_HEAD = 3 + 8 + 2 + 3 };

/* Flips a bit of the record, and sets its check right. */
static void flip_dictionary(struct work *w, int level, size_t at)
{
    struct hand_made *a = &w->archive;
    add_seekable_frame(w, level);
    flip(w, DICTIONARY_AT + at);
    const uint8_t *size = a->bytes + DICTIONARY_AT + 1;
    const size_t body = (size_t)(size[0] & 0x7F) + ((size_t)size[1] << 7);
    hand_fix_check(a, DICTIONARY_AT, DICTIONARY_AT + 3 + body + 4, 4);
}

static void bad_dictionary_record(struct work *w)
{
    add_seekable_frame(w, 1);
    flip(w, DICTIONARY_AT + DICTIONARY_HEAD);
}

static void bad_dictionary_check(struct work *w)
{
    flip_dictionary(w, 1, 3);
}

static void bad_dictionary_source(struct work *w)
{
    flip_dictionary(w, 1, 3 + 8 + 2);
}

static void bad_dictionary_payload_zstd(struct work *w)
{
    flip_dictionary(w, 1, DICTIONARY_HEAD);
}

static void bad_dictionary_payload_lzma(struct work *w)
{
    flip_dictionary(w, 3, DICTIONARY_HEAD + 20);
}

static void bad_dictionary_payload_cm(struct work *w)
{
    flip_dictionary(w, 5, DICTIONARY_HEAD + 5);
}

/* A dictionary record with this body, then a line. */
static void add_dictionary(struct work *w, const uint8_t *body, size_t size)
{
    hand_start_frame(&w->archive);
    hand_add_record(&w->archive, MDCI_ITEM_DICTIONARY * 2 + 1, body, size);
    const struct mdci_block_header header = hand_stored_block();
    hand_start_block(&w->archive, &header);
    hand_add_chunk(&w->archive, w->content, LINE, NULL, 0);
    hand_end_block(&w->archive);
    hand_end_frame(&w->archive);
}

static void bad_dictionary_short(struct work *w)
{
    add_dictionary(w, (const uint8_t *)"too short", 9);
}

static void bad_dictionary_empty(struct work *w)
{
    static const uint8_t body[8 + 2];
    add_dictionary(w, body, sizeof(body));
}

/* An external one has no payload, an embedded one has a small one. */
static void bad_dictionary_with_payload(struct work *w)
{
    static const uint8_t body[8 + 2 + 1] = {[8] = 100};
    add_dictionary(w, body, sizeof(body));
}

static void bad_dictionary_without_payload(struct work *w)
{
    static const uint8_t body[] = {0, 0, 0, 0, 0, 0, 0, 0, 100, 1, 1, 1};
    add_dictionary(w, body, sizeof(body));
}

static void bad_dictionary_payload_size(struct work *w)
{
    static const uint8_t body[] = {0, 0, 0, 0, 0, 0,   0,
                                   0, 2, 1, 1, 1, 'a', 'b'};
    add_dictionary(w, body, sizeof(body));
}

static void bad_dictionary_stored(struct work *w)
{
    static const uint8_t body[] = {0, 0, 0, 0, 0, 0,   0,
                                   0, 9, 1, 0, 0, 'a', 'b'};
    add_dictionary(w, body, sizeof(body));
}

static void bad_dictionary_ancillary(struct work *w)
{
    hand_start_frame(&w->archive);
    hand_add_record(&w->archive, MDCI_ITEM_DICTIONARY * 2, "words", 5);
    hand_end_frame(&w->archive);
}

/* The record of a good frame. */
static void again_dictionary(struct work *w, struct hand_made *to)
{
    static struct work other;
    other.archive = (struct hand_made){0};
    memcpy(other.content, w->content, CONTENT_SIZE);
    add_seekable_frame(&other, 1);
    const uint8_t *record = other.archive.bytes + DICTIONARY_AT;
    const size_t body = (size_t)(record[1] & 0x7F) + ((size_t)record[2] << 7);
    hand_add(to, record, 3 + body + 4);
}

static void bad_dictionary_twice(struct work *w)
{
    hand_start_frame(&w->archive);
    again_dictionary(w, &w->archive);
    again_dictionary(w, &w->archive);
    hand_end_frame(&w->archive);
}

static void bad_dictionary_behind_block(struct work *w)
{
    add_lines(w, 1);
    again_dictionary(w, &w->archive);
    hand_end_frame(&w->archive);
}

/* Those from outside are not there. */
static void bad_dictionary_missing(struct work *w)
{
    static const uint8_t body[] = {0x78, 0x56, 0x34, 0x12, 9, 9, 9, 9, 100, 0};
    add_dictionary(w, body, sizeof(body));
}

static struct mdc_options given_options(const struct work *w)
{
    struct mdc_options options = options_of(1);
    options.dictionary = w->content + 4096;
    options.dictionary_size = 4000;
    return options;
}

static void bad_dictionary_missing_compact(struct work *w)
{
    const struct mdc_options options = given_options(w);
    hand_add_frame(&w->archive, w->content, 1000, &options);
}

static void unsupported_dictionary_size(struct work *w)
{
    static const uint8_t body[] = {0, 0,    0,    0,    0, 0, 0,
                                   0, 0x81, 0x80, 0x80, 4, 0};
    add_dictionary(w, body, sizeof(body));
}

/* A record that claims to go on for longer than any may. */
static void unsupported_dictionary_body(struct work *w)
{
    uint8_t record[1 + MDCI_VARINT_MAX] = {MDCI_ITEM_DICTIONARY * 2 + 1};
    hand_start_frame(&w->archive);
    hand_add(&w->archive, record, 1 + mdci_varint_write(record + 1, 9 << 20));
}

static void unsupported_dictionary_codec(struct work *w)
{
    static const uint8_t body[] = {0, 0, 0, 0,  0, 0,   0,
                                   0, 9, 1, 90, 0, 'a', 'b'};
    add_dictionary(w, body, sizeof(body));
}

static void unsupported_codec(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    header.plan.codec = 100;
    add_block_with(w, &header);
}

static void unsupported_row(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    header.plan.codec = MDCI_CODEC_LZMA;
    header.plan.row = 99;
    add_block_with(w, &header);
}

static void unsupported_block_size(struct work *w)
{
    struct mdci_block_header header = hand_stored_block();
    header.plan.capacity = MDCI_BLOCK_MAX + 1;
    add_block_with(w, &header);
}

/* ---- All of them --------------------------------------------------------- */

#define FILE_OF(name)                                                          \
    {                                                                          \
#name, name                                                            \
    }
static const struct {
    const char *name;
    maker *make;
} files[] = {
    FILE_OF(good_empty),
    FILE_OF(good_one_byte),
    FILE_OF(good_compact_store),
    FILE_OF(good_compact_zstd),
    FILE_OF(good_compact_zstd_high),
    FILE_OF(good_compact_lzma),
    FILE_OF(good_compact_cm),
    FILE_OF(good_blocks_store),
    FILE_OF(good_blocks_zstd),
    FILE_OF(good_blocks_lzma),
    FILE_OF(good_blocks_cm),
    FILE_OF(good_two_frames),
    FILE_OF(good_zeros_between),
    FILE_OF(good_no_blocks),
    FILE_OF(good_empty_block),
    FILE_OF(good_lines),
    FILE_OF(good_unknown_records),
    FILE_OF(good_long_header),
    FILE_OF(good_state_zstd),
    FILE_OF(good_state_lzma),
    FILE_OF(good_state_cm),
    FILE_OF(good_dictionary_zstd),
    FILE_OF(good_dictionary_lzma),
    FILE_OF(good_dictionary_cm),
    FILE_OF(bad_no_bytes),
    FILE_OF(bad_magic),
    FILE_OF(bad_magic_form),
    FILE_OF(bad_magic_cut),
    FILE_OF(bad_zeros_before),
    FILE_OF(bad_compact_header),
    FILE_OF(bad_compact_cut),
    FILE_OF(bad_compact_payload),
    FILE_OF(bad_compact_check),
    FILE_OF(bad_compact_payload_size),
    FILE_OF(bad_footer_missing),
    FILE_OF(bad_footer_check),
    FILE_OF(bad_footer_size),
    FILE_OF(bad_full_header),
    FILE_OF(bad_second_frame),
    FILE_OF(bad_tag_zero),
    FILE_OF(bad_block_ancillary),
    FILE_OF(bad_sync_marker),
    FILE_OF(bad_block_header),
    FILE_OF(bad_block_header_long),
    FILE_OF(bad_block_header_short),
    FILE_OF(bad_block_number),
    FILE_OF(bad_block_size),
    FILE_OF(bad_block_shorter),
    FILE_OF(bad_block_longer),
    FILE_OF(bad_block_cut),
    FILE_OF(bad_blocks_swapped),
    FILE_OF(bad_chunk_content),
    FILE_OF(bad_chunk_check),
    FILE_OF(bad_chunks_swapped),
    FILE_OF(bad_chunk_payload_size),
    FILE_OF(bad_varint_long),
    FILE_OF(bad_varint_large),
    FILE_OF(bad_payload_store),
    FILE_OF(bad_payload_zstd),
    FILE_OF(bad_payload_zstd_ended),
    FILE_OF(bad_payload_lzma),
    FILE_OF(bad_payload_lzma_ended),
    FILE_OF(bad_payload_cm),
    FILE_OF(bad_record_check),
    FILE_OF(bad_seek_missing),
    FILE_OF(bad_seek_plain_size),
    FILE_OF(bad_seek_content),
    FILE_OF(bad_seek_blocks),
    FILE_OF(bad_seek_entry),
    FILE_OF(bad_seek_record_size),
    FILE_OF(bad_seek_critical),
    FILE_OF(bad_block_behind_table),
    FILE_OF(bad_dictionary_record),
    FILE_OF(bad_dictionary_check),
    FILE_OF(bad_dictionary_source),
    FILE_OF(bad_dictionary_payload_zstd),
    FILE_OF(bad_dictionary_payload_lzma),
    FILE_OF(bad_dictionary_payload_cm),
    FILE_OF(bad_dictionary_short),
    FILE_OF(bad_dictionary_empty),
    FILE_OF(bad_dictionary_with_payload),
    FILE_OF(bad_dictionary_without_payload),
    FILE_OF(bad_dictionary_payload_size),
    FILE_OF(bad_dictionary_stored),
    FILE_OF(bad_dictionary_ancillary),
    FILE_OF(bad_dictionary_twice),
    FILE_OF(bad_dictionary_behind_block),
    FILE_OF(bad_dictionary_missing),
    FILE_OF(bad_dictionary_missing_compact),
    FILE_OF(unsupported_epoch),
    FILE_OF(unsupported_epoch_full),
    FILE_OF(unsupported_flags),
    FILE_OF(unsupported_record),
    FILE_OF(unsupported_metadata),
    FILE_OF(unsupported_dictionary_size),
    FILE_OF(unsupported_dictionary_body),
    FILE_OF(unsupported_dictionary_codec),
    FILE_OF(unsupported_codec),
    FILE_OF(unsupported_row),
    FILE_OF(unsupported_block_size),
};

static void write_file(const char *folder, const char *name, const char *suffix,
                       const void *bytes, size_t size)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s%s", folder, name, suffix);
    FILE *file = fopen(path, "wb");
    if (!file || (size > 0 && fwrite(bytes, 1, size, file) != size) ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    static struct work w;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: make_files FOLDER\n");
        return 1;
    }
    make_content(&w);
    write_file(argv[1], "content", "", w.content, CONTENT_SIZE);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        w.archive = (struct hand_made){0};
        w.plain = w.content;
        files[i].make(&w);
        write_file(argv[1], files[i].name, ".mdc", w.archive.bytes,
                   w.archive.size);
        if (strncmp(files[i].name, "good_", 5) == 0)
            write_file(argv[1], files[i].name, ".plain", w.plain, w.plain_size);
    }
    return 0;
}
