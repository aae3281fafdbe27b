/* SPDX-License-Identifier: MIT */
/* Zone files made here, the system's own, and what is left of them after an accident. */
#include "zone_file.h"

#include "chance.h"
#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The smallest file there is: one type, UTC+1, no changes, and a rule. */
static size_t make(unsigned char bytes[static 512], char version, const char *rule)
{
    static const unsigned char counts[24] = { [19] = 1, [23] = 4 }; /* one type, four letters */
    static const unsigned char type[10] = { 0, 0, 0x0e, 0x10, 0, 0, 'A', 'B', 'C', 0 };
    static const unsigned char magic[4] = { 'T', 'Z', 'i', 'f' };
    size_t size = 0;
    for (int block = 0; block < 2; block++) {
        memset(bytes + size, 0, 20);
        memcpy(bytes + size, magic, sizeof magic);
        bytes[size + 4] = (unsigned char)version;
        memcpy(bytes + size + 20, counts, sizeof counts);
        memcpy(bytes + size + 44, type, sizeof type);
        size += 44 + sizeof type;
    }
    return size + (size_t)snprintf((char *)bytes + size, 300, "\n%s\n", rule);
}

/* The `index`-th change of a rule, from 1, is that instant and offset in minutes. */
static void lays_out(const char *rule, size_t index, const char *instant, int64_t minutes)
{
    unsigned char bytes[512];
    struct zone_changes changes;
    char text[INSTANT_TEXT_SIZE];
    size_t size = make(bytes, '3', rule);
    assert_true(zone_file_parse(bytes, size, &changes));
    assert_true(index < changes.count);
    assert_string_equal(instant_print(changes.list[index].since, text), instant);
    assert_int_equal(changes.list[index].offset, minutes * 60);
    free(changes.list);
}

static void rules_at_the_end(void **state)
{
    (void)state;
    /* the first change is that to the summer of 1970, the 115th that of 2027 */
    lays_out("CET-1CEST,M3.5.0,M10.5.0/3", 1, "1970-03-29T01:00:00Z", 120);
    lays_out("CET-1CEST,M3.5.0,M10.5.0/3", 2, "1970-10-25T01:00:00Z", 60);
    lays_out("CET-1CEST,M3.5.0,M10.5.0/3", 115, "2027-03-28T01:00:00Z", 120);
    /* hours before and after the day, letters in <>, half hours, another step than one hour */
    lays_out("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 115, "2027-03-28T01:00:00Z", -60);
    lays_out("IST-2IDT,M3.4.4/26,M10.5.0", 115, "2027-03-26T00:00:00Z", 180);
    lays_out("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 115, "2027-04-03T15:00:00Z", 630);
    lays_out("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 116, "2027-10-02T15:30:00Z", 660);
    /* days of the year, with and without counting 29 February */
    lays_out("AAA0BBB,J60/0,J61/0", 117, "2028-03-01T00:00:00Z", 60);
    lays_out("AAA0BBB,60/0,61/0", 117, "2028-03-01T00:00:00Z", 60);
    lays_out("AAA0BBB,J60/0,J61/0", 115, "2027-03-01T00:00:00Z", 60);
    lays_out("AAA0BBB,60/0,61/0", 115, "2027-03-02T00:00:00Z", 60);
    lays_out("AAA0BBB,J59/0,J60/0", 118, "2028-02-29T23:00:00Z", 0);
}

/* What is shown of it, and whether it is daylight time; letters that no zone has are not shown. */
static void is_called(const char *rule, size_t index, const char *letters, bool is_daylight)
{
    unsigned char bytes[512];
    struct zone_changes changes;
    assert_true(zone_file_parse(bytes, make(bytes, '3', rule), &changes));
    assert_true(index < changes.count);
    assert_string_equal(changes.list[index].letters, letters);
    assert_int_equal(changes.list[index].is_daylight, is_daylight);
    free(changes.list);
}

static void letters_of_a_stretch(void **state)
{
    (void)state;
    is_called("CET-1CEST,M3.5.0,M10.5.0/3", 0, "ABC", false);
    is_called("CET-1CEST,M3.5.0,M10.5.0/3", 1, "CEST", true);
    is_called("CET-1CEST,M3.5.0,M10.5.0/3", 2, "CET", false);
    is_called("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2, "+11", true);
    is_called("<;\r>-2<-01>1,M3.5.0,M10.5.0", 2, "", false);
    is_called("CET-1ABCDEFGHIJKLMNOPQRSTUVWXYZ,M3.5.0,M10.5.0", 1, "", true);
}

static void not_a_rule(void **state)
{
    (void)state;
    static const char *const rules[] = { "C",
                                         "CET",
                                         "CET-",
                                         "CET-1CE",
                                         "CET-1CEST",
                                         "CET-1CEST,M3.5.0",
                                         "CET-1CEST,M3.5.0,",
                                         "CET-1CEST,M13.5.0,M10.5.0",
                                         "CET-1CEST,M3.6.0,M10.5.0",
                                         "CET-1CEST,M3.5.7,M10.5.0",
                                         "CET-1CEST,M3.5.0/168,M10.5.0",
                                         "CET-1CEST,J0,J1",
                                         "CET-1CEST,366,1",
                                         "CET-999CEST,M3.5.0,M10.5.0",
                                         "CET-99999999999999999999",
                                         "<CET-1",
                                         "CET-30CEST,M3.5.0,M10.5.0",
                                         "CET-1CEST,M3.5.0,M10.5.0\n",
                                         "CET-1CEST,M3.5.0,M10.5.0 " };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        unsigned char bytes[512];
        struct zone_changes changes;
        size_t size = make(bytes, '2', rules[i]);
        if (zone_file_parse(bytes, size, &changes))
            fail_msg("taken: %s", rules[i]);
    }
}

static void no_rule_and_old_versions(void **state)
{
    (void)state;
    unsigned char bytes[512];
    struct zone_changes changes;
    size_t size = make(bytes, '2', "");
    assert_true(zone_file_parse(bytes, size, &changes));
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.list[0].offset, 3600);
    free(changes.list);
    size = make(bytes, 0, "");
    assert_false(zone_file_parse(bytes, size, &changes));
    size = make(bytes, '2', "");
    bytes[0] = 'X';
    assert_false(zone_file_parse(bytes, size, &changes));
    assert_false(zone_file_parse(bytes, 0, &changes));
}

/* Seconds that other clocks do not count would shift every turn: the kind of file below zoneinfo/right. */
static void leap_seconds(void **state)
{
    (void)state;
    unsigned char bytes[512];
    struct zone_changes changes;
    size_t size = make(bytes, '2', "CET-1"), block = size - strlen("\nCET-1\n");
    assert_true(zone_file_parse(bytes, size, &changes));
    free(changes.list);
    memmove(bytes + block + 12, bytes + block, size - block);
    memset(bytes + block, 0, 12);
    bytes[54 + 31] = 1;
    assert_false(zone_file_parse(bytes, size + 12, &changes));
}

static void summer_without_end(void **state)
{
    (void)state;
    unsigned char bytes[512];
    struct zone_changes changes;
    assert_true(zone_file_parse(bytes, make(bytes, '3', "EST5EDT,0/0,J365/25"), &changes));
    /* the last one is where the years laid out end */
    assert_int_equal(changes.count, 3);
    assert_int_equal(day_to_civil(day_of_seconds(changes.list[2].since)).year, 2201);
    assert_int_equal(changes.list[1].since, 5 * 3600);
    assert_int_equal(changes.list[1].offset, -4 * 3600);
    free(changes.list);
}

static size_t read_system_file(const char *name, unsigned char *bytes, size_t room)
{
    char path[128];
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    size_t size = fread(bytes, 1, room, file);
    fclose(file);
    return size;
}

static void must_be_in_order(struct zone_changes *changes)
{
    assert_true(changes->count >= 1 && changes->list[0].since == 0);
    for (size_t i = 1; i < changes->count; i++)
        assert_true(changes->list[i].since > changes->list[i - 1].since);
    free(changes->list);
}

/* Each copy in memory of its exact size, so that the sanitizer sees a read past its end. */
static bool parse_copy(const unsigned char *bytes, size_t size)
{
    struct zone_changes changes;
    unsigned char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    bool is_parsed = zone_file_parse(copy, size, &changes);
    free(copy);
    if (is_parsed)
        must_be_in_order(&changes);
    return is_parsed;
}

static void accidents(void **state)
{
    (void)state;
    static unsigned char bytes[16384];
    size_t size = read_system_file("Europe/Copenhagen", bytes, sizeof bytes);
    if (size == 0) {
        fail_msg("this system has no /usr/share/zoneinfo/Europe/Copenhagen");
        return;
    }
    assert_true(parse_copy(bytes, size));
    for (size_t cut = 0; cut < size; cut++)
        assert_false(parse_copy(bytes, cut));
    chance_start(4);
    for (int round = 0; round < 5000; round++) {
        unsigned char hurt[sizeof bytes];
        memcpy(hurt, bytes, size);
        for (int hits = 1 + chance(4); hits > 0; hits--)
            hurt[(size_t)chance(chance(2) ? (int)size : 44)] = (unsigned char)(chance(3) ? chance(256)
                                                                                         : 0xFF);
        (void)parse_copy(hurt, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rules_at_the_end),
                                        cmocka_unit_test(not_a_rule),
                                        cmocka_unit_test(letters_of_a_stretch),
                                        cmocka_unit_test(no_rule_and_old_versions),
                                        cmocka_unit_test(leap_seconds),
                                        cmocka_unit_test(summer_without_end),
                                        cmocka_unit_test(accidents) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
