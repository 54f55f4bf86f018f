-- Contents, and by what right an agency may have each: as who handed it in, or by a transfer that
-- refers to it: as its originator, or on a hop that needs it, or did until a little while ago. Of
-- an agency that closed, whoever took over has the right, and it has none.
SELECT x.agency, d.sha256, d.size, d.media_type, d.state, d.blob, d.key_id, d.sealed_key,
    EXISTS (
        SELECT FROM document_holders h
        WHERE h.sha256 = d.sha256
          AND h.agency = x.agency
          AND h.released_at IS NULL
    ) AS holds,
    (
        SELECT r.transfer_id
        FROM document_references r
        JOIN transfers t ON t.id = r.transfer_id
        WHERE r.sha256 = d.sha256
          AND (
              t.originator = x.agency AND (t.state = 'open' OR t.ended_at > %(since)s)
              OR EXISTS (
                  SELECT FROM hops h
                  WHERE h.transfer_id = t.id
                    AND coalesce(h.document #>> '{heirs,-1,0}', h.agency) = x.agency
                    AND (h.state IN ('dispatching', 'delivered', 'received', 'paused')
                        OR h.state IN ('completed', 'refused', 'returned', 'lapsed')
                        AND (h.document ->> 'ended_at')::timestamptz > %(since)s)
              )
          )
        ORDER BY r.transfer_id DESC
        LIMIT 1
    ) AS transfer_id
FROM json_to_recordset(%(asked)s::json) AS x(agency text, sha256 bytea)
JOIN documents d ON d.sha256 = x.sha256
