/* SPDX-License-Identifier: MIT */
#include "suggest.h"

#include <string.h>

enum { WORD_MAX = 48, SLIPS_MAX = 2 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to put in, take out, change or swap with the next one (Damerau and Levenshtein, restricted). */
static size_t slips(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1], a_length = strlen(a), b_length = strlen(b);
    if (a_length > WORD_MAX || b_length > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *twice = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], twice[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *suggest(const char *word, const char *const *choices, size_t count)
{
    const char *best = NULL;
    size_t fewest = SLIPS_MAX + 1, length = strlen(word);
    for (size_t i = 0; i < count; i++) {
        size_t now = slips(word, choices[i]);
        if (length >= 2 && strncmp(word, choices[i], length) == 0)
            now = 1;
        if (now < fewest && now < length) {
            best = choices[i];
            fewest = now;
        }
    }
    return best;
}

const char *suggest_verb(const char *word)
{
    static const char *const verbs[][2] = {
        {"create",  "add"   },
        { "new",    "add"   },
        { "insert", "add"   },
        { "delete", "remove"},
        { "rm",     "remove"},
        { "del",    "remove"},
        { "edit",   "change"},
        { "update", "change"},
        { "set",    "change"},
        { "modify", "change"},
        { "get",    "show"  },
        { "info",   "show"  },
        { "view",   "show"  },
        { "ls",     "list"  },
        { "all",    "list"  },
        { "swap",   "offer" },
        { "cover",  "offer" },
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i][0], word) == 0)
            return verbs[i][1];
    return NULL;
}
