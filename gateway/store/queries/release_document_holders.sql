UPDATE document_holders h
SET released_at = %(now)s
WHERE h.sha256 = %(sha256)s
  AND h.released_at IS NULL
