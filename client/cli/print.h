/* SPDX-License-Identifier: MIT */
/*
 * An answer on the screen, in whichever form was asked for: everything that a method may return is printed
 * from its record in the catalogue, so that a new method needs nothing here.
 */
#ifndef PRINT_H
#define PRINT_H

#include "method.h"
#include "names.h"
#include "options.h"
#include "screen.h"
#include "table.h"
#include "view.h"

/* An answer that may come in several pages of a list called `items`. */
struct printer {
    struct screen screen;
    enum style style;
    const struct record *record; /* NULL where the catalogue does not know */
    const struct view *view;     /* NULL: as its record says */
    struct arena arena;          /* of the page; of all pages where they make one table */
    struct service *service;     /* asked for the names of people; NULL: ids are shown */
    struct names names;
    struct arena kept; /* of names */
    struct table table;
    int pages, items;
    const struct method *const *inner; /* of an answer to several calls as one: their methods; else NULL */
    size_t inner_count;
};

void print_begin(struct printer *printer, const struct record *record, enum style style);
/* `has_more`: another page will follow. */
void print_page(struct printer *printer, struct cursor answer, bool has_more);
void print_end(struct printer *printer);
/* In place of print_end, where no more pages can be had: what was gathered is not printed. */
void print_abandon(struct printer *printer);

#endif
