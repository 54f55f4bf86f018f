-- Under the writer's own number where there is one.
UPDATE document_uploads u
SET state = %(state)s,
    problem = %(problem)s,
    ended_at = %(now)s,
    sealed_key = NULL,
    leased_until = NULL
WHERE u.id = %(id)s
  AND u.state = 'open'
  AND (%(writer_no)s::integer IS NULL OR u.writer_no = %(writer_no)s)
RETURNING u.id
