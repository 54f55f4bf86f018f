-- What may go to an agency follows from its state.
UPDATE endpoints e
SET traffic = CASE WHEN m.state = 'live' THEN 'all' WHEN m.state IN ('suspended', 'removed') THEN 'none' ELSE 'tests' END
FROM members m
WHERE m.agency = %(agency)s
  AND e.agency = m.agency
