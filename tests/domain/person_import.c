/* SPDX-License-Identifier: MIT */
/* Many people at once: as person.add one by one, or nothing of it. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct world *teams(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "id: quality");
    ANSWERS(world, "admin", "team.add", "{id: design, name: Design}", "id: design");
    return world;
}

static void does_what_as_many_additions_would(void **state)
{
    struct world *world = teams();
    (void)state;
    ANSWERS(world, "admin", "person.import",
            "{people: [{id: anna, name: 'Anna Holm', team: quality, teams: [design, quality, design], login: "
            "anna,"
            " hired_on: 2019-03-01, language: danish}, {id: bo, name: 'Bo Lind', manager: anna}]}",
            "added: 2");
    ANSWERS(world, "admin", "person.show", "{id: anna}", "teams: [design, quality]");
    ANSWERS(world, "admin", "membership.list", "{person: anna, team: design}", "from: 2019-03-01");
    ANSWERS(world, "admin", "person.show", "{id: bo}", "manager: anna");
    ANSWERS(world, "anna", "service.hello", "{}", "person: anna");
    world_free(world);
}

static void one_bad_row_undoes_all(void **state)
{
    struct world *world = teams();
    (void)state;
    REFUSES(world, "admin", "person.import", "{people: [{id: anna, name: A}, {id: anna, name: B}]}",
            "exists people[1].id: is already taken");
    REFUSES(world, "admin", "person.import",
            "{people: [{id: anna, name: A, login: x}, {id: bo, name: B, login: x}]}",
            "exists people[1].login: is already taken");
    REFUSES(world, "admin", "person.import",
            "{people: [{id: anna, name: A, manager: bo}, {id: bo, name: B}]}",
            "not_found people[0].manager: no person is called \"bo\"");
    REFUSES(world, "admin", "person.import", "{people: [{id: anna, name: A, manager: anna}]}",
            "conflict people[0].manager: nobody is their own manager");
    REFUSES(world, "admin", "person.import", "{people: [{id: anna, name: A, team: sales}]}",
            "not_found people[0].team");
    REFUSES(world, "admin", "person.import",
            "{people: [{id: anna, name: A, hired_on: 2020-01-02, left_on: 2020-01-01}]}",
            "invalid people[0].left_on: comes before");
    ANSWERS(world, "admin", "person.list", "{}", "items: []");
    world_free(world);
}

static void only_admins_import(void **state)
{
    struct world *world = teams();
    (void)state;
    ANSWERS(world, "admin", "person.add", "{id: anna, name: A, login: anna}", "id: anna");
    REFUSES(world, "anna", "person.import", "{people: [{id: bo, name: B}]}",
            "forbidden: this may be done only by: admins");
    ANSWERS(world, "admin", "person.import", "{people: []}", "added: 0");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_what_as_many_additions_would),
        cmocka_unit_test(one_bad_row_undoes_all),
        cmocka_unit_test(only_admins_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
