-- Every run of one dossier within a reach (NULL is everywhere), newest first (transfers_by_dossier). One row of
-- `hops` is asked for instead of EXISTS, which could be answered by reading them all once.
SELECT t.id, t.state, t.procedure, t.procedure_version, t.submitted_at, t.ended_at
FROM transfers t
WHERE t.code = %(code)s
  AND t.issuer = %(issuer)s
  AND (
      %(reach)s::text[] IS NULL
      OR t.originator = ANY(%(reach)s)
      OR (
          SELECT true FROM hops h
          WHERE h.transfer_id = t.id
            AND h.agency = ANY(%(reach)s)
            AND (h.document ->> 'offered_at' IS NOT NULL OR h.waits_for IS NOT NULL)
          LIMIT 1
      )
  )
ORDER BY t.id DESC
LIMIT 100
