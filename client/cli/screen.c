/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int columns_of_environment(void)
{
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    return width >= 20 && width <= 1000 ? (int)width : 0;
}

struct screen screen_of(FILE *out)
{
    struct screen screen = { .out = out, .is_terminal = isatty(fileno(out)) };
    struct winsize size = { 0 };
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (screen.is_terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
        screen.width = size.ws_col;
    if (screen.width == 0)
        screen.width = columns_of_environment();
    if (screen.is_terminal && screen.width == 0)
        screen.width = 80;
    screen.has_colour = screen.is_terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
    return screen;
}

const char *look_on(const struct screen *screen, enum look look)
{
    static const char *const looks[] = {
        [LOOK_HEADING] = "\033[1m", [LOOK_ID] = "\033[36m",  [LOOK_FAINT] = "\033[2m",
        [LOOK_GOOD] = "\033[32m",   [LOOK_BAD] = "\033[31m",
    };
    return screen->has_colour ? looks[look] : "";
}

const char *look_off(const struct screen *screen)
{
    return screen->has_colour ? "\033[0m" : "";
}
