/* SPDX-License-Identifier: MIT */
/* Addresses of collections and of what lies in them. */
#include "dav.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect_place(const char *url, const char *origin, const char *path)
{
    struct dav_place place;
    assert_null(dav_place_read(&place, url));
    assert_string_equal(place.origin, origin);
    assert_string_equal(place.path, path);
    dav_place_free(&place);
}

static void expect_fault(const char *url)
{
    struct dav_place place;
    if (!dav_place_read(&place, url))
        fail_msg("taken: %s", url);
    dav_place_free(&place);
}

static void places(void **state)
{
    (void)state;
    expect_place("https://cal.example.org/laug/team/", "https://cal.example.org", "/laug/team/");
    expect_place("https://cal.example.org:8443/laug/te%20am", "https://cal.example.org:8443",
                 "/laug/te%20am/");
    expect_place("http://127.0.0.1:5232/a", "http://127.0.0.1:5232", "/a/");
    expect_place("http://[::1]/a/", "http://[::1]", "/a/");
    expect_place("http://localhost/", "http://localhost", "/");
    expect_fault("http://cal.example.org/a/");
    expect_fault("http://127.evil.example/a/");
    expect_fault("http://localhost.evil.example/a/");
    expect_fault("https://laug:secret@cal.example.org/a/");
    expect_fault("https://cal.example.org/a/?b");
    expect_fault("https://cal.example.org/a/#b");
    expect_fault("file:///etc/passwd");
    expect_fault("ftp://cal.example.org/");
    expect_fault("cal.example.org");
    expect_fault("");
    expect_fault("https://cal.example.org/a b/");
}

static void expect_name(const char *href, const char *name)
{
    struct dav_place place;
    assert_null(dav_place_read(&place, "https://cal.example.org/laug/t@am/"));
    const char *found = dav_name(&place, href);
    if (name)
        assert_string_equal(found, name);
    else
        assert_null(found);
    dav_place_free(&place);
}

static void names(void **state)
{
    (void)state;
    expect_name("/laug/t@am/laug-a-1.ics", "laug-a-1.ics");
    expect_name("/laug/t%40am/x%20y.ics", "x%20y.ics");
    expect_name("https://cal.example.org/laug/t@am/a.ics", "a.ics");
    expect_name("https://evil.example/laug/t@am/a.ics", NULL);
    expect_name("https://cal.example.org.evil.example/laug/t@am/a.ics", NULL);
    expect_name("//evil.example/laug/t@am/a.ics", NULL);
    expect_name("/laug/t@am/", NULL);
    expect_name("/laug/other/a.ics", NULL);
    expect_name("/laug/t@am/deeper/a.ics", NULL);
    expect_name("/laug/t@am/..", NULL);
    expect_name("/laug/t@am/%2e%2e%2fother", NULL);
    expect_name("/laug/t@am/a%2Fb.ics", NULL);
    expect_name("/laug/t@am/a?b", NULL);
    expect_name("/laug/t@am/a\r\nX: y", NULL);
    expect_name("/laug/t@am/%2e%2e", NULL);
    expect_name("laug/t@am/a.ics", NULL);
    expect_name("", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
