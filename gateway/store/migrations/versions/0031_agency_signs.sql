-- When an agency was last heard from, took something, or could not be reached; written now and then, not per message.
CREATE TABLE agency_signs (
    agency      text PRIMARY KEY,
    heard_at    timestamptz,
    taken_at    timestamptz,
    failed_at   timestamptz,
    failure     text,
    latency_ms  double precision
) WITH (fillfactor = 80);
COMMENT ON TABLE agency_signs IS 'Signs of life of agencies (machine time). Each process writes what it saw every few seconds: what a killed one had not written yet is lost, and comes with the next message.';
COMMENT ON COLUMN agency_signs.heard_at IS 'It was last seen: it sent something, its software called with good credentials, or answered our call.';
COMMENT ON COLUMN agency_signs.taken_at IS 'It took a delivery: the broker confirmed, it answered 2xx, or it acknowledged.';
COMMENT ON COLUMN agency_signs.failed_at IS 'A delivery was not taken; `failure` is the code of the last one.';
COMMENT ON COLUMN agency_signs.latency_ms IS 'How long it takes to take one: a moving mean in which the last ten or so weigh most.';

ALTER TABLE endpoints ADD COLUMN breaker_since timestamptz;
COMMENT ON COLUMN endpoints.breaker_since IS 'Machine time: since when the breaker is not closed.';
COMMENT ON COLUMN endpoints.last_seen_at IS 'Written by nobody; agency_signs has it.';
