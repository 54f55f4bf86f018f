-- An act that one person ordered and that cannot be undone is held: nothing starts it but a second person's approval.
ALTER TABLE operator_acts
    DROP CONSTRAINT operator_acts_state_check,
    ADD CONSTRAINT operator_acts_state_check CHECK (state IN ('running', 'paused', 'held', 'cancelled', 'done'));
CREATE INDEX operator_acts_held ON operator_acts (id) WHERE state = 'held';
-- An approval is used once, in the transaction of what was approved.
ALTER TABLE proposals
    ADD COLUMN outcome text CHECK (outcome IN ('done', 'failed')),
    ADD COLUMN carried_out_at timestamptz,
    ADD CHECK (outcome IS NULL OR state = 'approved');
CREATE INDEX proposals_subject ON proposals (subject, id DESC);
CREATE INDEX proposals_decided ON proposals (decided_at DESC) WHERE state <> 'open';
COMMENT ON COLUMN proposals.outcome IS 'Whether what was approved could be done.';
COMMENT ON COLUMN proposals.carried_out_at IS 'When the approval was used: an approval is good for one act.';
-- Which agencies an operator's client reaches: one agency and what lies below it; without a scope, everything.
ALTER TABLE clients ADD COLUMN scope text CHECK (scope IS NULL OR agency IS NULL);
COMMENT ON COLUMN clients.scope IS 'Of an operator''s client: the agency that it is confined to, with what lies below it.';
