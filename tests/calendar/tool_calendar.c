/* SPDX-License-Identifier: MIT */
/* Makes calendars for test_readers.py: reads MessagePack, a list of lists of entries, and prints a calendar
 * for each of these, ended by a NUL. The first word says how: stored, publish, request or cancel. */
#include "catalogue.h"
#include "icalendar.h"
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void unpack(const msgpack_object *item, struct calendar_entry *entry, struct arena *arena)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    struct error error;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    if (msgpack_pack_object(&packer, *item) != 0 ||
        record_unpack(&record_calendar_entry, (struct packed){ buffer.data, buffer.size }, entry, NULL, arena,
                      &error) != OK) {
        fprintf(stderr, "%s: %s\n", error.field, error.text);
        exit(1);
    }
    msgpack_sbuffer_destroy(&buffer);
}

static void print(const struct icalendar *calendar, const msgpack_object *items)
{
    struct arena arena = { 0 };
    uint32_t count = items->via.array.size;
    struct calendar_entry *entries = arena_take(&arena, (count + 1) * sizeof *entries);
    for (uint32_t i = 0; i < count; i++)
        unpack(&items->via.array.ptr[i], &entries[i], &arena);
    char *text = icalendar_write(calendar, entries, count);
    fputs(text, stdout);
    putchar(0);
    free(text);
    arena_free(&arena);
}

int main(int count, char **words)
{
    static const char *const kinds[] = { "stored", "publish", "request", "cancel" };
    static char bytes[8 << 20];
    struct icalendar calendar = { .domain = "firma.example" };
    msgpack_unpacked unpacked;
    size_t length = fread(bytes, 1, sizeof bytes, stdin);
    while (count == 2 && strcmp(kinds[calendar.method], words[1]) != 0)
        calendar.method++;
    if (calendar.method == ICALENDAR_REQUEST || calendar.method == ICALENDAR_CANCEL) {
        calendar.organizer = (struct party){ "Laug på værket", "laug@firma.example" };
        calendar.attendee = (struct party){ getenv("ATTENDEE"), "anna@firma.example" };
    }
    msgpack_unpacked_init(&unpacked);
    if (count != 2 || msgpack_unpack_next(&unpacked, bytes, length, NULL) != MSGPACK_UNPACK_SUCCESS)
        return 1;
    for (uint32_t i = 0; i < unpacked.data.via.array.size; i++)
        print(&calendar, &unpacked.data.via.array.ptr[i]);
    msgpack_unpacked_destroy(&unpacked);
    return 0;
}
