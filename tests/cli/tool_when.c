/* SPDX-License-Identifier: MIT */
/*
 * Reads days as people type them, for test_when.py. On stdin, a line each: the kind (date, local, moment),
 * the instant and the local time that it is, en or da, and what was typed, parted by tabs. On stdout: the
 * value, a tab and how it is said in full (* behind it where it was typed in full); or "! " and the sentence.
 */
#include "when.h"

#include "language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct field fields[] = {
    {.name = "date",    .kind = KIND_DATE,   .source = "date"  },
    { .name = "local",  .kind = KIND_LOCAL,  .source = "local" },
    { .name = "moment", .kind = KIND_MOMENT, .source = "moment"},
};

static const struct field *field_of(const char *kind)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, kind) == 0)
            return &fields[i];
    abort();
}

static void answer(const struct field *field, const struct when_now *now, const char *text)
{
    struct arena arena = { 0 };
    struct error error;
    struct when when;
    struct when_place place;
    union {
        int32_t day;
        int64_t local;
        const char *moment;
    } value;
    if (when_read(field, text, strlen(text), &when, &arena, &error) ||
        when_settle(field, &when, when_needs_now(&when) ? now : NULL, &place, &arena, &error)) {
        printf("! %s\n", error.text);
    } else {
        when_store(field, &place, &value, &arena);
        printf("%s\t%s%s\n", value_to_text(field, &value, &arena), when_say(&place, &arena),
               when.is_full ? "*" : "");
    }
    arena_free(&arena);
}

int main(void)
{
    char line[4096];
    language_load();
    while (fgets(line, sizeof line, stdin)) {
        char *rest = line, *parts[5];
        line[strcspn(line, "\n")] = 0;
        for (size_t i = 0; i < 5; i++)
            parts[i] = strsep(&rest, i < 4 ? "\t" : "");
        const struct when_now now = { .at = atoll(parts[1]), .local = atoll(parts[2]) };
        language_use(language_from_tag(parts[3]));
        answer(field_of(parts[0]), &now, parts[4]);
        fflush(stdout);
    }
    return 0;
}
