/* SPDX-License-Identifier: MIT */
#include "happened.h"

#include "cell.h"
#include "commands.h"
#include "say.h"

#include <string.h>
#include <time.h>

/* Of kinds that say in one of their fields what happened, one sentence for each word of it. "" of what is
 * said to programs alone. */
struct sentence {
    const char *kind, *field, *word; /* field: NULL where there is only one sentence */
    const char *text;
};

static const struct sentence sentences[] = {
    {"absence.changed",            NULL,     NULL,        N_("The days away of {person} have changed")                      },
    { "calendar.changed",          NULL,     NULL,        ""                                                                },
    { "company.changed",           NULL,     NULL,        N_("The company's settings or closed days have changed")          },
    { "outbox.ready",              NULL,     NULL,        ""                                                                },
    { "people.imported",           NULL,     NULL,        N_("People were loaded: {count}")                                 },
    { "person.changed",            NULL,     NULL,        N_("What is known of {person} has changed")                       },
    { "reminder.due",              NULL,     NULL,        N_("{person} is reminded of {subject}")                           },
    { "rotation.changed",          NULL,     NULL,        N_("The rotation {rotation} has changed")                         },
    { "sabbatical.changed",        "state",  "requested", N_("{person} asks for a sabbatical")                              },
    { "sabbatical.changed",        "state",  "queued",    N_("{person} waits for room for a sabbatical")                    },
    { "sabbatical.changed",        "state",  "approved",  N_("The sabbatical of {person} is approved")                      },
    { "sabbatical.changed",        "state",  "declined",  N_("The sabbatical of {person} is declined")                      },
    { "sabbatical.changed",        "state",  "cancelled", N_("The sabbatical of {person} is cancelled")                     },
    { "sabbatical.changed",        "state",  "withdrawn", N_("{person} has taken the sabbatical back")                      },
    { "sabbatical.changed",        "state",  "done",      N_("The sabbatical of {person} is over")                          },
    { "sabbatical.policy.changed", NULL,     NULL,        N_("The rules for sabbaticals have changed")                      },
    { "team.changed",              NULL,     NULL,        N_("The team {team} has changed")                                 },
    { "turn.answered",             "state",  "accepted",  N_("Somebody takes the turn that {person} offered: {turn}")       },
    { "turn.answered",             "state",  "declined",  N_("Said no to the turn that {person} offered: {turn}")           },
    { "turn.answered",             "state",  "withdrawn", N_("{person} has taken an offer back: {turn}")                    },
    { "turn.answered",             "state",  "undone",    N_("What {person} agreed on is undone: {turn}")                   },
    { "turn.answered",             "state",  "expired",   N_("Nobody took the turn that {person} offered: {turn}")          },
    { "turn.changed",              "why",    "replaced",  N_("{member} takes {rotation} in place of {former}, {starts_at}") },
    { "turn.changed",              "why",    "filled",    N_("{member} takes {rotation}, which nobody had, {starts_at}")    },
    { "turn.changed",              "why",    "opened",    N_("Nobody can take {rotation} in place of {former}, {starts_at}")},
    { "turn.changed",              "why",    "pinned",    N_("{member} was given {rotation} by hand, {starts_at}")          },
    { "turn.changed",              "why",    "covered",   N_("{member} covers for {former}: {rotation}, {starts_at}")       },
    { "turn.changed",              "why",    "swapped",
     N_("{member} takes {rotation} in a swap with {former}, {starts_at}")                                                   },
    { "turn.changed",              "why",    "undone",    N_("{rotation} is back with {member}, {starts_at}")               },
    { "turn.changed",              "why",    "cancelled", N_("{rotation} is cancelled, {starts_at}")                        },
    { "turn.changed",              "why",    "done",      N_("{member} has done {rotation}, {starts_at}")                   },
    { "turn.changed",              "why",    "moved",     N_("{rotation} has moved, to {starts_at}")                        },
    { "turn.offered",              NULL,     NULL,        N_("{person} is asked to take a turn: {turn}")                    },
    { "turn.published",            "member", NULL,        N_("Nobody has the turn for {rotation}, {starts_at}")             },
    { "turn.published",            NULL,     NULL,        N_("{member} has the turn for {rotation}, {starts_at}")           },
    { "webhook.changed",           NULL,     NULL,        N_("The webhook {webhook} has changed")                           },
};

struct telling {
    struct arena *arena;
    struct cursor event;
    struct names *names;
};

static const char *text_of(const struct telling *telling, const char *name)
{
    struct cursor value;
    return cell_find(telling->event, name, &value) ? cell_text(telling->arena, NULL, value, STYLE_PLAIN)
                                                   : NULL;
}

/* Without a word: where the field is absent. */
static const char *sentence_of(const struct telling *telling, const char *kind)
{
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        const struct sentence *sentence = &sentences[i];
        const char *word = sentence->field ? text_of(telling, sentence->field) : NULL;
        bool fits = !sentence->field                  ? true
                    : !sentence->word || word == NULL ? sentence->word == word
                                                      : strcmp(sentence->word, word) == 0;
        if (strcmp(sentence->kind, kind) == 0 && fits)
            return *sentence->text ? text_translate(sentence->text) : "";
    }
    return NULL;
}

/* "office-hours" of office-hours-12: what the turn is a turn of. */
static const char *rotation_of(const struct telling *telling, const char *turn)
{
    const char *hyphen = strrchr(turn, '-');
    return arena_copy(telling->arena, turn, hyphen ? (size_t)(hyphen - turn) : strlen(turn));
}

static void want(struct names *names, const char *id, bool anew)
{
    size_t place = names_want(names, id);
    if (anew)
        names->shown[place] = NULL;
}

/* Asks for all at once, and anew where a name may have changed. What is no id of anybody's stays as it is. */
static void want_names(const struct telling *telling, const char *kind, struct service *service)
{
    bool is_renamed = strcmp(kind, "person.changed") == 0 || strcmp(kind, "team.changed") == 0 ||
                      strcmp(kind, "rotation.changed") == 0;
    static const char *const fields[] = { "person", "member", "former", "team", "rotation", "subject" };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *id = text_of(telling, fields[i]);
        if (id)
            want(telling->names, id, is_renamed);
    }
    const char *turn = text_of(telling, "turn"), *subject = text_of(telling, "subject");
    if (turn)
        want(telling->names, rotation_of(telling, turn), false);
    if (subject)
        want(telling->names, rotation_of(telling, subject), false);
    if (names_ask(telling->names, service) != LAUG_OK)
        return;
}

/* An instant of the turn, on the reader's clock, seen from the day of the event. */
static const char *say_instant(const struct telling *telling, const char *text)
{
    const char *at = text_of(telling, "at");
    int64_t instant, now;
    struct tm local, today;
    if (!instant_parse(text, strlen(text), &instant) || !at || !instant_parse(at, strlen(at), &now) ||
        !localtime_r(&(time_t){ instant }, &local) || !localtime_r(&(time_t){ now }, &today))
        return text;
    return say_time(telling->arena, instant + local.tm_gmtoff, day_of_seconds(now + today.tm_gmtoff));
}

static const char *value_of(const struct telling *telling, const char *name)
{
    const char *text = text_of(telling, name);
    if (!text)
        return _("nobody");
    if (strcmp(name, "starts_at") == 0)
        return say_instant(telling, text);
    if (strcmp(name, "turn") != 0 && strcmp(name, "subject") != 0)
        return names_of(telling->names, text);
    const char *rotation = rotation_of(telling, text), *title = names_of(telling->names, rotation);
    return strcmp(title, rotation) == 0 ? names_of(telling->names, text)
                                        : arena_print(telling->arena, "%s (%s)", title, text);
}

const char *happened_say(struct arena *arena, const char *kind, struct cursor event, struct names *names,
                         struct service *service)
{
    const struct telling telling = { arena, event, names };
    const char *sentence = sentence_of(&telling, kind), *text = "";
    if (!sentence || !*sentence)
        return sentence;
    want_names(&telling, kind, service);
    while (*sentence) {
        size_t plain = strcspn(sentence, "{"), length = strcspn(sentence + plain, "}");
        text = arena_print(arena, "%s%.*s", text, (int)plain, sentence);
        sentence += plain;
        if (!*sentence)
            break;
        text = arena_print(arena, "%s%s", text,
                           value_of(&telling, arena_copy(arena, sentence + 1, length - 1)));
        sentence += length + 1;
    }
    return text;
}
