/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FEWEST_COLUMNS = 20, FEWEST_LINES = 10, MOST = 1000, USUAL_WIDTH = 80, USUAL_HEIGHT = 24 };

/* What a shell says of its window; 0 where it says nothing of use. */
static int number_of_environment(const char *name, int least)
{
    const char *text = getenv(name);
    long number = text ? strtol(text, NULL, 10) : 0;
    return number >= least && number <= MOST ? (int)number : 0;
}

/* What locale(7) says of characters; without reading one, which takes time at the start. */
static bool is_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale)
            return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
    }
    return false;
}

struct screen screen_of(FILE *out)
{
    struct screen screen = { .out = out, .is_terminal = isatty(fileno(out)), .has_symbols = is_utf8() };
    struct winsize size = { 0 };
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (screen.is_terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
        screen.width = size.ws_col, screen.height = size.ws_row;
    if (screen.width == 0)
        screen.width = number_of_environment("COLUMNS", FEWEST_COLUMNS);
    if (screen.is_terminal && screen.width == 0)
        screen.width = USUAL_WIDTH;
    if (screen.height == 0)
        screen.height = number_of_environment("LINES", FEWEST_LINES);
    if (screen.height == 0)
        screen.height = USUAL_HEIGHT;
    screen.has_colour = screen.is_terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
    return screen;
}

const char *symbol(const struct screen *screen, enum symbol symbol)
{
    static const char *const symbols[][2] = {
        [SYMBOL_PUBLISHED] = {"●",  "#"},
          [SYMBOL_FORECAST] = { "○", "o"},
          [SYMBOL_OPEN] = { "!",   "!"},
        [SYMBOL_APPROVED] = { "█", "="},
          [SYMBOL_REQUESTED] = { "▒", "?"},
          [SYMBOL_ABSENT] = { "▪", "x"},
        [SYMBOL_CLOSED] = { "░", ":"},
          [SYMBOL_NOTHING] = { "·",  "."},
          [SYMBOL_TODAY] = { "▼", "v"},
        [SYMBOL_CUT] = { "…", "~"},
    };
    return symbols[symbol][!screen->has_symbols];
}

const char *look_on(const struct screen *screen, enum look look)
{
    static const char *const looks[] = {
        [LOOK_NONE] = "",         [LOOK_HEADING] = "\033[1m", [LOOK_ID] = "\033[36m",
        [LOOK_FAINT] = "\033[2m", [LOOK_GOOD] = "\033[32m",   [LOOK_BAD] = "\033[31m",
    };
    return screen->has_colour ? looks[look] : "";
}

const char *look_off(const struct screen *screen)
{
    return screen->has_colour ? "\033[0m" : "";
}
