-- The rules that reminders come of.

-- name: reminder_rule_show
SELECT id, title, text, fires, CASE fires WHEN 'once' THEN starts END AS at, CASE fires WHEN 'every' THEN starts END AS starts,
       rule, zone, about, leads, recipients AS "to", people, team, role, webhooks, channels, days, time, late, expire_minutes,
       acknowledge, escalate_days, escalate_to, paused
  FROM reminder_rule WHERE id = :id;

-- name: reminder_rule_list
SELECT id, title, text, fires, CASE fires WHEN 'once' THEN starts END AS at, CASE fires WHEN 'every' THEN starts END AS starts,
       rule, zone, about, leads, recipients AS "to", people, team, role, webhooks, channels, days, time, late, expire_minutes,
       acknowledge, escalate_days, escalate_to, paused
  FROM reminder_rule WHERE id > ifnull(:after, '') ORDER BY id LIMIT :limit + 1;

-- Rules that remind of this.
-- name: reminder_rules_about  takes about text  gives list of reminder_rule
SELECT id, title, text, fires, CASE fires WHEN 'once' THEN starts END AS at, CASE fires WHEN 'every' THEN starts END AS starts,
       rule, zone, about, leads, recipients AS "to", people, team, role, webhooks, channels, days, time, late, expire_minutes,
       acknowledge, escalate_days, escalate_to, paused
  FROM reminder_rule WHERE about = :about AND NOT paused ORDER BY id;

-- name: reminder_rule_put  takes id slug, title text, text text?, message text, fires like reminder_rule.fires, starts local?, zone text, rule rule?, about like reminder_rule.about?, leads list of text, to list of like reminder_rule.to, people list of slug, team slug?, role text?, webhooks list of slug, channels list of like reminder_rule.channels, days like reminder_rule.days, time text, late like reminder_rule.late, expire_minutes minutes?, acknowledge bool, escalate_days integer?, escalate_to like reminder_rule.escalate_to, paused bool
INSERT INTO reminder_rule (id, title, text, message, fires, starts, zone, rule, about, leads, recipients, people, team, role,
                           webhooks, channels, days, time, late, expire_minutes, acknowledge, escalate_days, escalate_to, paused)
VALUES (:id, :title, :text, :message, :fires, :starts, :zone, :rule, :about, :leads, :to, :people, :team, :role, :webhooks,
        :channels, :days, :time, :late, :expire_minutes, :acknowledge, :escalate_days, :escalate_to, :paused);

-- name: reminder_rule_update  takes reminder_rule_put_params
UPDATE reminder_rule
   SET title = :title, text = :text, starts = :starts, zone = :zone, rule = :rule, leads = :leads, recipients = :to, people = :people,
       team = :team, role = :role, webhooks = :webhooks, channels = :channels, days = :days, time = :time, late = :late,
       expire_minutes = :expire_minutes, acknowledge = :acknowledge, escalate_days = :escalate_days,
       escalate_to = :escalate_to, paused = :paused
 WHERE id = :id;

-- name: reminder_rule_message  takes id slug  gives message text
SELECT message FROM reminder_rule WHERE id = :id;

-- name: reminder_rule_remove
DELETE FROM reminder_rule WHERE id = :id;

-- name: reminder_rule_planned  takes id slug  gives next_local local?
SELECT next_local FROM reminder_rule WHERE id = :id;

-- name: reminder_rule_plan  takes id slug, next_local local?
UPDATE reminder_rule SET next_local = :next_local WHERE id = :id;

-- name: reminder_rule_page  takes after text  gives list of id slug
SELECT id FROM reminder_rule WHERE id > :after AND NOT paused ORDER BY id LIMIT 50;
