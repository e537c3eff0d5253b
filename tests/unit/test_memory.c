/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file test_memory.c
 * \brief What is stated of memory is what is taken: the peak of a process that
 *        compresses or restores, as the system counts it.
 *
 * Each measurement is made in a process of its own.
 */
#include "config.h"

#include "tests/unit/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 900000, BLOCK = 400000 };

/* Memory that is there without any work: stacks of threads, what the C library
 * keeps for each of them, tables of the libraries that are read. */
#define BESIDE (UINT64_C(2) << 20)

enum kind { LOG, JSON, NOISE, FLOATS, KINDS };

static const char *const kind_names[] = {"log", "json", "noise", "floats"};

static size_t add_json(char *text, uint64_t *state, unsigned number)
{
    return (size_t)sprintf(
        text,
        "{\"id\":%u,\"user\":{\"name\":\"u%x\",\"tags\":[\"t%u\",\"t%u\"]},"
        "\"at\":{\"x\":%u.%03u,\"y\":[%u,{\"z\":null,\"w\":%u}]}}\n",
        number, sample_random(state, 5000), sample_random(state, 9),
        sample_random(state, 99), sample_random(state, 180),
        sample_random(state, 1000), sample_random(state, 77),
        sample_random(state, 1 << 20));
}

/* Points as x, y, z, intensity. */
static void fill_floats(uint8_t *data, size_t size)
{
    uint64_t state = 3;
    for (size_t at = 0; at + 16 <= size; at += 16) {
        float point[4];
        const float range = 5 + (float)(at / 16 % 1800) / 100;
        point[0] = range + (float)sample_random(&state, 100) / 1000;
        point[1] = -range / 2 + (float)sample_random(&state, 100) / 1000;
        point[2] = -1.8F + (float)(at / 16 % 32) / 10;
        point[3] = (float)sample_random(&state, 256);
        memcpy(data + at, point, sizeof(point));
    }
}

static void fill(uint8_t *data, size_t size, enum kind kind)
{
    char line[300];
    uint64_t state = 1;
    if (kind == LOG)
        sample_fill(data, size, SAMPLE_TEXT, 1);
    if (kind == NOISE)
        sample_fill(data, size, SAMPLE_RANDOM, 1);
    if (kind == FLOATS)
        fill_floats(data, size);
    for (size_t at = 0; kind == JSON && at < size;) {
        const size_t n = add_json(line, &state, (unsigned)at);
        memcpy(data + at, line, n < size - at ? n : size - at);
        at += n;
    }
}

/* ---- The process that is measured -----------------------------------------
 */

/* Bytes of a line of /proc/self/status; 0 if there is none. */
static uint64_t status_bytes(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    unsigned long long kib = 0;
    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            (void)sscanf(line + strlen(name), "%llu", &kib);
    if (file)
        (void)fclose(file);
    return kib << 10;
}

/* Lets the peak start anew. */
static bool reset_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file)
        return false;
    const bool good = fputs("5\n", file) >= 0;
    return fclose(file) == 0 && good && status_bytes("VmHWM:") > 0;
}

static int read_packed(void *opaque, uint64_t offset, void *buf, size_t size)
{
    memcpy(buf, (const uint8_t *)opaque + offset, size);
    return 0;
}

/* A measurement, from the process that it was made in. */
struct result {
    enum mdc_status status;
    bool measured;
    size_t packed_size;
    uint64_t stated, taken;
};

static void measure(struct result *result, uint8_t *packed, bool decode,
                    enum kind kind, const struct mdc_options *options)
{
    const size_t room = mdc_compress_bound(SIZE);
    uint8_t *data = must_alloc(SIZE);
    size_t size = SIZE;
    fill(data, SIZE, kind);
    result->stated = mdc_memusage(options);
    if (decode) {
        struct mdc_archive_info info = {.size = sizeof(info)};
        (void)mdc_inspect(read_packed, packed, result->packed_size, NULL, NULL,
                          &info, NULL);
        result->stated = info.memory * options->threads;
    } else {
        memset(packed, 1, room);
    }
    result->measured = reset_peak();
    const uint64_t before = status_bytes("VmRSS:");
    result->status = decode ? mdc_decompress(data, SIZE, &size, packed,
                                             result->packed_size, options)
                            : mdc_compress(packed, room, &result->packed_size,
                                           data, SIZE, options);
    result->taken = status_bytes("VmHWM:") - before;
    free(data);
}

/* The same in a process of its own, which has no memory left from before. */
static void measure_alone(struct result *result, uint8_t *packed, bool decode,
                          enum kind kind, const struct mdc_options *options)
{
    int ended = 0;
    (void)fflush(stdout);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        measure(result, packed, decode, kind, options);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    assert_int_equal(result->status, MDC_OK);
}

static void *shared(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    return p;
}

static void check(int level, enum kind kind, unsigned threads)
{
    struct mdc_options options;
    const size_t room = mdc_compress_bound(SIZE);
    struct result *result = shared(sizeof(*result));
    uint8_t *packed = shared(room);
    mdc_options_init(&options);
    options.level = level;
    options.block_size = BLOCK;
    options.threads = threads;
    for (int decode = 0; decode <= 1; decode++) {
        measure_alone(result, packed, decode, kind, &options);
        if (!result->measured)
            skip();
        print_message("-%d -T%u %s %s: %.1f MiB stated, %.1f taken\n", level,
                      threads, kind_names[kind], decode ? "back" : "there",
                      (double)result->stated / 1048576,
                      (double)result->taken / 1048576);
        assert_true(result->taken <= result->stated + BESIDE);
    }
    (void)munmap(packed, room);
    (void)munmap(result, sizeof(*result));
}

static void test_stated_is_taken(void **state)
{
    (void)state;
    static const int levels[] = {0, 1, 3, 4, 6, 8, 9};
    if (getenv("MDC_SANITIZED")) /* what sanitizers take is no matter of ours */
        skip();
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        for (int kind = 0; kind < KINDS; kind++)
            for (unsigned threads = 1; threads <= 2; threads++)
                if (slow_tests() || threads == 1 + (unsigned)(kind & 1))
                    check(levels[i], (enum kind)kind, threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stated_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
