-- An endpoint's connector is a name that the program knows, not one of three words.
ALTER TABLE endpoints DROP CONSTRAINT endpoints_connector_check;
ALTER TABLE endpoints ADD CONSTRAINT endpoints_connector_check CHECK (connector ~ '^[a-z][a-z0-9-]{1,31}$');
COMMENT ON COLUMN endpoints.connector IS 'amqp, mailbox, or the name of a caller (connectors/catalogue.py); a process leaves alone what it does not know.';

-- What an agency may have without our knowing it.
ALTER TABLE deliveries
    ADD COLUMN in_doubt boolean NOT NULL DEFAULT false,
    ADD COLUMN held_at  timestamptz;
CREATE INDEX deliveries_held ON deliveries (id) WHERE held_at IS NOT NULL;
COMMENT ON COLUMN deliveries.in_doubt IS 'An attempt may have arrived and nobody knows: ask before sending again, and never withdraw it unsaid.';
COMMENT ON COLUMN deliveries.held_at IS 'Since when it waits for a person: its outcome is unknown, and the partner can neither be asked nor be sent it twice.';
UPDATE deliveries d
SET in_doubt = true
WHERE d.state IN ('pending', 'failed')
  AND EXISTS (SELECT FROM attempts a WHERE a.delivery_id = d.id AND a.unknown);

ALTER TABLE attempts DROP CONSTRAINT attempts_outcome_check;
ALTER TABLE attempts ADD CONSTRAINT attempts_outcome_check
    CHECK (outcome IN ('delivered', 'refused', 'unreachable', 'asked', 'held', 'late'));
COMMENT ON COLUMN attempts.outcome IS 'asked: the partner was asked what became of an earlier attempt; held: left to a person; late: after its lease.';
