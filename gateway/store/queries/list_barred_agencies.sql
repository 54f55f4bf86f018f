SELECT m.agency, m.state = 'removed'
FROM members m
WHERE m.state IN ('suspended', 'removed')
