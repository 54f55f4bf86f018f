-- Every user that the broker has had from us, and whether it is to have it now.
SELECT b.user_name, b.agency, b.password_hash, b.applied_at IS NOT NULL AS applied,
    b.revoked_at IS NULL AND b.expires_at > clock_timestamp() AND coalesce(m.state, 'live') IN ('testing', 'live') AS wanted
FROM broker_credentials b
LEFT JOIN members m ON m.agency = b.agency
