-- The first judgement of keys that were claimed before.
SELECT k.agency, k.message_id, k.digest, k.inbox_id, i.verdict, i.answer
FROM json_to_recordset(%s::json) AS x(agency text, message_id text)
JOIN message_keys k ON k.agency = x.agency AND k.message_id = x.message_id
LEFT JOIN inbox i ON i.id = k.inbox_id
