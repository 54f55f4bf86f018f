-- Approvals are only added: numbers that stand still mean nothing new.
SELECT
    (SELECT count(*) FROM calendar_versions WHERE approved_at IS NOT NULL),
    (SELECT coalesce(max(number), 0) FROM directory_approvals)
