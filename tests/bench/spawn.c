/* SPDX-License-Identifier: MIT */
/*
 * How long a command takes as a person meets it: from posix_spawn to its end, N times, its output thrown
 * away. usage: spawn COUNT COMMAND [ARGUMENT...]; prints one line of JSON. Exit status 1 where the command
 * failed.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int is_longer(const void *left, const void *right)
{
    const double *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[1]) : 0;
    double *took = calloc((size_t)(count > 0 ? count : 1), sizeof(double));
    if (count < 1 || took == NULL) {
        fprintf(stderr, "usage: spawn COUNT COMMAND [ARGUMENT...]\n");
        return 64;
    }
    posix_spawn_file_actions_t silence;
    posix_spawn_file_actions_init(&silence);
    posix_spawn_file_actions_addopen(&silence, 1, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < count; i++) {
        pid_t pid;
        int status;
        double began = milliseconds();
        if (posix_spawnp(&pid, argv[2], &silence, NULL, argv + 2, environ) != 0 ||
            waitpid(pid, &status, 0) != pid || status != 0) {
            fprintf(stderr, "spawn: %s failed\n", argv[2]);
            return 1;
        }
        took[i] = milliseconds() - began;
    }
    qsort(took, (size_t)count, sizeof(double), is_longer);
    printf("{\"count\": %d, \"p50_ms\": %.4f, \"p99_ms\": %.4f}\n", count, took[count / 2],
           took[count * 99 / 100]);
    return 0;
}
