/* SPDX-License-Identifier: MIT */
/* Reminders: which come of a rule, when, to whom, and that each exists once whatever happens. */
#include "reminder.h"
#include "language.h"
#include "reminder_plan.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* 4 January 2027 is a Monday. Lis leads quality and is told what concerns everybody; Anna and Bo are in it.
 */
static struct world *small_company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "id: quality");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: 'Lis Berg', email: lis@x.dk}", "lis");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna Holm', team: quality, email: anna@x.dk}",
            "anna");
    ANSWERS(world, "admin", "person.add",
            "{id: bo, name: 'Bo Lind', team: quality, email: bo@x.dk, language: danish}", "bo");
    ANSWERS(world, "admin", "person.add", "{id: eva, name: 'Eva Krogh'}", "eva");
    ANSWERS(world, "admin", "team.change", "{id: quality, lead: lis}", "lead: lis");
    ANSWERS(world, "admin", "company.change", "{admins: [lis]}", "admins: [lis]");
    return world;
}

static int count(const char *text, const char *part)
{
    int found = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        found++;
    return found;
}

/* The id of a person's first reminder in a list. */
static const char *first_id(struct world *world, const char *person)
{
    static char id[80];
    char params[100];
    snprintf(params, sizeof params, "{person: %s}", person);
    const char *start = strstr(world_call(world, "admin", "reminder.list", params), "{id: ");
    assert_non_null(start);
    snprintf(id, sizeof id, "%.*s", (int)strcspn(start + 5, ","), start + 5);
    return id;
}

/* How many reminders a person has in all, whatever became of them. */
static int reminders_of(struct world *world, const char *person)
{
    char params[100];
    snprintf(params, sizeof params, "{person: %s, all: yes, limit: 500}", person);
    return count(world_call(world, "admin", "reminder.list", params), "{id: ");
}

#define HAS(world, person, part)                                                                             \
    ANSWERS(world, "admin", "reminder.list", "{person: " person ", all: yes, limit: 500}", part)

static void assert_lacks(struct world *world, const char *person, const char *part)
{
    char params[100];
    snprintf(params, sizeof params, "{person: %s, all: yes}", person);
    const char *list = world_call(world, "admin", "reminder.list", params);
    if (strstr(list, part))
        print_error("%s is in %s\n", part, list);
    assert_null(strstr(list, part));
}

/* ---- rules ---- */

static void only_admins_change_rules(void **state)
{
    struct world *world = small_company();
    const char *rule = "{id: tea, title: Tea, at: 2027-01-05T14:00, people: [anna]}";
    (void)state;
    REFUSES(world, "anna", "reminder.rule.add", rule, "forbidden");
    REFUSES(world, "lis", "reminder.rule.change", "{id: turn, paused: yes}", "forbidden");
    REFUSES(world, "tool", "reminder.rule.remove", "{id: turn}", "forbidden");
    REFUSES(world, "courier", "reminder.rule.list", "{}", "forbidden");
    ANSWERS(world, "anna", "reminder.rule.list", "{}", "{id: turn, title: Your turn is coming");
    ANSWERS(world, "admin", "reminder.rule.add", rule, "channels: [inbox, mail], days: working");
    REFUSES(world, "admin", "reminder.rule.add", rule, "exists id");
    ANSWERS(world, "admin", "reminder.rule.remove", "{id: tea}", "{}");
    assert_int_equal(reminders_of(world, "anna"), 0);
    world_free(world);
}

static void mistakes_are_named(void **state)
{
    struct world *world = small_company();
    (void)state;
    static const char *const wrong[][2] = {
        {"{id: a, title: A, people: [anna]}",                                               "invalid at: say either"                },
        { "{id: a, title: A, at: 2027-02-01T09:00, about: turn, leads: [-1d]}",             "invalid at: say either"                },
        { "{id: a, title: A, at: 2027-01-01T09:00, people: [anna]}",                        "invalid at: this time has passed"      },
        { "{id: a, title: A, at: 2027-02-01T09:00}",                                        "invalid to: say to whom"               },
        { "{id: a, title: A, at: 2027-02-01T09:00, to: [lead]}",                            "invalid to: person, lead and mentor"   },
        { "{id: a, title: A, at: 2027-02-01T09:00, people: [nobody]}",                      "not_found people: no person"           },
        { "{id: a, title: A, at: 2027-02-01T09:00, people: [anna], zone: Mars}",            "invalid zone"                          },
        { "{id: a, title: A, at: 2027-02-01T09:00, people: [anna], time: '25:00'}",         "invalid time"                          },
        { "{id: a, title: A, starts: 2027-02-01T09:00, people: [anna]}",                    "invalid rule: is required"             },
        { "{id: a, title: A, rule: FREQ=DAILY, people: [anna]}",                            "invalid starts: is required"           },
        { "{id: a, title: A, starts: 2027-02-01T09:00, rule: FREQ=HOURLY, people: [anna]}", "invalid rule"                          },
        { "{id: a, title: A, about: turn}",                                                 "invalid leads: is required"            },
        { "{id: a, title: A, leads: [-1d]}",                                                "invalid about: is required"            },
        { "{id: a, title: A, about: turn, leads: [-1x]}",                                   "invalid leads: \"-1x\" is no lead time"},
        { "{id: a, title: A, about: turn, leads: [d]}",                                     "invalid leads"                         },
        { "{id: a, title: A, about: turn, leads: [-1d, -1d]}",                              "invalid leads: -1d is given twice"     },
        { "{id: a, title: A, about: birthday, leads: [-1d]}",                               "invalid about"                         },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        REFUSES(world, "admin", "reminder.rule.add", wrong[i][0], wrong[i][1]);
    REFUSES(world, "admin", "reminder.rule.change", "{id: turn, at: 2027-02-01T09:00}", "conflict at");
    REFUSES(world, "admin", "reminder.rule.change", "{id: nothing, paused: yes}", "not_found id");
    world_free(world);
}

static void lead_times_are_read(void **state)
{
    struct lead lead;
    (void)state;
    assert_true(lead_parse("-14d", &lead) && lead.days == -14 && !lead.counts_working_days);
    assert_true(lead_parse("+42d", &lead) && lead.days == 42);
    assert_true(lead_parse("0d", &lead) && lead.days == 0);
    assert_true(lead_parse("-2wd", &lead) && lead.days == -2 && lead.counts_working_days);
    static const char *const wrong[] = {
        "", "d", "-d", "14", "-14 d", "1e3d", "99999d", "-1dd", " 1d", "--1d"
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(lead_parse(wrong[i], &lead));
    assert_int_equal(time_parse("09:00"), 540);
    assert_int_equal(time_parse("24:00"), -1);
    assert_int_equal(time_parse("9:00"), -1);
}

/* ---- once, again and again ---- */

static void once_comes_once(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: tea, title: Tea, at: 2027-01-05T14:00, people: [anna]}",
            "fires: once, at: 2027-01-05T14:00");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}",
            "due_at: 2027-01-05T13:00:00Z, state: scheduled");
    world_advance(world, "2027-01-05T13:59");
    ANSWERS(world, "courier", "outbox.claim", "{}", "items: []");
    world_advance(world, "2027-01-05T14:00");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "state: due");
    ANSWERS(world, "courier", "outbox.claim", "{}", "to: anna@x.dk, to_name: Anna Holm, subject: Tea");
    ANSWERS(world, "courier", "outbox.claim", "{}", "items: []");
    world_free(world);
}

static void an_edited_rule_moves_what_is_to_come_and_repeats_nothing(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(world, "admin", "reminder.rule.add",
               "{id: tea, title: Tea, at: 2027-01-05T14:00, people: [anna]}");
    ANSWERS(world, "admin", "reminder.rule.change", "{id: tea, at: 2027-01-06T10:00, people: [anna, eva]}",
            "at: 2027-01-06T10:00");
    assert_int_equal(reminders_of(world, "anna"), 1);
    HAS(world, "anna", "due_at: 2027-01-06T09:00:00Z");
    HAS(world, "eva", "due_at: 2027-01-06T09:00:00Z");
    world_advance(world, "2027-01-06T10:01");
    HAS(world, "eva", "state: delivered"); /* no mail address: the inbox has it */
    ANSWERS(world, "admin", "reminder.rule.change", "{id: tea, title: Coffee, people: [anna, eva, bo]}",
            "Coffee");
    world_advance(world, "2027-02-01T10:00");
    assert_int_equal(reminders_of(world, "anna"), 1);
    assert_int_equal(reminders_of(world, "bo"), 0); /* it was over before Bo was named */
    ANSWERS(world, "admin", "reminder.rule.remove", "{id: tea}", "{}");
    assert_int_equal(reminders_of(world, "anna"), 1);
    world_free(world);
}

static void every_monday_until_it_ends(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: plan, title: 'Plan the week', starts: 2027-01-04T09:00, rule: 'FREQ=WEEKLY;COUNT=4', "
            "team: quality, channels: [inbox]}",
            "fires: every");
    ANSWERS(world, "admin", "reminder.preview", "{until: 2027-12-31, person: anna}",
            "{at: 2027-01-25T08:00:00Z, person: anna, name: Anna Holm, rule: plan, subject: plan");
    assert_int_equal(count(world_call(world, "admin", "reminder.preview", "{until: 2027-12-31}"), "{at: "),
                     8);
    assert_int_equal(count(world_call(world, "admin", "reminder.preview", "{until: 2027-01-12}"), "{at: "),
                     4);
    world_advance(world, "2027-01-12T09:00");
    ANSWERS(world, "admin", "person.change", "{id: eva, team: quality}", "quality");
    world_advance(world, "2027-03-01T09:00");
    assert_int_equal(reminders_of(world, "anna"), 4);
    assert_int_equal(reminders_of(world, "eva"), 2); /* who joins gets it from then on */
    world_free(world);
}

static void local_time_is_kept_when_the_clocks_change(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_advance(world, "2027-03-26T12:00");
    world_call(
        world, "admin", "reminder.rule.add",
        "{id: early, title: Early, starts: 2027-03-27T02:30, rule: FREQ=DAILY, people: [eva], days: any}");
    world_advance(world, "2027-03-30T00:00");
    HAS(world, "eva", "due_at: 2027-03-27T01:30:00Z"); /* winter: an hour ahead of UTC */
    HAS(world, "eva", "due_at: 2027-03-28T01:30:00Z"); /* 02:30 is skipped and becomes 03:30 */
    HAS(world, "eva", "due_at: 2027-03-29T00:30:00Z"); /* summer */
    world_advance(world, "2027-10-31T12:00");
    HAS(world, "eva", "due_at: 2027-10-31T00:30:00Z"); /* shown twice: the first one */
    assert_int_equal(reminders_of(world, "eva"),
                     219 + 1); /* 27 March to 31 October, and the first of November */
    world_free(world);
}

static void over_new_year_and_off_closed_days(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(world, "admin", "holiday.import", "{items: [{on: 2028-01-01, title: 'New Year'}]}");
    world_call(
        world, "admin", "reminder.rule.add",
        "{id: first, title: First, starts: 2027-11-01T08:00, rule: 'FREQ=MONTHLY;BYMONTHDAY=1', people: "
        "[eva]}");
    world_advance(world, "2028-02-02T00:00");
    HAS(world, "eva", "due_at: 2027-11-01T07:00:00Z");
    HAS(world, "eva", "due_at: 2027-12-01T07:00:00Z");
    HAS(world, "eva", "due_at: 2028-01-03T07:00:00Z"); /* 1 January is a Saturday, and a holiday */
    HAS(world, "eva", "due_at: 2028-02-01T07:00:00Z");
    assert_int_equal(reminders_of(world, "eva"), 5); /* and 1 March, to come */
    world_free(world);
}

/* ---- before and after what happens ---- */

static enum code happens(struct call *call, void *happening)
{
    return reminder_happens(call, happening);
}

static enum code goes(struct call *call, void *subject)
{
    return reminder_gone(call, REMINDER_RULE_ABOUT_TURN, subject);
}

static enum code settles(struct call *call, void *subject)
{
    return reminder_settled(call, REMINDER_RULE_ABOUT_TURN, subject);
}

/* A turn at 10:00 in Copenhagen, in winter, so many days after 1 January 2027. */
static struct happening turn_on(const char *person, int days)
{
    return (struct happening){ .about = REMINDER_RULE_ABOUT_TURN,
                               .subject = "showcase-1",
                               .person = person,
                               .title = "Showcase",
                               .when = MOMENT_AT((20819 + days) * 86400LL + 9 * 3600) };
}

static void a_turn_is_reminded_of_before(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 31); /* Monday 1 February */
    (void)state;
    world_do(world, happens, &turn);
    HAS(world, "anna", "due_at: 2027-01-18T08:00:00Z, state: scheduled"); /* -14d: a Monday */
    HAS(world, "anna",
        "due_at: 2027-01-29T08:00:00Z, state: scheduled"); /* -1d is a Sunday: the Friday before */
    assert_int_equal(reminders_of(world, "anna"), 2);
    for (int i = 0; i < 3; i++)
        world_do(world, happens, &turn);
    assert_int_equal(reminders_of(world, "anna"), 2);
    ANSWERS(world, "anna", "reminder.list", "{person: anna}",
            "text: Your turn for Showcase is on Monday 1 February 2027 at 10:00. If you cannot do it, offer "
            "it to "
            "others.\nYou get this because it is your turn.\nlaug turn offer showcase-1");
    world_free(world);
}

static void a_turn_that_moves_takes_its_reminders_along(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 31), later = turn_on("anna", 33);
    (void)state;
    world_do(world, happens, &turn);
    world_advance(world, "2027-01-19T08:00"); /* the first has come */
    world_do(world, happens, &later);
    HAS(world, "anna", "due_at: 2027-01-18T08:00:00Z, state: due");
    HAS(world, "anna", "due_at: 2027-02-02T08:00:00Z, state: scheduled");
    assert_int_equal(reminders_of(world, "anna"), 2); /* the one that came does not come again on the 20th */
    world_free(world);
}

static void a_turn_that_changes_hands_or_goes(void **state)
{
    struct world *world = small_company();
    struct happening annas = turn_on("anna", 31), bos = turn_on("bo", 31);
    (void)state;
    world_do(world, happens, &annas);
    world_advance(world, "2027-01-19T08:00");
    world_do(world, happens, &bos);
    assert_int_equal(reminders_of(world, "anna"), 1); /* the one that came */
    assert_int_equal(reminders_of(world, "bo"), 1);   /* the day before alone: the other had passed */
    world_do(world, happens, &annas);
    assert_int_equal(reminders_of(world, "bo"), 0);
    assert_int_equal(reminders_of(world, "anna"), 2);
    world_do(world, settles, (void *)(uintptr_t) "showcase-1");
    HAS(world, "anna", "state: done");
    assert_lacks(world, "anna", "state: scheduled");
    struct happening second = turn_on("anna", 31);
    second.subject = "showcase-2";
    world_do(world, happens, &second);
    world_do(world, goes, (void *)(uintptr_t) "showcase-2");
    assert_int_equal(reminders_of(world, "anna"), 2);
    world_free(world);
}

static void what_waits_says_what_is_so_now(void **state)
{
    struct world *world = small_company();
    struct happening annas = turn_on("anna", 31), later = turn_on("anna", 33), bos = turn_on("bo", 33);
    char params[200];
    (void)state;
    world_do(world, happens, &annas);
    world_advance(world, "2027-01-18T10:00");
    snprintf(params, sizeof params, "{id: %s, until: 2027-01-20}", first_id(world, "anna"));
    ANSWERS(world, "anna", "reminder.snooze", params, "state: snoozed");
    world_do(world, happens, &later);
    HAS(world, "anna",
        "due_at: 2027-01-20T08:00:00Z, state: snoozed, text: Your turn for Showcase is on Wednesday 3 "
        "February 2027");
    world_do(world, happens, &bos);
    assert_lacks(world, "anna", "state: snoozed");
    HAS(world, "anna", "state: expired");
    world_advance(world, "2027-01-21T10:00");
    assert_null(strstr(world_call(world, "courier", "outbox.claim", "{}"), "anna@x.dk"));
    world_free(world);
}

static void what_is_heard_of_late_catches_up_where_asked(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 10); /* Monday 11 January: 14 days before has passed */
    (void)state;
    world_do(world, happens, &turn);
    assert_int_equal(reminders_of(world, "anna"), 1);
    turn.catches_up = true;
    turn.subject = "showcase-2";
    world_do(world, happens, &turn);
    assert_int_equal(reminders_of(world, "anna"), 3);
    HAS(world, "anna", "state: due");
    world_free(world);
}

static void a_rule_that_comes_later_finds_what_happens(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 31);
    (void)state;
    world_do(world, happens, &turn);
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: week, title: 'A week', about: turn, leads: [-7d, +2wd], to: [person, lead], time: '07:30'}",
            "leads: [-7d, +2wd]");
    HAS(world, "anna", "due_at: 2027-01-25T06:30:00Z");
    HAS(world, "lis", "due_at: 2027-01-25T06:30:00Z");
    HAS(world, "lis", "due_at: 2027-02-03T06:30:00Z");
    HAS(world, "lis",
        "Anna Holm has the turn for Showcase on Monday 1 February 2027 at 10:00.\nYou get this because "
        "you lead Anna Holm.");
    world_call(world, "admin", "reminder.rule.change", "{id: week, leads: [-5d]}");
    assert_int_equal(reminders_of(world, "lis"), 1);
    world_call(world, "admin", "reminder.rule.change", "{id: week, paused: yes}");
    assert_int_equal(reminders_of(world, "lis"), 0);
    world_call(world, "admin", "reminder.rule.change", "{id: week, paused: no}");
    HAS(world, "lis", "due_at: 2027-01-27T06:30:00Z");
    world_free(world);
}

static void a_team_is_told_through_its_lead(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on(NULL, 31);
    (void)state;
    turn.team = "quality";
    world_do(world, happens, &turn);
    assert_int_equal(reminders_of(world, "lis"), 2);
    assert_int_equal(reminders_of(world, "anna"), 0);
    world_call(world, "admin", "team.change", "{id: quality, clear: [lead]}");
    world_do(world, happens, &turn);
    assert_int_equal(reminders_of(world, "lis"), 0);
    assert_int_equal(reminders_of(world, "anna"), 2);
    assert_int_equal(reminders_of(world, "bo"), 2);
    world_free(world);
}

static void the_lead_of_the_day_is_told(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 31);
    (void)state;
    world_call(world, "admin", "reminder.rule.add",
               "{id: week, title: W, about: turn, leads: [-7d], to: [lead]}");
    world_do(world, happens, &turn);
    world_call(world, "admin", "team.change", "{id: quality, lead: eva}");
    world_advance(world, "2027-01-25T10:00");
    HAS(world, "lis", "state: expired");
    HAS(world, "eva", "state: delivered");
    world_free(world);
}

static void a_first_day_is_reminded_of(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "person.add", "{id: ib, name: 'Ib Dam', team: quality, hired_on: 2027-02-01}",
            "ib");
    HAS(world, "lis", "title: Ib Dam begins: Monday 1 February 2027, due_at: 2027-01-25T08:00:00Z");
    world_call(world, "admin", "person.change", "{id: ib, hired_on: 2027-03-01}");
    HAS(world, "lis", "due_at: 2027-02-22T08:00:00Z");
    assert_int_equal(reminders_of(world, "lis"), 1);
    world_call(world, "admin", "person.change", "{id: ib, clear: [hired_on]}");
    assert_int_equal(reminders_of(world, "lis"), 0);
    world_free(world);
}

static void a_new_holiday_moves_what_is_to_come(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 33); /* Wednesday 3 February */
    (void)state;
    world_do(world, happens, &turn);
    HAS(world, "anna", "due_at: 2027-02-02T08:00:00Z");
    world_call(world, "admin", "closure.add", "{id: fair, from: 2027-02-01, to: 2027-02-02, title: Fair}");
    HAS(world, "anna", "due_at: 2027-01-29T08:00:00Z"); /* still before the turn, not on its day */
    world_free(world);
}

/* ---- days away ---- */

static void nothing_comes_while_away(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 31);
    (void)state;
    world_call(world, "admin", "absence.add", "{person: anna, from: 2027-01-18, to: 2027-01-22}");
    world_do(world, happens, &turn);
    world_advance(world, "2027-01-24T23:00");
    HAS(world, "anna", "due_at: 2027-01-25T08:00:00Z, state: scheduled"); /* Monday, the first day back */
    ANSWERS(world, "courier", "outbox.claim", "{}", "items: []");
    world_do(world, happens, &turn); /* told again, it still waits for Anna to be back */
    world_advance(world, "2027-01-25T09:00");
    HAS(world, "anna", "due_at: 2027-01-25T08:00:00Z, state: due");
    assert_int_equal(reminders_of(world, "anna"), 2);
    world_free(world);
}

static void what_comes_too_late_says_so(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 31);
    (void)state;
    world_call(world, "admin", "absence.add", "{person: anna, from: 2027-01-27, to: 2027-02-02}");
    world_do(world, happens, &turn);
    world_advance(world, "2027-02-01T09:59");
    assert_lacks(world, "anna", "This has passed");
    world_advance(world, "2027-02-03T09:00");
    ANSWERS(world, "courier", "outbox.claim", "{}",
            "do it, offer it to others.\n\nThis has passed meanwhile; you need do nothing.");
    world_free(world);
}

static void who_has_left_is_left_alone(void **state)
{
    struct world *world = small_company();
    struct happening turn = turn_on("anna", 31);
    (void)state;
    world_do(world, happens, &turn);
    world_call(world, "admin", "person.change", "{id: anna, left_on: 2027-01-10}");
    world_advance(world, "2027-02-05T09:00");
    ANSWERS(world, "courier", "outbox.claim", "{}", "items: []");
    HAS(world, "anna", "state: expired");
    assert_lacks(world, "anna", "state: due");
    world_free(world);
}

/* ---- answers ---- */

static void no_answer_escalates_after_working_days(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(
        world, "admin", "reminder.rule.add",
        "{id: log, title: 'Log your hours', at: 2027-01-07T09:00, people: [anna, bo], escalate_days: 3}");
    world_advance(world, "2027-01-07T09:00"); /* a Thursday */
    char params[200];
    snprintf(params, sizeof params, "{id: %s}", first_id(world, "bo"));
    ANSWERS(world, "bo", "reminder.done", params, "state: done");
    ANSWERS(world, "bo", "reminder.done", params, "state: done");
    world_advance(world, "2027-01-12T08:59");
    assert_int_equal(reminders_of(world, "lis"), 0);
    world_advance(world, "2027-01-12T09:00"); /* Tuesday, three working days later */
    assert_int_equal(reminders_of(world, "lis"), 1);
    HAS(world, "lis", "title: No answer from Anna Holm: Log your hours");
    snprintf(params, sizeof params, "{id: %s}", first_id(world, "anna"));
    ANSWERS(world, "anna", "reminder.done", params, "state: done");
    HAS(world, "lis", "state: done"); /* answered: nothing is left to help with */
    world_free(world);
}

static void snoozed_comes_again(void **state)
{
    struct world *world = small_company();
    char params[200];
    (void)state;
    world_call(world, "admin", "reminder.rule.add",
               "{id: tea, title: Tea, at: 2027-01-05T14:00, people: [anna]}");
    world_advance(world, "2027-01-05T15:00");
    snprintf(params, sizeof params, "{id: %s, until: 2027-01-08}", first_id(world, "anna"));
    REFUSES(world, "lis", "reminder.snooze", params, "not_found id");
    ANSWERS(world, "anna", "reminder.snooze", params, "due_at: 2027-01-08T08:00:00Z, state: snoozed");
    ANSWERS(world, "courier", "outbox.claim", "{}", "items: []");
    world_advance(world, "2027-01-08T09:00");
    HAS(world, "anna", "state: due");
    snprintf(params, sizeof params, "message_id: %s-1", first_id(world, "anna"));
    ANSWERS(world, "courier", "outbox.claim", "{}",
            params); /* a new message, or the mail server would drop it */
    snprintf(params, sizeof params, "{id: %s, until: 2027-01-04}", first_id(world, "anna"));
    REFUSES(world, "anna", "reminder.snooze", params, "invalid until: this time has passed");
    snprintf(params, sizeof params, "{id: %s, until: 'next week'}", first_id(world, "anna"));
    REFUSES(world, "anna", "reminder.snooze", params, "invalid until");
    world_free(world);
}

/* ---- off for a while ---- */

static void late_ones_go_the_way_of_their_rule(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(
        world, "admin", "reminder.rule.add",
        "{id: d, title: Deliver, starts: 2027-01-05T09:00, rule: FREQ=DAILY, people: [anna], late: deliver}");
    world_call(world, "admin", "reminder.rule.add",
               "{id: c, title: Coalesce, starts: 2027-01-05T09:00, rule: FREQ=DAILY, people: [bo]}");
    world_call(
        world, "admin", "reminder.rule.add",
        "{id: e, title: Expire, starts: 2027-01-05T09:00, rule: FREQ=DAILY, people: [lis], late: expire, "
        "expire_minutes: 120}");
    world_wake_at(world, "2027-01-13T10:30");         /* seven working days have gone by */
    assert_int_equal(reminders_of(world, "anna"), 8); /* 5..8, 11..13, and tomorrow's */
    assert_int_equal(reminders_of(world, "bo"), 8);
    assert_int_equal(reminders_of(world, "lis"), 8);
    const char *mail = world_call(world, "courier", "outbox.claim", "{}");
    assert_int_equal(count(mail, "to: anna@x.dk"),
                     5); /* the cap; the rest waits for the digest of the week */
    assert_int_equal(count(mail, "to: bo@x.dk"), 1);
    assert_non_null(strstr(mail, "7 "));
    assert_int_equal(count(mail, "to: lis@x.dk"), 1); /* today's, an hour and a half late */
    assert_int_equal(
        count(world_call(world, "admin", "reminder.list", "{person: lis, all: yes}"), "state: expired"), 6);
    world_free(world);
}

static void ten_thousand_due_items_coalesce(void **state)
{
    struct world *world = small_company();
    char params[200];
    (void)state;
    for (int i = 0; i < 50; i++) {
        snprintf(params, sizeof params, "{id: p%d, name: 'P %d', email: p%d@x.dk, team: quality}", i, i, i);
        world_call(world, "admin", "person.add", params);
    }
    for (int i = 0; i < 200; i++) {
        snprintf(params, sizeof params,
                 "{id: r%d, title: R, at: 2027-01-05T%02d:%02d, team: quality, channels: [mail]}", i,
                 8 + i / 60, i % 60);
        world_call(world, "admin", "reminder.rule.add", params);
    }
    world_wake_at(world, "2027-01-12T09:00");
    assert_int_equal(reminders_of(world, "p7"), 200);
    HAS(world, "p7", "state: due");
    assert_lacks(world, "p7", "state: scheduled");
    int mails = 0, to_p7 = 0;
    for (int more = 1; more > 0; mails += more) { /* a few at a time */
        const char *mail = world_call(world, "courier", "outbox.claim", "{limit: 500}");
        more = count(mail, "{id: ");
        to_p7 += count(mail, "to: p7@x.dk");
        assert_in_range(more, 0, 20);
    }
    assert_int_equal(mails, 52); /* one each */
    assert_int_equal(to_p7, 1);
    world_free(world);
}

static void a_clock_set_back_repeats_nothing(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(world, "admin", "reminder.rule.add",
               "{id: plan, title: Plan, starts: 2027-01-04T09:00, rule: FREQ=DAILY, people: [eva]}");
    world_advance(world, "2027-01-08T12:00");
    assert_int_equal(reminders_of(world, "eva"), 6); /* five have come, one is to come */
    world_wake_at(world, "2027-01-05T08:00");
    world_call(world, "admin", "reminder.rule.change", "{id: plan, title: 'Plan again'}");
    world_advance(world, "2027-01-08T12:00");
    assert_int_equal(reminders_of(world, "eva"), 6);
    assert_int_equal(count(world_call(world, "admin", "reminder.list", "{person: eva}"), "state: delivered"),
                     5);
    world_free(world);
}

/* ---- who may see what ---- */

static void reminders_are_private(void **state)
{
    struct world *world = small_company();
    char params[200];
    (void)state;
    world_call(world, "admin", "reminder.rule.add",
               "{id: tea, title: Tea, at: 2027-01-05T14:00, people: [anna]}");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "id: tea-");
    ANSWERS(world, "lis", "reminder.list", "{person: anna}", "id: tea-");
    ANSWERS(world, "anna", "audit.list", "{person: anna}", "actor: lis, uid: 2000, method: reminder.list");
    REFUSES(world, "bo", "reminder.list", "{person: anna}", "forbidden");
    REFUSES(world, "tool", "reminder.list", "{person: anna}", "forbidden");
    REFUSES(world, "courier", "reminder.list", "{person: anna}", "forbidden");
    snprintf(params, sizeof params, "{id: %s}", first_id(world, "anna"));
    ANSWERS(world, "anna", "reminder.show", params, "title: Tea");
    ANSWERS(world, "lis", "reminder.show", params, "title: Tea");
    REFUSES(world, "bo", "reminder.show", params, "not_found id: no reminder is called");
    REFUSES(world, "bo", "reminder.show", "{id: nothing}", "not_found id: no reminder is called");
    REFUSES(world, "bo", "reminder.done", params, "not_found id");
    ANSWERS(world, "bo", "reminder.preview", "{until: 2027-02-01}", "items: []"); /* the own ones */
    REFUSES(world, "bo", "reminder.preview", "{until: 2027-02-01, person: anna}", "forbidden");
    ANSWERS(world, "bo", "reminder.preview", "{until: 2027-02-01, person: bo}", "items: []");
    ANSWERS(world, "anna", "reminder.preview", "{until: 2027-02-01, person: anna}", "reminder: tea-");
    world_free(world);
}

static void the_person_hears_of_it(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(world, "admin", "reminder.rule.add",
               "{id: tea, title: Tea, at: 2027-01-05T14:00, people: [anna]}");
    world_events(world);
    world_advance(world, "2027-01-05T14:00");
    const char *feed = world_events(world);
    assert_int_equal(count(feed, "reminder.due"), 1);
    assert_int_equal(count(feed, "outbox.ready"), 1);
    world_free(world);
}

static void a_long_text_is_cut(void **state)
{
    struct world *world = small_company();
    char params[3000], text[2000] = "";
    (void)state;
    for (size_t length = 0; length < 1900; length += 7)
        snprintf(text + length, sizeof text - length, "{title}");
    snprintf(params, sizeof params,
             "{id: long, title: '%.199s', text: '%s', at: 2027-01-05T09:00, people: [anna]}",
             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
             "AAAAAAAAA"
             "ééééééééééééééééééééééééééééé",
             text);
    ANSWERS(world, "admin", "reminder.rule.add", params, "long");
    world_advance(world, "2027-01-05T09:00");
    HAS(world, "anna", "AAA…");
    ANSWERS(world, "courier", "outbox.claim", "{}", "AAA…");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: nothing, title: '{day}', at: 2027-01-06T09:00, people: [anna]}", "nothing");
    world_advance(world, "2027-01-06T09:00");
    world_call(world, "courier", "outbox.claim",
               "{}"); /* the long one again, which is enough for one claim */
    ANSWERS(world, "courier", "outbox.claim", "{}", "subject: nothing-");
    world_free(world);
}

static enum code tells(struct call *call, void *notice)
{
    return notify(call, notice);
}

static void a_notice_is_told_once_in_the_persons_language(void **state)
{
    struct world *world = small_company();
    struct notice notice = { .kind = NOTICE_TURN_OFFERED,
                             .person = "bo",
                             .subject = "showcase-1",
                             .occurrence = "offer-1",
                             .title = "Showcase",
                             .other = "anna",
                             .when = MOMENT_AT(20850 * 86400LL + 9 * 3600) };
    (void)state;
    world_do(world, tells, &notice);
    world_do(world, tells, &notice);
    assert_int_equal(reminders_of(world, "bo"), 1);
    ANSWERS(world, "bo", "reminder.list", "{person: bo}", "laug turn accept showcase-1");
    language_load();
    ANSWERS(world, "courier", "outbox.claim", "{}",
            "subject: Kan du tage en tur: Showcase, mandag 1. februar 2027?");
    notice.person = NULL; /* the admins */
    world_do(world, tells, &notice);
    assert_int_equal(reminders_of(world, "lis"), 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_admins_change_rules),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(lead_times_are_read),
        cmocka_unit_test(once_comes_once),
        cmocka_unit_test(an_edited_rule_moves_what_is_to_come_and_repeats_nothing),
        cmocka_unit_test(every_monday_until_it_ends),
        cmocka_unit_test(local_time_is_kept_when_the_clocks_change),
        cmocka_unit_test(over_new_year_and_off_closed_days),
        cmocka_unit_test(a_turn_is_reminded_of_before),
        cmocka_unit_test(a_turn_that_moves_takes_its_reminders_along),
        cmocka_unit_test(a_turn_that_changes_hands_or_goes),
        cmocka_unit_test(what_waits_says_what_is_so_now),
        cmocka_unit_test(what_is_heard_of_late_catches_up_where_asked),
        cmocka_unit_test(a_rule_that_comes_later_finds_what_happens),
        cmocka_unit_test(a_team_is_told_through_its_lead),
        cmocka_unit_test(the_lead_of_the_day_is_told),
        cmocka_unit_test(a_first_day_is_reminded_of),
        cmocka_unit_test(a_new_holiday_moves_what_is_to_come),
        cmocka_unit_test(nothing_comes_while_away),
        cmocka_unit_test(what_comes_too_late_says_so),
        cmocka_unit_test(who_has_left_is_left_alone),
        cmocka_unit_test(no_answer_escalates_after_working_days),
        cmocka_unit_test(snoozed_comes_again),
        cmocka_unit_test(late_ones_go_the_way_of_their_rule),
        cmocka_unit_test(ten_thousand_due_items_coalesce),
        cmocka_unit_test(a_clock_set_back_repeats_nothing),
        cmocka_unit_test(reminders_are_private),
        cmocka_unit_test(the_person_hears_of_it),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_notice_is_told_once_in_the_persons_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
