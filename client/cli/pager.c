/* SPDX-License-Identifier: MIT */
#include "pager.h"

#include "screen.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND_BY_SHELL = 127, NOT_RUN_BY_SHELL = 126 };

static bool is_forbidden, is_held;
static int terminal, held;
static const char *wanted; /* NULL: the usual one, and only for what is too long */

void pager_forbid(void)
{
    is_forbidden = true;
}

static const char *usual(void)
{
    const char *pager = getenv("PAGER");
    return pager ? pager : "less";
}

void pager_begin(void)
{
    const char *term = getenv("TERM");
    bool has_none = !*usual() || strcmp(usual(), "cat") == 0 || !term || strcmp(term, "dumb") == 0;
    if (is_held || is_forbidden || (!wanted && has_none) || !isatty(STDOUT_FILENO))
        return;
    held = memfd_create("laug", MFD_CLOEXEC);
    terminal = held < 0 ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (terminal < 0)
        return;
    fflush(stdout);
    screen_behind(terminal);
    dup2(held, STDOUT_FILENO);
    is_held = true;
}

void pager_begin_with(const char *program)
{
    wanted = program;
    pager_begin();
}

/* ---- how long it is ---- */

/* One line without what switches colours: ESC [ … m. */
static const char *without_looks(struct arena *arena, const char *line, size_t length)
{
    char *plain = arena_copy(arena, line, length), *to = plain;
    for (const char *from = plain; *from; from++) {
        if (from[0] == '\033' && from[1] == '[') {
            from += strcspn(from, "m");
            if (!*from)
                break;
            continue;
        }
        *to++ = *from;
    }
    *to = 0;
    return plain;
}

/* Lines on the screen; a line that is too wide takes several. One is left for the prompt. */
static bool fits(const char *text, size_t size)
{
    struct screen screen = screen_of(stdout);
    struct arena arena = { 0 };
    int lines = 1;
    for (const char *end, *at = text; at < text + size && lines <= screen.height; at = end + 1) {
        end = memchr(at, '\n', (size_t)(text + size - at));
        end = end ? end : text + size;
        int columns = text_columns(without_looks(&arena, at, (size_t)(end - at)));
        lines += columns > screen.width ? (columns + screen.width - 1) / screen.width : 1;
        arena_reset(&arena);
    }
    arena_free(&arena);
    return lines <= screen.height;
}

/* ---- showing it ---- */

static void print_plainly(const char *text, size_t size)
{
    fwrite(text, 1, size, stdout);
    fflush(stdout);
}

/* False where there is no such program. */
static bool run_pager(const char *program)
{
    int status = 0;
    lseek(held, 0, SEEK_SET);
    const struct sigaction ignored = { .sa_handler = SIG_IGN };
    struct sigaction interrupt, quit; /* they are for the pager: it ends a search, and goes on */
    sigaction(SIGINT, &ignored, &interrupt);
    sigaction(SIGQUIT, &ignored, &quit);
    pid_t child = fork();
    if (child == 0) {
        sigaction(SIGINT, &interrupt, NULL);
        sigaction(SIGQUIT, &quit, NULL);
        dup2(held, STDIN_FILENO);
        setenv("LESS", "FRX", 0); /* as it comes, in colour, and gone at once where all fits */
        setenv("LV", "-c", 0);
        execl("/bin/sh", "sh", "-c", program, NULL);
        _exit(NOT_FOUND_BY_SHELL);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue; /* where children are not waited for (SIGCHLD ignored), it has ended all the same */
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    bool has_failed = WIFEXITED(status) &&
                      (WEXITSTATUS(status) == NOT_FOUND_BY_SHELL || WEXITSTATUS(status) == NOT_RUN_BY_SHELL);
    return child > 0 && !has_failed;
}

void pager_end(void)
{
    if (!is_held)
        return;
    fflush(stdout);
    is_held = false;
    dup2(terminal, STDOUT_FILENO);
    off_t size = lseek(held, 0, SEEK_END);
    char *text = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, held, 0) : MAP_FAILED;
    bool is_short = text != MAP_FAILED && !wanted && fits(text, (size_t)size);
    if (text != MAP_FAILED && (is_short || !run_pager(wanted ? wanted : usual())))
        print_plainly(text, (size_t)size);
    if (text != MAP_FAILED)
        munmap(text, (size_t)size);
    screen_behind(-1);
    close(held);
    close(terminal);
}
