/* SPDX-License-Identifier: MIT */
/* Who an actor is in the company, and what day it is there. What an actor is to others stands in access.sql.
 */
#include "day.h"
#include "statements.h"
#include "zone.h"

int64_t call_local(struct call *call)
{
    struct company_zone_row row = { 0 };
    const struct zone *zone;
    struct error ignored;
    if (sql_company_zone(call, &row) == OK &&
        zones_find(call->zones, row.zone, "zone", &zone, &ignored) == OK)
        return zone_local(zone, call->now);
    return call->now;
}

int32_t call_today(struct call *call)
{
    if (!call->has_today)
        call->today = day_of_seconds(call_local(call));
    call->has_today = true;
    return call->today;
}

enum code actor_load(struct call *call, const char *login, struct actor *actor)
{
    struct actor_of_login_row person = { 0 };
    struct company_language_row company = { 0 };
    call->now = clock_read(call->clock);
    call->has_today = false;
    if (sql_company_language(call, &company))
        return call->error.code;
    actor->language = company.language == COMPANY_LANGUAGE_DANISH ? DANISH : ENGLISH;
    enum code code = sql_actor_of_login(call, &(struct actor_of_login_params){ .login = login }, &person);
    if (code)
        return code == NOT_FOUND ? OK : code;
    actor->person = person.id;
    if (person.language)
        actor->language = *person.language == PERSON_LANGUAGE_DANISH ? DANISH : ENGLISH;
    return OK;
}
