-- Everybody, or those who come after somebody by their sign-in names; an administrator of some agencies sees whose every
-- role lies there, and themselves. What is not asked for is NULL.
SELECT p.id, p.name, p.display_name, p.language, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.role, r.scope) ORDER BY r.role, r.scope), '[]')
        FROM person_roles r
        WHERE r.person_id = p.id
    ),
    p.must_change, p.created_at, p.disabled_at, (SELECT max(s.seen_at) FROM sessions s WHERE s.person_id = p.id),
    EXISTS (SELECT FROM second_factors f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL),
    (SELECT bool_or(i.follows_groups) FROM provider_identities i WHERE i.person_id = p.id),
    p.password_hash IS NOT NULL
FROM people p
WHERE (%(only)s::uuid IS NULL OR p.id = %(only)s)
  AND (%(after)s::uuid IS NULL OR p.name > (SELECT a.name FROM people a WHERE a.id = %(after)s))
  AND (%(text)s::text IS NULL OR p.name LIKE lower(%(text)s) OR p.display_name ILIKE %(text)s)
  AND (%(reach)s::text[] IS NULL OR p.id = %(reader)s OR NOT EXISTS (
      SELECT FROM person_roles r
      WHERE r.person_id = p.id AND (r.scope IS NULL OR r.scope <> ALL (%(reach)s))
  ))
ORDER BY p.name
LIMIT %(limit)s
