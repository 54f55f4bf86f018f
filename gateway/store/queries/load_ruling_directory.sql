SELECT a.number, d.version, d.agencies, d.aliases
FROM directory_approvals a
JOIN directory_versions d USING (version)
ORDER BY a.number DESC
LIMIT 1
