/* SPDX-License-Identifier: MIT */
#include "laugc.h"

#include <stdio.h>
#include <string.h>

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && same(text + length - wanted, end);
}

static bool is_schema(const char *file)
{
    return strstr(file, "/schema/") != NULL;
}

static void read_catalogue(char *const *files)
{
    for (; *files; files++)
        if (ends_in(*files, ".laug"))
            catalogue_read(*files);
        else if (is_schema(*files))
            schema_read(*files);
        else if (ends_in(*files, ".txt"))
            letters_read(*files);
}

static void read_statements(char *const *files)
{
    for (; *files; files++)
        if (ends_in(*files, ".sql") && !is_schema(*files))
            statements_read(*files);
}

static void resolve_catalogue(char *const *files)
{
    (void)files;
    schema_check();
    letters_check();
    catalogue_resolve();
}

static void check_statements(char *const *files)
{
    (void)files;
    relations_check();
    statements_check();
}

int main(int count, char **files)
{
    /* what is wrong in one step makes the next one see mistakes where there are none, so it ends here */
    static void (*const steps[])(char *const *) = { read_catalogue, resolve_catalogue, read_statements,
                                                    check_statements };
    if (count < 3) {
        fputs("usage: laugc FOLDER FILE.laug… schema/FILE.sql… FILE.sql… templates/LANGUAGE/KIND.txt…\n",
              stderr);
        return 2;
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps && mistakes_count() == 0; i++)
        steps[i](files + 2);
    if (mistakes_count() == 0) {
        write_catalogue(files[1]);
        write_daemon(files[1]);
        write_letters(files[1]);
    } else {
        fprintf(stderr, "laugc: %d mistake%s\n", mistakes_count(), mistakes_count() > 1 ? "s" : "");
    }
    return mistakes_count() > 0;
}
