/* SPDX-License-Identifier: MIT */
#include "letter.h"

#include "text_out.h"

#include <string.h>

/* ---- plain text ---- */

struct page {
    struct text_out out;
    int indent;
};

static void put_blanks(struct page *page, int count)
{
    for (int i = 0; i < count; i++)
        text_puts(&page->out, " ");
}

static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xC0U) != 0x80U;
    return columns;
}

/* One line of the source, broken between words. Blanks inside stay as they are, unless a line ends there. */
static void put_wrapped(struct page *page, const char *line, size_t length)
{
    size_t column = 0, room = (size_t)(LETTER_COLUMNS - page->indent);
    for (size_t i = 0; i < length;) {
        size_t blanks = 0, word = 0;
        while (i + blanks < length && line[i + blanks] == ' ')
            blanks++;
        while (i + blanks + word < length && line[i + blanks + word] != ' ')
            word++;
        size_t wide = columns_of(line + i + blanks, word);
        if (column && column + blanks + wide > room) {
            text_puts(&page->out, "\n");
            put_blanks(page, page->indent);
            text_put(&page->out, line + i + blanks, word);
            column = wide;
        } else {
            text_put(&page->out, line + i, blanks + word);
            column += blanks + wide;
        }
        i += blanks + word;
    }
}

static void put_paragraph(struct page *page, const char *text)
{
    for (;;) {
        size_t length = strcspn(text, "\n");
        put_blanks(page, length ? page->indent : 0);
        put_wrapped(page, text, length);
        text_puts(&page->out, "\n");
        if (!text[length])
            return;
        text += length + 1;
    }
}

static void put_message(struct page *page, const struct filled *message)
{
    for (size_t i = 0; i < message->count; i++) {
        const struct filled_block *block = &message->blocks[i];
        bool is_command = block->kind == BLOCK_COMMAND;
        bool continues = is_command && i > 0 && message->blocks[i - 1].kind == BLOCK_COMMAND;
        if (i > 0 && !continues)
            text_puts(&page->out, "\n");
        if (is_command) {
            put_blanks(page, page->indent + 4);
            text_puts(&page->out, block->text);
            text_puts(&page->out, "\n");
        } else {
            put_paragraph(page, block->text);
        }
    }
}

static void put_list(struct page *page, const struct filled *messages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_puts(&page->out, "\n");
        text_puts(&page->out, arena_print(page->out.arena, "%zu. %s\n\n", i + 1, messages[i].subject));
        page->indent = 3;
        put_message(page, &messages[i]);
        page->indent = 0;
    }
}

static const char *text_of(struct call *call, const struct filled *frame, const struct filled *messages,
                           size_t count)
{
    struct page page = { .out.arena = &call->arena };
    for (size_t i = 0; i < frame->count; i++) {
        const struct filled one = { .blocks = &frame->blocks[i], .count = 1 };
        if (i > 0)
            text_puts(&page.out, "\n");
        if (frame->blocks[i].kind != BLOCK_MESSAGE)
            put_message(&page, &one);
        else if (count == 1)
            put_message(&page, &messages[0]);
        else
            put_list(&page, messages, count);
    }
    return page.out.bytes ? page.out.bytes : "";
}

/* ---- HTML ---- */

/* Colours are the reader's own, so that it can be read in the dark as well; `color-scheme` says so. */
static const char html_head[] = "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                                "<meta name=\"viewport\" content=\"width=device-width\">\n"
                                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
static const char html_body[] =
    "</title>\n</head>\n<body style=\"font-family: sans-serif; line-height: 1.5; max-width: 40em\">\n";
static const char html_command[] =
    "<pre style=\"padding: 0.5em 1em; border: 1px solid; white-space: pre-wrap\"><code>";

static void put_html_message(struct text_out *out, const struct filled *message)
{
    for (size_t i = 0; i < message->count; i++) {
        const struct filled_block *block = &message->blocks[i];
        bool is_command = block->kind == BLOCK_COMMAND;
        bool continues = is_command && i + 1 < message->count && block[1].kind == BLOCK_COMMAND;
        bool is_first = i == 0 || block[-1].kind != BLOCK_COMMAND;
        if (is_first || !is_command)
            text_puts(out, is_command ? html_command : "<p>");
        text_puts(out, block->html);
        text_puts(out, continues ? "\n" : is_command ? "</code></pre>\n" : "</p>\n");
    }
}

static void put_html_list(struct text_out *out, const struct filled *messages, size_t count)
{
    text_puts(out, "<ol>\n");
    for (size_t i = 0; i < count; i++) {
        text_puts(out, "<li>\n<p><strong>");
        text_put_html(out, messages[i].subject, strlen(messages[i].subject));
        text_puts(out, "</strong></p>\n");
        put_html_message(out, &messages[i]);
        text_puts(out, "</li>\n");
    }
    text_puts(out, "</ol>\n");
}

static const char *html_of(struct call *call, const struct filled *frame, const struct filled *messages,
                           size_t count)
{
    struct text_out out = { .arena = &call->arena };
    text_puts(&out, arena_print(&call->arena, html_head, language_in_use() == DANISH ? "da" : "en"));
    text_put_html(&out, frame->subject, strlen(frame->subject));
    text_puts(&out, html_body);
    for (size_t i = 0; i < frame->count; i++) {
        const struct filled one = { .blocks = &frame->blocks[i], .count = 1 };
        if (frame->blocks[i].kind != BLOCK_MESSAGE)
            put_html_message(&out, &one);
        else if (count == 1)
            put_html_message(&out, &messages[0]);
        else
            put_html_list(&out, messages, count);
    }
    text_puts(&out, "</body>\n</html>\n");
    return out.bytes;
}

/* ---- the letter ---- */

enum code letter_write(struct call *call, const char *frame_kind, const struct template_words *words,
                       const struct filled *messages, size_t count, struct letter_text *letter)
{
    struct template_words framed = *words;
    struct filled frame;
    framed.of[TEMPLATE_HEADLINE] = messages[0].subject;
    if (template_fill(call, frame_kind, &framed, &frame))
        return call->error.code;
    letter->subject = frame.subject;
    letter->text = text_of(call, &frame, messages, count);
    letter->html = html_of(call, &frame, messages, count);
    return OK;
}

const char *letter_first_name(struct call *call, const char *name)
{
    return arena_copy(&call->arena, name, strcspn(name, " "));
}
