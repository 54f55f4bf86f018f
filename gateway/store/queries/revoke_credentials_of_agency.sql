-- Every road at once: clients are switched off, broker users are not to be any more.
WITH switched_off AS (
    UPDATE clients
    SET disabled_at = clock_timestamp()
    WHERE agency = %(agency)s
      AND disabled_at IS NULL
)
UPDATE broker_credentials
SET revoked_at = clock_timestamp()
WHERE agency = %(agency)s
  AND revoked_at IS NULL
