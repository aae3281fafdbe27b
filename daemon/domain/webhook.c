/* SPDX-License-Identifier: MIT */
/*
 * Webhooks: where posts go. The invariant: an address that is kept is one that may be posted to, over TLS or
 * on this machine alone; whether its host is one that the company trusts is for the courier's settings to
 * say.
 */
#include "outbox.h"
#include "post.h"
#include "reminder_plan.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- addresses ---- */

enum { HOST_MAX = 253 };

/* Takes `host` (in brackets where it is an IPv6 address) out of what stands between the scheme and the path;
 * false where it is no name, no address, or has no proper port behind it. */
static bool split_host(const char *authority, size_t length, char host[static HOST_MAX + 1])
{
    size_t end = authority[0] == '[' ? strcspn(authority, "]") + 1 : strcspn(authority, ":/?");
    if (end > length || end == 0 || end > HOST_MAX)
        return false;
    memcpy(host, authority, end);
    host[end] = 0;
    if (end == length)
        return true;
    size_t digits = strspn(authority + end + 1, "0123456789");
    if (authority[end] != ':' || digits == 0 || digits > 5 || end + 1 + digits != length)
        return false;
    long port = strtol(authority + end + 1, NULL, 10);
    return port > 0 && port < 65536;
}

static bool is_ipv6(const char *host, struct in6_addr *address)
{
    char plain[HOST_MAX + 1];
    size_t length = strlen(host);
    if (host[0] != '[' || host[length - 1] != ']')
        return false;
    memcpy(plain, host + 1, length - 2);
    plain[length - 2] = 0;
    return inet_pton(AF_INET6, plain, address) == 1;
}

/* A name of labels (RFC 952, RFC 1123 2.1), or an address. What only looks like an address, such as 127.1 or
 * 0x7f000001, is neither: programs read it differently. */
static bool host_is_good(const char *host)
{
    struct in6_addr address6;
    struct in_addr address4;
    if (host[0] == '[')
        return is_ipv6(host, &address6);
    const char *last = strrchr(host, '.') ? strrchr(host, '.') + 1 : host;
    if (last[0] >= '0' && last[0] <= '9')
        return inet_pton(AF_INET, host, &address4) == 1;
    for (const char *label = host; *label; label++) {
        size_t length = strcspn(label, ".");
        size_t good = strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
        if (length == 0 || length > 63 || good != length || label[0] == '-' || label[length - 1] == '-')
            return false;
        label += length;
        if (!*label)
            return true;
    }
    return false; /* a dot at the end */
}

static bool is_loopback(const char *host)
{
    struct in6_addr address6;
    struct in_addr address4;
    if (is_ipv6(host, &address6))
        return IN6_IS_ADDR_LOOPBACK(&address6);
    if (inet_pton(AF_INET, host, &address4) == 1)
        return ntohl(address4.s_addr) >> 24 == 127;
    return strcasecmp(host, "localhost") == 0;
}

static enum code check_url(struct call *call, const char *url)
{
    char host[HOST_MAX + 1];
    bool is_tls = strncasecmp(url, "https://", 8) == 0, is_plain = strncasecmp(url, "http://", 7) == 0;
    if (!is_tls && !is_plain)
        return call_fail(call, INVALID, "url", _("an address begins with https://"));
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c))
            return call_fail(
                call, INVALID, "url",
                _("an address has no spaces, letters such as æ, quotes or backslashes in it; write "
                  "them as the chat gave it to you, such as %%20"));
    const char *authority = url + (is_tls ? 8 : 7);
    size_t length = strcspn(authority, "/?#");
    if (memchr(authority, '@', length))
        return call_fail(call, INVALID, "url", _("an address must not hold a user or password"));
    if (strchr(url, '#'))
        return call_fail(call, INVALID, "url", _("an address must not hold a fragment (#)"));
    if (!split_host(authority, length, host) || !host_is_good(host))
        return call_fail(
            call, INVALID, "url",
            _("an address names a machine behind https://, such as https://chat.example.org/hooks/1"));
    if (is_plain && !is_loopback(host))
        return call_fail(
            call, INVALID, "url",
            _("only https is safe on the way to another machine; http is for this machine alone"));
    return OK;
}

/* ---- the methods ---- */

static enum code tell(struct call *call, const char *id, struct webhook *result)
{
    if (tell_webhook_changed(call, &(struct webhook_changed_event){ .webhook = id }))
        return call->error.code;
    return sql_webhook_show(call, &(struct webhook_show_params){ .id = id }, result);
}

enum code webhook_add(struct call *call, const struct webhook_add_params *params, struct webhook *result)
{
    if (check_url(call, params->url) || sql_webhook_insert(call, params))
        return call->error.code;
    return tell(call, params->id, result);
}

enum code webhook_change(struct call *call, const struct webhook_change_params *params,
                         struct webhook *result)
{
    if ((params->url && check_url(call, params->url)) || sql_webhook_update(call, params))
        return call->error.code;
    return tell(call, params->id, result);
}

enum code webhook_show(struct call *call, const struct webhook_show_params *params, struct webhook *result)
{
    return sql_webhook_show(call, params, result);
}

enum code webhook_list(struct call *call, const struct webhook_list_params *params,
                       struct webhook_list_result *result)
{
    return sql_webhook_list(call, params, result);
}

enum code webhook_remove(struct call *call, const struct webhook_remove_params *params)
{
    struct webhook_rule_row row = { 0 };
    enum code code = sql_webhook_rule(call, &(struct webhook_rule_params){ .id = params->id }, &row);
    if (code == OK)
        return call_fail(call, CONFLICT, "id", _("the rule %s still posts there; change it first"), row.rule);
    if (code != NOT_FOUND || sql_webhook_remove(call, params))
        return call->error.code;
    return tell_webhook_changed(call, &(struct webhook_changed_event){ .webhook = params->id });
}

/* A reminder like any other, so that it is told in the log, given up and tried again alike. */
enum code webhook_test(struct call *call, const struct webhook_test_params *params, struct outgoing *result)
{
    struct webhook webhook = { 0 };
    char now[INSTANT_TEXT_SIZE];
    if (sql_webhook_show(call, &(struct webhook_show_params){ .id = params->id }, &webhook))
        return call->error.code;
    struct reminder_open_row test = { .webhook = params->id };
    const char *occurrence = instant_print(call->now, now);
    test.id = reminder_id(call, POST_TEST, params->id, occurrence, NULL, params->id);
    const struct reminder_put_params put = { .id = test.id,
                                             .message = POST_TEST,
                                             .webhook = params->id,
                                             .subject = params->id,
                                             .occurrence = occurrence,
                                             .recipient = "webhook",
                                             .title = webhook.title,
                                             .wanted_at = call->now };
    struct reminder_fired_params fired = { .id = test.id, .state = REMINDER_STATE_DUE };
    if (!plan_has(call, test.id) &&
        (sql_reminder_put(call, &put) || outbox_add_post(call, &test, &fired.mail) ||
         sql_reminder_fired(call, &fired)))
        return call->error.code;
    return outbox_find(call, test.id, result);
}
