/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#include "books.h"
#include "invitation.h"
#include "offer.h"
#include "outbox.h"
#include "publish.h"
#include "reminder.h"
#include "sabbatical.h"

const struct job_kind job_kinds[] = {
    {"books.expire",        books_expire       },
    { "calendar.update",    calendar_update_job},
    { "rotation.publish",   publish_job        },
    { "outbox.ready",       outbox_ready       },
    { "reminder.fire",      reminder_fire_job  },
    { "reminder.plan",      reminder_plan_job  },
    { "sabbatical.move_up", sabbatical_move_up },
    { "sabbatical.end_day", sabbatical_end_day },
    { "turn.ask",           offer_job          },
    { NULL,                 NULL               },
};
