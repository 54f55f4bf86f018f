-- What operators ask, served by indexes; secrets that overlap; bulk acts under a lease.

ALTER TABLE clients
    ADD COLUMN previous_hash  text,
    ADD COLUMN previous_until timestamptz;
COMMENT ON COLUMN clients.previous_until IS 'Until when the secret before the present one is still good.';

-- One index answers every question about time: the earliest limit that an open hop has still to meet.
ALTER TABLE hops
    ADD COLUMN next_limit_at timestamptz GENERATED ALWAYS AS (
        CASE state
            WHEN 'dispatching' THEN least(deliver_by, receive_by, deadline_at)
            WHEN 'delivered' THEN least(receive_by, deadline_at)
            WHEN 'received' THEN deadline_at
        END
    ) STORED,
    -- And one every question about a person: whom the hop waits for.
    ADD COLUMN waits_for text GENERATED ALWAYS AS (
        CASE
            WHEN superseded_by IS NOT NULL THEN NULL
            WHEN state = 'refused'
                 AND document #>> '{refusal,reason}' IS NOT NULL
                 AND document #>> '{refusal,acknowledged_at}' IS NULL THEN 'acknowledgement'
            WHEN state = 'planned' AND document ->> 'stuck' IS NOT NULL THEN 'agency'
            WHEN state IN ('dispatching', 'delivered', 'received')
                 AND document #>> '{clock,calendar_missing}' IS NOT NULL THEN 'calendar'
        END
    ) STORED;
CREATE INDEX hops_limits ON hops (next_limit_at, transfer_id, step, round) WHERE next_limit_at IS NOT NULL;
CREATE INDEX hops_waiting ON hops (waits_for, transfer_id, step, round) WHERE waits_for IS NOT NULL;
COMMENT ON COLUMN hops.next_limit_at IS 'Legal time: the earliest limit (hand-over, receipt, deadline) that is still to be met.';
COMMENT ON COLUMN hops.waits_for IS 'What a person has to bring: the acknowledgement of a refusal, a competent agency, a calendar.';

CREATE INDEX transfers_deadlines ON transfers (deadline_at, id) WHERE state = 'open' AND deadline_at IS NOT NULL;
CREATE INDEX transfers_without_deadline ON transfers (id) WHERE state = 'open' AND deadline_at IS NULL;

ALTER TABLE deliveries ADD COLUMN archived_at timestamptz;
CREATE INDEX deliveries_by_transfer ON deliveries (transfer_id) WHERE transfer_id IS NOT NULL;
CREATE INDEX deliveries_failed ON deliveries (id) WHERE state = 'failed' AND archived_at IS NULL;
CREATE INDEX deliveries_unsettled ON deliveries (id) WHERE state = 'pending' AND lease_no > attempts + 2;
COMMENT ON COLUMN deliveries.archived_at IS 'For failed ones: when an operator took it off the list. The row stays.';

CREATE INDEX inbox_poison ON inbox (id) WHERE verdict = 'poison' AND settled_at IS NULL;

ALTER TABLE operator_acts
    ADD COLUMN details      jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN leased_until timestamptz,
    ADD COLUMN lease_no     integer NOT NULL DEFAULT 0;
CREATE INDEX operator_acts_running ON operator_acts (id) WHERE state = 'running';
COMMENT ON COLUMN operator_acts.details IS 'What the act needs beside its items: agency, until, pause reason, legal basis, reason code.';
COMMENT ON COLUMN operator_acts.question IS 'What the list was frozen from: a cause with its filter, or ids that were named.';

ALTER TABLE operator_act_items
    ADD COLUMN agency   text,
    ADD COLUMN ended_at timestamptz;
CREATE INDEX operator_act_items_open ON operator_act_items (act_id, no) WHERE outcome IS NULL;
CREATE INDEX operator_act_items_of_transfer ON operator_act_items (transfer_id) WHERE transfer_id IS NOT NULL;
COMMENT ON TABLE operator_act_items IS 'The frozen list of an act, with an outcome per item: done, skipped (and why), failed.';
