/* SPDX-License-Identifier: MIT */
/* What stands in whose calendar, and what it says. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Three people, one of whom leads two teams; a rotation of people, weekly, and one of teams, monthly. */
static int set_up(void **state)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna Lund'}", "id: anna");
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality, lead: anna}", "id: quality");
    ANSWERS(world, "admin", "team.add", "{id: tools, name: Tools}", "id: tools");
    ANSWERS(world, "admin", "person.add", "{id: bo, name: Bo, team: quality}", "id: bo");
    ANSWERS(world, "admin", "person.add", "{id: carl, name: Carl, team: tools}", "id: carl");
    ANSWERS(world, "admin", "rotation.add",
            "{id: talk, title: Talk, starts: '2027-01-07T09:00', rule: 'FREQ=WEEKLY', members: [anna, bo], "
            "member_kind: person}",
            "id: talk");
    ANSWERS(
        world, "admin", "rotation.add",
        "{id: show, title: Showcase, starts: '2027-01-12T14:00', rule: 'FREQ=MONTHLY', duration_minutes: 60, "
        "members: [quality, tools]}",
        "id: show");
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_free(*state);
    return 0;
}

static void is_for_staff_and_courier(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "bo", "calendar.list", "{}", "uid: talk-1");
    ANSWERS(world, "courier", "calendar.list", "{}", "uid: talk-1");
    ANSWERS(world, "admin", "calendar.list", "{}", "uid: talk-1");
    REFUSES(world, "tool", "calendar.list", "{}", "forbidden");
    REFUSES(world, "stranger", "calendar.list", "{}", "forbidden");
}

static void a_turn_says_when_and_whose(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "bo", "calendar.list", "{rotation: show, limit: 1}",
            "uid: show-1, kind: turn, subject: show-1, rotation: show, sequence: ");
    ANSWERS(world, "bo", "calendar.list", "{rotation: show, limit: 1}",
            "state: confirmed, title: Showcase: Quality, text: Why it is whose it is: laug rotation explain "
            "show-1, "
            "starts: 2027-01-12T14:00, ends: 2027-01-12T15:00, starts_at: 2027-01-12T13:00:00Z, "
            "ends_at: 2027-01-12T14:00:00Z, zone: Europe/Copenhagen, observances: [{onset: 2026-03-29T02:00, "
            "offset_from: 3600, offset_to: 7200, is_daylight: yes, name: CEST}, {onset: 2026-10-25T03:00, "
            "offset_from: 7200, offset_to: 3600, is_daylight: no, name: CET}, {onset: 2027-03-28T02:00, "
            "offset_from: 3600, offset_to: 7200, is_daylight: yes, name: CEST}], member: quality, "
            "member_name: Quality}");
}

static void one_s_own_is_said_shorter(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "bo", "calendar.list", "{person: anna, limit: 1}",
            "title: Talk, text: If you cannot do it, offer it to others: laug turn offer talk-1,");
    ANSWERS(world, "bo", "calendar.list", "{rotation: talk, limit: 1}", "title: Talk: Anna Lund, text: Why");
}

/* The subjects of a list, in its order: "talk-1 show-1". */
static const char *subjects(struct world *world, const char *params)
{
    static char text[4096];
    const char *answer = world_call(world, "anna", "calendar.list", params);
    text[0] = 0;
    for (const char *at = answer; (at = strstr(at, "{uid: "));) {
        at += strlen("{uid: ");
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", *text ? " " : "",
                 (int)strcspn(at, ","), at);
    }
    return text;
}

static void whose_calendar(void **state)
{
    struct world *world = *state;
    assert_string_equal(subjects(world, "{until: '2027-02-11'}"),
                        "talk-1 show-1 talk-2 talk-3 talk-4 talk-5 talk-6");
    assert_string_equal(subjects(world, "{person: anna, until: '2027-02-11'}"),
                        "talk-1 show-1 talk-3 talk-5");
    assert_string_equal(subjects(world, "{person: bo, until: '2027-02-11'}"), "show-1 talk-2 talk-4 talk-6");
    assert_string_equal(subjects(world, "{person: carl, until: '2027-02-13'}"), "show-2");
    assert_string_equal(subjects(world, "{team: quality, until: '2027-02-11'}"),
                        "show-1 talk-2 talk-4 talk-6");
    assert_string_equal(subjects(world, "{team: tools, until: '2027-02-13'}"), "show-2");
    REFUSES(world, "anna", "calendar.list", "{team: tools, person: bo}", "one at a time");
    REFUSES(world, "anna", "calendar.list", "{person: nobody}", "no person");
}

static void only_who_belongs_that_day(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "admin", "membership.add", "{person: carl, team: quality, from: '2027-01-05'}", "carl");
    assert_string_equal(subjects(world, "{person: carl, until: '2027-02-13'}"), "show-1 show-2");
    ANSWERS(world, "admin", "membership.end", "{person: carl, team: quality, to: '2027-01-11'}", "carl");
    assert_string_equal(subjects(world, "{person: carl, until: '2027-02-13'}"), "show-2");
    ANSWERS(world, "admin", "person.change", "{id: bo, left_on: '2027-01-12'}", "left_on");
    assert_string_equal(subjects(world, "{person: bo, until: '2027-02-11'}"), "");
}

static void cancelled_and_open(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "admin", "turn.cancel", "{id: talk-2}", "cancelled");
    assert_string_equal(subjects(world, "{rotation: talk, until: '2027-01-21'}"), "talk-1 talk-3");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: '2027-01-05', to: '2027-01-08'}", "anna");
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: '2027-01-05', to: '2027-01-08'}", "bo");
    ANSWERS(
        world, "anna", "calendar.list", "{rotation: talk, limit: 1}",
        "state: tentative, title: Talk: nobody yet, text: Nobody can take it yet. Who was considered: laug "
        "rotation explain talk-1,");
}

static void sabbatical_of(struct world *world, const char *person)
{
    char params[200];
    ANSWERS(world, "admin", "sabbatical.policy.change", "{min_tenure_days: 0, notice_days: 0, min_cover: 0}",
            "days");
    snprintf(params, sizeof params, "{person: %s, starts_on: '2027-02-01', project: 'Learn to weld'}",
             person);
    ANSWERS(world, person, "sabbatical.request", params, "requested");
}

static void sabbaticals_once_approved(void **state)
{
    struct world *world = *state;
    sabbatical_of(world, "carl");
    assert_string_equal(subjects(world, "{person: carl, until: '2027-02-05'}"), "");
    ANSWERS(world, "admin", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    assert_string_equal(subjects(world, "{person: carl, until: '2027-02-05'}"), "sabbatical-1.away");
    assert_string_equal(subjects(world, "{team: tools, until: '2027-02-05'}"), "sabbatical-1.away");
    assert_string_equal(subjects(world, "{from: '2027-02-05', until: '2027-02-05'}"), "sabbatical-1.away");
    assert_string_equal(subjects(world, "{from: '2027-02-06', until: '2027-02-10'}"), "");
    ANSWERS(world, "carl", "sabbatical.withdraw", "{id: sabbatical-1}", "withdrawn");
    assert_string_equal(subjects(world, "{person: carl, until: '2027-02-05'}"), "");
}

static void what_a_sabbatical_is_for_is_its_person_s(void **state)
{
    struct world *world = *state;
    sabbatical_of(world, "carl");
    ANSWERS(world, "admin", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    ANSWERS(world, "carl", "calendar.list", "{person: carl}",
            "title: Sabbatical, text: Learn to weld, from: 2027-02-01, to: 2027-02-05, observances: [], "
            "member: carl");
    ANSWERS(world, "bo", "calendar.list", "{}", "title: Sabbatical: Carl, from: 2027-02-01");
    const char *const readers[] = { "bo", "anna", "admin", "courier" };
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        assert_null(strstr(world_call(world, readers[i], "calendar.list", "{}"), "weld"));
}

static void pages_in_order(void **state)
{
    struct world *world = *state;
    char all[4096] = "", params[200] = "{limit: 2, until: '2027-02-20'}";
    sabbatical_of(world, "carl");
    ANSWERS(world, "admin", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    for (;;) {
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", *all ? " " : "",
                 subjects(world, params));
        const char *answer = world_call(world, "anna", "calendar.list", params),
                   *next = strstr(answer, "next: ");
        if (!next)
            break;
        next += strlen("next: ");
        snprintf(params, sizeof params, "{limit: 2, until: '2027-02-20', after: %.*s}",
                 (int)strcspn(next, "}"), next);
    }
    assert_string_equal(all, subjects(world, "{until: '2027-02-20'}"));
    assert_non_null(strstr(all, "talk-4 sabbatical-1.away talk-5 talk-6 show-2"));
    REFUSES(world, "anna", "calendar.list", "{after: nothing-1}", "not_found after");
}

/* Neither that somebody asks for a week, nor for which: pages of a calendar begin behind what stood in one.
 */
static void a_page_behind_a_request_tells_nothing_of_it(void **state)
{
    struct world *world = *state;
    const char *after = "{after: sabbatical-1.away}";
    REFUSES(world, "bo", "calendar.list", after, "not_found after: no entry is called \"sabbatical-1.away\"");
    sabbatical_of(world, "carl");
    REFUSES(world, "bo", "calendar.list", after, "not_found after: no entry is called \"sabbatical-1.away\"");
    ANSWERS(world, "admin", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    ANSWERS(world, "bo", "calendar.list", after, "uid: talk-");
    ANSWERS(world, "carl", "sabbatical.withdraw", "{id: sabbatical-1}", "withdrawn");
    ANSWERS(world, "bo", "calendar.list", after, "uid: talk-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_for_staff_and_courier, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_turn_says_when_and_whose, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_s_own_is_said_shorter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whose_calendar, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_who_belongs_that_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cancelled_and_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sabbaticals_once_approved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_sabbatical_is_for_is_its_person_s, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_behind_a_request_tells_nothing_of_it, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
