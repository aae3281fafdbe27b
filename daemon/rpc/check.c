/* SPDX-License-Identifier: MIT */
/*
 * A large database is checked while it is served already, on a thread with a connection of its own; both are
 * gone when the check is over. Damage stops all writing: what is there can still be read and saved.
 */
#include "log.h"
#include "peer.h"
#include "store.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct check {
    struct server *server;
    struct store *store;
    struct event *done;
    pthread_t thread;
    int fd;             /* eventfd: the thread has ended */
    struct error error; /* the thread's until then */
};

static void *run(void *user)
{
    struct check *check = user;
    check->error.code = store_check(check->store, &check->error);
    store_leave_thread();
    eventfd_write(check->fd, 1);
    return NULL;
}

static void on_done(int fd, short what, void *user)
{
    struct check *check = user;
    (void)fd;
    (void)what;
    struct server *server = check->server;
    if (check->error.code)
        store_distrust(server->gate.store, &check->error);
    server->check = NULL;
    check_close(check);
}

struct check *check_open(struct server *server, const char *state)
{
    struct check *check = calloc(1, sizeof *check);
    struct error error;
    if (!check)
        abort();
    check->server = server;
    check->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    check->done = event_new(loop_base(server->loop), check->fd, EV_READ, on_done, check);
    if (!check->done || event_add(check->done, NULL) != 0)
        abort();
    if (store_open(state, STORE_READER, &check->store, &error) == OK &&
        pthread_create(&check->thread, NULL, run, check) == 0)
        return check;
    log_write(LOG_LEVEL_WARNING, "the database could not be checked", NULL);
    if (check->store)
        store_close(check->store);
    event_free(check->done);
    close(check->fd);
    free(check);
    return NULL;
}

void check_close(struct check *check)
{
    store_stop(check->store);
    pthread_join(check->thread, NULL);
    store_close(check->store);
    event_free(check->done);
    close(check->fd);
    free(check);
}
