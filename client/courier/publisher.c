/* SPDX-License-Identifier: MIT */
/*
 * A round: ask the service for the day and the entries, look at what the server has, do what differs, step by
 * step. It ends well or in trouble; either way a timer begins the next.
 */
#include "publisher.h"

#include "catalogue.h"
#include "day.h"
#include "icalendar.h"
#include "language.h"
#include "log.h"
#include "mending.h"
#include "pack.h"

#include <event2/util.h>
#include <laug.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_SECONDS = 20, CALL_MILLISECONDS = 5000, SETTLE_MILLISECONDS = 500 };
enum { FIRST_REST = 2000, LONGEST_REST = 3600 * 1000, LONGEST_REST_OF_SERVICE = 30 * 1000 };
enum { DAYS_BACK = 31, DAYS_AHEAD = 730, DAYS_AROUND = 150, SKIPPED_MOST = 3 };

enum stage { RESTING, ASKING_DAY, ASKING_ENTRIES, LOOKING, CHANGING, LOOKING_CLOSER };

struct publisher {
    struct event_base *base;
    const struct settings *settings;
    const struct calendar_settings *calendar;
    struct dav *dav;
    struct event *timer;
    enum stage stage;
    bool is_stale;      /* what changed since this round began is for the next */
    bool is_in_trouble; /* the last round ended in it, and the next waits */
    int rest;           /* milliseconds, of the trouble before; 0: none */

    struct laug *laug; /* while the service is asked */
    struct event *readable;
    uint32_t msgid;

    struct listing listing;
    struct listing_scope scope;
    struct span span;
    int32_t list_from, list_until;
    struct mending mending;
    unsigned put, removed, skipped, clashes; /* in this round */
};

/* ---- the end of a round ---- */

static void wait_milliseconds(struct publisher *publisher, int64_t milliseconds)
{
    struct timeval left = { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };
    evtimer_add(publisher->timer, &left);
}

static void stop_asking(struct publisher *publisher)
{
    if (publisher->readable)
        event_free(publisher->readable);
    laug_free(publisher->laug);
    publisher->readable = NULL;
    publisher->laug = NULL;
}

static void end_round(struct publisher *publisher)
{
    stop_asking(publisher);
    listing_free(&publisher->listing);
    publisher->stage = RESTING;
}

/* Between half and one and a half times as long, so that many do not come back at once. */
static int64_t with_jitter(int64_t milliseconds)
{
    uint16_t chance;
    evutil_secure_rng_get_bytes(&chance, sizeof chance);
    return milliseconds / 2 + milliseconds * chance / UINT16_MAX;
}

static void rest(struct publisher *publisher, int longest, int64_t least)
{
    int64_t longer = publisher->rest ? 2 * (int64_t)publisher->rest : FIRST_REST;
    publisher->rest = (int)(longer < longest ? longer : longest);
    end_round(publisher);
    publisher->is_in_trouble = true;
    int64_t wait = with_jitter(publisher->rest);
    wait_milliseconds(publisher, wait > least ? wait : least);
}

__attribute__((format(printf, 3, 4))) static void say(const struct publisher *publisher, enum level level,
                                                      const char *format, ...)
{
    char text[600];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    log_line(level, "calendar %s: %s", publisher->calendar->name, text);
}

static void trouble_with_service(struct publisher *publisher, const char *what)
{
    say(publisher, LOG_LEVEL_WARNING, "the service cannot be asked: %s", what);
    rest(publisher, LONGEST_REST_OF_SERVICE, 0);
}

static const char *meaning_of(int code)
{
    switch (code) {
    case 401: return "it does not take the name or the password";
    case 403: return "it does not allow this";
    case 404:
    case 405: return "there is no calendar at this address";
    case 507: return "it has no room left";
    default:
        return code / 100 == 3 ? "it sends us elsewhere; give the address that it names"
                               : "it does not want this";
    }
}

static void trouble_with_server(struct publisher *publisher, const struct dav_answer *answer)
{
    int64_t least = answer->retry_seconds > LONGEST_REST / 1000 ? LONGEST_REST : answer->retry_seconds * 1000;
    if (answer->code)
        say(publisher, LOG_LEVEL_WARNING, "the server answers %d: %s", answer->code,
            meaning_of(answer->code));
    else
        say(publisher, LOG_LEVEL_WARNING, "the server cannot be used: %s", answer->trouble);
    rest(publisher, LONGEST_REST, least);
}

static void round_is_done(struct publisher *publisher)
{
    if (publisher->put || publisher->removed)
        say(publisher, LOG_LEVEL_INFO, "%zu entries, %u put, %u removed", publisher->mending.entries,
            publisher->put, publisher->removed);
    if (publisher->skipped || publisher->clashes) {
        rest(publisher, LONGEST_REST, 0);
        return;
    }
    publisher->rest = 0;
    publisher->is_in_trouble = false;
    end_round(publisher);
    wait_milliseconds(publisher,
                      publisher->is_stale ? SETTLE_MILLISECONDS : publisher->calendar->minutes * 60000);
}

/* ---- what the server has ---- */

static void print_day(char text[static 20], int32_t day)
{
    struct civil civil = day_to_civil(day);
    snprintf(text, 20, "%04d%02d%02dT000000Z", civil.year, civil.month, civil.day);
}

static void look(struct publisher *publisher)
{
    char from[20], until[20], body[700];
    print_day(from, publisher->span.from - 1);
    print_day(until, publisher->span.until + 2);
    snprintf(body, sizeof body,
             "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
             "<C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"
             "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
             "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">"
             "<C:time-range start=\"%s\" end=\"%s\"/>"
             "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>\n",
             from, until);
    publisher->stage = LOOKING;
    dav_ask(publisher->dav, &(struct dav_request){ .verb = DAV_LIST, .body = body });
}

/* ---- what differs ---- */

static void ask_step(struct publisher *publisher)
{
    const struct step *step = publisher->mending.steps;
    if (!step) {
        round_is_done(publisher);
        return;
    }
    publisher->stage = CHANGING;
    dav_ask(publisher->dav, &(struct dav_request){ .verb = step->verb,
                                                   .name = step->name,
                                                   .etag = step->etag,
                                                   .body = step->verb == DAV_REMOVE ? NULL : step->text });
}

static void next_step(struct publisher *publisher)
{
    struct step *step = publisher->mending.steps;
    publisher->mending.steps = step->next;
    step_free(step);
    ask_step(publisher);
}

static void take_looked(struct publisher *publisher, const struct dav_answer *answer)
{
    if (!answer->multistatus || !answer->code) {
        trouble_with_server(publisher, answer);
        return;
    }
    mending_find(&publisher->mending, &publisher->listing, publisher->span, publisher->settings->domain,
                 dav_place(publisher->dav), answer->multistatus);
    listing_free(&publisher->listing);
    ask_step(publisher);
}

/* The server will not have this one; perhaps it has the others. */
static void skip(struct publisher *publisher, const struct dav_answer *answer)
{
    bool is_about_one = answer->code / 100 == 4 && answer->code != 401 && answer->code != 404 &&
                        answer->code != 405 && answer->code != 407 && answer->code != 429;
    if (!is_about_one || ++publisher->skipped >= SKIPPED_MOST) {
        trouble_with_server(publisher, answer);
        return;
    }
    say(publisher, LOG_LEVEL_WARNING, "the server will not have %s: it answers %d",
        publisher->mending.steps->uid, answer->code);
    next_step(publisher);
}

/* Somebody was there between our look and our step: a name is taken that was not seen, or something has
 * changed. */
static void meet(struct publisher *publisher)
{
    const struct step *step = publisher->mending.steps;
    if (step->verb == DAV_PUT_NEW) {
        publisher->stage = LOOKING_CLOSER;
        dav_ask(publisher->dav, &(struct dav_request){ .verb = DAV_GET, .name = step->name });
        return;
    }
    publisher->clashes++;
    next_step(publisher);
}

static void take_changed(struct publisher *publisher, const struct dav_answer *answer)
{
    const struct step *step = publisher->mending.steps;
    bool is_gone = step->verb == DAV_REMOVE && (answer->code == 404 || answer->code == 410);
    if (answer->code / 100 == 2 || is_gone) {
        publisher->put += step->verb != DAV_REMOVE;
        publisher->removed += step->verb == DAV_REMOVE;
        mending_keep(&publisher->mending, step, answer->etag);
        next_step(publisher);
    } else if (answer->code == 412)
        meet(publisher);
    else
        skip(publisher, answer);
}

/* It lies where nobody looked: it is ours and was moved far away, or somebody else's under a name of ours. */
static void take_closer(struct publisher *publisher, const struct dav_answer *answer)
{
    struct step *step = publisher->mending.steps;
    char *uid = answer->code == 200 ? icalendar_uid(answer->body) : NULL, *wanted;
    if (asprintf(&wanted, "%s@%s", step->uid, publisher->settings->domain) < 0)
        abort();
    bool is_ours = uid && strcmp(uid, wanted) == 0 && *answer->etag;
    free(uid);
    free(wanted);
    if (is_ours) {
        step->verb = DAV_PUT_AGAIN;
        free(step->etag);
        step->etag = strdup(answer->etag);
        if (!step->etag)
            abort();
        ask_step(publisher);
        return;
    }
    if (answer->code == 200)
        say(publisher, LOG_LEVEL_WARNING, "something else has the name %s, and is left alone", step->name);
    publisher->clashes++;
    next_step(publisher);
}

static void answered(void *context, const struct dav_answer *answer)
{
    struct publisher *publisher = context;
    if (!answer->code)
        trouble_with_server(publisher, answer);
    else if (publisher->stage == LOOKING)
        take_looked(publisher, answer);
    else if (publisher->stage == CHANGING)
        take_changed(publisher, answer);
    else
        take_closer(publisher, answer);
}

/* ---- what the service has ---- */

static void ask(struct publisher *publisher, enum stage stage, const char *method,
                const msgpack_sbuffer *params)
{
    publisher->stage = stage;
    if (laug_send(publisher->laug, method, params ? params->data : NULL, params ? params->size : 0,
                  &publisher->msgid) != LAUG_OK) {
        trouble_with_service(publisher, laug_error(publisher->laug)->text);
        return;
    }
    wait_milliseconds(publisher, CALL_SECONDS * 1000);
}

static void ask_entries(struct publisher *publisher)
{
    msgpack_sbuffer params;
    msgpack_sbuffer_init(&params);
    listing_ask(&publisher->listing, &publisher->scope, &params);
    ask(publisher, ASKING_ENTRIES, "calendar.list", &params);
    msgpack_sbuffer_destroy(&params);
}

static enum code take_day(struct publisher *publisher, const struct laug_reply *reply, struct error *error)
{
    struct arena arena = { 0 };
    struct clock_now_result now = { 0 };
    enum code code = record_unpack(&record_clock_now_result, (struct packed){ reply->bytes, reply->length },
                                   &now, NULL, &arena, error);
    arena_free(&arena);
    if (code != OK)
        return code;
    publisher->span = (struct span){ now.today - DAYS_BACK, now.today + DAYS_AHEAD };
    publisher->list_from = publisher->span.from - DAYS_AROUND;
    publisher->list_until = publisher->span.until + DAYS_AROUND;
    ask_entries(publisher);
    return OK;
}

static enum code take_entries(struct publisher *publisher, const struct laug_reply *reply,
                              struct error *error)
{
    enum code code = listing_take(&publisher->listing, reply->bytes, reply->length, error);
    if (code != OK)
        return code;
    if (!publisher->listing.is_whole) {
        ask_entries(publisher);
        return OK;
    }
    evtimer_del(publisher->timer);
    stop_asking(publisher);
    look(publisher);
    return OK;
}

static void take_reply(struct publisher *publisher, const struct laug_reply *reply)
{
    struct error error;
    enum code code = publisher->stage == ASKING_DAY ? take_day(publisher, reply, &error)
                                                    : take_entries(publisher, reply, &error);
    if (code != OK)
        trouble_with_service(publisher, error.text);
}

static void service_answers(evutil_socket_t fd, short what, void *context)
{
    struct publisher *publisher = context;
    struct laug_reply reply = { 0 };
    (void)fd, (void)what;
    enum laug_status status = laug_receive(publisher->laug, publisher->msgid, 0, &reply);
    if (status == LAUG_TIMEOUT)
        return;
    bool is_too_large = status == LAUG_REFUSED && strcmp(laug_error(publisher->laug)->code, "too_large") == 0;
    if (status == LAUG_OK)
        take_reply(publisher, &reply);
    else if (is_too_large && publisher->stage == ASKING_ENTRIES && listing_halve(&publisher->listing))
        ask_entries(publisher);
    else
        trouble_with_service(publisher, laug_error(publisher->laug)->text);
    laug_reply_free(&reply);
}

/* ---- a round ---- */

/* The titles of entries are in the language of the connection. */
static bool greet(struct laug *laug, enum language language)
{
    msgpack_sbuffer params;
    msgpack_packer packer;
    msgpack_sbuffer_init(&params);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    pack_greeting(&packer, language);
    bool is_set = laug_set_greeting(laug, "service.hello", params.data, params.size) == LAUG_OK;
    msgpack_sbuffer_destroy(&params);
    return is_set;
}

static void begin_round(struct publisher *publisher)
{
    publisher->is_stale = false;
    publisher->put = publisher->removed = publisher->skipped = publisher->clashes = 0;
    listing_free(&publisher->listing);
    publisher->laug = laug_new(publisher->settings->socket);
    if (!publisher->laug || !greet(publisher->laug, publisher->calendar->language ? DANISH : ENGLISH))
        abort();
    laug_set_timeout(publisher->laug, CALL_MILLISECONDS);
    publisher->readable = event_new(publisher->base, laug_fd(publisher->laug), EV_READ | EV_PERSIST,
                                    service_answers, publisher);
    if (!publisher->readable || event_add(publisher->readable, NULL) < 0)
        abort();
    ask(publisher, ASKING_DAY, "clock.now", NULL);
}

static void time_is_up(evutil_socket_t fd, short what, void *context)
{
    struct publisher *publisher = context;
    (void)fd, (void)what;
    if (publisher->stage == RESTING)
        begin_round(publisher);
    else
        trouble_with_service(publisher, "it does not answer in time");
}

void publisher_wake(struct publisher *publisher)
{
    publisher->is_stale = true;
    if (publisher->stage == RESTING && !publisher->is_in_trouble)
        wait_milliseconds(publisher, SETTLE_MILLISECONDS);
}

/* "all", "team X" or "rotation X": the settings have checked that it is one of them. */
static void take_scope(struct publisher *publisher)
{
    const char *of = publisher->calendar->of, *id = strchr(of, ' ');
    publisher->scope = (struct listing_scope){ .from = &publisher->list_from,
                                               .until = &publisher->list_until };
    if (strncmp(of, "team ", 5) == 0)
        publisher->scope.team = id + strspn(id, " ");
    if (strncmp(of, "rotation ", 9) == 0)
        publisher->scope.rotation = id + strspn(id, " ");
}

struct publisher *publisher_open(struct event_base *base, const struct settings *settings,
                                 const struct calendar_settings *calendar)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        abort();
    *publisher = (struct publisher){ .base = base, .settings = settings, .calendar = calendar };
    take_scope(publisher);
    publisher->dav = dav_open(base, settings, calendar, answered, publisher);
    publisher->timer = evtimer_new(base, time_is_up, publisher);
    if (!publisher->dav || !publisher->timer) {
        publisher_close(publisher);
        return NULL;
    }
    return publisher;
}

void publisher_close(struct publisher *publisher)
{
    end_round(publisher);
    if (publisher->dav)
        dav_close(publisher->dav);
    if (publisher->timer)
        event_free(publisher->timer);
    mending_free(&publisher->mending);
    free(publisher);
}
