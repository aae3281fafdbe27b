/* SPDX-License-Identifier: MIT */
/* Where the output goes: how wide it is, and whether colours belong there. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stdio.h>

/* What pictures are drawn of: as many columns each, with symbols or in ASCII. */
enum symbol {
    SYMBOL_PUBLISHED,
    SYMBOL_FORECAST,
    SYMBOL_OPEN,
    SYMBOL_APPROVED,
    SYMBOL_REQUESTED,
    SYMBOL_ABSENT,
    SYMBOL_CLOSED,
    SYMBOL_NOTHING,
    SYMBOL_TODAY,
    SYMBOL_CUT
};

enum look { LOOK_NONE, LOOK_HEADING, LOOK_ID, LOOK_FAINT, LOOK_GOOD, LOOK_BAD };

/* Of the terminal; what can be read on both is chosen where nobody knows. */
enum background { BACKGROUND_UNKNOWN, BACKGROUND_DARK, BACKGROUND_LIGHT };

struct screen {
    FILE *out;
    bool is_terminal, has_colour;
    bool has_many_colours; /* 256 of them, and not only those that every terminal shades as it likes */
    enum background background;
    bool has_symbols; /* more than ASCII can be shown */
    int width;        /* columns; 0: no limit, as in a pipe */
    int height;       /* lines that are seen at once; 24 where nobody knows */
};

/*
 * A terminal's width, else COLUMNS where that is set (20 to 1000), else no limit. Colours only on a terminal
 * that can show them, and not where NO_COLOR is set (no-color.org). LINES says the height where no terminal
 * does. LAUG_BACKGROUND, light or dark, says what the background is; else COLORFGBG, which some terminals set
 * to foreground;background (0 to 15).
 */
struct screen screen_of(FILE *out);

const char *symbol(const struct screen *screen, enum symbol symbol);

/* Standard output is held back for now: what stands behind it is this terminal. */
void screen_behind(int terminal);

/* What switches a look on and off again: "" where there are no colours. */
const char *look_on(const struct screen *screen, enum look look);
const char *look_off(const struct screen *screen);

#endif
