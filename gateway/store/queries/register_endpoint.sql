-- What may be sent to it follows from where its agency stands as a member.
INSERT INTO endpoints (agency, connector, address, secret, concurrency, timeout_ms, options, calls_per_minute, burst,
    events, traffic)
SELECT %(agency)s, %(connector)s, %(address)s, %(secret)s, %(concurrency)s, %(timeout_ms)s, %(options)s,
    %(calls_per_minute)s, %(burst)s, coalesce(%(events)s::boolean, false),
    coalesce((
        SELECT CASE WHEN m.state = 'live' THEN 'all' WHEN m.state IN ('suspended', 'removed') THEN 'none' ELSE 'tests' END
        FROM members m
        WHERE m.agency = %(agency)s
    ), 'all')
ON CONFLICT (agency) DO UPDATE
SET connector = EXCLUDED.connector,
    address = EXCLUDED.address,
    secret = EXCLUDED.secret,
    concurrency = EXCLUDED.concurrency,
    timeout_ms = EXCLUDED.timeout_ms,
    options = EXCLUDED.options,
    calls_per_minute = EXCLUDED.calls_per_minute,
    burst = EXCLUDED.burst,
    events = coalesce(%(events)s::boolean, endpoints.events),
    traffic = EXCLUDED.traffic,
    former_until = NULL,
    breaker = 'closed',
    breaker_since = NULL,
    breaker_failures = 0,
    breaker_level = 0,
    breaker_until = NULL,
    changed_at = clock_timestamp()
