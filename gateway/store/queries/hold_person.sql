SELECT p.id, p.name, p.display_name, p.disabled_at IS NOT NULL, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.role, r.scope) ORDER BY r.role, r.scope), '[]')
        FROM person_roles r
        WHERE r.person_id = p.id
    )
FROM people p
WHERE p.name = %s
FOR UPDATE OF p
