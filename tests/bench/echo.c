/* SPDX-License-Identifier: MIT */
/*
 * The least that a libevent server can do: give back what came. It is what one client's latency is compared
 * with, so it takes the shortest way: a plain event, one read, one write, no bufferevent.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct peer {
    struct event *event;
};

static void peer_readable(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct peer *peer = context;
    char bytes[65536];
    ssize_t got = read(fd, bytes, sizeof bytes);
    /* what does not fit into the socket's buffer breaks the connection: the load client sends less */
    if (got <= 0 || write(fd, bytes, (size_t)got) != got) {
        event_free(peer->event);
        close(fd);
        free(peer);
    }
}

static void listener_readable(evutil_socket_t fd, short what, void *base)
{
    (void)what;
    int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct peer *peer = calloc(1, sizeof *peer);
    if (accepted < 0 || peer == NULL)
        exit(1);
    peer->event = event_new(base, accepted, EV_READ | EV_PERSIST, peer_readable, peer);
    event_add(peer->event, NULL);
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path) {
        fprintf(stderr, "usage: echo SOCKET\n");
        return 64;
    }
    memcpy(address.sun_path, argv[1], strlen(argv[1]));
    signal(SIGPIPE, SIG_IGN);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 64) != 0) {
        perror("echo");
        return 1;
    }
    struct event_base *base = event_base_new();
    event_add(event_new(base, fd, EV_READ | EV_PERSIST, listener_readable, base), NULL);
    return event_base_dispatch(base) == 0 ? 0 : 1;
}
