-- What ends within so many days, or has ended, and nothing follows: of agencies that may sign in.
SELECT l.road, l.name, l.agency, l.expires_at, ceil(extract(epoch FROM l.expires_at - clock_timestamp()) / 86400)::integer
FROM (
    SELECT 'http' AS road, c.client_id AS name, c.agency, c.expires_at
    FROM clients c
    WHERE c.agency IS NOT NULL AND c.disabled_at IS NULL AND c.expires_at IS NOT NULL
    UNION ALL
    SELECT 'amqp', b.user_name, b.agency, b.expires_at
    FROM broker_credentials b
    WHERE b.revoked_at IS NULL AND b.successor IS NULL
) l
LEFT JOIN members m ON m.agency = l.agency
WHERE l.expires_at < clock_timestamp() + %(days)s * interval '1 day'
  AND coalesce(m.state, 'live') IN ('testing', 'live')
ORDER BY l.expires_at, l.name, l.road
LIMIT %(limit)s
