/* SPDX-License-Identifier: MIT */
/*
 * laugc reads the catalogue (*.laug), the schema and the statements (*.sql) and writes C. It runs while
 * Laug is built, lives for a moment and frees nothing. Its rooms: source.c reads lines and tells mistakes;
 * catalogue.c, resolve.c and statement.c build the model below from them; write_catalogue.c and
 * write_daemon.c print it through the templates of template.c.
 *
 * The catalogue, line by line (# begins a comment; above an entry or behind a field it is its help):
 *
 *   error WORD exit N by caller|service
 *   entity NAME [private]              rows of table NAME with key `id`; private: forbidden looks like absent
 *   record NAME [about FIELD]          then its fields; FIELD names the person for `seen by`
 *   event NAME by CLAUSE [or CLAUSE]…  then its fields; CLAUSE says who may hear of it
 *   method NAME MODE by CLAUSE [or CLAUSE]… [, audited] [, cached] [, plain] [, alone]
 *          [, held clock] [, final] [, undone by METHOD]
 *     takes                            then fields, or `takes RECORD`
 *     returns                          likewise
 *
 *            `final`: what it does cannot be undone. `undone by METHOD`: that method undoes it, with
 * parameters that are found by their names in what this one took or gave; undone by itself: with the values
 * that THING.show gave before
 *
 *   MODE     read, write, or slow (a read that scans: on the reader's thread)
 *   CLAUSE   anyone, staff, tool, courier, auditor, admin, or a relation to a parameter: `self of person`,
 *            `lead of team`; the statement access_RELATION_ENTITY decides
 *   FIELD    NAME [list of] KIND [MIN..MAX] [, optional] [, default V] [, at most N] [, many lines]
 *            [, seen by ROLE…] [, detail]: a table of many leaves it out
 *            `default caller`, of a parameter that is a slug of person: absent, it is the caller's own; with
 *            `optional` only for those whom no role of their own lets ask without it
 *   KIND     text slug integer bool date instant local moment minutes rule value, `slug of ENTITY`,
 *            `one of WORD…`, `like RECORD.FIELD`, or the name of a record
 *
 * The statements, in .sql files:
 *
 *   -- name: NAME [takes RECORD | takes FIELD KIND[?], …] [gives [list of] RECORD | FIELD KIND[?], …]
 *
 * A statement called as a method (person_list of person.list) takes and gives what the method does. :now and
 * :today and :actor are the call's own. A statement that is meant to read a whole table says so in
 * a line `-- scans: why`.
 */
#ifndef LAUGC_H
#define LAUGC_H

#include <stdbool.h>
#include <stddef.h>

/* FIELDS_MAX: records are read with a bit for each field; STATEMENTS_MAX: the daemon has 1024 places for
 * them. */
enum {
    ENTRIES_MAX = 1024,
    STATEMENTS_MAX = 768,
    FIELDS_MAX = 48,
    EVENT_FIELDS_MAX = 12,
    WORDS_MAX = 32,
    CLAUSES_MAX = 8,
    NAMES_MAX = 64 /* of errors, entities, domains */
};

struct place {
    const char *file;
    int line, column; /* from 1; column 0: the current word of the line being read, else the first */
};

struct kind {
    const char *name;
    const char *c_type; /* "const char *" is absent as NULL; every other type is optional as a pointer */
    const char *column; /* how SQLite declares it */
    bool has_range;
};

struct field {
    struct place at;
    const char *name, *help, *source;
    const struct kind *kind; /* NULL: a record */
    const char *record_name; /* as written, until resolved */
    struct record *record;
    const char *entity, *min, *max, *initial, *at_most, *like;
    const char *enum_name;        /* of `one of`: record_field */
    const char *words[WORDS_MAX]; /* of `one of`, ended by NULL */
    int words_count;
    unsigned seen_by; /* a bit for each role; 0: everyone who may call */
    bool is_list, is_optional, has_lines, is_detail, is_caller;
};

struct record {
    struct place at;
    const char *name, *help, *about;
    struct field fields[FIELDS_MAX];
    int count;
    bool is_internal; /* made from a statement: no part of the protocol */
    bool has_list;    /* some statement gives a list of it */
};

struct clause {
    int role;              /* index in role_words */
    const char *parameter; /* of a relation */
};

struct access {
    struct clause clauses[CLAUSES_MAX];
    int count;
};

struct method {
    struct place at, undone_at;
    const char *name, *help, *mode, *domain;
    struct access access;
    bool is_audited, is_cached, is_plain, is_alone, needs_held_clock;
    bool is_final; /* what it does cannot be undone, so people are asked before it */
    const char *undone_name;
    const struct method *undone_by; /* itself: by the former values, which shown_by tells */
    const struct method
        *shown_by; /* of another: whether it is still as it was left; NULL: nothing tells that */
    const char *takes_name, *returns_name; /* where they name a record */
    struct record *takes, *returns;
};

struct event {
    struct place at;
    const char *name, *help;
    struct access access;
    struct record *fields;
};

struct statement {
    struct place at;
    const char *name, *sql;
    struct record *takes, *gives;
    struct record *result; /* what the caller passes: gives, or a record with the list of them */
    struct field *list;    /* of result; NULL: one row */
    bool is_method, scans;
    const char *binds, *fills; /* as C initialisers: of each parameter and column its field */
};

struct failure {
    const char *word, *help, *exit;
    bool blames_caller;
};

struct entity {
    struct place at;
    const char *name;
    bool is_private;
};

struct domain {
    const char *name, *help;
};

struct model {
    struct failure failures[NAMES_MAX];
    struct entity entities[NAMES_MAX];
    struct domain domains[NAMES_MAX];
    struct record *records[ENTRIES_MAX];
    struct method methods[ENTRIES_MAX];
    struct event events[ENTRIES_MAX];
    struct statement statements[STATEMENTS_MAX];
    const char *migrations[ENTRIES_MAX], *migration_names[ENTRIES_MAX];
    int failures_count, entities_count, domains_count, records_count, methods_count, events_count;
    int statements_count, migrations_count;
};

extern struct model model;
extern const struct kind kinds[];      /* ended by a name of NULL */
enum { FIRST_RELATION = 6 };           /* of role_words: those before it are what somebody is */
extern const char *const role_words[]; /* ended by NULL */
extern const char *const mode_words[];

/* ---- source.c: words of a line, and mistakes
 * --------------------------------------------------------------- */

extern struct place here; /* the line being read */

void *need(void *memory); /* aborts on NULL */
bool same(const char *a, const char *b);
/* Counts one more entry in a list of the model; a list that is full is a mistake, and its last place is used
 * again. */
int one_more(int *count, int most, const char *what);
char *print(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *read_file(const char *file);

/* Tells a mistake at `place`; at the current word where that is the line being read. One for each line. */
void mistake(struct place place, const char *format, ...) __attribute__((format(printf, 2, 3)));
int mistakes_count(void);
/* "; did you mean \"x\"?" for the nearest of the choices, or "". */
const char *did_you_mean(const char *wrong, const char *const *choices);

/* Takes a line apart at blanks; a comma is a word of its own, # ends it. */
void line_open(const char *file, int number, const char *text);
void line_close(void);
const char *line_comment(void); /* behind the first #, or NULL */
bool line_is_empty(void);
const char *word(void);       /* the current word, "" at the end */
const char *word_after(void); /* the one behind it */
const char *next(void);
bool take(const char *expected);
bool take_phrase(const char *first, const char *second);
const char *take_choice(const char *const *choices, const char *what);
/* A name in lower case; `more` are the characters allowed beside letters and digits. */
const char *take_name(const char *what, const char *more);
const char *take_number(void);
void line_end(void);                /* a mistake if words are left */
const char *line_since(int column); /* the text from there to the comment, trimmed */
int line_column(void);              /* of the current word */

/* ---- catalogue.c
 * --------------------------------------------------------------------------------------------- */

void catalogue_read(const char *file);
struct record *record_add(const char *name, const char *help);
struct record *record_find(const char *name);
struct field *record_field(const struct record *record, const char *name);
struct entity *entity_find(const char *name);
/* Reads one field from the current line; `is_inline`: of a statement, where `?` means optional. */
struct field *field_read(struct record *record, bool is_inline);
char *underscored(const char *dotted);

/* ---- resolve.c: once all files are read, what the names in them stand for, and whether it makes sense
 * --------------------------------------------------------------------------------------------- */

void catalogue_resolve(void);
void relations_check(void); /* once all statements are read */
struct method *method_named(const char *name);
void record_resolve(struct record *record);

/* ---- statement.c
 * --------------------------------------------------------------------------------------------- */

void schema_read(const char *file);
void schema_check(void); /* every entity has its table */
void statements_read(const char *file);
void statements_check(void); /* compiles each, and finds what it binds and fills */

/* ---- letters.c
 * --------------------------------------------------------------------------------------------- */

void letters_read(const char *file);
void letters_check(void); /* each kind is there in each language */
void write_letters(const char *folder);

/* ---- write_catalogue.c, write_daemon.c
 * --------------------------------------------------------------------------------------------- */

void write_catalogue(const char *folder);
void write_daemon(const char *folder);

#endif
