/* SPDX-License-Identifier: MIT */
/* What rules are taken, how the others are refused, and the days that go wrong elsewhere. Many more rules
 * than here are compared with other programs by test_rules.py. */
#include "rule.h"

#include "zone.h"

#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t local(const char *text)
{
    int64_t found;
    assert_true(local_parse(text, strlen(text), &found));
    return found;
}

static struct rule read_rule(const char *text, const char *starts, enum short_month short_month)
{
    struct rule rule;
    struct error error = { 0 };
    struct rule_source source = { .text = text, .starts = local(starts), .short_month = short_month };
    if (rule_read(&source, &rule, &error))
        fail_msg("%s: %s", text, error.text);
    return rule;
}

/* The first occurrences' days, "2027-01-31 2027-02-28", of which there are no more when the text ends with a
 * full stop. Their times of day must be the start's. */
static void falls_on(const char *text, const char *starts, enum short_month short_month, const char *expected)
{
    char found[400] = "", day[DAY_TEXT_SIZE];
    struct rule rule = read_rule(text, starts, short_month);
    struct occurrences walk = occurrences_from(&rule, INT64_MIN);
    struct occurrence occurrence;
    bool has_more = true;
    for (int n = 1; strlen(found) < strlen(expected) && (has_more = occurrences_next(&walk, &occurrence));
         n++) {
        assert_int_equal(occurrence.n, n);
        assert_int_equal((occurrence.local - rule.starts) % DAY_SECONDS, 0);
        sprintf(found + strlen(found), "%s%s", *found ? " " : "",
                day_print(day_of_seconds(occurrence.local), day));
    }
    strcat(found, has_more ? "" : ".");
    assert_string_equal(found, expected);
}

static void months_without_the_day(void **state)
{
    (void)state;
    falls_on("FREQ=MONTHLY", "2027-01-31T09:00", SHORT_MONTH_CLAMP,
             "2027-01-31 2027-02-28 2027-03-31 2027-04-30 2027-05-31 2027-06-30 2027-07-31");
    falls_on("FREQ=MONTHLY", "2027-01-31T09:00", SHORT_MONTH_SKIP,
             "2027-01-31 2027-03-31 2027-05-31 2027-07-31");
    /* does not drift: after February it is the 30th again */
    falls_on("FREQ=MONTHLY;INTERVAL=3", "2027-11-30T09:00", SHORT_MONTH_CLAMP,
             "2027-11-30 2028-02-29 2028-05-30 2028-08-30 2028-11-30 2029-02-28 2029-05-30");
    /* 30 and 31 are one day in April and in February */
    falls_on("FREQ=MONTHLY;BYMONTHDAY=30,31", "2027-01-01T09:00", SHORT_MONTH_CLAMP,
             "2027-01-30 2027-01-31 2027-02-28 2027-03-30 2027-03-31 2027-04-30 2027-05-30");
    /* from the end: -31 is the first, or nothing */
    falls_on("FREQ=MONTHLY;BYMONTHDAY=-31", "2027-01-01T09:00", SHORT_MONTH_CLAMP,
             "2027-01-01 2027-02-01 2027-03-01 2027-04-01");
    falls_on("FREQ=MONTHLY;BYMONTHDAY=-31", "2027-01-01T09:00", SHORT_MONTH_SKIP,
             "2027-01-01 2027-03-01 2027-05-01 2027-07-01");
    /* the count is of what takes place */
    falls_on("FREQ=MONTHLY;COUNT=3", "2027-01-31T09:00", SHORT_MONTH_SKIP,
             "2027-01-31 2027-03-31 2027-05-31.");
    falls_on("FREQ=MONTHLY;COUNT=3", "2027-01-31T09:00", SHORT_MONTH_CLAMP,
             "2027-01-31 2027-02-28 2027-03-31.");
}

static void leap_days(void **state)
{
    (void)state;
    falls_on("FREQ=YEARLY", "2024-02-29T09:00", SHORT_MONTH_CLAMP,
             "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29 2029-02-28");
    falls_on("FREQ=YEARLY", "2024-02-29T09:00", SHORT_MONTH_SKIP, "2024-02-29 2028-02-29 2032-02-29");
    falls_on("FREQ=YEARLY;INTERVAL=100", "2000-02-29T09:00", SHORT_MONTH_CLAMP, "2000-02-29 2100-02-28.");
    falls_on("FREQ=YEARLY;INTERVAL=4", "2092-02-29T09:00", SHORT_MONTH_SKIP,
             "2092-02-29 2096-02-29 2104-02-29");
    falls_on("FREQ=DAILY;INTERVAL=366", "2024-02-29T09:00", SHORT_MONTH_CLAMP,
             "2024-02-29 2025-03-01 2026-03-02");
}

static void round_the_new_year(void **state)
{
    (void)state;
    falls_on("FREQ=DAILY", "1999-12-30T23:30", SHORT_MONTH_CLAMP,
             "1999-12-30 1999-12-31 2000-01-01 2000-01-02");
    falls_on("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2026-12-20T09:00", SHORT_MONTH_CLAMP,
             "2026-12-20 2026-12-28 2027-01-03 2027-01-11 2027-01-17");
    /* the same with weeks that begin on Sunday */
    falls_on("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", "2026-12-20T09:00", SHORT_MONTH_CLAMP,
             "2026-12-20 2026-12-21 2027-01-03 2027-01-04 2027-01-17");
    falls_on("FREQ=YEARLY;BYDAY=53FR", "1999-01-01T09:00", SHORT_MONTH_CLAMP,
             "1999-12-31 2004-12-31 2010-12-31");
    falls_on("FREQ=YEARLY;BYDAY=-1SU,1SU", "2026-06-01T09:00", SHORT_MONTH_CLAMP,
             "2026-12-27 2027-01-03 2027-12-26 2028-01-02");
}

static void last_working_day(void **state)
{
    (void)state;
    falls_on("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2027-01-04T09:00", SHORT_MONTH_CLAMP,
             "2027-01-29 2027-02-26 2027-03-31 2027-04-30 2027-05-31 2027-06-30");
    /* counted in the whole month, also where the start lies behind the first */
    falls_on("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2", "2027-01-06T09:00", SHORT_MONTH_CLAMP,
             "2027-02-02 2027-03-02 2027-04-06");
    /* a number and none of the same weekday: either */
    falls_on("FREQ=MONTHLY;BYDAY=1MO,-1MO,FR;BYMONTHDAY=1,2,3,4,25,26,27,28", "2027-01-01T09:00",
             SHORT_MONTH_CLAMP,
             "2027-01-01 2027-01-04 2027-01-25 2027-02-01 2027-02-26 2027-03-01 2027-03-26");
}

static void start_that_does_not_match(void **state)
{
    (void)state;
    falls_on("FREQ=MONTHLY;BYDAY=1TH;COUNT=2", "2027-01-08T09:00", SHORT_MONTH_CLAMP,
             "2027-02-04 2027-03-04.");
}

static void until(void **state)
{
    (void)state;
    falls_on("FREQ=DAILY;UNTIL=20270106", "2027-01-04T09:00", SHORT_MONTH_CLAMP,
             "2027-01-04 2027-01-05 2027-01-06.");
    falls_on("FREQ=DAILY;UNTIL=20270106T090000", "2027-01-04T09:00", SHORT_MONTH_CLAMP,
             "2027-01-04 2027-01-05 2027-01-06.");
    falls_on("FREQ=DAILY;UNTIL=20270106T085959", "2027-01-04T09:00", SHORT_MONTH_CLAMP,
             "2027-01-04 2027-01-05.");
}

/* A UTC time after UNTIL is compared as an instant, also in the hour that comes twice. */
static void until_in_utc(void **state)
{
    (void)state;
    struct zones *zones = zones_new();
    const struct zone *zone;
    struct error error;
    assert_int_equal(zones_find(zones, "Europe/Copenhagen", "zone", &zone, &error), OK);
    static const struct {
        const char *rule, *starts;
        int count;
    } rows[] = {
        {"FREQ=DAILY;UNTIL=20270706T070000Z",  "2027-07-04T09:00", 3},
        { "FREQ=DAILY;UNTIL=20270706T065959Z", "2027-07-04T09:00", 2},
        { "FREQ=DAILY;UNTIL=20270106T080000Z", "2027-01-04T09:00", 3},
        { "FREQ=DAILY;UNTIL=20270106T075959Z", "2027-01-04T09:00", 2},
 /* 02:30 on 31 October means 00:30 UTC */
        { "FREQ=DAILY;UNTIL=20271031T002959Z", "2027-10-30T02:30", 1},
        { "FREQ=DAILY;UNTIL=20271031T003000Z", "2027-10-30T02:30", 2},
 /* at 01:10 UTC the clock shows 02:10 again, and 02:30 has been */
        { "FREQ=DAILY;UNTIL=20271031T011000Z", "2027-10-30T02:30", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rule rule;
        struct occurrence occurrence;
        struct rule_source source = { .text = rows[i].rule, .starts = local(rows[i].starts), .zone = zone };
        assert_int_equal(rule_read(&source, &rule, &error), OK);
        assert_true(rule_nth(&rule, rows[i].count, &occurrence));
        assert_false(rule_nth(&rule, rows[i].count + 1, &occurrence));
    }
    zones_free(zones);
}

/* Wherever one starts, also under COUNT, the rest is the same, with the same numbers. */
static void any_start_gives_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = { "FREQ=DAILY;INTERVAL=3;COUNT=700",
                                         "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,SU;COUNT=500",
                                         "FREQ=MONTHLY;BYMONTHDAY=31,-1,15;COUNT=300",
                                         "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                                         "FREQ=YEARLY;BYDAY=20MO,-1FR;UNTIL=20700101",
                                         "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct rule rule = read_rule(texts[i], "1996-02-29T23:15", SHORT_MONTH_SKIP);
        struct occurrences whole = occurrences_from(&rule, rule.starts);
        struct occurrence expected = { 0 }, found;
        while (occurrences_next(&whole, &expected)) {
            for (int back = 0; back < 2; back++) {
                struct occurrences part = occurrences_from(&rule, expected.local - back);
                assert_true(occurrences_next(&part, &found));
                assert_true(found.n == expected.n && found.local == expected.local);
            }
            assert_true(rule_nth(&rule, expected.n, &found));
            assert_int_equal(found.local, expected.local);
        }
        assert_false(rule_nth(&rule, expected.n + 1, &found));
        assert_false(rule_nth(&rule, 0, &found));
        assert_false(rule_nth(&rule, -1, &found));
        assert_false(rule_nth(&rule, INT32_MAX, &found));
        struct occurrences after = occurrences_from(&rule, expected.local + 1);
        assert_false(occurrences_next(&after, &found));
        after = occurrences_from(&rule, INT64_MAX);
        assert_false(occurrences_next(&after, &found));
        assert_false(occurrences_next(&after, &found));
    }
}

static void years_1970_to_2199(void **state)
{
    (void)state;
    struct occurrence occurrence;
    struct rule rule = read_rule("FREQ=DAILY", "1970-01-01T00:00", SHORT_MONTH_CLAMP);
    struct occurrences walk = occurrences_from(&rule, INT64_MIN);
    int32_t days = 0;
    for (; occurrences_next(&walk, &occurrence); days++)
        assert_int_equal(day_of_seconds(occurrence.local), days);
    assert_int_equal(days, day_from_civil((struct civil){ 2200, 1, 1 }));
    falls_on("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", "2198-01-01T09:00", SHORT_MONTH_CLAMP,
             "2198-12-31 2199-12-31.");
    falls_on("FREQ=WEEKLY", "2199-12-31T23:59:59", SHORT_MONTH_CLAMP, "2199-12-31.");
    static const char *const outside[] = { "1969-12-31T23:59:59", "2200-01-01T00:00", "0001-01-01T00:00",
                                           "9999-12-31T23:59" };
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        struct error error = { 0 };
        struct rule_source source = { .text = "FREQ=DAILY", .starts = local(outside[i]) };
        assert_int_equal(rule_read(&source, &rule, &error), INVALID);
        assert_string_equal(error.field, "starts");
    }
}

static void taken_in_other_spellings(void **state)
{
    (void)state;
    falls_on("freq=weekly;byday=mo;count=2", "2027-01-04T09:00", SHORT_MONTH_CLAMP, "2027-01-04 2027-01-11.");
    falls_on("FREQ=WEEKLY;COUNT=2;BYDAY=MO;", "2027-01-04T09:00", SHORT_MONTH_CLAMP,
             "2027-01-04 2027-01-11.");
    falls_on("COUNT=2;BYDAY=SU,TH,TH;FREQ=WEEKLY", "2027-01-04T09:00", SHORT_MONTH_CLAMP,
             "2027-01-07 2027-01-10.");
    falls_on("FREQ=MONTHLY;BYDAY=+1TH;BYMONTHDAY=07;BYMONTH=01,+4", "2027-01-04T09:00", SHORT_MONTH_CLAMP,
             "2027-01-07 2033-04-07 2038-01-07");
}

/* Each is refused with the field's name and a sentence that holds the word. */
static void refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *word;
    } rows[] = {
        {"",                                                   "FREQ"                },
        { ";",                                                 "FREQ"                },
        { "COUNT=3",                                           "FREQ"                },
        { "FREQ=",                                             "FREQ="               },
        { "FREQ",                                              "FREQ"                },
        { "=DAILY",                                            "=DAILY"              },
        { "FREQ=DAILY;;COUNT=3",                               "part"                },
        { "FREQ=DAILY;;",                                      "part"                },
        { "FREQ=HOURLY",                                       "HOURLY"              },
        { "FREQ=MINUTELY",                                     "MINUTELY"            },
        { "FREQ=SECONDLY",                                     "SECONDLY"            },
        { "FREQ=FORTNIGHTLY",                                  "FORTNIGHTLY"         },
        { "FREQ=DAILY;BYHOUR=9",                               "BYHOUR is not"       },
        { "FREQ=DAILY;BYMINUTE=9",                             "BYMINUTE is not"     },
        { "FREQ=DAILY;BYSECOND=9",                             "BYSECOND is not"     },
        { "FREQ=YEARLY;BYYEARDAY=9",                           "BYYEARDAY is not"    },
        { "FREQ=YEARLY;BYWEEKNO=9",                            "BYWEEKNO is not"     },
        { "FREQ=YEARLY;RSCALE=CHINESE",                        "RSCALE is not"       },
        { "FREQ=YEARLY;SKIP=FORWARD",                          "SKIP is not"         },
        { "FREQ=YEARLY;X-BYMOON=FULL",                         "X-BYMOON"            },
        { "RRULE:FREQ=DAILY",                                  "RRULE:FREQ"          },
        { "FREQ=DAILY;FREQ=DAILY",                             "FREQ is given twice" },
        { "FREQ=DAILY;COUNT=1;COUNT=2",                        "COUNT is given twice"},
        { "FREQ=WEEKLY;BYDAY=MO;BYDAY=TU",                     "BYDAY is given twice"},
        { "FREQ=DAILY;COUNT=5;UNTIL=20271231",                 "COUNT and UNTIL"     },
        { "FREQ=DAILY;COUNT=0",                                "COUNT"               },
        { "FREQ=DAILY;COUNT=-1",                               "COUNT"               },
        { "FREQ=DAILY;COUNT=100001",                           "100000"              },
        { "FREQ=DAILY;COUNT=99999999999999999999",             "COUNT"               },
        { "FREQ=DAILY;COUNT=1,2",                              "COUNT"               },
        { "FREQ=DAILY;COUNT=1=2",                              "COUNT"               },
        { "FREQ=DAILY;INTERVAL=0",                             "INTERVAL"            },
        { "FREQ=DAILY;INTERVAL=10000",                         "9999"                },
        { "FREQ=DAILY;INTERVAL=4294967297",                    "INTERVAL"            },
        { "FREQ=DAILY;INTERVAL=TWO",                           "TWO"                 },
        { "FREQ=DAILY;UNTIL=2027",                             "UNTIL"               },
        { "FREQ=DAILY;UNTIL=2027-12-31",                       "UNTIL"               },
        { "FREQ=DAILY;UNTIL=20270229",                         "20270229"            },
        { "FREQ=DAILY;UNTIL=20271231T",                        "UNTIL"               },
        { "FREQ=DAILY;UNTIL=20271231T2500",                    "UNTIL"               },
        { "FREQ=DAILY;UNTIL=20271231T250000",                  "UNTIL"               },
        { "FREQ=DAILY;UNTIL=20271231X100000",                  "UNTIL"               },
        { "FREQ=DAILY;UNTIL=20271231T100000Q",                 "UNTIL"               },
        { "FREQ=DAILY;UNTIL=00000000",                         "UNTIL"               },
        { "FREQ=WEEKLY;BYDAY=XX",                              "XX"                  },
        { "FREQ=WEEKLY;BYDAY=MO,",                             "BYDAY"               },
        { "FREQ=WEEKLY;BYDAY=,MO",                             "BYDAY"               },
        { "FREQ=WEEKLY;BYDAY=M",                               "BYDAY"               },
        { "FREQ=WEEKLY;BYDAY=MONDAY",                          "MONDAY"              },
        { "FREQ=WEEKLY;BYDAY=1MO",                             "MONTHLY"             },
        { "FREQ=DAILY;BYDAY=-1SU",                             "MONTHLY"             },
        { "FREQ=MONTHLY;BYDAY=0MO",                            "0MO"                 },
        { "FREQ=MONTHLY;BYDAY=6MO",                            "more than 5"         },
        { "FREQ=MONTHLY;BYDAY=-6MO",                           "more than 5"         },
        { "FREQ=YEARLY;BYMONTH=3;BYDAY=6MO",                   "more than 5"         },
        { "FREQ=YEARLY;BYDAY=54MO",                            "54MO"                },
        { "FREQ=YEARLY;BYDAY=--1MO",                           "--1MO"               },
        { "FREQ=YEARLY;BYDAY=00000000000000000000001MO",       "BYDAY"               },
        { "FREQ=WEEKLY;BYMONTHDAY=1",                          "BYMONTHDAY"          },
        { "FREQ=MONTHLY;BYMONTHDAY=0",                         "BYMONTHDAY"          },
        { "FREQ=MONTHLY;BYMONTHDAY=32",                        "32"                  },
        { "FREQ=MONTHLY;BYMONTHDAY=-32",                       "-32"                 },
        { "FREQ=MONTHLY;BYMONTHDAY=1,,2",                      "BYMONTHDAY"          },
        { "FREQ=YEARLY;BYMONTH=13",                            "13"                  },
        { "FREQ=YEARLY;BYMONTH=-1",                            "BYMONTH"             },
        { "FREQ=YEARLY;BYMONTH=5L",                            "5L"                  },
        { "FREQ=WEEKLY;WKST=MO,TU",                            "WKST"                },
        { "FREQ=WEEKLY;WKST=1MO",                              "WKST"                },
        { "FREQ=MONTHLY;BYSETPOS=1",                           "BYSETPOS"            },
        { "FREQ=MONTHLY;BYMONTHDAY=1,2;BYSETPOS=1",            "BYSETPOS"            },
        { "FREQ=YEARLY;BYDAY=MO;BYSETPOS=1",                   "BYSETPOS"            },
        { "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1",                   "BYSETPOS"            },
        { "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",                  "BYSETPOS"            },
        { "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=32",                 "32"                  },
        { "FREQ=DAILY COUNT=3",                                "character"           },
        { "FREQ=DAILY\nCOUNT=3",                               "character"           },
        { "FREQ=D\xc3\x86ILY",                                 "character"           },
        { "FREQ=\x1b[31mDAILY",                                "character"           },
        { "\xff\xff",                                          "character"           },
        { "FREQ=DAILY;UNTIL=20261231",                         "never takes place"   },
        { "FREQ=DAILY;UNTIL=20270104T085959",                  "never takes place"   },
        { "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",               "never takes place"   },
        { "FREQ=DAILY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=-30", "never takes place"   },
        { "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",                "never takes place"   },
        { "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2",                 "never takes place"   },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rule rule = { .count = 4711 };
        struct error error = { 0 };
        struct rule_source source = { .text = rows[i].rule,
                                      .starts = local("2027-01-04T09:00"),
                                      .short_month = SHORT_MONTH_SKIP };
        if (rule_read(&source, &rule, &error) != INVALID || !strstr(error.text, rows[i].word))
            fail_msg("\"%s\" should be refused with a word of \"%s\", not \"%s\"", rows[i].rule, rows[i].word,
                     error.text);
        assert_string_equal(error.field, "rule");
        assert_int_equal(rule.count, 4711);
        source.field = "every";
        assert_int_equal(rule_read(&source, &rule, &error), INVALID);
        assert_string_equal(error.field, "every");
    }
}

static void too_long(void **state)
{
    (void)state;
    char text[RULE_TEXT_LIMIT + 2] = "FREQ=MONTHLY;BYMONTHDAY=1";
    struct rule_source source = { .text = text };
    struct rule rule;
    struct error error;
    while (strlen(text) < RULE_TEXT_LIMIT - 1)
        strcat(text, ",1");
    assert_int_equal(rule_read(&source, &rule, &error), OK);
    while (strlen(text) <= RULE_TEXT_LIMIT)
        strcat(text, "1");
    assert_int_equal(rule_read(&source, &rule, &error), INVALID);
    assert_non_null(strstr(error.text, "500"));
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Parts put together blindly: each is answered at once, and what is taken rises for ever. */
static void blind_rules(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "FREQ=",      "DAILY", "WEEKLY",   "MONTHLY", "YEARLY", ";",         ";",     ";",     ";",
        "INTERVAL=",  "9999",  "COUNT=",   "100000",  "UNTIL=", "BYDAY=",    "MO",    "SU",    "53",
        "-",          ",",     "BYMONTH=", "2",       "29",     "BYSETPOS=", "-1",    "WKST=", "BYHOUR=",
        "BYYEARDAY=", "=",     "\xff",     "+",       "",       "0",         "FR",    "31",    "FREQ=DAILY",
        "-5TH",       "1,2,3", "20271231", "T",       "000000", "Z",         "SKIP=", "12"
    };
    enum { PIECES = sizeof pieces / sizeof pieces[0] };
    int taken = 0;
    double worst = 0;
    chance_start(5545);
    for (int round = 0; round < 30000; round++) {
        char text[400];
        strcpy(text, chance(4) ? "FREQ=" : "");
        strcat(text, pieces[chance(4) + 1]);
        for (int count = chance(14); count > 0; count--)
            strcat(text, pieces[chance(PIECES)]);
        struct rule_source source = { .text = text,
                                      .starts = (int64_t)chance(INT32_MAX) * 3,
                                      .short_month = chance(2) ? SHORT_MONTH_CLAMP : SHORT_MONTH_SKIP };
        struct rule rule;
        struct error error;
        double began = milliseconds();
        if (rule_read(&source, &rule, &error) == OK) {
            struct occurrence occurrence;
            int64_t last = source.starts - 1;
            struct occurrences walk = occurrences_from(&rule, INT64_MIN);
            taken++;
            for (int i = 0; i < 20 && occurrences_next(&walk, &occurrence); i++) {
                assert_true(occurrence.local > last && occurrence.n == i + 1);
                last = occurrence.local;
            }
        }
        double spent = milliseconds() - began;
        worst = spent > worst ? spent : worst;
    }
    assert_true(taken > 500);
    /* generous: a machine under load, with sanitizers; it is 0.1 ms by itself */
    assert_true(worst < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(months_without_the_day),
                                        cmocka_unit_test(leap_days),
                                        cmocka_unit_test(round_the_new_year),
                                        cmocka_unit_test(last_working_day),
                                        cmocka_unit_test(start_that_does_not_match),
                                        cmocka_unit_test(until),
                                        cmocka_unit_test(until_in_utc),
                                        cmocka_unit_test(any_start_gives_the_same),
                                        cmocka_unit_test(years_1970_to_2199),
                                        cmocka_unit_test(taken_in_other_spellings),
                                        cmocka_unit_test(refused_by_name),
                                        cmocka_unit_test(too_long),
                                        cmocka_unit_test(blind_rules) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
