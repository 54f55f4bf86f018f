-- The plan by which agencies that closed are followed; the same plan again is the same row.
INSERT INTO reorganisations (digest, title, effective, legal_basis, document, directory, applied_by)
VALUES (%(digest)s, %(title)s, %(effective)s, %(legal_basis)s, %(document)s, %(directory)s, %(applied_by)s)
ON CONFLICT (digest) DO NOTHING
