/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file queue.h
 * \brief Tasks of one owner, run in order of submission by worker threads, or
 *        at once by the owner where there is one thread only.
 *
 * The owner keeps the order of results: it looks at its tasks one by one. One
 * lock guards the queue and whatever the owner and its tasks share.
 */
#ifndef MDCI_QUEUE_H
#define MDCI_QUEUE_H

#include <pthread.h>
#include <stdbool.h>

#include "src/base/status.h"

#define MDCI_THREADS_MAX 256

/** Part of the owner's structure for a piece of work. */
struct mdci_task {
    void (*run)(struct mdci_task *task); /**< called without the lock */
    struct mdci_task *next;
};

struct mdci_queue {
    pthread_mutex_t lock;
    pthread_cond_t work; /**< for workers: a task was submitted, or stop */
    pthread_cond_t news; /**< for the owner: something changed */
    struct mdci_task *first, *last;
    unsigned waiting; /**< tasks in the list */
    unsigned idle;    /**< workers without a task */
    unsigned threads; /**< most workers; 1: the owner itself */
    unsigned started;
    bool stopping;
    pthread_t workers[MDCI_THREADS_MAX];
};

/** \return MDC_OK or MDC_MEM. Workers are started when there is work. */
enum mdc_status mdci_queue_init(struct mdci_queue *queue, unsigned threads);

/** Drops the tasks that no worker has begun, and waits for the others. */
void mdci_queue_stop(struct mdci_queue *queue);

void mdci_queue_lock(struct mdci_queue *queue);
void mdci_queue_unlock(struct mdci_queue *queue);

/** Runs the task now or soon; called without the lock. */
void mdci_queue_submit(struct mdci_queue *queue, struct mdci_task *task);

/** Wakes the owner; called with the lock. */
void mdci_queue_tell(struct mdci_queue *queue);

/** Waits, as the owner and with the lock, for mdci_queue_tell(). */
void mdci_queue_wait(struct mdci_queue *queue);

/** Whether a long task may give up, called without the lock. */
bool mdci_queue_stopping(struct mdci_queue *queue);

#endif
