/* SPDX-License-Identifier: MIT */
/*
 * The load client of ./dev bench: N connections to one Unix socket, each with D requests under way, speaking
 * RESP (redis) or MessagePack-RPC (laugd) or taking its own bytes back (the echo server). It knows nothing of
 * commands: it sends requests that were written into a file before, in turn, and finds the end of each reply.
 * The invariant: whichever the server, the same loop, the same system calls and the same clock measure it.
 *
 * A connection sends D requests in one write, waits for all D replies, and sends the next D. The latency of a
 * request is the time from that write to the read that completed its reply.
 *
 * --requests FILE   a row of requests, each 4 bytes of length (little-endian) and as many bytes
 * --framing WORD    resp, rpc or echo
 * --clients N --depth D, and --seconds S or --count N (a multiple of D); --warm S is run first and not
 * counted; --pause S between a reply and the next request, of one client. SIGTERM ends it early, with its
 * figures.
 *
 * Prints one line of JSON. Exit status 1 where a reply was an error or the connection broke: a figure made of
 * refusals is no figure.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MAX_DEPTH = 256, ERROR_SHOWN = 160 };

/* How many bytes the first reply in `bytes` takes; 0 where it is not all there yet. */
typedef size_t reply_end(const uint8_t *bytes, size_t length, bool *is_error);

struct request {
    const uint8_t *bytes;
    size_t length;
};

struct samples {
    uint32_t *microseconds_10; /* tenths of a microsecond */
    size_t count, room;
};

struct connection {
    int fd;
    int waiting;         /* replies still to come */
    size_t next_request; /* in the file */
    int64_t sent_at;     /* nanoseconds */
    uint8_t *in;
    size_t in_length, in_room;
};

struct load {
    const char *socket_path, *requests_path;
    reply_end *reply_end;
    int clients, depth;
    double seconds, warm, pause;
    int64_t count; /* 0: as long as `seconds` */

    struct request *requests;
    size_t request_count;
    struct connection *connections;
    int epoll;
    uint8_t *out; /* one pipeline's requests */
    size_t out_room;
    int64_t end; /* nanoseconds; of this phase */
    int64_t sent, answered, replied_bytes;
    struct samples samples;
};

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *grown(void *old, size_t size)
{
    void *new = realloc(old, size);
    if (new == NULL)
        die("memory");
    return new;
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* ---- where a reply ends ----------------------------------------------------------------------------------
 */

static size_t resp_end(const uint8_t *bytes, size_t length, bool *is_error)
{
    const uint8_t *line_end = memchr(bytes, '\n', length);
    if (line_end == NULL)
        return 0;
    size_t line = (size_t)(line_end - bytes) + 1;
    *is_error = bytes[0] == '-' || (bytes[0] == '$' && bytes[1] == '-');
    if (bytes[0] != '$' || *is_error)
        return line;
    size_t whole = line + strtoul((const char *)bytes + 1, NULL, 10) + 2;
    return whole <= length ? whole : 0;
}

static uint64_t big_endian(const uint8_t *bytes, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* What one MessagePack head says: `size` bytes in all with its text, and `items` that follow. */
struct head {
    size_t size;
    uint64_t items;
};

/* False where the bytes end before the head does. */
static bool head_read(const uint8_t *bytes, size_t length, struct head *head)
{
    /* 0xc0 .. 0xdf: bytes of the length field, of the fixed body, and items for each of that length */
    static const struct {
        uint8_t width, body, per_item;
    } kinds[32] = {
        {0,  0,  0},
        { 0, 0,  0},
        { 0, 0,  0},
        { 0, 0,  0}, /* nil, unused, false, true */
        { 1, 0,  0},
        { 2, 0,  0},
        { 4, 0,  0},
        { 1, 1,  0}, /* bin 8 16 32, ext 8 */
        { 2, 1,  0},
        { 4, 1,  0},
        { 0, 4,  0},
        { 0, 8,  0}, /* ext 16 32, float 32 64 */
        { 0, 1,  0},
        { 0, 2,  0},
        { 0, 4,  0},
        { 0, 8,  0}, /* uint */
        { 0, 1,  0},
        { 0, 2,  0},
        { 0, 4,  0},
        { 0, 8,  0}, /* int */
        { 0, 2,  0},
        { 0, 3,  0},
        { 0, 5,  0},
        { 0, 9,  0}, /* fixext 1 2 4 8 */
        { 0, 17, 0},
        { 1, 0,  0},
        { 2, 0,  0},
        { 4, 0,  0}, /* fixext 16, str 8 16 32 */
        { 2, 0,  1},
        { 4, 0,  1},
        { 2, 0,  2},
        { 4, 0,  2}, /* array 16 32, map 16 32 */
    };
    uint8_t first = bytes[0];
    *head = (struct head){ .size = 1 };
    if (first >= 0x80 && first < 0x90) {
        head->items = (first & 0x0fU) * 2;
    } else if (first >= 0x90 && first < 0xa0) {
        head->items = first & 0x0fU;
    } else if (first >= 0xa0 && first < 0xc0) {
        head->size += first & 0x1fU;
    } else if (first >= 0xc0 && first < 0xe0) {
        size_t width = kinds[first - 0xc0].width;
        if (length < 1 + width)
            return false;
        uint64_t declared = big_endian(bytes + 1, width);
        head->items = declared * kinds[first - 0xc0].per_item;
        head->size += width + kinds[first - 0xc0].body + (head->items > 0 ? 0 : (size_t)declared);
    }
    return true;
}

static size_t message_end(const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    for (uint64_t left = 1; left > 0; left--) {
        struct head head;
        if (at >= length || !head_read(bytes + at, length - at, &head))
            return 0;
        at += head.size;
        left += head.items;
    }
    return at <= length ? at : 0;
}

static size_t echo_end(const uint8_t *bytes, size_t length, bool *is_error)
{
    *is_error = false;
    return message_end(bytes, length);
}

/* A response [1, msgid, error, result] whose error is nil. */
static size_t rpc_end(const uint8_t *bytes, size_t length, bool *is_error)
{
    size_t end = message_end(bytes, length);
    if (end == 0)
        return 0;
    struct head msgid;
    *is_error = bytes[0] != 0x94 || bytes[1] != 0x01 || !head_read(bytes + 2, end - 2, &msgid) ||
                bytes[2 + msgid.size] != 0xc0;
    return end;
}

/* ---- the loop --------------------------------------------------------------------------------------------
 */

static void sample(struct samples *samples, int64_t nanoseconds)
{
    if (samples->count == samples->room) {
        samples->room = samples->room > 0 ? samples->room * 2 : 1 << 16;
        samples->microseconds_10 = grown(samples->microseconds_10, samples->room * sizeof(uint32_t));
    }
    samples->microseconds_10[samples->count++] = (uint32_t)(nanoseconds / 100);
}

static volatile sig_atomic_t is_over;

static void end_early(int signal)
{
    (void)signal;
    is_over = 1;
}

static bool may_send(const struct load *load, int64_t count)
{
    if (is_over)
        return false;
    return count > 0 ? load->sent + load->depth <= count : now() < load->end;
}

static void pipeline_send(struct load *load, struct connection *connection)
{
    size_t length = 0;
    for (int i = 0; i < load->depth; i++) {
        const struct request *request = &load->requests[connection->next_request];
        connection->next_request = (connection->next_request + 1) % load->request_count;
        if (length + request->length > load->out_room) {
            load->out_room = (length + request->length) * 2;
            load->out = grown(load->out, load->out_room);
        }
        memcpy(load->out + length, request->bytes, request->length);
        length += request->length;
    }
    load->sent += load->depth;
    connection->waiting = load->depth;
    connection->sent_at = now();
    for (size_t sent = 0; sent < length;) {
        ssize_t wrote = send(connection->fd, load->out + sent, length - sent, MSG_NOSIGNAL);
        if (wrote < 0)
            die("send");
        sent += (size_t)wrote;
    }
}

static void show_refusal(const uint8_t *bytes, size_t length)
{
    fprintf(stderr, "load: the server refused: ");
    for (size_t i = 0; i < length && i < ERROR_SHOWN; i++)
        fputc(bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.', stderr);
    fputc('\n', stderr);
    exit(1);
}

static void replies_take(struct load *load, struct connection *connection)
{
    int64_t at = now();
    size_t taken = 0;
    while (taken < connection->in_length) {
        bool is_error;
        const uint8_t *reply = connection->in + taken;
        size_t end = load->reply_end(reply, connection->in_length - taken, &is_error);
        if (end == 0)
            break;
        if (is_error)
            show_refusal(reply, end);
        taken += end;
        connection->waiting--;
        load->answered++;
        load->replied_bytes += (int64_t)end;
        sample(&load->samples, at - connection->sent_at);
    }
    memmove(connection->in, connection->in + taken, connection->in_length - taken);
    connection->in_length -= taken;
}

static void connection_readable(struct load *load, struct connection *connection)
{
    if (connection->in_room - connection->in_length < 4096) {
        connection->in_room = connection->in_room * 2 + (1 << 16);
        connection->in = grown(connection->in, connection->in_room);
    }
    ssize_t got = recv(connection->fd, connection->in + connection->in_length,
                       connection->in_room - connection->in_length, 0);
    if (got <= 0) {
        errno = got == 0 ? ECONNRESET : errno;
        die("receive");
    }
    connection->in_length += (size_t)got;
    replies_take(load, connection);
}

static void rest(double seconds)
{
    struct timespec time = { .tv_sec = (time_t)seconds,
                             .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) };
    if (seconds > 0)
        nanosleep(&time, NULL);
}

/* Sends until the time or the count is up, and takes the last reply in; gives the seconds it took. */
static double phase(struct load *load, double seconds, int64_t count)
{
    struct epoll_event ready[64];
    int64_t began = now();
    load->end = began + (int64_t)(seconds * 1e9);
    load->sent = load->answered = load->replied_bytes = 0;
    load->samples.count = 0;
    for (int i = 0; i < load->clients && may_send(load, count); i++)
        pipeline_send(load, &load->connections[i]);
    while (load->answered < load->sent) {
        int many = epoll_wait(load->epoll, ready, 64, -1);
        for (int i = 0; i < many; i++) {
            struct connection *connection = ready[i].data.ptr;
            connection_readable(load, connection);
            if (connection->waiting == 0)
                rest(load->pause);
            if (connection->waiting == 0 && may_send(load, count))
                pipeline_send(load, connection);
        }
    }
    return (double)(now() - began) / 1e9;
}

/* ---- before and after ------------------------------------------------------------------------------------
 */

static void requests_read(struct load *load)
{
    FILE *file = fopen(load->requests_path, "rb");
    struct stat status;
    if (file == NULL || fstat(fileno(file), &status) != 0)
        die(load->requests_path);
    size_t size = (size_t)status.st_size, room = 0;
    uint8_t *bytes = grown(NULL, size + 1);
    if (fread(bytes, 1, size, file) != size)
        die(load->requests_path);
    fclose(file);
    for (size_t at = 0; at + 4 <= size;) {
        uint32_t length;
        memcpy(&length, bytes + at, 4);
        if (load->request_count == room) {
            room = room * 2 + 64;
            load->requests = grown(load->requests, room * sizeof(struct request));
        }
        load->requests[load->request_count++] = (struct request){ bytes + at + 4, length };
        at += 4 + (size_t)length;
    }
    if (load->request_count == 0) {
        errno = ENODATA;
        die(load->requests_path);
    }
}

static void connections_open(struct load *load)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, load->socket_path, sizeof address.sun_path - 1);
    load->connections = calloc((size_t)load->clients, sizeof(struct connection));
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load->connections == NULL || load->epoll < 0)
        die("epoll");
    for (int i = 0; i < load->clients; i++) {
        struct connection *connection = &load->connections[i];
        connection->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0)
            die(load->socket_path);
        connection->next_request = (size_t)i * load->request_count / (size_t)load->clients;
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0)
            die("epoll_ctl");
    }
}

static void options_read(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        {"socket",           required_argument, NULL, 's' },
        { "requests",              required_argument, NULL, 'r' },
        { "framing",                 required_argument, NULL, 'f' },
        { "clients",required_argument, NULL, 'c' },
        { "depth",               required_argument, NULL, 'd' },
        { "seconds",         required_argument, NULL, 't' },
        { "count",              required_argument, NULL, 'n' },
        { "warm",                 required_argument, NULL, 'w' },
        { "pause",              required_argument, NULL, 'p' },
        { 0              },
    };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 's': load->socket_path = optarg; break;
        case 'r': load->requests_path = optarg; break;
        case 'c': load->clients = atoi(optarg); break;
        case 'd': load->depth = atoi(optarg); break;
        case 't': load->seconds = atof(optarg); break;
        case 'n': load->count = atoll(optarg); break;
        case 'w': load->warm = atof(optarg); break;
        case 'p': load->pause = atof(optarg); break;
        case 'f':
            load->reply_end = strcmp(optarg, "resp") == 0  ? resp_end
                              : strcmp(optarg, "rpc") == 0 ? rpc_end
                                                           : echo_end;
            break;
        default: exit(64);
        }
    }
    if (load->socket_path == NULL || load->requests_path == NULL || load->clients < 1 || load->depth < 1 ||
        load->depth > MAX_DEPTH) {
        fprintf(stderr, "load: --socket and --requests are needed; --clients and --depth start at 1\n");
        exit(64);
    }
}

static int is_slower(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static double percentile(const struct samples *samples, double share)
{
    size_t at = (size_t)((double)samples->count * share);
    at = at < samples->count ? at : samples->count - 1;
    return samples->microseconds_10[at] / 10.0;
}

int main(int argc, char **argv)
{
    struct load load = { .clients = 1, .depth = 1, .seconds = 1, .reply_end = rpc_end };
    options_read(&load, argc, argv);
    signal(SIGTERM, end_early);
    requests_read(&load);
    connections_open(&load);
    if (load.warm > 0)
        phase(&load, load.warm, 0);
    double seconds = phase(&load, load.seconds, load.count);
    struct samples *samples = &load.samples;
    qsort(samples->microseconds_10, samples->count, sizeof(uint32_t), is_slower);
    printf("{\"requests\": %lld, \"seconds\": %.6f, \"rate\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
           "\"max_us\": %.1f, \"reply_bytes\": %.1f}\n",
           (long long)load.answered, seconds, (double)load.answered / seconds, percentile(samples, 0.50),
           percentile(samples, 0.99), percentile(samples, 1.0),
           (double)load.replied_bytes / (double)load.answered);
    return 0;
}
