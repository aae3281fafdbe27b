/* SPDX-License-Identifier: MIT */
/* The whole texts that describe.h promises. */
#include "catalogue.h"
#include "describe.h"

#include <string.h>

/* How the same words are written in plain text and in man(7). */
struct form {
    FILE *out;
    bool is_manual;
};

/* In man(7) a backslash is \e, and a line must not begin with a dot or an apostrophe. */
static void write_text(const struct form *form, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool begins = c == text || c[-1] == '\n';
        if (form->is_manual && begins && (*c == '.' || *c == '\''))
            fputs("\\&", form->out);
        if (form->is_manual && *c == '\\')
            fputs("\\e", form->out);
        else if (form->is_manual && *c == '-')
            fputs("\\-", form->out);
        else
            fputc(*c, form->out);
    }
}

static void write_heading(const struct form *form, const char *text)
{
    if (form->is_manual) {
        fputs(".SH ", form->out);
        write_text(form, text);
        fputc('\n', form->out);
    } else
        fprintf(form->out, "\n== %s ==\n\n", text);
}

static void write_paragraphs(const struct form *form, const char *text)
{
    if (!form->is_manual) {
        fprintf(form->out, "%s\n", text);
        return;
    }
    for (const char *end; *text; text = end + strspn(end, "\n")) {
        end = strstr(text, "\n\n");
        end = end ? end : text + strlen(text);
        fputs(".PP\n", form->out);
        struct arena arena = { 0 };
        write_text(form, arena_copy(&arena, text, (size_t)(end - text)));
        arena_free(&arena);
        fputc('\n', form->out);
    }
}

/* ---- the reference ---- */

static void write_field(const struct form *form, const struct field *field)
{
    if (form->is_manual) {
        fputs(".TP\n.B ", form->out);
        write_text(form, field->name);
        fputs("\n.I ", form->out);
        write_text(form, field->source);
        fputs("\n.br\n", form->out);
        write_text(form, field->help);
        fputs("\n", form->out);
    } else
        fprintf(form->out, "    %-18s %s%s%s\n", field->name, field->source, *field->help ? "  # " : "",
                field->help);
}

static void write_fields(const struct form *form, const char *title, const struct record *record)
{
    if (record->fields_count == 0)
        return;
    if (form->is_manual)
        fprintf(form->out, ".PP\n.I %s\n", title);
    else
        fprintf(form->out, "  %s\n", title);
    for (size_t i = 0; i < record->fields_count; i++)
        write_field(form, &record->fields[i]);
}

static void write_title(const struct form *form, const char *title)
{
    if (form->is_manual) {
        fputs(".SS ", form->out);
        write_text(form, title);
        fputc('\n', form->out);
    } else
        fprintf(form->out, "%s\n", title);
}

static void write_method(const struct form *form, const struct method *method, struct arena *arena)
{
    const char *undone = method->undone_by ? arena_print(arena, ", undone by %s", method->undone_by->name)
                                           : "";
    write_title(form, arena_print(arena, "%s   %s by %s%s%s%s%s", method->name, mode_words[method->mode],
                                  clauses_print(method->clauses, method->clauses_count, arena),
                                  method->is_audited ? ", audited" : "",
                                  method->needs_held_clock ? ", held clock" : "",
                                  method->is_final ? ", final" : "", undone));
    write_paragraphs(form, method->help);
    write_fields(form, "takes", method->params);
    write_fields(form, "returns", method->result);
    fputs(form->is_manual ? "" : "\n", form->out);
}

/* Each record that is inside of another, once, in the order of first use. */
struct seen {
    const struct record *records[256];
    size_t count;
};

static void see_record(struct seen *seen, const struct record *record, bool is_inner)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->records[i] == record)
            return;
    if (is_inner && seen->count < sizeof seen->records / sizeof *seen->records)
        seen->records[seen->count++] = record;
    for (size_t i = 0; i < record->fields_count; i++)
        if (record->fields[i].record)
            see_record(seen, record->fields[i].record, true);
}

static void write_records(const struct form *form)
{
    struct seen seen = { .count = 0 };
    for (int i = 0; i < METHODS_COUNT; i++) {
        see_record(&seen, methods[i].params, false);
        see_record(&seen, methods[i].result, false);
    }
    write_heading(form, "RECORDS");
    for (size_t i = 0; i < seen.count; i++) {
        write_title(form, seen.records[i]->name);
        if (*seen.records[i]->help)
            write_paragraphs(form, seen.records[i]->help);
        for (size_t k = 0; k < seen.records[i]->fields_count; k++)
            write_field(form, &seen.records[i]->fields[k]);
        fputs(form->is_manual ? "" : "\n", form->out);
    }
}

static void write_events(const struct form *form, struct arena *arena)
{
    write_heading(form, "EVENTS");
    for (const struct event_kind *const *event = events; *event; event++) {
        write_title(form, arena_print(arena, "%s   by %s", (*event)->name,
                                      clauses_print((*event)->clauses, (*event)->clauses_count, arena)));
        if (*(*event)->help)
            write_paragraphs(form, (*event)->help);
        write_fields(form, "tells", (*event)->fields);
        fputs(form->is_manual ? "" : "\n", form->out);
    }
}

static void write_errors(const struct form *form)
{
    write_heading(form, "ERRORS");
    for (int i = 1; i < CODES_COUNT; i++) {
        if (form->is_manual) {
            fputs(".TP\n.B ", form->out);
            write_text(form, codes[i].word);
            fprintf(form->out, "\n(exit status %d) ", codes[i].exit_status);
            write_text(form, codes[i].help);
            fputc('\n', form->out);
        } else
            fprintf(form->out, "%-16s exit %-3d by %-8s  %s\n", codes[i].word, codes[i].exit_status,
                    codes[i].blames_caller ? "caller" : "service", codes[i].help);
    }
}

static const char wire[] =
    "MessagePack-RPC over a Unix stream socket: request [0, msgid, method, params], "
    "response [1, msgid, error, result],\n"
    "notification [2, method, params]. params is an array of at most one element, a "
    "map of named parameters; an unknown\n"
    "name is an error. error is nil or [kind, text]: kind 1 is the caller's mistake, "
    "0 the service's trouble; text is\n"
    "\"code field: sentence\", the field left out where there is none.\n"
    "\n"
    "Requests may be pipelined. Text is str and UTF-8, whole numbers stay below 2^53, "
    "nothing nests deeper than 16, and no\n"
    "frame is longer than 1 MiB. A date is text 2027-03-01, an instant is text "
    "2027-03-01T08:00:00Z, a local time is text\n"
    "2027-03-01T09:00, a duration is a whole number of minutes.\n"
    "\n"
    "A parameter with `default caller` is the caller's own person where it is absent; "
    "with `optional` besides, it is\n"
    "everybody for those who may ask for everybody.\n"
    "\n"
    "What is `undone by` a method and was called with a request_id, its caller can undo "
    "within 24 hours with\n"
    "service.undo; what is `final` cannot be undone.\n"
    "\n"
    "Every write also takes request_id, a text of 1 to 64 characters: within 24 hours "
    "the same id again gets the first\n"
    "answer again, and nothing is done twice.\n";

static void write_body(const struct form *form)
{
    struct arena arena = { 0 };
    write_heading(form, "THE WIRE");
    write_paragraphs(form, wire);
    write_heading(form, "METHODS");
    for (int i = 0; i < METHODS_COUNT; i++)
        write_method(form, &methods[i], &arena);
    write_records(form);
    write_events(form, &arena);
    write_errors(form);
    arena_free(&arena);
}

void describe_reference(FILE *out)
{
    const struct form form = { out, false };
    fputs("The protocol of laugd. Made from the catalogue by `laug reference`.\n", out);
    write_body(&form);
}

void describe_protocol_manual(FILE *out)
{
    const struct form form = { out, true };
    fputs(".TH LAUG\\-PROTOCOL 7 \"\" \"Laug " LAUG_VERSION "\" \"Laug\"\n"
          ".SH NAME\nlaug\\-protocol \\- what laugd answers on its socket\n",
          out);
    write_body(&form);
    fputs(".SH SEE ALSO\n.BR laug (1)\n", out);
}

/* ---- laug(1) ---- */

static const char introduction[] =
    "laug talks to laugd, the service that plans a company's rotations, sabbatical weeks and reminders. Its "
    "words are the\n"
    "words of the service's methods: a thing, what to do with it, and the values. The first required id or "
    "text is written\n"
    "without its name, everything else as an option; who is meant where nobody is named is you. Without any "
    "words "
    "it tells\n"
    "what is yours.\n"
    "\n"
    "laug --help, laug THING --help and laug THING VERB --help explain each step.\n";

static const char days[] = "Days are typed as people say them, in English or Danish whatever the language of "
                           "the answers: 2027-03-01, 1/3 "
                           "(the day\n"
                           "first), 1/3/2027, 1 March, 1. marts, today, i morgen, monday, fredag, next "
                           "friday, week 12, fredag uge 12, +2w, "
                           "-1d.\n"
                           "They need no quotes. What leaves out the year, and a weekday alone, means the "
                           "next one to come, today included; "
                           "next\n"
                           "friday is that of next week, week 12 its Monday, +2w two weeks from today. Times "
                           "follow a day: monday 10:00, i "
                           "morgen\n"
                           "kl. 9. It is the service's clock that counts, in the company's zone. What was "
                           "not typed in full is said in full, "
                           "on\n"
                           "standard error, before anything is written; what is in no calendar, or could "
                           "mean two things, is refused.\n";

struct entry {
    const char *name, *help;
};

static const struct entry entries[] = {
    {"--socket PATH",                   "where the service listens; else $LAUG_SOCKET, $XDG_RUNTIME_DIR/laug/laug.sock or "
                       "/run/laug/laug.sock"                                                                 },
    { "--json",                         "the whole answer as JSON"                                                                },
    { "--plain",                        "for scripts: tabs between the values, no header, nothing folded"                         },
    { "--dry-run",                      "of what would change something: try it, show what would come of it, and undo it"         },
    { "--yes",                          "do not ask before what cannot be undone; a script that is to do such a thing must say so"},
    { "--no-pager",                     "print what is longer than the screen as it comes, and not through $PAGER"                },
    { "--request-id ID",                "repeating a change with the same id within 24 hours does it once"                        },
    { "--language english|danish",      "of what laug says; else as LANGUAGE, LC_ALL, LC_MESSAGES or LANG say"                    },
    { "laug week [WEEK]",               "draw the company's week: who has which turn, who is away"                                },
    { "laug year [YEAR]",               "draw the company's year: turns, sabbatical weeks, closed days"                           },
    { "laug watch [--since NUMBER]",    "follow what happens, a sentence for each event"                                          },
    { "laug undo [NUMBER]",
     "undo what you did last, or another act of the last 24 hours; --list shows them"                                             },
    { "laug calendar [--out FILE]",
     "write a calendar, yours or another, as an iCalendar file; --help tells the rest"                                            },
    { "laug import THING FILE",         "load people, teams, absences or holidays from a file"                                    },
    { "laug completion bash|zsh|fish",  "print a script that completes laug's words in that shell"                                },
    { "laug reference",                 "print the protocol reference"                                                            },
    { "laug manual laug|laug-protocol",
     "show this page, or laug-protocol(7); where it is not for a terminal, in the language of man(7)"                             },
};

static const struct entry environment[] = {
    {"LAUG_SOCKET",             "where the service listens, where --socket does not say"           },
    { "LAUG_BACKGROUND",
     "light or dark: the background of the terminal, for colours that can be read on it; "
      "else as COLORFGBG says, and where that is not set colours that can be read on both"         },
    { "PAGER",
     "what shows answers that are longer than the screen; else less, and where it is empty nothing"},
    { "NO_COLOR",               "where it is set, there are no colours"                            },
    { "COLUMNS, LINES",         "how large the screen is, where no terminal says so"               },
    { "LC_ALL, LC_CTYPE, LANG", "where they do not say UTF-8, pictures are drawn in ASCII"         },
};

static void write_entries(const struct form *form, const struct entry *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(".TP\n.B ", form->out);
        write_text(form, list[i].name);
        fputc('\n', form->out);
        write_text(form, list[i].help);
        fputc('\n', form->out);
    }
}

static void write_command(const struct form *form, const struct method *method, struct arena *arena)
{
    fputs(".TP\n.B ", form->out);
    write_text(form, describe_usage(method, arena));
    fputc('\n', form->out);
    write_text(form, describe_brief(method->help, arena));
    if (method->is_final)
        write_text(form, " It cannot be undone, and asks first.");
    fputs("\n.br\nExample: ", form->out);
    write_text(form, describe_example(method, arena));
    fputc('\n', form->out);
}

void describe_manual(FILE *out)
{
    const struct form form = { out, true };
    struct arena arena = { 0 };
    fputs(".TH LAUG 1 \"\" \"Laug " LAUG_VERSION "\" \"Laug\"\n"
          ".SH NAME\nlaug \\- rotations, sabbatical weeks and reminders on the command line\n"
          ".SH SYNOPSIS\n.B laug\n[option...] thing verb [value] [\\-\\-name value...]\n",
          out);
    write_heading(&form, "DESCRIPTION");
    write_paragraphs(&form, introduction);
    write_heading(&form, "OPTIONS");
    write_entries(&form, entries, sizeof entries / sizeof *entries);
    write_heading(&form, "DAYS AND TIMES");
    write_paragraphs(&form, days);
    write_heading(&form, "COMMANDS");
    for (int i = 0; i < METHODS_COUNT; i++)
        write_command(&form, &methods[i], &arena);
    write_heading(&form, "ENVIRONMENT");
    write_entries(&form, environment, sizeof environment / sizeof *environment);
    write_heading(&form, "EXIT STATUS");
    fputs(".TP\n.B 0\nIt was done.\n.TP\n.B 1\nIt was not done: you were asked, and said no.\n", out);
    for (int i = 1; i < CODES_COUNT; i++) {
        fprintf(out, ".TP\n.B %d\n", codes[i].exit_status);
        write_text(&form, codes[i].help);
        fputc('\n', out);
    }
    fputs(".SH SEE ALSO\n.BR laug\\-protocol (7)\n", out);
    arena_free(&arena);
}
