-- What an office's hall shows: its newest open dossiers, and what ended lately. Two branches, each from an index of its
-- own: transfers_one_open by code (which carries the day and the number), transfers_ended by the end.
(
    SELECT t.code, t.state, coalesce((t.document ->> 'promised_at')::timestamptz, t.deadline_at), t.ended_at,
        EXISTS (
            SELECT FROM hops h
            WHERE h.transfer_id = t.id
              AND h.state = 'paused'
              AND h.superseded_by IS NULL
              AND h.document -> 'clock' ->> 'pause_reason' = ANY(%(reasons)s)
        )
    FROM transfers t
    WHERE t.issuer = %(agency)s
      AND t.state = 'open'
      AND NOT t.archived
    ORDER BY t.code DESC
    LIMIT %(open)s
)
UNION ALL
(
    SELECT t.code, t.state, coalesce((t.document ->> 'promised_at')::timestamptz, t.deadline_at), t.ended_at, false
    FROM transfers t
    WHERE t.issuer = %(agency)s
      AND t.ended_at > %(since)s
      AND t.ended_at <= %(now)s
      AND t.state IN ('completed', 'refused', 'stopped')
    ORDER BY t.ended_at DESC
    LIMIT %(ended)s
)
