-- A plan to be previewed; the same plan again is the same row.
INSERT INTO plan_drafts (digest, title, effective, legal_basis, document, drafted_by)
VALUES (%(digest)s, %(title)s, %(effective)s, %(legal_basis)s, %(document)s, %(drafted_by)s)
ON CONFLICT (digest) DO NOTHING
