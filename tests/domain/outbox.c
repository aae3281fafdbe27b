/* SPDX-License-Identifier: MIT */
/* Mail on its way: who may fetch it, what becomes of it when things fail, and how much of it one person gets.
 */
#include "outbox.h"
#include "reminder.h"
#include "store.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 4 January 2027 is a Monday. Lis leads Anna and Bo, and is told what concerns everybody. */
static struct world *small_company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "id: quality");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: 'Lis Berg', email: lis@x.dk}", "lis");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna Holm', team: quality, email: anna@x.dk}",
            "anna");
    ANSWERS(world, "admin", "person.add", "{id: bo, name: 'Bo Lind', team: quality, email: bo@x.dk}", "bo");
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

/* Rules r0, r1, … that fire for Anna at nine o'clock of a day, minute by minute. */
static void remind_anna(struct world *world, const char *day, int how_many, const char *more)
{
    static int made;
    for (int i = 0; i < how_many; i++) {
        char params[300];
        snprintf(params, sizeof params, "{id: r%d, title: 'Reminder %d', at: %sT09:%02d, people: [anna]%s}",
                 made, i, day, i, more);
        made++;
        ANSWERS(world, "admin", "reminder.rule.add", params, "fires: once");
    }
}

/* Claims all, and keeps the first message's id. */
static const char *claim(struct world *world, char id[static 80])
{
    const char *answer = world_call(world, "courier", "outbox.claim", "{limit: 100}");
    const char *start = strstr(answer, "{id: ");
    snprintf(id, 80, "%.*s", start ? (int)strcspn(start + 5, ",") : 0, start ? start + 5 : "");
    return answer;
}

static int claimed(struct world *world)
{
    char id[80];
    return count(claim(world, id), "{id: ");
}

static void settle(struct world *world, const char *id, const char *outcome, const char *detail)
{
    char params[400];
    snprintf(params, sizeof params, "{id: %s, outcome: %s, detail: '%s'}", id, outcome, detail);
    ANSWERS(world, "courier", "outbox.settle", params, "{}");
}

#define HAS(world, person, part)                                                                             \
    ANSWERS(world, "admin", "reminder.list", "{person: " person ", all: yes}", part)

/* ---- who may ---- */

/* It keeps calendars, which begin some days back. */
static void the_courier_knows_what_day_it_is(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "courier", "clock.now", "{}", "today: 2027-01-04");
    REFUSES(world, "stranger", "clock.now", "{}", "forbidden");
    REFUSES(world, "auditor", "clock.now", "{}", "forbidden");
    world_free(world);
}

static void only_couriers_and_admins_touch_mail(void **state)
{
    struct world *world = small_company();
    char id[80], params[120];
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:00");
    REFUSES(world, "anna", "outbox.claim", "{}", "forbidden");
    REFUSES(world, "tool", "outbox.claim", "{}", "forbidden");
    REFUSES(world, "courier", "outbox.list", "{}", "forbidden");
    REFUSES(world, "lis", "outbox.list", "{}", "forbidden");
    claim(world, id);
    snprintf(params, sizeof params, "{id: %s, outcome: sent}", id);
    REFUSES(world, "anna", "outbox.settle", params, "forbidden");
    REFUSES(world, "courier", "outbox.settle", "{id: nothing, outcome: sent}", "not_found id");
    REFUSES(world, "courier", "outbox.settle", "{id: nothing, outcome: lost}", "invalid outcome");
    snprintf(params, sizeof params, "{id: %s}", id);
    REFUSES(world, "courier", "outbox.retry", params, "forbidden");
    REFUSES(world, "admin", "outbox.retry", params, "conflict id: this message was not refused or given up");
    REFUSES(world, "courier", "outbox.release", "{}", "forbidden");
    ANSWERS(world, "admin", "outbox.list", "{}", "person: anna, kind: single, state: claimed");
    world_free(world);
}

static void a_letter_says_what_the_courier_needs(void **state)
{
    struct world *world = small_company();
    char id[80], part[300];
    (void)state;
    remind_anna(world, "2027-01-05", 1, ", text: 'Water {nothing} the plants.'");
    world_advance(world, "2027-01-05T09:00");
    const char *answer = claim(world, id);
    snprintf(part, sizeof part,
             "channel: mail, to: anna@x.dk, to_name: Anna Holm, subject: Reminder 0, text: Hello "
             "Anna,\n\nWater {nothing} the plants.\n\n    laug reminder done %s\n\n"
             "You are one of those chosen to get this.\n",
             id);
    if (!strstr(answer, part))
        print_error("%s\n", answer);
    assert_non_null(strstr(answer, part));
    snprintf(part, sizeof part, "language: en, message_id: %s, attempt: 1", id);
    assert_non_null(strstr(answer, part));
    world_free(world);
}

/* ---- what becomes of it ---- */

static void sent_is_delivered(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:00");
    claim(world, id);
    HAS(world, "anna", "state: due");
    settle(world, id, "sent", "250 OK");
    HAS(world, "anna", "state: delivered");
    settle(world, id, "sent", "250 OK");
    settle(world, id, "deferred", "too late to say so");
    HAS(world, "anna", "state: delivered");
    world_advance(world, "2027-01-20T09:00");
    assert_int_equal(claimed(world), 0);
    world_free(world);
}

static void a_courier_that_dies_loses_nothing(void **state)
{
    struct world *world = small_company();
    char first[80], second[80];
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:00");
    claim(world, first);
    world_events(world);
    world_advance(world, "2027-01-05T09:14");
    assert_int_equal(claimed(world), 0);
    world_advance(world, "2027-01-05T09:15");
    assert_int_equal(count(world_events(world), "outbox.ready"), 1);
    assert_non_null(strstr(claim(world, second), "attempt: 2"));
    assert_string_equal(first, second);
    settle(world, first, "sent", "");
    HAS(world, "anna", "state: delivered");
    world_free(world);
}

static void what_is_deferred_comes_again_later_and_later(void **state)
{
    struct world *world = small_company();
    char id[80];
    int attempts = 0;
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:00");
    for (int minutes = 0; minutes < 9 * 24 * 60; minutes++) {
        char local[32];
        snprintf(local, sizeof local, "2027-01-%02dT%02d:%02d",
                 5 + minutes / 1440 + (9 * 60 + minutes % 1440) / 1440, (9 * 60 + minutes) / 60 % 24,
                 minutes % 60);
        if (minutes > 20 && minutes % 10)
            continue;
        world_advance(world, local);
        if (!strstr(claim(world, id), "to: anna@x.dk"))
            continue;
        attempts++;
        settle(world, id, "deferred", "451 try later");
    }
    /* 1, 2, 4 … 256 minutes, then every six hours, less the nights of the closed days: well over the seven
     * days */
    assert_in_range(attempts, 25, 40);
    HAS(world, "anna", "state: failed");
    ANSWERS(world, "admin", "outbox.list", "{state: given_up}", "person: anna");
    HAS(world, "lis", "The mail server said: 451 try later");
    world_free(world);
}

/* The server is back long before the person is: what waited is tried again, however long ago it first was. */
static void what_waited_for_a_person_is_tried_again(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:00");
    assert_non_null(strstr(claim(world, id), "to: anna@x.dk"));
    ANSWERS(world, "anna", "absence.add", "{person: anna, from: 2027-01-05, to: 2027-02-03}", "away-1");
    settle(world, id, "deferred", "451 try later");
    world_advance(world, "2027-01-05T10:00");
    assert_null(strstr(claim(world, id), "to: anna@x.dk"));
    world_advance(world, "2027-02-04T09:00");
    assert_non_null(strstr(claim(world, id), "to: anna@x.dk"));
    settle(world, id, "sent", "250 ok");
    HAS(world, "anna", "state: delivered");
    world_free(world);
}

static void the_wait_doubles_up_to_six_hours(void **state)
{
    (void)state;
    for (int64_t attempt = 1; attempt < 60; attempt++) {
        int64_t exact = attempt > 9 ? 21600 : 60LL << (attempt - 1), least = INT64_MAX, most = 0;
        exact = exact > 21600 ? 21600 : exact;
        for (int i = 0; i < 1000; i++) {
            char id[20];
            snprintf(id, sizeof id, "turn-%d", i);
            int64_t wait = outbox_backoff(id, attempt);
            assert_int_equal(wait, outbox_backoff(id, attempt));
            least = wait < least ? wait : least;
            most = wait > most ? wait : most;
        }
        assert_in_range(least, exact * 9 / 10, exact * 92 / 100 + 1);
        assert_in_range(most, exact * 108 / 100, exact * 11 / 10);
    }
}

static void a_refusal_for_good_tells_the_lead(void **state)
{
    struct world *world = small_company();
    char id[80], params[120];
    (void)state;
    remind_anna(world, "2027-01-05", 2, "");
    world_advance(world, "2027-01-05T09:05");
    claim(world, id);
    settle(world, id, "refused", "550 no such user.");
    HAS(world, "anna", "state: failed");
    HAS(world, "lis", "It said: 550 no such user.");
    HAS(world, "lis", "You get this because you lead Anna Holm.");
    settle(world, id, "sent", "says a courier that was slow");
    HAS(world, "anna", "state: delivered");
    claim(world, id);
    settle(world, id, "refused", "550 again");
    snprintf(params, sizeof params, "{id: %s}", id);
    world_call(world, "admin", "outbox.retry", params);
    world_free(world);
}

static void an_admin_tries_again(void **state)
{
    struct world *world = small_company();
    char id[80], params[120];
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:05");
    claim(world, id);
    settle(world, id, "refused", "550 no such user");
    snprintf(params, sizeof params, "{id: %s}", id);
    ANSWERS(world, "admin", "outbox.retry", params, "state: waiting");
    HAS(world, "anna", "state: due");
    char other[80];
    assert_non_null(strstr(claim(world, other), "to: anna@x.dk"));
    settle(world, id, "sent", "");
    HAS(world, "anna", "state: delivered");
    world_free(world);
}

static void failing_mail_about_failing_mail_makes_no_more(void **state)
{
    struct world *world = small_company();
    char id[80];
    int total = 0;
    (void)state;
    remind_anna(world, "2027-01-05", 3, "");
    world_advance(world, "2027-01-05T09:05");
    for (; *claim(world, id) && *id && total < 100; total++)
        settle(world, id, "refused", "550 nobody");
    for (int i = 0; i < 50; i++) {
        world_advance(world, "2027-01-05T09:30");
        claim(world, id);
        if (*id)
            settle(world, id, "refused", "550 nobody");
    }
    const char *list = world_call(world, "admin", "reminder.list", "{person: lis, all: yes}");
    assert_int_equal(count(list, "{id: "), 1); /* a day's refusals for one person are one notice */
    world_free(world);
}

/* ---- how much, and when ---- */

static void no_more_than_the_cap_a_week(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    ANSWERS(world, "admin", "company.change", "{message_cap: 2}", "message_cap: 2");
    remind_anna(world, "2027-01-05", 5, "");
    world_advance(world, "2027-01-05T10:00");
    assert_int_equal(claimed(world), 2);
    HAS(world, "anna", "title: Reminder 4"); /* the inbox has them all */
    world_advance(world, "2027-01-11T08:59");
    world_call(world, "admin", "company.change", "{message_cap: 5}");
    claim(world, id); /* the leases of the two ran out */
    world_advance(world, "2027-01-11T09:00");
    const char *answer = claim(world, id);
    assert_non_null(strstr(answer, "subject: Your week: 3 reminders"));
    assert_non_null(strstr(answer, "1. Reminder 2\n"));
    assert_non_null(strstr(answer, "3. Reminder 4\n"));
    snprintf(id, sizeof id, "%.*s", (int)strcspn(strstr(answer, "digest-"), ","), strstr(answer, "digest-"));
    settle(world, id, "sent", "");
    ANSWERS(world, "admin", "reminder.list", "{person: anna}",
            "title: Reminder 4, due_at: 2027-01-05T08:04:00Z, state: "
            "delivered");
    world_free(world);
}

static void somebody_s_question_does_not_wait_for_a_digest(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    world_call(world, "admin", "company.change", "{message_cap: 0}");
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: Drones}",
            "state: requested");
    world_advance(world, "2027-01-05T10:00");
    const char *answer = claim(world, id);
    assert_non_null(strstr(answer, "to: lis@x.dk"));
    assert_non_null(strstr(answer, "laug sabbatical approve"));
    world_free(world);
}

static void what_is_done_is_left_out_of_a_digest(void **state)
{
    struct world *world = small_company();
    char id[80], params[120];
    (void)state;
    world_call(world, "admin", "company.change", "{message_cap: 0}");
    remind_anna(world, "2027-01-05", 2, "");
    world_advance(world, "2027-01-05T10:00");
    for (int i = 0; i < 2; i++) {
        const char *list = world_call(world, "anna", "reminder.list", "{person: anna}");
        snprintf(id, sizeof id, "%.*s", (int)strcspn(strstr(list, "{id: ") + 5, ","),
                 strstr(list, "{id: ") + 5);
        snprintf(params, sizeof params, "{id: %s}", id);
        ANSWERS(world, "anna", "reminder.done", params, "state: done");
    }
    world_advance(world, "2027-01-11T10:00");
    assert_int_equal(claimed(world), 0);
    ANSWERS(world, "admin", "outbox.list", "{}", "kind: weekly, state: dropped");
    world_free(world);
}

static void nothing_is_sent_on_closed_days_or_while_away(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    remind_anna(world, "2027-01-08", 1, ""); /* a Friday */
    world_advance(world, "2027-01-08T23:50");
    claim(world, id);
    settle(world, id, "deferred", "451 later"); /* comes again on Saturday */
    world_advance(world, "2027-01-10T12:00");
    assert_int_equal(claimed(world), 0);
    world_call(world, "admin", "absence.add", "{person: anna, from: 2027-01-11, to: 2027-01-12}");
    world_advance(world, "2027-01-12T12:00");
    assert_int_equal(claimed(world), 0);
    world_advance(world, "2027-01-13T09:00");
    assert_int_equal(claimed(world), 1);
    world_free(world);
}

static void what_nobody_fetched_waits_or_expires(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    remind_anna(world, "2027-01-05", 2, "");
    remind_anna(world, "2027-01-06", 1, ", late: expire, expire_minutes: 60");
    world_advance(world, "2027-01-08T10:00"); /* no courier for days */
    const char *answer = claim(world, id);
    assert_int_equal(count(answer, "{id: "), 2);
    HAS(world, "anna", "state: expired");
    world_free(world);
}

static void what_came_late_alone_keeps_its_id(void **state)
{
    struct world *world = small_company();
    char id[80], part[120];
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    const char *list = world_call(world, "anna", "reminder.list", "{person: anna}");
    snprintf(part, sizeof part, "message_id: %.*s, attempt: 1", (int)strcspn(strstr(list, "{id: ") + 5, ","),
             strstr(list, "{id: ") + 5);
    world_wake_at(world, "2027-01-08T10:00");
    assert_non_null(strstr(claim(world, id), part));
    remind_anna(world, "2027-01-11", 2, "");
    world_wake_at(world, "2027-01-15T10:00");
    const char *answer = claim(world, id);
    assert_non_null(strstr(answer, "subject: 2 reminders that waited for you"));
    settle(world, id, "sent", "");
    world_free(world);
}

static void people_without_an_address_have_their_inbox(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:00");
    world_call(world, "admin", "person.change", "{id: anna, clear: [email]}");
    claim(world, id);
    HAS(world, "anna", "state: failed");
    remind_anna(world, "2027-01-06", 1, "");
    world_advance(world, "2027-01-06T09:00");
    HAS(world, "anna", "state: delivered");
    remind_anna(world, "2027-01-07", 1, ", channels: [inbox]");
    world_call(world, "admin", "person.change", "{id: anna, email: anna@x.dk}");
    world_advance(world, "2027-01-07T09:00");
    assert_null(strstr(claim(world, id), "anna@x.dk"));
    world_free(world);
}

/* ---- the clock ---- */

static void a_jump_is_told_from_sleep(void **state)
{
    enum { DAY = 86400 };
    (void)state;
    assert_int_equal(outbox_clock_jump(1000, 50, 2000, 1050), 0);
    assert_int_equal(outbox_clock_jump(1000, 50, 1000 + 8 * DAY, 50), 8 * DAY);
    assert_int_equal(outbox_clock_jump(1000, 50, 1000 + 8 * DAY, 50 + 8 * DAY), 0); /* it was asleep */
    assert_int_equal(outbox_clock_jump(1000, 5000, 1000 + 8 * DAY, 50), 0);         /* it was off */
    assert_in_range(-outbox_clock_jump(5000, 50, 1000, 60), 4000, 4100);            /* set back */
}

static enum code ask_hold(struct call *call, void *user)
{
    bool was_held = call->clock->is_held;
    call->clock->is_held = false; /* as if it were the true clock */
    enum code code = outbox_is_held(call, user);
    call->clock->is_held = was_held;
    return code;
}

static void a_jump_of_days_holds_mail_until_an_admin_says_so(void **state)
{
    struct world *world = small_company();
    struct error error;
    char script[200];
    bool is_held = false;
    (void)state;
    remind_anna(world, "2027-01-05", 1, "");
    world_do(world, ask_hold, &is_held);
    assert_false(is_held);
    /* seen eight days ago, by a machine that has run for no more than a second since */
    snprintf(script, sizeof script,
             "UPDATE courier_hold SET seen_at = seen_at - 8 * 86400, seen_boot = seen_boot - 1");
    assert_int_equal(store_script(world_store(world), script, &error), OK);
    world_do(world, ask_hold, &is_held);
    assert_true(is_held);
    HAS(world, "lis", "The clock has jumped: mail is held back");
    world_advance(world, "2027-01-07T09:00");
    HAS(world, "anna", "state: scheduled");
    assert_int_equal(claimed(world), 0);
    ANSWERS(world, "admin", "outbox.release", "{}", "{}");
    HAS(world, "lis", "state: done");
    assert_int_equal(claimed(world), 1);
    world_free(world);
}

static enum code keep_house(struct call *call, void *user)
{
    (void)user;
    return job_at(call, "books.expire", "all", call->now);
}

static void settled_mail_is_forgotten_after_ninety_days(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.list", "{}", "turn");
    remind_anna(world, "2027-01-05", 1, "");
    world_advance(world, "2027-01-05T09:00");
    claim(world, id);
    settle(world, id, "sent", "");
    world_do(world, keep_house, NULL);
    world_advance(world, "2027-04-04T09:00");
    ANSWERS(world, "admin", "outbox.list", "{}", "state: sent");
    world_advance(world, "2027-04-06T09:00");
    ANSWERS(world, "admin", "outbox.list", "{}", "items: []");
    HAS(world, "anna", "state: delivered");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_couriers_and_admins_touch_mail),
        cmocka_unit_test(the_courier_knows_what_day_it_is),
        cmocka_unit_test(a_letter_says_what_the_courier_needs),
        cmocka_unit_test(sent_is_delivered),
        cmocka_unit_test(a_courier_that_dies_loses_nothing),
        cmocka_unit_test(what_is_deferred_comes_again_later_and_later),
        cmocka_unit_test(what_waited_for_a_person_is_tried_again),
        cmocka_unit_test(the_wait_doubles_up_to_six_hours),
        cmocka_unit_test(a_refusal_for_good_tells_the_lead),
        cmocka_unit_test(an_admin_tries_again),
        cmocka_unit_test(failing_mail_about_failing_mail_makes_no_more),
        cmocka_unit_test(no_more_than_the_cap_a_week),
        cmocka_unit_test(somebody_s_question_does_not_wait_for_a_digest),
        cmocka_unit_test(what_is_done_is_left_out_of_a_digest),
        cmocka_unit_test(nothing_is_sent_on_closed_days_or_while_away),
        cmocka_unit_test(what_nobody_fetched_waits_or_expires),
        cmocka_unit_test(what_came_late_alone_keeps_its_id),
        cmocka_unit_test(people_without_an_address_have_their_inbox),
        cmocka_unit_test(a_jump_is_told_from_sleep),
        cmocka_unit_test(a_jump_of_days_holds_mail_until_an_admin_says_so),
        cmocka_unit_test(settled_mail_is_forgotten_after_ninety_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
