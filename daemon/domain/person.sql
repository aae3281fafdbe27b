-- name: person_insert  takes person_add_params
INSERT INTO person (id, name, email, login, team, manager, title, hired_on, left_on, language)
VALUES (:id, :name, :email, :login, :team, :manager, :title, :hired_on, :left_on, :language);

-- :clear is a list of the catalogue's words as JSON text. Looking for the word in it is exact, and ten times cheaper than
-- taking the list apart into a table for each column.
-- name: person_update  takes person_change_params
UPDATE person
   SET name = ifnull(:name, name),
       email = CASE WHEN instr(:clear, '"email"') THEN NULL ELSE ifnull(:email, email) END,
       title = CASE WHEN instr(:clear, '"title"') THEN NULL ELSE ifnull(:title, title) END,
       team = CASE WHEN instr(:clear, '"team"') THEN NULL ELSE ifnull(:team, team) END,
       manager = CASE WHEN instr(:clear, '"manager"') THEN NULL ELSE ifnull(:manager, manager) END,
       login = CASE WHEN instr(:clear, '"login"') THEN NULL ELSE ifnull(:login, login) END,
       hired_on = CASE WHEN instr(:clear, '"hired_on"') THEN NULL ELSE ifnull(:hired_on, hired_on) END,
       left_on = CASE WHEN instr(:clear, '"left_on"') THEN NULL ELSE ifnull(:left_on, left_on) END,
       language = CASE WHEN instr(:clear, '"language"') THEN NULL ELSE ifnull(:language, language) END
 WHERE id = :id;

-- The same where neither team nor manager nor login is touched: SQLite checks and rewrites the keys and indexes of every
-- column that is named, changed or not, and that was half of the cost.
-- name: person_update_plain  takes person_change_params
UPDATE person
   SET name = ifnull(:name, name),
       email = CASE WHEN instr(:clear, '"email"') THEN NULL ELSE ifnull(:email, email) END,
       title = CASE WHEN instr(:clear, '"title"') THEN NULL ELSE ifnull(:title, title) END,
       hired_on = CASE WHEN instr(:clear, '"hired_on"') THEN NULL ELSE ifnull(:hired_on, hired_on) END,
       left_on = CASE WHEN instr(:clear, '"left_on"') THEN NULL ELSE ifnull(:left_on, left_on) END,
       language = CASE WHEN instr(:clear, '"language"') THEN NULL ELSE ifnull(:language, language) END
 WHERE id = :id;

-- name: person_prefer_put  takes person_prefer_params
UPDATE person
   SET mail = ifnull(:mail, mail),
       language = CASE WHEN instr(:clear, '"language"') THEN NULL ELSE ifnull(:language, language) END,
       zone = CASE WHEN instr(:clear, '"zone"') THEN NULL ELSE ifnull(:zone, zone) END
 WHERE id = :person;

-- name: person_show
SELECT p.id, p.name, p.email, p.title, p.team, p.manager, p.login, p.hired_on, p.left_on, p.language, p.zone, p.mail,
       (SELECT json_group_array(m.team) FROM membership m
         WHERE m.person = p.id AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)) AS teams
  FROM person p WHERE p.id = :id;

-- name: person_list
SELECT p.id, p.name, p.email, p.title, p.team, p.manager, p.login, p.hired_on, p.left_on, p.language, p.zone, p.mail,
       (SELECT json_group_array(m.team) FROM membership m
         WHERE m.person = p.id AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)) AS teams
  FROM person p
 WHERE p.id > ifnull(:after, '')
   AND (:manager IS NULL OR p.manager = :manager)
   AND (:team IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.team = :team AND m.person = p.id
                                    AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)))
   AND (NOT :here OR ((p.left_on IS NULL OR p.left_on > :today) AND (p.hired_on IS NULL OR p.hired_on <= :today)))
 ORDER BY p.id LIMIT :limit + 1;

-- name: person_remove
DELETE FROM person WHERE id = :id;

-- name: person_dates  takes id slug  gives team slug?, hired_on date?, left_on date?
SELECT team, hired_on, left_on FROM person WHERE id = :id;

-- name: person_above  takes id slug, manager slug  gives found integer
WITH RECURSIVE above (id) AS (
    SELECT :manager
    UNION
    SELECT p.manager FROM above a JOIN person p ON p.id = a.id WHERE p.manager IS NOT NULL
)
SELECT 1 AS found FROM above WHERE id = :id;

-- name: membership_open  takes person slug, team slug, from date
INSERT INTO membership (person, team, from_on) VALUES (:person, :team, :from) ON CONFLICT DO UPDATE SET to_on = NULL;

-- name: membership_of  takes person slug  gives list of team slug, from date
SELECT team, from_on AS "from" FROM membership
 WHERE person = :person AND from_on <= :today AND (to_on IS NULL OR to_on >= :today);

-- name: membership_stop  takes person slug, team slug
UPDATE membership SET to_on = date(:today, '-1 day')
 WHERE person = :person AND team = :team AND from_on < :today AND (to_on IS NULL OR to_on >= :today);

-- name: membership_undo  takes person slug, team slug
DELETE FROM membership
 WHERE person = :person AND team = :team AND from_on >= :today AND (to_on IS NULL OR to_on >= :today);
