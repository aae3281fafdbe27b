/* SPDX-License-Identifier: MIT */
/*
 * People's own calendars, kept by mail (RFC 5546, 6047). Nothing here follows single changes: what an entry
 * says now is compared with what its people were told last, and the difference is a message on its way. So a
 * change that is undone before it was told is never told, and whatever was missed is made up for.
 */
#ifndef INVITATION_H
#define INVITATION_H

#include "calendar_entry.h"

/* Job `calendar.update` of one uid: tells of the entry, and puts a message on its way to everybody whose
 * calendar is behind. Triggers of the schema ask for it. */
MUST_CHECK enum code calendar_update_job(struct call *call, const char *uid, int64_t due_at);

/* What a message that is about to be handed out has to say. */
struct invitation_news {
    struct calendar_truth truth; /* at this moment */
    bool has_any;                /* no: there is nothing to say any more */
    const char
        *mail; /* the id it goes out under: another than the row's where that has said something else */
    int64_t letters;
    enum invitation_method method;
    struct calendar_turn_row what; /* with sequence and stamp of now */
    const char *zone;              /* the reader's; NULL: the company's */
    struct packed told;
    int64_t over_at;
};

/* Finds out what a message of the outbox has to say at this moment. */
MUST_CHECK enum code invitation_read(struct call *call, const struct outbox_row_row *message,
                                     struct invitation_news *news);

/* Fills in what a letter to this person says, in words and for the calendar, in the language of the thread.
 */
MUST_CHECK enum code invitation_write(struct call *call, const char *person,
                                      const struct invitation_news *news, struct letter *letter);

/* It is handed out: from now on the person may have been told, whatever becomes of it. */
MUST_CHECK enum code invitation_hand_out(struct call *call, const struct outbox_row_row *message,
                                         const struct invitation_news *news);

/* Its end: sent (`is_known`), or refused or given up, so that nobody knows. What is newer goes out next. */
MUST_CHECK enum code invitation_end(struct call *call, const struct outbox_row_row *message, bool is_known);

/* It is not sent after all. */
MUST_CHECK enum code invitation_drop(struct call *call, const struct outbox_row_row *message);

/* It is to be tried again. CONFLICT naming "id" where a newer one has taken its place. */
MUST_CHECK enum code invitation_retry(struct call *call, const struct outbox_row_row *message);

/* Whether an invitation tells this person by mail what the notice would: then the notice stays in the inbox.
 */
MUST_CHECK enum code invitation_says_it(struct call *call, const struct reminder_open_row *notice,
                                        bool *says_it);

#endif
