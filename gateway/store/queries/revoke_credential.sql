-- A credential is a name on one road; the same name may be on both.
WITH switched_off AS (
    UPDATE clients
    SET disabled_at = clock_timestamp()
    WHERE client_id = %(name)s
      AND agency = %(agency)s
      AND disabled_at IS NULL
      AND %(road)s = 'http'
    RETURNING client_id
),
taken AS (
    UPDATE broker_credentials
    SET revoked_at = clock_timestamp()
    WHERE user_name = %(name)s
      AND agency = %(agency)s
      AND revoked_at IS NULL
      AND %(road)s = 'amqp'
    RETURNING user_name
)
SELECT count(*)
FROM (
    SELECT client_id FROM switched_off
    UNION ALL
    SELECT user_name FROM taken
) revoked
