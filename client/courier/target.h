/* SPDX-License-Identifier: MIT */
/*
 * Where may be posted to. The invariant: what libcurl is told to talk to is exactly what was checked, for it
 * is given the address as it was taken apart here.
 *
 * A host that the settings list is trusted, whatever its name stands for today, also an address of the own
 * network: many chats live there. Whoever can make a listed name point elsewhere gains little, for the other
 * end must still have a certificate for that name. Without TLS nothing leaves this machine.
 */
#ifndef COURIER_TARGET_H
#define COURIER_TARGET_H

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/socket.h>

/* The list of hosts: names or addresses with a space between, each with :port where it is not the usual one.
 * NULL where it is good, else the first word of it that is not. */
const char *hosts_find_wrong(const char *hosts);

/*
 * Takes an address apart; *url is the caller's, for curl_url_cleanup. NULL, or a sentence that lives for ever
 * and says why nothing may be posted there. `hosts` may be NULL: nowhere. Aborts when out of memory.
 */
const char *target_parse(const char *address, const char *hosts, CURLU **url);

/* Whether a host of an address stands for this machine, as `localhost`, 127.x.y.z or [::1]. */
bool target_is_here(const char *host);

/* Whether a socket may be opened to what a name stands for: never to addresses that are none of one machine,
 * nor to those at which clouds tell secrets; without TLS only to this machine. */
bool target_allows(const struct sockaddr *address, bool is_tls);

/*
 * What every request keeps to: HTTP straight to where it was sent, over no proxy and to no other place; TLS
 * with a certificate for that name, by the authorities of the file or, with NULL, the system's; no socket but
 * what target_allows. *is_refused, which must outlive the transfer, becomes true where that was in the way.
 */
struct guard {
    bool is_tls, is_refused;
};
void target_guard(CURL *easy, const char *authority_file, struct guard *guard);

#endif
