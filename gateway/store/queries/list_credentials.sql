-- What an agency signs in with, newest first: HTTP clients and broker users, those that are no longer good too.
SELECT l.road, l.name, l.created_at, l.expires_at, l.former_until, l.revoked_at,
    l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > clock_timestamp()) AS good,
    ceil(extract(epoch FROM l.expires_at - clock_timestamp()) / 86400)::integer AS days_left, l.successor
FROM (
    SELECT 'http' AS road, c.client_id AS name, c.created_at, c.expires_at,
        CASE WHEN c.previous_until > clock_timestamp() THEN c.previous_until END AS former_until, c.disabled_at AS revoked_at,
        NULL AS successor
    FROM clients c
    WHERE c.agency = %(agency)s
    UNION ALL
    SELECT 'amqp', b.user_name, b.created_at, b.expires_at, NULL, b.revoked_at, b.successor
    FROM broker_credentials b
    WHERE b.agency = %(agency)s
) l
ORDER BY l.created_at DESC, l.name DESC, l.road
