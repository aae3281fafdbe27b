/* SPDX-License-Identifier: MIT */
/* People and teams: who may change them, what is refused, what the history and the feed keep. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct world *small_company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "members: 0");
    ANSWERS(world, "admin", "team.add", "{id: design, name: Design}", "id: design");
    ANSWERS(world, "admin", "person.add",
            "{id: anna, name: 'Anna Holm', team: quality, login: anna, hired_on: 2019-03-01}",
            "teams: [quality]");
    ANSWERS(world, "admin", "person.add",
            "{id: bo, name: 'Bo Lind', manager: anna, teams: [quality, design]}", "teams: [design, quality]");
    return world;
}

static void only_admins_change_people(void **state)
{
    struct world *world = small_company();
    (void)state;
    REFUSES(world, "bo", "person.add", "{id: carl, name: Carl}",
            "forbidden: this may be done only by: admins");
    REFUSES(world, "anna", "person.change", "{id: bo, title: Boss}", "forbidden");
    REFUSES(world, "tool", "person.remove", "{id: bo}", "forbidden");
    REFUSES(world, "stranger", "person.show", "{id: bo}", "forbidden");
    REFUSES(world, "stranger", "person.show", "{id: nobody}", "forbidden");
    ANSWERS(world, "stranger", "service.hello", "{}", "roles: []");
    world_free(world);
}

static void the_directory_is_open_and_the_rest_is_not(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "person.show", "{id: anna}", "login: anna");
    ANSWERS(world, "bo", "person.show", "{id: anna}",
            "{id: anna, name: Anna Holm, team: quality, teams: [quality]}");
    ANSWERS(world, "tool", "person.show", "{id: anna}", "{id: anna, team: quality, teams: [quality]}");
    ANSWERS(world, "admin", "person.change", "{id: bo, hired_on: 2024-01-01}", "hired_on: 2024-01-01");
    ANSWERS(world, "anna", "person.list", "{}", "hired_on: 2024-01-01");
    world_free(world);
}

static void mistakes_are_named(void **state)
{
    struct world *world = small_company();
    (void)state;
    REFUSES(world, "admin", "person.add", "{id: anna, name: Anna}", "exists id: is already taken");
    REFUSES(world, "admin", "person.add", "{id: carl, name: Carl, login: anna}",
            "exists login: is already taken");
    REFUSES(world, "admin", "person.add", "{id: carl, name: Carl, team: sales}",
            "not_found team: no team is called \"sales\"");
    REFUSES(world, "admin", "person.add", "{id: 'Carl!', name: Carl}", "invalid id: an id is");
    REFUSES(world, "admin", "person.add", "{id: carl}", "invalid name: is required");
    REFUSES(world, "admin", "person.add", "{id: carl, name: C, nickname: Kalle}",
            "invalid nickname: no such parameter");
    REFUSES(world, "admin", "person.add", "{id: carl, name: C, id: carla}", "invalid id: is given twice");
    REFUSES(world, "admin", "person.add", "{id: carl, name: 7}", "invalid name: must be text");
    REFUSES(world, "admin", "person.add", "{id: carl, name: C, hired_on: 2027-02-29}",
            "invalid hired_on: a day is written");
    REFUSES(world, "admin", "person.change", "{id: anna, manager: bo}",
            "conflict manager: anna would be their own manager");
    REFUSES(world, "admin", "person.change", "{id: anna, left_on: 2018-01-01}",
            "invalid left_on: comes before");
    REFUSES(world, "admin", "person.add", "{id: carl, name: C, manager: carl}", "manager");
    REFUSES(world, "admin", "team.remove", "{id: quality}", "conflict id: people still belong to quality");
    ANSWERS(world, "admin", "person.list", "{}", "[{id: anna");
    world_free(world);
}

static void teams_have_dates(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_advance(world, "2027-03-01T08:00");
    ANSWERS(world, "admin", "person.change", "{id: anna, team: design}", "teams: [design]");
    ANSWERS(world, "bo", "membership.list", "{person: anna}",
            "[{person: anna, team: design, from: 2027-03-01}, {person: anna, team: quality, from: "
            "2019-03-01, to: 2027-02-28}]");
    REFUSES(world, "admin", "membership.add", "{person: anna, team: design, from: 2027-05-01}",
            "conflict from");
    ANSWERS(world, "admin", "membership.end", "{person: bo, team: design, to: 2027-03-31}", "to: 2027-03-31");
    ANSWERS(world, "bo", "person.list", "{team: design}", "{id: bo");
    world_advance(world, "2027-04-01T08:00");
    assert_null(strstr(world_call(world, "bo", "person.list", "{team: design}"), "{id: bo"));
    world_free(world);
}

static void pages_follow_each_other(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "bo", "person.list", "{limit: 1}", "next: anna");
    ANSWERS(world, "bo", "person.list", "{limit: 1, after: anna}", "[{id: bo");
    assert_null(strstr(world_call(world, "bo", "person.list", "{limit: 1, after: anna}"), "next"));
    world_free(world);
}

static void the_feed_tells_what_changed(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_events(world);
    world_call(world, "admin", "person.change", "{id: bo, title: Boss}");
    world_call(world, "bo", "person.change", "{id: bo, title: King}");
    assert_string_equal(world_events(world), "person.changed {person: bo}\n");
    world_free(world);
}

static void a_request_id_gets_the_first_answer_again(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "person.add", "{id: carl, name: Carl, request_id: r1}", "id: carl");
    ANSWERS(world, "admin", "person.add", "{id: carl, name: Carl, request_id: r1}", "name: Carl");
    REFUSES(world, "admin", "person.add", "{id: carl, name: Carl, request_id: r2}", "exists id");
    REFUSES(world, "admin", "team.add", "{id: x, name: X, request_id: r1}", "conflict request_id");
    world_advance(world, "2027-01-05T09:00");
    REFUSES(world, "admin", "person.add", "{id: carl, name: Carl, request_id: r1}", "exists id");
    world_free(world);
}

static void a_batch_is_all_or_nothing(void **state)
{
    struct world *world = small_company();
    (void)state;
    REFUSES(world, "admin", "service.batch",
            "{calls: [{method: person.add, params: {id: carl, name: Carl}}, {method: person.add, params: "
            "{id: carl, name: C}}]}",
            "exists calls[1].id: is already taken");
    REFUSES(world, "bo", "person.show", "{id: carl}", "not_found id");
    ANSWERS(world, "admin", "service.what_if",
            "{calls: [{method: person.remove, params: {id: bo}}, {method: person.list}]}",
            "results: [{}, {items: [{id: anna");
    ANSWERS(world, "bo", "person.show", "{id: bo}", "id: bo");
    REFUSES(world, "bo", "service.batch", "{calls: [{method: person.remove, params: {id: anna}}]}",
            "forbidden calls[0]");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_admins_change_people),
        cmocka_unit_test(the_directory_is_open_and_the_rest_is_not),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(teams_have_dates),
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(the_feed_tells_what_changed),
        cmocka_unit_test(a_request_id_gets_the_first_answer_again),
        cmocka_unit_test(a_batch_is_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
