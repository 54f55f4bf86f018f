INSERT INTO itineraries (transfer_id, no, document)
SELECT x.transfer_id, x.no, x.document
FROM json_to_recordset(%s::json) AS x(transfer_id uuid, no integer, document json)
