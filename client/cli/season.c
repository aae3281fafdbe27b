/* SPDX-License-Identifier: MIT */
#include "season.h"

#include "ask.h"
#include "cell.h"

#include <stdio.h>
#include <string.h>

/* What touches a year of weeks may have begun in any of three calendar years. */
enum { YEARS = 3 };

struct gathering {
    struct season *season;
    struct service *service;
    struct arena *arena;
    struct names names;
    char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];
};

/* ---- values ---- */

static const char *text_in(struct gathering *gathering, struct cursor map, const char *name)
{
    return cell_text_at(gathering->arena, NULL, map, name, STYLE_PLAIN);
}

static int32_t day_in(struct gathering *gathering, struct cursor map, const char *name)
{
    int32_t day = 0;
    const char *text = text_in(gathering, map, name);
    return day_parse(text, strlen(text), &day) ? day : 0;
}

static bool is_in(struct gathering *gathering, struct cursor map, const char *name, const char *word)
{
    return strcmp(text_in(gathering, map, name), word) == 0;
}

/* ---- closed days ---- */

static void take_company(struct gathering *gathering, const struct ask *company)
{
    static const char *const words[] = { "monday", "tuesday",  "wednesday", "thursday",
                                         "friday", "saturday", "sunday" };
    struct season *season = gathering->season;
    struct cursor weekdays;
    season->company = text_in(gathering, company->answer, "name");
    uint32_t count = cell_items_at(company->answer, "weekdays", &weekdays);
    for (; count > 0; count--, cursor_skip(&weekdays))
        for (int i = 0; i < 7; i++)
            if (strcmp(cell_text(gathering->arena, NULL, weekdays, STYLE_PLAIN), words[i]) == 0)
                season->weekdays |= 1U << i;
}

static void take_closed(struct gathering *gathering, const struct ask *holidays, const struct ask *closures)
{
    struct season *season = gathering->season;
    struct cursor items, others;
    uint32_t count = ask_items(holidays, &items), more = ask_items(closures, &others);
    season->closed = arena_take(gathering->arena, (count + more + 1) * sizeof *season->closed);
    for (; count > 0; count--, cursor_skip(&items)) {
        int32_t on = day_in(gathering, items, "on");
        season->closed[season->closed_count++] = (struct closed){ on, on,
                                                                  text_in(gathering, items, "title") };
    }
    for (; more > 0; more--, cursor_skip(&others))
        season->closed[season->closed_count++] = (struct closed){ day_in(gathering, others, "from"),
                                                                  day_in(gathering, others, "to"),
                                                                  text_in(gathering, others, "title") };
}

const char *season_closed(const struct season *season, int32_t day)
{
    for (size_t i = 0; i < season->closed_count; i++)
        if (season->closed[i].from <= day && season->closed[i].to >= day)
            return season->closed[i].title;
    return season->weekdays >> day_weekday(day) & 1 ? NULL : "";
}

int season_days_lost(const struct season *season, int32_t from, int32_t to)
{
    int days = 0;
    for (int32_t day = from; day <= to; day++)
        days += season->weekdays >> day_weekday(day) & 1 && season_closed(season, day);
    return days;
}

/* ---- people ---- */

static void take_stay(struct gathering *gathering, struct cursor map, enum stay_state state)
{
    struct season *season = gathering->season;
    const struct stay stay = { .from = day_in(gathering, map, "from"),
                               .to = day_in(gathering, map, "to"),
                               .state = state,
                               .person = text_in(gathering, map, "person") };
    if (stay.to < season->from || stay.from > season->until)
        return;
    names_want(&gathering->names, stay.person);
    season->stays[season->stays_count++] = stay;
}

static void take_sabbatical(struct gathering *gathering, struct cursor map)
{
    if (is_in(gathering, map, "state", "approved") || is_in(gathering, map, "state", "done"))
        take_stay(gathering, map, STAY_APPROVED);
    else if (is_in(gathering, map, "state", "requested"))
        take_stay(gathering, map, STAY_REQUESTED);
    else if (is_in(gathering, map, "state", "queued"))
        take_stay(gathering, map, STAY_QUEUED);
}

/* An approved week is an absence as well; it is drawn once. */
static bool is_sabbatical(struct gathering *gathering, struct cursor map)
{
    const char *person = text_in(gathering, map, "person");
    int32_t from = day_in(gathering, map, "from"), to = day_in(gathering, map, "to");
    const struct season *season = gathering->season;
    for (size_t i = 0; i < season->stays_count; i++)
        if (season->stays[i].state == STAY_APPROVED && strcmp(season->stays[i].person, person) == 0 &&
            season->stays[i].from == from && season->stays[i].to == to)
            return true;
    return false;
}

static void take_stays(struct gathering *gathering, const struct ask *sabbaticals, const struct ask *absences)
{
    struct season *season = gathering->season;
    struct cursor items;
    uint32_t count = ask_items(absences, &items);
    for (int i = 0; i < YEARS; i++)
        count += ask_items(&sabbaticals[i], &items);
    season->stays = arena_take(gathering->arena, (count + 1) * sizeof *season->stays);
    for (int i = 0; i < YEARS; i++)
        for (count = ask_items(&sabbaticals[i], &items); count > 0; count--, cursor_skip(&items))
            take_sabbatical(gathering, items);
    for (count = ask_items(absences, &items); count > 0; count--, cursor_skip(&items))
        if (!is_sabbatical(gathering, items))
            take_stay(gathering, items, STAY_ABSENT);
}

/* ---- turns ---- */

static void take_rotations(struct gathering *gathering, const struct ask *rotations)
{
    struct season *season = gathering->season;
    struct cursor items;
    uint32_t count = ask_items(rotations, &items);
    season->rotations = arena_take(gathering->arena, (count + 1) * sizeof *season->rotations);
    for (; count > 0; count--, cursor_skip(&items)) {
        season->rotations[season->rotations_count++] = (struct rotation){
            text_in(gathering, items, "id"), cell_text_at(gathering->arena, NULL, items, "title", STYLE_TABLE)
        };
    }
}

static void take_slot(struct gathering *gathering, const struct rotation *rotation, struct cursor map)
{
    const char *local = text_in(gathering, map, "local"), *member = text_in(gathering, map, "member");
    struct slot *slot = &gathering->season->slots[gathering->season->slots_count];
    *slot = (struct slot){ .rotation = rotation->id,
                           .title = rotation->title,
                           .state = is_in(gathering, map, "state", "open")        ? SLOT_OPEN
                                    : is_in(gathering, map, "state", "done")      ? SLOT_DONE
                                    : is_in(gathering, map, "state", "cancelled") ? SLOT_CANCELLED
                                    : is_in(gathering, map, "published", "yes")   ? SLOT_PUBLISHED
                                                                                  : SLOT_FORECAST,
                           .member = *member ? member : NULL };
    if (!local_parse(local, strlen(local), &slot->local))
        return;
    if (slot->member)
        names_want(&gathering->names, slot->member);
    gathering->season->slots_count++;
}

static enum laug_status take_slots(struct gathering *gathering)
{
    struct season *season = gathering->season;
    struct ask *asks = arena_take(gathering->arena, (season->rotations_count + 1) * sizeof *asks);
    struct cursor items;
    size_t total = 0;
    for (size_t i = 0; i < season->rotations_count; i++)
        asks[i] = (struct ask){
            .method = "rotation.turns",
            .words = {season->rotations[i].id, "--from", gathering->from, "--until", gathering->until,
                      "--limit", "1000"}
        };
    enum laug_status status = ask_all(gathering->service, asks, season->rotations_count, gathering->arena);
    for (size_t i = 0; i < season->rotations_count; i++)
        total += ask_items(&asks[i], &items);
    season->slots = arena_take(gathering->arena, (total + 1) * sizeof *season->slots);
    for (size_t i = 0; i < season->rotations_count; i++)
        for (uint32_t count = ask_items(&asks[i], &items); count > 0; count--, cursor_skip(&items))
            take_slot(gathering, &season->rotations[i], items);
    ask_free(asks, season->rotations_count);
    return status;
}

static void put_names(struct gathering *gathering)
{
    struct season *season = gathering->season;
    for (size_t i = 0; i < season->slots_count; i++)
        if (season->slots[i].member)
            season->slots[i].member_name = names_of(&gathering->names, season->slots[i].member);
    for (size_t i = 0; i < season->stays_count; i++)
        season->stays[i].person_name = names_of(&gathering->names, season->stays[i].person);
}

/* ---- the ways in ---- */

enum { COMPANY, ROTATIONS, HOLIDAYS, CLOSURES, SABBATICALS, ABSENCES = SABBATICALS + YEARS, ASKS };

enum laug_status season_read(struct service *service, struct season *season, bool with_absences,
                             struct arena *arena)
{
    struct gathering gathering = { .season = season, .service = service, .arena = arena };
    gathering.names.arena = arena;
    day_print(season->from, gathering.from);
    day_print(season->until, gathering.until);
    struct ask asks[ASKS] = {
        [COMPANY] = {.method = "company.show"                                                            },
        [ROTATIONS] = {  .method = "rotation.list",                                                       .words = { "--limit", "500" } },
        [HOLIDAYS] = { .method = "holiday.list",
                     .words = { "--from", gathering.from, "--until", gathering.until } },
        [CLOSURES] = {                    .method = "closure.list",                                                       .words = { "--limit", "500" } },
        [ABSENCES] = { .method = "absence.list",
                     .words = { "--from", gathering.from, "--until", gathering.until, "--limit", "2000" } },
    };
    for (int i = 0; i < YEARS; i++)
        asks[SABBATICALS + i] = (struct ask){
            .method = "sabbatical.list",
            .words = {"--year", arena_print(arena, "%d", day_to_civil(season->until).year - i)}
        };
    size_t count = with_absences ? ASKS : ABSENCES;
    enum laug_status status = ask_all(service, asks, count, arena);
    if (status == LAUG_OK && !asks[COMPANY].has_answer)
        status = LAUG_REFUSED;
    if (status == LAUG_OK) {
        take_company(&gathering, &asks[COMPANY]);
        take_closed(&gathering, &asks[HOLIDAYS], &asks[CLOSURES]);
        take_stays(&gathering, &asks[SABBATICALS], &asks[ABSENCES]);
        take_rotations(&gathering, &asks[ROTATIONS]);
        status = take_slots(&gathering);
    }
    ask_free(asks, count);
    if (status == LAUG_OK)
        status = names_ask(&gathering.names, service);
    put_names(&gathering);
    return status;
}
