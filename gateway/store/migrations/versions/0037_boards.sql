-- Screens on the walls of one-stop centres.
CREATE TABLE boards (
    id         uuid PRIMARY KEY,
    agency     text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    mark       text NOT NULL,
    made_by    text NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz,
    revoked_at timestamptz
);
CREATE INDEX boards_of_agency ON boards (agency, id) WHERE revoked_at IS NULL;
COMMENT ON TABLE boards IS 'Who has the address of a board sees it, and nothing else. Of the token in it only the sha-256 is here.';
COMMENT ON COLUMN boards.mark IS 'The last letters of the address, to tell several boards of an agency apart.';
COMMENT ON COLUMN boards.seen_at IS 'When a screen last asked, to the minute.';

-- One entry per transfer, when it ends: what a hall shows as ready.
CREATE INDEX transfers_ended ON transfers (issuer, ended_at) WHERE ended_at IS NOT NULL;
