-- Who signs in to the console, as what, and what is open for them.
CREATE TABLE people (
    id              uuid PRIMARY KEY,
    name            text NOT NULL UNIQUE CHECK (name = lower(name)),
    display_name    text NOT NULL,
    language        text NOT NULL DEFAULT 'vi' CHECK (language IN ('vi', 'en')),
    password_hash   text,
    password_set_at timestamptz NOT NULL DEFAULT now(),
    must_change     boolean NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    disabled_at     timestamptz
);
COMMENT ON TABLE people IS 'Who may sign in to the console. Never deleted: audits name them. Passwords are argon2 hashes.';
COMMENT ON COLUMN people.name IS 'The sign-in name; audits and ledgers name a person by it.';
COMMENT ON COLUMN people.must_change IS 'The password was made by somebody else: a person chooses their own before anything else.';

CREATE TABLE person_roles (
    person_id uuid NOT NULL REFERENCES people,
    role      text NOT NULL CHECK (role IN ('viewer', 'operator', 'supervisor', 'auditor', 'administrator')),
    scope     text,
    UNIQUE NULLS NOT DISTINCT (person_id, role, scope)
);
COMMENT ON TABLE person_roles IS 'What people may do, and where.';
COMMENT ON COLUMN person_roles.scope IS 'An agency''s code: it and everything below it. Empty: everywhere.';

CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    person_id  uuid NOT NULL REFERENCES people,
    opened_at  timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_by   text
);
CREATE INDEX sessions_of_person ON sessions (person_id, id);
COMMENT ON TABLE sessions IS 'Who is signed in. Of the token in the cookie only the sha-256 is here.';
COMMENT ON COLUMN sessions.seen_at IS 'The last request that was more than watching, to the minute.';
