-- Who guesses has to wait: how often a name and an address failed in a row.
CREATE TABLE sign_in_tries (
    key      bytea PRIMARY KEY,
    failures integer NOT NULL CHECK (failures >= 0),
    tried_at timestamptz NOT NULL,
    free_at  timestamptz NOT NULL
);
COMMENT ON TABLE sign_in_tries IS 'Failed tries to sign in, forgotten after a day. A key is a kind and three bytes of a digest: neither a name nor an address can be told from it.';
COMMENT ON COLUMN sign_in_tries.free_at IS 'No try before this instant.';
