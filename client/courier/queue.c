/* SPDX-License-Identifier: MIT */
#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct line {
    struct line *next;
    char *destination;
    struct letter *first, **end;
    long waiting, active;
};

void letter_free(struct letter *letter)
{
    free(letter->id);
    free(letter->channel);
    free(letter->to_name);
    free(letter->to);
    free(letter->subject);
    free(letter->text);
    free(letter->message_id);
    free(letter->language);
    free(letter->html);
    free(letter->webhook);
    free(letter->form);
    free(letter->kind);
    free(letter->about);
    free(letter->when);
    free(letter->command);
    free(letter->method);
    free(letter->entry);
    free(letter->bytes);
    free(letter);
}

const char *letter_destination(const struct letter *letter)
{
    if (letter->webhook && *letter->webhook)
        return letter->webhook;
    const char *at = strrchr(letter->to, '@');
    return at ? at : ""; /* with the @, which no webhook's id has */
}

/* Where the pointer to the line stands, or the end of the list. */
static struct line **find_line(struct queue *queue, const char *destination)
{
    struct line **at = &queue->lines;
    while (*at && strcasecmp((*at)->destination, destination) != 0)
        at = &(*at)->next;
    return at;
}

static struct line *add_line(struct line **at, const char *destination)
{
    struct line *line = calloc(1, sizeof *line);
    if (!line || !(line->destination = strdup(destination)))
        abort();
    line->end = &line->first;
    return *at = line;
}

/* True where it was: *at is then the line behind it. */
static bool remove_if_idle(struct line **at)
{
    struct line *line = *at;
    if (line->waiting || line->active)
        return false;
    *at = line->next;
    free(line->destination);
    free(line);
    return true;
}

bool queue_add(struct queue *queue, struct letter *letter)
{
    struct line **at = find_line(queue, letter_destination(letter));
    struct line *line = *at ? *at : add_line(at, letter_destination(letter));
    if (line->waiting >= LINE_LETTERS_MAX)
        return false;
    letter->next = NULL;
    *line->end = letter;
    line->end = &letter->next;
    line->waiting++;
    queue->waiting++;
    return true;
}

/* Its turn is over: it goes behind the others. */
static void move_to_end(struct line **at)
{
    struct line *line = *at;
    *at = line->next;
    line->next = NULL;
    while (*at)
        at = &(*at)->next;
    *at = line;
}

struct letter *queue_next(struct queue *queue)
{
    if ((long)queue->active >= queue->limit)
        return NULL;
    struct line **at = &queue->lines;
    while (*at && ((*at)->active >= queue->limit_per_line || !(*at)->waiting))
        at = &(*at)->next;
    struct line *line = *at;
    if (!line)
        return NULL;
    struct letter *letter = line->first;
    line->first = letter->next;
    if (!line->first)
        line->end = &line->first;
    letter->next = NULL;
    line->waiting--;
    line->active++;
    queue->waiting--;
    queue->active++;
    move_to_end(at);
    return letter;
}

void queue_done(struct queue *queue, const struct letter *letter)
{
    struct line **at = find_line(queue, letter_destination(letter));
    (*at)->active--;
    queue->active--;
    remove_if_idle(at);
}

struct letter *queue_take_waiting(struct queue *queue, const struct letter *like)
{
    struct letter *taken = NULL, **end = &taken;
    struct line **at = like ? find_line(queue, letter_destination(like)) : &queue->lines;
    while (*at) {
        struct line *line = *at;
        *end = line->first;
        if (line->first)
            end = line->end;
        queue->waiting -= (size_t)line->waiting;
        line->waiting = 0;
        line->first = NULL;
        line->end = &line->first;
        if (!remove_if_idle(at))
            at = &line->next;
        if (like)
            break;
    }
    return taken;
}
