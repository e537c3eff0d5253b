/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file queue.c
 * \brief A queue of tasks and the threads that run them.
 */
#include "config.h"

#include "src/stream/queue.h"

#include <signal.h>

enum mdc_status mdci_queue_init(struct mdci_queue *queue, unsigned threads)
{
    queue->first = queue->last = NULL;
    queue->waiting = queue->idle = queue->started = 0;
    queue->threads = threads;
    queue->stopping = false;
    if (pthread_mutex_init(&queue->lock, NULL))
        return MDC_MEM;
    if (pthread_cond_init(&queue->work, NULL)) {
        pthread_mutex_destroy(&queue->lock);
        return MDC_MEM;
    }
    if (pthread_cond_init(&queue->news, NULL)) {
        pthread_cond_destroy(&queue->work);
        pthread_mutex_destroy(&queue->lock);
        return MDC_MEM;
    }
    return MDC_OK;
}

void mdci_queue_stop(struct mdci_queue *queue)
{
    mdci_queue_lock(queue);
    queue->stopping = true;
    pthread_cond_broadcast(&queue->work);
    mdci_queue_unlock(queue);
    for (unsigned i = 0; i < queue->started; i++)
        pthread_join(queue->workers[i], NULL);
    pthread_cond_destroy(&queue->news);
    pthread_cond_destroy(&queue->work);
    pthread_mutex_destroy(&queue->lock);
}

void mdci_queue_lock(struct mdci_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
}

void mdci_queue_unlock(struct mdci_queue *queue)
{
    pthread_mutex_unlock(&queue->lock);
}

void mdci_queue_tell(struct mdci_queue *queue)
{
    pthread_cond_signal(&queue->news);
}

void mdci_queue_wait(struct mdci_queue *queue)
{
    pthread_cond_wait(&queue->news, &queue->lock);
}

bool mdci_queue_stopping(struct mdci_queue *queue)
{
    mdci_queue_lock(queue);
    const bool stopping = queue->stopping;
    mdci_queue_unlock(queue);
    return stopping;
}

static void *work(void *opaque)
{
    struct mdci_queue *queue = opaque;
    mdci_queue_lock(queue);
    for (;;) {
        queue->idle++;
        while (!queue->stopping && !queue->first)
            pthread_cond_wait(&queue->work, &queue->lock);
        queue->idle--;
        if (queue->stopping)
            break;
        struct mdci_task *task = queue->first;
        queue->first = task->next;
        queue->waiting--;
        mdci_queue_unlock(queue);
        task->run(task);
        mdci_queue_lock(queue);
    }
    mdci_queue_unlock(queue);
    return NULL;
}

/* Signals are the application's: they must not land in our threads. */
static void start_worker(struct mdci_queue *queue)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before))
        return;
    if (pthread_create(&queue->workers[queue->started], NULL, work, queue) == 0)
        queue->started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void mdci_queue_submit(struct mdci_queue *queue, struct mdci_task *task)
{
    mdci_queue_lock(queue);
    if (queue->threads > 1 && queue->waiting >= queue->idle &&
        queue->started < queue->threads)
        start_worker(queue);
    if (queue->started == 0) {
        /* One thread only, or the system gives no other. */
        mdci_queue_unlock(queue);
        task->run(task);
        return;
    }
    task->next = NULL;
    if (queue->first)
        queue->last->next = task;
    else
        queue->first = task;
    queue->last = task;
    queue->waiting++;
    pthread_cond_signal(&queue->work);
    mdci_queue_unlock(queue);
}
