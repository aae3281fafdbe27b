/* SPDX-License-Identifier: MIT */
/* The texts of messages: templates/LANGUAGE/KIND.txt, put into the program as they are. Each kind has a file
 * in each language, or the build ends. */
#include "template.h"

#include <string.h>

static const char *const languages[] = { "en", "da" }; /* as of enum language */
enum { LANGUAGES = sizeof languages / sizeof *languages, KINDS_MAX = 120 };

struct letter {
    const char *kind, *text[LANGUAGES];
    struct place at;
};

static struct letter letters[KINDS_MAX];
static int letters_count;

static struct letter *find_or_add(const char *kind, const char *file)
{
    for (int i = 0; i < letters_count; i++)
        if (same(letters[i].kind, kind))
            return &letters[i];
    struct letter *letter = &letters[one_more(&letters_count, KINDS_MAX, "templates")];
    *letter = (struct letter){
        .kind = kind, .at = {file, 1, 0}
    };
    return letter;
}

void letters_read(const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash + 1;
    char *kind = print("%.*s", (int)strlen(name) - 4, name);
    for (int i = 0; i < LANGUAGES; i++)
        if (slash - file >= 3 && slash[-3] == '/' && strncmp(slash - 2, languages[i], 2) == 0)
            find_or_add(kind, file)->text[i] = read_file(file);
}

void letters_check(void)
{
    for (int i = 0; i < letters_count; i++)
        for (int language = 0; language < LANGUAGES; language++)
            if (!letters[i].text[language])
                mistake(letters[i].at, "this message has no file templates/%s/%s.txt", languages[language],
                        letters[i].kind);
}

void write_letters(const char *folder)
{
    FILE *out = open_file(folder, "domain/templates.c");
    put(out, "#include \"template_parse.h\"\n\nconst struct template_source template_sources[] = {\n");
    for (int i = 0; i < letters_count; i++) {
        put(out, "    { \"$kind$\", {", "kind", letters[i].kind);
        for (int language = 0; language < LANGUAGES; language++)
            put(out, " $text$,", "text", quoted(letters[i].text[language]));
        put(out, " } },\n");
    }
    put(out, "    { 0 },\n};\n");
    close_file(out, "templates.c");
}
