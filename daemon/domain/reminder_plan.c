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
    bool is_moved = lead.days < 0 ? calendar_previous(calendar, found, &found)
                                  : calendar_next(calendar, found, &found);
    (void)is_moved;
    return found;
}

/* ---- ids ---- */

/* FNV-1a of 64 bits (Fowler, Noll, Vo); a NUL between the parts keeps ("ab", "c") from being ("a", "bc"). */
static uint64_t add_part(uint64_t sum, const char *part)
{
    for (const char *c = part ? part : "";; c++) {
        sum = (sum ^ (unsigned char)*c) * 0x100000001B3U;
        if (!*c)
            return sum;
    }
}

/* Letters and digits that are not taken for one another when somebody types them. */
static const char *sum_text(struct call *call, uint64_t sum)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    char text[14] = { 0 };
    sum ^= sum >> 32; /* FNV mixes its last bytes into the high bits alone */
    sum *= 0x9E3779B97F4A7C15U;
    sum ^= sum >> 29;
    for (int i = 12; i >= 0; i--, sum >>= 5)
        text[i] = digits[sum & 31];
    return arena_copy(&call->arena, text, 13);
}

const char *reminder_id(struct call *call, const char *rule, const char *subject, const char *occurrence,
                        const char *lead, const char *person)
{
    uint64_t sum = 0xCBF29CE484222325U;
    const char *parts[] = { rule, subject, occurrence, lead, person };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        sum = add_part(sum, parts[i]);
    return arena_print(&call->arena, "%.48s-%s", rule, sum_text(call, sum));
}

/* ---- recipients ---- */

void recipients_add(struct call *call, struct recipients *recipients, const char *person, const char *why)
{
    for (size_t i = 0; i < recipients->count; i++)
        if (strcmp(recipients->items[i].person, person) == 0)
            return;
    if (recipients->count == recipients->room) {
        struct recipient *grown;
        recipients->room = recipients->room ? recipients->room * 2 : 8;
        grown = arena_take(&call->arena, recipients->room * sizeof *grown);
        if (recipients->count)
            memcpy(grown, recipients->items, recipients->count * sizeof *grown);
        recipients->items = grown;
    }
    recipients->items[recipients->count++] = (struct recipient){ person, why };
}

static enum code add_one(struct call *call, const char *person, const char *why,
                         struct recipients *recipients)
{
    struct recipient_here_row row = { 0 };
    enum code code = sql_recipient_here(call, &(struct recipient_here_params){ .person = person }, &row);
    if (code == OK)
        recipients_add(call, recipients, row.person, why);
    return code == NOT_FOUND ? OK : code;
}

static void add_all(struct call *call, const struct recipient_here_row_list *list, const char *why,
                    struct recipients *recipients)
{
    for (size_t i = 0; i < list->items_count; i++)
        recipients_add(call, recipients, list->items[i].person, why);
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
        recipients_add(call, recipients, row.person, "lead");
    return code == NOT_FOUND ? recipients_add_admins(call, recipients) : code;
}

enum code recipients_add_team(struct call *call, const char *team, struct recipients *recipients)
{
    struct recipient_team_lead_row lead = { 0 };
    struct recipient_here_row_list list = { 0 };
    enum code code = sql_recipient_team_lead(call, &(struct recipient_team_lead_params){ .team = team },
                                             &lead);
    if (code == OK)
        recipients_add(call, recipients, lead.person, "team");
    if (code != NOT_FOUND)
        return code;
    if (sql_recipient_team(call, &(struct recipient_team_params){ .team = team }, &list))
        return call->error.code;
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
            return add_one(call, person, "person", recipients);
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
        if (add_one(call, rule->people[i], "people", recipients))
            return call->error.code;
    struct recipient_here_row_list list = { 0 };
    if (rule->team && sql_recipient_team(call, &(struct recipient_team_params){ .team = rule->team }, &list))
        return call->error.code;
    add_all(call, &list, "team", recipients);
    list = (struct recipient_here_row_list){ 0 };
    if (rule->role && sql_recipient_role(call, &(struct recipient_role_params){ .role = rule->role }, &list))
        return call->error.code;
    add_all(call, &list, "role", recipients);
    return OK;
}

/* ---- reminders of what happens ---- */

enum code reminder_wake(struct call *call, int64_t at)
{
    return sql_job_sooner(
        call, &(struct job_sooner_params){ .kind = "reminder.fire", .subject = "all", .due_at = at });
}

/* Ids that a run of planning has made or found again. */
struct kept {
    const char **ids;
    size_t count, room;
};

static void keep(struct call *call, struct kept *kept, const char *id)
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

static bool reminder_is_there(struct call *call, const char *id)
{
    struct reminder_exists_row row = { 0 };
    return sql_reminder_exists(call, &(struct reminder_exists_params){ .id = id }, &row) == OK;
}

static enum code put(struct call *call, const struct reminder_put_params *reminder)
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

static enum code plan_lead(struct call *call, const struct reminder_rule *rule, const char *message,
                           const struct happening_page_row *happening, const struct recipients *recipients,
                           size_t lead, int64_t wanted_at, bool is_too_late, struct kept *kept)
{
    for (size_t i = 0; i < recipients->count; i++) {
        const struct recipient *recipient = &recipients->items[i];
        const char *id = reminder_id(call, rule->id, happening->subject, happening->occurrence,
                                     rule->leads[lead], recipient->person);
        keep(call, kept, id);
        if (is_too_late && !reminder_is_there(call, id))
            continue;
        if (put(call, &(struct reminder_put_params){ .id = id,
                                                     .rule = rule->id,
                                                     .message = message,
                                                     .person = recipient->person,
                                                     .about = happening->about,
                                                     .subject = happening->subject,
                                                     .occurrence = happening->occurrence,
                                                     .lead = rule->leads[lead],
                                                     .recipient = recipient->why,
                                                     .title = happening->title,
                                                     .local = &happening->local,
                                                     .is_day = happening->is_day,
                                                     .other = happening->person ? happening->person
                                                                                : happening->team,
                                                     .wanted_at = wanted_at }))
            return call->error.code;
    }
    return OK;
}

static enum code plan_happening(struct call *call, const struct reminder_rule *rule,
                                const struct reminder_days *days, const struct happening_page_row *happening,
                                struct kept *kept)
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
    struct kept kept = { 0 };
    if (reminder_days_load(call, &days) ||
        sql_reminder_rules_about(call, &(struct reminder_rules_about_params){ .about = happening->about },
                                 &rules))
        return call->error.code;
    for (size_t i = 0; i < rules.items_count; i++)
        if (plan_happening(call, &rules.items[i], &days, happening, &kept))
            return call->error.code;
    return sql_reminder_sweep(call, &(struct reminder_sweep_params){ .about = happening->about,
                                                                     .subject = happening->subject,
                                                                     .kept = kept.ids,
                                                                     .kept_count = kept.count });
}

static const char *about_word(enum reminder_rule_about about)
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
    struct happening_page_row row = { .about = about_word(happening->about),
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
    const char *word = about_word(about);
    if (sql_happening_delete(call, &(struct happening_delete_params){ .about = word, .subject = subject }) ||
        sql_reminder_forget(call, &(struct reminder_forget_params){ .about = word, .subject = subject }))
        return call->error.code;
    return sql_reminder_expire_about(
        call, &(struct reminder_expire_about_params){ .about = word, .subject = subject, .why = "gone" });
}

enum code reminder_settled(struct call *call, enum reminder_rule_about about, const char *subject)
{
    return sql_reminder_settle_about(
        call, &(struct reminder_settle_about_params){ .about = about_word(about), .subject = subject });
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
        if (put(call, &(struct reminder_put_params){
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
    enum code code = notice->person ? add_one(call, notice->person, "person", &recipients)
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

enum code notice_settled(struct call *call, enum notice_kind kind, const char *subject)
{
    return sql_reminder_settle_notice(
        call, &(struct reminder_settle_notice_params){ .message = notice_words[kind], .subject = subject });
}

/* ---- rules of their own time ---- */

/* The occurrence of a rule that fires once or again and again. */
static enum code plan_occurrence(struct call *call, const struct reminder_rule *rule, const char *occurrence,
                                 int64_t wanted_at, int64_t as_of)
{
    struct recipients recipients = { 0 };
    struct kept kept = { 0 };
    if (recipients_of(call, rule, NULL, NULL, &recipients))
        return call->error.code;
    for (size_t i = 0; i < recipients.count; i++) {
        const struct recipient *recipient = &recipients.items[i];
        const char *id = reminder_id(call, rule->id, rule->id, occurrence, NULL, recipient->person);
        keep(call, &kept, id);
        if (wanted_at < as_of && !reminder_is_there(call, id))
            continue;
        if (put(call, &(struct reminder_put_params){ .id = id,
                                                     .rule = rule->id,
                                                     .message = "custom",
                                                     .person = recipient->person,
                                                     .subject = rule->id,
                                                     .occurrence = occurrence,
                                                     .recipient = recipient->why,
                                                     .title = rule->title,
                                                     .wanted_at = wanted_at }))
            return call->error.code;
    }
    return sql_reminder_sweep_rule(call, &(struct reminder_sweep_rule_params){
                                             .rule = rule->id, .kept = kept.ids, .kept_count = kept.count });
}

/* Who belongs to a group may change until the time has come: then it is looked at again. */
static bool has_groups(const struct reminder_rule *rule)
{
    return rule->to_count || rule->team || rule->role;
}

static enum code plan_once(struct call *call, const struct reminder_rule *rule,
                           const struct reminder_days *days, int64_t as_of)
{
    const struct zone *zone;
    char text[LOCAL_TEXT_SIZE];
    int64_t local = *rule->at;
    int32_t day = day_of_seconds(local);
    if (zones_find(call->zones, rule->zone, "zone", &zone, &call->error))
        return call->error.code;
    if (rule->days == REMINDER_RULE_DAYS_WORKING && calendar_next(days->calendar, day, &day))
        local += (int64_t)(day - day_of_seconds(local)) * DAY_SECONDS;
    int64_t wanted_at = zone_instant(zone, local);
    if (plan_occurrence(call, rule, local_print(*rule->at, text), wanted_at, as_of))
        return call->error.code;
    if (!has_groups(rule) || wanted_at <= call->now)
        return OK;
    return job_at(call, "reminder.plan", rule->id, wanted_at);
}

enum code plan_next_slot(struct call *call, const struct reminder_rule *rule,
                         const struct reminder_days *days, int64_t after, struct slot *slot, bool *has_slot)
{
    const struct zone *zone;
    struct rule parsed;
    if (zones_find(call->zones, rule->zone, "zone", &zone, &call->error) ||
        rule_read(&(struct rule_source){ .text = rule->rule, .starts = *rule->starts, .zone = zone }, &parsed,
                  &call->error))
        return call->error.code;
    bool any_day = rule->days == REMINDER_RULE_DAYS_ANY;
    struct slot_source source = { &parsed, zone, days->calendar, any_day ? CLOSED_KEEP : CLOSED_NEXT };
    struct slots slots = slots_from(&source, after + 1);
    *has_slot = slots_next(&slots, slot);
    return OK;
}

/* The planned occurrence's time has come: who gets it is looked at again. *after becomes its local time. */
static enum code plan_again(struct call *call, const struct reminder_rule *rule,
                            const struct reminder_days *days, int64_t planned, int64_t *after)
{
    struct slot slot;
    bool has_slot;
    char on[DAY_TEXT_SIZE];
    if (plan_next_slot(call, rule, days, planned - 1, &slot, &has_slot))
        return call->error.code;
    if (!has_slot || slot.starts_at > call->now)
        return *after = planned - 1, OK;
    *after = slot.local;
    return plan_occurrence(call, rule, day_print(slot.on, on), slot.starts_at, slot.starts_at);
}

/* One occurrence is planned ahead. Each run goes on by one, so that none is left out after a long sleep. */
static enum code plan_every(struct call *call, const struct reminder_rule *rule,
                            const struct reminder_days *days, bool is_due)
{
    struct reminder_rule_planned_row planned = { 0 };
    const struct zone *zone;
    struct slot slot;
    bool has_slot;
    char on[DAY_TEXT_SIZE];
    if (zones_find(call->zones, rule->zone, "zone", &zone, &call->error) ||
        sql_reminder_rule_planned(call, &(struct reminder_rule_planned_params){ .id = rule->id }, &planned))
        return call->error.code;
    int64_t after = zone_local(zone, call->now) - 1;
    if (is_due && planned.next_local && plan_again(call, rule, days, *planned.next_local, &after))
        return call->error.code;
    if (plan_next_slot(call, rule, days, after, &slot, &has_slot) ||
        sql_reminder_rule_plan(call, &(struct reminder_rule_plan_params){
                                         .id = rule->id, .next_local = has_slot ? &slot.local : NULL }))
        return call->error.code;
    if (!has_slot)
        return sql_reminder_sweep_rule(call, &(struct reminder_sweep_rule_params){ .rule = rule->id });
    if (plan_occurrence(call, rule, day_print(slot.on, on), slot.starts_at, call->now))
        return call->error.code;
    return job_at(call, "reminder.plan", rule->id, slot.starts_at);
}

/* ---- the job ---- */

enum { HAPPENINGS_AT_ONCE = 50 };

/* Subject `RULE` begins, `RULE SUBJECT` goes on behind that subject. */
static enum code plan_relative(struct call *call, const struct reminder_rule *rule,
                               const struct reminder_days *days, const char *after)
{
    struct happening_page_row_list page = { 0 };
    const struct happening_page_params params = { .about = about_word(*rule->about),
                                                  .after = after,
                                                  .limit = HAPPENINGS_AT_ONCE };
    if (sql_happening_page(call, &params, &page))
        return call->error.code;
    for (size_t i = 0; i < page.items_count; i++) {
        const struct happening_page_row *happening = &page.items[i];
        struct kept kept = { 0 };
        if (plan_happening(call, rule, days, happening, &kept) ||
            sql_reminder_sweep(call, &(struct reminder_sweep_params){ .about = happening->about,
                                                                      .subject = happening->subject,
                                                                      .rule = rule->id,
                                                                      .kept = kept.ids,
                                                                      .kept_count = kept.count }))
            return call->error.code;
    }
    if (page.items_count < HAPPENINGS_AT_ONCE)
        return OK;
    const char *next = arena_print(&call->arena, "%s %s", rule->id, page.items[page.items_count - 1].subject);
    return job_at(call, "reminder.plan", next, call->now);
}

enum code reminder_plan_job(struct call *call, const char *subject, int64_t due_at)
{
    size_t length = strcspn(subject, " ");
    const char *id = arena_copy(&call->arena, subject, length);
    const char *after = subject[length] ? subject + length + 1 : "";
    struct reminder_rule rule = { 0 };
    struct reminder_days days;
    bool is_held;
    if (outbox_is_held(call, &is_held))
        return call->error.code;
    if (is_held)
        return outbox_park(call, "reminder.plan", subject, due_at);
    enum code code = sql_reminder_rule_row(call, &(struct reminder_rule_row_params){ .id = id }, &rule);
    if (code)
        return code == NOT_FOUND ? OK : code;
    if (rule.paused)
        return OK;
    if (reminder_days_load(call, &days))
        return call->error.code;
    switch (rule.fires) {
    case REMINDER_RULE_FIRES_ONCE: return plan_once(call, &rule, &days, due_at);
    case REMINDER_RULE_FIRES_EVERY: return plan_every(call, &rule, &days, true);
    default: return plan_relative(call, &rule, &days, after);
    }
}

enum code plan_rule(struct call *call, const char *id)
{
    struct reminder_rule rule = { 0 };
    struct reminder_days days;
    if (sql_reminder_rule_row(call, &(struct reminder_rule_row_params){ .id = id }, &rule) ||
        reminder_days_load(call, &days) || job_drop(call, "reminder.plan", id))
        return call->error.code;
    if (rule.paused)
        return sql_reminder_sweep_rule(call, &(struct reminder_sweep_rule_params){ .rule = id });
    switch (rule.fires) {
    case REMINDER_RULE_FIRES_ONCE: return plan_once(call, &rule, &days, call->now);
    case REMINDER_RULE_FIRES_EVERY: return plan_every(call, &rule, &days, false);
    default: return plan_relative(call, &rule, &days, "");
    }
}
