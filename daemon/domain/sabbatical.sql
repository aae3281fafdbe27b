-- name: access_self_sabbatical  takes id slug  gives found integer
SELECT 1 AS found FROM sabbatical WHERE id = :id AND person = :actor;

-- Nobody approves their own week, also not as the lead of the own team.
-- name: access_lead_sabbatical  takes id slug  gives found integer
SELECT 1 AS found FROM sabbatical s JOIN membership m ON m.person = s.person JOIN team t ON t.id = m.team
 WHERE s.id = :id AND s.person <> :actor AND t.lead = :actor
   AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
UNION ALL
SELECT 1 FROM sabbatical s JOIN person p ON p.id = s.person WHERE s.id = :id AND p.manager = :actor;

-- name: sabbatical_policy_row  gives sabbatical_policy
SELECT days, eligible, people, min_tenure_days, notice_days, max_away_company, max_away_team, min_cover
  FROM sabbatical_policy WHERE id = 1;

-- name: sabbatical_policy_update  takes sabbatical_policy_change_params
WITH emptied (field) AS MATERIALIZED (SELECT value FROM json_each(:clear))
UPDATE sabbatical_policy
   SET days = ifnull(:days, days), eligible = ifnull(:eligible, eligible),
       people = CASE WHEN 'people' IN emptied OR :people <> '[]' THEN :people ELSE people END,
       min_tenure_days = ifnull(:min_tenure_days, min_tenure_days), notice_days = ifnull(:notice_days, notice_days),
       max_away_company = ifnull(:max_away_company, max_away_company),
       max_away_team = ifnull(:max_away_team, max_away_team), min_cover = ifnull(:min_cover, min_cover)
 WHERE id = 1;

-- name: blackout_all  gives list of blackout
-- scans: a company has a handful
SELECT from_on AS "from", to_on AS "to", title FROM blackout ORDER BY from_on, to_on;

-- name: blackout_forget
DELETE FROM blackout;

-- name: blackout_put  takes blackout
INSERT INTO blackout (from_on, to_on, title) VALUES (:from, :to, :title) ON CONFLICT DO UPDATE SET title = excluded.title;

-- name: critical_forget  takes competency slug
DELETE FROM critical_holder WHERE competency = :competency;

-- name: critical_put  takes competency slug, person slug
INSERT INTO critical_holder (competency, person) VALUES (:competency, :person) ON CONFLICT DO NOTHING;

-- name: sabbatical_critical_list  gives list of critical_competency
-- scans: who holds what is critical is a short list
SELECT competency, json_group_array(person) AS holders FROM critical_holder GROUP BY competency ORDER BY competency;

-- name: sabbatical_next_number  gives number integer
SELECT ifnull(max(number), 0) + 1 AS number FROM sabbatical;

-- name: sabbatical_insert  takes number integer, id slug, person slug, from date, to date, project text, state like sabbatical.state, reason text?
INSERT INTO sabbatical (number, id, person, from_on, to_on, project, state, reason, queued_at)
VALUES (:number, :id, :person, :from, :to, :project, :state, :reason, :now);

-- name: sabbatical_row  takes id slug  gives sabbatical
SELECT id, person, from_on AS "from", to_on AS "to", project, state, asked_until, reason, lesson IS NOT NULL AS reported
  FROM sabbatical WHERE id = :id;

-- name: sabbatical_set_state  takes id slug, state like sabbatical.state, reason text?
UPDATE sabbatical SET state = :state, reason = :reason, asked_until = NULL WHERE id = :id;

-- name: sabbatical_ask  takes id slug, until date
UPDATE sabbatical SET asked_until = :until, reason = NULL WHERE id = :id;

-- name: sabbatical_pass_over  takes id slug
UPDATE sabbatical SET asked_until = NULL, queued_at = :now WHERE id = :id;

-- name: sabbatical_keep_waiting  takes id slug, reason text
UPDATE sabbatical SET reason = :reason WHERE id = :id AND reason IS NOT :reason;

-- name: sabbatical_rows  takes from date, until date, person slug?, sees_all bool  gives list of sabbatical
SELECT s.id, s.person, s.from_on AS "from", s.to_on AS "to", s.project, s.state, s.asked_until, s.reason,
       s.lesson IS NOT NULL AS reported
  FROM sabbatical s
 WHERE s.to_on >= :from AND s.from_on >= :from AND s.from_on <= :until AND (:person IS NULL OR s.person = :person)
   AND (:sees_all OR s.state IN ('approved', 'done') OR s.person = :actor
        OR EXISTS (SELECT 1 FROM person p WHERE p.id = s.person AND p.manager = :actor)
        OR EXISTS (SELECT 1 FROM membership m JOIN team t ON t.id = m.team
                    WHERE m.person = s.person AND t.lead = :actor AND m.from_on <= :today
                      AND (m.to_on IS NULL OR m.to_on >= :today)))
 ORDER BY s.from_on, s.number;

-- name: sabbatical_waiting  gives list of sabbatical
-- scans: an index that holds only those who wait
SELECT id, person, from_on AS "from", to_on AS "to", project, state, asked_until, reason, 0 AS reported
  FROM sabbatical WHERE state = 'queued' ORDER BY queued_at, number;

-- name: sabbatical_over  gives list of id slug, person slug, state like sabbatical.state
-- scans: once a day, and only what is not yet over
SELECT id, person, state FROM sabbatical
 WHERE to_on < :today AND state IN ('approved', 'requested', 'queued');

-- What holds a place on some of these days: requested, approved, done, or asked.
-- name: sabbatical_holding  takes from date, until date, except slug?  gives list of person slug, from date, to date
SELECT person, from_on AS "from", to_on AS "to" FROM sabbatical
 WHERE to_on >= :from AND from_on <= :until AND id IS NOT :except
   AND (state IN ('requested', 'approved', 'done') OR (state = 'queued' AND asked_until IS NOT NULL));

-- name: sabbatical_of_year  takes person slug, from date, until date, except slug?  gives id slug
SELECT id FROM sabbatical
 WHERE person = :person AND from_on BETWEEN :from AND :until AND id IS NOT :except
   AND state IN ('requested', 'queued', 'approved', 'done') LIMIT 1;

-- The colleagues with whom this person shares a team on some of these days.
-- name: sabbatical_colleagues  takes person slug, from date, until date  gives list of team slug, person slug
SELECT DISTINCT c.team, c.person
  FROM membership o JOIN membership c ON c.team = o.team AND c.person <> :person
 WHERE o.person = :person
   AND o.from_on <= :until AND (o.to_on IS NULL OR o.to_on >= :from)
   AND c.from_on <= :until AND (c.to_on IS NULL OR c.to_on >= :from);

-- name: sabbatical_own_critical  takes person slug  gives list of competency slug, person slug, hired_on date?, left_on date?
SELECT h.competency, h.person, p.hired_on, p.left_on
  FROM critical_holder o JOIN critical_holder h ON h.competency = o.competency JOIN person p ON p.id = h.person
 WHERE o.person = :person ORDER BY h.competency, h.person;

-- name: sabbatical_person_absences  takes person slug, from date, until date  gives list of from date, to date
SELECT from_on AS "from", to_on AS "to" FROM absence
 WHERE person = :person AND from_on <= :until AND to_on >= :from AND sabbatical IS NULL;

-- name: sabbatical_absence_insert  takes id slug, person slug, from date, to date, sabbatical slug
INSERT INTO absence (id, person, from_on, to_on, sabbatical) VALUES (:id, :person, :from, :to, :sabbatical);

-- name: sabbatical_absence_delete  takes sabbatical slug
DELETE FROM absence WHERE sabbatical = :sabbatical;

-- name: sabbatical_report_put  takes sabbatical_report
UPDATE sabbatical SET tried = :tried, worked = :worked, lesson = :lesson, use_case = :use_case WHERE id = :id;

-- name: sabbatical_reports
SELECT id, tried, worked, lesson, use_case FROM sabbatical
 WHERE lesson IS NOT NULL AND id > ifnull(:after, '') ORDER BY id LIMIT :limit + 1;

-- name: sabbatical_is_anothers  takes absence slug  gives sabbatical slug
SELECT sabbatical FROM absence WHERE id = :absence AND sabbatical IS NOT NULL;
