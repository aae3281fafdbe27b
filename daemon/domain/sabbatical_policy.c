/* SPDX-License-Identifier: MIT */
/* The rules of sabbatical weeks, and who holds the competencies that must stay covered. */
#include "sabbatical.h"

enum code sabbatical_policy_show(struct call *call, struct sabbatical_policy *result)
{
    struct blackout_list blackouts = { 0 };
    if (sql_sabbatical_policy_row(call, result) || sql_blackout_all(call, &blackouts))
        return call->error.code;
    result->blackouts = blackouts.items;
    result->blackouts_count = blackouts.items_count;
    return OK;
}

static enum code replace_blackouts(struct call *call, const struct sabbatical_policy_change_params *params)
{
    bool is_cleared = false;
    for (size_t i = 0; i < params->clear_count; i++)
        is_cleared = is_cleared || params->clear[i] == SABBATICAL_POLICY_CHANGE_PARAMS_CLEAR_BLACKOUTS;
    if (!is_cleared && !params->blackouts_count)
        return OK;
    if (sql_blackout_forget(call))
        return call->error.code;
    for (size_t i = 0; i < params->blackouts_count; i++) {
        if (params->blackouts[i].to < params->blackouts[i].from)
            return call_fail(call, INVALID, "blackouts", _("the last day comes before the first"));
        if (sql_blackout_put(call, &params->blackouts[i]))
            return call->error.code;
    }
    return OK;
}

enum code sabbatical_policy_change(struct call *call, const struct sabbatical_policy_change_params *params,
                                   struct sabbatical_policy *result)
{
    if (sql_sabbatical_policy_update(call, params) || replace_blackouts(call, params) ||
        sabbatical_recheck(call) ||
        tell_sabbatical_policy_changed(call, &(struct sabbatical_policy_changed_event){ 0 }))
        return call->error.code;
    return sabbatical_policy_show(call, result);
}

enum code sabbatical_critical_set(struct call *call, const struct critical_competency *params)
{
    if (sql_critical_forget(call, &(struct critical_forget_params){ .competency = params->competency }))
        return call->error.code;
    for (size_t i = 0; i < params->holders_count; i++) {
        const struct critical_put_params put = { params->competency, params->holders[i] };
        if (sql_critical_put(call, &put))
            return call->error.code;
    }
    return sabbatical_recheck(call);
}

enum code sabbatical_critical_list(struct call *call, struct sabbatical_critical_list_result *result)
{
    struct critical_competency_list rows = { 0 };
    if (sql_sabbatical_critical_list(call, &rows))
        return call->error.code;
    result->items = rows.items;
    result->items_count = rows.items_count;
    return OK;
}
