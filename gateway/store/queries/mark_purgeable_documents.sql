-- Of contents locked before: those that nothing unresolved refers to. A statement of its own, so that it
-- sees every reference that was committed before the lock was had.
UPDATE documents d
SET state = 'purging'
WHERE d.sha256 = ANY(%(digests)s::bytea[])
  AND d.state = 'kept'
  AND NOT EXISTS (
      SELECT FROM document_references r
      JOIN transfers t ON t.id = r.transfer_id
      WHERE r.sha256 = d.sha256
        AND (
            t.state = 'open'
            OR t.ended_at > %(ended_before)s
            OR EXISTS (
                SELECT FROM deliveries o
                WHERE o.transfer_id = t.id
                  AND o.state IN ('pending', 'failed')
            )
        )
  )
RETURNING d.sha256
