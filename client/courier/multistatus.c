/* SPDX-License-Identifier: MIT */
#include "multistatus.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 12, RESOURCES_MOST = 20000, NAME_MOST = 2000, ETAG_MOST = 250, DATA_MOST = 256 << 10 };
enum { BYTES_MOST = 32 << 20 };

/* expat writes a name as its namespace, this, and the name in it. */
#define IN     "|"
#define DAV    "DAV:" IN
#define CALDAV "urn:ietf:params:xml:ns:caldav" IN

/* A text that grows up to a limit; what is longer is marked and not kept. */
struct gathered {
    char *text;
    size_t length, room;
    bool is_too_long;
};

struct multistatus {
    XML_Parser parser;
    struct resource *resources;
    size_t count, room, bytes;
    int depth;
    bool is_multistatus, is_stopped;
    struct gathered href, etag, data, status; /* of the response, and the propstat in it, that is open */
    struct gathered *open;                    /* whichever the text belongs to; NULL: none */
    size_t limit;                             /* of that one */
    char *good_etag, *good_data;              /* of a propstat whose status was good */
};

/* ---- texts ---- */

static void empty(struct gathered *gathered)
{
    gathered->length = 0;
    gathered->is_too_long = false;
}

static void gather(struct gathered *gathered, const char *bytes, size_t length, size_t limit)
{
    if (gathered->length + length > limit) {
        gathered->is_too_long = true;
        return;
    }
    if (gathered->length + length + 1 > gathered->room) {
        gathered->room = 2 * (gathered->length + length + 1);
        gathered->text = realloc(gathered->text, gathered->room);
        if (!gathered->text)
            abort();
    }
    memcpy(gathered->text + gathered->length, bytes, length);
    gathered->length += length;
    gathered->text[gathered->length] = 0;
}

/* Its text without blanks around it, "" where there is none or too much; the caller's. */
static char *taken(const struct gathered *gathered)
{
    const char *text = gathered->length && !gathered->is_too_long ? gathered->text : "";
    text += strspn(text, " \t\r\n");
    size_t length = strlen(text);
    while (length && strchr(" \t\r\n", text[length - 1]))
        length--;
    char *copy = strndup(text, length);
    if (!copy)
        abort();
    return copy;
}

/* ---- elements ---- */

static void stop(struct multistatus *multistatus)
{
    multistatus->is_stopped = true;
    XML_StopParser(multistatus->parser, XML_FALSE);
}

static void forget_good(struct multistatus *multistatus)
{
    free(multistatus->good_etag);
    free(multistatus->good_data);
    multistatus->good_etag = multistatus->good_data = NULL;
}

static void open_text(struct multistatus *multistatus, struct gathered *gathered, size_t limit)
{
    empty(gathered);
    multistatus->open = gathered;
    multistatus->limit = limit;
}

static void element_begins(void *context, const char *name, const char **attributes)
{
    struct multistatus *multistatus = context;
    (void)attributes;
    if (multistatus->depth == 0 && strcmp(name, DAV "multistatus") == 0)
        multistatus->is_multistatus = true;
    if (++multistatus->depth > DEPTH_MOST || !multistatus->is_multistatus) {
        stop(multistatus);
        return;
    }
    multistatus->open = NULL;
    if (strcmp(name, DAV "response") == 0) {
        empty(&multistatus->href);
        forget_good(multistatus);
    } else if (strcmp(name, DAV "propstat") == 0) {
        empty(&multistatus->etag);
        empty(&multistatus->data);
        empty(&multistatus->status);
    } else if (strcmp(name, DAV "href") == 0 && multistatus->depth == 3)
        open_text(multistatus, &multistatus->href, NAME_MOST);
    else if (strcmp(name, DAV "status") == 0)
        open_text(multistatus, &multistatus->status, NAME_MOST);
    else if (strcmp(name, DAV "getetag") == 0)
        open_text(multistatus, &multistatus->etag, ETAG_MOST);
    else if (strcmp(name, CALDAV "calendar-data") == 0)
        open_text(multistatus, &multistatus->data, DATA_MOST);
}

/* "HTTP/1.1 200 OK" */
static bool is_good(const struct gathered *status)
{
    int code = 0;
    return status->length && sscanf(status->text, " HTTP/%*s %d", &code) == 1 && code / 100 == 2;
}

/* It goes back in a header: what cannot stand in one is none. */
static char *taken_etag(const struct gathered *gathered)
{
    char *etag = taken(gathered);
    for (const char *c = etag; *c; c++)
        if (*c <= ' ' || *c >= 0x7F) {
            *etag = 0;
            break;
        }
    return etag;
}

static void propstat_ends(struct multistatus *multistatus)
{
    if (!is_good(&multistatus->status))
        return;
    forget_good(multistatus);
    multistatus->good_etag = taken_etag(&multistatus->etag);
    multistatus->good_data = taken(&multistatus->data);
}

static void response_ends(struct multistatus *multistatus)
{
    if (!multistatus->good_etag || !multistatus->href.length)
        return;
    if (multistatus->count == RESOURCES_MOST) {
        stop(multistatus);
        return;
    }
    if (multistatus->count == multistatus->room) {
        multistatus->room = multistatus->room ? 2 * multistatus->room : 64;
        multistatus->resources = reallocarray(multistatus->resources, multistatus->room,
                                              sizeof *multistatus->resources);
        if (!multistatus->resources)
            abort();
    }
    multistatus->resources[multistatus->count++] =
        (struct resource){ taken(&multistatus->href), multistatus->good_etag, multistatus->good_data };
    multistatus->good_etag = multistatus->good_data = NULL;
}

static void element_ends(void *context, const char *name)
{
    struct multistatus *multistatus = context;
    multistatus->depth--;
    multistatus->open = NULL;
    if (strcmp(name, DAV "propstat") == 0)
        propstat_ends(multistatus);
    else if (strcmp(name, DAV "response") == 0)
        response_ends(multistatus);
}

static void text_comes(void *context, const char *bytes, int length)
{
    struct multistatus *multistatus = context;
    if (multistatus->open)
        gather(multistatus->open, bytes, (size_t)length, multistatus->limit);
}

/* No answer needs one, and entities can grow without end. */
static void type_is_declared(void *context, const char *name, const char *system, const char *public,
                             int has_body)
{
    (void)name, (void)system, (void)public, (void)has_body;
    stop(context);
}

/* ---- the whole ---- */

struct multistatus *multistatus_new(void)
{
    struct multistatus *multistatus = calloc(1, sizeof *multistatus);
    if (!multistatus || !(multistatus->parser = XML_ParserCreateNS(NULL, *IN)))
        abort();
    XML_SetUserData(multistatus->parser, multistatus);
    XML_SetElementHandler(multistatus->parser, element_begins, element_ends);
    XML_SetCharacterDataHandler(multistatus->parser, text_comes);
    XML_SetStartDoctypeDeclHandler(multistatus->parser, type_is_declared);
    return multistatus;
}

void multistatus_free(struct multistatus *multistatus)
{
    XML_ParserFree(multistatus->parser);
    for (size_t i = 0; i < multistatus->count; i++) {
        free(multistatus->resources[i].href);
        free(multistatus->resources[i].etag);
        free(multistatus->resources[i].data);
    }
    free(multistatus->resources);
    forget_good(multistatus);
    free(multistatus->href.text);
    free(multistatus->etag.text);
    free(multistatus->data.text);
    free(multistatus->status.text);
    free(multistatus);
}

static bool parse(struct multistatus *multistatus, const char *bytes, size_t length, bool is_last)
{
    multistatus->bytes += length;
    if (multistatus->is_stopped || multistatus->bytes > BYTES_MOST)
        return false;
    if (XML_Parse(multistatus->parser, bytes, (int)length, is_last) != XML_STATUS_OK)
        multistatus->is_stopped = true;
    return !multistatus->is_stopped;
}

bool multistatus_read(struct multistatus *multistatus, const char *bytes, size_t length)
{
    return parse(multistatus, bytes, length, false);
}

bool multistatus_end(struct multistatus *multistatus)
{
    return parse(multistatus, "", 0, true) && multistatus->is_multistatus;
}

const struct resource *multistatus_resources(const struct multistatus *multistatus, size_t *count)
{
    *count = multistatus->count;
    return multistatus->resources;
}
