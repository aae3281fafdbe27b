/* SPDX-License-Identifier: MIT */
/*
 * People. A person's home team is always one of the teams that the memberships tell of; managers form trees,
 * never loops.
 */
#include "calendar_entry.h"
#include "day.h"
#include "publish.h"
#include "reminder.h"
#include "sabbatical.h"
#include "store.h"

#include <stdio.h>
#include <string.h>

static enum code refuse_loop(struct call *call, const char *id, const char *manager)
{
    struct person_above_row row = { 0 };
    enum code code = sql_person_above(call, &(struct person_above_params){ .id = id, .manager = manager },
                                      &row);
    if (code == OK)
        return call_fail(call, CONFLICT, "manager", _("%s would be their own manager, through %s"), id,
                         manager);
    return code == NOT_FOUND ? OK : code;
}

static enum code refuse_backwards(struct call *call, const int32_t *hired_on, const int32_t *left_on)
{
    if (hired_on && left_on && *left_on < *hired_on)
        return call_fail(call, INVALID, "left_on", _("comes before the first day at work"));
    return OK;
}

/* ---- teams of a person ---- */

static enum code join(struct call *call, const char *person, const char *team, int32_t from)
{
    if (sql_membership_open(call,
                            &(struct membership_open_params){ .person = person, .team = team, .from = from }))
        return call->error.code;
    return calendar_touch(call, team, from);
}

static enum code join_new(struct call *call, const char *person, const char *team, int32_t from)
{
    return sql_membership_insert(
        call, &(struct membership_insert_params){ .person = person, .team = team, .from = from });
}

static enum code leave(struct call *call, const char *person, const char *team)
{
    if (sql_membership_stop(call, &(struct membership_stop_params){ .person = person, .team = team }))
        return call->error.code;
    return sql_membership_undo(call, &(struct membership_undo_params){ .person = person, .team = team });
}

static bool is_among(const char *team, const char *const *teams, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(teams[i], team) == 0)
            return true;
    return false;
}

/* From today on the person belongs to exactly these teams and the home team. */
static enum code set_teams(struct call *call, const char *person, const char *home, const char *const *teams,
                           size_t count, int32_t from)
{
    struct membership_of_row_list old = { 0 };
    if (sql_membership_of(call, &(struct membership_of_params){ .person = person }, &old))
        return call->error.code;
    for (size_t i = 0; i < old.items_count; i++) {
        const char *team = old.items[i].team;
        if ((!home || strcmp(home, team) != 0) && !is_among(team, teams, count) && leave(call, person, team))
            return call->error.code;
    }
    for (size_t i = 0; i <= count; i++) {
        const char *team = i < count ? teams[i] : home;
        bool is_known = false;
        for (size_t j = 0; team && j < old.items_count; j++)
            is_known = is_known || strcmp(old.items[j].team, team) == 0;
        if (team && !is_known && join(call, person, team, from))
            return call->error.code;
    }
    return OK;
}

/* ---- methods ---- */

enum { WELCOME_DAYS = 366 /* rules about a first day look no further back */ };

/* The first day at work is something to be reminded of, before and after. */
static enum code tell_hire(struct call *call, const char *person, const int32_t *hired_on)
{
    if (!hired_on)
        return reminder_gone(call, REMINDER_RULE_ABOUT_HIRE, person);
    if (*hired_on + WELCOME_DAYS < call_today(call))
        return OK;
    return reminder_happens(call, &(struct happening){ .about = REMINDER_RULE_ABOUT_HIRE,
                                                       .subject = person,
                                                       .person = person,
                                                       .when = MOMENT_ON(*hired_on),
                                                       .catches_up = true });
}

/* Who is there and who is not decides who can take a turn: plans are looked at again, once, when this is
 * committed. A new name or title changes no plan. */
static enum code ripple(struct call *call, const char *person)
{
    if (sabbatical_recheck(call))
        return call->error.code;
    return publish_soon_for_person(call, person);
}

static enum code tell(struct call *call, const char *person)
{
    return tell_person_changed(call, &(struct person_changed_event){ .person = person });
}

enum code person_add(struct call *call, const struct person_add_params *params, struct person *result)
{
    if (params->manager && strcmp(params->manager, params->id) == 0)
        return call_fail(call, CONFLICT, "manager", _("nobody is their own manager"));
    int32_t from = params->hired_on ? *params->hired_on : DAY_FIRST;
    if (refuse_backwards(call, params->hired_on, params->left_on) || sql_person_insert(call, params) ||
        set_teams(call, params->id, params->team, params->teams, params->teams_count, from) ||
        publish_soon_for_person(call, params->id) ||
        (params->hired_on && tell_hire(call, params->id, params->hired_on)) || tell(call, params->id))
        return call->error.code;
    return sql_person_show(call, &(struct person_show_params){ .id = params->id }, result);
}

/* SQLite says that a reference leads nowhere, and not which: look again, as there is time now. */
static enum code name_missing(struct call *call, const struct person_add_params *person)
{
    struct person_dates_row row = { 0 };
    const char *manager = person->manager;
    if (manager && sql_person_dates(call, &(struct person_dates_params){ .id = manager }, &row) == NOT_FOUND)
        return call_fail(call, NOT_FOUND, "manager", _("no person is called \"%s\""), manager);
    return call_fail(call, NOT_FOUND, "team", _("one of the teams is not there"));
}

/* Nobody has a membership before being there, so nothing is looked for: each row is three insertions. */
static enum code import_one(struct call *call, const struct person_add_params *person)
{
    int32_t from = person->hired_on ? *person->hired_on : DAY_FIRST;
    if (person->manager && strcmp(person->manager, person->id) == 0)
        return call_fail(call, CONFLICT, "manager", _("nobody is their own manager"));
    if (refuse_backwards(call, person->hired_on, person->left_on))
        return call->error.code;
    enum code code = sql_person_insert(call, person);
    if (code == OK && person->team)
        code = join_new(call, person->id, person->team, from);
    for (size_t i = 0; code == OK && i < person->teams_count; i++)
        if ((!person->team || strcmp(person->team, person->teams[i]) != 0) &&
            !is_among(person->teams[i], person->teams, i))
            code = join_new(call, person->id, person->teams[i], from);
    return code == CONFLICT ? name_missing(call, person) : code;
}

/* The error of a row says which one it was: `people[2].manager`. */
static enum code name_row(struct call *call, size_t index)
{
    char field[sizeof call->error.field];
    snprintf(field, sizeof field, "people[%zu]%s%.30s", index, *call->error.field ? "." : "",
             call->error.field);
    snprintf(call->error.field, sizeof call->error.field, "%s", field);
    return call->error.code;
}

enum code person_import(struct call *call, const struct person_import_params *params,
                        struct person_import_result *result)
{
    for (size_t i = 0; i < params->people_count; i++) {
        const struct newcomer *from = &params->people[i];
        const struct person_add_params person = {
            .id = from->id,
            .name = from->name,
            .email = from->email,
            .title = from->title,
            .team = from->team,
            .teams = from->teams,
            .teams_count = from->teams_count,
            .manager = from->manager,
            .login = from->login,
            .hired_on = from->hired_on,
            .left_on = from->left_on,
            .language = from->language,
        };
        if (import_one(call, &person))
            return name_row(call, i);
    }
    result->added = (int64_t)params->people_count;
    if (result->added == 0)
        return OK;
    if (publish_soon(call) || calendar_touch(call, NULL, 0))
        return call->error.code;
    return tell_people_imported(call, &(struct people_imported_event){ .count = result->added });
}

static bool clears(const struct person_change_params *params, enum person_change_params_clear field)
{
    for (size_t i = 0; i < params->clear_count; i++)
        if (params->clear[i] == field)
            return true;
    return false;
}

static enum code change_teams(struct call *call, const struct person_change_params *params)
{
    struct person_dates_row person = { 0 };
    bool clears_teams = clears(params, PERSON_CHANGE_PARAMS_CLEAR_TEAMS);
    bool clears_home = clears(params, PERSON_CHANGE_PARAMS_CLEAR_TEAM);
    if (!params->team && !params->teams_count && !clears_teams && !clears_home)
        return OK;
    if (sql_person_dates(call, &(struct person_dates_params){ .id = params->id }, &person))
        return call->error.code;
    const char **kept = (const char **)params->teams;
    size_t count = params->teams_count;
    if (!count && !clears_teams) { /* only the home team changes: the others stay, the former home does not */
        struct membership_of_row_list old = { 0 };
        struct person former = { 0 };
        if (sql_membership_of(call, &(struct membership_of_params){ .person = params->id }, &old) ||
            sql_person_show(call, &(struct person_show_params){ .id = params->id }, &former))
            return call->error.code;
        kept = arena_take(&call->arena, (old.items_count + 1) * sizeof *kept);
        for (size_t i = 0; i < old.items_count; i++)
            if (!former.team || strcmp(former.team, old.items[i].team) != 0)
                kept[count++] = old.items[i].team;
    }
    const char *home = clears_home ? NULL : params->team ? params->team : person.team;
    return set_teams(call, params->id, home, kept, count, call_today(call));
}

static bool changes_presence(const struct person_change_params *params)
{
    return params->team || params->teams_count || params->hired_on || params->left_on ||
           clears(params, PERSON_CHANGE_PARAMS_CLEAR_TEAM) ||
           clears(params, PERSON_CHANGE_PARAMS_CLEAR_TEAMS) ||
           clears(params, PERSON_CHANGE_PARAMS_CLEAR_HIRED_ON) ||
           clears(params, PERSON_CHANGE_PARAMS_CLEAR_LEFT_ON);
}

static enum code update(struct call *call, const struct person_change_params *params)
{
    bool is_plain = !params->team && !params->manager && !params->login &&
                    !clears(params, PERSON_CHANGE_PARAMS_CLEAR_TEAM) &&
                    !clears(params, PERSON_CHANGE_PARAMS_CLEAR_MANAGER) &&
                    !clears(params, PERSON_CHANGE_PARAMS_CLEAR_LOGIN);
    if (!is_plain || params->language || clears(params, PERSON_CHANGE_PARAMS_CLEAR_LANGUAGE))
        store_people_changed(call->store);
    return is_plain ? sql_person_update_plain(call, params) : sql_person_update(call, params);
}

static enum code check_dates(struct call *call, const struct person_change_params *params)
{
    struct person_dates_row person = { 0 };
    if (!params->hired_on && !params->left_on)
        return OK;
    if (sql_person_dates(call, &(struct person_dates_params){ .id = params->id }, &person))
        return call->error.code;
    return refuse_backwards(call, person.hired_on, person.left_on);
}

static bool changes_hire(const struct person_change_params *params)
{
    return params->hired_on || clears(params, PERSON_CHANGE_PARAMS_CLEAR_HIRED_ON);
}

enum code person_change(struct call *call, const struct person_change_params *params, struct person *result)
{
    if (params->manager && refuse_loop(call, params->id, params->manager))
        return call->error.code;
    if (change_teams(call, params) || update(call, params) || check_dates(call, params) ||
        (changes_presence(params) && ripple(call, params->id)) ||
        (changes_hire(params) && tell_hire(call, params->id, params->hired_on)) || tell(call, params->id))
        return call->error.code;
    return sql_person_show(call, &(struct person_show_params){ .id = params->id }, result);
}

enum code person_prefer(struct call *call, const struct person_prefer_params *params, struct person *result)
{
    const struct zone *zone;
    if (params->zone && zones_find(call->zones, params->zone, "zone", &zone, &call->error))
        return call->error.code;
    store_people_changed(call->store); /* the language of answers, too */
    if (sql_person_prefer_put(call, params) || tell(call, params->person))
        return call->error.code;
    return sql_person_show(call, &(struct person_show_params){ .id = params->person }, result);
}

enum code person_show(struct call *call, const struct person_show_params *params, struct person *result)
{
    return sql_person_show(call, params, result);
}

enum code person_list(struct call *call, const struct person_list_params *params,
                      struct person_list_result *result)
{
    return sql_person_list(call, params, result);
}

enum code person_remove(struct call *call, const struct person_remove_params *params)
{
    if (ripple(call, params->id) || sql_person_remove(call, params))
        return call->error.code;
    return tell(call, params->id);
}
