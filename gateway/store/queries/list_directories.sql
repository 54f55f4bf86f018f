-- Each version with its newest approval, and whether that one is the newest of all.
SELECT
    d.version, d.digest, d.size, d.source, d.imported_by, d.imported_at,
    a.approved_by, a.approved_at, a.reason,
    a.number IS NOT NULL AND a.number = (SELECT max(number) FROM directory_approvals)
FROM directory_versions d
LEFT JOIN LATERAL (
    SELECT number, approved_by, approved_at, reason
    FROM directory_approvals
    WHERE version = d.version
    ORDER BY number DESC
    LIMIT 1
) a ON true
WHERE %(version)s::text IS NULL OR d.version = %(version)s
ORDER BY d.imported_at, d.version
