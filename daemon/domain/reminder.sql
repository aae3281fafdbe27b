-- Reminders: one row each, found by their time, their person, or what they are about.

-- name: access_self_reminder  takes id slug  gives found integer
SELECT 1 AS found FROM reminder WHERE id = :id AND person = :actor;

-- name: access_lead_reminder  takes id slug  gives found integer
SELECT 1 AS found FROM reminder r JOIN membership m ON m.person = r.person JOIN team t ON t.id = m.team
 WHERE r.id = :id AND t.lead = :actor AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
UNION ALL
SELECT 1 FROM reminder r JOIN person p ON p.id = r.person WHERE r.id = :id AND p.manager = :actor;

-- All that is needed to say it, to fire it, and to send it.
-- name: reminder_open  takes id slug  gives id slug, rule slug?, message text, person slug?, webhook slug?, about text?, subject slug, occurrence text, lead text?, recipient text, title text, local local?, is_day bool, other slug?, detail text?, wanted_at instant, due_at instant, state like reminder.state, why text?, mail slug?, snoozes integer, other_name text?, detail_name text?, rule_title text?, rule_text text?, channels list of text, days like reminder_rule.days?, late like reminder_rule.late?, expire_minutes minutes?, acknowledge bool, escalate_days integer?, escalate_to like reminder_rule.escalate_to?, email text?, zone text?, prefers like person.mail?, left_on date?
SELECT r.id, r.rule, r.message, r.person, r.webhook, r.about, r.subject, r.occurrence, r.lead, r.recipient, r.title, r.local, r.is_day,
       r.other, r.detail, r.wanted_at, r.due_at, r.state, r.why, r.mail, r.snoozes,
       ifnull((SELECT name FROM person WHERE id = r.other), (SELECT name FROM team WHERE id = r.other)) AS other_name,
       ifnull((SELECT name FROM person WHERE id = r.detail), (SELECT name FROM team WHERE id = r.detail)) AS detail_name,
       u.title AS rule_title, u.text AS rule_text, u.channels, u.days, u.late, u.expire_minutes,
       ifnull(u.acknowledge, 0) AS acknowledge, u.escalate_days, u.escalate_to, p.email, p.zone,
       p.mail AS prefers, p.left_on
  FROM reminder r LEFT JOIN person p ON p.id = r.person LEFT JOIN reminder_rule u ON u.id = r.rule
 WHERE r.id = :id;

-- name: reminder_in_mail  takes mail slug  gives list of reminder_open_row
SELECT r.id, r.rule, r.message, r.person, r.webhook, r.about, r.subject, r.occurrence, r.lead, r.recipient, r.title, r.local, r.is_day,
       r.other, r.detail, r.wanted_at, r.due_at, r.state, r.why, r.mail, r.snoozes,
       ifnull((SELECT name FROM person WHERE id = r.other), (SELECT name FROM team WHERE id = r.other)) AS other_name,
       ifnull((SELECT name FROM person WHERE id = r.detail), (SELECT name FROM team WHERE id = r.detail)) AS detail_name,
       u.title AS rule_title, u.text AS rule_text, u.channels, u.days, u.late, u.expire_minutes,
       ifnull(u.acknowledge, 0) AS acknowledge, u.escalate_days, u.escalate_to, p.email, p.zone,
       p.mail AS prefers, p.left_on
  FROM reminder r LEFT JOIN person p ON p.id = r.person LEFT JOIN reminder_rule u ON u.id = r.rule
 WHERE r.mail = :mail AND r.state = 'due' ORDER BY r.wanted_at, r.id LIMIT 20;

-- name: reminder_count_in_mail  takes mail slug  gives count integer
SELECT count(*) AS count FROM reminder WHERE mail = :mail AND state = 'due';

-- name: reminder_ids  takes person slug, all bool, limit integer, after slug?  gives list of id slug
SELECT id FROM reminder
 WHERE person = :person AND (:all OR state NOT IN ('done', 'expired'))
   AND (:after IS NULL OR (due_at, id) > (SELECT due_at, id FROM reminder WHERE id = :after))
 ORDER BY due_at, id LIMIT :limit + 1;

-- Makes it, unless it exists. One that is not answered yet says what is so now; only one that is still to come moves, at
-- its own pace where the person is away.
-- name: reminder_put  takes id slug, rule slug?, message text, person slug?, webhook slug?, about text?, subject slug, occurrence text, lead text?, recipient text, title text, local local?, is_day bool, other slug?, detail text?, wanted_at instant
INSERT INTO reminder (id, rule, message, person, webhook, about, subject, occurrence, lead, recipient, title, local, is_day,
                      other, detail, wanted_at, due_at, state)
VALUES (:id, :rule, :message, :person, :webhook, :about, :subject, :occurrence, :lead, :recipient, :title, :local, :is_day, :other,
        :detail, :wanted_at, :wanted_at, 'scheduled')
ON CONFLICT (id) DO UPDATE
   SET title = excluded.title, local = excluded.local, is_day = excluded.is_day, other = excluded.other,
       due_at = CASE WHEN state <> 'scheduled' OR wanted_at = excluded.wanted_at OR max(wanted_at, excluded.wanted_at) <= :now
                     THEN due_at ELSE excluded.due_at END,
       wanted_at = CASE WHEN state <> 'scheduled' OR max(wanted_at, excluded.wanted_at) <= :now
                        THEN wanted_at ELSE excluded.wanted_at END
 WHERE state IN ('scheduled', 'due', 'snoozed')
   AND (title, local, is_day, other, wanted_at) IS NOT
       (excluded.title, excluded.local, excluded.is_day, excluded.other, excluded.wanted_at);

-- name: reminder_exists  takes id slug  gives found integer
SELECT 1 AS found FROM reminder WHERE id = :id;

-- Of what is told anew, what is no more among it.
-- name: reminder_sweep  takes about text, subject slug, rule slug?, kept list of text
DELETE FROM reminder
 WHERE subject = :subject AND about = :about AND state = 'scheduled' AND (:rule IS NULL OR rule = :rule)
   AND id NOT IN (SELECT value FROM json_each(:kept));

-- What has come due but waits for somebody to be back stays.
-- What is another's now no longer bothers who had it.
-- name: reminder_sweep_former  takes about text, subject slug, kept list of text, why text
UPDATE reminder SET state = 'expired', why = :why, escalate_at = NULL
 WHERE subject = :subject AND about = :about AND state IN ('due', 'snoozed') AND person IS NOT NULL
   AND person NOT IN (SELECT k.person FROM json_each(:kept) j JOIN reminder k ON k.id = j.value WHERE k.person IS NOT NULL);

-- name: reminder_sweep_rule  takes rule slug, kept list of text
DELETE FROM reminder
 WHERE rule = :rule AND state = 'scheduled' AND wanted_at > :now AND id NOT IN (SELECT value FROM json_each(:kept));

-- name: reminder_forget  takes about text, subject slug
DELETE FROM reminder WHERE subject = :subject AND about = :about AND state = 'scheduled';

-- A post that is on its way is looked at again when it is handed out: what is gone may be back by then, with another member.
-- name: reminder_expire_about  takes about text, subject slug, why text
UPDATE reminder SET state = 'expired', why = :why, escalate_at = NULL
 WHERE subject = :subject AND about = :about AND state IN ('due', 'delivered', 'snoozed')
   AND NOT (webhook IS NOT NULL AND state = 'due');

-- name: reminder_settle_about  takes about text, subject slug
UPDATE reminder SET state = 'done', done_at = :now, escalate_at = NULL
 WHERE subject = :subject AND about = :about AND state IN ('scheduled', 'due', 'delivered', 'snoozed');

-- Whether a notice that is not answered has reached somebody: it is more than a line in an inbox.
-- name: reminder_notice_reached  takes message text, subject slug  gives found integer
SELECT 1 AS found FROM reminder r LEFT JOIN outbox o ON o.id = r.mail
 WHERE r.subject = :subject AND r.about IS NULL AND r.message = :message
   AND (r.state IN ('delivered', 'snoozed') OR (r.state = 'due' AND o.attempt > 0)) LIMIT 1;

-- name: reminder_settle_notice  takes message text, subject slug
UPDATE reminder SET state = 'done', done_at = :now, escalate_at = NULL
 WHERE subject = :subject AND about IS NULL AND message = :message
   AND state IN ('scheduled', 'due', 'delivered', 'snoozed');

-- name: reminder_due_ids  takes until instant, limit integer  gives list of id slug
SELECT id FROM reminder INDEXED BY reminder_due
 WHERE state IN ('scheduled', 'snoozed') AND due_at <= :until ORDER BY due_at, id LIMIT :limit;

-- name: reminder_next_due  gives due_at instant
SELECT due_at FROM reminder INDEXED BY reminder_due WHERE state IN ('scheduled', 'snoozed') ORDER BY due_at LIMIT 1;
-- scans: the first of its index

-- name: reminder_next_escalation  gives escalate_at instant
SELECT escalate_at FROM reminder WHERE escalate_at IS NOT NULL ORDER BY escalate_at LIMIT 1;
-- scans: the first of its index

-- name: reminder_escalations  takes until instant, limit integer  gives list of id slug
SELECT id FROM reminder WHERE escalate_at <= :until ORDER BY escalate_at, id LIMIT :limit;

-- name: reminder_postpone  takes id slug, due_at instant
UPDATE reminder SET due_at = :due_at WHERE id = :id;

-- name: reminder_fired  takes id slug, state like reminder.state, mail slug?, why text?, escalate_at instant?
UPDATE reminder
   SET state = :state, mail = :mail, why = :why, escalate_at = :escalate_at,
       delivered_at = CASE WHEN :state = 'delivered' THEN :now ELSE delivered_at END
 WHERE id = :id;

-- name: reminder_escalated  takes id slug
UPDATE reminder SET escalate_at = NULL WHERE id = :id;

-- name: reminder_set_snoozed  takes id slug, until instant
UPDATE reminder SET state = 'snoozed', due_at = :until, wanted_at = :until, mail = NULL, snoozes = snoozes + 1,
                    escalate_at = NULL
 WHERE id = :id;

-- name: reminder_set_done  takes id slug
UPDATE reminder SET state = 'done', done_at = :now, escalate_at = NULL WHERE id = :id;

-- ---- what happens

-- name: happening_put  takes about text, subject slug, occurrence text, person slug?, team slug?, title text, local local, is_day bool, catches_up bool
INSERT INTO happening (about, subject, occurrence, person, team, title, local, is_day, catches_up)
VALUES (:about, :subject, :occurrence, :person, :team, :title, :local, :is_day, :catches_up)
ON CONFLICT DO UPDATE
   SET occurrence = excluded.occurrence, person = excluded.person, team = excluded.team, title = excluded.title,
       local = excluded.local, is_day = excluded.is_day, catches_up = excluded.catches_up
 WHERE (occurrence, person, team, title, local, is_day, catches_up) IS NOT
       (excluded.occurrence, excluded.person, excluded.team, excluded.title, excluded.local, excluded.is_day,
        excluded.catches_up);

-- name: happening_delete  takes about text, subject slug
DELETE FROM happening WHERE about = :about AND subject = :subject;

-- name: happening_exists  takes about text, subject slug  gives found integer
SELECT 1 AS found FROM happening WHERE about = :about AND subject = :subject;

-- name: happening_page  takes about text, after slug, limit integer  gives list of about text, subject slug, occurrence text, person slug?, team slug?, title text, local local, is_day bool, catches_up bool
SELECT about, subject, occurrence, person, team, title, local, is_day, catches_up FROM happening
 WHERE about = :about AND subject > :after ORDER BY subject LIMIT :limit;

-- ---- who is told: those that work here

-- name: recipient_here  takes person slug  gives person slug
SELECT id AS person FROM person WHERE id = :person AND (left_on IS NULL OR left_on > :today);

-- The home team's lead, else the manager, else the lead of another team.
-- name: recipient_lead  takes person slug  gives person slug
SELECT p.id AS person FROM (
    SELECT t.lead AS id, 1 AS rank FROM person h JOIN team t ON t.id = h.team WHERE h.id = :person
    UNION ALL SELECT manager, 2 FROM person WHERE id = :person
    UNION ALL SELECT t.lead, 3 FROM membership m JOIN team t ON t.id = m.team
               WHERE m.person = :person AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
) AS l JOIN person p ON p.id = l.id
 WHERE p.id <> :person AND (p.left_on IS NULL OR p.left_on > :today) ORDER BY l.rank, p.id LIMIT 1;

-- name: recipient_team_lead  takes team slug  gives person slug
SELECT p.id AS person FROM team t JOIN person p ON p.id = t.lead
 WHERE t.id = :team AND (p.left_on IS NULL OR p.left_on > :today);

-- name: recipient_team  takes team slug, limit integer  gives list of recipient_here_row
SELECT p.id AS person FROM membership m JOIN person p ON p.id = m.person
 WHERE m.team = :team AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
   AND (p.left_on IS NULL OR p.left_on > :today) ORDER BY p.id LIMIT :limit;

-- name: recipient_admins  gives list of recipient_here_row
SELECT p.id AS person FROM company c, json_each(c.admins) a JOIN person p ON p.id = a.value
 WHERE c.id = 1 AND (p.left_on IS NULL OR p.left_on > :today) ORDER BY p.id;

-- name: recipient_leads  gives list of recipient_here_row
-- scans: teams are few
SELECT DISTINCT p.id AS person FROM team t JOIN person p ON p.id = t.lead
 WHERE p.left_on IS NULL OR p.left_on > :today ORDER BY p.id;

-- name: recipient_everyone  gives list of recipient_here_row
-- scans: it is for everyone
SELECT id AS person FROM person
 WHERE (left_on IS NULL OR left_on > :today) AND (hired_on IS NULL OR hired_on <= :today) ORDER BY id;

-- name: recipient_role  takes role text  gives list of recipient_here_row
-- scans: titles are asked for when a rule fires, not more often
SELECT id AS person FROM person
 WHERE title = :role AND (left_on IS NULL OR left_on > :today) AND (hired_on IS NULL OR hired_on <= :today) ORDER BY id;

-- ---- on which days somebody may be sent something

-- The last day of an absence that covers this day.
-- name: absence_over  takes person slug, day date  gives last date
SELECT to_on AS last FROM absence WHERE person = :person AND from_on <= :day AND to_on >= :day ORDER BY to_on DESC LIMIT 1;

-- name: job_sooner  takes kind text, subject text, due_at instant
INSERT INTO job (kind, subject, due_at) VALUES (:kind, :subject, :due_at)
ON CONFLICT DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < due_at;

-- name: reminder_counts
-- scans: a report over all of them, on the reader's thread
SELECT ifnull(rule, message) AS rule, state, count(*) AS count FROM reminder
 WHERE due_at >= unixepoch(ifnull(:from, '0001-01-01')) AND due_at < unixepoch(ifnull(:until, '9000-01-01'), '+1 day')
 GROUP BY 1, 2 ORDER BY 1, 2;
