-- Webhooks: few, found by their id.

-- name: webhook_insert  takes webhook_add_params
INSERT INTO webhook (id, title, url, form, language, is_paused) VALUES (:id, :title, :url, :form, :language, :paused);

-- name: webhook_update  takes webhook_change_params
UPDATE webhook
   SET title = ifnull(:title, title), url = ifnull(:url, url), form = ifnull(:form, form),
       language = CASE WHEN 'language' IN (SELECT value FROM json_each(:clear)) THEN NULL ELSE ifnull(:language, language) END,
       is_paused = ifnull(:paused, is_paused)
 WHERE id = :id;

-- name: webhook_show
SELECT id, title, url, form, language, is_paused AS paused FROM webhook WHERE id = :id;

-- name: webhook_list
SELECT id, title, url, form, language, is_paused AS paused FROM webhook WHERE id > ifnull(:after, '') ORDER BY id LIMIT :limit + 1;

-- name: webhook_remove
DELETE FROM webhook WHERE id = :id;

-- A rule that posts there.
-- name: webhook_rule  takes id slug  gives rule slug
SELECT r.id AS rule FROM reminder_rule r, json_each(r.webhooks) w WHERE w.value = :id ORDER BY r.id LIMIT 1;
-- scans: rules are few, and webhooks are seldom removed
