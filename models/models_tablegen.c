/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file models_tablegen.c
 * \brief Writes models/tables.c to standard output. The result is committed:
 *        the tables are wire format, and floating point differs by machine.
 *
 * Bit history states. A state counts zeros and ones (n0, n1) as far as the
 * pair is allowed, and knows the last bit where both are there and few. The
 * larger count may be the higher the smaller the other is; a bit that
 * contradicts many cuts their count down, so that states follow changes.
 *
 * Symbol trees. The log tree is Huffman's within each of its clusters, which
 * were grouped by hand; the frequencies are rough ones of what logs' fields
 * are spelled with, once what can be predicted is left out. Digits keep the
 * order of their values: numbers near each other share decisions.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables.h"

#define COUNTS 64

/* Largest larger count for a smaller count of 0..4. */
static const int largest[5] = {44, 26, 12, 7, 5};

static int allowed(int a, int b)
{
    const int low = a < b ? a : b;
    const int high = a < b ? b : a;
    return low <= 4 && high <= largest[low];
}

/* What is left of a count when the other bit comes. */
static int discount(int n)
{
    return n <= 2    ? n
           : n <= 3  ? 2
           : n <= 5  ? 3
           : n <= 8  ? 4
           : n <= 14 ? 5
           : n <= 24 ? 6
                     : 7;
}

static int state_of[COUNTS][COUNTS][2];
static int count0[256], count1[256], states;

static int knows_last(int a, int b)
{
    return a > 0 && b > 0 && a + b <= 14;
}

static void number_states(void)
{
    memset(state_of, -1, sizeof state_of);
    for (int total = 0; total < COUNTS; total++) {
        for (int a = 0; a <= total; a++) {
            const int b = total - a;
            if (!allowed(a, b))
                continue;
            for (int last = 0; last <= knows_last(a, b); last++) {
                state_of[a][b][last] = states;
                if (!knows_last(a, b))
                    state_of[a][b][1] = states;
                count0[states] = a;
                count1[states] = b;
                states++;
            }
        }
    }
}

static int next_state(int state, int bit)
{
    int n[2] = {count0[state], count1[state]};
    n[bit]++;
    n[!bit] = discount(n[!bit]);
    while (!allowed(n[0], n[1])) {
        const int low = n[0] < n[1] ? n[0] : n[1];
        if (low <= 1 || n[!bit] == 0)
            n[bit]--;
        else if (n[!bit] > 1 || n[!bit] > n[bit])
            n[!bit]--;
        else
            n[bit]--;
    }
    return state_of[n[0]][n[1]][bit];
}

/* What a state says before anything was learned: 16-bit P(1). */
static double first_probability(int state)
{
    const double a = count0[state], b = count1[state];
    if (a == 0 && b > 0)
        return 1 - 1 / (b * 5 + 2);
    if (b == 0 && a > 0)
        return 1 / (a * 5 + 2);
    return (b * 2 + 0.8) / (a * 2 + b * 2 + 1.6);
}

static void print_rows(const long *values, int n)
{
    for (int i = 0; i < n; i++)
        printf("%s%ld,", i % 8 ? " " : "\n    ", values[i]);
    printf("\n");
}

static void print_numbers(const char *type, const char *name, const char *dim,
                          const long *values, int n)
{
    printf("\nconst %s %s%s = {", type, name, dim);
    print_rows(values, n);
    printf("};\n");
}

/* ---- Symbol trees -------------------------------------------------------- */

/* Exits of a cluster: bytes, and clusters by number + 256. */
struct cluster {
    int exits[16];
    int count;
};

static struct cluster clusters[32];
static int cluster_count;
static int next_node[256][2], place_of[256], nodes;
static unsigned code_of[256];
static int second_of[256];

/* Rough frequencies per thousand; what is not here is rare. */
static const struct {
    const char *bytes;
    int weight;
} frequencies[] = {
    {" 0123", 48}, {"e", 44},        {"45ort", 31},      {"6789nai.:s", 23},
    {"c]dp", 17},  {"/,lugh", 12},   {"mk-RSxvNTP_f", 7}, {"\rE\"CybAMO", 5},
    {"FwWGID", 4}, {"UBL[\n)Kzq", 2}, {"VH(QXj=ZY\tJ;&+", 1}};

/* Bytes that have a place of their own; the rest is grouped by nibbles. */
static const char *const groups[] = {
    "0123456789 ", ":.]/,-\r\"[\n)(=\t;&", "eortnaiscdpluhgm",
    "kxvfybwzqj_+%'?$", "RSNTPECAMOFIDWG", "BULKVHQXZYJ@}{#*"};

static int weight_of(int exit)
{
    if (exit >= 256) {
        int sum = 0;
        const struct cluster *c = &clusters[exit - 256];
        for (int i = 0; i < c->count; i++)
            sum += weight_of(c->exits[i]);
        return sum > 16000 ? sum : 16000;
    }
    for (size_t i = 0; i < sizeof frequencies / sizeof frequencies[0]; i++)
        if (exit && strchr(frequencies[i].bytes, exit))
            return frequencies[i].weight * 1000;
    return 100;
}

static int add_cluster(const char *bytes)
{
    struct cluster *c = &clusters[cluster_count];
    for (; bytes && *bytes; bytes++)
        c->exits[c->count++] = (unsigned char)*bytes;
    return 256 + cluster_count++;
}

static void add_exit(int cluster, int exit)
{
    struct cluster *c = &clusters[cluster - 256];
    c->exits[c->count++] = exit;
}

static int is_grouped(int byte)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (byte && strchr(groups[i], byte))
            return 1;
    return 0;
}

static void group_bytes(void)
{
    const int root = add_cluster(groups[0]);
    for (int g = 1; g < 5; g++)
        add_exit(root, add_cluster(groups[g]));
    add_exit(root + 4, add_cluster(groups[5]));
    const int rest = add_cluster(NULL);
    add_exit(root, rest);
    for (int high = 0; high < 16; high++) {
        const int group = add_cluster(NULL);
        for (int low = 0; low < 16; low++)
            if (!is_grouped(high * 16 + low))
                add_exit(group, high * 16 + low);
        if (clusters[group - 256].count)
            add_exit(rest, group);
        else
            cluster_count--;
    }
}

/* How the root's first items, the digits, are joined: 10 and more are the
 * joins before. 0-1 2-3 4-5 6-7 0-3 4-7 8-9 4-9 0-9. */
#define DIGIT_JOINS 9
static const int digit_joins[DIGIT_JOINS][2] = {
    {0, 1}, {2, 3}, {4, 5}, {6, 7}, {10, 11}, {12, 13}, {8, 9}, {15, 16},
    {14, 17}};

/* Gives the exits of a cluster their paths, and numbers the nodes by levels.
 * \param path  to the cluster behind a 1, \param link  what points to it */
static void build_cluster(int cluster, unsigned path, int depth, int level,
                          int *link)
{
    const struct cluster *c = &clusters[cluster - 256];
    int left[31], right[31], weight[31], used[31] = {0}, n = c->count;
    for (int i = 0; i < n; i++)
        weight[i] = weight_of(c->exits[i]);
    for (int top = n; top < 2 * n - 1; top++) {
        int pair[2] = {-1, -1};
        for (int k = 0; k < 2; k++) {
            if (level == 0 && top < n + DIGIT_JOINS) {
                const int item = digit_joins[top - n][!k];
                pair[k] = item < 10 ? item : item - 10 + n;
            } else {
                for (int i = 0; i < top; i++)
                    if (!used[i] &&
                        (pair[k] < 0 || weight[i] < weight[pair[k]]))
                        pair[k] = i;
            }
            used[pair[k]] = 1;
        }
        left[top] = pair[1];
        right[top] = pair[0];
        weight[top] = weight[pair[0]] + weight[pair[1]];
    }
    /* Breadth first: siblings are neighbours. */
    struct {
        int item, depth;
        unsigned path;
        int *link;
    } queue[31] = {{2 * n - 2, depth, path, link}};
    int *exit_link[31];
    const int first = nodes;
    for (int head = 0, tail = 1; head < tail; head++) {
        const int item = queue[head].item;
        if (item < n) {
            const int exit = c->exits[item];
            exit_link[item] = queue[head].link;
            if (exit < 256) {
                *queue[head].link = MDCI_TREE_LEAF | exit;
                code_of[exit] = queue[head].path << (15 - queue[head].depth);
                if (queue[head].depth > 15)
                    abort();
            }
            continue;
        }
        const int node = nodes++;
        *queue[head].link = node;
        place_of[node] = node - first + 1;
        for (int bit = 0; bit < 2; bit++) {
            queue[tail].item = bit ? right[item] : left[item];
            queue[tail].depth = queue[head].depth + 1;
            queue[tail].path = queue[head].path * 2 + (unsigned)bit;
            queue[tail++].link = &next_node[node][bit];
        }
    }
    for (int head = 0; head < 2 * n - 1; head++) {
        const int item = queue[head].item;
        if (item >= n || c->exits[item] < 256)
            continue;
        const int inner = nodes;
        build_cluster(c->exits[item], queue[head].path, queue[head].depth,
                      level + 1, exit_link[item]);
        if (level == 0)
            for (int byte = 0; byte < 256; byte++)
                if (code_of[byte] >> (15 - queue[head].depth) ==
                    queue[head].path)
                    second_of[byte] = inner;
    }
}

static void plain_tree(void)
{
    for (int node = 1; node < 256; node++) {
        for (int bit = 0; bit < 2; bit++)
            next_node[node][bit] =
                node < 128 ? node * 2 + bit
                           : MDCI_TREE_LEAF | ((node * 2 + bit) & 255);
    }
    for (int node = 1; node < 256; node++) {
        int top = node < 16 ? 1 : node;
        while (top >= 32)
            top /= 2;
        for (int half = 1; place_of[node] == 0; half *= 2)
            if (node / half == top)
                place_of[node] = half + node % half;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        code_of[byte] = (256 | byte) << 7;
        second_of[byte] = (int)(16 | byte >> 4);
    }
}

static void log_tree(void)
{
    int root;
    memset(code_of, 0, sizeof code_of);
    memset(second_of, 0, sizeof second_of);
    group_bytes();
    nodes = 1;
    build_cluster(256, 1, 0, 0, &root);
    if (root != 1 || nodes != 256)
        abort();
}

static void print_tree(void)
{
    printf("    {{");
    for (int i = 0; i < 256; i++)
        printf("%s%u,", i % 8 ? " " : "\n    ", code_of[i]);
    printf("\n    }, {");
    for (int i = 0; i < 256; i++)
        printf("%s{%d, %d},", i % 4 ? " " : "\n    ", next_node[i][0],
               next_node[i][1]);
    printf("\n    }, {");
    for (int i = 0; i < 256; i++)
        printf("%s%d,", i % 8 ? " " : "\n    ", place_of[i]);
    printf("\n    }, {");
    for (int i = 0; i < 256; i++)
        printf("%s%d,", i % 8 ? " " : "\n    ", second_of[i]);
    printf("\n    }},\n");
}

int main(void)
{
    static long v[4096];

    number_states();
    printf("/* SPDX-License-Identifier: BSD-3-Clause */\n"
           "/**\n"
           " * \\file tables.c\n"
           " * \\brief Constant tables, made by models_tablegen.c: do not "
           "edit.\n"
           " */\n"
           "#include \"models/tables.h\"\n\n"
           "/* clang-format off */");
    for (int s = -2047; s <= 2047; s++) {
        const double p = 65536 / (1 + exp2(-s / 128.0));
        v[s + 2047] = (long)floor(p + 0.5);
    }
    print_numbers("uint16_t", "mdci_squash_table", "[4095]", v, 4095);
    for (int i = 0; i <= 1024; i++)
        v[i] = i ? 4194304 / i : 0;
    print_numbers("uint32_t", "mdci_inverse", "[1025]", v, 1025);
    for (int b = 0; b < 16; b++) {
        const double p = 1 / (1 + exp2(-(b * 256 - 1920) / 128.0));
        v[b] = (long)floor(p * (1 - p) * 4194304 + 0.5);
    }
    print_numbers("uint32_t", "mdci_diffusion_centre", "[16]", v, 16);
    printf("\nconst uint8_t mdci_state_next[2][256] = {");
    for (int bit = 0; bit < 2; bit++) {
        for (int s = 0; s < 256; s++)
            v[s] = s < states ? next_state(s, bit) : 0;
        printf("\n    {");
        print_rows(v, 256);
        printf("    },");
    }
    printf("\n};\n");
    for (int s = 0; s < 256; s++)
        v[s] = s < states ? count0[s] + count1[s] : 0;
    print_numbers("uint8_t", "mdci_state_count", "[256]", v, 256);
    for (int s = 0; s < 256; s++)
        v[s] = s < states ? (long)(first_probability(s) * 65536) : 32768;
    print_numbers("uint16_t", "mdci_state_start", "[256]", v, 256);
    printf("\nconst struct mdci_tree mdci_trees[2] = {\n");
    plain_tree();
    print_tree();
    log_tree();
    print_tree();
    printf("};\n");
    return 0;
}
