UPDATE people
SET password_hash = %(password_hash)s, must_change = %(must_change)s, password_set_at = clock_timestamp()
WHERE id = %(id)s
