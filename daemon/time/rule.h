/* SPDX-License-Identifier: MIT */
/*
 * Recurrence rules (RFC 5545, 3.3.10): read, checked, and expanded over local time without a zone. A rule is
 * a value without pointers; its n-th occurrence depends on the rule and its start alone, never on the
 * occurrence before, on a clock, or on where one began to look.
 *
 * Accepted are FREQ DAILY, WEEKLY, MONTHLY, YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH,
 * WKST, and BYSETPOS together with MONTHLY and BYDAY; all else is refused by name.
 */
#ifndef RULE_H
#define RULE_H

#include "day.h"
#include "error.h"

struct zone;

/* Nothing takes place before 1970 or after 2199. */
enum { RULE_FIRST_YEAR = 1970, RULE_LAST_YEAR = 2199, RULE_TEXT_LIMIT = 500 };

enum frequency { DAILY, WEEKLY, MONTHLY, YEARLY };

/*
 * What becomes of day 31 in a month of 30: that month's last day (and of day -31 its first), or nothing at
 * all. RFC 5545 skips; who says "on the 31st" for a yearly or monthly duty means the last day.
 */
enum short_month { SHORT_MONTH_CLAMP, SHORT_MONTH_SKIP };

/* What a rule is read from. */
struct rule_source {
    const char *text; /* FREQ=MONTHLY;BYDAY=1TH */
    int64_t starts;   /* the anchor: local time, first moment at which it may take place, time of day */
    const struct zone *zone; /* in which a UTC time after UNTIL is meant; NULL reads it as a local time */
    enum short_month short_month;
    const char *field; /* names the rule in errors; NULL: "rule" */
};

struct rule {
    int64_t starts;
    int64_t until; /* local; INT64_MAX without UNTIL */
    int32_t count; /* INT32_MAX without COUNT */
    int32_t interval;
    int32_t start_month; /* of `starts`, counted from January of year 0 */
    enum frequency frequency;
    enum weekday week_starts;
    enum short_month short_month;
    /* The rest are sets, bit by bit; an empty one does not restrict. */
    uint32_t months;            /* bit 1: January */
    uint32_t days, days_back;   /* of the month: bit 1 the first; bit 1 the last */
    uint32_t weekdays;          /* bit 0: each Monday */
    uint32_t nth_weekdays;      /* bit 0: only some Mondays, see nth[MONDAY] and nth_back[MONDAY] */
    uint64_t nth[7];            /* [MONDAY] bit 1: the first Monday of its month, or year */
    uint64_t nth_back[7];       /* [MONDAY] bit 1: the last */
    uint32_t picks, picks_back; /* BYSETPOS of the month's days: bit 1 the first; bit 1 the last */
};

/*
 * Reads a rule. INVALID naming the field, with a sentence that names the part at fault: not in the list
 * above, given twice, out of its range, in a combination that RFC 5545 forbids; or a rule that never takes
 * place; or `starts` (that field) outside the years above. A rule once accepted always is.
 */
enum code rule_read(const struct rule_source *source, struct rule *rule, struct error *error) MUST_CHECK;

struct occurrence {
    int32_t n;     /* 1 is the first; the same number for ever while rule and start are the same */
    int64_t local; /* without a zone: may lie in a gap */
};

/*
 * A walk over a rule's occurrences in order of time. Stopping at any point and starting there again gives the
 * same occurrences and numbers, with COUNT as without. The rule must outlive it; nothing to free.
 */
struct occurrences {
    const struct rule *rule;
    int32_t month;     /* counted from January of year 0 */
    int32_t first_day; /* of that month */
    uint32_t left;     /* its days still to come: bit 0 the first of the month */
    int32_t n;         /* of the occurrence given last */
};

/*
 * Starts at the first occurrence at or after the local time `from`. Counts what came before: some 50 ns for
 * each month since the rule's start, 5 us after ten years.
 */
struct occurrences occurrences_from(const struct rule *rule, int64_t from);

/* False once there are no more, and *occurrence untouched. */
bool occurrences_next(struct occurrences *walk, struct occurrence *occurrence);

/* The n-th occurrence; false where there is none. */
bool rule_nth(const struct rule *rule, int32_t n, struct occurrence *occurrence);

#endif
