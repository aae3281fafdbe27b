-- name: team_insert  takes team_add_params
INSERT INTO team (id, name, lead) VALUES (:id, :name, :lead);

-- name: team_update  takes team_change_params
UPDATE team SET name = ifnull(:name, name),
                lead = CASE WHEN 'lead' IN (SELECT value FROM json_each(:clear)) THEN NULL ELSE ifnull(:lead, lead) END
 WHERE id = :id;

-- name: team_show
SELECT t.id, t.name, t.lead,
       (SELECT count(DISTINCT m.person) FROM membership m JOIN person p ON p.id = m.person
         WHERE m.team = t.id AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
           AND (p.left_on IS NULL OR p.left_on > :today)) AS members
  FROM team t WHERE t.id = :id;

-- name: team_list
SELECT t.id, t.name, t.lead,
       (SELECT count(DISTINCT m.person) FROM membership m JOIN person p ON p.id = m.person
         WHERE m.team = t.id AND m.from_on <= :today AND (m.to_on IS NULL OR m.to_on >= :today)
           AND (p.left_on IS NULL OR p.left_on > :today)) AS members
  FROM team t WHERE t.id > ifnull(:after, '') ORDER BY t.id LIMIT :limit + 1;

-- name: team_remove
DELETE FROM team WHERE id = :id;

-- name: membership_touching  takes person slug, team slug, from date, to date?  gives found integer
SELECT 1 AS found FROM membership
 WHERE person = :person AND team = :team AND (:to IS NULL OR from_on <= :to) AND (to_on IS NULL OR to_on >= :from)
 LIMIT 1;

-- name: membership_insert  takes person slug, team slug, from date, to date?
INSERT INTO membership (person, team, from_on, to_on) VALUES (:person, :team, :from, :to);

-- name: membership_close  takes person slug, team slug, to date
UPDATE membership SET to_on = :to
 WHERE person = :person AND team = :team AND from_on <= :to AND (to_on IS NULL OR to_on >= :to);

-- name: membership_row  takes person slug, team slug, on date  gives membership
SELECT person, team, nullif(from_on, '0001-01-01') AS "from", to_on AS "to" FROM membership
 WHERE person = :person AND team = :team AND from_on <= :on AND (to_on IS NULL OR to_on >= :on);

-- name: membership_list
-- scans: bounded by its limit where neither is given
SELECT person, team, nullif(from_on, '0001-01-01') AS "from", to_on AS "to" FROM membership
 WHERE (:person IS NULL OR person = :person) AND (:team IS NULL OR team = :team)
 ORDER BY person, team, from_on LIMIT :limit;
