SELECT r.transfer_id, r.sha256, r.size
FROM document_references r
WHERE r.transfer_id = ANY(%s::uuid[])
