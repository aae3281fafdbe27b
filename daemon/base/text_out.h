/* SPDX-License-Identifier: MIT */
/* A text that grows piece by piece in an arena. A zeroed one but for its arena is ready for use. */
#ifndef TEXT_OUT_H
#define TEXT_OUT_H

#include "arena.h"

struct text_out {
    struct arena *arena;
    char *bytes; /* NUL behind them; NULL as long as nothing was put */
    size_t length, room;
};

void text_put(struct text_out *out, const char *bytes, size_t length);
void text_puts(struct text_out *out, const char *text);
/* A piece of HTML text: & < > " ' as entities, a line's end as <br>. */
void text_put_html(struct text_out *out, const char *bytes, size_t length);

/* The text, or its first `most` bytes, less half a character, with … behind. */
const char *text_cut(struct arena *arena, const char *text, size_t most);

/* What has been put so far, without trailing blanks and line ends; never NULL. */
const char *text_trimmed(struct text_out *out);

#endif
