/* SPDX-License-Identifier: MIT */
/*
 * Rotations through the gate: what is published and what is only forecast, who may change what, what an
 * absence, a newcomer and a new rule do to promises, and what an explanation says.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Three teams of two on Monday 4 January 2027, and a showcase on Thursdays. */
static struct world *machine_works(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    const char *const teams[] = { "quality", "design", "sales" };
    const char *const people[] = { "anna", "bo", "carl", "dorte", "emil", "freja" };
    char params[200];
    for (size_t i = 0; i < 3; i++) {
        snprintf(params, sizeof params, "{id: %s, name: %s}", teams[i], teams[i]);
        ANSWERS(world, "admin", "team.add", params, teams[i]);
    }
    for (size_t i = 0; i < 6; i++) {
        snprintf(params, sizeof params, "{id: %s, name: %s, team: %s}", people[i], people[i], teams[i / 2]);
        ANSWERS(world, "admin", "person.add", params, people[i]);
    }
    return world;
}

static void add_showcase(struct world *world)
{
    ANSWERS(world, "admin", "rotation.add",
            "{id: showcase, title: Showcase, starts: 2027-01-07T09:00, rule: 'FREQ=WEEKLY', "
            "members: [quality, design, sales]}",
            "members: [quality, design, sales], member_kind: team, when_closed: next");
    world_events(world);
}

static void add_office_hours(struct world *world)
{
    ANSWERS(world, "admin", "rotation.add",
            "{id: hours, title: 'Office hours', starts: 2027-01-06T13:00, rule: 'FREQ=WEEKLY', member_kind: "
            "person, "
            "members: [anna, bo, carl, dorte], publish_days: 28}",
            "member_kind: person");
    world_events(world);
}

/* The members of the coming turns, in order: "anna bo -", where - is an open turn. */
static void expect_turns(struct world *world, const char *rotation, int count, const char *expected)
{
    char params[100], found[1000] = "";
    snprintf(params, sizeof params, "{rotation: %s, count: %d}", rotation, count);
    const char *answer = world_call(world, "admin", "rotation.preview", params);
    for (const char *item = strstr(answer, "{id: "); item; item = strstr(item + 1, "{id: ")) {
        const char *end = strchr(item, '}'), *member = strstr(item, "member: ");
        int length = member && member < end ? (int)strcspn(member + 8, ",") : 0;
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%.*s", used ? " " : "", length ? length : 1,
                 length ? member + 8 : "-");
    }
    assert_string_equal(found, expected);
}

/* ---- setting up ---- */

static void turns_are_published_for_eight_weeks_and_forecast_beyond(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_showcase(world);
    expect_turns(world, "showcase", 10,
                 "quality design sales quality design sales quality design sales quality");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-8}",
            "on: 2027-02-25, local: 2027-02-25T09:00, starts_at: 2027-02-25T08:00:00Z, "
            "ends_at: 2027-02-25T08:30:00Z, member: design, state: planned, published: yes");
    REFUSES(world, "bo", "turn.show", "{id: showcase-9}", "not_found id: no turn is called \"showcase-9\"");
    ANSWERS(world, "bo", "rotation.preview", "{rotation: showcase, until: 2027-03-04}",
            "id: showcase-9, rotation: showcase, n: 9, on: 2027-03-04, local: 2027-03-04T09:00, "
            "starts_at: 2027-03-04T08:00:00Z, ends_at: 2027-03-04T08:30:00Z, member: sales, state: planned, "
            "published: no");
    world_advance(world, "2027-01-07T00:00");
    assert_string_equal(world_events_of(world, "turn."),
                        "turn.published {turn: showcase-9, rotation: showcase, member: sales, "
                        "starts_at: 2027-03-04T08:00:00Z}\n");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-9}", "member: sales");
    world_free(world);
}

static void the_forecast_comes_true(void **state)
{
    struct world *world = machine_works();
    (void)state;
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-02-01, to: 2027-04-15}", "away");
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: 2027-02-20, to: 2027-03-10}", "away");
    add_showcase(world);
    char forecast[20000];
    snprintf(forecast, sizeof forecast, "%s",
             world_call(world, "admin", "rotation.preview", "{rotation: showcase, until: 2027-12-30}"));
    world_advance(world, "2028-01-03T08:00");
    char *item = forecast;
    for (int n = 1; n <= 52; n++) {
        char params[60], expected[60];
        item = strstr(item, "member: ");
        assert_non_null(item);
        snprintf(params, sizeof params, "{id: showcase-%d}", n);
        snprintf(expected, sizeof expected, "%.*s, state: done", (int)strcspn(item, ","), item);
        ANSWERS(world, "admin", "turn.show", params, expected);
        item++;
    }
    world_free(world);
}

static void mistakes_are_named(void **state)
{
    struct world *world = machine_works();
    (void)state;
#define ROTATION "id: r, title: R, starts: 2027-01-07T09:00"
    REFUSES(world, "bo", "rotation.add", "{" ROTATION ", rule: 'FREQ=WEEKLY', members: [quality]}",
            "forbidden");
    REFUSES(world, "admin", "rotation.add", "{" ROTATION ", rule: 'FREQ=WEEKLY'}",
            "invalid members: a rotation needs somebody");
    REFUSES(world, "admin", "rotation.add", "{" ROTATION ", rule: 'FREQ=WEEKLY', members: [quality, nobody]}",
            "not_found members: no team is called \"nobody\"");
    REFUSES(world, "admin", "rotation.add", "{" ROTATION ", rule: 'FREQ=WEEKLY', members: [anna]}",
            "not_found members: no team is called \"anna\"");
    REFUSES(world, "admin", "rotation.add",
            "{" ROTATION ", rule: 'FREQ=WEEKLY', members: [design, quality, design]}",
            "invalid members: design is there twice");
    REFUSES(world, "admin", "rotation.add", "{" ROTATION ", rule: 'FREQ=HOURLY', members: [quality]}",
            "invalid rule: ");
    REFUSES(world, "admin", "rotation.add",
            "{" ROTATION ", rule: 'FREQ=WEEKLY', members: [quality], zone: Mars/Base}", "invalid zone: ");
    REFUSES(
        world, "admin", "rotation.add",
        "{id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, title: R, starts: 2027-01-07T09:00, "
        "rule: 'FREQ=WEEKLY', members: [quality]}",
        "invalid id: ");
    add_showcase(world);
    REFUSES(world, "admin", "rotation.add",
            "{id: showcase, title: R, starts: 2027-01-07T09:00, rule: 'FREQ=WEEKLY', members: [quality]}",
            "exists id");
    REFUSES(world, "bo", "rotation.preview", "{rotation: nothing}", "not_found rotation");
    REFUSES(world, "bo", "rotation.preview", "{rotation: showcase, count: 2, until: 2027-03-01}",
            "invalid until");
    REFUSES(world, "bo", "rotation.explain", "{turn: showcase-99999}", "not_found turn");
    REFUSES(world, "bo", "rotation.explain", "{turn: nothing}", "not_found turn");
    REFUSES(world, "admin", "rotation.change", "{id: showcase, rule: 'FREQ=DAILY;BYHOUR=3'}", "invalid rule");
    ANSWERS(world, "bo", "rotation.show", "{id: showcase}", "rule: FREQ=WEEKLY,");
    world_free(world);
}

static void a_year_of_months_ends_where_its_rule_ends(void **state)
{
    struct world *world = machine_works();
    (void)state;
    ANSWERS(world, "admin", "rotation.add",
            "{id: update, title: Update, starts: 2027-01-31T10:00, rule: 'FREQ=MONTHLY;COUNT=3', "
            "when_closed: keep, "
            "members: [quality]}",
            "short_month: clamp");
    ANSWERS(world, "bo", "rotation.turns", "{rotation: update, until: 2030-01-01}", "on: 2027-02-28");
    expect_turns(world, "update", 12, "quality quality quality");
    world_advance(world, "2027-06-01T08:00");
    expect_turns(world, "update", 12, "");
    ANSWERS(world, "bo", "rotation.turns",
            "{rotation: update, from: 2027-01-01, until: 2027-12-31, limit: 2}", "next: update-2");
    ANSWERS(world, "bo", "rotation.turns",
            "{rotation: update, from: 2027-01-01, until: 2027-12-31, after: update-2}",
            "{items: [{id: update-3, rotation: update, n: 3, on: 2027-03-31");
    world_free(world);
}

/* ---- promises ---- */

static void an_absence_changes_exactly_the_turns_inside_it(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_office_hours(world); /* 6, 13, 20, 27 January */
    expect_turns(world, "hours", 6, "anna bo carl dorte anna bo");
    ANSWERS(world, "bo", "absence.add", "{person: bo, from: 2027-01-11, to: 2027-01-15}", "away");
    assert_string_equal(
        world_events_of(world, "turn."),
        "turn.changed {turn: hours-2, rotation: hours, member: dorte, former: bo, why: replaced, "
        "starts_at: 2027-01-13T12:00:00Z}\n");
    expect_turns(world, "hours", 6, "anna dorte carl dorte bo anna");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-2}", "how: replaced, level: 0");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-2}",
            "dorte takes it: of those who are there, all others have a turn close by.");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-1}",
            "{member: dorte, credit: 0, nearest_days: 2, filter: fits, chosen: no, sentence: comes later in "
            "the roster}");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-4}",
            "{member: anna, credit: 1, nearest_days: 21, filter: fits, chosen: no, sentence: has more turns "
            "to the credit}");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-2}",
            "{member: bo, credit: 0, nearest_days: 9, filter: absent, chosen: no");
    ANSWERS(world, "admin", "absence.remove", "{id: away-1}", "id: away-1");
    expect_turns(world, "hours", 6, "anna dorte carl dorte bo anna"); /* a promise is a promise */
    world_free(world);
}

static void nobody_left_opens_the_turn_and_somebody_fills_it(void **state)
{
    struct world *world = machine_works();
    (void)state;
    ANSWERS(world, "admin", "rotation.add",
            "{id: watch, title: Watch, starts: 2027-01-06T13:00, rule: 'FREQ=WEEKLY', member_kind: person, "
            "members: [anna, bo], publish_days: 21}",
            "watch");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-01-13, to: 2027-01-13}", "away-1");
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: 2027-01-13, to: 2027-01-13}", "away-2");
    expect_turns(world, "watch", 3, "anna - anna");
    ANSWERS(world, "bo", "turn.list", "{open: yes}", "id: watch-2");
    ANSWERS(world, "bo", "rotation.explain", "{turn: watch-2}", "Nobody can take it.");
    ANSWERS(world, "bo", "rotation.fairness", "{rotation: watch}", "open: 1");
    world_events(world);
    ANSWERS(world, "admin", "absence.remove", "{id: away-1}", "id: away-1");
    assert_non_null(strstr(world_events(world),
                           "turn.changed {turn: watch-2, rotation: watch, member: anna, why: filled"));
    ANSWERS(world, "bo", "turn.list", "{open: yes}", "{items: []}");
    world_free(world);
}

static void who_leaves_the_company_loses_the_turns_after_the_last_day(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_office_hours(world);
    ANSWERS(world, "admin", "person.change", "{id: carl, left_on: 2027-01-20}", "left_on");
    expect_turns(world, "hours", 7, "anna bo anna dorte bo dorte anna");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-3}",
            "{member: carl, credit: 0, nearest_days: 16, filter: left");
    world_free(world);
}

static void a_team_presents_if_half_of_it_is_there(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_showcase(world);
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-01-07, to: 2027-01-07}", "away");
    expect_turns(world, "showcase", 3, "quality design sales");
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: 2027-01-07, to: 2027-01-07}", "away");
    expect_turns(world, "showcase", 3, "sales design sales");
    ANSWERS(world, "bo", "rotation.explain", "{turn: showcase-1}",
            "{member: quality, credit: 2, nearest_days: 3, filter: too_few_present, chosen: no, "
            "sentence: has too few people present that day");
    world_free(world);
}

static void a_newcomer_changes_the_forecast_and_no_promise(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_office_hours(world);
    expect_turns(world, "hours", 8, "anna bo carl dorte anna bo carl dorte");
    ANSWERS(world, "admin", "rotation.change", "{id: hours, members: [emil, anna, bo, carl, dorte]}",
            "members: [emil, anna, bo, carl, dorte]");
    expect_turns(world, "hours", 8, "anna bo carl dorte emil anna bo carl");
    ANSWERS(world, "admin", "rotation.change", "{id: hours, members: [emil, bo, carl, dorte]}",
            "{turn: hours-1, local: 2027-01-06T13:00, new_local: 2027-01-06T13:00, member: anna");
    expect_turns(world, "hours", 4, "emil bo carl dorte"); /* only she who left is replaced */
    world_free(world);
}

/* ---- new rules ---- */

static void a_new_rule_shows_the_difference_and_touches_promises_only_if_told(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_showcase(world);
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, starts: 2027-01-05T10:00}",
            "{turn: showcase-1, local: 2027-01-07T09:00, new_local: 2027-01-05T10:00, member: quality, "
            "new_member: quality}, {turn: showcase-2, local: 2027-01-14T09:00, new_local: 2027-01-12T10:00");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-1}", "local: 2027-01-07T09:00");
    ANSWERS(world, "bo", "rotation.turns", "{rotation: showcase, from: 2027-02-25, until: 2027-03-09}",
            "id: showcase-9, rotation: showcase, n: 9, on: 2027-03-02, local: 2027-03-02T10:00");
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, republish: yes}",
            "new_local: 2027-01-05T10:00");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-1}", "local: 2027-01-05T10:00");
    ANSWERS(world, "bo", "rotation.turns", "{rotation: showcase, from: 2027-02-25, until: 2027-03-09}",
            "id: showcase-9, rotation: showcase, n: 9, on: 2027-03-02, local: 2027-03-02T10:00");
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, title: Show, republish: yes}",
            "differences: []");
    world_free(world);
}

static void closing_the_company_moves_no_promise_until_it_is_republished(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_showcase(world);
    ANSWERS(world, "admin", "closure.add",
            "{id: ski, from: 2027-02-11, to: 2027-02-14, title: 'Winter break'}", "ski");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-6}", "on: 2027-02-11, local: 2027-02-11T09:00");
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, republish: yes}",
            "differences: [{turn: showcase-6, local: 2027-02-11T09:00, new_local: 2027-02-15T09:00, member: "
            "sales, "
            "new_member: sales}]");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-6}", "on: 2027-02-11, local: 2027-02-15T09:00");
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, when_closed: skip, republish: yes}",
            "{turn: showcase-6, local: 2027-02-15T09:00, member: sales}");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-6}", "state: cancelled");
    expect_turns(world, "showcase", 8, "quality design sales quality design sales quality design");
    world_free(world);
}

static void what_a_shorter_rule_cancels_does_not_block_a_longer_one(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_showcase(world);
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, rule: 'FREQ=WEEKLY;COUNT=3', republish: yes}",
            "{turn: showcase-4, local: 2027-01-28T09:00, member: quality}");
    expect_turns(world, "showcase", 12, "quality design sales");
    ANSWERS(world, "bo", "rotation.turns", "{rotation: showcase, until: 2027-12-31}", "id: showcase-8");
    ANSWERS(world, "admin", "rotation.change",
            "{id: showcase, rule: 'FREQ=DAILY', republish: yes, publish_days: 8}",
            "{turn: showcase-2, local: 2027-01-14T09:00, new_local: 2027-01-08T09:00, member: design");
    ANSWERS(world, "bo", "rotation.turns", "{rotation: showcase, from: 2027-01-11, until: 2027-01-12}",
            "id: showcase-3, rotation: showcase, n: 3, on: 2027-01-09, local: 2027-01-11T09:00");
    ANSWERS(world, "bo", "rotation.turns", "{rotation: showcase, from: 2027-01-12, until: 2027-01-12}",
            "id: showcase-11, rotation: showcase, n: 11, on: 2027-01-12, local: 2027-01-12T09:00");
    world_free(world);
}

static void a_zone_on_the_other_side_of_the_day_is_no_trouble(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_showcase(world);
    world_advance(world, "2027-01-14T09:10");
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, zone: Pacific/Honolulu, republish: yes}",
            "Honolulu");
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, zone: Pacific/Kiritimati, republish: yes}",
            "Kiritimati");
    ANSWERS(world, "admin", "rotation.change", "{id: showcase, zone: Pacific/Honolulu}", "Honolulu");
    world_advance(world, "2027-06-01T08:00");
    world_free(world);
}

/* Whatever has happened before, giving the same turns out anew gives them to the same members. */
static void republishing_what_has_not_changed_changes_nothing(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_office_hours(world);
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: 2027-01-11, to: 2027-02-15}", "away");
    world_advance(world, "2027-02-20T08:00");
    ANSWERS(world, "admin", "rotation.change", "{id: hours, members: [emil, anna, bo, carl, dorte]}", "emil");
    world_advance(world, "2027-04-03T08:00");
    ANSWERS(world, "admin", "rotation.change", "{id: hours, republish: yes}", "differences: []");
    world_events(world);
    ANSWERS(world, "admin", "rotation.change", "{id: hours, title: Hours}", "differences: []");
    const char *told = world_events(world);
    assert_non_null(strstr(told, "rotation.changed {rotation: hours}\n"));
    assert_null(strstr(told, "turn."));
    world_free(world);
}

static void removed_is_gone(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_showcase(world);
    REFUSES(world, "admin", "team.remove", "{id: quality}", "conflict");
    REFUSES(world, "bo", "rotation.remove", "{id: showcase}", "forbidden");
    ANSWERS(world, "admin", "rotation.remove", "{id: showcase}", "{}");
    REFUSES(world, "bo", "turn.show", "{id: showcase-1}", "not_found");
    ANSWERS(world, "bo", "rotation.list", "{}", "{items: []}");
    world_advance(world, "2027-03-01T08:00");
    world_free(world);
}

static void who_has_had_turns_cannot_be_removed_as_a_mistake(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_office_hours(world);
    REFUSES(world, "admin", "person.remove", "{id: anna}", "conflict: this person has turns");
    ANSWERS(world, "admin", "person.remove", "{id: freja}", "{}");
    world_free(world);
}

static void fairness_counts_what_was_really_done(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_office_hours(world);
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: 2027-01-11, to: 2027-01-15}", "away");
    world_advance(world, "2027-01-21T08:00");
    ANSWERS(world, "bo", "rotation.fairness", "{rotation: hours}",
            "sentence: The fewest and the most turns to the credit differ by 1; the next turn to be given, "
            "Wednesday 24 February, goes to bo.");
    ANSWERS(world, "bo", "rotation.fairness", "{rotation: hours}",
            "{member: bo, credit: 1, done: 0, coming: 1, covered: 0, given: 1, cancelled: 0, next_on: "
            "2027-02-03, is_member: yes}");
    ANSWERS(world, "bo", "rotation.fairness", "{rotation: hours}",
            "{member: dorte, credit: 2, done: 1, coming: 1, covered: 1, given: 0, cancelled: 0, last_on: "
            "2027-01-13, "
            "next_on: 2027-01-27, is_member: yes}");
    world_free(world);
}

static void what_if_anna_leaves_shows_it_and_writes_nothing(void **state)
{
    struct world *world = machine_works();
    (void)state;
    add_office_hours(world);
    ANSWERS(world, "admin", "service.what_if",
            "{calls: [{method: person.change, params: {id: anna, left_on: 2027-01-05}}, "
            "{method: turn.show, params: {id: hours-1}}]}",
            "id: hours-1, rotation: hours, n: 1, on: 2027-01-06, local: 2027-01-06T13:00, "
            "starts_at: 2027-01-06T12:00:00Z, ends_at: 2027-01-06T12:30:00Z, member: carl");
    ANSWERS(world, "admin", "turn.show", "{id: hours-1}", "member: anna");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_are_published_for_eight_weeks_and_forecast_beyond),
        cmocka_unit_test(the_forecast_comes_true),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(a_year_of_months_ends_where_its_rule_ends),
        cmocka_unit_test(an_absence_changes_exactly_the_turns_inside_it),
        cmocka_unit_test(nobody_left_opens_the_turn_and_somebody_fills_it),
        cmocka_unit_test(who_leaves_the_company_loses_the_turns_after_the_last_day),
        cmocka_unit_test(a_team_presents_if_half_of_it_is_there),
        cmocka_unit_test(a_newcomer_changes_the_forecast_and_no_promise),
        cmocka_unit_test(a_new_rule_shows_the_difference_and_touches_promises_only_if_told),
        cmocka_unit_test(closing_the_company_moves_no_promise_until_it_is_republished),
        cmocka_unit_test(what_a_shorter_rule_cancels_does_not_block_a_longer_one),
        cmocka_unit_test(a_zone_on_the_other_side_of_the_day_is_no_trouble),
        cmocka_unit_test(republishing_what_has_not_changed_changes_nothing),
        cmocka_unit_test(removed_is_gone),
        cmocka_unit_test(who_has_had_turns_cannot_be_removed_as_a_mistake),
        cmocka_unit_test(fairness_counts_what_was_really_done),
        cmocka_unit_test(what_if_anna_leaves_shows_it_and_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
