-- A content, if a transfer refers to it.
SELECT FROM document_references r
WHERE r.transfer_id = %(transfer)s
  AND r.sha256 = %(sha256)s
