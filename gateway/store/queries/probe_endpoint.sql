-- The next delivery to this agency goes out now, as the one that decides whether it is back.
UPDATE endpoints
SET breaker_until = clock_timestamp()
WHERE agency = %s
  AND breaker <> 'closed'
