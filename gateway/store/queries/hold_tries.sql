-- In the order of their keys, so that two tries never wait for each other.
SELECT t.key, CASE WHEN t.tried_at < clock_timestamp() - interval '1 day' THEN 0 ELSE t.failures END,
    t.free_at, clock_timestamp()
FROM sign_in_tries t
WHERE t.key = ANY(%s::bytea[])
ORDER BY t.key
FOR UPDATE
