/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file pool.c
 * \brief A ring of files on their way: workers convert them in any order, and
 *        they get their names in the order in which they came.
 *
 * A worker does what is simple. Whatever else there is (a file to skip, a
 * question to ask, too little memory, a name that changed meanwhile) is undone,
 * and the main thread processes that file again, alone, once those before it
 * have their names: the outcome is the one of processing all files in turn.
 */
#include "config.h"

#include "src/cli/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* Files on their way: enough for workers to go on while the slowest is
     * waited for, and for few waits for the disk with --sync=end. Each may
     * hold a descriptor, of which a process has 256 at least. */
    RING = 128,
    /* Archives are restored by a worker, that is by one thread, up to this
     * size. */
    ARCHIVE_MOST = 1 << 20,
    /* The least file by whose memory the number of workers is chosen. */
    TYPICAL = 1 << 20,
    THREADS_MOST = 256
};

enum outcome {
    OUTCOME_NONE, /* all is done, or there was nothing to do */
    OUTCOME_MADE, /* a target waits for its name, or a test was good */
    OUTCOME_AGAIN /* it is to be processed again */
};

struct entry {
    struct mdci_source source;
    struct mdci_console console;
    char *path;
    bool done;
    enum outcome outcome;
};

struct mdci_pool {
    struct mdci_command *command;
    bool decided;     /* whether and how, by the first file */
    bool useless;     /* all files are processed in turn */
    unsigned threads; /* most workers; 0: the main thread is the one */
    uint64_t share;   /* memory that each may take */
    struct entry ring[RING];

    pthread_mutex_t lock;
    pthread_cond_t work; /* for workers */
    pthread_cond_t news; /* for the main thread */
    /* Under the lock; these count files and are taken modulo RING. */
    uint64_t settled, begun, submitted;
    unsigned running; /* workers with a file */
    bool settling;    /* someone gives names */
    bool all;         /* no more files come for now */
    bool paused;      /* no worker begins another file */
    bool stopping;
    unsigned started;
    pthread_t ids[THREADS_MOST];
    struct mdci_worker workers[THREADS_MOST];
};

static struct entry *entry_at(struct mdci_pool *pool, uint64_t number)
{
    return &pool->ring[number % RING];
}

/* ---- Converting one file ------------------------------------------------ */

static void convert(struct mdci_pool *pool, struct entry *entry,
                    struct mdci_worker *worker)
{
    struct mdci_source *source = &entry->source;
    source->worker = worker;
    bool good = mdci_source_convert(source);
    if (good && pool->command->request.sync != MDCI_SYNC_END)
        good = mdci_source_close(source);
    if (good)
        entry->outcome = OUTCOME_MADE;
    else if (source->begun ? source->job.short_of_memory
                           : entry->console.status != MDCI_EXIT_OK)
        entry->outcome = OUTCOME_AGAIN;
    else
        entry->outcome = OUTCOME_NONE;
}

/* ---- Giving names ------------------------------------------------------- */

/* The files that are ready to get their names now, from the oldest on. Of two
 * that have the same source the second has to wait. Called with the lock. */
static unsigned ready_files(struct mdci_pool *pool)
{
    unsigned count = 0;
    while (pool->settled + count < pool->submitted) {
        const struct entry *entry = entry_at(pool, pool->settled + count);
        if (!entry->done || entry->outcome == OUTCOME_AGAIN)
            break;
        for (unsigned i = 0; i < count; i++) {
            const struct stat *other =
                &entry_at(pool, pool->settled + i)->source.status;
            if (other->st_ino == entry->source.status.st_ino &&
                other->st_dev == entry->source.status.st_dev)
                return count;
        }
        count++;
    }
    return count;
}

/* A source whose name stands for another file now, or for none: as if it had
 * not been looked at yet. */
static bool is_stale(const struct entry *entry)
{
    const struct stat *read = &entry->source.status;
    struct stat now;
    return mdci_source_goes(&entry->source) &&
           (stat(entry->path, &now) != 0 || now.st_ino != read->st_ino ||
            now.st_dev != read->st_dev);
}

static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static bool same_directory(const char *a, const char *b)
{
    const size_t length = directory_length(a);
    return length == directory_length(b) && strncmp(a, b, length) == 0 &&
           !strchr(a, '/') == !strchr(b, '/');
}

/* Gives a file its name after all that was said of it. */
static bool place(struct mdci_pool *pool, struct entry *entry)
{
    struct mdci_source *source = &entry->source;
    struct mdci_console *console = &pool->command->console;
    const bool good = entry->outcome == OUTCOME_MADE &&
                      mdci_target_place(&source->target, &entry->console);
    mdci_console_release(console, &entry->console);
    source->console = console;
    return good;
}

/* Makes the names of entries[count] safe, each directory once; those whose
 * sources must stay become OUTCOME_NONE. */
static void sync_names(struct mdci_pool *pool, uint64_t first, unsigned count)
{
    const char *last = NULL;
    bool good = true;
    if (pool->command->request.sync == MDCI_SYNC_NEVER)
        return;
    for (unsigned i = 0; i < count; i++) {
        struct entry *entry = entry_at(pool, first + i);
        struct mdci_source *source = &entry->source;
        if (entry->outcome != OUTCOME_MADE || !mdci_source_goes(source))
            continue;
        if (!last || !same_directory(last, entry->path))
            good = mdci_target_sync_name(&source->target, source->console);
        last = entry->path;
        if (!good)
            entry->outcome = OUTCOME_NONE;
    }
}

/* Settles the oldest `count` files as a whole: the content of all is safe
 * before one gets a name, and all names are before a source is removed.
 * \return how many; the next one is to be processed again if it is fewer */
static unsigned settle(struct mdci_pool *pool, uint64_t first, unsigned count)
{
    const bool later = pool->command->request.sync == MDCI_SYNC_END;
    for (unsigned i = 0; i < count; i++) {
        struct entry *entry = entry_at(pool, first + i);
        if (later && entry->outcome == OUTCOME_MADE &&
            !mdci_source_close(&entry->source))
            entry->outcome = OUTCOME_NONE;
    }
    for (unsigned i = 0; i < count; i++) {
        struct entry *entry = entry_at(pool, first + i);
        if (entry->outcome == OUTCOME_MADE && is_stale(entry)) {
            mdci_target_drop(&entry->source.target);
            entry->outcome = OUTCOME_AGAIN;
            count = i;
        } else if (!place(pool, entry)) {
            entry->outcome = OUTCOME_NONE;
        }
    }
    sync_names(pool, first, count);
    if (count > 0)
        mdci_progress_files(&pool->command->request, &pool->command->console,
                            first + count,
                            entry_at(pool, first + count - 1)->path);
    for (unsigned i = 0; i < count; i++) {
        struct entry *entry = entry_at(pool, first + i);
        if (entry->outcome == OUTCOME_MADE)
            mdci_source_end(&entry->source);
        mdci_target_drop(&entry->source.target);
        free(entry->path);
    }
    return count;
}

/* With --sync=end, files get their names when all that came are converted, and
 * the main thread waits for that. Called with the lock. */
static bool is_time(const struct mdci_pool *pool)
{
    return pool->command->request.sync != MDCI_SYNC_END ||
           (pool->all && pool->running == 0 && pool->begun == pool->submitted);
}

/* Gives names to all that are ready, unless someone else does. Called with the
 * lock. */
static void settle_ready(struct mdci_pool *pool)
{
    unsigned count;
    if (pool->settling)
        return;
    pool->settling = true;
    while (is_time(pool) && (count = ready_files(pool)) > 0) {
        pthread_mutex_unlock(&pool->lock);
        count = settle(pool, pool->settled, count);
        pthread_mutex_lock(&pool->lock);
        pool->settled += count;
        pthread_cond_broadcast(&pool->news);
    }
    pool->settling = false;
    pthread_cond_broadcast(&pool->news);
}

/* ---- Workers ------------------------------------------------------------ */

/* Takes the next file through. Called with the lock. */
static void run_next(struct mdci_pool *pool, struct mdci_worker *worker)
{
    struct entry *entry = entry_at(pool, pool->begun++);
    pool->running++;
    pthread_mutex_unlock(&pool->lock);
    convert(pool, entry, worker);
    pthread_mutex_lock(&pool->lock);
    pool->running--;
    entry->done = true;
    settle_ready(pool);
    pthread_cond_broadcast(&pool->news);
}

struct start {
    struct mdci_pool *pool;
    struct mdci_worker *worker;
};

static void *work(void *opaque)
{
    const struct start start = *(struct start *)opaque;
    struct mdci_pool *pool = start.pool;
    free(opaque);
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping)
        if (!pool->paused && pool->begun < pool->submitted)
            run_next(pool, start.worker);
        else
            pthread_cond_wait(&pool->work, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Signals are the main thread's. Called with the lock. */
static void start_worker(struct mdci_pool *pool)
{
    struct start *start = malloc(sizeof(*start));
    struct mdci_worker *worker = &pool->workers[pool->started];
    sigset_t all, before;
    if (!start || !mdci_worker_init(worker)) {
        mdci_worker_free(worker);
        free(start);
        return;
    }
    *start = (struct start){pool, worker};
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&pool->ids[pool->started], NULL, work, start) == 0) {
        pool->started++;
    } else {
        mdci_worker_free(worker);
        free(start);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- The main thread ---------------------------------------------------- */

/* Processes a file in turn, while no worker holds memory. */
static void process_alone(struct mdci_pool *pool, const char *path, bool found)
{
    for (unsigned i = 0; i < pool->started; i++)
        mdci_contexts_free(&pool->workers[i].contexts);
    mdci_process(pool->command, path, found);
    if (pool->started > 0)
        mdci_contexts_free(&pool->command->worker.contexts);
}

/* Processes the oldest file again. Called with the lock. */
static void run_again(struct mdci_pool *pool)
{
    struct entry *entry = entry_at(pool, pool->settled);
    pool->paused = true;
    while (pool->running > 0)
        pthread_cond_wait(&pool->news, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    mdci_console_discard(&entry->console);
    process_alone(pool, entry->path, entry->source.found);
    free(entry->path);
    pthread_mutex_lock(&pool->lock);
    pool->settled++;
    pool->paused = false;
    pthread_cond_broadcast(&pool->work);
    settle_ready(pool);
}

/* Waits until at most `keep` files are on their way. Called with the lock. */
static void wait_for_files(struct mdci_pool *pool, unsigned keep)
{
    pool->all = pool->submitted - pool->settled > keep;
    settle_ready(pool);
    while (pool->submitted - pool->settled > keep) {
        const struct entry *oldest = entry_at(pool, pool->settled);
        if (pool->started == 0 && pool->begun < pool->submitted)
            run_next(pool, &pool->command->worker);
        else if (!pool->settling && oldest->done &&
                 oldest->outcome == OUTCOME_AGAIN)
            run_again(pool);
        else
            pthread_cond_wait(&pool->news, &pool->lock);
    }
    pool->all = false;
}

static void submit(struct mdci_pool *pool, char *path, bool found)
{
    const struct mdci_command *command = pool->command;
    pthread_mutex_lock(&pool->lock);
    wait_for_files(pool, RING - 1);
    struct entry *entry = entry_at(pool, pool->submitted);
    *entry = (struct entry){
        .path = path,
        .console = {.verbosity = command->console.verbosity, .held = true},
        .source =
            {
                .request = &command->request,
                .console = &entry->console,
                .threads = 1,
                .memory_limit = pool->share,
                .path = path,
                .found = found,
                .target = {.fd = -1},
            },
    };
    pool->submitted++;
    if (pool->running + (pool->submitted - pool->begun) > pool->started &&
        pool->started < pool->threads)
        start_worker(pool);
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    if (pool->started == 0) {
        pthread_mutex_lock(&pool->lock);
        run_next(pool, &pool->command->worker);
        pthread_mutex_unlock(&pool->lock);
    }
}

/* How many workers fit into the memory, for files such as the first. */
static void decide(struct mdci_pool *pool, uint64_t size)
{
    const struct mdci_request *request = &pool->command->request;
    const uint64_t typical = mdci_convert_memory(request, TYPICAL);
    uint64_t need = mdci_convert_memory(request, size);
    unsigned threads = request->threads;
    if (need == UINT64_MAX || (need < typical && typical != UINT64_MAX))
        need = typical;
    if (need == UINT64_MAX) /* blocks are small */
        need = mdci_convert_memory(request, 0);
    while (threads > 1 && need > request->memory_limit / threads)
        threads--;
    pool->decided = true;
    pool->threads = threads > 1 ? threads : 0;
    pool->share = request->memory_limit == UINT64_MAX
                      ? UINT64_MAX
                      : request->memory_limit / threads;
    pool->useless = threads == 1 && request->sync != MDCI_SYNC_END;
}

/* Whether a worker can take a file. */
static bool takes(struct mdci_pool *pool, const char *path)
{
    const struct mdci_request *request = &pool->command->request;
    struct stat status;
    if (pool->useless || !path || lstat(path, &status) != 0 ||
        !S_ISREG(status.st_mode))
        return false;
    const uint64_t size = (uint64_t)status.st_size;
    if (!pool->decided)
        decide(pool, size);
    if (request->mode == MDCI_COMPRESS)
        return mdci_convert_memory(request, size) <= pool->share &&
               mdci_convert_memory(request, size) != UINT64_MAX;
    return size <= ARCHIVE_MOST;
}

void mdci_pool_visit(void *opaque, const char *path, bool found)
{
    struct mdci_pool *pool = opaque;
    char *copy = takes(pool, path) ? strdup(path) : NULL;
    if (copy) {
        submit(pool, copy, found);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    wait_for_files(pool, 0);
    pthread_mutex_unlock(&pool->lock);
    process_alone(pool, path, found);
}

/* Whether there may be several files to replace or test. */
static bool is_useful(const struct mdci_request *request)
{
    const bool many =
        request->file_count > 1 || request->recursive || request->list;
    if (!many || (request->threads == 1 && request->sync != MDCI_SYNC_END))
        return false;
    return request->mode == MDCI_TEST ||
           (!request->to_stdout && (request->mode == MDCI_COMPRESS ||
                                    request->mode == MDCI_DECOMPRESS));
}

struct mdci_pool *mdci_pool_new(struct mdci_command *command)
{
    struct mdci_pool *pool =
        is_useful(&command->request) ? calloc(1, sizeof(*pool)) : NULL;
    if (!pool)
        return NULL;
    pool->command = command;
    if (pthread_mutex_init(&pool->lock, NULL) == 0) {
        if (pthread_cond_init(&pool->work, NULL) == 0) {
            if (pthread_cond_init(&pool->news, NULL) == 0)
                return pool;
            pthread_cond_destroy(&pool->work);
        }
        pthread_mutex_destroy(&pool->lock);
    }
    free(pool);
    return NULL;
}

void mdci_pool_end(struct mdci_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    wait_for_files(pool, 0);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->started; i++) {
        pthread_join(pool->ids[i], NULL);
        mdci_worker_free(&pool->workers[i]);
    }
    mdci_console_lock();
    mdci_clear_line(&pool->command->console);
    mdci_console_unlock();
    pthread_cond_destroy(&pool->news);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
