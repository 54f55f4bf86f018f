-- Outages that people declared, of an agency's system or of this gateway.
CREATE TABLE outages (
    id           uuid PRIMARY KEY,
    agency       text,
    kind         text NOT NULL CHECK (kind IN ('planned', 'incident')),
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz,
    announced_at timestamptz NOT NULL,
    legal_basis  text NOT NULL,
    reason       text NOT NULL,
    declared_by  text NOT NULL,
    declared_at  timestamptz NOT NULL,
    ended_by     text,
    withdrawn_at timestamptz,
    withdrawn_by text,
    changed_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (ends_at > starts_at),
    CHECK (kind = 'incident' OR ends_at IS NOT NULL),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX outages_in_force ON outages (agency, starts_at) WHERE withdrawn_at IS NULL;
COMMENT ON TABLE outages IS 'Declared outages: they hold the clocks of the hops concerned. Never deleted; a mistaken one is withdrawn.';
COMMENT ON COLUMN outages.agency IS 'Whose system is away; NULL is this gateway itself.';
COMMENT ON COLUMN outages.ends_at IS 'NULL while an incident lasts; of a planned one the announced recovery, at which the clocks go on.';
COMMENT ON COLUMN outages.reason IS 'For people; never in the ledger. No personal data.';
COMMENT ON COLUMN outages.changed_at IS 'Machine time of the last declaration, end or withdrawal; every other instant of this table is legal time.';

CREATE TABLE outage_epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    no  bigint NOT NULL
);
INSERT INTO outage_epoch (no) VALUES (0);
COMMENT ON TABLE outage_epoch IS 'One row, raised with every change of outages: who decides reads it with the locks it takes, and so knows whether what it remembers of outages still holds. Its lock orders declarations.';

CREATE TABLE outage_sweeps (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outage_id  uuid NOT NULL,
    due_at     timestamptz NOT NULL,
    not_before timestamptz NOT NULL,
    swept_to   uuid,
    touched    integer NOT NULL DEFAULT 0,
    done_at    timestamptz
);
CREATE INDEX outage_sweeps_waiting ON outage_sweeps (due_at, id) WHERE done_at IS NULL;
COMMENT ON TABLE outage_sweeps IS 'Passes over the open transfers that an outage concerns: each makes their timers due, so that the timekeeper holds their clocks, or lets them go on.';
COMMENT ON COLUMN outage_sweeps.due_at IS 'Legal time: when the outage begins, ends, or was withdrawn.';
COMMENT ON COLUMN outage_sweeps.not_before IS 'Machine time: a second pass comes when no transaction can be left that began before the first.';
COMMENT ON COLUMN outage_sweeps.swept_to IS 'The last transfer made due; whoever goes on begins behind it.';
