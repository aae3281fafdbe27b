/* SPDX-License-Identifier: MIT */
/* liblaug against a service that is played here, in all its moods. Each test says what it answers. */
#include "laug.h"

#include <errno.h>
#include <msgpack.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define BYTES(text) text, sizeof(text) - 1

/* ---- the service ---- */

/* Serves one connection, the `nth` from 0; returning closes it. */
typedef void service(int fd, int nth);

struct played {
    char folder[64], path[128];
    int listener;
    service *serve;
    pthread_t threads[16], acceptor;
    int fds[16], count;
};

static struct played played;

struct connection_thread {
    int fd, nth;
};

static void *serve_one(void *context)
{
    struct connection_thread *one = context;
    played.serve(one->fd, one->nth);
    shutdown(one->fd, SHUT_RDWR); /* closed when all is over, so that no number is used twice */
    free(one);
    return NULL;
}

static void *accept_all(void *context)
{
    (void)context;
    for (int fd; (fd = accept(played.listener, NULL, NULL)) >= 0;) {
        struct connection_thread *one = malloc(sizeof *one);
        *one = (struct connection_thread){ fd, played.count };
        played.fds[played.count] = fd;
        pthread_create(&played.threads[played.count++], NULL, serve_one, one);
    }
    return NULL;
}

static void listen_at(const char *path, int backlog)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strcpy(address.sun_path, path);
    played.listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(played.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(played.listener, backlog), 0);
}

static void play(service *serve)
{
    played.serve = serve;
    listen_at(played.path, 8);
    pthread_create(&played.acceptor, NULL, accept_all, NULL);
}

static int set_up(void **state)
{
    (void)state;
    played = (struct played){ .folder = "/tmp/laug-lib-XXXXXX", .listener = -1 };
    if (!mkdtemp(played.folder))
        return -1;
    snprintf(played.path, sizeof played.path, "%s/laug.sock", played.folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (played.listener >= 0)
        shutdown(played.listener, SHUT_RDWR);
    if (played.serve)
        pthread_join(played.acceptor, NULL);
    for (int i = 0; i < played.count; i++) {
        shutdown(played.fds[i], SHUT_RDWR);
        pthread_join(played.threads[i], NULL);
        close(played.fds[i]);
    }
    if (played.listener >= 0)
        close(played.listener);
    unlink(played.path);
    return rmdir(played.folder);
}

/* Reads one whole request; 0 at the end of the connection. Its params start at *params. */
static uint32_t read_request(int fd, msgpack_unpacker *unpacker, msgpack_unpacked *request)
{
    while (msgpack_unpacker_next(unpacker, request) != MSGPACK_UNPACK_SUCCESS) {
        msgpack_unpacker_reserve_buffer(unpacker, 4096);
        ssize_t got = recv(fd, msgpack_unpacker_buffer(unpacker), 4096, 0);
        if (got <= 0)
            return UINT32_MAX;
        msgpack_unpacker_buffer_consumed(unpacker, (size_t)got);
    }
    return (uint32_t)request->data.via.array.ptr[1].via.u64;
}

static void put(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length) {
        ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        length -= (size_t)sent;
    }
}

/* [1, msgid, `rest`: the error and the result, packed */
static void put_answer(int fd, uint32_t msgid, const char *rest, size_t length)
{
    uint8_t head[7] = {
        0x94,          0x01, 0xce, (uint8_t)(msgid >> 24), (uint8_t)(msgid >> 16), (uint8_t)(msgid >> 8),
        (uint8_t)msgid
    };
    put(fd, head, sizeof head);
    put(fd, rest, length);
}

/* Answers each request with what `answer` writes, until it says false. */
static void serve_with(int fd, bool (*answer)(int fd, uint32_t msgid, const msgpack_object *request))
{
    msgpack_unpacker unpacker;
    msgpack_unpacked request;
    uint32_t msgid;
    msgpack_unpacker_init(&unpacker, 4096);
    msgpack_unpacked_init(&request);
    while ((msgid = read_request(fd, &unpacker, &request)) != UINT32_MAX)
        if (!answer(fd, msgid, &request.data))
            break;
    msgpack_unpacked_destroy(&request);
    msgpack_unpacker_destroy(&unpacker);
}

static bool is_method(const msgpack_object *request, const char *method)
{
    const msgpack_object_str *name = &request->via.array.ptr[2].via.str;
    return name->size == strlen(method) && memcmp(name->ptr, method, name->size) == 0;
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct laug *client(int timeout)
{
    struct laug *laug = laug_new(played.path);
    assert_non_null(laug);
    laug_set_timeout(laug, timeout);
    return laug;
}

/* ---- calls ---- */

/* Gives the params back as the result. */
static bool echo(int fd, uint32_t msgid, const msgpack_object *request)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_nil(&packer);
    msgpack_pack_object(&packer, request->via.array.ptr[3]);
    put_answer(fd, msgid, buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
    return true;
}

static void serve_echo(int fd, int nth)
{
    (void)nth;
    serve_with(fd, echo);
}

static void a_call_carries_its_parameters_and_its_result(void **state)
{
    struct laug *laug = client(5000);
    struct laug_reply reply;
    (void)state;
    play(serve_echo);
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, &reply), LAUG_OK);
    assert_int_equal(reply.length, 1);
    assert_memory_equal(reply.bytes, "\x90", 1);
    laug_reply_free(&reply);
    assert_null(reply.bytes);
    assert_int_equal(laug_call(laug, "a.b", BYTES("\x81\xa1k\xa3\xe2\x82\xac"), &reply), LAUG_OK);
    assert_int_equal(reply.length, 8);
    assert_memory_equal(reply.bytes, "\x91\x81\xa1k\xa3\xe2\x82\xac", 8);
    laug_reply_free(&reply);
    laug_reply_free(&reply); /* a zeroed one does no harm */
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK);
    laug_free(laug);
}

static void bad_parameters_are_not_sent(void **state)
{
    struct laug *laug = client(5000);
    (void)state;
    play(serve_echo);
    assert_int_equal(laug_call(laug, "a.b", BYTES("\x90"), NULL), LAUG_MISUSE);
    assert_int_equal(laug_call(laug, "a.b", BYTES("\x81\xa1k"), NULL), LAUG_MISUSE);
    assert_int_equal(laug_call(laug, "a.b", BYTES("\x80\x80"), NULL), LAUG_MISUSE);
    assert_int_equal(laug_call(laug, "a.b", BYTES("\x81\xa1k\xdd\xff\xff\xff\xff"), NULL), LAUG_MISUSE);
    assert_string_equal(laug_error(laug)->code, "invalid");
    assert_int_equal(laug_error(laug)->is_callers, 1);
    assert_int_equal(laug_receive(laug, 77, 10, NULL), LAUG_MISUSE);
    assert_int_equal(played.count, 0);
    laug_free(laug);
}

static const struct refusal {
    const char *text;
    const char *code, *field, *sentence;
} refusals[] = {
    {"not_found person: no person is called \"anna\"", "not_found", "person",
     "no person is called \"anna\""                                                             },
    { "busy: try again: later",                        "busy",      "",       "try again: later"},
    { "invalid a.b[2]: no",                            "invalid",   "a.b[2]", "no"              },
    { "gibberish",                                     "internal",  "",       "gibberish"       },
    { "Nice Words: here",                              "internal",  "",       "Nice Words: here"},
    { "",                                              "internal",  "",       ""                },
    { "invalid x: æøå",                             "invalid",   "x",      "æøå"          },
};

static bool refuse(int fd, uint32_t msgid, const msgpack_object *request)
{
    const char *text = refusals[request->via.array.ptr[3].via.array.ptr[0].via.map.ptr[0].val.via.u64].text;
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_array(&packer, 2);
    msgpack_pack_int(&packer, text[0] == 'b' ? 0 : 1);
    msgpack_pack_str_with_body(&packer, text, strlen(text));
    msgpack_pack_nil(&packer);
    put_answer(fd, msgid, buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
    return true;
}

static void serve_refusals(int fd, int nth)
{
    (void)nth;
    serve_with(fd, refuse);
}

static void errors_come_apart_into_code_field_and_sentence(void **state)
{
    struct laug *laug = client(5000);
    struct laug_reply untouched = { .bytes = &untouched };
    (void)state;
    play(serve_refusals);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        char params[] = "\x81\xa1i\x00";
        params[3] = (char)i;
        assert_int_equal(laug_call(laug, "a.b", params, 4, &untouched), LAUG_REFUSED);
        assert_string_equal(laug_error(laug)->code, refusals[i].code);
        assert_string_equal(laug_error(laug)->field, refusals[i].field);
        assert_string_equal(laug_error(laug)->text, refusals[i].sentence);
        assert_int_equal(laug_error(laug)->is_callers, refusals[i].text[0] != 'b');
    }
    assert_ptr_equal(untouched.bytes, &untouched);
    laug_free(laug);
}

/* Keeps three requests and answers them the other way round; the fourth never. */
static bool backwards(int fd, uint32_t msgid, const msgpack_object *request)
{
    static uint32_t kept[3];
    static int count;
    (void)request;
    if (count < 3)
        kept[count++] = msgid;
    if (count < 3)
        return true;
    for (int i = 3; i-- > 0;) {
        char rest[] = "\xc0\x00";
        rest[1] = (char)i;
        put_answer(fd, kept[i], rest, 2);
    }
    count = 4;
    return true;
}

static void serve_backwards(int fd, int nth)
{
    (void)nth;
    serve_with(fd, backwards);
}

static void answers_find_their_requests(void **state)
{
    struct laug *laug = client(5000);
    struct laug_reply reply;
    uint32_t msgids[3];
    (void)state;
    play(serve_backwards);
    for (int i = 0; i < 3; i++)
        assert_int_equal(laug_send(laug, "a.b", NULL, 0, &msgids[i]), LAUG_OK);
    laug_forget(laug, msgids[1]);
    assert_int_equal(laug_receive(laug, msgids[0], 5000, &reply), LAUG_OK);
    assert_memory_equal(reply.bytes, "\x00", 1);
    laug_reply_free(&reply);
    assert_int_equal(laug_receive(laug, msgids[1], 5000, &reply), LAUG_MISUSE);
    assert_int_equal(laug_receive(laug, msgids[2], 0, &reply), LAUG_OK);
    assert_memory_equal(reply.bytes, "\x02", 1);
    laug_reply_free(&reply);
    assert_int_equal(laug_receive(laug, msgids[2], 0, &reply), LAUG_MISUSE);
    laug_free(laug);
}

/* The first is answered when the second comes, too late for who asked. */
static bool late(int fd, uint32_t msgid, const msgpack_object *request)
{
    static uint32_t first;
    (void)request;
    if (first) {
        put_answer(fd, first, BYTES("\xc0\x01"));
        put_answer(fd, msgid, BYTES("\xc0\x02"));
    }
    first = msgid;
    return true;
}

static void serve_late(int fd, int nth)
{
    (void)nth;
    serve_with(fd, late);
}

static void a_late_answer_is_nobody_elses(void **state)
{
    struct laug *laug = client(150);
    struct laug_reply reply;
    int64_t begun = milliseconds();
    (void)state;
    play(serve_late);
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, &reply), LAUG_TIMEOUT);
    assert_in_range(milliseconds() - begun, 140, 1500);
    assert_string_equal(laug_error(laug)->code, "unavailable");
    laug_set_timeout(laug, 5000);
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, &reply), LAUG_OK);
    assert_memory_equal(reply.bytes, "\x02", 1);
    laug_reply_free(&reply);
    assert_int_equal(played.count, 1);
    laug_free(laug);
}

static bool hang_up(int fd, uint32_t msgid, const msgpack_object *request)
{
    (void)fd, (void)msgid, (void)request;
    return false;
}

static void serve_hang_up_first(int fd, int nth)
{
    serve_with(fd, nth == 0 ? hang_up : echo);
}

static void a_lost_connection_is_said_and_opened_again(void **state)
{
    struct laug *laug = client(5000);
    uint32_t first, second;
    (void)state;
    play(serve_hang_up_first);
    assert_int_equal(laug_send(laug, "a.b", NULL, 0, &first), LAUG_OK);
    assert_int_equal(laug_send(laug, "a.b", NULL, 0, &second), LAUG_OK);
    assert_int_equal(laug_receive(laug, first, 5000, NULL), LAUG_LOST);
    assert_int_equal(laug_receive(laug, second, 5000, NULL), LAUG_LOST);
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK);
    laug_free(laug);
}

static bool echo_once(int fd, uint32_t msgid, const msgpack_object *request)
{
    echo(fd, msgid, request);
    return false;
}

static void serve_echo_once(int fd, int nth)
{
    (void)nth;
    serve_with(fd, echo_once);
}

/* What came while another answer was asked for is in no socket any more: the descriptor must tell of it. */
static void an_answer_taken_in_for_later_wakes_whoever_waits(void **state)
{
    struct laug *laug = client(5000);
    struct laug_event event;
    struct pollfd ready = { laug_fd(laug), POLLIN, 0 };
    uint32_t first, second;
    (void)state;
    play(serve_echo);
    assert_int_equal(laug_send(laug, "a.b", NULL, 0, &first), LAUG_OK);
    assert_int_equal(laug_send(laug, "a.b", NULL, 0, &second), LAUG_OK);
    assert_int_equal(laug_receive(laug, second, 5000, NULL), LAUG_OK); /* and the first one's before it */
    assert_int_equal(poll(&ready, 1, 0), 1);
    assert_int_equal(laug_next_event(laug, &event), LAUG_NONE);
    assert_int_equal(poll(&ready, 1, 0), 0); /* who looks now need not be told again */
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK);
    assert_int_equal(poll(&ready, 1, 0), 1);
    assert_int_equal(laug_receive(laug, first, 0, NULL), LAUG_OK);
    assert_int_equal(poll(&ready, 1, 0), 0);
    laug_free(laug);
}

static void an_idle_connection_that_was_closed_costs_no_call(void **state)
{
    struct laug *laug = client(5000);
    (void)state;
    play(serve_echo_once);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK);
        struct pollfd closed = { laug_fd(laug), POLLIN, 0 };
        assert_int_equal(poll(&closed, 1, 5000), 1);
    }
    laug_free(laug);
}

/* Refuses the greeting, and everything else on a connection that was not greeted first. */
static bool greeted(int fd, uint32_t msgid, const msgpack_object *request)
{
    static _Thread_local bool is_greeted;
    if (is_method(request, "service.hello")) {
        is_greeted = !is_greeted;
        put_answer(fd, msgid,
                   BYTES("\x92\x01\xb3"
                         "invalid language: x\xc0"));
    } else if (!is_greeted)
        put_answer(fd, msgid,
                   BYTES("\x92\x01\xb1"
                         "invalid: rude one\xc0"));
    else if (is_method(request, "event.subscribe"))
        put_answer(fd, msgid,
                   BYTES("\x92\x01\xb1"
                         "conflict since: x\xc0"));
    else
        echo(fd, msgid, request);
    return !is_method(request, "bye");
}

static void serve_greeted(int fd, int nth)
{
    (void)nth;
    serve_with(fd, greeted);
}

static void every_connection_is_greeted_first_and_once(void **state)
{
    struct laug *laug = client(5000);
    struct laug_event event;
    (void)state;
    play(serve_greeted);
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_REFUSED);
    laug_free(laug);
    laug = client(5000);
    assert_int_equal(laug_set_greeting(laug, "service.hello", BYTES("\x90")), LAUG_MISUSE);
    assert_int_equal(laug_set_greeting(laug, "service.hello", BYTES("\x80")), LAUG_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK);
    assert_int_equal(laug_subscribe(laug, 1), LAUG_REFUSED); /* its own refusal, not the greeting's */
    assert_string_equal(laug_error(laug)->code, "conflict");
    assert_int_equal(laug_call(laug, "bye", NULL, 0, NULL), LAUG_OK);
    struct pollfd closed = { laug_fd(laug), POLLIN, 0 };
    assert_int_equal(poll(&closed, 1, 5000), 1);
    assert_int_equal(laug_next_event(laug, &event), LAUG_NONE);
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK);
    laug_free(laug);
}

/* A good answer, or event, with a few bytes that are not what they were. */
static bool answer_damaged(int fd, uint32_t msgid, const msgpack_object *request)
{
    static const char good[] =
        "\x94\x01\xce\x00\x00\x00\x00\xc0\x82\xa5since\x03\xa1k\x93\x01\xcb\x40\x09\x21\xfb\x54\x44\x2d"
        "\x18\xdc\x00\x01\xc3\x93\x02\xa5"
        "event\x91\x82\xa3seq\x09\xa4kind\xd9\x03"
        "a.b"
        "\x94\x01\xce\x00\x00\x00\x00\x92\x01\xa6"
        "busy: \xc0";
    static uint32_t seed = 7;
    char bytes[sizeof good];
    (void)request;
    memcpy(bytes, good, sizeof good);
    bytes[6] = (char)msgid;
    for (int i = 0; i < 3; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[7 + (seed >> 8) % (sizeof good - 8)] = (char)(seed >> 24);
    }
    put(fd, bytes, seed % 5 ? sizeof good - 1 : (seed >> 8) % sizeof good);
    return false;
}

static void serve_damaged(int fd, int nth)
{
    (void)nth;
    serve_with(fd, answer_damaged);
}

static void whatever_comes_is_survived(void **state)
{
    (void)state;
    for (int round = 0; round < 250; round++) {
        set_up(state);
        play(serve_damaged);
        struct laug *laug = client(2000);
        struct laug_event event;
        struct laug_reply reply;
        if (laug_subscribe(laug, round % 2 ? 0 : LAUG_FROM_NOW) == LAUG_OK)
            while (laug_next_event(laug, &event) == LAUG_OK)
                assert_true(event.length > 0 && strlen(event.kind) < 64 && event.seq >= 0);
        assert_int_not_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_TIMEOUT);
        if (laug_call(laug, "a.b", NULL, 0, &reply) == LAUG_OK) {
            msgpack_unpacked result;
            msgpack_unpacked_init(&result);
            assert_int_equal(msgpack_unpack_next(&result, reply.bytes, reply.length, NULL),
                             MSGPACK_UNPACK_SUCCESS);
            msgpack_unpacked_destroy(&result);
            laug_reply_free(&reply);
        }
        laug_free(laug);
        tear_down(state);
    }
    set_up(state);
}

/* What is no answer of this protocol, each to the msgid 1 of a fresh handle. */
static const struct {
    const char *bytes;
    size_t length;
} garbage[] = {
    { BYTES("\xc1") },
    { BYTES("HTTP/1.1 400 Bad Request\r\n") },
    { BYTES("\x93\x01\x01\xc0") },         /* three elements */
    { BYTES("\x94\x01\x63\xc0\xc0") },     /* nobody asked 99 */
    { BYTES("\x94\x01\xa1\x31\xc0\xc0") }, /* a msgid that is a text */
    { BYTES("\x94\x00\x01\xc0\xc0") },     /* a request */
    { BYTES("\x93\x02\xa5"
            "event\x90") }, /* an event, where no feed is */
    { BYTES("\x94\x01\x01\xc0\xc1") },
    { BYTES("\x94\x01\x01\xc0\xdf\xff\x33\xc1\xff") },
    { BYTES("\x94\x01\x01\xc0\xdb\xff\xff\xff\xff") },
    { BYTES("\x94\x01\x01\xc0\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\xc0") },
};

static bool talk_rubbish(int fd, uint32_t msgid, const msgpack_object *request)
{
    size_t which = request->via.array.ptr[3].via.array.ptr[0].via.map.ptr[0].val.via.u64;
    (void)msgid;
    put(fd, garbage[which].bytes, garbage[which].length);
    return true; /* and stays, as if nothing were wrong */
}

static void serve_rubbish(int fd, int nth)
{
    (void)nth;
    serve_with(fd, talk_rubbish);
}

static void rubbish_is_garbled_and_ends_the_connection(void **state)
{
    (void)state;
    play(serve_rubbish);
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        struct laug *laug = client(5000);
        struct laug_reply reply;
        char params[] = "\x81\xa1i\x00";
        params[3] = (char)i;
        assert_int_equal(laug_call(laug, "a.b", params, 4, &reply), LAUG_GARBLED);
        assert_string_equal(laug_error(laug)->code, "internal");
        laug_free(laug);
    }
}

/* Says 2 MiB at the fourth request and reads nothing meanwhile, as a service may that has much to tell. */
static bool flood(int fd, uint32_t msgid, const msgpack_object *request)
{
    static char text[1 << 19];
    if (msgid != 4)
        return msgid < 4 || echo(fd, msgid, request);
    memset(text, 'x', sizeof text);
    for (uint32_t answered = 1; answered <= 4; answered++) {
        put_answer(fd, answered, BYTES("\xc0\xdb\x00\x08\x00\x00"));
        put(fd, text, sizeof text);
    }
    return true;
}

static void serve_flood(int fd, int nth)
{
    (void)nth;
    serve_with(fd, flood);
}

static void two_that_talk_at_once_do_not_wait_for_each_other(void **state)
{
    enum { SIZE = 1 << 18, COUNT = 16 };
    struct laug *laug = client(10000);
    uint8_t *params = malloc(SIZE + 8);
    uint32_t msgids[COUNT];
    (void)state;
    play(serve_flood);
    memcpy(params, "\x81\xa1k\xdb\x00\x04\x00\x00", 8);
    memset(params + 8, 'y', SIZE);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(laug_send(laug, "a.b", params, SIZE + 8, &msgids[i]), LAUG_OK);
    for (int i = 0; i < 4; i++) {
        struct laug_reply reply;
        assert_int_equal(laug_receive(laug, msgids[i], 10000, &reply), LAUG_OK);
        assert_int_equal(reply.length, (1 << 19) + 5);
        laug_reply_free(&reply);
    }
    laug_free(laug);
    free(params);
}

/* One byte at a time. */
static bool drip(int fd, uint32_t msgid, const msgpack_object *request)
{
    const char answer[] = "\x94\x01\xcd\x00\x00\xc0\xa8grøn æ";
    (void)request;
    for (size_t i = 0; i < sizeof answer - 1; i++) {
        char byte = i == 3 ? (char)(msgid >> 8) : i == 4 ? (char)msgid : answer[i];
        put(fd, &byte, 1);
        usleep(500);
    }
    return true;
}

static void serve_drip(int fd, int nth)
{
    (void)nth;
    serve_with(fd, drip);
}

static void an_answer_may_come_in_pieces(void **state)
{
    struct laug *laug = client(5000);
    struct laug_reply reply;
    (void)state;
    play(serve_drip);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(laug_call(laug, "a.b", NULL, 0, &reply), LAUG_OK);
        assert_int_equal(reply.length, 9);
        laug_reply_free(&reply);
    }
    laug_free(laug);
}

/* ---- no service ---- */

static void nobody_there_is_unreachable(void **state)
{
    struct laug *laug = client(5000);
    char longer[300];
    (void)state;
    assert_int_equal(laug_connect(laug), LAUG_UNREACHABLE);
    assert_non_null(strstr(laug_error(laug)->text, played.path));
    assert_int_equal(laug_subscribe(laug, 0), LAUG_UNREACHABLE);
    laug_free(laug);
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    laug = laug_new(longer);
    assert_int_equal(laug_connect(laug), LAUG_MISUSE);
    laug_free(laug);
    laug_free(NULL);
}

/* A service that can never start leaves its clients in the backlog of the socket that systemd holds for it.
 */
static void a_backlog_that_nobody_empties_ends_in_a_timeout(void **state)
{
    struct laug *laugs[6];
    int64_t begun = milliseconds();
    int late_ones = 0;
    (void)state;
    listen_at(played.path, 1);
    for (int i = 0; i < 6; i++) {
        laugs[i] = client(200);
        assert_int_equal(laug_call(laugs[i], "a.b", NULL, 0, NULL), LAUG_TIMEOUT);
        late_ones += laug_connect(laugs[i]) == LAUG_TIMEOUT; /* not even connected */
    }
    assert_true(late_ones >= 3);
    assert_in_range(milliseconds() - begun, 6 * 190, 6000);
    for (int i = 0; i < 6; i++)
        laug_free(laugs[i]);
}

static void the_usual_places(void **state)
{
    char folder[96];
    struct laug *laug;
    (void)state;
    setenv("LAUG_SOCKET", "/a/b", 1);
    setenv("XDG_RUNTIME_DIR", played.folder, 1);
    laug = laug_new(NULL);
    assert_string_equal(laug_path(laug), "/a/b");
    laug_free(laug);
    setenv("LAUG_SOCKET", "", 1);
    laug = laug_new(NULL);
    assert_string_equal(laug_path(laug), "/run/laug/laug.sock");
    laug_free(laug);
    snprintf(folder, sizeof folder, "%s/laug", played.folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    snprintf(played.path, sizeof played.path, "%s/laug.sock", folder);
    listen_at(played.path, 1);
    laug = laug_new(NULL);
    assert_string_equal(laug_path(laug), played.path);
    laug_free(laug);
    unsetenv("LAUG_SOCKET");
    unsetenv("XDG_RUNTIME_DIR");
    laug = laug_new(NULL);
    assert_string_equal(laug_path(laug), "/run/laug/laug.sock");
    laug_free(laug);
    unlink(played.path);
    rmdir(folder);
}

/* ---- events ---- */

static int64_t since_of(const msgpack_object *request)
{
    const msgpack_object_map *params = &request->via.array.ptr[3].via.array.ptr[0].via.map;
    return params->size ? (int64_t)params->ptr[0].val.via.u64 : -1;
}

static void put_event(int fd, int seq)
{
    char event[] = "\x93\x02\xa5"
                   "event\x91\x82\xa3seq\x00\xa4kind\xa3"
                   "a.b";
    event[sizeof "\x93\x02\xa5"
                 "event\x91\x82\xa3seq" -
          1] = (char)seq;
    put(fd, event, sizeof event - 1);
}

/* Three events behind `since`, the last of the connection before once more, and off. From 9 on: it is too
 * old. */
static bool feed_in_pieces(int fd, uint32_t msgid, const msgpack_object *request)
{
    if (!is_method(request, "event.subscribe"))
        return echo(fd, msgid, request);
    int64_t since = since_of(request);
    if (since >= 9) {
        put_answer(fd, msgid,
                   BYTES("\x92\x01\xb1"
                         "conflict since: x\xc0"));
        return true;
    }
    put_answer(fd, msgid, BYTES("\xc0\x81\xa5since\x03"));
    if (since < 0)
        since = 3;
    put_event(fd, (int)since);
    for (int i = 1; i <= 3; i++)
        put_event(fd, (int)since + i);
    return false;
}

static void serve_feed(int fd, int nth)
{
    (void)nth;
    serve_with(fd, feed_in_pieces);
}

/* Waits on the descriptor alone, as a program with a loop of its own does. */
static enum laug_status next_event(struct laug *laug, struct laug_event *event)
{
    int64_t end = milliseconds() + 5000;
    for (;;) {
        enum laug_status status = laug_next_event(laug, event);
        if (status != LAUG_NONE)
            return status;
        struct pollfd ready = { laug_fd(laug), POLLIN, 0 };
        assert_true(milliseconds() < end);
        assert_int_equal(poll(&ready, 1, 5000), 1);
    }
}

static void a_feed_goes_on_where_it_broke_off(void **state)
{
    struct laug *laug = client(5000);
    struct laug_event event;
    int fd = laug_fd(laug);
    (void)state;
    play(serve_feed);
    assert_int_equal(laug_next_event(laug, &event), LAUG_NONE);
    assert_int_equal(laug_subscribe(laug, LAUG_FROM_NOW), LAUG_OK);
    for (int seq = 4; seq <= 9; seq++) {
        assert_int_equal(next_event(laug, &event), LAUG_OK);
        assert_int_equal(event.seq, seq);
        assert_string_equal(event.kind, "a.b");
        assert_int_equal(event.length, 15);
        assert_memory_equal(event.bytes, "\x82\xa3seq", 5);
        assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK); /* calls go on beside it */
    }
    assert_int_equal(laug_fd(laug), fd);
    assert_int_equal(next_event(laug, &event), LAUG_REFUSED);
    assert_string_equal(laug_error(laug)->code, "conflict");
    assert_string_equal(laug_error(laug)->field, "since");
    assert_int_equal(laug_next_event(laug, &event), LAUG_NONE);
    assert_int_equal(laug_subscribe(laug, 9), LAUG_REFUSED);
    assert_int_equal(laug_subscribe(laug, 0), LAUG_OK);
    assert_int_equal(next_event(laug, &event), LAUG_OK);
    assert_int_equal(event.seq, 1);
    laug_free(laug);
}

static bool feed_then_silence(int fd, uint32_t msgid, const msgpack_object *request)
{
    if (!is_method(request, "event.subscribe"))
        return echo(fd, msgid, request);
    put_event(fd, 50); /* before the yes */
    put_answer(fd, msgid, BYTES("\xc0\xc0"));
    return true;
}

static void serve_silence(int fd, int nth)
{
    (void)nth;
    serve_with(fd, feed_then_silence);
}

static void the_descriptor_is_silent_when_nothing_happens(void **state)
{
    struct laug *laug = client(5000);
    struct laug_event event;
    (void)state;
    play(serve_silence);
    assert_int_equal(laug_subscribe(laug, 7), LAUG_OK);
    assert_int_equal(next_event(laug, &event), LAUG_OK);
    assert_int_equal(event.seq, 50);
    assert_int_equal(laug_call(laug, "a.b", NULL, 0, NULL), LAUG_OK);
    while (laug_next_event(laug, &event) != LAUG_NONE)
        fail_msg("there was one event");
    struct pollfd ready = { laug_fd(laug), POLLIN, 0 };
    if (poll(&ready, 1, 300) == 1) /* on a busy machine the yes comes this late */
        assert_int_equal(laug_next_event(laug, &event), LAUG_NONE);
    assert_int_equal(poll(&ready, 1, 300), 0);
    laug_free(laug);
}

/* An answer that is asked for later wakes who polls. */
static void the_descriptor_tells_of_answers(void **state)
{
    struct laug *laug = client(5000);
    struct laug_event event;
    uint32_t msgid;
    (void)state;
    play(serve_echo);
    assert_int_equal(laug_send(laug, "a.b", NULL, 0, &msgid), LAUG_OK);
    struct pollfd ready = { laug_fd(laug), POLLIN, 0 };
    enum laug_status status = LAUG_TIMEOUT;
    for (int i = 0; i < 5 && status == LAUG_TIMEOUT; i++) { /* it may come in pieces */
        assert_int_equal(poll(&ready, 1, 5000), 1);
        assert_int_equal(laug_next_event(laug, &event), LAUG_NONE);
        status = laug_receive(laug, msgid, 0, NULL);
    }
    assert_int_equal(status, LAUG_OK);
    assert_int_equal(poll(&ready, 1, 50), 0);
    laug_free(laug);
}

/* Hangs up on the feed once, is then too busy for it twice, and goes on. */
static bool feed_busy(int fd, uint32_t msgid, const msgpack_object *request)
{
    (void)request;
    if (played.count == 2 || played.count == 3) {
        put_answer(fd, msgid,
                   BYTES("\x92\x00\xa7"
                         "busy: x\xc0"));
        return true;
    }
    put_answer(fd, msgid, BYTES("\xc0\xc0"));
    put_event(fd, played.count);
    return played.count > 1;
}

static void serve_feed_busy(int fd, int nth)
{
    (void)nth;
    serve_with(fd, feed_busy);
}

static void a_feed_waits_for_a_busy_service(void **state)
{
    struct laug *laug = client(5000);
    struct laug_event event;
    (void)state;
    play(serve_feed_busy);
    assert_int_equal(laug_subscribe(laug, 0), LAUG_OK);
    assert_int_equal(next_event(laug, &event), LAUG_OK);
    assert_int_equal(event.seq, 1);
    assert_int_equal(next_event(laug, &event), LAUG_OK);
    assert_int_equal(event.seq, 4);
    laug_free(laug);
}

static bool feed_rubbish(int fd, uint32_t msgid, const msgpack_object *request)
{
    put_answer(fd, msgid, BYTES("\xc0\xc0"));
    if (since_of(request) < 5)
        put_event(fd, 5);
    put(fd, "\xc1", 1);
    return true;
}

static void serve_feed_rubbish(int fd, int nth)
{
    (void)nth;
    serve_with(fd, feed_rubbish);
}

static void rubbish_on_the_feed_loses_it_and_it_is_reopened(void **state)
{
    struct laug *laug = client(5000);
    struct laug_event event;
    (void)state;
    play(serve_feed_rubbish);
    assert_int_equal(laug_subscribe(laug, 0), LAUG_OK);
    assert_int_equal(next_event(laug, &event), LAUG_OK);
    assert_int_equal(next_event(laug, &event), LAUG_GARBLED);
    assert_int_equal(next_event(laug, &event), LAUG_GARBLED); /* the second connection, and no event twice */
    assert_int_equal(played.count, 2);
    laug_free(laug);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_carries_its_parameters_and_its_result),
        TEST(bad_parameters_are_not_sent),
        TEST(errors_come_apart_into_code_field_and_sentence),
        TEST(answers_find_their_requests),
        TEST(a_late_answer_is_nobody_elses),
        TEST(a_lost_connection_is_said_and_opened_again),
        TEST(an_answer_taken_in_for_later_wakes_whoever_waits),
        TEST(an_idle_connection_that_was_closed_costs_no_call),
        TEST(every_connection_is_greeted_first_and_once),
        TEST(whatever_comes_is_survived),
        TEST(rubbish_is_garbled_and_ends_the_connection),
        TEST(two_that_talk_at_once_do_not_wait_for_each_other),
        TEST(an_answer_may_come_in_pieces),
        TEST(nobody_there_is_unreachable),
        TEST(a_backlog_that_nobody_empties_ends_in_a_timeout),
        TEST(the_usual_places),
        TEST(a_feed_goes_on_where_it_broke_off),
        TEST(the_descriptor_is_silent_when_nothing_happens),
        TEST(the_descriptor_tells_of_answers),
        TEST(a_feed_waits_for_a_busy_service),
        TEST(rubbish_on_the_feed_loses_it_and_it_is_reopened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
