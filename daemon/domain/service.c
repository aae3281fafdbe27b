/* SPDX-License-Identifier: MIT */
/* The service itself: hello, status, batches, the clock and the feed. Its description of itself is in
 * describe.c. */
#include "company.h"
#include "job.h"
#include "pack.h"
#include "statements.h"
#include "store.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- hello ---- */

static enum code fill_hello(struct call *call, const struct actor *actor, struct hello *result)
{
    result->service = "laugd";
    result->version = LAUG_VERSION;
    result->person = actor->person;
    result->clock_held = call->clock->is_held;
    result->roles = arena_take(&call->arena, ROLES_COUNT * sizeof *result->roles);
    for (int role = ROLE_STAFF; role < ROLE_SELF; role++)
        if (actor_has(actor, (enum role)role))
            result->roles[result->roles_count++] = role_words[role];
    return OK;
}

enum code service_hello(struct call *call, const struct service_hello_params *params, struct hello *result)
{
    if (params->language) {
        call->wish.has_language = true;
        call->wish.language = *params->language == SERVICE_HELLO_PARAMS_LANGUAGE_DANISH ? DANISH : ENGLISH;
    }
    return fill_hello(call, call->actor, result);
}

enum code service_act_as(struct call *call, const struct service_act_as_params *params, struct hello *result)
{
    const struct actor actor = { .uid = call->actor->uid,
                                 .person = params->person,
                                 .roles = 1U << ROLE_STAFF };
    call->wish.act_as = params->person;
    return fill_hello(call, &actor, result);
}

/* ---- how it is ---- */

enum code service_status(struct call *call, struct service_status_result *result)
{
    struct service_people_row people = { 0 };
    struct service_teams_row teams = { 0 };
    struct job_count_row jobs = { 0 };
    struct event_bounds_row feed = { 0 };
    int64_t next;
    if (sql_service_people(call, &people) || sql_service_teams(call, &teams) || sql_job_count(call, &jobs) ||
        sql_event_bounds(call, &feed) || job_next(call, &next))
        return call->error.code;
    result->version = LAUG_VERSION;
    result->schema = store_schema_version();
    result->trouble = store_trouble(call->store);
    result->state = result->trouble ? SERVICE_STATUS_RESULT_STATE_DEGRADED : SERVICE_STATUS_RESULT_STATE_GOOD;
    result->people = people.count;
    result->teams = teams.count;
    result->jobs = jobs.count;
    result->last_event = feed.last ? *feed.last : 0;
    if (next != INT64_MAX) {
        int64_t *copy = arena_take(&call->arena, sizeof *copy);
        *copy = next;
        result->next_job = copy;
    }
    return OK;
}

/* ---- several calls as one ---- */

/* The error of an inner call says which one it was: `calls[2].person`. */
static enum code name_call(struct call *call, size_t index)
{
    char field[sizeof call->error.field];
    snprintf(field, sizeof field, "calls[%zu]%s%.40s", index, *call->error.field ? "." : "",
             call->error.field);
    snprintf(call->error.field, sizeof call->error.field, "%s", field);
    return call->error.code;
}

enum code service_batch(struct call *call, const struct service_batch_params *params,
                        struct service_batch_result *result)
{
    result->results = arena_take(&call->arena, (params->calls_count + 1) * sizeof *result->results);
    for (size_t i = 0; i < params->calls_count; i++) {
        if (call->run_inner(call, params->calls[i].method, params->calls[i].params, &result->results[i]))
            return name_call(call, i);
        result->results_count++;
    }
    return OK;
}

static void set_now(struct call *call, int64_t instant)
{
    call->now = instant;
    call->has_today = false;
}

/* What would follow by itself from a change follows here too, before the next call looks at it. */
enum code service_what_if(struct call *call, const struct service_what_if_params *params,
                          struct service_what_if_result *result)
{
    enum code code = OK;
    int64_t jobs, began_at = call->now;
    result->results = arena_take(&call->arena, (params->calls_count + 1) * sizeof *result->results);
    call->is_what_if = true;
    store_nested_begin(call->store);
    for (size_t i = 0; i < params->calls_count && code == OK; i++) {
        code = call->run_inner(call, params->calls[i].method, params->calls[i].params, &result->results[i]);
        if (code == OK)
            code = job_run_due(call, call->now, 1000, &jobs);
        if (code)
            name_call(call, i);
        result->results_count++;
    }
    store_nested_end(call->store, false);
    call->is_what_if = false;
    set_now(call, began_at);
    return code;
}

/* ---- the clock ---- */

/* All that is due on the way is done within this one call, and meanwhile nobody else is served. */
enum { MOST_YEARS = 10, YEAR_SECONDS = 31557600 };

enum code clock_now(struct call *call, struct clock_now_result *result)
{
    *result = (struct clock_now_result){
        .at = call->now, .local = call_local(call), .today = call_today(call), .is_held = call->clock->is_held
    };
    return OK;
}

enum code clock_advance(struct call *call, const struct clock_advance_params *params,
                        struct clock_advance_result *result)
{
    int64_t to;
    if (company_moment(call, "to", params->to, &to))
        return call->error.code;
    if (to < call->now)
        return call_fail(call, INVALID, "to", _("the clock only moves on"));
    if (to - call->now > (int64_t)MOST_YEARS * YEAR_SECONDS)
        return call_fail(call, INVALID, "to", _("the clock moves on %d years at a time at most"), MOST_YEARS);
    if (job_run_due(call, to, INT64_MAX, &result->jobs))
        return call->error.code;
    set_now(call, to);
    if (!call->is_what_if)
        clock_hold(call->clock, to);
    result->at = to;
    return OK;
}

/* ---- the feed ---- */

enum code event_subscribe(struct call *call, const struct event_subscribe_params *params,
                          struct event_subscribe_result *result)
{
    struct event_bounds_row bounds = { 0 };
    if (sql_event_bounds(call, &bounds))
        return call->error.code;
    int64_t last = bounds.last ? *bounds.last : 0, first = bounds.first ? *bounds.first : 1;
    result->since = params->since ? *params->since : last;
    if (result->since > last)
        return call_fail(call, INVALID, "since", _("no event has this number yet; the last one is %" PRId64),
                         last);
    if (result->since < first - 1)
        return call_fail(call, CONFLICT, "since",
                         _("events up to %" PRId64 " are no longer kept; read the state anew"), first - 1);
    call->wish.subscribes = true;
    call->wish.since = result->since;
    return OK;
}
