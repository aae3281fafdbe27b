-- Who may speak for a turn: its person, or who leads its team; a lead of that person.
-- name: access_self_turn  takes id slug  gives found integer
SELECT 1 AS found FROM turn t JOIN rotation r ON r.id = t.rotation
 WHERE t.id = :id AND r.member_kind = 'person' AND t.member = :actor
UNION ALL
SELECT 1 FROM turn t JOIN rotation r ON r.id = t.rotation JOIN team ON team.id = t.member
 WHERE t.id = :id AND r.member_kind = 'team' AND team.lead = :actor;

-- name: access_lead_turn  takes id slug  gives found integer
SELECT 1 AS found FROM turn t JOIN rotation r ON r.id = t.rotation JOIN membership m ON m.person = t.member
  JOIN team ON team.id = m.team
 WHERE t.id = :id AND r.member_kind = 'person' AND team.lead = :actor AND m.from_on <= :today
   AND (m.to_on IS NULL OR m.to_on >= :today)
UNION ALL
SELECT 1 FROM turn t JOIN rotation r ON r.id = t.rotation JOIN person p ON p.id = t.member
 WHERE t.id = :id AND r.member_kind = 'person' AND p.manager = :actor;

-- name: turn_show
SELECT id, rotation, n, rule_on AS "on", local, starts_at, ends_at, member, state, published, pinned
  FROM turn WHERE id = :id;

-- name: turn_of_person  takes person slug, from date, until date?, limit integer  gives list of turn
SELECT t.id, t.rotation, t.n, t.rule_on AS "on", t.local, t.starts_at, t.ends_at, t.member, t.state, t.published, t.pinned
  FROM turn t JOIN rotation r ON r.id = t.rotation
 WHERE t.local >= :from AND (:until IS NULL OR t.local < date(:until, '+1 day'))
   AND t.member IN (SELECT :person UNION SELECT m.team FROM membership m WHERE m.person = :person
                                            AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
                    UNION SELECT id FROM team WHERE lead = :person)
   AND (t.member <> :person OR r.member_kind = 'person')
 ORDER BY t.starts_at, t.id LIMIT :limit;

-- name: turn_all  takes open bool, from date, until date?, limit integer  gives list of turn
-- scans: along the order of time, bounded by its limit
SELECT id, rotation, n, rule_on AS "on", local, starts_at, ends_at, member, state, published, pinned
  FROM turn
 WHERE local >= :from AND (:until IS NULL OR local < date(:until, '+1 day')) AND (NOT :open OR state = 'open')
 ORDER BY starts_at, id LIMIT :limit;

-- name: turn_reasons  takes id slug  gives reasons value?
SELECT reasons FROM turn WHERE id = :id;

-- A turn that does not take place costs nobody a turn.
-- name: turn_return_credit  takes id slug
UPDATE rotation_member SET credit = credit - 1
 WHERE (rotation, member) = (SELECT rotation, member FROM turn WHERE id = :id AND published AND state IN ('planned', 'done'));

-- Whatever is offered about a turn that has changed is over.
-- name: offer_void  takes turn slug
UPDATE offer SET state = 'withdrawn' WHERE state = 'asked' AND (turn = :turn OR against = :turn);

-- name: rotation_credits  takes rotation slug  gives list of fairness
SELECT m.member, m.credit,
       EXISTS (SELECT 1 FROM rotation_stay s WHERE s.rotation = m.rotation AND s.member = m.member AND s.from_on <= :today
                  AND (s.to_on IS NULL OR s.to_on >= :today)) AS is_member,
       count(*) FILTER (WHERE t.state IN ('planned', 'done') AND t.member = m.member AND t.starts_at <= :now) AS done,
       count(*) FILTER (WHERE t.state = 'planned' AND t.member = m.member AND t.starts_at > :now AND t.published) AS coming,
       count(*) FILTER (WHERE t.state IN ('planned', 'done') AND t.member = m.member AND t.first <> m.member) AS covered,
       count(*) FILTER (WHERE t.state IN ('planned', 'done') AND t.first = m.member AND t.member <> m.member) AS given,
       count(*) FILTER (WHERE t.state = 'cancelled' AND t.member = m.member) AS cancelled,
       max(substr(t.local, 1, 10)) FILTER (WHERE t.state IN ('planned', 'done') AND t.member = m.member
                                              AND t.starts_at <= :now) AS last_on,
       min(substr(t.local, 1, 10)) FILTER (WHERE t.state = 'planned' AND t.member = m.member AND t.starts_at > :now)
           AS next_on
  FROM rotation_member m LEFT JOIN turn t ON t.rotation = m.rotation AND (t.member = m.member OR t.first = m.member)
 WHERE m.rotation = :rotation
 GROUP BY m.member, m.position, m.credit ORDER BY m.position, m.member;

-- name: rotation_open_turns  takes rotation slug  gives count integer
SELECT count(*) AS count FROM turn WHERE rotation = :rotation AND state = 'open' AND starts_at > :now;

-- name: turn_row  takes id slug  gives turn
SELECT id, rotation, n, rule_on AS "on", local, starts_at, ends_at, member, state, published, pinned
  FROM turn WHERE id = :id;

-- name: credit_give  takes rotation slug, member slug
UPDATE rotation_member SET credit = credit - 1 WHERE rotation = :rotation AND member = :member;

-- Who takes a turn over has at least the level, so that covering counts also for a newcomer.
-- name: credit_take  takes rotation slug, member slug
UPDATE rotation_member SET credit = max(credit, (SELECT level FROM rotation WHERE id = :rotation)) + 1
 WHERE rotation = :rotation AND member = :member;

-- name: turn_hand_over  takes id slug, member slug, state like turn.state, pinned bool, reasons value
UPDATE turn SET member = :member, state = :state, pinned = :pinned, reasons = :reasons,
                first = CASE WHEN :member IS member THEN first ELSE ifnull(first, member) END
 WHERE id = :id;

-- name: turn_forget_ahead  takes id slug
DELETE FROM turn WHERE id = :id AND NOT published;

-- name: turn_did  takes id slug, member slug
UPDATE turn SET member = :member, first = ifnull(first, member) WHERE id = :id;

-- name: turn_set_done  takes id slug
UPDATE turn SET state = 'done' WHERE id = :id;

-- name: roster_member  takes rotation slug, member slug  gives member slug
SELECT member FROM rotation_member WHERE rotation = :rotation AND member = :member;

-- name: turn_rotation  takes rotation slug  gives title text, member_kind like rotation.member_kind
SELECT title, member_kind FROM rotation WHERE id = :rotation;
