/* SPDX-License-Identifier: MIT */
/*
 * Single turns: put on by hand, cancelled, done, covered and swapped. Four people host the office hours on
 * Wednesdays from 6 January 2027: anna, bo, carl, dorte, and so on.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct world *office_hours(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: Lis}", "lis");
    ANSWERS(world, "admin", "team.add", "{id: design, name: Design, lead: lis}", "design");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: Anna, team: design}", "anna");
    ANSWERS(world, "admin", "person.add", "{id: bo, name: Bo}", "bo");
    ANSWERS(world, "admin", "person.add", "{id: carl, name: Carl, manager: lis}", "carl");
    ANSWERS(world, "admin", "person.add", "{id: dorte, name: Dorte}", "dorte");
    ANSWERS(world, "admin", "rotation.add",
            "{id: hours, title: 'Office hours', starts: 2027-01-06T13:00, rule: 'FREQ=WEEKLY', member_kind: "
            "person, "
            "members: [anna, bo, carl, dorte]}",
            "member_kind: person");
    world_events(world);
    return world;
}

static void expect_member(struct world *world, const char *turn, const char *expected)
{
    char params[60], part[100];
    snprintf(params, sizeof params, "{id: %s}", turn);
    snprintf(part, sizeof part, "member: %s,", expected);
    ANSWERS(world, "bo", "turn.show", params, part);
}

static void expect_credit(struct world *world, const char *member, int credit)
{
    char part[100];
    snprintf(part, sizeof part, "{member: %s, credit: %d,", member, credit);
    ANSWERS(world, "bo", "rotation.fairness", "{rotation: hours}", part);
}

/* ---- by hand ---- */

static void a_pin_moves_the_credit_with_the_turn(void **state)
{
    struct world *world = office_hours();
    (void)state;
    REFUSES(world, "lis", "turn.pin", "{id: hours-2, member: dorte}", "forbidden");
    REFUSES(world, "admin", "turn.pin", "{id: hours-2, member: lis}",
            "not_found member: lis does not belong to hours");
    ANSWERS(world, "admin", "absence.add", "{person: dorte, from: 2027-01-13, to: 2027-01-13}", "away");
    REFUSES(world, "admin", "turn.pin", "{id: hours-2, member: dorte}",
            "conflict member: dorte is away that day");
    expect_credit(world, "carl", 2);
    ANSWERS(world, "admin", "turn.pin", "{id: hours-2, member: carl}",
            "member: carl, state: planned, published: yes, pinned: yes");
    expect_credit(world, "carl", 3);
    expect_credit(world, "bo", 1);
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-2}", "sentence: Carl was put on it by hand.");
    assert_non_null(
        strstr(world_events(world),
               "turn.changed {turn: hours-2, rotation: hours, member: carl, former: bo, why: pinned"));
    world_free(world);
}

static void a_pin_ahead_waits_for_its_time(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "admin", "turn.pin", "{id: hours-12, member: anna}",
            "member: anna, state: planned, published: no, pinned: yes");
    expect_credit(world, "anna", 2);
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-12}", "Anna was put on it by hand.");
    ANSWERS(world, "bo", "rotation.preview", "{rotation: hours, count: 14}",
            "id: hours-12, rotation: hours, n: 12, on: 2027-03-24, local: 2027-03-24T13:00, "
            "starts_at: 2027-03-24T12:00:00Z, ends_at: 2027-03-24T12:30:00Z, member: anna, state: planned, "
            "published: no, "
            "pinned: yes");
    ANSWERS(world, "admin", "turn.pin", "{id: hours-12, member: bo}", "member: bo");
    world_advance(world, "2027-02-01T08:00");
    ANSWERS(world, "bo", "turn.show", "{id: hours-12}",
            "member: bo, state: planned, published: yes, pinned: yes");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-12}", "how: pinned");
    world_free(world);
}

static void a_pin_ahead_follows_the_rule(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "admin", "turn.pin", "{id: hours-12, member: anna}", "local: 2027-03-24T13:00");
    ANSWERS(world, "admin", "turn.pin", "{id: hours-13, member: bo}", "local: 2027-03-31T13:00");
    ANSWERS(world, "admin", "rotation.change", "{id: hours, rule: 'FREQ=WEEKLY;BYDAY=FR;COUNT=11'}", "hours");
    ANSWERS(world, "bo", "turn.show", "{id: hours-12}", "local: 2027-03-24T13:00"); /* until its time comes */
    ANSWERS(world, "bo", "rotation.preview", "{rotation: hours}",
            "id: hours-12, rotation: hours, n: 12, on: 2027-03-19, local: 2027-03-19T13:00, "
            "starts_at: 2027-03-19T12:00:00Z, ends_at: 2027-03-19T12:30:00Z, member: anna");
    REFUSES(world, "bo", "turn.show", "{id: hours-13}", "not_found");
    world_advance(world, "2027-02-20T08:00");
    ANSWERS(world, "bo", "turn.show", "{id: hours-12}", "local: 2027-03-19T13:00");
    world_free(world);
}

static void a_pin_that_cannot_be_kept_becomes_a_choice(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "admin", "turn.pin", "{id: hours-12, member: anna}", "anna");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-03-20, to: 2027-03-30}", "away");
    world_advance(world, "2027-02-01T08:00");
    ANSWERS(world, "bo", "turn.show", "{id: hours-12}",
            "member: dorte, state: planned, published: yes, pinned: no");
    world_free(world);
}

static void a_cancelled_turn_costs_nobody_a_turn(void **state)
{
    struct world *world = office_hours();
    (void)state;
    REFUSES(world, "bo", "turn.cancel", "{id: hours-3}", "forbidden");
    ANSWERS(world, "admin", "turn.cancel", "{id: hours-3}", "state: cancelled");
    expect_credit(world, "carl", 1);
    REFUSES(world, "admin", "turn.cancel", "{id: hours-3}", "conflict id: hours-3 is cancelled already");
    REFUSES(world, "admin", "turn.pin", "{id: hours-3, member: bo}", "conflict");
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-3}", "how: cancelled");
    ANSWERS(world, "admin", "turn.cancel", "{id: hours-10}", "state: cancelled, published: no");
    ANSWERS(world, "bo", "rotation.preview", "{rotation: hours, count: 9}", "{id: hours-11");
    world_advance(world, "2027-02-08T08:00");
    ANSWERS(world, "bo", "turn.show", "{id: hours-10}", "state: cancelled");
    ANSWERS(world, "bo", "turn.show", "{id: hours-11}", "state: planned");
    world_free(world);
}

static void who_did_it_has_the_credit(void **state)
{
    struct world *world = office_hours();
    (void)state;
    REFUSES(world, "anna", "turn.done", "{id: hours-1}", "conflict id: hours-1 has not taken place yet");
    world_advance(world, "2027-01-06T13:10");
    REFUSES(world, "bo", "turn.done", "{id: hours-1}", "forbidden");
    ANSWERS(world, "lis", "turn.done", "{id: hours-1, member: bo}", "member: bo, state: done");
    expect_credit(world, "bo", 3);
    expect_credit(world, "anna", 2); /* of three */
    ANSWERS(world, "anna", "rotation.fairness", "{rotation: hours}",
            "{member: bo, credit: 3, done: 1, coming: 2, covered: 1");
    world_advance(world, "2027-01-13T13:30");
    ANSWERS(world, "anna", "turn.show", "{id: hours-2}", "member: bo, state: done");
    world_free(world);
}

static void my_turns_are_mine_and_my_teams(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "admin", "rotation.add",
            "{id: showcase, title: Showcase, starts: 2027-01-07T09:00, rule: 'FREQ=WEEKLY;COUNT=1', members: "
            "[design]}",
            "showcase");
    ANSWERS(world, "anna", "turn.list", "{person: anna, limit: 2}", "id: hours-1");
    ANSWERS(world, "anna", "turn.list", "{person: anna, limit: 2}", "id: showcase-1");
    ANSWERS(world, "anna", "turn.list", "{person: lis}", "{items: [{id: showcase-1");
    ANSWERS(world, "anna", "turn.list", "{person: dorte, until: 2027-01-20}", "{items: []}");
    world_free(world);
}

/* ---- covers and swaps ---- */

static void a_cover_earns_the_credit(void **state)
{
    struct world *world = office_hours();
    (void)state;
    REFUSES(world, "bo", "turn.offer", "{id: hours-1, to: bo}", "forbidden");
    REFUSES(world, "anna", "turn.offer", "{id: hours-1, to: anna}", "invalid to");
    REFUSES(world, "anna", "turn.offer", "{id: hours-1, to: lis}", "not_found");
    ANSWERS(world, "anna", "turn.offer", "{id: hours-1, to: dorte}",
            "{turn: hours-1, from: anna, to: dorte, state: asked, is_open: no");
    assert_non_null(strstr(world_events(world),
                           "turn.offered {turn: hours-1, person: dorte, until: 2027-01-06T12:00:00Z}"));
    REFUSES(world, "anna", "turn.offer", "{id: hours-1, to: carl}",
            "conflict id: hours-1 is offered already");
    ANSWERS(world, "dorte", "turn.offers", "{person: dorte}", "turn: hours-1");
    REFUSES(world, "carl", "turn.accept", "{id: hours-1}", "forbidden");
    expect_member(world, "hours-1", "anna");
    ANSWERS(world, "dorte", "turn.accept", "{id: hours-1}", "state: accepted");
    expect_member(world, "hours-1", "dorte");
    expect_credit(world, "dorte", 3);
    expect_credit(world, "anna", 1);
    ANSWERS(world, "bo", "rotation.explain", "{turn: hours-1}",
            "Dorte covers for another, and earns the credit for it.");
    REFUSES(world, "dorte", "turn.accept", "{id: hours-1}", "conflict");
    ANSWERS(world, "bo", "turn.offers", "{}", "{items: []}");
    const char *told = world_events(world);
    assert_non_null(strstr(told, "turn.answered {turn: hours-1, person: anna, state: accepted}"));
    assert_non_null(strstr(
        told, "turn.changed {turn: hours-1, rotation: hours, member: dorte, former: anna, why: covered"));
    world_free(world);
}

static void a_swap_moves_two_turns_and_no_credit(void **state)
{
    struct world *world = office_hours();
    (void)state;
    REFUSES(world, "anna", "turn.offer", "{id: hours-1, against: hours-5}", "invalid against");
    REFUSES(world, "anna", "turn.offer", "{id: hours-1, against: hours-2, to: carl}", "invalid to");
    ANSWERS(world, "anna", "turn.offer", "{id: hours-1, against: hours-2}", "to: bo, against: hours-2");
    ANSWERS(world, "bo", "turn.accept", "{id: hours-1}", "state: accepted");
    expect_member(world, "hours-1", "bo");
    expect_member(world, "hours-2", "anna");
    expect_credit(world, "anna", 2);
    expect_credit(world, "bo", 2);
    REFUSES(world, "dorte", "turn.undo", "{id: hours-2}", "forbidden");
    ANSWERS(world, "bo", "turn.undo", "{id: hours-2}", "state: undone");
    expect_member(world, "hours-1", "anna");
    expect_member(world, "hours-2", "bo");
    REFUSES(world, "bo", "turn.undo", "{id: hours-2}", "conflict id: nothing was agreed");
    world_free(world);
}

static void a_swap_is_checked_again_when_it_is_accepted(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "anna", "turn.offer", "{id: hours-1, against: hours-2}", "asked");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-01-13, to: 2027-01-13}", "away");
    REFUSES(world, "bo", "turn.accept", "{id: hours-1}", "conflict member: anna is away that day");
    expect_member(world, "hours-1", "anna");
    ANSWERS(world, "lis", "turn.withdraw", "{id: hours-1}", "state: withdrawn"); /* for one who is away */
    REFUSES(world, "bo", "turn.accept", "{id: hours-1}", "conflict id: no offer of hours-1");
    world_free(world);
}

static void nothing_can_be_undone_once_the_first_turn_has_begun(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "anna", "turn.offer", "{id: hours-1, against: hours-2}", "asked");
    ANSWERS(world, "bo", "turn.accept", "{id: hours-1}", "accepted");
    world_advance(world, "2027-01-06T13:00");
    REFUSES(world, "bo", "turn.undo", "{id: hours-2}", "conflict id: hours-1 has begun already");
    expect_member(world, "hours-2", "anna");
    world_free(world);
}

static void an_offer_to_nobody_asks_one_after_the_other(void **state)
{
    struct world *world = office_hours();
    (void)state;
    /* bo, carl and dorte could; bo has the slot right after, so he is asked last */
    ANSWERS(world, "anna", "turn.offer", "{id: hours-5}",
            "to: carl, state: asked, is_open: yes, until: 2027-01-05T07:00:00Z, "
            "asked_at: 2027-01-04T07:00:00Z");
    REFUSES(world, "bo", "turn.accept", "{id: hours-5}", "forbidden");
    ANSWERS(world, "lis", "turn.decline", "{id: hours-5}",
            "to: bo"); /* Carl's manager answers; dorte has the one before */
    world_advance(world, "2027-01-05T08:00");
    ANSWERS(world, "anna", "turn.offers", "{person: anna}", "to: dorte");
    world_advance(world, "2027-01-06T08:00");
    ANSWERS(world, "anna", "turn.offers", "{person: anna}", "{items: []}");
    expect_member(world, "hours-5", "anna");
    assert_non_null(
        strstr(world_events(world), "turn.answered {turn: hours-5, person: anna, state: expired}"));
    ANSWERS(world, "anna", "turn.offer", "{id: hours-5}", "to: carl");
    ANSWERS(world, "carl", "turn.accept", "{id: hours-5}", "accepted");
    expect_member(world, "hours-5", "carl");
    world_free(world);
}

static void a_working_day_is_not_a_weekend(void **state)
{
    struct world *world = office_hours();
    (void)state;
    world_advance(world, "2027-01-08T15:00");
    ANSWERS(world, "anna", "turn.offer", "{id: hours-5}", "until: 2027-01-11T14:00:00Z");
    ANSWERS(world, "anna", "turn.withdraw", "{id: hours-5}", "withdrawn");
    world_advance(world, "2027-01-09T10:00");
    ANSWERS(world, "anna", "turn.offer", "{id: hours-5}", "until: 2027-01-11T23:00:00Z");
    world_free(world);
}

static void an_offer_ends_when_its_turn_changes_hands_or_begins(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "anna", "turn.offer", "{id: hours-1, to: dorte}", "asked");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-01-06, to: 2027-01-06}", "away");
    REFUSES(world, "dorte", "turn.accept", "{id: hours-1}", "conflict id: no offer");
    ANSWERS(world, "bo", "turn.offer", "{id: hours-2, to: dorte}", "asked");
    world_advance(world, "2027-01-13T13:00");
    REFUSES(world, "dorte", "turn.accept", "{id: hours-2}", "conflict");
    ANSWERS(world, "dorte", "turn.offers", "{}", "{items: []}");
    world_free(world);
}

static void teams_speak_through_their_lead(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "admin", "team.add", "{id: sales, name: Sales, lead: bo}", "sales");
    ANSWERS(world, "admin", "person.change", "{id: bo, team: sales}", "sales");
    ANSWERS(world, "admin", "rotation.add",
            "{id: showcase, title: Showcase, starts: 2027-01-07T09:00, rule: 'FREQ=WEEKLY', members: "
            "[design, sales]}",
            "showcase");
    REFUSES(world, "anna", "turn.offer", "{id: showcase-1, against: showcase-2}", "forbidden");
    ANSWERS(world, "lis", "turn.offer", "{id: showcase-1, against: showcase-2}", "to: sales");
    REFUSES(world, "anna", "turn.accept", "{id: showcase-1}", "forbidden");
    ANSWERS(world, "bo", "turn.accept", "{id: showcase-1}", "accepted");
    ANSWERS(world, "bo", "turn.show", "{id: showcase-1}", "member: sales");
    world_free(world);
}

static void who_has_a_turn_is_reminded_and_told_of_changes(void **state)
{
    struct world *world = office_hours();
    (void)state;
    ANSWERS(world, "bo", "reminder.list", "{person: bo}", "subject: hours-2");
    ANSWERS(world, "bo", "absence.add", "{person: bo, from: 2027-01-11, to: 2027-01-15}", "away");
    assert_null(strstr(world_call(world, "bo", "reminder.list", "{person: bo}"), "subject: hours-2,"));
    ANSWERS(world, "dorte", "reminder.list", "{person: dorte}", "subject: hours-2");
    ANSWERS(world, "carl", "turn.offer", "{id: hours-3, to: anna}", "state: asked");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "subject: hours-3");
    ANSWERS(world, "anna", "turn.decline", "{id: hours-3}", "state: declined");
    assert_null(strstr(world_call(world, "anna", "reminder.list", "{person: anna}"), "subject: hours-3,"));
    world_free(world);
}

static void nobodys_turn_is_told_to_the_admins(void **state)
{
    struct world *world = office_hours();
    static const char *const people[] = { "anna", "bo", "carl", "dorte" };
    (void)state;
    ANSWERS(world, "admin", "person.add", "{id: pia, name: Pia}", "pia");
    ANSWERS(world, "admin", "company.change", "{admins: [pia]}", "admins: [pia]");
    for (size_t i = 0; i < 4; i++) {
        char params[100];
        snprintf(params, sizeof params, "{person: %s, from: 2027-01-18, to: 2027-01-22}", people[i]);
        ANSWERS(world, "admin", "absence.add", params, people[i]);
    }
    ANSWERS(world, "bo", "turn.list", "{open: yes}", "hours-3");
    ANSWERS(world, "pia", "reminder.list", "{person: pia}", "subject: hours-3");
    ANSWERS(world, "admin", "person.add", "{id: eva, name: Eva}", "eva");
    ANSWERS(world, "admin", "rotation.change", "{id: hours, members: [anna, bo, carl, dorte, eva]}", "eva");
    ANSWERS(world, "bo", "turn.list", "{open: yes}", "items: []");
    ANSWERS(world, "eva", "reminder.list", "{person: eva}", "subject: hours-3");
    assert_null(strstr(world_call(world, "pia", "reminder.list", "{person: pia}"), "rule: open-turn"));
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_a_turn_is_reminded_and_told_of_changes),
        cmocka_unit_test(nobodys_turn_is_told_to_the_admins),
        cmocka_unit_test(a_pin_moves_the_credit_with_the_turn),
        cmocka_unit_test(a_pin_ahead_waits_for_its_time),
        cmocka_unit_test(a_pin_ahead_follows_the_rule),
        cmocka_unit_test(a_pin_that_cannot_be_kept_becomes_a_choice),
        cmocka_unit_test(a_cancelled_turn_costs_nobody_a_turn),
        cmocka_unit_test(who_did_it_has_the_credit),
        cmocka_unit_test(my_turns_are_mine_and_my_teams),
        cmocka_unit_test(a_cover_earns_the_credit),
        cmocka_unit_test(a_swap_moves_two_turns_and_no_credit),
        cmocka_unit_test(a_swap_is_checked_again_when_it_is_accepted),
        cmocka_unit_test(nothing_can_be_undone_once_the_first_turn_has_begun),
        cmocka_unit_test(an_offer_to_nobody_asks_one_after_the_other),
        cmocka_unit_test(a_working_day_is_not_a_weekend),
        cmocka_unit_test(an_offer_ends_when_its_turn_changes_hands_or_begins),
        cmocka_unit_test(teams_speak_through_their_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
