/* SPDX-License-Identifier: MIT */
/*
 * All templates: what is built in, and over it what the company has written. The invariant: those in force
 * are all checked, and one set changes for another as a whole, so that a message is never made of both.
 */
#include "template.h"

#include "suggest.h"
#include "template_parse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KINDS_MAX = 120, FILE_MAX = 64 * 1024 };

static const char *const folders[TEMPLATE_LANGUAGES] = { [ENGLISH] = "en", [DANISH] = "da" };

struct template_set {
    struct arena arena;
    struct template items[TEMPLATE_LANGUAGES][KINDS_MAX];
};

struct templates {
    pthread_rwlock_t lock; /* slow reads fill in templates on threads of their own */
    struct template_set *set;
};

/* ---- kinds: those of the built-in files ---- */

/* Its place in template_sources; -1 where there is none. */
static int kind_index(const char *kind)
{
    for (int i = 0; i < KINDS_MAX && template_sources[i].kind; i++)
        if (strcmp(template_sources[i].kind, kind) == 0)
            return i;
    return -1;
}

bool template_exists(const char *kind)
{
    return kind_index(kind) >= 0;
}

/* ---- sets ---- */

static void set_free(struct template_set *set)
{
    if (set)
        arena_free(&set->arena);
    free(set);
}

static enum code add(struct template_set *set, int language, const char *file, const char *kind,
                     const char *text, size_t length, struct error *error)
{
    struct template template;
    int index = kind_index(kind);
    if (index < 0)
        return fail(error, INTERNAL, NULL, "there is no template %s, or there are too many", kind);
    if (template_parse(&set->arena, file, kind, text, length, &template, error))
        return error->code;
    set->items[language][index] = template;
    return OK;
}

static enum code add_built_in(struct template_set *set, struct error *error)
{
    for (const struct template_source *source = template_sources; source->kind; source++)
        for (int i = 0; i < TEMPLATE_LANGUAGES; i++) {
            const char *text = source->text[i],
                       *file = arena_print(&set->arena, "templates/%s/%s.txt", folders[i], source->kind);
            if (add(set, i, file, source->kind, text, strlen(text), error))
                return error->code;
        }
    return OK;
}

static struct template_set *set_new(struct error *error)
{
    struct template_set *set = calloc(1, sizeof *set);
    if (!set)
        abort();
    if (add_built_in(set, error) == OK)
        return set;
    set_free(set);
    return NULL;
}

struct templates *templates_new(void)
{
    struct templates *templates = calloc(1, sizeof *templates);
    struct error error;
    if (!templates || pthread_rwlock_init(&templates->lock, NULL) != 0)
        abort();
    templates->set = set_new(&error);
    if (!templates->set) { /* a mistake of ours, which the tests of the built-in files find */
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    return templates;
}

void templates_free(struct templates *templates)
{
    if (!templates)
        return;
    set_free(templates->set);
    pthread_rwlock_destroy(&templates->lock);
    free(templates);
}

/* ---- a company's own ---- */

/* Reads a regular file; anything else could keep the service waiting for ever. */
static enum code read_file(struct arena *arena, const char *path, const char **text, size_t *length,
                           struct error *error)
{
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(error, INVALID, NULL, "%s cannot be read: %s", path, strerror(errno));
    bool is_file = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
    size_t size = is_file && stat.st_size <= FILE_MAX ? (size_t)stat.st_size : 0;
    char *bytes = arena_take(arena, size + 1);
    ssize_t count = read(fd, bytes, size); /* of a file on a disk: all of it */
    close(fd);
    if (!is_file)
        return fail(error, INVALID, NULL, "%s is no file", path);
    if (count < 0)
        return fail(error, INVALID, NULL, "%s cannot be read", path);
    if (stat.st_size > FILE_MAX)
        return fail(error, INVALID, NULL, "%s is longer than %d bytes", path, FILE_MAX);
    *text = bytes;
    *length = (size_t)count;
    return OK;
}

static enum code refuse_name(const char *path, const char *name, const char *const *choices, size_t count,
                             const char *ending, const char *what, struct error *error)
{
    const char *near = suggest(name, choices, count);
    if (near)
        return fail(error, INVALID, NULL, "%s: %s; did you mean %s%s?", path, what, near, ending);
    return fail(error, INVALID, NULL, "%s: %s; `laugd --templates FOLDER` writes all that there are", path,
                what);
}

static enum code load_file(struct template_set *set, int language, const char *folder, const char *name,
                           struct error *error)
{
    const char *kinds[KINDS_MAX], *text, *path = arena_print(&set->arena, "%s/%s", folder, name);
    const char *dot = strrchr(name, '.');
    size_t length, count = 0;
    bool is_text = dot && strcmp(dot, ".txt") == 0;
    const char *kind = arena_copy(&set->arena, name, dot ? (size_t)(dot - name) : strlen(name));
    for (; count < KINDS_MAX && template_sources[count].kind; count++)
        kinds[count] = template_sources[count].kind;
    if (!is_text || !template_exists(kind))
        return refuse_name(path, kind, kinds, count, ".txt", "there is no message of this name", error);
    if (read_file(&set->arena, path, &text, &length, error))
        return error->code;
    return add(set, language, path, kind, text, length, error);
}

/* In the order of their names, so that the same mistake is told first each time. */
static enum code each_name(struct arena *arena, const char *folder, const char ***names, size_t *count,
                           struct error *error)
{
    struct dirent **entries;
    int found = scandir(folder, &entries, NULL, alphasort);
    *count = 0;
    if (found < 0 && errno == ENOENT)
        return OK;
    if (found < 0)
        return fail(error, INVALID, NULL, "%s cannot be read: %s", folder, strerror(errno));
    *names = arena_take(arena, ((size_t)found + 1) * sizeof **names);
    for (int i = 0; i < found; i++) {
        if (*entries[i]->d_name != '.') /* what an editor or a version control keeps beside them */
            (*names)[(*count)++] = arena_copy(arena, entries[i]->d_name, strlen(entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return OK;
}

static enum code load_language(struct template_set *set, int language, const char *folder,
                               struct error *error)
{
    const char **names;
    size_t count;
    if (each_name(&set->arena, folder, &names, &count, error))
        return error->code;
    for (size_t i = 0; i < count; i++)
        if (load_file(set, language, folder, names[i], error))
            return error->code;
    return OK;
}

static enum code load_all(struct template_set *set, const char *folder, struct error *error)
{
    const char **names;
    size_t count;
    if (each_name(&set->arena, folder, &names, &count, error))
        return error->code;
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_print(&set->arena, "%s/%s", folder, names[i]);
        int language = 0;
        while (language < TEMPLATE_LANGUAGES && strcmp(folders[language], names[i]) != 0)
            language++;
        if (language == TEMPLATE_LANGUAGES)
            return refuse_name(path, names[i], folders, TEMPLATE_LANGUAGES, "",
                               "here are only folders of languages, en and da", error);
        if (load_language(set, language, path, error))
            return error->code;
    }
    return OK;
}

enum code templates_load(struct templates *templates, const char *folder, struct error *error)
{
    struct template_set *set = set_new(error);
    if (!set)
        return error->code;
    if (load_all(set, folder, error)) {
        set_free(set);
        return error->code;
    }
    pthread_rwlock_wrlock(&templates->lock);
    struct template_set *former = templates->set;
    templates->set = set;
    pthread_rwlock_unlock(&templates->lock);
    set_free(former);
    return OK;
}

/* ---- a beginning for own ones ---- */

static enum code make_folder(const char *path, struct error *error)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return OK;
    return fail(error, UNAVAILABLE, NULL, "%s cannot be made: %s", path, strerror(errno));
}

static enum code write_file(const char *path, const char *text, struct error *error)
{
    FILE *out = fopen(path, "wxe");
    if (!out && errno == EEXIST)
        return fail(error, EXISTS, NULL, "%s is there already, and is left alone", path);
    if (!out)
        return fail(error, UNAVAILABLE, NULL, "%s cannot be made: %s", path, strerror(errno));
    bool is_written = fputs(text, out) >= 0;
    is_written = fclose(out) == 0 && is_written;
    return is_written ? OK : fail(error, STORAGE_FULL, NULL, "%s cannot be written", path);
}

enum code templates_write(const char *folder, struct error *error)
{
    char path[4096];
    if (make_folder(folder, error))
        return error->code;
    for (int i = 0; i < TEMPLATE_LANGUAGES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        if (make_folder(path, error))
            return error->code;
        for (const struct template_source *source = template_sources; source->kind; source++) {
            snprintf(path, sizeof path, "%s/%s/%s.txt", folder, folders[i], source->kind);
            if (write_file(path, source->text[i], error))
                return error->code;
        }
    }
    return OK;
}

/* ---- filling in ---- */

enum code template_fill(struct call *call, const char *kind, const struct template_words *words,
                        struct filled *filled)
{
    int index = kind_index(kind), language = language_in_use() == DANISH ? DANISH : ENGLISH;
    if (index < 0)
        return call_fail(call, INTERNAL, NULL, "there is no template %s", kind);
    pthread_rwlock_rdlock(&call->templates->lock);
    const struct template *template = &call->templates->set->items[language][index];
    template_fill_in(call, template, kind, words, filled);
    pthread_rwlock_unlock(&call->templates->lock);
    return OK;
}
