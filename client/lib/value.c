/* SPDX-License-Identifier: MIT */
/*
 * The reader of MessagePack (specification: github.com/msgpack/msgpack, spec.md). The invariant: `head_read`
 * looks at no byte beyond `available`, and what it gives is checked against the limit before anyone counts
 * with it.
 */
#include "value.h"

#include <string.h>

enum kind { KIND_NIL, KIND_PLAIN, KIND_UNSIGNED, KIND_SIGNED, KIND_TEXT, KIND_BYTES, KIND_ARRAY, KIND_MAP };

struct head {
    enum kind kind;
    size_t size;    /* of the head itself, with a number's own bytes */
    uint64_t value; /* the number, or the length or count that follows */
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

/* What the first byte says: the kind and how many bytes of number come behind it. False: not allowed here. */
static bool head_of(uint8_t first, struct head *head, size_t *number)
{
    static const struct {
        enum kind kind;
        int8_t number; /* -1: refused */
    } heads[32] = {
        {KIND_NIL,       0 },
        { KIND_NIL,      -1},
        { KIND_PLAIN,    0 },
        { KIND_PLAIN,    0 }, /* c0 nil, c1 never used, bool */
        { KIND_BYTES,    1 },
        { KIND_BYTES,    2 },
        { KIND_BYTES,    4 },
        { KIND_NIL,      -1}, /* c4 bin, c7 ext */
        { KIND_NIL,      -1},
        { KIND_NIL,      -1},
        { KIND_PLAIN,    4 },
        { KIND_PLAIN,    8 }, /* ca float */
        { KIND_UNSIGNED, 1 },
        { KIND_UNSIGNED, 2 },
        { KIND_UNSIGNED, 4 },
        { KIND_UNSIGNED, 8 }, /* cc */
        { KIND_SIGNED,   1 },
        { KIND_SIGNED,   2 },
        { KIND_SIGNED,   4 },
        { KIND_SIGNED,   8 }, /* d0 */
        { KIND_NIL,      -1},
        { KIND_NIL,      -1},
        { KIND_NIL,      -1},
        { KIND_NIL,      -1}, /* d4 fixext */
        { KIND_NIL,      -1},
        { KIND_TEXT,     1 },
        { KIND_TEXT,     2 },
        { KIND_TEXT,     4 }, /* d9 str */
        { KIND_ARRAY,    2 },
        { KIND_ARRAY,    4 },
        { KIND_MAP,      2 },
        { KIND_MAP,      4 }, /* dc, de */
    };
    *number = 0;
    if (first < 0x80)
        *head = (struct head){ KIND_UNSIGNED, 1, first };
    else if (first < 0x90)
        *head = (struct head){ KIND_MAP, 1, first & 0x0F };
    else if (first < 0xA0)
        *head = (struct head){ KIND_ARRAY, 1, first & 0x0F };
    else if (first < 0xC0)
        *head = (struct head){ KIND_TEXT, 1, first & 0x1F };
    else if (first >= 0xE0)
        *head = (struct head){ KIND_SIGNED, 1, sign_extend(first, 1) };
    else {
        if (heads[first - 0xC0].number < 0)
            return false;
        *number = (size_t)heads[first - 0xC0].number;
        *head = (struct head){ heads[first - 0xC0].kind, 1 + *number, 0 };
    }
    return true;
}

static enum scan_result head_read(const uint8_t *bytes, size_t available, struct head *head)
{
    size_t number;
    if (available == 0)
        return SCAN_PART;
    if (!head_of(bytes[0], head, &number))
        return SCAN_BAD;
    if (available < head->size)
        return SCAN_PART;
    if (number) {
        head->value = big_endian(bytes + 1, number);
        if (head->kind == KIND_SIGNED)
            head->value = sign_extend(head->value, number);
    }
    return SCAN_WHOLE;
}

/* RFC 3629: shortest form only, no surrogates, nothing above U+10FFFF. */
static bool is_utf8(const uint8_t *text, size_t length)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    for (size_t i = 0; i < length;) {
        uint8_t first = text[i];
        size_t size = first < 0x80   ? 1
                      : first < 0xC0 ? 0
                      : first < 0xE0 ? 2
                      : first < 0xF0 ? 3
                      : first < 0xF8 ? 4
                                     : 0;
        if (size == 0 || size > length - i)
            return false;
        uint32_t character = size == 1 ? first : first & (0x7Fu >> size);
        for (size_t k = 1; k < size; k++) {
            if ((text[i + k] & 0xC0) != 0x80)
                return false;
            character = character << 6 | (text[i + k] & 0x3Fu);
        }
        if (character < smallest[size] || character > 0x10FFFF || (character >= 0xD800 && character < 0xE000))
            return false;
        i += size;
    }
    return true;
}

/* A value is done with; so is every array and map that it was the last of. */
static void count_off(struct scan *scan)
{
    while (scan->depth && --scan->left[scan->depth - 1] == 0)
        scan->depth--;
}

static enum scan_result scan_one(struct scan *scan, const uint8_t *bytes, size_t available, size_t limit)
{
    struct head head;
    enum scan_result result = head_read(bytes + scan->at, available - scan->at, &head);
    if (result != SCAN_WHOLE)
        return result;
    size_t behind = scan->at + head.size;
    if (behind > limit)
        return SCAN_BAD;
    switch (head.kind) {
    case KIND_TEXT:
    case KIND_BYTES:
        if (head.value > limit - behind)
            return SCAN_BAD;
        if (head.value > available - behind)
            return SCAN_PART;
        if (head.kind == KIND_TEXT && !is_utf8(bytes + behind, (size_t)head.value))
            return SCAN_BAD;
        behind += (size_t)head.value;
        break;
    case KIND_ARRAY:
    case KIND_MAP: {
        uint64_t values = head.kind == KIND_MAP ? 2 * head.value : head.value;
        if (values > limit - behind || scan->depth == VALUE_DEPTH)
            return SCAN_BAD; /* each of them takes a byte at least */
        scan->at = behind;
        if (values)
            scan->left[scan->depth++] = values;
        else
            count_off(scan);
        return SCAN_WHOLE;
    }
    default: break;
    }
    scan->at = behind;
    count_off(scan);
    return SCAN_WHOLE;
}

enum scan_result scan_on(struct scan *scan, const uint8_t *bytes, size_t available, size_t limit)
{
    while (!scan->has_begun || scan->depth) {
        enum scan_result result = scan_one(scan, bytes, available, limit);
        if (result != SCAN_WHOLE)
            return result;
        scan->has_begun = true;
    }
    return SCAN_WHOLE;
}

bool value_is_whole(const uint8_t *bytes, size_t length)
{
    struct scan scan = { 0 };
    return scan_on(&scan, bytes, length, length) == SCAN_WHOLE && scan.at == length;
}

static bool cursor_head(const struct cursor *cursor, struct head *head)
{
    return head_read(cursor->at, (size_t)(cursor->end - cursor->at), head) == SCAN_WHOLE;
}

static bool cursor_count(struct cursor *cursor, enum kind kind, uint32_t *count)
{
    struct head head;
    if (!cursor_head(cursor, &head) || head.kind != kind)
        return false;
    cursor->at += head.size;
    *count = (uint32_t)head.value;
    return true;
}

bool cursor_array(struct cursor *cursor, uint32_t *count)
{
    return cursor_count(cursor, KIND_ARRAY, count);
}

bool cursor_map(struct cursor *cursor, uint32_t *pairs)
{
    return cursor_count(cursor, KIND_MAP, pairs);
}

bool cursor_text(struct cursor *cursor, const char **text, uint32_t *length)
{
    if (!cursor_count(cursor, KIND_TEXT, length))
        return false;
    *text = (const char *)cursor->at;
    cursor->at += *length;
    return true;
}

bool cursor_integer(struct cursor *cursor, int64_t *value)
{
    struct head head;
    if (!cursor_head(cursor, &head) || (head.kind != KIND_UNSIGNED && head.kind != KIND_SIGNED) ||
        (head.kind == KIND_UNSIGNED && head.value > INT64_MAX))
        return false;
    cursor->at += head.size;
    *value = (int64_t)head.value;
    return true;
}

bool cursor_nil(struct cursor *cursor)
{
    struct head head;
    if (!cursor_head(cursor, &head) || head.kind != KIND_NIL)
        return false;
    cursor->at += head.size;
    return true;
}

bool cursor_skip(struct cursor *cursor)
{
    struct scan scan = { 0 };
    size_t left = (size_t)(cursor->end - cursor->at);
    if (scan_on(&scan, cursor->at, left, left) != SCAN_WHOLE)
        return false;
    cursor->at += scan.at;
    return true;
}
