/* SPDX-License-Identifier: MIT */
#include "encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct encoding find(const char *bytes, size_t length)
{
    /* a copy of exactly this size, so that a sanitizer sees a read beyond it */
    char *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    struct encoding found = encoding_find(copy, length);
    free(copy);
    return found;
}

#define FIND(literal) find(literal, sizeof(literal) - 1)

static void test_utf8_with_and_without_mark(void **state)
{
    (void)state;
    assert_int_equal(FIND("").kind, ENCODING_UTF8);
    assert_int_equal(FIND("id,name\n1,Åse\n").kind, ENCODING_UTF8);
    assert_int_equal(FIND("id,name\n1,Åse\n").skip, 0);
    assert_int_equal(FIND("\xEF\xBB\xBFid\n").kind, ENCODING_UTF8);
    assert_int_equal(FIND("\xEF\xBB\xBFid\n").skip, 3);
    assert_int_equal(FIND("Zażółć gęślą jaźń, İstanbul, \xF0\x9F\x98\x80").kind, ENCODING_UTF8);
}

static void test_names_the_charset_and_the_line(void **state)
{
    (void)state;
    struct encoding found = FIND("id,name\n1,Anna\n2,Fran\xE7ois\n");
    assert_int_equal(found.kind, ENCODING_OTHER);
    assert_string_equal(found.charset, "CP1252");
    assert_int_equal(found.line, 3);
    assert_int_equal(found.byte, 0xE7);
    assert_string_equal(FIND("navn\nS\xF8ren Kj\xE6r\n\xC5se\n").charset, "CP1252");
    assert_string_equal(FIND("navn\nS\x9Bren Kj\x91r\n\x8Fse\n").charset, "CP850");
    assert_string_equal(FIND("navn\nS\xBFren Kj\xBEr\n\x81se\n").charset, "MACINTOSH");
}

static void test_utf16_and_utf32(void **state)
{
    (void)state;
    assert_string_equal(FIND("\xFF\xFEi\0d\0\n\0").charset, "UTF-16");
    assert_string_equal(FIND("\xFE\xFF\0i\0d\0\n").charset, "UTF-16");
    assert_string_equal(FIND("i\0d\0,\0n\0\n\0").charset, "UTF-16LE");
    assert_string_equal(FIND("\0i\0d\0,\0n\0\n").charset, "UTF-16BE");
    assert_string_equal(FIND("\xFF\xFE\0\0i\0\0\0").charset, "UTF-32");
}

static void test_what_is_no_text(void **state)
{
    (void)state;
    struct encoding found = FIND("id,name\n1,Anna\n2,An\0na\n3,Bo\n4,Carl\n");
    assert_int_equal(found.kind, ENCODING_BINARY);
    assert_int_equal(found.line, 3);
    assert_int_equal(FIND("PK\x03\x04 and so on").kind, ENCODING_SPREADSHEET);
    assert_int_equal(FIND("\xD0\xCF\x11\xE0 and so on").kind, ENCODING_SPREADSHEET);
}

/* Markus Kuhn's "UTF-8 decoder capability and stress test", sections 3 to 5, in short. */
static void test_ill_formed_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = { "\x80",
                                       "\xBF",
                                       "\xC0\xAF",
                                       "\xC1\xBF",
                                       "\xE0\x9F\xBF",
                                       "\xF0\x8F\xBF\xBF",
                                       "\xED\xA0\x80",
                                       "\xED\xBF\xBF",
                                       "\xF4\x90\x80\x80",
                                       "\xF5\x80\x80\x80",
                                       "\xFE",
                                       "\xFF",
                                       "\xC3",
                                       "\xE2\x82",
                                       "\xF0\x9F\x98",
                                       "\xE2\x28\xA1" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t at = 99;
        char text[32];
        for (size_t before = 0; before < 17; before++) {
            memset(text, 'a', before);
            memcpy(text + before, bad[i], strlen(bad[i]));
            char *copy = malloc(before + strlen(bad[i]));
            memcpy(copy, text, before + strlen(bad[i]));
            assert_false(encoding_is_utf8(copy, before + strlen(bad[i]), &at));
            assert_int_equal(at, before);
            free(copy);
        }
    }
}

/* Every code point, packed here by the rule of RFC 3629: all but the surrogates are good and read back. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t point = 1; point <= 0x10FFFF; point++) {
        char bytes[5] = { 0 };
        size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4, at;
        for (size_t i = length; i-- > 1;)
            bytes[i] = (char)(0x80 | (point >> 6 * (length - 1 - i) & 0x3F));
        static const unsigned char heads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
        bytes[0] = (char)(heads[length] | point >> 6 * (length - 1));
        bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
        assert_int_equal(encoding_is_utf8(bytes, length, &at), !is_surrogate);
        unsigned read;
        if (!is_surrogate) {
            assert_int_equal(encoding_character(bytes, &read), length);
            assert_int_equal(read, point);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_with_and_without_mark),
        cmocka_unit_test(test_names_the_charset_and_the_line),
        cmocka_unit_test(test_utf16_and_utf32),
        cmocka_unit_test(test_what_is_no_text),
        cmocka_unit_test(test_ill_formed_utf8),
        cmocka_unit_test(test_every_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
