-- Who holds this token now: nobody, if the session ended, was left alone too long or ran out.
SELECT s.id, p.id, p.name, p.display_name, p.language, p.must_change, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.role, r.scope) ORDER BY r.role, r.scope), '[]')
        FROM person_roles r
        WHERE r.person_id = p.id
    ),
    f.confirmed_at IS NOT NULL, s.passed_at IS NOT NULL, p.password_hash IS NOT NULL, s.by_provider
FROM sessions s
JOIN people p ON p.id = s.person_id
LEFT JOIN second_factors f ON f.person_id = p.id
WHERE s.token_hash = %(token_hash)s
  AND s.ended_at IS NULL
  AND s.expires_at > clock_timestamp()
  AND s.seen_at > clock_timestamp() - %(idle)s::interval
  AND p.disabled_at IS NULL
