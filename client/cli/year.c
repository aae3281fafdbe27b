/* SPDX-License-Identifier: MIT */
/*
 * `laug year`: weeks across, rotations and sabbaticals down. A week is as many columns as there is room for;
 * where there is not even one for each, two weeks share one.
 */
#include "character.h"
#include "commands.h"
#include "picture.h"
#include "say.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDEST = 220,
    WEEK = 7,
    WEEKS_MAX = 53,
    CELL_MAX = 4,
    LABEL_LEAST = 18,
    LABEL_MOST = 40,
    MOST_STAYS = 40
};

struct year {
    struct season *season;
    const struct drawing *drawing;
    int label, cells;
    int weeks_each, columns_each; /* of a cell */
};

/* ---- laying out ---- */

/* The widest cells that leave enough for the labels. */
static void lay_out(struct year *year)
{
    int weeks = (int)(year->season->until - year->season->from + 1) / WEEK;
    int room = year->drawing->width - LABEL_LEAST - 1;
    year->weeks_each = 1;
    year->columns_each = room / weeks < CELL_MAX - 1 ? room / weeks : CELL_MAX - 1;
    while (year->columns_each == 0) {
        year->weeks_each++;
        year->columns_each = room / ((weeks + year->weeks_each - 1) / year->weeks_each) > 0;
    }
    year->cells = (weeks + year->weeks_each - 1) / year->weeks_each;
    year->label = year->drawing->width - 1 - year->cells * year->columns_each;
    year->label = year->label > LABEL_MOST ? LABEL_MOST : year->label;
}

static int32_t cell_from(const struct year *year, int cell)
{
    return year->season->from + cell * year->weeks_each * WEEK;
}

static int32_t cell_to(const struct year *year, int cell)
{
    return cell_from(year, cell + 1) - 1;
}

static int cell_of(const struct year *year, int32_t day)
{
    return (int)(day - year->season->from) / (WEEK * year->weeks_each);
}

static bool is_closed(const struct year *year, int cell)
{
    for (int32_t day = cell_from(year, cell); day <= cell_to(year, cell); day++)
        if (!season_closed(year->season, day))
            return false;
    return true;
}

/* ---- one line ---- */

struct line {
    enum symbol marks[WEEKS_MAX];
    const char *texts[WEEKS_MAX]; /* behind the mark, where a cell has room for it */
};

static enum look look_of(enum symbol mark)
{
    switch (mark) {
    case SYMBOL_PUBLISHED: return LOOK_ID;
    case SYMBOL_OPEN: return LOOK_BAD;
    case SYMBOL_APPROVED:
    case SYMBOL_REQUESTED: return LOOK_GOOD;
    default: return LOOK_FAINT;
    }
}

static void begin_line(const struct year *year, struct line *line)
{
    for (int cell = 0; cell < year->cells; cell++) {
        line->marks[cell] = is_closed(year, cell) ? SYMBOL_CLOSED : SYMBOL_NOTHING;
        line->texts[cell] = "";
    }
}

static void draw_label_of(const struct year *year, const char *label, enum look look)
{
    fprintf(year->drawing->screen->out, "%s%s%s ", look_on(year->drawing->screen, look),
            draw_label(year->drawing, label, year->label),
            look == LOOK_NONE ? "" : look_off(year->drawing->screen));
}

/* No line ends in blanks. */
static const char *in_cell(const struct year *year, int cell, const char *text, int width)
{
    return cell == year->cells - 1 ? text : draw_label(year->drawing, text, width);
}

static void draw_cell(const struct year *year, const struct line *line, int cell)
{
    const struct screen *screen = year->drawing->screen;
    const char *mark = symbol(screen, line->marks[cell]);
    bool is_filled = line->marks[cell] == SYMBOL_CLOSED || line->marks[cell] == SYMBOL_APPROVED ||
                     line->marks[cell] == SYMBOL_REQUESTED;
    bool is_new = cell == 0 || look_of(line->marks[cell]) != look_of(line->marks[cell - 1]);
    bool is_last = cell == year->cells - 1 || look_of(line->marks[cell]) != look_of(line->marks[cell + 1]);
    fprintf(screen->out, "%s%s", is_new ? look_on(screen, look_of(line->marks[cell])) : "", mark);
    for (int i = 1; is_filled && i < year->columns_each; i++)
        fputs(mark, screen->out);
    if (!is_filled)
        fputs(in_cell(year, cell, line->texts[cell], year->columns_each - 1), screen->out);
    fputs(is_last ? look_off(screen) : "", screen->out);
}

static void draw_line(const struct year *year, const char *label, enum look look, const struct line *line)
{
    draw_label_of(year, label, look);
    for (int cell = 0; cell < year->cells; cell++)
        draw_cell(year, line, cell);
    fputc('\n', year->drawing->screen->out);
}

/* ---- heads: months, weeks, today ---- */

/* Writes texts at given cells where there is room between them. */
struct ruler {
    const struct year *year;
    int column;
};

static void ruler_put(struct ruler *ruler, int cell, const char *text)
{
    int column = cell * ruler->year->columns_each;
    if (column < ruler->column ||
        column + text_columns(text) > ruler->year->cells * ruler->year->columns_each)
        return;
    fprintf(ruler->year->drawing->screen->out, "%*s%s", column - ruler->column, "", text);
    ruler->column = column + text_columns(text);
}

/* A month stands where its first whole week does; by its first letter where there is no room for more. */
static void draw_months(const struct year *year)
{
    struct ruler ruler = { year, 0 };
    bool is_short = year->columns_each * 4 / year->weeks_each < 4;
    int number;
    say_week(year->season->from, &number);
    draw_label_of(year, "", LOOK_NONE);
    fputs(look_on(year->drawing->screen, LOOK_HEADING), year->drawing->screen->out);
    for (int month = 1; month <= 12; month++) {
        int32_t first = day_from_civil((struct civil){ number, month, 4 });
        const char *name = say_month_short(month);
        size_t size;
        character_read(name, strlen(name), &size);
        ruler_put(&ruler, cell_of(year, first < year->season->from ? year->season->from : first),
                  is_short ? arena_copy(year->drawing->arena, name, size) : name);
    }
    fprintf(year->drawing->screen->out, "%s\n", look_off(year->drawing->screen));
}

static void draw_weeks(const struct year *year)
{
    struct ruler ruler = { year, 0 };
    int step = year->columns_each >= 3 ? 1 : year->columns_each == 2 ? 2 : 4;
    draw_label_of(year,
                  year->weeks_each == 1
                      ? _("week")
                      : arena_print(year->drawing->arena, _("week (%d in each column)"), year->weeks_each),
                  LOOK_FAINT);
    fputs(look_on(year->drawing->screen, LOOK_FAINT), year->drawing->screen->out);
    for (int cell = 0; cell < year->cells; cell += step)
        ruler_put(&ruler, cell, arena_print(year->drawing->arena, "%d", cell * year->weeks_each + 1));
    fprintf(year->drawing->screen->out, "%s\n", look_off(year->drawing->screen));
}

static void draw_today(const struct year *year)
{
    const struct screen *screen = year->drawing->screen;
    int32_t today = year->season->today;
    if (today < year->season->from || today > year->season->until)
        return;
    int cell = cell_of(year, today), column = cell * year->columns_each, counted;
    const char *text = arena_print(year->drawing->arena, _("today, week %d"), say_week(today, &counted));
    int width = text_columns(text);
    bool is_behind = column + 2 + width <= year->cells * year->columns_each;
    draw_label_of(year, "", LOOK_NONE);
    fputs(look_on(screen, LOOK_HEADING), screen->out);
    if (is_behind)
        fprintf(screen->out, "%*s%s %s", column, "", symbol(screen, SYMBOL_TODAY), text);
    else if (column > width)
        fprintf(screen->out, "%*s%s %s", column - width - 1, "", text, symbol(screen, SYMBOL_TODAY));
    else
        fprintf(screen->out, "%*s%s", column, "", symbol(screen, SYMBOL_TODAY));
    fprintf(screen->out, "%s\n", look_off(screen));
}

/* In each cell how many working days are lost. */
static void draw_closed(const struct year *year)
{
    const struct screen *screen = year->drawing->screen;
    draw_label_of(year, _("closed working days"), LOOK_FAINT);
    fputs(look_on(screen, LOOK_FAINT), screen->out);
    for (int cell = 0; cell < year->cells; cell++) {
        int days = season_days_lost(year->season, cell_from(year, cell), cell_to(year, cell));
        const char *text = days == 0  ? symbol(screen, SYMBOL_NOTHING)
                           : days > 9 ? "+"
                                      : arena_print(year->drawing->arena, "%d", days);
        fputs(in_cell(year, cell, text, year->columns_each), screen->out);
    }
    fprintf(screen->out, "%s\n", look_off(screen));
}

/* ---- rotations ---- */

/* Where several turns fall into a cell, what needs attention is shown first. */
static int weight_of(enum symbol mark)
{
    return mark == SYMBOL_OPEN ? 3 : mark == SYMBOL_PUBLISHED ? 2 : mark == SYMBOL_FORECAST ? 1 : 0;
}

static enum symbol mark_of(const struct slot *slot)
{
    switch (slot->state) {
    case SLOT_OPEN: return SYMBOL_OPEN;
    case SLOT_FORECAST: return SYMBOL_FORECAST;
    default: return SYMBOL_PUBLISHED;
    }
}

/* "AH" of "Anna Holm", "Qu" of "Quality". */
static const char *initials_of(const struct year *year, const char *name)
{
    struct arena *arena = year->drawing->arena;
    const char *blank = strchr(name, ' '), *second;
    size_t size, more;
    character_read(name, strlen(name), &size);
    second = blank && blank[1] ? blank + 1 : name + size;
    if (!*second)
        return arena_copy(arena, name, size);
    character_read(second, strlen(second), &more);
    return arena_print(arena, "%.*s%.*s", (int)size, name, (int)more, second);
}

static void draw_rotation(const struct year *year, const struct rotation *rotation)
{
    struct line line;
    begin_line(year, &line);
    for (size_t i = 0; i < year->season->slots_count; i++) {
        const struct slot *slot = &year->season->slots[i];
        int32_t day = day_of_seconds(slot->local);
        if (slot->rotation != rotation->id || slot->state == SLOT_CANCELLED || day < year->season->from ||
            day > year->season->until)
            continue;
        int cell = cell_of(year, day);
        if (weight_of(mark_of(slot)) <= weight_of(line.marks[cell]))
            continue;
        line.marks[cell] = mark_of(slot);
        line.texts[cell] = slot->member && year->columns_each > 2 ? initials_of(year, slot->member_name) : "";
    }
    draw_line(year, rotation->title, LOOK_NONE, &line);
}

/* ---- sabbaticals ---- */

static int compare_stays(const void *left, const void *right)
{
    const struct stay *a = left, *b = right;
    return a->from != b->from ? (a->from < b->from ? -1 : 1) : strcmp(a->person_name, b->person_name);
}

static void draw_stay(const struct year *year, const struct stay *stay)
{
    struct line line;
    int first = stay->from < year->season->from ? 0 : cell_of(year, stay->from);
    int last = stay->to > year->season->until ? year->cells - 1 : cell_of(year, stay->to);
    begin_line(year, &line);
    for (int cell = first; cell <= last; cell++)
        line.marks[cell] = stay->state == STAY_APPROVED ? SYMBOL_APPROVED : SYMBOL_REQUESTED;
    draw_line(year, arena_print(year->drawing->arena, "  %s", stay->person_name), LOOK_NONE, &line);
}

static void draw_stays(const struct year *year)
{
    const struct screen *screen = year->drawing->screen;
    struct season *season = year->season;
    if (season->stays_count == 0)
        return;
    qsort(season->stays, season->stays_count, sizeof *season->stays, compare_stays);
    fprintf(screen->out, "%s%s%s\n", look_on(screen, LOOK_HEADING), _("Sabbatical weeks"), look_off(screen));
    for (size_t i = 0; i < season->stays_count && i < MOST_STAYS; i++)
        draw_stay(year, &season->stays[i]);
    if (season->stays_count > MOST_STAYS)
        fprintf(screen->out, "%s%s%s\n", look_on(screen, LOOK_FAINT),
                arena_print(year->drawing->arena, _("and %zu more: laug sabbatical list"),
                            season->stays_count - MOST_STAYS),
                look_off(screen));
}

/* ---- the whole ---- */

static bool has_mark(const struct year *year, enum symbol mark)
{
    const struct season *season = year->season;
    for (size_t i = 0; i < season->slots_count; i++)
        if (mark_of(&season->slots[i]) == mark)
            return true;
    for (size_t i = 0; i < season->stays_count; i++)
        if ((season->stays[i].state == STAY_APPROVED ? SYMBOL_APPROVED : SYMBOL_REQUESTED) == mark)
            return true;
    for (int cell = 0; cell < year->cells && mark == SYMBOL_CLOSED; cell++)
        if (is_closed(year, cell))
            return true;
    return false;
}

/* Only what is in the picture is explained. */
static void explain(const struct year *year)
{
    const struct {
        enum symbol mark;
        const char *text;
    } all[] = {
        {SYMBOL_PUBLISHED,  _("turn")                      },
        { SYMBOL_FORECAST,  _("forecast, may still change")},
        { SYMBOL_OPEN,      _("nobody has it")             },
        { SYMBOL_APPROVED,  _("sabbatical")                },
        { SYMBOL_REQUESTED, _("asked for")                 },
        { SYMBOL_CLOSED,    _("closed all week")           }
    };
    const struct screen *screen = year->drawing->screen;
    int column = 0;
    fputc('\n', screen->out);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (has_mark(year, all[i].mark))
            draw_legend(year->drawing, &column, look_of(all[i].mark), symbol(screen, all[i].mark),
                        all[i].text);
    if (year->columns_each > 2)
        draw_legend(year->drawing, &column, LOOK_NONE, "AH", _("who has it: the first letters"));
    draw_legend_end(year->drawing, &column);
}

static void draw_year(struct season *season, const struct drawing *drawing)
{
    struct year year = { .season = season, .drawing = drawing };
    int number;
    say_week(season->from, &number);
    lay_out(&year);
    draw_heading(drawing, arena_print(drawing->arena, "%s, %d", season->company, number));
    fputc('\n', drawing->screen->out);
    draw_months(&year);
    draw_weeks(&year);
    draw_today(&year);
    draw_closed(&year);
    for (size_t i = 0; i < season->rotations_count; i++)
        draw_rotation(&year, &season->rotations[i]);
    draw_stays(&year);
    explain(&year);
}

/* The weeks that count in the year. */
static bool year_span(const char *word, const struct when_now *now, int32_t *from, int32_t *until)
{
    int year, used = 0;
    say_week(day_of_seconds(now->local), &year);
    if (word && (sscanf(word, "%4d%n", &year, &used) != 1 || word[used] || year < 1970 || year > 2199))
        return false;
    int32_t first = day_from_civil((struct civil){ year, 1, 4 });
    int32_t last = day_from_civil((struct civil){ year, 12, 28 }); /* always in the last week (ISO 8601) */
    *from = first - (int32_t)day_weekday(first);
    *until = last - (int32_t)day_weekday(last) + WEEK - 1;
    return true;
}

int command_year(char **words, int count, struct options *options)
{
    const struct picture picture = {
        .name = "year",
        .help = _("Draw the company's year: weeks across, rotations and sabbatical weeks down."),
        .value = _("YEAR"),
        .value_help = _("YEAR is a year such as 2027; without it, it is this year."),
        .widest = WIDEST,
        .span = year_span,
        .draw = draw_year,
    };
    return picture_command(&picture, words, count, options);
}
