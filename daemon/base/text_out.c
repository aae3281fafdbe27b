/* SPDX-License-Identifier: MIT */
#include "text_out.h"

#include <string.h>

enum { FIRST_ROOM = 256 };

void text_put(struct text_out *out, const char *bytes, size_t length)
{
    if (out->length + length + 1 > out->room) {
        size_t room = out->room ? out->room * 2 : FIRST_ROOM;
        while (room < out->length + length + 1)
            room *= 2;
        char *grown = arena_take(out->arena, room);
        if (out->length)
            memcpy(grown, out->bytes, out->length);
        out->bytes = grown;
        out->room = room;
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    out->bytes[out->length] = 0;
}

void text_puts(struct text_out *out, const char *text)
{
    text_put(out, text, strlen(text));
}

static const char *entity_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n': return "<br>\n";
    default: return NULL;
    }
}

void text_put_html(struct text_out *out, const char *bytes, size_t length)
{
    for (size_t i = 0, plain; i < length; i += plain) {
        for (plain = 0; i + plain < length && !entity_of(bytes[i + plain]); plain++)
            ;
        text_put(out, bytes + i, plain);
        if (i + plain < length)
            text_puts(out, entity_of(bytes[i + plain++]));
    }
}

const char *text_cut(struct arena *arena, const char *text, size_t most)
{
    size_t length = strlen(text);
    if (length <= most)
        return text;
    length = most;
    while (length && ((unsigned char)text[length] & 0xC0U) == 0x80U)
        length--;
    return arena_print(arena, "%.*s…", (int)length, text);
}

const char *text_trimmed(struct text_out *out)
{
    while (out->length && (out->bytes[out->length - 1] == ' ' || out->bytes[out->length - 1] == '\n'))
        out->bytes[--out->length] = 0;
    return out->bytes ? out->bytes : "";
}
