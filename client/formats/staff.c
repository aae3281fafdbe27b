/* SPDX-License-Identifier: MIT */
#include "staff.h"

#include "error.h"
#include "order.h"
#include "records.h"
#include "slug.h"

#include <string.h>

static bool is_there(const char *value)
{
    return value && *value;
}

/* ---- ids and names ---- */

/* An id for each row of a file that has no column of ids, from another column's text. */
static void ids_from(struct stage *stage, int id, int source)
{
    char slug[SLUG_SIZE];
    stage->column[id] = stage->column[source];
    for (uint32_t i = 0; i < stage->count; i++) {
        struct staged *row = &stage->rows[i];
        const char *text = row->values[source];
        row->values[id] = "";
        if (is_there(text) && slug_make(text, slug))
            row->values[id] = arena_copy(stage->arena, slug, strlen(slug));
        else if (is_there(text))
            stage_refuse(stage, row, source, _("\"%.80s\" makes no id"), text);
    }
}

static void names_from(struct stage *stage, int name, int source)
{
    stage->made_up |= 1u << name;
    for (uint32_t i = 0; i < stage->count; i++)
        stage->rows[i].values[name] = stage_original(stage, &stage->rows[i], source);
}

static bool settle_ids(struct stage *stage, int id, int source, const char *what)
{
    if (!stage_has(stage, id) && source >= 0 && stage_has(stage, source))
        ids_from(stage, id, source);
    if (stage_has(stage, id))
        return true;
    refuse(stage->refusals, 1, NULL, _("no column holds the %s: name one with --map \"COLUMN=%s\""), what,
           stage->headings[id].field);
    for (uint32_t i = 0; i < stage->count; i++)
        stage->rows[i].is_refused = true;
    return false;
}

/* ---- logins ---- */

static void check_logins(struct staff *staff)
{
    struct stage *file = &staff->file;
    struct lookup in_file = { .arena = file->arena }, in_service = { .arena = file->arena };
    if (!stage_has(file, PERSON_LOGIN))
        return;
    for (uint32_t i = 0; i < staff->people.count; i++)
        if (is_there(staff->people.rows[i].values[PERSON_LOGIN]))
            lookup_add(&in_service, staff->people.rows[i].values[PERSON_LOGIN], i);
    for (uint32_t i = 0; i < file->count; i++) {
        struct staged *row = &file->rows[i];
        const char *login = row->values[PERSON_LOGIN];
        if (row->is_refused || !is_there(login))
            continue;
        uint32_t other = lookup_add(&in_file, login, i), holder = lookup_find(&in_service, login);
        if (other != LOOKUP_NONE) {
            stage_refuse(file, row, PERSON_LOGIN, _("\"%s\" is the login on line %u as well"), login,
                         file->rows[other].line);
            continue;
        }
        const char *holder_id = holder == LOOKUP_NONE ? NULL : staff->people.rows[holder].values[PERSON_ID];
        /* who has it may be given another one by this very file: then the service decides, in order */
        if (holder_id && strcmp(holder_id, row->values[PERSON_ID]) != 0 &&
            lookup_find(&file->ids, holder_id) == LOOKUP_NONE)
            stage_refuse(file, row, PERSON_LOGIN, _("\"%s\" is the login of %s already"), login, holder_id);
    }
}

/* ---- teams of people ---- */

static bool team_is_known(const struct staff *staff, const char *team)
{
    return lookup_find(&staff->teams.ids, team) != LOOKUP_NONE ||
           lookup_find(&staff->new_teams.ids, team) != LOOKUP_NONE;
}

/* The name is the cell that first named it, as it was written: "Tool Design". */
static void team_propose(struct staff *staff, const struct staged *person, const char *id, const char *name)
{
    struct staged *team = stage_add(&staff->new_teams);
    team->line = person->line;
    team->values[TEAM_ID] = id;
    team->values[TEAM_NAME] = name;
    lookup_add(&staff->new_teams.ids, id, staff->new_teams.count - 1);
}

static void check_team(struct staff *staff, struct staged *row, int field, const char *id, const char *name,
                       bool may_add)
{
    if (team_is_known(staff, id))
        return;
    if (may_add)
        team_propose(staff, row, id, name);
    else
        stage_refuse(&staff->file, row, field,
                     _("no team is called \"%s\": add it first, or say --with-teams"), id);
}

static void check_teams(struct staff *staff, struct staged *row, bool may_add)
{
    struct arena *arena = staff->file.arena;
    const char *home = row->values[PERSON_TEAM], *others = row->values[PERSON_TEAMS];
    if (is_there(home))
        check_team(staff, row, PERSON_TEAM, home, stage_original(&staff->file, row, PERSON_TEAM), may_add);
    while (is_there(others)) {
        size_t length = strcspn(others, ",");
        const char *id = arena_copy(arena, others, length);
        check_team(staff, row, PERSON_TEAMS, id, id, may_add);
        others += length + (others[length] == ',');
    }
}

/* ---- managers ---- */

/*
 * The managers as they will be: rows of the file, and behind them the people of the service. Who is in both
 * stands in the file's row, and has nobody above or below in the other.
 */
struct tree {
    const struct stage *file, *there;
    uint32_t *manager;
    uint32_t count;
};

static uint32_t tree_place(const struct tree *tree, const char *id)
{
    uint32_t row = lookup_find(&tree->file->ids, id);
    if (row != LOOKUP_NONE)
        return row;
    row = lookup_find(&tree->there->ids, id);
    return row == LOOKUP_NONE ? ORDER_NONE : tree->file->count + row;
}

static const char *tree_id(const struct tree *tree, uint32_t place)
{
    uint32_t count = tree->file->count;
    return place < count ? tree->file->rows[place].values[PERSON_ID]
                         : tree->there->rows[place - count].values[PERSON_ID];
}

/* A row that does not say keeps the manager it has. */
static const char *tree_manager(const struct tree *tree, uint32_t place)
{
    const struct stage *file = tree->file, *there = tree->there;
    if (place >= file->count)
        return lookup_find(&file->ids, tree_id(tree, place)) == LOOKUP_NONE
                   ? there->rows[place - file->count].values[PERSON_MANAGER]
                   : NULL;
    const struct staged *row = &file->rows[place];
    if (row->is_refused || row->values[PERSON_MANAGER])
        return row->is_refused ? NULL : row->values[PERSON_MANAGER];
    uint32_t known = lookup_find(&there->ids, row->values[PERSON_ID]);
    return known == LOOKUP_NONE ? NULL : there->rows[known].values[PERSON_MANAGER];
}

static struct tree tree_new(const struct staff *staff)
{
    struct tree tree = { .file = &staff->file, .there = &staff->people };
    tree.count = tree.file->count + tree.there->count;
    tree.manager = arena_take(tree.file->arena, ((size_t)tree.count + 1) * sizeof *tree.manager);
    for (uint32_t place = 0; place < tree.count; place++) {
        const char *manager = tree_manager(&tree, place);
        tree.manager[place] = is_there(manager) ? tree_place(&tree, manager) : ORDER_NONE;
    }
    return tree;
}

/* A manager nobody knows, or whose own row is refused and who is not there yet. */
static void check_managers(struct staff *staff)
{
    struct stage *file = &staff->file;
    for (uint32_t i = 0; i < file->count; i++) {
        struct staged *row = &file->rows[i];
        const char *manager = row->values[PERSON_MANAGER];
        if (row->is_refused || !is_there(manager) || lookup_find(&file->ids, manager) != LOOKUP_NONE ||
            lookup_find(&staff->people.ids, manager) != LOOKUP_NONE)
            continue;
        stage_refuse(file, row, PERSON_MANAGER, _("nobody is called \"%s\", neither here nor in the file"),
                     manager);
    }
}

/* "anna -> bo -> anna"; a long one is cut. */
static const char *ring_text(const struct tree *tree, uint32_t start, struct arena *arena)
{
    const char *text = tree_id(tree, start);
    uint32_t at = tree->manager[start], steps = 1;
    for (; at != start && steps < 8; at = tree->manager[at], steps++)
        text = arena_print(arena, "%s -> %s", text, tree_id(tree, at));
    return arena_print(arena, at == start ? "%s -> %s" : "%s -> … -> %s", text, tree_id(tree, start));
}

static void refuse_ring(struct staff *staff, const struct tree *tree, uint32_t start)
{
    struct stage *file = &staff->file;
    const char *text = ring_text(tree, start, file->arena);
    uint32_t at = start;
    do {
        if (at < file->count)
            stage_refuse(file, &file->rows[at], PERSON_MANAGER, _("the managers go round in a ring: %s"),
                         text);
        at = tree->manager[at];
    } while (at != start);
}

/* Who reports to a row that is refused, and is new, cannot be added either. Rows come managers first. */
static uint32_t keep_good(struct staff *staff, const struct tree *tree, const uint32_t *all, uint32_t *order)
{
    struct stage *file = &staff->file;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < tree->count; i++) {
        if (all[i] >= file->count)
            continue;
        struct staged *row = &file->rows[all[i]];
        const char *manager = row->values[PERSON_MANAGER];
        uint32_t above = is_there(manager) ? lookup_find(&file->ids, manager) : LOOKUP_NONE;
        if (!row->is_refused && above != LOOKUP_NONE && file->rows[above].is_refused &&
            lookup_find(&staff->people.ids, manager) == LOOKUP_NONE)
            stage_refuse(file, row, PERSON_MANAGER, _("the manager's own row, line %u, is refused"),
                         file->rows[above].line);
        if (!row->is_refused)
            order[kept++] = all[i];
    }
    return kept;
}

void staff_read_people(struct stage *people, const struct record *record)
{
    if (!settle_ids(people, PERSON_ID, PERSON_LOGIN, _("id of each person")))
        return;
    if (!stage_has(people, PERSON_NAME))
        names_from(people, PERSON_NAME, stage_has(people, PERSON_LOGIN) ? PERSON_LOGIN : PERSON_ID);
    records_check(people, record);
    stage_index(people);
}

static void check_dates(struct stage *file, struct staged *row)
{
    const char *hired_on = row->values[PERSON_HIRED_ON], *left_on = row->values[PERSON_LEFT_ON];
    if (is_there(hired_on) && is_there(left_on) && strcmp(left_on, hired_on) < 0)
        stage_refuse(file, row, PERSON_LEFT_ON, _("%s is before the first day at work, %s"), left_on,
                     hired_on);
}

uint32_t staff_check_people(struct staff *staff, bool may_add_teams, uint32_t *order)
{
    struct stage *file = &staff->file;
    check_logins(staff);
    for (uint32_t i = 0; i < file->count; i++) {
        check_dates(file, &file->rows[i]);
        if (!file->rows[i].is_refused)
            check_teams(staff, &file->rows[i], may_add_teams);
    }
    check_managers(staff);
    struct tree tree = tree_new(staff);
    uint32_t *all = arena_take(file->arena, ((size_t)tree.count + 1) * sizeof *all);
    uint32_t *rings = arena_take(file->arena, ((size_t)tree.count + 1) * sizeof *rings);
    order_by_parent(tree.manager, tree.count, file->arena, all, rings);
    for (uint32_t i = 0; i < tree.count; i++)
        if (rings[i] == i)
            refuse_ring(staff, &tree, i);
    return keep_good(staff, &tree, all, order);
}

/* ---- teams and absences ---- */

void staff_read_teams(struct stage *teams, const struct record *record)
{
    if (!settle_ids(teams, TEAM_ID, TEAM_NAME, _("id of each team")))
        return;
    if (!stage_has(teams, TEAM_NAME))
        names_from(teams, TEAM_NAME, TEAM_ID);
    records_check(teams, record);
    stage_index(teams);
}

void staff_check_teams(struct stage *teams, const struct stage *people, const struct stage *also)
{
    for (uint32_t i = 0; i < teams->count; i++) {
        struct staged *row = &teams->rows[i];
        const char *lead = row->values[TEAM_LEAD];
        if (!row->is_refused && is_there(lead) && lookup_find(&people->ids, lead) == LOOKUP_NONE &&
            (!also || lookup_find(&also->ids, lead) == LOOKUP_NONE))
            stage_refuse(teams, row, TEAM_LEAD,
                         _("nobody is called \"%s\": import the people first, or both at once with "
                           "laug import people FILE --with-teams=FILE"),
                         lead);
    }
}

static bool check_absence(struct stage *absences, struct staged *row, const struct stage *people)
{
    const char *person = row->values[ABSENCE_PERSON], *from = row->values[ABSENCE_FROM];
    const char *to = row->values[ABSENCE_TO];
    if (!is_there(person))
        stage_refuse(absences, row, ABSENCE_PERSON, _("is empty"));
    else if (lookup_find(&people->ids, person) == LOOKUP_NONE)
        stage_refuse(absences, row, ABSENCE_PERSON, _("nobody is called \"%s\""), person);
    else if (!is_there(from))
        stage_refuse(absences, row, ABSENCE_FROM, _("is empty"));
    else if (!is_there(to))
        stage_refuse(absences, row, ABSENCE_TO, _("is empty"));
    else if (strcmp(to, from) < 0)
        stage_refuse(absences, row, ABSENCE_TO, _("%s is before the first day, %s"), to, from);
    return !row->is_refused;
}

void staff_check_absences(struct stage *absences, const struct stage *people, const struct record *record)
{
    if (!settle_ids(absences, ABSENCE_PERSON, -1, _("id of the person")) ||
        !settle_ids(absences, ABSENCE_FROM, -1, _("first day")) ||
        !settle_ids(absences, ABSENCE_TO, -1, _("last day")))
        return;
    for (uint32_t i = 0; i < absences->count; i++) {
        struct staged *row = &absences->rows[i];
        if (row->is_refused || !check_absence(absences, row, people))
            continue;
        const char *key = arena_print(absences->arena, "%s %s %s", row->values[ABSENCE_PERSON],
                                      row->values[ABSENCE_FROM], row->values[ABSENCE_TO]);
        uint32_t other = lookup_add(&absences->ids, key, i);
        if (other != LOOKUP_NONE)
            stage_refuse(absences, row, -1, _("is the same absence as line %u"), absences->rows[other].line);
    }
    records_check(absences, record);
}
