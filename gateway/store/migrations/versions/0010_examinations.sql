-- The self-test of legal time: what it expects is written down before it happens.
CREATE TABLE examinations (
    id           uuid PRIMARY KEY,
    began_at     timestamptz NOT NULL,
    due_at       timestamptz,
    finished_at  timestamptz,
    outcome      text CHECK (outcome IN ('passed', 'failed')),
    faults       jsonb NOT NULL DEFAULT '{}',
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    lease_no     integer NOT NULL DEFAULT 0,
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX examinations_one_open ON examinations ((true)) WHERE finished_at IS NULL;
CREATE INDEX examinations_passed ON examinations (finished_at) WHERE outcome = 'passed';
CREATE INDEX examinations_begun ON examinations (began_at);
COMMENT ON TABLE examinations IS 'Self-tests of legal time; one at a time, worked on by whichever process holds the lease.';
COMMENT ON COLUMN examinations.began_at IS 'Legal time, as due_at and finished_at. The lease is machine time.';
COMMENT ON COLUMN examinations.faults IS 'Rule → what was wrong with it.';

CREATE TABLE expected_acts (
    examination_id uuid NOT NULL,
    no             integer NOT NULL,
    transfer_id    uuid NOT NULL,
    rule           text NOT NULL,
    act            text NOT NULL,
    step           text,
    reason         text,
    threshold      text,
    legal_at       timestamptz NOT NULL,
    verdict        text CHECK (verdict IN ('fired', 'missing', 'doubled', 'wrong', 'late')),
    found_at       timestamptz,
    PRIMARY KEY (examination_id, no)
);
COMMENT ON TABLE expected_acts IS 'Which ledger act a self-test expects, for which of its transfers, at which legal instant; and what came.';
