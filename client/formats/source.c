/* SPDX-License-Identifier: MIT */
#include "source.h"

#include "encoding.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 64 << 10, COMMAND_MOST = 300 };

const char *source_quoted(const char *path, struct arena *arena)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-+,:@%";
    size_t length = strlen(path);
    if (length && strspn(path, plain) == length && path[0] != '-')
        return path;
    /* each quote in it takes four characters; a path that begins like an option gets ./ in front */
    char *quoted = arena_take(arena, length * 4 + 5), *end = quoted;
    *end++ = '\'';
    if (path[0] == '-')
        *end++ = '.', *end++ = '/';
    for (; *path; path++)
        if (*path == '\'')
            end = (char *)memcpy(end, "'\\''", 4) + 4;
        else
            *end++ = *path;
    *end++ = '\'';
    return quoted;
}

/* staff.csv -> staff.utf8.csv */
static const char *converted_name(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (!dot || dot == path || (slash && dot <= slash + 1))
        return arena_print(arena, "%s.utf8", path);
    return arena_print(arena, "%.*s.utf8%s", (int)(dot - path), path, dot);
}

static enum code refuse_encoding(const char *path, const struct encoding *found, struct arena *arena,
                                 struct error *error)
{
    const char *from = source_quoted(path, arena), *to = source_quoted(converted_name(path, arena), arena);
    if (found->kind == ENCODING_SPREADSHEET)
        return fail(
            error, INVALID, NULL,
            _("this is the file of a spreadsheet program: open it there and save it as \"CSV UTF-8\""));
    if (found->kind == ENCODING_BINARY)
        return fail(error, INVALID, NULL, _("line %zu holds a NUL: this is no text file"), found->line);
    if (strcmp(path, "-") == 0 || strlen(from) + strlen(to) > COMMAND_MOST)
        from = "FILE", to = "FILE.utf8";
    if (!found->byte)
        return fail(error, INVALID, NULL,
                    _("it is text in %s, not UTF-8; this converts it: "
                      "iconv -f %s -t UTF-8 %s > %s"),
                    found->charset, found->charset, from, to);
    return fail(error, INVALID, NULL,
                _("line %zu has a byte 0x%02X that is no UTF-8; it looks like %s, and this converts it: "
                  "iconv -f %s -t UTF-8 %s > %s"),
                found->line, found->byte, found->charset, found->charset, from, to);
}

static enum code system_failure(struct error *error)
{
    enum code code = errno == ENOENT || errno == ENOTDIR ? NOT_FOUND
                     : errno == EACCES || errno == EPERM ? FORBIDDEN
                                                         : UNAVAILABLE;
    return fail(error, code, NULL, "%s", strerror(errno));
}

static enum code read_all(int file, size_t most, struct arena *arena, char **bytes, size_t *length,
                          struct error *error)
{
    struct stat status;
    size_t room = FIRST_ROOM, used = 0;
    if (fstat(file, &status) == 0 && S_ISDIR(status.st_mode))
        return fail(error, INVALID, NULL, _("this is a folder"));
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        room = (size_t)status.st_size <= most ? (size_t)status.st_size + 1 : most + 1;
    char *text = arena_take(arena, room + 1);
    for (ssize_t got; (got = read(file, text + used, room - used)) != 0;) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return system_failure(error);
        used += (size_t)got;
        if (used > most)
            return fail(error, TOO_LARGE, NULL, _("it is larger than %zu MiB"), most >> 20);
        if (used == room) {
            char *more = arena_take(arena, room * 2 + 1);
            text = memcpy(more, text, used);
            room *= 2;
        }
    }
    text[used] = 0;
    *bytes = text;
    *length = used;
    return OK;
}

enum code source_read(const char *path, size_t most, struct arena *arena, const char **bytes, size_t *length,
                      struct error *error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    char *text = NULL;
    size_t size = 0;
    int file = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return system_failure(error);
    enum code code = read_all(file, most, arena, &text, &size, error);
    if (!is_stdin)
        close(file);
    if (code)
        return code;
    struct encoding found = encoding_find(text, size);
    if (found.kind != ENCODING_UTF8)
        return refuse_encoding(path, &found, arena, error);
    *bytes = text + found.skip;
    *length = size - found.skip;
    return OK;
}
