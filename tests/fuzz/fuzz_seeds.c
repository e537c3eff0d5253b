/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_seeds.c
 * \brief Writes first inputs for the fuzz targets.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "codecs/codec.h"
#include "src/base/bytes.h"
#include "tests/fuzz/fuzz_dictionary.h"

enum { CONTENT_SIZE = 3000, BLOCK = 1024, CHUNK = 300, ROOM = 16384 };

static const struct mdc_allocator no_hooks;

static void write_seed(const char *folder, const char *target, int number,
                       const void *bytes, size_t size)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, target);
    (void)mkdir(path, 0777);
    (void)snprintf(path, sizeof(path), "%s/%s/%d", folder, target, number);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static void stream_seeds(const char *folder, const uint8_t *content)
{
    for (int i = 0; i < 35; i++) {
        uint8_t bytes[ROOM];
        struct mdc_options options;
        size_t size;
        mdc_options_init(&options);
        options.level = i % 7;
        options.block_size = 4096;
        if (i >= 14 && i < 21) {
            options.dictionary = fuzz_dictionary;
            options.dictionary_size = sizeof(fuzz_dictionary);
        }
        options.seekable = i >= 21 && i < 28;
        const int large =
            (i >= 21 && i < 28) || (i >= 7 && i < 14 && options.level <= 3);
        const size_t plain = large ? 3 * CONTENT_SIZE : CHUNK;
        if (mdc_compress(bytes + 1, ROOM - 1, &size, content, plain,
                         &options) != MDC_OK)
            abort();
        bytes[0] = (uint8_t)(i * 37);
        if (i >= 28) { /* a frame that is cut off, and another one */
            const size_t cut = 1 + size * 2 / 3;
            if (mdc_compress(bytes + cut, ROOM - cut, &size, content, CHUNK,
                             &options) != MDC_OK)
                abort();
            size += cut - 1;
        }
        write_seed(folder, "fuzz_stream", i, bytes, size + 1);
    }
}

static void round_trip_seeds(const char *folder, const uint8_t *content)
{
    for (int i = 0; i < 42; i++) {
        uint8_t bytes[CONTENT_SIZE + 2];
        bytes[0] = (uint8_t)i;
        bytes[1] = (uint8_t)(i * 5);
        memcpy(bytes + 2, content, CONTENT_SIZE);
        write_seed(folder, "fuzz_round_trip", i, bytes, sizeof(bytes));
    }
}

/* A frame of two blocks with a stored chunk each, then a record. */
static void frame_seeds(const char *folder)
{
    static const uint8_t parts[] = {
        1, 0,                                             /* frame header */
        1, 0, 0,   0,   16,  0,   0,   1,   0,   0, 0, 0, /* block header */
        3, 3, 'a', 'b', 'c', 'd', 0,                      /* chunk */
        5,                                                /* block end */
        1, 1, 1,   0,   16,  0,   0,   1,   0,   0, 0, 0, /* block header */
        3, 3, 'a', 'b', 'c', 'd', 2,   'x', 'y',          /* coded chunk */
        5,                                                /* block end */
        7, 8, 0,   3,   'o', 'n', 'e',                    /* record */
        6,                                                /* frame end */
    };
    write_seed(folder, "fuzz_frame", 0, parts, sizeof(parts));
}

/* Payloads of chunks, each led by its two sizes; `lead`, if it is not below 0,
 * stands before them. */
static void codec_seeds(const char *folder, const char *target,
                        enum mdci_codec_id id, unsigned row, int lead,
                        const uint8_t *content)
{
    const struct mdci_codec *codec = mdci_codec_by_id(id);
    uint8_t bytes[ROOM];
    size_t size = 0;
    void *state;
    if (lead >= 0)
        bytes[size++] = (uint8_t)lead;
    if (codec->open(&state, MDCI_ENCODE, row, BLOCK, &no_hooks) != MDC_OK)
        abort();
    for (size_t i = 0; i < 3; i++) {
        size_t packed;
        if (codec->encode(state, content, i * CHUNK, (i + 1) * CHUNK,
                          bytes + size + 4, &packed) != MDC_OK)
            abort();
        mdci_store_le(bytes + size, CHUNK - 1, 2);
        mdci_store_le(bytes + size + 2, packed - 1, 2);
        size += 4 + packed;
        write_seed(folder, target, (int)row * 3 + (int)i, bytes, size);
    }
    codec->close(state);
}

/* Lines with two templates, times, numbers and names. */
static void fill_log(uint8_t *content, size_t size)
{
    char line[128];
    for (size_t at = 0, i = 0; at < size; i++) {
        const int length =
            i % 3 ? snprintf(line, sizeof(line),
                             "2024-01-02 03:%02u:%02u.%03u host%u: event %u "
                             "of \"%x y\"\r\n",
                             (unsigned)i / 60 % 60, (unsigned)i % 60,
                             (unsigned)(i * 37 % 1000), (unsigned)i % 4,
                             (unsigned)i * 11, (unsigned)(i * i * 77))
                  : snprintf(line, sizeof(line), "id=%08x user %s took %5u\n",
                             (unsigned)(i * 2654435761u),
                             i % 2 ? "root" : "guest", (unsigned)i % 700);
        const size_t part = mdci_min_size((size_t)length, size - at);
        memcpy(content + at, line, part);
        at += part;
    }
}

/* Each codec and row, with content as it is, and for a log and a table what
 * these are made of. */
static void log_line_seeds(const char *folder, const uint8_t *content)
{
    static const uint8_t log[] = {
        1,  5,  131, 4,   224, 1,  128,              /* clock, words, number */
        7,  10, 160, 0,   177, 2,  130, 16, 134,     /* and odd values */
        0,  60, 9,   1,   200, 77, 8,   90, 3,   16, /* runs of lines */
        50, 5,  9,   255, 1};
    static const uint8_t table[] = {0, 6, 3, 0, 6, 17, 26, 9, 7, 200};
    uint8_t bytes[CONTENT_SIZE + 3];
    for (int i = 0; i < 30; i++) {
        bytes[0] = (uint8_t)(i * 51);
        bytes[1] = (uint8_t)(i * i * 5);
        bytes[2] = (uint8_t)(i / 10 | i * 7 << 4);
        size_t size = CONTENT_SIZE;
        if (i < 10)
            memcpy(bytes + 3, content, size);
        else if (i < 20)
            memcpy(bytes + 3, table, size = sizeof(table));
        else
            memcpy(bytes + 3, log, size = sizeof(log));
        write_seed(folder, "fuzz_log_lines", i, bytes, size + 3);
    }
}

/* The parts of a segment as the fuzz target takes them: what they are, where
 * the texts and the noise end, texts, structure. */
static void log_seeds(const char *folder, const uint8_t *content)
{
    static const uint8_t plan[] = {
        2, 14,  0,   0,   0, 'b', 'a', 'r', 'e', '\n', 'n', 'e',  'w',
        0, 'a', 'l', 'l', 0, 'x', 0, /* texts */
        4, 5,   1,   'a', 1, 'b', 1,   'c', 1,   'd',  1,   '\n', 2,
        0, 1,   1,   1,   1, 0,   0,   1,   3,   2,    4,   5,    0};
    static const uint8_t rows[] = {3, 4, 0,  0,   0,   'a', 'b', 0, 0,
                                   2, 0, 1,  'k', '=', 1,   ' ', 1, '\n',
                                   2, 3, 11, 0,   '0', 2,   0,   0};
    write_seed(folder, "fuzz_log", 100, plan, sizeof(plan));
    write_seed(folder, "fuzz_log", 101, rows, sizeof(rows));
    codec_seeds(folder, "fuzz_log", MDCI_CODEC_LOG, 1, 0, content);
    codec_seeds(folder, "fuzz_log", MDCI_CODEC_LOG, 2, 1, content);
    log_line_seeds(folder, content);
}

/* Recipes of scans, see the target: every kind in every order, alone and with
 * changes. */
static void scan_seeds(const char *folder)
{
    for (unsigned i = 0; i < 64; i++) {
        uint8_t bytes[48] = {0};
        bytes[0] = (uint8_t)(i % 8);               /* kind */
        bytes[1] = (uint8_t)(8 << i % 5);          /* lasers */
        mdci_store_le(bytes + 2, i * 31 % 700, 2); /* columns */
        bytes[4] = (uint8_t)(i / 8);               /* order */
        bytes[5] = (uint8_t)(i % 3);
        bytes[6] = (uint8_t)(3 + i % 14);
        bytes[7] = (uint8_t)(i % 4 ? 7 : i % 7); /* decimals */
        bytes[8] = (uint8_t)(i % 5 ? 0 : 128 + i);
        mdci_store_le(bytes + 11, i % 3 ? 0 : 1800, 2);
        bytes[13] = (uint8_t)(i * 4); /* how far */
        bytes[14] = (uint8_t)(i % 6);
        bytes[15] = (uint8_t)(i % 2 ? 0 : 100 + i);
        bytes[16] = (uint8_t)(i * 4);
        bytes[17] = (uint8_t)i;
        for (size_t k = 24; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)(i * 37 + k * 101);
        write_seed(folder, "fuzz_lidar_encode", (int)i, bytes,
                   i % 2 ? sizeof bytes : 24);
    }
}

int main(int argc, char **argv)
{
    static uint8_t content[3 * CONTENT_SIZE];
    if (argc != 2) {
        (void)fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
        return 1;
    }
    (void)mkdir(argv[1], 0777);
    for (size_t i = 0; i < sizeof(content); i++)
        content[i] =
            (uint8_t) "an event of kind 1234567890\r\n"[i * i % 97 % 29];
    stream_seeds(argv[1], content);
    round_trip_seeds(argv[1], content);
    frame_seeds(argv[1]);
    codec_seeds(argv[1], "fuzz_zstd", MDCI_CODEC_ZSTD, 1, -1, content);
    codec_seeds(argv[1], "fuzz_lzma", MDCI_CODEC_LZMA, 3, -1, content);
    codec_seeds(argv[1], "fuzz_cm", MDCI_CODEC_CM, 4, -1, content);
    fill_log(content, sizeof(content));
    log_seeds(argv[1], content);
    scan_seeds(argv[1]);
    return 0;
}
