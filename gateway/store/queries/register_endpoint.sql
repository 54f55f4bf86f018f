INSERT INTO endpoints (agency, connector, address, secret, concurrency, timeout_ms, options)
VALUES (%(agency)s, %(connector)s, %(address)s, %(secret)s, %(concurrency)s, %(timeout_ms)s, %(options)s)
ON CONFLICT (agency) DO UPDATE
SET connector = EXCLUDED.connector,
    address = EXCLUDED.address,
    secret = EXCLUDED.secret,
    concurrency = EXCLUDED.concurrency,
    timeout_ms = EXCLUDED.timeout_ms,
    options = EXCLUDED.options,
    breaker = 'closed',
    breaker_failures = 0,
    breaker_until = NULL,
    changed_at = now()
