-- Who a province's own identity provider says that somebody is.
CREATE TABLE provider_identities (
    identity_hash  bytea PRIMARY KEY,
    issuer         text NOT NULL,
    person_id      uuid NOT NULL REFERENCES people,
    follows_groups boolean NOT NULL,
    linked_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (person_id, issuer)
);
COMMENT ON TABLE provider_identities IS 'Whose account it is when an identity provider vouches for somebody. Never found by a name or an e-mail address.';
COMMENT ON COLUMN provider_identities.identity_hash IS 'sha-256 of issuer and subject: a provider may use a number of the person as its subject.';
COMMENT ON COLUMN provider_identities.follows_groups IS 'Roles are those of the provider''s groups, anew at each sign-in; otherwise administrators give them.';

CREATE TABLE spent_rounds (
    state_hash bytea PRIMARY KEY,
    spent_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX spent_rounds_by_age ON spent_rounds (spent_at);
COMMENT ON TABLE spent_rounds IS 'States of sign-ins by a provider that came back: none comes back twice. Kept for an hour, longer than a round is good for.';

ALTER TABLE sessions ADD COLUMN by_provider boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sessions.by_provider IS 'Opened because an identity provider vouched for the person.';
