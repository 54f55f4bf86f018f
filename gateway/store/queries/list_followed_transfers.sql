-- A page of the transfers of some procedures, submitted since an instant; ids sort by time.
-- Of a dossier with several transfers the last one says where it stands.
SELECT t.id, t.document, i.document, h.documents
FROM transfers t
JOIN itineraries i ON i.transfer_id = t.id AND i.no = t.itinerary_no
CROSS JOIN LATERAL (
    SELECT json_agg(d.document ORDER BY d.no) AS documents
    FROM hops d
    WHERE d.transfer_id = t.id
) h
WHERE t.id > %(after)s
  AND t.procedure = ANY(%(procedures)s)
  AND t.submitted_at >= %(since)s
  AND NOT EXISTS (
      SELECT FROM transfers later
      WHERE later.code = t.code
        AND later.issuer = t.issuer
        AND later.id > t.id
  )
ORDER BY t.id
LIMIT %(limit)s
