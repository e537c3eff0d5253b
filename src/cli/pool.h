/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file pool.h
 * \brief Many small files: several at once, and made safe on disk together.
 */
#ifndef MDCI_POOL_H
#define MDCI_POOL_H

#include "src/cli/process.h"

struct mdci_pool;

/** \return NULL: there is no use for it, or no memory */
struct mdci_pool *mdci_pool_new(struct mdci_command *command);

/** An mdci_visit_fn: opaque is the struct mdci_pool. What is left behind, what
 *  is said and the exit status are as if the files had been processed one
 *  after the other. */
void mdci_pool_visit(void *opaque, const char *path, bool found);

/** Waits for all files and frees the pool; NULL is nothing to free. */
void mdci_pool_end(struct mdci_pool *pool);

#endif
