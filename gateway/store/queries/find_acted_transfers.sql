-- Of items whose outcome was not recorded, those that were acted on all the same: their ledger says so.
SELECT DISTINCT x.no
FROM json_to_recordset(%s::json) AS x(no integer, transfer_id uuid, cause uuid)
JOIN ledger l ON l.transfer_id = x.transfer_id AND l.cause = x.cause
