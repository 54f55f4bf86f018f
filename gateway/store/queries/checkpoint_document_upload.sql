-- What is on the disk for sure, said under the writer's own number; the lease goes on, or ends.
UPDATE document_uploads u
SET received = %(received)s,
    expires_at = %(expires_at)s,
    leased_until = CASE WHEN %(leaves)s THEN NULL ELSE clock_timestamp() + %(lease)s * interval '1 second' END
WHERE u.id = %(id)s
  AND u.writer_no = %(writer_no)s
  AND u.state = 'open'
RETURNING u.id
