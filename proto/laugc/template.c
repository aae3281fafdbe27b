/* SPDX-License-Identifier: MIT */
#include "template.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

FILE *open_file(const char *folder, const char *name)
{
    char *path = print("%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    fputs("/* Made by laugc from the catalogue. Change the catalogue, not this. */\n", out);
    return out;
}

void close_file(FILE *out, const char *name)
{
    bool is_written = !ferror(out);
    if (fclose(out) == 0 && is_written)
        return;
    fprintf(stderr, "%s: %s\n", name, strerror(errno));
    exit(1);
}

/* The value of the word between two $; what has none is a mistake in a template of ours. */
static const char *value_of(const char *word, size_t length, const char *const *pairs)
{
    for (; *pairs; pairs += 2)
        if (strlen(*pairs) == length && strncmp(*pairs, word, length) == 0)
            return pairs[1];
    abort();
}

void put_pairs(FILE *out, const char *const *template_and_pairs)
{
    for (const char *c = template_and_pairs[0]; *c; c++) {
        const char *end = *c == '$' ? strchr(c + 1, '$') : NULL;
        if (!end) {
            fputc(*c, out);
            continue;
        }
        fputs(value_of(c + 1, (size_t)(end - c - 1), template_and_pairs + 1), out);
        c = end;
    }
}

char *quoted(const char *text)
{
    char *quote = NULL;
    size_t size = 0;
    FILE *out = need(open_memstream(&quote, &size));
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '\n')
            fputs(text[1] ? "\\n\"\n    \"" : "\\n", out);
        else
            fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    fputc('"', out);
    fclose(out);
    return quote;
}

char *upper(const char *text)
{
    char *copy = print("%s", text);
    for (char *c = copy; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return copy;
}

char *number(int value)
{
    return print("%d", value);
}

const char *truth(bool is_so)
{
    return is_so ? "true" : "false";
}

char *origin(struct place place)
{
    const char *start = place.file, *slash = strrchr(place.file, '/');
    while (slash && slash > place.file && slash[-1] != '/')
        slash--;
    return print("%s:%d", slash ? slash : start, place.line);
}

const char *record_or_nothing(const struct record *record)
{
    return record ? print("&record_%s", record->name) : "&record_nothing";
}

int field_index(const struct record *record, const struct field *field)
{
    return (int)(field - record->fields);
}

char *field_of(const struct record *record, const struct field *field)
{
    return field ? print("&fields_of_%s[%d]", record->name, field_index(record, field)) : print("NULL");
}
