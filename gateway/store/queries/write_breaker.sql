UPDATE endpoints
SET breaker = %(state)s,
    breaker_failures = %(failures)s,
    breaker_level = %(level)s,
    breaker_until = clock_timestamp() + %(seconds)s * interval '1 second'
WHERE agency = %(agency)s
