/* SPDX-License-Identifier: MIT */
#include "character.h"

#include <stdlib.h>
#include <string.h>

int32_t character_read(const char *text, size_t length, size_t *size)
{
    static const int32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char first = bytes[0];
    size_t count = first < 0x80   ? 1
                   : first < 0xC0 ? 0
                   : first < 0xE0 ? 2
                   : first < 0xF0 ? 3
                   : first < 0xF8 ? 4
                                  : 0;
    *size = 1;
    if (count == 0 || count > length)
        return -1;
    int32_t character = count == 1 ? first : first & (0x7F >> count);
    for (size_t i = 1; i < count; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return -1;
        character = character << 6 | (bytes[i] & 0x3F);
    }
    if (character < smallest[count] || character > 0x10FFFF || (character >= 0xD800 && character < 0xE000))
        return -1;
    *size = count;
    return character;
}

bool character_steers(int32_t character)
{
    bool is_control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    bool is_bidi = character == 0x061C ||
                   (character >= 0x200B && character <= 0x200F && character != 0x200D) ||
                   (character >= 0x2028 && character <= 0x202E) ||
                   (character >= 0x2060 && character <= 0x206F) || character == 0xFEFF ||
                   (character >= 0xE0000 && character <= 0xE007F);
    return is_control || is_bidi;
}

static bool is_blank(int32_t character)
{
    return character == ' ' || character == 0xA0 || character == 0x200D || character == 0x3000 ||
           (character >= 0x2000 && character <= 0x200A) || character == 0x202F || character == 0x205F;
}

bool characters_show(const char *text)
{
    for (size_t length = strlen(text), size; length; text += size, length -= size) {
        int32_t character = character_read(text, length, &size);
        if (!is_blank(character) && !character_steers(character))
            return true;
    }
    return false;
}

/* How a character that steers is written; NULL: not at all. */
static const char *instead_of(int32_t character, bool may_break)
{
    bool is_break = character == '\n' || character == 0x2028 || character == 0x2029 || character == 0x85;
    if (character < 0)
        return "\xEF\xBF\xBD";
    if (is_break)
        return may_break ? "\n" : " ";
    return character != '\t' ? NULL : may_break ? "\t" : " ";
}

char *character_plain(const char *text, bool may_break)
{
    size_t length = strlen(text);
    char *plain = malloc(3 * length + 1), *to = plain; /* U+FFFD is three bytes for one */
    if (!plain)
        abort();
    for (size_t i = 0, size; i < length; i += size) {
        int32_t character = character_read(text + i, length - i, &size);
        if (character == '\r' && text[i + size] != '\n')
            character = '\n';
        if (character >= 0 && !character_steers(character)) {
            to = mempcpy(to, text + i, size);
            continue;
        }
        const char *instead = instead_of(character, may_break);
        if (instead)
            to = stpcpy(to, instead);
    }
    *to = 0;
    return plain;
}
