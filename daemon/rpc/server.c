/* SPDX-License-Identifier: MIT */
#include "log.h"
#include "peer.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    ACCEPTS_PER_TURN = 64,
    ADMIN_PLACES = 8,
    BACKLOG = 512,
    SCRATCH_SIZE = 64 * 1024,
    ACCOUNT_MILLISECONDS = 5000 /* how long a user's groups are taken to be what they were */
};

/* ---- who may connect ---- */

static struct user *user_find(struct server *server, uint32_t uid)
{
    for (struct user *user = server->users; user; user = user->next)
        if (user->account.uid == uid)
            return user;
    struct user *user = calloc(1, sizeof *user);
    if (!user)
        abort();
    *user = (struct user){ .account.uid = uid, .next = server->users, .asked_at = -ACCOUNT_MILLISECONDS };
    return server->users = user;
}

struct user *user_of(struct server *server, uint32_t uid)
{
    struct user *user = user_find(server, uid);
    int64_t now = clock_milliseconds();
    if (now - user->asked_at >= ACCOUNT_MILLISECONDS) {
        account_find(&server->rules, uid, &user->account);
        user->asked_at = now;
    }
    return user;
}

static bool has_place(struct server *server, uint32_t uid)
{
    const struct user *user = user_of(server, uid);
    bool is_full = server->peers_count >= server->limits.connections;
    if (!is_full && user->connections < server->limits.connections_per_user)
        return true;
    bool is_admin = user->account.roles >> ROLE_ADMIN & 1;
    return is_admin && server->peers_count < server->limits.connections + ADMIN_PLACES * is_full;
}

/* Out of descriptors: the spare one takes the caller in and lets them go, or the loop would spin on a full
 * backlog. */
static void refuse_one(struct server *server)
{
    close(server->spare);
    int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    log_write(LOG_LEVEL_WARNING, "a caller was refused: no more descriptors", NULL);
}

static void on_connection(int listening, short what, void *user)
{
    struct server *server = user;
    (void)what;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        uint32_t uid;
        int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
            refuse_one(server);
            return;
        }
        if (fd < 0)
            return;
        if (actor_uid(fd, &uid) && has_place(server, uid))
            peer_open(server, fd, uid);
        else
            close(fd);
    }
}

/* ---- the end of a turn ---- */

static bool commit(struct server *server, struct error *error)
{
    if (!store_is_dirty(server->gate.store)) {
        store_read_end(server->gate.store);
        return true;
    }
    return store_commit(server->gate.store, error) == OK;
}

static void feed_all(struct server *server)
{
    uint64_t generation = store_generation(server->gate.store);
    if (generation == server->fed_generation || !server->subscribers_count)
        return;
    server->fed_generation = generation;
    for (struct peer *peer = server->peers; peer; peer = peer->next)
        if (peer->subscribes)
            peer_enter_turn(peer);
}

void server_turn_end(struct server *server)
{
    struct error error;
    bool was_dirty = store_is_dirty(server->gate.store), is_kept = commit(server, &error);
    feed_all(server);
    for (size_t i = 0; i < server->turn_count; i++)
        if (server->turn[i])
            peer_settle(server->turn[i], is_kept ? NULL : &error);
    for (size_t i = 0; i < server->turn_count; i++)
        if (server->turn[i]) {
            struct peer *peer = server->turn[i];
            server->turn[i] = NULL;
            peer_send(peer);
        }
    server->turn_count = 0;
    if (server->reader)
        reader_release(server->reader);
    if (was_dirty && is_kept)
        server->hooks.committed(server->hooks.user);
}

/* ---- opening and closing ---- */

struct server *server_open(struct loop *loop, int fd, const struct server_options *options)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server || !(server->scratch = malloc(SCRATCH_SIZE)))
        abort();
    server->loop = loop;
    server->gate = options->gate;
    server->rules = options->rules;
    server->limits = options->limits;
    server->hooks = options->hooks;
    server->fd = fd;
    server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    if (options->state)
        server->reader = reader_open(server, options->state);
    if (options->state && store_needs_check(server->gate.store))
        server->check = check_open(server, options->state);
    server->listening = event_new(loop_base(loop), fd, EV_READ | EV_PERSIST, on_connection, server);
    if (!server->listening || event_add(server->listening, NULL) != 0)
        abort();
    return server;
}

void server_close(struct server *server)
{
    if (server->check)
        check_close(server->check);
    if (server->reader)
        reader_close(server->reader);
    while (server->peers)
        peer_close(server->peers);
    for (struct user *user = server->users, *next; user; user = next) {
        next = user->next;
        free(user);
    }
    event_free(server->listening);
    close(server->fd);
    close(server->spare);
    arena_free(&server->call.arena);
    free(server->turn);
    free(server->scratch);
    free(server);
}

void server_limit(struct server *server, const struct server_limits *limits)
{
    server->limits = *limits;
}

/* A socket that nobody listens on any more is left from a crash, and is replaced; a living one never is. */
static bool is_stale(const struct sockaddr_un *address)
{
    struct stat status;
    if (lstat(address->sun_path, &status) != 0 || !S_ISSOCK(status.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool is_refused = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                      errno == ECONNREFUSED;
    close(fd);
    return is_refused;
}

enum code server_listen(const char *path, int *fd, struct error *error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        return fail(error, INVALID, "socket", "the path of a socket has at most %zu bytes",
                    sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (is_stale(&address))
        unlink(path);
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0111); /* before bind: there is no moment with other rights */
    int status = bind(listening, (const struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (status != 0 || listen(listening, BACKLOG) != 0) {
        fail(error, UNAVAILABLE, "socket", "cannot listen at %s: %s", path, strerror(errno));
        close(listening);
        return error->code;
    }
    *fd = listening;
    return OK;
}
