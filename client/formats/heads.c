/* SPDX-License-Identifier: MIT */
#include "heads.h"

#include "error.h"
#include "slug.h"

#include <stdbool.h>
#include <string.h>

/* The words are what heads look like once slug_make has been over them and the hyphens are out. */
const struct heading heads_of_people[] = {
    [PERSON_ID] = {"id",        CELL_ID,
                   "employeeid employeeno employeenumber employee staffid personid personnelnumber "
                    "businessentityid medarbejderid medarbejdernummer medarbejdernr loennummer loennr"           },
    [PERSON_NAME] = { "name",     CELL_TEXT,     "fullname displayname employeename navn fuldenavn medarbejdernavn"},
    [PERSON_EMAIL] = { "email",    CELL_TEXT,
                   "mail emailaddress mailaddress workemail mailadresse emailadresse arbejdsmail"                },
    [PERSON_LOGIN] = { "login",    CELL_LOGIN,
                   "loginid username user account unixuser brugernavn bruger initialer"                          },
    [PERSON_TEAM] = { "team",     CELL_ID,
                   "department departmentname teamid departmentid unit group afdeling hold gruppe"               },
    [PERSON_TEAMS] = { "teams",    CELL_IDS,      "alsoin otherteams secondteam secondteams ogsaai andreafdelinger" },
    [PERSON_MANAGER] = { "manager",  CELL_ID,
                   "managerid reportsto supervisor supervisorid boss leder chef naermesteleder "
                         "lederid"                                                                               },
    [PERSON_TITLE] = { "title",    CELL_TEXT,     "jobtitle job position role titel stilling stillingsbetegnelse"   },
    [PERSON_HIRED_ON] = { "hired_on", CELL_DAY,
                   "hiredate hired startdate datehired employedsince ansat ansatden ansaettelsesdato "
                          "startdato"                                                                            },
 /* The first day no longer here. Words that mean the last day at work are left out: a day less is a
  * mistake that   nobody sees. */
    [PERSON_LEFT_ON] = { "left_on",  CELL_DAY,      "left leftdate goneon fratraadt fratraadtden"                     },
    [PERSON_LANGUAGE] = { "language", CELL_LANGUAGE, "lang preferredlanguage locale sprog"                             },
    { NULL,       CELL_TEXT,     NULL                                                              }
};

const struct heading heads_of_teams[] = {
    [TEAM_ID] = {"id",    CELL_ID,
                 "teamid departmentid unitid groupid team department afdelingsid holdid afdeling hold"},
    [TEAM_NAME] = { "name", CELL_TEXT, "teamname departmentname navn afdelingsnavn holdnavn"            },
    [TEAM_LEAD] = { "lead", CELL_ID,
                 "leadid teamlead teamleader leader head manager managerid leder teamleder "
                    "afdelingsleder"                                                                  },
    { NULL,   CELL_TEXT, NULL                                                             }
};

const struct heading heads_of_absences[] = {
    [ABSENCE_PERSON] = {"person", CELL_ID,
                        "personid employee employeeid id staffid medarbejder medarbejderid "
                         "medarbejdernummer "
                         "medarbejdernr"                                                         },
    [ABSENCE_FROM] = { "from",  CELL_DAY,
                        "start startdate fromdate firstday begin begins fra fradato startdato "
                       "foerstedag"                                                              },
    [ABSENCE_TO] = { "to",    CELL_DAY,
                        "end enddate todate lastday until through til tildato slutdato sidstedag"},
    { NULL,    CELL_TEXT, NULL                                                }
};

const struct heading heads_of_holidays[] = {
    [HOLIDAY_ON] = {"on",     CELL_DAY,  ""  },
    [HOLIDAY_TITLE] = { "title", CELL_TEXT, ""  },
    { NULL,    CELL_TEXT, NULL}
};

enum { FIELDS_MOST = 32 };

/* "Employee ID", "employee_id" and "EmployeeId" are one word. */
static void plain_word(const char *head, char word[static SLUG_SIZE])
{
    char slug[SLUG_SIZE] = "";
    char *end = word;
    (void)slug_make(head, slug); /* what is no word matches nothing */
    for (const char *letter = slug; *letter; letter++)
        if (!strchr("-_.", *letter))
            *end++ = *letter;
    *end = 0;
}

static bool is_among(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; length && (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

static int field_by_name(const struct heading *headings, const char *name)
{
    for (int field = 0; headings[field].field; field++)
        if (strcmp(headings[field].field, name) == 0)
            return field;
    return HEADS_UNUSED;
}

static int field_by_word(const struct heading *headings, const char *head)
{
    char word[SLUG_SIZE], name[SLUG_SIZE];
    plain_word(head, word);
    for (int field = 0; headings[field].field; field++) {
        plain_word(headings[field].field, name);
        if (strcmp(name, word) == 0 || is_among(headings[field].words, word))
            return field;
    }
    return HEADS_UNUSED;
}

/* The column of this head; of two the first. -1 where there is none. */
static int column_of(const char *const *heads, size_t columns, const char *head)
{
    for (size_t column = 0; column < columns; column++)
        if (strcmp(heads[column], head) == 0)
            return (int)column;
    return -1;
}

static const char *field_names(const struct heading *headings, struct arena *arena)
{
    const char *names = headings[0].field;
    for (size_t field = 1; headings[field].field; field++)
        names = arena_print(arena, "%s, %s", names, headings[field].field);
    return names;
}

/* One --map. `is_done` marks columns that are settled; column_for the one that fills each field. */
static void apply_map(const char *const *heads, size_t columns, const struct heading *headings,
                      const struct heads_map *map, struct refusals *refusals, int *fields, bool *is_done)
{
    int column = column_of(heads, columns, map->head);
    int field = *map->field ? field_by_name(headings, map->field) : HEADS_UNUSED;
    if (column < 0)
        refuse(refusals, 1, NULL, _("--map names a column \"%s\" that the file does not have"), map->head);
    else if (*map->field && field == HEADS_UNUSED)
        refuse(refusals, 1, heads[column], _("--map names a field \"%s\" that is none of %s"), map->field,
               field_names(headings, refusals->arena));
    else {
        fields[column] = field;
        is_done[column] = true;
    }
}

/* Gives the columns not yet settled to the fields not yet filled, by the exact name or by the known words. */
static void match_rest(const char *const *heads, size_t columns, const struct heading *headings,
                       bool is_exact, int *fields, const bool *is_done, const bool *is_filled)
{
    for (size_t column = 0; column < columns; column++) {
        if (is_done[column] || fields[column] != HEADS_UNUSED)
            continue;
        int field = is_exact ? field_by_name(headings, heads[column])
                             : field_by_word(headings, heads[column]);
        if (field != HEADS_UNUSED && !is_filled[field])
            fields[column] = field;
    }
}

static void mark_filled(const int *fields, size_t columns, bool is_filled[static FIELDS_MOST])
{
    for (size_t column = 0; column < columns; column++)
        if (fields[column] != HEADS_UNUSED)
            is_filled[fields[column]] = true;
}

static void refuse_doubles(const char *const *heads, size_t columns, const struct heading *headings,
                           struct refusals *refusals, const int *fields)
{
    int column_for[FIELDS_MOST];
    memset(column_for, -1, sizeof column_for);
    for (size_t column = 0; column < columns; column++) {
        int field = fields[column];
        if (field == HEADS_UNUSED)
            continue;
        if (column_for[field] >= 0)
            refuse(refusals, 1, heads[column],
                   _("fills the field %s, as \"%s\" does: leave one out with --map \"%s=\""),
                   headings[field].field, heads[column_for[field]], heads[column]);
        else
            column_for[field] = (int)column;
    }
}

void heads_match(const char *const *heads, size_t columns, const struct heading *headings,
                 const struct heads_map *maps, size_t maps_count, struct refusals *refusals, int *fields)
{
    bool *is_done = arena_take(refusals->arena, columns * sizeof *is_done + 1);
    bool is_filled[FIELDS_MOST] = { false };
    for (size_t column = 0; column < columns; column++)
        fields[column] = HEADS_UNUSED;
    for (size_t i = 0; i < maps_count; i++)
        apply_map(heads, columns, headings, &maps[i], refusals, fields, is_done);
    for (int is_exact = 1; is_exact >= 0; is_exact--) {
        mark_filled(fields, columns, is_filled);
        match_rest(heads, columns, headings, is_exact, fields, is_done, is_filled);
    }
    refuse_doubles(heads, columns, headings, refusals, fields);
}
