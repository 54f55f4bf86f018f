INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, step, round, cause, body, prev_hash, hash)
SELECT x.transfer_id, x.seq, x.recorded_at, x.legal_at, x.act, x.actor, x.step, x.round, x.cause, x.body, x.prev_hash, x.hash
FROM json_to_recordset(%s::json) AS x(transfer_id uuid, seq integer, recorded_at timestamptz, legal_at timestamptz,
    act text, actor text, step text, round integer, cause uuid, body text, prev_hash bytea, hash bytea)
