/* SPDX-License-Identifier: MIT */
/*
 * What the catalogue says about fields and records, as constant tables (made by laugc), and the walks over
 * a record that need nothing else: presence, text forms, checks.
 *
 * How a field lies in its struct:
 *   text, slug, rule,
 *   moment                 const char *, NULL where absent
 *   value                  struct packed, bytes NULL where absent
 *   other kinds            the value itself; where optional a pointer to it, NULL where absent
 *   record                 a pointer to it, NULL where absent
 *   list of anything       a pointer to the first of NAME_count
 */
#ifndef RECORD_H
#define RECORD_H

#include "arena.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind {
    KIND_TEXT,    /* UTF-8 on one line (or many); min and max count characters */
    KIND_SLUG,    /* an id, see slug_is_valid */
    KIND_RULE,    /* an RFC 5545 RRULE; the calendar decides whether it is a good one */
    KIND_MOMENT,  /* a day, a local time or an instant, as it is written */
    KIND_INTEGER, /* int64_t below 2^53 */
    KIND_MINUTES, /* int64_t, a duration */
    KIND_BOOL,    /* bool */
    KIND_DATE,    /* int32_t, a civil day (day.h) */
    KIND_INSTANT, /* int64_t, seconds in UTC */
    KIND_LOCAL,   /* int64_t, seconds on a local clock */
    KIND_ONE,     /* an enum, one of `words` */
    KIND_VALUE,   /* any one MessagePack value, as its bytes */
    KIND_RECORD
};

/* Any one MessagePack value, not taken apart. */
struct packed {
    const char *bytes;
    size_t size;
};

struct record;

/* Whom a parameter that is absent means. */
enum caller {
    NOT_CALLER,
    CALLER,       /* the caller's own person */
    CALLER_OR_ALL /* likewise, but everybody for those whom a role of their own lets ask so */
};

struct field {
    const char *name, *help;
    const char *source; /* the kind as written: "integer 1..500, default 100" */
    enum kind kind;
    bool is_list, is_pointer, is_optional, has_default;
    bool has_lines;            /* a text that may break lines */
    bool is_detail;            /* a table of many leaves it out; a card, JSON and the wire have it */
    int64_t min, max, initial; /* initial: an integer, 0 or 1, or the index of a word */
    uint32_t at_most;          /* items in a list */
    enum caller caller;        /* of a slug of person; `is_optional` goes with it */
    unsigned seen_by;          /* a bit for each enum role that may read it in a result; 0: all */
    const char *entity;        /* slug of what; NULL for a plain slug */
    const char *const *words;  /* of KIND_ONE, ended by NULL */
    const struct record *record;
    size_t offset, count_offset;
};

struct record {
    const char *name, *help;
    const struct field *fields;
    size_t fields_count, size;
    const struct field *about; /* the field that names the person a `seen by` asks about */
    bool has_hidden;           /* it, or a record inside it, has a field with `seen by` */
};

/* Of a method that takes or returns nothing. */
extern const struct record record_nothing;

/* Whether values of this kind are texts: const char *, NULL where absent. */
static inline bool kind_is_text(enum kind kind)
{
    return kind <= KIND_MOMENT;
}

/* Whether these bytes are this word. They may hold a NUL, which strncmp would take for their end. */
bool word_is(const char *word, const char *bytes, size_t length);

/* NULL where there is none of this name. */
const struct field *field_find(const struct record *record, const char *name, size_t length);

/* How many values a field holds: 0 or 1 where it is no list. */
size_t field_count(const struct field *field, const void *base);
/* The index-th value; index < field_count. */
const void *field_at(const struct field *field, const void *base, size_t index);
/* Room for one value more, zeroed; a second value of what is no list overwrites the first. */
void *field_add(const struct field *field, void *base, struct arena *arena);
/* Makes an optional field absent, or a required text or list empty of values. */
void field_clear(const struct field *field, void *base);

/*
 * The text form of a value that is no record and no `value`: on a command line, in a table, in SQL.
 * value_from_text copies text into the arena and names the field in *error (INVALID) where it is malformed;
 * ranges are record_check's.
 */
MUST_CHECK enum code value_from_text(const struct field *field, const char *text, size_t length, void *value,
                                     struct arena *arena, struct error *error);
const char *value_to_text(const struct field *field, const void *value, struct arena *arena);

/*
 * The end of reading a record: bit i of `given` tells that field i had a value. Sets the defaults of the
 * others; INVALID with the field named where one is missing that must be there.
 */
MUST_CHECK enum code record_complete(const struct record *record, uint64_t given, void *base,
                                     struct error *error);

/*
 * Everything the catalogue says about single fields: presence, ranges, characters, counts. INVALID with
 * the field named; of a record inside a record, the inner field.
 */
MUST_CHECK enum code record_check(const struct record *record, const void *base, struct error *error);

/* Characters of a UTF-8 text; -1 where it is not UTF-8, or holds a control character or a line break. */
int64_t text_length(const char *text, bool may_break);
/* An id that a person can type: 1 to 64 of a-z, 0-9, hyphen, underscore and dot; the first a letter or digit.
 */
bool slug_is_valid(const char *text);

#endif
