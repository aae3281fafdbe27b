/* SPDX-License-Identifier: MIT */
/*
 * Reads a template line by line. The invariant: whatever passes here can be filled in and sent, so a mistake
 * is found when the file is read, with its place, and never when a letter is written.
 */
#include "template_parse.h"

#include "record.h"
#include "suggest.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_CHARACTERS = 400, BLOCKS_MAX = 20, PARTS_MAX = 200, PARTS_ROOM = 4, BLOCKS_ROOM = 5 };

const char *const template_word_names[TEMPLATE_WORDS] = {
    [TEMPLATE_TITLE] = "title",     [TEMPLATE_SUBJECT] = "subject",
    [TEMPLATE_WHEN] = "when",       [TEMPLATE_DAY] = "day",
    [TEMPLATE_PERSON] = "person",   [TEMPLATE_NAME] = "name",
    [TEMPLATE_OTHER] = "other",     [TEMPLATE_DETAIL] = "detail",
    [TEMPLATE_ID] = "id",           [TEMPLATE_TEXT] = "text",
    [TEMPLATE_WHY] = "why",         [TEMPLATE_HEADLINE] = "headline",
    [TEMPLATE_MESSAGE] = "message", [TEMPLATE_REMINDERS] = "reminders",
    [TEMPLATE_MORE] = "more",
};

struct reading {
    struct arena *arena;
    const char *file, *rest, *end;
    const char *line; /* the current one, a copy without trailing blanks */
    int number;       /* of it, from 1 */
    bool is_frame, has_message;
    struct template *template;
    struct error *error;
};

bool template_is_frame(const char *kind)
{
    return strncmp(kind, "letter_", 7) == 0;
}

/* ---- mistakes ---- */

static int column_of(const struct reading *reading, const char *at)
{
    int column = 1;
    for (const char *c = reading->line; c < at; c++)
        column += ((unsigned char)*c & 0xC0U) != 0x80U;
    return column;
}

static enum code refuse(const struct reading *reading, const char *at, const char *sentence)
{
    return fail(reading->error, INVALID, NULL, "%s, line %d, column %d: %s", reading->file, reading->number,
                column_of(reading, at), sentence);
}

/* ---- lines ---- */

/* Bytes of the character that begins here; 0 where none does. */
static size_t character(const char *text)
{
    for (size_t length = 1; length <= 4; length++) {
        char one[5] = { 0 };
        memcpy(one, text, strnlen(text, length));
        if (text_length(one, false) == 1)
            return length;
    }
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static enum code check_line(const struct reading *reading, size_t size)
{
    const char *c = reading->line;
    int count = 0;
    for (; is_blank(*c); c++)
        count++;
    for (size_t step; *c; c += step, count++) {
        if (count == LINE_MAX_CHARACTERS)
            return refuse(reading, c, "this line is too long; a paragraph may have many lines");
        step = character(c);
        if (step == 0)
            return refuse(reading, c, "this is no plain UTF-8 text");
    }
    return strlen(reading->line) == size ? OK : refuse(reading, c, "this is no plain UTF-8 text");
}

/* *has_line is false at the end. Comments are passed over. */
static enum code next_line(struct reading *reading, bool *has_line)
{
    while (reading->rest < reading->end) {
        const char *start = reading->rest;
        const char *stop = memchr(start, '\n', (size_t)(reading->end - start));
        reading->rest = stop ? stop + 1 : reading->end;
        size_t length = (size_t)((stop ? stop : reading->end) - start);
        while (length && (is_blank(start[length - 1]) || start[length - 1] == '\r'))
            length--;
        reading->line = arena_copy(reading->arena, start, length);
        reading->number++;
        if (check_line(reading, length))
            return reading->error->code;
        if (*reading->line != '#')
            return *has_line = true, OK;
    }
    *has_line = false;
    return OK;
}

/* ---- pieces and words ---- */

static void add_part(struct arena *arena, struct parts *parts, struct part part)
{
    if (parts->count == PARTS_MAX || (part.text && !part.length))
        return;
    if (parts->count == parts->room) {
        struct part *grown = arena_take(arena, (parts->room + PARTS_ROOM) * sizeof *grown);
        if (parts->count)
            memcpy(grown, parts->items, parts->count * sizeof *grown);
        parts->items = grown;
        parts->room += PARTS_ROOM;
    }
    parts->items[parts->count++] = part;
}

static bool is_allowed(const struct reading *reading, enum template_word word)
{
    bool is_of_both = word == TEMPLATE_PERSON || word == TEMPLATE_NAME;
    return is_of_both || (word >= TEMPLATE_HEADLINE) == reading->is_frame;
}

static enum code find_word(const struct reading *reading, const char *name, size_t length,
                           enum template_word *word)
{
    const char *allowed[TEMPLATE_WORDS], *written = arena_copy(reading->arena, name, length);
    size_t count = 0;
    for (int i = 0; i < TEMPLATE_WORDS; i++) {
        if (!is_allowed(reading, (enum template_word)i))
            continue;
        allowed[count++] = template_word_names[i];
        if (strcmp(template_word_names[i], written) == 0)
            return *word = (enum template_word)i, OK;
    }
    const char *near = suggest(written, allowed, count);
    const char *all = "";
    for (size_t i = 0; !near && i < count; i++)
        all = arena_print(reading->arena, "%s {%s}", all, allowed[i]);
    return refuse(
        reading, name,
        near ? arena_print(reading->arena, "there is no word {%.40s}; did you mean {%s}?", written, near)
             : arena_print(reading->arena, "there is no word {%.40s}; here are%s", written, all));
}

/* A command is copied into a shell: nothing may stand in it that somebody else has written. */
static bool may_stand_in_command(enum template_word word)
{
    return word == TEMPLATE_SUBJECT || word == TEMPLATE_PERSON || word == TEMPLATE_ID;
}

static enum code check_word(struct reading *reading, const char *at, enum template_word word,
                            enum block_kind kind)
{
    if (kind == BLOCK_COMMAND && !may_stand_in_command(word))
        return refuse(reading, at, "in a command only {subject}, {person} and {id} may stand");
    if (word != TEMPLATE_MESSAGE)
        return OK;
    if (kind != BLOCK_MESSAGE)
        return refuse(reading, at, "{message} wants a paragraph of its own");
    if (reading->has_message)
        return refuse(reading, at, "{message} is there already");
    reading->has_message = true;
    return OK;
}

static enum code add_parts(struct reading *reading, const char *text, enum block_kind kind,
                           struct parts *parts)
{
    for (const char *c = text; *c;) {
        size_t plain = strcspn(c, "{}");
        add_part(reading->arena, parts, (struct part){ .text = c, .length = plain });
        c += plain;
        if (!*c)
            break;
        if (*c == '}')
            return refuse(reading, c, "no { stands before this }");
        size_t length = strcspn(c + 1, "{}");
        enum template_word word;
        if (c[1 + length] != '}')
            return refuse(reading, c, "this { is never closed");
        if (find_word(reading, c + 1, length, &word) || check_word(reading, c, word, kind))
            return reading->error->code;
        add_part(reading->arena, parts, (struct part){ .word = word });
        c += length + 2;
    }
    return parts->count < PARTS_MAX ? OK : refuse(reading, text, "this is too long");
}

/* ---- the file ---- */

static enum code read_subject(struct reading *reading)
{
    static const char head[] = "subject:";
    bool has_line;
    if (next_line(reading, &has_line))
        return reading->error->code;
    if (!has_line)
        return refuse(reading, reading->line, "a template begins with `subject: ...`, and this is empty");
    if (strncmp(reading->line, head, sizeof head - 1) != 0)
        return refuse(reading, reading->line, "a template begins with `subject: ...`");
    const char *text = reading->line + sizeof head - 1;
    text += strspn(text, " \t");
    if (!*text)
        return refuse(reading, text, "the subject is missing");
    if (add_parts(reading, text, BLOCK_PARAGRAPH, &reading->template->subject) ||
        next_line(reading, &has_line))
        return reading->error->code;
    if (has_line && *reading->line)
        return refuse(reading, reading->line, "an empty line must stand behind the subject");
    return OK;
}

static struct template_block *add_block(struct reading *reading)
{
    struct template *template = reading->template;
    if (template->count % BLOCKS_ROOM == 0) {
        struct template_block *grown = arena_take(reading->arena,
                                                  (template->count + BLOCKS_ROOM) * sizeof *grown);
        if (template->count)
            memcpy(grown, template->blocks, template->count * sizeof *grown);
        template->blocks = grown;
    }
    return &template->blocks[template->count++];
}

/* A line of its own block, or one more of the paragraph before it. */
static enum code read_line(struct reading *reading, bool continues)
{
    struct template *template = reading->template;
    const char *text = reading->line + strspn(reading->line, " \t");
    enum block_kind kind = is_blank(*reading->line)                              ? BLOCK_COMMAND
                           : reading->is_frame && strcmp(text, "{message}") == 0 ? BLOCK_MESSAGE
                                                                                 : BLOCK_PARAGRAPH;
    struct template_block *last = template->count ? &template->blocks[template->count - 1] : NULL;
    if (continues && kind == BLOCK_PARAGRAPH && last && last->kind == BLOCK_PARAGRAPH) {
        add_part(reading->arena, &last->parts, (struct part){ .text = " ", .length = 1 });
        return add_parts(reading, text, kind, &last->parts);
    }
    if (template->count == BLOCKS_MAX)
        return refuse(reading, reading->line, "this is more than one message can hold");
    last = add_block(reading);
    *last = (struct template_block){ .kind = kind };
    return add_parts(reading, text, kind, &last->parts);
}

static enum code read_blocks(struct reading *reading)
{
    bool has_line, continues = false;
    for (;;) {
        if (next_line(reading, &has_line))
            return reading->error->code;
        if (!has_line)
            break;
        if (*reading->line && read_line(reading, continues))
            return reading->error->code;
        continues = *reading->line != 0;
    }
    if (reading->template->count == 0)
        return refuse(reading, reading->line, "nothing stands below the subject");
    if (reading->is_frame && !reading->has_message)
        return refuse(reading, reading->line, "{message} is missing: a paragraph of its own");
    return OK;
}

enum code template_parse(struct arena *arena, const char *file, const char *kind, const char *text,
                         size_t length, struct template *template, struct error *error)
{
    struct reading reading = { .arena = arena,
                               .file = file,
                               .rest = text,
                               .end = text + length,
                               .line = "",
                               .is_frame = template_is_frame(kind),
                               .template = template,
                               .error = error };
    *template = (struct template){ 0 };
    if (read_subject(&reading))
        return error->code;
    return read_blocks(&reading);
}
