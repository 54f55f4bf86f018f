-- Sessions that are long over. The newest of each person stays: it says when they were last here.
DELETE FROM sessions
WHERE id = ANY(ARRAY(
    SELECT s.id
    FROM sessions s
    WHERE s.expires_at < clock_timestamp() - %(kept)s::interval
      AND EXISTS (
          SELECT FROM sessions n
          WHERE n.person_id = s.person_id
            AND n.id > s.id
      )
    ORDER BY s.expires_at
    LIMIT %(limit)s
    FOR UPDATE OF s SKIP LOCKED
))
