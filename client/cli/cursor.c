/* SPDX-License-Identifier: MIT */
#include "cursor.h"

#include "frame.h"

/* The head of a value: what its first byte says, and the number, length or count that stands in it or behind
 * it. */
enum head_kind {
    HEAD_OTHER,
    HEAD_NIL,
    HEAD_BOOL,
    HEAD_UNSIGNED,
    HEAD_SIGNED,
    HEAD_TEXT,
    HEAD_ARRAY,
    HEAD_MAP
};

struct head {
    enum head_kind kind;
    size_t size; /* of the head itself, with a number's own bytes */
    uint64_t value;
};

static uint64_t big_endian(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;
    while (count--)
        value = value << 8 | *bytes++;
    return value;
}

static uint64_t sign_extend(uint64_t value, size_t bytes)
{
    unsigned unused = (unsigned)(64 - 8 * bytes);
    return (uint64_t)((int64_t)(value << unused) >> unused);
}

/* 0xc0 to 0xdf: the kind, and how many bytes of number follow. */
static struct head long_head(uint8_t first)
{
    switch (first) {
    case 0xC0: return (struct head){ HEAD_NIL, 1, 0 };
    case 0xC2: return (struct head){ HEAD_BOOL, 1, 0 };
    case 0xC3: return (struct head){ HEAD_BOOL, 1, 1 };
    case 0xCC:
    case 0xCD:
    case 0xCE:
    case 0xCF: return (struct head){ HEAD_UNSIGNED, 1 + ((size_t)1 << (first - 0xCC)), 0 };
    case 0xD0:
    case 0xD1:
    case 0xD2:
    case 0xD3: return (struct head){ HEAD_SIGNED, 1 + ((size_t)1 << (first - 0xD0)), 0 };
    case 0xD9:
    case 0xDA:
    case 0xDB: return (struct head){ HEAD_TEXT, 1 + ((size_t)1 << (first - 0xD9)), 0 };
    case 0xDC:
    case 0xDD: return (struct head){ HEAD_ARRAY, 1 + ((size_t)2 << (first - 0xDC)), 0 };
    case 0xDE:
    case 0xDF: return (struct head){ HEAD_MAP, 1 + ((size_t)2 << (first - 0xDE)), 0 };
    default: return (struct head){ HEAD_OTHER, 1, 0 };
    }
}

static bool read_head(const struct cursor *cursor, struct head *head)
{
    if (cursor->at == cursor->end)
        return false;
    uint8_t first = *cursor->at;
    if (first < 0x80 || first >= 0xE0)
        *head = (struct head){ first < 0x80 ? HEAD_UNSIGNED : HEAD_SIGNED, 1, sign_extend(first, 1) };
    else if (first < 0xC0)
        *head = (struct head){ first < 0x90   ? HEAD_MAP
                               : first < 0xA0 ? HEAD_ARRAY
                                              : HEAD_TEXT,
                               1, first < 0xA0 ? first & 0x0F : first & 0x1F };
    else
        *head = long_head(first);
    if (head->size > (size_t)(cursor->end - cursor->at))
        return false;
    if (head->size > 1)
        head->value = big_endian(cursor->at + 1, head->size - 1);
    if (head->size > 1 && head->kind == HEAD_SIGNED)
        head->value = sign_extend(head->value, head->size - 1);
    return true;
}

static bool take_head(struct cursor *cursor, enum head_kind kind, uint64_t *value)
{
    struct head head;
    if (!read_head(cursor, &head) || head.kind != kind)
        return false;
    cursor->at += head.size;
    *value = head.value;
    return true;
}

static bool take_count(struct cursor *cursor, enum head_kind kind, uint32_t *count)
{
    uint64_t value;
    if (!take_head(cursor, kind, &value))
        return false;
    *count = (uint32_t)value;
    return true;
}

bool cursor_array(struct cursor *cursor, uint32_t *count)
{
    return take_count(cursor, HEAD_ARRAY, count);
}

bool cursor_map(struct cursor *cursor, uint32_t *pairs)
{
    return take_count(cursor, HEAD_MAP, pairs);
}

bool cursor_text(struct cursor *cursor, const char **text, uint32_t *length)
{
    if (!take_count(cursor, HEAD_TEXT, length))
        return false;
    *text = (const char *)cursor->at;
    cursor->at += *length;
    return true;
}

bool cursor_integer(struct cursor *cursor, int64_t *value)
{
    struct head head;
    if (!read_head(cursor, &head) || (head.kind != HEAD_UNSIGNED && head.kind != HEAD_SIGNED) ||
        (head.kind == HEAD_UNSIGNED && head.value > INT64_MAX))
        return false;
    cursor->at += head.size;
    *value = (int64_t)head.value;
    return true;
}

bool cursor_bool(struct cursor *cursor, bool *value)
{
    uint64_t number;
    if (!take_head(cursor, HEAD_BOOL, &number))
        return false;
    *value = number == 1;
    return true;
}

bool cursor_nil(struct cursor *cursor)
{
    uint64_t number;
    return take_head(cursor, HEAD_NIL, &number);
}

bool cursor_skip(struct cursor *cursor)
{
    size_t length = frame_value_length((const char *)cursor->at, (size_t)(cursor->end - cursor->at));
    cursor->at += length;
    return length > 0;
}
