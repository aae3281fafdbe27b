/* SPDX-License-Identifier: MIT */
/* A record with a field of every kind, as laugc would print it, and bytes of MessagePack written by hand. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "record.h"

enum colour { RED, GREEN, BLUE };

struct inner {
    const char *word;
    const int64_t *count;
};

struct sample {
    const char *text, *note, *id, *rule;
    int64_t number, minutes, at, local;
    bool is_good;
    int32_t on;
    enum colour colour;
    const struct inner *inner;
    const int64_t *maybe;
    const bool *perhaps;
    struct packed value;
    const char **texts;
    size_t texts_count;
    int64_t *numbers;
    size_t numbers_count;
    int32_t *days;
    size_t days_count;
    struct inner *inners;
    size_t inners_count;
    enum colour *colours;
    size_t colours_count;
};

static const char *const colour_words[] = { "red", "green", "blue", NULL };

static const struct field inner_fields[] = {
    {.name = "word", .kind = KIND_TEXT, .min = 1, .max = 8, .offset = offsetof(struct inner, word)},
    { .name = "count",
     .kind = KIND_INTEGER,
     .min = 0,
     .max = 9,
     .is_optional = true,
     .is_pointer = true,
     .offset = offsetof(struct inner, count) },
};
static const struct record inner_record = { "inner", "", inner_fields, 2, sizeof(struct inner), NULL, false };

#define ONE(field, kind_of, ...)                                                                             \
    {                                                                                                        \
        .name = #field, .kind = kind_of, .source = "", .offset = offsetof(struct sample, field), __VA_ARGS__ \
    }
#define MANY(field, kind_of, ...)                                                                            \
    ONE(field, kind_of, .is_list = true, .at_most = 5,                                                       \
        .count_offset = offsetof(struct sample, field##_count), __VA_ARGS__)

static const struct field sample_fields[] = {
    ONE(text, KIND_TEXT, .min = 2, .max = 5),
    ONE(note, KIND_TEXT, .min = 0, .max = 100, .is_optional = true, .has_lines = true),
    ONE(id, KIND_SLUG, .is_optional = true),
    ONE(rule, KIND_RULE, .is_optional = true),
    ONE(number, KIND_INTEGER, .min = -10, .max = INT64_C(9007199254740991), .has_default = true,
        .initial = 7),
    ONE(minutes, KIND_MINUTES, .min = 1, .max = 600, .has_default = true, .initial = 30),
    ONE(at, KIND_INSTANT, .min = 0),
    ONE(local, KIND_LOCAL, .min = 0),
    ONE(is_good, KIND_BOOL, .has_default = true, .initial = 1),
    ONE(on, KIND_DATE, .min = 0),
    ONE(colour, KIND_ONE, .words = colour_words, .has_default = true, .initial = GREEN),
    ONE(inner, KIND_RECORD, .record = &inner_record, .is_pointer = true, .is_optional = true),
    ONE(maybe, KIND_INTEGER, .min = 0, .max = 9, .is_pointer = true, .is_optional = true),
    ONE(perhaps, KIND_BOOL, .is_pointer = true, .is_optional = true),
    ONE(value, KIND_VALUE, .is_optional = true),
    MANY(texts, KIND_TEXT, .min = 1, .max = 5),
    MANY(numbers, KIND_INTEGER, .min = 0, .max = 100),
    MANY(days, KIND_DATE, .min = 0),
    MANY(inners, KIND_RECORD, .record = &inner_record),
    MANY(colours, KIND_ONE, .words = colour_words),
};
static const struct record sample_record = {
    "sample", "",   sample_fields, sizeof sample_fields / sizeof *sample_fields, sizeof(struct sample),
    NULL,     false
};

#endif
