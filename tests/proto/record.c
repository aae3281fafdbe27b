/* SPDX-License-Identifier: MIT */
/* The walks over a record: presence, growing lists, text forms, the method table, and errors that fit. */
#include "record.h"

#include "catalogue.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), _fail(__FILE__, __LINE__))

static const struct field *named(const char *name)
{
    const struct field *field = field_find(&sample_record, name, strlen(name));
    assert_non_null(field);
    return field;
}

static void finds_fields_by_whole_names(void **state)
{
    (void)state;
    assert_string_equal(named("text")->name, "text");
    assert_string_equal(named("texts")->name, "texts");
    assert_null(field_find(&sample_record, "tex", 3));
    assert_null(field_find(&sample_record, "textsx", 6));
    assert_null(field_find(&sample_record, "", 0));
    assert_string_equal(field_find(&sample_record, "textsx", 5)->name, "texts");
    assert_null(field_find(&sample_record, "text\0text", 9));
    assert_null(field_find(&sample_record, "text\0", 5));
}

static void counts_what_is_there(void **state)
{
    (void)state;
    struct sample sample = { 0 };
    const int64_t five = 5;
    const bool no = false;
    assert_int_equal(field_count(named("text"), &sample), 0);
    assert_int_equal(field_count(named("number"), &sample), 1); /* a plain value is always there */
    assert_int_equal(field_count(named("maybe"), &sample), 0);
    assert_int_equal(field_count(named("value"), &sample), 0);
    assert_int_equal(field_count(named("inner"), &sample), 0);
    sample.maybe = &five;
    sample.perhaps = &no;
    assert_int_equal(field_count(named("maybe"), &sample), 1);
    assert_ptr_equal(field_at(named("maybe"), &sample, 0), &five);
    assert_int_equal(field_count(named("perhaps"), &sample), 1);
}

static void grows_lists_of_every_size(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    struct sample sample = { 0 };
    for (int i = 0; i < 1000; i++) {
        *(int64_t *)field_add(named("numbers"), &sample, &arena) = i;
        *(bool *)field_add(named("perhaps"), &sample, &arena) = i % 2;
        ((struct inner *)field_add(named("inners"), &sample, &arena))->word = i % 2 ? "odd" : "even";
    }
    assert_int_equal(sample.numbers_count, 1000);
    assert_int_equal(sample.inners_count, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(*(const int64_t *)field_at(named("numbers"), &sample, (size_t)i), i);
        assert_string_equal(sample.inners[i].word, i % 2 ? "odd" : "even");
        assert_null(sample.inners[i].count);
    }
    assert_true(*sample.perhaps);
    field_clear(named("numbers"), &sample);
    field_clear(named("perhaps"), &sample);
    assert_int_equal(sample.numbers_count, 0);
    assert_null(sample.perhaps);
    *(int64_t *)field_add(named("numbers"), &sample, &arena) = 7;
    assert_int_equal(sample.numbers[0], 7);
    arena_free(&arena);
}

static void reads_and_writes_text_forms(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"text",     "Anna Holm"           },
        { "number",  "-10"                 },
        { "minutes", "90"                  },
        { "is_good", "yes"                 },
        { "is_good", "no"                  },
        { "on",      "2027-03-01"          },
        { "at",      "2027-03-01T08:00:00Z"},
        { "local",   "2027-03-01T09:00"    },
        { "colour",  "blue"                },
        { "number",  "9007199254740991"    }
    };
    struct arena arena = { 0 };
    struct error error;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        _Alignas(max_align_t) char value[64] = { 0 };
        assert_int_equal(
            value_from_text(named(pairs[i][0]), pairs[i][1], strlen(pairs[i][1]), value, &arena, &error), OK);
        assert_string_equal(value_to_text(named(pairs[i][0]), value, &arena), pairs[i][1]);
    }
    arena_free(&arena);
}

static void refuses_malformed_text_forms(void **state)
{
    (void)state;
    static const struct {
        const char *field, *text;
        size_t length;
    } wrong[] = {
        {"number",   "",                   0 },
        { "number",  "-",                  1 },
        { "number",  "7 ",                 2 },
        { "number",  " 7",                 2 },
        { "number",  "+7",                 2 },
        { "number",  "7x",                 2 },
        { "number",  "7\0x",               3 },
        { "number",  "0x10",               4 },
        { "number",  "999999999999999999", 18},
        { "is_good", "true",               4 },
        { "is_good", "ye",                 2 },
        { "colour",  "blu",                3 },
        { "colour",  "red\0xxxx",          8 },
        { "colour",  "",                   0 },
        { "text",    "a\0b",               3 },
        { "on",      "2027-02-30",         10},
        { "inner",   "x",                  1 },
        { "value",   "x",                  1 },
    };
    struct arena arena = { 0 };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        _Alignas(max_align_t) char value[64] = { 0 };
        struct error error = { 0 };
        if (value_from_text(named(wrong[i].field), wrong[i].text, wrong[i].length, value, &arena, &error) !=
            INVALID)
            fail_msg("%s: \"%s\" was taken", wrong[i].field, wrong[i].text);
        assert_string_equal(error.field, wrong[i].field);
    }
    arena_free(&arena);
}

/* ---- the catalogue's tables ---- */

static void finds_every_method_and_no_other(void **state)
{
    (void)state;
    for (int i = 0; i < METHODS_COUNT; i++) {
        const char *name = methods[i].name;
        size_t length = strlen(name);
        char other[80];
        assert_ptr_equal(method_find(name, length), &methods[i]);
        assert_ptr_not_equal(method_find(name, length - 1), &methods[i]);
        snprintf(other, sizeof other, "%sx", name);
        assert_null(method_find(other, length + 1));
        memset(other, 0, sizeof other);
        memcpy(other, name, length); /* a NUL and more behind the name */
        assert_null(method_find(other, length + 1));
        assert_null(method_find(other, sizeof other));
    }
    assert_null(method_find("", 0));
}

static void tables_are_in_order(void **state)
{
    (void)state;
    for (int i = 1; i < METHODS_COUNT; i++)
        assert_true(strcmp(methods[i - 1].name, methods[i].name) < 0);
    for (int i = 0; i < METHODS_COUNT; i++) {
        assert_true(methods[i].clauses_count > 0);
        assert_true(*methods[i].help);
        assert_true(methods[i].params->fields_count <= 48);
    }
}

static void prints_who_may(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    const struct field person = { .name = "person" };
    const struct clause clauses[] = {
        {ROLE_SELF,   &person},
        { ROLE_LEAD,  &person},
        { ROLE_ADMIN, NULL   }
    };
    assert_string_equal(clauses_print(clauses, 3, &arena), "self of person, lead of person or admin");
    assert_string_equal(clauses_print(clauses + 1, 2, &arena), "lead of person or admin");
    assert_string_equal(clauses_print(clauses + 2, 1, &arena), "admin");
    arena_free(&arena);
}

/* ---- errors ---- */

static void codes_and_words_belong_together(void **state)
{
    (void)state;
    for (int code = 1; code < CODES_COUNT; code++) {
        assert_int_equal(code_from_word(code_word((enum code)code)), code);
        assert_true(code_exit_status((enum code)code) > 0);
    }
    assert_int_equal(code_from_word("nonsense"), INTERNAL);
    assert_int_equal(code_from_word(""), INTERNAL);
    assert_true(code_blames_caller(INVALID));
    assert_false(code_blames_caller(STORAGE_FULL));
}

/* A sentence too long is cut between two characters, wherever the cut falls. */
static void cuts_sentences_at_a_character(void **state)
{
    (void)state;
    static const char *const letters[] = { "x", "æ", "€", "\xf0\x9f\x8e\x93" };
    for (size_t kind = 0; kind < 4; kind++)
        for (int shift = 0; shift < 4; shift++) {
            char text[2000] = "";
            struct error error;
            for (int i = 0; i < shift; i++)
                strcat(text, "y");
            for (int i = 0; i < 460; i++)
                strcat(text, letters[kind]);
            assert_int_equal(fail(&error, INVALID, text, "%s", text), INVALID);
            assert_true(text_length(error.text, false) > 0);
            assert_true(text_length(error.field, false) > 0);
            assert_true(strlen(error.text) > sizeof error.text - 5);
            assert_true(strlen(error.field) > sizeof error.field - 5);
        }
}

static void keeps_the_field_of_a_failure_told_anew(void **state)
{
    (void)state;
    struct error error;
    fail(&error, INVALID, "limit", "too large");
    fail(&error, INVALID, error.field, "too large (line %d)", 7);
    assert_string_equal(error.field, "limit");
    assert_string_equal(error.text, "too large (line 7)");
    fail(&error, INVALID, NULL, "nothing in particular");
    assert_string_equal(error.field, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_fields_by_whole_names),
        cmocka_unit_test(counts_what_is_there),
        cmocka_unit_test(grows_lists_of_every_size),
        cmocka_unit_test(reads_and_writes_text_forms),
        cmocka_unit_test(refuses_malformed_text_forms),
        cmocka_unit_test(finds_every_method_and_no_other),
        cmocka_unit_test(tables_are_in_order),
        cmocka_unit_test(prints_who_may),
        cmocka_unit_test(codes_and_words_belong_together),
        cmocka_unit_test(cuts_sentences_at_a_character),
        cmocka_unit_test(keeps_the_field_of_a_failure_told_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
