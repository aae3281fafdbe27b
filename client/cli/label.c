/* SPDX-License-Identifier: MIT */
#include "label.h"

#include "catalogue.h"
#include "error.h"

#include <string.h>

/* gettext's own mark between a context and what is translated in it. */
#define CONTEXT "label\004"

const char *label_of(struct arena *arena, const char *name)
{
    char *shown = arena_copy(arena, name, strlen(name));
    for (char *c = shown; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    const char *sentence = arena_print(arena, CONTEXT "%s", shown), *translated = text_translate(sentence);
    return strncmp(translated, CONTEXT, sizeof CONTEXT - 1) == 0 ? shown : translated;
}

static bool is_among(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static bool is_typed(const char *word)
{
    for (int i = 0; i < METHODS_COUNT; i++)
        for (size_t j = 0; j < methods[i].params->fields_count; j++) {
            const struct field *field = &methods[i].params->fields[j];
            if (field->kind == KIND_ONE && is_among(field->words, word))
                return true;
        }
    return false;
}

const char *label_word(struct arena *arena, const char *word, uint32_t length)
{
    const char *copy = arena_copy(arena, word, length);
    const char *shown = label_of(arena, copy);
    return strcmp(shown, copy) == 0 || is_typed(copy) ? copy : shown;
}
