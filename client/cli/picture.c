/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include "json.h"
#include "pager.h"
#include "text.h"

#include <string.h>

/* Global options, and the bare words joined: `uge 12` needs no quotes. *word is NULL where there are none. */
static bool read_words(char **words, int count, struct options *options, const char **word,
                       struct arena *arena)
{
    int option;
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(count + 1, words - 1, "h", global_options, NULL)) != -1)
        if (option == 'h')
            options->wants_help = true;
        else if (!options_take(options, option, optarg))
            return false;
    *word = optind <= count ? words[optind - 1] : NULL;
    for (int i = optind; i < count; i++)
        *word = arena_print(arena, "%s %s", *word, words[i]);
    return true;
}

static int print_help(const struct picture *picture)
{
    struct arena arena = { 0 };
    int width = screen_of(stdout).width;
    text_print(stdout, &arena, picture->help, 0, width);
    printf("\n%s\n  laug %s [%s]\n\n", _("Usage:"), picture->name, picture->value);
    text_print(stdout, &arena, picture->value_help, 0, width);
    arena_free(&arena);
    return 0;
}

static int refuse(struct arena *arena, const struct picture *picture, const char *word)
{
    struct error error;
    const char *sentence = word ? arena_print(arena, _("\"%s\" is none; %s"), word, picture->value_help)
                                : arena_print(arena, _("write: laug %s [%s]"), picture->name, picture->value);
    fail(&error, INVALID, picture->value, "%s", sentence);
    return service_refuse(NULL, &error);
}

/* ---- for scripts ---- */

/* One thing with its days or its time; "" where it has no such. */
struct row {
    const char *kind, *from, *to, *state, *rotation, *id, *name;
};

static void print_row(FILE *out, enum style style, const struct row *row, bool is_first)
{
    const char *const values[] = { row->kind,     row->from, row->to,  row->state,
                                   row->rotation, row->id,   row->name };
    static const char *const names[] = { "kind", "from", "to", "state", "rotation", "id", "name" };
    enum { FIELDS = sizeof names / sizeof *names };
    if (style == STYLE_JSON)
        fputs(is_first ? "\n    {" : ",\n    {", out);
    for (int i = 0, shown = 0; i < FIELDS; i++) {
        if (style == STYLE_PLAIN)
            fprintf(out, "%s%s", i ? "\t" : "", values[i]);
        else if (*values[i]) {
            fprintf(out, "%s\"%s\": ", shown++ ? ", " : "", names[i]);
            json_write_text(out, values[i], strlen(values[i]));
        }
    }
    fputs(style == STYLE_JSON ? "}" : "\n", out);
}

static void print_slots(const struct season *season, FILE *out, enum style style, int *rows)
{
    static const char *const states[] = { "published", "forecast", "open", "done", "cancelled" };
    char local[LOCAL_TEXT_SIZE];
    for (size_t i = 0; i < season->slots_count; i++) {
        const struct slot *slot = &season->slots[i];
        const struct row row = { "turn",
                                 local_print(slot->local, local),
                                 "",
                                 states[slot->state],
                                 slot->rotation,
                                 slot->member ? slot->member : "",
                                 slot->member ? slot->member_name : "" };
        print_row(out, style, &row, (*rows)++ == 0);
    }
}

static void print_days(const struct season *season, FILE *out, enum style style, int *rows)
{
    static const char *const states[] = { "", "approved", "requested", "queued" };
    char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
    for (size_t i = 0; i < season->stays_count; i++) {
        const struct stay *stay = &season->stays[i];
        const struct row row = { stay->state == STAY_ABSENT ? "absence" : "sabbatical",
                                 day_print(stay->from, from),
                                 day_print(stay->to, to),
                                 states[stay->state],
                                 "",
                                 stay->person,
                                 stay->person_name };
        print_row(out, style, &row, (*rows)++ == 0);
    }
    for (size_t i = 0; i < season->closed_count; i++) {
        const struct closed *closed = &season->closed[i];
        const struct row row = {
            "closed", day_print(closed->from, from), day_print(closed->to, to), "", "", "", closed->title
        };
        if (closed->to >= season->from && closed->from <= season->until)
            print_row(out, style, &row, (*rows)++ == 0);
    }
}

static void print_for_scripts(const struct season *season, FILE *out, enum style style)
{
    char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];
    int rows = 0;
    if (style == STYLE_JSON)
        fprintf(out, "{\n  \"from\": \"%s\",\n  \"until\": \"%s\",\n  \"items\": [",
                day_print(season->from, from), day_print(season->until, until));
    print_slots(season, out, style, &rows);
    print_days(season, out, style, &rows);
    if (style == STYLE_JSON)
        fputs("\n  ]\n}\n", out);
}

static int draw(const struct picture *picture, struct service *service, const char *word, struct arena *arena)
{
    struct season season = { 0 };
    struct screen screen = screen_of(stdout);
    struct drawing drawing = draw_on(&screen, arena, picture->widest);
    struct when_now now;
    int result = service_now(service, &now);
    if (result)
        return result;
    season.today = day_of_seconds(now.local);
    if (!picture->span(word, &now, &season.from, &season.until))
        return refuse(arena, picture, word);
    enum laug_status status = season_read(service, &season, picture->has_absences, arena);
    if (status != LAUG_OK)
        return service_explain(service, status, NULL);
    if (service->options->style == STYLE_TABLE)
        picture->draw(&season, &drawing);
    else
        print_for_scripts(&season, stdout, service->options->style);
    return 0;
}

int picture_command(const struct picture *picture, char **words, int count, struct options *options)
{
    struct arena arena = { 0 };
    const char *word;
    int status;
    if (!read_words(words, count, options, &word, &arena))
        status = refuse(&arena, picture, NULL);
    else if (options->wants_help)
        status = print_help(picture);
    else {
        struct service service = service_open(options);
        pager_begin();
        status = draw(picture, &service, word, &arena);
        service_close(&service);
    }
    arena_free(&arena);
    return status;
}
