/* SPDX-License-Identifier: MIT */
/* Sabbatical weeks: who may, when there is room, what happens by itself. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Five people in one team led by lis; at most one on sabbatical in the company and two away in a team. */
static struct world *small_company(void)
{
    static const char *const people[] = { "lis", "anna", "bo", "carl", "dorte" };
    struct world *world = world_new("2027-01-04T08:00");
    char params[200];
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "id: quality");
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        snprintf(params, sizeof params, "{id: %s, name: %s, team: quality, hired_on: 2020-01-01}", people[i],
                 people[i]);
        ANSWERS(world, "admin", "person.add", params, people[i]);
    }
    ANSWERS(world, "admin", "team.change", "{id: quality, lead: lis}", "lead: lis");
    ANSWERS(world, "admin", "sabbatical.policy.change",
            "{max_away_company: 1, max_away_team: 2, notice_days: 28, min_cover: 0}", "max_away_company: 1");
    return world;
}

static void a_block_is_working_days_in_a_row(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "holiday.import",
            "{items: [{on: 2027-03-25, title: 'Maundy Thursday'}, {on: 2027-03-26, title: 'Good Friday'}]}",
            "added: 2");
    ANSWERS(world, "anna", "sabbatical.request",
            "{person: anna, starts_on: 2027-03-22, project: 'Reading drawings'}",
            "from: 2027-03-22, to: 2027-03-30");
    REFUSES(world, "bo", "sabbatical.request", "{person: bo, starts_on: 2027-03-26, project: x}",
            "conflict starts_on: is a closed day");
    world_free(world);
}

static void the_rules_of_the_policy_are_told_by_name(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "person.add", "{id: ny, name: Ny, hired_on: 2026-12-01}", "id: ny");
    REFUSES(world, "ny", "sabbatical.request", "{person: ny, starts_on: 2027-05-03, project: x}",
            "possible from Wednesday 1 December 2027 on");
    REFUSES(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-01-18, project: x}",
            "needs 28 days' notice");
    ANSWERS(world, "admin", "sabbatical.policy.change",
            "{blackouts: [{from: 2027-06-01, to: 2027-06-30, title: 'Half-year stocktaking'}]}", "Half-year");
    REFUSES(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-31, project: x}",
            "Half-year stocktaking");
    ANSWERS(world, "anna", "absence.add", "{person: anna, from: 2027-07-12, to: 2027-07-30}", "id: away-1");
    REFUSES(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-07-28, project: x}",
            "anna is away anyway: Monday 12 to Friday 30 July");
    ANSWERS(world, "admin", "sabbatical.policy.change", "{eligible: listed, people: [bo]}", "people: [bo]");
    REFUSES(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-09-06, project: x}",
            "people that the policy lists");
    ANSWERS(world, "bo", "sabbatical.request", "{person: bo, starts_on: 2027-09-06, project: x}",
            "state: requested");
    REFUSES(world, "admin", "sabbatical.policy.change",
            "{blackouts: [{from: 2027-06-02, to: 2027-06-01, title: x}]}", "invalid blackouts");
    world_free(world);
}

static void one_a_year_counted_by_its_first_day(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-12-29, project: x}",
            "from: 2027-12-29, to: 2028-01-04");
    REFUSES(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: x}",
            "one block a year: sabbatical-1 is in 2027 already");
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2028-02-07, project: x}",
            "state: requested");
    ANSWERS(world, "anna", "sabbatical.withdraw", "{id: sabbatical-1}", "state: withdrawn");
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: x}",
            "state: requested");
    world_free(world);
}

static void the_last_place_goes_to_one_and_the_other_waits(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: x}",
            "state: requested");
    ANSWERS(world, "bo", "sabbatical.request", "{person: bo, starts_on: 2027-05-05, project: y}",
            "state: queued, reason: on Wednesday 5 May 2027, 1 people are on sabbatical already");
    ANSWERS(world, "carl", "sabbatical.request", "{person: carl, starts_on: 2027-05-06, project: z}",
            "state: queued");
    REFUSES(world, "bo", "sabbatical.accept", "{id: sabbatical-2}",
            "conflict id: there is no place to take yet");
    ANSWERS(world, "anna", "sabbatical.withdraw", "{id: sabbatical-1}", "state: withdrawn");
    ANSWERS(world, "bo", "sabbatical.show", "{id: sabbatical-2}", "asked_until: 2027-01-07");
    ANSWERS(world, "carl", "sabbatical.show", "{id: sabbatical-3}", "reason: on Thursday 6 May 2027");
    world_advance(world, "2027-01-08T08:00"); /* bo did not answer: carl is asked */
    ANSWERS(world, "carl", "sabbatical.show", "{id: sabbatical-3}", "asked_until: 2027-01-13");
    ANSWERS(world, "carl", "sabbatical.accept", "{id: sabbatical-3}", "state: requested");
    REFUSES(world, "bo", "sabbatical.accept", "{id: sabbatical-2}", "conflict id");
    world_free(world);
}

static void a_lead_decides_and_never_for_themselves(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: secret}",
            "id: sabbatical-1");
    REFUSES(world, "anna", "sabbatical.approve", "{id: sabbatical-1}", "not_found id");
    REFUSES(world, "bo", "sabbatical.approve", "{id: sabbatical-1}",
            "not_found id: no sabbatical is called \"sabbatical-1\"");
    REFUSES(world, "bo", "sabbatical.show", "{id: sabbatical-1}",
            "not_found id: no sabbatical is called \"sabbatical-1\"");
    REFUSES(world, "bo", "sabbatical.show", "{id: sabbatical-9}",
            "not_found id: no sabbatical is called \"sabbatical-9\"");
    ANSWERS(world, "bo", "sabbatical.list", "{}", "items: []");
    ANSWERS(world, "lis", "sabbatical.list", "{}", "project: secret");
    ANSWERS(world, "lis", "sabbatical.approve", "{id: sabbatical-1}", "state: approved");
    assert_null(strstr(world_call(world, "bo", "sabbatical.list", "{}"), "secret"));
    ANSWERS(world, "bo", "absence.list", "{person: anna, from: 2027-05-01}",
            "from: 2027-05-03, to: 2027-05-07");
    REFUSES(world, "anna", "absence.remove", "{id: sabbatical-1}",
            "conflict id: these days belong to sabbatical-1");
    REFUSES(world, "lis", "sabbatical.approve", "{id: sabbatical-1}",
            "conflict id: sabbatical-1 is approved");
    ANSWERS(world, "lis", "sabbatical.request", "{person: lis, starts_on: 2027-08-30, project: x}",
            "id: sabbatical-2");
    REFUSES(world, "lis", "sabbatical.approve", "{id: sabbatical-2}", "not_found");
    ANSWERS(world, "admin", "sabbatical.decline", "{id: sabbatical-2, reason: 'Too close to the fair'}",
            "Too close");
    ANSWERS(world, "lis", "sabbatical.cancel", "{id: sabbatical-1, reason: 'A big order'}",
            "state: cancelled");
    ANSWERS(world, "bo", "absence.list", "{person: anna, from: 2027-05-01}", "items: []");
    world_free(world);
}

static void teams_and_critical_competencies_stay_covered(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "carl", "absence.add", "{person: carl, from: 2027-05-01, to: 2027-05-31}", "carl");
    ANSWERS(world, "dorte", "absence.add", "{person: dorte, from: 2027-05-05, to: 2027-05-05}", "dorte");
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: x}",
            "reason: on Wednesday 5 May 2027, 2 of team Quality are away already");
    ANSWERS(world, "admin", "sabbatical.policy.change",
            "{max_away_company: 0, max_away_team: 0, min_cover: 1}", "min_cover: 1");
    ANSWERS(world, "admin", "sabbatical.critical.set", "{competency: prompting, holders: [bo, dorte]}", "{}");
    ANSWERS(world, "bo", "sabbatical.request", "{person: bo, starts_on: 2027-05-04, project: x}",
            "reason: on Wednesday 5 May 2027, 0 others who know prompting would be there; 1 are needed");
    ANSWERS(world, "bo", "sabbatical.free", "{person: bo}",
            "{starts_on: 2027-06-07, ends_on: 2027-06-11, is_free: no, reason: one block");
    ANSWERS(world, "dorte", "sabbatical.free", "{person: dorte}",
            "{starts_on: 2027-06-07, ends_on: 2027-06-11, is_free: yes}");
    world_free(world);
}

static void it_ends_by_itself_and_is_reported(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: x}",
            "id: sabbatical-1");
    ANSWERS(world, "admin", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    ANSWERS(world, "bo", "sabbatical.request", "{person: bo, starts_on: 2027-05-05, project: y}", "queued");
    REFUSES(world, "anna", "sabbatical.report", "{id: sabbatical-1, tried: a, worked: 'no', lesson: b}",
            "nothing to report yet");
    world_advance(world, "2027-05-12T08:00");
    ANSWERS(world, "anna", "sabbatical.show", "{id: sabbatical-1}", "state: done");
    ANSWERS(world, "bo", "sabbatical.show", "{id: sabbatical-2}", "state: declined, reason: nobody answered");
    REFUSES(world, "bo", "sabbatical.report", "{id: sabbatical-1, tried: a, worked: 'no', lesson: b}",
            "not_found");
    ANSWERS(world, "anna", "sabbatical.report",
            "{id: sabbatical-1, tried: a, worked: 'no', lesson: 'Ask first'}", "reported: yes");
    ANSWERS(world, "carl", "sabbatical.reports", "{}", "lesson: Ask first");
    world_free(world);
}

static void everybody_concerned_is_told_and_reminded(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: x}",
            "id: sabbatical-1");
    ANSWERS(world, "lis", "reminder.list", "{person: lis}", "subject: sabbatical-1");
    ANSWERS(world, "lis", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "rule: sabbatical-report");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "rule: sabbatical-handover");
    ANSWERS(world, "lis", "reminder.list", "{person: lis}", "rule: sabbatical-start");
    assert_null(strstr(world_call(world, "lis", "reminder.list", "{person: lis}"), "sabbatical-requested"));
    world_advance(world, "2027-05-19T12:00");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "rule: sabbatical-report");
    ANSWERS(world, "anna", "sabbatical.report", "{id: sabbatical-1, tried: a, worked: 'yes', lesson: b}",
            "reported: yes");
    assert_null(strstr(world_call(world, "anna", "reminder.list", "{person: anna}"), "sabbatical-report"));
    world_free(world);
}

static void what_is_cancelled_is_not_reminded_of(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-05-03, project: x}",
            "id: sabbatical-1");
    ANSWERS(world, "lis", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    ANSWERS(world, "lis", "sabbatical.cancel", "{id: sabbatical-1, reason: 'A big order'}", "cancelled");
    assert_null(strstr(world_call(world, "anna", "reminder.list", "{person: anna}"), "rule: sabbatical"));
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "A big order");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_working_days_in_a_row),
        cmocka_unit_test(the_rules_of_the_policy_are_told_by_name),
        cmocka_unit_test(one_a_year_counted_by_its_first_day),
        cmocka_unit_test(the_last_place_goes_to_one_and_the_other_waits),
        cmocka_unit_test(a_lead_decides_and_never_for_themselves),
        cmocka_unit_test(teams_and_critical_competencies_stay_covered),
        cmocka_unit_test(it_ends_by_itself_and_is_reported),
        cmocka_unit_test(everybody_concerned_is_told_and_reminded),
        cmocka_unit_test(what_is_cancelled_is_not_reminded_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
