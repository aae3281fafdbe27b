/* SPDX-License-Identifier: MIT */
/*
 * Fills in templates. The invariant: a word's value is only ever text. Characters that steer are taken out of
 * it, HTML is escaped, and what looks like a link becomes one only where the company wrote it: in a template,
 * or in a rule's own text.
 */
#include "character.h"
#include "template_parse.h"
#include "text_out.h"

#include <string.h>

/* Bytes: of a subject's line, and of all paragraphs, since a text may name a long title many times. */
enum { SUBJECT_MAX = 150, MESSAGE_MAX = 20000, LINKS_MAX = 20 };

/* Text that is being filled in, and where links may begin in it. */
struct filling {
    struct text_out out;
    const struct template_words *words;
    size_t links[LINKS_MAX], links_count;
};

/* ---- words ---- */

static void put_value(struct filling *filling, const char *value, bool may_break)
{
    for (size_t length = strlen(value), size; length; value += size, length -= size) {
        for (size = 0; size < length && value[size] >= ' ' && value[size] < 0x7F; size++)
            ; /* most of it is plain */
        if (size) {
            text_put(&filling->out, value, size);
            continue;
        }
        int32_t character = character_read(value, length, &size);
        if (*value == '\n')
            text_puts(&filling->out, may_break ? "\n" : " ");
        else if (character >= 0 && !character_steers(character))
            text_put(&filling->out, value, size);
    }
}

static void note_links(struct filling *filling, size_t from)
{
    static const char https[] = "https://";
    const char *found = filling->out.bytes ? filling->out.bytes + from : NULL;
    while (found && (found = strstr(found, https)) != NULL && filling->links_count < LINKS_MAX) {
        filling->links[filling->links_count++] = (size_t)(found - filling->out.bytes);
        found += sizeof https - 1;
    }
}

/* A blank behind a word that stands for nothing is left out. */
static void put_literal(struct filling *filling, const char *text, size_t length)
{
    const struct text_out *out = &filling->out;
    bool has_blank = out->length == 0 || out->bytes[out->length - 1] == ' ';
    size_t skipped = has_blank && length && *text == ' ' ? 1 : 0, from = out->length;
    text_put(&filling->out, text + skipped, length - skipped);
    note_links(filling, from);
}

static void put_parts(struct filling *filling, const struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->items[i];
        const char *value = part->text ? NULL : filling->words->of[part->word];
        size_t from = filling->out.length;
        if (part->text)
            put_literal(filling, part->text, part->length);
        else if (value)
            put_value(filling, value, part->word == TEMPLATE_TEXT);
        if (value && part->word == TEMPLATE_TEXT)
            note_links(filling, from);
    }
}

/* ---- HTML ---- */

static size_t link_length(const char *text)
{
    size_t length = strcspn(text, " \n<>\"'`{}|\\^");
    while (length && strchr(".,;:!?)", text[length - 1]))
        length--;
    return length;
}

static void put_link(struct text_out *html, const char *url, size_t length)
{
    text_puts(html, "<a href=\"");
    text_put_html(html, url, length);
    text_puts(html, "\">");
    text_put_html(html, url, length);
    text_puts(html, "</a>");
}

static const char *html_of(const struct filling *filling, const char *text)
{
    struct text_out html = { .arena = filling->out.arena };
    size_t at = 0, all = strlen(text);
    for (size_t i = 0; i < filling->links_count; i++) {
        if (filling->links[i] < at || filling->links[i] >= all)
            continue;
        size_t length = link_length(text + filling->links[i]);
        text_put_html(&html, text + at, filling->links[i] - at);
        put_link(&html, text + filling->links[i], length);
        at = filling->links[i] + length;
    }
    text_put_html(&html, text + at, all - at);
    return html.bytes ? html.bytes : "";
}

/* ---- a message ---- */

static const char *fill_subject(struct call *call, const struct parts *subject, const char *kind,
                                const struct template_words *words)
{
    struct filling filling = { .out.arena = &call->arena, .words = words };
    put_parts(&filling, subject);
    const char *text = text_trimmed(&filling.out);
    for (char *c = filling.out.bytes; c && *c; c++)
        if (*c == '\n')
            *c = ' ';
    if (*text)
        return text_cut(&call->arena, text, SUBJECT_MAX);
    return words->of[TEMPLATE_ID] ? words->of[TEMPLATE_ID] : kind;
}

static void fill_block(struct call *call, const struct template_block *from,
                       const struct template_words *words, struct filled *filled)
{
    struct filling filling = { .out.arena = &call->arena, .words = words };
    struct filled_block *block = &filled->blocks[filled->count];
    put_parts(&filling, &from->parts);
    const char *text = text_trimmed(&filling.out);
    if ((!*text && from->kind != BLOCK_MESSAGE) || filled->size >= MESSAGE_MAX)
        return;
    text = text_cut(&call->arena, text, MESSAGE_MAX - filled->size);
    *block = (struct filled_block){ .kind = from->kind, .text = text, .html = html_of(&filling, text) };
    filled->count++;
    filled->size += strlen(text);
}

void template_fill_in(struct call *call, const struct template *template, const char *kind,
                      const struct template_words *words, struct filled *filled)
{
    filled->subject = fill_subject(call, &template->subject, kind, words);
    filled->blocks = arena_take(&call->arena, template->count * sizeof *filled->blocks);
    filled->count = filled->size = 0;
    for (size_t i = 0; i < template->count; i++)
        fill_block(call, &template->blocks[i], words, filled);
}

const char *filled_command(const struct filled *filled)
{
    for (size_t i = 0; i < filled->count; i++)
        if (filled->blocks[i].kind == BLOCK_COMMAND)
            return filled->blocks[i].text;
    return NULL;
}

/* ---- a text from elsewhere ---- */

static const char *value_of(const struct template_words *words, const char *name, size_t length)
{
    for (int i = 0; i < TEMPLATE_HEADLINE; i++)
        if (strlen(template_word_names[i]) == length && strncmp(template_word_names[i], name, length) == 0)
            return words->of[i] ? words->of[i] : "";
    return NULL;
}

const char *template_fill_text(struct call *call, const char *text, const struct template_words *words)
{
    struct filling filling = { .out.arena = &call->arena, .words = words };
    for (const char *c = text; *c;) {
        size_t plain = strcspn(c, "{"), length;
        text_put(&filling.out, c, plain);
        c += plain;
        if (!*c)
            break;
        length = strcspn(c + 1, "}");
        const char *value = c[1 + length] ? value_of(words, c + 1, length) : NULL;
        value ? put_value(&filling, value, false) : text_put(&filling.out, c, 1);
        c += value ? length + 2 : 1;
    }
    return text_trimmed(&filling.out);
}
