SELECT p.id, p.name, p.display_name, p.disabled_at IS NOT NULL, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.role, r.scope) ORDER BY r.role, r.scope), '[]')
        FROM person_roles r
        WHERE r.person_id = p.id
    ),
    EXISTS (SELECT FROM provider_identities i WHERE i.person_id = p.id AND i.follows_groups)
FROM people p
WHERE p.name = %s
FOR UPDATE OF p
