-- A content, and by what right an agency may have it: as who handed it in, or by a transfer that
-- refers to it: as its originator, or on a hop that needs it, or did until a little while ago.
SELECT d.sha256, d.size, d.media_type, d.state, d.blob, d.key_id, d.sealed_key,
    EXISTS (
        SELECT FROM document_holders h
        WHERE h.sha256 = d.sha256
          AND h.agency = %(agency)s
          AND h.released_at IS NULL
    ) AS holds,
    (
        SELECT r.transfer_id
        FROM document_references r
        JOIN transfers t ON t.id = r.transfer_id
        WHERE r.sha256 = d.sha256
          AND (
              t.originator = %(agency)s AND (t.state = 'open' OR t.ended_at > %(since)s)
              OR EXISTS (
                  SELECT FROM hops h
                  WHERE h.transfer_id = t.id
                    AND h.agency = %(agency)s
                    AND (h.state IN ('dispatching', 'delivered', 'received', 'paused')
                        OR h.state IN ('completed', 'refused', 'returned', 'lapsed')
                        AND (h.document ->> 'ended_at')::timestamptz > %(since)s)
              )
          )
        ORDER BY r.transfer_id DESC
        LIMIT 1
    ) AS transfer_id
FROM documents d
WHERE d.sha256 = %(sha256)s
