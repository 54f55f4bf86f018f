SELECT t.key, t.free_at
FROM sign_in_tries t
WHERE t.key = ANY(%s::bytea[])
  AND t.free_at > clock_timestamp()
