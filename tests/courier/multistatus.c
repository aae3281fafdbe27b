/* SPDX-License-Identifier: MIT */
/* What a calendar server says about a collection, good and bad. */
#include "multistatus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                                 \
    "<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"
#define PROP(etag, data, status)                                                                             \
    "<D:propstat><D:prop><D:getetag>" etag "</D:getetag><C:calendar-data>" data                              \
    "</C:calendar-data></D:prop><D:status>HTTP/1.1 " status "</D:status></D:propstat>"
#define RESPONSE(href, inside) "<D:response><D:href>" href "</D:href>" inside "</D:response>"
#define TAIL                   "</D:multistatus>"

/* Reads it in pieces of `step` bytes; NULL where it is refused. */
static struct multistatus *read_in_steps(const char *text, size_t step)
{
    struct multistatus *multistatus = multistatus_new();
    size_t length = strlen(text);
    bool is_good = true;
    for (size_t at = 0; is_good && at < length; at += step)
        is_good = multistatus_read(multistatus, text + at, length - at < step ? length - at : step);
    if (is_good && multistatus_end(multistatus))
        return multistatus;
    multistatus_free(multistatus);
    return NULL;
}

static void expect_one(const char *text, const char *href, const char *etag, const char *data)
{
    static const size_t steps[] = { 1, 3, 1 << 20 };
    for (size_t i = 0; i < 3; i++) {
        size_t count;
        struct multistatus *multistatus = read_in_steps(text, steps[i]);
        assert_non_null(multistatus);
        const struct resource *resources = multistatus_resources(multistatus, &count);
        assert_int_equal(count, 1);
        assert_string_equal(resources->href, href);
        assert_string_equal(resources->etag, etag);
        assert_string_equal(resources->data, data);
        multistatus_free(multistatus);
    }
}

static void expect_none(const char *text)
{
    size_t count;
    struct multistatus *multistatus = read_in_steps(text, 7);
    assert_non_null(multistatus);
    multistatus_resources(multistatus, &count);
    assert_int_equal(count, 0);
    multistatus_free(multistatus);
}

static void expect_refusal(const char *text)
{
    if (read_in_steps(text, 1 << 20))
        fail_msg("taken: %s", text);
}

static void resources_are_found(void **state)
{
    (void)state;
    expect_one(HEAD RESPONSE(" /a/b.ics\n", PROP("&quot;1&quot;", "BEGIN:X&#13;\nEND:X", "200 OK")) TAIL,
               "/a/b.ics", "\"1\"", "BEGIN:X\r\nEND:X");
    /* what it has not comes in a part of its own, before or after */
    expect_one(HEAD RESPONSE("/a", "<D:propstat><D:prop><C:other/></D:prop><D:status>HTTP/1.1 404 Not Found"
                                   "</D:status></D:propstat>" PROP("e", "<![CDATA[a<b]]>", "200 OK")) TAIL,
               "/a", "e", "a<b");
    expect_one(HEAD RESPONSE("/a", PROP("e", "d", "200 OK") PROP("x", "y", "404 Not Found")) TAIL, "/a", "e",
               "d");
    expect_none(HEAD TAIL);
    expect_none(HEAD RESPONSE("/gone", "<D:status>HTTP/1.1 404 Not Found</D:status>") TAIL);
    expect_none(HEAD RESPONSE("", PROP("e", "d", "200 OK")) TAIL);
    expect_none(HEAD "<E:response xmlns:E=\"other\"><E:href>/a</E:href></E:response>" TAIL);
}

static void an_etag_that_is_no_header_is_none(void **state)
{
    (void)state;
    expect_one(HEAD RESPONSE("/a", PROP("&quot;x&#13;&#10;Evil: 1&quot;", "d", "200 OK")) TAIL, "/a", "",
               "d");
    expect_one(HEAD RESPONSE("/a", PROP("\xC3\xA6", "d", "200 OK")) TAIL, "/a", "", "d");
}

static void what_is_refused(void **state)
{
    (void)state;
    expect_refusal("");
    expect_refusal("no XML");
    expect_refusal("<html/>");
    expect_refusal(HEAD);
    expect_refusal(HEAD "<D:response>" TAIL);
    expect_refusal(HEAD "\xFF" TAIL);
    expect_refusal("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>" HEAD RESPONSE(
        "/a", PROP("&b;", "d", "200 OK")) TAIL);
    expect_refusal("<!DOCTYPE x SYSTEM \"file:///etc/passwd\">" HEAD TAIL);
    expect_refusal(HEAD "&a;" TAIL);
    char deep[4000] = HEAD;
    for (int i = 0; i < 100; i++)
        strcat(deep, "<a>");
    expect_refusal(deep);
}

static void too_much_of_one_is_nothing_of_it(void **state)
{
    (void)state;
    size_t length = 300 << 10;
    char *data = malloc(length + 1), *text;
    assert_non_null(data);
    memset(data, 'x', length);
    data[length] = 0;
    assert_true(asprintf(&text, HEAD RESPONSE("/a", PROP("e", "%s", "200 OK")) TAIL, data) > 0);
    expect_one(text, "/a", "e", "");
    free(text);
    free(data);
}

static void too_much_of_all_is_refused(void **state)
{
    (void)state;
    static const char part[] = RESPONSE("/a", PROP("e", "d", "200 OK"));
    struct multistatus *multistatus = multistatus_new();
    bool is_good = multistatus_read(multistatus, HEAD, strlen(HEAD));
    size_t count = 0;
    for (; is_good && count < 100000; count++)
        is_good = multistatus_read(multistatus, part, strlen(part));
    assert_false(is_good);
    assert_in_range(count, 20000, 20002);
    multistatus_free(multistatus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_are_found),
        cmocka_unit_test(an_etag_that_is_no_header_is_none),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(too_much_of_one_is_nothing_of_it),
        cmocka_unit_test(too_much_of_all_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
