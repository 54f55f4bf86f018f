INSERT INTO directory_approvals (version, approved_by, reason)
SELECT %(version)s, %(actor)s, %(reason)s
WHERE NOT EXISTS (
    SELECT 1
    FROM (SELECT version FROM directory_approvals ORDER BY number DESC LIMIT 1) newest
    WHERE newest.version = %(version)s
)
