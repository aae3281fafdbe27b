/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum setting_kind { SETTING_TEXT, SETTING_NUMBER, SETTING_SWITCH };

struct setting {
    const char *section, *name, *initial, *help;
    enum setting_kind kind;
    size_t offset, size; /* in struct config; size: of a text */
    long min, max;
};

#define TEXT(section, name, field, initial, help)                                                            \
    {                                                                                                        \
        section, name, initial, help, SETTING_TEXT, offsetof(struct config, field),                          \
            sizeof(((struct config *)0)->field), 0, 0                                                        \
    }
#define NUMBER(section, name, field, initial, min, max, help)                                                \
    {                                                                                                        \
        section, name, initial, help, SETTING_NUMBER, offsetof(struct config, field), sizeof(int), min, max  \
    }
#define SWITCH(section, name, field, initial, help)                                                          \
    {                                                                                                        \
        section, name, initial, help, SETTING_SWITCH, offsetof(struct config, field), sizeof(bool), 0, 1     \
    }

static const struct setting settings[] = {
    TEXT("Service", "State", state, "/var/lib/laug", "Folder of the database."),
    TEXT("Service", "Socket", socket, "/run/laug/laug.sock",
         "Where to listen; a socket handed over by systemd goes before it."),
    TEXT("Service", "Templates", templates, "/etc/laug/templates",
         "Folder of the company's own messages, such as en/turn.txt; see laugd --templates."),
    NUMBER("Service", "LogLevel", log_level, "6", 3, 7,
           "3 errors, 4 warnings, 5 notices, 6 information, 7 everything."),
    SWITCH(
        "Service", "GroupCommit", group_commit, "yes",
        "Writes that arrive together share one commit. `no` commits each alone: slower, for measurements."),
    NUMBER("Service", "KeptAnswersMegabytes", kept_answers_megabytes, "32", 0, 1024,
           "Memory for answers that are kept until the data changes."),
    TEXT("Access", "AdminGroup", admins, "laug-admin", "Users of this group are admins; root always is."),
    TEXT("Access", "ToolGroup", tools, "laug-tool", "Programs of this group may read, without names."),
    TEXT("Access", "AuditorGroup", auditors, "laug-auditor",
         "Users of this group may see who looked at what."),
    TEXT("Access", "CourierUser", courier, "laug-courier",
         "The user of laug-courier, who carries messages out."),
    NUMBER("Limits", "Connections", connections, "12000", 1, 100000, "Connections in all."),
    NUMBER("Limits", "ConnectionsPerUser", connections_per_user, "128", 1, 100000,
           "Connections of one user; admins are exempt."),
    NUMBER("Limits", "CallsPerSecond", calls_per_second, "2000", 1, 1000000,
           "Calls of one user; admins are exempt."),
    NUMBER("Limits", "IdleSeconds", idle_seconds, "600", 1, 86400,
           "A silent connection is let go after this long."),
};

enum { SETTINGS_COUNT = sizeof settings / sizeof *settings };

static bool set_number(const struct setting *setting, const char *value, int *number)
{
    char *end;
    errno = 0;
    long parsed = strtol(value, &end, 10);
    if (errno || end == value || *end || parsed < setting->min || parsed > setting->max)
        return false;
    *number = (int)parsed;
    return true;
}

static bool set(const struct setting *setting, const char *value, struct config *config)
{
    char *place = (char *)config + setting->offset;
    switch (setting->kind) {
    case SETTING_TEXT:
        if (strlen(value) >= setting->size)
            return false;
        memcpy(place, value, strlen(value) + 1);
        return true;
    case SETTING_NUMBER: return set_number(setting, value, (int *)(void *)place);
    case SETTING_SWITCH:
        *(bool *)place = strcmp(value, "yes") == 0;
        return *(bool *)place || strcmp(value, "no") == 0;
    }
    return false;
}

void config_default(struct config *config)
{
    *config = (struct config){ 0 };
    for (size_t i = 0; i < SETTINGS_COUNT; i++)
        if (!set(&settings[i], settings[i].initial, config))
            abort(); /* the table's own default breaks the table */
}

struct reading {
    struct config config;
    const char *file;
    struct error *error;
    bool has_failed;
};

static int refuse(struct reading *reading, const struct setting *setting, const char *section,
                  const char *name, const char *value)
{
    if (reading->has_failed)
        return 0; /* the reader goes on, and names the line of the first mistake */
    reading->has_failed = true;
    if (!*section)
        fail(reading->error, INVALID, name, "%s: %s stands below no [Section]", reading->file, name);
    else if (!setting)
        fail(reading->error, INVALID, name, "%s: there is no setting %s in [%s]; see laugd --sample",
             reading->file, name, section);
    else if (setting->kind == SETTING_NUMBER)
        fail(reading->error, INVALID, name, "%s: %s=%s must be a number from %ld to %ld", reading->file, name,
             value, setting->min, setting->max);
    else
        fail(reading->error, INVALID, name, "%s: %s=%s is %s", reading->file, name, value,
             setting->kind == SETTING_SWITCH ? "neither yes nor no" : "too long");
    return 0;
}

static int on_setting(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    for (size_t i = 0; i < SETTINGS_COUNT; i++)
        if (strcmp(settings[i].section, section) == 0 && strcmp(settings[i].name, name) == 0)
            return set(&settings[i], value, &reading->config)
                       ? 1
                       : refuse(reading, &settings[i], section, name, value);
    return refuse(reading, NULL, section, name, value);
}

enum code config_read(struct config *config, const char *file, struct error *error)
{
    struct reading reading = { .config = *config, .file = file, .error = error };
    int line = ini_parse(file, on_setting, &reading);
    if (line < 0)
        return fail(error, UNAVAILABLE, NULL, "%s cannot be read: %s", file, strerror(errno));
    if (line > 0 && !reading.has_failed)
        return fail(error, INVALID, NULL, "%s: line %d is neither a [Section] nor Name=value", file, line);
    if (line > 0) {
        char text[sizeof error->text];
        snprintf(text, sizeof text, "%.300s (line %d)", error->text, line);
        return fail(error, INVALID, error->field, "%s", text);
    }
    *config = reading.config;
    return OK;
}

void config_print_sample(FILE *out)
{
    const char *section = "";
    fputs("# Settings of laugd. Each stands here with its default; remove the # to change it.\n", out);
    for (size_t i = 0; i < SETTINGS_COUNT; i++) {
        const struct setting *setting = &settings[i];
        if (strcmp(section, setting->section) != 0)
            fprintf(out, "\n[%s]\n", section = setting->section);
        fprintf(out, "# %s", setting->help);
        if (setting->kind == SETTING_NUMBER)
            fprintf(out, " From %ld to %ld.", setting->min, setting->max);
        fprintf(out, "\n#%s=%s\n", setting->name, setting->initial);
    }
}
