/* SPDX-License-Identifier: MIT */
/*
 * Reads what a calendar server says. That may be anything, so no parser of the whole of RFC 5545 sees it: its
 * lines are taken apart by 3.1, the lines of the one event are kept, and nothing is made of them but a
 * comparison.
 */
#include "icalendar.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* More properties than that are no entry of ours, and deeper than that nothing of ours is. */
enum { PROPERTIES_MOST = 40, DEPTH_MOST = 8 };

struct property {
    const char *name, *zone, *value; /* zone: "" where there is none */
};

struct reading {
    char *owned; /* the whole text, taken apart in place */
    struct property properties[PROPERTIES_MOST];
    size_t count;
    int depth, event_depth; /* event_depth: of the event that is open, 0: none */
    int events;
    bool has_others; /* there is more than events and zones, or more properties than can be kept */
};

/* ---- lines ---- */

/* The next content line, unfolded in place (RFC 5545, 3.1); NULL at the end. */
static char *next_line(char **at)
{
    char *line = *at, *from = line, *to = line;
    if (!*line)
        return NULL;
    for (;;) {
        size_t length = strcspn(from, "\r\n");
        memmove(to, from, length);
        to += length;
        from += length;
        from += *from == '\r';
        from += *from == '\n';
        if (*from != ' ' && *from != '\t')
            break;
        from++;
    }
    *at = from;
    *to = 0;
    return line;
}

/* Where the parameter's value ends: it may stand in quotes, and then hold what ends others. */
static char *parameter_end(char *at)
{
    bool is_quoted = false;
    for (; *at && (is_quoted || (*at != ';' && *at != ':')); at++)
        is_quoted ^= *at == '"';
    return at;
}

static const char *unquoted(char *value)
{
    size_t length = strlen(value);
    if (length < 2 || value[0] != '"' || value[length - 1] != '"')
        return value;
    value[length - 1] = 0;
    return value + 1;
}

/* Texts may be escaped in more than one way (RFC 5545, 3.3.11). */
static void unescape(char *value)
{
    char *to = value;
    for (const char *from = value; *from; from++) {
        bool is_escaped = *from == '\\' && from[1];
        from += is_escaped;
        *to++ = is_escaped && (*from == 'n' || *from == 'N') ? '\n' : *from;
    }
    *to = 0;
}

/* False where it is no content line. */
static bool take_apart(char *line, struct property *property)
{
    char *end = line + strcspn(line, ";:"), *zone = NULL;
    *property = (struct property){ .name = line, .zone = "" };
    while (*end == ';') {
        char *parameter = end + 1;
        *end = 0;
        end = parameter_end(parameter);
        if (strncasecmp(parameter, "TZID=", 5) == 0)
            zone = parameter + 5;
    }
    if (*end != ':')
        return false;
    *end = 0;
    if (zone)
        property->zone = unquoted(zone);
    property->value = end + 1;
    unescape(end + 1);
    return true;
}

/* ---- the event ---- */

static bool is_word(const char *text, const char *word)
{
    return strcasecmp(text, word) == 0;
}

static void component_begins(struct reading *reading, const char *name)
{
    bool is_event = is_word(name, "VEVENT");
    reading->depth++;
    if (reading->depth == 2 && is_event) {
        reading->events++;
        reading->event_depth = reading->depth;
    } else if (reading->depth == 2 && !is_word(name, "VTIMEZONE"))
        reading->has_others = true;
}

/* What is renewed or added by whoever touches an entry, or means something to one program only. */
static bool is_passing(const char *name)
{
    static const char *const names[] = { "DTSTAMP", "LAST-MODIFIED", "CREATED" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_word(name, names[i]))
            return true;
    return strncasecmp(name, "X-", 2) == 0;
}

static void take_line(struct reading *reading, const struct property *line)
{
    if (is_word(line->name, "BEGIN"))
        component_begins(reading, line->value);
    else if (is_word(line->name, "END")) {
        if (reading->depth == reading->event_depth)
            reading->event_depth = 0;
        reading->depth--;
    } else if (reading->event_depth && reading->depth == reading->event_depth && reading->events == 1 &&
               !is_passing(line->name)) {
        if (reading->count < PROPERTIES_MOST)
            reading->properties[reading->count++] = *line;
        else
            reading->has_others = true;
    }
}

/* Reads all of it; what is no content line, or out of place, makes it no calendar: it has then no events. */
static void read_text(struct reading *reading, const char *text)
{
    struct property line;
    *reading = (struct reading){ .owned = strdup(text) };
    if (!reading->owned)
        abort();
    char *at = reading->owned;
    bool is_good = true;
    for (char *bytes; is_good && (bytes = next_line(&at));) {
        if (!*bytes)
            continue;
        is_good = take_apart(bytes, &line) && (reading->depth > 0 || is_word(line.name, "BEGIN"));
        if (is_good)
            take_line(reading, &line);
        is_good = is_good && reading->depth >= 0 && reading->depth <= DEPTH_MOST;
    }
    if (!is_good || reading->depth != 0)
        reading->events = 0;
}

static const struct property *find(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->count; i++)
        if (is_word(reading->properties[i].name, name))
            return &reading->properties[i];
    return NULL;
}

/* No property stands twice in what we write: where there are as many, and ours are all there, these are all.
 */
static bool is_same_event(const struct reading *ours, const struct reading *theirs)
{
    if (theirs->events != 1 || theirs->has_others || ours->count != theirs->count)
        return false;
    for (size_t i = 0; i < ours->count; i++) {
        const struct property *our = &ours->properties[i], *their = find(theirs, our->name);
        if (!their || strcmp(our->value, their->value) != 0 || strcmp(our->zone, their->zone) != 0)
            return false;
    }
    return true;
}

bool icalendar_is_same(const char *ours, const char *theirs)
{
    struct reading our, their;
    read_text(&our, ours);
    read_text(&their, theirs);
    bool is_same = is_same_event(&our, &their);
    free(our.owned);
    free(their.owned);
    return is_same;
}

char *icalendar_uid(const char *text)
{
    struct reading reading;
    read_text(&reading, text);
    const struct property *uid = reading.events ? find(&reading, "UID") : NULL;
    char *copy = uid ? strdup(uid->value) : NULL;
    if (uid && !copy)
        abort();
    free(reading.owned);
    return copy;
}
