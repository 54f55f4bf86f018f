-- Plans of reorganisation as somebody laid them before their colleagues; applied ones stand in `reorganisations`.
CREATE TABLE plan_drafts (
    digest      text PRIMARY KEY,
    title       text NOT NULL,
    effective   timestamptz NOT NULL,
    legal_basis text NOT NULL,
    document    text NOT NULL,
    drafted_by  text NOT NULL,
    drafted_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX plan_drafts_newest ON plan_drafts (drafted_at DESC, digest);
COMMENT ON TABLE plan_drafts IS 'Plans of reorganisation to be previewed: nothing is applied from here by one person.';
COMMENT ON COLUMN plan_drafts.document IS 'The plan in its canonical form, of which the digest is the sha-256.';
