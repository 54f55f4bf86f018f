INSERT INTO endpoints (agency, connector, address, secret, concurrency, timeout_ms, options, calls_per_minute, burst)
VALUES (%(agency)s, %(connector)s, %(address)s, %(secret)s, %(concurrency)s, %(timeout_ms)s, %(options)s,
    %(calls_per_minute)s, %(burst)s)
ON CONFLICT (agency) DO UPDATE
SET connector = EXCLUDED.connector,
    address = EXCLUDED.address,
    secret = EXCLUDED.secret,
    concurrency = EXCLUDED.concurrency,
    timeout_ms = EXCLUDED.timeout_ms,
    options = EXCLUDED.options,
    calls_per_minute = EXCLUDED.calls_per_minute,
    burst = EXCLUDED.burst,
    breaker = 'closed',
    breaker_failures = 0,
    breaker_level = 0,
    breaker_until = NULL,
    changed_at = now()
