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
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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
    return 0;
}
