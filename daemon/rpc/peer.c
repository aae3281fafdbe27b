/* SPDX-License-Identifier: MIT */
/*
 * Reads frames, lets them through the gate, keeps their replies until the turn is committed. Nothing is sent
 * from here but by peer_send, which the end of the turn calls.
 */
#include "peer.h"

#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_SIZE = 64 * 1024,
    FRAMES_PER_TURN = 64,     /* then the others have their turn */
    TURN_MICROSECONDS = 1000, /* or when this has passed, since calls differ a hundredfold */
    FEEDS_PER_TURN = 10,
    HEADER_MILLISECONDS = 5 * 1000, /* a frame that does not even show its head */
    FRAME_MILLISECONDS = 30 * 1000,
    STUCK_MILLISECONDS = 30 * 1000,
    HEADER_SIZE = 16,
    UNSENT_MAX = 1024 * 1024, /* of one peer: stop reading from it, then let it go */
    UNSENT_TOTAL = 32 * 1024 * 1024,
    HELD_TOTAL = 32 * 1024 * 1024,   /* of the beginnings of messages */
    ANSWER_BUDGET = 64 * 1024 * 1024 /* of the memory that one call may take */
};

static void *need(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static size_t unsent(const struct peer *peer)
{
    return peer->out.size - peer->sent;
}

/* ---- memory ---- */

/* Nobody takes the memory of all: who holds most, unread or half sent, goes first. May close any peer. */
static void keep_within_memory(struct server *server)
{
    struct peer *largest = NULL;
    if (server->unsent <= UNSENT_TOTAL && server->held <= HELD_TOTAL)
        return;
    for (struct peer *peer = server->peers; peer; peer = peer->next)
        if (!largest || peer->counted + peer->in_capacity > largest->counted + largest->in_capacity)
            largest = peer;
    if (largest)
        peer_close(largest);
}

/* `in` is this from now on, and what it was is the caller's to free. */
static void hold(struct peer *peer, char *in, size_t capacity)
{
    peer->server->held += capacity - peer->in_capacity;
    peer->in_capacity = capacity;
    peer->in = in;
}

/* ---- deadlines ---- */

static struct timeval to_timeval(int64_t milliseconds)
{
    if (milliseconds < 1)
        milliseconds = 1;
    return (struct timeval){ .tv_sec = milliseconds / 1000,
                             .tv_usec = (suseconds_t)(milliseconds % 1000 * 1000) };
}

static void wait_for_frame(struct peer *peer)
{
    int64_t limit = peer->in_size < HEADER_SIZE ? HEADER_MILLISECONDS : FRAME_MILLISECONDS;
    if (!peer->frame_since)
        peer->frame_since = clock_milliseconds();
    struct timeval left = to_timeval(peer->frame_since + limit - clock_milliseconds());
    event_add(peer->readable, &left);
}

static void wait_idle(struct peer *peer)
{
    struct timeval idle = { .tv_sec = peer->server->limits.idle_seconds };
    peer->frame_since = 0;
    if (peer->subscribes)
        event_remove_timer(peer->readable);
    else
        event_add(peer->readable, &idle);
}

static bool is_too_late(const struct peer *peer)
{
    int64_t limit = peer->in_size < HEADER_SIZE ? HEADER_MILLISECONDS : FRAME_MILLISECONDS;
    return peer->frame_since && clock_milliseconds() - peer->frame_since > limit;
}

/* ---- calls ---- */

static void remember(struct peer *peer, uint32_t id)
{
    if (peer->turn_count == peer->turn_capacity) {
        peer->turn_capacity = peer->turn_capacity ? peer->turn_capacity * 2 : 8;
        peer->turn_ids = need(realloc(peer->turn_ids, peer->turn_capacity * sizeof *peer->turn_ids));
    }
    peer->turn_ids[peer->turn_count++] = id;
}

static void refuse(struct peer *peer, uint32_t id, const struct error *error)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, &peer->out, msgpack_sbuffer_write);
    pack_failure(&packer, id, error);
}

/* The database may have learnt since who this user is. */
static void refresh_actor(struct peer *peer)
{
    struct server *server = peer->server;
    uint64_t generation = store_people_generation(server->gate.store);
    int64_t hour = clock_read(server->gate.clock) / 3600; /* somebody's last day may have come */
    if ((peer->people_generation == generation && peer->people_hour == hour) || peer->is_acting)
        return;
    actor_clear(&peer->actor);
    dispatch_begin(&server->gate, &server->call, &actor_service);
    enum language language = peer->actor.language;
    actor_find(&server->call, &peer->user->account, &peer->actor);
    if (peer->chose_language)
        peer->actor.language = language;
    peer->people_generation = generation;
    peer->people_hour = hour;
}

/* A batch is taken whole, and what it was over the limit is paid back in the seconds after it. */
static bool is_over_limit(struct peer *peer)
{
    int64_t second = clock_milliseconds() / 1000;
    struct user *user = peer->user;
    if (actor_has(&peer->actor, ROLE_ADMIN) || actor_has(&peer->actor, ROLE_COURIER))
        return false;
    int64_t paid = (second - user->second) * peer->server->limits.calls_per_second;
    user->calls = user->calls > paid ? user->calls - paid : 0;
    user->second = second;
    return ++user->calls > peer->server->limits.calls_per_second;
}

static void obey(struct peer *peer, const struct connection_wish *wish)
{
    if (wish->has_language) {
        peer->actor.language = wish->language;
        peer->chose_language = true;
    }
    if (wish->act_as) {
        enum language language = peer->actor.language;
        actor_become(&peer->actor, wish->act_as);
        peer->actor.language = language;
        peer->is_acting = true;
    }
    if (wish->subscribes) {
        peer->server->subscribers_count += !peer->subscribes;
        peer->subscribes = true;
        peer->fed_to = wish->since;
        wait_idle(peer);
    }
}

/* In the mode for measurements. A commit that fails takes back the answer, which begins at `answer`. */
static void commit_alone(struct peer *peer, const struct message *message, size_t answer)
{
    struct server *server = peer->server;
    struct error error;
    if (!server->gate.commits_each || !store_is_dirty(server->gate.store))
        return;
    if (store_commit(server->gate.store, &error) == OK) {
        server->hooks.committed(server->hooks.user);
        return;
    }
    peer->out.size = answer;
    if (message->has_id)
        refuse(peer, message->id, &error);
}

static void call(struct peer *peer, const char *frame, size_t length, const struct message *message)
{
    struct server *server = peer->server;
    struct error error = { 0 };
    size_t answer = peer->out.size;
    struct arena arena = server->call.arena;
    arena_reset(&arena);
    arena.budget = ANSWER_BUDGET;
    server->call = (struct call){ .arena = arena };
    refresh_actor(peer);
    if (is_over_limit(peer)) {
        fail(&error, BUSY, NULL, _("too many calls a second; wait a moment"));
    } else if (server->reader && dispatch_is_slow(message)) {
        if (dispatch_look(&server->gate, &server->call, &peer->actor, message))
            error = server->call.error;
        else if (reader_take(server->reader, peer, frame, length, &error) == OK)
            return; /* its reply comes later */
    } else if (dispatch_call(&server->gate, &server->call, &peer->actor, message, &peer->out) == OK) {
        obey(peer, &server->call.wish);
    }
    peer->user->calls += server->call.inner_calls;
    if (message->has_id && error.code)
        refuse(peer, message->id, &error);
    if (message->has_id)
        remember(peer, message->id);
    commit_alone(peer, message, answer);
}

/* What came is no request: say so where it is known to whom, and go on only if the stream still makes sense.
 */
static void complain(struct peer *peer, const char *bytes, size_t size, const struct error *error,
                     bool is_last)
{
    struct message message;
    struct error ignored;
    bool is_request = frame_open(bytes, size, &message, &ignored) == OK || message.has_id;
    if (message.type == MESSAGE_NOTIFICATION && !is_last)
        return; /* nobody waits for an answer; neovim sends such by itself when it meets an event it does not
                   know */
    if (is_request && message.type == MESSAGE_REQUEST) {
        refuse(peer, message.id, error);
        remember(peer, message.id);
    } else {
        is_last = true;
    }
    peer->is_closing = is_last;
}

static void take_frame(struct peer *peer, const char *frame, size_t length)
{
    struct message message;
    struct error error;
    if (frame_open(frame, length, &message, &error) != OK)
        complain(peer, frame, length, &error, false);
    else if (message.type == MESSAGE_RESPONSE)
        peer->is_closing = true;
    else
        call(peer, frame, length, &message);
}

/* Takes whole frames out of `bytes` and gives how many bytes they were. */
static size_t take_frames(struct peer *peer, const char *bytes, size_t size)
{
    size_t taken = 0;
    int64_t end = clock_microseconds() + TURN_MICROSECONDS;
    for (int frames = 0; taken < size && !peer->is_closing; frames++) {
        struct error error;
        size_t length;
        if (frames == FRAMES_PER_TURN || (frames && clock_microseconds() > end) ||
            unsent(peer) > UNSENT_MAX) {
            struct timeval now = { 0 };
            event_add(peer->more, &now);
            break;
        }
        enum code code = frame_next(&peer->scan, bytes + taken, size - taken, &length, &error);
        if (code == BUSY)
            break;
        peer->scan = (struct frame_scan){ 0 };
        if (code) {
            complain(peer, bytes + taken, size - taken, &error, true);
            break;
        }
        take_frame(peer, bytes + taken, length);
        taken += length;
    }
    return taken;
}

static void keep_rest(struct peer *peer, const char *bytes, size_t size)
{
    char *old = peer->in;
    if (size > peer->in_capacity || size == 0) {
        hold(peer, size ? memcpy(need(malloc(size)), bytes, size) : NULL, size);
        free(old);
    } else {
        memmove(peer->in, bytes, size);
    }
    peer->in_size = size;
}

/* While whole frames wait for their turn no more is read, so that what a flood sends stays in its own socket.
 */
static void consume(struct peer *peer, const char *bytes, size_t size)
{
    peer_enter_turn(peer);
    bool was_waiting = peer->frame_since || !event_pending(peer->readable, EV_READ, NULL);
    size_t taken = take_frames(peer, bytes, size);
    keep_rest(peer, bytes + taken, peer->is_closing ? 0 : size - taken);
    if (taken)
        peer->frame_since = 0; /* what is left is another frame */
    if (peer->is_closing || event_pending(peer->more, EV_TIMEOUT, NULL))
        event_del(peer->readable);
    else if (peer->in_size)
        wait_for_frame(peer);
    else if (was_waiting)
        wait_idle(peer);
    keep_within_memory(peer->server);
}

/* ---- libevent's calls ---- */

static void on_more(int fd, short what, void *user)
{
    struct peer *peer = user;
    (void)fd;
    (void)what;
    char *bytes = peer->in;
    size_t size = peer->in_size;
    if (!size || unsent(peer) > UNSENT_MAX)
        return; /* peer_send tries again when it has been sent */
    hold(peer, NULL, 0);
    peer->in_size = 0;
    consume(peer, bytes, size);
    free(bytes);
}

/* What is left of a frame, then what came now, one behind the other. */
static ssize_t read_some(struct peer *peer, char **bytes)
{
    *bytes = peer->server->scratch;
    if (!peer->in_size)
        return read(event_get_fd(peer->readable), *bytes, READ_SIZE);
    if (peer->in_capacity < peer->in_size + READ_SIZE) {
        size_t wanted = peer->in_size * 2 + READ_SIZE, most = FRAME_SIZE + READ_SIZE;
        wanted = wanted < most || peer->in_size + READ_SIZE > most ? wanted : most;
        hold(peer, need(realloc(peer->in, wanted)), wanted);
    }
    *bytes = peer->in;
    return read(event_get_fd(peer->readable), peer->in + peer->in_size, READ_SIZE);
}

static void on_readable(int fd, short what, void *user)
{
    struct peer *peer = user;
    char *bytes;
    (void)fd;
    if (what & EV_TIMEOUT || is_too_late(peer)) {
        peer_close(peer);
        return;
    }
    ssize_t count = read_some(peer, &bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        peer_close(peer);
        return;
    }
    consume(peer, bytes, peer->in_size + (size_t)count);
}

static void on_writable(int fd, short what, void *user)
{
    struct peer *peer = user;
    (void)fd;
    if (what & EV_TIMEOUT)
        peer_close(peer); /* it takes nothing of what it asked for */
    else if (peer->is_in_turn || store_is_dirty(peer->server->gate.store))
        peer_enter_turn(peer); /* some of it may not be durable yet: it is sent when the turn is */
    else
        peer_send(peer);
}

/* ---- what the server calls ---- */

void peer_open(struct server *server, int fd, uint32_t uid)
{
    struct peer *peer = need(calloc(1, sizeof *peer));
    struct event_base *base = loop_base(server->loop);
    peer->server = server;
    peer->serial = ++server->last_serial;
    peer->user = user_of(server, uid);
    peer->user->connections++;
    peer->people_generation = UINT64_MAX;
    peer->next = server->peers;
    if (peer->next)
        peer->next->previous = peer;
    server->peers = peer;
    server->peers_count++;
    peer->readable = need(event_new(base, fd, EV_READ | EV_PERSIST, on_readable, peer));
    peer->writable = need(event_new(base, fd, EV_WRITE, on_writable, peer));
    peer->more = need(event_new(base, -1, 0, on_more, peer));
    msgpack_sbuffer_init(&peer->out);
    wait_idle(peer);
}

void peer_close(struct peer *peer)
{
    struct server *server = peer->server;
    if (peer->next)
        peer->next->previous = peer->previous;
    *(peer->previous ? &peer->previous->next : &server->peers) = peer->next;
    server->peers_count--;
    peer->user->connections--;
    server->unsent -= peer->counted;
    server->held -= peer->in_capacity;
    server->subscribers_count -= peer->subscribes;
    /* also while a turn ends: whoever is sent to first may cost another the connection */
    if (peer->turn_index < server->turn_count && server->turn[peer->turn_index] == peer)
        server->turn[peer->turn_index] = NULL;
    close(event_get_fd(peer->readable));
    event_free(peer->readable);
    event_free(peer->writable);
    event_free(peer->more);
    msgpack_sbuffer_destroy(&peer->out);
    actor_clear(&peer->actor);
    free(peer->turn_ids);
    free(peer->in);
    free(peer);
}

void peer_enter_turn(struct peer *peer)
{
    struct server *server = peer->server;
    if (peer->is_in_turn)
        return;
    loop_turn_needed(server->loop);
    if (server->turn_count == server->turn_capacity) {
        server->turn_capacity = server->turn_capacity ? server->turn_capacity * 2 : 64;
        server->turn = need(realloc(server->turn, server->turn_capacity * sizeof(struct peer *)));
    }
    peer->turn_index = server->turn_count;
    server->turn[server->turn_count++] = peer;
    peer->turn_start = peer->out.size;
    peer->is_in_turn = true;
}

void peer_answer(struct peer *peer, uint32_t id, const char *bytes, size_t size)
{
    peer_enter_turn(peer);
    peer->slow_calls--;
    if (size == 0)
        return; /* it was a notification */
    msgpack_sbuffer_write(&peer->out, bytes, size);
    remember(peer, id);
}

void peer_settle(struct peer *peer, const struct error *error)
{
    if (error && peer->turn_count) {
        peer->out.size = peer->turn_start;
        for (size_t i = 0; i < peer->turn_count; i++)
            refuse(peer, peer->turn_ids[i], error);
    }
    peer->turn_count = 0;
    peer->is_in_turn = false;
}

static void drop_sent(struct peer *peer)
{
    if (peer->sent < peer->out.size)
        return;
    peer->sent = peer->out.size = peer->turn_start = 0;
    if (peer->out.alloc > READ_SIZE) {
        msgpack_sbuffer_destroy(&peer->out);
        msgpack_sbuffer_init(&peer->out);
    }
}

/* It does not take what it asked for: nothing more is read from it until it does, and not for ever. */
static void wait_writable(struct peer *peer)
{
    struct timeval patience = to_timeval(STUCK_MILLISECONDS);
    event_add(peer->writable, &patience);
    if (unsent(peer) > UNSENT_MAX)
        event_del(peer->readable);
}

/* Who has gone without waiting for the answers gets none; what was asked before is done all the same, until
 * its end is read. */
static void write_out(struct peer *peer)
{
    while (unsent(peer) && !peer->is_gone) {
        ssize_t count = write(event_get_fd(peer->readable), peer->out.data + peer->sent, unsent(peer));
        if (count >= 0)
            peer->sent += (size_t)count;
        else if (errno == EAGAIN)
            return;
        else
            peer->is_gone = errno != EINTR;
    }
    if (peer->is_gone)
        peer->sent = peer->out.size;
    drop_sent(peer);
}

/* All is sent: go on with the frames that wait for their turn, or read again. */
static void resume(struct peer *peer)
{
    struct timeval now = { 0 };
    if (peer->in_size && !peer->frame_since)
        event_add(peer->more, &now);
    else if (!event_pending(peer->readable, EV_READ, NULL))
        wait_idle(peer);
}

/* Writes what there is and, to a subscriber, the next events, but not for longer than its turn: true where
 * there may be more. */
static bool write_and_feed(struct peer *peer)
{
    for (int feeds = 0; feeds < FEEDS_PER_TURN; feeds++) {
        write_out(peer);
        if (unsent(peer) || peer->is_gone || !peer->subscribes || !feed_peer(peer))
            return false;
    }
    write_out(peer);
    return true;
}

void peer_send(struct peer *peer)
{
    struct server *server = peer->server;
    bool is_behind = write_and_feed(peer);
    server->unsent += unsent(peer) - peer->counted;
    peer->counted = unsent(peer);
    if (peer->is_closing && !unsent(peer))
        peer_close(peer);
    else if (unsent(peer) || is_behind)
        wait_writable(peer);
    else
        resume(peer);
    keep_within_memory(server);
}
