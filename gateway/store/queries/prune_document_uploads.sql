-- Uploads that ended and whose files were seen to, long ago. The documents are rows of their own, and stay.
DELETE FROM document_uploads
WHERE id = ANY(ARRAY(
    SELECT u.id
    FROM document_uploads u
    WHERE u.tidied_at < %(before)s
    ORDER BY u.tidied_at
    LIMIT %(limit)s
    FOR UPDATE OF u SKIP LOCKED
))
