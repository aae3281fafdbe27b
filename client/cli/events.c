/* SPDX-License-Identifier: MIT */
/* Follows what happens: one line for each event, written out at once, through every restart of the service.
 */
#include "catalogue.h"
#include "cell.h"
#include "commands.h"
#include "json.h"
#include "screen.h"
#include "service.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct following {
    struct screen screen;
    struct arena arena;
    const struct options *options;
    int64_t since, left; /* left: lines still to write; -1: no end */
};

/* ---- words ---- */

static bool read_number(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || *end || end == text || value < 0)
        return false;
    *number = value;
    return true;
}

enum { SINCE = 1024, LIMIT };

static bool read_words(char **words, int count, struct options *options, struct following *following)
{
    struct option table[32] = {
        {"since",  required_argument, NULL, SINCE},
        { "limit", required_argument, NULL, LIMIT}
    };
    int option, used = 2;
    bool is_good = true;
    for (const struct option *global = global_options; global->name && used < 31; global++)
        table[used++] = *global;
    optind = 0;
    opterr = 0;
    while (is_good && (option = getopt_long(count + 1, words - 1, "", table, NULL)) != -1)
        is_good = option == SINCE   ? read_number(optarg, &following->since)
                  : option == LIMIT ? read_number(optarg, &following->left)
                                    : options_take(options, option, optarg);
    return is_good && optind == count + 1;
}

/* ---- lines ---- */

/* "person anna  from 2027-03-01": what the catalogue says of this kind of event, then what it does not know.
 */
static const char *details_of(struct following *following, struct cursor map, const struct record *record,
                              enum style style)
{
    struct arena *arena = &following->arena;
    uint32_t pairs = 0, length;
    const char *name, *text = "";
    cursor_map(&map, &pairs);
    while (pairs-- && cursor_text(&map, &name, &length)) {
        const struct field *field = record ? field_find(record, name, length) : NULL;
        const char *word = text_visible(arena, name, length, false);
        if (strcmp(word, "seq") != 0 && strcmp(word, "at") != 0 && strcmp(word, "kind") != 0)
            text = arena_print(arena, style == STYLE_PLAIN ? "%s\t%s=%s" : "%s  %s %s", text, word,
                               cell_text(arena, field, map, style));
        cursor_skip(&map);
    }
    return text;
}

static void print_event(struct following *following, const struct laug_event *event)
{
    static const struct field instant = { .name = "at", .kind = KIND_INSTANT };
    struct arena *arena = &following->arena;
    enum style style = following->options->style;
    struct cursor map = { event->bytes, (const uint8_t *)event->bytes + event->length }, at;
    FILE *out = following->screen.out;
    if (style == STYLE_JSON) {
        json_write(out, map, JSON_COMPACT);
        fputc('\n', out);
        return;
    }
    const struct event_kind *kind = event_find(event->kind);
    const char *details = details_of(following, map, kind ? kind->fields : NULL, style);
    const char *time = cell_find(map, "at", &at) ? cell_text(arena, &instant, at, style) : "";
    const char *name = text_visible(arena, event->kind, strlen(event->kind), false);
    if (style == STYLE_PLAIN)
        fprintf(out, "%" PRId64 "\t%s\t%s%s\n", event->seq, time, name, details);
    else
        fprintf(out, "%s%6" PRId64 "%s  %s  %s%s%s%s\n", look_on(&following->screen, LOOK_FAINT), event->seq,
                look_off(&following->screen), time, look_on(&following->screen, LOOK_ID), name,
                look_off(&following->screen), details);
}

/* Writes what there is. LAUG_NONE: go on waiting; LAUG_OK: that was the last one that was asked for. */
static enum laug_status take_events(struct following *following, struct laug *laug)
{
    struct laug_event event;
    enum laug_status status = LAUG_OK;
    while (following->left != 0 && (status = laug_next_event(laug, &event)) == LAUG_OK) {
        print_event(following, &event);
        arena_reset(&following->arena);
        following->left -= following->left > 0;
    }
    fflush(following->screen.out);
    return status == LAUG_GARBLED || status == LAUG_NO_MEMORY ? LAUG_NONE : status; /* it is being reopened */
}

static int follow(struct following *following, struct service *service)
{
    struct pollfd polled = { .fd = laug_fd(service->laug), .events = POLLIN };
    enum laug_status status = laug_subscribe(service->laug, following->since);
    if (status == LAUG_OK)
        status = LAUG_NONE;
    while (status == LAUG_NONE) {
        status = take_events(following, service->laug);
        if (status == LAUG_NONE)
            poll(&polled, 1, -1);
    }
    return status == LAUG_OK ? 0 : service_explain(service, status, method_find("event.subscribe", 15));
}

static int print_help(void)
{
    printf("%s\n\n%s laug events [--since %s] [--limit %s]\n\n%s\n",
           _("Follow what happens: one line for each event, until you end it."), _("Usage:"), "NUMBER",
           "NUMBER",
           _("--since begins behind the event of this number; without it, now. --limit ends after so many."));
    return 0;
}

int command_events(char **words, int count, struct options *options)
{
    struct following following = {
        .screen = screen_of(stdout), .options = options, .since = LAUG_FROM_NOW, .left = -1
    };
    struct error error;
    if (!read_words(words, count, options, &following)) {
        fail(&error, INVALID, NULL, "%s", _("write: laug events [--since NUMBER] [--limit NUMBER]"));
        return service_refuse(NULL, &error);
    }
    if (options->wants_help)
        return print_help();
    struct service service = service_open(options);
    int status = follow(&following, &service);
    service_close(&service);
    arena_free(&following.arena);
    return status;
}
