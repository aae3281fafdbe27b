/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum code explain(struct error *error, const char *path)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT;
    return fail(error, is_full ? STORAGE_FULL : UNAVAILABLE, "out", _("%s cannot be written: %s"), path,
                strerror(errno));
}

static bool write_whole(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t written = write(fd, text, left);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            text += written;
            left -= (size_t)written;
        }
    }
    return true;
}

/* mkostemp makes it for the owner alone; a feed is read by others. */
static bool open_up(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(fd, 0666 & ~mask) == 0;
}

static bool sync_folder(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        abort();
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    free(copy);
    return is_synced;
}

static enum code replace(const char *path, const char *text, struct error *error)
{
    char *beside;
    if (asprintf(&beside, "%s.XXXXXX", path) < 0)
        abort();
    int fd = mkostemp(beside, O_CLOEXEC);
    enum code code = OK;
    if (fd < 0 || !write_whole(fd, text) || !open_up(fd) || fsync(fd) != 0 || rename(beside, path) != 0) {
        code = explain(error, path);
        if (fd >= 0)
            unlink(beside);
    } else if (!sync_folder(path))
        code = explain(error, path);
    if (fd >= 0)
        close(fd);
    free(beside);
    return code;
}

enum code output_write(const char *path, const char *text, struct error *error)
{
    if (path)
        return replace(path, text, error);
    return write_whole(STDOUT_FILENO, text) ? OK : explain(error, _("standard output"));
}
