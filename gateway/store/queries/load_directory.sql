SELECT agencies, aliases
FROM directory_versions
WHERE version = %(version)s
