-- The secret that a client has stays good for a while beside the new one.
UPDATE clients
SET previous_hash = secret_hash,
    previous_until = clock_timestamp() + %s,
    secret_hash = %s
WHERE client_id = %s
  AND disabled_at IS NULL
