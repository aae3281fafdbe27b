/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include "pager.h"
#include "text.h"

#include <string.h>

/* One bare word at most, and global options. */
static bool read_words(char **words, int count, struct options *options, const char **word)
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
    return optind >= count;
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

static void print_plain(const struct season *season, FILE *out)
{
    static const char *const slots[] = { "published", "forecast", "open", "done", "cancelled" };
    static const char *const stays[] = { "absent", "approved", "requested", "queued" };
    char local[LOCAL_TEXT_SIZE], from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
    for (size_t i = 0; i < season->slots_count; i++) {
        const struct slot *slot = &season->slots[i];
        fprintf(out, "turn\t%s\t\t%s\t%s\t%s\n", local_print(slot->local, local), slots[slot->state],
                slot->rotation, slot->member ? slot->member : "");
    }
    for (size_t i = 0; i < season->stays_count; i++) {
        const struct stay *stay = &season->stays[i];
        fprintf(out, "%s\t%s\t%s\t%s\t\t%s\n", stay->state == STAY_ABSENT ? "absence" : "sabbatical",
                day_print(stay->from, from), day_print(stay->to, to), stays[stay->state], stay->person);
    }
    for (size_t i = 0; i < season->closed_count; i++)
        fprintf(out, "closed\t%s\t%s\t\t\t%s\n", day_print(season->closed[i].from, from),
                day_print(season->closed[i].to, to), season->closed[i].title);
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
        print_plain(&season, stdout);
    return 0;
}

int picture_command(const struct picture *picture, char **words, int count, struct options *options)
{
    struct arena arena = { 0 };
    const char *word;
    int status;
    if (!read_words(words, count, options, &word))
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
