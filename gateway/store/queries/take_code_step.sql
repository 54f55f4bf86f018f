-- A code is taken once: neither again nor after a later one.
UPDATE second_factors
SET last_step = %(step)s
WHERE person_id = %(person)s
  AND last_step < %(step)s
