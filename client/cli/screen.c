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

static enum background background_of_environment(void)
{
    const char *said = getenv("LAUG_BACKGROUND"), *numbers = getenv("COLORFGBG");
    const char *last = numbers ? strrchr(numbers, ';') : NULL;
    if (said && strcmp(said, "light") == 0)
        return BACKGROUND_LIGHT;
    if (said && strcmp(said, "dark") == 0)
        return BACKGROUND_DARK;
    if (!last || last[1] < '0' || last[1] > '9')
        return BACKGROUND_UNKNOWN;
    long number = strtol(last + 1, NULL, 10); /* 7 and the bright ones, but for the bright black, are light */
    return number == 7 || number > 8 ? BACKGROUND_LIGHT : BACKGROUND_DARK;
}

static bool shows_many_colours(const char *term)
{
    const char *colours = getenv("COLORTERM");
    return (term && strstr(term, "256color")) || (colours && *colours);
}

static int behind = -1; /* the terminal, while standard output is held back; else -1 */

void screen_behind(int terminal)
{
    behind = terminal;
}

struct screen screen_of(FILE *out)
{
    int file = out == stdout && behind >= 0 ? behind : fileno(out);
    struct screen screen = { .out = out, .is_terminal = isatty(file), .has_symbols = is_utf8() };
    struct winsize size = { 0 };
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (screen.is_terminal && ioctl(file, TIOCGWINSZ, &size) == 0)
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
    screen.has_many_colours = shows_many_colours(term);
    screen.background = background_of_environment();
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
    /* for any terminal; then, with 256 colours, by background: unknown, dark, light */
    static const char *const looks[][4] = {
        [LOOK_NONE] = {"",          "",               "",               ""              },
        [LOOK_HEADING] = { "\033[1m",  "\033[1m",        "\033[1m",        "\033[1m"       },
        [LOOK_ID] = { "\033[36m", "\033[38;5;31m",  "\033[38;5;80m",  "\033[38;5;25m" },
        [LOOK_FAINT] = { "\033[2m",  "\033[38;5;244m", "\033[38;5;246m", "\033[38;5;241m"},
        [LOOK_GOOD] = { "\033[32m", "\033[38;5;28m",  "\033[38;5;78m",  "\033[38;5;22m" },
        [LOOK_BAD] = { "\033[31m", "\033[38;5;160m", "\033[38;5;203m", "\033[38;5;124m"},
    };
    if (!screen->has_colour)
        return "";
    return looks[look][screen->has_many_colours ? 1 + (int)screen->background : 0];
}

const char *look_off(const struct screen *screen)
{
    return screen->has_colour ? "\033[0m" : "";
}
