SELECT p.name, i.follows_groups, p.disabled_at IS NOT NULL
FROM provider_identities i
JOIN people p ON p.id = i.person_id
WHERE i.identity_hash = %s
