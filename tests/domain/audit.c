/* SPDX-License-Identifier: MIT */
/* Who looked at whose record: one row a look, for the one looked at and for auditors. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct world *small_company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: Lis, hired_on: 2020-01-01}", "lis");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: Anna, manager: lis, hired_on: 2020-01-01}",
            "anna");
    ANSWERS(world, "admin", "person.add", "{id: bo, name: Bo}", "bo");
    return world;
}

static void a_look_leaves_one_row_and_ones_own_none(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "audit.list", "{person: anna}",
            "items: [{seq: 2, at: 2027-01-04T07:00:00Z, uid: 1000, method: person.add}]");
    ANSWERS(world, "lis", "sabbatical.free", "{person: anna}", "2027-12-31");
    ANSWERS(world, "anna", "sabbatical.free", "{person: anna}", "2027-12-31");
    ANSWERS(world, "anna", "audit.list", "{person: anna}",
            "items: [{seq: 4, at: 2027-01-04T07:00:00Z, actor: lis, uid: 2000, method: sabbatical.free}, "
            "{seq: 2,");
    ANSWERS(world, "anna", "person.show", "{id: bo}", "Bo");
    ANSWERS(world, "bo", "audit.list", "{person: bo}",
            "items: [{seq: 3, at: 2027-01-04T07:00:00Z, uid: 1000, method: person.add}]");
    world_free(world);
}

static void a_row_names_the_person_behind_the_thing(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "sabbatical.request", "{person: anna, starts_on: 2027-09-06, project: x}",
            "sabbatical-1");
    ANSWERS(world, "lis", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    ANSWERS(world, "auditor", "audit.list", "{person: anna, limit: 1}",
            "actor: lis, uid: 2000, method: sabbatical.approve");
    world_free(world);
}

static void nobody_else_may_read_it(void **state)
{
    struct world *world = small_company();
    (void)state;
    REFUSES(world, "lis", "audit.list", "{person: anna}", "forbidden");
    REFUSES(world, "admin", "audit.list", "{person: anna}", "forbidden");
    REFUSES(world, "tool", "audit.list", "{person: anna}", "forbidden");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_look_leaves_one_row_and_ones_own_none),
        cmocka_unit_test(a_row_names_the_person_behind_the_thing),
        cmocka_unit_test(nobody_else_may_read_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
