/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file frame_reader.c
 * \brief The parts of a frame from bytes that nobody vouches for.
 */
#include "config.h"

#include "src/stream/frame.h"

#include <string.h>

#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/varint.h"

/* Bytes that are read from front to back. */
struct cursor {
    const uint8_t *p;
    size_t size;
    size_t pos;
    struct mdci_fault *fault;
};

static enum mdc_status get_bytes(struct cursor *c, size_t count,
                                 const uint8_t **bytes)
{
    if (c->size - c->pos < count)
        return MDC_NEED_INPUT;
    *bytes = c->p + c->pos;
    c->pos += count;
    return MDC_OK;
}

static enum mdc_status get_le(struct cursor *c, unsigned count, uint64_t *value)
{
    const uint8_t *bytes;
    MDCI_TRY(get_bytes(c, count, &bytes));
    *value = mdci_load_le(bytes, count);
    return MDC_OK;
}

static enum mdc_status get_varint(struct cursor *c, uint64_t *value)
{
    size_t used = 0;
    const enum mdc_status status =
        mdci_varint_read(c->p + c->pos, c->size - c->pos, &used, value);
    c->pos += used;
    if (status == MDC_DATA)
        return mdci_fault_set(c->fault, MDC_DATA, "a number is malformed");
    return status;
}

/* The check of all bytes so far, `count` bytes of it. */
static enum mdc_status get_check(struct cursor *c, unsigned count,
                                 uint64_t seed, const char *what)
{
    const uint64_t sum = mdci_check(c->p, c->pos, seed);
    uint64_t value;
    MDCI_TRY(get_le(c, count, &value));
    if (value != (sum & (UINT64_MAX >> (64 - 8 * count))))
        return mdci_fault_set(c->fault, MDC_DATA, "%s check does not match",
                              what);
    return MDC_OK;
}

enum mdc_status mdci_read_magic(const uint8_t *p, size_t size,
                                enum mdci_form *form, struct mdci_fault *fault)
{
    const size_t known = mdci_min_size(size, MDCI_MAGIC_SIZE - 1);
    int good = known == 0 || memcmp(p, MDCI_MAGIC, known) == 0;
    if (size >= MDCI_MAGIC_SIZE)
        good &= p[3] == MDCI_FORM_COMPACT || p[3] == MDCI_FORM_FULL ||
                p[3] == MDCI_FORM_COMPACT_DICTIONARY;
    if (!good)
        return mdci_fault_set(fault, MDC_FORMAT, "not a midicoth archive");
    if (size < MDCI_MAGIC_SIZE)
        return MDC_NEED_INPUT;
    *form = (enum mdci_form)p[3];
    return MDC_OK;
}

/* Magic and epoch: all that other epochs are sure to have, too. */
static enum mdc_status get_start(struct cursor *c)
{
    const uint8_t *magic;
    uint64_t epoch;
    MDCI_TRY(get_bytes(c, MDCI_MAGIC_SIZE, &magic));
    MDCI_TRY(get_le(c, 1, &epoch));
    if (epoch != MDCI_EPOCH)
        return mdci_fault_set(c->fault, MDC_UNSUPPORTED,
                              "the archive is of epoch %u, this decoder reads "
                              "epoch %u only",
                              (unsigned)epoch, (unsigned)MDCI_EPOCH);
    return MDC_OK;
}

static enum mdc_status check_capacity(uint64_t capacity,
                                      struct mdci_fault *fault)
{
    if (capacity > MDCI_BLOCK_MAX)
        return mdci_fault_set(fault, MDC_UNSUPPORTED,
                              "a block of more than %u MiB",
                              (unsigned)(MDCI_BLOCK_MAX >> 20));
    return MDC_OK;
}

static enum mdc_status check_payload(const struct mdci_chunk *chunk,
                                     struct mdci_fault *fault)
{
    if (chunk->payload_size > chunk->plain_size + MDCI_PAYLOAD_SLACK)
        return mdci_fault_set(fault, MDC_DATA, "a payload is too large");
    return MDC_OK;
}

/* A row, and the step behind it if it says that there is one. */
static enum mdc_status get_row(struct cursor *c, struct mdci_plan *plan)
{
    uint64_t row;
    MDCI_TRY(get_varint(c, &row));
    plan->step = 0;
    if (row & MDCI_ROW_NEAR) {
        MDCI_TRY(get_varint(c, &plan->step));
        if (plan->step < 1 || plan->step > MDC_QUANTIZE_MAX)
            return mdci_fault_set(c->fault, MDC_DATA, "a step is out of range");
    }
    plan->kinds = (row & MDCI_ROW_KINDS) != 0;
    if (plan->kinds && plan->step > 0)
        return mdci_fault_set(c->fault, MDC_DATA,
                              "a step with chunks of several kinds");
    row &= ~(uint64_t)(MDCI_ROW_NEAR | MDCI_ROW_KINDS);
    plan->row = row > UINT32_MAX ? UINT32_MAX : (unsigned)row;
    return MDC_OK;
}

/* Which dictionary, and how large the room is, its bytes included. */
static enum mdc_status get_need(struct cursor *c,
                                struct mdci_compact_header *header)
{
    uint64_t id, room;
    MDCI_TRY(get_le(c, 4, &id));
    MDCI_TRY(get_le(c, 1, &room));
    header->dictionary_id = (uint32_t)id;
    header->plan.capacity = room < 64 ? UINT64_C(1) << room : UINT64_MAX;
    return MDC_OK;
}

enum mdc_status mdci_read_compact_header(const uint8_t *p, size_t size,
                                         size_t *used,
                                         struct mdci_compact_header *header,
                                         struct mdci_fault *fault)
{
    struct cursor c = {p, size, 0, fault};
    struct mdci_chunk *chunk = &header->chunk;
    uint64_t codec;
    *header = (struct mdci_compact_header){0};
    MDCI_TRY(get_start(&c));
    MDCI_TRY(get_le(&c, 1, &codec));
    MDCI_TRY(get_row(&c, &header->plan));
    if (header->plan.kinds)
        return mdci_fault_set(fault, MDC_DATA,
                              "a compact frame with chunks of several kinds");
    header->needs_dictionary = p[3] == MDCI_FORM_COMPACT_DICTIONARY;
    if (header->needs_dictionary)
        MDCI_TRY(get_need(&c, header));
    MDCI_TRY(get_varint(&c, &chunk->plain_size));
    MDCI_TRY(get_varint(&c, &chunk->payload_size));
    MDCI_TRY(get_check(&c, 1, 0, "frame header"));
    header->seed = mdci_check(p, c.pos, 0);
    MDCI_TRY(check_capacity(chunk->plain_size, fault));
    MDCI_TRY(check_payload(chunk, fault));
    MDCI_TRY(get_le(&c, 8, &chunk->check));
    header->plan.codec = (unsigned)codec;
    if (!header->needs_dictionary)
        header->plan.capacity = chunk->plain_size;
    else if (header->plan.capacity < chunk->plain_size)
        return mdci_fault_set(fault, MDC_DATA,
                              "a block is larger than its capacity");
    else if (header->plan.capacity > 2 * MDCI_BLOCK_MAX)
        return check_capacity(UINT64_MAX, fault);
    *used = c.pos;
    return MDC_OK;
}

enum mdc_status mdci_read_full_header(const uint8_t *p, size_t size,
                                      size_t *used, struct mdci_fault *fault)
{
    struct cursor c = {p, size, 0, fault};
    uint64_t flags;
    MDCI_TRY(get_start(&c));
    MDCI_TRY(get_le(&c, 1, &flags));
    MDCI_TRY(get_check(&c, 2, 0, "frame header"));
    if (flags != 0)
        return mdci_fault_set(fault, MDC_UNSUPPORTED,
                              "unknown flags 0x%02X in the frame header",
                              (unsigned)flags);
    *used = c.pos;
    return MDC_OK;
}

enum mdc_status mdci_read_frame_start(const uint8_t *p, size_t size)
{
    struct mdci_compact_header header;
    struct mdci_fault fault;
    enum mdci_form form = MDCI_FORM_COMPACT;
    size_t used;
    enum mdc_status status =
        mdci_read_magic(p, mdci_min_size(size, MDCI_MAGIC_SIZE), &form, &fault);
    if (status == MDC_OK)
        status =
            form == MDCI_FORM_FULL
                ? mdci_read_full_header(p, size, &used, &fault)
                : mdci_read_compact_header(p, size, &used, &header, &fault);
    return status == MDC_OK || status == MDC_NEED_INPUT ? status : MDC_DATA;
}

/* Behind the other fields, if they are there; they inform, and no more. */
static enum mdc_status get_text_facts(struct cursor *c,
                                      struct mdci_block_header *block)
{
    struct mdci_text_facts *text = &block->text;
    uint64_t clock, least, range;
    block->is_text = c->pos < c->size;
    *text = (struct mdci_text_facts){0};
    if (!block->is_text)
        return MDC_OK;
    MDCI_TRY(get_varint(c, &text->lines));
    MDCI_TRY(get_varint(c, &clock));
    if (text->lines > block->plan.capacity)
        return mdci_fault_set(c->fault, MDC_DATA,
                              "a block has more lines than bytes");
    if (clock != MDC_CLOCK_DATE && clock != MDC_CLOCK_YEARLESS)
        return MDC_OK;
    MDCI_TRY(get_varint(c, &least));
    MDCI_TRY(get_varint(c, &range));
    /* Stamps are far from the ends of what a number holds. */
    if (least > UINT64_MAX / 4 || range > UINT64_MAX / 4)
        return mdci_fault_set(c->fault, MDC_DATA,
                              "a block's time is out of range");
    text->clock = (unsigned)clock;
    text->least =
        least & 1 ? -(int64_t)(least >> 1) - 1 : (int64_t)(least >> 1);
    text->greatest = text->least + (int64_t)range;
    return MDC_OK;
}

static enum mdc_status get_block_body(struct cursor *c,
                                      struct mdci_block_header *block)
{
    uint64_t codec, size;
    MDCI_TRY(get_varint(c, &block->number));
    MDCI_TRY(get_varint(c, &codec));
    MDCI_TRY(get_row(c, &block->plan));
    MDCI_TRY(get_varint(c, &block->plan.capacity));
    MDCI_TRY(get_varint(c, &block->memory));
    MDCI_TRY(get_varint(c, &size));
    MDCI_TRY(check_capacity(block->plan.capacity, c->fault));
    block->size_known = size > 0;
    block->plain_size = size - (size > 0);
    if (block->plain_size > block->plan.capacity)
        return mdci_fault_set(c->fault, MDC_DATA,
                              "a block is larger than its capacity");
    if (codec > UINT8_MAX)
        return mdci_fault_set(c->fault, MDC_UNSUPPORTED,
                              "an unknown codec or row");
    block->plan.codec = (unsigned)codec;
    return get_text_facts(c, block);
}

/* Behind the tag. The check comes first: what is damaged is not believed. */
static enum mdc_status get_block_header(struct cursor *c,
                                        struct mdci_block_header *block)
{
    const uint8_t *marker, *body;
    uint64_t size;
    MDCI_TRY(get_bytes(c, MDCI_SYNC_MARKER_SIZE, &marker));
    if (memcmp(marker, MDCI_SYNC_MARKER, MDCI_SYNC_MARKER_SIZE) != 0)
        return mdci_fault_set(c->fault, MDC_DATA,
                              "a block's sync marker is missing");
    MDCI_TRY(get_varint(c, &size));
    if (size > MDCI_BLOCK_BODY_MAX)
        return mdci_fault_set(c->fault, MDC_DATA, "a block header is too long");
    MDCI_TRY(get_bytes(c, (size_t)size, &body));
    MDCI_TRY(get_check(c, 4, 0, "block header"));
    struct cursor inner = {body, (size_t)size, 0, c->fault};
    const enum mdc_status status = get_block_body(&inner, block);
    if (status == MDC_NEED_INPUT)
        return mdci_fault_set(c->fault, MDC_DATA,
                              "a block header is too short");
    return status;
}

enum mdc_status mdci_read_item(const uint8_t *p, size_t size, size_t *used,
                               struct mdci_item *item, struct mdci_fault *fault)
{
    struct cursor c = {p, size, 0, fault};
    uint64_t tag;
    MDCI_TRY(get_varint(&c, &tag));
    item->type = tag >> 1;
    item->critical = (int)(tag & 1);
    if (item->type == 0 || tag == MDCI_ITEM_BLOCK * 2 ||
        tag == MDCI_ITEM_DICTIONARY * 2 || tag == MDCI_ITEM_SEEK_TABLE * 2 + 1)
        return mdci_fault_set(fault, MDC_DATA, "a record's tag is malformed");
    MDCI_TRY(item->type == MDCI_ITEM_BLOCK ? get_block_header(&c, &item->block)
                                           : get_varint(&c, &item->body_size));
    *used = c.pos;
    return MDC_OK;
}

enum mdc_status mdci_read_dictionary_head(const uint8_t *p, size_t size,
                                          size_t *used, uint64_t body_size,
                                          struct mdci_dictionary_head *head,
                                          struct mdci_fault *fault)
{
    struct cursor c = {p, size, 0, fault};
    uint64_t embedded, codec = 0, row = 0;
    MDCI_TRY(get_le(&c, 8, &head->check));
    MDCI_TRY(get_varint(&c, &head->size));
    MDCI_TRY(get_le(&c, 1, &embedded));
    if (embedded == 1) {
        MDCI_TRY(get_le(&c, 1, &codec));
        MDCI_TRY(get_le(&c, 1, &row));
    }
    if (head->size > MDCI_DICTIONARY_MAX)
        return mdci_fault_set(fault, MDC_UNSUPPORTED,
                              "a dictionary of more than %u MiB",
                              (unsigned)(MDCI_DICTIONARY_MAX >> 20));
    /* Outside ones have no payload, embedded ones are smaller by being so. */
    const uint64_t least = embedded, most = embedded ? head->size - 1 : 0;
    if (head->size == 0 || embedded > 1 || body_size < c.pos + least ||
        body_size > c.pos + most)
        return mdci_fault_set(fault, MDC_DATA,
                              "a dictionary record is malformed");
    head->embedded = (int)embedded;
    head->plan = (struct mdci_plan){
        .codec = (unsigned)codec,
        .row = (unsigned)row,
        .capacity = head->size,
    };
    *used = c.pos;
    return MDC_OK;
}

enum mdc_status mdci_refuse_record(const struct mdci_item *item,
                                   struct mdci_fault *fault)
{
    static const char *const names[] = {
        [MDCI_ITEM_METADATA] = "metadata",
        [MDCI_ITEM_MEMBERS] = "members",
        [MDCI_ITEM_PARITY] = "parity",
        [MDCI_ITEM_SIGNATURE] = "signature",
    };
    const char *name = item->type < sizeof(names) / sizeof(names[0])
                           ? names[item->type]
                           : NULL;
    if (name)
        return mdci_fault_set(fault, MDC_UNSUPPORTED,
                              "a critical %s record, which this version does "
                              "not know",
                              name);
    return mdci_fault_set(fault, MDC_UNSUPPORTED,
                          "an unknown critical record of type %llu",
                          (unsigned long long)item->type);
}

/* Takes apart what stands for the size of a payload. */
static void split_kind(struct mdci_chunk *chunk)
{
    if (chunk->payload_size == 0 || chunk->payload_size > MDCI_SAYS_PAYLOAD) {
        chunk->payload_size -= chunk->payload_size > 0 ? MDCI_SAYS_PAYLOAD : 0;
        return;
    }
    chunk->kind = chunk->payload_size == MDCI_SAYS_NOISE ? MDCI_CHUNK_NOISE
                                                         : MDCI_CHUNK_RUN;
    chunk->payload_size -= MDCI_SAYS_RUN;
}

enum mdc_status mdci_read_chunk_header(const uint8_t *p, size_t size,
                                       size_t *used, int kinds, uint64_t room,
                                       int *end, struct mdci_chunk *chunk,
                                       struct mdci_fault *fault)
{
    struct cursor c = {p, size, 0, fault};
    chunk->kind = MDCI_CHUNK_USUAL;
    MDCI_TRY(get_varint(&c, &chunk->plain_size));
    *end = chunk->plain_size == MDCI_BLOCK_END;
    *used = c.pos;
    if (*end)
        return MDC_OK;
    if (chunk->plain_size > room)
        return mdci_fault_set(fault, MDC_DATA,
                              "a chunk is larger than its block");
    MDCI_TRY(get_varint(&c, &chunk->payload_size));
    if (kinds)
        split_kind(chunk);
    MDCI_TRY(check_payload(chunk, fault));
    MDCI_TRY(get_le(&c, 8, &chunk->check));
    *used = c.pos;
    return MDC_OK;
}

enum mdc_status mdci_read_seek_head(const uint8_t *p, size_t size, size_t *used,
                                    const struct mdci_totals *totals,
                                    uint64_t *content, struct mdci_fault *fault)
{
    struct cursor c = {p, size, 0, fault};
    uint64_t plain_size, blocks;
    MDCI_TRY(get_varint(&c, &plain_size));
    MDCI_TRY(get_le(&c, 8, content));
    MDCI_TRY(get_varint(&c, &blocks));
    if (plain_size != totals->plain_size || blocks != totals->blocks)
        return mdci_fault_set(fault, MDC_DATA,
                              "the seek table does not match the blocks");
    *used = c.pos;
    return MDC_OK;
}

enum mdc_status mdci_read_footer(const uint8_t *p, size_t size, size_t *used,
                                 uint64_t frame_size, struct mdci_fault *fault)
{
    struct cursor c = {p, size, 0, fault};
    uint64_t value;
    MDCI_TRY(get_le(&c, 6, &value));
    MDCI_TRY(get_check(&c, 2, MDCI_FOOTER_SEED, "frame footer"));
    if (value != (frame_size & (UINT64_MAX >> 16)))
        return mdci_fault_set(fault, MDC_DATA,
                              "the frame's size is not what its footer says");
    *used = c.pos;
    return MDC_OK;
}
