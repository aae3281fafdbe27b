/* SPDX-License-Identifier: MIT */
/*
 * What stands in calendars: what is published or approved, never a forecast. The times are told with all that
 * a reader has to know of the zone, so that nobody needs zone data of their own.
 */
#include "calendar_entry.h"

#include "company.h"
#include "day.h"
#include "sum.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- one entry ---- */

enum { OBSERVANCES_MOST = 100 };

static const char *title_of(struct call *call, const struct calendar_turn_row *row, bool is_own)
{
    const char *title = row->starts_at ? row->title : _("Sabbatical");
    if (is_own)
        return title;
    if (row->is_open)
        /* translators: the title of a rotation in a calendar */
        return arena_print(&call->arena, _("%s: nobody yet"), title);
    return arena_print(&call->arena, "%s: %s", title, row->member_name ? row->member_name : row->member);
}

static const char *text_of(struct call *call, const struct calendar_turn_row *row, bool is_own)
{
    if (!row->starts_at)
        return is_own && *row->title ? row->title : NULL;
    const char *command = arena_print(
        &call->arena, is_own ? "laug turn offer %s" : "laug rotation explain %s", row->subject);
    if (row->is_open)
        return arena_print(&call->arena, _("Nobody can take it yet. Who was considered: %s"), command);
    return arena_print(
        &call->arena,
        is_own ? _("If you cannot do it, offer it to others: %s") : _("Why it is whose it is: %s"), command);
}

static enum code fill_times(struct call *call, const struct calendar_turn_row *row,
                            struct calendar_entry *entry)
{
    const struct zone *zone;
    struct zone_observance found[OBSERVANCES_MOST];
    if (zones_find(call->zones, row->zone, "zone", &zone, &call->error))
        return call->error.code;
    int64_t *local = arena_take(&call->arena, 2 * sizeof *local);
    local[0] = zone_local(zone, *row->starts_at);
    local[1] = zone_local(zone, *row->ends_at);
    entry->zone = row->zone;
    entry->starts_at = row->starts_at;
    entry->ends_at = row->ends_at;
    entry->starts = &local[0];
    entry->ends = &local[1];
    size_t count = zone_observances(zone, *row->starts_at, *row->ends_at, OBSERVANCES_MOST, found);
    count = count < OBSERVANCES_MOST ? count : OBSERVANCES_MOST;
    struct observance *told = arena_take(&call->arena, count * sizeof *told);
    for (size_t i = 0; i < count; i++)
        told[i] = (struct observance){ .onset = found[i].onset,
                                       .offset_from = found[i].offset_from,
                                       .offset_to = found[i].offset_to,
                                       .is_daylight = found[i].is_daylight,
                                       .name = *found[i].letters ? found[i].letters : "LMT" };
    entry->observances = told;
    entry->observances_count = count;
    return OK;
}

enum code calendar_fill(struct call *call, const struct calendar_turn_row *row, const char *reader,
                        struct calendar_entry *entry)
{
    bool is_own = reader && row->member && !row->is_team && strcmp(reader, row->member) == 0;
    *entry = (struct calendar_entry){
        .uid = row->uid,
        .kind = row->starts_at ? CALENDAR_ENTRY_KIND_TURN : CALENDAR_ENTRY_KIND_SABBATICAL,
        .subject = row->subject,
        .rotation = row->rotation,
        .sequence = row->sequence,
        .stamped_at = row->stamped_at,
        .state = row->is_open ? CALENDAR_ENTRY_STATE_TENTATIVE : CALENDAR_ENTRY_STATE_CONFIRMED,
        .title = title_of(call, row, is_own),
        .text = text_of(call, row, is_own),
        .from = row->from,
        .to = row->to,
        .member = row->member,
        .member_name = row->member_name,
    };
    return row->starts_at ? fill_times(call, row, entry) : OK;
}

/* ---- the list ---- */

struct cursor {
    int64_t at;      /* what rows are sorted by, */
    const char *uid; /* and then */
};

static enum code find_cursor(struct call *call, const char *after, struct cursor *cursor)
{
    struct calendar_position_row row = { 0 };
    *cursor = (struct cursor){ INT64_MIN, "" };
    if (!after)
        return OK;
    enum code code = sql_calendar_position(call, &(struct calendar_position_params){ .uid = after }, &row);
    if (code == NOT_FOUND)
        return call_fail(call, NOT_FOUND, "after", _("no entry is called \"%s\""), after);
    *cursor = (struct cursor){ row.sort_at, after };
    return code;
}

static enum code load_turns(struct call *call, const struct calendar_list_params *params, int32_t from,
                            struct cursor cursor, struct calendar_turn_row_list *turns)
{
    const struct zone *zone;
    if (company_zone(call, &zone))
        return call->error.code;
    const struct calendar_turns_params asked = {
        .person = params->person,
        .team = params->team,
        .rotation = params->rotation,
        .from_at = zone_instant(zone, (int64_t)from * DAY_SECONDS),
        .until_at = params->until ? zone_instant(zone, ((int64_t)*params->until + 1) * DAY_SECONDS)
                                  : INT64_MAX,
        .after_at = cursor.at,
        .after = cursor.uid,
        .limit = params->limit + 1,
    };
    return sql_calendar_turns(call, &asked, turns);
}

static enum code load_sabbaticals(struct call *call, const struct calendar_list_params *params, int32_t from,
                                  struct cursor cursor, struct calendar_turn_row_list *sabbaticals)
{
    if (params->rotation)
        return OK;
    const struct calendar_sabbaticals_params asked = { .person = params->person,
                                                       .team = params->team,
                                                       .from = from,
                                                       .until = params->until,
                                                       .after_at = cursor.at,
                                                       .after = cursor.uid,
                                                       .limit = params->limit + 1 };
    return sql_calendar_sabbaticals(call, &asked, sabbaticals);
}

static bool is_before(const struct calendar_turn_row *a, const struct calendar_turn_row *b)
{
    return a->sort_at != b->sort_at ? a->sort_at < b->sort_at : strcmp(a->uid, b->uid) < 0;
}

static bool is_callers(const struct call *call, const struct calendar_turn_row *row)
{
    return call->actor->person && row->member && strcmp(call->actor->person, row->member) == 0;
}

/* Two lists in order become one, up to the limit; what is left over makes a next page. */
static enum code merge(struct call *call, const struct calendar_list_params *params,
                       const struct calendar_turn_row_list *turns,
                       const struct calendar_turn_row_list *sabbaticals, struct calendar_list_result *result)
{
    size_t i = 0, j = 0, most = (size_t)params->limit;
    const struct calendar_turn_row *row = NULL;
    result->items = arena_take(&call->arena, most * sizeof *result->items);
    for (; result->items_count < most && (i < turns->items_count || j < sabbaticals->items_count);
         result->items_count++) {
        bool is_turn = j == sabbaticals->items_count ||
                       (i < turns->items_count && is_before(&turns->items[i], &sabbaticals->items[j]));
        row = is_turn ? &turns->items[i++] : &sabbaticals->items[j++];
        struct calendar_entry *entry = &result->items[result->items_count];
        if (calendar_fill(call, row, params->person, entry))
            return call->error.code;
        if (entry->kind == CALENDAR_ENTRY_KIND_SABBATICAL && !is_callers(call, row))
            entry->text = NULL; /* a colleague may know that somebody is away, not what for */
    }
    if (row && (i < turns->items_count || j < sabbaticals->items_count))
        result->next = row->uid;
    return OK;
}

enum code calendar_list(struct call *call, const struct calendar_list_params *params,
                        struct calendar_list_result *result)
{
    struct calendar_turn_row_list turns = { 0 }, sabbaticals = { 0 };
    struct cursor cursor;
    int32_t from = params->from ? *params->from : call_today(call);
    if ((params->person != NULL) + (params->team != NULL) + (params->rotation != NULL) > 1)
        return call_fail(call, INVALID, params->rotation ? "rotation" : "team",
                         _("ask for a person, a team or a rotation, one at a time"));
    if (find_cursor(call, params->after, &cursor) || load_turns(call, params, from, cursor, &turns) ||
        load_sabbaticals(call, params, from, cursor, &sabbaticals))
        return call->error.code;
    return merge(call, params, &turns, &sabbaticals, result);
}

/* ---- what has changed ---- */

static const char away[] = ".away";

const char *calendar_uid_of_sabbatical(struct call *call, const char *sabbatical)
{
    return arena_print(&call->arena, "%s%s", sabbatical, away);
}

/* The sabbatical that a uid names; NULL: it names a turn. */
static const char *sabbatical_of(struct call *call, const char *uid)
{
    size_t length = strlen(uid), end = sizeof away - 1;
    if (length <= end || strcmp(uid + length - end, away) != 0)
        return NULL;
    return arena_copy(&call->arena, uid, length - end);
}

static enum code load_row(struct call *call, struct calendar_truth *truth)
{
    const char *sabbatical = sabbatical_of(call, truth->uid);
    enum code code =
        sabbatical ? sql_calendar_sabbatical(call, &(struct calendar_sabbatical_params){ .id = sabbatical },
                                             &truth->row)
                   : sql_calendar_turn(call, &(struct calendar_turn_params){ .id = truth->uid }, &truth->row);
    truth->is_there = code == OK;
    return code == NOT_FOUND ? OK : code;
}

static int compare_people(const void *a, const void *b)
{
    return strcmp(((const struct calendar_people_row *)a)->person,
                  ((const struct calendar_people_row *)b)->person);
}

/* A lead who is a member too is there once. */
static void invite(struct calendar_truth *truth, const struct calendar_people_row_list *people)
{
    for (size_t i = 0; i < people->items_count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < truth->invited_count; j++)
            is_known = is_known || compare_people(&truth->invited[j], &people->items[i]) == 0;
        if (!is_known)
            truth->invited[truth->invited_count++] = people->items[i];
    }
}

static enum code load_invited(struct call *call, struct calendar_truth *truth)
{
    struct calendar_people_row_list people = { 0 }, leads = { 0 };
    if (!truth->is_there || !truth->row.member)
        return OK;
    if (!truth->row.starts_at) {
        const struct calendar_person_params person = { .person = truth->row.member };
        if (sql_calendar_person(call, &person, &people))
            return call->error.code;
    } else if (sql_calendar_people(
                   call, &(struct calendar_people_params){ truth->uid, CALENDAR_INVITED_MOST }, &people) ||
               sql_calendar_lead(call, &(struct calendar_lead_params){ .turn = truth->uid }, &leads)) {
        return call->error.code;
    }
    if (people.items_count > CALENDAR_INVITED_MOST)
        people.items_count = 0;
    truth->invited = arena_take(&call->arena,
                                (people.items_count + leads.items_count + 1) * sizeof *truth->invited);
    invite(truth, &people);
    invite(truth, &leads);
    if (truth->invited_count > 1)
        qsort(truth->invited, truth->invited_count, sizeof *truth->invited, compare_people);
    return OK;
}

static const char *number(struct call *call, const int64_t *value)
{
    return value ? arena_print(&call->arena, "%" PRId64, *value) : NULL;
}

static const char *day_number(struct call *call, const int32_t *value)
{
    return value ? arena_print(&call->arena, "%" PRId32, *value) : NULL;
}

/* All that anybody is told of it, and who that is. */
static const char *print_of(struct call *call, const struct calendar_truth *truth)
{
    const struct calendar_turn_row *row = &truth->row;
    const char *parts[10 + 2 * (CALENDAR_INVITED_MOST + 1)] = {
        row->title,
        row->zone,
        number(call, row->starts_at),
        number(call, row->ends_at),
        day_number(call, row->from),
        day_number(call, row->to),
        row->is_open ? "open" : "",
        row->is_team ? "team" : "",
        row->member,
        row->member_name,
    };
    size_t count = 10;
    for (size_t i = 0; i < truth->invited_count; i++) {
        parts[count++] = truth->invited[i].person;
        parts[count++] = truth->invited[i].email;
    }
    return sum_of(&call->arena, parts, count);
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

enum code calendar_look(struct call *call, const char *uid, struct calendar_truth *truth)
{
    struct calendar_entry_row_row known = { 0 };
    *truth = (struct calendar_truth){ .uid = uid };
    if (load_row(call, truth) || load_invited(call, truth))
        return call->error.code;
    const char *print = truth->is_there ? print_of(call, truth) : NULL;
    enum code code = sql_calendar_entry_row(call, &(struct calendar_entry_row_params){ .uid = uid }, &known);
    if (code && code != NOT_FOUND)
        return code;
    truth->sequence = known.sequence;
    truth->stamped_at = known.stamped_at;
    if (is_same(print, known.print))
        return OK;
    truth->sequence += code == OK;
    truth->stamped_at = call->now;
    truth->row.sequence = truth->sequence;
    truth->row.stamped_at = truth->stamped_at;
    const char *sabbatical = sabbatical_of(call, uid);
    if (sql_calendar_entry_put(call, &(struct calendar_entry_put_params){ uid, truth->sequence, print }))
        return call->error.code;
    return tell_calendar_changed(call, &(struct calendar_changed_event){ sabbatical ? sabbatical : uid });
}

enum code calendar_touch(struct call *call, const char *team, int32_t from)
{
    return team ? sql_calendar_touch_team(call, &(struct calendar_touch_team_params){ team, from })
                : sql_calendar_touch_all_teams(call);
}

enum code calendar_over_at(struct call *call, const struct calendar_turn_row *row, int64_t *over_at)
{
    const struct zone *zone;
    if (row->starts_at)
        return *over_at = *row->starts_at, OK;
    if (company_zone(call, &zone))
        return call->error.code;
    *over_at = zone_instant(zone, ((int64_t)*row->to + 1) * DAY_SECONDS);
    return OK;
}
