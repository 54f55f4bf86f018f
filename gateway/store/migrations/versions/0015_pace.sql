-- A partner's own limit, kept by all processes together: its next free moment is a row that every call moves on.
ALTER TABLE endpoints
    ADD COLUMN calls_per_minute double precision CHECK (calls_per_minute > 0 AND calls_per_minute <= 600000),
    ADD COLUMN burst            integer NOT NULL DEFAULT 1 CHECK (burst BETWEEN 1 AND 10000),
    ADD COLUMN next_call_at     timestamptz,
    ADD COLUMN breaker_level    integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN endpoints.calls_per_minute IS 'At most so many calls by all processes together; NULL: no limit but concurrency.';
COMMENT ON COLUMN endpoints.burst IS 'So many calls may follow one another at once after a rest.';
COMMENT ON COLUMN endpoints.next_call_at IS 'Machine time: when all calls made so far are paid for at that rate (the theoretical arrival time of GCRA).';
COMMENT ON COLUMN endpoints.breaker_level IS 'How often in a row the breaker opened: its pause is longer each time, whichever process opens it.';

-- A lease that was never used is given back, not waited out; its number stays spent.
ALTER TABLE deliveries ADD COLUMN unused_leases integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN deliveries.unused_leases IS 'Leases that were given back before anything was sent: neither attempts nor lost.';
DROP INDEX deliveries_unsettled;
CREATE INDEX deliveries_unsettled ON deliveries (id) WHERE state = 'pending' AND lease_no > attempts + unused_leases + 2;
