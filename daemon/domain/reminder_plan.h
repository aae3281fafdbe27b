/* SPDX-License-Identifier: MIT */
/* From rules to reminders: ids, recipients and times. Nothing here fires or sends. */
#ifndef REMINDER_PLAN_H
#define REMINDER_PLAN_H

#include "reminder.h"
#include "reminder_days.h"
#include "slot.h"

/* The words for notices in the database, in the order of enum notice_kind. In notice_words.c. */
extern const char *const notice_words[];

enum { NINE = 9 * 60, LEADS_MAX = 20 };

/* One lead time: days before or after. */
struct lead {
    int32_t days;
    bool counts_working_days;
};

/* -14d, +42d, 0d, -2wd; false, *lead untouched, for anything else. */
bool lead_parse(const char *text, struct lead *lead);
/* 09:00 as minutes after midnight; -1 for anything else. */
int time_parse(const char *text);

/* On which day a lead falls: moved off closed days, before what happens towards the past, after it onwards.
 */
int32_t lead_day(const struct calendar *calendar, struct lead lead, bool any_day, int32_t day);

/*
 * The id of a reminder: the rule's, and a sum of all that makes it the one it is. `occurrence` and `lead` may
 * be NULL. Two different reminders of one rule have the same id once in 10^19.
 */
const char *reminder_id(struct call *call, const char *rule, const char *subject, const char *occurrence,
                        const char *lead, const char *to);

/* People to tell and webhooks to post to, each once, with the word that says why. In the call's arena. */
struct recipients {
    struct recipient {
        const char *person, *webhook; /* one of them; the other is NULL */
        const char *why;
    } * items;
    size_t count, room;
};

/* A person and a webhook may have the same id; what goes to them has not. */
const char *recipient_key(struct call *call, const struct recipient *recipient);

/* Whom a rule tells of something that concerns `person` or `team` (both may be NULL). */
MUST_CHECK enum code recipients_of(struct call *call, const struct reminder_rule *rule, const char *person,
                                   const char *team, struct recipients *recipients);
MUST_CHECK enum code recipients_add_admins(struct call *call, struct recipients *recipients);
/* Who leads the person; the admins where nobody does. */
MUST_CHECK enum code recipients_add_lead(struct call *call, const char *person,
                                         struct recipients *recipients);
/* Who stands for the team: its lead, else all of it. */
MUST_CHECK enum code recipients_add_team(struct call *call, const char *team, struct recipients *recipients);
/* The person, who may have left: then nobody. */
MUST_CHECK enum code recipients_add_one(struct call *call, const char *person, const char *why,
                                        struct recipients *recipients);
void recipients_add(struct call *call, struct recipients *recipients, struct recipient recipient);

/* ---- for the files that plan ---- */

/* Ids that a run of planning has made or found again: the others of its kind are swept away. */
struct plan_kept {
    const char **ids;
    size_t count, room;
};
void plan_keep(struct call *call, struct plan_kept *kept, const char *id);
bool plan_has(struct call *call, const char *id);
/* Adds a reminder under an id that has none, or lets one that is still to come follow; wakes the firing job.
 */
MUST_CHECK enum code plan_put(struct call *call, const struct reminder_put_params *reminder);
const char *plan_about_word(enum reminder_rule_about about);
/* What one rule makes of one happening. */
MUST_CHECK enum code plan_happening(struct call *call, const struct reminder_rule *rule,
                                    const struct reminder_days *days,
                                    const struct happening_page_row *happening, struct plan_kept *kept);

/* Plans a rule that is new or has changed: its reminders to come are those that it makes now. */
MUST_CHECK enum code plan_rule(struct call *call, const char *rule);

/* The firing job runs at this instant or sooner. */
MUST_CHECK enum code reminder_wake(struct call *call, int64_t at);

#endif
