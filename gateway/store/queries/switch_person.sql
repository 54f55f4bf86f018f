UPDATE people
SET disabled_at = CASE WHEN %(on)s THEN NULL ELSE clock_timestamp() END
WHERE id = %(id)s
