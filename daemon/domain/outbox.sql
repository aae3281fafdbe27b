-- The outbox: messages on their way, found by when they may be handed out next.

-- name: outbox_row  takes id slug  gives id slug, person slug?, webhook slug?, kind like outgoing.kind, subject text?, state like outgoing.state, made_at instant, next_at instant, attempt integer, first_at instant?, detail text?
SELECT id, person, webhook, kind, subject, state, made_at, next_at, attempt, first_at, detail FROM outbox WHERE id = :id;

-- name: outbox_list
SELECT id, person, webhook, kind, state, made_at, CASE WHEN state IN ('waiting', 'claimed') THEN next_at END AS next_at,
       attempt, detail
  FROM outbox
 WHERE (:state IS NULL OR state = :state) AND (:person IS NULL OR person = :person) AND (:webhook IS NULL OR webhook = :webhook)
   AND (:after IS NULL OR (made_at, id) < (SELECT made_at, id FROM outbox WHERE id = :after))
 ORDER BY made_at DESC, id DESC LIMIT :limit + 1;
-- scans: by its time

-- name: outbox_insert  takes id slug, person slug?, webhook slug?, kind like outgoing.kind, subject slug?, week date, next_at instant
INSERT INTO outbox (id, person, webhook, kind, subject, week_on, state, made_at, next_at, attempt)
VALUES (:id, :person, :webhook, :kind, :subject, :week, 'waiting', :now, :next_at, 0) ON CONFLICT DO NOTHING;

-- name: outbox_sent_in_week  takes person slug, week date  gives count integer, cap integer
SELECT (SELECT count(*) FROM outbox WHERE person = :person AND week_on = :week AND kind <> 'weekly'
           AND state <> 'dropped') AS count,
       message_cap AS cap FROM company WHERE id = 1;

-- A digest of this week that nobody has taken yet.
-- name: outbox_open_digest  takes person slug, week date, kind like outgoing.kind  gives id slug
SELECT id FROM outbox WHERE person = :person AND week_on = :week AND kind = :kind AND state = 'waiting' AND attempt = 0;

-- name: outbox_digests  takes person slug, week date  gives count integer
SELECT count(*) AS count FROM outbox WHERE person = :person AND week_on = :week AND kind <> 'single';

-- name: outbox_claimable  takes limit integer, late bool  gives list of id slug
SELECT id FROM outbox INDEXED BY outbox_next
 WHERE state IN ('waiting', 'claimed') AND next_at <= :now AND (:late OR kind <> 'late') ORDER BY next_at, id LIMIT :limit;

-- Whom a message is for, or where it is posted.
-- name: outbox_addressee  takes person slug?, webhook slug?  gives name text, address text?, language like person.language?, zone text?, left_on date?, form like webhook.form?, is_paused bool, company_language like company.language
SELECT p.name, p.email AS address, p.language, p.zone, p.left_on, NULL AS form, 0 AS is_paused, c.language AS company_language
  FROM person p, company c WHERE p.id = :person AND c.id = 1
UNION ALL
SELECT w.title, w.url, w.language, NULL, NULL, w.form, w.is_paused, c.language FROM webhook w, company c
 WHERE w.id = :webhook AND c.id = 1;

-- name: outbox_claimed  takes id slug, until instant
UPDATE outbox SET state = 'claimed', next_at = :until, attempt = attempt + 1, first_at = ifnull(first_at, :now)
 WHERE id = :id;

-- name: outbox_postpone  takes id slug, next_at instant, detail text?
UPDATE outbox SET state = 'waiting', next_at = :next_at, detail = ifnull(:detail, detail) WHERE id = :id;

-- Of the seven days after which it is given up, one at least is left after days on which nobody tried.
-- name: outbox_rest  takes id slug, until instant
UPDATE outbox SET state = 'waiting', next_at = :until, first_at = max(first_at, :until - 6 * 86400) WHERE id = :id;

-- Mail that waits for a better day; or for the server, which it then tries once more.
-- name: outbox_hurry  takes person slug
UPDATE outbox SET next_at = :now WHERE person = :person AND state = 'waiting' AND next_at > :now AND kind <> 'weekly';

-- name: outbox_hurry_all
UPDATE outbox SET next_at = :now WHERE state = 'waiting' AND next_at > :now AND kind <> 'weekly';

-- name: outbox_end  takes id slug, state like outgoing.state, detail text?
UPDATE outbox SET state = :state, settled_at = :now, detail = ifnull(:detail, detail) WHERE id = :id;

-- name: outbox_reset  takes id slug
UPDATE outbox SET state = 'waiting', next_at = :now, first_at = NULL, attempt = 0, settled_at = NULL WHERE id = :id;

-- name: outbox_delivered  takes mail slug
UPDATE reminder SET state = 'delivered', delivered_at = :now, why = NULL WHERE mail = :mail AND state IN ('due', 'failed');

-- name: outbox_failed  takes mail slug, why text
UPDATE reminder SET state = 'failed', why = :why WHERE mail = :mail AND state = 'due';

-- name: outbox_again  takes mail slug
UPDATE reminder SET state = 'due', why = NULL WHERE mail = :mail AND state = 'failed';

-- A message whose reminders have all been answered has nothing left to say.
-- name: outbox_drop_empty  takes mail slug
UPDATE outbox SET state = 'dropped', settled_at = :now
 WHERE id = :mail AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM reminder WHERE mail = :mail AND state = 'due');

-- name: outbox_next  takes after instant  gives next_at instant
SELECT next_at FROM outbox INDEXED BY outbox_next WHERE state IN ('waiting', 'claimed') AND next_at > :after ORDER BY next_at LIMIT 1;

-- name: outbox_expired  takes mail slug, why text
UPDATE reminder SET state = 'expired', why = :why, escalate_at = NULL WHERE mail = :mail AND state = 'due';

-- name: outbox_expire  takes before instant
DELETE FROM outbox WHERE state IN ('sent', 'refused', 'given_up', 'dropped') AND made_at < :before;

-- name: outbox_waiting  gives count integer
SELECT count(*) AS count FROM (SELECT 1 FROM outbox INDEXED BY outbox_next
                                 WHERE state IN ('waiting', 'claimed') AND next_at <= :now LIMIT 50);

-- ---- the clock

-- name: courier_hold_row  gives seen_at instant?, seen_boot integer?, held_at instant?
SELECT seen_at, seen_boot, held_at FROM courier_hold WHERE id = 1;

-- name: courier_hold_see  takes boot integer
UPDATE courier_hold SET seen_at = :now, seen_boot = :boot WHERE id = 1;

-- name: courier_hold_begin
UPDATE courier_hold SET held_at = :now WHERE id = 1;

-- name: courier_hold_end  takes boot integer
UPDATE courier_hold SET seen_at = :now, seen_boot = :boot, held_at = NULL WHERE id = 1;

-- name: parked_job_put  takes kind text, subject text, due_at instant
INSERT INTO parked_job (kind, subject, due_at) VALUES (:kind, :subject, :due_at) ON CONFLICT DO NOTHING;

-- name: parked_jobs_return
-- scans: all of them
INSERT INTO job (kind, subject, due_at) SELECT kind, subject, due_at FROM parked_job WHERE true
ON CONFLICT DO UPDATE SET due_at = min(due_at, excluded.due_at);

-- name: parked_jobs_forget
-- scans: all of them
DELETE FROM parked_job;
