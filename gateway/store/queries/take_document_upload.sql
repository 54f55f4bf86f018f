-- One writer at a time. Where the last one was lost without a word, the file is another one from now on.
UPDATE document_uploads u
SET writer_no = u.writer_no + 1,
    generation = u.generation + CASE WHEN u.leased_until IS NULL THEN 0 ELSE 1 END,
    leased_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE u.id = %(id)s
  AND u.state = 'open'
  AND (u.leased_until IS NULL OR u.leased_until < clock_timestamp())
RETURNING u.writer_no, u.generation, u.received
