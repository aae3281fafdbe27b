/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "encoding.h"
#include "error.h"

#include <string.h>
#include <unistd.h>

enum { ID_WIDTH = 14, BAR_WIDTH = 40 };

/* Controls, and the marks that change the direction of writing or have no width. */
static bool may_deceive(unsigned character)
{
    return character < ' ' || (character >= 0x7F && character < 0xA0) || character == 0x61C ||
           (character >= 0x200B && character <= 0x200F) || (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2060 && character <= 0x206F) || character == 0xFEFF;
}

void report_text(FILE *out, const char *text)
{
    while (*text) {
        unsigned character;
        size_t length = encoding_character(text, &character);
        if (may_deceive(character))
            fprintf(out, "\\u{%x}", character);
        else
            fwrite(text, 1, length, out);
        text += length;
    }
}

static bool is_same(const struct refusal *one, const struct refusal *other)
{
    return one->line && other->line && strcmp(one->reason, other->reason) == 0 &&
           strcmp(one->column ? one->column : "", other->column ? other->column : "") == 0;
}

/* A mistake that is there more often than that is told once, with all the lines that have it. Only so many
 * refusals are put together, because that takes time by the square; those behind them stand each alone. */
enum { TOLD_EACH = 3, LOOKED_AT = 2000 };

/* What becomes of the refusal `at`: told alone (0), told by an earlier one (-1), or with so many others. */
static int count_others(const struct refusals *refusals, size_t at)
{
    size_t same = 0, first = at, end = refusals->count < LOOKED_AT ? refusals->count : LOOKED_AT;
    if (at >= LOOKED_AT)
        return 0;
    for (size_t i = end; i-- > 0;)
        if (is_same(&refusals->items[i], &refusals->items[at])) {
            first = i;
            same++;
        }
    return same <= TOLD_EACH ? 0 : first < at ? -1 : (int)same - 1;
}

/* The lines of the others that are the same, those in a row as 12-40: every refused row is named. */
static void print_others(FILE *out, const struct refusals *refusals, size_t at)
{
    const char *comma = "";
    size_t end = refusals->count < LOOKED_AT ? refusals->count : LOOKED_AT;
    for (size_t i = at + 1; i < end; i++) {
        const struct refusal *refusal = &refusals->items[i];
        if (!is_same(refusal, &refusals->items[at]))
            continue;
        size_t last = refusal->line;
        while (i + 1 < end && refusals->items[i + 1].line == last + 1 &&
               is_same(&refusals->items[i + 1], refusal))
            last = refusals->items[++i].line;
        fprintf(out, last > refusal->line ? "%s%zu-%zu" : "%s%zu", comma, refusal->line, last);
        comma = ", ";
    }
}

void report_refusals(FILE *out, const char *file, struct refusals *refusals)
{
    refusals_sort(refusals);
    for (size_t i = 0; i < refusals->count; i++) {
        const struct refusal *refusal = &refusals->items[i];
        int others = count_others(refusals, i);
        if (others < 0)
            continue;
        report_text(out, file);
        if (refusal->line)
            fprintf(out, ":%zu", refusal->line);
        fputs(": ", out);
        if (refusal->column) {
            report_text(out, refusal->column);
            fputs(": ", out);
        }
        report_text(out, refusal->reason);
        if (others) {
            fprintf(out, _(" (and on %d more lines: "), others);
            print_others(out, refusals, i);
            fputc(')', out);
        }
        fputc('\n', out);
    }
}

static void print_field(FILE *out, const struct step *step, size_t field)
{
    const char *old = step->there->values[field], *new = step->row->values[field];
    fprintf(out, "%s: ", step->stage->headings[field].field);
    report_text(out, old && *old ? old : _("(nothing)"));
    fputs(" -> ", out);
    report_text(out, *new ? new : _("(nothing)"));
}

static void print_change(FILE *out, const struct step *step)
{
    const char *between = "";
    for (size_t field = 0; field < step->stage->fields; field++)
        if (step->mask >> field & 1) {
            fputs(between, out);
            print_field(out, step, field);
            between = "; ";
        }
}

/* All that is known of a new row but its id, which stands before it. */
static void print_addition(FILE *out, const struct step *step)
{
    const char *between = "";
    for (size_t field = 1; field < step->stage->fields; field++) {
        const char *value = step->row->values[field];
        if (!(step->mask >> field & 1) || !value || !*value)
            continue;
        fputs(between, out);
        report_text(out, value);
        between = ", ";
    }
}

void report_difference(FILE *out, const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct step *step = &plan->steps[i];
        if (step->action != ACTION_ADD && step->action != ACTION_CHANGE)
            continue;
        fprintf(out, "  %c %-*s ", step->action == ACTION_ADD ? '+' : '~', ID_WIDTH, step->row->values[0]);
        if (step->action == ACTION_ADD)
            print_addition(out, step);
        else
            print_change(out, step);
        fputc('\n', out);
    }
}

void report_progress(uint32_t done, uint32_t of)
{
    static uint32_t shown = UINT32_MAX;
    uint32_t filled = of ? (uint32_t)((uint64_t)done * BAR_WIDTH / of) : 0;
    if (!isatty(STDERR_FILENO) || (of && filled == shown))
        return;
    shown = of ? filled : UINT32_MAX;
    if (!of) {
        fputs("\r\033[K", stderr);
        return;
    }
    fputs("\r[", stderr);
    for (uint32_t i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %u / %u", done, of);
    fflush(stderr);
}
