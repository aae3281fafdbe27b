/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "character.h"

#include <inttypes.h>

static void write_escaped(FILE *out, int32_t character)
{
    if (character < 0x10000) {
        fprintf(out, "\\u%04x", (unsigned)character);
        return;
    }
    character -= 0x10000; /* RFC 8259, section 7: a surrogate pair */
    fprintf(out, "\\u%04x\\u%04x", 0xD800 | (unsigned)character >> 10,
            0xDC00 | ((unsigned)character & 0x3FF));
}

void json_write_text(FILE *out, const char *text, size_t length)
{
    fputc('"', out);
    for (size_t i = 0, size; i < length; i += size) {
        int32_t character = character_read(text + i, length - i, &size);
        if (character == '"' || character == '\\')
            fprintf(out, "\\%c", (char)character);
        else if (character == '\n')
            fputs("\\n", out);
        else if (character == '\t')
            fputs("\\t", out);
        else if (character < 0 || character_steers(character))
            write_escaped(out, character < 0 ? 0xFFFD : character);
        else
            fwrite(text + i, 1, size, out);
    }
    fputc('"', out);
}

static void new_line(FILE *out, int indent)
{
    if (indent >= 0)
        fprintf(out, "\n%*s", indent, "");
}

static int deeper(int indent)
{
    return indent < 0 ? indent : indent + 2;
}

static void write_members(FILE *out, struct cursor *value, uint32_t count, bool is_map, int indent)
{
    fputc(is_map ? '{' : '[', out);
    for (uint32_t i = 0; i < count; i++) {
        const char *name;
        uint32_t length;
        fputs(i ? "," : "", out);
        new_line(out, deeper(indent));
        if (is_map && cursor_text(value, &name, &length)) {
            json_write_text(out, name, length);
            fputs(indent < 0 ? ":" : ": ", out);
        } else if (is_map) { /* JSON has no other names */
            cursor_skip(value);
            fputs("\"?\": ", out);
        }
        json_write(out, *value, deeper(indent));
        cursor_skip(value);
    }
    if (count)
        new_line(out, indent);
    fputc(is_map ? '}' : ']', out);
}

void json_write(FILE *out, struct cursor value, int indent)
{
    const char *text;
    uint32_t length;
    int64_t number;
    bool is_true;
    if (cursor_text(&value, &text, &length))
        json_write_text(out, text, length);
    else if (cursor_integer(&value, &number))
        fprintf(out, "%" PRId64, number);
    else if (cursor_map(&value, &length))
        write_members(out, &value, length, true, indent);
    else if (cursor_array(&value, &length))
        write_members(out, &value, length, false, indent);
    else if (cursor_bool(&value, &is_true))
        fputs(is_true ? "true" : "false", out);
    else
        fputs("null", out);
}
