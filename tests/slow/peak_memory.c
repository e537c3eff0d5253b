/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file peak_memory.c
 * \brief 200 hostile and 200 honest archives: the command's peak of memory
 *        stays within -M, with one thread, two and eight.
 *
 * What the command takes of an empty archive with the same threads is beside
 * the limit. Archives are made in processes of their own: what this one takes
 * would count as the command's.
 */
#include "config.h"

#include "src/stream/coder.h"
#include "tests/unit/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARCHIVES = 200, MOST = 4 << 20 };

/* What memory managers keep for each thread, and stacks. */
#define A_THREAD (UINT64_C(1) << 20)

static const unsigned thread_counts[] = {1, 2, 8};

static char path[] = "/tmp/peak_memory_XXXXXX";

static void write_archive(const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static size_t add_chunk(uint8_t *to, uint64_t plain, uint64_t payload,
                        uint64_t *seed)
{
    const struct mdci_chunk chunk = {.plain_size = plain,
                                     .payload_size = payload};
    const size_t size = mdci_write_chunk_header(to, 0, &chunk);
    const size_t packed = (size_t)mdci_chunk_packed(&chunk);
    sample_fill(to + size, packed, SAMPLE_RANDOM, (*seed)++);
    return size + packed;
}

/* Blocks that claim much, with slow chunks first and many or large ones behind,
 * and now and then the header of another frame in the middle. */
static void make_hostile(unsigned number)
{
    static const unsigned char codecs[][2] = {{1, 1},  {2, 3},  {3, 4},
                                              {3, 16}, {3, 19}, {3, 29},
                                              {4, 1},  {4, 6},  {5, 6}};
    uint64_t seed = number * 1000 + 1;
    uint8_t *data = must_alloc(MOST);
    size_t size = 0;
    while (size < MOST / 2 && sample_random(&seed, 6) > 0) {
        size += mdci_write_full_header(data + size);
        for (unsigned block = 0; block < 20 && size < MOST / 2; block++) {
            const unsigned char *c = codecs[sample_random(&seed, 9)];
            const uint64_t slow = 1000 + sample_random(&seed, 40000);
            const uint64_t each =
                sample_random(&seed, 3) ? 1 : 1 + sample_random(&seed, 60000);
            const uint64_t count = (MOST / 4) / (each + 16);
            const struct mdci_block_header header = {
                .plan = {.codec = c[0],
                         .row = c[1],
                         .capacity = slow + each * count},
                .number = block,
            };
            size += mdci_write_block_header(data + size, &header);
            size += add_chunk(data + size, slow, 100, &seed);
            for (uint64_t i = 0; i < count && size < MOST - 200000; i++)
                size += add_chunk(data + size, each, 0, &seed);
            if (sample_random(&seed, 3) == 0)
                break; /* another frame's header follows in the block */
            data[size++] = MDCI_BLOCK_END;
        }
    }
    write_archive(data, size);
    free(data);
}

static void make_honest(unsigned number)
{
    uint64_t seed = number + 1;
    struct mdc_options options;
    const size_t size = 20000 + sample_random(&seed, 500000);
    uint8_t *data = must_alloc(size);
    size_t packed_size;
    sample_fill(data, size,
                (enum sample_kind)sample_random(&seed, SAMPLE_KINDS), seed);
    mdc_options_init(&options);
    options.level = (int)sample_random(&seed, 10);
    options.block_size = 16384 + sample_random(&seed, 400000);
    options.chunk_size = options.block_size / (1 + sample_random(&seed, 4));
    options.seekable = (int)sample_random(&seed, 2);
    uint8_t *packed = compress_all(data, size, &packed_size, &options);
    write_archive(packed, packed_size);
    free(packed);
    free(data);
}

static void make(void (*maker)(unsigned number), unsigned number)
{
    int ended = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        maker(number);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
}

static int read_archive(void *opaque, uint64_t offset, void *buf, size_t size)
{
    FILE *file = opaque;
    return fseek(file, (long)offset, SEEK_SET) != 0 ||
                   fread(buf, 1, size, file) != size
               ? -1
               : 0;
}

/* What the archive states for its largest block, as far as it can be read. */
static uint64_t stated(void)
{
    struct mdc_archive_info info = {.size = sizeof(info)};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    (void)mdc_inspect(read_archive, file, (uint64_t)ftell(file), NULL, NULL,
                      &info, NULL);
    (void)fclose(file);
    return info.memory;
}

/* The peak of midicoth -t on the archive, bytes. */
static uint64_t peak(unsigned threads, uint64_t limit, int *status)
{
    const char *midicoth = getenv("MIDICOTH");
    char of_threads[20], of_limit[40];
    struct rusage usage;
    assert_non_null(midicoth);
    (void)snprintf(of_threads, sizeof(of_threads), "-T%u", threads);
    (void)snprintf(of_limit, sizeof(of_limit), "-M%llu",
                   (unsigned long long)limit);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)execl(midicoth, midicoth, "-tqq", of_threads, of_limit, path,
                    (char *)NULL);
        _exit(127);
    }
    assert_int_equal(wait4(child, status, 0, &usage), child);
    assert_true(WIFEXITED(*status) && WEXITSTATUS(*status) <= 2);
    return (uint64_t)usage.ru_maxrss << 10;
}

static void check(void (*maker)(unsigned number), bool honest)
{
    uint64_t base[3];
    int status;
    write_archive((const uint8_t *)"", 0);
    for (size_t t = 0; t < 3; t++)
        base[t] = peak(thread_counts[t], 1 << 20, &status);
    for (unsigned i = 0; i < ARCHIVES; i++) {
        make(maker, i);
        uint64_t limit = stated();
        if (limit == 0)
            limit = 16 << 20;
        limit += limit / 4 * (i % 9); /* for one block to three */
        for (size_t t = 0; t < 3; t++) {
            const unsigned threads = thread_counts[t];
            const uint64_t taken = peak(threads, limit, &status);
            const uint64_t most = limit + base[t] + A_THREAD * threads;
            if (taken > most || (honest && status != 0)) {
                print_error("archive %u, -T%u -M%llu: %llu bytes, %llu of them "
                            "beside, status %d\n",
                            i, threads, (unsigned long long)limit,
                            (unsigned long long)taken,
                            (unsigned long long)base[t], status);
                fail();
            }
        }
    }
}

static void test_hostile(void **state)
{
    (void)state;
    check(make_hostile, false);
}

static void test_honest(void **state)
{
    (void)state;
    check(make_honest, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_honest),
    };
    const int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    (void)close(fd);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(path);
    return failed;
}
