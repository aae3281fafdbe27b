/* SPDX-License-Identifier: MIT */
/*
 * SMTP (RFC 5321). libcurl finds the server, connects, encrypts and logs in (CURLOPT_CONNECT_ONLY); the mail
 * itself is spoken here, because libcurl's own SMTP stops the whole loop until the server has answered the
 * end of the data.
 *
 * The invariant: a letter is SENT only on the server's 2xx to its final dot, and REFUSED only on a 5xx that
 * speaks of this letter. Everything else, also what we cannot know, is DEFERRED: the next attempt has the
 * same Message-ID.
 */
#include "session.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { IDLE_SECONDS = 10, REPLY_SIZE = 8192, LETTERS_A_SESSION = 100 };

enum step { OPENING, IDLE, MAIL, RCPT, DATA, BODY, RSET };

struct session {
    const struct session_host *host;
    enum step step;
    CURL *easy;
    struct event *readable, *writable, *timer;
    struct letter *letter; /* from MAIL to BODY, else NULL */
    int64_t ends_at;       /* when that letter has taken too long, on the monotonic clock in seconds */
    unsigned letters;      /* that went before */
    char *out;             /* what is being written: `out_at` of `out_length` bytes are */
    size_t out_at, out_length;
    char in[REPLY_SIZE]; /* what came and is no whole reply yet */
    size_t in_length;
    char error[CURL_ERROR_SIZE];
};

static int64_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- results ---- */

/* The server's words are shown to people: one line of printable ASCII. */
static void add_detail(struct result *result, const char *text)
{
    size_t at = strlen(result->detail);
    for (; *text && at + 1 < sizeof result->detail; text++) {
        bool is_blank = !isascii(*text) || !isgraph((unsigned char)*text);
        if (!is_blank || (at && result->detail[at - 1] != ' '))
            result->detail[at++] = is_blank ? ' ' : *text;
    }
    result->detail[at] = 0;
}

static struct result result_of(enum outcome outcome, enum reach reach, int code, const char *text)
{
    struct result result = { .outcome = outcome, .reach = reach, .code = code };
    add_detail(&result, text);
    return result;
}

/* Whom a refusal is meant for depends on what it answers. */
static struct result judge(enum step step, int code, const char *text)
{
    if (step == BODY && code / 100 == 2)
        return result_of(SENT, THIS_LETTER, code, text);
    /* a 5xx to MAIL speaks of the sender, which is ours to mend; but for 552: the letter is too large */
    bool is_for_good = code / 100 == 5 && (step != MAIL || code == 552);
    return result_of(is_for_good ? REFUSED : DEFERRED, THIS_LETTER, code, text);
}

/* ---- the connection ---- */

static void wait_seconds(struct session *session, long seconds)
{
    struct timeval left = { .tv_sec = seconds };
    evtimer_add(session->timer, &left);
}

/* Waits for an answer: as long as one may take, but not beyond the letter's own time. */
static void wait_answer(struct session *session)
{
    long seconds = session->host->settings->answer_seconds;
    long left = (long)(session->ends_at - now_seconds());
    wait_seconds(session, left < seconds ? left < 1 ? 1 : left : seconds);
}

static void session_close(struct session *session)
{
    const struct session_host *host = session->host;
    host->gone(host->context, session);
    if (session->readable)
        event_free(session->readable);
    if (session->writable)
        event_free(session->writable);
    event_free(session->timer);
    transfers_remove(host->transfers, session->easy); /* drops the connection without another word */
    curl_easy_cleanup(session->easy);
    free(session->out);
    free(session);
}

/* The connection is no good any more. The letter, if there is one, is deferred. */
static void session_fail(struct session *session, enum reach reach, const char *text)
{
    const struct session_host *host = session->host;
    struct letter *letter = session->letter;
    bool may_have_arrived = session->step == BODY && session->out_at == session->out_length;
    struct result result = result_of(DEFERRED, reach, 0, text);
    if (may_have_arrived)
        add_detail(&result, "; the message may have arrived all the same");
    session_close(session);
    if (letter)
        host->done(host->context, letter, &result);
}

/* The server had closed an idle connection by the time we spoke: nothing was said, so another may be tried.
 */
static bool may_try_another(const struct session *session)
{
    return session->step == MAIL && session->letters > 0;
}

static void put_back(struct session *session)
{
    const struct session_host *host = session->host;
    struct letter *letter = session->letter;
    session_close(session);
    host->put_back(host->context, letter);
}

static void connection_lost(struct session *session, const char *text)
{
    if (may_try_another(session))
        put_back(session);
    else
        session_fail(session, THIS_LETTER, text);
}

/* Writes on. False: the session is gone. */
static bool session_write(struct session *session)
{
    while (session->out_at < session->out_length) {
        size_t sent = 0;
        CURLcode result = curl_easy_send(session->easy, session->out + session->out_at,
                                         session->out_length - session->out_at, &sent);
        if (result == CURLE_AGAIN) {
            event_add(session->writable, NULL);
            return true;
        }
        if (result != CURLE_OK) {
            connection_lost(session, "the connection to the mail server broke off");
            return false;
        }
        session->out_at += sent;
        if (session->letter)
            wait_answer(session);
    }
    return true;
}

/* Says `bytes`, which it takes, and waits for the answer to `step`. False: the session is gone. */
static bool say(struct session *session, enum step step, char *bytes, size_t length)
{
    free(session->out);
    session->out = bytes;
    session->out_at = 0;
    session->out_length = length;
    session->step = step;
    wait_answer(session);
    return session_write(session);
}

__attribute__((format(printf, 3, 4))) static bool say_line(struct session *session, enum step step,
                                                           const char *format, ...)
{
    char *line;
    va_list values;
    va_start(values, format);
    int length = vasprintf(&line, format, values);
    va_end(values);
    if (length < 0)
        abort();
    return say(session, step, line, (size_t)length);
}

/* The mail with every dot that begins a line doubled, and the final one (RFC 5321, 4.5.2). */
static bool say_body(struct session *session)
{
    const struct letter *letter = session->letter;
    char *bytes = malloc(2 * letter->length + 5), *to = bytes;
    if (!bytes)
        abort();
    for (size_t i = 0; i < letter->length; i++) {
        if (letter->bytes[i] == '.' && (i == 0 || letter->bytes[i - 1] == '\n'))
            *to++ = '.';
        *to++ = letter->bytes[i];
    }
    if (letter->length == 0 || letter->bytes[letter->length - 1] != '\n')
        to = mempcpy(to, "\r\n", 2);
    to = mempcpy(to, ".\r\n", 3);
    return say(session, BODY, bytes, (size_t)(to - bytes));
}

/* Ready for a next letter, if there is one. */
static void session_rest(struct session *session)
{
    session->step = IDLE;
    wait_seconds(session, IDLE_SECONDS);
    session->host->ready(session->host->context);
}

void session_begin(struct session *session, struct letter *letter)
{
    const struct settings *settings = session->host->settings;
    assert(session->step == IDLE && !session->letter);
    session->letter = letter;
    session->ends_at = now_seconds() + settings->transfer_seconds;
    say_line(session, MAIL, "MAIL FROM:<%s>\r\n", settings->from_address);
}

/* Says good-bye and does not wait for the answer. */
static void session_quit(struct session *session)
{
    size_t sent;
    curl_easy_send(session->easy, "QUIT\r\n", 6, &sent);
    session_close(session);
}

/* The letter is over; the session goes on where it can. */
static void conclude(struct session *session, int code, const char *text)
{
    struct result result = judge(session->step, code, text);
    const struct session_host *host = session->host;
    struct letter *letter = session->letter;
    bool is_cut = session->out_at < session->out_length; /* it will not hear the rest, so no word more */
    bool is_spent = code == 421 || session->step == MAIL || ++session->letters >= LETTERS_A_SESSION;
    bool is_clean = session->step == BODY;
    session->letter = NULL;
    if (is_cut)
        session_close(session);
    else if (is_spent)
        session_quit(session);
    else if (is_clean)
        session_rest(session);
    else
        say_line(session, RSET, "RSET\r\n");
    host->done(host->context, letter, &result);
}

static void take_reply(struct session *session, int code, const char *text)
{
    switch (session->step) {
    case MAIL:
        if (code / 100 == 2)
            say_line(session, RCPT, "RCPT TO:<%s>\r\n", session->letter->to);
        else if (code == 421 && may_try_another(session))
            put_back(session);
        else
            conclude(session, code, text);
        return;
    case RCPT:
        if (code / 100 == 2)
            say_line(session, DATA, "DATA\r\n");
        else
            conclude(session, code, text);
        return;
    case DATA:
        if (code == 354)
            say_body(session);
        else
            conclude(session, code, text);
        return;
    case BODY:
        if (session->out_at < session->out_length && code / 100 == 2)
            session_fail(session, THIS_LETTER, "the mail server took the message before it was all sent");
        else
            conclude(session, code, text);
        return;
    case RSET:
        if (code / 100 == 2)
            session_rest(session);
        else
            session_close(session);
        return;
    default: session_close(session); /* it says that it is going */
    }
}

/*
 * The length of the whole reply in front ("250-…" lines, then "250 …"), 0 while it is not all there, -1 where
 * it is no reply (RFC 5321, 4.2.1).
 */
static long reply_length(const char *in, size_t length)
{
    size_t at = 0;
    for (;;) {
        const char *end = memchr(in + at, '\n', length - at);
        if (!end)
            return length == REPLY_SIZE - 1 ? -1 : 0;
        if (end - (in + at) < 3 || !isdigit((unsigned char)in[at]) || !isdigit((unsigned char)in[at + 1]) ||
            !isdigit((unsigned char)in[at + 2]))
            return -1;
        bool is_last = in[at + 3] != '-';
        at = (size_t)(end + 1 - in);
        if (is_last)
            return (long)at;
    }
}

/* Takes one reply at most: what it leads to may close the session. */
static void read_replies(struct session *session)
{
    char text[REPLY_SIZE];
    long length = reply_length(session->in, session->in_length);
    if (length < 0)
        session_fail(session, THIS_LETTER, "the mail server does not speak SMTP");
    if (length <= 0)
        return;
    memcpy(text, session->in, (size_t)length);
    text[length] = 0;
    session->in_length -= (size_t)length;
    memmove(session->in, session->in + length, session->in_length);
    if (session->in_length)
        event_active(session->readable, EV_READ, 0);
    take_reply(session, (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'), text);
}

static void session_readable(evutil_socket_t fd, short events, void *context)
{
    struct session *session = context;
    (void)fd, (void)events;
    for (;;) {
        size_t got = 0, room = REPLY_SIZE - 1 - session->in_length;
        CURLcode result = room ? curl_easy_recv(session->easy, session->in + session->in_length, room, &got)
                               : CURLE_AGAIN;
        session->in_length += got;
        if (result == CURLE_OK && got)
            continue;
        if (result != CURLE_AGAIN && reply_length(session->in, session->in_length) <= 0) {
            connection_lost(session, "the mail server closed the connection");
            return;
        }
        break;
    }
    read_replies(session);
}

static void session_writable(evutil_socket_t fd, short events, void *context)
{
    (void)fd, (void)events;
    session_write(context);
}

static void session_late(evutil_socket_t fd, short events, void *context)
{
    struct session *session = context;
    (void)fd, (void)events;
    if (session->step == IDLE)
        session_quit(session);
    else if (session->letter)
        session_fail(session, THIS_DESTINATION, "the mail server did not answer in time");
    else
        session_close(session);
}

/* ---- opening and ending ---- */

static void set_options(struct session *session)
{
    const struct settings *settings = session->host->settings;
    CURL *easy = session->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, session);
    curl_easy_setopt(easy, CURLOPT_URL, session->host->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never wait for a name server on the way out */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, settings->connect_seconds);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, session->error);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->security == SECURITY_STARTTLS)
        curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (settings->authority_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->authority_file);
    if (settings->user) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, settings->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, settings->password);
    }
}

struct session *session_open(const struct session_host *host)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session || !(session->easy = curl_easy_init()))
        abort();
    session->host = host;
    session->step = OPENING;
    session->timer = evtimer_new(host->base, session_late, session);
    set_options(session);
    if (!session->timer || !transfers_add(host->transfers, session->easy))
        abort();
    return session;
}

static void opening_failed(struct session *session, CURLcode result)
{
    const struct session_host *host = session->host;
    char text[CURL_ERROR_SIZE + 64];
    snprintf(text, sizeof text, "the mail server cannot be used: %s",
             session->error[0] ? session->error : curl_easy_strerror(result));
    struct result unusable = result_of(DEFERRED, EVERY_LETTER, 0, text);
    session_close(session);
    host->unopened(host->context, &unusable);
}

void session_opened(CURL *easy, CURLcode result)
{
    struct session *session;
    curl_socket_t fd = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&session);
    if (result == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
    if (fd == CURL_SOCKET_BAD) {
        opening_failed(session, result);
        return;
    }
    struct event_base *base = session->host->base;
    session->readable = event_new(base, fd, EV_READ | EV_PERSIST, session_readable, session);
    session->writable = event_new(base, fd, EV_WRITE, session_writable, session);
    if (!session->readable || !session->writable || event_add(session->readable, NULL) < 0)
        abort();
    session_rest(session);
}

bool session_is_idle(const struct session *session)
{
    return session->step == IDLE;
}

bool session_is_opening(const struct session *session)
{
    return session->step == OPENING;
}

void session_abort(struct session *session, const char *why)
{
    if (session->step == IDLE)
        session_quit(session);
    else
        session_fail(session, THIS_LETTER, why);
}
