/* SPDX-License-Identifier: MIT */
/* Prints every event of the feed behind the number given, for test_feed.py: "seq kind", until it is ended. */
#include "laug.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    struct laug *laug = laug_new(count > 1 ? words[1] : NULL);
    struct laug_event event;
    if (count < 3 || !laug || laug_subscribe(laug, strtoll(words[2], NULL, 10)) != LAUG_OK) {
        fprintf(stderr, "%s\n", laug ? laug_error(laug)->text : "no handle");
        return 1;
    }
    puts("open");
    for (;;) {
        enum laug_status status;
        while ((status = laug_next_event(laug, &event)) == LAUG_OK)
            printf("%" PRId64 " %s %zu\n", event.seq, event.kind, event.length);
        fflush(stdout);
        if (status != LAUG_NONE) {
            fprintf(stderr, "%s: %s\n", laug_error(laug)->code, laug_error(laug)->text);
            laug_free(laug);
            return 1;
        }
        poll(&(struct pollfd){ .fd = laug_fd(laug), .events = POLLIN }, 1, -1);
    }
}
