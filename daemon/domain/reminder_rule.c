/* SPDX-License-Identifier: MIT */
/* Rules: what an admin may write, and what will come of it. */
#include "day.h"
#include "reminder_plan.h"
#include "rule.h"

#include <stdlib.h>
#include <string.h>

/* ---- checks ---- */

static enum code check_leads(struct call *call, const struct reminder_rule_put_params *rule)
{
    for (size_t i = 0; i < rule->leads_count; i++) {
        struct lead lead;
        if (!lead_parse(rule->leads[i], &lead))
            return call_fail(
                call, INVALID, "leads",
                _("\"%s\" is no lead time; write days such as -14d, +42d or 0d, or working days: -2wd"),
                rule->leads[i]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(rule->leads[i], rule->leads[j]) == 0)
                return call_fail(call, INVALID, "leads", _("%s is given twice"), rule->leads[i]);
    }
    return OK;
}

static enum code check_time(struct call *call, const struct reminder_rule_put_params *rule)
{
    const struct zone *zone;
    struct rule parsed;
    if (zones_find(call->zones, rule->zone, "zone", &zone, &call->error))
        return call->error.code;
    if (time_parse(rule->time) < 0)
        return call_fail(call, INVALID, "time", _("a time of day is written 09:00"));
    if (rule->fires == REMINDER_RULE_FIRES_EVERY)
        return rule_read(&(struct rule_source){ .text = rule->rule, .starts = *rule->starts, .zone = zone },
                         &parsed, &call->error);
    return rule->fires == REMINDER_RULE_FIRES_RELATIVE ? check_leads(call, rule) : OK;
}

static enum code check_recipients(struct call *call, const struct reminder_rule_put_params *rule)
{
    for (size_t i = 0; i < rule->to_count && rule->fires != REMINDER_RULE_FIRES_RELATIVE; i++)
        if (rule->to[i] <= REMINDER_RULE_TO_MENTOR)
            return call_fail(
                call, INVALID, "to",
                _("person, lead and mentor are somebody only where the rule is about something; name "
                  "people, a team, a role, or admins, leads or everyone"));
    if (!rule->to_count && !rule->people_count && !rule->team && !rule->role && !rule->webhooks_count)
        return call_fail(call, INVALID, "to", _("say to whom: to, people, team, role or webhooks"));
    return OK;
}

static enum code check(struct call *call, const struct reminder_rule_put_params *rule)
{
    if (check_time(call, rule))
        return call->error.code;
    return check_recipients(call, rule);
}

/* ---- adding ---- */

static const char *message_of(const enum reminder_rule_about *about)
{
    if (!about)
        return "custom";
    switch (*about) {
    case REMINDER_RULE_ABOUT_SABBATICAL: return "sabbatical_start";
    case REMINDER_RULE_ABOUT_SABBATICAL_END: return "sabbatical_report";
    default: return field_find(&record_reminder_rule, "about", 5)->words[*about];
    }
}

static enum code find_fires(struct call *call, const struct reminder_rule_add_params *params,
                            enum reminder_rule_fires *fires)
{
    bool is_once = params->at != NULL, is_every = params->starts || params->rule,
         is_relative = params->about || params->leads_count;
    if (is_once + is_every + is_relative != 1)
        return call_fail(call, INVALID, "at",
                         _("say either `at` (once), or `starts` and `rule` (again and again), or `about` and "
                           "`leads` (before and after something)"));
    if (is_every && !params->rule)
        return call_fail(call, INVALID, "rule", _("is required with starts"));
    if (is_every && !params->starts)
        return call_fail(call, INVALID, "starts", _("is required with rule"));
    if (is_relative && !params->about)
        return call_fail(call, INVALID, "about", _("is required with leads"));
    if (is_relative && !params->leads_count)
        return call_fail(call, INVALID, "leads", _("is required with about"));
    *fires = is_once    ? REMINDER_RULE_FIRES_ONCE
             : is_every ? REMINDER_RULE_FIRES_EVERY
                        : REMINDER_RULE_FIRES_RELATIVE;
    return OK;
}

static enum code refuse_past(struct call *call, int64_t local, const char *zone_text)
{
    const struct zone *zone;
    if (zones_find(call->zones, zone_text, "zone", &zone, &call->error))
        return call->error.code;
    if (zone_instant(zone, local) < call->now)
        return call_fail(call, INVALID, "at", _("this time has passed"));
    return OK;
}

static enum reminder_rule_to to_person[] = { REMINDER_RULE_TO_PERSON };
static enum reminder_rule_channels both_channels[] = { REMINDER_RULE_CHANNELS_INBOX,
                                                       REMINDER_RULE_CHANNELS_MAIL };

static bool has_recipients(const struct reminder_rule_add_params *params)
{
    return params->to_count || params->people_count || params->team || params->role || params->webhooks_count;
}

enum code reminder_rule_add(struct call *call, const struct reminder_rule_add_params *params,
                            struct reminder_rule *result)
{
    struct company_zone_row company = { 0 };
    enum reminder_rule_fires fires;
    if (find_fires(call, params, &fires) || sql_company_zone(call, &company))
        return call->error.code;
    const char *zone = params->zone ? params->zone : company.zone;
    struct reminder_rule_put_params rule = { .id = params->id,
                                             .title = params->title,
                                             .text = params->text,
                                             .message = message_of(params->about),
                                             .fires = fires,
                                             .starts = params->at ? params->at : params->starts,
                                             .zone = zone,
                                             .rule = params->rule,
                                             .about = params->about,
                                             .leads = params->leads,
                                             .leads_count = params->leads_count,
                                             .to = params->to,
                                             .to_count = params->to_count,
                                             .people = params->people,
                                             .people_count = params->people_count,
                                             .team = params->team,
                                             .role = params->role,
                                             .webhooks = params->webhooks,
                                             .webhooks_count = params->webhooks_count,
                                             .channels = params->channels,
                                             .channels_count = params->channels_count,
                                             .days = params->days,
                                             .time = params->time ? params->time : "09:00",
                                             .late = params->late,
                                             .expire_minutes = params->expire_minutes,
                                             .acknowledge = params->acknowledge || params->escalate_days,
                                             .escalate_days = params->escalate_days,
                                             .escalate_to = params->escalate_to,
                                             .paused = params->paused };
    if (fires == REMINDER_RULE_FIRES_RELATIVE && !has_recipients(params))
        rule.to = to_person, rule.to_count = 1;
    if (!rule.channels_count)
        rule.channels = both_channels, rule.channels_count = 2;
    if (check(call, &rule) || (params->at && refuse_past(call, *params->at, zone)) ||
        sql_reminder_rule_put(call, &rule) || plan_rule(call, params->id))
        return call->error.code;
    return sql_reminder_rule_show(call, &(struct reminder_rule_show_params){ .id = params->id }, result);
}

/* ---- changing ---- */

static bool clears(const struct reminder_rule_change_params *params,
                   enum reminder_rule_change_params_clear field)
{
    for (size_t i = 0; i < params->clear_count; i++)
        if (params->clear[i] == field)
            return true;
    return false;
}

/* What a rule is relative to, or when it fires, may change; of which kind it is may not. */
static enum code refuse_other_kind(struct call *call, const struct reminder_rule_change_params *params,
                                   enum reminder_rule_fires fires)
{
    if ((params->at && fires != REMINDER_RULE_FIRES_ONCE) ||
        ((params->starts || params->rule) && fires != REMINDER_RULE_FIRES_EVERY) ||
        (params->leads_count && fires != REMINDER_RULE_FIRES_RELATIVE))
        return call_fail(call, CONFLICT,
                         params->at     ? "at"
                         : params->rule ? "rule"
                                        : NULL,
                         _("this rule fires otherwise; add a new rule for that"));
    return OK;
}

static void change_recipients(const struct reminder_rule_change_params *params,
                              struct reminder_rule_put_params *rule)
{
    if (params->to_count || clears(params, REMINDER_RULE_CHANGE_PARAMS_CLEAR_TO))
        rule->to = params->to, rule->to_count = params->to_count;
    if (params->people_count || clears(params, REMINDER_RULE_CHANGE_PARAMS_CLEAR_PEOPLE))
        rule->people = params->people, rule->people_count = params->people_count;
    if (params->team || clears(params, REMINDER_RULE_CHANGE_PARAMS_CLEAR_TEAM))
        rule->team = params->team;
    if (params->role || clears(params, REMINDER_RULE_CHANGE_PARAMS_CLEAR_ROLE))
        rule->role = params->role;
    if (params->webhooks_count || clears(params, REMINDER_RULE_CHANGE_PARAMS_CLEAR_WEBHOOKS))
        rule->webhooks = params->webhooks, rule->webhooks_count = params->webhooks_count;
}

static struct reminder_rule_put_params changed(const struct reminder_rule *old,
                                               const struct reminder_rule_change_params *params)
{
    bool clears_text = clears(params, REMINDER_RULE_CHANGE_PARAMS_CLEAR_TEXT);
    bool clears_escalation = clears(params, REMINDER_RULE_CHANGE_PARAMS_CLEAR_ESCALATE_DAYS);
    struct reminder_rule_put_params rule = {
        .id = old->id,
        .title = params->title ? params->title : old->title,
        .text = params->text  ? params->text
                : clears_text ? NULL
                              : old->text,
        .message = message_of(old->about),
        .fires = old->fires,
        .starts = params->at       ? params->at
                  : params->starts ? params->starts
                  : old->at        ? old->at
                                   : old->starts,
        .zone = params->zone ? params->zone : old->zone,
        .rule = params->rule ? params->rule : old->rule,
        .about = old->about,
        .leads = params->leads_count ? params->leads : old->leads,
        .leads_count = params->leads_count ? params->leads_count : old->leads_count,
        .to = old->to,
        .to_count = old->to_count,
        .people = old->people,
        .people_count = old->people_count,
        .team = old->team,
        .role = old->role,
        .webhooks = old->webhooks,
        .webhooks_count = old->webhooks_count,
        .channels = params->channels_count ? params->channels : old->channels,
        .channels_count = params->channels_count ? params->channels_count : old->channels_count,
        .days = params->days ? *params->days : old->days,
        .time = params->time ? params->time : old->time,
        .late = params->late ? *params->late : old->late,
        .expire_minutes = params->expire_minutes ? params->expire_minutes : old->expire_minutes,
        .escalate_days = params->escalate_days ? params->escalate_days
                         : clears_escalation   ? NULL
                                               : old->escalate_days,
        .escalate_to = params->escalate_to ? *params->escalate_to : old->escalate_to,
        .paused = params->paused ? *params->paused : old->paused
    };
    rule.acknowledge = (params->acknowledge ? *params->acknowledge : old->acknowledge) || rule.escalate_days;
    change_recipients(params, &rule);
    return rule;
}

enum code reminder_rule_change(struct call *call, const struct reminder_rule_change_params *params,
                               struct reminder_rule *result)
{
    struct reminder_rule old = { 0 };
    if (sql_reminder_rule_show(call, &(struct reminder_rule_show_params){ .id = params->id }, &old) ||
        refuse_other_kind(call, params, old.fires))
        return call->error.code;
    struct reminder_rule_put_params rule = changed(&old, params);
    if (check(call, &rule) || (params->at && refuse_past(call, *params->at, rule.zone)) ||
        sql_reminder_rule_update(call, &rule) || plan_rule(call, params->id))
        return call->error.code;
    return sql_reminder_rule_show(call, &(struct reminder_rule_show_params){ .id = params->id }, result);
}

enum code reminder_rule_show(struct call *call, const struct reminder_rule_show_params *params,
                             struct reminder_rule *result)
{
    return sql_reminder_rule_show(call, params, result);
}

enum code reminder_rule_list(struct call *call, const struct reminder_rule_list_params *params,
                             struct reminder_rule_list_result *result)
{
    return sql_reminder_rule_list(call, params, result);
}

enum code reminder_rule_remove(struct call *call, const struct reminder_rule_remove_params *params)
{
    if (sql_reminder_sweep_rule(call, &(struct reminder_sweep_rule_params){ .rule = params->id }) ||
        job_drop(call, "reminder.plan", params->id))
        return call->error.code;
    return sql_reminder_rule_remove(call, params);
}
