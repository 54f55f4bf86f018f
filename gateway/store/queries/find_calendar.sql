SELECT name, version, document, imported_by, imported_at, approved_by, approved_at
FROM calendar_versions
WHERE name = %(name)s
  AND version = %(version)s
