-- What somebody is to somebody else. The gate asks these for `self of FIELD`, `lead of FIELD` in the catalogue: the last
-- word of a name is the entity that the field names. A lead is who leads a team that the person belongs to today, or is
-- the person's manager.

-- name: access_self_person  takes id slug  gives found integer
SELECT 1 AS found WHERE :id = :actor;

-- name: access_lead_person  takes id slug  gives found integer
SELECT 1 AS found FROM membership m JOIN team t ON t.id = m.team
 WHERE m.person = :id AND t.lead = :actor AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
UNION ALL
SELECT 1 FROM person WHERE id = :id AND manager = :actor;

-- name: access_self_team  takes id slug  gives found integer
SELECT 1 AS found FROM membership
 WHERE team = :id AND person = :actor AND from_on <= :today AND (to_on IS NULL OR to_on >= :today);

-- name: access_lead_team  takes id slug  gives found integer
SELECT 1 AS found FROM team WHERE id = :id AND lead = :actor;

-- name: access_self_absence  takes id slug  gives found integer
SELECT 1 AS found FROM absence WHERE id = :id AND person = :actor;

-- name: access_lead_absence  takes id slug  gives found integer
SELECT 1 AS found FROM absence a JOIN membership m ON m.person = a.person JOIN team t ON t.id = m.team
 WHERE a.id = :id AND t.lead = :actor AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
UNION ALL
SELECT 1 FROM absence a JOIN person p ON p.id = a.person WHERE a.id = :id AND p.manager = :actor;

-- name: actor_of_login  takes login text  gives id slug, language like person.language?
SELECT id, language FROM person
 WHERE login = :login AND (left_on IS NULL OR left_on > :today);

-- name: company_language  gives language like company.language
SELECT language FROM company WHERE id = 1;

-- name: company_zone  gives zone text
SELECT zone FROM company WHERE id = 1;
