/* SPDX-License-Identifier: MIT */
/*
 * Reminders, for all other domains: tell what happens when and to whom, and the rules make reminders of it;
 * or tell one person one thing now. Each reminder exists once under an id made of what it is about, so
 * telling the same thing twice changes nothing.
 */
#ifndef REMINDER_H
#define REMINDER_H

#include "job.h"

/* A day of the company's, or an instant. Zeroed: nobody has said. */
struct moment {
    enum { MOMENT_NONE, MOMENT_DAY, MOMENT_INSTANT } kind;
    int32_t on;
    int64_t at;
};
#define MOMENT_ON(day)     ((struct moment){ .kind = MOMENT_DAY, .on = (day) })
#define MOMENT_AT(instant) ((struct moment){ .kind = MOMENT_INSTANT, .at = (instant) })

/* ---- what happens: relative rules remind of it, before and after ---- */

/* Something that takes place once under this `about` and `subject`. All texts are borrowed. */
struct happening {
    enum reminder_rule_about about; /* a turn that nobody has is OPEN_TURN, without a person */
    const char *subject;            /* its id: showcase-12 */
    const char *occurrence; /* NULL; or what tells the next time of the same subject apart, such as the
                               day a certificate runs out: reminded of anew when it changes */
    const char *person;     /* whom it concerns; NULL: a team, or nobody */
    const char *team;       /* its lead stands for it; without one all of up to 25, else the admins; NULL */
    const char *title;      /* as people call it: "Showcase"; NULL: no more than its id */
    struct moment when;
    bool catches_up; /* what should have come already comes at once, as long as it is still ahead */
};

/*
 * It happens, or happens otherwise than was told before: reminders that are still to come move, change hands
 * or go, those that came stay. INTERNAL where a person or team is unknown. Only reminders to come are looked
 * at: some 20 us each.
 */
MUST_CHECK enum code reminder_happens(struct call *call, const struct happening *happening);

/* It does not happen after all: reminders to come are forgotten, those not yet answered expire. */
MUST_CHECK enum code reminder_gone(struct call *call, enum reminder_rule_about about, const char *subject);

/* It has been answered (a report is there, an open turn is filled): reminders of it are done. */
MUST_CHECK enum code reminder_settled(struct call *call, enum reminder_rule_about about, const char *subject);

/* ---- one thing, told to one person now ---- */

/* In brackets: who should be told, and what `other` is. What is said is in templates/. */
enum notice_kind {
    NOTICE_TURN_ASSIGNED,        /* (its new member; who had it before) */
    NOTICE_TURN_LOST,            /* (who had it; who has it now) */
    NOTICE_TURN_REPLACED,        /* (the lead; who has it now) detail: id of who had it */
    NOTICE_TURN_OPEN,            /* (the admins) nobody can take it */
    NOTICE_TURN_MOVED,           /* (its member) `when` is the new time */
    NOTICE_TURN_CANCELLED,       /* (its member) */
    NOTICE_TURN_OFFERED,         /* (who is asked to cover; who asks) */
    NOTICE_SWAP_OFFERED,         /* (who is asked to swap; who asks) detail: the turn that comes back */
    NOTICE_OFFER_ACCEPTED,       /* (who asked; who said yes) */
    NOTICE_OFFER_DECLINED,       /* (who asked; who said no) */
    NOTICE_OFFER_WITHDRAWN,      /* (who was asked; who asked) */
    NOTICE_OFFER_UNDONE,         /* (the other side; who undid it) */
    NOTICE_OFFER_EXHAUSTED,      /* (who asked) nobody said yes */
    NOTICE_SABBATICAL_REQUESTED, /* (the lead; whose it is) */
    NOTICE_SABBATICAL_APPROVED,  /* (whose it is; who approved) */
    NOTICE_SABBATICAL_DECLINED,  /* (whose it is; who declined) detail: why */
    NOTICE_SABBATICAL_QUEUED,    /* (whose it is) detail: why there is no room */
    NOTICE_SABBATICAL_ROOM,      /* (whose it is) there is room now: take it? */
    NOTICE_SABBATICAL_CANCELLED, /* (whose it is; who cancelled) detail: why */
    NOTICE_SABBATICAL_REOPENED,  /* (whose it is; who took the yes back) */
    NOTICE_SABBATICAL_WITHDRAWN, /* (the lead; whose it was) */
    NOTICE_MAIL_REFUSED,         /* (the lead; whose mail) detail: what the server said */
    NOTICE_MAIL_GIVEN_UP,        /* (the admins) detail: what the server said */
    NOTICE_POST_FAILED,          /* (the admins) title: the webhook's; detail: what its server said */
    NOTICE_CLOCK_JUMPED,         /* (the admins) */
    NOTICE_ESCALATION,           /* (the lead; who has not answered) */
    NOTICES_COUNT
};

struct notice {
    enum notice_kind kind;
    const char *person;     /* who is told */
    const char *team;       /* or: the lead of this team, without one as above. Neither: the admins */
    const char *subject;    /* id of what it is about */
    const char *occurrence; /* what tells it from an earlier one of same kind, person and subject; NULL: the
                               instant of the call */
    const char *title;      /* as people call the subject; NULL: its id */
    const char *other;      /* id of somebody it speaks of; NULL */
    const char *detail;     /* a sentence, or an id, see above; NULL */
    struct moment when;     /* of what it is about */
};

/* Tells it once, in the inbox and by mail, on the next day on which the person may be sent something. */
MUST_CHECK enum code notify(struct call *call, const struct notice *notice);

/* The same, to whoever leads `about` (a person): the home team's lead, else the manager, else the admins.
 * notice->person and team are ignored. */
MUST_CHECK enum code notify_lead(struct call *call, const char *about, const struct notice *notice);

/* Whether somebody may have read an open notice about this subject: its mail has gone out, or none was due.
 */
MUST_CHECK enum code notice_reached(struct call *call, enum notice_kind kind, const char *subject, bool *has);

/* Every open notice about this subject is done: what it asked for has happened. */
MUST_CHECK enum code notice_settled(struct call *call, enum notice_kind kind, const char *subject);

/* The company's days or zone have changed: reminders to come are planned anew, soon. */
MUST_CHECK enum code reminder_days_changed(struct call *call);

/* ---- who may read it ---- */

struct reminder_open_row;

/*
 * Whether who calls may read what it says. Who leads somebody reads that person's reminders, but not what
 * they tell of sabbaticals and unanswered reminders of others, whom only that person leads.
 */
MUST_CHECK enum code reminder_is_for_caller(struct call *call, const struct reminder_open_row *row,
                                            bool *is_for_caller);

/* What is said in its place, in the language of the thread. */
const char *reminder_of_others(void);

/* ---- jobs ---- */

/* `reminder.plan`: makes the next reminders of a rule. `reminder.fire`: all reminders whose time has come,
 * some at a time. */
MUST_CHECK enum code reminder_plan_job(struct call *call, const char *subject, int64_t due_at);
MUST_CHECK enum code reminder_fire_job(struct call *call, const char *subject, int64_t due_at);

#endif
