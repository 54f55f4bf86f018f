INSERT INTO sign_in_tries (key, failures, tried_at, free_at)
SELECT x.key, 0, clock_timestamp(), timestamptz '2000-01-01'
FROM unnest(%(keys)s::bytea[]) AS x (key)
ORDER BY x.key
ON CONFLICT (key) DO NOTHING
