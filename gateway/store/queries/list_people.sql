SELECT p.id, p.name, p.display_name, p.language, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.role, r.scope) ORDER BY r.role, r.scope), '[]')
        FROM person_roles r
        WHERE r.person_id = p.id
    ),
    p.must_change, p.created_at, p.disabled_at, (SELECT max(s.seen_at) FROM sessions s WHERE s.person_id = p.id),
    f.confirmed_at IS NOT NULL, i.follows_groups, p.password_hash IS NOT NULL
FROM people p
LEFT JOIN second_factors f ON f.person_id = p.id
LEFT JOIN (
    SELECT person_id, bool_or(follows_groups) AS follows_groups
    FROM provider_identities
    GROUP BY person_id
) i ON i.person_id = p.id
ORDER BY p.name
