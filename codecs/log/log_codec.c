/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_codec.c
 * \brief Binds the log front end to a byte codec: zstd, lzma or the engine.
 *
 * A chunk is cut into segments. A segment is given to the byte codec as it is,
 * or as the texts and the structure that its plan is written as; what is
 * smaller for the first segment of a block is used for all of it.
 *
 * A proof reads plans back as the decoder does. What models coded for them
 * (texts and structure, numbers, noise) it takes from the encoder's memory.
 */
#include "config.h"

#include "codecs/log/log_codec.h"
#include "codecs/log/log_noise.h"
#include "codecs/log/log_streams.h"
#include "codecs/log/log_tape.h"
#include "src/base/bytes.h"
#include "src/base/varint.h"

#include <string.h>

enum {
    SEGMENT = 1 << 20,       /* bytes at most */
    FIRST_SEGMENT = 1 << 18, /* on which it is decided what is smaller */
    HOLE = 4096,           /* zeros at the start that say nothing of the rest */
    LONG_ENOUGH = 1 << 15, /* for more to come: templates are written once, */
    MARGIN = 32,           /* so that a plan may take so much more there */
    TEXT_SHARE = 8, /* of a claimed block, what its texts are expected to be */
    SAMPLE_LEAST = 8 << 10, /* bytes, of a block that is claimed */
    SAMPLE = 16 << 10,      /* of it, from so many places */
    SAMPLE_PIECES = 4,
    SAMPLE_ROW = 2,        /* by which a sample is tried, */
    SAMPLE_RIVAL_ROW = 24, /* and by the byte models */
    PROBE_ROW = 1,         /* of zstd */
    HEADER_MAX = 8 * MDCI_VARINT_MAX
};

/* How a segment is written. */
enum form { FORM_BYTES, FORM_PLAN, FORM_ROWS };

struct parameters {
    unsigned row;
    enum mdci_codec_id inner;
    unsigned inner_row;
    unsigned rows; /* of numbers as decisions: most bits of their tables; 0:
                      numbers are in the structure */
    /* Per cent of what byte models make of its sample that a block may come to
     * to be claimed, as rows are faster; 0: none is claimed. */
    unsigned most;
};

/* clang-format off */
static const struct parameters rows[] = {
    {1, MDCI_CODEC_ZSTD, 1,  0,   0},
    {2, MDCI_CODEC_ZSTD, 1, 11,   0},
    {3, MDCI_CODEC_LZMA, 3, 12,   0},
    {4, MDCI_CODEC_CM,   4, 12, 114},
    {5, MDCI_CODEC_CM,  15, 12, 107},
    {6, MDCI_CODEC_CM,  16, 12, 104},
    {7, MDCI_CODEC_CM,  17, 13, 100},
    {8, MDCI_CODEC_CM,  18, 14, 101},
    {9, MDCI_CODEC_CM,  19, 15, 101},
};
/* clang-format on */

enum { RIVAL_ROW = 8 }; /* from it on, claims are against the level's codec */

struct encoder {
    struct mdci_log_templates templates;
    struct mdci_log_miner miner;
    struct mdci_log_writer writer;
    struct mdci_log_line *lines;
    struct mdci_log_span *values;
    uint8_t *packed_rows;      /* [segment / 2 + 1] */
    int decided;               /* 1: there was a segment that is not a hole */
    int bytes;                 /* 1: the rest of the block has no plans */
    struct mdci_log_tape tape; /* of a chunk's numbers and noise, with rows */
};

struct state {
    struct mdc_allocator allocator;
    const struct mdci_codec *inner;
    void *inner_state; /* NULL: a proof */
    const struct state
        *shown; /* of a proof: the encoder, whose joined it reads */
    struct mdci_log_tape tape; /* of a proof: the encoder's, to read */
    const uint8_t *dictionary;
    size_t dictionary_size;
    uint8_t *joined; /* all that the inner codec coded in the block; none of a
                        proof's own */
    size_t size, room;
    size_t packed;  /* bytes that it came to, as far as it was encoded */
    int claimed;    /* 1: plans are smaller */
    size_t segment; /* most bytes of one */
    size_t max_lines;
    struct encoder *encoder;     /* NULL: a decoder */
    struct mdci_log_rows *rows;  /* NULL: numbers are in the structure */
    struct mdci_log_table table; /* with rows */
    uint8_t *noise;              /* [segment], with rows; NULL: a proof */
    struct mdci_log_noise *noise_coder;
    struct mdci_log_reader reader;
};

static const struct parameters *find_row(unsigned row)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].row == row)
            return &rows[i];
    return NULL;
}

/* Plans may be a little larger than their content. */
static uint64_t joined_room(uint64_t block_size)
{
    return block_size + block_size / 8 + 64;
}

/* What the inner codec sizes its state for: a block that was claimed leaves it
 * little. */
static uint64_t inner_size(const struct parameters *p, uint64_t block_size)
{
    const uint64_t room = joined_room(block_size);
    return p->most ? room / TEXT_SHARE : room;
}

static size_t segment_size(uint64_t block_size)
{
    return (size_t)mdci_min_u64(block_size, SEGMENT);
}

static size_t max_lines(size_t segment)
{
    return segment / 8 + 64;
}

static size_t max_values(size_t segment)
{
    return segment / 4 + 64;
}

/* Where numbers come to more, the rest of the block is coded as bytes. */
static uint64_t tape_room(uint64_t block_size)
{
    return block_size + block_size / 4 + 256;
}

static uint64_t rows_memory(enum mdci_direction direction, unsigned bits,
                            uint64_t block_size)
{
    const size_t segment = segment_size(block_size);
    const int proof = direction == MDCI_PROVE;
    return (proof ? 0 : segment + mdci_log_noise_memory()) +
           (direction == MDCI_ENCODE ? tape_room(block_size) : 0) +
           mdci_log_rows_memory(proof ? 0 : bits, block_size) +
           max_lines(segment) * sizeof(uint32_t) +
           max_values(segment) * sizeof(uint64_t);
}

static uint64_t encoder_memory(uint64_t block_size)
{
    const size_t segment = segment_size(block_size);
    return sizeof(struct encoder) + mdci_log_dictionary_memory() + segment / 2 +
           max_lines(segment) * sizeof(struct mdci_log_line) +
           max_values(segment) * (sizeof(struct mdci_log_span) + 12) +
           segment * 4; /* the writer's buffers */
}

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    const struct parameters *p = find_row(row);
    if (!p)
        return UINT64_MAX;
    const struct mdci_codec *inner = mdci_codec_by_id(p->inner);
    const int proof = direction == MDCI_PROVE;
    const uint64_t room = proof ? 0 : joined_room(block_size);
    const uint64_t size =
        proof ? 0
              : inner->memusage(direction, p->inner_row,
                                inner_size(p, block_size), dictionary_size);
    if (size == UINT64_MAX)
        return size;
    return size + room + sizeof(struct state) +
           (p->rows ? rows_memory(direction, p->rows, block_size) : 0) +
           (direction == MDCI_ENCODE ? encoder_memory(block_size)
                                     : mdci_log_dictionary_memory());
}

static uint64_t spare(unsigned row, uint64_t block_size,
                      uint64_t dictionary_size)
{
    const struct parameters *p = find_row(row);
    const struct mdci_codec *inner = mdci_codec_by_id(p->inner);
    return inner->spare ? inner->spare(p->inner_row, inner_size(p, block_size),
                                       dictionary_size)
                        : 0;
}

/* Alphabets that are learned anew may cost a little. */
static size_t noise_bound(size_t size)
{
    return size + size / 8 + 64;
}

static size_t bound(size_t size)
{
    return size + size / 4 + 2048;
}

/* ---- Life ---------------------------------------------------------------- */

static void close_encoder(struct state *s)
{
    struct encoder *e = s->encoder;
    if (!e)
        return;
    mdci_log_writer_close(&e->writer);
    mdci_free(&s->allocator, e->lines);
    mdci_free(&s->allocator, e->values);
    mdci_free(&s->allocator, e->tape.data);
    mdci_free(&s->allocator, e->packed_rows);
    mdci_free(&s->allocator, e);
}

static void close_state(void *state)
{
    struct state *s = state;
    if (s->inner_state)
        s->inner->close(s->inner_state);
    close_encoder(s);
    mdci_log_rows_close(s->rows, &s->allocator);
    mdci_free(&s->allocator, s->noise);
    mdci_log_noise_close(s->noise_coder, &s->allocator);
    mdci_free(&s->allocator, s->table.ids);
    mdci_free(&s->allocator, s->table.values);
    mdci_free(&s->allocator, s->reader.dictionary.pool);
    mdci_free(&s->allocator, s->joined);
    mdci_free(&s->allocator, s);
}

static enum mdc_status open_rows(struct state *s, enum mdci_direction direction,
                                 unsigned bits, uint64_t block_size)
{
    struct mdci_log_table *t = &s->table;
    const int proof = direction == MDCI_PROVE;
    t->max_values = max_values(s->segment);
    t->ids = mdci_alloc(&s->allocator, s->max_lines * sizeof(*t->ids));
    t->values = mdci_alloc(&s->allocator, t->max_values * sizeof(*t->values));
    s->rows = mdci_log_rows_open(proof ? 0 : bits, block_size, &s->allocator);
    if (!t->ids || !t->values || !s->rows)
        return MDC_MEM;
    if (proof)
        return MDC_OK;
    s->noise = mdci_alloc(&s->allocator, s->segment);
    s->noise_coder = mdci_log_noise_open(&s->allocator);
    return s->noise && s->noise_coder ? MDC_OK : MDC_MEM;
}

static enum mdc_status open_tape(struct state *s, uint64_t block_size)
{
    struct mdci_log_tape *tape = &s->encoder->tape;
    tape->room = (size_t)tape_room(block_size);
    tape->data = mdci_alloc(&s->allocator, tape->room);
    return tape->data ? MDC_OK : MDC_MEM;
}

static enum mdc_status open_encoder(struct state *s, uint64_t block_size)
{
    const size_t values = max_values(s->segment);
    struct encoder *e = mdci_alloc(&s->allocator, sizeof(*e));
    if (!e)
        return MDC_MEM;
    s->encoder = e;
    e->lines = mdci_alloc(&s->allocator, s->max_lines * sizeof(*e->lines));
    e->values = mdci_alloc(&s->allocator, values * sizeof(*e->values));
    e->packed_rows = mdci_alloc(&s->allocator, s->segment / 2 + 1);
    e->tape = (struct mdci_log_tape){0};
    MDCI_TRY(
        mdci_log_writer_open(&e->writer, &e->templates, values, &s->allocator));
    e->writer.rows = s->rows != NULL;
    e->writer.noise = s->noise;
    e->writer.noise_room = s->noise ? s->segment : 0;
    if (s->rows)
        MDCI_TRY(open_tape(s, block_size));
    return e->lines && e->values && e->packed_rows ? MDC_OK : MDC_MEM;
}

/* Both as new but for the inner codec. */
static void start_plans(struct state *s)
{
    struct encoder *e = s->encoder;
    if (s->rows)
        mdci_log_rows_reset(s->rows);
    if (s->noise_coder)
        mdci_log_noise_reset(s->noise_coder);
    if (!e) {
        mdci_log_reader_reset(&s->reader);
        return;
    }
    mdci_log_templates_reset(&e->templates);
    mdci_log_miner_reset(&e->miner, &e->templates);
    mdci_log_writer_reset(&e->writer);
    e->decided = e->bytes = 0;
}

static enum mdc_status open_inner(struct state *s,
                                  enum mdci_direction direction,
                                  const struct parameters *p,
                                  uint64_t block_size)
{
    s->joined = mdci_alloc(&s->allocator, s->room);
    return s->joined ? s->inner->open(&s->inner_state, direction, p->inner_row,
                                      inner_size(p, block_size), &s->allocator)
                     : MDC_MEM;
}

static enum mdc_status open_state(void **state, enum mdci_direction direction,
                                  unsigned row, uint64_t block_size,
                                  const struct mdc_allocator *allocator)
{
    const struct parameters *p = find_row(row);
    struct state *s = p ? mdci_alloc(allocator, sizeof(*s)) : NULL;
    if (!s)
        return p ? MDC_MEM : MDC_UNSUPPORTED;
    *s = (struct state){
        .allocator = *allocator,
        .inner = mdci_codec_by_id(p->inner),
        .claimed = p->most > 0,
        .room = (size_t)joined_room(block_size),
        .segment = segment_size(block_size),
        .max_lines = max_lines(segment_size(block_size)),
    };
    enum mdc_status status = MDC_OK;
    if (direction != MDCI_ENCODE &&
        !mdci_log_dictionary_open(&s->reader.dictionary, allocator))
        status = MDC_MEM;
    if (status == MDC_OK && direction != MDCI_PROVE)
        status = open_inner(s, direction, p, block_size);
    if (status == MDC_OK && p->rows)
        status = open_rows(s, direction, p->rows, block_size);
    if (status == MDC_OK && direction == MDCI_ENCODE)
        status = open_encoder(s, block_size);
    if (status != MDC_OK) {
        close_state(s);
        return status;
    }
    start_plans(s);
    *state = s;
    return MDC_OK;
}

/* The inner codec knows the dictionary, if there is one, and nothing else. */
static enum mdc_status start_inner(struct state *s)
{
    s->size = s->dictionary_size;
    if (!s->inner_state)
        return MDC_OK;
    if (s->size == 0)
        return s->inner->reset(s->inner_state);
    return s->inner->prime(s->inner_state, s->joined, s->size);
}

static enum mdc_status prime(void *state, const uint8_t *dictionary,
                             size_t size)
{
    struct state *s = state;
    if (size > 0 && s->joined)
        memcpy(s->joined, dictionary, size);
    s->dictionary_size = size;
    start_plans(s);
    return start_inner(s);
}

static enum mdc_status reset(void *state)
{
    return prime(state, NULL, 0);
}

/* ---- Encoding ------------------------------------------------------------ */

/* Output of a chunk. */
struct output {
    uint8_t *data;
    size_t size, room;
};

/* 1 if there is room for parts of these sizes, and `more` bytes. */
static int has_room(const struct state *s, const struct output *out,
                    size_t first, size_t second, size_t more)
{
    return out->room - out->size >=
           HEADER_MAX + s->inner->bound(first) + s->inner->bound(second) + more;
}

/* Puts a payload, led by its size; it may lie further behind in out. */
static void put_payload(struct output *out, const uint8_t *payload, size_t size)
{
    out->size += mdci_varint_write(out->data + out->size, size);
    memmove(out->data + out->size, payload, size);
    out->size += size;
}

/* Codes joined[from..to), led by its size and that of the payload. With
 * MDC_NEED_OUTPUT, the state is of no use any more. */
static enum mdc_status code_joined(struct state *s, size_t from, size_t to,
                                   struct output *out)
{
    size_t size = 0;
    out->size += mdci_varint_write(out->data + out->size, to - from);
    if (to == from)
        return MDC_OK;
    uint8_t *payload = out->data + out->size + MDCI_VARINT_MAX;
    MDCI_TRY(
        s->inner->encode(s->inner_state, s->joined, from, to, payload, &size));
    if (size == 0)
        return MDC_NEED_OUTPUT;
    put_payload(out, payload, size);
    s->packed += size;
    return MDC_OK;
}

static void put_header(struct output *out, size_t size, enum form form)
{
    out->size +=
        mdci_varint_write(out->data + out->size, size * 4 + (unsigned)form);
}

static enum mdc_status code_bytes(struct state *s, const uint8_t *text,
                                  size_t size, struct output *out)
{
    const size_t from = s->size;
    if (size > s->room - from || !has_room(s, out, size, 0, 0))
        return MDC_NEED_OUTPUT;
    memcpy(s->joined + from, text, size);
    s->size += size;
    put_header(out, size, FORM_BYTES);
    return code_joined(s, from, s->size, out);
}

/* The bytes of the lines that end in text[size]; all, if none does. */
static size_t whole_lines(const uint8_t *text, size_t size)
{
    size_t end = size;
    while (end > 0 && text[end - 1] != '\n')
        end--;
    return end > 0 ? end : size;
}

/* Splits text[*size] into lines, less of it if they are too many. */
static size_t split(const struct state *s, const uint8_t *text, size_t *size)
{
    size_t count = 0, at = 0;
    while (at < *size && count < s->max_lines) {
        const uint8_t *newline = memchr(text + at, '\n', *size - at);
        const size_t end = newline ? (size_t)(newline - text) + 1 : *size;
        s->encoder->lines[count++] = (struct mdci_log_line){
            .at = (uint32_t)at, .size = (uint32_t)(end - at)};
        at = end;
    }
    *size = at;
    return count;
}

/* Bytes of the parts of a plan; those of the rows are coded ones. */
struct plan_sizes {
    size_t texts, structure, rows, noise;
};

/* Writes the plan of text behind joined[0..size). No success: it is too large.
 */
static enum mdc_status make_plan(struct state *s, const uint8_t *text,
                                 size_t size, size_t lines,
                                 struct plan_sizes *sizes)
{
    struct encoder *e = s->encoder;
    const size_t from = s->size;
    const struct mdci_log_plan plan = {
        .text = text,
        .lines = e->lines,
        .line_count = lines,
        .values = e->values,
        .value_count = mdci_log_mine(&e->miner, text, e->lines, lines,
                                     e->values, max_values(s->segment)),
    };
    const size_t most = mdci_min_size(size + size / 8, s->room - from);
    *sizes = (struct plan_sizes){0};
    MDCI_TRY(mdci_log_write(&e->writer, &plan, s->joined, &s->size, from + most,
                            &sizes->texts));
    sizes->structure = s->size - from - sizes->texts;
    sizes->noise = e->writer.noise_size;
    if (!s->rows)
        return MDC_OK;
    mdci_log_fill_table(&e->writer, &plan, &s->table);
    sizes->rows = mdci_log_rows_encode(s->rows, &s->table, &e->tape,
                                       e->packed_rows, size / 2);
    mdci_log_tape_write(&e->tape, s->noise, sizes->noise);
    return sizes->rows > 0 && !e->tape.failed ? MDC_OK : MDC_NEED_OUTPUT;
}

/* What else is coded with rows. */
static enum mdc_status code_rows(struct state *s, size_t rows_size,
                                 struct output *out)
{
    const size_t noise = s->encoder->writer.noise_size;
    put_payload(out, s->encoder->packed_rows, rows_size);
    out->size += mdci_varint_write(out->data + out->size, noise);
    if (noise == 0)
        return MDC_OK;
    uint8_t *payload = out->data + out->size + MDCI_VARINT_MAX;
    const size_t size =
        mdci_log_noise_encode(s->noise_coder, &s->table, s->noise, noise,
                              payload, noise_bound(noise));
    if (size == 0)
        return MDC_NEED_OUTPUT;
    put_payload(out, payload, size);
    return MDC_OK;
}

/* Codes the plan joined[from..size) of size bytes. */
static enum mdc_status code_plan(struct state *s, size_t from, size_t size,
                                 const struct plan_sizes *sizes,
                                 struct output *out)
{
    put_header(out, size, s->rows ? FORM_ROWS : FORM_PLAN);
    if (!s->rows) {
        MDCI_TRY(code_joined(s, from, from + sizes->texts, out));
        return code_joined(s, from + sizes->texts, s->size, out);
    }
    out->size += mdci_varint_write(out->data + out->size, sizes->texts);
    MDCI_TRY(code_joined(s, from, s->size, out));
    return code_rows(s, sizes->rows, out);
}

/* What zstd makes of data[size], to compare with others of its kind; it knows
 * the end of the dictionary, if there is one. */
static enum mdc_status probe(struct state *s, const uint8_t *data, size_t size,
                             struct output *out, size_t *sum)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_ZSTD);
    const size_t known = mdci_min_size(s->dictionary_size, FIRST_SEGMENT);
    const uint8_t *dictionary = s->joined + s->dictionary_size - known;
    size_t packed = 0;
    void *zstd;
    if (size == 0)
        return MDC_OK;
    MDCI_TRY(codec->open(&zstd, MDCI_ENCODE, PROBE_ROW, known + size,
                         &s->allocator));
    enum mdc_status status =
        known > 0 ? codec->prime(zstd, dictionary, known) : MDC_OK;
    if (status == MDC_OK)
        status =
            codec->encode(zstd, data, 0, size, out->data + out->size, &packed);
    codec->close(zstd);
    *sum += packed;
    return status;
}

/* 1 if a plan is smaller than the text itself, as far as zstd can tell. */
static enum mdc_status compare(struct state *s, const uint8_t *text,
                               size_t size, size_t from,
                               const struct plan_sizes *sizes,
                               struct output *out, int *smaller)
{
    const uint8_t *texts = s->joined + from;
    const uint8_t *structure = texts + sizes->texts;
    size_t bytes = 0, plan = sizes->rows;
    MDCI_TRY(probe(s, text, size, out, &bytes));
    MDCI_TRY(probe(s, texts, sizes->texts, out, &plan));
    MDCI_TRY(probe(s, structure, sizes->structure, out, &plan));
    MDCI_TRY(probe(s, s->noise, sizes->noise, out, &plan));
    const size_t margin = size >= LONG_ENOUGH ? bytes / MARGIN : 0;
    *smaller = plan < bytes + margin;
    return MDC_OK;
}

/* Codes a segment, as a plan if that can be and, for the first of a block, is
 * smaller; once it is not, the rest of the block is bytes. */
static enum mdc_status code_segment(struct state *s, const uint8_t *text,
                                    size_t size, size_t lines, int first,
                                    struct output *out)
{
    const size_t from = s->size;
    struct plan_sizes sizes;
    int good = !s->encoder->bytes &&
               make_plan(s, text, size, lines, &sizes) == MDC_OK &&
               has_room(s, out, sizes.texts, sizes.structure,
                        sizes.rows + noise_bound(sizes.noise));
    if (good && first && !s->claimed)
        MDCI_TRY(compare(s, text, size, from, &sizes, out, &good));
    if (good)
        return code_plan(s, from, size, &sizes, out);
    s->encoder->bytes = 1;
    s->size = from;
    return code_bytes(s, text, size, out);
}

/* Codes the next segment of text[left]; *size is how much of it that is. */
static enum mdc_status code_next(struct state *s, const uint8_t *text,
                                 size_t left, size_t *size, struct output *out)
{
    struct encoder *e = s->encoder;
    const int first = !e->decided;
    const size_t hole = first ? mdci_hole(text, left) : 0;
    if (hole >= HOLE) {
        *size = mdci_min_size(hole, s->segment);
        return code_bytes(s, text, *size, out);
    }
    *size = mdci_min_size(left, first ? mdci_min_size(FIRST_SEGMENT, s->segment)
                                      : s->segment);
    if (*size < left)
        *size = whole_lines(text, *size);
    const size_t lines = split(s, text, size);
    e->decided = 1;
    return code_segment(s, text, *size, lines, first, out);
}

static enum mdc_status encode(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *data, size_t *out_size)
{
    struct state *s = state;
    struct output out = {.data = data, .room = bound(to - from)};
    struct mdci_log_tape *tape = &s->encoder->tape;
    size_t size;
    *out_size = 0;
    *tape = (struct mdci_log_tape){.data = tape->data, .room = tape->room};
    for (; from < to; from += size) {
        const enum mdc_status status =
            code_next(s, block + from, to - from, &size, &out);
        if (status == MDC_NEED_OUTPUT)
            return MDC_OK; /* it is stored */
        MDCI_TRY(status);
    }
    *out_size = out.size;
    return MDC_OK;
}

/* ---- Claims -------------------------------------------------------------- */

/* Copies whole lines from all over a block. \return bytes */
static size_t take_sample(const uint8_t *content, size_t size, uint8_t *sample)
{
    size_t taken = 0;
    if (size <= SAMPLE) {
        memcpy(sample, content, size);
        return size;
    }
    for (size_t i = 0; i < SAMPLE_PIECES; i++) {
        const uint8_t *start = content + size / SAMPLE_PIECES * i;
        const size_t left = (size_t)(content + size - start);
        const uint8_t *newline = i > 0 ? memchr(start, '\n', left) : NULL;
        if (newline)
            start = newline + 1;
        const size_t piece = mdci_min_size(SAMPLE / SAMPLE_PIECES,
                                           (size_t)(content + size - start));
        const size_t lines = whole_lines(start, piece);
        memcpy(sample + taken, start, lines);
        taken += lines;
    }
    return taken;
}

/* What rows make of a sample. zstd stands in for the byte models; they make
 * three quarters of what it makes of texts and structure, give or take a tenth.
 * \param left  out: bytes of texts and structure; all, if rows are of no use */
static enum mdc_status try_rows(const uint8_t *sample, size_t size,
                                const struct mdc_allocator *allocator,
                                size_t *packed, size_t *left)
{
    void *state;
    MDCI_TRY(open_state(&state, MDCI_ENCODE, SAMPLE_ROW, size, allocator));
    struct state *s = state;
    s->claimed = 1;
    uint8_t *out = mdci_alloc(allocator, bound(size));
    enum mdc_status status = out ? MDC_OK : MDC_MEM;
    if (status == MDC_OK)
        status = encode(s, sample, 0, size, out, packed);
    *left = *packed ? s->size : size;
    *packed -= *packed ? s->packed / 4 : 0;
    mdci_free(allocator, out);
    close_state(s);
    return status;
}

static enum mdc_status try_bytes(const uint8_t *sample, size_t size,
                                 const struct mdc_allocator *allocator,
                                 size_t *packed)
{
    const struct mdci_codec *codec = mdci_codec_by_id(MDCI_CODEC_CM);
    void *state;
    MDCI_TRY(
        codec->open(&state, MDCI_ENCODE, SAMPLE_RIVAL_ROW, size, allocator));
    uint8_t *out = mdci_alloc(allocator, codec->bound(size));
    const enum mdc_status status =
        out ? codec->encode(state, sample, 0, size, out, packed) : MDC_MEM;
    mdci_free(allocator, out);
    codec->close(state);
    return status;
}

/* A log is what rows are good at, as a sample tells. */
static enum mdc_status claim(unsigned row, const uint8_t *content, size_t size,
                             const struct mdc_allocator *allocator,
                             enum mdci_claim *claim)
{
    const struct parameters *p = find_row(row);
    size_t by_rows = 0, by_bytes = 0, left = 0;
    const size_t hole = mdci_hole(content, size);
    content += hole;
    size -= hole;
    *claim = MDCI_CLAIM_NONE;
    if (!p || !p->most || size < SAMPLE_LEAST || !mdci_is_text(content, size))
        return MDC_OK;
    uint8_t *sample = mdci_alloc(allocator, SAMPLE);
    if (!sample)
        return MDC_MEM;
    const size_t taken = take_sample(content, size, sample);
    enum mdc_status status =
        try_rows(sample, taken, allocator, &by_rows, &left);
    /* What leaves most of it to them is as well off as bytes. */
    if (status == MDC_OK && left <= taken / 5 * 3) {
        status = try_bytes(sample, taken, allocator, &by_bytes);
        if (status == MDC_OK && by_rows * 100 <= by_bytes * p->most)
            *claim = row < RIVAL_ROW ? MDCI_CLAIM_SURE : MDCI_CLAIM_RIVAL;
    }
    mdci_free(allocator, sample);
    return status;
}

/* ---- Decoding ------------------------------------------------------------ */

/* A payload that is being read. */
struct input {
    const uint8_t *data;
    size_t size;
    struct mdci_account *account; /* NULL: nobody asks */
};

/* Moves behind a part that was decoded. */
static void pass(struct input *in, size_t packed, size_t size,
                 enum mdci_way way)
{
    in->data += packed;
    in->size -= packed;
    if (in->account)
        mdci_account_part(in->account, packed, size, way);
}

static enum mdc_status get_size(struct input *in, size_t most, size_t *size)
{
    uint64_t value;
    size_t used;
    MDCI_CHECK(mdci_varint_read(in->data, in->size, &used, &value) == MDC_OK &&
               value <= most);
    in->data += used;
    in->size -= used;
    *size = (size_t)value;
    return MDC_OK;
}

/* The size of a payload that is there. */
static enum mdc_status get_packed(struct input *in, size_t *packed)
{
    MDCI_TRY(get_size(in, in->size, packed));
    MDCI_CHECK(*packed <= in->size);
    return MDC_OK;
}

/* All that the inner codec coded. */
static const uint8_t *joined(const struct state *s)
{
    return s->shown ? s->shown->joined : s->joined;
}

/* Decodes joined[size..to), or takes it from the encoder. */
static enum mdc_status decode_joined(struct state *s, size_t to,
                                     const uint8_t *in, size_t packed)
{
    if (!s->shown)
        return s->inner->decode(s->inner_state, s->joined, s->size, to, in,
                                packed);
    MDCI_CHECK(to <= s->shown->size);
    return MDC_OK;
}

/* Decodes a part of at most `most` bytes behind joined[0..size). */
static enum mdc_status restore_part(struct state *s, struct input *in,
                                    enum mdci_way way, size_t most,
                                    size_t *size)
{
    size_t packed;
    MDCI_TRY(get_size(in, mdci_min_size(most, s->room - s->size), size));
    if (*size == 0)
        return MDC_OK;
    MDCI_TRY(get_packed(in, &packed));
    MDCI_TRY(decode_joined(s, s->size + *size, in->data, packed));
    pass(in, packed, *size, way);
    s->size += *size;
    return MDC_OK;
}

static enum mdc_status restore_noise(struct state *s, struct input *in,
                                     struct mdci_log_segment *segment)
{
    size_t size, packed;
    MDCI_TRY(get_size(in, s->segment, &size));
    segment->noise = s->shown ? mdci_log_tape_read(&s->tape, size) : s->noise;
    MDCI_CHECK(segment->noise);
    segment->noise_end = segment->noise + size;
    if (size == 0)
        return MDC_OK;
    MDCI_TRY(get_packed(in, &packed));
    MDCI_CHECK(s->shown ||
               mdci_log_noise_decode(s->noise_coder, &s->table, s->noise, size,
                                     in->data, packed));
    pass(in, packed, size, MDCI_WAY_NOISE);
    return MDC_OK;
}

static enum mdc_status restore_rows(struct state *s, struct input *in,
                                    struct mdci_log_segment *segment)
{
    size_t packed;
    MDCI_TRY(get_packed(in, &packed));
    MDCI_TRY(mdci_log_read_head(&s->reader, segment, &s->table, s->max_lines));
    MDCI_CHECK(
        s->shown ? mdci_log_rows_replay(s->rows, &s->table, &s->tape)
                 : mdci_log_rows_decode(s->rows, &s->table, in->data, packed));
    pass(in, packed, 0, MDCI_WAY_ROWS);
    MDCI_TRY(restore_noise(s, in, segment));
    return mdci_log_read_table(&s->reader, segment, &s->table);
}

static enum mdc_status restore_segment(struct state *s, struct input *in,
                                       uint8_t *out, size_t room, size_t *size)
{
    size_t header, texts, structure;
    MDCI_TRY(get_size(in, SIZE_MAX, &header));
    *size = header >> 2;
    MDCI_CHECK(*size > 0 && *size <= mdci_min_size(room, s->segment));
    const size_t from = s->size;
    const enum form form = header & 3;
    if (form == FORM_BYTES) {
        const enum mdc_status status =
            restore_part(s, in, MDCI_WAY_SPELL, *size, &texts);
        if (status != MDC_OK && s->inner->verbatim && in->size > 0)
            memcpy(out, in->data, mdci_min_size(*size, in->size));
        MDCI_TRY(status);
        MDCI_CHECK(texts == *size);
        memcpy(out, joined(s) + from, texts);
        return MDC_OK;
    }
    MDCI_CHECK(form == (s->rows ? FORM_ROWS : FORM_PLAN));
    const size_t most = *size + *size / 8;
    if (form == FORM_PLAN) {
        MDCI_TRY(restore_part(s, in, MDCI_WAY_TEXTS, most, &texts));
        MDCI_TRY(
            restore_part(s, in, MDCI_WAY_STRUCTURE, most - texts, &structure));
    } else {
        MDCI_TRY(get_size(in, most, &texts));
        MDCI_TRY(restore_part(s, in, MDCI_WAY_TEXTS, most, &structure));
        MDCI_CHECK(texts <= structure);
        structure -= texts;
    }
    struct mdci_log_segment segment =
        mdci_log_segment_of(joined(s), from, texts, structure, out, *size);
    return form == FORM_ROWS ? restore_rows(s, in, &segment)
                             : mdci_log_read(&s->reader, &segment);
}

static enum mdc_status explain(void *state, uint8_t *block, size_t from,
                               size_t to, const uint8_t *data, size_t data_size,
                               struct mdci_account *account)
{
    struct input in = {data, data_size, account};
    while (from < to) {
        size_t size;
        MDCI_TRY(restore_segment(state, &in, block + from, to - from, &size));
        from += size;
    }
    MDCI_CHECK(in.size == 0);
    return MDC_OK;
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *data, size_t data_size)
{
    return explain(state, block, from, to, data, data_size, NULL);
}

static enum mdc_status prove(void *state, const void *encoder, uint8_t *block,
                             size_t from, size_t to, const uint8_t *data,
                             size_t data_size)
{
    struct state *s = state;
    s->shown = encoder;
    s->tape = (struct mdci_log_tape){.data = s->shown->encoder->tape.data,
                                     .room = s->shown->encoder->tape.at};
    return explain(s, block, from, to, data, data_size, NULL);
}

const struct mdci_codec mdci_codec_log = {
    .id = MDCI_CODEC_LOG,
    .name = "log",
    .since_format = 2,
    .available = 1,
    .memusage = memusage,
    .spare = spare,
    .bound = bound,
    .open = open_state,
    .reset = reset,
    .prime = prime,
    .encode = encode,
    .decode = decode,
    .prove = prove,
    .explain = explain,
    .close = close_state,
    .claim = claim,
};
