/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file args.c
 * \brief Options are named as gzip and xz name them; the last one wins.
 */
#include "config.h"

#include "src/cli/args.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/limits.h"
#include "src/cli/parse.h"
#include "src/cli/suffix.h"
#include "src/midicoth.h"

/* Long options without a short one. */
enum {
    OPT_FAST = 256,
    OPT_BEST,
    OPT_RM,
    OPT_VERIFY,
    OPT_PROGRESS,
    OPT_JSON,
    OPT_FLUSH,
    OPT_MAX_OUTPUT,
    OPT_NO_SPARSE,
    OPT_SYNC,
    OPT_NO_SYNC,
    OPT_BLOCK_SIZE,
    OPT_SEEKABLE,
    OPT_FORMAT,
    OPT_QUANTIZE,
    OPT_TEMPLATES,
    OPT_EXPLAIN,
    OPT_HTML,
    OPT_SVG,
    OPT_TRAIN,
    OPT_MAXDICT,
    OPT_FILES,
    OPT_FILES0
};

static const char short_options[] = "zdtlcfkrqvhVT:M:S:D:o:0123456789";

static const struct option long_options[] = {
    {"compress", no_argument, NULL, 'z'},
    {"decompress", no_argument, NULL, 'd'},
    {"uncompress", no_argument, NULL, 'd'},
    {"test", no_argument, NULL, 't'},
    {"list", no_argument, NULL, 'l'},
    {"stdout", no_argument, NULL, 'c'},
    {"to-stdout", no_argument, NULL, 'c'},
    {"force", no_argument, NULL, 'f'},
    {"keep", no_argument, NULL, 'k'},
    {"rm", no_argument, NULL, OPT_RM},
    {"recursive", no_argument, NULL, 'r'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"threads", required_argument, NULL, 'T'},
    {"memlimit", required_argument, NULL, 'M'},
    {"memory", required_argument, NULL, 'M'},
    {"suffix", required_argument, NULL, 'S'},
    {"fast", no_argument, NULL, OPT_FAST},
    {"best", no_argument, NULL, OPT_BEST},
    {"verify", no_argument, NULL, OPT_VERIFY},
    {"progress", no_argument, NULL, OPT_PROGRESS},
    {"json", no_argument, NULL, OPT_JSON},
    {"flush", required_argument, NULL, OPT_FLUSH},
    {"max-output", required_argument, NULL, OPT_MAX_OUTPUT},
    {"no-sparse", no_argument, NULL, OPT_NO_SPARSE},
    {"sync", required_argument, NULL, OPT_SYNC},
    {"no-sync", no_argument, NULL, OPT_NO_SYNC},
    {"block-size", required_argument, NULL, OPT_BLOCK_SIZE},
    {"seekable", no_argument, NULL, OPT_SEEKABLE},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"quantize", required_argument, NULL, OPT_QUANTIZE},
    {"dictionary", required_argument, NULL, 'D'},
    {"templates", no_argument, NULL, OPT_TEMPLATES},
    {"explain", no_argument, NULL, OPT_EXPLAIN},
    {"html", no_argument, NULL, OPT_HTML},
    {"svg", no_argument, NULL, OPT_SVG},
    {"train", no_argument, NULL, OPT_TRAIN},
    {"maxdict", required_argument, NULL, OPT_MAXDICT},
    {"output", required_argument, NULL, 'o'},
    {"files", optional_argument, NULL, OPT_FILES},
    {"files0", optional_argument, NULL, OPT_FILES0},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: midicoth [OPTION]... [FILE]...\n"
    "Compress or restore FILEs, or stdin to stdout (no FILE, or -).\n"
    "\n"
    "  -z, --compress        compress (the default)\n"
    "  -d, --decompress      restore; unmidicoth does this\n"
    "  -t, --test            test archives\n"
    "  -l, --list            list archives; -lv lists blocks\n"
    "  -c, --stdout          write to stdout and keep FILEs; mdccat: -dc\n"
    "  -k, --keep            keep FILEs (--rm, the default: remove them)\n"
    "  -f, --force           overwrite; follow links; use terminals;\n"
    "                        with -dc, copy what is no archive\n"
    "  -r, --recursive       go into directories\n"
    "  -S, --suffix=.SUF     suffix instead of .mdc\n"
    "      --files[=LIST]    read more names from LIST or stdin, one a line\n"
    "      --files0[=LIST]   the same, each ended by a NUL\n"
    "  -0 ... -9             level (-6): -0 stores, -1..-3 are fast,\n"
    "                        -4..-9 are small; --fast: -1, --best: -9\n"
    "  -T, --threads=N       use at most N threads (0: as many as cores)\n"
    "  -M, --memlimit=SIZE   memory limit: bytes, K, M, G, % of RAM, or max\n"
    "      --max-output=SIZE restore at most SIZE bytes of an archive\n"
    "      --block-size=SIZE make blocks of SIZE (8M)\n"
    "      --seekable        make blocks of 1M that share a dictionary\n"
    "      --format=KIND     what FILEs are: auto (the default: look), bytes,\n"
    "                        log, lidar\n"
    "      --quantize=STEP   of LiDAR frames, move coordinates by at most half "
    "a\n"
    "                        STEP (metres: 1e-5); keeps FILEs, unless --rm\n"
    "  -D, --dictionary=DICT compress with DICT, which restoring then needs\n"
    "      --templates       print the templates of logs, plain or archived\n"
    "      --explain         print what was chosen and where the bits went\n"
    "      --train           make a dictionary from FILEs: -o DICT says where\n"
    "      --maxdict=SIZE    make it of at most SIZE (112640)\n"
    "      --flush=RULE      make input restorable after SIZE (64K, 5M), TIME\n"
    "                        (500ms, 5s, 5min, 1h) or each line\n"
    "      --verify          restore and compare before removing FILE\n"
    "      --sync=WHEN       make outputs safe on disk before FILEs are "
    "removed:\n"
    "                        each file (the default), many at the end, never\n"
    "      --no-sparse       restore long runs of zeros as zeros, not as "
    "holes\n"
    "      --progress        show progress even without a terminal\n"
    "      --json            with -l, --templates, --explain: print JSON\n"
    "      --html            with --explain: print a page of HTML\n"
    "      --svg             with --explain: print a picture of LiDAR points\n"
    "  -q, --quiet           no warnings; twice: no errors\n"
    "  -v, --verbose         say what is done\n"
    "  -h, --help            print this help\n"
    "  -V, --version         print the version\n"
    "\n"
    "Exit status: 0 all went well, 1 an error, 2 a warning.\n";

/* Reads the value of an option; the text of a bad one is returned. */
static const char *read_value(struct mdci_request *r, int option,
                              const char *text)
{
    uint64_t number;
    switch (option) {
    case 'T':
        if (!mdci_parse_number(text, 0, 256, &number))
            return "a number of threads is 0 to 256";
        r->threads = number ? (unsigned)number : mdci_cores();
        return NULL;
    case 'M':
        return mdci_parse_memory(text, &r->memory_limit)
                   ? NULL
                   : "a memory limit is a size, a percentage or max";
    case 'S':
        r->suffix = text;
        return mdci_suffix_valid(text)
                   ? NULL
                   : "a suffix is not empty and has no slash";
    case OPT_FLUSH:
        return mdci_parse_flush(text, &r->flush)
                   ? NULL
                   : "a flush rule is a size (64K, 5M), a time (500ms, 5s, "
                     "5min, 1h) or line";
    case OPT_SYNC:
        return mdci_parse_sync(text, &r->sync)
                   ? NULL
                   : "outputs are synced by file, at the end, or never";
    case OPT_MAX_OUTPUT:
        return mdci_parse_size(text, &r->max_output) && r->max_output >= 1
                   ? NULL
                   : "the most output is a size";
    case OPT_FORMAT:
        return mdci_parse_content(text, &r->content)
                   ? NULL
                   : "a format is auto, bytes, log or lidar";
    case OPT_QUANTIZE:
        return mdci_parse_step(text, &r->quantize)
                   ? NULL
                   : "a step is 1e-9 to 1 metres, whole nanometres";
    case OPT_MAXDICT:
        return mdci_parse_size(text, &r->dictionary_room) &&
                       r->dictionary_room >= 1 &&
                       r->dictionary_room <= MDC_DICTIONARY_MAX
                   ? NULL
                   : "a dictionary has 1 byte to 8M";
    case 'D':
        r->dictionary_name = text;
        return NULL;
    case 'o':
        r->output = text;
        return NULL;
    default: /* OPT_BLOCK_SIZE */
        return mdci_parse_size(text, &r->block_size) && r->block_size >= 4096 &&
                       r->block_size <= 256 << 20
                   ? NULL
                   : "a block size is 4K to 256M";
    }
}

/* Sets what an option without a value stands for. */
static void set_flag(struct mdci_request *r, struct mdci_console *console,
                     int option)
{
    switch (option) {
    case 'z':
        r->mode = MDCI_COMPRESS;
        break;
    case 'd':
        r->mode = MDCI_DECOMPRESS;
        break;
    case 't':
        r->mode = MDCI_TEST;
        break;
    case 'l':
        r->mode = MDCI_LIST;
        break;
    case OPT_TEMPLATES:
        r->mode = MDCI_TEMPLATES;
        break;
    case OPT_EXPLAIN:
        r->mode = MDCI_EXPLAIN;
        break;
    case OPT_TRAIN:
        r->mode = MDCI_TRAIN;
        break;
    case OPT_SEEKABLE:
        r->seekable = true;
        break;
    case 'c':
        r->to_stdout = true;
        break;
    case 'f':
        r->force = true;
        break;
    case 'k':
        r->keep = true;
        r->remove = false;
        break;
    case OPT_RM:
        r->keep = false;
        r->remove = true;
        break;
    case 'r':
        r->recursive = true;
        break;
    case 'q':
        console->verbosity -= console->verbosity > MDCI_SILENT;
        break;
    case 'v':
        console->verbosity += console->verbosity < MDCI_VERBOSE;
        break;
    case OPT_FAST:
        r->level = 1;
        break;
    case OPT_BEST:
        r->level = 9;
        break;
    case OPT_VERIFY:
        r->verify = true;
        break;
    case OPT_NO_SPARSE:
        r->no_sparse = true;
        break;
    case OPT_NO_SYNC:
        r->sync = MDCI_SYNC_NEVER;
        break;
    case OPT_PROGRESS:
        r->progress = true;
        break;
    case OPT_JSON:
        r->json = true;
        break;
    case OPT_HTML:
        r->html = true;
        break;
    case OPT_SVG:
        r->svg = true;
        break;
    default: /* a digit */
        r->level = option - '0';
        break;
    }
}

static enum mdci_args_result print_version(void)
{
    (void)printf("midicoth %s\nlibmidicoth %s\n", MDC_VERSION_STRING,
                 mdc_version_string());
    return MDCI_ARGS_DONE;
}

static enum mdci_args_result parse_options(struct mdci_request *r,
                                           struct mdci_console *console,
                                           int argc, char **argv)
{
    for (;;) {
        const int option =
            getopt_long(argc, argv, short_options, long_options, NULL);
        const char *complaint = NULL;
        switch (option) {
        case -1:
            return MDCI_ARGS_RUN;
        case '?':
            (void)fputs("Try midicoth --help.\n", stderr);
            return MDCI_ARGS_BAD;
        case 'h':
            (void)fputs(help, stdout);
            return MDCI_ARGS_DONE;
        case 'V':
            return print_version();
        case 'T':
        case 'M':
        case 'S':
        case 'D':
        case 'o':
        case OPT_MAXDICT:
        case OPT_FLUSH:
        case OPT_MAX_OUTPUT:
        case OPT_SYNC:
        case OPT_FORMAT:
        case OPT_QUANTIZE:
        case OPT_BLOCK_SIZE:
            complaint = read_value(r, option, optarg);
            break;
        case OPT_FILES:
        case OPT_FILES0:
            r->list = optarg ? optarg : "-";
            r->list_end = option == OPT_FILES0 ? '\0' : '\n';
            break;
        default:
            set_flag(r, console, option);
            break;
        }
        if (complaint) {
            mdci_error(console, optarg, "%s", complaint);
            return MDCI_ARGS_BAD;
        }
    }
}

static bool allowed_in_environment(int option)
{
    return (option >= '0' && option <= '9') || option == 'T' ||
           option == OPT_FAST || option == OPT_BEST;
}

/* The environment sets level and threads. Anything else could make a script
 * lose or spill data, so it is refused loudly and not done. */
static void parse_environment(struct mdci_request *r,
                              struct mdci_console *console)
{
    static char name[] = "midicoth: MIDICOTH_OPT";
    static const char blanks[] = " \t\n";
    static const char refused[] = "only level and threads are taken from it";
    const char *value = getenv("MIDICOTH_OPT");
    char *words = value ? strdup(value) : NULL;
    /* Every second character at most starts a word. */
    char **argv = words ? calloc(strlen(words) / 2 + 3, sizeof(*argv)) : NULL;
    if (argv) {
        int argc = 0, option;
        char *rest = NULL;
        argv[argc++] = name;
        for (char *word = strtok_r(words, blanks, &rest); word;
             word = strtok_r(NULL, blanks, &rest))
            argv[argc++] = word;
        while ((option = getopt_long(argc, argv, short_options, long_options,
                                     NULL)) != -1) {
            const char *complaint = NULL;
            if (option == '?')
                console->status = MDCI_EXIT_ERROR;
            else if (!allowed_in_environment(option))
                complaint = refused;
            else if (option == 'T')
                complaint = read_value(r, option, optarg);
            else
                set_flag(r, console, option);
            if (complaint)
                mdci_error(console, "MIDICOTH_OPT", "%s", complaint);
        }
        if (optind < argc)
            mdci_error(console, "MIDICOTH_OPT", "%s", refused);
        optind = 0; /* start afresh: getopt_long() points into words */
    }
    free(argv);
    free(words);
}

static void set_from_name(struct mdci_request *r, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    if (strcmp(base, "unmidicoth") == 0 || strcmp(base, "mdccat") == 0)
        r->mode = MDCI_DECOMPRESS;
    if (strcmp(base, "mdccat") == 0)
        r->to_stdout = true;
}

/* A quarter of the memory is ours by default; a control group's limit holds
 * in any case, as going beyond it ends in being killed. An eighth of it is left
 * to what is not counted: the program itself, and others in the group. */
static uint64_t effective_limit(uint64_t asked)
{
    const uint64_t ram = mdci_ram();
    uint64_t group = mdci_cgroup_memory();
    if (asked == UINT64_MAX)
        return asked;
    if (group != UINT64_MAX)
        group -= group / 8;
    if (asked == 0 && ram != UINT64_MAX)
        asked = ram / 4;
    return asked != 0 && asked < group ? asked : group;
}

/* What belongs together. */
static const char *contradiction(const struct mdci_request *r)
{
    if (r->json && r->mode != MDCI_LIST && r->mode != MDCI_TEMPLATES &&
        r->mode != MDCI_EXPLAIN)
        return "--json needs --list, --templates or --explain";
    if (r->html && (r->mode != MDCI_EXPLAIN || r->json))
        return "--html needs --explain, and no --json";
    if (r->svg && (r->mode != MDCI_EXPLAIN || r->json || r->html))
        return "--svg needs --explain, and neither --json nor --html";
    if (r->mode == MDCI_TRAIN && !r->output)
        return "--train needs -o, the name of the dictionary to make";
    if (r->mode != MDCI_TRAIN && r->output)
        return "-o needs --train; output has the name of its input, or -c";
    if (r->quantize == 0 || r->mode == MDCI_DECOMPRESS)
        return NULL;
    if (r->mode != MDCI_COMPRESS && r->mode != MDCI_EXPLAIN)
        return "--quantize needs compression or --explain";
    if (r->level < 4)
        return "--quantize needs a level from -4 to -9";
    if (r->seekable || r->dictionary_name)
        return "--quantize does not go with --seekable or -D";
    if (r->content == MDC_CONTENT_BYTES || r->content == MDC_CONTENT_LOG)
        return "--quantize needs --format=auto or lidar";
    return NULL;
}

enum mdci_args_result mdci_args_parse(struct mdci_request *r,
                                      struct mdci_console *console, int argc,
                                      char **argv)
{
    static char program[] = "midicoth";
    *r = (struct mdci_request){.level = MDC_LEVEL_DEFAULT,
                               .threads = mdci_cores(),
                               .dictionary_room = MDC_DICTIONARY_DEFAULT};
    if (argc > 0) {
        set_from_name(r, argv[0]);
        argv[0] = program; /* getopt's messages start with it */
    }
    parse_environment(r, console);
    const enum mdci_args_result result = parse_options(r, console, argc, argv);
    if (result != MDCI_ARGS_RUN)
        return result;
    const char *complaint = contradiction(r);
    if (complaint) {
        mdci_error(console, NULL, "%s", complaint);
        return MDCI_ARGS_BAD;
    }
    if (r->mode == MDCI_TEST || r->mode == MDCI_TRAIN ||
        r->mode == MDCI_TEMPLATES || r->mode == MDCI_EXPLAIN)
        r->to_stdout = true;
    /* What was moved cannot be moved back: the original is dear. */
    if (r->quantize > 0 && r->mode == MDCI_COMPRESS && !r->remove)
        r->keep = true;
    r->memory_limit = effective_limit(r->memory_limit);
    r->files = argv + optind;
    r->file_count = argc - optind;
    return MDCI_ARGS_RUN;
}
