/* SPDX-License-Identifier: MIT */
/*
 * A clock that has jumped far ahead would have everything fire and go out at once. So nothing does until an
 * admin has said that the clock is right; what comes due meanwhile is parked, not lost.
 */
#include "outbox.h"

#include "day.h"
#include "log.h"
#include "reminder.h"

#include <inttypes.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, WEEK_SECONDS = 7 * DAY_SECONDS };

int64_t outbox_clock_jump(int64_t seen_at, int64_t seen_boot, int64_t now, int64_t boot)
{
    return boot < seen_boot ? 0 : (now - seen_at) - (boot - seen_boot);
}

static enum code begin_hold(struct call *call)
{
    log_write(LOG_LEVEL_ERROR,
              "the clock has jumped forward by more than seven days: no mail goes out until an admin "
              "says `laug outbox release`",
              NULL);
    if (sql_courier_hold_begin(call))
        return call->error.code;
    return notify(call, &(struct notice){ .kind = NOTICE_CLOCK_JUMPED, .subject = "clock" });
}

enum code outbox_is_held(struct call *call, bool *is_held)
{
    struct courier_hold_row_row row = { 0 };
    if (sql_courier_hold_row(call, &row))
        return call->error.code;
    *is_held = row.held_at != NULL;
    if (call->clock->is_held || *is_held)
        return OK;
    int64_t boot = clock_boot_seconds();
    int64_t jump = row.seen_at ? outbox_clock_jump(*row.seen_at, *row.seen_boot, call->now, boot) : 0;
    if (jump > WEEK_SECONDS) {
        *is_held = true;
        return begin_hold(call);
    }
    if (jump > HOUR || jump < -HOUR)
        log_write(LOG_LEVEL_WARNING, "the clock has jumped", "SECONDS",
                  arena_print(&call->arena, "%" PRId64, jump), NULL);
    bool is_fresh = row.seen_at && call->now >= *row.seen_at && call->now - *row.seen_at < MINUTE;
    return is_fresh ? OK : sql_courier_hold_see(call, &(struct courier_hold_see_params){ .boot = boot });
}

enum code outbox_park(struct call *call, const char *kind, const char *subject, int64_t due_at)
{
    return sql_parked_job_put(
        call, &(struct parked_job_put_params){ .kind = kind, .subject = subject, .due_at = due_at });
}

enum code outbox_release(struct call *call)
{
    if (sql_courier_hold_end(call, &(struct courier_hold_end_params){ .boot = clock_boot_seconds() }) ||
        sql_parked_jobs_return(call) || sql_parked_jobs_forget(call) ||
        notice_settled(call, NOTICE_CLOCK_JUMPED, "clock"))
        return call->error.code;
    return sql_job_sooner(
        call, &(struct job_sooner_params){ .kind = "outbox.ready", .subject = "all", .due_at = call->now });
}
