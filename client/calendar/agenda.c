/* SPDX-License-Identifier: MIT */
#include "agenda.h"

#include "catalogue.h"
#include "output.h"
#include "pack.h"

#include <laug.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* DAYS_BACK: a calendar that is read anew each time forgets what is no longer in it, and people look back. */
enum { DAYS_BACK = 90, TRIES = 5 };
/* One change brings others: they are waited for. Without any, days pass all the same. */
enum {
    SETTLE_MILLISECONDS = 300,
    DAY_MILLISECONDS = 6 * 3600 * 1000,
    FIRST_REST = 1000,
    LONGEST_REST = 60000
};

/* ---- asking ---- */

static enum code failure(const struct agenda *agenda, struct error *error)
{
    const struct laug_error *told = laug_error(agenda->laug);
    return fail(error, code_from_word(told->code), told->field, "%s", told->text);
}

/* A service that is being restarted is back within a second; asking twice changes nothing. */
static enum laug_status call(const struct agenda *agenda, const char *method, const msgpack_sbuffer *params,
                             struct laug_reply *reply)
{
    enum laug_status status = LAUG_OK;
    for (int tries = 0; tries < TRIES; tries++) {
        status = laug_call(agenda->laug, method, params ? params->data : NULL, params ? params->size : 0,
                           reply);
        if (status != LAUG_LOST && status != LAUG_TIMEOUT)
            break;
        nanosleep(&(struct timespec){ .tv_nsec = 400000000 }, NULL);
    }
    return status;
}

static enum code ask(const struct agenda *agenda, const char *method, const struct record *record,
                     void *result, struct arena *arena, struct error *error)
{
    struct laug_reply reply = { 0 };
    if (call(agenda, method, NULL, &reply) != LAUG_OK)
        return failure(agenda, error);
    enum code code = record_unpack(record, (struct packed){ reply.bytes, reply.length }, result, NULL, arena,
                                   error);
    laug_reply_free(&reply);
    return code;
}

static enum code ask_page(const struct agenda *agenda, const struct listing_scope *scope,
                          struct listing *listing, struct error *error)
{
    struct laug_reply reply = { 0 };
    msgpack_sbuffer params;
    msgpack_sbuffer_init(&params);
    listing_ask(listing, scope, &params);
    enum laug_status status = call(agenda, "calendar.list", &params, &reply);
    msgpack_sbuffer_destroy(&params);
    if (status == LAUG_OK) {
        enum code code = listing_take(listing, reply.bytes, reply.length, error);
        laug_reply_free(&reply);
        return code;
    }
    enum code code = failure(agenda, error);
    return code == TOO_LARGE && listing_halve(listing) ? OK : code;
}

/* The day that it begins on is the service's: its clock may be held. */
static enum code find_scope(const struct agenda *agenda, struct listing_scope *scope, int32_t *from,
                            struct arena *arena, struct error *error)
{
    struct hello hello = { 0 };
    struct clock_now_result now = { 0 };
    enum code code = OK;
    *scope = agenda->scope;
    if (agenda->is_mine)
        code = ask(agenda, "service.hello", &record_hello, &hello, arena, error);
    if (code == OK && !agenda->says_from)
        code = ask(agenda, "clock.now", &record_clock_now_result, &now, arena, error);
    if (code != OK)
        return code;
    if (agenda->is_mine && !hello.person)
        return fail(
            error, INVALID, "person",
            _("nobody here has your login; say whose calendar: --person, --team, --rotation or --all"));
    if (agenda->is_mine)
        scope->person = hello.person;
    if (!agenda->says_from) {
        *from = now.today - DAYS_BACK;
        scope->from = from;
    }
    return OK;
}

/* What is cancelled is left out: who reads the whole of it sees that it is gone. */
static void drop_cancelled(struct listing *listing)
{
    size_t kept = 0;
    for (size_t i = 0; i < listing->count; i++)
        if (listing->entries[i].state != CALENDAR_ENTRY_STATE_CANCELLED)
            listing->entries[kept++] = listing->entries[i];
    listing->count = kept;
}

/* ---- writing ---- */

static enum code write_if_new(struct agenda *agenda, char *text, struct error *error)
{
    bool is_new = !agenda->written || strcmp(agenda->written, text) != 0;
    enum code code = is_new ? output_write(agenda->path, text, error) : OK;
    if (!is_new || code != OK) {
        free(text);
        return code;
    }
    free(agenda->written);
    agenda->written = text;
    return OK;
}

enum code agenda_write(struct agenda *agenda, struct error *error)
{
    struct listing listing = { 0 };
    struct listing_scope scope;
    int32_t from;
    enum code code = find_scope(agenda, &scope, &from, &listing.arena, error);
    while (code == OK && !listing.is_whole)
        code = ask_page(agenda, &scope, &listing, error);
    if (code == OK) {
        drop_cancelled(&listing);
        code = write_if_new(agenda, icalendar_write(&agenda->calendar, listing.entries, listing.count),
                            error);
    }
    listing_free(&listing);
    return code;
}

void agenda_free(struct agenda *agenda)
{
    free(agenda->written);
    agenda->written = NULL;
}

/* ---- following ---- */

struct following {
    struct agenda *agenda;
    void (*tell)(const struct error *error);
    bool is_subscribed, is_stale;
    int rest; /* milliseconds to wait after trouble; 0: there is none */
};

static void trouble(struct following *following, const struct error *error)
{
    int longer = following->rest ? 2 * following->rest : FIRST_REST;
    following->rest = longer < LONGEST_REST ? longer : LONGEST_REST;
    following->tell(error);
}

static void read_events(struct following *following)
{
    struct laug_event event;
    enum laug_status status;
    while ((status = laug_next_event(following->agenda->laug, &event)) == LAUG_OK)
        if (strcmp(event.kind, "calendar.changed") == 0)
            following->is_stale = true;
    if (status == LAUG_REFUSED) /* too long away: what was missed is found by asking */
        following->is_subscribed = false;
}

static void step(struct following *following)
{
    struct agenda *agenda = following->agenda;
    struct error error;
    following->rest = following->is_stale || !following->is_subscribed ? following->rest : 0;
    if (!following->is_subscribed) {
        following->is_stale = true;
        if (laug_subscribe(agenda->laug, LAUG_FROM_NOW) != LAUG_OK) {
            failure(agenda, &error);
            trouble(following, &error);
            return;
        }
        following->is_subscribed = true;
    }
    read_events(following);
    if (!following->is_stale)
        return;
    if (agenda_write(agenda, &error) != OK) {
        trouble(following, &error);
        return;
    }
    following->is_stale = false;
    following->rest = 0;
}

/* Until something has come; then a moment longer, for what comes with it. */
static void wait_for_news(struct following *following)
{
    struct pollfd polled = { .fd = laug_fd(following->agenda->laug), .events = POLLIN };
    struct timespec settle = { .tv_nsec = SETTLE_MILLISECONDS * 1000000L };
    if (following->rest) {
        settle = (struct timespec){ following->rest / 1000, following->rest % 1000 * 1000000L };
    } else if (poll(&polled, 1, DAY_MILLISECONDS) == 0)
        following->is_stale = true;
    nanosleep(&settle, NULL);
}

enum code agenda_follow(struct agenda *agenda, void (*tell)(const struct error *error), struct error *error)
{
    struct following following = { .agenda = agenda, .tell = tell, .is_subscribed = true };
    if (laug_subscribe(agenda->laug, LAUG_FROM_NOW) != LAUG_OK)
        return failure(agenda, error);
    enum code code = agenda_write(agenda, error);
    if (code != OK)
        return code;
    for (;;) {
        wait_for_news(&following);
        step(&following);
    }
}
