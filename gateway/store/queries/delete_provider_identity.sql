DELETE FROM provider_identities
WHERE person_id = %s
