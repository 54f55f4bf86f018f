INSERT INTO dossier_aliases (system, alias, issuer, code)
SELECT x.system, x.alias, x.issuer, x.code
FROM json_to_recordset(%s::json) AS x(system text, alias text, issuer text, code text)
ORDER BY x.system, x.alias
ON CONFLICT DO NOTHING
