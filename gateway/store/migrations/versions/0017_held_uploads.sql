-- Declaring what is here already finds the upload that said so before.
CREATE INDEX document_uploads_complete ON document_uploads (agency, sha256) WHERE state = 'complete';
