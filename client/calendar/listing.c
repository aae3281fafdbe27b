/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include "catalogue.h"
#include "pack.h"

#include <string.h>

enum { USUAL_LIMIT = 250 };

static int64_t limit_of(const struct listing *listing)
{
    return listing->limit ? listing->limit : USUAL_LIMIT;
}

void listing_ask(const struct listing *listing, const struct listing_scope *scope, msgpack_sbuffer *params)
{
    struct arena arena = { 0 };
    msgpack_packer packer;
    const struct calendar_list_params asked = { .person = scope->person,
                                                .team = scope->team,
                                                .rotation = scope->rotation,
                                                .from = scope->from,
                                                .until = scope->until,
                                                .limit = limit_of(listing),
                                                .after = listing->after };
    msgpack_packer_init(&packer, params, msgpack_sbuffer_write);
    record_pack(&record_calendar_list_params, &asked, &packer, &arena);
    arena_free(&arena);
}

static void add(struct listing *listing, const struct calendar_entry *items, size_t count)
{
    if (listing->count + count > listing->room) {
        listing->room = 2 * (listing->count + count);
        struct calendar_entry *entries = arena_take(&listing->arena, listing->room * sizeof *entries);
        if (listing->count)
            memcpy(entries, listing->entries, listing->count * sizeof *entries);
        listing->entries = entries;
    }
    if (count)
        memcpy(listing->entries + listing->count, items, count * sizeof *items);
    listing->count += count;
}

enum code listing_take(struct listing *listing, const void *bytes, size_t length, struct error *error)
{
    struct calendar_list_result page = { 0 };
    enum code code = record_unpack(&record_calendar_list_result, (struct packed){ bytes, length }, &page,
                                   NULL, &listing->arena, error);
    if (code == OK)
        code = record_check(&record_calendar_list_result, &page, error);
    if (code != OK)
        return code;
    add(listing, page.items, page.items_count);
    listing->after = page.next;
    listing->is_whole = !page.next;
    return OK;
}

bool listing_halve(struct listing *listing)
{
    int64_t limit = limit_of(listing);
    listing->limit = limit / 2;
    return limit > 1;
}

void listing_free(struct listing *listing)
{
    arena_free(&listing->arena);
    *listing = (struct listing){ 0 };
}
