-- name: audit_list
SELECT seq, at, actor, uid, method FROM audit
 WHERE about = :person AND seq < ifnull(:before, 9223372036854775807) ORDER BY seq DESC LIMIT :limit;
