INSERT INTO attempts (delivery_id, lease_no, ended_at, outcome, code, detail, unknown, latency_ms)
SELECT x.delivery_id, x.lease_no, clock_timestamp(), x.outcome, x.code, x.detail, x.unknown, x.latency_ms
FROM json_to_recordset(%s::json) AS x(delivery_id uuid, lease_no integer, outcome text, code text, detail text,
    unknown boolean, latency_ms integer)
ON CONFLICT DO NOTHING
