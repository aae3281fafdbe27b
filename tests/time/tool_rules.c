/* SPDX-License-Identifier: MIT */
/*
 * Answers for test_rules.py. A line in: start, clamp or skip, zone or -, from, how many, rule; tabs between.
 * A line out: n and local time of each occurrence at or after `from`, such as "3=2027-03-01T09:00 4=…", or "!
 * CODE SENTENCE".
 */
#include "rule.h"
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *next_word(char **rest)
{
    const char *word = strsep(rest, "\t");
    return word ? word : "";
}

static int64_t local_word(char **rest)
{
    const char *word = next_word(rest);
    int64_t local = INT64_MIN;
    (void)local_parse(word, strlen(word), &local);
    return local;
}

static void answer(struct zones *zones, char *rest)
{
    struct rule_source source = { .starts = local_word(&rest) };
    source.short_month = strcmp(next_word(&rest), "skip") == 0 ? SHORT_MONTH_SKIP : SHORT_MONTH_CLAMP;
    struct error error = { 0 };
    const char *name = next_word(&rest);
    if (strcmp(name, "-") != 0 && zones_find(zones, name, "zone", &source.zone, &error)) {
        printf("! %s %s\n", code_word(error.code), error.text);
        return;
    }
    int64_t from = local_word(&rest);
    long left = strtol(next_word(&rest), NULL, 10);
    source.text = rest ? rest : "";
    struct rule rule;
    if (rule_read(&source, &rule, &error)) {
        printf("! %s %s\n", code_word(error.code), error.text);
        return;
    }
    struct occurrence occurrence;
    struct occurrences walk = occurrences_from(&rule, from);
    while (left-- > 0 && occurrences_next(&walk, &occurrence)) {
        char text[LOCAL_TEXT_SIZE];
        printf("%d=%s ", (int)occurrence.n, local_print(occurrence.local, text));
    }
    putchar('\n');
}

int main(void)
{
    struct zones *zones = zones_new();
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = 0;
        answer(zones, line);
    }
    free(line);
    zones_free(zones);
    return EXIT_SUCCESS;
}
