-- What people sign in with beside their password.
CREATE TABLE second_factors (
    person_id    uuid PRIMARY KEY REFERENCES people,
    sealed       bytea NOT NULL,
    begun_at     timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE second_factors IS 'One-time codes (RFC 6238). The secret is sealed with a key that is not in the database.';
COMMENT ON COLUMN second_factors.confirmed_at IS 'Since when it counts; empty until its first code was entered.';
COMMENT ON COLUMN second_factors.last_step IS 'The step of the last code that was taken: none of it or before is taken again.';

CREATE TABLE recovery_codes (
    person_id uuid NOT NULL REFERENCES people,
    code_hash bytea NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (person_id, code_hash)
);
COMMENT ON TABLE recovery_codes IS 'For the day on which the telephone is lost: each is good once, and only its digest is here.';

ALTER TABLE sessions ADD COLUMN passed_at timestamptz;
COMMENT ON COLUMN sessions.passed_at IS 'When the second factor was given; without one, when another provider vouched for both.';
