/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_miner.c
 * \brief Finds the templates of lines: the encoder's part.
 */
#include "config.h"

#include "codecs/log/log_miner.h"

#include <string.h>

enum {
    STEP_CONSTANT,
    STEP_SLOT,
    STEP_PARTS,
    ROUNDS = 3,       /* of mining the same lines */
    MORE_ROUNDS = 32, /* the same, for people */
    MAX_WORDS = 64,   /* children of a fork that is made */
    MAX_DEPTH = 12,   /* forks that are made one below the other */
    MAX_WALK = 200,   /* nodes that are looked at for a line */
};

void mdci_log_miner_reset(struct mdci_log_miner *m,
                          struct mdci_log_templates *templates)
{
    m->templates = templates;
    m->stamps = NULL;
    m->stamp = m->stamp_end = 0;
    m->node_count = 1;
    m->step_count = m->shape_count = 0;
    memset(m->root, 0, sizeof(m->root));
    memset(m->waiting, 0, sizeof(m->waiting));
    memset(m->set.stamp, 0, sizeof(m->set.stamp));
    m->set.now = 0;
}

/* ---- Matching ------------------------------------------------------------ */

static int put_value(struct mdci_log_miner *m, size_t at, size_t size)
{
    if (m->value_count == m->max_values)
        return 0;
    m->values[m->value_count++] =
        (struct mdci_log_span){(uint32_t)at, (uint32_t)size};
    return 1;
}

/* 1 if the token at text[at] has the shape and the constants of its parts. */
static int fit_parts(struct mdci_log_miner *m, const struct mdci_log_step *step,
                     size_t at, size_t size)
{
    if (!mdci_log_scan_token(&m->parts, m->text + at, size) ||
        m->parts.shape != step->hash || m->parts.count != step->parts)
        return 0;
    for (unsigned i = 0; i < m->parts.count; i++) {
        const struct mdci_log_token *part = &m->parts.token[i];
        const struct mdci_log_step *want = step + 1 + i;
        if (want->kind == STEP_CONSTANT
                ? want->hash != part->hash
                : !put_value(m, at + part->at, part->size))
            return 0;
    }
    return 1;
}

static int fit_leaf(struct mdci_log_miner *m, const struct mdci_log_node *leaf,
                    size_t at)
{
    const size_t before = m->value_count;
    const struct mdci_log_step *step = m->step + leaf->step;
    for (unsigned i = 0; i < m->line.count; i++, step += 1 + step->parts) {
        const struct mdci_log_token *token = &m->line.token[i];
        int fits;
        if (step->kind == STEP_CONSTANT)
            fits = step->hash == token->hash;
        else if (step->kind == STEP_SLOT)
            fits = put_value(m, at + token->at, token->size);
        else
            fits = fit_parts(m, step, at + token->at, token->size);
        if (!fits) {
            m->value_count = before;
            return 0;
        }
    }
    return 1;
}

static uint32_t find_root(struct mdci_log_miner *m, uint64_t shape, int make)
{
    uint32_t i = (uint32_t)(shape >> 20) % MDCI_LOG_SHAPES;
    while (m->root[i] && m->shape[i] != shape)
        i = (i + 1) % MDCI_LOG_SHAPES;
    if (m->root[i] || !make)
        return m->root[i];
    if (m->shape_count >= MDCI_LOG_SHAPES / 2 ||
        m->node_count == MDCI_LOG_MAX_NODES)
        return 0;
    m->shape_count++;
    m->shape[i] = shape;
    m->root[i] = m->node_count;
    m->node[m->node_count++] = (struct mdci_log_node){
        .template = MDCI_LOG_NO_TEMPLATE,
        .token = MDCI_LOG_TOKENS, /* an empty root: everything waits here */
    };
    return m->root[i];
}

/* Gives the line a template and its values, or the node where it waits. */
static void fit_line(struct mdci_log_miner *m, struct mdci_log_line *line)
{
    line->template = MDCI_LOG_NO_TEMPLATE;
    line->value = (uint32_t)m->value_count;
    line->node = 0;
    if (line->size > MDCI_LOG_LINE_MAX ||
        !mdci_log_scan_line(&m->line, m->text + line->at, line->size))
        return;
    uint32_t at = find_root(m, m->line.shape, 1);
    for (unsigned walk = 0; at && walk < MAX_WALK; walk++) {
        const struct mdci_log_node *node = &m->node[at];
        line->node = at;
        if (node->template != MDCI_LOG_NO_TEMPLATE) {
            if (fit_leaf(m, node, line->at)) {
                line->template = node->template;
                line->node = 0;
                return;
            }
            at = node->other;
        } else if (node->token >= m->line.count) {
            at = node->other;
        } else {
            const uint64_t word = m->line.token[node->token].hash;
            at = node->child;
            for (; at && m->node[at].word != word; walk++)
                at = m->node[at].sibling;
        }
    }
}

/* ---- Making templates ---------------------------------------------------- */

static void set_clear(struct mdci_log_set *s)
{
    s->now++;
    s->count = 0;
}

static void set_add(struct mdci_log_set *s, uint64_t number)
{
    unsigned i = (unsigned)(number >> 24) % MDCI_LOG_SET;
    while (s->stamp[i] == s->now) {
        if (s->number[i] == number)
            return;
        i = (i + 1) % MDCI_LOG_SET;
    }
    s->stamp[i] = s->now;
    s->number[i] = number;
    s->count++;
}

/* Lines of the sample that are looked at together. */
struct group {
    uint8_t line[MDCI_LOG_SAMPLE];
    unsigned count;
};

static const struct mdci_log_token *token_of(const struct mdci_log_miner *m,
                                             unsigned line, unsigned token)
{
    return &m->sample_token[line * m->tokens + token];
}

static unsigned count_words(struct mdci_log_miner *m, const struct group *g,
                            unsigned token)
{
    set_clear(&m->set);
    for (unsigned i = 0; i < g->count; i++)
        set_add(&m->set, token_of(m, g->line[i], token)->hash);
    return m->set.count;
}

static unsigned count_pairs(struct mdci_log_miner *m, const struct group *g,
                            unsigned a, unsigned b)
{
    set_clear(&m->set);
    for (unsigned i = 0; i < g->count; i++)
        set_add(&m->set, token_of(m, g->line[i], a)->hash * 3 ^
                             token_of(m, g->line[i], b)->hash);
    return m->set.count;
}

static int is_stamp(const struct mdci_log_miner *m, unsigned token)
{
    return token >= m->stamp && token < m->stamp_end;
}

/* The word that best says what the others are; MDCI_LOG_TOKENS if none is
 * worth a fork. */
static unsigned find_fork(struct mdci_log_miner *m, const struct group *g)
{
    unsigned token[MDCI_LOG_TOKENS], words[MDCI_LOG_TOKENS], count = 0;
    unsigned vary = 0;
    for (unsigned i = 0; i < m->tokens; i++) {
        if (!token_of(m, g->line[0], i)->word || is_stamp(m, i))
            continue;
        const unsigned n = count_words(m, g, i);
        if (n == 1)
            continue;
        token[count] = i;
        words[count++] = n;
        vary += n - 1;
    }
    unsigned best = MDCI_LOG_TOKENS, best_gain = 0;
    for (unsigned i = 0; i < count && i < 16; i++) {
        if (words[i] > MAX_WORDS || words[i] * 2 > g->count)
            continue;
        unsigned left = 0;
        for (unsigned k = 0; k < count && k < 24; k++)
            if (k != i)
                left += count_pairs(m, g, token[i], token[k]) - words[i];
        const unsigned before = vary - (words[i] - 1);
        if (left * 2 <= before && before - left > best_gain) {
            best_gain = before - left;
            best = token[i];
        }
    }
    return best;
}

static int put_text(struct mdci_log_miner *m, size_t *size, const uint8_t *text,
                    size_t count)
{
    if (count > MDCI_LOG_LINE_MAX - *size)
        return 0;
    memcpy(m->template_text + *size, text, count);
    *size += count;
    return 1;
}

static struct mdci_log_step *put_step(struct mdci_log_miner *m, uint32_t kind,
                                      uint64_t hash)
{
    if (m->step_count == MDCI_LOG_MAX_STEPS)
        return NULL;
    struct mdci_log_step *step = &m->step[m->step_count++];
    *step = (struct mdci_log_step){.kind = kind, .hash = hash};
    return step;
}

/* Splits the tokens of a column into parts, if all have the same shape and
 * their words are the same. Adds to the template; 0: there is no use in it. */
static int try_parts(struct mdci_log_miner *m, const struct group *g,
                     unsigned token, size_t *size)
{
    const struct mdci_log_span *sample = m->sample;
    const struct mdci_log_token *first = token_of(m, g->line[0], token);
    uint64_t part[MDCI_LOG_PARTS];
    uint8_t varies[MDCI_LOG_PARTS] = {0};
    uint64_t shape = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < g->count; i++) {
        const struct mdci_log_token *t = token_of(m, g->line[i], token);
        const uint8_t *text = m->text + sample[g->line[i]].at + t->at;
        if (!mdci_log_scan_token(&m->parts, text, t->size))
            return 0;
        if (i == 0) {
            shape = m->parts.shape;
            count = m->parts.count;
            for (unsigned k = 0; k < count; k++)
                part[k] = m->parts.token[k].hash;
        }
        if (m->parts.shape != shape)
            return 0;
        for (unsigned k = 0; k < count; k++) {
            if (m->parts.token[k].hash == part[k])
                continue;
            if (m->parts.token[k].word)
                return 0;
            varies[k] = 1;
        }
    }
    if (count < 2 && first->size == m->parts.token[0].size)
        return 0;
    /* The first line's parts again, as the template's text. */
    const uint8_t *text = m->text + sample[g->line[0]].at + first->at;
    (void)mdci_log_scan_token(&m->parts, text, first->size);
    struct mdci_log_step *step = put_step(m, STEP_PARTS, shape);
    if (!step)
        return 0;
    step->parts = count;
    size_t from = 0;
    for (unsigned k = 0; k < count; k++) {
        const struct mdci_log_token *t = &m->parts.token[k];
        const uint8_t slot = MDCI_LOG_SLOT;
        if (!put_step(m, varies[k] ? STEP_SLOT : STEP_CONSTANT, part[k]) ||
            !put_text(m, size, text + from, t->at - from) ||
            !(varies[k] ? put_text(m, size, &slot, 1)
                        : put_text(m, size, text + t->at, t->size)))
            return 0;
        from = t->at + t->size;
    }
    return put_text(m, size, text + from, first->size - from);
}

static int make_token(struct mdci_log_miner *m, const struct group *g,
                      unsigned token, size_t *size)
{
    const struct mdci_log_token *t = token_of(m, g->line[0], token);
    const unsigned different = count_words(m, g, token);
    const uint8_t *text = m->text + m->sample[g->line[0]].at + t->at;
    const uint8_t slot = MDCI_LOG_SLOT;
    if (is_stamp(m, token)) /* it varies, if not among these lines */
        return put_step(m, STEP_SLOT, 0) && put_text(m, size, &slot, 1);
    if (different == 1 && (t->word || g->count >= 4))
        return put_step(m, STEP_CONSTANT, t->hash) &&
               put_text(m, size, text, t->size);
    const uint32_t steps = m->step_count;
    const size_t size_before = *size;
    if (different * 2 > g->count && different > 1 &&
        try_parts(m, g, token, size))
        return 1;
    m->step_count = steps;
    *size = size_before;
    return put_step(m, STEP_SLOT, 0) && put_text(m, size, &slot, 1);
}

/* Makes node a leaf for the lines of a group. */
static int make_leaf(struct mdci_log_miner *m, const struct group *g,
                     uint32_t node)
{
    const struct mdci_log_span line = m->sample[g->line[0]];
    const uint32_t step = m->step_count;
    size_t size = 0, from = 0;
    for (unsigned i = 0; i < m->tokens; i++) {
        const struct mdci_log_token *t = token_of(m, g->line[0], i);
        if (!put_text(m, &size, m->text + line.at + from, t->at - from) ||
            !make_token(m, g, i, &size))
            return 0;
        from = t->at + t->size;
    }
    if (!put_text(m, &size, m->text + line.at + from, line.size - from) ||
        !mdci_log_templates_add(m->templates, m->template_text, size))
        return 0;
    m->node[node].template = m->templates->count - 1;
    m->node[node].step = step;
    return 1;
}

static uint32_t new_node(struct mdci_log_miner *m)
{
    if (m->node_count == MDCI_LOG_MAX_NODES)
        return 0;
    m->node[m->node_count] = (struct mdci_log_node){
        .template = MDCI_LOG_NO_TEMPLATE, .token = MDCI_LOG_TOKENS};
    return m->node_count++;
}

/* Makes what is below a node for the lines of a group, of at least two. */
static void make_tree(struct mdci_log_miner *m, const struct group *g,
                      uint32_t node, unsigned depth)
{
    const unsigned fork = depth < MAX_DEPTH ? find_fork(m, g) : MDCI_LOG_TOKENS;
    if (fork == MDCI_LOG_TOKENS) {
        (void)make_leaf(m, g, node);
        return;
    }
    m->node[node].token = fork;
    uint8_t taken[MDCI_LOG_SAMPLE] = {0};
    for (unsigned i = 0; i < g->count; i++) {
        if (taken[i])
            continue;
        struct group same = {.count = 0};
        const uint64_t word = token_of(m, g->line[i], fork)->hash;
        for (unsigned k = i; k < g->count; k++) {
            if (token_of(m, g->line[k], fork)->hash != word)
                continue;
            taken[k] = 1;
            same.line[same.count++] = g->line[k];
        }
        const uint32_t child = same.count > 1 ? new_node(m) : 0;
        if (!child)
            continue;
        m->node[child].word = word;
        m->node[child].sibling = m->node[node].child;
        m->node[node].child = child;
        make_tree(m, &same, child, depth + 1);
    }
}

/* Where the tree for lines that wait at a node is to be put: an empty node, a
 * new child of a fork or the other side of a leaf. */
static uint32_t place_for(struct mdci_log_miner *m, uint32_t node,
                          uint64_t word)
{
    struct mdci_log_node *n = &m->node[node];
    if (n->template == MDCI_LOG_NO_TEMPLATE && n->token == MDCI_LOG_TOKENS)
        return node;
    const uint32_t made = new_node(m);
    if (!made)
        return 0;
    if (n->template == MDCI_LOG_NO_TEMPLATE) {
        m->node[made].word = word;
        m->node[made].sibling = n->child;
        n->child = made;
    } else {
        n->other = made;
    }
    return made;
}

/* Which of the lines number * step to number * step + step - 1 is taken. One at
 * a fixed distance from the one before has the same value each time where
 * values come in turn. */
static uint32_t pick(const struct mdci_log_miner *m, uint32_t number,
                     uint32_t step)
{
    if (!m->stamps)
        return 0;
    return (uint32_t)((number + 1) * UINT64_C(0x9E3779B97F4A7C15) >> 33) % step;
}

/* Finds the tokens of the first line's time stamp; the others' are alike. */
static void find_stamp(struct mdci_log_miner *m)
{
    int64_t time;
    m->stamp = m->stamp_end = 0;
    if (!m->stamps)
        return;
    struct mdci_log_stamps stamps = *m->stamps;
    stamps.text = NULL;
    if (mdci_log_stamp(&stamps, m->text + m->sample[0].at, m->sample[0].size,
                       &time) == MDCI_LOG_NO_TIME)
        return;
    while (m->stamp < m->tokens &&
           token_of(m, 0, m->stamp)->at + token_of(m, 0, m->stamp)->size <=
               stamps.at)
        m->stamp++;
    m->stamp_end = m->stamp;
    while (m->stamp_end < m->tokens &&
           token_of(m, 0, m->stamp_end)->at < stamps.end)
        m->stamp_end++;
}

/* Mines the lines of a chain that wait at a node; at a fork only those that
 * have the first one's word there. */
static void mine_node(struct mdci_log_miner *m,
                      const struct mdci_log_line *lines, uint32_t node)
{
    const struct mdci_log_node *n = &m->node[node];
    const int fork =
        n->template == MDCI_LOG_NO_TEMPLATE && n->token < MDCI_LOG_TOKENS;
    uint32_t total = 0;
    for (uint32_t i = m->waiting[node]; i; i = lines[i - 1].next)
        total++;
    if (total < 2)
        return;
    uint64_t word = 0;
    const uint32_t step =
        fork ? 1 : (total + MDCI_LOG_SAMPLE - 1) / MDCI_LOG_SAMPLE;
    m->sampled = 0;
    uint32_t number = 0;
    for (uint32_t i = m->waiting[node]; i; i = lines[i - 1].next) {
        const struct mdci_log_line *line = &lines[i - 1];
        const uint32_t at = number++;
        if (at % step != pick(m, at / step, step) ||
            m->sampled == MDCI_LOG_SAMPLE)
            continue;
        (void)mdci_log_scan_line(&m->line, m->text + line->at, line->size);
        if (fork && m->sampled == 0)
            word = m->line.token[n->token].hash;
        if (fork && word != m->line.token[n->token].hash)
            continue;
        m->tokens = m->line.count;
        if ((m->sampled + 1) * m->tokens > MDCI_LOG_SAMPLED)
            break;
        m->sample[m->sampled] = (struct mdci_log_span){line->at, line->size};
        memcpy(&m->sample_token[m->sampled * m->tokens], m->line.token,
               m->tokens * sizeof(m->line.token[0]));
        m->sampled++;
    }
    if (m->sampled < 2)
        return;
    const uint32_t place = place_for(m, node, word);
    if (!place)
        return;
    find_stamp(m);
    struct group all = {.count = m->sampled};
    for (unsigned i = 0; i < m->sampled; i++)
        all.line[i] = (uint8_t)i;
    make_tree(m, &all, place, 0);
}

size_t mdci_log_mine(struct mdci_log_miner *m, const uint8_t *text,
                     struct mdci_log_line *lines, size_t count,
                     struct mdci_log_span *values, size_t max_values)
{
    m->text = text;
    m->values = values;
    m->value_count = 0;
    m->max_values = max_values;
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        fit_line(m, &lines[i]);
        left += lines[i].node != 0;
    }
    const unsigned rounds = m->stamps ? MORE_ROUNDS : ROUNDS;
    for (unsigned round = 0; round < rounds && left > 1 &&
                             m->templates->count < MDCI_LOG_MAX_TEMPLATES;
         round++) {
        const uint32_t steps = m->step_count, made = m->templates->count;
        memset(m->waiting, 0, sizeof(m->waiting));
        for (size_t i = count; i-- > 0;) {
            if (!lines[i].node)
                continue;
            lines[i].next = m->waiting[lines[i].node];
            m->waiting[lines[i].node] = (uint32_t)i + 1;
        }
        const uint32_t nodes = m->node_count;
        for (uint32_t i = 1; i < nodes; i++)
            if (m->waiting[i])
                mine_node(m, lines, i);
        if (m->node_count == nodes && m->step_count == steps &&
            m->templates->count == made)
            break; /* nor would another round make any */
        left = 0;
        for (size_t i = 0; i < count; i++) {
            if (!lines[i].node)
                continue;
            fit_line(m, &lines[i]);
            left += lines[i].node != 0;
        }
    }
    return m->value_count;
}
