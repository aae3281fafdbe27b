/* SPDX-License-Identifier: MIT */
/*
 * Why not libical, which reads these files too: it turns them into recurrence rules on the way and gets
 * eighteen zones wrong by an hour between 2000 and 2040 (Jerusalem 2013-2016, Sao Paulo 2014, Tehran,
 * Damascus and others).
 */
#include "zone_file.h"

#include "day.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_YEAR = 1970, LAST_YEAR = 2200, HOUR = 3600, WEEK = 7 };

/* RFC 8536, 3.2: no zone is further from UTC than this. */
enum { LEAST_OFFSET = -25 * HOUR + 1, GREATEST_OFFSET = 26 * HOUR - 1 };

/* What is left to read. Reading past the end gives NULL or 0, and is_bad from then on. */
struct input {
    const unsigned char *at, *end;
    bool is_bad;
};

static const unsigned char *take(struct input *input, size_t size)
{
    if (input->is_bad || size > (size_t)(input->end - input->at)) {
        input->is_bad = true;
        return NULL;
    }
    const unsigned char *taken = input->at;
    input->at += size;
    return taken;
}

static int64_t take_big_endian(struct input *input, size_t size)
{
    const unsigned char *bytes = take(input, size);
    uint64_t value = bytes && bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; bytes && i < size; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

/* RFC 8536, 3.1. */
struct header {
    int version;
    uint32_t utc_count, standard_count, leap_count, time_count, type_count, letter_count;
};

static struct header take_header(struct input *input)
{
    struct header header = { 0 };
    const unsigned char *magic = take(input, 5);
    take(input, 15);
    header.utc_count = (uint32_t)take_big_endian(input, 4);
    header.standard_count = (uint32_t)take_big_endian(input, 4);
    header.leap_count = (uint32_t)take_big_endian(input, 4);
    header.time_count = (uint32_t)take_big_endian(input, 4);
    header.type_count = (uint32_t)take_big_endian(input, 4);
    header.letter_count = (uint32_t)take_big_endian(input, 4);
    if (!input->is_bad && memcmp(magic, "TZif", 4) == 0)
        header.version = magic[4] - '0';
    return header;
}

static size_t block_size(const struct header *header, size_t time_size)
{
    return header->time_count * (time_size + 1) + header->type_count * (size_t)6 + header->letter_count +
           header->leap_count * (time_size + 4) + header->standard_count + header->utc_count;
}

static void add_change(struct zone_changes *changes, const struct zone_change *change)
{
    if (changes->count % 64 == 0) {
        changes->list = realloc(changes->list, (changes->count + 64) * sizeof changes->list[0]);
        if (!changes->list)
            abort();
    }
    changes->list[changes->count++] = *change;
}

/* A change after the others; what came before 1970 is folded into the first. Of two at one instant the later
 * counts: a rule may say so of a summer time that never ends (RFC 8536, 3.3.1). */
static bool append(struct zone_changes *changes, struct zone_change change)
{
    struct zone_change *last = &changes->list[changes->count - 1];
    if (change.offset < LEAST_OFFSET || change.offset > GREATEST_OFFSET ||
        (change.since > 0 && change.since < last->since))
        return false;
    if (change.since > 0 && change.since == last->since)
        last = &changes->list[--changes->count - 1];
    if (change.since <= 0) {
        change.since = last->since;
        *last = change;
    } else if (change.offset != last->offset || change.is_daylight != last->is_daylight ||
               strcmp(change.letters, last->letters) != 0) {
        add_change(changes, &change);
    }
    return true;
}

/* What is shown to people and sent to other programs is what real zones are made of, or nothing. */
static void copy_letters(const unsigned char *letters, size_t length, char copy[static ZONE_LETTERS_SIZE])
{
    static const char fit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    copy[0] = 0;
    if (length >= ZONE_LETTERS_SIZE)
        return;
    memcpy(copy, letters, length);
    copy[length] = 0;
    if (strspn(copy, fit) != length)
        copy[0] = 0;
}

/* One of the file's types: 4 bytes of offset, one that is 1 in daylight time, and where its letters begin. */
static bool take_type(struct input types, const struct header *header, const unsigned char *letters,
                      struct zone_change *change)
{
    change->offset = (int32_t)take_big_endian(&types, 4);
    const unsigned char *rest = take(&types, 2);
    const unsigned char *end = rest && rest[1] < header->letter_count
                                   ? memchr(letters + rest[1], 0, header->letter_count - rest[1])
                                   : NULL;
    if (!end)
        return false;
    change->is_daylight = rest[0] != 0;
    copy_letters(letters + rest[1], (size_t)(end - letters) - rest[1], change->letters);
    return true;
}

/* The second block, of 8-byte times: when, which type from then on, and what each type is. */
static bool take_changes(struct input *input, const struct header *header, struct zone_changes *changes)
{
    struct input times = { .at = take(input, header->time_count * (size_t)8) };
    times.end = input->at;
    const unsigned char *types = take(input, header->time_count);
    const unsigned char *offsets = take(input, header->type_count * (size_t)6);
    const unsigned char *letters = take(input, header->letter_count);
    take(input, (size_t)header->standard_count + header->utc_count);
    if (input->is_bad || header->type_count == 0 || header->leap_count > 0)
        return false;
    int64_t previous = INT64_MIN;
    for (uint32_t i = 0; i <= header->time_count; i++) {
        /* before the first time counts type 0 */
        int64_t since = i == 0 ? 0 : take_big_endian(&times, 8);
        size_t type = i == 0 ? 0 : types[i - 1];
        if (type >= header->type_count || (i > 0 && since <= previous))
            return false;
        previous = i == 0 ? previous : since;
        struct zone_change change = { .since = since };
        struct input bytes = { .at = offsets + type * 6, .end = offsets + type * 6 + 6 };
        if (!take_type(bytes, header, letters, &change) || !append(changes, change))
            return false;
    }
    return true;
}

/* ---- the rule at the end: POSIX TZ text, RFC 8536, 3.3 and 3.3.1 ----------------------------------------
 */

/* One of the two changes of each year. */
struct yearly {
    enum { MONTH_WEEKDAY, DAY_OF_YEAR, DAY_WITHOUT_LEAP } kind;
    int month, week, day; /* MONTH_WEEKDAY: day 0 is a Sunday; the others: day alone */
    int seconds; /* into that day, on the clock before the change; may be negative or beyond the day */
};

static bool take_letter(struct input *input, char letter)
{
    if (input->is_bad || input->at == input->end || *input->at != (unsigned char)letter)
        return false;
    input->at++;
    return true;
}

static int take_number(struct input *input, int least, int greatest)
{
    int value = -1;
    while (input->at < input->end && *input->at >= '0' && *input->at <= '9' && value <= greatest)
        value = (value < 0 ? 0 : value * 10) + (*input->at++ - '0');
    if (value < least || value > greatest)
        input->is_bad = true;
    return value;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static int take_time(struct input *input)
{
    int sign = take_letter(input, '-') ? -1 : (take_letter(input, '+'), 1);
    int seconds = take_number(input, 0, 167) * HOUR;
    if (take_letter(input, ':'))
        seconds += take_number(input, 0, 59) * 60;
    if (take_letter(input, ':'))
        seconds += take_number(input, 0, 59);
    return sign * seconds;
}

/* Three letters or more, or anything such as -03 within <>. */
static void take_zone_letters(struct input *input, char letters[static ZONE_LETTERS_SIZE])
{
    bool is_quoted = take_letter(input, '<');
    const unsigned char *start = input->at;
    while (input->at < input->end &&
           (is_quoted ? *input->at != '>' : (*input->at | 0x20) >= 'a' && (*input->at | 0x20) <= 'z'))
        input->at++;
    copy_letters(start, (size_t)(input->at - start), letters);
    input->is_bad |= is_quoted ? !take_letter(input, '>') : input->at - start < 3;
}

static struct yearly take_yearly(struct input *input)
{
    struct yearly yearly = { .kind = DAY_OF_YEAR, .seconds = 2 * HOUR };
    input->is_bad |= !take_letter(input, ',');
    if (take_letter(input, 'M')) {
        yearly.kind = MONTH_WEEKDAY;
        yearly.month = take_number(input, 1, 12);
        input->is_bad |= !take_letter(input, '.');
        yearly.week = take_number(input, 1, 5);
        input->is_bad |= !take_letter(input, '.');
        yearly.day = take_number(input, 0, 6);
    } else if (take_letter(input, 'J')) {
        yearly.kind = DAY_WITHOUT_LEAP;
        yearly.day = take_number(input, 1, 365);
    } else {
        yearly.day = take_number(input, 0, 365);
    }
    if (take_letter(input, '/'))
        yearly.seconds = take_time(input);
    return yearly;
}

/* Seconds from the epoch on the clock that shows the change coming. */
static int64_t yearly_local(const struct yearly *yearly, int year)
{
    int32_t new_year = day_from_civil((struct civil){ year, 1, 1 });
    int32_t day = new_year + yearly->day;
    if (yearly->kind == DAY_WITHOUT_LEAP) {
        bool is_leap = civil_is_valid((struct civil){ year, 2, 29 });
        day -= !(is_leap && yearly->day >= 60);
    } else if (yearly->kind == MONTH_WEEKDAY) {
        int32_t first = day_from_civil((struct civil){ year, yearly->month, 1 });
        int sunday_first = ((int)day_weekday(first) + 1) % WEEK;
        day = first + (yearly->day - sunday_first + WEEK) % WEEK + (yearly->week - 1) * WEEK;
        /* week 5 is the last one there is */
        if (day_to_civil(day).month != yearly->month)
            day -= WEEK;
    }
    return (int64_t)day * DAY_SECONDS + yearly->seconds;
}

/* Lays the rule out from the last change of the file on. */
static bool extend(struct input *input, struct zone_changes *changes)
{
    if (input->at == input->end)
        return true;
    struct zone_change standard = { .is_daylight = false }, summer = { .is_daylight = true };
    take_zone_letters(input, standard.letters);
    standard.offset = -take_time(input);
    summer.offset = standard.offset + HOUR;
    if (input->is_bad || input->at == input->end)
        return !input->is_bad;
    take_zone_letters(input, summer.letters);
    if (input->at < input->end && *input->at != ',')
        summer.offset = -take_time(input);
    struct yearly begins = take_yearly(input), ends = take_yearly(input);
    if (input->is_bad || input->at != input->end)
        return false;
    int64_t last = changes->list[changes->count - 1].since;
    for (int year = day_to_civil(day_of_seconds(last)).year; year <= LAST_YEAR; year++) {
        struct zone_change pair[] = { summer, standard };
        pair[0].since = yearly_local(&begins, year) - standard.offset;
        pair[1].since = yearly_local(&ends, year) - summer.offset;
        int first = pair[0].since > pair[1].since;
        for (int i = 0; i < 2; i++)
            if (pair[first ^ i].since > last && !append(changes, pair[first ^ i]))
                return false;
    }
    return true;
}

/* The text between the last two line feeds of the file. */
static bool take_rule(struct input *input, struct zone_changes *changes)
{
    if (!take_letter(input, '\n') || input->at == input->end || input->end[-1] != '\n')
        return false;
    input->end--;
    return extend(input, changes);
}

bool zone_file_parse(const unsigned char *bytes, size_t size, struct zone_changes *changes)
{
    struct input input = { .at = bytes, .end = bytes + size };
    struct header header = take_header(&input);
    take(&input, block_size(&header, 4));
    int version = header.version;
    header = take_header(&input);
    if (input.is_bad || version < 2 || header.version != version)
        return false;
    struct zone_changes made = { 0 };
    add_change(&made, &(struct zone_change){ 0 });
    if (!take_changes(&input, &header, &made) || !take_rule(&input, &made)) {
        free(made.list);
        return false;
    }
    *changes = made;
    return true;
}
