/* SPDX-License-Identifier: MIT */
/* `laug watch` follows what happens: for each event a sentence, or for scripts a line of its fields; written
 * out at once, through every restart of the service. */
#include "catalogue.h"
#include "cell.h"
#include "commands.h"
#include "happened.h"
#include "json.h"
#include "say.h"
#include "screen.h"
#include "service.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct following {
    struct screen screen;
    struct arena arena, kept; /* of one event; of names, for as long as it follows */
    const struct options *options;
    struct service *service;
    struct names names;
    int32_t day;         /* of the last sentence */
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

enum { SINCE = 1024, LIMIT, INDENT = 9 };

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

static void print_fields(struct following *following, const struct laug_event *event, struct cursor map)
{
    const struct event_kind *kind = event_find(event->kind);
    const char *details = details_of(following, map, kind ? kind->fields : NULL, STYLE_PLAIN);
    const char *time = cell_text_at(&following->arena, NULL, map, "at", STYLE_PLAIN);
    const char *name = text_visible(&following->arena, event->kind, strlen(event->kind), false);
    fprintf(following->screen.out, "%" PRId64 "\t%s\t%s%s\n", event->seq, time, name, details);
}

/* The day, where it is another than that of the sentence before, and the time of day. */
static void print_time(struct following *following, struct cursor map)
{
    const struct screen *screen = &following->screen;
    struct tm local;
    int64_t instant = 0;
    const char *text = cell_text_at(&following->arena, NULL, map, "at", STYLE_PLAIN);
    if (!instant_parse(text, strlen(text), &instant) || !localtime_r(&(time_t){ instant }, &local))
        return;
    int32_t day = day_of_seconds(instant + local.tm_gmtoff);
    if (day != following->day)
        fprintf(screen->out, "%s%s%s\n", look_on(screen, LOOK_HEADING), say_full_day(&following->arena, day),
                look_off(screen));
    following->day = day;
    fprintf(screen->out, "  %s%02d:%02d%s  ", look_on(screen, LOOK_FAINT), local.tm_hour, local.tm_min,
            look_off(screen));
}

/* False where there is nothing for people to read. */
static bool print_sentence(struct following *following, const struct laug_event *event, struct cursor map)
{
    const struct screen *screen = &following->screen;
    const struct event_kind *kind = event_find(event->kind);
    const char *sentence = happened_say(&following->arena, event->kind, map, &following->names,
                                        following->service);
    if (!sentence)
        sentence = arena_print(&following->arena, "%s%s",
                               text_visible(&following->arena, event->kind, strlen(event->kind), false),
                               details_of(following, map, kind ? kind->fields : NULL, STYLE_TABLE));
    if (!*sentence)
        return false;
    print_time(following, map);
    sentence = text_fold(&following->arena, sentence, screen->width ? screen->width - INDENT : 0, false);
    for (const char *end;; sentence = end + 1) {
        end = strchrnul(sentence, '\n');
        fprintf(screen->out, "%.*s\n%*s", (int)(end - sentence), sentence, *end ? INDENT : 0, "");
        if (!*end)
            return true;
    }
}

static bool print_event(struct following *following, const struct laug_event *event)
{
    struct cursor map = { event->bytes, (const uint8_t *)event->bytes + event->length };
    switch (following->options->style) {
    case STYLE_JSON:
        json_write(following->screen.out, map, JSON_COMPACT);
        fputc('\n', following->screen.out);
        break;
    case STYLE_PLAIN: print_fields(following, event, map); break;
    case STYLE_TABLE: return print_sentence(following, event, map);
    }
    return true;
}

/* Writes what there is. LAUG_NONE: go on waiting; LAUG_OK: that was the last one that was asked for. */
static enum laug_status take_events(struct following *following, struct laug *laug)
{
    struct laug_event event;
    enum laug_status status = LAUG_OK;
    while (following->left != 0 && (status = laug_next_event(laug, &event)) == LAUG_OK) {
        following->left -= print_event(following, &event) && following->left > 0;
        arena_reset(&following->arena);
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
    printf("%s\n\n%s laug watch [--since %s] [--limit %s]\n\n%s\n",
           _("Follow what happens: a sentence for each event, until you end it."), _("Usage:"), "NUMBER",
           "NUMBER",
           _("--since begins behind the event of this number; without it, now. --limit ends after so many. "
             "--plain and --json write each event's number and fields."));
    return 0;
}

int command_watch(char **words, int count, struct options *options)
{
    struct following following = {
        .screen = screen_of(stdout), .options = options, .since = LAUG_FROM_NOW, .left = -1
    };
    struct error error;
    if (!read_words(words, count, options, &following)) {
        fail(&error, INVALID, NULL, "%s", _("write: laug watch [--since NUMBER] [--limit NUMBER]"));
        return service_refuse(NULL, &error);
    }
    if (options->wants_help)
        return print_help();
    struct service service = service_open(options);
    following.service = &service;
    following.names.arena = &following.kept;
    int status = follow(&following, &service);
    service_close(&service);
    arena_free(&following.arena);
    arena_free(&following.kept);
    return status;
}
