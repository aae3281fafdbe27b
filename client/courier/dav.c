/* SPDX-License-Identifier: MIT */
#include "dav.h"

#include "target.h"
#include "transfers.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ETAG_SIZE = 256, BODY_MOST = 256 << 10, MULTISTATUS = 207 };

struct dav {
    struct transfers *transfers;
    struct dav_place place;
    const struct settings *settings;
    const struct calendar_settings *calendar;
    dav_done *done;
    void *context;
    CURL *easy;
    bool is_busy;
    enum dav_verb verb;
    struct curl_slist *headers;
    char *body; /* that is sent */
    struct multistatus *multistatus;
    char *answer; /* the body that came, where it is no multistatus */
    size_t answer_length;
    char etag[ETAG_SIZE];
    struct guard guard;
    const char *refusal; /* why we stopped reading; NULL */
    char error[CURL_ERROR_SIZE];
};

/* ---- where it lies ---- */

/* One part of an address; "" where it has none. The caller's. */
static char *part(CURLU *url, CURLUPart which)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(url, which, &text, 0);
    if (code == CURLUE_OUT_OF_MEMORY)
        abort();
    char *copy = strdup(code == CURLUE_OK && text ? text : "");
    if (!copy)
        abort();
    curl_free(text);
    return copy;
}

static const char *fault_of(CURLU *url, const char *scheme, const char *host)
{
    static const CURLUPart unwanted[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                          CURLUPART_FRAGMENT };
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
        char *text = part(url, unwanted[i]);
        bool is_there = *text;
        free(text);
        if (is_there)
            return "it must be an address alone, without a name, a password, a question or a mark";
    }
    if (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && target_is_here(host)))
        return NULL;
    return "it must begin with https:// (or http:// where the server is this machine)";
}

static void take_place(struct dav_place *place, CURLU *url, const char *scheme, const char *host)
{
    char *port = part(url, CURLUPART_PORT), *path = part(url, CURLUPART_PATH);
    size_t length = strlen(path);
    bool is_ended = length && path[length - 1] == '/';
    if (asprintf(&place->origin, "%s://%s%s%s", scheme, host, *port ? ":" : "", port) < 0 ||
        asprintf(&place->path, "%s%s", path, is_ended ? "" : "/") < 0)
        abort();
    free(port);
    free(path);
}

const char *dav_place_read(struct dav_place *place, const char *address)
{
    CURLU *url = curl_url();
    if (!url)
        abort();
    *place = (struct dav_place){ NULL, NULL };
    const char *fault = "it is no address";
    if (curl_url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK) {
        char *scheme = part(url, CURLUPART_SCHEME), *host = part(url, CURLUPART_HOST);
        fault = fault_of(url, scheme, host);
        if (!fault)
            take_place(place, url, scheme, host);
        free(scheme);
        free(host);
    }
    curl_url_cleanup(url);
    return fault;
}

void dav_place_free(struct dav_place *place)
{
    free(place->origin);
    free(place->path);
    *place = (struct dav_place){ NULL, NULL };
}

/* Servers escape what they like: paths are compared as what they mean. The caller's. */
static char *meaning_of(const char *path)
{
    char *meaning = strdup(path), *to = meaning;
    if (!meaning)
        abort();
    for (const char *from = path; *from; from++) {
        unsigned byte;
        if (*from == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2]) &&
            sscanf(from + 1, "%2x", &byte) == 1 && byte) {
            *to++ = (char)byte;
            from += 2;
        } else
            *to++ = *from;
    }
    *to = 0;
    return meaning;
}

static bool is_name(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isascii(*c) || !isgraph((unsigned char)*c) || strchr("?#\\\"", *c))
            return false;
    return *name;
}

const char *dav_name(const struct dav_place *place, const char *href)
{
    size_t origin = strlen(place->origin);
    if (strncasecmp(href, place->origin, origin) == 0 && href[origin] == '/')
        href += origin;
    const char *slash = strrchr(href, '/');
    if (*href != '/' || !is_name(slash + 1))
        return NULL;
    char *wanted = meaning_of(place->path), *folder = meaning_of(href), *name = meaning_of(slash + 1);
    size_t length = strlen(folder) - strlen(name);
    bool is_inside = strlen(wanted) == length && strncmp(folder, wanted, length) == 0 && !strchr(name, '/') &&
                     strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
    free(wanted);
    free(folder);
    free(name);
    return is_inside ? slash + 1 : NULL;
}

/* ---- what comes ---- */

static size_t refuse(struct dav *dav, const char *why)
{
    dav->refusal = why;
    return 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct dav *dav = context;
    long code = 0;
    size_t length = size * count;
    curl_easy_getinfo(dav->easy, CURLINFO_RESPONSE_CODE, &code);
    if (dav->verb == DAV_LIST && code == MULTISTATUS) {
        if (multistatus_read(dav->multistatus, bytes, length))
            return length;
        return refuse(dav, "what it says about the calendar is not well-formed, or too much");
    }
    if (dav->answer_length + length > BODY_MOST)
        return refuse(dav, "its answer is too long");
    dav->answer = realloc(dav->answer, dav->answer_length + length + 1);
    if (!dav->answer)
        abort();
    memcpy(dav->answer + dav->answer_length, bytes, length);
    dav->answer_length += length;
    dav->answer[dav->answer_length] = 0;
    return length;
}

/* An ETag goes back as it came: it must be able to stand in a header (RFC 9110, 8.8.3). */
static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct dav *dav = context;
    size_t length = size * count, at = sizeof "ETag:" - 1;
    if (length <= at || strncasecmp(bytes, "ETag:", at) != 0)
        return length;
    while (at < length && (bytes[at] == ' ' || bytes[at] == '\t'))
        at++;
    size_t end = length;
    while (end > at && isspace((unsigned char)bytes[end - 1]))
        end--;
    bool is_good = end - at < ETAG_SIZE;
    for (size_t i = at; is_good && i < end; i++)
        is_good = isgraph((unsigned char)bytes[i]);
    if (is_good) {
        memcpy(dav->etag, bytes + at, end - at);
        dav->etag[end - at] = 0;
    }
    return length;
}

/* ---- a request ---- */

static void forget(struct dav *dav)
{
    curl_slist_free_all(dav->headers);
    free(dav->body);
    free(dav->answer);
    if (dav->multistatus)
        multistatus_free(dav->multistatus);
    dav->headers = NULL;
    dav->body = dav->answer = NULL;
    dav->multistatus = NULL;
}

static void told(void *context, CURL *easy, CURLcode result)
{
    struct dav *dav = context;
    struct dav_answer answer = { .etag = dav->etag, .body = dav->answer ? dav->answer : "" };
    long code = 0;
    curl_off_t retry = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry);
    transfers_remove(dav->transfers, easy);
    dav->is_busy = false;
    answer.retry_seconds = retry;
    answer.code = (int)code;
    if (result == CURLE_OK && dav->verb == DAV_LIST && code == MULTISTATUS) {
        answer.multistatus = dav->multistatus;
        if (!multistatus_end(dav->multistatus))
            dav->refusal = "what it says about the calendar is not whole";
    }
    if (result != CURLE_OK && dav->guard.is_refused && !dav->refusal)
        dav->refusal = "its name stands for an address that calendars are not sent to";
    if (result != CURLE_OK || dav->refusal) {
        answer.code = 0;
        answer.trouble = dav->refusal    ? dav->refusal
                         : dav->error[0] ? dav->error
                                         : curl_easy_strerror(result);
    }
    /* the next request begins inside of the call, and what this one had lives until after it */
    struct dav kept = {
        .headers = dav->headers, .body = dav->body, .answer = dav->answer, .multistatus = dav->multistatus
    };
    dav->headers = NULL;
    dav->body = dav->answer = NULL;
    dav->multistatus = NULL;
    dav->done(dav->context, &answer);
    forget(&kept);
}

__attribute__((format(printf, 2, 3))) static void add_header(struct dav *dav, const char *format, ...)
{
    char *line;
    va_list values;
    va_start(values, format);
    int length = vasprintf(&line, format, values);
    va_end(values);
    struct curl_slist *list = length < 0 ? NULL : curl_slist_append(dav->headers, line);
    if (!list)
        abort();
    dav->headers = list;
    free(line);
}

static void set_connection(struct dav *dav)
{
    CURL *easy = dav->easy;
    const struct settings *settings = dav->settings;
    const struct calendar_settings *calendar = dav->calendar;
    target_guard(easy, calendar->authority_file, &dav->guard);
    if (calendar->user) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(easy, CURLOPT_USERNAME, calendar->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, calendar->password);
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, settings->connect_seconds);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, settings->answer_seconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, settings->transfer_seconds);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, dav);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, dav);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, dav->error);
}

static void set_request(struct dav *dav, const struct dav_request *request)
{
    static const char *const verbs[] = { [DAV_LIST] = "REPORT",
                                         [DAV_GET] = "GET",
                                         [DAV_PUT_NEW] = "PUT",
                                         [DAV_PUT_AGAIN] = "PUT",
                                         [DAV_REMOVE] = "DELETE" };
    char *address;
    if (asprintf(&address, "%s%s%s", dav->place.origin, dav->place.path, request->name ? request->name : "") <
        0)
        abort();
    curl_easy_setopt(dav->easy, CURLOPT_URL, address);
    curl_easy_setopt(dav->easy, CURLOPT_CUSTOMREQUEST, verbs[request->verb]);
    free(address);
    add_header(dav, "Expect:"); /* no pause before a body */
    if (request->verb == DAV_LIST) {
        add_header(dav, "Depth: 1");
        add_header(dav, "Content-Type: application/xml; charset=utf-8");
    } else if (request->body)
        add_header(dav, "Content-Type: text/calendar; charset=utf-8");
    if (request->verb == DAV_PUT_NEW)
        add_header(dav, "If-None-Match: *");
    /* a weak one never matches (RFC 9110, 13.1.1): then what was just looked at is replaced as it is */
    bool is_weak = request->etag && strncmp(request->etag, "W/", 2) == 0;
    if ((request->verb == DAV_PUT_AGAIN || request->verb == DAV_REMOVE) && !is_weak)
        add_header(dav, "If-Match: %s", request->etag);
    curl_easy_setopt(dav->easy, CURLOPT_HTTPHEADER, dav->headers);
    if (!request->body)
        return;
    dav->body = strdup(request->body);
    if (!dav->body)
        abort();
    curl_easy_setopt(dav->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(dav->body));
    curl_easy_setopt(dav->easy, CURLOPT_POSTFIELDS, dav->body);
}

void dav_ask(struct dav *dav, const struct dav_request *request)
{
    dav->verb = request->verb;
    dav->is_busy = true;
    dav->refusal = NULL;
    dav->guard = (struct guard){ .is_tls = strncmp(dav->place.origin, "https:", 6) == 0 };
    dav->etag[0] = dav->error[0] = 0;
    dav->answer_length = 0;
    dav->multistatus = request->verb == DAV_LIST ? multistatus_new() : NULL;
    curl_easy_reset(dav->easy); /* the connection stays with the multi handle */
    set_connection(dav);
    set_request(dav, request);
    if (!transfers_add(dav->transfers, dav->easy))
        abort();
}

const struct dav_place *dav_place(const struct dav *dav)
{
    return &dav->place;
}

struct dav *dav_open(struct event_base *base, const struct settings *settings,
                     const struct calendar_settings *calendar, dav_done *done, void *context)
{
    struct dav *dav = calloc(1, sizeof *dav);
    if (!dav)
        abort();
    *dav = (struct dav){ .settings = settings, .calendar = calendar, .done = done, .context = context };
    dav->transfers = transfers_open(base, told, dav);
    dav->easy = curl_easy_init();
    if (dav->transfers && dav->easy && !dav_place_read(&dav->place, calendar->url))
        return dav;
    dav_close(dav);
    return NULL;
}

void dav_close(struct dav *dav)
{
    if (dav->is_busy)
        transfers_remove(dav->transfers, dav->easy);
    if (dav->easy)
        curl_easy_cleanup(dav->easy);
    if (dav->transfers)
        transfers_close(dav->transfers);
    forget(dav);
    dav_place_free(&dav->place);
    free(dav);
}
