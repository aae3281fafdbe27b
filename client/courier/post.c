/* SPDX-License-Identifier: MIT */
/*
 * The invariants: every letter that was started is one post of the list until it is told of; and a request
 * bears the same Idempotency-Key each time, so that a place that cares gets one copy.
 */
#include "post.h"

#include "character.h"
#include "signature.h"
#include "target.h"
#include "transfers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    REPLY_MAX = 64 * 1024, /* bytes of a reply that are read at all */
    REPLY_KEPT = 160,      /* of them told on, where the post was not taken */
    WAIT_MAX = 6 * 3600,   /* seconds that a server may ask for */
    RESTS_MAX = 1000
};

struct post {
    struct post *next;
    struct poster *poster;
    struct letter *letter;
    CURL *easy; /* NULL: not begun */
    CURLU *url;
    struct curl_slist *headers;
    struct guard guard;
    size_t seen, kept; /* bytes of the reply */
    char reply[REPLY_KEPT + 1];
};

/* An address that has asked to be left alone; one that is corrected has not. */
struct rest {
    struct rest *next;
    char *address;
    int64_t until;
};

struct poster {
    const struct settings *settings;
    struct transfers *transfers;
    poster_done *done;
    void *context;
    struct post *posts, **posts_end;
    struct event *serve; /* made active to go on from the loop */
    struct rest *rests;
    size_t rests_count;
};

static int64_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- who wants to be left alone ---- */

static void add_rest(struct poster *poster, const char *address, long seconds)
{
    if (poster->rests_count == RESTS_MAX)
        return;
    struct rest *rest = malloc(sizeof *rest);
    if (!rest)
        abort();
    *rest = (struct rest){ poster->rests, strdup(address), now_seconds() + seconds };
    if (!rest->address)
        abort();
    poster->rests = rest;
    poster->rests_count++;
}

/* Forgets those that are over; how long the address's still lasts, 0: it has none. */
static long rest_of(struct poster *poster, const char *address)
{
    int64_t now = now_seconds();
    long left = 0;
    for (struct rest **at = &poster->rests; *at;) {
        struct rest *rest = *at;
        if (rest->until <= now) {
            *at = rest->next;
            free(rest->address);
            free(rest);
            poster->rests_count--;
            continue;
        }
        if (strcmp(rest->address, address) == 0 && rest->until - now > left)
            left = (long)(rest->until - now);
        at = &rest->next;
    }
    return left;
}

/* ---- the end of a post ---- */

static void end(struct post *post, const struct result *result)
{
    struct poster *poster = post->poster;
    struct letter *letter = post->letter;
    struct post **at = &poster->posts;
    while (*at != post)
        at = &(*at)->next;
    *at = post->next;
    if (!post->next)
        poster->posts_end = at;
    if (post->easy) {
        transfers_remove(poster->transfers, post->easy);
        curl_easy_cleanup(post->easy);
    }
    if (post->url)
        curl_url_cleanup(post->url);
    curl_slist_free_all(post->headers);
    free(post);
    poster->done(poster->context, letter, result);
}

__attribute__((format(printf, 2, 3))) static void say(struct result *result, const char *format, ...)
{
    char text[sizeof result->detail];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    char *plain = character_plain(text, false);
    size_t length = strnlen(plain, sizeof result->detail - 1);
    while (length < strlen(plain) && length && ((unsigned char)plain[length] & 0xC0U) == 0x80U)
        length--; /* no half of a character */
    memcpy(result->detail, plain, length);
    result->detail[length] = 0;
    free(plain);
}

/* What the status means: RFC 9110, 15; RFC 8470 (425), RFC 6585 (429). */
static void judge_status(int code, struct result *result)
{
    result->code = code;
    bool is_later = code == 408 || code == 425 || code == 429 || code >= 500;
    result->outcome = code < 300 ? SENT : is_later ? DEFERRED : REFUSED;
    if (code == 429 || code == 502 || code == 503 || code == 504)
        result->reach = THIS_DESTINATION;
}

static void judge(struct post *post, CURLcode status, struct result *result)
{
    long code = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(post->easy, CURLINFO_RETRY_AFTER, &wait);
    if (code < 200) { /* no answer, whatever came on the way to one */
        bool may_have_arrived = status == CURLE_OPERATION_TIMEDOUT || status == CURLE_RECV_ERROR ||
                                status == CURLE_GOT_NOTHING || status == CURLE_SEND_ERROR;
        result->outcome = DEFERRED;
        result->reach = THIS_DESTINATION;
        say(result, "%s%s", curl_easy_strerror(status), may_have_arrived ? "; it may have arrived" : "");
        return;
    }
    judge_status((int)code, result);
    if (code >= 300 && code < 400)
        say(result, "%ld: it wants to send us elsewhere, which is not followed; correct the address", code);
    else
        say(result, "%ld%s%s", code, post->kept && result->outcome != SENT ? " " : "",
            result->outcome != SENT ? post->reply : "");
    if (result->outcome == DEFERRED && wait > 0)
        result->wait_seconds = wait < WAIT_MAX ? (long)wait : WAIT_MAX;
}

static void transfer_done(void *context, CURL *easy, CURLcode status)
{
    struct poster *poster = context;
    struct result result = { .reach = THIS_LETTER };
    char *pointer = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &pointer);
    struct post *post = (struct post *)(void *)pointer;
    judge(post, status, &result);
    if (result.wait_seconds)
        add_rest(poster, post->letter->to, result.wait_seconds);
    end(post, &result);
}

/* ---- a request ---- */

/* Keeps the beginning, and ends the reading of what is too long: the status has said what there is to know.
 */
static size_t take_reply(char *bytes, size_t one, size_t count, void *context)
{
    struct post *post = context;
    size_t length = one * count;
    size_t room = REPLY_KEPT - post->kept, kept = length < room ? length : room;
    memcpy(post->reply + post->kept, bytes, kept);
    post->kept += kept;
    post->reply[post->kept] = 0;
    post->seen += length;
    return post->seen > REPLY_MAX ? 0 : length;
}

__attribute__((format(printf, 2, 3))) static void add_header(struct post *post, const char *format, ...)
{
    char text[256];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    struct curl_slist *longer = curl_slist_append(post->headers, text);
    if (!longer)
        abort();
    post->headers = longer;
}

static void add_headers(struct post *post)
{
    const struct letter *letter = post->letter;
    const struct secret *secret = &post->poster->settings->webhook_secret;
    int64_t now = time(NULL);
    add_header(post, "Content-Type: application/json; charset=utf-8");
    add_header(post, "Idempotency-Key: %s", letter->message_id);
    add_header(post, "webhook-id: %s", letter->message_id);
    add_header(post, "webhook-timestamp: %" PRId64, now);
    add_header(post, "Expect:"); /* no asking before: it would cost a round trip, or a second of waiting */
    if (secret->bytes) {
        char signature[SIGNATURE_SIZE];
        signature_make(secret, letter->message_id, now, letter->bytes, letter->length, signature);
        add_header(post, "webhook-signature: %s", signature);
    }
}

static void set_options(struct post *post)
{
    const struct settings *settings = post->poster->settings;
    CURL *easy = post->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, post);
    curl_easy_setopt(easy, CURLOPT_CURLU, post->url);
    target_guard(easy, settings->webhook_authority_file, &post->guard);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, settings->webhook_connect_seconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, settings->webhook_answer_seconds);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_reply);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, post);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, post->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->letter->length);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->letter->bytes);
}

static void begin(struct post *post)
{
    struct poster *poster = post->poster;
    struct result result = { .outcome = DEFERRED, .reach = THIS_LETTER };
    result.wait_seconds = rest_of(poster, post->letter->to);
    if (result.wait_seconds) {
        say(&result, "it has asked to be left alone for a while");
        end(post, &result);
        return;
    }
    const char *why = target_parse(post->letter->to, poster->settings->webhook_hosts, &post->url);
    if (why) {
        result.outcome = REFUSED;
        say(&result, "%s", why);
        end(post, &result);
        return;
    }
    post->guard.is_tls = strncasecmp(post->letter->to, "https:", 6) == 0;
    post->easy = curl_easy_init();
    if (!post->easy)
        abort();
    add_headers(post);
    set_options(post);
    if (!transfers_add(poster->transfers, post->easy))
        abort();
}

/* Begins all that is not yet: what ends at once is told from the loop. */
static void serve(evutil_socket_t fd, short events, void *context)
{
    struct poster *poster = context;
    (void)fd, (void)events;
    for (;;) {
        struct post *post = poster->posts;
        while (post && post->easy)
            post = post->next;
        if (!post)
            return;
        begin(post); /* may have ended it, and put others at the end of the list */
    }
}

/* ---- the whole ---- */

void poster_start(struct poster *poster, struct letter *letter)
{
    struct post *post = calloc(1, sizeof *post);
    if (!post)
        abort();
    post->poster = poster;
    post->letter = letter;
    *poster->posts_end = post;
    poster->posts_end = &post->next;
    event_active(poster->serve, 0, 0);
}

void poster_abort(struct poster *poster)
{
    const struct result stopped = { .outcome = DEFERRED, .detail = "the courier was stopped" };
    while (poster->posts)
        end(poster->posts, &stopped);
}

struct poster *poster_open(struct event_base *base, const struct settings *settings, poster_done *done,
                           void *context)
{
    struct poster *poster = calloc(1, sizeof *poster);
    if (!poster)
        abort();
    *poster = (struct poster){ .settings = settings, .done = done, .context = context };
    poster->posts_end = &poster->posts;
    poster->serve = event_new(base, -1, 0, serve, poster);
    poster->transfers = transfers_open(base, transfer_done, poster);
    if (poster->serve && poster->transfers)
        return poster;
    poster_close(poster);
    return NULL;
}

void poster_close(struct poster *poster)
{
    poster_abort(poster);
    while (poster->rests) {
        struct rest *rest = poster->rests;
        poster->rests = rest->next;
        free(rest->address);
        free(rest);
    }
    if (poster->transfers)
        transfers_close(poster->transfers);
    if (poster->serve)
        event_free(poster->serve);
    free(poster);
}
