-- Whether a transfer concerns any of these agencies: as its originator, or because its turn came or waits for it.
SELECT
FROM transfers t
WHERE t.id = %(id)s
  AND (
      t.originator = ANY(%(reach)s::text[])
      OR EXISTS (
          SELECT FROM hops h
          WHERE h.transfer_id = t.id
            AND h.agency = ANY(%(reach)s::text[])
            AND (h.document ->> 'offered_at' IS NOT NULL OR h.waits_for IS NOT NULL)
      )
  )
