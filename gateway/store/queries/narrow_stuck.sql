-- What a person asked for, of a question's answers. What is not asked for is NULL, and costs nothing: plans are made anew
-- each time.
SELECT s.*
FROM stuck s
WHERE (%(transfer)s::uuid IS NULL OR s.transfer_id = %(transfer)s)
  AND (%(reach)s::text[] IS NULL OR s.within = ANY(%(reach)s))
  AND (%(agencies)s::text[] IS NULL OR s.agency = ANY(%(agencies)s))
  AND (NOT %(nobodys)s::boolean OR s.agency IS NULL)
  AND (%(procedure)s::text IS NULL OR s.procedure = %(procedure)s)
  AND (%(failure)s::text IS NULL OR coalesce(s.failure, '') = %(failure)s)
  AND (%(since_until)s::timestamptz IS NULL OR s.since <= %(since_until)s)
  AND (%(due_until)s::timestamptz IS NULL OR s.due_at <= %(due_until)s)
  -- Codes are in capitals, and LIKE is several times as fast as ILIKE; what failed is dear to find out.
  AND (%(text)s::text IS NULL OR s.code LIKE upper(%(text)s) OR s.agency LIKE upper(%(text)s)
      OR (%(in_failures)s::boolean AND s.failure ILIKE %(text)s))
  AND (%(person)s::text IS NULL OR EXISTS (
      SELECT FROM assignments a
      WHERE a.subject = coalesce(s.transfer_id, s.delivery_id, s.inbox_id) AND a.person = %(person)s
  ))
  AND (NOT %(unassigned)s::boolean OR NOT EXISTS (
      SELECT FROM assignments a
      WHERE a.subject = coalesce(s.transfer_id, s.delivery_id, s.inbox_id)
  ))
