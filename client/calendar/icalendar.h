/* SPDX-License-Identifier: MIT */
/*
 * Calendar entries as iCalendar (RFC 5545), and whether a calendar server still holds what was put there.
 * libical writes; it reads nothing that comes from outside.
 *
 * The invariant: what people wrote (titles, names) is data and nothing else. It begins no line, ends no
 * property, turns no writing around; whatever it holds, the text stays valid and is read back as one entry.
 */
#ifndef ICALENDAR_H
#define ICALENDAR_H

#include <stdbool.h>
#include <stddef.h>

struct calendar_entry; /* of the catalogue */

enum icalendar_method {
    ICALENDAR_STORED,  /* as a calendar server keeps it: without a method (RFC 4791, 4.1) */
    ICALENDAR_PUBLISH, /* for whoever likes to read it (RFC 5546, 3.2.1) */
    ICALENDAR_REQUEST, /* for one attendee: it is so (3.2.2) */
    ICALENDAR_CANCEL   /* for one attendee: it is no more (3.2.5) */
};

struct party {
    const char *name;    /* NULL: none is known */
    const char *address; /* of mail; NULL: nobody */
};

struct icalendar {
    enum icalendar_method method;
    const char *domain; /* behind the @ of every UID */
    const char *name;   /* of a calendar that is published; NULL: none */
    struct party organizer, attendee;
};

/*
 * The entries as one VCALENDAR, with the zones they need: UTF-8, lines of 75 octets at most ended by CR LF.
 * The same entries give the same bytes. An entry is in its zone by name where it has observances, else in
 * UTC. The caller frees the text. Aborts when out of memory.
 */
char *icalendar_write(const struct icalendar *calendar, const struct calendar_entry *entries, size_t count);

/* The UID of the first event in `text`, which may hold anything; NULL where there is none. The caller's. */
char *icalendar_uid(const char *text);

/*
 * Whether `theirs`, which may hold anything, is the one event that `ours` is: the same properties with the
 * same values. What servers and readers add or renew by themselves does not count: stamps, alarms, X-
 * properties.
 */
bool icalendar_is_same(const char *ours, const char *theirs);

#endif
