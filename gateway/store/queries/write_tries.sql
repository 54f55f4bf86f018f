UPDATE sign_in_tries t
SET failures = x.failures, tried_at = clock_timestamp(), free_at = clock_timestamp() + x.wait
FROM unnest(%(keys)s::bytea[], %(failures)s::integer[], %(waits)s::interval[]) AS x (key, failures, wait)
WHERE t.key = x.key
