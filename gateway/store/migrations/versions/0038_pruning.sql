-- What the pruner finds by its age.
CREATE INDEX sessions_by_age ON sessions (expires_at);
CREATE INDEX sign_in_tries_by_age ON sign_in_tries (tried_at);
CREATE INDEX document_uploads_by_age ON document_uploads (tidied_at) WHERE tidied_at IS NOT NULL;
