/* SPDX-License-Identifier: MIT */
/*
 * Answers for test_zones.py, a line for each line read: `z NAME` takes a zone (ok or invalid), `i N` gives
 * the local time of an instant, `l N` the instant of a local time, both in seconds; `o N` the observances
 * around the hour from an instant on, as `onset from to daylight letters;` one after the other.
 */
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_observances(const struct zone *zone, int64_t from)
{
    struct zone_observance list[32];
    size_t count = zone_observances(zone, from, from + 3600, 32, list);
    for (size_t i = 0; i < count; i++)
        printf("%lld %lld %lld %d %s;", (long long)list[i].onset, (long long)list[i].offset_from,
               (long long)list[i].offset_to, list[i].is_daylight, list[i].letters);
    putchar('\n');
}

int main(void)
{
    struct zones *zones = zones_new();
    const struct zone *zone = NULL;
    struct error error;
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        const char *word = line + 2;
        if (line[0] == 'z')
            puts(zones_find(zones, word, "zone", &zone, &error) ? code_word(error.code) : "ok");
        else if (!zone)
            return EXIT_FAILURE;
        else if (line[0] == 'i')
            printf("%lld\n", (long long)zone_local(zone, strtoll(word, NULL, 10)));
        else if (line[0] == 'o')
            print_observances(zone, strtoll(word, NULL, 10));
        else
            printf("%lld\n", (long long)zone_instant(zone, strtoll(word, NULL, 10)));
    }
    zones_free(zones);
    return EXIT_SUCCESS;
}
