-- What one process saw of agencies since it wrote last; `ago` is in seconds. Locked in one order, and no instant goes back.
INSERT INTO agency_signs AS s (agency, heard_at, taken_at, failed_at, failure, latency_ms)
SELECT x.agency, clock_timestamp() - x.heard_ago * interval '1 second', clock_timestamp() - x.taken_ago * interval '1 second',
    clock_timestamp() - x.failed_ago * interval '1 second', x.failure, x.latency_ms
FROM json_to_recordset(%s::json) AS x(agency text, heard_ago double precision, taken_ago double precision,
    failed_ago double precision, failure text, latency_ms double precision)
ORDER BY x.agency
ON CONFLICT (agency) DO UPDATE
SET heard_at = greatest(s.heard_at, excluded.heard_at),
    taken_at = greatest(s.taken_at, excluded.taken_at),
    failed_at = greatest(s.failed_at, excluded.failed_at),
    failure = CASE WHEN excluded.failed_at >= coalesce(s.failed_at, excluded.failed_at) THEN excluded.failure ELSE s.failure END,
    latency_ms = CASE
        WHEN excluded.latency_ms IS NULL THEN s.latency_ms
        WHEN s.latency_ms IS NULL THEN excluded.latency_ms
        ELSE s.latency_ms + 0.5 * (excluded.latency_ms - s.latency_ms)
    END
