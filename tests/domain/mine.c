/* SPDX-License-Identifier: MIT */
/*
 * What is mine: each thing that waits for somebody is there with names and the command that answers it, and
 * is gone once it is answered. Anna and Bo are led by Lis; Carl is led by nobody.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct world *guild(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: 'Lis Berg', hired_on: 2020-01-01}", "lis");
    ANSWERS(world, "admin", "team.add", "{id: design, name: Design, lead: lis}", "design");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna Holm', team: design, hired_on: 2020-01-01}",
            "anna");
    ANSWERS(world, "admin", "person.add", "{id: bo, name: 'Bo Lund', team: design, hired_on: 2020-01-01}",
            "bo");
    ANSWERS(world, "admin", "person.add", "{id: carl, name: 'Carl Vest', hired_on: 2020-01-01}", "carl");
    ANSWERS(world, "admin", "sabbatical.policy.change", "{notice_days: 7, min_cover: 0}", "notice_days: 7");
    return world;
}

static void hours(struct world *world)
{
    ANSWERS(world, "admin", "rotation.add",
            "{id: hours, title: 'Office hours', starts: 2027-01-05T13:00, rule: 'FREQ=WEEKLY', member_kind: "
            "person, members: [anna, bo, carl]}",
            "member_kind: person");
}

static void only_self_lead_and_admins_see_it(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "person: anna, name: Anna Holm, today: 2027-01-04");
    ANSWERS(world, "lis", "mine.show", "{person: anna}", "person: anna");
    ANSWERS(world, "admin", "mine.show", "{person: anna}", "person: anna");
    REFUSES(world, "bo", "mine.show", "{person: anna}", "forbidden");
    REFUSES(world, "lis", "mine.show", "{person: carl}", "forbidden");
    REFUSES(world, "tool", "mine.show", "{person: anna}", "forbidden");
    REFUSES(world, "stranger", "mine.show", "{person: anna}", "forbidden");
    ANSWERS(world, "anna", "mine.show", "{}", "person: anna");
    REFUSES(world, "admin", "mine.show", "{}", "invalid person: say who is meant");
    ANSWERS(world, "auditor", "audit.list", "{person: anna}", "method: mine.show");
    world_free(world);
}

static void turns_are_named_and_said_with_their_day(void **state)
{
    struct world *world = guild();
    (void)state;
    hours(world);
    ANSWERS(world, "anna", "mine.show", "{person: anna}",
            "{kind: turn, subject: hours-1, title: Office hours, when: tomorrow, Tuesday 5 January at "
            "13:00, local: 2027-01-05T13:00, starts_at: 2027-01-05T12:00:00Z, command: laug turn offer "
            "hours-1}");
    world_advance(world, "2027-01-05T13:10");
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "title: Office hours, when: now");
    world_advance(world, "2027-01-05T13:31");
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "when: Tuesday 26 January at 13:00");
    ANSWERS(world, "admin", "rotation.add",
            "{id: demo, title: Demo, starts: 2027-01-12T09:00, zone: Europe/London, rule: 'FREQ=MONTHLY', "
            "members: [design], min_present: 1}",
            "demo");
    ANSWERS(world, "bo", "mine.show", "{person: bo}",
            "title: Demo (Design), when: Tuesday 12 January at 09:00 (Europe/London)");
    ANSWERS(world, "lis", "mine.show", "{person: lis}", "title: Demo (Design)");
    world_free(world);
}

static void an_offer_waits_for_who_is_asked(void **state)
{
    struct world *world = guild();
    (void)state;
    hours(world);
    ANSWERS(world, "anna", "turn.offer", "{id: hours-1, to: bo}", "state: asked");
    ANSWERS(world, "bo", "mine.show", "{person: bo}",
            "items: [{kind: answer, subject: hours-1, title: Anna Holm asks whether you could take Office "
            "hours, when: tomorrow, Tuesday 5 January at 13:00");
    ANSWERS(world, "bo", "mine.show", "{person: bo}", "command: laug turn accept hours-1");
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "title: Office hours; Bo Lund is asked to take it");
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "command: laug turn withdraw hours-1");
    ANSWERS(world, "bo", "turn.decline", "{id: hours-1}", "declined");
    assert_null(strstr(world_call(world, "bo", "mine.show", "{person: bo}"), "kind: answer"));
    ANSWERS(world, "anna", "turn.offer", "{id: hours-1, to: bo, against: hours-2}", "state: asked");
    ANSWERS(world, "bo", "mine.show", "{person: bo}",
            "title: Anna Holm would like to swap: Office hours, for your turn Tuesday 12 January at 13:00");
    world_free(world);
}

static void requests_wait_for_the_lead_and_where_there_is_none_for_an_admin(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(world, "admin", "company.change", "{admins: [bo]}", "admins: [bo]");
    ANSWERS(world, "anna", "sabbatical.request",
            "{person: anna, starts_on: 2027-03-08, project: 'Reading drawings'}", "state: requested");
    ANSWERS(world, "carl", "sabbatical.request",
            "{person: carl, starts_on: 2027-04-05, project: 'Counting bolts'}", "state: requested");
    ANSWERS(world, "lis", "mine.show", "{person: lis}",
            "items: [{kind: answer, subject: sabbatical-1, title: Anna Holm asks for a sabbatical: Reading "
            "drawings, when: Monday 8 to Friday 12 March, from: 2027-03-08, to: 2027-03-12, command: "
            "laug sabbatical approve sabbatical-1}]");
    ANSWERS(world, "bo", "mine.show", "{person: bo}", "Carl Vest asks for a sabbatical: Counting bolts");
    assert_null(strstr(world_call(world, "bo", "mine.show", "{person: bo}"), "Anna Holm asks"));
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "Sabbatical, waits for a yes: Reading drawings");
    ANSWERS(world, "lis", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    assert_null(strstr(world_call(world, "lis", "mine.show", "{person: lis}"), "kind: answer"));
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "title: Sabbatical: Reading drawings");
    assert_null(strstr(world_call(world, "anna", "mine.show", "{person: anna}"), "kind: absence"));
    world_free(world);
}

/* Carl leads a club that Lis belongs to: what is Lis's own he may see, and nothing of whom Lis leads. */
static void who_leads_a_lead_sees_none_of_the_lead_s_people(void **state)
{
    struct world *world = guild();
    static const char *const looks[][2] = {
        {"mine.show",         "{person: lis}"                     },
        { "reminder.list",    "{person: lis}"                     },
        { "reminder.preview", "{person: lis, until: '2027-01-20'}"},
    };
    (void)state;
    ANSWERS(world, "admin", "team.add", "{id: club, name: Club, lead: carl}", "club");
    ANSWERS(world, "admin", "person.change", "{id: lis, team: club, email: lis@example.com}", "lis");
    ANSWERS(world, "anna", "sabbatical.request", "{starts_on: 2027-03-08, project: 'Reading drawings'}",
            "state: requested");
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        const char *seen = world_call(world, "carl", looks[i][0], looks[i][1]);
        assert_int_equal(world_code(world), OK);
        assert_null(strstr(seen, "Reading drawings"));
        assert_null(strstr(seen, "Anna"));
    }
    ANSWERS(world, "carl", "reminder.list", "{person: lis}",
            "title: This is about somebody whom you do not lead.");
    ANSWERS(world, "carl", "reminder.preview", "{person: lis, until: '2027-01-20'}",
            "subject: This is about somebody whom you do not lead.");
    ANSWERS(world, "lis", "reminder.preview", "{until: '2027-01-20'}", "Anna Holm would like");
    ANSWERS(world, "lis", "mine.show", "{}", "Reading drawings");
    ANSWERS(world, "lis", "reminder.list", "{}", "Reading drawings");
    ANSWERS(world, "admin", "mine.show", "{person: lis}", "Reading drawings");
    ANSWERS(world, "admin", "reminder.list", "{person: lis}", "Reading drawings");
    ANSWERS(world, "admin", "person.change", "{id: anna, manager: carl}", "manager: carl");
    ANSWERS(world, "carl", "mine.show", "{person: lis}", "Reading drawings");
    ANSWERS(world, "carl", "reminder.list", "{person: lis}", "Reading drawings");
    world_free(world);
}

static void room_is_there_until_a_day(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(world, "admin", "sabbatical.policy.change", "{max_away_company: 1}", "max_away_company: 1");
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-03-08, project: x}",
            "requested");
    ANSWERS(world, "bo", "sabbatical.request", "{person: bo, starts_on: 2027-03-08, project: 'A lamp'}",
            "queued");
    ANSWERS(world, "bo", "mine.show", "{person: bo}",
            "{kind: sabbatical, subject: sabbatical-2, title: Sabbatical, waits for room: A lamp");
    ANSWERS(world, "anna", "sabbatical.withdraw", "{id: sabbatical-1}", "withdrawn");
    ANSWERS(world, "bo", "mine.show", "{person: bo}",
            "{kind: answer, subject: sabbatical-2, title: There is room for your sabbatical: A lamp, when: "
            "Monday 8 to Friday 12 March, from: 2027-03-08, to: 2027-03-12, due: 2027-01-07, command: "
            "laug sabbatical accept sabbatical-2}");
    world_free(world);
}

static void turns_that_nobody_has_wait_for_admins(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(world, "admin", "company.change", "{admins: [carl]}", "admins: [carl]");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-01-04, to: 2027-01-15}", "away");
    ANSWERS(world, "admin", "rotation.add",
            "{id: hours, title: 'Office hours', starts: 2027-01-05T13:00, rule: 'FREQ=WEEKLY;COUNT=3', "
            "member_kind: person, members: [anna]}",
            "hours");
    ANSWERS(world, "carl", "mine.show", "{person: carl}",
            "items: [{kind: answer, subject: hours-1, title: Nobody has the turn: Office hours, when: "
            "tomorrow, Tuesday 5 January at 13:00");
    assert_null(strstr(world_call(world, "anna", "mine.show", "{person: anna}"), "Nobody has"));
    ANSWERS(world, "anna", "mine.show", "{person: anna}",
            "{kind: absence, subject: away-1, title: Away, when: until Friday 15 January");
    world_free(world);
}

static void what_wants_an_acknowledgement_is_an_answer_and_what_does_not_a_promise(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: rules, title: 'Read the data rules', at: 2027-01-04T09:00, people: [anna], acknowledge: "
            "yes}",
            "rules");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: update, title: 'AI update', starts: 2027-01-05T09:00, rule: 'FREQ=DAILY', people: [anna]}",
            "update");
    world_advance(world, "2027-01-07T10:00");
    const char *mine = world_call(world, "anna", "mine.show", "{person: anna}");
    const char *answer = strstr(mine, "{kind: answer"), *promise = strstr(mine, "{kind: reminder");
    assert_non_null(answer);
    assert_non_null(strstr(answer, "title: Read the data rules"));
    assert_non_null(promise);
    assert_true(answer < promise);
    assert_non_null(strstr(promise, "title: AI update, when: today"));
    assert_null(strstr(promise + 1, "{kind: reminder")); /* a rule that fires each day is one promise */
    world_free(world);
}

static void what_nobody_answered_waits_for_the_lead(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(
        world, "admin", "reminder.rule.add",
        "{id: rules, title: 'Read the data rules', at: 2027-01-04T09:00, people: [anna], acknowledge: yes, "
        "escalate_days: 1}",
        "rules");
    world_advance(world, "2027-01-06T10:00");
    const char *mine = world_call(world, "lis", "mine.show", "{}");
    const char *answer = strstr(mine, "{kind: answer");
    assert_non_null(answer);
    assert_non_null(strstr(answer, "title: No answer from Anna Holm: Read the data rules"));
    const char *command = strstr(answer, "command: laug reminder done ");
    assert_non_null(command);
    char params[100];
    snprintf(params, sizeof params, "{id: %.*s}", (int)strcspn(command + 28, "}"), command + 28);
    ANSWERS(world, "lis", "reminder.done", params, "state: done");
    assert_null(strstr(world_call(world, "lis", "mine.show", "{}"), "kind: answer"));
    assert_null(strstr(world_call(world, "anna", "mine.show", "{}"), "kind: answer"));
    world_free(world);
}

static void where_nobody_waits_there_is_a_next_step(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(world, "anna", "mine.show", "{person: anna}",
            "items: [{kind: next, subject: anna, title: No sabbatical week in 2027 yet: see which weeks are "
            "free, command: laug sabbatical free anna}], more: 0");
    ANSWERS(world, "admin", "sabbatical.policy.change", "{eligible: listed, people: [bo]}", "listed");
    ANSWERS(world, "anna", "mine.show", "{person: anna}", "command: laug week}], more: 0");
    ANSWERS(world, "bo", "sabbatical.request", "{person: bo, starts_on: 2027-01-18, project: 'A lamp'}",
            "requested");
    ANSWERS(world, "lis", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    world_advance(world, "2027-01-25T08:00");
    ANSWERS(world, "bo", "mine.show", "{person: bo}",
            "{kind: next, subject: sabbatical-1, title: Tell what came of your sabbatical: A lamp, command: "
            "laug sabbatical report sabbatical-1}");
    world_free(world);
}

static void it_is_bounded_and_says_what_is_left_out(void **state)
{
    struct world *world = guild();
    (void)state;
    ANSWERS(world, "admin", "rotation.add",
            "{id: daily, title: Daily, starts: 2027-01-05T09:00, rule: 'FREQ=DAILY', member_kind: person, "
            "members: [anna]}",
            "daily");
    ANSWERS(world, "anna", "mine.show", "{person: anna, limit: 2}", "more: ");
    assert_null(strstr(world_call(world, "anna", "mine.show", "{person: anna, limit: 2}"), "more: 0"));
    REFUSES(world, "anna", "mine.show", "{person: anna, limit: 101}", "invalid limit");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_self_lead_and_admins_see_it),
        cmocka_unit_test(turns_are_named_and_said_with_their_day),
        cmocka_unit_test(an_offer_waits_for_who_is_asked),
        cmocka_unit_test(requests_wait_for_the_lead_and_where_there_is_none_for_an_admin),
        cmocka_unit_test(who_leads_a_lead_sees_none_of_the_lead_s_people),
        cmocka_unit_test(room_is_there_until_a_day),
        cmocka_unit_test(turns_that_nobody_has_wait_for_admins),
        cmocka_unit_test(what_wants_an_acknowledgement_is_an_answer_and_what_does_not_a_promise),
        cmocka_unit_test(what_nobody_answered_waits_for_the_lead),
        cmocka_unit_test(where_nobody_waits_there_is_a_next_step),
        cmocka_unit_test(it_is_bounded_and_says_what_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
