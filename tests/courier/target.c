/* SPDX-License-Identifier: MIT */
/* Where posts may go: only to hosts of the list, over TLS or to this machine. */
#include "target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOSTS "hooks.chat.example, Intern.example:8443  localhost:8065 127.0.0.1 [::1]:9000 10.0.0.7"

static void takes(const char *address)
{
    CURLU *url = NULL;
    const char *why = target_parse(address, HOSTS, &url);
    if (why)
        print_error("%s: %s\n", address, why);
    assert_null(why);
    assert_non_null(url);
    curl_url_cleanup(url);
}

static void refuses(const char *address, const char *part)
{
    CURLU *url = NULL;
    const char *why = target_parse(address, HOSTS, &url);
    if (!why || !strstr(why, part))
        print_error("%s: %s\n", address, why ? why : "is let in");
    assert_non_null(why);
    assert_non_null(strstr(why, part));
    assert_null(url);
}

static void what_is_listed_may_be_posted_to(void **state)
{
    (void)state;
    takes("https://hooks.chat.example/services/x");
    takes("https://HOOKS.Chat.Example/services/x?y=1");
    takes("https://hooks.chat.example:443/");
    takes("https://intern.example:8443/x");
    takes("http://localhost:8065/hooks/x");
    takes("http://127.0.0.1/x");
    takes("https://127.0.0.1/x");
    takes("https://[::1]:9000/x");
    takes("http://[::1]:9000/x");
    takes("https://10.0.0.7/x");
}

static void nothing_else_may(void **state)
{
    static const char *const unlisted[] = {
        "https://chat.example/x",
        "https://evil.hooks.chat.example/x",
        "https://hooks.chat.example.evil/x",
        "https://hooks.chat.example:8443/x",
        "https://intern.example/x",
        "https://localhost/x",
        "http://127.0.0.1:22/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
    };
    (void)state;
    for (size_t i = 0; i < sizeof unlisted / sizeof *unlisted; i++)
        refuses(unlisted[i], "do not list its host");
    refuses("http://hooks.chat.example/x", "use https");
    refuses("http://hooks.chat.example:443/x", "do not list its host");
    refuses("https://user:word@hooks.chat.example/x", "user or password");
    refuses("https://hooks.chat.example@evil.example/x", "user or password");
    refuses("ftp://hooks.chat.example/x", "neither https nor http");
    refuses("file:///etc/passwd", "");
    refuses("gopher://localhost:8065/x", "neither https nor http");
    refuses("https://hooks.chat.example\\@evil.example/x", "character");
    refuses("https://hooks.chat.example/a b", "character");
    refuses("https://hooks.chat.example/\r\nHost: evil", "character");
    refuses("https://hooks.chat.example/\xC3\xA6", "character");
    refuses("", "");
    refuses("hooks", "");
}

static void without_tls_only_this_machine(void **state)
{
    CURLU *url = NULL;
    (void)state;
    assert_string_equal(target_parse("http://intern.example/x", "intern.example", &url),
                        "its address is http, which is for this machine alone; use https");
    assert_non_null(target_parse("http://127.0.0.1.evil.example/x", "127.0.0.1.evil.example", &url));
}

static void an_empty_list_lets_nothing_through(void **state)
{
    CURLU *url = NULL;
    (void)state;
    assert_non_null(target_parse("https://hooks.chat.example/x", NULL, &url));
    assert_non_null(target_parse("https://hooks.chat.example/x", "", &url));
    assert_non_null(target_parse("https://hooks.chat.example/x", " , ", &url));
}

static void a_list_is_checked(void **state)
{
    (void)state;
    assert_null(hosts_find_wrong(HOSTS));
    assert_null(hosts_find_wrong(""));
    assert_string_equal(hosts_find_wrong("good.example https://bad.example"), "https://bad.example");
    assert_string_equal(hosts_find_wrong("bad.example/x good.example"), "bad.example/x good.example");
    assert_non_null(hosts_find_wrong("*.example"));
    assert_non_null(hosts_find_wrong("user@host"));
    assert_non_null(hosts_find_wrong("host:99999"));
    assert_non_null(hosts_find_wrong("host:x"));
    assert_non_null(hosts_find_wrong("[::1"));
}

static bool allows(int family, const char *text, bool is_tls)
{
    struct sockaddr_storage storage = { .ss_family = (sa_family_t)family };
    void *address = family == AF_INET ? (void *)&((struct sockaddr_in *)&storage)->sin_addr
                                      : (void *)&((struct sockaddr_in6 *)&storage)->sin6_addr;
    assert_int_equal(inet_pton(family, text, address), 1);
    return target_allows((const struct sockaddr *)&storage, is_tls);
}

static void what_a_name_stands_for_is_looked_at(void **state)
{
    (void)state;
    assert_true(allows(AF_INET, "127.0.0.1", false));
    assert_true(allows(AF_INET, "127.8.9.1", true));
    assert_true(allows(AF_INET6, "::1", false));
    assert_true(allows(AF_INET, "10.0.0.7", true)); /* a listed name may stand for the own network */
    assert_true(allows(AF_INET6, "fd00::7", true));
    assert_true(allows(AF_INET, "203.0.113.9", true));
    assert_false(allows(AF_INET, "203.0.113.9", false));
    assert_false(allows(AF_INET, "10.0.0.7", false));
    assert_false(allows(AF_INET6, "2001:db8::1", false));
    assert_false(allows(AF_INET, "169.254.169.254", true));
    assert_false(allows(AF_INET, "0.0.0.0", true));
    assert_false(allows(AF_INET, "224.0.0.1", true));
    assert_false(allows(AF_INET, "255.255.255.255", true));
    assert_false(allows(AF_INET6, "::", true));
    assert_false(allows(AF_INET6, "fe80::1", true));
    assert_false(allows(AF_INET6, "ff02::1", true));
    assert_false(allows(AF_INET6, "::ffff:169.254.169.254", true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_listed_may_be_posted_to),
        cmocka_unit_test(nothing_else_may),
        cmocka_unit_test(without_tls_only_this_machine),
        cmocka_unit_test(an_empty_list_lets_nothing_through),
        cmocka_unit_test(a_list_is_checked),
        cmocka_unit_test(what_a_name_stands_for_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
