-- A finished transfer with a long story: one to show.
SELECT t.id, t.issuer, t.code, t.procedure
FROM transfers t
WHERE t.state = 'completed'
ORDER BY t.seq DESC, t.id
LIMIT 1
