UPDATE sign_in_tries
SET failures = greatest(0, failures - 1), free_at = timestamptz '2000-01-01'
WHERE key = %s
