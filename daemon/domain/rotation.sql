-- name: rotation_insert  takes rotation_add_params
INSERT INTO rotation (id, title, starts, zone, rule, short_month, duration_minutes, member_kind, when_closed, min_present,
                      min_present_percent, min_gap_days, publish_days, rule_from)
VALUES (:id, :title, :starts, :zone, :rule, :short_month, :duration_minutes, :member_kind, :when_closed, :min_present,
        :min_present_percent, :min_gap_days, :publish_days, :starts);

-- name: rotation_update  takes rotation_change_params
UPDATE rotation
   SET title = ifnull(:title, title), starts = ifnull(:starts, starts), zone = ifnull(:zone, zone),
       rule = ifnull(:rule, rule), short_month = ifnull(:short_month, short_month),
       duration_minutes = ifnull(:duration_minutes, duration_minutes), when_closed = ifnull(:when_closed, when_closed),
       min_present = CASE WHEN :min_present IS NULL AND :min_present_percent IS NOT NULL THEN NULL
                          ELSE ifnull(:min_present, min_present) END,
       min_present_percent = ifnull(:min_present_percent, min_present_percent),
       min_gap_days = ifnull(:min_gap_days, min_gap_days), publish_days = ifnull(:publish_days, publish_days)
 WHERE id = :id;

-- name: rotation_show
SELECT id, title, starts, zone, rule, short_month, duration_minutes, member_kind, when_closed, min_present,
       min_present_percent, min_gap_days, publish_days, level,
       (SELECT json_group_array(member) FROM
           (SELECT m.member FROM rotation_member m
             WHERE m.rotation = r.id AND EXISTS (SELECT 1 FROM rotation_stay s WHERE s.rotation = r.id
                                                    AND s.member = m.member AND (s.to_on IS NULL OR s.to_on >= :today))
             ORDER BY m.position)) AS members
  FROM rotation r WHERE id = :id;

-- name: rotation_list
SELECT id, title, starts, zone, rule, short_month, duration_minutes, member_kind, when_closed, min_present,
       min_present_percent, min_gap_days, publish_days, level,
       (SELECT json_group_array(member) FROM
           (SELECT m.member FROM rotation_member m
             WHERE m.rotation = r.id AND EXISTS (SELECT 1 FROM rotation_stay s WHERE s.rotation = r.id
                                                    AND s.member = m.member AND (s.to_on IS NULL OR s.to_on >= :today))
             ORDER BY m.position)) AS members
  FROM rotation r WHERE id > ifnull(:after, '') ORDER BY id LIMIT :limit + 1;

-- name: rotation_delete  takes id slug
DELETE FROM rotation WHERE id = :id;

-- name: publish_soon_for_all
-- scans: every rotation, of which there are few
INSERT INTO job (kind, subject, due_at) SELECT 'rotation.publish', id, :now FROM rotation WHERE true
ON CONFLICT DO UPDATE SET due_at = excluded.due_at;

-- name: publish_soon_for_person  takes person slug
INSERT INTO job (kind, subject, due_at)
SELECT 'rotation.publish', m.rotation, :now FROM rotation_member m JOIN rotation r ON r.id = m.rotation
 WHERE m.member = :person AND r.member_kind = 'person'
UNION ALL
SELECT 'rotation.publish', m.rotation, :now
  FROM membership ms JOIN rotation_member m ON m.member = ms.team JOIN rotation r ON r.id = m.rotation
 WHERE ms.person = :person AND r.member_kind = 'team'
ON CONFLICT DO UPDATE SET due_at = excluded.due_at;

-- name: publish_soon_for_team  takes team slug
INSERT INTO job (kind, subject, due_at)
SELECT 'rotation.publish', m.rotation, :now FROM rotation_member m JOIN rotation r ON r.id = m.rotation
 WHERE m.member = :team AND r.member_kind = 'team'
ON CONFLICT DO UPDATE SET due_at = excluded.due_at;

-- ---- members ----

-- name: rotation_unknown  takes members list of slug, kind like rotation.member_kind  gives member slug
-- scans: the list that was given
SELECT j.value AS member FROM json_each(:members) j
 WHERE NOT EXISTS (SELECT 1 FROM team WHERE id = j.value AND :kind = 'team')
   AND NOT EXISTS (SELECT 1 FROM person WHERE id = j.value AND :kind = 'person')
 ORDER BY j.key LIMIT 1;

-- name: rotation_twice  takes members list of slug  gives member slug
-- scans: the list that was given
SELECT value AS member FROM json_each(:members) GROUP BY value HAVING count(*) > 1 LIMIT 1;

-- A newcomer starts at the level.
-- name: rotation_member_put  takes rotation slug, members list of slug
-- scans: the list that was given
INSERT INTO rotation_member (rotation, member, position, credit)
SELECT :rotation, j.value, j.key, (SELECT level FROM rotation WHERE id = :rotation) FROM json_each(:members) j WHERE true
ON CONFLICT DO UPDATE SET position = excluded.position;

-- Former members come behind all others, in their old order.
-- name: rotation_member_move  takes rotation slug, members list of slug
UPDATE rotation_member SET position = position + 1000000
 WHERE rotation = :rotation AND position < 1000000 AND member NOT IN (SELECT value FROM json_each(:members));

-- name: rotation_stay_open  takes rotation slug, members list of slug
-- scans: the list that was given
INSERT INTO rotation_stay (rotation, member, from_on, to_on)
SELECT :rotation, j.value, :today, NULL FROM json_each(:members) j
 WHERE NOT EXISTS (SELECT 1 FROM rotation_stay s WHERE s.rotation = :rotation AND s.member = j.value
                      AND (s.to_on IS NULL OR s.to_on >= :today));

-- name: rotation_stay_close  takes rotation slug, members list of slug
UPDATE rotation_stay SET to_on = date(:today, '-1 day')
 WHERE rotation = :rotation AND from_on < :today AND (to_on IS NULL OR to_on >= :today)
   AND member NOT IN (SELECT value FROM json_each(:members));

-- name: rotation_stay_undo  takes rotation slug, members list of slug
DELETE FROM rotation_stay
 WHERE rotation = :rotation AND from_on >= :today AND (to_on IS NULL OR to_on >= :today)
   AND member NOT IN (SELECT value FROM json_each(:members));

-- name: rotation_credit  takes rotation slug, member slug, credit integer
UPDATE rotation_member SET credit = :credit WHERE rotation = :rotation AND member = :member;

-- name: rotation_level  takes rotation slug, level integer
UPDATE rotation SET level = :level WHERE id = :rotation;

-- name: rotation_renumber  takes rotation slug, n_offset integer, rule_from local
UPDATE rotation SET n_offset = :n_offset, rule_from = :rule_from WHERE id = :rotation;

-- ---- what a plan is made of ----

-- name: timetable_settings  takes rotation slug  gives id slug, starts local, zone text, rule rule, short_month like rotation.short_month, duration_minutes minutes, member_kind like rotation.member_kind, when_closed like rotation.when_closed, min_present integer?, min_present_percent integer, min_gap_days integer, publish_days integer, level integer, n_offset integer, rule_from local
SELECT id, starts, zone, rule, short_month, duration_minutes, member_kind, when_closed, min_present, min_present_percent,
       min_gap_days, publish_days, level, n_offset, rule_from
  FROM rotation WHERE id = :rotation;

-- One row a stay, of all who ever were members; who joined and left on one day has none, told as one that ends before it
-- begins. A person is no member before the first or after the last day at work.
-- name: roster_stays  takes rotation slug  gives list of member slug, credit integer, from date, to date
SELECT m.member, m.credit, ifnull(max(s.from_on, ifnull(p.hired_on, s.from_on)), '9999-12-31') AS "from",
       CASE WHEN s.from_on IS NULL THEN '0001-01-01'
            ELSE min(ifnull(s.to_on, '9999-12-31'), ifnull(date(p.left_on, '-1 day'), '9999-12-31')) END AS "to"
  FROM rotation_member m
  JOIN rotation r ON r.id = m.rotation
  LEFT JOIN rotation_stay s ON s.rotation = m.rotation AND s.member = m.member
  LEFT JOIN person p ON p.id = m.member AND r.member_kind = 'person'
 WHERE m.rotation = :rotation
 ORDER BY m.position, m.member, s.from_on;

-- name: roster_absences  takes rotation slug, from date  gives list of member slug, from date, to date
SELECT m.member, a.from_on AS "from", a.to_on AS "to"
  FROM rotation_member m JOIN absence a ON a.person = m.member
 WHERE m.rotation = :rotation AND a.to_on >= :from
 ORDER BY m.position, m.member, a.from_on;

-- How many people are in each team, by their days in it: of a large company a few rows, not one a person. Days before :from
-- do not matter, so whoever was there by then was always there.
-- name: roster_team_spans  takes rotation slug, from date  gives list of team slug, from date, to date, people integer
SELECT m.member AS team, CASE WHEN ms.from_on <= :from THEN '0001-01-01' ELSE ms.from_on END AS "from",
       ifnull(ms.to_on, '9999-12-31') AS "to", count(*) AS people
  FROM rotation_member m JOIN membership ms ON ms.team = m.member
 WHERE m.rotation = :rotation AND (ms.to_on IS NULL OR ms.to_on >= :from)
 GROUP BY m.position, m.member, 2, 3 ORDER BY m.position, m.member, 2, 3;

-- Those of them who have to be looked at one by one: away, gone, or not yet hired. `counted`: as they stand in the spans.
-- name: roster_team_people  takes rotation slug, from date  gives list of team slug, person slug, from date, to date, counted_from date, counted_to date
-- scans: who left or is still to come has no index, which would cost more than this look through the people
WITH special (person) AS MATERIALIZED (
    SELECT person FROM absence WHERE to_on >= :from
    UNION
    SELECT id FROM person WHERE left_on IS NOT NULL OR hired_on > :from
)
SELECT m.member AS team, ms.person, max(ms.from_on, ifnull(p.hired_on, ms.from_on)) AS "from",
       min(ifnull(ms.to_on, '9999-12-31'), ifnull(date(p.left_on, '-1 day'), '9999-12-31')) AS "to",
       CASE WHEN ms.from_on <= :from THEN '0001-01-01' ELSE ms.from_on END AS counted_from,
       ifnull(ms.to_on, '9999-12-31') AS counted_to
  FROM special s
 CROSS JOIN membership ms ON ms.person = s.person
 CROSS JOIN rotation_member m ON m.rotation = :rotation AND m.member = ms.team
 CROSS JOIN person p ON p.id = s.person
 WHERE ms.to_on IS NULL OR ms.to_on >= :from
 ORDER BY m.position, m.member, ms.person, ms.from_on;

-- name: roster_team_absences  takes rotation slug, from date  gives list of team slug, person slug, from date, to date
SELECT DISTINCT m.member AS team, a.person, a.from_on AS "from", a.to_on AS "to"
  FROM absence a
 CROSS JOIN membership ms ON ms.person = a.person
 CROSS JOIN rotation_member m ON m.rotation = :rotation AND m.member = ms.team
 WHERE a.to_on >= :from
 ORDER BY m.position, m.member, a.person, a.from_on;

-- name: timetable_coming  takes rotation slug  gives list of turn
SELECT id, rotation, n, rule_on AS "on", local, starts_at, ends_at, member, state, published, pinned
  FROM turn WHERE rotation = :rotation AND starts_at > :now ORDER BY starts_at, n;

-- Of the past, a plan needs each member's last turn, and the last slot where nobody took it.
-- name: timetable_last  takes rotation slug  gives list of member slug?, local local
SELECT m.member, t.local
  FROM rotation_member m
  JOIN turn t ON t.id = (SELECT l.id FROM turn l WHERE l.rotation = m.rotation AND l.member = m.member
                            AND l.starts_at <= :now AND l.state IN ('planned', 'done') ORDER BY l.starts_at DESC LIMIT 1)
 WHERE m.rotation = :rotation
UNION ALL
SELECT NULL, local FROM (SELECT local, state FROM turn WHERE rotation = :rotation AND starts_at <= :now AND state <> 'cancelled'
                          ORDER BY starts_at DESC LIMIT 1)
 WHERE state = 'open'
 ORDER BY 2;

-- name: timetable_end  takes rotation slug  gives n integer?, local local?
SELECT max(n) AS n, max(local) FILTER (WHERE state <> 'cancelled') AS local FROM turn WHERE rotation = :rotation AND published;

-- ---- what a plan decides ----

-- name: turn_insert  takes id slug, rotation slug, n integer, on date, local local, starts_at instant, ends_at instant, member slug?, state like turn.state, published bool, pinned bool, reasons value?
INSERT INTO turn (id, rotation, n, rule_on, local, starts_at, ends_at, member, state, published, pinned, reasons)
VALUES (:id, :rotation, :n, :on, :local, :starts_at, :ends_at, :member, :state, :published, :pinned, :reasons);

-- name: turn_decide  takes id slug, member slug?, state like turn.state, pinned bool, is_new bool, reasons value?
UPDATE turn SET member = :member, state = :state, published = 1, pinned = :pinned, reasons = :reasons,
                first = CASE WHEN :is_new THEN NULL WHEN :member IS member THEN first ELSE ifnull(first, member) END
 WHERE id = :id;

-- name: turn_move  takes id slug, on date, local local, starts_at instant, ends_at instant
UPDATE turn SET rule_on = :on, local = :local, starts_at = :starts_at, ends_at = :ends_at WHERE id = :id;

-- Turns ahead of their time that the rule no longer brings; `last` is the last one that it brings at all.
-- name: turn_forget_gone  takes rotation slug, last integer?
DELETE FROM turn
 WHERE rotation = :rotation AND NOT published AND state = 'planned'
   AND (n <= (SELECT max(n) FROM turn WHERE rotation = :rotation AND published) OR n > :last);

-- name: turn_cancelled  takes id slug
UPDATE turn SET state = 'cancelled' WHERE id = :id;

-- Turns that have ended were done by who had them.
-- name: turn_ended  takes rotation slug  gives list of id slug, member slug, starts_at instant
UPDATE turn SET state = 'done' WHERE rotation = :rotation AND state = 'planned' AND ends_at <= :now
RETURNING id, member, starts_at;

-- name: turn_first_end  takes rotation slug  gives ends_at instant?
SELECT min(ends_at) AS ends_at FROM turn WHERE rotation = :rotation AND state = 'planned';

-- Turns that no plan looks at any more: those that have begun, and those that are cancelled.
-- name: rotation_settled  takes rotation slug, from date, until date?  gives list of turn
SELECT id, rotation, n, rule_on AS "on", local, starts_at, ends_at, member, state, published, pinned
  FROM turn
 WHERE rotation = :rotation AND (starts_at <= :now OR state = 'cancelled') AND local >= :from AND (:until IS NULL OR local < date(:until, '+1 day'))
 ORDER BY starts_at, n LIMIT 5000;

-- An occurrence that has come back between published turns; never twice.
-- name: turn_insert_missing  takes id slug, rotation slug, n integer, on date, local local, starts_at instant, ends_at instant
INSERT INTO turn (id, rotation, n, rule_on, local, starts_at, ends_at, state, published, pinned)
VALUES (:id, :rotation, :n, :on, :local, :starts_at, :ends_at, 'open', 1, 0) ON CONFLICT DO NOTHING;
