-- The transfers of dossiers with this code, whoever gave it.
SELECT t.id
FROM transfers t
WHERE t.code = %s
LIMIT 100
