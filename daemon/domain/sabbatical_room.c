/* SPDX-License-Identifier: MIT */
#include "sabbatical_room.h"

#include "say.h"
#include "store.h"

#include <inttypes.h>
#include <string.h>

/* Somebody away for some days. */
struct span {
    const char *person;
    int32_t from, to;
};

/* A group of which only so many may be away, or so many must be there, on one day. */
struct group {
    const char *name;
    const char **people;
    size_t people_count;
    bool is_team; /* or a critical competency */
};

struct room {
    const char *person;
    struct sabbatical_policy policy;
    const struct calendar *calendar;
    struct person_dates_row dates;
    struct span *on_sabbatical, *absent; /* absent: colleagues and fellow holders, for other reasons */
    size_t on_sabbatical_count, absent_count;
    struct sabbatical_person_absences_row_list own;
    struct group *groups;
    size_t groups_count;
    const char *taken[2]; /* an own booking in the year of `from` and in that of `until` */
    int years[2];
};

/* A block is at most 60 working days; with closures among them it may reach far. */
enum { REACH_DAYS = 400 };

/* ---- loading ---- */

static struct group *group_named(struct call *call, struct room *room, const char *name, bool is_team,
                                 size_t most)
{
    for (size_t i = 0; i < room->groups_count; i++)
        if (room->groups[i].is_team == is_team && strcmp(room->groups[i].name, name) == 0)
            return &room->groups[i];
    struct group *group = &room->groups[room->groups_count++];
    *group = (struct group){ .name = name, .is_team = is_team };
    group->people = arena_take(&call->arena, most * sizeof *group->people);
    return group;
}

static enum code load_groups(struct call *call, struct room *room, int32_t from, int32_t until)
{
    struct sabbatical_colleagues_row_list colleagues = { 0 };
    struct sabbatical_own_critical_row_list holders = { 0 };
    if (sql_sabbatical_colleagues(call, &(struct sabbatical_colleagues_params){ room->person, from, until },
                                  &colleagues) ||
        sql_sabbatical_own_critical(call, &(struct sabbatical_own_critical_params){ room->person }, &holders))
        return call->error.code;
    size_t most = colleagues.items_count + holders.items_count + 1;
    room->groups = arena_take(&call->arena, most * sizeof *room->groups);
    for (size_t i = 0; i < colleagues.items_count; i++) {
        struct group *team = group_named(call, room, colleagues.items[i].team, true, most);
        team->people[team->people_count++] = colleagues.items[i].person;
    }
    for (size_t i = 0; i < holders.items_count; i++) {
        struct group *cover = group_named(call, room, holders.items[i].competency, false, most);
        const struct sabbatical_own_critical_row *holder = &holders.items[i];
        bool is_here = (!holder->left_on || *holder->left_on > from) &&
                       (!holder->hired_on || *holder->hired_on <= from);
        if (is_here && strcmp(holder->person, room->person) != 0)
            cover->people[cover->people_count++] = holder->person;
    }
    return OK;
}

static enum code load_sabbaticals(struct call *call, struct room *room, int32_t from, int32_t until,
                                  const char *except)
{
    struct sabbatical_holding_row_list held = { 0 };
    if (sql_sabbatical_holding(call, &(struct sabbatical_holding_params){ from, until, except }, &held))
        return call->error.code;
    room->on_sabbatical = arena_take(&call->arena, (held.items_count + 1) * sizeof *room->on_sabbatical);
    for (; room->on_sabbatical_count < held.items_count; room->on_sabbatical_count++) {
        const struct sabbatical_holding_row *row = &held.items[room->on_sabbatical_count];
        room->on_sabbatical[room->on_sabbatical_count] = (struct span){ row->person, row->from, row->to };
    }
    return OK;
}

static enum code load_absences(struct call *call, struct room *room, int32_t from, int32_t until)
{
    size_t people = 0;
    for (size_t i = 0; i < room->groups_count; i++)
        people += room->groups[i].people_count;
    struct sabbatical_person_absences_row_list *rows = arena_take(&call->arena, (people + 1) * sizeof *rows);
    const char **names = arena_take(&call->arena, (people + 1) * sizeof *names);
    size_t count = 0, known = 0;
    for (size_t i = 0; i < room->groups_count; i++)
        for (size_t j = 0; j < room->groups[i].people_count; j++) {
            const char *name = room->groups[i].people[j];
            const struct sabbatical_person_absences_params params = { name, from, until };
            bool is_known = false;
            for (size_t k = 0; k < known && !is_known; k++)
                is_known = strcmp(names[k], name) == 0;
            if (is_known)
                continue;
            if (sql_sabbatical_person_absences(call, &params, &rows[known]))
                return call->error.code;
            names[known] = name;
            count += rows[known++].items_count;
        }
    room->absent = arena_take(&call->arena, (count + 1) * sizeof *room->absent);
    for (size_t i = 0; i < known; i++)
        for (size_t j = 0; j < rows[i].items_count; j++)
            room->absent[room->absent_count++] = (struct span){ names[i], rows[i].items[j].from,
                                                                rows[i].items[j].to };
    return sql_sabbatical_person_absences(
        call, &(struct sabbatical_person_absences_params){ room->person, from, until }, &room->own);
}

static enum code load_taken(struct call *call, struct room *room, const char *except)
{
    for (int i = 0; i < 2; i++) {
        struct sabbatical_of_year_row row = { 0 };
        const struct sabbatical_of_year_params params = {
            room->person, day_from_civil((struct civil){ room->years[i], 1, 1 }),
            day_from_civil((struct civil){ room->years[i], 12, 31 }), except
        };
        enum code code = sql_sabbatical_of_year(call, &params, &row);
        if (code && code != NOT_FOUND)
            return code;
        room->taken[i] = code == OK ? row.id : NULL;
    }
    return OK;
}

enum code room_load(struct call *call, const char *person, int32_t from, int32_t until, const char *except,
                    const struct room **loaded)
{
    struct room *room = arena_take(&call->arena, sizeof *room);
    struct blackout_list blackouts = { 0 };
    int32_t last = until + REACH_DAYS;
    room->person = person;
    room->years[0] = day_to_civil(from).year;
    room->years[1] = day_to_civil(until).year;
    if (sql_sabbatical_policy_row(call, &room->policy) || sql_blackout_all(call, &blackouts) ||
        company_calendar(call, &room->calendar) ||
        sql_person_dates(call, &(struct person_dates_params){ .id = person }, &room->dates) ||
        load_groups(call, room, from, last) || load_sabbaticals(call, room, from, last, except) ||
        load_absences(call, room, from, last) || load_taken(call, room, except))
        return call->error.code;
    room->policy.blackouts = blackouts.items;
    room->policy.blackouts_count = blackouts.items_count;
    *loaded = room;
    return OK;
}

/* ---- asking ---- */

bool room_block(const struct room *room, int32_t starts_on, struct block *block)
{
    if (calendar_is_closed(room->calendar, starts_on))
        return false;
    block->from = block->to = starts_on;
    return room->policy.days == 1 ||
           calendar_add(room->calendar, starts_on, (int32_t)room->policy.days - 1, &block->to);
}

static bool touches(int32_t from, int32_t to, struct block block)
{
    return from <= block.to && to >= block.from;
}

static bool is_eligible(const struct room *room)
{
    if (room->policy.eligible == SABBATICAL_POLICY_ELIGIBLE_EVERYONE)
        return true;
    for (size_t i = 0; i < room->policy.people_count; i++)
        if (strcmp(room->policy.people[i], room->person) == 0)
            return true;
    return false;
}

/* The person's own time: at work long enough, still there, not away already. */
static const char *refuse_person(struct call *call, const struct room *room, struct block block)
{
    const int32_t *hired_on = room->dates.hired_on, *left_on = room->dates.left_on;
    if (!is_eligible(room))
        return _("sabbaticals are for the people that the policy lists");
    if (left_on && *left_on <= block.to)
        return arena_print(&call->arena, _("%s leaves on %s"), company_called(call, room->person),
                           say_full_day(&call->arena, *left_on));
    if (hired_on && block.from - *hired_on < room->policy.min_tenure_days)
        return arena_print(&call->arena, _("possible from %s on, after %" PRId64 " days at work"),
                           say_full_day(&call->arena, *hired_on + (int32_t)room->policy.min_tenure_days),
                           room->policy.min_tenure_days);
    for (size_t i = 0; i < room->own.items_count; i++)
        if (touches(room->own.items[i].from, room->own.items[i].to, block))
            return arena_print(&call->arena, _("%s is away anyway: %s"), company_called(call, room->person),
                               say_span(&call->arena, room->own.items[i].from, room->own.items[i].to));
    return NULL;
}

const char *room_refusal(struct call *call, const struct room *room, struct block block)
{
    const char *reason = refuse_person(call, room, block);
    if (reason)
        return reason;
    int year = day_to_civil(block.from).year;
    const char *taken = year == room->years[0] ? room->taken[0] : room->taken[1];
    if (taken)
        return arena_print(&call->arena, _("one block a year: %s is in %d already"), taken, year);
    if (block.from - call_today(call) < room->policy.notice_days)
        return arena_print(&call->arena, _("needs %" PRId64 " days' notice: possible from %s on"),
                           room->policy.notice_days,
                           say_full_day(&call->arena, call_today(call) + (int32_t)room->policy.notice_days));
    for (size_t i = 0; i < room->policy.blackouts_count; i++) {
        const struct blackout *blackout = &room->policy.blackouts[i];
        if (touches(blackout->from, blackout->to, block))
            return arena_print(&call->arena, _("no sabbaticals %s: %s"),
                               say_span(&call->arena, blackout->from, blackout->to), blackout->title);
    }
    return NULL;
}

static bool is_away(const struct span *spans, size_t count, const char *person, int32_t day)
{
    for (size_t i = 0; i < count; i++)
        if (spans[i].from <= day && spans[i].to >= day && strcmp(spans[i].person, person) == 0)
            return true;
    return false;
}

static int64_t away_of(const struct room *room, const struct group *group, int32_t day)
{
    int64_t away = 0;
    for (size_t i = 0; i < group->people_count; i++)
        away += is_away(room->on_sabbatical, room->on_sabbatical_count, group->people[i], day) ||
                is_away(room->absent, room->absent_count, group->people[i], day);
    return away;
}

static const char *wait_for_group(struct call *call, const struct room *room, const struct group *group,
                                  int32_t day)
{
    int64_t away = away_of(room, group, day), present = (int64_t)group->people_count - away;
    if (group->is_team && room->policy.max_away_team && away >= room->policy.max_away_team)
        return arena_print(&call->arena, _("on %s, %" PRId64 " of team %s are away already"),
                           say_full_day(&call->arena, day), away, company_called(call, group->name));
    if (!group->is_team && present < room->policy.min_cover)
        return arena_print(&call->arena,
                           _("on %s, %" PRId64 " others who know %s would be there; %" PRId64 " are needed"),
                           say_full_day(&call->arena, day), present, group->name, room->policy.min_cover);
    return NULL;
}

static const char *wait_on_day(struct call *call, const struct room *room, int32_t day)
{
    int64_t in_company = 0;
    for (size_t i = 0; i < room->on_sabbatical_count; i++)
        in_company += room->on_sabbatical[i].from <= day && room->on_sabbatical[i].to >= day;
    if (room->policy.max_away_company && in_company >= room->policy.max_away_company)
        return arena_print(&call->arena, _("on %s, %" PRId64 " people are on sabbatical already"),
                           say_full_day(&call->arena, day), in_company);
    for (size_t i = 0; i < room->groups_count; i++) {
        const char *reason = wait_for_group(call, room, &room->groups[i], day);
        if (reason)
            return reason;
    }
    return NULL;
}

const char *room_wait(struct call *call, const struct room *room, struct block block)
{
    for (int32_t day = block.from; day <= block.to; day++) {
        const char *reason = calendar_is_closed(room->calendar, day) ? NULL : wait_on_day(call, room, day);
        if (reason)
            return reason;
    }
    return NULL;
}
