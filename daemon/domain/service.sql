-- name: service_people  gives count integer
-- scans: for service.status alone
SELECT count(*) AS count FROM person
 WHERE (left_on IS NULL OR left_on > :today) AND (hired_on IS NULL OR hired_on <= :today);

-- name: service_teams  gives count integer
-- scans: for service.status alone
SELECT count(*) AS count FROM team;

-- name: service_names
-- scans: a list of ids, each looked up by its key
SELECT id, max(name) AS name FROM (
    SELECT p.id, p.name FROM json_each(:ids) i JOIN person p ON p.id = i.value
    UNION SELECT t.id, t.name FROM json_each(:ids) i JOIN team t ON t.id = i.value
    UNION SELECT r.id, r.title FROM json_each(:ids) i JOIN rotation r ON r.id = i.value)
 GROUP BY id HAVING count(*) = 1 ORDER BY id;
