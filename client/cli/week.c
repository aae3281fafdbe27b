/* SPDX-License-Identifier: MIT */
/* `laug week`: the company's week, a day after the other, and below who is away when. */
#include "commands.h"
#include "picture.h"
#include "say.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDEST = 110,
    WEEK = 7,
    MANY = 12,
    NARROW = 56,
    INDENT = 4,
    NARROWEST_NAME = 10,
    WIDEST_NAME = 32,
    GAP = 2,
    TIME = 7,
    NARROWEST_TEXT = 14
};

struct week {
    struct season *season;
    struct drawing drawing;
    int day_width; /* of "Wednesday 10" */
};

/* ---- days ---- */

static const char *day_text(const struct week *week, int32_t day)
{
    /* translators: weekday and day of the month */
    return arena_print(week->drawing.arena, _("%s %d"), say_weekday(day_weekday(day)), day_to_civil(day).day);
}

static const char *slot_text(const struct week *week, const struct slot *slot)
{
    struct arena *arena = week->drawing.arena;
    int minutes = (int)((slot->local - (int64_t)day_of_seconds(slot->local) * DAY_SECONDS) / 60);
    const char *text = arena_print(arena, "%02d:%02d  %s: %s", minutes / 60, minutes % 60, slot->title,
                                   slot->member ? slot->member_name : _("nobody"));
    switch (slot->state) {
    case SLOT_FORECAST: return arena_print(arena, _("%s (forecast)"), text);
    case SLOT_CANCELLED: return arena_print(arena, _("%s (cancelled)"), text);
    default: return text;
    }
}

static enum look slot_look(const struct slot *slot)
{
    return slot->state == SLOT_OPEN                                        ? LOOK_BAD
           : slot->state == SLOT_FORECAST || slot->state == SLOT_CANCELLED ? LOOK_FAINT
                                                                           : LOOK_NONE;
}

static void draw_day_name(const struct week *week, int32_t day)
{
    const struct screen *screen = week->drawing.screen;
    bool is_today = day == week->season->today, is_closed = season_closed(week->season, day) != NULL;
    enum look look = is_today ? LOOK_HEADING : is_closed ? LOOK_FAINT : LOOK_ID;
    fprintf(screen->out, "%s %s%s%s", is_today ? ">" : " ", look_on(screen, look),
            draw_label(&week->drawing, day_text(week, day), week->day_width), look_off(screen));
}

/* One thing of a day, behind its name where it is the first; folded behind its time. */
static void draw_entry(const struct week *week, int32_t day, bool is_first, const char *text, enum look look)
{
    const struct screen *screen = week->drawing.screen;
    int column = 2 + week->day_width, room = week->drawing.width - column - GAP - TIME;
    if (is_first)
        draw_day_name(week, day);
    text = text_fold(week->drawing.arena, text, room > NARROWEST_TEXT ? room : NARROWEST_TEXT, false);
    for (int margin = is_first ? GAP : column + GAP; *text; margin = column + GAP + TIME) {
        int length = (int)strcspn(text, "\n");
        fprintf(screen->out, "%*s%s%.*s%s\n", margin, "", look_on(screen, look), length, text,
                look == LOOK_NONE ? "" : look_off(screen));
        text += length + (text[length] == '\n');
    }
}

static const char *closed_text(const struct week *week, const char *title)
{
    const char *shade = symbol(week->drawing.screen, SYMBOL_CLOSED);
    return *title ? arena_print(week->drawing.arena, _("%s%s%s closed: %s"), shade, shade, shade, title)
                  : arena_print(week->drawing.arena, _("%s%s%s closed"), shade, shade, shade);
}

static void draw_day(const struct week *week, int32_t day)
{
    const char *closed = season_closed(week->season, day);
    bool is_first = true;
    if (closed) {
        draw_entry(week, day, true, closed_text(week, closed), LOOK_FAINT);
        is_first = false;
    }
    for (size_t i = 0; i < week->season->slots_count; i++) {
        const struct slot *slot = &week->season->slots[i];
        if (day_of_seconds(slot->local) != day)
            continue;
        draw_entry(week, day, is_first, slot_text(week, slot), slot_look(slot));
        is_first = false;
    }
    if (is_first)
        draw_entry(week, day, true,
                   day == week->season->today ? _("today") : symbol(week->drawing.screen, SYMBOL_NOTHING),
                   LOOK_FAINT);
}

/* ---- who is away ---- */

/* The days of the week on which somebody is away, a bit for each. */
static unsigned days_of(const struct season *season, const struct stay *stay)
{
    unsigned days = 0;
    for (int i = 0; i < WEEK; i++)
        if (stay->from <= season->from + i && stay->to >= season->from + i &&
            !season_closed(season, season->from + i))
            days |= 1U << i;
    return days;
}

static int compare_stays(const void *left, const void *right)
{
    const struct stay *a = left, *b = right;
    bool a_last = a->state == STAY_ABSENT, b_last = b->state == STAY_ABSENT;
    return a_last != b_last ? a_last - b_last : strcmp(a->person_name, b->person_name);
}

static const char *stay_text(const struct stay *stay)
{
    switch (stay->state) {
    case STAY_APPROVED: return _("sabbatical");
    case STAY_REQUESTED: return _("asks for a sabbatical");
    case STAY_QUEUED: return _("waits for a sabbatical");
    default: return _("away");
    }
}

static enum symbol stay_symbol(const struct stay *stay)
{
    return stay->state == STAY_APPROVED ? SYMBOL_APPROVED
           : stay->state == STAY_ABSENT ? SYMBOL_ABSENT
                                        : SYMBOL_REQUESTED;
}

static void draw_stay(const struct week *week, const struct stay *stay, const char *name, int name_width)
{
    const struct screen *screen = week->drawing.screen;
    unsigned days = days_of(week->season, stay);
    fprintf(screen->out, "  %s", draw_label(&week->drawing, name, name_width));
    for (int i = 0; i < WEEK; i++) {
        bool is_closed = season_closed(week->season, week->season->from + i) != NULL, is_away = days >> i & 1;
        enum symbol mark = is_closed ? SYMBOL_CLOSED : is_away ? stay_symbol(stay) : SYMBOL_NOTHING;
        enum look look = !is_away ? LOOK_FAINT : stay->state == STAY_ABSENT ? LOOK_ID : LOOK_GOOD;
        const char *drawn = symbol(screen, mark);
        fprintf(screen->out, "  %s%s%s%s", look_on(screen, look), drawn, mark == SYMBOL_NOTHING ? " " : drawn,
                look_off(screen));
    }
    int room = week->drawing.width - 2 - name_width - 4 * WEEK - 2;
    if (text_columns(stay_text(stay)) <= room)
        fprintf(screen->out, "  %s%s%s", look_on(screen, LOOK_FAINT), stay_text(stay), look_off(screen));
    fputc('\n', screen->out);
}

static void draw_days_heading(const struct week *week, int name_width, size_t count)
{
    const struct screen *screen = week->drawing.screen;
    const char *heading = arena_print(week->drawing.arena, _("Away (%zu)"), count);
    fprintf(screen->out, "\n%s%s", look_on(screen, LOOK_HEADING),
            draw_label(&week->drawing, heading, name_width + 2));
    for (int32_t day = week->season->from; day <= week->season->until; day++)
        fprintf(screen->out, " %s", draw_label(&week->drawing, say_weekday_short(day_weekday(day)), 3));
    fprintf(screen->out, "%s\n", look_off(screen));
}

/* The widest word behind the days takes this much. */
static int name_width_of(const struct week *week)
{
    int widest = NARROWEST_NAME, reason = 0, room;
    for (size_t i = 0; i < week->season->stays_count; i++) {
        int name = text_columns(week->season->stays[i].person_name),
            text = text_columns(stay_text(&week->season->stays[i]));
        widest = name > widest ? name : widest;
        reason = text > reason ? text : reason;
    }
    room = week->drawing.width - 2 - 4 * WEEK - (week->drawing.width < NARROW ? 0 : 2 + reason);
    widest = widest < room ? widest : room;
    return widest > WIDEST_NAME ? WIDEST_NAME : widest < NARROWEST_NAME ? NARROWEST_NAME : widest;
}

/* Those from `first` on who are away on the same days, each of them taken; their number, and their names. */
static size_t take_alike(const struct week *week, bool *taken, size_t first, const char **names)
{
    const struct season *season = week->season;
    size_t count = 0;
    *names = "";
    for (size_t i = first; i < season->stays_count; i++) {
        if (taken[i] || season->stays[i].state != season->stays[first].state ||
            days_of(season, &season->stays[i]) != days_of(season, &season->stays[first]))
            continue;
        taken[i] = true;
        *names = arena_print(week->drawing.arena, "%s%s%s", *names, count++ ? ", " : "",
                             season->stays[i].person_name);
    }
    return count;
}

/* In a week in which many are away, those who are away on the same days share a line. */
static void draw_alike(const struct week *week, int name_width)
{
    const struct season *season = week->season;
    const struct screen *screen = week->drawing.screen;
    struct arena *arena = week->drawing.arena;
    bool *taken = arena_take(arena, season->stays_count);
    for (size_t i = 0; i < season->stays_count; i++) {
        const char *names;
        if (taken[i])
            continue;
        size_t count = take_alike(week, taken, i, &names);
        draw_stay(week, &season->stays[i], count == 1 ? names : arena_print(arena, _("%zu people"), count),
                  name_width);
        if (count > 1)
            text_print(screen->out, arena, names, INDENT, week->drawing.width);
    }
}

static void draw_stays(const struct week *week)
{
    struct season *season = week->season;
    int name_width = name_width_of(week);
    if (season->stays_count == 0)
        return;
    qsort(season->stays, season->stays_count, sizeof *season->stays, compare_stays);
    draw_days_heading(week, name_width, season->stays_count);
    if (season->stays_count > MANY)
        draw_alike(week, name_width);
    else
        for (size_t i = 0; i < season->stays_count; i++)
            draw_stay(week, &season->stays[i], season->stays[i].person_name, name_width);
}

/* ---- the whole ---- */

static int compare_slots(const void *left, const void *right)
{
    const struct slot *a = left, *b = right;
    return a->local != b->local ? (a->local < b->local ? -1 : 1) : strcmp(a->title, b->title);
}

static void draw_week(struct season *season, const struct drawing *drawing)
{
    struct week whole = { season, *drawing, 0 }, *week = &whole;
    int year, number = say_week(season->from, &year);
    qsort(season->slots, season->slots_count, sizeof *season->slots, compare_slots);
    for (int32_t day = season->from; day <= season->until; day++) {
        int width = text_columns(day_text(week, day));
        week->day_width = width > week->day_width ? width : week->day_width;
    }
    const char *head = year == day_to_civil(season->today).year
                           ? arena_print(drawing->arena, _("%s, week %d"), season->company, number)
                           : arena_print(drawing->arena, _("%s, week %d of %d"), season->company, number,
                                         year);
    draw_heading(drawing, arena_print(drawing->arena, "%s: %s", head,
                                      say_span(drawing->arena, season->from, season->until)));
    fputc('\n', drawing->screen->out);
    for (int32_t day = season->from; day <= season->until; day++)
        draw_day(week, day);
    draw_stays(week);
}

/* 2027-W12, or 12 of this year. */
static bool read_number(const char *word, int *year, int *week)
{
    int used = 0, number, of_year;
    if (sscanf(word, "%4d-W%2d%n", &of_year, &number, &used) == 2 && used && !word[used])
        *year = of_year;
    else if (sscanf(word, "%2d%n", &number, &used) != 1 || word[used])
        return false;
    *week = number;
    return *year >= 1970 && *year <= 2199 && number >= 1 && number <= 53;
}

/* Any day as people type it. */
static bool read_day(const char *word, const struct when_now *now, int32_t *day)
{
    static const struct field field = { .name = "week", .kind = KIND_DATE };
    struct arena arena = { 0 };
    struct error error;
    struct when when;
    struct when_place place;
    bool is_day = when_read(&field, word, strlen(word), &when, &arena, &error) == OK &&
                  when_settle(&field, &when, now, &place, &arena, &error) == OK;
    if (is_day)
        *day = place.day;
    arena_free(&arena);
    return is_day;
}

static bool week_span(const char *word, const struct when_now *now, int32_t *from, int32_t *until)
{
    int32_t day = day_of_seconds(now->local);
    int year, counted, week = say_week(day, &year);
    if (word && read_number(word, &year, &week)) {
        day = day_from_civil((struct civil){ year, 1, 4 }) + (week - 1) * WEEK; /* 4 January is in week 1 */
        if (say_week(day, &counted) != week)
            return false;
    } else if (word && !read_day(word, now, &day)) {
        return false;
    }
    *from = day - (int32_t)day_weekday(day);
    *until = *from + WEEK - 1;
    return true;
}

int command_week(char **words, int count, struct options *options)
{
    const struct picture picture = {
        .name = "week",
        .help = _("Draw the company's week: who has which turn, who is away, and which days are closed."),
        .value = _("WEEK"),
        .value_help = _("WEEK is a number such as 12, or a day in it such as 2027-03-22, +2w or monday; "
                        "without it, it is "
                        "this week."),
        .has_absences = true,
        .widest = WIDEST,
        .span = week_span,
        .draw = draw_week,
    };
    return picture_command(&picture, words, count, options);
}
