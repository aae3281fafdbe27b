-- name: service_people  gives count integer
-- scans: for service.status alone
SELECT count(*) AS count FROM person
 WHERE (left_on IS NULL OR left_on > :today) AND (hired_on IS NULL OR hired_on <= :today);

-- name: service_teams  gives count integer
-- scans: for service.status alone
SELECT count(*) AS count FROM team;
