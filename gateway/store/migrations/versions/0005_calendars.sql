-- Calendars that were imported and, by another act, approved; the packaged ones are not here.
CREATE TABLE calendar_versions (
    name        text NOT NULL,
    version     text NOT NULL,
    document    text NOT NULL,
    digest      bytea NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    approved_by text,
    approved_at timestamptz,
    PRIMARY KEY (name, version),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL))
);
COMMENT ON TABLE calendar_versions IS 'Versions of the working calendar and of agencies'' hours, as reviewed files. Never changed, never deleted: clocks name them.';
COMMENT ON COLUMN calendar_versions.approved_at IS 'From then on new clocks count by it; without it the version decides nothing.';
COMMENT ON COLUMN calendar_versions.digest IS 'sha-256 of the document.';
