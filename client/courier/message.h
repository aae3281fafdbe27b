/* SPDX-License-Identifier: MIT */
/*
 * A mail as bytes: RFC 5322 headers with RFC 2047 words, a quoted-printable body (RFC 2045), no line over 76
 * characters but where one address or id is longer, lines ended by CR LF. No text from outside can begin a
 * header or a part, nor turn writing around.
 */
#ifndef COURIER_MESSAGE_H
#define COURIER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail {
    const char *from_name; /* NULL: none */
    const char *from_address;
    const char *to_name; /* NULL: none */
    const char *to;
    const char *subject;
    const char *text;       /* UTF-8; lines end with LF or CR LF */
    const char *html;       /* the same for readers of HTML; NULL or "": none */
    const char *calendar;   /* the same for calendars (RFC 6047); NULL: none */
    const char *method;     /* of the calendar: REQUEST or CANCEL */
    const char *message_id; /* the occurrence's id, in any characters */
    const char *domain;     /* what stands behind the @ of the Message-ID */
    const char *language;   /* "da"; NULL or anything that is no language tag: left out */
    int64_t at;             /* Date, as seconds of UTC */
};

/*
 * The whole mail in memory of its own, to be freed; *length bytes. NULL where it must not be sent: *why is
 * then a sentence that lives for ever. What is refused: an address that is not one, CR or LF in a header, an
 * empty or overlong id. Aborts when out of memory.
 */
char *message_build(const struct mail *mail, size_t *length, const char **why);

/*
 * A plain address: one @, printable ASCII without spaces, brackets, quotes, commas or colons, at most 254
 * characters (RFC 5321, 4.5.3.1, and erratum 1690 of RFC 3696).
 */
bool address_is_good(const char *address);
bool domain_is_good(const char *domain);

#endif
