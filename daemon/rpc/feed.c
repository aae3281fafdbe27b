/* SPDX-License-Identifier: MIT */
/*
 * The event feed: [2, "event", [{seq, at, kind, …}]], each event once and in order, from the subscriber's
 * last one on. What it may not hear of is passed over in silence, so that gaps in seq tell nothing but that.
 */
#include "day.h"
#include "peer.h"
#include "rights.h"

#include <string.h>

enum { FEED_BATCH = 100 };

/* The stored fields are a small map: its pairs follow its one byte of head (fixmap, MessagePack's
 * specification). */
static void pack_event(msgpack_packer *packer, const struct event_row *row)
{
    char at[INSTANT_TEXT_SIZE];
    unsigned pairs = (unsigned char)row->fields.bytes[0] & 0x0FU;
    msgpack_pack_array(packer, 3);
    msgpack_pack_int(packer, 2);
    pack_text(packer, "event");
    msgpack_pack_array(packer, 1);
    msgpack_pack_map(packer, pairs + 3);
    pack_text(packer, "seq");
    msgpack_pack_int64(packer, row->seq);
    pack_text(packer, "at");
    pack_text(packer, instant_print(row->at, at));
    pack_text(packer, "kind");
    pack_text(packer, row->kind);
    pack_raw(packer, (struct packed){ row->fields.bytes + 1, row->fields.size - 1 });
}

static bool may_hear(struct call *call, const struct event_row *row)
{
    const struct event_kind *event = event_find(row->kind);
    if (!event)
        return false;
    void *fields = arena_take(&call->arena, event->fields->size);
    return record_unpack(event->fields, row->fields, fields, NULL, &call->arena, &call->error) == OK &&
           rights_may_hear(call, event, fields);
}

bool feed_peer(struct peer *peer)
{
    struct call call = { 0 };
    const struct event_row *rows;
    msgpack_packer packer;
    size_t count = 0;
    dispatch_begin(&peer->server->gate, &call, &peer->actor);
    msgpack_packer_init(&packer, &peer->out, msgpack_sbuffer_write);
    if (event_after(&call, peer->fed_to, FEED_BATCH, &rows, &count) != OK)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        if (may_hear(&call, &rows[i]))
            pack_event(&packer, &rows[i]);
        peer->fed_to = rows[i].seq;
    }
    arena_free(&call.arena);
    return count > 0;
}
