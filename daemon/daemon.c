/* SPDX-License-Identifier: MIT */
#include "daemon.h"

#include "answers.h"
#include "company.h"
#include "job.h"
#include "log.h"
#include "server.h"
#include "store.h"
#include "template.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum { JOBS_MILLISECONDS = 20, DESCRIPTORS_BESIDE = 64 };

struct daemon {
    struct daemon_options options;
    struct clock clock;
    struct store *store;
    struct zones *zones;
    struct templates *templates;
    struct answers *answers;
    struct loop *loop;
    struct server *server;
    bool owns_socket; /* made here, not handed over by systemd */
};

/* A call of the service's own. The caller frees its arena. */
static struct call own_call(struct daemon *daemon)
{
    return (struct call){ .store = daemon->store,
                          .clock = &daemon->clock,
                          .zones = daemon->zones,
                          .templates = daemon->templates,
                          .actor = &actor_service,
                          .now = clock_read(&daemon->clock) };
}

/* ---- jobs ---- */

/* One timer on the next due row; none where the clock is held, for then only clock.advance moves it. */
static void set_alarm(struct daemon *daemon)
{
    struct call call = own_call(daemon);
    int64_t due_at = INT64_MAX;
    if (job_next(&call, &due_at) == OK && daemon->clock.is_held && due_at > call.now)
        due_at = INT64_MAX;
    loop_alarm_at(daemon->loop, due_at);
    arena_free(&call.arena);
}

/*
 * Jobs run like calls: in a savepoint, made durable at the end of the turn, told to subscribers after that.
 * Ten thousand that are due at once are done over many turns, so that nobody waits for all of them.
 */
static enum code do_due(struct daemon *daemon, int64_t *done)
{
    struct call call = own_call(daemon);
    int64_t until = clock_milliseconds() + JOBS_MILLISECONDS, more = 1;
    enum code code = store_call_begin(daemon->store, &call.error);
    if (code == OK) {
        for (; code == OK && more > 0 && clock_milliseconds() < until; *done += more)
            code = job_run_due(&call, call.now, 1, &more);
        store_call_end(daemon->store, code == OK);
    }
    if (code != OK)
        log_write(LOG_LEVEL_ERROR, "jobs could not be run", "CODE", code_word(code), "REASON",
                  call.error.text, NULL);
    arena_free(&call.arena);
    return code;
}

static void run_jobs(void *user)
{
    struct daemon *daemon = user;
    int64_t done = 0;
    enum code code = do_due(daemon, &done);
    if (code == OK && done > 0)
        loop_turn_needed(daemon->loop); /* its end commits, and sets the next alarm */
    else if (code == OK)
        set_alarm(daemon);
    else
        loop_alarm_at(daemon->loop, clock_read(&daemon->clock) + 60);
}

/*
 * What follows at once from the calls of a turn is done with them: who reads after the reply to an absence
 * sees the rotations repaired. It costs one look at the first job.
 */
static void follow_up(struct daemon *daemon)
{
    struct call call = own_call(daemon);
    int64_t due_at, done = 0;
    bool is_due = store_is_dirty(daemon->store) && job_next(&call, &due_at) == OK && due_at <= call.now;
    arena_free(&call.arena);
    if (is_due && do_due(daemon, &done) != OK)
        loop_alarm_at(daemon->loop, clock_read(&daemon->clock) + 60);
}

static void on_committed(void *user)
{
    set_alarm(user);
}

/* ---- reload ---- */

static struct server_limits limits_of(const struct config *config)
{
    return (struct server_limits){ config->connections, config->connections_per_user,
                                   config->calls_per_second, config->idle_seconds };
}

/* Limits and the log level come into force whole, or not at all, and so do templates; paths, groups and the
 * rest stay what they were at the start, whatever the file says now. */
static void reload(void *user)
{
    struct daemon *daemon = user;
    struct config config;
    struct error error;
    sd_notify(0, "RELOADING=1");
    config_default(&config); /* what is no longer in the file is as if it had never been */
    if (daemon->options.config_file && config_read(&config, daemon->options.config_file, &error) != OK) {
        log_write(LOG_LEVEL_ERROR, "the settings are wrong, so the old ones stay in force", "REASON",
                  error.text, NULL);
    } else {
        struct server_limits limits = limits_of(&config);
        log_threshold((enum log_level)config.log_level);
        server_limit(daemon->server, &limits);
        log_write(LOG_LEVEL_NOTICE, "settings are read again", NULL);
    }
    if (templates_load(daemon->templates, daemon->options.config.templates, &error))
        log_write(LOG_LEVEL_ERROR, "a template is wrong, so the old ones stay in force", "REASON", error.text,
                  NULL);
    sd_notify(0, "READY=1");
}

static void end_turn(void *user)
{
    struct daemon *daemon = user;
    follow_up(daemon);
    server_turn_end(daemon->server);
}

/* ---- start ---- */

/* A clock is held at a local time of the company's, so the database comes first. */
static enum code set_clock(struct daemon *daemon, struct error *error)
{
    struct call call = own_call(daemon);
    const struct zone *zone;
    if (!daemon->options.holds_clock)
        return OK;
    enum code code = company_zone(&call, &zone);
    if (code == OK)
        clock_hold(&daemon->clock, zone_instant(zone, daemon->options.held_local));
    else
        *error = call.error;
    arena_free(&call.arena);
    return code;
}

static enum code listen_or_inherit(struct daemon *daemon, int *fd, struct error *error)
{
    int handed = sd_listen_fds(1);
    if (handed > 1 || (handed == 1 && sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, NULL, 0) <= 0))
        return fail(error, INVALID, "socket", "systemd must hand over one listening Unix stream socket");
    if (handed == 1)
        return *fd = SD_LISTEN_FDS_START, OK;
    enum code code = server_listen(daemon->options.config.socket, fd, error);
    daemon->owns_socket = code == OK;
    return code;
}

/* A connection takes a descriptor, and systemd and shells give 1,024 of them unless somebody asks. */
static void raise_descriptors(const struct config *config)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)config->connections + DESCRIPTORS_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        log_write(LOG_LEVEL_WARNING, "there are fewer descriptors than [Limits] Connections asks for", NULL);
}

static void open_server(struct daemon *daemon, int fd)
{
    const struct config *config = &daemon->options.config;
    const struct gate gate = { .store = daemon->store,
                               .clock = &daemon->clock,
                               .zones = daemon->zones,
                               .templates = daemon->templates,
                               .answers = daemon->answers,
                               .commits_each = !config->group_commit };
    const struct actor_rules rules = { .owner = geteuid(),
                                       .admins = config->admins,
                                       .tools = config->tools,
                                       .auditors = config->auditors,
                                       .courier = config->courier };
    const struct server_hooks hooks = { .committed = on_committed, .user = daemon };
    const struct server_options options = { gate, rules, limits_of(config), hooks, config->state };
    raise_descriptors(config);
    daemon->loop = loop_open(
        (struct loop_hooks){ .alarm = run_jobs, .reload = reload, .turn_end = end_turn, .user = daemon });
    daemon->server = server_open(daemon->loop, fd, &options);
}

enum code daemon_open(const struct daemon_options *options, struct daemon **opened, struct error *error)
{
    struct daemon *daemon = calloc(1, sizeof *daemon);
    const struct config *config = &options->config;
    int fd;
    if (!daemon)
        abort();
    daemon->options = *options;
    log_threshold((enum log_level)config->log_level);
    daemon->templates = templates_new();
    enum code code = templates_load(daemon->templates, config->templates, error);
    if (code == OK)
        code = store_open(config->state, options->init ? STORE_INIT : STORE_EXISTING, &daemon->store, error);
    if (code) {
        templates_free(daemon->templates);
        free(daemon);
        return code;
    }
    daemon->zones = zones_new();
    code = set_clock(daemon, error);
    if (code == OK)
        code = listen_or_inherit(daemon, &fd, error);
    if (code) {
        daemon_close(daemon);
        return code;
    }
    daemon->answers = answers_new((size_t)config->kept_answers_megabytes << 20);
    open_server(daemon, fd);
    *opened = daemon;
    return OK;
}

void daemon_run(struct daemon *daemon)
{
    run_jobs(daemon);
    loop_ready(daemon->loop, "serving");
    log_write(LOG_LEVEL_NOTICE, "serving", "VERSION", LAUG_VERSION, NULL);
    loop_run(daemon->loop);
    sd_notify(0, "STOPPING=1");
    server_turn_end(daemon->server);
}

void daemon_close(struct daemon *daemon)
{
    if (daemon->server)
        server_close(daemon->server);
    if (daemon->owns_socket) /* while the lock is held: no other daemon's can stand there yet */
        unlink(daemon->options.config.socket);
    if (daemon->loop)
        loop_close(daemon->loop);
    answers_free(daemon->answers);
    templates_free(daemon->templates);
    zones_free(daemon->zones);
    store_close(daemon->store);
    free(daemon);
}
