/* SPDX-License-Identifier: MIT */
/*
 * The planner decides, this writes down: a turn, its reasons, the credits and the level are one transaction,
 * so that what is remembered for the next choice always fits what was promised.
 */
#include "publish.h"

#include "company.h"
#include "pack.h"
#include "turn_notice.h"

#include <string.h>

/* ---- what is stored and told ---- */

struct packed publish_grounds(struct call *call, const struct roster *roster, int64_t level,
                              enum grounds_how how, const struct plan_verdict *verdicts)
{
    struct ground *items = arena_take(&call->arena, (roster->count + 1) * sizeof *items);
    const struct grounds grounds = {
        .how = how, .level = level, .items = items, .items_count = roster->count
    };
    for (size_t i = 0; i < roster->count; i++) {
        items[i] = (struct ground){ .member = roster->names[i],
                                    .credit = verdicts[i].credit,
                                    .filter = (enum reason_filter)verdicts[i].filter };
        if (verdicts[i].nearest_days != PLAN_NO_TURN) {
            int64_t *days = arena_take(&call->arena, sizeof *days);
            *days = verdicts[i].nearest_days;
            items[i].nearest_days = days;
        }
    }
    return record_packed(&record_grounds, &grounds, &call->arena);
}

enum code publish_change(struct call *call, const struct turn *turn, const char *former,
                         enum turn_changed_event_why why)
{
    const struct turn_changed_event event = { .turn = turn->id,
                                              .rotation = turn->rotation,
                                              .member = turn->member,
                                              .former = former,
                                              .why = why,
                                              .starts_at = turn->starts_at };
    if (tell_turn_changed(call, &event))
        return call->error.code;
    return turn_notice_changed(call, turn, former, why);
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ---- one decision ---- */

static enum grounds_how how_of(const struct plan_decision *decision)
{
    if (decision->was == PLAN_PINNED && decision->replaced < 0)
        return GROUNDS_HOW_PINNED;
    return decision->was == PLAN_OPEN   ? GROUNDS_HOW_FILLED
           : decision->was == PLAN_HELD ? GROUNDS_HOW_REPLACED
                                        : GROUNDS_HOW_CHOSEN;
}

static enum code insert(struct call *call, const struct turn *turn, struct packed reasons)
{
    const struct turn_insert_params row = { .id = turn->id,
                                            .rotation = turn->rotation,
                                            .n = turn->n,
                                            .on = turn->on,
                                            .local = turn->local,
                                            .starts_at = turn->starts_at,
                                            .ends_at = turn->ends_at,
                                            .member = turn->member,
                                            .state = turn->state,
                                            .published = true,
                                            .pinned = turn->pinned,
                                            .reasons = reasons };
    return sql_turn_insert(call, &row);
}

/* A turn that was pinned ahead takes place when the rule of today says. */
static enum code move(struct call *call, const struct turn *turn)
{
    return sql_turn_move(
        call, &(struct turn_move_params){ turn->id, turn->on, turn->local, turn->starts_at, turn->ends_at });
}

/* Tells of a turn that is new to the public, or has changed hands; not of one that stays as it is. */
static enum code announce(struct call *call, const struct turn *before, const struct turn *turn)
{
    if (!before->published) {
        const struct turn_published_event event = { turn->id, turn->rotation, turn->member, turn->starts_at };
        if (tell_turn_published(call, &event))
            return call->error.code;
        return turn_notice_published(call, turn);
    }
    if (is_same(before->member, turn->member))
        return OK;
    enum turn_changed_event_why why = turn->member == NULL     ? TURN_CHANGED_EVENT_WHY_OPENED
                                      : before->member == NULL ? TURN_CHANGED_EVENT_WHY_FILLED
                                                               : TURN_CHANGED_EVENT_WHY_REPLACED;
    if (sql_offer_void(call, &(struct offer_void_params){ .turn = turn->id }))
        return call->error.code;
    return publish_change(call, turn, before->member, why);
}

static enum code store(struct call *call, struct timetable *timetable, const struct plan_decision *decision)
{
    struct timetable_entry *entry = &timetable->entries[decision->slot];
    struct turn before = entry->turn;
    timetable_apply(timetable, decision);
    struct packed reasons = publish_grounds(call, &timetable->roster, decision->level_before,
                                            how_of(decision), decision->verdicts);
    const struct turn *turn = &entry->turn;
    if (entry->is_stored && !before.published && move(call, turn))
        return call->error.code;
    bool is_new = decision->was == PLAN_NEW || decision->was == PLAN_PINNED;
    const struct turn_decide_params decide = { turn->id,     turn->member, turn->state,
                                               turn->pinned, is_new,       reasons };
    enum code code = entry->is_stored ? sql_turn_decide(call, &decide) : insert(call, turn, reasons);
    return code ? code : announce(call, &before, turn);
}

/* ---- the whole ---- */

static enum code note_done(struct call *call, const char *rotation)
{
    struct turn_ended_row_list ended = { 0 };
    if (sql_turn_ended(call, &(struct turn_ended_params){ .rotation = rotation }, &ended))
        return call->error.code;
    for (size_t i = 0; i < ended.items_count; i++) {
        const struct turn turn = { .id = ended.items[i].id,
                                   .rotation = rotation,
                                   .member = ended.items[i].member,
                                   .starts_at = ended.items[i].starts_at };
        if (publish_change(call, &turn, NULL, TURN_CHANGED_EVENT_WHY_DONE))
            return call->error.code;
    }
    return OK;
}

/* Only what has changed is written. */
static enum code keep_credits(struct call *call, const struct timetable *timetable)
{
    const char *rotation = timetable->settings.id;
    for (size_t i = 0; i < timetable->roster.count; i++) {
        const struct rotation_credit_params credit = { rotation, timetable->roster.names[i],
                                                       timetable->roster.members[i].credit };
        if (credit.credit != timetable->roster.stored_credits[i] && sql_rotation_credit(call, &credit))
            return call->error.code;
    }
    if (timetable->plan.level == timetable->settings.level)
        return OK;
    return sql_rotation_level(call, &(struct rotation_level_params){ rotation, timetable->plan.level });
}

static enum code plan_next_job(struct call *call, const struct timetable *timetable)
{
    struct turn_first_end_row first = { 0 };
    const struct zone *zone;
    const char *rotation = timetable->settings.id;
    if (sql_turn_first_end(call, &(struct turn_first_end_params){ .rotation = rotation }, &first) ||
        company_zone(call, &zone))
        return call->error.code;
    int64_t due_at = first.ends_at ? *first.ends_at : INT64_MAX;
    if (timetable->next_new_on != INT32_MAX) {
        int64_t day = timetable->next_new_on - timetable->settings.publish_days;
        int64_t midnight = zone_instant(zone, day * DAY_SECONDS);
        due_at = midnight < due_at ? midnight : due_at;
    }
    if (due_at == INT64_MAX)
        return job_drop(call, "rotation.publish", rotation);
    return job_at(call, "rotation.publish", rotation, due_at > call->now ? due_at : call->now + 1);
}

enum code publish_rotation(struct call *call, const char *rotation, bool is_replan)
{
    struct timetable timetable;
    if (note_done(call, rotation) || timetable_open(call, rotation, &timetable))
        return call->error.code;
    const struct timetable_reach reach = { .until_on = call_today(call) +
                                                       (int32_t)timetable.settings.publish_days,
                                           .count = SIZE_MAX,
                                           .is_replan = is_replan };
    struct plan_decision decision;
    if (timetable_load(call, reach, &timetable))
        return call->error.code;
    struct plan *plan = timetable_plan(call, &timetable);
    while (plan_step(plan, &decision))
        if (store(call, &timetable, &decision))
            return call->error.code;
    if (keep_credits(call, &timetable) ||
        sql_turn_forget_gone(call, &(struct turn_forget_gone_params){
                                       rotation, timetable.is_ended ? &timetable.last_n : NULL }))
        return call->error.code;
    return plan_next_job(call, &timetable);
}

enum code publish_soon_for_person(struct call *call, const char *person)
{
    return sql_publish_soon_for_person(call, &(struct publish_soon_for_person_params){ .person = person });
}

enum code publish_soon_for_team(struct call *call, const char *team)
{
    return sql_publish_soon_for_team(call, &(struct publish_soon_for_team_params){ .team = team });
}

enum code publish_soon(struct call *call)
{
    return sql_publish_soon_for_all(call);
}

enum code publish_job(struct call *call, const char *rotation, int64_t due_at)
{
    (void)due_at;
    enum code code = publish_rotation(call, rotation, false);
    return code == NOT_FOUND ? OK : code; /* removed in the meantime */
}
