-- The pruner walks through the contents in the order of their digests.
CREATE INDEX documents_kept ON documents (sha256) WHERE state = 'kept';
CREATE INDEX documents_purging ON documents (sha256) WHERE state = 'purging';
DROP INDEX documents_purgeable;
COMMENT ON COLUMN documents.touched_at IS 'Legal time: when it was last handed in. The lease is machine time.';
