/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <string.h>

/* What the first byte of a value tells: https://github.com/msgpack/msgpack/blob/master/spec.md */
struct head {
    size_t size;       /* bytes of the head itself, with the length that it declares */
    uint64_t payload;  /* bytes that follow it */
    uint64_t children; /* values that follow it */
    bool is_nest;      /* an array or a map, also an empty one */
};

enum head_result { HEAD_GOOD, HEAD_SHORT, HEAD_BAD };

static uint64_t big_endian(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0;
    while (count--)
        value = value << 8 | *bytes++;
    return value;
}

/* Of 0xc0 + i: how many bytes declare the length, and how many bytes follow beside. 0xc1 is never used. */
static const struct {
    unsigned char length_size, fixed;
} long_heads[32] = {
    {0,  0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 }, /* nil, never used, false, true */
    { 1, 0 },
    { 2, 0 },
    { 4, 0 }, /* bin */
    { 1, 1 },
    { 2, 1 },
    { 4, 1 }, /* ext: a byte of type comes before the data */
    { 0, 4 },
    { 0, 8 }, /* float */
    { 0, 1 },
    { 0, 2 },
    { 0, 4 },
    { 0, 8 }, /* uint */
    { 0, 1 },
    { 0, 2 },
    { 0, 4 },
    { 0, 8 }, /* int */
    { 0, 2 },
    { 0, 3 },
    { 0, 5 },
    { 0, 9 },
    { 0, 17}, /* fixext */
    { 1, 0 },
    { 2, 0 },
    { 4, 0 }, /* str */
    { 2, 0 },
    { 4, 0 },
    { 2, 0 },
    { 4, 0 }, /* array, map */
};

static enum head_result read_long_head(const unsigned char *bytes, size_t size, struct head *head)
{
    unsigned i = bytes[0] - 0xC0U;
    if (bytes[0] == 0xC1)
        return HEAD_BAD;
    head->size = 1U + long_heads[i].length_size;
    if (size < head->size)
        return HEAD_SHORT;
    uint64_t declared = big_endian(bytes + 1, long_heads[i].length_size);
    head->is_nest = i >= 0x1C; /* arrays, then maps */
    if (head->is_nest)
        head->children = i >= 0x1E ? declared * 2 : declared;
    else
        head->payload = declared + long_heads[i].fixed;
    return HEAD_GOOD;
}

static enum head_result read_head(const unsigned char *bytes, size_t size, struct head *head)
{
    *head = (struct head){ .size = 1 };
    if (size == 0)
        return HEAD_SHORT;
    unsigned char first = bytes[0];
    if (first < 0x80 || first >= 0xE0)
        return HEAD_GOOD;
    if (first >= 0xC0)
        return read_long_head(bytes, size, head);
    head->is_nest = first < 0xA0;
    if (!head->is_nest)
        head->payload = first & 0x1F;
    else
        head->children = first >= 0x90 ? first & 0x0F : (first & 0x0FU) * 2;
    return HEAD_GOOD;
}

/* A value is whole: so may be the array that it was the last of, and the one around that. */
static void close_full(struct frame_scan *scan)
{
    while (scan->depth > 0 && scan->left[scan->depth] == 0)
        scan->depth--;
}

static enum code refuse_depth(struct error *error)
{
    return fail(error, INVALID, NULL, _("the message is nested more than %d deep"), FRAME_DEPTH);
}

enum code frame_next(struct frame_scan *scan, const char *bytes, size_t size, size_t *length,
                     struct error *error)
{
    if (!scan->has_begun)
        *scan = (struct frame_scan){ .left = { 1 }, .has_begun = true };
    while (scan->left[0] > 0 || scan->depth > 0) {
        struct head head;
        size_t available = size - scan->offset;
        enum head_result result = read_head((const unsigned char *)bytes + scan->offset, available, &head);
        if (result == HEAD_BAD)
            return fail(error, INVALID, NULL, _("the message holds a byte that MessagePack never uses"));
        if (result == HEAD_SHORT)
            return BUSY;
        /* each child is a byte at least, so a declared length that cannot fit is refused before it is waited
         * for */
        if (scan->offset + head.size + head.payload + head.children > FRAME_SIZE)
            return fail(error, TOO_LARGE, NULL, _("a message is at most %d bytes"), FRAME_SIZE);
        if (head.size + head.payload > available)
            return BUSY;
        scan->offset += head.size + head.payload;
        scan->left[scan->depth]--;
        if (head.is_nest && scan->depth == FRAME_DEPTH)
            return refuse_depth(error);
        if (head.children)
            scan->left[++scan->depth] = head.children;
        close_full(scan);
    }
    *length = scan->offset;
    return OK;
}

size_t frame_value_length(const char *bytes, size_t size)
{
    struct frame_scan scan = { 0 };
    struct error error;
    size_t length = 0;
    return frame_next(&scan, bytes, size, &length, &error) == OK ? length : 0;
}

/* ---- the message in the frame ---- */

struct cursor {
    const unsigned char *at;
    size_t left;
};

static bool take_head(struct cursor *cursor, struct head *head, unsigned char *first)
{
    if (read_head(cursor->at, cursor->left, head) != HEAD_GOOD || head->size > cursor->left)
        return false;
    *first = *cursor->at;
    cursor->at += head->size;
    cursor->left -= head->size;
    return true;
}

static bool take_array(struct cursor *cursor, uint64_t *count)
{
    struct head head;
    unsigned char first;
    if (!take_head(cursor, &head, &first) || !((first & 0xF0) == 0x90 || first == 0xDC || first == 0xDD))
        return false;
    *count = head.children;
    return true;
}

/* A msgid is 32 bits wide. */
static bool take_unsigned(struct cursor *cursor, uint32_t *value)
{
    struct head head;
    unsigned char first;
    if (!take_head(cursor, &head, &first) || !(first < 0x80 || (first >= 0xCC && first <= 0xCF)) ||
        head.payload > cursor->left)
        return false;
    uint64_t number = first < 0x80 ? first : big_endian(cursor->at, (size_t)head.payload);
    cursor->at += head.payload;
    cursor->left -= (size_t)head.payload;
    *value = (uint32_t)number;
    return number <= UINT32_MAX;
}

static bool take_text(struct cursor *cursor, const char **text, size_t *length)
{
    struct head head;
    unsigned char first;
    if (!take_head(cursor, &head, &first) || !((first & 0xE0) == 0xA0 || (first >= 0xD9 && first <= 0xDB)) ||
        head.payload > cursor->left)
        return false;
    *text = (const char *)cursor->at;
    *length = (size_t)head.payload;
    cursor->at += head.payload;
    cursor->left -= (size_t)head.payload;
    return true;
}

static bool take_packed(struct cursor *cursor, struct packed *packed)
{
    packed->bytes = (const char *)cursor->at;
    packed->size = frame_value_length(packed->bytes, cursor->left);
    cursor->at += packed->size;
    cursor->left -= packed->size;
    return packed->size > 0;
}

/* Parameters are an array with at most one element, a map of named values. */
static bool take_params(struct cursor *cursor, struct packed *params)
{
    uint64_t count;
    if (!take_array(cursor, &count) || count > 1)
        return false;
    *params = (struct packed){ NULL, 0 };
    return count == 0 || take_packed(cursor, params);
}

enum code frame_open(const char *bytes, size_t length, struct message *message, struct error *error)
{
    struct cursor cursor = { (const unsigned char *)bytes, length };
    uint64_t count;
    uint32_t type;
    *message = (struct message){ 0 };
    bool is_good = take_array(&cursor, &count) && take_unsigned(&cursor, &type) &&
                   type <= MESSAGE_NOTIFICATION && count == (type == MESSAGE_NOTIFICATION ? 3 : 4);
    if (is_good) {
        message->type = (int)type;
        message->has_id = type != MESSAGE_NOTIFICATION && take_unsigned(&cursor, &message->id);
        is_good = message->has_id || type == MESSAGE_NOTIFICATION;
    }
    if (is_good && type == MESSAGE_RESPONSE)
        is_good = take_packed(&cursor, &message->error) && take_packed(&cursor, &message->params);
    else if (is_good)
        is_good = take_text(&cursor, &message->method, &message->method_length) &&
                  take_params(&cursor, &message->params);
    if (!is_good)
        return fail(error, INVALID, NULL, _("a request is [0, number, method, [{parameters}]]"));
    return OK;
}
