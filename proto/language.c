/* SPDX-License-Identifier: MIT */
/*
 * The trap that shapes this file, measured with glibc 2.36: gettext honours LANGUAGE in every locale but "C"
 * and "POSIX", and a small system has no Danish locale at all:
 *
 * - LANG=da_DK.UTF-8 (not generated): setlocale(LC_ALL, "") fails and leaves "C", so English
 * - LANG=da_DK.UTF-8 LANGUAGE=da: the same
 * - LANG=C.UTF-8 LANGUAGE=da: Danish
 * - LANGUAGE=da and setlocale(LC_ALL, "C.UTF-8"): Danish, whatever LANG says
 *
 * C.UTF-8 is always there (it is part of libc-bin). So: LANGUAGE=da once, and C.UTF-8 as the locale of the
 * calling thread for the moment of the look-up only. The process keeps its own locale, and with it English
 * in strerror and the journal.
 */
#include "language.h"

#include "error.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum language wished; /* what the environment said before language_load changed it */
static locale_t danish;      /* 0 until language_load, and where even C.UTF-8 is missing */
static _Thread_local enum language current = ENGLISH;

/* Writes the `locale` folder beside the running program; false where there is no Danish catalogue in it. */
static _Bool find_beside_program(char folder[static PATH_MAX])
{
    char program[PATH_MAX], catalogue[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return 0;
    program[length] = 0;
    *strrchr(program, '/') = 0;
    if (snprintf(folder, PATH_MAX, "%s/locale", program) >= PATH_MAX ||
        snprintf(catalogue, PATH_MAX, "%s/da/LC_MESSAGES/laug.mo", folder) >= PATH_MAX)
        return 0;
    return access(catalogue, R_OK) == 0;
}

static const char *translate_current(const char *sentence)
{
    return language_translate(current, sentence);
}

void language_load(void)
{
    char folder[PATH_MAX];
    wished = language_of_environment();
    bindtextdomain("laug", find_beside_program(folder) ? folder : LAUG_LOCALE_DIR);
    bind_textdomain_codeset("laug", "UTF-8");
    setenv("LANGUAGE", "da", 1);
    if (!danish)
        danish = newlocale(LC_CTYPE_MASK | LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
    text_translator(translate_current);
}

enum language language_from_tag(const char *tag)
{
    _Bool is_danish = tag && strncmp(tag, "da", 2) == 0 && (tag[2] == 0 || strchr("_-.@:", tag[2]));
    return is_danish ? DANISH : ENGLISH;
}

enum language language_of_environment(void)
{
    if (danish)
        return wished;
    static const char *const names[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return language_from_tag(value);
    }
    return ENGLISH;
}

void language_use(enum language language)
{
    current = language;
}

enum language language_in_use(void)
{
    return current;
}

const char *language_translate(enum language language, const char *sentence)
{
    /* gettext answers "" with the header of the catalogue */
    if (language == ENGLISH || !danish || !sentence || !*sentence)
        return sentence;
    locale_t before = uselocale(danish);
    const char *translated = dgettext("laug", sentence);
    uselocale(before);
    return translated;
}
