SELECT t.issuer, t.code, t.id
FROM json_to_recordset(%s::json) AS x(issuer text, code text)
JOIN transfers t ON t.issuer = x.issuer AND t.code = x.code AND t.state = 'open'
