/* SPDX-License-Identifier: MIT */
/* Who is told what: only people who work here and webhooks, and each of them once. */
#include "log.h"
#include "reminder_plan.h"

#include <string.h>

static bool is_same(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

const char *recipient_key(struct call *call, const struct recipient *recipient)
{
    return recipient->person ? recipient->person : arena_print(&call->arena, "@%s", recipient->webhook);
}

void recipients_add(struct call *call, struct recipients *recipients, struct recipient recipient)
{
    for (size_t i = 0; i < recipients->count; i++)
        if (is_same(recipients->items[i].person, recipient.person) &&
            is_same(recipients->items[i].webhook, recipient.webhook))
            return;
    if (recipients->count == recipients->room) {
        struct recipient *grown;
        recipients->room = recipients->room ? recipients->room * 2 : 8;
        grown = arena_take(&call->arena, recipients->room * sizeof *grown);
        if (recipients->count)
            memcpy(grown, recipients->items, recipients->count * sizeof *grown);
        recipients->items = grown;
    }
    recipients->items[recipients->count++] = recipient;
}

enum code recipients_add_one(struct call *call, const char *person, const char *why,
                             struct recipients *recipients)
{
    struct recipient_here_row row = { 0 };
    enum code code = sql_recipient_here(call, &(struct recipient_here_params){ .person = person }, &row);
    if (code == OK)
        recipients_add(call, recipients, (struct recipient){ .person = row.person, .why = why });
    return code == NOT_FOUND ? OK : code;
}

static void add_all(struct call *call, const struct recipient_here_row_list *list, const char *why,
                    struct recipients *recipients)
{
    for (size_t i = 0; i < list->items_count; i++)
        recipients_add(call, recipients, (struct recipient){ .person = list->items[i].person, .why = why });
}

enum code recipients_add_admins(struct call *call, struct recipients *recipients)
{
    struct recipient_here_row_list list = { 0 };
    if (sql_recipient_admins(call, &list))
        return call->error.code;
    add_all(call, &list, "admins", recipients);
    if (!list.items_count)
        log_write(LOG_LEVEL_WARNING, "nobody is named in company.admins, so nobody is told", NULL);
    return OK;
}

enum code recipients_add_lead(struct call *call, const char *person, struct recipients *recipients)
{
    struct recipient_lead_row row = { 0 };
    enum code code = sql_recipient_lead(call, &(struct recipient_lead_params){ .person = person }, &row);
    if (code == OK)
        recipients_add(call, recipients, (struct recipient){ .person = row.person, .why = "lead" });
    return code == NOT_FOUND ? recipients_add_admins(call, recipients) : code;
}

/* A team without a lead is told as a whole as long as that is no flood; of a large one the admins are. */
enum { TOLD_AT_ONCE = 25 };

enum code recipients_add_team(struct call *call, const char *team, struct recipients *recipients)
{
    struct recipient_team_lead_row lead = { 0 };
    struct recipient_here_row_list list = { 0 };
    enum code code = sql_recipient_team_lead(call, &(struct recipient_team_lead_params){ .team = team },
                                             &lead);
    if (code == OK)
        recipients_add(call, recipients, (struct recipient){ .person = lead.person, .why = "team" });
    if (code != NOT_FOUND)
        return code;
    if (sql_recipient_team(call, &(struct recipient_team_params){ .team = team, .limit = TOLD_AT_ONCE + 1 },
                           &list))
        return call->error.code;
    if (list.items_count > TOLD_AT_ONCE)
        return recipients_add_admins(call, recipients);
    add_all(call, &list, "team", recipients);
    return OK;
}

static enum code add_by_word(struct call *call, enum reminder_rule_to word, const char *person,
                             const char *team, struct recipients *recipients)
{
    struct recipient_here_row_list list = { 0 };
    switch (word) {
    case REMINDER_RULE_TO_PERSON:
        if (person)
            return recipients_add_one(call, person, "person", recipients);
        return team ? recipients_add_team(call, team, recipients) : OK;
    case REMINDER_RULE_TO_LEAD:
    case REMINDER_RULE_TO_MENTOR: /* who has no mentor has a lead */
        if (person)
            return recipients_add_lead(call, person, recipients);
        return team ? recipients_add_team(call, team, recipients) : OK;
    case REMINDER_RULE_TO_ADMINS: return recipients_add_admins(call, recipients);
    case REMINDER_RULE_TO_LEADS:
        if (sql_recipient_leads(call, &list))
            return call->error.code;
        add_all(call, &list, "leads", recipients);
        return OK;
    default:
        if (sql_recipient_everyone(call, &list))
            return call->error.code;
        add_all(call, &list, "everyone", recipients);
        return OK;
    }
}

enum code recipients_of(struct call *call, const struct reminder_rule *rule, const char *person,
                        const char *team, struct recipients *recipients)
{
    for (size_t i = 0; i < rule->to_count; i++)
        if (add_by_word(call, rule->to[i], person, team, recipients))
            return call->error.code;
    for (size_t i = 0; i < rule->people_count; i++)
        if (recipients_add_one(call, rule->people[i], "people", recipients))
            return call->error.code;
    struct recipient_here_row_list list = { 0 };
    if (rule->team &&
        sql_recipient_team(call, &(struct recipient_team_params){ .team = rule->team, .limit = INT64_MAX },
                           &list))
        return call->error.code;
    add_all(call, &list, "team", recipients);
    list = (struct recipient_here_row_list){ 0 };
    if (rule->role && sql_recipient_role(call, &(struct recipient_role_params){ .role = rule->role }, &list))
        return call->error.code;
    add_all(call, &list, "role", recipients);
    for (size_t i = 0; i < rule->webhooks_count; i++)
        recipients_add(call, recipients,
                       (struct recipient){ .webhook = rule->webhooks[i], .why = "webhook" });
    return OK;
}
