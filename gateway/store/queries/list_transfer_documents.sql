-- The contents that a transfer refers to, oldest reference first, and whether the agency had each before.
SELECT d.sha256, d.size, d.media_type, d.state, r.since,
    EXISTS (SELECT FROM document_holders h WHERE h.sha256 = d.sha256 AND h.agency = %(agency)s)
    OR EXISTS (
        SELECT FROM document_fetches f
        WHERE f.agency = %(agency)s
          AND f.sha256 = d.sha256
          AND f.fetched_at IS NOT NULL
    ) AS held
FROM document_references r
JOIN documents d ON d.sha256 = r.sha256
WHERE r.transfer_id = %(transfer)s
ORDER BY r.since, r.sha256
