-- Invitations: what each person's own calendar was told of an entry.

-- name: invitation_is_on  gives is_on bool
SELECT invitations AS is_on FROM company WHERE id = 1;

-- name: invitation_of  takes uid slug  gives list of person slug, letters integer, mail slug?, method like invitation.method?, sequence integer, told value?, handed slug?, is_known bool, is_refused bool, over_at instant, email text?, zone text?
SELECT i.person, i.letters, i.mail, i.method, i.sequence, i.told, i.handed, i.is_known, i.is_refused, i.over_at, p.email, p.zone
  FROM invitation i JOIN person p ON p.id = i.person WHERE i.uid = :uid ORDER BY i.person;

-- name: invitation_row  takes uid slug, person slug  gives invitation_of_row
SELECT i.person, i.letters, i.mail, i.method, i.sequence, i.told, i.handed, i.is_known, i.is_refused, i.over_at, p.email, p.zone
  FROM invitation i JOIN person p ON p.id = i.person WHERE i.uid = :uid AND i.person = :person;

-- A message is on its way: the next one of this person about this entry.
-- name: invitation_mailed  takes uid slug, person slug, mail slug, letters integer, over_at instant
INSERT INTO invitation (uid, person, letters, mail, sequence, is_known, is_refused, over_at)
VALUES (:uid, :person, :letters, :mail, 0, 0, 0, :over_at)
ON CONFLICT DO UPDATE SET letters = excluded.letters, mail = excluded.mail, is_refused = 0;

-- name: invitation_handed  takes uid slug, person slug, mail slug, method like invitation.method, sequence integer, told value, over_at instant
UPDATE invitation SET handed = :mail, method = :method, sequence = :sequence, told = :told, told_until = :over_at,
       over_at = max(over_at, :over_at), is_known = 0, is_refused = 0
 WHERE uid = :uid AND person = :person;

-- What was only perhaps sent may have left the one before it in the calendar.
-- name: invitation_ended  takes uid slug, person slug, mail slug, is_known bool
UPDATE invitation SET mail = NULL, is_known = :is_known, is_refused = NOT :is_known,
       over_at = CASE WHEN :is_known THEN ifnull(told_until, over_at) ELSE over_at END
 WHERE uid = :uid AND person = :person AND mail = :mail;

-- name: invitation_dropped  takes uid slug, person slug, mail slug
UPDATE invitation SET mail = NULL WHERE uid = :uid AND person = :person AND mail = :mail;

-- Whether the entry has changed since the last message about it was handed out.
-- name: invitation_is_behind  takes uid slug, person slug  gives found integer
SELECT 1 AS found FROM invitation i JOIN calendar_entry e ON e.uid = i.uid
 WHERE i.uid = :uid AND i.person = :person AND e.sequence <> i.sequence;

-- Whether a person's calendar says what a notice about a turn or sabbatical would say.
-- name: invitation_says  takes uid slug, person slug  gives found integer
SELECT 1 AS found FROM invitation
 WHERE uid = :uid AND person = :person AND (SELECT invitations FROM company WHERE id = 1);

-- name: invitation_expire  takes before instant
DELETE FROM invitation WHERE over_at < :before;

-- How many messages about one entry a person has had since.
-- name: invitation_count  takes uid slug, person slug, since instant  gives count integer
SELECT count(*) AS count FROM outbox
 WHERE person = :person AND kind = 'invitation' AND subject = :uid AND made_at > :since AND state <> 'dropped';
