UPDATE endpoints
SET breaker = %(state)s,
    breaker_failures = %(failures)s,
    breaker_level = %(level)s,
    breaker_until = clock_timestamp() + %(seconds)s * interval '1 second',
    breaker_since = CASE WHEN %(state)s <> 'closed' THEN coalesce(breaker_since, clock_timestamp()) END
WHERE agency = %(agency)s
