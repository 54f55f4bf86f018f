SELECT d.size, d.media_type, d.state, d.stored_at, d.judged_at, d.purged_at,
    ARRAY(SELECT h.agency FROM document_holders h WHERE h.sha256 = d.sha256 AND h.released_at IS NULL ORDER BY h.agency),
    ARRAY(SELECT r.transfer_id FROM document_references r WHERE r.sha256 = d.sha256 ORDER BY r.transfer_id DESC LIMIT 100)
FROM documents d
WHERE d.sha256 = %(sha256)s
