-- name: company_show
SELECT name, zone, weekdays, language, message_cap, admins, invitations FROM company WHERE id = 1;

-- name: company_update  takes company_change_params
UPDATE company
   SET name = ifnull(:name, name), zone = ifnull(:zone, zone),
       weekdays = CASE WHEN :weekdays = '[]' THEN weekdays ELSE :weekdays END,
       language = ifnull(:language, language), message_cap = ifnull(:message_cap, message_cap),
       admins = CASE WHEN :admins = '[]' THEN admins ELSE :admins END, invitations = ifnull(:invitations, invitations)
 WHERE id = 1;

-- name: closure_insert  takes closure
INSERT INTO closure (id, from_on, to_on, title) VALUES (:id, :from, :to, :title);

-- name: closure_delete  takes closure_remove_params
DELETE FROM closure WHERE id = :id;

-- name: closure_row  takes id slug  gives closure
SELECT id, from_on AS "from", to_on AS "to", title FROM closure WHERE id = :id;

-- name: closure_list
SELECT id, from_on AS "from", to_on AS "to", title FROM closure WHERE id > ifnull(:after, '') ORDER BY id LIMIT :limit + 1;

-- name: closure_all  gives list of from date, to date
-- scans: a company has a handful
SELECT from_on AS "from", to_on AS "to" FROM closure;

-- name: holiday_find  takes on date  gives title text
SELECT title FROM holiday WHERE day_on = :on;

-- name: holiday_put  takes holiday
INSERT INTO holiday (day_on, title) VALUES (:on, :title) ON CONFLICT DO UPDATE SET title = excluded.title;

-- name: holiday_forget  takes from date, kept list of date
DELETE FROM holiday WHERE day_on >= :from AND day_on NOT IN (SELECT value FROM json_each(:kept));

-- name: holiday_list
SELECT day_on AS "on", title FROM holiday
 WHERE day_on >= ifnull(:from, '') AND day_on <= ifnull(:until, '9999') ORDER BY day_on LIMIT :limit;

-- name: holiday_all  gives list of on date
-- scans: ten a year
SELECT day_on AS "on" FROM holiday;

-- name: company_called  takes id slug  gives name text
SELECT name FROM person WHERE id = :id UNION ALL SELECT name FROM team WHERE id = :id LIMIT 1;
