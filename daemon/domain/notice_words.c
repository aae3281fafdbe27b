/* SPDX-License-Identifier: MIT */
/* The kinds of notices as the database keeps them; each has a template of this name. */
#include "reminder_plan.h"

/* In the order of enum notice_kind; the database keeps these words. */
const char *const notice_words[NOTICES_COUNT + 1] = {
    [NOTICE_TURN_ASSIGNED] = "turn_assigned",
    [NOTICE_TURN_LOST] = "turn_lost",
    [NOTICE_TURN_REPLACED] = "turn_replaced",
    [NOTICE_TURN_OPEN] = "turn_open",
    [NOTICE_TURN_MOVED] = "turn_moved",
    [NOTICE_TURN_CANCELLED] = "turn_cancelled",
    [NOTICE_TURN_OFFERED] = "turn_offered",
    [NOTICE_SWAP_OFFERED] = "swap_offered",
    [NOTICE_OFFER_ACCEPTED] = "offer_accepted",
    [NOTICE_OFFER_DECLINED] = "offer_declined",
    [NOTICE_OFFER_WITHDRAWN] = "offer_withdrawn",
    [NOTICE_OFFER_UNDONE] = "offer_undone",
    [NOTICE_OFFER_EXHAUSTED] = "offer_exhausted",
    [NOTICE_SABBATICAL_REQUESTED] = "sabbatical_requested",
    [NOTICE_SABBATICAL_APPROVED] = "sabbatical_approved",
    [NOTICE_SABBATICAL_DECLINED] = "sabbatical_declined",
    [NOTICE_SABBATICAL_QUEUED] = "sabbatical_queued",
    [NOTICE_SABBATICAL_ROOM] = "sabbatical_room",
    [NOTICE_SABBATICAL_CANCELLED] = "sabbatical_cancelled",
    [NOTICE_SABBATICAL_REOPENED] = "sabbatical_reopened",
    [NOTICE_SABBATICAL_WITHDRAWN] = "sabbatical_withdrawn",
    [NOTICE_MAIL_REFUSED] = "mail_refused",
    [NOTICE_MAIL_GIVEN_UP] = "mail_given_up",
    [NOTICE_POST_FAILED] = "post_failed",
    [NOTICE_CLOCK_JUMPED] = "clock_jumped",
    [NOTICE_ESCALATION] = "escalation",
};
