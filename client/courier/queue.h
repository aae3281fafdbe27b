/* SPDX-License-Identifier: MIT */
/*
 * Who goes next. Letters wait in a line for each destination; at most so many are on their way in all and to
 * each destination, and the destinations take turns, so that a dead one delays no other. Mail and posts are
 * two queues: neither uses up the places of the other.
 */
#ifndef COURIER_QUEUE_H
#define COURIER_QUEUE_H

#include "letter.h"

#include <stdbool.h>

enum { LINE_LETTERS_MAX = 250 };

struct line; /* one destination's */

struct queue {
    struct line *lines; /* in the order of their turns */
    long limit, limit_per_line;
    size_t waiting, active;
};

/* False, and the letter is still the caller's, where the line of its destination is as long as it may get. */
bool queue_add(struct queue *queue, struct letter *letter);

/* The next letter to start, which is on its way from now on; NULL: none may start now. */
struct letter *queue_next(struct queue *queue);

/* A letter that queue_next gave is done with; it is the caller's to free. */
void queue_done(struct queue *queue, const struct letter *letter);

/* Takes everyone out who waits for the destination of `like`, or for any with NULL: a list, NULL where there
 * is none. */
struct letter *queue_take_waiting(struct queue *queue, const struct letter *like);

#endif
