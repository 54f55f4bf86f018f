-- The same version imported twice at once: the first counts, the second finds it there.
INSERT INTO directory_versions (version, agencies, aliases, digest, size, source, imported_by)
VALUES (
    %(version)s, %(agencies)s, %(aliases)s, %(digest)s, %(size)s, %(source)s, %(actor)s
)
ON CONFLICT (version) DO NOTHING
