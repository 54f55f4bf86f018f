SELECT count(*)
FROM documents d
WHERE d.state = 'quarantined'
