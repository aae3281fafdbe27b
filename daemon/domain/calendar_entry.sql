-- Calendars: turns and sabbaticals as entries, in order of time.

-- name: calendar_turn  takes id slug  gives uid slug, subject slug, rotation slug?, title text, zone text?, starts_at instant?, ends_at instant?, from date?, to date?, is_open bool, is_team bool, member slug?, member_name text?, sequence integer, stamped_at instant, sort_at integer
SELECT t.id AS uid, t.id AS subject, t.rotation, r.title, r.zone, t.starts_at, t.ends_at, NULL AS "from", NULL AS "to",
       t.state = 'open' AS is_open, r.member_kind = 'team' AS is_team, t.member,
       CASE r.member_kind WHEN 'team' THEN (SELECT name FROM team WHERE id = t.member)
                          ELSE (SELECT name FROM person WHERE id = t.member) END AS member_name,
       ifnull(e.sequence, 0) AS sequence, ifnull(e.stamped_at, t.starts_at) AS stamped_at, t.starts_at AS sort_at
  FROM turn t JOIN rotation r ON r.id = t.rotation LEFT JOIN calendar_entry e ON e.uid = t.id
 WHERE t.id = :id AND t.published AND t.state <> 'cancelled';

-- A turn lasts a week at most: what begins earlier than that before the first day is over. Whose a turn could be at all is
-- looked up once, since looking who attends it takes ten times as long.
-- name: calendar_turns  takes person slug?, team slug?, rotation slug?, from_at instant, until_at instant, after_at integer, after slug, limit integer  gives list of calendar_turn_row
SELECT t.id AS uid, t.id AS subject, t.rotation, r.title, r.zone, t.starts_at, t.ends_at, NULL AS "from", NULL AS "to",
       t.state = 'open' AS is_open, r.member_kind = 'team' AS is_team, t.member,
       CASE r.member_kind WHEN 'team' THEN (SELECT name FROM team WHERE id = t.member)
                          ELSE (SELECT name FROM person WHERE id = t.member) END AS member_name,
       ifnull(e.sequence, 0) AS sequence, ifnull(e.stamped_at, t.starts_at) AS stamped_at, t.starts_at AS sort_at
  FROM turn t INDEXED BY turn_starts CROSS JOIN rotation r ON r.id = t.rotation LEFT JOIN calendar_entry e ON e.uid = t.id
 WHERE t.starts_at >= max(:from_at - 7 * 86400, :after_at) AND t.starts_at < :until_at AND t.ends_at > :from_at
   AND (t.starts_at > :after_at OR t.id > :after)
   AND t.published AND t.state <> 'cancelled'
   AND (:rotation IS NULL OR t.rotation = :rotation)
   AND (:person IS NULL OR (t.member IN (SELECT :person UNION ALL SELECT team FROM membership WHERE person = :person
                                         UNION ALL SELECT id FROM team WHERE lead = :person)
                            AND EXISTS (SELECT 1 FROM turn_attendee a WHERE a.turn = t.id AND a.person = :person)))
   AND (:team IS NULL OR CASE r.member_kind WHEN 'team' THEN t.member = :team
                              ELSE EXISTS (SELECT 1 FROM membership m WHERE m.person = t.member AND m.team = :team
                                              AND m.from_on <= substr(t.local, 1, 10)
                                              AND (m.to_on IS NULL OR m.to_on >= substr(t.local, 1, 10))) END)
 ORDER BY t.starts_at, t.id LIMIT :limit;

-- name: calendar_sabbatical  takes id slug  gives calendar_turn_row
SELECT s.id || '.away' AS uid, s.id AS subject, NULL AS rotation, s.project AS title, NULL AS zone, NULL AS starts_at,
       NULL AS ends_at, s.from_on AS "from", s.to_on AS "to", 0 AS is_open, 0 AS is_team, s.person AS member, p.name AS member_name,
       ifnull(e.sequence, 0) AS sequence, ifnull(e.stamped_at, unixepoch(s.from_on)) AS stamped_at, unixepoch(s.from_on) AS sort_at
  FROM sabbatical s JOIN person p ON p.id = s.person LEFT JOIN calendar_entry e ON e.uid = s.id || '.away'
 WHERE s.id = :id AND s.state IN ('approved', 'done');

-- name: calendar_sabbaticals  takes person slug?, team slug?, from date, until date?, after_at integer, after slug, limit integer  gives list of calendar_turn_row
SELECT s.id || '.away' AS uid, s.id AS subject, NULL AS rotation, s.project AS title, NULL AS zone, NULL AS starts_at,
       NULL AS ends_at, s.from_on AS "from", s.to_on AS "to", 0 AS is_open, 0 AS is_team, s.person AS member, p.name AS member_name,
       ifnull(e.sequence, 0) AS sequence, ifnull(e.stamped_at, unixepoch(s.from_on)) AS stamped_at, unixepoch(s.from_on) AS sort_at
  FROM sabbatical s JOIN person p ON p.id = s.person LEFT JOIN calendar_entry e ON e.uid = s.id || '.away'
 WHERE s.to_on >= :from AND (:until IS NULL OR s.from_on <= :until) AND s.state IN ('approved', 'done')
   AND (unixepoch(s.from_on), s.id || '.away') > (:after_at, :after)
   AND (:person IS NULL OR s.person = :person)
   AND (:team IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.person = s.person AND m.team = :team AND m.from_on <= s.from_on
                                    AND (m.to_on IS NULL OR m.to_on >= s.from_on)))
 ORDER BY sort_at, uid LIMIT :limit;

-- Where a page ended: what began it is still known when it has been cancelled since. What never stood in a calendar is not,
-- since that somebody asked for a week is nobody else's business.
-- name: calendar_position  takes uid slug  gives sort_at integer
SELECT starts_at AS sort_at FROM turn WHERE id = :uid
UNION ALL
SELECT unixepoch(s.from_on) FROM sabbatical s
 WHERE :uid LIKE '%.away' AND s.id = substr(:uid, 1, length(:uid) - 5)
   AND (s.state IN ('approved', 'done') OR EXISTS (SELECT 1 FROM calendar_entry WHERE uid = :uid));

-- ---- whose calendars, and whether something has changed

-- Of a team no more than one over what is asked for: nobody reads a hundred thousand rows to learn that they are many.
-- name: calendar_people  takes turn slug, limit integer  gives list of person slug, email text?
SELECT person, email FROM (SELECT a.person, p.email FROM turn_attendee a JOIN person p ON p.id = a.person
                            WHERE a.turn = :turn AND NOT a.is_lead LIMIT :limit + 1)
 ORDER BY person;

-- name: calendar_lead  takes turn slug  gives list of calendar_people_row
SELECT a.person, p.email FROM turn_attendee a JOIN person p ON p.id = a.person WHERE a.turn = :turn AND a.is_lead;

-- name: calendar_person  takes person slug  gives list of calendar_people_row
SELECT id AS person, email FROM person WHERE id = :person;

-- name: calendar_entry_row  takes uid slug  gives sequence integer, stamped_at instant, print text?
SELECT sequence, stamped_at, print FROM calendar_entry WHERE uid = :uid;

-- name: calendar_entry_put  takes uid slug, sequence integer, print text?
INSERT INTO calendar_entry (uid, sequence, stamped_at, print) VALUES (:uid, :sequence, :now, :print)
ON CONFLICT DO UPDATE SET sequence = excluded.sequence, stamped_at = excluded.stamped_at, print = excluded.print;

-- Somebody belongs to this team from that day on.
-- name: calendar_touch_team  takes team slug, from date
INSERT INTO job (kind, subject, due_at)
SELECT 'calendar.update', id, :now FROM turn
 WHERE member = :team AND starts_at > :now AND published AND substr(local, 1, 10) >= :from
ON CONFLICT DO NOTHING;

-- Many people belong to many teams.
-- name: calendar_touch_all_teams
INSERT INTO job (kind, subject, due_at)
SELECT 'calendar.update', t.id, :now FROM turn t JOIN rotation r ON r.id = t.rotation
 WHERE t.starts_at > :now AND t.published AND r.member_kind = 'team'
ON CONFLICT DO NOTHING;
