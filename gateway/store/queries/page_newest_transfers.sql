-- The newest transfers within a reach (NULL is everywhere) before one, each beside the oldest that was looked at: where
-- the next page begins. Only so many are looked at, whoever asks: the primary key is read backwards.
WITH seen AS MATERIALIZED (
    SELECT t.id, t.issuer, t.code, t.originator, t.state, t.procedure, t.submitted_at, t.ended_at, t.deadline_at
    FROM transfers t
    WHERE t.id < %(before)s
    ORDER BY t.id DESC
    LIMIT %(scan)s
)
SELECT edge.id, edge.looked, f.*
FROM (SELECT s.id, count(*) OVER () AS looked FROM seen s ORDER BY s.id LIMIT 1) edge
LEFT JOIN LATERAL (
    SELECT s.*
    FROM seen s
    WHERE %(reach)s::text[] IS NULL
        OR s.originator = ANY(%(reach)s)
        OR (
            SELECT true FROM hops h
            WHERE h.transfer_id = s.id
              AND h.agency = ANY(%(reach)s)
              AND (h.document ->> 'offered_at' IS NOT NULL OR h.waits_for IS NOT NULL)
            LIMIT 1
        )
    ORDER BY s.id DESC
    LIMIT %(limit)s
) f ON true
ORDER BY f.id DESC
