/* SPDX-License-Identifier: MIT */
/*
 * A whole service in memory, with a held clock and no socket: calls go through the gate as they do from
 * outside, as whom the test likes, in microseconds.
 *
 *     struct world *world = world_new("2027-01-04T08:00");
 *     ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna'}", "id: anna");
 *     REFUSES(world, "bo", "person.add", "{id: x, name: y}", "forbidden");
 *
 * Parameters are written in a small YAML-like form: {name: value, list: [a, b], number: 7, truth: yes};
 * 'quoted' where a text has blanks or looks like a number. Answers are compared as text in the same form, by
 * what they contain.
 */
#ifndef WORLD_H
#define WORLD_H

#include "error.h"
#include "method.h"

#include <stdint.h>

struct world;
struct store;

/* Held at a local time of Europe/Copenhagen. Never NULL: a world that cannot be made ends the test program.
 */
struct world *world_new(const char *local);
void world_free(struct world *world);
struct store *world_store(struct world *world);

/*
 * One call as `who`: "admin", "service", "stranger", "tool", "courier", "auditor", or the id of a person. The
 * turn is committed, then jobs that are due now are done. The text of the answer, or of the error ("not_found
 * person: …"), lives until the next call.
 */
const char *world_call(struct world *world, const char *who, const char *method, const char *params);
/* The code of the last call. */
enum code world_code(const struct world *world);

/* Moves the clock to a local time and lives through what is due on the way. */
void world_advance(struct world *world, const char *local);

/* Sets the clock, ahead or back, as if the service had been off meanwhile; then does what is due. */
void world_wake_at(struct world *world, const char *local);

/* Runs what other parts of the service would call, as the service itself; then what is due now. A failure
 * ends the test program. */
struct call;
void world_do(struct world *world, enum code (*act)(struct call *call, void *user), void *user);

/* The events since the last call of this, one a line: "person.changed {person: anna}". */
const char *world_events(struct world *world);
/* The same, but only of kinds that begin so: "turn.". */
const char *world_events_of(struct world *world, const char *kind);

/* What the macros below do: a message with place and answer ends the test. */
void world_expect(struct world *world, const char *who, const char *method, const char *params, bool is_good,
                  const char *part, const char *file, int line);

#define ANSWERS(world, who, method, params, part)                                                            \
    world_expect(world, who, method, params, true, part, __FILE__, __LINE__)
#define REFUSES(world, who, method, params, part)                                                            \
    world_expect(world, who, method, params, false, part, __FILE__, __LINE__)

#endif
