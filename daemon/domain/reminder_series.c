/* SPDX-License-Identifier: MIT */
/*
 * Rules at work: those with a time of their own, and the job that makes the reminders of a rule. The
 * invariant: of a rule that fires again and again one occurrence is planned ahead, and the next one only when
 * that one's time has come, so that none is left out after a long sleep.
 */
#include "day.h"
#include "outbox.h"
#include "reminder_plan.h"

#include <string.h>

/* ---- rules of their own time ---- */

/* The occurrence of a rule that fires once or again and again. */
static enum code plan_occurrence(struct call *call, const struct reminder_rule *rule, const char *occurrence,
                                 int64_t wanted_at, int64_t as_of)
{
    struct recipients recipients = { 0 };
    struct plan_kept kept = { 0 };
    if (recipients_of(call, rule, NULL, NULL, &recipients))
        return call->error.code;
    for (size_t i = 0; i < recipients.count; i++) {
        const struct recipient *recipient = &recipients.items[i];
        const char *id = reminder_id(call, rule->id, rule->id, occurrence, NULL,
                                     recipient_key(call, recipient));
        plan_keep(call, &kept, id);
        if (wanted_at < as_of && !plan_has(call, id))
            continue;
        if (plan_put(call, &(struct reminder_put_params){ .id = id,
                                                          .rule = rule->id,
                                                          .message = "custom",
                                                          .person = recipient->person,
                                                          .webhook = recipient->webhook,
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

/* When it fires next, later than the local time `after` of its zone. */
static enum code plan_next_slot(struct call *call, const struct reminder_rule *rule,
                                const struct reminder_days *days, int64_t after, struct slot *slot,
                                bool *has_slot)
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

/* Everything is planned anew, some rules at a time. The job's subject is `*`, then `* RULE` for those behind
 * that rule. */
enum code reminder_days_changed(struct call *call)
{
    return job_at(call, "reminder.plan", "*", call->now);
}

static enum code plan_all(struct call *call, const char *after)
{
    struct reminder_rule_page_row_list page = { 0 };
    if (sql_reminder_rule_page(call, &(struct reminder_rule_page_params){ .after = after }, &page))
        return call->error.code;
    for (size_t i = 0; i < page.items_count; i++) {
        after = page.items[i].id;
        if (plan_rule(call, after))
            return call->error.code;
    }
    if (page.items_count == 0)
        return OK;
    return job_at(call, "reminder.plan", arena_print(&call->arena, "* %s", after), call->now);
}

/* Subject `RULE` begins, `RULE SUBJECT` goes on behind that subject. */
static enum code plan_relative(struct call *call, const struct reminder_rule *rule,
                               const struct reminder_days *days, const char *after)
{
    struct happening_page_row_list page = { 0 };
    const struct happening_page_params params = { .about = plan_about_word(*rule->about),
                                                  .after = after,
                                                  .limit = HAPPENINGS_AT_ONCE };
    if (sql_happening_page(call, &params, &page))
        return call->error.code;
    for (size_t i = 0; i < page.items_count; i++) {
        const struct happening_page_row *happening = &page.items[i];
        struct plan_kept kept = { 0 };
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
    if (*subject == '*')
        return plan_all(call, after);
    enum code code = sql_reminder_rule_show(call, &(struct reminder_rule_show_params){ .id = id }, &rule);
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
    if (sql_reminder_rule_show(call, &(struct reminder_rule_show_params){ .id = id }, &rule) ||
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
