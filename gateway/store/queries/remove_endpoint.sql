DELETE FROM endpoints
WHERE agency = %(agency)s
