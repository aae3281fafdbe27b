/* SPDX-License-Identifier: MIT */
/* Lines, words and mistakes. A mistake names file, line and column, shows the line, and reading goes on. */
#include "laugc.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r"
enum { LINE_WORDS = 256 };

struct place here;
static char line[4096];
static const char *words[LINE_WORDS];
static int columns[LINE_WORDS], words_count, at, mistakes;
static const char *comment;
static bool is_open;

void *need(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

int one_more(int *count, int most, const char *what)
{
    if (*count < most - 1)
        return (*count)++;
    mistake(here, "there are more than %d %s", most - 1, what);
    return *count;
}

char *print(const char *format, ...)
{
    char *text = NULL;
    va_list values;
    va_start(values, format);
    if (vasprintf(&text, format, values) < 0)
        abort();
    va_end(values);
    return text;
}

char *read_file(const char *file)
{
    FILE *in = fopen(file, "r");
    char *text = NULL;
    size_t size = 0;
    if (!in || (getdelim(&text, &size, 0, in) < 0 && ferror(in))) {
        fprintf(stderr, "%s: cannot be read\n", file);
        exit(1);
    }
    fclose(in);
    return text ? text : print("%s", "");
}

int mistakes_count(void)
{
    return mistakes;
}

void mistake(struct place place, const char *format, ...)
{
    static struct place last;
    va_list values;
    bool is_here = is_open && place.line == here.line && place.file == here.file;
    if (is_here && last.line == place.line && last.file == place.file)
        return; /* the rest of a bad line only follows from it */
    last = place;
    mistakes++;
    int column = place.column ? place.column : is_here ? line_column() + 1 : 1;
    fprintf(stderr, "%s:%d:%d: error: ", place.file, place.line, column);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    if (is_here)
        fprintf(stderr, "\n%5d | %s\n      | %*s^", place.line, line, column - 1, "");
    fputc('\n', stderr);
}

/* Letters to change, add or drop to make a into b; exact for short words only. */
static int distance(const char *a, const char *b, int budget)
{
    while (*a && *a == *b)
        a++, b++;
    if (!*a || !*b || budget == 0)
        return (int)(strlen(a) + strlen(b));
    int change = distance(a + 1, b + 1, budget - 1), drop = distance(a + 1, b, budget - 1),
        add = distance(a, b + 1, budget - 1);
    int least = change < drop ? change : drop;
    return 1 + (least < add ? least : add);
}

const char *did_you_mean(const char *wrong, const char *const *choices)
{
    const char *best = NULL;
    int least = 3;
    for (; *choices; choices++)
        if (distance(wrong, *choices, 3) < least) {
            best = *choices;
            least = distance(wrong, best, 3);
        }
    return best ? print("; did you mean \"%s\"?", best) : "";
}

static void take_apart(size_t end)
{
    for (size_t i = strspn(line, BLANKS); i < end; i += strspn(line + i, BLANKS)) {
        size_t length = line[i] == ',' ? 1 : strcspn(line + i, BLANKS ",#");
        if (words_count == LINE_WORDS) {
            mistake(here, "this line has more than %d words", LINE_WORDS);
            return;
        }
        columns[words_count] = (int)i;
        words[words_count++] = need(strndup(line + i, length));
        i += length;
    }
}

void line_open(const char *file, int number, const char *text)
{
    here = (struct place){ file, number, 0 };
    words_count = at = 0;
    is_open = true;
    if (snprintf(line, sizeof line, "%s", text) >= (int)sizeof line)
        mistake(here, "this line is longer than %zu bytes", sizeof line - 1);
    const char *hash = strchr(line, '#');
    comment = hash ? need(strdup(hash + 1 + strspn(hash + 1, " "))) : NULL;
    take_apart(hash ? (size_t)(hash - line) : strlen(line));
}

void line_close(void)
{
    is_open = false;
}

const char *line_comment(void)
{
    return comment;
}

bool line_is_empty(void)
{
    return words_count == 0;
}

const char *word(void)
{
    return at < words_count ? words[at] : "";
}

const char *word_after(void)
{
    return at + 1 < words_count ? words[at + 1] : "";
}

const char *next(void)
{
    return at < words_count ? words[at++] : "";
}

bool take(const char *expected)
{
    if (!same(word(), expected))
        return false;
    at++;
    return true;
}

bool take_phrase(const char *first, const char *second)
{
    if (!same(word(), first) || at + 1 >= words_count || !same(words[at + 1], second))
        return false;
    at += 2;
    return true;
}

const char *take_choice(const char *const *choices, const char *what)
{
    for (const char *const *choice = choices; *choice; choice++)
        if (take(*choice))
            return *choice;
    mistake(here, "no %s is called \"%s\"%s", what, word(), did_you_mean(word(), choices));
    at++;
    return choices[0];
}

const char *take_name(const char *what, const char *more)
{
    const char *text = word();
    bool is_good = islower((unsigned char)*text);
    for (const char *c = text; *c; c++)
        is_good = is_good && (islower((unsigned char)*c) || isdigit((unsigned char)*c) || strchr(more, *c));
    if (!is_good)
        mistake(here, "%s needs a name in lower case, not \"%s\"", what, text);
    at++;
    return text;
}

const char *take_number(void)
{
    const char *text = word();
    size_t sign = *text == '-';
    if (!text[sign] || text[sign + strspn(text + sign, "0123456789")]) {
        mistake(here, "\"%s\" is not a number", text);
        text = "0";
    }
    at++;
    return text;
}

void line_end(void)
{
    if (at < words_count)
        mistake(here, "\"%s\" is not understood here; a comma may be missing", word());
}

/* Behind the last word it is the place where the next one would stand. */
int line_column(void)
{
    if (at < words_count)
        return columns[at];
    return words_count ? columns[words_count - 1] + (int)strlen(words[words_count - 1]) : 0;
}

const char *line_since(int column)
{
    size_t end = strcspn(line, "#");
    while (end > (size_t)column && isspace((unsigned char)line[end - 1]))
        end--;
    return end > (size_t)column ? need(strndup(line + column, end - (size_t)column)) : "";
}
