/* SPDX-License-Identifier: MIT */
/* What somebody is told when something failed: what is wrong, and the next thing to do. */
#include "describe.h"
#include "screen.h"
#include "service.h"
#include "text.h"
#include "words.h"

#include "cell.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* The sentence, and under it what to do; both may come from elsewhere, and may be long. */
static void tell(const char *sentence, const char *advice)
{
    struct screen screen = screen_of(stderr);
    struct arena arena = { 0 };
    fflush(stdout);
    const char *shown = text_visible(&arena, sentence, strlen(sentence), true);
    fprintf(stderr, "%slaug:%s ", look_on(&screen, LOOK_BAD), look_off(&screen));
    shown = text_fold(&arena, shown, screen.width ? screen.width - 6 : 0, false);
    for (const char *end;; shown = end + 1) {
        end = strchrnul(shown, '\n');
        fprintf(stderr, "%.*s\n%*s", (int)(end - shown), shown, *end ? 6 : 0, "");
        if (!*end)
            break;
    }
    if (*advice)
        text_print(stderr, &arena, text_visible(&arena, advice, strlen(advice), true), 6, screen.width);
    arena_free(&arena);
}

/* "to" of "calls[0].to": a change that is only tried is a call inside another. */
static const char *inner_name(const char *field_name)
{
    return strncmp(field_name, "calls[0].", 9) == 0 ? field_name + 9 : field_name;
}

/* What is wrong with a value says so without its name: "--hired-on: …". Other sentences are whole. */
static const char *with_field(struct arena *arena, const struct method *method, enum code code,
                              const char *field_name, const char *text)
{
    bool is_own = method && strcmp(method->name, "service.batch") != 0;
    field_name = is_own ? inner_name(field_name) : field_name;
    const struct field *field = method ? field_find(method->params, field_name, strlen(field_name)) : NULL;
    if (!*field_name || (code != INVALID && code != TOO_LARGE && code != EXISTS))
        return text;
    return arena_print(arena, "%s: %s", field ? words_field(arena, method, field) : field_name, text);
}

/* ---- no service ---- */

static const char *user_name(void)
{
    const struct passwd *entry = getpwuid(getuid());
    return entry ? entry->pw_name : "?";
}

static void tell_unreachable(const char *path, struct arena *arena)
{
    if (access(path, F_OK) != 0 && errno == ENOENT)
        tell(
            arena_print(arena, _("the service is not there: there is no socket %s"), path),
            _("Start it with `systemctl start laugd`, or name another socket with --socket or LAUG_SOCKET."));
    else if (access(path, R_OK | W_OK) != 0 && errno == EACCES)
        tell(arena_print(arena, _("you (%s) may not use the socket %s"), user_name(), path),
             _("This daemon is somebody's own; without --socket and LAUG_SOCKET you reach the company's."));
    else if (access(path, F_OK) == 0)
        tell(arena_print(arena, _("nobody answers at %s: the service is not running"), path),
             _("Start it with `systemctl start laugd`; `journalctl -u laugd` tells why it ended."));
    else
        tell(arena_print(arena, _("the service cannot be reached at %s: %s"), path, strerror(errno)), "");
}

static const char *advice_after_silence(const struct method *method)
{
    bool is_write = method && method->mode == MODE_WRITE;
    return is_write ? _("Whether it was done is not known: look before you do it again.")
                    : _("Try it again.");
}

/* ---- the service said no ---- */

/* Whether the service knows who asks: told by service.hello, that everybody may call. */
static bool is_known(struct service *service)
{
    struct laug_reply reply = { 0 };
    struct cursor roles;
    if (laug_call(service->laug, "service.hello", NULL, 0, &reply) != LAUG_OK)
        return true;
    struct cursor answer = { reply.bytes, (const uint8_t *)reply.bytes + reply.length };
    bool is_somebody = cell_find(answer, "roles", &roles) && cell_items(roles, &roles) > 0;
    laug_reply_free(&reply);
    return is_somebody;
}

static const char *advice(struct service *service, const struct method *method, enum code code,
                          struct arena *arena)
{
    switch (code) {
    case INVALID:
    case UNKNOWN_METHOD:
        return method ? arena_print(arena, _("See: laug %s --help"), describe_hyphened(arena, method->name))
                      : "";
    case FORBIDDEN:
        if (!is_known(service))
            return arena_print(arena,
                               _("The service does not know the user %s. An admin tells it who you are: laug "
                                 "person change YOUR-ID --login %s"),
                               user_name(), user_name());
        return "";
    case INTERNAL: return _("This is a fault of the service; `journalctl -u laugd` says more.");
    default: return "";
    }
}

int service_refuse(const struct method *method, const struct error *error)
{
    struct arena arena = { 0 };
    const char *next = "";
    if (method && error->code == INVALID)
        next = arena_print(&arena, _("See: laug %s --help"), describe_hyphened(&arena, method->name));
    tell(with_field(&arena, method, error->code, error->field, error->text), next);
    arena_free(&arena);
    return code_exit_status(error->code);
}

int service_explain(struct service *service, enum laug_status status, const struct method *method)
{
    struct arena arena = { 0 };
    const struct laug_error error = *laug_error(service->laug);
    enum code code = code_from_word(error.code);
    const char *path = laug_path(service->laug);
    switch (status) {
    case LAUG_REFUSED:
        tell(with_field(&arena, method, code, error.field, error.text),
             advice(service, method, code, &arena));
        break;
    case LAUG_UNREACHABLE: tell_unreachable(path, &arena); break;
    case LAUG_TIMEOUT:
        tell(arena_print(&arena, _("the service at %s did not answer in time"), path),
             advice_after_silence(method));
        break;
    case LAUG_LOST:
        tell(arena_print(&arena, _("the service at %s hung up before it answered"), path),
             advice_after_silence(method));
        break;
    case LAUG_GARBLED:
        code = INTERNAL;
        tell(arena_print(&arena, _("what answers at %s is no service of this kind"), path), "");
        break;
    default: tell(error.text, "");
    }
    arena_free(&arena);
    return code_exit_status(code);
}
