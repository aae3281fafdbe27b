/* SPDX-License-Identifier: MIT */
/* What clocks do twice a year; the whole of all zones is test_zones.py's. */
#include "zone.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

static struct zones *zones;

static int set_up(void **state)
{
    (void)state;
    zones = zones_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zones_free(zones);
    return 0;
}

static const struct zone *find(const char *name)
{
    const struct zone *zone = NULL;
    struct error error;
    assert_int_equal(zones_find(zones, name, "zone", &zone, &error), OK);
    assert_string_equal(zone_name(zone), name);
    return zone;
}

static int64_t local(const char *text)
{
    int64_t found;
    assert_true(local_parse(text, strlen(text), &found));
    return found;
}

/* A local time, the instant it means, and what the clock shows then. */
static void clock_shows(const char *name, const char *asked, const char *instant, const char *shown)
{
    char text[INSTANT_TEXT_SIZE], again[LOCAL_TEXT_SIZE];
    const struct zone *zone = find(name);
    int64_t found = zone_instant(zone, local(asked));
    assert_string_equal(instant_print(found, text), instant);
    assert_string_equal(local_print(zone_local(zone, found), again), shown);
}

static void gap_takes_the_offset_before(void **state)
{
    (void)state;
    clock_shows("Europe/Copenhagen", "2027-03-28T01:59:59", "2027-03-28T00:59:59Z", "2027-03-28T01:59:59");
    clock_shows("Europe/Copenhagen", "2027-03-28T02:00", "2027-03-28T01:00:00Z", "2027-03-28T03:00");
    clock_shows("Europe/Copenhagen", "2027-03-28T02:30", "2027-03-28T01:30:00Z", "2027-03-28T03:30");
    clock_shows("Europe/Copenhagen", "2027-03-28T03:00", "2027-03-28T01:00:00Z", "2027-03-28T03:00");
    clock_shows("Europe/Copenhagen", "2027-03-28T09:00", "2027-03-28T07:00:00Z", "2027-03-28T09:00");
    clock_shows("Europe/Helsinki", "2026-03-29T03:30", "2026-03-29T01:30:00Z", "2026-03-29T04:30");
    /* half an hour; a gap at midnight; a whole day that never was */
    clock_shows("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z", "2026-10-04T02:45");
    clock_shows("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:30:00Z", "2026-04-24T01:30");
    clock_shows("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00:00Z", "2011-12-31T09:00");
}

static void overlap_means_the_first(void **state)
{
    (void)state;
    clock_shows("Europe/Copenhagen", "2027-10-31T01:59:59", "2027-10-30T23:59:59Z", "2027-10-31T01:59:59");
    clock_shows("Europe/Copenhagen", "2027-10-31T02:00", "2027-10-31T00:00:00Z", "2027-10-31T02:00");
    clock_shows("Europe/Copenhagen", "2027-10-31T02:59:59", "2027-10-31T00:59:59Z", "2027-10-31T02:59:59");
    clock_shows("Europe/Copenhagen", "2027-10-31T03:00", "2027-10-31T02:00:00Z", "2027-10-31T03:00");
    clock_shows("America/New_York", "2027-11-07T01:30", "2027-11-07T05:30:00Z", "2027-11-07T01:30");
}

static void whole_seconds_of_a_change(void **state)
{
    (void)state;
    const struct zone *zone = find("Europe/Copenhagen");
    int64_t spring = zone_instant(zone, local("2027-03-28T03:00")), autumn = local("2027-10-31T01:00");
    assert_int_equal(zone_local(zone, spring - 1), local("2027-03-28T01:59:59"));
    assert_int_equal(zone_local(zone, spring), local("2027-03-28T03:00"));
    assert_int_equal(zone_local(zone, autumn - 1), local("2027-10-31T02:59:59"));
    assert_int_equal(zone_local(zone, autumn), local("2027-10-31T02:00"));
}

/* For every instant around a change: all local times up to the answer lie at or before it, the next one
 * after. */
static void latest_local_time(void **state)
{
    (void)state;
    const char *names[] = { "Europe/Copenhagen", "Australia/Lord_Howe", "America/New_York", "UTC" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct zone *zone = find(names[i]);
        for (int64_t at = local("2027-03-01T00:00"); at < local("2027-12-01T00:00"); at += 601) {
            int64_t latest = zone_latest_local(zone, at);
            assert_true(zone_instant(zone, latest) <= at);
            assert_true(zone_instant(zone, latest + 1) > at || zone_local(zone, at) > latest);
            for (int64_t later = 1; later < 7200; later += 599)
                assert_true(zone_instant(zone, latest + later) > at);
        }
    }
}

static void far_years(void **state)
{
    (void)state;
    clock_shows("Europe/Copenhagen", "1970-07-01T09:00", "1970-07-01T08:00:00Z", "1970-07-01T09:00");
    clock_shows("Europe/Copenhagen", "1985-07-01T09:00", "1985-07-01T07:00:00Z", "1985-07-01T09:00");
    clock_shows("Europe/Copenhagen", "2100-01-04T09:00", "2100-01-04T08:00:00Z", "2100-01-04T09:00");
    clock_shows("Europe/Copenhagen", "2100-07-05T09:00", "2100-07-05T07:00:00Z", "2100-07-05T09:00");
    clock_shows("Europe/Copenhagen", "2199-12-31T23:59:59", "2199-12-31T22:59:59Z", "2199-12-31T23:59:59");
    clock_shows("Europe/Copenhagen", "9999-12-31T12:00", "9999-12-31T11:00:00Z", "9999-12-31T12:00");
    clock_shows("Europe/Copenhagen", "0001-01-02T12:00", "0001-01-02T11:00:00Z", "0001-01-02T12:00");
}

static void unknown_names_the_field(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",           "Mars/Olympus",      "europe/copenhagen", "Europe",
        "../../etc",  "Europe/../UTC",     "/etc/localtime",    "right/UTC",
        "posixrules", "Europe/Kbh\x1b[2J", "\xff\xfe",          "Europe/Copenhagen "
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct zone *zone = NULL;
        struct error error = { 0 };
        assert_int_equal(zones_find(zones, names[i], "home_zone", &zone, &error), INVALID);
        assert_string_equal(error.field, "home_zone");
        assert_non_null(strstr(error.text, "Europe/Copenhagen"));
        assert_null(strchr(error.text, '\x1b'));
        assert_null(zone);
    }
}

static void *find_many(void *unused)
{
    static const char *const names[] = { "Europe/Paris", "Asia/Tokyo", "America/Lima", "Africa/Lagos",
                                         "UTC" };
    (void)unused;
    for (int i = 0; i < 2000; i++) {
        const struct zone *zone;
        struct error error;
        if (zones_find(zones, names[i % 5], "zone", &zone, &error) ||
            strcmp(zone_name(zone), names[i % 5]) != 0)
            return zones;
    }
    return NULL;
}

static void many_threads_share_one(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, find_many, NULL), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_ptr_equal(find("Asia/Tokyo"), find("Asia/Tokyo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(gap_takes_the_offset_before),
                                        cmocka_unit_test(overlap_means_the_first),
                                        cmocka_unit_test(whole_seconds_of_a_change),
                                        cmocka_unit_test(latest_local_time),
                                        cmocka_unit_test(far_years),
                                        cmocka_unit_test(unknown_names_the_field),
                                        cmocka_unit_test(many_threads_share_one) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
