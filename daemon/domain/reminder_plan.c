/* SPDX-License-Identifier: MIT */
/*
 * The invariant: a reminder's id says all that makes it the one it is, and a row is only ever added under an
 * id that has none. So planning may run again at any time, and forgets no more than rows whose time has not
 * come.
 */
#include "reminder_plan.h"

#include "day.h"
#include "log.h"
#include "outbox.h"
#include "slot.h"
#include "sum.h"

#include <stdlib.h>
#include <string.h>

/* ---- small forms ---- */

bool lead_parse(const char *text, struct lead *lead)
{
    char *end;
    if (strspn(text, "+-0123456789") == 0)
        return false;
    long days = strtol(text, &end, 10);
    bool is_working = strcmp(end, "wd") == 0;
    if (end == text || (!is_working && strcmp(end, "d") != 0) || days < -3660 || days > 3660)
        return false;
    *lead = (struct lead){ (int32_t)days, is_working };
    return true;
}

int time_parse(const char *text)
{
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789") != 2 ||
        strspn(text + 3, "0123456789") != 2)
        return -1;
    int hours = (int)strtol(text, NULL, 10), minutes = (int)strtol(text + 3, NULL, 10);
    return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}

int32_t lead_day(const struct calendar *calendar, struct lead lead, bool any_day, int32_t day)
{
    int32_t found = day + lead.days;
    if (lead.counts_working_days && lead.days != 0 && !calendar_add(calendar, day, lead.days, &found))
        found = day + lead.days;
    if (any_day)
        return found;
    /* what is to come before something must not come after it */
    bool is_moved = lead.days <= 0 ? calendar_previous(calendar, found, &found)
                                   : calendar_next(calendar, found, &found);
    (void)is_moved;
    return found;
}

/* ---- ids ---- */

const char *reminder_id(struct call *call, const char *rule, const char *subject, const char *occurrence,
                        const char *lead, const char *to)
{
    const char *const parts[] = { rule, subject, occurrence, lead, to };
    return arena_print(&call->arena, "%.48s-%s", rule,
                       sum_of(&call->arena, parts, sizeof parts / sizeof *parts));
}

/* ---- reminders of what happens ---- */

enum code reminder_wake(struct call *call, int64_t at)
{
    return sql_job_sooner(
        call, &(struct job_sooner_params){ .kind = "reminder.fire", .subject = "all", .due_at = at });
}

void plan_keep(struct call *call, struct plan_kept *kept, const char *id)
{
    if (kept->count == kept->room) {
        kept->room = kept->room ? kept->room * 2 : 32;
        const char **grown = arena_take(&call->arena, kept->room * sizeof *grown);
        if (kept->count)
            memcpy(grown, kept->ids, kept->count * sizeof *grown);
        kept->ids = grown;
    }
    kept->ids[kept->count++] = id;
}

bool plan_has(struct call *call, const char *id)
{
    struct reminder_exists_row row = { 0 };
    return sql_reminder_exists(call, &(struct reminder_exists_params){ .id = id }, &row) == OK;
}

enum code plan_put(struct call *call, const struct reminder_put_params *reminder)
{
    if (sql_reminder_put(call, reminder))
        return call->error.code;
    return reminder_wake(call, reminder->wanted_at);
}

/* What has passed when it is first heard of does not come any more, but for the last of it where that was
 * asked for. */
static bool is_too_late(struct call *call, const struct happening_page_row *happening, int64_t wanted_at,
                        int64_t newest_passed, bool is_ahead)
{
    if (wanted_at >= call->now)
        return false;
    return !happening->catches_up || !is_ahead || wanted_at != newest_passed;
}

/* The project of a sabbatical is for the person, the lead and the admins: no post ever holds it. */
static const char *title_for(const struct recipient *recipient, const struct happening_page_row *happening)
{
    bool is_sabbatical = strncmp(happening->about, "sabbatical", 10) == 0;
    return recipient->webhook && is_sabbatical ? "" : happening->title;
}

static enum code plan_lead(struct call *call, const struct reminder_rule *rule, const char *message,
                           const struct happening_page_row *happening, const struct recipients *recipients,
                           size_t lead, int64_t wanted_at, bool is_too_late, struct plan_kept *kept)
{
    for (size_t i = 0; i < recipients->count; i++) {
        const struct recipient *recipient = &recipients->items[i];
        const char *id = reminder_id(call, rule->id, happening->subject, happening->occurrence,
                                     rule->leads[lead], recipient_key(call, recipient));
        plan_keep(call, kept, id);
        bool is_passed = wanted_at < call->now && !plan_has(call, id);
        if (is_passed && is_too_late)
            continue;
        if (plan_put(call, &(struct reminder_put_params){ .id = id,
                                                          .rule = rule->id,
                                                          .message = message,
                                                          .person = recipient->person,
                                                          .webhook = recipient->webhook,
                                                          .about = happening->about,
                                                          .subject = happening->subject,
                                                          .occurrence = happening->occurrence,
                                                          .lead = rule->leads[lead],
                                                          .recipient = recipient->why,
                                                          .title = title_for(recipient, happening),
                                                          .local = &happening->local,
                                                          .is_day = happening->is_day,
                                                          .other = happening->person ? happening->person
                                                                                     : happening->team,
                                                          .wanted_at = is_passed ? call->now : wanted_at }))
            return call->error.code;
    }
    return OK;
}

enum code plan_happening(struct call *call, const struct reminder_rule *rule,
                         const struct reminder_days *days, const struct happening_page_row *happening,
                         struct plan_kept *kept)
{
    struct recipients recipients = { 0 };
    struct reminder_rule_message_row row = { 0 };
    int64_t wanted_at[LEADS_MAX], newest_passed = INT64_MIN;
    int32_t day = day_of_seconds(happening->local);
    int64_t minutes = time_parse(rule->time);
    bool any_day = rule->days == REMINDER_RULE_DAYS_ANY;
    if (recipients_of(call, rule, happening->person, happening->team, &recipients) ||
        sql_reminder_rule_message(call, &(struct reminder_rule_message_params){ .id = rule->id }, &row))
        return call->error.code;
    for (size_t i = 0; i < rule->leads_count; i++) {
        struct lead lead = { 0 };
        if (!lead_parse(rule->leads[i], &lead))
            return call_fail(call, INTERNAL, NULL, "rule %s has a lead %s", rule->id, rule->leads[i]);
        wanted_at[i] = zone_instant(
            days->zone, (int64_t)lead_day(days->calendar, lead, any_day, day) * DAY_SECONDS + minutes * 60);
        if (wanted_at[i] < call->now && wanted_at[i] > newest_passed)
            newest_passed = wanted_at[i];
    }
    int64_t ends = happening->is_day ? happening->local + DAY_SECONDS : happening->local;
    bool is_ahead = zone_instant(days->zone, ends) > call->now;
    for (size_t i = 0; i < rule->leads_count; i++)
        if (plan_lead(call, rule, row.message, happening, &recipients, i, wanted_at[i],
                      is_too_late(call, happening, wanted_at[i], newest_passed, is_ahead), kept))
            return call->error.code;
    return OK;
}

static enum code plan_about(struct call *call, const struct happening_page_row *happening)
{
    struct reminder_rule_list rules = { 0 };
    struct reminder_days days;
    struct plan_kept kept = { 0 };
    if (reminder_days_load(call, &days) ||
        sql_reminder_rules_about(call, &(struct reminder_rules_about_params){ .about = happening->about },
                                 &rules))
        return call->error.code;
    for (size_t i = 0; i < rules.items_count; i++)
        if (plan_happening(call, &rules.items[i], &days, happening, &kept))
            return call->error.code;
    if (sql_reminder_sweep(call, &(struct reminder_sweep_params){ .about = happening->about,
                                                                  .subject = happening->subject,
                                                                  .kept = kept.ids,
                                                                  .kept_count = kept.count }))
        return call->error.code;
    return sql_reminder_sweep_former(call,
                                     &(struct reminder_sweep_former_params){ .about = happening->about,
                                                                             .subject = happening->subject,
                                                                             .kept = kept.ids,
                                                                             .kept_count = kept.count,
                                                                             .why = "another's now" });
}

const char *plan_about_word(enum reminder_rule_about about)
{
    return field_find(&record_reminder_rule, "about", 5)->words[about];
}

/* An instant as the company's clocks show it; a day as its midnight. */
static enum code local_of(struct call *call, struct moment when, int64_t *local)
{
    const struct zone *zone;
    if (when.kind == MOMENT_DAY)
        return *local = (int64_t)when.on * DAY_SECONDS, OK;
    if (company_zone(call, &zone))
        return call->error.code;
    *local = zone_local(zone, when.at);
    return OK;
}

enum code reminder_happens(struct call *call, const struct happening *happening)
{
    struct happening_page_row row = { .about = plan_about_word(happening->about),
                                      .subject = happening->subject,
                                      .occurrence = happening->occurrence ? happening->occurrence : "",
                                      .person = happening->person,
                                      .team = happening->team,
                                      .title = happening->title ? happening->title : happening->subject,
                                      .is_day = happening->when.kind == MOMENT_DAY,
                                      .catches_up = happening->catches_up };
    if (local_of(call, happening->when, &row.local) ||
        sql_happening_put(call, &(struct happening_put_params){ .about = row.about,
                                                                .subject = row.subject,
                                                                .occurrence = row.occurrence,
                                                                .person = row.person,
                                                                .team = row.team,
                                                                .title = row.title,
                                                                .local = row.local,
                                                                .is_day = row.is_day,
                                                                .catches_up = row.catches_up }))
        return call->error.code;
    return plan_about(call, &row);
}

enum code reminder_gone(struct call *call, enum reminder_rule_about about, const char *subject)
{
    const char *word = plan_about_word(about);
    if (sql_happening_delete(call, &(struct happening_delete_params){ .about = word, .subject = subject }) ||
        sql_reminder_forget(call, &(struct reminder_forget_params){ .about = word, .subject = subject }))
        return call->error.code;
    return sql_reminder_expire_about(
        call, &(struct reminder_expire_about_params){ .about = word, .subject = subject, .why = "gone" });
}

enum code reminder_settled(struct call *call, enum reminder_rule_about about, const char *subject)
{
    return sql_reminder_settle_about(
        call, &(struct reminder_settle_about_params){ .about = plan_about_word(about), .subject = subject });
}

/* ---- notices ---- */

static enum code notify_all(struct call *call, const struct recipients *recipients,
                            const struct notice *notice)
{
    int64_t local = 0;
    char instant[INSTANT_TEXT_SIZE];
    const char *occurrence = notice->occurrence ? notice->occurrence : instant_print(call->now, instant);
    bool has_when = notice->when.kind != MOMENT_NONE;
    if (has_when && local_of(call, notice->when, &local))
        return call->error.code;
    for (size_t i = 0; i < recipients->count; i++) {
        const char *person = recipients->items[i].person, *word = notice_words[notice->kind];
        if (plan_put(call, &(struct reminder_put_params){
                               .id = reminder_id(call, word, notice->subject, occurrence, NULL, person),
                               .message = word,
                               .person = person,
                               .subject = notice->subject,
                               .occurrence = occurrence,
                               .recipient = recipients->items[i].why,
                               .title = notice->title ? notice->title : notice->subject,
                               .local = has_when ? &local : NULL,
                               .is_day = notice->when.kind == MOMENT_DAY,
                               .other = notice->other,
                               .detail = notice->detail,
                               .wanted_at = call->now }))
            return call->error.code;
    }
    return OK;
}

enum code notify(struct call *call, const struct notice *notice)
{
    struct recipients recipients = { 0 };
    enum code code = notice->person ? recipients_add_one(call, notice->person, "person", &recipients)
                     : notice->team ? recipients_add_team(call, notice->team, &recipients)
                                    : recipients_add_admins(call, &recipients);
    return code ? code : notify_all(call, &recipients, notice);
}

enum code notify_lead(struct call *call, const char *about, const struct notice *notice)
{
    struct recipients recipients = { 0 };
    if (recipients_add_lead(call, about, &recipients))
        return call->error.code;
    return notify_all(call, &recipients, notice);
}

enum code notice_reached(struct call *call, enum notice_kind kind, const char *subject, bool *has)
{
    struct reminder_notice_reached_row row = { 0 };
    enum code code = sql_reminder_notice_reached(
        call, &(struct reminder_notice_reached_params){ .message = notice_words[kind], .subject = subject },
        &row);
    *has = code == OK;
    return code == NOT_FOUND ? OK : code;
}

enum code notice_settled(struct call *call, enum notice_kind kind, const char *subject)
{
    return sql_reminder_settle_notice(
        call, &(struct reminder_settle_notice_params){ .message = notice_words[kind], .subject = subject });
}
