SELECT f.sealed
FROM second_factors f
WHERE f.person_id = %(person)s
  AND (f.confirmed_at IS NOT NULL) = %(confirmed)s
FOR UPDATE
