UPDATE clients
SET disabled_at = coalesce(disabled_at, clock_timestamp())
WHERE client_id = %s
