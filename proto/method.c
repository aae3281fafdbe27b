/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "catalogue.h"

#include <string.h>

const char *const role_words[ROLES_COUNT] = { "anyone", "staff", "tool",   "courier", "auditor",
                                              "admin",  "self",  "mentor", "lead" };
const char *const mode_words[] = { "read", "write", "slow" };

/* As strcmp, of bytes that may hold anything and a word. */
static int compare(const char *name, size_t length, const char *word)
{
    size_t word_length = strlen(word);
    int order = memcmp(name, word, length < word_length ? length : word_length);
    return order ? order : (length > word_length) - (length < word_length);
}

const struct method *method_find(const char *name, size_t length)
{
    for (size_t low = 0, high = METHODS_COUNT; low < high;) {
        size_t middle = (low + high) / 2;
        int order = compare(name, length, methods[middle].name);
        if (order == 0)
            return &methods[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct event_kind *event_find(const char *name)
{
    for (const struct event_kind *const *event = events; *event; event++)
        if (strcmp((*event)->name, name) == 0)
            return *event;
    return NULL;
}

const char *clauses_print(const struct clause *clauses, int count, struct arena *arena)
{
    const char *text = "";
    for (int i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : i == count - 1 ? " or " : ", ";
        const char *of = clauses[i].of ? " of " : "", *name = clauses[i].of ? clauses[i].of->name : "";
        text = arena_print(arena, "%s%s%s%s%s", text, between, role_words[clauses[i].role], of, name);
    }
    return text;
}

/* Whom a clause means, to somebody who has not read the catalogue. */
static const char *clause_tell(const struct clause *clause)
{
    switch (clause->role) {
    case ROLE_ANYONE: return _("everybody");
    case ROLE_STAFF: return _("the people of the company");
    case ROLE_TOOL: return _("the company's programs");
    case ROLE_COURIER: return _("the courier of the mail");
    case ROLE_AUDITOR: return _("auditors");
    case ROLE_ADMIN: return _("admins");
    case ROLE_SELF: return _("the person it concerns");
    case ROLE_MENTOR: return _("that person's mentor");
    case ROLE_LEAD: return _("that person's lead");
    case ROLES_COUNT: break;
    }
    return "";
}

const char *clauses_tell(const struct clause *clauses, int count, struct arena *arena)
{
    const char *text = "";
    int told = 0, left = count;
    for (int i = 0; i < count; i++) {
        bool is_repeated = false;
        for (int before = 0; before < i; before++)
            is_repeated |= clauses[before].role == clauses[i].role;
        left--;
        if (is_repeated)
            continue;
        const char *between = told++ == 0 ? "" : left == 0 ? _(" and ") : ", ";
        text = arena_print(arena, "%s%s%s", text, between, clause_tell(&clauses[i]));
    }
    return text;
}
