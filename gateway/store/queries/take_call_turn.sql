-- One call's turn at a paced endpoint (GCRA): the row's lock puts all processes in one line. Returns how many seconds
-- to wait for it; no row where that would be longer than %(most)s, or the endpoint is off or has no pace.
UPDATE endpoints e
SET next_call_at = greatest(e.next_call_at, clock_timestamp()) + 60 / e.calls_per_minute * interval '1 second'
WHERE e.agency = %(agency)s
  AND e.enabled
  AND e.calls_per_minute IS NOT NULL
  AND greatest(e.next_call_at, clock_timestamp()) - clock_timestamp()
      <= (60 / e.calls_per_minute * (e.burst - 1) + %(most)s) * interval '1 second'
RETURNING greatest(0, extract(epoch FROM e.next_call_at - clock_timestamp()) - 60 / e.calls_per_minute * e.burst)::float8
