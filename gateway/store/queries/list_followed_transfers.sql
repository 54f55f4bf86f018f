-- A page of the transfers of some procedures, submitted since an instant; ids sort by time.
-- Of a dossier with several transfers the last one says where it stands. Of its news to the follower: whether any is
-- still owed, and whether any was settled with a call in doubt (connectors/dialects/caller.py).
SELECT t.id, t.document, i.document, h.documents, o.is_on_its_way, o.is_in_doubt
FROM transfers t
JOIN itineraries i ON i.transfer_id = t.id AND i.no = t.itinerary_no
CROSS JOIN LATERAL (
    SELECT json_agg(d.document ORDER BY d.no) AS documents
    FROM hops d
    WHERE d.transfer_id = t.id
) h
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(d.state = 'pending'), false) AS is_on_its_way,
        coalesce(bool_or(d.evidence LIKE '%% in doubt'), false) AS is_in_doubt
    FROM deliveries d
    WHERE d.transfer_id = t.id
      AND d.agency = %(agency)s
) o
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
