-- name: offer_insert  takes turn slug, giver slug, taker slug, against slug?, is_open bool, until_at instant  gives id integer
INSERT INTO offer (turn, giver, taker, against, state, is_open, asked_at, until_at)
VALUES (:turn, :giver, :taker, :against, 'asked', :is_open, :now, :until_at) RETURNING id;

-- name: offer_asks  takes offer integer, member slug
INSERT INTO offer_asked (offer, member) VALUES (:offer, :member) ON CONFLICT DO NOTHING;

-- name: offer_was_asked  takes offer integer, member slug  gives found integer
SELECT 1 AS found FROM offer_asked WHERE offer = :offer AND member = :member;

-- name: offer_waits  takes turn slug  gives id integer, turn slug, giver slug, taker slug, against slug?, state like offer.state, is_open bool, asked_at instant, until_at instant?
SELECT id, turn, giver, taker, against, state, is_open, asked_at, until_at FROM offer WHERE turn = :turn AND state = 'asked';

-- name: offer_row  takes id integer  gives offer_waits_row
SELECT id, turn, giver, taker, against, state, is_open, asked_at, until_at FROM offer WHERE id = :id;

-- The last one that was agreed about this turn, from either side.
-- name: offer_agreed  takes turn slug  gives offer_waits_row
SELECT id, turn, giver, taker, against, state, is_open, asked_at, until_at
  FROM offer WHERE id = (SELECT max(id) FROM (SELECT id FROM offer WHERE turn = :turn AND state = 'accepted'
                                              UNION ALL SELECT id FROM offer WHERE against = :turn AND state = 'accepted'));

-- name: offer_settle  takes id integer, state like offer.state
UPDATE offer SET state = :state WHERE id = :id;

-- name: offer_ask  takes id integer, taker slug, until_at instant
UPDATE offer SET taker = :taker, asked_at = :now, until_at = :until_at WHERE id = :id;

-- name: offer_all  takes person slug?, limit integer  gives list of offer_waits_row
-- scans: what waits for an answer, which is little and goes by
SELECT o.id, o.turn, o.giver, o.taker, o.against, o.state, o.is_open, o.asked_at, o.until_at
  FROM offer o
 WHERE o.state = 'asked'
   AND (:person IS NULL OR :person IN (o.giver, o.taker)
        OR EXISTS (SELECT 1 FROM team WHERE id IN (o.giver, o.taker) AND lead = :person))
 ORDER BY o.id LIMIT :limit;

-- Who speaks for a member: the person, or who leads the team.
-- name: offer_speaker  takes rotation slug, member slug  gives person slug?
SELECT CASE r.member_kind WHEN 'person' THEN :member ELSE (SELECT lead FROM team WHERE id = :member) END AS person
  FROM rotation r WHERE r.id = :rotation;

-- name: offer_may_speak  takes rotation slug, member slug  gives found integer
SELECT 1 AS found FROM rotation r
 WHERE r.id = :rotation
   AND ((r.member_kind = 'person'
         AND (:member = :actor
              OR EXISTS (SELECT 1 FROM membership m JOIN team t ON t.id = m.team
                          WHERE m.person = :member AND t.lead = :actor AND m.from_on <= :today
                            AND (m.to_on IS NULL OR m.to_on >= :today))
              OR EXISTS (SELECT 1 FROM person WHERE id = :member AND manager = :actor)))
        OR (r.member_kind = 'team' AND EXISTS (SELECT 1 FROM team WHERE id = :member AND lead = :actor)));
