/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file explain.h
 * \brief --explain: what was chosen, and where the bits went.
 */
#ifndef MDCI_EXPLAIN_H
#define MDCI_EXPLAIN_H

#include "src/cli/convert.h"

/** Where the output stands. Zeroed, nothing is printed yet. */
struct mdci_explain_list {
    unsigned files;
};

/** Reads the job's source with `convert`, which makes an archive of it or
 *  takes it as one, and explains that. */
void mdci_explain_file(struct mdci_explain_list *list, struct mdci_job *job,
                       bool (*convert)(struct mdci_job *job));

/** Ends what the files' explanations began. */
void mdci_explain_end(const struct mdci_explain_list *list,
                      const struct mdci_request *request);

/* What the forms of an explanation share. */

/** What is known of a file while its parts come. */
struct mdci_explained {
    const char *name;
    bool all;                /**< no part is left out for being small */
    enum mdc_part_kind last; /**< kind of the part before */
    unsigned count;          /**< parts of the kind so far */
    uint64_t total;          /**< cost of the archive */
    uint64_t plain_size;     /**< of its content */
    uint64_t coordinates;    /**< whose residuals are known */
    void *state;             /**< of the form */
};

/** A codec and its row in words. */
const char *mdci_explain_codec(const struct mdc_part *block);

/** Of a cost in 1/256 bits: bytes, rounded; and its thousandths of another. */
uint64_t mdci_explain_bytes(uint64_t cost);
unsigned mdci_explain_share(uint64_t cost, uint64_t total);

/** Tenths of bits that each of `count` takes. */
uint64_t mdci_explain_each(uint64_t cost, uint64_t count);

/** Points from above, to be drawn; zeroed, there are none. */
struct mdci_picture {
    struct mdci_picture_point *point;
    size_t count, room;
};

/** Adds a MDC_PART_POINT; false: there is no memory. */
bool mdci_picture_add(struct mdci_picture *picture,
                      const struct mdc_part *part);

/** Prints an element of SVG, and frees the points.
 *  \param alone  it is a document of its own */
void mdci_picture_print(struct mdci_picture *picture, bool alone);

/** SVG: a document with a file's points; without any, an empty one. */
void mdci_explain_svg_file(mdc_explain *explain, enum mdc_status *status);

/** HTML: the page's start and end, and the mdc_part_fn between, whose opaque
 *  is a struct mdci_explained. */
void mdci_explain_html_start(void);
void mdci_explain_html_file(struct mdci_explained *file, mdc_explain *explain,
                            enum mdc_status *status);
void mdci_explain_html_end(void);

#endif
