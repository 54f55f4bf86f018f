-- Directories that were imported and, by another act, approved; the packaged one is not here.
CREATE TABLE directory_versions (
    version     text PRIMARY KEY,
    agencies    text NOT NULL,
    aliases     text NOT NULL,
    digest      bytea NOT NULL,
    size        integer NOT NULL,
    source      text NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE directory_versions IS 'Directories of agencies, as reviewed files. Never changed, never deleted: ledger entries name them.';
COMMENT ON COLUMN directory_versions.digest IS 'sha-256 of both texts, the first ended by a zero byte.';
COMMENT ON COLUMN directory_versions.size IS 'Rows of agencies.tsv.';
COMMENT ON COLUMN directory_versions.source IS 'What the file says of where it comes from.';

CREATE TABLE directory_approvals (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version     text NOT NULL REFERENCES directory_versions,
    approved_by text NOT NULL,
    reason      text NOT NULL,
    approved_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE directory_approvals IS 'Who let which directory rule, and why. The last one counts; an older version rules again by being approved again. Only ever added to.';
COMMENT ON COLUMN directory_approvals.number IS 'Given under a lock, so that a higher one was committed later.';
