INSERT INTO second_factors (person_id, sealed)
VALUES (%(person)s, %(sealed)s)
ON CONFLICT (person_id) DO UPDATE
SET sealed = excluded.sealed, begun_at = clock_timestamp()
WHERE second_factors.confirmed_at IS NULL
