/* SPDX-License-Identifier: MIT */
#include "when_words.h"

#include "say.h"
#include "suggest.h"
#include "when.h"

#include <string.h>

enum { NAME_LEAST = 2, NEAREST_LEAST = 3 };

/* Names that may be shortened, as long as it is clear what they mean. */
static const struct name names[] = {
    {"monday",     A_WEEKDAY, MONDAY   },
    { "mandag",    A_WEEKDAY, MONDAY   },
    { "tuesday",   A_WEEKDAY, TUESDAY  },
    { "tirsdag",   A_WEEKDAY, TUESDAY  },
    { "wednesday", A_WEEKDAY, WEDNESDAY},
    { "onsdag",    A_WEEKDAY, WEDNESDAY},
    { "thursday",  A_WEEKDAY, THURSDAY },
    { "torsdag",   A_WEEKDAY, THURSDAY },
    { "friday",    A_WEEKDAY, FRIDAY   },
    { "fredag",    A_WEEKDAY, FRIDAY   },
    { "saturday",  A_WEEKDAY, SATURDAY },
    { "loerdag",   A_WEEKDAY, SATURDAY },
    { "lordag",    A_WEEKDAY, SATURDAY },
    { "sunday",    A_WEEKDAY, SUNDAY   },
    { "soendag",   A_WEEKDAY, SUNDAY   },
    { "sondag",    A_WEEKDAY, SUNDAY   },
    { "january",   A_MONTH,   1        },
    { "januar",    A_MONTH,   1        },
    { "february",  A_MONTH,   2        },
    { "februar",   A_MONTH,   2        },
    { "march",     A_MONTH,   3        },
    { "marts",     A_MONTH,   3        },
    { "april",     A_MONTH,   4        },
    { "may",       A_MONTH,   5        },
    { "maj",       A_MONTH,   5        },
    { "june",      A_MONTH,   6        },
    { "juni",      A_MONTH,   6        },
    { "july",      A_MONTH,   7        },
    { "juli",      A_MONTH,   7        },
    { "august",    A_MONTH,   8        },
    { "september", A_MONTH,   9        },
    { "october",   A_MONTH,   10       },
    { "oktober",   A_MONTH,   10       },
    { "november",  A_MONTH,   11       },
    { "december",  A_MONTH,   12       },
};

/* Words that mean something as they stand. "i" and the word behind it have been made one: "idag". */
static const struct name words[] = {
    {"today",        A_DAY,       0 },
    { "idag",        A_DAY,       0 },
    { "tomorrow",    A_DAY,       1 },
    { "imorgen",     A_DAY,       1 },
    { "overmorgen",  A_DAY,       2 },
    { "iovermorgen", A_DAY,       2 },
    { "yesterday",   A_DAY,       -1},
    { "igaar",       A_DAY,       -1},
    { "next",        A_NEAR,      1 },
    { "naeste",      A_NEAR,      1 },
    { "kommende",    A_NEAR,      1 },
    { "this",        A_NEAR,      0 },
    { "denne",       A_NEAR,      0 },
    { "last",        A_NEAR,      -1},
    { "sidste",      A_NEAR,      -1},
    { "forrige",     A_NEAR,      -1},
    { "week",        A_WEEK_WORD, 0 },
    { "wk",          A_WEEK_WORD, 0 },
    { "w",           A_WEEK_WORD, 0 },
    { "uge",         A_WEEK_WORD, 0 },
    { "u",           A_WEEK_WORD, 0 },
    { "in",          AN_IN,       0 },
    { "om",          AN_IN,       0 },
    { "at",          AN_AT,       0 },
    { "kl",          AN_AT,       0 },
    { "klokken",     AN_AT,       0 },
    { "t",           AN_AT,       0 },
    { "noon",        A_NOON,      0 },
    { "middag",      A_NOON,      0 },
    { "on",          A_FILLER,    0 },
    { "paa",         A_FILLER,    0 },
    { "den",         A_FILLER,    0 },
    { "d",           A_FILLER,    0 },
    { "the",         A_FILLER,    0 },
    { "of",          A_FILLER,    0 },
    { "i",           A_FILLER,    0 },
};

static const struct name units[] = {
    {"d",         A_COUNT, UNIT_DAY   },
    { "day",      A_COUNT, UNIT_DAY   },
    { "days",     A_COUNT, UNIT_DAY   },
    { "dag",      A_COUNT, UNIT_DAY   },
    { "dage",     A_COUNT, UNIT_DAY   },
    { "w",        A_COUNT, UNIT_WEEK  },
    { "week",     A_COUNT, UNIT_WEEK  },
    { "weeks",    A_COUNT, UNIT_WEEK  },
    { "u",        A_COUNT, UNIT_WEEK  },
    { "uge",      A_COUNT, UNIT_WEEK  },
    { "uger",     A_COUNT, UNIT_WEEK  },
    { "m",        A_COUNT, UNIT_MONTH },
    { "month",    A_COUNT, UNIT_MONTH },
    { "months",   A_COUNT, UNIT_MONTH },
    { "md",       A_COUNT, UNIT_MONTH },
    { "maaned",   A_COUNT, UNIT_MONTH },
    { "maaneder", A_COUNT, UNIT_MONTH },
    { "y",        A_COUNT, UNIT_YEAR  },
    { "year",     A_COUNT, UNIT_YEAR  },
    { "years",    A_COUNT, UNIT_YEAR  },
    { "aar",      A_COUNT, UNIT_YEAR  },
    { "h",        A_COUNT, UNIT_HOUR  },
    { "hour",     A_COUNT, UNIT_HOUR  },
    { "hours",    A_COUNT, UNIT_HOUR  },
    { "time",     A_COUNT, UNIT_HOUR  },
    { "timer",    A_COUNT, UNIT_HOUR  },
    { "min",      A_COUNT, UNIT_MINUTE},
    { "minute",   A_COUNT, UNIT_MINUTE},
    { "minutes",  A_COUNT, UNIT_MINUTE},
    { "minut",    A_COUNT, UNIT_MINUTE},
    { "minutter", A_COUNT, UNIT_MINUTE},
};

enum {
    NAMES = sizeof names / sizeof *names,
    WORDS = sizeof words / sizeof *words,
    UNITS = sizeof units / sizeof *units
};

static const struct name *find(const struct name *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].word, word) == 0)
            return &list[i];
    return NULL;
}

const struct name *when_name(const char *word, const struct name **other)
{
    const struct name *found = find(names, NAMES, word);
    *other = NULL;
    for (size_t i = 0; i < NAMES && !found && strlen(word) >= NAME_LEAST; i++)
        if (strncmp(names[i].word, word, strlen(word)) == 0)
            found = &names[i];
    for (size_t i = 0; i < NAMES && found && !*other && strcmp(found->word, word) != 0; i++)
        if (strncmp(names[i].word, word, strlen(word)) == 0 &&
            (names[i].meaning != found->meaning || names[i].value != found->value))
            *other = &names[i];
    return found;
}

bool when_is_gone(const char *word, int *weekday)
{
    for (size_t i = 0; i < NAMES; i++) {
        size_t length = strlen(names[i].word);
        if (names[i].meaning != A_WEEKDAY || strncmp(names[i].word, word, length) != 0 ||
            strcmp(word + length, "s") != 0)
            continue;
        *weekday = names[i].value;
        return true;
    }
    return false;
}

const struct name *when_word(const char *word)
{
    return find(words, WORDS, word);
}

const struct name *when_unit(const char *word)
{
    return find(units, UNITS, word);
}

const char *when_nearest(const char *word)
{
    const char *choices[NAMES + WORDS];
    for (size_t i = 0; i < NAMES + WORDS; i++)
        choices[i] = i < NAMES ? names[i].word : words[i - NAMES].word;
    const char *nearest = suggest(word, choices, NAMES + WORDS);
    return nearest && strlen(nearest) >= NEAREST_LEAST ? nearest : NULL;
}

const char *when_spoken(const struct name *name)
{
    return name->meaning == A_MONTH ? say_month(name->value) : say_weekday((enum weekday)name->value);
}
