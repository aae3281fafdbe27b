/* SPDX-License-Identifier: MIT */
/* Reminders: which come of a rule, when, to whom, and that each exists once whatever happens. */
#include "reminder.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* 4 January 2027 is a Monday. */
static struct world *small_company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "id: quality");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: 'Lis Berg', email: lis@x.dk}", "lis");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna Holm', team: quality, email: anna@x.dk}",
            "anna");
    ANSWERS(world, "admin", "person.add",
            "{id: bo, name: 'Bo Lind', team: quality, email: bo@x.dk, language: danish}", "bo");
    ANSWERS(world, "admin", "team.change", "{id: quality, lead: lis}", "lead: lis");
    ANSWERS(world, "admin", "company.change", "{admins: [lis]}", "admins: [lis]");
    return world;
}

static void once_comes_once(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: tea, title: Tea, at: 2027-01-05T14:00, people: [anna]}",
            "fires: once, at: 2027-01-05T14:00");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}",
            "due_at: 2027-01-05T13:00:00Z, state: scheduled");
    world_advance(world, "2027-01-05T13:59");
    ANSWERS(world, "courier", "outbox.claim", "{}", "items: []");
    world_advance(world, "2027-01-05T14:00");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "state: due");
    ANSWERS(world, "courier", "outbox.claim", "{}", "to: anna@x.dk, to_name: Anna Holm, subject: Tea");
    ANSWERS(world, "courier", "outbox.claim", "{}", "items: []");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_comes_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
