-- `take` asks for the lease at once (the sender is this process); it is granted only where nothing
-- older is still owed to the same agency for the same transfer, so that order per dossier holds. What follows
-- an older one is looked at again after a quarter of a second, or as soon as that is settled.
INSERT INTO deliveries (id, agency, kind, transfer_id, step, round, ordinal, subject, data, splice, cause, correlation, traceparent,
    state, parked, created_at, next_attempt_at, lease_no)
SELECT x.id, x.agency, x.kind, x.transfer_id, x.step, x.round, x.ordinal, x.subject, x.data,
    ARRAY(SELECT json_array_elements_text(x.splice)::uuid), x.cause, x.correlation, x.traceparent,
    'pending', x.parked, x.created_at,
    clock_timestamp() + CASE WHEN waits.older THEN 0.25 WHEN x.take THEN x.lease ELSE 0 END * interval '1 second',
    CASE WHEN x.take AND NOT waits.older THEN 1 ELSE 0 END
FROM json_to_recordset(%s::json) AS x(no integer, id uuid, agency text, kind text, transfer_id uuid, step text, round integer,
    ordinal bigint, subject text, data text, splice json, cause uuid, correlation text, traceparent text, parked boolean,
    created_at timestamptz, take boolean, lease double precision)
CROSS JOIN LATERAL (
    SELECT x.take AND EXISTS (
        SELECT FROM deliveries d
        WHERE d.transfer_id = x.transfer_id AND d.state = 'pending' AND d.agency = x.agency
    ) AS older
) waits
ORDER BY x.no
ON CONFLICT (id) DO NOTHING
RETURNING id, lease_no
