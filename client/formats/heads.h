/* SPDX-License-Identifier: MIT */
/*
 * Which column of a file fills which field. A head names a field by the field's own name, by a known word for
 * it in English or Danish (heads.c lists them), or by what --map says; capitals, spaces, hyphens and
 * underscores do not matter. No two columns fill one field.
 */
#ifndef HEADS_H
#define HEADS_H

#include "refusal.h"

#include <stddef.h>

/* What a cell of a field is made into. */
enum cell {
    CELL_TEXT,    /* as it stands */
    CELL_ID,      /* an id, see slug.h */
    CELL_IDS,     /* several, parted by , ; | or line ends in the cell; by commas when read */
    CELL_DAY,     /* a day, see dates.h; 2027-03-01 when read */
    CELL_LOGIN,   /* a text; what comes before the last backslash is the domain of a Windows machine, and goes
                   */
    CELL_LANGUAGE /* da, Dansk, EN … made english or danish */
};

/* A field that a file can fill, and the words that heads have for it. */
struct heading {
    const char *field;
    enum cell cell;
    const char *words; /* parted by spaces, as they look without capitals and marks: "employeeid staffid" */
};

/* --map HEAD=FIELD; an empty field leaves the column out. */
struct heads_map {
    const char *head, *field;
};

enum { HEADS_UNUSED = -1 };

/*
 * For each of `columns` heads the index in `headings` (which ends with a field NULL) goes to fields[], or
 * HEADS_UNUSED. Refused, on line 1: two columns for one field; a map that names no column or no field. The
 * maps go first, then heads that are a field's own name, then the known words: each leaves the later ones
 * only the fields not filled yet.
 */
void heads_match(const char *const *heads, size_t columns, const struct heading *headings,
                 const struct heads_map *maps, size_t maps_count, struct refusals *refusals, int *fields);

/* The fields of each kind of file; the numbers are their places in these lists. */
enum {
    PERSON_ID,
    PERSON_NAME,
    PERSON_EMAIL,
    PERSON_LOGIN,
    PERSON_TEAM,
    PERSON_TEAMS,
    PERSON_MANAGER,
    PERSON_TITLE,
    PERSON_HIRED_ON,
    PERSON_LEFT_ON,
    PERSON_LANGUAGE,
    PERSON_FIELDS
};
enum { TEAM_ID, TEAM_NAME, TEAM_LEAD, TEAM_FIELDS };
enum { ABSENCE_PERSON, ABSENCE_FROM, ABSENCE_TO, ABSENCE_FIELDS };
enum { HOLIDAY_ON, HOLIDAY_TITLE, HOLIDAY_FIELDS };
extern const struct heading heads_of_holidays[]; /* they come from calendars: no words are looked for */
extern const struct heading heads_of_people[], heads_of_teams[], heads_of_absences[];

#endif
