/* SPDX-License-Identifier: MIT */
/* The scanner that stands between a socket and everyone who counts with what came off it. */
#include "value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static enum scan_result scan_all(const uint8_t *bytes, size_t length, size_t limit)
{
    struct scan scan = { 0 };
    uint8_t *exact = malloc(length ? length : 1); /* so that a byte too many is seen */
    memcpy(exact, bytes, length);
    enum scan_result result = scan_on(&scan, exact, length, limit);
    free(exact);
    return result;
}

static void good_values_are_whole_and_their_beginnings_are_not(void **state)
{
    static const struct {
        const uint8_t *bytes;
        size_t length;
    } values[] = {
        { BYTES("\xc0") },
        { BYTES("\x94\x01\x07\xc0\xc3") },
        { BYTES("\x82\xa1\x61\x01\xa1\x62\xa3\xc3\xa5\x78") },
        { BYTES("\xd9\x05hello") },
        { BYTES("\xda\x00\x02hi") },
        { BYTES("\xdb\x00\x00\x00\x02hi") },
        { BYTES("\xc4\x02\xff\xfe") },
        { BYTES("\xcb\x40\x09\x21\xfb\x54\x44\x2d\x18") },
        { BYTES("\xcf\xff\xff\xff\xff\xff\xff\xff\xff") },
        { BYTES("\xd3\x80\x00\x00\x00\x00\x00\x00\x00") },
        { BYTES("\xdc\x00\x02\x90\x80") },
        { BYTES("\xde\x00\x01\xa0\x91\x90") },
        { BYTES("\xe0") },
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_int_equal(scan_all(values[i].bytes, values[i].length, 1000), SCAN_WHOLE);
        assert_true(value_is_whole(values[i].bytes, values[i].length));
        for (size_t length = 0; length < values[i].length; length++) {
            assert_int_equal(scan_all(values[i].bytes, length, 1000), SCAN_PART);
            assert_false(value_is_whole(values[i].bytes, length));
        }
    }
    assert_false(value_is_whole(BYTES("\xc0\xc0")));
}

static void hostile_bytes_are_bad_at_once(void **state)
{
    static const struct {
        const uint8_t *bytes;
        size_t length;
    } values[] = {
        { BYTES("\xc1") },                     /* never used */
        { BYTES("\xdf\xff\x33\xc1\xff") },     /* a map of four thousand million */
        { BYTES("\xdd\xff\xff\xff\xff") },     /* an array of them */
        { BYTES("\xdb\xff\xff\xff\xff") },     /* a text of 4 GiB */
        { BYTES("\xc6\xff\xff\xff\xff") },     /* bytes of 4 GiB */
        { BYTES("\x91\xdb\x00\x00\x03\xe8") }, /* a text of 1000 where 1000 are allowed in all */
        { BYTES("\xdc\x03\xe8") },             /* 1000 values, a byte each, behind three bytes of head */
        { BYTES("\xc7\x01\x01\x00") },         /* extension types */
        { BYTES("\xc8\x00\x01\x01\x00") },
        { BYTES("\xd4\x01\x00") },
        { BYTES("\xd8") },
        { BYTES("\xa1\xff") },             /* not UTF-8 */
        { BYTES("\xa2\xc0\x80") },         /* not the shortest form */
        { BYTES("\xa3\xed\xa0\x80") },     /* a surrogate */
        { BYTES("\xa4\xf4\x90\x80\x80") }, /* above U+10FFFF */
        { BYTES("\xa3\xe0\x9f\xbf") },
        { BYTES("\xa1\x80") },
        { BYTES("\xa2\xc3\x28") },
        { BYTES("\xa1\xc3") }, /* ends inside a character */
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(scan_all(values[i].bytes, values[i].length, 1000), SCAN_BAD);
}

static void sixteen_levels_and_no_more(void **state)
{
    uint8_t deep[40];
    (void)state;
    memset(deep, 0x91, sizeof deep);
    deep[16] = 0x01;
    assert_int_equal(scan_all(deep, 17, 1000), SCAN_WHOLE);
    deep[16] = 0x90;
    assert_int_equal(scan_all(deep, 17, 1000), SCAN_BAD);
    memset(deep, 0x81, sizeof deep); /* as keys too */
    assert_int_equal(scan_all(deep, sizeof deep, 1000), SCAN_BAD);
}

static void goes_on_where_it_stopped(void **state)
{
    static const uint8_t value[] = "\x93\xa3\xe2\x82\xac\x82\xa1k\xc2\xa1l\x92\x01\x02\xcd\x01\x00\xc0";
    struct scan scan = { 0 };
    (void)state;
    for (size_t length = 0; length < sizeof value - 2; length++)
        assert_int_equal(scan_on(&scan, value, length, 1000), SCAN_PART);
    assert_int_equal(scan_on(&scan, value, sizeof value - 1, 1000), SCAN_WHOLE);
    assert_int_equal(scan.at, sizeof value - 2); /* what follows is another frame's */
}

/* Whatever the bytes, a scan reads none beyond them, ends, and agrees with itself done piece by piece. */
static void random_bytes_agree_with_themselves(void **state)
{
    uint32_t seed = 1;
    uint8_t bytes[64];
    size_t whole = 0;
    (void)state;
    for (int round = 0; round < 200000; round++) {
        size_t length = 0;
        while (length < 24) {
            seed = seed * 1664525 + 1013904223;
            uint8_t byte = (uint8_t)(seed >> 24);
            bytes[length++] = round % 2 ? byte : (uint8_t)(byte % 3 ? 0x80 | (byte & 0x1F) : byte & 0x07);
        }
        struct scan scan = { 0 };
        enum scan_result result = scan_all(bytes, length, 64), last = SCAN_PART;
        for (size_t have = 0; have <= length && last == SCAN_PART; have++)
            last = scan_on(&scan, bytes, have, 64);
        assert_int_equal(last, result);
        whole += result == SCAN_WHOLE;
    }
    assert_true(whole > 1000);
}

static void reads_what_it_scanned(void **state)
{
    static const uint8_t value[] = "\x95\x81\xa1k\x2a\xd0\xff\xcf\x80\x00\x00\x00\x00\x00\x00\x00\xc0\xa2hi";
    struct cursor cursor = { value, value + sizeof value - 1 };
    uint32_t count;
    int64_t number = 0;
    const char *text;
    (void)state;
    assert_true(cursor_array(&cursor, &count) && count == 5);
    assert_false(cursor_text(&cursor, &text, &count));
    assert_true(cursor_map(&cursor, &count) && count == 1);
    assert_true(cursor_text(&cursor, &text, &count) && count == 1 && *text == 'k');
    assert_true(cursor_integer(&cursor, &number) && number == 42);
    assert_true(cursor_integer(&cursor, &number) && number == -1);
    assert_false(cursor_integer(&cursor, &number)); /* 2^63 is beyond */
    assert_true(cursor_skip(&cursor));
    assert_true(cursor_nil(&cursor));
    assert_true(cursor_text(&cursor, &text, &count) && count == 2 && memcmp(text, "hi", 2) == 0);
    assert_false(cursor_skip(&cursor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_values_are_whole_and_their_beginnings_are_not),
        cmocka_unit_test(hostile_bytes_are_bad_at_once),
        cmocka_unit_test(sixteen_levels_and_no_more),
        cmocka_unit_test(goes_on_where_it_stopped),
        cmocka_unit_test(random_bytes_agree_with_themselves),
        cmocka_unit_test(reads_what_it_scanned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
