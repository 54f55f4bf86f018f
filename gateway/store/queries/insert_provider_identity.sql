-- An identity is one person's, and a person has one at a provider.
INSERT INTO provider_identities (identity_hash, issuer, person_id, follows_groups)
VALUES (%(identity_hash)s, %(issuer)s, %(person)s, %(follows_groups)s)
ON CONFLICT DO NOTHING
