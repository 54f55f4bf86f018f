-- Letters of apology: issued once per dossier, in the transaction that moves the promised date.
CREATE TABLE letters (
    id          uuid PRIMARY KEY,
    issuer      text NOT NULL,
    code        text NOT NULL,
    transfer_id uuid NOT NULL,
    seq         integer NOT NULL,
    issued_at   timestamptz NOT NULL,
    issued_by   text NOT NULL,
    due_at      timestamptz NOT NULL,
    new_date    timestamptz NOT NULL,
    cause       text NOT NULL,
    party       text NOT NULL CHECK (party IN ('sender', 'gateway', 'network', 'receiver', 'citizen', 'law')),
    step        text,
    round       integer,
    agency      text,
    form        text NOT NULL,
    digest      bytea NOT NULL,
    document    json NOT NULL,
    UNIQUE (issuer, code),
    CHECK (new_date > due_at)
);
COMMENT ON TABLE letters IS 'Letters of apology (TT 03/2025 form 04) that a person issued; the gateway never sends one. Nothing of the citizen''s is in them.';
COMMENT ON COLUMN letters.seq IS 'The entry of the transfer''s ledger that moved the promised date.';
COMMENT ON COLUMN letters.issued_at IS 'Legal time.';
COMMENT ON COLUMN letters.digest IS 'sha-256 of the Vietnamese text, as issued.';
COMMENT ON COLUMN letters.document IS 'What was shown when it was issued: the facts, and the letter in both languages.';
