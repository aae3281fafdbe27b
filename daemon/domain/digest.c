/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include "day.h"
#include "outbox.h"
#include "reminder_plan.h"

#include <string.h>

int32_t digest_week(int32_t day)
{
    return day - (int32_t)day_weekday(day);
}

enum code digest_moment(struct call *call, const struct reminder_days *days, const char *person, int32_t week,
                        int64_t *at)
{
    int64_t monday = zone_instant(days->zone, (int64_t)(week + 7) * DAY_SECONDS + NINE * 60);
    return reminder_moment_for(call, days, person, false, monday, NINE, at);
}

bool digest_is_question(const struct reminder_open_row *reminder)
{
    static const enum notice_kind questions[] = {
        NOTICE_TURN_OFFERED,    NOTICE_SWAP_OFFERED, NOTICE_SABBATICAL_REQUESTED,
        NOTICE_SABBATICAL_ROOM, NOTICE_MAIL_REFUSED, NOTICE_MAIL_GIVEN_UP,
        NOTICE_POST_FAILED,     NOTICE_CLOCK_JUMPED, NOTICE_ESCALATION,
    };
    for (size_t i = 0; !reminder->rule && i < sizeof questions / sizeof *questions; i++)
        if (strcmp(notice_words[questions[i]], reminder->message) == 0)
            return true;
    return false;
}

bool digest_may_hold(const struct reminder_days *days, const struct reminder_open_row *reminder, int64_t at)
{
    bool is_after = reminder->lead && *reminder->lead == '+';
    int32_t day = day_of_seconds(zone_local(days->zone, at));
    bool begins_by_then = reminder->local && !is_after && day_of_seconds(*reminder->local) <= day;
    bool wants_answer = reminder->acknowledge || digest_is_question(reminder);
    return !wants_answer && !begins_by_then && !outbox_is_useless(reminder, at);
}
