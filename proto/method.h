/* SPDX-License-Identifier: MIT */
/* What the catalogue says about methods and events, as constant tables (made by laugc). */
#ifndef METHOD_H
#define METHOD_H

#include "record.h"

/* A write runs in a transaction; a slow method is a read that scans, and runs on the reader's thread. */
enum mode { MODE_READ, MODE_WRITE, MODE_SLOW };

/*
 * Who may call, or see a field. The first are what an actor is, the last what it is to the one concerned.
 *   anyone   also a user nobody knows       staff    a person of the company, or an admin
 *   tool     a program that only reads      courier  the program that carries messages out
 *   auditor  may see who looked at what     admin    keeps the service and the company's data
 *   self     the person concerned           mentor   of that person     lead   of that person or team
 */
enum role {
    ROLE_ANYONE,
    ROLE_STAFF,
    ROLE_TOOL,
    ROLE_COURIER,
    ROLE_AUDITOR,
    ROLE_ADMIN,
    ROLE_SELF,
    ROLE_MENTOR,
    ROLE_LEAD,
    ROLES_COUNT
};

extern const char *const role_words[ROLES_COUNT], *const mode_words[];

/* One of the alternatives after `by`: a role, or a relation to the entity that the parameter `of` names. */
struct clause {
    enum role role;
    const struct field *of; /* NULL for a plain role */
};

struct method {
    const char *name, *help, *domain;
    enum mode mode;
    const struct clause *clauses;
    int clauses_count;
    bool is_audited;       /* each call leaves a row: who looked at whose record */
    bool is_cached;        /* the answer depends on the stored data and the caller alone, and may be kept */
    bool is_alone;         /* changes the connection: not to be called from inside another call */
    bool needs_held_clock; /* there only when the clock is held */
    bool is_final;         /* what it does cannot be undone */
    const struct record *params, *result;
    /*
     * The method that undoes it, with parameters that are found by their names in what this one took or gave;
     * NULL where none does. Where it is this one itself, with the former values, which shown_by gives; where
     * it is another, shown_by, if there is one, tells whether all is still as this one left it.
     */
    const struct method *undone_by, *shown_by;
};

struct event_kind {
    const char *name, *help;
    const struct clause *clauses;
    int clauses_count;
    const struct record *fields;
};

/* An entity is private where nobody may learn that it exists who may not see it. */
struct entity {
    const char *name;
    bool is_private;
};

struct domain {
    const char *name, *help;
};

extern const struct method methods[]; /* METHODS_COUNT of them, in the order of their names */
extern const struct event_kind *const events[];
extern const struct domain domains[];
extern const struct entity entities[];

/* NULL where there is none. */
const struct method *method_find(const char *name, size_t length);
const struct event_kind *event_find(const char *name);

/* "self of person, lead of person or admin", as the catalogue has it. */
const char *clauses_print(const struct clause *clauses, int count, struct arena *arena);
/* "the person it concerns, that person's lead and admins", for help and errors, translated. */
const char *clauses_tell(const struct clause *clauses, int count, struct arena *arena);

#endif
