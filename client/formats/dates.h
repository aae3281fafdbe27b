/* SPDX-License-Identifier: MIT */
/*
 * Days as files write them. A day that can be read in two ways is never guessed: a whole column is looked at
 * first, and where it does not settle which number is the month, it is refused.
 */
#ifndef DATES_H
#define DATES_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

/* Which of the first two numbers in 03-04-2027 is the day. */
enum dates_order { DATES_UNKNOWN, DATES_DAY_FIRST, DATES_MONTH_FIRST, DATES_MIXED };

/*
 * What is known of a column's order; zeroed to begin with. A cell such as 14-01-2009 says day first,
 * 01/14/2009 month first, 03.04.2009 (with dots) day first, as everybody who writes dots means it.
 */
struct dates {
    enum dates_order order;
    size_t day_line, month_line; /* the first lines that say so */
};

/* Looks at one cell of the column. Cells that are no date say nothing. */
void dates_look(struct dates *dates, const char *text, size_t line);

/*
 * 2027-03-01, 2027/03/01, 2027.03.01, 20270301, and with a known order 01-03-2027, 1.3.2027 and 01/03/2027; a
 * time behind it only where it is midnight, as spreadsheets export days. INVALID says what is wrong: an order
 * that is not known, a year of two digits, a spreadsheet's day number, a day that the calendar has not.
 */
enum code dates_read(const struct dates *dates, const char *text, int32_t *day,
                     struct error *error) MUST_CHECK;

#endif
