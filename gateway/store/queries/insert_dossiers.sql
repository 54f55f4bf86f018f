INSERT INTO dossiers (issuer, code, first_seen, promised_at)
SELECT x.issuer, x.code, x.first_seen, x.promised_at
FROM json_to_recordset(%s::json) AS x(issuer text, code text, first_seen timestamptz, promised_at timestamptz)
ORDER BY x.issuer, x.code
ON CONFLICT DO NOTHING
