/* SPDX-License-Identifier: MIT */
/* Undoing one's own acts of the last 24 hours, and nobody else's; and saying why where it is too late. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A write as the command line makes it, with a request_id: such a one can be undone. */
static void does(struct world *world, const char *who, const char *method, const char *params,
                 const char *part)
{
    static int number;
    char with_id[512];
    snprintf(with_id, sizeof with_id, "{request_id: r-%d, %s", ++number, params + 1);
    ANSWERS(world, who, method, with_id, part);
}

static struct world *company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    does(world, "admin", "team.add", "{id: press, name: Press}", "id: press");
    does(world, "admin", "team.add", "{id: paint, name: Paint}", "id: paint");
    does(world, "admin", "person.add", "{id: anna, name: Anna, team: press}", "id: anna");
    does(world, "admin", "person.add", "{id: bo, name: Bo, team: press}", "id: bo");
    return world;
}

static void expect_without(struct world *world, const char *who, const char *method, const char *params,
                           const char *part)
{
    const char *answer = world_call(world, who, method, params);
    if (strstr(answer, part))
        fail_msg("%s %s: %s has %s", method, params, answer, part);
}

static void days_away_go_and_come_back(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "id: away-1");
    ANSWERS(world, "bo", "service.undoable", "{}", "method: absence.remove, params: {id: away-1}");
    ANSWERS(world, "bo", "service.undo", "{}", "method: absence.add");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "items: []");
    REFUSES(world, "bo", "service.undo", "{}", "not_found: you have done nothing");
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "id: away-1");
    does(world, "bo", "absence.remove", "{id: away-1}", "to: 2027-03-05");
    ANSWERS(world, "bo", "service.undo", "{}", "method: absence.remove");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "from: 2027-03-01, to: 2027-03-05");
    world_free(world);
}

/* Undoing is not itself an act: the next one goes further back. */
static void one_after_the_other_backwards(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "away-1");
    does(world, "bo", "absence.add", "{from: '2027-05-03', to: '2027-05-07'}", "away-2");
    ANSWERS(world, "bo", "service.undo", "{}", "id: away-2");
    ANSWERS(world, "bo", "service.undo", "{}", "id: away-1");
    REFUSES(world, "bo", "service.undo", "{}", "not_found");
    world_free(world);
}

static void days_that_were_joined_are_parted(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-02'}", "away-1");
    does(world, "bo", "absence.add", "{from: '2027-03-05', to: '2027-03-05'}", "away-2");
    does(world, "bo", "absence.add", "{from: '2027-03-03', to: '2027-03-04'}",
         "from: 2027-03-01, to: 2027-03-05");
    ANSWERS(world, "bo", "service.undo", "{}", "method: absence.add");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "from: 2027-03-01, to: 2027-03-02");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "from: 2027-03-05, to: 2027-03-05");
    world_free(world);
}

static void nobody_undoes_what_another_did(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "away-1");
    REFUSES(world, "anna", "service.undo", "{}", "not_found");
    ANSWERS(world, "anna", "service.undoable", "{}", "items: []");
    expect_without(world, "admin", "service.undoable", "{}", "away-1");
    REFUSES(world, "stranger", "service.undo", "{}", "forbidden");
    world_free(world);
}

static void a_change_gives_the_former_values_back(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "admin", "person.change", "{id: bo, title: Welder, team: paint}", "title: Welder");
    ANSWERS(world, "admin", "service.undoable", "{limit: 1}",
            "{method: person.change, params: {id: bo, team: press, clear: [title]}}");
    ANSWERS(world, "admin", "service.undo", "{}", "about: bo");
    expect_without(world, "admin", "person.show", "{id: bo}", "title");
    ANSWERS(world, "admin", "person.show", "{id: bo}", "team: press, teams: [press]");
    does(world, "admin", "person.change", "{id: bo, title: Welder}", "title: Welder");
    does(world, "admin", "person.change", "{id: bo, clear: [title]}", "id: bo");
    ANSWERS(world, "admin", "service.undo", "{}", "about: bo");
    ANSWERS(world, "admin", "person.show", "{id: bo}", "title: Welder");
    world_free(world);
}

static void what_was_changed_again_stays(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "admin", "team.change", "{id: press, name: 'Press shop'}", "Press shop");
    ANSWERS(world, "service", "team.change", "{id: press, name: 'Presses'}", "Presses");
    REFUSES(world, "admin", "service.undo", "{}",
            "conflict: this can no longer be undone: this was changed again");
    ANSWERS(world, "admin", "team.show", "{id: press}", "name: Presses");
    /* another field of the same is not the same */
    does(world, "admin", "person.change", "{id: bo, title: Welder}", "title: Welder");
    ANSWERS(world, "service", "person.change", "{id: bo, email: bo@example.com}", "bo@example.com");
    ANSWERS(world, "admin", "service.undo", "{}", "about: bo");
    ANSWERS(world, "admin", "person.show", "{id: bo}", "email: bo@example.com");
    world_free(world);
}

static void what_is_gone_cannot_be_undone(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "away-1");
    does(world, "admin", "absence.remove", "{id: away-1}", "away-1");
    REFUSES(world, "bo", "service.undo", "{}",
            "conflict: this can no longer be undone: no absence is called \"away-1\"");
    world_free(world);
}

static void after_a_day_it_is_too_late(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "away-1");
    world_advance(world, "2027-01-05T08:00");
    REFUSES(world, "bo", "service.undo", "{}", "not_found");
    ANSWERS(world, "bo", "service.undoable", "{}", "items: []");
    world_free(world);
}

/* The rights count that somebody has when undoing. */
static void rights_are_those_of_now(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "admin", "team.change", "{id: press, lead: anna}", "lead: anna");
    does(world, "anna", "absence.add", "{person: bo, from: '2027-03-01', to: '2027-03-05'}", "away-1");
    does(world, "admin", "team.change", "{id: press, clear: [lead]}", "id: press");
    REFUSES(world, "anna", "service.undo", "{}", "conflict: this can no longer be undone");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "away-1");
    world_free(world);
}

static void a_chosen_act_is_undone(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "away-1");
    does(world, "bo", "absence.add", "{from: '2027-05-03', to: '2027-05-07'}", "away-2");
    /* four things were added before */
    ANSWERS(world, "bo", "service.undo", "{act: 5}", "id: away-1");
    REFUSES(world, "bo", "service.undo", "{act: 5}", "not_found act");
    REFUSES(world, "anna", "service.undo", "{act: 6}", "not_found act");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "from: 2027-05-03");
    world_free(world);
}

/* Programs that never repeat a call have no use for undoing it either, and pay nothing for it. */
static void without_a_request_id_nothing_is_kept(void **state)
{
    struct world *world = company();
    (void)state;
    ANSWERS(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "away-1");
    ANSWERS(world, "bo", "service.undoable", "{}", "items: []");
    world_free(world);
}

static void trials_and_batches_leave_nothing_to_undo(void **state)
{
    struct world *world = company();
    (void)state;
    ANSWERS(world, "bo", "service.what_if",
            "{calls: [{method: absence.add, params: {from: '2027-03-01', to: '2027-03-05'}}]}", "away-1");
    ANSWERS(world, "bo", "service.batch",
            "{calls: [{method: absence.add, params: {from: '2027-03-01', to: '2027-03-05'}}]}", "away-1");
    ANSWERS(world, "bo", "service.undoable", "{}", "items: []");
    world_free(world);
}

static void what_was_added_goes(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "admin", "closure.add", "{id: summer, from: '2027-07-05', to: '2027-07-30', title: Summer}",
         "id: summer");
    ANSWERS(world, "admin", "service.undo", "{}", "closure.remove");
    ANSWERS(world, "admin", "closure.list", "{}", "items: []");
    does(world, "admin", "rotation.add",
         "{id: tea, title: Tea, starts: '2027-01-11T10:00', rule: 'FREQ=WEEKLY', member_kind: person, "
         "members: [anna, bo]}",
         "id: tea");
    ANSWERS(world, "admin", "service.undo", "{}", "rotation.remove");
    ANSWERS(world, "admin", "rotation.list", "{}", "items: []");
    does(world, "admin", "reminder.rule.add", "{id: tea, title: Tea, at: '2027-01-06T15:00', people: [anna]}",
         "id: tea");
    does(world, "admin", "reminder.rule.change", "{id: tea, title: Coffee}", "title: Coffee");
    ANSWERS(world, "admin", "service.undo", "{}", "reminder.rule.change");
    ANSWERS(world, "admin", "reminder.rule.show", "{id: tea}", "title: Tea");
    ANSWERS(world, "admin", "service.undo", "{}", "reminder.rule.remove");
    does(world, "admin", "company.change", "{language: danish, weekdays: [monday, tuesday]}", "danish");
    ANSWERS(world, "admin", "service.undo", "{}", "company.change");
    ANSWERS(world, "admin", "company.show", "{}",
            "weekdays: [monday, tuesday, wednesday, thursday, friday], language: english");
    world_free(world);
}

/* Neither days that another has added to them, nor others that have their id by now. */
static void days_away_that_another_changed_stay(void **state)
{
    struct world *world = company();
    static const char *const conflict = "conflict: this can no longer be undone: this was changed again";
    (void)state;
    ANSWERS(world, "admin", "team.change", "{id: press, lead: anna}", "lead: anna");
    does(world, "anna", "absence.add", "{person: bo, from: '2027-03-01', to: '2027-03-02'}", "away-1");
    ANSWERS(world, "bo", "absence.add", "{from: '2027-03-03', to: '2027-03-19'}", "id: away-1");
    REFUSES(world, "anna", "service.undo", "{}", conflict);
    ANSWERS(world, "bo", "absence.remove", "{id: away-1}", "to: 2027-03-19");
    ANSWERS(world, "bo", "absence.add", "{from: '2027-05-03', to: '2027-05-20'}", "id: away-1");
    REFUSES(world, "anna", "service.undo", "{}", conflict);
    ANSWERS(world, "bo", "absence.show", "{id: away-1}", "from: 2027-05-03, to: 2027-05-20");
    ANSWERS(world, "anna", "absence.show", "{id: away-1}", "person: bo");
    ANSWERS(world, "admin", "absence.show", "{id: away-1}", "person: bo");
    ANSWERS(world, "admin", "person.add", "{id: carl, name: Carl}", "carl");
    REFUSES(world, "carl", "absence.show", "{id: away-1}", "not_found id: no absence is called \"away-1\"");
    REFUSES(world, "tool", "absence.show", "{id: away-1}", "forbidden");
    world_free(world);
}

/* Removing it would undo with it what somebody else has done to it since. */
static void what_was_added_and_changed_by_another_stays(void **state)
{
    struct world *world = company();
    static const char *const conflict = "conflict: this can no longer be undone: this was changed again";
    (void)state;
    does(world, "admin", "rotation.add",
         "{id: tea, title: Tea, starts: '2027-01-11T10:00', rule: 'FREQ=WEEKLY', member_kind: person, "
         "members: [anna, bo]}",
         "id: tea");
    ANSWERS(world, "service", "rotation.change", "{id: tea, title: Coffee}", "title: Coffee");
    REFUSES(world, "admin", "service.undo", "{}", conflict);
    ANSWERS(world, "admin", "rotation.show", "{id: tea}", "title: Coffee");
    ANSWERS(world, "service", "rotation.change", "{id: tea, title: Tea}", "title: Tea");
    ANSWERS(world, "admin", "service.undo", "{}", "rotation.remove");
    /* what was not said at first counts as well */
    does(world, "admin", "person.add", "{id: carl, name: Carl}", "id: carl");
    ANSWERS(world, "service", "person.change", "{id: carl, email: carl@example.com}", "carl@example.com");
    REFUSES(world, "admin", "service.undo", "{}", conflict);
    ANSWERS(world, "service", "person.change", "{id: carl, clear: [email]}", "id: carl");
    ANSWERS(world, "admin", "service.undo", "{}", "person.remove");
    does(world, "admin", "webhook.add",
         "{id: chat, title: Chat, form: plain, url: 'https://chat.example.org/1'}", "id: chat");
    ANSWERS(world, "service", "webhook.change", "{id: chat, url: 'https://chat.example.org/2'}", "id: chat");
    REFUSES(world, "admin", "service.undo", "{}", conflict);
    world_free(world);
}

static void swaps_and_weeks_off_too(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "admin", "rotation.add",
         "{id: tea, title: Tea, starts: '2027-01-11T10:00', rule: 'FREQ=WEEKLY', member_kind: person, "
         "members: [anna, bo]}",
         "id: tea");
    does(world, "anna", "turn.offer", "{id: tea-1, to: bo}", "state: asked");
    ANSWERS(world, "anna", "service.undo", "{}", "turn.withdraw");
    ANSWERS(world, "anna", "turn.offers", "{person: anna}", "items: []");
    does(world, "anna", "turn.offer", "{id: tea-1, to: bo}", "state: asked");
    does(world, "bo", "turn.accept", "{id: tea-1}", "accepted");
    ANSWERS(world, "bo", "service.undo", "{}", "turn.undo");
    ANSWERS(world, "bo", "turn.show", "{id: tea-1}", "member: anna");
    does(world, "bo", "sabbatical.request", "{starts_on: '2027-09-06', project: Robots}", "requested");
    ANSWERS(world, "bo", "service.undo", "{}", "sabbatical.withdraw");
    ANSWERS(world, "bo", "sabbatical.list", "{year: 2027, person: bo}", "withdrawn");
    world_free(world);
}

/* A yes that was taken back: the week is a request again, its days are no absence any more, and its person is
 * told. */
static void a_yes_is_taken_back(void **state)
{
    struct world *world = company();
    (void)state;
    does(world, "admin", "team.change", "{id: press, lead: anna}", "lead: anna");
    does(world, "bo", "sabbatical.request", "{starts_on: '2027-09-06', project: Robots}", "requested");
    does(world, "anna", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "from: 2027-09-06");
    REFUSES(world, "bo", "sabbatical.reopen", "{id: sabbatical-1}", "not_found id");
    ANSWERS(world, "anna", "service.undo", "{}", "sabbatical.reopen");
    ANSWERS(world, "bo", "sabbatical.show", "{id: sabbatical-1}", "state: requested");
    ANSWERS(world, "bo", "absence.list", "{person: bo}", "items: []");
    ANSWERS(world, "bo", "reminder.list", "{}", "Your sabbatical waits for a yes again");
    does(world, "anna", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    world_advance(world, "2027-09-06T08:00");
    REFUSES(world, "anna", "sabbatical.reopen", "{id: sabbatical-1}", "conflict id: it has begun already");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_away_go_and_come_back),
        cmocka_unit_test(one_after_the_other_backwards),
        cmocka_unit_test(days_that_were_joined_are_parted),
        cmocka_unit_test(nobody_undoes_what_another_did),
        cmocka_unit_test(a_change_gives_the_former_values_back),
        cmocka_unit_test(what_was_changed_again_stays),
        cmocka_unit_test(what_is_gone_cannot_be_undone),
        cmocka_unit_test(after_a_day_it_is_too_late),
        cmocka_unit_test(rights_are_those_of_now),
        cmocka_unit_test(a_chosen_act_is_undone),
        cmocka_unit_test(without_a_request_id_nothing_is_kept),
        cmocka_unit_test(trials_and_batches_leave_nothing_to_undo),
        cmocka_unit_test(what_was_added_goes),
        cmocka_unit_test(days_away_that_another_changed_stay),
        cmocka_unit_test(what_was_added_and_changed_by_another_stays),
        cmocka_unit_test(swaps_and_weeks_off_too),
        cmocka_unit_test(a_yes_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
