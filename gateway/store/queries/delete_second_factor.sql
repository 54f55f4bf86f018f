DELETE FROM second_factors
WHERE person_id = %s
