SELECT m.agency
FROM members m
WHERE m.state IN ('suspended', 'removed')
