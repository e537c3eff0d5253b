/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_codec.c
 * \brief Binds the log front end to a byte codec: zstd or lzma.
 *
 * A chunk is cut into segments. A segment is given to the byte codec as it is,
 * or as the texts and the structure that its plan is written as. The first
 * segment of a block is coded both ways, and the block goes on with what was
 * smaller. A plan is read back and compared before it is coded.
 */
#include "config.h"

#include "codecs/log/log_codec.h"
#include "codecs/log/log_streams.h"
#include "src/base/bytes.h"
#include "src/base/varint.h"

#include <string.h>

enum {
    SEGMENT = 1 << 20,       /* bytes at most */
    FIRST_SEGMENT = 1 << 18, /* it is coded twice */
    HEADER_MAX = 5 * MDCI_VARINT_MAX
};

struct parameters {
    unsigned row;
    enum mdci_codec_id inner;
    unsigned inner_row;
};

static const struct parameters rows[] = {
    {1, MDCI_CODEC_ZSTD, 1},
    {2, MDCI_CODEC_ZSTD, 2},
    {3, MDCI_CODEC_LZMA, 3},
};

/* What the encoder needs beside the reader, by which it checks itself. */
struct encoder {
    struct mdci_log_templates templates;
    struct mdci_log_miner miner;
    struct mdci_log_writer writer;
    struct mdci_log_line *lines;
    struct mdci_log_span *values;
    uint8_t *restored;
    size_t segment; /* most bytes of one */
    size_t max_lines, max_values;
    int bytes; /* 1: the rest of the block has no plans */
};

struct state {
    struct mdc_allocator allocator;
    const struct mdci_codec *inner;
    void *inner_state;
    const uint8_t *dictionary;
    size_t dictionary_size;
    uint8_t *joined; /* all that the inner codec coded in the block */
    size_t size, room;
    struct encoder *encoder; /* NULL: a decoder */
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

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    const struct parameters *p = find_row(row);
    if (!p)
        return UINT64_MAX;
    const struct mdci_codec *inner = mdci_codec_by_id(p->inner);
    const uint64_t room = joined_room(block_size);
    uint64_t size =
        inner->memusage(direction, p->inner_row, room, dictionary_size);
    if (size == UINT64_MAX)
        return size;
    size += room + sizeof(struct state) + mdci_log_dictionary_memory();
    if (direction == MDCI_ENCODE) {
        const size_t segment = segment_size(block_size);
        size += sizeof(struct encoder) + mdci_log_dictionary_memory() +
                segment + max_lines(segment) * sizeof(struct mdci_log_line) +
                max_values(segment) * (sizeof(struct mdci_log_span) + 12) +
                segment * 4; /* the writer's buffers */
    }
    return size;
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
    mdci_free(&s->allocator, e->restored);
    mdci_free(&s->allocator, e);
}

static void close_state(void *state)
{
    struct state *s = state;
    if (s->inner_state)
        s->inner->close(s->inner_state);
    close_encoder(s);
    mdci_free(&s->allocator, s->reader.dictionary.pool);
    mdci_free(&s->allocator, s->joined);
    mdci_free(&s->allocator, s);
}

static enum mdc_status open_encoder(struct state *s, uint64_t block_size)
{
    struct encoder *e = mdci_alloc(&s->allocator, sizeof(*e));
    if (!e)
        return MDC_MEM;
    s->encoder = e;
    e->segment = segment_size(block_size);
    e->max_lines = max_lines(e->segment);
    e->max_values = max_values(e->segment);
    e->lines = mdci_alloc(&s->allocator, e->max_lines * sizeof(*e->lines));
    e->values = mdci_alloc(&s->allocator, e->max_values * sizeof(*e->values));
    e->restored = mdci_alloc(&s->allocator, e->segment);
    MDCI_TRY(mdci_log_writer_open(&e->writer, &e->templates, e->max_values,
                                  &s->allocator));
    return e->lines && e->values && e->restored ? MDC_OK : MDC_MEM;
}

/* Both as new but for the inner codec. */
static void start_plans(struct state *s)
{
    struct encoder *e = s->encoder;
    mdci_log_reader_reset(&s->reader);
    if (!e)
        return;
    mdci_log_templates_reset(&e->templates);
    mdci_log_miner_reset(&e->miner, &e->templates);
    mdci_log_writer_reset(&e->writer);
    e->bytes = 0;
}

static enum mdc_status open_state(void **state, enum mdci_direction direction,
                                  unsigned row, uint64_t block_size,
                                  const struct mdc_allocator *allocator)
{
    const struct parameters *p = find_row(row);
    struct state *s = p ? mdci_alloc(allocator, sizeof(*s)) : NULL;
    if (!s)
        return p ? MDC_MEM : MDC_UNSUPPORTED;
    s->allocator = *allocator;
    s->inner = mdci_codec_by_id(p->inner);
    s->inner_state = NULL;
    s->dictionary_size = s->size = 0;
    s->encoder = NULL;
    s->room = (size_t)joined_room(block_size);
    s->joined = mdci_alloc(allocator, s->room);
    enum mdc_status status =
        mdci_log_dictionary_open(&s->reader.dictionary, allocator) && s->joined
            ? s->inner->open(&s->inner_state, direction, p->inner_row, s->room,
                             &s->allocator)
            : MDC_MEM;
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
    if (s->size == 0)
        return s->inner->reset(s->inner_state);
    return s->inner->prime(s->inner_state, s->joined, s->size);
}

static enum mdc_status prime(void *state, const uint8_t *dictionary,
                             size_t size)
{
    struct state *s = state;
    if (size > 0)
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

/* 1 if there is room for parts of these sizes. */
static int has_room(const struct state *s, const struct output *out,
                    size_t first, size_t second)
{
    return out->room - out->size >=
           HEADER_MAX + s->inner->bound(first) + s->inner->bound(second);
}

/* Codes joined[from..to), led by its size and that of the payload. */
static enum mdc_status code(struct state *s, size_t from, size_t to,
                            struct output *out)
{
    uint8_t *start = out->data + out->size;
    size_t header = mdci_varint_write(start, to - from);
    size_t size = 0;
    if (to > from) {
        uint8_t *payload = start + 2 * MDCI_VARINT_MAX;
        MDCI_TRY(s->inner->encode(s->inner_state, s->joined, from, to, payload,
                                  &size));
        header += mdci_varint_write(start + header, size);
        memmove(start + header, payload, size);
    }
    out->size += header + size;
    return MDC_OK;
}

static void put_header(struct output *out, size_t size, int plan)
{
    out->size +=
        mdci_varint_write(out->data + out->size, size * 2 + (unsigned)plan);
}

static enum mdc_status code_bytes(struct state *s, const uint8_t *text,
                                  size_t size, struct output *out)
{
    const size_t from = s->size;
    if (size > s->room - from || !has_room(s, out, size, 0))
        return MDC_NEED_OUTPUT;
    memcpy(s->joined + from, text, size);
    s->size += size;
    put_header(out, size, 0);
    return code(s, from, s->size, out);
}

/* Splits text[*size] into lines, less of it if they are too many. */
static size_t split(const struct encoder *e, const uint8_t *text, size_t *size)
{
    size_t count = 0, at = 0;
    while (at < *size && count < e->max_lines) {
        const uint8_t *newline = memchr(text + at, '\n', *size - at);
        const size_t end = newline ? (size_t)(newline - text) + 1 : *size;
        e->lines[count++] = (struct mdci_log_line){
            .at = (uint32_t)at, .size = (uint32_t)(end - at)};
        at = end;
    }
    *size = at;
    return count;
}

/* Writes the plan of text behind joined[0..size); MDC_NEED_OUTPUT if that has
 * no use: it is too large, or does not restore to the same. */
static enum mdc_status make_plan(struct state *s, const uint8_t *text,
                                 size_t size, size_t lines, size_t *texts_size)
{
    struct encoder *e = s->encoder;
    const size_t from = s->size;
    const struct mdci_log_plan plan = {
        .text = text,
        .lines = e->lines,
        .line_count = lines,
        .values = e->values,
        .value_count = mdci_log_mine(&e->miner, text, e->lines, lines,
                                     e->values, e->max_values),
    };
    const size_t most = mdci_min_size(size + size / 8, s->room - from);
    MDCI_TRY(mdci_log_write(&e->writer, &plan, s->joined, &s->size, from + most,
                            texts_size));
    const enum mdc_status status =
        mdci_log_read(&s->reader, s->joined, from, *texts_size,
                      s->size - from - *texts_size, e->restored, size);
    return status == MDC_OK && memcmp(e->restored, text, size) == 0
               ? MDC_OK
               : MDC_NEED_OUTPUT;
}

static enum mdc_status code_plan(struct state *s, const uint8_t *text,
                                 size_t size, size_t lines, struct output *out)
{
    const size_t from = s->size;
    size_t texts_size;
    MDCI_TRY(make_plan(s, text, size, lines, &texts_size));
    if (!has_room(s, out, texts_size, s->size - from - texts_size))
        return MDC_NEED_OUTPUT;
    put_header(out, size, 1);
    MDCI_TRY(code(s, from, from + texts_size, out));
    return code(s, from + texts_size, s->size, out);
}

/* A plan or, if that is no good, bytes from here on. */
static enum mdc_status code_best(struct state *s, const uint8_t *text,
                                 size_t size, size_t lines, struct output *out)
{
    struct encoder *e = s->encoder;
    const size_t from = s->size, start = out->size;
    if (!e->bytes) {
        const enum mdc_status status = code_plan(s, text, size, lines, out);
        if (status != MDC_NEED_OUTPUT)
            return status;
        e->bytes = 1;
        s->size = from;
        out->size = start;
    }
    return code_bytes(s, text, size, out);
}

/* The first segment of a block, both ways: what is smaller decides. */
static enum mdc_status code_first(struct state *s, const uint8_t *text,
                                  size_t size, size_t lines, struct output *out)
{
    struct encoder *e = s->encoder;
    const size_t start = out->size;
    MDCI_TRY(code_bytes(s, text, size, out));
    const size_t as_bytes = out->size - start;
    out->size = start;
    MDCI_TRY(start_inner(s));
    MDCI_TRY(code_best(s, text, size, lines, out));
    if (e->bytes || out->size - start <= as_bytes)
        return MDC_OK;
    e->bytes = 1;
    out->size = start;
    MDCI_TRY(start_inner(s));
    return code_bytes(s, text, size, out);
}

static enum mdc_status encode(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *data, size_t *out_size)
{
    struct state *s = state;
    struct encoder *e = s->encoder;
    struct output out = {.data = data, .room = bound(to - from)};
    *out_size = 0;
    while (from < to) {
        const uint8_t *text = block + from;
        const int first = s->size == s->dictionary_size;
        size_t size = mdci_min_size(
            to - from,
            first ? mdci_min_size(FIRST_SEGMENT, e->segment) : e->segment);
        if (size < to - from) { /* at the end of a line, if there is one */
            size_t end = size;
            while (end > 0 && text[end - 1] != '\n')
                end--;
            size = end > 0 ? end : size;
        }
        const size_t lines = split(e, text, &size);
        const enum mdc_status status =
            first ? code_first(s, text, size, lines, &out)
                  : code_best(s, text, size, lines, &out);
        if (status == MDC_NEED_OUTPUT)
            return MDC_OK; /* it is stored */
        MDCI_TRY(status);
        from += size;
    }
    *out_size = out.size;
    return MDC_OK;
}

/* ---- Decoding ------------------------------------------------------------ */

/* A payload that is being read. */
struct input {
    const uint8_t *data;
    size_t size;
};

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

/* Decodes a part of at most `most` bytes behind joined[0..size). */
static enum mdc_status restore_part(struct state *s, struct input *in,
                                    size_t most, size_t *size)
{
    size_t packed;
    MDCI_TRY(get_size(in, mdci_min_size(most, s->room - s->size), size));
    if (*size == 0)
        return MDC_OK;
    MDCI_TRY(get_size(in, in->size, &packed));
    MDCI_CHECK(packed <= in->size);
    MDCI_TRY(s->inner->decode(s->inner_state, s->joined, s->size,
                              s->size + *size, in->data, packed));
    in->data += packed;
    in->size -= packed;
    s->size += *size;
    return MDC_OK;
}

static enum mdc_status restore_segment(struct state *s, struct input *in,
                                       uint8_t *out, size_t room, size_t *size)
{
    size_t header, texts, structure;
    MDCI_TRY(get_size(in, SIZE_MAX, &header));
    *size = header >> 1;
    MDCI_CHECK(*size > 0 && *size <= room);
    const size_t from = s->size;
    if (header & 1) {
        const size_t most = *size + *size / 8;
        MDCI_TRY(restore_part(s, in, most, &texts));
        MDCI_TRY(restore_part(s, in, most - texts, &structure));
        return mdci_log_read(&s->reader, s->joined, from, texts, structure, out,
                             *size);
    }
    MDCI_TRY(restore_part(s, in, *size, &texts));
    MDCI_CHECK(texts == *size);
    memcpy(out, s->joined + from, texts);
    return MDC_OK;
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *data, size_t data_size)
{
    struct input in = {data, data_size};
    while (from < to) {
        size_t size;
        MDCI_TRY(restore_segment(state, &in, block + from, to - from, &size));
        from += size;
    }
    MDCI_CHECK(in.size == 0);
    return MDC_OK;
}

const struct mdci_codec mdci_codec_log = {
    .id = MDCI_CODEC_LOG,
    .name = "log",
    .since_format = 2,
    .available = 1,
    .memusage = memusage,
    .bound = bound,
    .open = open_state,
    .reset = reset,
    .prime = prime,
    .encode = encode,
    .decode = decode,
    .close = close_state,
};
