/* SPDX-License-Identifier: MIT */
/* SQLite's memory: what is handed out is whole, apart from everything else, and survives being resized. */
#include "memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

struct call;

/* What the domain does for the store. */
int32_t call_today(struct call *call);

int32_t call_today(struct call *call)
{
    (void)call;
    return 0;
}

enum { BLOCKS = 400, LARGEST = 3000 };

static int set_up(void **state)
{
    (void)state;
    memory_configure();
    return sqlite3_initialize();
}

static int tear_down(void **state)
{
    (void)state;
    memory_leave_thread();
    return 0;
}

static int size_at(int i)
{
    return i * 7919 % LARGEST + 1;
}

static bool is_all(const unsigned char *block, int size, int byte)
{
    for (int i = 0; i < size; i++)
        if (block[i] != byte)
            return false;
    return true;
}

static void blocks_do_not_overlap(void **state)
{
    (void)state;
    unsigned char *blocks[BLOCKS];
    for (int round = 0; round < 3; round++) { /* from the second on they come out of the lists */
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = sqlite3_malloc(size_at(i));
            assert_non_null(blocks[i]);
            assert_int_equal((uintptr_t)blocks[i] % 16, 0);
            assert_true(sqlite3_msize(blocks[i]) >= (sqlite3_uint64)size_at(i));
            memset(blocks[i], i % 251, (size_t)size_at(i));
        }
        for (int i = 0; i < BLOCKS; i++) {
            assert_true(is_all(blocks[i], size_at(i), i % 251));
            sqlite3_free(blocks[i]);
        }
    }
}

static void resizing_keeps_what_was_there(void **state)
{
    (void)state;
    for (int i = 0; i < BLOCKS; i++) {
        int before = size_at(i), after = size_at(i + 1), kept = before < after ? before : after;
        unsigned char *block = sqlite3_malloc(before);
        memset(block, 0x5A, (size_t)before);
        block = sqlite3_realloc(block, after);
        assert_non_null(block);
        assert_true(sqlite3_msize(block) >= (sqlite3_uint64)after);
        assert_true(is_all(block, kept, 0x5A));
        memset(block, 0xA5, (size_t)after);
        sqlite3_free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_do_not_overlap),
        cmocka_unit_test(resizing_keeps_what_was_there),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
