/* SPDX-License-Identifier: MIT */
/*
 * Slow reads on a thread of their own, with a read-only connection of its own: a report over everybody delays
 * nobody. The thread touches nothing of the loop's but the two queues, which the mutex guards.
 */
#include "peer.h"
#include "store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Each may take seconds, one after the other: so a user with many connections has no more than a share. */
enum { SLOW_CALLS_PER_PEER = 4, SLOW_CALLS_PER_USER = 8, SLOW_CALLS = 64 };

struct job {
    struct job *next;
    uint64_t peer; /* its serial: the peer itself may be gone */
    uint32_t id;
    struct actor actor;
    struct clock clock; /* as it stood: the loop may move it meanwhile */
    char *frame;
    size_t length;
    msgpack_sbuffer answer;
};

struct queue {
    struct job *first, **last;
};

struct reader {
    struct server *server;
    struct store *store;
    struct event *done_event;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct queue held, waiting, done; /* held: of this turn, until it is committed; the loop's alone */
    int count, wake_fd;
    uint32_t callers[SLOW_CALLS]; /* the user of each that has not been answered; `count` of them */
    bool is_closing, has_thread;
    char *state;
};

static void append(struct queue *queue, struct job *job)
{
    job->next = NULL;
    *(queue->first ? queue->last : &queue->first) = job;
    queue->last = &job->next;
}

static struct job *take(struct queue *queue)
{
    struct job *job = queue->first;
    if (job)
        queue->first = job->next;
    return job;
}

static void job_free(struct job *job)
{
    actor_clear(&job->actor);
    msgpack_sbuffer_destroy(&job->answer);
    free(job->frame);
    free(job);
}

/* ---- on the thread ---- */

static void run(struct reader *reader, struct job *job)
{
    struct gate gate = reader->server->gate;
    struct call call = { .arena = { .budget = 256U * 1024 * 1024 } };
    struct message message;
    gate.store = reader->store;
    gate.clock = &job->clock;
    gate.answers = NULL;
    if (frame_open(job->frame, job->length, &message, &call.error) != OK)
        abort(); /* the loop has opened it already */
    store_snapshot_begin(reader->store);
    dispatch_call(&gate, &call, &job->actor, &message, &job->answer);
    store_snapshot_end(reader->store);
    arena_free(&call.arena);
}

static void *run_all(void *user)
{
    struct reader *reader = user;
    pthread_mutex_lock(&reader->mutex);
    while (!reader->is_closing) {
        struct job *job = take(&reader->waiting);
        if (!job) {
            pthread_cond_wait(&reader->wake, &reader->mutex);
            continue;
        }
        pthread_mutex_unlock(&reader->mutex);
        run(reader, job);
        pthread_mutex_lock(&reader->mutex);
        append(&reader->done, job);
        eventfd_write(reader->wake_fd, 1);
    }
    pthread_mutex_unlock(&reader->mutex);
    store_leave_thread();
    return NULL;
}

/* ---- in the loop ---- */

static int count_of(const struct reader *reader, uint32_t uid)
{
    int count = 0;
    for (int i = 0; i < reader->count; i++)
        count += reader->callers[i] == uid;
    return count;
}

static void forget_caller(struct reader *reader, uint32_t uid)
{
    int i = 0;
    while (reader->callers[i] != uid)
        i++;
    reader->callers[i] = reader->callers[--reader->count];
}

static void deliver(struct reader *reader, struct job *job)
{
    for (struct peer *peer = reader->server->peers; peer; peer = peer->next)
        if (peer->serial == job->peer) {
            peer_answer(peer, job->id, job->answer.data, job->answer.size);
            break;
        }
    forget_caller(reader, job->actor.uid);
    job_free(job);
}

static void on_done(int fd, short what, void *user)
{
    struct reader *reader = user;
    eventfd_t ignored;
    (void)what;
    eventfd_read(fd, &ignored);
    pthread_mutex_lock(&reader->mutex);
    struct queue done = reader->done;
    reader->done = (struct queue){ 0 };
    pthread_mutex_unlock(&reader->mutex);
    for (struct job *job; (job = take(&done)) != NULL;)
        deliver(reader, job);
}

/* The thread and its connection are made when the first slow call comes: most services never need them at
 * once. */
static enum code start(struct reader *reader, struct error *error)
{
    if (reader->has_thread)
        return OK;
    if (!reader->store && store_open(reader->state, STORE_READER, &reader->store, error) != OK)
        return error->code;
    reader->has_thread = pthread_create(&reader->thread, NULL, run_all, reader) == 0;
    return reader->has_thread ? OK : fail(error, BUSY, NULL, _("too much is going on; wait a moment"));
}

struct reader *reader_open(struct server *server, const char *state)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader || !(reader->state = strdup(state)))
        abort();
    reader->server = server;
    pthread_mutex_init(&reader->mutex, NULL);
    pthread_cond_init(&reader->wake, NULL);
    reader->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    reader->done_event = event_new(loop_base(server->loop), reader->wake_fd, EV_READ | EV_PERSIST, on_done,
                                   reader);
    if (!reader->done_event || event_add(reader->done_event, NULL) != 0)
        abort();
    return reader;
}

void reader_close(struct reader *reader)
{
    pthread_mutex_lock(&reader->mutex);
    reader->is_closing = true;
    pthread_cond_signal(&reader->wake);
    pthread_mutex_unlock(&reader->mutex);
    if (reader->has_thread) {
        store_stop(reader->store); /* nobody will get the answer */
        pthread_join(reader->thread, NULL);
    }
    struct queue *const queues[] = { &reader->held, &reader->waiting, &reader->done };
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
        for (struct job *job; (job = take(queues[i])) != NULL;)
            job_free(job);
    if (reader->store)
        store_close(reader->store);
    event_free(reader->done_event);
    close(reader->wake_fd);
    pthread_cond_destroy(&reader->wake);
    pthread_mutex_destroy(&reader->mutex);
    free(reader->state);
    free(reader);
}

enum code reader_take(struct reader *reader, struct peer *peer, const char *frame, size_t length,
                      struct error *error)
{
    struct message message;
    if (peer->slow_calls >= SLOW_CALLS_PER_PEER || reader->count >= SLOW_CALLS ||
        count_of(reader, peer->actor.uid) >= SLOW_CALLS_PER_USER)
        return fail(error, BUSY, NULL, _("too many reports at once; wait for one of them"));
    if (start(reader, error) || frame_open(frame, length, &message, error))
        return error->code;
    struct job *job = calloc(1, sizeof *job);
    if (!job || !(job->frame = malloc(length)))
        abort();
    memcpy(job->frame, frame, length);
    job->length = length;
    job->id = message.id;
    job->peer = peer->serial;
    job->actor = peer->actor;
    job->clock = *peer->server->gate.clock;
    if (job->actor.person && !(job->actor.person = strdup(job->actor.person)))
        abort();
    msgpack_sbuffer_init(&job->answer);
    append(&reader->held, job);
    peer->slow_calls++;
    reader->callers[reader->count++] = job->actor.uid;
    return OK;
}

void reader_release(struct reader *reader)
{
    if (!reader->held.first)
        return;
    pthread_mutex_lock(&reader->mutex);
    for (struct job *job; (job = take(&reader->held)) != NULL;)
        append(&reader->waiting, job);
    pthread_cond_signal(&reader->wake);
    pthread_mutex_unlock(&reader->mutex);
}
