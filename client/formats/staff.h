/* SPDX-License-Identifier: MIT */
/*
 * What rows must be among themselves and beside what is there already: no two with one id or login, every
 * manager somewhere, no ring of managers. Everything here is looked at before anything is written.
 */
#ifndef STAFF_H
#define STAFF_H

#include "stage.h"

/* The lists that rows refer to. A stage that nobody asked the service for is empty. */
struct staff {
    struct stage people, teams; /* what the service has */
    struct stage file;          /* what the file has */
    struct stage new_teams;     /* teams that come with a file of people */
};

struct record;

/*
 * What concerns one row alone. An id from the login (of a team: from the name) and a name from the login or
 * the id, where the file has no such column; the checks of the catalogue's `record`; the index by id, in
 * which each id stands once. Where there is nothing to make ids of, all rows are refused.
 */
void staff_read_people(struct stage *people, const struct record *record);
void staff_read_teams(struct stage *teams, const struct record *record);

/*
 * What concerns people beside others: logins, managers, teams. With `may_add_teams`, teams that nobody knows
 * are put into new_teams; else they are refused. `order` (file.count rows) gets the rows that are not
 * refused, managers before those they manage; the number of them is returned.
 */
uint32_t staff_check_people(struct staff *staff, bool may_add_teams, uint32_t *order);

/* Leads must be people who are there, or in `also` (a file of people that is imported with it; may be NULL).
 */
void staff_check_teams(struct stage *teams, const struct stage *people, const struct stage *also);

/* Absences: the person is there, the end is not before the beginning, none twice. Overlaps are allowed. */
void staff_check_absences(struct stage *absences, const struct stage *people, const struct record *record);

#endif
