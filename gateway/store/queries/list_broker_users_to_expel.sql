-- Users that the broker may have and is to have no more: those that it was given, and of agencies that were suspended or
-- have left since the last round also those of their own name.
SELECT b.user_name
FROM broker_credentials b
LEFT JOIN members m ON m.agency = b.agency
WHERE b.applied_at IS NOT NULL
  AND NOT (b.revoked_at IS NULL AND b.expires_at > clock_timestamp() AND coalesce(m.state, 'live') IN ('testing', 'live'))
UNION
SELECT m.agency
FROM members m
CROSS JOIN doorkeeping d
WHERE m.state IN ('suspended', 'removed')
  AND (d.done_at IS NULL OR m.since >= d.done_at)
