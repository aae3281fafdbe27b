/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct arena arena;
    struct refusals refusals;
    struct table table;
};

static int setup(void **state)
{
    struct reading *reading = calloc(1, sizeof *reading);
    *state = reading;
    return reading ? 0 : -1;
}

static int teardown(void **state)
{
    struct reading *reading = *state;
    arena_free(&reading->arena);
    free(reading);
    return 0;
}

static void read_bytes(struct reading *reading, const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    arena_reset(&reading->arena);
    reading->refusals = (struct refusals){ .arena = &reading->arena };
    table_read(copy, length, &reading->refusals, &reading->table);
    free(copy);
}

static void read_text(struct reading *reading, const char *text)
{
    read_bytes(reading, text, strlen(text));
}

static void expect_row(const struct reading *reading, size_t row, uint32_t line, const char *first,
                       const char *last)
{
    assert_true(row < reading->table.count);
    assert_int_equal(reading->table.rows[row].line, line);
    assert_string_equal(reading->table.rows[row].cells[0], first);
    assert_string_equal(reading->table.rows[row].cells[reading->table.columns - 1], last);
}

static void expect_refusal(const struct reading *reading, size_t index, size_t line, const char *words)
{
    assert_true(index < reading->refusals.count);
    assert_int_equal(reading->refusals.items[index].line, line);
    if (!strstr(reading->refusals.items[index].reason, words))
        fail_msg("\"%s\" does not say \"%s\"", reading->refusals.items[index].reason, words);
}

static void test_three_delimiters(void **state)
{
    struct reading *reading = *state;
    static const char *const texts[] = { "id,name\n1,Anna\n", "id;name\n1;Anna\n", "id\tname\n1\tAnna\n",
                                         "id;\"name, first and last\"\n1;Anna\n" };
    static const char delimiters[] = ",;\t;";
    for (size_t i = 0; i < 4; i++) {
        read_text(reading, texts[i]);
        assert_int_equal(reading->table.delimiter, delimiters[i]);
        assert_int_equal(reading->table.columns, 2);
        assert_string_equal(reading->table.heads[0], "id");
        expect_row(reading, 0, 2, "1", "Anna");
        assert_int_equal(reading->refusals.count, 0);
    }
    read_text(reading, "id\n1\n");
    assert_int_equal(reading->table.delimiter, ',');
    expect_row(reading, 0, 2, "1", "1");
}

static void test_line_ends_and_lines(void **state)
{
    struct reading *reading = *state;
    static const char *const texts[] = { "a,b\n1,2\n\n3,4", "a,b\r\n1,2\r\n\r\n3,4\r\n",
                                         "a,b\r1,2\r\r3,4\r" };
    for (size_t i = 0; i < 3; i++) {
        read_text(reading, texts[i]);
        assert_int_equal(reading->table.count, 2);
        expect_row(reading, 0, 2, "1", "2");
        expect_row(reading, 1, 4, "3", "4");
    }
}

static void test_quoted_cells(void **state)
{
    struct reading *reading = *state;
    read_text(reading, "a,b\n\"x\ny\n\",\"say \"\"hi\"\"\"\n\"\",\" kept \"\n plain , trimmed \n");
    assert_int_equal(reading->refusals.count, 0);
    expect_row(reading, 0, 2, "x\ny\n", "say \"hi\"");
    expect_row(reading, 1, 5, "", " kept ");
    expect_row(reading, 2, 6, "plain", "trimmed");
}

static void test_too_many_and_too_few_cells(void **state)
{
    struct reading *reading = *state;
    read_text(reading, "a,b\n1,2\n1,2,3\n1\n,\n5,6\n");
    assert_int_equal(reading->table.count, 2);
    expect_row(reading, 1, 6, "5", "6");
    assert_int_equal(reading->refusals.count, 2);
    expect_refusal(reading, 0, 3, "has 3 cells where the head of the table has 2");
    expect_refusal(reading, 1, 4, "has 1 cells");
}

static void test_broken_quotes(void **state)
{
    struct reading *reading = *state;
    read_text(reading, "a,b\n1,2\n3,\"open\n4,5\n");
    assert_int_equal(reading->table.count, 0);
    expect_refusal(reading, 0, 3, "never closes");
    read_text(reading, "a,b\n1,2\n3,5\" pipe\n");
    assert_int_equal(reading->table.count, 0);
    expect_refusal(reading, 0, 3, "double those");
}

static void test_control_characters(void **state)
{
    struct reading *reading = *state;
    read_text(reading, "a,b\n1,\x1b[31mred\n2,ok\n3,\x7f\n");
    assert_int_equal(reading->table.count, 1);
    expect_refusal(reading, 0, 2, "control character");
    assert_string_equal(reading->refusals.items[0].column, "b");
    expect_refusal(reading, 1, 4, "control character");
}

static void test_nothing_there(void **state)
{
    struct reading *reading = *state;
    static const char *const texts[] = { "", "\n\n\r\n", ",,,\n" };
    for (size_t i = 0; i < 3; i++) {
        read_text(reading, texts[i]);
        assert_int_equal(reading->table.count, 0);
        expect_refusal(reading, 0, 0, "is empty");
    }
    read_text(reading, "id,name\n");
    assert_int_equal(reading->table.count, 0);
    assert_int_equal(reading->refusals.count, 0);
}

static void test_huge_cell_and_many_columns(void **state)
{
    struct reading *reading = *state;
    size_t size = 3 << 20;
    char *text = malloc(size);
    memset(text, 'x', size);
    memcpy(text, "a,b\n1,\"", 7);
    read_bytes(reading, text, size);
    assert_int_equal(reading->table.count, 0);
    expect_refusal(reading, 0, 2, "64 KiB");
    assert_int_equal(reading->refusals.count, 1);
    memset(text, ',', size);
    text[0] = 'a';
    read_bytes(reading, text, size);
    expect_refusal(reading, 0, 1, "256 columns");
    memset(text, '\r', size);
    memcpy(text, "a,b\n1,2", 7);
    read_bytes(reading, text, size);
    assert_int_equal(reading->table.count, 1);
    free(text);
}

/* Whatever the bytes, reading ends, and every row has as many cells as there are heads. */
static void test_random_bytes(void **state)
{
    struct reading *reading = *state;
    static const char letters[] = "ab,;\t\"\"\n\r \x01";
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[48];
        size_t length = 0;
        do {
            seed = seed * 1664525 + 1013904223;
            text[length++] = letters[(seed >> 10) % (sizeof letters - 1)];
        } while (length < sizeof text && seed >> 27 != 0);
        read_bytes(reading, text, length);
        for (size_t row = 0; row < reading->table.count; row++) {
            assert_true(reading->table.rows[row].line >= 2);
            for (size_t cell = 0; cell < reading->table.columns; cell++)
                assert_non_null(reading->table.rows[row].cells[cell]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_three_delimiters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_line_ends_and_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quoted_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_and_too_few_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken_quotes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_control_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_huge_cell_and_many_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_bytes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
