-- Documents: content that agencies hand in and fetch. The bytes lie sealed in files, never here.
CREATE TABLE documents (
    sha256      bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    blob        uuid NOT NULL UNIQUE,
    size        bigint NOT NULL CHECK (size >= 0),
    media_type  text NOT NULL,
    state       text NOT NULL CHECK (state IN ('quarantined', 'kept', 'infected', 'purging', 'purged')),
    key_id      text,
    sealed_key  bytea,
    stored_at   timestamptz NOT NULL,
    touched_at  timestamptz NOT NULL,
    judged_at   timestamptz,
    purged_at   timestamptz,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    lease_no    integer NOT NULL DEFAULT 0,
    CHECK ((state IN ('infected', 'purged')) = (sealed_key IS NULL)),
    CHECK ((state = 'purged') = (purged_at IS NOT NULL))
);
CREATE INDEX documents_quarantined ON documents (leased_until) WHERE state = 'quarantined';
CREATE INDEX documents_purgeable ON documents (touched_at) WHERE state IN ('kept', 'purging');
COMMENT ON TABLE documents IS 'One row per content, by its sha-256; it stays when the content is purged. Names of files are not kept here.';
COMMENT ON COLUMN documents.blob IS 'The file''s name in the folder of documents.';
COMMENT ON COLUMN documents.sealed_key IS 'The key of this content alone, sealed by the key that key_id names; without it the file is noise.';
COMMENT ON COLUMN documents.touched_at IS 'Legal time: when it was last handed in or referred to. The lease is machine time.';

CREATE TABLE document_holders (
    sha256      bytea NOT NULL,
    agency      text NOT NULL,
    since       timestamptz NOT NULL,
    released_at timestamptz,
    PRIMARY KEY (sha256, agency)
);
CREATE INDEX document_holders_by_agency ON document_holders (agency) WHERE released_at IS NULL;
COMMENT ON TABLE document_holders IS 'Who handed in every byte of a content, and so may have and name it; knowing its digest is not enough.';

CREATE TABLE document_uploads (
    id           uuid PRIMARY KEY,
    agency       text NOT NULL,
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size         bigint NOT NULL CHECK (size >= 0),
    media_type   text NOT NULL,
    received     bigint NOT NULL DEFAULT 0,
    generation   integer NOT NULL DEFAULT 0,
    key_id       text NOT NULL,
    sealed_key   bytea,
    state        text NOT NULL CHECK (state IN ('open', 'complete', 'failed', 'ended', 'expired')),
    problem      text,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    tidied_at    timestamptz,
    writer_no    integer NOT NULL DEFAULT 0,
    leased_until timestamptz,
    CHECK (received <= size),
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX document_uploads_one_open ON document_uploads (agency, sha256) WHERE state = 'open';
CREATE INDEX document_uploads_expiring ON document_uploads (expires_at) WHERE state = 'open';
CREATE INDEX document_uploads_untidy ON document_uploads (id) WHERE state <> 'open' AND tidied_at IS NULL;
COMMENT ON TABLE document_uploads IS 'Content on its way in: declared first, then received in pieces.';
COMMENT ON COLUMN document_uploads.received IS 'Bytes that are on the disk for sure.';
COMMENT ON COLUMN document_uploads.generation IS 'Part of the file''s name: a new one when a writer was lost without a word, so that it cannot touch the file any more.';
COMMENT ON COLUMN document_uploads.leased_until IS 'Machine time: until then one writer has it; null when the last one left in order.';

CREATE TABLE document_references (
    transfer_id uuid NOT NULL,
    sha256      bytea NOT NULL,
    agency      text NOT NULL,
    cause       uuid NOT NULL,
    size        bigint NOT NULL,
    since       timestamptz NOT NULL,
    PRIMARY KEY (transfer_id, sha256)
);
CREATE INDEX document_references_by_content ON document_references (sha256, transfer_id);
COMMENT ON TABLE document_references IS 'Which transfer refers to which content, by whose message; access and purging follow from it.';

CREATE TABLE document_fetches (
    agency     text NOT NULL,
    sha256     bytea NOT NULL,
    reached    bigint NOT NULL,
    fetched_at timestamptz,
    PRIMARY KEY (agency, sha256)
);
COMMENT ON TABLE document_fetches IS 'How far an agency has been served a content from its beginning, and when it had been served all of it.';

CREATE TABLE document_accesses (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    act         text NOT NULL CHECK (act IN ('stored', 'served', 'shown', 'infected', 'purged')),
    actor       text NOT NULL,
    agency      text,
    sha256      bytea NOT NULL,
    transfer_id uuid,
    reason      text,
    first       bigint,
    past        bigint,
    served      bigint
);
CREATE INDEX document_accesses_by_content ON document_accesses (sha256, id);
COMMENT ON TABLE document_accesses IS 'Audit: who had which content when, and by which transfer. No names of files or people.';
COMMENT ON COLUMN document_accesses.served IS 'How many of the bytes [first, past) were handed to the network; null while that goes on, or if it was cut short by our own end.';
