/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ENTRY_MAX = 262 }; /* a name of 253 characters, and :65535 */

/* A part of the address; "" where it has none. The caller frees it with curl_free, unless it is "". */
static char none[] = "";

static char *part(CURLU *url, CURLUPart which, unsigned flags)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(url, which, &text, flags);
    if (code == CURLUE_OUT_OF_MEMORY)
        abort();
    return code == CURLUE_OK && text ? text : none;
}

static void drop(char *text)
{
    if (text != none)
        curl_free(text);
}

/* Takes the next word of the list into `entry`; NULL where there is none or it is too long. */
static const char *next_entry(const char *list, char entry[static ENTRY_MAX])
{
    list += strspn(list, " \t,");
    size_t length = strcspn(list, " \t,");
    if (length == 0 || length >= ENTRY_MAX)
        return NULL;
    memcpy(entry, list, length);
    entry[length] = 0;
    return list + length;
}

static bool entry_is_good(const char *entry)
{
    char address[ENTRY_MAX + 16];
    CURLU *url = curl_url();
    if (!url)
        abort();
    snprintf(address, sizeof address, "https://%s/", entry);
    bool is_good = !strpbrk(entry, "/?#@*%\\") && curl_url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK;
    curl_url_cleanup(url);
    return is_good;
}

const char *hosts_find_wrong(const char *hosts)
{
    char entry[ENTRY_MAX];
    for (const char *at = hosts; at[strspn(at, " \t,")];) {
        const char *behind = next_entry(at, entry);
        if (!behind || !entry_is_good(entry))
            return at + strspn(at, " \t,");
        at = behind;
    }
    return NULL;
}

/* `host` names its usual port, `host:port` that one. */
static bool is_listed(const char *hosts, const char *host, const char *port, const char *usual_port)
{
    char entry[ENTRY_MAX], with_port[ENTRY_MAX + 8];
    snprintf(with_port, sizeof with_port, "%s:%s", host, port);
    for (const char *at = hosts; at && (at = next_entry(at, entry));)
        if (strcasecmp(entry, with_port) == 0 ||
            (strcmp(port, usual_port) == 0 && strcasecmp(entry, host) == 0))
            return true;
    return false;
}

static bool is_loopback4(struct in_addr address)
{
    return ntohl(address.s_addr) >> 24 == 127;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return is_loopback4(((const struct sockaddr_in *)(const void *)address)->sin_addr);
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

bool target_is_here(const char *host)
{
    struct in_addr address;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && is_loopback4(address);
}

static const char *check(CURLU *url, const char *hosts)
{
    char *scheme = part(url, CURLUPART_SCHEME, 0), *host = part(url, CURLUPART_HOST, 0);
    char *port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    char *user = part(url, CURLUPART_USER, 0), *password = part(url, CURLUPART_PASSWORD, 0);
    bool is_tls = strcmp(scheme, "https") == 0, is_plain = strcmp(scheme, "http") == 0;
    const char *why = NULL;
    if (!is_tls && !is_plain)
        why = "its address is neither https nor http";
    else if (*user || *password)
        why = "its address holds a user or password";
    else if (!is_listed(hosts, host, port, is_tls ? "443" : "80"))
        why = "the courier's settings do not list its host under [webhook] hosts";
    else if (is_plain && !target_is_here(host))
        why = "its address is http, which is for this machine alone; use https";
    drop(scheme);
    drop(host);
    drop(port);
    drop(user);
    drop(password);
    return why;
}

const char *target_parse(const char *address, const char *hosts, CURLU **url)
{
    CURLU *made = curl_url();
    if (!made)
        abort();
    for (const char *c = address; *c; c++)
        if (!isgraph((unsigned char)*c) || *c == '\\') {
            curl_url_cleanup(made);
            return "its address holds a character that no address has";
        }
    CURLUcode code = curl_url_set(made, CURLUPART_URL, address, CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_OUT_OF_MEMORY)
        abort();
    const char *why = code == CURLUE_OK ? check(made, hosts) : "its address cannot be read";
    if (why)
        curl_url_cleanup(made);
    else
        *url = made;
    return why;
}

bool target_allows(const struct sockaddr *address, bool is_tls)
{
    if (is_loopback(address))
        return true;
    if (!is_tls)
        return false;
    if (address->sa_family == AF_INET) {
        in_addr_t number = ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);
        return number >> 24 != 0 && number >> 16 != 0xA9FE && number >> 28 < 0xE;
    }
    if (address->sa_family != AF_INET6)
        return false;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return !IN6_IS_ADDR_UNSPECIFIED(six) && !IN6_IS_ADDR_LINKLOCAL(six) && !IN6_IS_ADDR_MULTICAST(six) &&
           !IN6_IS_ADDR_V4MAPPED(six);
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct guard *guard = context;
    (void)purpose;
    if (!target_allows(&address->addr, guard->is_tls)) {
        guard->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void target_guard(CURL *easy, const char *authority_file, struct guard *guard)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (authority_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, authority_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never wait for a name server on the way out */
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, guard);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "laug-courier/" LAUG_VERSION);
}
