/* SPDX-License-Identifier: MIT */
/* Teams, and who belongs to them when. Of one person and team two periods never overlap. */
#include "calendar_entry.h"
#include "day.h"
#include "publish.h"
#include "sabbatical.h"
#include "store.h"

/* Who belongs to a team decides whether it can present, and who may be away. */
static enum code tell_members(struct call *call, const char *team)
{
    if (sabbatical_recheck(call) || publish_soon_for_team(call, team))
        return call->error.code;
    return tell_team_changed(call, &(struct team_changed_event){ .team = team });
}

static enum code tell(struct call *call, const char *team)
{
    return tell_team_changed(call, &(struct team_changed_event){ .team = team });
}

enum code team_add(struct call *call, const struct team_add_params *params, struct team *result)
{
    if (sql_team_insert(call, params) || tell(call, params->id))
        return call->error.code;
    return sql_team_show(call, &(struct team_show_params){ .id = params->id }, result);
}

enum code team_change(struct call *call, const struct team_change_params *params, struct team *result)
{
    if (sql_team_update(call, params) || tell(call, params->id))
        return call->error.code;
    return sql_team_show(call, &(struct team_show_params){ .id = params->id }, result);
}

enum code team_remove(struct call *call, const struct team_remove_params *params)
{
    struct team team = { 0 };
    if (sql_team_show(call, &(struct team_show_params){ .id = params->id }, &team))
        return call->error.code;
    if (team.members > 0)
        return call_fail(call, CONFLICT, "id",
                         _("people still belong to %s; move them to another team first"), params->id);
    if (sql_team_remove(call, params))
        return call->error.code;
    return tell(call, params->id);
}

enum code membership_add(struct call *call, const struct membership *params, struct membership *result)
{
    struct membership_touching_row row = { 0 };
    int32_t from = params->from ? *params->from : DAY_FIRST;
    if (params->to && *params->to < from)
        return call_fail(call, INVALID, "to", _("the last day comes before the first"));
    const struct membership_touching_params touching = { params->person, params->team, from, params->to };
    enum code code = sql_membership_touching(call, &touching, &row);
    if (code == OK)
        return call_fail(call, CONFLICT, "from", _("%s belongs to %s on some of these days already"),
                         params->person, params->team);
    const struct membership_insert_params insert = { params->person, params->team, from, params->to };
    if (code != NOT_FOUND || sql_membership_insert(call, &insert) ||
        calendar_touch(call, params->team, from) || tell_members(call, params->team))
        return call->error.code;
    *result = *params;
    return OK;
}

enum code membership_end(struct call *call, const struct membership_end_params *params,
                         struct membership *result)
{
    const struct membership_row_params row = { params->person, params->team, params->to };
    const struct membership_close_params close = { params->person, params->team, params->to };
    if (sql_membership_close(call, &close))
        return call->error.code;
    if (store_changes(call->store) == 0)
        return call_fail(call, NOT_FOUND, "to", _("%s does not belong to %s on that day"), params->person,
                         params->team);
    if (tell_members(call, params->team))
        return call->error.code;
    return sql_membership_row(call, &row, result);
}
