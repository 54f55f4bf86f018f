-- Our own ids: one that is there already is our own commit, whose answer was lost on the way.
INSERT INTO inbox (id, recorded_at, road, agency, message_id, kind, transfer_id, verdict, problem, answer, size, digest, traceparent)
SELECT x.id, x.recorded_at, x.road, x.agency, x.message_id, x.kind, x.transfer_id, x.verdict, x.problem, x.answer, x.size, x.digest, x.traceparent
FROM json_to_recordset(%s::json) AS x(id uuid, recorded_at timestamptz, road text, agency text, message_id text, kind text,
    transfer_id uuid, verdict text, problem text, answer text, size integer, digest bytea, traceparent text)
ON CONFLICT (id) DO NOTHING
