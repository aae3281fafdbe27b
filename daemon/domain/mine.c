/* SPDX-License-Identifier: MIT */
/*
 * What is mine: gathered from all that knows of turns, weeks and reminders, in one answer. Nothing is kept
 * here: each item is the truth of this moment, so that what is answered is gone the next time.
 */
#include "company.h"
#include "message.h"
#include "reminder.h"
#include "say.h"
#include "statements.h"

#include <stdlib.h>
#include <string.h>

/* MOST: of one sort; FEW: what most people have. */
enum { MOST = 100, FEW = 16, AHEAD_DAYS = 56 };

struct mine {
    struct call *call;
    const char *person, *home_zone;
    const struct zone *zone;
    int32_t today;
    bool is_admin, is_caller; /* the person is one; who asks is the person */
    struct mine_item *items;
    size_t count, room, answers;
};

static void make_room(struct mine *mine)
{
    size_t room = mine->room ? 2 * mine->room : FEW;
    struct mine_item *items = arena_take(&mine->call->arena, room * sizeof *items);
    if (mine->count)
        memcpy(items, mine->items, mine->count * sizeof *items);
    mine->items = items;
    mine->room = room;
}

/* Good until the next is added. */
static struct mine_item *add(struct mine *mine, enum mine_item_kind kind, const char *subject,
                             const char *title, const char *command)
{
    if (mine->count == mine->room)
        make_room(mine);
    struct mine_item *item = &mine->items[mine->count++];
    *item = (struct mine_item){ .kind = kind, .subject = subject, .title = title };
    item->command = subject ? arena_print(&mine->call->arena, "%s %s", command, subject) : command;
    mine->answers += kind == MINE_ITEM_KIND_ANSWER;
    return item;
}

/* ---- when ---- */

static int32_t *keep_day(struct mine *mine, int32_t day)
{
    int32_t *kept = arena_take(&mine->call->arena, sizeof *kept);
    *kept = day;
    return kept;
}

static int64_t *keep_number(struct mine *mine, int64_t number)
{
    int64_t *kept = arena_take(&mine->call->arena, sizeof *kept);
    *kept = number;
    return kept;
}

/* The zone is named only where it is not the company's. */
static void at_time(struct mine *mine, struct mine_item *item, int64_t local, int64_t starts_at,
                    const char *zone)
{
    struct arena *arena = &mine->call->arena;
    item->local = keep_number(mine, local);
    item->starts_at = keep_number(mine, starts_at);
    item->when = say_time(arena, local, mine->today);
    if (strcmp(zone, mine->home_zone) != 0)
        item->when = arena_print(arena, "%s (%s)", item->when, zone);
}

static void on_days(struct mine *mine, struct mine_item *item, int32_t from, int32_t to)
{
    item->from = keep_day(mine, from);
    item->to = keep_day(mine, to);
    item->when = say_days(&mine->call->arena, from, to, mine->today);
}

/* ---- answers that are owed ---- */

static const char *offer_title(struct mine *mine, const struct mine_offers_row *offer)
{
    struct arena *arena = &mine->call->arena;
    const char *back = offer->back ? say_time(arena, *offer->back, mine->today) : NULL;
    if (back && offer->team)
        return arena_print(arena, _("%s would like to swap with %s: %s, for the turn %s"), offer->giver,
                           offer->team, offer->title, back);
    if (back)
        return arena_print(arena, _("%s would like to swap: %s, for your turn %s"), offer->giver,
                           offer->title, back);
    if (offer->team)
        return arena_print(arena, _("%s asks whether %s could take %s"), offer->giver, offer->team,
                           offer->title);
    return arena_print(arena, _("%s asks whether you could take %s"), offer->giver, offer->title);
}

static enum code add_offers(struct mine *mine)
{
    struct mine_offers_row_list list = { 0 };
    const struct mine_offers_params params = { mine->person, MOST };
    if (sql_mine_offers(mine->call, &params, &list))
        return mine->call->error.code;
    for (size_t i = 0; i < list.items_count; i++) {
        const struct mine_offers_row *offer = &list.items[i];
        struct mine_item *item = add(mine, MINE_ITEM_KIND_ANSWER, offer->turn, offer_title(mine, offer),
                                     "laug turn accept");
        at_time(mine, item, offer->local, offer->starts_at, offer->zone);
        if (offer->until_at)
            item->due = keep_day(mine, day_of_seconds(zone_local(mine->zone, *offer->until_at)));
    }
    return OK;
}

/* Who leads this person need not lead those whom this person leads, and their requests are not theirs to
 * read. */
static enum code may_read_request(struct mine *mine, const char *id, bool *may_read)
{
    struct call *call = mine->call;
    *may_read = true;
    if (mine->is_caller || actor_has(call->actor, ROLE_ADMIN))
        return OK;
    enum code code = sql_access_lead_sabbatical(call, &(struct access_lead_sabbatical_params){ .id = id },
                                                &(struct access_lead_sabbatical_row){ 0 });
    *may_read = code == OK;
    return code == NOT_FOUND ? OK : code;
}

static enum code add_requests(struct mine *mine)
{
    bool may_read;
    struct mine_requests_row_list list = { 0 };
    const struct mine_requests_params params = { mine->person, mine->is_admin, MOST };
    if (sql_mine_requests(mine->call, &params, &list))
        return mine->call->error.code;
    for (size_t i = 0; i < list.items_count; i++) {
        const struct mine_requests_row *request = &list.items[i];
        if (may_read_request(mine, request->id, &may_read))
            return mine->call->error.code;
        if (!may_read)
            continue;
        const char *title = arena_print(&mine->call->arena, _("%s asks for a sabbatical: %s"), request->name,
                                        request->project);
        on_days(mine, add(mine, MINE_ITEM_KIND_ANSWER, request->id, title, "laug sabbatical approve"),
                request->from, request->to);
    }
    return OK;
}

static enum code add_open_turns(struct mine *mine)
{
    struct mine_open_turns_row_list list = { 0 };
    if (!mine->is_admin)
        return OK;
    if (sql_mine_open_turns(mine->call, &(struct mine_open_turns_params){ MOST }, &list))
        return mine->call->error.code;
    for (size_t i = 0; i < list.items_count; i++) {
        const struct mine_open_turns_row *turn = &list.items[i];
        const char *title = arena_print(&mine->call->arena, _("Nobody has the turn: %s"), turn->title);
        at_time(mine, add(mine, MINE_ITEM_KIND_ANSWER, turn->id, title, "laug rotation explain"), turn->local,
                turn->starts_at, turn->zone);
    }
    return OK;
}

/* ---- reminders: some want an answer, the others are promises ---- */

static enum code add_reminder(struct mine *mine, const struct mine_reminders_row *found)
{
    struct call *call = mine->call;
    struct reminder_open_row row = { 0 };
    struct message_text text;
    bool is_for_caller;
    if (sql_reminder_open(call, &(struct reminder_open_params){ .id = found->id }, &row) ||
        reminder_is_for_caller(call, &row, &is_for_caller) || message_render(call, &row, &text))
        return call->error.code;
    if (!is_for_caller)
        return OK;
    struct mine_item *item = add(mine, found->wants_answer ? MINE_ITEM_KIND_ANSWER : MINE_ITEM_KIND_REMINDER,
                                 row.id, text.subject, "");
    int32_t due_on = day_of_seconds(zone_local(mine->zone, row.due_at));
    item->command = text.command;
    item->from = item->to = keep_day(mine, due_on);
    item->when = say_day(&call->arena, due_on, mine->today);
    return OK;
}

static enum code add_reminders(struct mine *mine)
{
    struct mine_reminders_row_list list = { 0 };
    const struct mine_reminders_params params = { mine->person, MOST };
    if (sql_mine_reminders(mine->call, &params, &list))
        return mine->call->error.code;
    for (size_t i = 0; i < list.items_count; i++)
        if (add_reminder(mine, &list.items[i]))
            return mine->call->error.code;
    return OK;
}

/* ---- what comes ---- */

static enum code add_turns(struct mine *mine)
{
    struct arena *arena = &mine->call->arena;
    struct mine_turns_row_list list = { 0 };
    const struct mine_turns_params params = { mine->person, mine->today + AHEAD_DAYS, MOST };
    if (sql_mine_turns(mine->call, &params, &list))
        return mine->call->error.code;
    for (size_t i = 0; i < list.items_count; i++) {
        const struct mine_turns_row *turn = &list.items[i];
        const char *title = turn->team ? arena_print(arena, "%s (%s)", turn->title, turn->team) : turn->title;
        if (turn->asked)
            title = arena_print(arena, _("%s; %s is asked to take it"), title, turn->asked);
        struct mine_item *item = add(mine, MINE_ITEM_KIND_TURN, turn->id, title,
                                     turn->asked ? "laug turn withdraw" : "laug turn offer");
        at_time(mine, item, turn->local, turn->starts_at, turn->zone);
        if (turn->starts_at <= mine->call->now)
            item->when = _("now");
    }
    return OK;
}

static const char *sabbatical_format(const struct mine_sabbaticals_row *week)
{
    if (week->asked_until)
        return _("There is room for your sabbatical: %s");
    switch (week->state) {
    case SABBATICAL_STATE_QUEUED: return _("Sabbatical, waits for room: %s");
    case SABBATICAL_STATE_REQUESTED: return _("Sabbatical, waits for a yes: %s");
    default: return _("Sabbatical: %s");
    }
}

/* A week that is over and not told about yet is the next step; its reminder comes later, and wants an
 * answer. */
static void add_report(struct mine *mine, const struct mine_sabbaticals_row *week)
{
    const char *title = arena_print(&mine->call->arena, _("Tell what came of your sabbatical: %s"),
                                    week->project);
    if (mine->answers == 0)
        add(mine, MINE_ITEM_KIND_NEXT, week->id, title, "laug sabbatical report");
}

static enum code add_sabbaticals(struct mine *mine)
{
    struct mine_sabbaticals_row_list list = { 0 };
    const struct mine_sabbaticals_params params = { mine->person, MOST };
    const struct mine_sabbaticals_row *untold = NULL;
    if (sql_mine_sabbaticals(mine->call, &params, &list))
        return mine->call->error.code;
    for (size_t i = 0; i < list.items_count; i++) {
        const struct mine_sabbaticals_row *week = &list.items[i];
        bool is_asked = week->state == SABBATICAL_STATE_QUEUED && week->asked_until;
        if (week->state == SABBATICAL_STATE_DONE) {
            untold = week;
            continue;
        }
        struct mine_item *item = add(mine, is_asked ? MINE_ITEM_KIND_ANSWER : MINE_ITEM_KIND_SABBATICAL,
                                     week->id,
                                     arena_print(&mine->call->arena, sabbatical_format(week), week->project),
                                     is_asked ? "laug sabbatical accept" : "laug sabbatical withdraw");
        on_days(mine, item, week->from, week->to);
        item->due = is_asked ? keep_day(mine, *week->asked_until) : NULL;
    }
    if (untold)
        add_report(mine, untold);
    return OK;
}

static enum code add_absences(struct mine *mine)
{
    struct mine_absences_row_list list = { 0 };
    const struct mine_absences_params params = { mine->person, mine->today + AHEAD_DAYS, MOST };
    if (sql_mine_absences(mine->call, &params, &list))
        return mine->call->error.code;
    for (size_t i = 0; i < list.items_count; i++)
        on_days(mine, add(mine, MINE_ITEM_KIND_ABSENCE, list.items[i].id, _("Away"), "laug absence remove"),
                list.items[i].from, list.items[i].to);
    return OK;
}

/* ---- the next step ---- */

static bool may_go(const struct sabbatical_policy *policy, const char *person)
{
    if (policy->eligible == SABBATICAL_POLICY_ELIGIBLE_EVERYONE)
        return true;
    for (size_t i = 0; i < policy->people_count; i++)
        if (strcmp(policy->people[i], person) == 0)
            return true;
    return false;
}

static enum code lacks_sabbatical(struct mine *mine, bool *lacks)
{
    struct call *call = mine->call;
    struct sabbatical_policy policy = { 0 };
    struct sabbatical_of_year_row taken = { 0 };
    int year = day_to_civil(mine->today).year;
    const struct sabbatical_of_year_params params = { mine->person,
                                                      day_from_civil((struct civil){ year, 1, 1 }),
                                                      day_from_civil((struct civil){ year, 12, 31 }), "" };
    if (sql_sabbatical_policy_row(call, &policy))
        return call->error.code;
    enum code code = sql_sabbatical_of_year(call, &params, &taken);
    *lacks = code == NOT_FOUND && may_go(&policy, mine->person);
    return code == NOT_FOUND ? OK : code;
}

/* Where nobody waits for an answer: what would be good to do, which is asked for at no other time. */
static enum code add_next(struct mine *mine)
{
    bool lacks;
    bool has_next = mine->count && mine->items[mine->count - 1].kind == MINE_ITEM_KIND_NEXT;
    if (mine->answers || has_next)
        return OK;
    if (lacks_sabbatical(mine, &lacks))
        return mine->call->error.code;
    if (lacks)
        add(mine, MINE_ITEM_KIND_NEXT, mine->person,
            arena_print(&mine->call->arena, _("No sabbatical week in %d yet: see which weeks are free"),
                        day_to_civil(mine->today).year),
            "laug sabbatical free");
    else
        add(mine, MINE_ITEM_KIND_NEXT, NULL, _("Nothing waits for you: see what the others do this week"),
            "laug week");
    return OK;
}

/* ---- in order ---- */

/* Answers, then all that comes, then promises, then the next step. */
static int section_of(const struct mine_item *item)
{
    switch (item->kind) {
    case MINE_ITEM_KIND_ANSWER: return 0;
    case MINE_ITEM_KIND_REMINDER: return 2;
    case MINE_ITEM_KIND_NEXT: return 3;
    default: return 1;
    }
}

static int64_t moment_of(const struct mine_item *item)
{
    return item->local ? *item->local : item->from ? (int64_t)*item->from * DAY_SECONDS : 0;
}

/* What must be answered soonest comes first, then what takes place first; of promises the newest. */
static int compare(const void *left, const void *right)
{
    const struct mine_item *a = left, *b = right;
    int sections = section_of(a) - section_of(b);
    int64_t days = (int64_t)(a->due ? *a->due : INT32_MAX) - (b->due ? *b->due : INT32_MAX);
    int64_t moments = moment_of(a) - moment_of(b);
    moments = a->kind == MINE_ITEM_KIND_REMINDER ? -moments : moments;
    if (sections)
        return sections;
    if (section_of(a) == 0 && days)
        return days < 0 ? -1 : 1;
    if (moments)
        return moments < 0 ? -1 : 1;
    return strcmp(a->subject ? a->subject : "", b->subject ? b->subject : "");
}

static enum code gather(struct mine *mine)
{
    struct call *call = mine->call;
    enum code code = sql_mine_admin(call, &(struct mine_admin_params){ mine->person },
                                    &(struct mine_admin_row){ 0 });
    mine->is_caller = call->actor->person && strcmp(call->actor->person, mine->person) == 0;
    if (code && code != NOT_FOUND)
        return code;
    mine->is_admin = code == OK || (mine->is_caller && actor_has(call->actor, ROLE_ADMIN));
    if (add_offers(mine) || add_requests(mine) || add_open_turns(mine) || add_reminders(mine) ||
        add_turns(mine) || add_absences(mine) || add_sabbaticals(mine))
        return call->error.code;
    return add_next(mine);
}

enum code mine_show(struct call *call, const struct mine_show_params *params, struct mine_show_result *result)
{
    struct mine mine = { .call = call, .person = params->person, .today = call_today(call) };
    struct mine_name_row name = { 0 };
    if (company_zone(call, &mine.zone) ||
        sql_mine_name(call, &(struct mine_name_params){ params->person }, &name))
        return call->error.code;
    mine.home_zone = zone_name(mine.zone);
    if (gather(&mine))
        return call->error.code;
    qsort(mine.items, mine.count, sizeof *mine.items, compare);
    size_t shown = mine.count < (size_t)params->limit ? mine.count : (size_t)params->limit;
    *result = (struct mine_show_result){ .person = params->person,
                                         .name = name.name,
                                         .today = mine.today,
                                         .items = mine.items,
                                         .items_count = shown,
                                         .more = (int64_t)(mine.count - shown) };
    return OK;
}
