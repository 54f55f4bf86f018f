-- What the gateway itself noticed and a person should see.
CREATE TABLE alarms (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    subject         text NOT NULL,
    detail          jsonb NOT NULL DEFAULT '{}',
    first_raised_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at    timestamptz NOT NULL DEFAULT now(),
    count           integer NOT NULL DEFAULT 1,
    acknowledged_at timestamptz,
    acknowledged_by text,
    cleared_at      timestamptz,
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE UNIQUE INDEX alarms_one_open ON alarms (kind, subject) WHERE cleared_at IS NULL;
COMMENT ON TABLE alarms IS 'Alarms: one open one per kind and subject; raised again it is counted. Cleared ones stay as history.';
COMMENT ON COLUMN alarms.subject IS 'What it is about, as a code: a rule, a calendar, a table. Never a person, never free text.';
COMMENT ON COLUMN alarms.detail IS 'Codes, instants and numbers of the last time it was raised. No personal data.';
COMMENT ON COLUMN alarms.last_seen_at IS 'Machine time, as every instant of this table.';
