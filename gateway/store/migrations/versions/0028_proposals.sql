-- What cannot be undone waits for a second person.
CREATE TABLE proposals (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    subject     text NOT NULL,
    agencies    text[] NOT NULL,
    reason      text NOT NULL,
    proposed_by uuid NOT NULL REFERENCES people,
    proposed_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'expired')),
    decided_by  uuid REFERENCES people,
    decided_at  timestamptz,
    decision    text,
    CHECK (decided_by <> proposed_by),
    CHECK ((state IN ('approved', 'refused')) = (decided_by IS NOT NULL))
);
CREATE UNIQUE INDEX proposals_open ON proposals (kind, subject) WHERE state = 'open';
COMMENT ON TABLE proposals IS 'What somebody wants done that cannot be undone, and what a second person decided.';
COMMENT ON COLUMN proposals.agencies IS 'Whom it concerns; nobody in particular means everything.';
