-- One process at a time compares our dossiers with what a follower shows of them.
CREATE TABLE reconciliations (
    agency       text PRIMARY KEY,
    after        uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    counts       jsonb NOT NULL DEFAULT '{}',
    due_at       timestamptz NOT NULL,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    lease_no     integer NOT NULL DEFAULT 0,
    last         jsonb,
    finished_at  timestamptz
);
COMMENT ON TABLE reconciliations IS 'How far the present comparison with a follower has come, and what the last whole one came to. Counts only. Machine time.';
COMMENT ON COLUMN reconciliations.after IS 'The last transfer that was compared.';
