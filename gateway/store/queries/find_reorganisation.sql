SELECT r.document
FROM reorganisations r
WHERE r.digest = %s
