UPDATE outage_sweeps s
SET swept_to = coalesce(%(swept_to)s, s.swept_to),
    touched = s.touched + %(touched)s,
    done_at = CASE WHEN %(done)s THEN now() END
WHERE s.id = %(id)s
