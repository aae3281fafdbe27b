/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP = 64,          /* sizes are rounded up to a multiple of it */
    LISTS = 20,         /* up to 1280 bytes: a cursor, a piece of a savepoint's journal */
    KEPT_AT_MOST = 128, /* blocks in a list */
};

/* Stands before each block that is handed out. */
struct head {
    union {
        struct head *next; /* while it is in a list */
        size_t size;       /* while it is handed out */
    };
    size_t padding; /* blocks are aligned like malloc's */
};

struct list {
    struct head *first;
    int count;
};

static _Thread_local struct list lists[LISTS];

static size_t list_of(size_t size)
{
    return size / STEP - 1;
}

static int round_up(int size)
{
    return (size + STEP - 1) / STEP * STEP;
}

static void *take(int asked)
{
    size_t size = (size_t)round_up(asked > 0 ? asked : 1);
    struct head *head = NULL;
    if (list_of(size) < LISTS && lists[list_of(size)].first) {
        struct list *list = &lists[list_of(size)];
        head = list->first;
        list->first = head->next;
        list->count--;
    } else {
        head = malloc(sizeof *head + size);
    }
    if (!head)
        return NULL;
    head->size = size;
    return head + 1;
}

static void give_back(void *block)
{
    if (!block)
        return;
    struct head *head = (struct head *)block - 1;
    struct list *list = list_of(head->size) < LISTS ? &lists[list_of(head->size)] : NULL;
    if (!list || list->count == KEPT_AT_MOST) {
        free(head);
        return;
    }
    head->next = list->first;
    list->first = head;
    list->count++;
}

static int size_of(void *block)
{
    return block ? (int)((struct head *)block - 1)->size : 0;
}

static void *resize(void *block, int asked)
{
    if (size_of(block) >= asked && size_of(block) - asked < STEP)
        return block;
    struct head *head = (struct head *)block - 1;
    size_t size = (size_t)round_up(asked);
    if (list_of(head->size) >= LISTS && list_of(size) >= LISTS) {
        head = realloc(head, sizeof *head + size);
        if (!head)
            return NULL;
        head->size = size;
        return head + 1;
    }
    void *moved = take(asked);
    if (!moved)
        return NULL;
    memcpy(moved, block, (size_t)(size_of(block) < asked ? size_of(block) : asked));
    give_back(block);
    return moved;
}

static int begin(void *ignored)
{
    (void)ignored;
    return SQLITE_OK;
}

static void end(void *ignored)
{
    (void)ignored;
}

void memory_configure(void)
{
    static const sqlite3_mem_methods methods = {
        take, give_back, resize, size_of, round_up, begin, end, NULL
    };
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* it takes a lock at every allocation */
}

void memory_leave_thread(void)
{
    for (size_t i = 0; i < LISTS; i++) {
        while (lists[i].first) {
            struct head *head = lists[i].first;
            lists[i].first = head->next;
            free(head);
        }
        lists[i].count = 0;
    }
}
