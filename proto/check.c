/* SPDX-License-Identifier: MIT */
/* The checks that concern one field. What concerns two ("end after start") is the handler's. */
#include "character.h"
#include "record.h"

#include "day.h"

#include <inttypes.h>
#include <string.h>

/* Bytes that follow the first one of a UTF-8 character; -1 where no character begins so. */
static int following(unsigned char first)
{
    return first < 0x80 ? 0 : first < 0xC2 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : -1;
}

/* Over-long forms, surrogates and what lies beyond U+10FFFF: RFC 3629, section 4. */
static bool second_is_wrong(unsigned char first, unsigned char second)
{
    return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
           (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
}

static bool is_control(unsigned char first, unsigned char second, bool may_break)
{
    bool is_c1 = first == 0xC2 && second < 0xA0;
    return (first < 0x20 && !(first == '\n' && may_break)) || first == 0x7F || is_c1;
}

int64_t text_length(const char *text, bool may_break)
{
    const unsigned char *s = (const unsigned char *)text;
    int64_t count = 0;
    for (; *s; count++) {
        unsigned char first = *s++;
        int more = following(first);
        if (more < 0 || is_control(first, *s, may_break) || (more > 0 && second_is_wrong(first, *s)))
            return -1;
        for (; more > 0; more--)
            if ((*s++ & 0xC0) != 0x80)
                return -1;
    }
    return count;
}

bool slug_is_valid(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
    return length >= 1 && length <= 64 && !text[length] && !strchr("-_.", text[0]);
}

static enum code check_text(const struct field *field, const char *text, struct error *error)
{
    int64_t length = text_length(text, field->has_lines);
    if (length < 0)
        return fail(error, INVALID, field->name,
                    field->has_lines ? _("must be plain UTF-8 text")
                                     : _("must be plain UTF-8 text on one line"));
    if (length < field->min || length > field->max)
        return fail(error, INVALID, field->name,
                    _("must have %" PRId64 " to %" PRId64 " characters, not %" PRId64), field->min,
                    field->max, length);
    if (field->min > 0 && !characters_show(text))
        return fail(error, INVALID, field->name, _("has nothing in it that can be read"));
    return OK;
}

static enum code check_number(const struct field *field, int64_t number, struct error *error)
{
    if (number < field->min || number > field->max)
        return fail(error, INVALID, field->name, _("must be %" PRId64 " to %" PRId64 ", not %" PRId64),
                    field->min, field->max, number);
    return OK;
}

static enum code check_slug(const struct field *field, const char *text, struct error *error)
{
    if (!slug_is_valid(text))
        return fail(
            error, INVALID, field->name,
            _("an id is 1 to 64 of a-z, 0-9, hyphen, underscore and dot, beginning with a letter or digit"));
    return OK;
}

/* The letters of any RRULE; what they mean is the calendar's to judge (RFC 5545, section 3.3.10). */
static enum code check_rule(const struct field *field, const char *text, struct error *error)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=;,+-");
    if (length == 0 || length > 500 || text[length])
        return fail(error, INVALID, field->name, _("a rule is written FREQ=MONTHLY;BYDAY=1TU"));
    return OK;
}

static enum code check_moment(const struct field *field, const char *text, struct error *error)
{
    size_t length = strlen(text);
    int32_t day;
    int64_t time;
    if (!day_parse(text, length, &day) && !local_parse(text, length, &time) &&
        !instant_parse(text, length, &time))
        return fail(
            error, INVALID, field->name,
            _("a moment is a day such as 2027-03-01, a local time such as 2027-03-01T14:00, or an instant "
              "such as 2027-03-01T13:00:00Z"));
    return OK;
}

static enum code check_value(const struct field *field, const void *value, struct error *error)
{
    switch (field->kind) {
    case KIND_TEXT: return check_text(field, *(const char *const *)value, error);
    case KIND_SLUG: return check_slug(field, *(const char *const *)value, error);
    case KIND_RULE: return check_rule(field, *(const char *const *)value, error);
    case KIND_MOMENT: return check_moment(field, *(const char *const *)value, error);
    case KIND_INTEGER:
    case KIND_MINUTES: return check_number(field, *(const int64_t *)value, error);
    case KIND_RECORD: return record_check(field->record, value, error);
    case KIND_BOOL:
    case KIND_DATE:
    case KIND_INSTANT:
    case KIND_LOCAL:
    case KIND_ONE:
    case KIND_VALUE: return OK;
    }
    return OK;
}

/* In a list of texts an item can be NULL only where a handler forgot it. */
static bool is_missing(const struct field *field, const void *value)
{
    return (kind_is_text(field->kind) && !*(const char *const *)value) ||
           (field->kind == KIND_VALUE && !((const struct packed *)value)->bytes);
}

enum code record_check(const struct record *record, const void *base, struct error *error)
{
    for (const struct field *field = record->fields; field < record->fields + record->fields_count; field++) {
        size_t count = field_count(field, base);
        if (count == 0 && !field->is_optional && !field->is_list)
            return fail(error, INVALID, field->name, _("is required"));
        if (field->is_list && count > field->at_most)
            return fail(error, INVALID, field->name, _("has %zu items; at most %" PRIu32 " are taken"), count,
                        field->at_most);
        for (size_t i = 0; i < count; i++) {
            const void *value = field_at(field, base, i);
            if (is_missing(field, value))
                return fail(error, INVALID, field->name, _("is required"));
            if (check_value(field, value, error))
                return error->code;
        }
    }
    return OK;
}

enum code record_complete(const struct record *record, uint64_t given, void *base, struct error *error)
{
    for (size_t i = 0; i < record->fields_count; i++) {
        const struct field *field = &record->fields[i];
        char *place = (char *)base + field->offset;
        if (given >> i & 1 || field->is_optional || field->is_list)
            continue;
        if (!field->has_default)
            return fail(error, INVALID, field->name, _("is required"));
        if (field->kind == KIND_BOOL)
            *(bool *)place = field->initial != 0;
        else if (field->kind == KIND_ONE)
            *(int *)(void *)place = (int)field->initial;
        else
            *(int64_t *)(void *)place = field->initial;
    }
    return OK;
}
