-- Who takes part, with which credentials, and who decided so.

CREATE TABLE members (
    agency       text PRIMARY KEY,
    state        text NOT NULL CHECK (state IN ('registered', 'testing', 'live', 'suspended', 'removed')),
    resumes_as   text CHECK (resumes_as IN ('registered', 'testing', 'live')),
    since        timestamptz NOT NULL DEFAULT now(),
    contact      text,
    capabilities jsonb NOT NULL DEFAULT '{}',
    test_id      uuid,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'suspended') = (resumes_as IS NOT NULL))
);
CREATE INDEX members_not_live ON members (agency) WHERE state <> 'live';
COMMENT ON TABLE members IS 'Who takes part, beside the directory of who exists. An agency with an endpoint or a client and without a row is live.';
COMMENT ON COLUMN members.contact IS 'An office and how to reach it, for operators. No person.';
COMMENT ON COLUMN members.capabilities IS 'What its software takes: {kinds, largest, documents}; empty until somebody said so.';
COMMENT ON COLUMN members.test_id IS 'The delivery that tests its present endpoint; none since the endpoint was last changed.';

-- What may go to an agency follows from its state; beside the endpoint, where sending looks.
ALTER TABLE endpoints
    ADD COLUMN traffic     text NOT NULL DEFAULT 'all' CHECK (traffic IN ('all', 'tests', 'none')),
    ADD COLUMN former_until timestamptz;
COMMENT ON COLUMN endpoints.traffic IS 'all: live. tests: only what belongs to no transfer (test messages, receipts of refusals). none: suspended.';
COMMENT ON COLUMN endpoints.former_until IS 'While a signing secret is rotated: until when the former one (the second in `secret`) signs too.';
CREATE INDEX deliveries_loose ON deliveries (agency, next_attempt_at)
    WHERE state = 'pending' AND NOT parked AND transfer_id IS NULL;

ALTER TABLE clients ADD COLUMN expires_at timestamptz;
COMMENT ON COLUMN clients.expires_at IS 'After that no secret of it is good any more. Empty: never (registered by hand).';
CREATE INDEX clients_of_agency ON clients (agency) WHERE agency IS NOT NULL;

CREATE TABLE broker_credentials (
    user_name     text PRIMARY KEY,
    agency        text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    revoked_at    timestamptz
);
CREATE INDEX broker_credentials_of_agency ON broker_credentials (agency);
COMMENT ON TABLE broker_credentials IS 'Which users the broker is to have. The password is here as RabbitMQ stores it, salted and hashed, so that a broker set up anew gets its users again.';

CREATE TABLE audit (
    id      uuid PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    actor   text NOT NULL,
    act     text NOT NULL,
    subject text NOT NULL,
    reason  text,
    before  jsonb,
    after   jsonb
);
CREATE INDEX audit_of_subject ON audit (subject, id);
COMMENT ON TABLE audit IS 'Who decided what about whom, when and why, with what stood before and after. No secret, no personal data; never changed, never pruned.';
