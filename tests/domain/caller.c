/* SPDX-License-Identifier: MIT */
/* Who is meant where nobody is named: the caller, and for those who may ask for everybody, everybody. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct world *company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna'}", "id: anna");
    ANSWERS(world, "admin", "person.add", "{id: bo, name: 'Bo'}", "id: bo");
    return world;
}

static void days_away_are_ones_own(void **state)
{
    struct world *world = company();
    (void)state;
    ANSWERS(world, "bo", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}", "person: bo");
    ANSWERS(world, "bo", "absence.add", "{from: '2027-04-01', to: '2027-04-02', person: bo}", "person: bo");
    REFUSES(world, "bo", "absence.add", "{person: anna, from: '2027-03-01', to: '2027-03-05'}", "forbidden");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: '2027-03-01', to: '2027-03-05'}",
            "person: anna");
    world_free(world);
}

static void who_is_nobody_names_somebody(void **state)
{
    struct world *world = company();
    (void)state;
    REFUSES(world, "admin", "absence.add", "{from: '2027-03-01', to: '2027-03-05'}",
            "invalid person: say who");
    REFUSES(world, "admin", "reminder.list", "{}", "invalid person: say who");
    REFUSES(world, "stranger", "reminder.list", "{}", "forbidden");
    world_free(world);
}

static void the_own_is_not_a_look_at_somebody(void **state)
{
    struct world *world = company();
    (void)state;
    ANSWERS(world, "bo", "reminder.list", "{}", "items: []");
    ANSWERS(world, "bo", "sabbatical.free", "{year: 2027}", "starts_on: ");
    ANSWERS(world, "bo", "audit.list", "{}", "method: person.add");
    REFUSES(world, "auditor", "audit.list", "{}", "invalid person");
    world_free(world);
}

/* Also inside a batch: it passes the same gate. */
static void inside_a_batch_too(void **state)
{
    struct world *world = company();
    (void)state;
    ANSWERS(world, "bo", "service.batch",
            "{calls: [{method: absence.add, params: {from: '2027-03-01', to: '2027-03-05'}}]}", "person: bo");
    world_free(world);
}

static void who_may_see_everybody_does(void **state)
{
    struct world *world = company();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: tea, title: Tea, at: '2027-01-06T15:00', people: [anna, bo]}", "id: tea");
    ANSWERS(world, "admin", "reminder.preview", "{until: '2027-01-08'}", "person: anna");
    ANSWERS(world, "admin", "reminder.preview", "{until: '2027-01-08'}", "person: bo");
    ANSWERS(world, "bo", "reminder.preview", "{until: '2027-01-08'}", "person: bo");
    assert_null(strstr(world_call(world, "bo", "reminder.preview", "{until: '2027-01-08'}"), "anna"));
    REFUSES(world, "bo", "reminder.preview", "{until: '2027-01-08', person: anna}", "forbidden");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_away_are_ones_own),
        cmocka_unit_test(who_is_nobody_names_somebody),
        cmocka_unit_test(the_own_is_not_a_look_at_somebody),
        cmocka_unit_test(inside_a_batch_too),
        cmocka_unit_test(who_may_see_everybody_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
