/* SPDX-License-Identifier: MIT */
/* From the bytes of a file to the calls that would be made, beside what the service has. */
#include "staff.h"

#include "method.h"
#include "plan.h"
#include "records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scene {
    struct arena arena;
    struct refusals refusals;
    struct staff staff;
    uint32_t order[64], count;
    struct plan plan;
};

static struct stage read_csv(struct scene *scene, const char *csv, const struct heading *headings)
{
    struct table table;
    int fields[TABLE_COLUMNS_MOST];
    struct stage stage = stage_new(&scene->refusals, headings);
    table_read(csv, strlen(csv), &scene->refusals, &table);
    heads_match(table.heads, table.columns, headings, NULL, 0, &scene->refusals, fields);
    stage_table(&stage, &table, fields, DATES_ASK);
    return stage;
}

/* What the service has: every field is there, "" where nothing is. */
static struct stage known(struct scene *scene, const char *csv, const struct heading *headings)
{
    struct stage stage = read_csv(scene, csv, headings);
    for (uint32_t row = 0; row < stage.count; row++)
        for (size_t field = 0; field < stage.fields; field++)
            if (!stage.rows[row].values[field])
                stage.rows[row].values[field] = "";
    stage_index(&stage);
    return stage;
}

static const struct method *method(const char *name)
{
    return method_find(name, strlen(name));
}

static struct scene *scene_people(const char *there, const char *teams, const char *file, bool may_add_teams)
{
    struct scene *scene = calloc(1, sizeof *scene);
    scene->refusals.arena = &scene->arena;
    scene->staff.people = known(scene, there, heads_of_people);
    scene->staff.teams = known(scene, teams, heads_of_teams);
    scene->staff.new_teams = stage_new(&scene->refusals, heads_of_teams);
    scene->staff.file = read_csv(scene, file, heads_of_people);
    staff_read_people(&scene->staff.file, method("person.add")->params);
    scene->count = staff_check_people(&scene->staff, may_add_teams, scene->order);
    plan_init(&scene->plan, &scene->arena);
    for (uint32_t i = 0; i < scene->count; i++) {
        struct staged *row = &scene->staff.file.rows[scene->order[i]];
        uint32_t at = lookup_find(&scene->staff.people.ids, row->values[PERSON_ID]);
        plan_row(&scene->plan, &scene->staff.file, row,
                 at == LOOKUP_NONE ? NULL : &scene->staff.people.rows[at], UINT32_MAX, method("person.add"),
                 method("person.change"));
    }
    return scene;
}

static void scene_free(struct scene *scene)
{
    plan_free(&scene->plan);
    arena_free(&scene->arena);
    free(scene);
}

/* "+anna ~bo(title team) =carl", then a line for each refusal: "3 manager: nobody is called …". */
static const char *told(struct scene *scene)
{
    struct arena *arena = &scene->arena;
    const char *text = "";
    for (uint32_t i = 0; i < scene->plan.count; i++) {
        const struct step *step = &scene->plan.steps[i];
        const char *fields = "";
        for (size_t field = 0; step->action == ACTION_CHANGE && field < step->stage->fields; field++)
            if (step->mask >> field & 1)
                fields = arena_print(arena, "%s%s%s", fields, *fields ? " " : "",
                                     step->stage->headings[field].field);
        text = arena_print(arena, "%s%s%c%s", text, i ? " " : "", "=+~"[step->action],
                           step -> row -> values[0]);
        if (*fields)
            text = arena_print(arena, "%s(%s)", text, fields);
    }
    refusals_sort(&scene->refusals);
    for (size_t i = 0; i < scene->refusals.count; i++) {
        const struct refusal *refusal = &scene->refusals.items[i];
        text = arena_print(arena, "%s\n%zu %s: %s", text, refusal->line,
                           refusal->column ? refusal->column : "-", refusal->reason);
    }
    return text;
}

/* `expected` may leave out the ends of lines. */
static void expect_lines(const char *found, const char *expected)
{
    const char *f = found, *e = expected;
    while (*f || *e) {
        size_t e_length = strcspn(e, "\n"), f_length = strcspn(f, "\n");
        if (strncmp(f, e, e_length) != 0 || (e_length == 0 && f_length > 0))
            fail_msg("expected\n%s\nfound\n%s", expected, found);
        e += e_length + (e[e_length] == '\n');
        f += f_length + (f[f_length] == '\n');
    }
}

static void expect(const char *there, const char *teams, const char *file, const char *expected)
{
    struct scene *scene = scene_people(there, teams, file, false);
    expect_lines(told(scene), expected);
    scene_free(scene);
}

#define NOBODY   "id\n"
#define NO_TEAMS "id\n"

static void test_managers_come_first(void **state)
{
    (void)state;
    expect(NOBODY, NO_TEAMS, "id,name,manager\nc,C,b\nb,B,a\na,A,\nd,D,a\n", "+a +b +c +d");
}

static void test_a_second_time_nothing_changes(void **state)
{
    (void)state;
    static const char file[] = "id,name,manager,hired_on\na,A,,2020-01-02\nb,B,a,\n";
    expect(file, NO_TEAMS, file, "=a =b");
    expect(file, NO_TEAMS, "name;id\nA;a\nB;b\n", "=a =b");
}

static void test_what_differs(void **state)
{
    (void)state;
    expect("id,name,title,manager\na,A,Smith,\nb,B,Smith,a\n", NO_TEAMS,
           "id,name,title,manager\na,A,Foreman,\nb,B,,\n", "~a(title) ~b(manager title)");
}

static void test_other_teams_in_any_order(void **state)
{
    (void)state;
    static const char teams[] = "id\nx\ny\nz\n";
    expect("id,name,teams\na,A,x;y\n", teams, "id,name,teams\na,A,Y | x\n", "=a");
    expect("id,name,teams\na,A,x;y\n", teams, "id,name,teams\na,A,\"x,z\"\n", "~a(teams)");
    expect("id,name,teams\na,A,x;y\n", teams, "id,name,teams\na,A,\n", "~a(teams)");
}

static void test_doubles(void **state)
{
    (void)state;
    expect(NOBODY, NO_TEAMS, "id,name\nbo-li,Bo\nBo Li,Bo\n", "+bo-li\n3 id: \"bo-li\" is on line 2 as well");
    expect(NOBODY, NO_TEAMS, "id,name,login\na,A,root\nb,B,ADM\\root\n",
           "+a\n3 login: \"root\" is the login on line 2");
    expect("id,name,login\nz,Z,root\n", NO_TEAMS, "id,name,login\na,A,root\n",
           "\n2 login: \"root\" is the login of z");
}

/* Two people exchange their logins in one file: the order of calls decides, and nothing here forbids it. */
static void test_logins_may_move_within_a_file(void **state)
{
    (void)state;
    expect("id,name,login\na,A,x\nb,B,y\n", NO_TEAMS, "id,name,login\na,A,\nb,B,x\n", "~a(login) ~b(login)");
}

static void test_managers_nobody_knows(void **state)
{
    (void)state;
    expect(NOBODY, NO_TEAMS, "id,name,manager\na,A,ghost\nb,B,a\nc,C,\n",
           "+c\n2 manager: nobody is called \"ghost\"\n3 manager: the manager's own row, line 2, is refused");
    expect("id,name\nold,Old\n", NO_TEAMS, "id,name,manager\na,A,old\n", "+a");
}

static void test_rings_of_managers(void **state)
{
    (void)state;
    expect(
        NOBODY, NO_TEAMS, "id,name,manager\na,A,c\nb,B,a\nc,C,b\nd,D,d\ne,E,\n",
        "+e\n2 manager: the managers go round in a ring: a -> c -> b -> a\n3 manager: the managers go round"
        "\n4 manager: the managers go round\n5 manager: the managers go round in a ring: d -> d");
    /* half of the ring is in the service */
    expect("id,name,manager\nboss,B,\nmid,M,boss\n", NO_TEAMS, "id,name,manager\nboss,B,mid\n",
           "\n2 manager: the managers go round in a ring: boss -> mid -> boss");
    /* who changes places does not go round: the new tree is what counts */
    expect("id,name,manager\na,A,b\nb,B,\n", NO_TEAMS, "id,name,manager\na,A,\nb,B,a\n",
           "~a(manager) ~b(manager)");
}

static void test_teams_nobody_knows(void **state)
{
    (void)state;
    expect(NOBODY, "id\npress\n", "id,name,team\na,A,press\nb,B,Tool Design\n",
           "+a\n3 team: no team is called \"tool-design\"");
    struct scene *scene = scene_people(NOBODY, "id\npress\n",
                                       "id,name,team,teams\na,A,Press,\nb,B,Tool Design,lab\n", true);
    expect_lines(told(scene), "+a +b");
    assert_int_equal(scene->staff.new_teams.count, 2);
    assert_string_equal(scene->staff.new_teams.rows[0].values[TEAM_ID], "tool-design");
    assert_string_equal(scene->staff.new_teams.rows[0].values[TEAM_NAME], "Tool Design");
    assert_string_equal(scene->staff.new_teams.rows[1].values[TEAM_ID], "lab");
    scene_free(scene);
}

static void test_the_catalogue_is_asked(void **state)
{
    (void)state;
    char file[400], name[210];
    memset(name, 'n', 201);
    name[201] = 0;
    snprintf(file, sizeof file, "id,name,language\na,%s,da\nb,B,Klingon\nc,,en\nd,D,Dansk\n", name);
    expect(NOBODY, NO_TEAMS, file,
           "+d\n2 name: must have 1 to 200 characters\n3 language: must be\n4 name: is required");
}

static void test_no_ids_and_no_names(void **state)
{
    (void)state;
    expect(NOBODY, NO_TEAMS, "login\nken0\nfrançois0\n", "+ken0 +francois0");
    expect(NOBODY, NO_TEAMS, "name\nAnna\n", "\n1 -: no column holds the id of each person");
    expect(NOBODY, NO_TEAMS, "id,name\n,Anna\nИван,Ivan\n",
           "\n2 id: is required\n3 id: \"Иван\" makes no id");
    /* a name that was made up does not replace a real one */
    expect("id,name,login\nken0,Ken Sánchez,ken0\n", NO_TEAMS, "id,login\nken0,ken0\n", "=ken0");
}

static void test_dates(void **state)
{
    (void)state;
    expect(NOBODY, NO_TEAMS, "id,name,hired_on,left_on\na,A,2020-05-01,2019-01-01\nb,B,2020-13-01,\n",
           "\n2 left_on: 2019-01-01 is before the first day\n3 hired_on: \"2020-13-01\" is no day");
}

static void test_nulls_of_a_database(void **state)
{
    (void)state;
    expect("id,name\na,A\n", NO_TEAMS, "id,name,title,manager\na,A,NULL,NULL\n", "=a");
}

static void test_absences(void **state)
{
    (void)state;
    struct scene scene = { .count = 0 };
    scene.refusals.arena = &scene.arena;
    struct stage people = known(&scene, "id,name\nanna,A\nbo,B\n", heads_of_people);
    struct stage file = read_csv(
        &scene,
        "Medarbejder;Fra;Til;Årsag\nanna;2027-02-01;2027-02-05;syg\n"
        "bo;2027-02-05;2027-02-01;\ncarl;2027-02-01;2027-02-01;\nanna;2027-02-01;2027-02-05;\n"
        "anna;2027-02-03;2027-02-09;\n;2027-02-03;2027-02-09;\nbo;;2027-02-09;\n",
        heads_of_absences);
    staff_check_absences(&file, &people, method("absence.add")->params);
    plan_init(&scene.plan, &scene.arena);
    expect_lines(told(&scene),
                 "\n3 Til: 2027-02-01 is before\n4 Medarbejder: nobody is called \"carl\""
                 "\n5 -: is the same absence as line 2\n7 Medarbejder: is empty\n8 Fra: is empty");
    assert_false(file.rows[0].is_refused || file.rows[4].is_refused);
    plan_free(&scene.plan);
    arena_free(&scene.arena);
}

static void test_teams(void **state)
{
    (void)state;
    struct scene scene = { .count = 0 };
    scene.refusals.arena = &scene.arena;
    struct stage people = known(&scene, "id,name\nanna,A\n", heads_of_people);
    struct stage teams = read_csv(&scene, "name,lead\nTool Design,anna\nPress,ghost\nTool  design,\n",
                                  heads_of_teams);
    staff_read_teams(&teams, method("team.add")->params);
    staff_check_teams(&teams, &people, NULL);
    plan_init(&scene.plan, &scene.arena);
    expect_lines(told(&scene),
                 "\n3 lead: nobody is called \"ghost\"\n4 name: \"tool-design\" is on line 2 as well");
    assert_string_equal(teams.rows[0].values[TEAM_ID], "tool-design");
    plan_free(&scene.plan);
    arena_free(&scene.arena);
}

/* Ten thousand rows in rings of two, and a chain as long: no more work than for as many good rows. */
static void test_many_rings_and_a_long_chain(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    struct scene *scene = calloc(1, sizeof *scene);
    char *csv = malloc(ROWS * 32), *end = csv + sprintf(csv, "id,name,manager\n");
    uint32_t *order = malloc(ROWS * sizeof *order);
    for (int i = 0; i < ROWS / 2; i++)
        end += sprintf(end, "r%d,R,r%d\n", i, i ^ 1);
    for (int i = 0; i < ROWS / 2; i++)
        end += i + 1 < ROWS / 2 ? sprintf(end, "c%d,C,c%d\n", i, i + 1) : sprintf(end, "c%d,C,\n", i);
    scene->refusals.arena = &scene->arena;
    scene->staff.people = known(scene, NOBODY, heads_of_people);
    scene->staff.teams = known(scene, NO_TEAMS, heads_of_teams);
    scene->staff.new_teams = stage_new(&scene->refusals, heads_of_teams);
    scene->staff.file = read_csv(scene, csv, heads_of_people);
    staff_read_people(&scene->staff.file, method("person.add")->params);
    assert_int_equal(staff_check_people(&scene->staff, false, order), ROWS / 2);
    assert_int_equal(scene->refusals.count, ROWS / 2);
    assert_string_equal(scene->staff.file.rows[order[0]].values[PERSON_ID], "c9999");
    arena_free(&scene->arena);
    free(scene);
    free(order);
    free(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_managers_come_first),
        cmocka_unit_test(test_a_second_time_nothing_changes),
        cmocka_unit_test(test_what_differs),
        cmocka_unit_test(test_other_teams_in_any_order),
        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_logins_may_move_within_a_file),
        cmocka_unit_test(test_managers_nobody_knows),
        cmocka_unit_test(test_rings_of_managers),
        cmocka_unit_test(test_teams_nobody_knows),
        cmocka_unit_test(test_the_catalogue_is_asked),
        cmocka_unit_test(test_no_ids_and_no_names),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_nulls_of_a_database),
        cmocka_unit_test(test_absences),
        cmocka_unit_test(test_teams),
        cmocka_unit_test(test_many_rings_and_a_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
