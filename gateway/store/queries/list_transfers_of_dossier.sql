-- The runs of a dossier, by its code or by another system's code for it, newest first.
-- Two branches instead of an OR, so that transfers_by_dossier serves both however many there are.
WITH named AS (
    SELECT t.id
    FROM transfers t
    WHERE %(system)s::text IS NULL
      AND t.code = %(code)s
    UNION
    SELECT t.id
    FROM dossier_aliases a
    JOIN transfers t ON t.code = a.code AND t.issuer = a.issuer
    WHERE a.system = %(system)s
      AND a.alias = %(code)s
)
SELECT t.id, t.issuer, t.code, t.originator, t.state, t.procedure, t.procedure_version, t.submitted_at, t.ended_at,
    t.deadline_at
FROM named n
JOIN transfers t ON t.id = n.id
WHERE (
    %(agency)s::text IS NULL
    OR t.originator = %(agency)s
    OR EXISTS (
        SELECT FROM hops h
        WHERE h.transfer_id = t.id
          AND h.agency = %(agency)s
          AND h.state <> 'planned'
          AND h.document ->> 'offered_at' IS NOT NULL
    )
)
ORDER BY t.id DESC
LIMIT 100
