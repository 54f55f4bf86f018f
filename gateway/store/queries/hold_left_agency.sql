-- Nobody registers again while its queue is removed.
SELECT m.state = 'removed'
FROM members m
WHERE m.agency = %(agency)s
FOR UPDATE
