-- One process keeps the broker's users and queues as members and endpoints are.
CREATE TABLE doorkeeping (
    id           boolean PRIMARY KEY DEFAULT true CHECK (id),
    wanted       bigint NOT NULL DEFAULT 1,
    done         bigint NOT NULL DEFAULT 0,
    done_at      timestamptz,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    lease_no     integer NOT NULL DEFAULT 0
);
INSERT INTO doorkeeping DEFAULT VALUES;
COMMENT ON TABLE doorkeeping IS 'The doorkeeper''s lease, and how far it has come: every change of a member raises `wanted`. Machine time.';

ALTER TABLE broker_credentials ADD COLUMN applied_at timestamptz;
COMMENT ON COLUMN broker_credentials.applied_at IS 'When the broker first had this user: missing or different after that, somebody else changed it.';
