/* SPDX-License-Identifier: MIT */
/*
 * Every list comes in roster order, so that one walk along each puts it together. A day of 9999-12-31 or
 * later is "for ever".
 */
#include "roster.h"

#include "presence.h"

#include <string.h>

enum { LAST_DAY = 2932896 /* 9999-12-31 */ };

static struct plan_days days_of(int32_t from, int32_t to)
{
    return (struct plan_days){ from, to >= LAST_DAY ? PLAN_ALWAYS : to };
}

int32_t roster_find(const struct roster *roster, const char *name)
{
    for (size_t i = 0; name != NULL && i < roster->count; i++)
        if (strcmp(roster->names[i], name) == 0)
            return (int32_t)i;
    return PLAN_NOBODY;
}

/* A stay that ends before it begins is one of somebody hired later, or gone before: no stay at all. */
static enum code load_members(struct call *call, const struct timetable_settings_row *settings,
                              struct roster *roster)
{
    struct roster_stays_row_list rows = { 0 };
    if (sql_roster_stays(call, &(struct roster_stays_params){ .rotation = settings->id }, &rows))
        return call->error.code;
    struct plan_days *stays = arena_take(&call->arena, (rows.items_count + 1) * sizeof *stays);
    roster->names = arena_take(&call->arena, (rows.items_count + 1) * sizeof *roster->names);
    roster->members = arena_take(&call->arena, (rows.items_count + 1) * sizeof *roster->members);
    int32_t *credits = arena_take(&call->arena, (rows.items_count + 1) * sizeof *credits);
    struct plan_member *member = NULL;
    roster->stored_credits = credits;
    for (size_t i = 0; i < rows.items_count; i++) {
        const struct roster_stays_row *row = &rows.items[i];
        if (member == NULL || strcmp(roster->names[roster->count - 1], row->member) != 0) {
            roster->names[roster->count] = row->member;
            credits[roster->count] = (int32_t)row->credit;
            member = &roster->members[roster->count++];
            *member = (struct plan_member){ .stays = stays, .credit = (int32_t)row->credit };
        }
        if (row->from <= row->to) {
            *stays++ = days_of(row->from, row->to);
            member->stays_count++;
        }
    }
    return OK;
}

static enum code load_absences(struct call *call, const struct timetable_settings_row *settings,
                               int32_t from_on, struct roster *roster)
{
    struct roster_absences_row_list rows = { 0 };
    if (sql_roster_absences(call, &(struct roster_absences_params){ settings->id, from_on }, &rows))
        return call->error.code;
    struct plan_days *days = arena_take(&call->arena, (rows.items_count + 1) * sizeof *days);
    struct plan_away *away = arena_take(&call->arena, (rows.items_count + 1) * sizeof *away);
    size_t row = 0;
    for (size_t i = 0; i < roster->count; i++) {
        size_t count = 0;
        for (; row < rows.items_count && strcmp(rows.items[row].member, roster->names[i]) == 0; row++)
            days[count++] = days_of(rows.items[row].from, rows.items[row].to);
        count = presence_merge(days, count);
        for (size_t j = 0; j < count; j++)
            away[j] = (struct plan_away){ days[j], PLAN_ABSENT };
        roster->members[i].away = away;
        roster->members[i].away_count = count;
        away += count;
    }
    return OK;
}

/* The people of all teams and their absences, team by team and person by person. */
struct crew {
    struct roster_team_spans_row_list spans;
    struct roster_team_people_row_list people;
    struct roster_team_absences_row_list absences;
    size_t span, person, absence; /* how far they are read */
};

/* Everybody with the same days in the team, as one. */
static struct presence_person counted(struct call *call, int32_t from, int32_t to, int32_t people)
{
    struct presence_person alike = { .stays_count = 1, .people = people };
    alike.stays = arena_take(&call->arena, sizeof *alike.stays);
    alike.stays[0] = days_of(from, to);
    return alike;
}

static size_t read_spans(struct call *call, struct crew *crew, const char *team,
                         struct presence_person *people)
{
    size_t count = 0;
    for (; crew->span < crew->spans.items_count; crew->span++) {
        const struct roster_team_spans_row *row = &crew->spans.items[crew->span];
        if (strcmp(row->team, team) != 0)
            break;
        people[count++] = counted(call, row->from, row->to, (int32_t)row->people);
    }
    return count;
}

static bool is_of(const char *team, const char *person, const char *other_team, const char *other_person)
{
    return strcmp(team, other_team) == 0 && strcmp(person, other_person) == 0;
}

static struct presence_person next_person(struct call *call, struct crew *crew)
{
    const struct roster_team_people_row *first = &crew->people.items[crew->person];
    struct presence_person person = { 0 };
    size_t stays = crew->person, away = crew->absence;
    while (
        stays < crew->people.items_count &&
        is_of(first->team, first->person, crew->people.items[stays].team, crew->people.items[stays].person))
        stays++;
    while (
        away < crew->absences.items_count &&
        is_of(first->team, first->person, crew->absences.items[away].team, crew->absences.items[away].person))
        away++;
    person.stays = arena_take(&call->arena, (stays - crew->person) * sizeof *person.stays);
    person.away = arena_take(&call->arena, (away - crew->absence + 1) * sizeof *person.away);
    for (; crew->person < stays; crew->person++)
        person.stays[person.stays_count++] = days_of(crew->people.items[crew->person].from,
                                                     crew->people.items[crew->person].to);
    for (; crew->absence < away; crew->absence++)
        person.away[person.away_count++] = days_of(crew->absences.items[crew->absence].from,
                                                   crew->absences.items[crew->absence].to);
    return person;
}

/* Absences of people who are in no team any more are passed over. */
static void skip_absences(struct crew *crew)
{
    const struct roster_team_people_row *next = &crew->people.items[crew->person];
    while (crew->absence < crew->absences.items_count) {
        const struct roster_team_absences_row *absence = &crew->absences.items[crew->absence];
        if (strcmp(absence->team, next->team) != 0 || strcmp(absence->person, next->person) >= 0)
            return;
        crew->absence++;
    }
}

static enum code load_teams(struct call *call, const struct timetable_settings_row *settings, int32_t from_on,
                            struct roster *roster)
{
    struct crew crew = { 0 };
    const struct presence_need need = { .count = settings->min_present ? (int32_t)*settings->min_present : 0,
                                        .percent = (int32_t)settings->min_present_percent };
    if (sql_roster_team_spans(call, &(struct roster_team_spans_params){ settings->id, from_on },
                              &crew.spans) ||
        sql_roster_team_people(call, &(struct roster_team_people_params){ settings->id, from_on },
                               &crew.people) ||
        sql_roster_team_absences(call, &(struct roster_team_absences_params){ settings->id, from_on },
                                 &crew.absences))
        return call->error.code;
    size_t most = crew.spans.items_count + 2 * crew.people.items_count + 1;
    struct presence_person *people = arena_take(&call->arena, most * sizeof *people);
    for (size_t i = 0; i < roster->count; i++) {
        const char *team = roster->names[i];
        size_t count = read_spans(call, &crew, team, people);
        while (crew.person < crew.people.items_count &&
               strcmp(crew.people.items[crew.person].team, team) == 0) {
            const struct roster_team_people_row *row = &crew.people.items[crew.person];
            skip_absences(&crew);
            struct presence_person person = next_person(call, &crew);
            for (; row < &crew.people.items[crew.person]; row++) /* no longer one of the many */
                people[count++] = counted(call, row->counted_from, row->counted_to, -1);
            people[count++] = person;
        }
        while (crew.absence < crew.absences.items_count &&
               strcmp(crew.absences.items[crew.absence].team, team) == 0)
            crew.absence++;
        struct plan_away *gaps;
        roster->members[i].away_count = presence_gaps(&call->arena, people, count, need, &gaps);
        roster->members[i].away = gaps;
    }
    return OK;
}

enum code roster_load(struct call *call, const struct timetable_settings_row *settings, int32_t from_on,
                      struct roster *roster)
{
    *roster = (struct roster){ 0 };
    if (load_members(call, settings, roster))
        return call->error.code;
    return settings->member_kind == ROTATION_MEMBER_KIND_TEAM
               ? load_teams(call, settings, from_on, roster)
               : load_absences(call, settings, from_on, roster);
}
