-- name: absence_insert  takes id slug, person slug, from date, to date
INSERT INTO absence (id, person, from_on, to_on) VALUES (:id, :person, :from, :to);

-- name: absence_row  takes id slug  gives absence
SELECT id, person, from_on AS "from", to_on AS "to" FROM absence WHERE id = :id;

-- name: absence_show
SELECT id, person, from_on AS "from", to_on AS "to" FROM absence WHERE id = :id;

-- name: absence_delete  takes id slug
DELETE FROM absence WHERE id = :id;

-- Days that touch or overlap from..to become one absence with them.
-- name: absence_touching  takes person slug, from date, to date  gives list of absence
SELECT id, person, from_on AS "from", to_on AS "to" FROM absence
 WHERE person = :person AND sabbatical IS NULL AND from_on <= date(:to, '+1 day') AND to_on >= date(:from, '-1 day') ORDER BY from_on;

-- name: absence_number  gives last integer
SELECT ifnull(max(rowid), 0) AS last FROM absence;

-- name: absence_list
SELECT id, person, from_on AS "from", to_on AS "to" FROM absence
 WHERE to_on >= ifnull(:from, :today) AND from_on <= ifnull(:until, '9999')
   AND (:person IS NULL OR person = :person)
   AND (:team IS NULL OR person IN (SELECT m.person FROM membership m WHERE m.team = :team AND m.from_on <= :today
                                       AND (m.to_on IS NULL OR m.to_on >= :today)))
 ORDER BY from_on, id LIMIT :limit;
