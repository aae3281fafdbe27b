/* SPDX-License-Identifier: MIT */
/*
 * Covers and swaps. An offer is bound to turns by their ids, never to times; nothing changes hands without
 * the other side's yes, and at that yes everything is checked again. Of one turn at most one offer waits.
 */
#include "offer.h"

#include "company.h"
#include "turn.h"
#include "turn_notice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- who may speak ---- */

static enum code refuse_stranger(struct call *call, const struct turn *turn, const char *member)
{
    struct offer_may_speak_row row = { 0 };
    if (actor_has(call->actor, ROLE_ADMIN))
        return OK;
    enum code code = sql_offer_may_speak(call, &(struct offer_may_speak_params){ turn->rotation, member },
                                         &row);
    if (code != NOT_FOUND)
        return code;
    return call_fail(call, FORBIDDEN, NULL, _("this is for %s, for who leads them, or for an admin"), member);
}

static enum code tell_speaker(struct call *call, const struct turn *turn, const char *member,
                              const char *against, int64_t until)
{
    struct offer_speaker_row row = { 0 };
    if (turn_notice_offered(call, turn, member, against) ||
        sql_offer_speaker(call, &(struct offer_speaker_params){ turn->rotation, member }, &row))
        return call->error.code;
    if (row.person == NULL)
        return OK;
    return tell_turn_offered(call, &(struct turn_offered_event){ turn->id, row.person, &until });
}

static enum code tell_giver(struct call *call, const struct turn *turn, const struct offer_waits_row *offer,
                            enum offer_state state)
{
    struct offer_speaker_row row = { 0 };
    if (turn_notice_answered(call, turn, offer->giver, offer->taker, state) ||
        sql_offer_speaker(call, &(struct offer_speaker_params){ turn->rotation, offer->giver }, &row))
        return call->error.code;
    if (row.person == NULL)
        return OK;
    return tell_turn_answered(call, &(struct turn_answered_event){ turn->id, row.person, state });
}

/* ---- what is there ---- */

static enum code find_coming(struct call *call, const char *id, const char *field, struct turn *turn)
{
    enum code code = sql_turn_row(call, &(struct turn_row_params){ .id = id }, turn);
    if (code == NOT_FOUND)
        return call_fail(call, NOT_FOUND, field, _("no turn is called \"%s\""), id);
    if (code)
        return code;
    if (turn->starts_at <= call->now)
        return call_fail(call, CONFLICT, field, _("%s has begun already"), id);
    if (!turn->published || turn->state != TURN_STATE_PLANNED)
        return call_fail(call, CONFLICT, field, _("%s is not a published turn that somebody has"), id);
    return OK;
}

static enum code find_waiting(struct call *call, const char *id, struct turn *turn,
                              struct offer_waits_row *offer)
{
    if (sql_turn_row(call, &(struct turn_row_params){ .id = id }, turn))
        return call->error.code;
    enum code code = sql_offer_waits(call, &(struct offer_waits_params){ .turn = id }, offer);
    return code == NOT_FOUND ? call_fail(call, CONFLICT, "id", _("no offer of %s waits for an answer"), id)
                             : code;
}

static void fill(struct call *call, const struct offer_waits_row *row, struct offer *result)
{
    int64_t *until = arena_take(&call->arena, sizeof *until);
    if (row->until_at && row->state == OFFER_STATE_ASKED)
        *until = *row->until_at;
    *result = (struct offer){ .turn = row->turn,
                              .from = row->giver,
                              .to = row->taker,
                              .against = row->against,
                              .state = row->state,
                              .is_open = row->is_open,
                              .asked_at = row->asked_at,
                              .until = row->until_at && row->state == OFFER_STATE_ASKED ? until : NULL };
}

static enum code show(struct call *call, int64_t id, struct offer *result)
{
    struct offer_waits_row row = { 0 };
    if (sql_offer_row(call, &(struct offer_row_params){ .id = id }, &row))
        return call->error.code;
    fill(call, &row, result);
    return OK;
}

/* ---- whom to ask, and until when ---- */

/* One working day: the same time on the next working day; from a closed day on, the whole next working day.
 */
static enum code working_day_on(struct call *call, int64_t *until)
{
    const struct calendar *calendar;
    const struct zone *zone;
    if (company_zone(call, &zone) || company_calendar(call, &calendar))
        return call->error.code;
    int64_t local = zone_local(zone, call->now);
    int32_t day = day_of_seconds(local), next;
    int64_t time = local - (int64_t)day * DAY_SECONDS;
    if (calendar_is_closed(calendar, day)) {
        time = 0;
        if (!calendar_next(calendar, day, &day))
            return call_fail(call, CONFLICT, NULL, _("the company has no working day ahead"));
    }
    if (!calendar_add(calendar, day, 1, &next))
        return call_fail(call, CONFLICT, NULL, _("the company has no working day ahead"));
    *until = zone_instant(zone, (int64_t)next * DAY_SECONDS + time);
    return OK;
}

static const char *job_subject(struct call *call, int64_t offer)
{
    return arena_print(&call->arena, "%" PRId64, offer);
}

/* The best who could take it and was not asked yet; *found is NULL where there is none. */
static enum code next_candidate(struct call *call, const struct turn *turn, int64_t offer, const char **found)
{
    struct timetable timetable;
    struct plan_decision decision = { 0 };
    size_t index;
    *found = NULL;
    if (timetable_find(call, turn->id, "id", &timetable, &index))
        return call->error.code;
    timetable_ask(call, &timetable, index, &decision);
    int32_t *order = arena_take(&call->arena, (timetable.roster.count + 1) * sizeof *order);
    size_t count = plan_order(decision.verdicts, timetable.roster.count, order);
    for (size_t i = 0; i < count; i++) {
        struct offer_was_asked_row row = { 0 };
        const char *member = timetable.roster.names[order[i]];
        if (strcmp(member, turn->member) == 0)
            continue;
        enum code code = sql_offer_was_asked(call, &(struct offer_was_asked_params){ offer, member }, &row);
        if (code == NOT_FOUND)
            *found = member;
        if (code)
            return code == NOT_FOUND ? OK : code;
    }
    return OK;
}

/* ---- making one ---- */

static enum code insert(struct call *call, const struct turn *turn, const char *taker, const char *against,
                        bool is_open, struct offer *result)
{
    int64_t until = turn->starts_at, working_day = 0;
    struct offer_insert_row row = { 0 };
    if (is_open && working_day_on(call, &working_day))
        return call->error.code;
    if (is_open && working_day < until)
        until = working_day;
    const struct offer_insert_params offer = { turn->id, turn->member, taker, against, is_open, until };
    if (sql_offer_insert(call, &offer, &row) ||
        sql_offer_asks(call, &(struct offer_asks_params){ row.id, taker }) ||
        job_at(call, "turn.ask", job_subject(call, row.id), until) ||
        tell_speaker(call, turn, taker, against, until))
        return call->error.code;
    return show(call, row.id, result);
}

static enum code offer_swap(struct call *call, const struct turn_offer_params *params,
                            const struct turn *turn, struct offer *result)
{
    struct turn against = { 0 };
    struct handover ignored;
    if (find_coming(call, params->against, "against", &against))
        return call->error.code;
    if (strcmp(against.rotation, turn->rotation) != 0)
        return call_fail(call, INVALID, "against", _("only turns of the same rotation can be swapped"));
    if (strcmp(against.member, turn->member) == 0)
        return call_fail(call, INVALID, "against", _("both turns are %s's already"), turn->member);
    if (params->to && strcmp(params->to, against.member) != 0)
        return call_fail(call, INVALID, "to", _("%s is %s's turn"), against.id, against.member);
    if (turn_check(call, turn->id, "id", against.member, GROUNDS_HOW_SWAPPED, &ignored) ||
        turn_check(call, against.id, "against", turn->member, GROUNDS_HOW_SWAPPED, &ignored))
        return call->error.code;
    return insert(call, turn, against.member, against.id, false, result);
}

enum code turn_offer(struct call *call, const struct turn_offer_params *params, struct offer *result)
{
    struct turn turn = { 0 };
    struct offer_waits_row waiting = { 0 };
    struct handover ignored;
    const char *taker = params->to;
    if (find_coming(call, params->id, "id", &turn))
        return call->error.code;
    enum code code = sql_offer_waits(call, &(struct offer_waits_params){ .turn = turn.id }, &waiting);
    if (code != NOT_FOUND)
        return code ? code
                    : call_fail(call, CONFLICT, "id", _("%s is offered already; withdraw that first"),
                                turn.id);
    if (params->against)
        return offer_swap(call, params, &turn, result);
    if (taker && strcmp(taker, turn.member) == 0)
        return call_fail(call, INVALID, "to", _("it is %s's own turn"), taker);
    if (taker && turn_check(call, turn.id, "id", taker, GROUNDS_HOW_COVERED, &ignored))
        return call->error.code;
    if (!taker && next_candidate(call, &turn, 0, &taker))
        return call->error.code;
    if (!taker)
        return call_fail(call, CONFLICT, "id", _("nobody else could take %s"), turn.id);
    return insert(call, &turn, taker, NULL, params->to == NULL, result);
}

/* ---- answering ---- */

static enum code settle(struct call *call, const struct turn *turn, const struct offer_waits_row *offer,
                        enum offer_state state)
{
    if (sql_offer_settle(call, &(struct offer_settle_params){ offer->id, state }) ||
        job_drop(call, "turn.ask", job_subject(call, offer->id)))
        return call->error.code;
    return tell_giver(call, turn, offer, state);
}

static enum code refuse_changed(struct call *call, const struct turn *turn, const char *member)
{
    if (turn->member && strcmp(turn->member, member) == 0)
        return OK;
    return call_fail(call, CONFLICT, "id", _("%s is no longer %s's turn"), turn->id, member);
}

/* Checks anew, and hands over: one turn, or two at once. */
static enum code exchange(struct call *call, const char *id, const char *from, const char *to,
                          const char *against, enum turn_changed_event_why why)
{
    struct turn turn = { 0 }, other = { 0 };
    struct handover there, back;
    enum grounds_how how = against ? GROUNDS_HOW_SWAPPED : GROUNDS_HOW_COVERED;
    if (find_coming(call, id, "id", &turn) || refuse_changed(call, &turn, from) ||
        turn_check(call, id, "id", to, how, &there))
        return call->error.code;
    there.is_swap = against != NULL;
    if (against == NULL)
        return turn_hand(call, &there, true, why);
    if (find_coming(call, against, "id", &other) || refuse_changed(call, &other, to) ||
        turn_check(call, against, "id", from, how, &back))
        return call->error.code;
    back.is_swap = true;
    if (turn_hand(call, &there, true, why))
        return call->error.code;
    return turn_hand(call, &back, true, why);
}

enum code turn_accept(struct call *call, const struct turn_accept_params *params, struct offer *result)
{
    struct turn turn = { 0 };
    struct offer_waits_row offer = { 0 };
    if (find_waiting(call, params->id, &turn, &offer) || refuse_stranger(call, &turn, offer.taker) ||
        settle(call, &turn, &offer, OFFER_STATE_ACCEPTED) ||
        exchange(call, offer.turn, offer.giver, offer.taker, offer.against,
                 offer.against ? TURN_CHANGED_EVENT_WHY_SWAPPED : TURN_CHANGED_EVENT_WHY_COVERED))
        return call->error.code;
    return show(call, offer.id, result);
}

/* Asks the next one, or gives up: the turn then stays with whoever has it. */
static enum code ask_next(struct call *call, const struct turn *turn, const struct offer_waits_row *offer)
{
    const char *taker = NULL;
    int64_t until = 0;
    if (!offer->is_open || turn->starts_at <= call->now)
        return settle(call, turn, offer, OFFER_STATE_EXPIRED);
    if (next_candidate(call, turn, offer->id, &taker) || working_day_on(call, &until))
        return call->error.code;
    if (taker == NULL)
        return settle(call, turn, offer, OFFER_STATE_EXPIRED);
    until = until < turn->starts_at ? until : turn->starts_at;
    if (sql_offer_ask(call, &(struct offer_ask_params){ offer->id, taker, until }) ||
        sql_offer_asks(call, &(struct offer_asks_params){ offer->id, taker }) ||
        job_at(call, "turn.ask", job_subject(call, offer->id), until))
        return call->error.code;
    return tell_speaker(call, turn, taker, NULL, until);
}

enum code turn_decline(struct call *call, const struct turn_decline_params *params, struct offer *result)
{
    struct turn turn = { 0 };
    struct offer_waits_row offer = { 0 };
    if (find_waiting(call, params->id, &turn, &offer) || refuse_stranger(call, &turn, offer.taker) ||
        (offer.is_open ? ask_next(call, &turn, &offer) : settle(call, &turn, &offer, OFFER_STATE_DECLINED)))
        return call->error.code;
    return show(call, offer.id, result);
}

enum code turn_withdraw(struct call *call, const struct turn_withdraw_params *params, struct offer *result)
{
    struct turn turn = { 0 };
    struct offer_waits_row offer = { 0 };
    if (find_waiting(call, params->id, &turn, &offer) || settle(call, &turn, &offer, OFFER_STATE_WITHDRAWN))
        return call->error.code;
    return show(call, offer.id, result);
}

enum code turn_undo(struct call *call, const struct turn_undo_params *params, struct offer *result)
{
    struct turn turn = { 0 };
    struct offer_waits_row offer = { 0 };
    if (sql_turn_row(call, &(struct turn_row_params){ .id = params->id }, &turn))
        return call->error.code;
    enum code code = sql_offer_agreed(call, &(struct offer_agreed_params){ .turn = params->id }, &offer);
    if (code)
        return code == NOT_FOUND
                   ? call_fail(call, CONFLICT, "id", _("nothing was agreed about %s"), params->id)
                   : code;
    if (refuse_stranger(call, &turn, offer.taker)) {
        call->error = (struct error){ 0 };
        if (refuse_stranger(call, &turn, offer.giver))
            return call->error.code;
    }
    if (exchange(call, offer.turn, offer.taker, offer.giver, offer.against, TURN_CHANGED_EVENT_WHY_UNDONE) ||
        settle(call, &turn, &offer, OFFER_STATE_UNDONE))
        return call->error.code;
    return show(call, offer.id, result);
}

enum code turn_offers(struct call *call, const struct turn_offers_params *params,
                      struct turn_offers_result *result)
{
    struct offer_waits_row_list rows = { 0 };
    if (sql_offer_all(call, &(struct offer_all_params){ params->person, params->limit }, &rows))
        return call->error.code;
    result->items = arena_take(&call->arena, (rows.items_count + 1) * sizeof *result->items);
    for (; result->items_count < rows.items_count; result->items_count++)
        fill(call, &rows.items[result->items_count], &result->items[result->items_count]);
    return OK;
}

enum code offer_job(struct call *call, const char *subject, int64_t due_at)
{
    struct offer_waits_row offer = { 0 };
    struct turn turn = { 0 };
    enum code code = sql_offer_row(call, &(struct offer_row_params){ .id = strtoll(subject, NULL, 10) },
                                   &offer);
    (void)due_at;
    if (code == NOT_FOUND || (code == OK && offer.state != OFFER_STATE_ASKED))
        return OK;
    if (code || sql_turn_row(call, &(struct turn_row_params){ .id = offer.turn }, &turn))
        return call->error.code;
    return ask_next(call, &turn, &offer);
}
