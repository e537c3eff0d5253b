/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file list.c
 * \brief Headers are read, blocks are not restored.
 */
#include "config.h"

#include "src/cli/list.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "src/cli/convert.h"
#include "src/cli/file_io.h"

static int read_from(void *opaque, uint64_t offset, void *buffer, size_t size)
{
    return mdci_read_at(*(const int *)opaque, offset, buffer, size);
}

static double ratio(uint64_t plain, uint64_t packed)
{
    return packed ? (double)plain / (double)packed : 0;
}

/* ---- For people --------------------------------------------------------- */

static void print_row(const struct mdc_archive_info *info, const char *name)
{
    (void)printf("%6" PRIu64 " %7" PRIu64 " %15" PRIu64 " %15" PRIu64
                 " %8.3f  ",
                 info->frames, info->blocks, info->packed_size,
                 info->plain_size, ratio(info->plain_size, info->packed_size));
    mdci_print_name(stdout, name);
    (void)putchar('\n');
    char off[24];
    if (info->cut_off > 0)
        (void)printf("  %" PRIu64
                     " %s cut off: what is whole of %s is counted\n",
                     info->cut_off,
                     info->cut_off > 1 ? "more frames are" : "more frame is",
                     info->cut_off > 1 ? "them" : "it");
    if (info->quantize > 0)
        (void)printf("  near-lossless: coordinates are up to %s m off\n",
                     mdci_metres_text(off, info->quantize, 2));
}

static const char *kind_text(enum mdc_dictionary_kind kind)
{
    return kind == MDC_DICTIONARY_EMBEDDED ? "embedded" : "external";
}

/* Microseconds of a log's own clock, as ISO 8601 writes them. */
static void print_time(enum mdc_clock clock, int64_t micros)
{
    const int64_t below = (micros % 1000000 + 1000000) % 1000000;
    /* 1972 is a leap year. */
    const int64_t from = clock == MDC_CLOCK_YEARLESS ? 2 * 365 * 86400 : 0;
    const time_t seconds = (time_t)((micros - below) / 1000000 + from);
    struct tm parts;
    char text[40];
    if (!gmtime_r(&seconds, &parts) ||
        strftime(text, sizeof(text),
                 clock == MDC_CLOCK_YEARLESS ? "--%m-%dT%H:%M:%S"
                                             : "%Y-%m-%dT%H:%M:%S",
                 &parts) == 0)
        return;
    (void)fputs(text, stdout);
    if (below > 0)
        (void)printf(".%06d", (int)below);
}

static int print_block(void *opaque, const struct mdc_block_info *block)
{
    char before[24], memory[24];
    (void)opaque;
    (void)printf(
        "  frame %" PRIu64 " block %" PRIu64 ": at %" PRIu64 ", %" PRIu64
        " -> %" PRIu64 " bytes from %" PRIu64 ", ratio %.3f, %" PRIu64
        " chunks, %s row %u, memory %s to compress, %s to restore",
        block->frame, block->block, block->offset, block->packed_size,
        block->plain_size, block->plain_offset,
        ratio(block->plain_size, block->packed_size), block->chunks,
        block->codec, block->row, mdci_size_text(before, block->encode_memory),
        mdci_size_text(memory, block->memory));
    if (block->dictionary != MDC_DICTIONARY_NONE)
        (void)printf(", %s dictionary %08" PRIx32, kind_text(block->dictionary),
                     block->dictionary_id);
    if (block->lines != MDC_LINES_UNKNOWN)
        (void)printf(", %" PRIu64 " lines", block->lines);
    if (block->clock != MDC_CLOCK_NONE) {
        (void)fputs(", ", stdout);
        print_time(block->clock, block->least_time);
        (void)fputs(" to ", stdout);
        print_time(block->clock, block->greatest_time);
    }
    if (block->quantize > 0)
        (void)printf(", step %s m",
                     mdci_metres_text(before, block->quantize, 1));
    if (block->cut_off)
        (void)fputs(", cut off", stdout);
    (void)putchar('\n');
    return 0;
}

/* ---- JSON --------------------------------------------------------------- */

static void print_json_step(uint64_t nanometres)
{
    char metres[24];
    if (nanometres > 0)
        (void)printf(",\"quantize\":%s",
                     mdci_metres_text(metres, nanometres, 1));
}

static int print_json_block(void *opaque, const struct mdc_block_info *block)
{
    bool *first = opaque;
    (void)printf("%s{\"frame\":%" PRIu64 ",\"block\":%" PRIu64
                 ",\"offset\":%" PRIu64 ",\"packed_size\":%" PRIu64
                 ",\"plain_offset\":%" PRIu64 ",\"plain_size\":%" PRIu64
                 ",\"chunks\":%" PRIu64 ",\"memory\":%" PRIu64
                 ",\"encode_memory\":%" PRIu64
                 ",\"codec\":\"%s\",\"row\":%u,\"epoch\":%u",
                 *first ? "" : ",", block->frame, block->block, block->offset,
                 block->packed_size, block->plain_offset, block->plain_size,
                 block->chunks, block->memory, block->encode_memory,
                 block->codec, block->row, block->epoch);
    if (block->dictionary != MDC_DICTIONARY_NONE)
        (void)printf(",\"dictionary\":\"%s\",\"dictionary_id\":\"%08" PRIx32
                     "\",\"dictionary_size\":%" PRIu64,
                     kind_text(block->dictionary), block->dictionary_id,
                     block->dictionary_size);
    if (block->lines != MDC_LINES_UNKNOWN)
        (void)printf(",\"lines\":%" PRIu64, block->lines);
    if (block->clock != MDC_CLOCK_NONE) {
        (void)fputs(",\"least_time\":\"", stdout);
        print_time(block->clock, block->least_time);
        (void)fputs("\",\"greatest_time\":\"", stdout);
        print_time(block->clock, block->greatest_time);
        (void)putchar('"');
    }
    print_json_step(block->quantize);
    if (block->cut_off)
        (void)fputs(",\"cut_off\":true", stdout);
    (void)putchar('}');
    *first = false;
    return 0;
}

static void print_json_sums(const struct mdc_archive_info *info)
{
    (void)printf("\"frames\":%" PRIu64 ",\"blocks\":%" PRIu64
                 ",\"packed_size\":%" PRIu64 ",\"plain_size\":%" PRIu64
                 ",\"memory\":%" PRIu64 ",\"trailing\":%" PRIu64,
                 info->frames, info->blocks, info->packed_size,
                 info->plain_size, info->memory, info->trailing);
    if (info->lines != MDC_LINES_UNKNOWN)
        (void)printf(",\"lines\":%" PRIu64, info->lines);
    print_json_step(info->quantize);
    if (info->cut_off > 0)
        (void)printf(",\"cut_off\":%" PRIu64, info->cut_off);
}

/* ---- Both --------------------------------------------------------------- */

static void print_file(const struct mdci_listing *listing,
                       const struct mdci_request *request, const char *name,
                       const struct mdc_archive_info *info)
{
    if (request->json) {
        mdci_print_json_file(listing->files, name);
        (void)putchar(',');
        print_json_sums(info);
    } else {
        if (listing->files == 0)
            (void)puts("Frames  Blocks      Compressed    Uncompressed    "
                       "Ratio  Name");
        print_row(info, name);
    }
}

static void add(struct mdc_archive_info *sums,
                const struct mdc_archive_info *info)
{
    sums->frames += info->frames;
    sums->blocks += info->blocks;
    sums->packed_size += info->packed_size;
    sums->plain_size += info->plain_size;
    sums->trailing += info->trailing;
    sums->cut_off += info->cut_off;
    if (info->lines == MDC_LINES_UNKNOWN)
        sums->lines = MDC_LINES_UNKNOWN;
    else if (sums->lines != MDC_LINES_UNKNOWN)
        sums->lines += info->lines;
    if (info->quantize > sums->quantize)
        sums->quantize = info->quantize;
    if (info->memory > sums->memory)
        sums->memory = info->memory;
}

void mdci_list_file(struct mdci_listing *listing,
                    const struct mdci_request *request,
                    struct mdci_console *console, const char *name, int fd,
                    const struct stat *status)
{
    struct mdc_archive_info info = {.size = sizeof(info)};
    struct mdc_error error = {.status = MDC_OK};
    const uint64_t size = (uint64_t)status->st_size;
    if (!S_ISREG(status->st_mode)) {
        mdci_error(console, name, "is not a regular file, not listed");
        return;
    }
    /* All headers are looked at before anything is printed. */
    const enum mdc_status found =
        mdc_inspect(read_from, &fd, size, NULL, NULL, &info, &error);
    const bool cut = info.cut_off > 0;
    if (found != MDC_OK && !(found == MDC_FORMAT && info.frames > 0) && !cut) {
        mdci_convert_fault(console, name, &error);
        return;
    }
    print_file(listing, request, name, &info);
    if (console->verbosity >= MDCI_VERBOSE) {
        bool first = true;
        if (request->json)
            (void)fputs(",\"block_list\":[", stdout);
        (void)mdc_inspect(read_from, &fd, size,
                          request->json ? print_json_block : print_block,
                          &first, &info, &error);
        if (request->json)
            (void)putchar(']');
    }
    if (request->json)
        (void)putchar('}');
    if (found == MDC_FORMAT)
        mdci_warn(console, name, "bytes behind the archive are not listed");
    else if (found == MDC_GAP || found == MDC_TRUNCATED)
        mdci_convert_warning(console, name, &error);
    else if (found != MDC_OK) /* damage behind a cut */
        mdci_convert_fault(console, name, &error);
    listing->files++;
    add(&listing->sums, &info);
}

void mdci_list_end(const struct mdci_listing *listing,
                   const struct mdci_request *request)
{
    if (request->json) {
        (void)fputs(listing->files ? "\n],\"total\":{"
                                   : "{\"files\":[],\"total\":{",
                    stdout);
        print_json_sums(&listing->sums);
        (void)puts("}}");
    } else if (listing->files > 1) {
        (void)puts("------");
        print_row(&listing->sums, "total");
    }
}
