SELECT t.issuer, t.code, t.state, t.id
FROM transfers t
ORDER BY t.id
