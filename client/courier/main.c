/* SPDX-License-Identifier: MIT */
/*
 * laug-courier carries the messages of Laug out, by mail and to webhooks. It is a client of the service's
 * socket like any other, under a user of its own: it fetches rendered messages, sends them, and says what
 * became of each. It never sees the database and keeps nothing on disk. A crash between sending and saying so
 * may double a message, under the same Message-ID or Idempotency-Key.
 */
#include "carrier.h"
#include "desk.h"
#include "invitation.h"
#include "log.h"
#include "message.h"
#include "payload.h"
#include "post.h"
#include "publisher.h"
#include "queue.h"
#include "settings.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

enum {
    EXIT_USAGE = 64,
    EXIT_UNABLE = 71,
    EXIT_SETTINGS = 78
}; /* sysexits.h; 78 is not tried again by systemd */
enum { PATIENCE_SECONDS = 5, PARTING_SECONDS = 3 };
/* How many letters are held: few, so that a lease never ends before its letter's turn, unless all of them are
 * stuck. */
enum { HELD_LETTERS = 150, HELD_LETTERS_STUCK = 1000, STUCK_SECONDS = 3 };
/*
 * Whose turn has not come by then goes back: the service hands it out again after fifteen minutes. So posts,
 * which wait in one line for each place, may be more than mail, and use up no room of it but when they are
 * very many.
 */
enum { HELD_SECONDS = 600, HELD_POSTS = 1000 };

#define DEFAULT_SETTINGS "/etc/laug/courier.conf"

struct courier {
    struct settings settings;
    struct event_base *base;
    struct queue mail, posts;
    struct carrier *carrier;
    struct poster *poster;
    struct desk *desk;
    struct publisher **publishers; /* one for each calendar of the settings, NULL after the last */
    struct event *terminate, *interrupt, *parting, *watchdog, *stuck;
    struct timeval watchdog_period;
    bool is_stopping, is_impatient, is_stuck;
    unsigned long counts[3]; /* by outcome */
};

/* ---- letters ---- */

static void report_status(const struct courier *courier)
{
    sd_notifyf(0, "STATUS=%lu sent, %lu deferred, %lu refused; %zu on their way, %zu waiting",
               courier->counts[SENT], courier->counts[DEFERRED], courier->counts[REFUSED],
               courier->mail.active + courier->posts.active, courier->mail.waiting + courier->posts.waiting);
}

static bool is_post(const struct letter *letter)
{
    return strcmp(letter->channel, "webhook") == 0;
}

static struct queue *queue_of(struct courier *courier, const struct letter *letter)
{
    return is_post(letter) ? &courier->posts : &courier->mail;
}

static void leave_if_done(struct courier *courier)
{
    if (courier->is_stopping && courier->mail.active + courier->posts.active == 0 &&
        desk_is_idle(courier->desk))
        event_base_loopbreak(courier->base);
}

static void settle(struct courier *courier, struct letter *letter, const struct result *result)
{
    static const char *const words[] = { "sent", "deferred", "refused" };
    courier->counts[result->outcome]++;
    if (result->outcome != SENT && result->code)
        log_line(LOG_LEVEL_INFO, "message %s: %s, answer %d", letter->message_id, words[result->outcome],
                 result->code);
    else if (result->outcome != SENT)
        log_line(LOG_LEVEL_INFO, "message %s: %s without an answer; laug outbox list --json tells why",
                 letter->message_id, words[result->outcome]);
    desk_settle(courier->desk, letter, result);
    letter_free(letter);
}

static void settle_unsent(struct courier *courier, struct letter *letter, enum outcome outcome,
                          const char *why)
{
    struct result result = { .outcome = outcome };
    strncat(result.detail, why, sizeof result.detail - 1);
    settle(courier, letter, &result);
}

static int64_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void start(struct courier *courier, struct letter *letter)
{
    if (now_seconds() - letter->taken_at > HELD_SECONDS) {
        queue_done(queue_of(courier, letter), letter);
        settle_unsent(courier, letter, DEFERRED, "its turn did not come in time");
    } else if (is_post(letter))
        poster_start(courier->poster, letter);
    else
        carrier_start(courier->carrier, letter);
}

static void start_next(struct courier *courier)
{
    struct letter *letter;
    while ((letter = queue_next(&courier->mail)) || (letter = queue_next(&courier->posts)))
        start(courier, letter);
}

/* NULL, and *why says it, where this letter can never be sent. */
static char *build_mail(const struct courier *courier, const struct letter *letter, size_t *length,
                        const char **why)
{
    const struct settings *settings = &courier->settings;
    struct mail mail = { .from_name = settings->from_name,
                         .from_address = settings->from_address,
                         .to_name = letter->to_name,
                         .to = letter->to,
                         .subject = letter->subject,
                         .text = letter->text,
                         .html = letter->html,
                         .message_id = letter->message_id,
                         .domain = settings->domain,
                         .language = letter->language,
                         .at = time(NULL) };
    bool is_mail = !*letter->channel || strcmp(letter->channel, "mail") == 0 ||
                   strcmp(letter->channel, "email") == 0;
    *why = is_mail ? NULL : "this courier carries mail and posts only";
    char *calendar = NULL, *bytes = NULL;
    if (!*why)
        *why = invitation_add(&mail, letter->method, letter->entry, letter->entry_length, &calendar);
    if (!*why)
        bytes = message_build(&mail, length, why);
    free(calendar);
    return bytes;
}

static char *build(const struct courier *courier, const struct letter *letter, size_t *length,
                   const char **why)
{
    *why = letter->fault;
    return *why              ? NULL
           : is_post(letter) ? payload_build(letter, length, why)
                             : build_mail(courier, letter, length, why);
}

static void take_letter(void *context, struct letter *letter)
{
    struct courier *courier = context;
    const char *why;
    letter->taken_at = now_seconds();
    letter->bytes = build(courier, letter, &letter->length, &why);
    if (!letter->bytes)
        settle_unsent(courier, letter, REFUSED, why);
    else if (courier->is_stopping)
        settle_unsent(courier, letter, DEFERRED, "the courier was stopped");
    else if (is_post(letter) && courier->posts.waiting >= HELD_POSTS)
        settle_unsent(courier, letter, DEFERRED, "too many posts wait");
    else if (!queue_add(queue_of(courier, letter), letter))
        settle_unsent(courier, letter, DEFERRED, "too many messages wait for this destination");
    start_next(courier);
}

/* Who would fail alike fails now, rather than each after a wait of its own. */
static void settle_all(struct courier *courier, struct letter *letters, const struct result *result)
{
    while (letters) {
        struct letter *letter = letters;
        letters = letter->next;
        settle(courier, letter, result);
    }
}

static void letter_done(void *context, struct letter *letter, const struct result *result)
{
    struct courier *courier = context;
    struct queue *queue = queue_of(courier, letter);
    struct letter *alike = NULL;
    courier->is_stuck = false;
    evtimer_del(courier->stuck);
    if (result->reach != THIS_LETTER)
        alike = queue_take_waiting(queue, result->reach == THIS_DESTINATION ? letter : NULL);
    queue_done(queue, letter);
    settle(courier, letter, result);
    settle_all(courier, alike, result);
    start_next(courier);
    report_status(courier);
    desk_wake(courier->desk);
}

/*
 * Where nothing has got anywhere for a while, what is held waits for a dead destination: more is fetched past
 * it, for the living. Its own line is full some day, and the rest of it deferred at once.
 */
static size_t room(void *context)
{
    struct courier *courier = context;
    size_t held = courier->mail.waiting + courier->mail.active + desk_unsettled(courier->desk);
    if (held < HELD_LETTERS * 2 / 3 && courier->posts.waiting < HELD_POSTS / 2)
        return HELD_LETTERS - held;
    if (courier->is_stuck && held < HELD_LETTERS_STUCK)
        return HELD_LETTERS_STUCK - held;
    struct timeval wait = { .tv_sec = STUCK_SECONDS };
    if (!evtimer_pending(courier->stuck, NULL))
        evtimer_add(courier->stuck, &wait);
    return 0;
}

static void nothing_moves(evutil_socket_t fd, short events, void *context)
{
    struct courier *courier = context;
    (void)fd, (void)events;
    courier->is_stuck = true;
    desk_wake(courier->desk);
}

static void desk_idle(void *context)
{
    report_status(context);
    leave_if_done(context);
}

/* ---- calendars ---- */

static void calendars_changed(void *context)
{
    const struct courier *courier = context;
    for (struct publisher **at = courier->publishers; at && *at; at++)
        publisher_wake(*at);
}

static bool open_publishers(struct courier *courier)
{
    size_t count = 0;
    for (const struct calendar_settings *at = courier->settings.calendars; at; at = at->next)
        count++;
    courier->publishers = calloc(count + 1, sizeof(struct publisher *));
    if (!courier->publishers)
        abort();
    struct publisher **to = courier->publishers;
    for (const struct calendar_settings *at = courier->settings.calendars; at; at = at->next)
        if (!(*to++ = publisher_open(courier->base, &courier->settings, at)))
            return false;
    return true;
}

/* What they were in the middle of is found by the next start. */
static void close_publishers(struct courier *courier)
{
    for (struct publisher **at = courier->publishers; at && *at; at++)
        publisher_close(*at);
    free(courier->publishers);
    courier->publishers = NULL;
}

/* ---- the process ---- */

static void begin_to_stop(evutil_socket_t fd, short events, void *context)
{
    struct courier *courier = context;
    struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
    (void)fd, (void)events;
    if (courier->is_stopping)
        return;
    sd_notify(0, "STOPPING=1");
    courier->is_stopping = true;
    desk_stop(courier->desk);
    close_publishers(courier);
    const struct result stopped = { .outcome = DEFERRED, .detail = "the courier was stopped" };
    settle_all(courier, queue_take_waiting(&courier->mail, NULL), &stopped);
    settle_all(courier, queue_take_waiting(&courier->posts, NULL), &stopped);
    evtimer_add(courier->parting, &patience);
    leave_if_done(courier);
}

/* Twice at most: first what is on its way is given up, then what the service will not hear. */
static void time_to_part(evutil_socket_t fd, short events, void *context)
{
    struct courier *courier = context;
    struct timeval last = { .tv_sec = PARTING_SECONDS };
    (void)fd, (void)events;
    if (courier->is_impatient) {
        log_line(LOG_LEVEL_WARNING, "%zu settlements were not heard; those messages may be sent again",
                 desk_unsettled(courier->desk));
        event_base_loopbreak(courier->base);
        return;
    }
    courier->is_impatient = true;
    evtimer_add(courier->parting, &last);
    carrier_abort(courier->carrier);
    poster_abort(courier->poster);
    leave_if_done(courier);
}

static void feed_watchdog(evutil_socket_t fd, short events, void *context)
{
    const struct courier *courier = context;
    (void)fd, (void)events;
    sd_notify(0, "WATCHDOG=1");
    evtimer_add(courier->watchdog, &courier->watchdog_period);
}

static bool set_up(struct courier *courier)
{
    uint64_t watchdog = 0;
    const struct desk_user user = { courier, room, take_letter, calendars_changed, desk_idle };
    courier->mail = (struct queue){ .limit = courier->settings.connections,
                                    .limit_per_line = courier->settings.connections_per_destination };
    courier->posts = (struct queue){ .limit = courier->settings.webhook_connections, .limit_per_line = 1 };
    courier->base = event_base_new();
    if (!courier->base)
        return false;
    courier->carrier = carrier_open(courier->base, &courier->settings, letter_done, courier);
    courier->poster = poster_open(courier->base, &courier->settings, letter_done, courier);
    if (!open_publishers(courier))
        return false;
    courier->desk = desk_open(courier->base, courier->settings.socket, &user);
    courier->terminate = evsignal_new(courier->base, SIGTERM, begin_to_stop, courier);
    courier->interrupt = evsignal_new(courier->base, SIGINT, begin_to_stop, courier);
    courier->parting = evtimer_new(courier->base, time_to_part, courier);
    courier->stuck = evtimer_new(courier->base, nothing_moves, courier);
    courier->watchdog = evtimer_new(courier->base, feed_watchdog, courier);
    if (!courier->carrier || !courier->poster || !courier->desk || !courier->stuck || !courier->terminate ||
        !courier->interrupt || !courier->parting || !courier->watchdog ||
        evsignal_add(courier->terminate, NULL) < 0 || evsignal_add(courier->interrupt, NULL) < 0)
        return false;
    if (sd_watchdog_enabled(0, &watchdog) > 0) {
        courier->watchdog_period = (struct timeval){ .tv_sec = (time_t)(watchdog / 2000000),
                                                     .tv_usec = (suseconds_t)(watchdog / 2 % 1000000) };
        feed_watchdog(-1, 0, courier);
    }
    return true;
}

static void finish(struct courier *courier)
{
    close_publishers(courier);
    carrier_close(courier->carrier);
    poster_close(courier->poster);
    desk_close(courier->desk);
    event_free(courier->terminate);
    event_free(courier->interrupt);
    event_free(courier->parting);
    event_free(courier->watchdog);
    event_free(courier->stuck);
    event_base_free(courier->base);
    libevent_global_shutdown();
}

static int run(struct courier *courier)
{
    signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !set_up(courier)) {
        log_line(LOG_LEVEL_ERROR, "the event loop cannot be set up");
        return EXIT_UNABLE;
    }
    sd_notify(0, "READY=1");
    event_base_dispatch(courier->base);
    finish(courier);
    curl_global_cleanup();
    return EXIT_SUCCESS;
}

static void print_help(FILE *to)
{
    fputs("Usage: laug-courier [--config FILE] [--check]\n"
          "Carries the messages of Laug out by mail and to webhooks, until it is told to end by SIGTERM.\n\n"
          "  --config FILE   the settings; " DEFAULT_SETTINGS " where this is left out\n"
          "  --check         read the settings, say what is wrong with them, and end\n"
          "  --sample        print a settings file with every setting explained\n"
          "  --version       print the version\n"
          "  --help          print this\n\n"
          "A first settings file:  laug-courier --sample > " DEFAULT_SETTINGS "\n",
          to);
}

int main(int count, char **words)
{
    static const struct option options[] = {
        {"config",     required_argument, NULL, 'c' },
        { "check",        no_argument, NULL, 'k' },
        { "sample",           no_argument, NULL, 's' },
        { "version",no_argument, NULL, 'v' },
        { "help",         no_argument, NULL, 'h' },
        { 0   }
    };
    struct courier courier = { 0 };
    struct settings_error error;
    const char *config = DEFAULT_SETTINGS;
    bool is_check = false;
    for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;)
        switch (option) {
        case 'c': config = optarg; break;
        case 'k': is_check = true; break;
        case 's': settings_print_sample(stdout); return EXIT_SUCCESS;
        case 'v': puts("laug-courier " LAUG_VERSION); return EXIT_SUCCESS;
        case 'h': print_help(stdout); return EXIT_SUCCESS;
        default: print_help(stderr); return EXIT_USAGE;
        }
    if (optind < count) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    bool is_good = settings_read(&courier.settings, config, &error);
    if (!is_good)
        log_line(LOG_LEVEL_ERROR, "%s", error.text);
    int status = !is_good ? EXIT_SETTINGS : is_check ? EXIT_SUCCESS : run(&courier);
    settings_free(&courier.settings);
    return status;
}
