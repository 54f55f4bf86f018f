INSERT INTO document_references (transfer_id, sha256, agency, cause, size, since)
SELECT x.transfer_id, x.sha256, x.agency, x.cause, x.size, x.since
FROM json_to_recordset(%s::json) AS x(transfer_id uuid, sha256 bytea, agency text, cause uuid, size bigint, since timestamptz)
ON CONFLICT (transfer_id, sha256) DO NOTHING
