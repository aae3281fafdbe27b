/* SPDX-License-Identifier: MIT */
/* C as templates: each shape of code is written once, and $words$ in it are filled in. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "laugc.h"

#include <stdio.h>

/* Begins a file that is made, which says what it was made from; close_file ends the program where it cannot
 * be written. */
FILE *open_file(const char *folder, const char *name);
void close_file(FILE *out, const char *name);

/* put(out, "struct $name$ {\n", "name", record->name): what a template names must be given, or the tool
 * aborts. */
#define put(out, ...) put_pairs(out, (const char *const[]){ __VA_ARGS__, NULL })
void put_pairs(FILE *out, const char *const *template_and_pairs);

/* A text as a C string, one line of it a line. */
char *quoted(const char *text);
char *upper(const char *text);
char *number(int value);
const char *truth(bool is_so);
/* proto/person.laug:12, without the folders of the machine that builds. */
char *origin(struct place place);

/* &record_NAME, or that of nothing */
const char *record_or_nothing(const struct record *record);
/* &fields_of_NAME[i], or NULL */
char *field_of(const struct record *record, const struct field *field);
int field_index(const struct record *record, const struct field *field);

/* write_catalogue.c: all records of the protocol, or all that are made from statements: their structs, their
 * tables. */
void put_structs(FILE *out, bool is_internal);
void put_records(FILE *out, bool is_internal);

#endif
