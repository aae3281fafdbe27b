/* SPDX-License-Identifier: MIT */
#include "heads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { COLUMNS_MOST = 16 };

struct match {
    struct arena arena;
    struct refusals refusals;
    int fields[COLUMNS_MOST];
};

/* Compares with "id - team": the fields in order of the columns, a hyphen where none is filled. */
static void expect(const struct heading *headings, const char *const *heads, size_t columns,
                   const struct heads_map *maps, size_t maps_count, const char *expected, const char *refusal)
{
    struct match match = { .arena = { 0 } };
    char found[400] = "";
    match.refusals.arena = &match.arena;
    heads_match(heads, columns, headings, maps, maps_count, &match.refusals, match.fields);
    for (size_t column = 0; column < columns; column++) {
        strcat(found, column ? " " : "");
        strcat(found, match.fields[column] == HEADS_UNUSED ? "-" : headings[match.fields[column]].field);
    }
    assert_string_equal(found, expected);
    if (match.refusals.count && !refusal)
        fail_msg("%s", match.refusals.items[0].reason);
    assert_int_equal(match.refusals.count, refusal ? 1 : 0);
    if (refusal && !strstr(match.refusals.items[0].reason, refusal))
        fail_msg("\"%s\" does not say \"%s\"", match.refusals.items[0].reason, refusal);
    arena_free(&match.arena);
}

#define HEADS(...)                                                                                           \
    (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static void test_known_words(void **state)
{
    (void)state;
    expect(heads_of_people,
           HEADS("employee_id", "login", "job_title", "department", "manager_id", "hire_date", "org_level"),
           NULL, 0, "id login title team manager hired_on -", NULL);
    expect(heads_of_people, HEADS("Employee ID", "Full-Name", "E-mail", "HireDate", "Vacation Hours"), NULL,
           0, "id name email hired_on -", NULL);
    expect(heads_of_people,
           HEADS("Medarbejdernr.", "Navn", "Afdeling", "Nærmeste leder", "Ansættelsesdato", "Stilling"), NULL,
           0, "id name team manager hired_on title", NULL);
    expect(heads_of_teams, HEADS("id", "name", "lead"), NULL, 0, "id name lead", NULL);
    expect(heads_of_absences, HEADS("Medarbejder", "Fra", "Til", "Årsag"), NULL, 0, "person from to -", NULL);
    expect(heads_of_absences, HEADS("employee_id", "start", "end", "reason"), NULL, 0, "person from to -",
           NULL);
}

static void test_the_exact_name_goes_before_a_known_word(void **state)
{
    (void)state;
    expect(heads_of_people, HEADS("employee_id", "id", "name"), NULL, 0, "- id name", NULL);
}

static void test_two_columns_for_one_field(void **state)
{
    (void)state;
    expect(heads_of_people, HEADS("id", "department", "unit"), NULL, 0, "id team team",
           "\"department\" does");
    const struct heads_map leave_out[] = {
        {"unit", ""}
    };
    expect(heads_of_people, HEADS("id", "department", "unit"), leave_out, 1, "id team -", NULL);
}

static void test_maps(void **state)
{
    (void)state;
    const struct heads_map maps[] = {
        {"nr",          "id"   },
        { "department", "title"}
    };
    expect(heads_of_people, HEADS("nr", "employee_id", "department"), maps, 2, "id - title", NULL);
    const struct heads_map no_column[] = {
        {"number", "id"}
    };
    expect(heads_of_people, HEADS("id"), no_column, 1, "id", "does not have");
    const struct heads_map no_field[] = {
        {"id", "number"}
    };
    expect(heads_of_people, HEADS("id"), no_field, 1, "id", "none of id, name, email");
    const struct heads_map twice[] = {
        {"a",  "id"},
        { "b", "id"}
    };
    expect(heads_of_people, HEADS("a", "b"), twice, 2, "id id", "fills the field id");
}

static void test_odd_heads(void **state)
{
    (void)state;
    expect(heads_of_people, HEADS("", " ", "Имя", "i d", "---"), NULL, 0, "- - - id -", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_words),
        cmocka_unit_test(test_the_exact_name_goes_before_a_known_word),
        cmocka_unit_test(test_two_columns_for_one_field),
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_odd_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
