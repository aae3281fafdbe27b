/* SPDX-License-Identifier: MIT */
/* Entries as iCalendar, line for line; that others read them as they were meant is test_readers.py's to see.
 */
#include "icalendar.h"

#include "catalogue.h"
#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct observance copenhagen[] = {
    {1792897200,  7200, 3600, false, "CET" }, /* 2026-10-25T03:00 */
    { 1806199200, 3600, 7200, true,  "CEST"}, /* 2027-03-28T02:00 */
};
static int64_t starts = 1803891600, ends = 1803895200; /* 2027-03-01T09:00, 10:00 */
static int64_t starts_at = 1803888000, ends_at = 1803891600;
static int32_t from = 20878, to = 20882; /* 2027-03-01, 2027-03-05 */

static struct calendar_entry turn(void)
{
    return (struct calendar_entry){ .uid = "showcase-12",
                                    .subject = "showcase-12",
                                    .sequence = 3,
                                    .stamped_at = 1799049600,
                                    .state = CALENDAR_ENTRY_STATE_CONFIRMED,
                                    .title = "Showcase",
                                    .text = "Anna presents.",
                                    .starts = &starts,
                                    .ends = &ends,
                                    .starts_at = &starts_at,
                                    .ends_at = &ends_at,
                                    .zone = "Europe/Copenhagen",
                                    .observances = copenhagen,
                                    .observances_count = 2 };
}

static const struct icalendar stored = { .method = ICALENDAR_STORED, .domain = "firma.example" };

static char *unfolded(char *text)
{
    for (char *fold; (fold = strstr(text, "\r\n "));)
        memmove(fold, fold + 3, strlen(fold + 3) + 1);
    return text;
}

static void expect_lines(const struct icalendar *calendar, struct calendar_entry entry, const char *lines)
{
    char *text = unfolded(icalendar_write(calendar, &entry, 1));
    if (!strstr(text, lines))
        fail_msg("no \"%s\" in \"%s\"", lines, text);
    free(text);
}

static void expect_no(struct calendar_entry entry, const char *part)
{
    char *text = icalendar_write(&stored, &entry, 1);
    if (strstr(text, part))
        fail_msg("\"%s\" in \"%s\"", part, text);
    free(text);
}

static void a_turn_is_in_its_zone(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    char *text = icalendar_write(&stored, &entry, 1);
    assert_string_equal(text, "BEGIN:VCALENDAR\r\n"
                              "VERSION:2.0\r\n"
                              "PRODID:-//Laug//Laug//EN\r\n"
                              "BEGIN:VTIMEZONE\r\n"
                              "TZID:Europe/Copenhagen\r\n"
                              "BEGIN:STANDARD\r\n"
                              "DTSTART:20261025T030000\r\n"
                              "TZOFFSETFROM:+0200\r\n"
                              "TZOFFSETTO:+0100\r\n"
                              "TZNAME:CET\r\n"
                              "END:STANDARD\r\n"
                              "BEGIN:DAYLIGHT\r\n"
                              "DTSTART:20270328T020000\r\n"
                              "TZOFFSETFROM:+0100\r\n"
                              "TZOFFSETTO:+0200\r\n"
                              "TZNAME:CEST\r\n"
                              "END:DAYLIGHT\r\n"
                              "END:VTIMEZONE\r\n"
                              "BEGIN:VEVENT\r\n"
                              "UID:showcase-12@firma.example\r\n"
                              "DTSTAMP:20270104T080000Z\r\n"
                              "LAST-MODIFIED:20270104T080000Z\r\n"
                              "SEQUENCE:3\r\n"
                              "DTSTART;TZID=Europe/Copenhagen:20270301T090000\r\n"
                              "DTEND;TZID=Europe/Copenhagen:20270301T100000\r\n"
                              "SUMMARY:Showcase\r\n"
                              "DESCRIPTION:Anna presents.\r\n"
                              "STATUS:CONFIRMED\r\n"
                              "TRANSP:OPAQUE\r\n"
                              "END:VEVENT\r\n"
                              "END:VCALENDAR\r\n");
    free(text);
}

static void whole_days_end_with_the_day_after(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    entry.starts = entry.ends = entry.starts_at = entry.ends_at = NULL;
    entry.from = &from;
    entry.to = &to;
    expect_lines(&stored, entry, "DTSTART;VALUE=DATE:20270301\r\nDTEND;VALUE=DATE:20270306\r\n");
    expect_no(entry, "VTIMEZONE");
    entry.to = NULL;
    expect_lines(&stored, entry, "DTSTART;VALUE=DATE:20270301\r\nDTEND;VALUE=DATE:20270302\r\n");
}

static void without_observances_it_is_in_utc(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    entry.observances_count = 0;
    expect_lines(&stored, entry, "DTSTART:20270301T080000Z\r\nDTEND:20270301T090000Z\r\n");
    expect_no(entry, "VTIMEZONE");
}

/* On 2027-10-31 the clock goes back at 03:00: from 02:30 to 02:30 is an hour. */
static void an_hour_that_comes_twice_has_a_length(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    int64_t twice = 1824949800, first = 1824942600, second = 1824946200;
    entry.starts = entry.ends = &twice;
    entry.starts_at = &first;
    entry.ends_at = &second;
    expect_lines(&stored, entry, "DTSTART;TZID=Europe/Copenhagen:20271031T023000\r\nDURATION:PT1H\r\n");
}

/* From Saturday 2027-10-30 at 12:00, and 24 hours later it is 11:00: a day would end at 12:00 again. */
static void a_day_is_as_long_as_it_is(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    int64_t noon = 1824897600, eleven = 1824980400, began_at = 1824890400, ended_at = 1824976800;
    entry.starts = &noon;
    entry.ends = &eleven;
    entry.starts_at = &began_at;
    entry.ends_at = &ended_at;
    expect_lines(&stored, entry, "DTSTART;TZID=Europe/Copenhagen:20271030T120000\r\nDURATION:PT24H\r\n");
}

static void methods_have_their_parties(void **state)
{
    (void)state;
    struct icalendar calendar = {
        .method = ICALENDAR_REQUEST,
        .domain = "firma.example",
        .organizer = {"Laug",                     "laug@firma.example"    },
        .attendee = { "Anna \"A\" Åkjær; x:y", "anna+50%@firma.example"}
    };
    expect_lines(&calendar, turn(), "\r\nMETHOD:REQUEST\r\n");
    expect_lines(&calendar, turn(), "\r\nORGANIZER;CN=Laug:mailto:laug@firma.example\r\n");
    expect_lines(&calendar, turn(),
                 "\r\nATTENDEE;CN=\"Anna 'A' Åkjær; x:y\";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;"
                 "RSVP=FALSE:mailto:anna+50%25@firma.example\r\n");
    expect_lines(&calendar, turn(), "\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n");
    calendar.method = ICALENDAR_CANCEL;
    expect_lines(&calendar, turn(), "\r\nMETHOD:CANCEL\r\n");
    expect_lines(&calendar, turn(), "\r\nSTATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\n");
    calendar = (struct icalendar){ .method = ICALENDAR_PUBLISH, .domain = "d", .name = "Team\nquality" };
    expect_lines(&calendar, turn(), "\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Team quality\r\n");
}

static void an_open_turn_is_tentative(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    entry.state = CALENDAR_ENTRY_STATE_TENTATIVE;
    expect_lines(&stored, entry, "\r\nSTATUS:TENTATIVE\r\nTRANSP:TRANSPARENT\r\n");
}

static void zones_of_many_are_joined(void **state)
{
    (void)state;
    static struct observance later[] = {
        {1806199200,  3600, 7200, true,  "CEST"}, /* 2027-03-28T02:00, told by both */
        { 1824951600, 7200, 3600, false, "CET" }, /* 2027-10-31T03:00 */
    };
    static struct observance tokyo[] = {
        {-30000000000, 33539, 32400, false, "JST"}
    };
    struct calendar_entry entries[] = { turn(), turn(), turn() };
    entries[1].observances = later;
    entries[2].zone = "Asia/Tokyo";
    entries[2].observances = tokyo;
    entries[2].observances_count = 1;
    char *text = icalendar_write(&stored, entries, 3), *first = strstr(text, "TZID:Asia/Tokyo");
    assert_non_null(first);
    assert_non_null(strstr(first, "DTSTART:16010101T000000\r\nTZOFFSETFROM:+091859\r\n"));
    size_t zones = 0, daylight = 0;
    for (const char *at = text; (at = strstr(at, "BEGIN:VTIMEZONE")); at++)
        zones++;
    for (const char *at = text; (at = strstr(at, "BEGIN:DAYLIGHT")); at++)
        daylight++;
    assert_int_equal(zones, 2);
    assert_int_equal(daylight, 1);
    assert_non_null(strstr(text, "DTSTART:20271031T030000"));
    free(text);
}

static void what_people_write_is_data(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    entry.title = "a;b,c\\d\r\nEND:VEVENT\r\nBEGIN:VALARM\tx\x01\x7f";
    entry.text = "one\r\ntwo\rthree\nfour\xE2\x80\xAE!\xFF.";
    expect_lines(&stored, entry, "\r\nSUMMARY:a\\;b\\,c\\\\d END:VEVENT BEGIN:VALARM x\r\n");
    expect_lines(&stored, entry, "\r\nDESCRIPTION:one\\ntwo\\nthree\\nfour!\xEF\xBF\xBD.\r\n");
}

static void lines_are_short_and_whole_characters(void **state)
{
    (void)state;
    static const char *const pieces[] = { "x", "漢", "🎉", "æ", "; ", "\\", "a b " };
    char title[4001];
    for (size_t piece = 0; piece < sizeof pieces / sizeof *pieces; piece++)
        for (size_t lead = 0; lead < 6; lead++) {
            memset(title, '-', lead);
            title[lead] = 0;
            while (strlen(title) + strlen(pieces[piece]) < sizeof title)
                strcat(title, pieces[piece]);
            struct calendar_entry entry = turn();
            entry.title = title;
            char *text = icalendar_write(&stored, &entry, 1);
            for (const char *line = text, *end; (end = strstr(line, "\r\n")); line = end + 2) {
                assert_in_range(end - line, 1, 75);
                assert_true(((unsigned char)*line & 0xC0) != 0x80);
                assert_false(line[0] == ' ' && ((unsigned char)line[1] & 0xC0) == 0x80);
            }
            free(text);
        }
}

static void same_where_only_stamps_differ(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    char *ours = icalendar_write(&stored, &entry, 1);
    entry.stamped_at += 60;
    char *theirs = icalendar_write(&stored, &entry, 1);
    assert_true(icalendar_is_same(ours, ours));
    assert_true(icalendar_is_same(ours, theirs));
    free(theirs);
    free(ours);
}

/* A server may fold, escape, quote and order in ways of its own, and add what only some program reads. */
static void same_in_other_words(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    entry.title = "Show, tell; and more";
    char *ours = icalendar_write(&stored, &entry, 1);
    assert_true(icalendar_is_same(ours,
                                  "begin:vcalendar\nBEGIN:VEVENT\nCREATED:20270104T080000Z\n"
                                  "X-MOZ-GENERATION:4\nTRANSP:OPAQUE\nSTATUS:CONFIRMED\nSEQUENCE:3\n"
                                  "DTSTART;X-A=\"b:c\";TZID=\"Europe/Copenhagen\":20270301T090000\n"
                                  "DTEND;TZID=Europe/Copenhagen:20270301T100000\n"
                                  "UID:showcase-12@firma.example\nDESCRI\n\tPTION:Anna prese\n nts.\n"
                                  "SUMMARY;LANGUAGE=en:Show\\, tell\\; \n an\n d more\n"
                                  "BEGIN:VALARM\nACTION:DISPLAY\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR"));
    free(ours);
}

/* Expects that `edit`, put in place of `line`, is seen. */
static void expect_seen(const char *line, const char *edit)
{
    struct calendar_entry entry = turn();
    char *ours = icalendar_write(&stored, &entry, 1), *theirs, *at = strstr(ours, line);
    assert_non_null(at);
    assert_true(asprintf(&theirs, "%.*s%s%s", (int)(at - ours), ours, edit, at + strlen(line)) > 0);
    if (icalendar_is_same(ours, theirs))
        fail_msg("not seen: %s", edit);
    free(theirs);
    free(ours);
}

static void every_edit_is_seen(void **state)
{
    (void)state;
    expect_seen("SUMMARY:Showcase", "SUMMARY:Lunch");
    expect_seen("DTSTART;TZID=Europe/Copenhagen:20270301T090000",
                "DTSTART;TZID=Europe/Copenhagen:20270301T093000");
    expect_seen("DTSTART;TZID=Europe/Copenhagen:20270301T090000",
                "DTSTART;TZID=Europe/Paris:20270301T090000");
    expect_seen("DTSTART;TZID=Europe/Copenhagen:20270301T090000", "DTSTART:20270301T090000Z");
    expect_seen("STATUS:CONFIRMED", "STATUS:CANCELLED");
    expect_seen("TRANSP:OPAQUE", "TRANSP:OPAQUE\r\nRRULE:FREQ=DAILY");
    expect_seen("DESCRIPTION:Anna presents.\r\n", "");
    expect_seen("END:VEVENT\r\n", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n");
    expect_seen("BEGIN:VCALENDAR", "");
    expect_seen("END:VEVENT", "");
    expect_seen("END:VCALENDAR",
                "END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR");
}

static void uids_are_found(void **state)
{
    (void)state;
    struct calendar_entry entry = turn();
    char *text = icalendar_write(&stored, &entry, 1), *uid = icalendar_uid(text);
    assert_string_equal(uid, "showcase-12@firma.example");
    free(uid);
    free(text);
    assert_null(icalendar_uid(""));
    assert_null(icalendar_uid("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"));
    assert_null(icalendar_uid("BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n"));
    assert_null(icalendar_uid("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nEND:VEVENT\nEND:VCALENDAR\nEND:X\n"));
    assert_null(icalendar_uid("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID;A=\"x:y\nEND:VEVENT\nEND:VCALENDAR\n"));
    assert_null(icalendar_uid("\x01\xFF;;;:::\r\n \r\n"));
}

/* Bytes changed, left out and doubled at random; the sanitizers watch. The seed makes it the same every time.
 */
static void whatever_a_server_says_is_survived(void **state)
{
    (void)state;
    static const char pieces[] = "\r\n \t;:\"\\,=BEGIN:VEVENT\nEND:UID;TZID=";
    struct calendar_entry entry = turn();
    char *ours = icalendar_write(&stored, &entry, 1);
    size_t length = strlen(ours);
    unsigned chance = 1;
    for (int round = 0; round < 20000; round++) {
        char *theirs = malloc(2 * length + 1);
        assert_non_null(theirs);
        size_t at = 0;
        for (size_t i = 0; i < length && at < 2 * length; i++) {
            chance = chance * 1103515245 + 12345;
            unsigned pick = chance >> 16 & 0x3FF;
            if (pick < 4)
                continue;
            theirs[at++] = pick < 8 ? pieces[(chance >> 8) % (sizeof pieces - 1)] : ours[i];
            if (pick >= 1020 && i > 20)
                i -= 20;
        }
        theirs[at] = 0;
        icalendar_is_same(ours, theirs);
        free(icalendar_uid(theirs));
        free(theirs);
    }
    free(ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_is_in_its_zone),
        cmocka_unit_test(whole_days_end_with_the_day_after),
        cmocka_unit_test(without_observances_it_is_in_utc),
        cmocka_unit_test(an_hour_that_comes_twice_has_a_length),
        cmocka_unit_test(a_day_is_as_long_as_it_is),
        cmocka_unit_test(methods_have_their_parties),
        cmocka_unit_test(an_open_turn_is_tentative),
        cmocka_unit_test(zones_of_many_are_joined),
        cmocka_unit_test(what_people_write_is_data),
        cmocka_unit_test(lines_are_short_and_whole_characters),
        cmocka_unit_test(same_where_only_stamps_differ),
        cmocka_unit_test(same_in_other_words),
        cmocka_unit_test(every_edit_is_seen),
        cmocka_unit_test(uids_are_found),
        cmocka_unit_test(whatever_a_server_says_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
