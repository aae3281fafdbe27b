/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include "dav.h"
#include "message.h"
#include "record.h"
#include "target.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum setting_kind { TEXT, NUMBER, CHOICE, SENDER };

struct setting {
    const char *section, *name;
    enum setting_kind kind;
    size_t offset; /* into struct settings: char * of a text, long of a number or choice */
    const char *preset;
    long least, most;    /* of a number */
    const char *choices; /* of a choice: words with a space between, in the order of their enum */
    const char *help;
};

/* clang-format off */
static const struct setting table[] = {
    { "service", "socket", TEXT, offsetof(struct settings, socket), NULL, 0, 0, NULL,
      "The socket of laugd. Left out: $LAUG_SOCKET, else the usual places." },
    { "mail", "from", SENDER, 0, NULL, 0, 0, NULL,
      "The sender of every message, as  Name <address>  or the address alone. Must be given." },
    { "mail", "domain", TEXT, offsetof(struct settings, domain), NULL, 0, 0, NULL,
      "What stands behind the @ in message ids; keep it for good. Left out: that of the sender." },
    { "mail", "host", TEXT, offsetof(struct settings, host), "localhost", 0, 0, NULL,
      "The mail server that takes the messages." },
    { "mail", "port", NUMBER, offsetof(struct settings, port), "0", 0, 65535, NULL,
      "Its port. 0: the usual one, which is 587 for starttls, 465 for tls, 25 for none." },
    { "mail", "security", CHOICE, offsetof(struct settings, security), "starttls", 0, 0, "starttls tls none",
      "starttls and tls refuse to go on without encryption and a good certificate." },
    { "mail", "authority_file", TEXT, offsetof(struct settings, authority_file), NULL, 0, 0, NULL,
      "Certificates (PEM) to trust in place of the system's, for a server with one of your own." },
    { "mail", "user", TEXT, offsetof(struct settings, user), NULL, 0, 0, NULL,
      "The name to log in with. Left out: no login." },
    { "mail", "password_file", TEXT, offsetof(struct settings, password_file), NULL, 0, 0, NULL,
      "The file that holds the password, and nothing else. Left out: the credential laug-smtp-password." },
    { "mail", "hello", TEXT, offsetof(struct settings, hello), NULL, 0, 0, NULL,
      "The name to greet the server with. Left out: this machine's." },
    { "webhook", "hosts", TEXT, offsetof(struct settings, webhook_hosts), NULL, 0, 0, NULL,
      "Hosts that may be posted to, with a space between: hooks.slack.com chat.example.org:8443. None: no webhooks." },
    { "webhook", "secret_file", TEXT, offsetof(struct settings, webhook_secret_file), NULL, 0, 0, NULL,
      "The file that holds the secret that posts are signed with. Left out: the credential laug-webhook-secret, else none." },
    { "webhook", "authority_file", TEXT, offsetof(struct settings, webhook_authority_file), NULL, 0, 0, NULL,
      "Certificates (PEM) to trust in place of the system's, for a chat with one of your own." },
    { "webhook", "connections", NUMBER, offsetof(struct settings, webhook_connections), "16", 1, CONNECTIONS_MAX, NULL,
      "How many posts may be on their way at once; to one webhook it is one after the other." },
    { "webhook", "connect_seconds", NUMBER, offsetof(struct settings, webhook_connect_seconds), "10", 1, 300, NULL,
      "How long to wait for a connection, encryption included." },
    { "webhook", "answer_seconds", NUMBER, offsetof(struct settings, webhook_answer_seconds), "30", 1, 600, NULL,
      "How long one post may take in all." },
    { "limits", "connections", NUMBER, offsetof(struct settings, connections), "16", 1, CONNECTIONS_MAX, NULL,
      "How many messages may be on their way at once." },
    { "limits", "connections_per_destination", NUMBER, offsetof(struct settings, connections_per_destination), "4",
      1, CONNECTIONS_MAX, NULL, "How many of them to one domain, so that a dead one does not hold up the others." },
    { "limits", "connect_seconds", NUMBER, offsetof(struct settings, connect_seconds), "30", 1, 300, NULL,
      "How long to wait for a connection, encryption and login included." },
    { "limits", "answer_seconds", NUMBER, offsetof(struct settings, answer_seconds), "60", 1, 600, NULL,
      "How long to wait for each answer of the server." },
    { "limits", "transfer_seconds", NUMBER, offsetof(struct settings, transfer_seconds), "180", 1, 3600, NULL,
      "How long one message may take in all." },
    { "calendar", "url", TEXT, offsetof(struct calendar_settings, url), NULL, 0, 0, NULL,
      "The address of a calendar that is there already. https, or http on this machine. Must be given." },
    { "calendar", "of", TEXT, offsetof(struct calendar_settings, of), "all", 0, 0, NULL,
      "What it holds:  all,  team ID  or  rotation ID." },
    { "calendar", "user", TEXT, offsetof(struct calendar_settings, user), NULL, 0, 0, NULL,
      "The name to log in with. Left out: no login." },
    { "calendar", "password_file", TEXT, offsetof(struct calendar_settings, password_file), NULL, 0, 0, NULL,
      "The file that holds the password, and nothing else. Left out: the credential laug-calendar-NAME." },
    { "calendar", "authority_file", TEXT, offsetof(struct calendar_settings, authority_file), NULL, 0, 0, NULL,
      "Certificates (PEM) to trust in place of the system's, for a server with one of your own." },
    { "calendar", "language", CHOICE, offsetof(struct calendar_settings, language), "english", 0, 0,
      "english danish", "The language of what stands in it." },
    { "calendar", "minutes", NUMBER, offsetof(struct calendar_settings, minutes), "60", 1, 1440, NULL,
      "How often to look whether it is still right on the server. What changes in Laug goes there at once." },
};
/* clang-format on */
enum { TABLE_LENGTH = sizeof table / sizeof *table };
static_assert(TABLE_LENGTH <= 64, "what was given is kept in one number");

/* The settings of this section stand once for each calendar, whose name follows the word. */
static const char calendar_section[] = "calendar";

static bool is_of_calendars(const struct setting *setting)
{
    return strcmp(setting->section, calendar_section) == 0;
}

struct reading {
    struct settings *settings;
    FILE *file;
    int line, bad_line; /* of the first mistake that is in a setting, 0: none */
    struct settings_error error;
    unsigned long given; /* a bit for each of the table */
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct settings_error *error, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(error->text, sizeof error->text, format, values);
    va_end(values);
    return false;
}

static char *copy(const char *text)
{
    char *made = strdup(text);
    if (!made)
        abort();
    return made;
}

static bool set_number(const struct setting *setting, long *number, const char *value,
                       struct settings_error *error)
{
    char *end;
    errno = 0;
    long read = strtol(value, &end, 10);
    if (errno || end == value || *end || read < setting->least || read > setting->most)
        return wrong(error, "%s must be a number from %ld to %ld", setting->name, setting->least,
                     setting->most);
    *number = read;
    return true;
}

static bool set_choice(const struct setting *setting, long *number, const char *value,
                       struct settings_error *error)
{
    size_t length = strlen(value);
    const char *word = setting->choices;
    for (long choice = 0; *word; choice++) {
        size_t size = strcspn(word, " ");
        if (size == length && memcmp(word, value, length) == 0) {
            *number = choice;
            return true;
        }
        word += size + strspn(word + size, " ");
    }
    return wrong(error, "%s must be one of: %s", setting->name, setting->choices);
}

/* "Name <address>" or "address"; the name may stand in quotes. */
static bool set_sender(struct settings *settings, const char *value, struct settings_error *error)
{
    char *text = copy(value), *open = strrchr(text, '<'), *address = text;
    size_t length = strlen(text);
    if (open && length && text[length - 1] == '>') {
        text[length - 1] = 0;
        address = open + 1;
        *open = 0;
        while (open > text && isspace((unsigned char)open[-1]))
            *--open = 0;
        char *name = text;
        if (open - name >= 2 && name[0] == '"' && open[-1] == '"') {
            open[-1] = 0;
            name++;
        }
        settings->from_name = *name ? copy(name) : NULL;
    }
    settings->from_address = copy(address);
    free(text);
    if (!address_is_good(settings->from_address))
        return wrong(error, "from must be an address, or  Name <address>");
    return true;
}

/* `base` is a struct settings, or one of a calendar. */
static bool set(void *base, const struct setting *setting, const char *value, struct settings_error *error)
{
    void *field = (char *)base + setting->offset;
    switch (setting->kind) {
    case NUMBER: return set_number(setting, field, value, error);
    case CHOICE: return set_choice(setting, field, value, error);
    case SENDER: return set_sender(base, value, error);
    case TEXT: break;
    }
    if (!*value)
        return wrong(error, "%s is empty; leave it out to have its default", setting->name);
    *(char **)field = copy(value);
    return true;
}

/* The calendar that "calendar NAME" names, a new one where it is the first time; NULL where it names none. */
static struct calendar_settings *find_calendar(struct settings *settings, const char *section)
{
    size_t length = strlen(calendar_section);
    if (strncmp(section, calendar_section, length) != 0 || section[length] != ' ')
        return NULL;
    const char *name = section + length + strspn(section + length, " ");
    struct calendar_settings **at = &settings->calendars;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    if (!*at && !(*at = calloc(1, sizeof **at)))
        abort();
    if (!(*at)->name)
        (*at)->name = copy(name);
    return *at;
}

static bool take_setting(struct reading *reading, const char *section, const char *name, const char *value)
{
    struct calendar_settings *calendar = find_calendar(reading->settings, section);
    unsigned long *given = calendar ? &calendar->given : &reading->given;
    void *base = calendar ? (void *)calendar : (void *)reading->settings;
    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        bool is_it = calendar ? is_of_calendars(&table[i])
                              : !is_of_calendars(&table[i]) && strcmp(table[i].section, section) == 0;
        if (!is_it || strcmp(table[i].name, name) != 0)
            continue;
        if (*given >> i & 1)
            return wrong(&reading->error, "%s is given twice", name);
        *given |= 1UL << i;
        return set(base, &table[i], value, &reading->error);
    }
    if (strcmp(section, calendar_section) == 0)
        return wrong(&reading->error, "each calendar has a name: [calendar team], for instance");
    return wrong(&reading->error, "there is no setting %s in [%s]; laug-courier --sample lists them", name,
                 section);
}

/* inih's handler, which goes on after a mistake; only the first is of interest. */
static int take_line(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    if (reading->bad_line || take_setting(reading, section, name, value))
        return 1;
    reading->bad_line = reading->line;
    return 0;
}

/* inih's reader of one line; it is here to count them. */
static char *next_line(char *line, int size, void *context)
{
    struct reading *reading = context;
    reading->line++;
    return fgets(line, size, reading->file);
}

static bool read_lines(struct reading *reading, const char *path, struct settings_error *error)
{
    reading->file = fopen(path, "re");
    if (!reading->file)
        return wrong(error, "the settings %s cannot be read: %s", path, strerror(errno));
    int line = ini_parse_stream(next_line, reading, take_line, reading);
    fclose(reading->file);
    if (line == 0)
        return true;
    if (line != reading->bad_line)
        return wrong(error, "%s, line %d: this is not  name = value", path, line);
    return wrong(error, "%s, line %d: %.400s", path, line, reading->error.text);
}

static char *credential_path(const char *name)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char *path;
    if (!folder)
        return NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort();
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* The one line of a file that nobody else may read; `what` says what it should be. */
static bool read_line(const char *what, const char *path, char **line, struct settings_error *error)
{
    char text[1026];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return wrong(error, "the %s file %s cannot be read: %s", what, path, strerror(errno));
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (status.st_mode & (S_IROTH | S_IWOTH))
        return wrong(error, "everybody may read the %s file %s; chmod o= mends that", what, path);
    if (length < 0 || length > 1024)
        return wrong(error, "the %s file %s is longer than a %s", what, path, what);
    if (length && text[length - 1] == '\n')
        length--;
    text[length] = 0;
    if (length == 0 || strlen(text) != (size_t)length || strpbrk(text, "\r\n"))
        return wrong(error, "the %s file %s must hold one line", what, path);
    *line = copy(text);
    explicit_bzero(text, sizeof text);
    return true;
}

static void forget(char *line)
{
    if (line)
        explicit_bzero(line, strlen(line));
    free(line);
}

static bool check_webhooks(struct settings *settings, struct settings_error *error)
{
    char *line = NULL;
    const char *bad = settings->webhook_hosts ? hosts_find_wrong(settings->webhook_hosts) : NULL;
    if (bad)
        return wrong(error, "[webhook] hosts must be names of machines, without https:// or a path: %.60s",
                     bad);
    if (settings->webhook_authority_file && access(settings->webhook_authority_file, R_OK) < 0)
        return wrong(error, "[webhook] authority_file %s cannot be read: %s",
                     settings->webhook_authority_file, strerror(errno));
    if (!settings->webhook_secret_file)
        settings->webhook_secret_file = credential_path("laug-webhook-secret");
    if (!settings->webhook_secret_file)
        return true;
    if (!read_line("secret", settings->webhook_secret_file, &line, error))
        return false;
    bool is_good = secret_read(line, &settings->webhook_secret);
    forget(line);
    return is_good ||
           wrong(error, "the secret file %s must hold a text of at least %d characters, or whsec_ and base64",
                 settings->webhook_secret_file, SECRET_LEAST);
}

static bool is_of_something(const char *of)
{
    const char *id = strncmp(of, "team ", 5) == 0 ? of + 5 : strncmp(of, "rotation ", 9) == 0 ? of + 9 : NULL;
    return strcmp(of, "all") == 0 || (id && slug_is_valid(id + strspn(id, " ")));
}

/* However it is written: with a slash at the end or without, and in capitals as far as they do not count. */
static bool is_same_place(const char *left, const char *right)
{
    struct dav_place one, other;
    bool is_wrong = dav_place_read(&one, left) != NULL,
         is_other_wrong = dav_place_read(&other, right) != NULL;
    bool is_same = !is_wrong && !is_other_wrong && strcasecmp(one.origin, other.origin) == 0 &&
                   strcmp(one.path, other.path) == 0;
    dav_place_free(&one);
    dav_place_free(&other);
    return is_same;
}

/* Two that keep the same collection would undo each other's work. */
static bool is_alone(const struct settings *settings, const struct calendar_settings *calendar)
{
    for (const struct calendar_settings *other = settings->calendars; other; other = other->next)
        if (other != calendar && other->url && is_same_place(other->url, calendar->url))
            return false;
    return true;
}

static bool check_calendar_login(struct calendar_settings *calendar, struct settings_error *error)
{
    char *credential;
    if (!calendar->user)
        return true;
    if (strchr(calendar->user, ':'))
        return wrong(error, "[calendar %s] user holds a colon, which no login can", calendar->name);
    if (asprintf(&credential, "laug-calendar-%s", calendar->name) < 0)
        abort();
    if (!calendar->password_file)
        calendar->password_file = credential_path(credential);
    free(credential);
    if (!calendar->password_file)
        return wrong(
            error,
            "[calendar %s] user is given, but neither password_file nor the credential laug-calendar-%s",
            calendar->name, calendar->name);
    return read_line("password", calendar->password_file, &calendar->password, error);
}

static bool check_calendar(const struct settings *settings, struct calendar_settings *calendar,
                           struct settings_error *error)
{
    struct dav_place place;
    if (!slug_is_valid(calendar->name))
        return wrong(error, "a calendar's name is of a-z, 0-9, hyphen, underscore and dot: [calendar team]");
    for (size_t i = 0; i < TABLE_LENGTH; i++)
        if (is_of_calendars(&table[i]) && !(calendar->given >> i & 1) && table[i].preset &&
            !set(calendar, &table[i], table[i].preset, error))
            return false;
    if (!calendar->url)
        return wrong(error, "[calendar %s] url is missing: the address of the calendar", calendar->name);
    const char *fault = dav_place_read(&place, calendar->url);
    dav_place_free(&place);
    if (fault)
        return wrong(error, "[calendar %s] url: %s", calendar->name, fault);
    if (!is_alone(settings, calendar))
        return wrong(error, "[calendar %s] url is that of another calendar, too", calendar->name);
    if (!is_of_something(calendar->of))
        return wrong(error, "[calendar %s] of must be  all,  team ID  or  rotation ID", calendar->name);
    if (calendar->authority_file && access(calendar->authority_file, R_OK) < 0)
        return wrong(error, "[calendar %s] authority_file %s cannot be read: %s", calendar->name,
                     calendar->authority_file, strerror(errno));
    return check_calendar_login(calendar, error);
}

static bool check_calendars(struct settings *settings, struct settings_error *error)
{
    for (struct calendar_settings *calendar = settings->calendars; calendar; calendar = calendar->next)
        if (!check_calendar(settings, calendar, error))
            return false;
    return true;
}

/* What no single line shows. */
static bool check_mail(struct settings *settings, struct settings_error *error)
{
    static const long usual_ports[] = { 587, 465, 25 };
    if (!settings->from_address)
        return wrong(error, "[mail] from is missing: the address that messages come from");
    if (!settings->domain)
        settings->domain = copy(strchr(settings->from_address, '@') + 1);
    if (!domain_is_good(settings->domain))
        return wrong(error, "[mail] domain is not the name of a domain");
    if (strpbrk(settings->host, "/@?#: ") || (settings->hello && !domain_is_good(settings->hello)))
        return wrong(error, "[mail] host and hello must be names of machines, without a port or address");
    if (settings->port == 0)
        settings->port = usual_ports[settings->security];
    if (!settings->user)
        return true;
    if (settings->security == SECURITY_NONE)
        return wrong(error,
                     "[mail] user needs security = starttls or tls: a password is never sent in the clear");
    if (!settings->password_file)
        settings->password_file = credential_path("laug-smtp-password");
    if (!settings->password_file)
        return wrong(error,
                     "[mail] user is given, but neither password_file nor the credential laug-smtp-password");
    return read_line("password", settings->password_file, &settings->password, error);
}

bool settings_read(struct settings *settings, const char *path, struct settings_error *error)
{
    *settings = (struct settings){ 0 };
    struct reading reading = { .settings = settings };
    if (!read_lines(&reading, path, error))
        return false;
    for (size_t i = 0; i < TABLE_LENGTH; i++)
        if (!(reading.given >> i & 1) && !is_of_calendars(&table[i]) && table[i].preset &&
            !set(settings, &table[i], table[i].preset, error))
            return false;
    bool is_good = check_mail(settings, &reading.error) && check_webhooks(settings, &reading.error) &&
                   check_calendars(settings, &reading.error);
    return is_good || wrong(error, "%s: %.400s", path, reading.error.text);
}

static void free_texts(void *base, bool is_calendar)
{
    for (size_t i = 0; i < TABLE_LENGTH; i++)
        if (table[i].kind == TEXT && is_of_calendars(&table[i]) == is_calendar)
            free(*(char **)((char *)base + table[i].offset));
}

static void free_calendars(struct calendar_settings *calendar)
{
    while (calendar) {
        struct calendar_settings *next = calendar->next;
        free_texts(calendar, true);
        forget(calendar->password);
        free(calendar->name);
        free(calendar);
        calendar = next;
    }
}

void settings_free(struct settings *settings)
{
    free_texts(settings, false);
    free_calendars(settings->calendars);
    free(settings->from_name);
    free(settings->from_address);
    forget(settings->password);
    secret_free(&settings->webhook_secret);
    *settings = (struct settings){ 0 };
}

static void print_section(FILE *to, const char *section)
{
    if (strcmp(section, calendar_section) == 0)
        fputs("\n# Each section like this one keeps a calendar on a CalDAV server (Nextcloud, Radicale, SOGo "
              "and others).\n"
              "# Only what Laug has put there is ever changed or removed.\n"
              "#[calendar NAME]\n",
              to);
    else
        fprintf(to, "\n[%s]\n", section);
}

void settings_print_sample(FILE *to)
{
    const char *section = "";
    fputs("# Settings of laug-courier, which carries the messages of Laug out by mail and to webhooks.\n"
          "# A line that begins with # is a comment; each setting stands here with its default.\n",
          to);
    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        if (strcmp(section, table[i].section) != 0)
            print_section(to, section = table[i].section);
        fprintf(to, "# %s", table[i].help);
        if (table[i].kind == NUMBER)
            fprintf(to, " From %ld to %ld.", table[i].least, table[i].most);
        if (table[i].kind == CHOICE)
            fprintf(to, " One of: %s.", table[i].choices);
        fprintf(to, "\n#%s = %s\n", table[i].name, table[i].preset ? table[i].preset : "");
    }
}
