-- Transfers whose dossier's code is, or begins with, what was asked for, by code; within a reach (NULL is everywhere).
-- A range, so that transfers_by_dossier serves it whatever the collation; no more of it is looked at than `scan`.
WITH met AS (
    SELECT t.id, t.issuer, t.code, t.originator, t.state, t.procedure, t.submitted_at, t.ended_at, t.deadline_at
    FROM transfers t
    WHERE t.code >= %(code)s
      AND t.code < %(beyond)s
      AND starts_with(t.code, %(code)s)
    ORDER BY t.code, t.issuer
    LIMIT %(scan)s
)
SELECT m.*
FROM met m
WHERE %(reach)s::text[] IS NULL
    OR m.originator = ANY(%(reach)s)
    OR (
        SELECT true FROM hops h
        WHERE h.transfer_id = m.id
          AND h.agency = ANY(%(reach)s)
          AND (h.document ->> 'offered_at' IS NOT NULL OR h.waits_for IS NOT NULL)
        LIMIT 1
    )
ORDER BY m.code, m.issuer, m.id DESC
LIMIT %(limit)s
