-- What lay unread in the queue of an agency that has closed: what tells of a transfer goes to whoever answers for
-- the agency's part there, once (the copy's id derives from the first); of the rest the first says what became of it.
-- The transfers are locked before. Of an agency that has left (the code `left`), what is still its own turn, or news that
-- nobody follows, waits for a person.
WITH drained AS (
    SELECT d.*, x.copy_id,
        (SELECT h.document #>> '{heirs,-1,0}'
         FROM hops h
         WHERE h.transfer_id = d.transfer_id AND h.agency = d.agency AND h.document #>> '{heirs,-1,0}' IS NOT NULL
         ORDER BY h.no DESC
         LIMIT 1) AS heir
    FROM json_to_recordset(%(drained)s::json) AS x(id uuid, copy_id uuid)
    JOIN deliveries d ON d.id = x.id AND d.agency = %(agency)s
),
moved AS (
    INSERT INTO deliveries (id, agency, kind, transfer_id, step, round, ordinal, subject, data, splice, cause, correlation,
        traceparent, state, parked, created_at, next_attempt_at)
    SELECT d.copy_id, d.heir, d.kind, d.transfer_id, d.step, d.round, d.ordinal, d.subject, d.data, d.splice, d.cause,
        d.correlation, d.traceparent, 'pending', false, d.created_at, clock_timestamp()
    FROM drained d
    WHERE d.heir IS NOT NULL
      AND d.kind NOT IN ('handover.offered', 'handover.cancelled')
    ON CONFLICT (id) DO NOTHING
),
judged AS (
    SELECT d.id,
        CASE
            WHEN %(left)s::text IS NULL OR d.state <> 'delivered' THEN NULL
            WHEN d.kind = 'handover.offered' THEN CASE WHEN EXISTS (
                SELECT FROM hops h
                WHERE h.transfer_id = d.transfer_id AND h.step = d.step AND h.round = d.round AND h.agency = d.agency
                  AND h.state IN ('dispatching', 'delivered', 'received', 'paused')
            ) THEN %(left)s::text END
            WHEN d.kind <> 'handover.cancelled' AND d.transfer_id IS NOT NULL AND d.heir IS NULL THEN %(left)s::text
        END AS unresolved,
        CASE
            WHEN d.kind IN ('handover.offered', 'handover.cancelled') THEN 'drained'
            WHEN d.heir IS NULL THEN 'drained-unfollowed'
            ELSE 'drained-moved'
        END AS drained
    FROM drained d
),
told AS (
    UPDATE deliveries f
    SET failure_code = coalesce(j.unresolved, j.drained),
        state = CASE WHEN j.unresolved IS NULL THEN f.state ELSE 'failed' END,
        settled_at = CASE WHEN j.unresolved IS NULL THEN f.settled_at ELSE clock_timestamp() END
    FROM judged j
    WHERE f.id = j.id
    RETURNING f.id, f.failure_code
)
SELECT t.id, t.failure_code
FROM told t
UNION ALL
-- Went out while it was given to whoever follows: what lies here is a copy that nobody needs.
SELECT d.id, 'drained'
FROM json_to_recordset(%(drained)s::json) AS x(id uuid, copy_id uuid)
JOIN deliveries d ON d.id = x.id
WHERE d.agency <> %(agency)s
