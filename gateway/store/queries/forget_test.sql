UPDATE members
SET test_id = NULL
WHERE agency = %(agency)s
