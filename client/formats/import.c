/* SPDX-License-Identifier: MIT */
#include "import.h"

#include "day.h"
#include "encoding.h"
#include "error.h"
#include "holidays.h"
#include "records.h"
#include "report.h"
#include "source.h"
#include "staff.h"
#include "talk.h"

#include <stdlib.h>
#include <string.h>

/* All that one run holds. */
struct import {
    const struct options *options;
    struct arena arena;
    struct refusals refusals;       /* of the file */
    struct refusals refusals_teams; /* of the file of teams that came with it */
    struct talk talk;
    struct plan plan;
    struct staff staff;
    struct error error;
    const char *file; /* the one being read, while the error is about it */
    int status;       /* to exit with, once the import has ended by itself */
    bool stops;       /* rows are refused, and the reader did not say to keep going */
};

enum { ABSENCES_MOST = 2000, HOLIDAYS_MOST = 2000 }; /* what the service lists at once */

static const struct method *method(const char *name)
{
    return method_find(name, strlen(name));
}

/* ---- reading ---- */

static void say_unused(const struct table *table, const int *fields, const struct options *options)
{
    const char *between = _("columns that are not used: ");
    bool any = false;
    for (size_t column = 0; column < table->columns; column++) {
        bool is_known = fields[column] != HEADS_UNUSED || !*table->heads[column];
        for (size_t i = 0; i < options->maps_count; i++)
            is_known = is_known || strcmp(options->maps[i].head, table->heads[column]) == 0;
        if (is_known)
            continue;
        fputs(between, stderr);
        report_text(stderr, table->heads[column]);
        between = ", ";
        any = true;
    }
    if (any)
        fputc('\n', stderr);
}

/* A CSV file, as rows of these headings. The stage stays empty where the file is refused as a whole. */
static enum code read_table(struct import *import, const char *path, const struct heading *headings,
                            const struct heads_map *maps, size_t maps_count, struct refusals *refusals,
                            struct stage *stage)
{
    const char *bytes;
    size_t length;
    struct table table;
    *stage = stage_new(refusals, headings);
    import->file = path;
    if (source_read(path, TABLE_BYTES_MOST, &import->arena, &bytes, &length, &import->error))
        return import->error.code;
    import->file = NULL;
    table_read(bytes, length, refusals, &table);
    if (!table.columns)
        return OK;
    int *fields = arena_take(&import->arena, table.columns * sizeof *fields);
    size_t before = refusals->count;
    heads_match(table.heads, table.columns, headings, maps, maps_count, refusals, fields);
    if (refusals->count > before)
        return OK;
    say_unused(&table, fields, import->options);
    stage_table(stage, &table, fields, import->options->dates);
    return OK;
}

/* ---- ending ---- */

static void say_sums(const struct import *import, const char *what)
{
    const uint32_t *counts = import->plan.counts;
    printf(import->options->is_dry_run ? _("%s: %u to add, %u to change, %u the same.\n")
                                       : _("%s: %u added, %u changed, %u the same.\n"),
           what, counts[ACTION_ADD], counts[ACTION_CHANGE], counts[ACTION_SAME]);
}

/* Who is there and not in the file. Nobody is removed: a file may be of one department. */
static void say_missing(const struct stage *there, const struct stage *file)
{
    enum { NAMED_MOST = 10 };
    uint32_t missing = 0;
    for (uint32_t i = 0; i < there->count; i++)
        if (lookup_find(&file->ids, there->rows[i].values[0]) == LOOKUP_NONE && missing++ < NAMED_MOST)
            printf("%s%s", missing == 1 ? _("Not in the file, and left as they are: ") : ", ",
                   there->rows[i].values[0]);
    if (missing > NAMED_MOST)
        printf(_(" and %u more"), missing - NAMED_MOST);
    if (missing)
        printf(".\n");
}

static bool has_refusals(const struct import *import)
{
    return import->refusals.count || import->refusals_teams.count;
}

static void say_refusals(struct import *import)
{
    report_refusals(stderr, import->options->file, &import->refusals);
    if (import->options->teams_file)
        report_refusals(stderr, import->options->teams_file, &import->refusals_teams);
}

static void say_failure(const struct import *import)
{
    const struct error *error = &import->error;
    fputs("laug import: ", stderr);
    if (import->file)
        report_text(stderr, import->file);
    fprintf(stderr, "%s%s%s%s\n", import->file ? ": " : "", error->field, *error->field ? ": " : "",
            error->text);
}

/* What became of it, in the last lines. */
static void say_end(const struct import *import, enum code code, const char *what)
{
    if (code && !has_refusals(import))
        say_failure(import);
    if (code)
        fprintf(stderr,
                _("laug import: stopped; %u changes were made before. Run it again to go on: what is there "
                  "already is left alone.\n"),
                import->talk.sent);
    else if (import->stops && !import->options->is_dry_run)
        fputs(_("laug import: nothing was taken. Mend what is named above, or say --keep-going to take the "
                "other "
                "rows.\n"),
              stderr);
    else
        say_sums(import, what);
}

static enum code send_plan(struct import *import)
{
    import->talk.keeps_going = import->options->keeps_going;
    import->talk.progress = report_progress;
    enum code code = talk_send(&import->talk, &import->plan, &import->error);
    report_progress(0, 0);
    return code;
}

/* How an import ends, from the moment the plan stands. `there` and `file`, which may be NULL, tell who is
 * missing. */
static void finish(struct import *import, const char *what, enum code (*send)(struct import *import),
                   const struct stage *there, const struct stage *file)
{
    bool is_dry_run = import->options->is_dry_run;
    enum code code = OK;
    import->stops = has_refusals(import) && !import->options->keeps_going;
    if (is_dry_run)
        report_difference(stdout, &import->plan);
    else if (!import->stops)
        code = send(import);
    say_refusals(import);
    say_end(import, code, what);
    if (there && !code && (is_dry_run || !import->stops))
        say_missing(there, file);
    import->status = code_exit_status(code ? code : has_refusals(import) ? INVALID : OK);
}

/* ---- people and teams ---- */

static const struct staged *there_of(const struct stage *there, const struct staged *row)
{
    uint32_t at = lookup_find(&there->ids, row->values[0]);
    return at == LOOKUP_NONE ? NULL : &there->rows[at];
}

/* New teams come first, without their leads, who may not be there yet. */
static void plan_teams_before(struct import *import, struct stage *teams)
{
    for (uint32_t i = 0; i < teams->count; i++)
        if (!teams->rows[i].is_refused && !there_of(&import->staff.teams, &teams->rows[i]))
            plan_row(&import->plan, teams, &teams->rows[i], NULL, 1u << TEAM_ID | 1u << TEAM_NAME,
                     method("team.add"), NULL);
}

/* The leads of the new ones, and whatever differs of the others. */
static void plan_teams_after(struct import *import, struct stage *teams)
{
    for (uint32_t i = 0; i < teams->count; i++) {
        struct staged *row = &teams->rows[i];
        const struct staged *there = there_of(&import->staff.teams, row);
        if (row->is_refused)
            continue;
        if (there)
            plan_row(&import->plan, teams, row, there, UINT32_MAX, NULL, method("team.change"));
        else if (row->values[TEAM_LEAD] && *row->values[TEAM_LEAD])
            plan_also(&import->plan, teams, row, 1u << TEAM_LEAD, method("team.change"));
    }
}

/* A file's `teams` are those beside the home team, wherever the service has that in its list. */
static const char *without(const char *list, const char *team, struct arena *arena)
{
    const char *rest = "";
    while (*list) {
        size_t length = strcspn(list, ",");
        if (strlen(team) != length || strncmp(team, list, length) != 0)
            rest = arena_print(arena, "%s%s%.*s", rest, *rest ? "," : "", (int)length, list);
        list += length + (list[length] == ',');
    }
    return rest;
}

static void drop_home_teams(struct stage *people)
{
    for (uint32_t i = 0; i < people->count; i++) {
        const char **values = people->rows[i].values;
        if (values[PERSON_TEAM] && values[PERSON_TEAMS])
            values[PERSON_TEAMS] = without(values[PERSON_TEAMS], values[PERSON_TEAM], people->arena);
    }
}

/* The teams of somebody who is not here today are none, whatever the file says: they cannot be compared. */
static uint32_t comparable(const struct staged *there, const char *today)
{
    const char *hired_on = there->values[PERSON_HIRED_ON], *left_on = there->values[PERSON_LEFT_ON];
    bool is_here = strcmp(hired_on, today) <= 0 && (!*left_on || strcmp(left_on, today) > 0);
    return is_here ? UINT32_MAX : ~(1u << PERSON_TEAMS);
}

static enum code ask_today(struct import *import, int32_t *today)
{
    void *now;
    const struct method *clock_now = method("clock.now");
    if (talk_call(&import->talk, clock_now, NULL, &import->arena, &now, &import->error))
        return import->error.code;
    const struct field *field = field_find(clock_now->result, "today", strlen("today"));
    *today = *(const int32_t *)field_at(field, now, 0);
    return OK;
}

static enum code list_staff(struct import *import)
{
    struct staff *staff = &import->staff;
    staff->people = stage_new(&import->refusals, heads_of_people);
    staff->teams = stage_new(&import->refusals, heads_of_teams);
    if (talk_list(&import->talk, "person.list", &staff->people, &import->error) ||
        talk_list(&import->talk, "team.list", &staff->teams, &import->error))
        return import->error.code;
    drop_home_teams(&staff->people);
    return OK;
}

static enum code read_new_teams(struct import *import)
{
    const struct options *options = import->options;
    struct stage *teams = &import->staff.new_teams;
    *teams = stage_new(&import->refusals_teams, heads_of_teams);
    if (!options->teams_file)
        return OK;
    if (read_table(import, options->teams_file, heads_of_teams, NULL, 0, &import->refusals_teams, teams))
        return import->error.code;
    staff_read_teams(teams, method("team.add")->params);
    return OK;
}

static void plan_people(struct import *import, const uint32_t *order, uint32_t count, int32_t today)
{
    struct stage *file = &import->staff.file;
    char today_text[DAY_TEXT_SIZE];
    day_print(today, today_text);
    plan_reserve(&import->plan, count);
    for (uint32_t i = 0; i < count; i++) {
        struct staged *row = &file->rows[order[i]];
        const struct staged *there = there_of(&import->staff.people, row);
        plan_row(&import->plan, file, row, there, there ? comparable(there, today_text) : UINT32_MAX,
                 method("person.add"), method("person.change"));
    }
}

static enum code import_people(struct import *import)
{
    const struct options *options = import->options;
    struct staff *staff = &import->staff;
    int32_t today;
    if (read_table(import, options->file, heads_of_people, options->maps, options->maps_count,
                   &import->refusals, &staff->file) ||
        read_new_teams(import) || list_staff(import) || ask_today(import, &today))
        return import->error.code;
    uint32_t *order = arena_take(&import->arena, ((size_t)staff->file.count + 1) * sizeof *order);
    staff_read_people(&staff->file, method("person.add")->params);
    drop_home_teams(&staff->file);
    staff_check_teams(&staff->new_teams, &staff->people, &staff->file);
    uint32_t count = staff_check_people(staff, options->with_teams, order);
    plan_teams_before(import, &staff->new_teams);
    plan_people(import, order, count, today);
    plan_teams_after(import, &staff->new_teams);
    finish(import, _("People and their teams"), send_plan, &staff->people, &staff->file);
    return OK;
}

static enum code import_teams(struct import *import)
{
    const struct options *options = import->options;
    struct stage *file = &import->staff.file;
    if (read_table(import, options->file, heads_of_teams, options->maps, options->maps_count,
                   &import->refusals, file) ||
        list_staff(import))
        return import->error.code;
    staff_read_teams(file, method("team.add")->params);
    staff_check_teams(file, &import->staff.people, NULL);
    for (uint32_t i = 0; i < file->count; i++)
        if (!file->rows[i].is_refused)
            plan_row(&import->plan, file, &file->rows[i], there_of(&import->staff.teams, &file->rows[i]),
                     UINT32_MAX, method("team.add"), method("team.change"));
    finish(import, _("Teams"), send_plan, &import->staff.teams, file);
    return OK;
}

/* ---- absences ---- */

static int by_person(const void *left, const void *right)
{
    const struct staged *const *a = left, *const *b = right;
    int order = strcmp((*a)->values[ABSENCE_PERSON], (*b)->values[ABSENCE_PERSON]);
    return order ? order : (int)((*a)->line > (*b)->line) - (int)((*a)->line < (*b)->line);
}

/* What is known of one person's absences between the first and the last day of these rows. */
static enum code list_absences(struct import *import, struct staged **rows, size_t count, struct stage *known)
{
    const char *from = rows[0]->values[ABSENCE_FROM], *until = rows[0]->values[ABSENCE_TO];
    const struct method *list = method("absence.list");
    msgpack_sbuffer params;
    msgpack_packer packer;
    void *base;
    for (size_t i = 1; i < count; i++) {
        from = strcmp(rows[i]->values[ABSENCE_FROM], from) < 0 ? rows[i]->values[ABSENCE_FROM] : from;
        until = strcmp(rows[i]->values[ABSENCE_TO], until) > 0 ? rows[i]->values[ABSENCE_TO] : until;
    }
    const char *const texts[] = { "person", rows[0]->values[ABSENCE_PERSON], "from", from, "until", until };
    msgpack_sbuffer_init(&params);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, 4);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pack_text(&packer, texts[i]);
    pack_text(&packer, "limit");
    msgpack_pack_int(&packer, ABSENCES_MOST);
    enum code code = talk_call(&import->talk, list, &params, &import->arena, &base, &import->error);
    msgpack_sbuffer_destroy(&params);
    if (code)
        return code;
    const struct field *items = field_find(list->result, "items", strlen("items"));
    for (size_t i = 0; i < field_count(items, base); i++)
        records_unpack(known, items->record, field_at(items, base, i));
    return OK;
}

/* The service joins absences that touch: a row is there already where one of them covers it. */
static const struct staged *covering(const struct stage *known, const struct staged *row)
{
    for (uint32_t i = 0; i < known->count; i++)
        if (strcmp(known->rows[i].values[ABSENCE_FROM], row->values[ABSENCE_FROM]) <= 0 &&
            strcmp(known->rows[i].values[ABSENCE_TO], row->values[ABSENCE_TO]) >= 0)
            return &known->rows[i];
    return NULL;
}

static enum code plan_absences(struct import *import, struct stage *file)
{
    struct staged **rows = arena_take(&import->arena, ((size_t)file->count + 1) * sizeof *rows);
    size_t good = 0, next;
    for (uint32_t i = 0; i < file->count; i++)
        if (!file->rows[i].is_refused)
            rows[good++] = &file->rows[i];
    qsort(rows, good, sizeof *rows, by_person);
    for (size_t first = 0; first < good; first = next) {
        const char *person = rows[first]->values[ABSENCE_PERSON];
        struct stage known = stage_new(&import->refusals, heads_of_absences);
        for (next = first + 1; next < good && strcmp(rows[next]->values[ABSENCE_PERSON], person) == 0;)
            next++;
        if (list_absences(import, rows + first, next - first, &known))
            return import->error.code;
        for (size_t i = first; i < next; i++) {
            const struct staged *there = covering(&known, rows[i]);
            plan_row(&import->plan, file, rows[i], there, there ? 0 : UINT32_MAX, method("absence.add"),
                     NULL);
        }
    }
    return OK;
}

static enum code import_absences(struct import *import)
{
    const struct options *options = import->options;
    struct stage *file = &import->staff.file;
    if (read_table(import, options->file, heads_of_absences, options->maps, options->maps_count,
                   &import->refusals, file) ||
        list_staff(import))
        return import->error.code;
    staff_check_absences(file, &import->staff.people, method("absence.add")->params);
    if (plan_absences(import, file))
        return import->error.code;
    finish(import, _("Absences"), send_plan, NULL, NULL);
    return OK;
}

/* ---- holidays ---- */

/* Yearly rules are worked out for last year, this one and the ten to come. */
static enum code read_holidays(struct import *import, struct stage *file)
{
    enum { YEARS_BACK = 1, YEARS_ON = 10 };
    const char *bytes;
    size_t length;
    int32_t today;
    struct holidays holidays;
    *file = stage_new(&import->refusals, heads_of_holidays);
    import->file = import->options->file;
    if (source_read(import->file, HOLIDAYS_BYTES_MOST, &import->arena, &bytes, &length, &import->error))
        return import->error.code;
    import->file = NULL;
    if (ask_today(import, &today))
        return import->error.code;
    int year = day_to_civil(today).year;
    holidays_read(bytes, length, day_from_civil((struct civil){ year - YEARS_BACK, 1, 1 }),
                  day_from_civil((struct civil){ year + YEARS_ON, 12, 31 }), &import->refusals, &holidays);
    for (size_t i = 0; i < holidays.count; i++) {
        struct staged *row = stage_add(file);
        row->line = (uint32_t)holidays.items[i].line;
        row->values[HOLIDAY_ON] = day_print(holidays.items[i].on, arena_take(&import->arena, DAY_TEXT_SIZE));
        row->values[HOLIDAY_TITLE] = holidays.items[i].name;
    }
    return OK;
}

static void pack_days(msgpack_packer *packer, const char *from, const char *until)
{
    msgpack_pack_map(packer, 3);
    pack_text(packer, "from");
    pack_text(packer, from);
    pack_text(packer, "until");
    pack_text(packer, until);
    pack_text(packer, "limit");
    msgpack_pack_int(packer, HOLIDAYS_MOST);
}

/* The service's holidays from the file's first day to its last, or, where they are to be replaced, all from
 * there on. */
static enum code list_holidays(struct import *import, const struct stage *file, struct stage *there)
{
    msgpack_sbuffer params;
    msgpack_packer packer;
    void *base;
    const struct method *list = method("holiday.list");
    *there = stage_new(&import->refusals, heads_of_holidays);
    if (file->count == 0)
        return OK;
    msgpack_sbuffer_init(&params);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    pack_days(&packer, file->rows[0].values[HOLIDAY_ON],
              import->options->replaces ? "9999-12-31" : file->rows[file->count - 1].values[HOLIDAY_ON]);
    enum code code = talk_call(&import->talk, list, &params, &import->arena, &base, &import->error);
    msgpack_sbuffer_destroy(&params);
    if (code)
        return code;
    const struct field *items = field_find(list->result, "items", strlen("items"));
    for (size_t i = 0; i < field_count(items, base); i++)
        records_unpack(there, items->record, field_at(items, base, i));
    stage_index(there);
    return OK;
}

/* All days go in one call: a calendar is taken whole. */
static enum code send_holidays(struct import *import)
{
    const struct plan *plan = &import->plan;
    struct stage *file = &import->staff.file;
    const struct method *method_import = method("holiday.import");
    const struct field *items = field_find(method_import->params, "items", strlen("items"));
    struct arena scratch = { 0 };
    msgpack_sbuffer params;
    msgpack_packer packer;
    void *result;
    uint32_t good = plan->count;
    if (good == 0)
        return OK;
    msgpack_sbuffer_init(&params);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, import->options->replaces ? 2 : 1);
    if (import->options->replaces) {
        pack_text(&packer, "replace_from");
        pack_text(&packer, file->rows[0].values[HOLIDAY_ON]);
    }
    pack_text(&packer, "items");
    msgpack_pack_array(&packer, good);
    struct columns columns = records_columns(file->headings, items->record);
    for (uint32_t i = 0; i < plan->count; i++)
        records_pack(file, plan->steps[i].row, UINT32_MAX, &columns, &packer, &scratch);
    arena_free(&scratch);
    enum code code = talk_call(&import->talk, method_import, &params, &import->arena, &result,
                               &import->error);
    msgpack_sbuffer_destroy(&params);
    return code;
}

static void say_forgotten(const struct stage *there, const struct stage *file, bool is_dry_run)
{
    for (uint32_t i = 0; is_dry_run && i < there->count; i++)
        if (lookup_find(&file->ids, there->rows[i].values[HOLIDAY_ON]) == LOOKUP_NONE) {
            printf("  - %s     ", there->rows[i].values[HOLIDAY_ON]);
            report_text(stdout, there->rows[i].values[HOLIDAY_TITLE]);
            fputc('\n', stdout);
        }
}

static enum code import_holidays(struct import *import)
{
    struct stage *file = &import->staff.file, there;
    const struct field *items = field_find(method("holiday.import")->params, "items", strlen("items"));
    if (read_holidays(import, file) || list_holidays(import, file, &there))
        return import->error.code;
    records_check(file, items->record);
    stage_index(file);
    for (uint32_t i = 0; i < file->count; i++)
        if (!file->rows[i].is_refused)
            plan_row(&import->plan, file, &file->rows[i], there_of(&there, &file->rows[i]), UINT32_MAX, NULL,
                     NULL);
    if (import->options->replaces)
        say_forgotten(&there, file, import->options->is_dry_run);
    finish(import, _("Holidays"), send_holidays, NULL, NULL);
    return OK;
}

/* ---- all of them ---- */

int import_run(const struct options *options)
{
    static const struct {
        const char *what;
        enum code (*run)(struct import *import);
    } kinds[] = {
        {"people",    import_people  },
        { "teams",    import_teams   },
        { "absences", import_absences},
        { "holidays", import_holidays}
    };
    struct import import = { .options = options };
    enum code code = INVALID;
    import.refusals.arena = import.refusals_teams.arena = &import.arena;
    plan_init(&import.plan, &import.arena);
    if (talk_open(&import.talk, options->socket, &import.error) == OK)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (strcmp(kinds[i].what, options->what) == 0)
                code = kinds[i].run(&import);
    if (code) {
        say_refusals(&import);
        say_failure(&import);
        import.status = code_exit_status(code);
    }
    talk_close(&import.talk);
    plan_free(&import.plan);
    arena_free(&import.arena);
    return import.status;
}
