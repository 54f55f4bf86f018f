UPDATE sessions
SET ended_at = clock_timestamp(), ended_by = %(why)s
WHERE person_id = %(person)s
  AND ended_at IS NULL
  AND id IS DISTINCT FROM %(but)s::uuid
