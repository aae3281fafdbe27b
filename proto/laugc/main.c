/* SPDX-License-Identifier: MIT */
#include "laugc.h"

#include <stdio.h>
#include <string.h>

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && same(text + length - wanted, end);
}

int main(int count, char **files)
{
    if (count < 3) {
        fputs("usage: laugc FOLDER FILE.laug… schema/FILE.sql… FILE.sql…\n", stderr);
        return 2;
    }
    for (int i = 2; i < count; i++) {
        if (ends_in(files[i], ".laug"))
            catalogue_read(files[i]);
        else if (strstr(files[i], "/schema/"))
            schema_read(files[i]);
    }
    schema_check();
    catalogue_resolve();
    for (int i = 2; i < count; i++)
        if (ends_in(files[i], ".sql") && !strstr(files[i], "/schema/"))
            statements_read(files[i]);
    if (mistakes_count() == 0)
        write_all(files[1]);
    if (mistakes_count())
        fprintf(stderr, "laugc: %d mistake%s\n", mistakes_count(), mistakes_count() > 1 ? "s" : "");
    return mistakes_count() > 0;
}
