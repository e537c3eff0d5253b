/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_miner.h
 * \brief Finds the templates of lines: the encoder's part.
 *
 * Lines of one shape (log_scan.h) are a group. A group is cut in two, or more,
 * at the word that determines most of the others, and so on: a tree of words.
 * At a leaf, words that are all the same are the template's text, and what
 * varies is a slot, or several if its parts always look alike. Lines that fit
 * into no leaf wait until enough of them are there to be mined.
 */
#ifndef MDCI_LOG_MINER_H
#define MDCI_LOG_MINER_H

#include "codecs/log/log_scan.h"
#include "codecs/log/log_stamp.h"
#include "codecs/log/log_templates.h"

#define MDCI_LOG_MAX_NODES 16384
#define MDCI_LOG_MAX_STEPS 65536
#define MDCI_LOG_SHAPES    16384 /**< hash table of groups */
#define MDCI_LOG_SAMPLE    192   /**< lines that are looked at together */
#define MDCI_LOG_SAMPLED   16384 /**< tokens of these */

#define MDCI_LOG_SET      512   /**< more than twice a sample */
#define MDCI_LOG_LINE_MAX 16384 /**< bytes; longer ones have no template */

#define MDCI_LOG_NO_TEMPLATE UINT32_MAX

/** A piece of a segment's text. */
struct mdci_log_span {
    uint32_t at, size;
};

/* What a token must be: a constant, a slot, or parts of a certain shape; a
 * part is a constant or a slot, and parts follow their token's step. */
struct mdci_log_step {
    uint64_t hash; /* of the constant or the shape */
    uint32_t kind;
    uint32_t parts; /* number */
};

struct mdci_log_node {
    uint64_t word;     /* that leads here from the parent */
    uint32_t sibling;  /* next child of the parent; 0: none */
    uint32_t child;    /* of a fork: the first; 0: none */
    uint32_t token;    /* of a fork: which token it looks at */
    uint32_t template; /* of a leaf; of a fork MDCI_LOG_NO_TEMPLATE */
    uint32_t step;     /* of a leaf: the first of its steps */
    uint32_t other;    /* node for lines that a leaf does not fit; 0: none */
};

struct mdci_log_line {
    uint32_t at, size;
    uint32_t template; /* or MDCI_LOG_NO_TEMPLATE */
    uint32_t value;    /* the first of its values */
    uint32_t node;     /* where it waits to be mined; 0: it does not */
    uint32_t next;     /* next line that waits, + 1 */
};

/** Counts different numbers. */
struct mdci_log_set {
    uint64_t number[MDCI_LOG_SET];
    uint32_t stamp[MDCI_LOG_SET]; /* now: number is in it */
    uint32_t now;
    unsigned count;
};

struct mdci_log_miner {
    struct mdci_log_templates *templates;
    uint32_t node_count, step_count;
    struct mdci_log_node node[MDCI_LOG_MAX_NODES]; /* 0 is not used */
    struct mdci_log_step step[MDCI_LOG_MAX_STEPS];
    uint64_t shape[MDCI_LOG_SHAPES];
    uint32_t root[MDCI_LOG_SHAPES]; /* 0: free */
    uint32_t shape_count;
    uint32_t waiting[MDCI_LOG_MAX_NODES]; /* line + 1 */
    /* For people: rounds go on, samples are drawn, time stamps are slots;
     * NULL: for a codec. */
    const struct mdci_log_stamps *stamps;

    /* The segment at hand. */
    const uint8_t *text;
    struct mdci_log_span *values;
    size_t value_count, max_values;
    struct mdci_log_scan line, parts;

    /* While mining. */
    uint32_t tokens;           /* of each line */
    uint32_t stamp, stamp_end; /* those that are a time stamp */
    uint32_t sampled;
    struct mdci_log_span sample[MDCI_LOG_SAMPLE]; /* lines */
    struct mdci_log_token sample_token[MDCI_LOG_SAMPLED];
    struct mdci_log_set set;
    uint8_t template_text[MDCI_LOG_LINE_MAX];
};

/** A miner for a codec, without templates. */
void mdci_log_miner_reset(struct mdci_log_miner *m,
                          struct mdci_log_templates *templates);

/**
 * Finds the template and the values of lines of text, mining new templates
 * where lines fit into none.
 * \param lines   each with at and size; gets template and value
 * \param values  room for max_values
 * \return number of values
 */
size_t mdci_log_mine(struct mdci_log_miner *m, const uint8_t *text,
                     struct mdci_log_line *lines, size_t count,
                     struct mdci_log_span *values, size_t max_values);

#endif
