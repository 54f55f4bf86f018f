DELETE FROM sign_in_tries
WHERE key = %s
