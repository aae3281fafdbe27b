-- What is mine: small queries along indexes of one person, each with names in place of ids.

-- A turn lasts a week at most, so what has begun before that is over.
-- name: mine_turns  takes person slug, until date, limit integer  gives list of id slug, title text, zone text, local local, starts_at instant, ends_at instant, team text?, asked text?
SELECT t.id, r.title, r.zone, t.local, t.starts_at, t.ends_at,
       CASE r.member_kind WHEN 'team' THEN (SELECT name FROM team WHERE id = t.member) END AS team,
       (SELECT CASE r.member_kind WHEN 'team' THEN (SELECT name FROM team WHERE id = o.taker)
                                  ELSE (SELECT name FROM person WHERE id = o.taker) END
          FROM offer o WHERE o.turn = t.id AND o.state = 'asked') AS asked
  FROM turn t JOIN rotation r ON r.id = t.rotation
 WHERE t.member IN (SELECT :person UNION SELECT m.team FROM membership m WHERE m.person = :person
                                            AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
                    UNION SELECT id FROM team WHERE lead = :person)
   AND (t.member <> :person OR r.member_kind = 'person')
   AND t.starts_at > :now - 7 * 86400 AND t.ends_at > :now AND t.local < date(:until, '+1 day') AND t.state = 'planned'
 ORDER BY t.starts_at, t.id LIMIT :limit;

-- Offers made to this person, or to a team that this person leads.
-- name: mine_offers  takes person slug, limit integer  gives list of turn slug, title text, zone text, local local, starts_at instant, giver text, team text?, back local?, until_at instant?
SELECT o.turn, r.title, r.zone, t.local, t.starts_at,
       coalesce(CASE r.member_kind WHEN 'team' THEN (SELECT name FROM team WHERE id = o.giver)
                                   ELSE (SELECT name FROM person WHERE id = o.giver) END, o.giver) AS giver,
       CASE r.member_kind WHEN 'team' THEN (SELECT name FROM team WHERE id = o.taker) END AS team,
       (SELECT local FROM turn WHERE id = o.against) AS back, o.until_at
  FROM offer o JOIN turn t ON t.id = o.turn JOIN rotation r ON r.id = t.rotation
 WHERE o.state = 'asked' AND o.taker IN (SELECT :person UNION SELECT id FROM team WHERE lead = :person)
   AND (o.taker = :person) = (r.member_kind = 'person')
 ORDER BY t.starts_at, t.id LIMIT :limit;

-- Weeks to come, and those that are over and not yet told about.
-- name: mine_sabbaticals  takes person slug, limit integer  gives list of id slug, from date, to date, project text, state like sabbatical.state, asked_until date?
SELECT id, from_on AS "from", to_on AS "to", project, state, asked_until FROM sabbatical
 WHERE person = :person
   AND ((to_on >= :today AND state IN ('requested', 'queued', 'approved')) OR (state = 'done' AND lesson IS NULL))
 ORDER BY from_on LIMIT :limit;

-- Requests that wait for a yes or no: of those whom this person leads; for an admin, of those whom nobody leads.
-- name: mine_requests  takes person slug, is_admin bool, limit integer  gives list of id slug, name text, from date, to date, project text
SELECT s.id, p.name, s.from_on AS "from", s.to_on AS "to", s.project
  FROM sabbatical s JOIN person p ON p.id = s.person
 WHERE s.state = 'requested' AND s.to_on >= :today AND s.person <> :person
   AND (p.manager = :person
        OR EXISTS (SELECT 1 FROM membership m JOIN team t ON t.id = m.team
                    WHERE m.person = s.person AND t.lead = :person AND m.from_on <= :today
                      AND (m.to_on IS NULL OR m.to_on >= :today))
        OR (:is_admin AND p.manager IS NULL
            AND NOT EXISTS (SELECT 1 FROM membership m JOIN team t ON t.id = m.team
                             WHERE m.person = s.person AND t.lead <> s.person AND m.from_on <= :today
                               AND (m.to_on IS NULL OR m.to_on >= :today))))
 ORDER BY s.from_on, s.number LIMIT :limit;

-- name: mine_open_turns  takes limit integer  gives list of id slug, title text, zone text, local local, starts_at instant
SELECT t.id, r.title, r.zone, t.local, t.starts_at FROM turn t JOIN rotation r ON r.id = t.rotation
 WHERE t.state = 'open' AND t.starts_at > :now ORDER BY t.starts_at, t.id LIMIT :limit;

-- What has come and asks for something: not what is told among the turns and weeks themselves, not mere news, nothing
-- that was to come before a day that has passed, and of a rule that fires again and again only the last.
-- name: mine_reminders  takes person slug, limit integer  gives list of id slug, wants_answer bool
SELECT id, wants_answer FROM (
    SELECT r.id, r.due_at, ifnull(u.acknowledge, 0) OR r.message = 'escalation' AS wants_answer,
           row_number() OVER (PARTITION BY ifnull(r.rule, r.id), ifnull(r.lead, ''), iif(u.fires = 'every', '', r.subject)
                              ORDER BY r.due_at DESC, r.id) AS place
      FROM reminder r LEFT JOIN reminder_rule u ON u.id = r.rule
     WHERE r.person = :person AND r.state IN ('due', 'delivered')
       AND (r.message IN ('escalation', 'mail_refused', 'mail_given_up', 'clock_jumped')
            OR (r.rule IS NOT NULL AND r.message NOT IN ('turn', 'open_turn', 'sabbatical_start')
                AND (r.lead IS NULL OR r.lead LIKE '+%' OR substr(r.local, 1, 10) >= :today))))
 WHERE place = 1 ORDER BY due_at DESC, id LIMIT :limit;

-- name: mine_absences  takes person slug, until date, limit integer  gives list of id slug, from date, to date
SELECT id, from_on AS "from", to_on AS "to" FROM absence
 WHERE person = :person AND sabbatical IS NULL AND to_on >= :today AND from_on <= :until ORDER BY from_on LIMIT :limit;

-- name: mine_name  takes person slug  gives name text
SELECT name FROM person WHERE id = :person;

-- name: mine_admin  takes person slug  gives found integer
SELECT 1 AS found FROM company c, json_each(c.admins) a WHERE c.id = 1 AND a.value = :person;
