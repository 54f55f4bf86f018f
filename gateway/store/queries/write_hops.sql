INSERT INTO hops AS h (transfer_id, step, round, no, agency, state, superseded_by, deliver_by, receive_by, deadline_at, document)
SELECT x.transfer_id, x.step, x.round, x.no, x.agency, x.state, x.superseded_by, x.deliver_by, x.receive_by, x.deadline_at, x.document
FROM json_to_recordset(%s::json) AS x(transfer_id uuid, step text, round integer, no smallint, agency text, state text,
    superseded_by integer, deliver_by timestamptz, receive_by timestamptz, deadline_at timestamptz, document json)
ON CONFLICT (transfer_id, step, round) DO UPDATE
SET agency = EXCLUDED.agency,
    state = EXCLUDED.state,
    superseded_by = EXCLUDED.superseded_by,
    deliver_by = EXCLUDED.deliver_by,
    receive_by = EXCLUDED.receive_by,
    deadline_at = EXCLUDED.deadline_at,
    document = EXCLUDED.document
