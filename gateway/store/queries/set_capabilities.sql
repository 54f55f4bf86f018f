UPDATE members
SET capabilities = %(capabilities)s
WHERE agency = %(agency)s
