-- The runs of a dossier, by its code or by another system's code for it, newest first.
SELECT t.id, t.issuer, t.code, t.originator, t.state, t.procedure, t.procedure_version, t.submitted_at, t.ended_at,
    t.deadline_at
FROM transfers t
WHERE (
    (%(system)s::text IS NULL AND t.code = %(code)s)
    OR (t.issuer, t.code) IN (
        SELECT a.issuer, a.code
        FROM dossier_aliases a
        WHERE a.system = %(system)s
          AND a.alias = %(code)s
    )
)
  AND (
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
