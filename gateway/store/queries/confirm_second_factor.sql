UPDATE second_factors
SET confirmed_at = clock_timestamp(), last_step = %(step)s
WHERE person_id = %(person)s
  AND confirmed_at IS NULL
