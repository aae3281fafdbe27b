-- What messages speak of.

-- name: message_turn  takes id slug  gives title text, starts_at instant
SELECT r.title, t.starts_at FROM turn t JOIN rotation r ON r.id = t.rotation WHERE t.id = :id;
