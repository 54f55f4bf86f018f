-- The same version imported twice at once: the first counts, the second finds it there.
INSERT INTO calendar_versions (name, version, document, digest, imported_by)
VALUES (%(name)s, %(version)s, %(document)s, %(digest)s, %(actor)s)
ON CONFLICT (name, version) DO NOTHING
