-- The first shape of the store.
-- Instants are UTC timestamptz; states are text with a CHECK; growing tables are keyed by UUIDv7,
-- so that each can be partitioned by range of its key without rewriting a query.

CREATE TABLE clients (
    client_id   text PRIMARY KEY,
    agency      text,
    roles       text[] NOT NULL DEFAULT '{}',
    secret_hash text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    CHECK (agency IS NOT NULL OR roles <> '{}')
);
COMMENT ON TABLE clients IS 'OAuth 2 clients: an agency''s software, or a person or tool with roles. Secrets are argon2 hashes.';

CREATE TABLE endpoints (
    agency          text PRIMARY KEY,
    connector       text NOT NULL CHECK (connector IN ('amqp', 'webhook', 'mailbox')),
    address         text,
    secret          text,
    timeout_ms      integer NOT NULL DEFAULT 10000 CHECK (timeout_ms BETWEEN 100 AND 25000),
    concurrency     integer NOT NULL DEFAULT 4 CHECK (concurrency BETWEEN 1 AND 250),
    events          boolean NOT NULL DEFAULT false,
    options         jsonb NOT NULL DEFAULT '{}',
    enabled         boolean NOT NULL DEFAULT true,
    breaker         text NOT NULL DEFAULT 'closed' CHECK (breaker IN ('closed', 'open', 'half-open')),
    breaker_failures integer NOT NULL DEFAULT 0,
    breaker_until   timestamptz,
    last_seen_at    timestamptz,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (connector <> 'webhook' OR (address IS NOT NULL AND secret IS NOT NULL))
);
COMMENT ON TABLE endpoints IS 'How each agency''s system is reached, its pace, and its circuit breaker (machine time).';

CREATE TABLE message_keys (
    agency     text NOT NULL,
    message_id text NOT NULL,
    digest     bytea NOT NULL,
    inbox_id   uuid NOT NULL,
    PRIMARY KEY (agency, message_id)
);
COMMENT ON TABLE message_keys IS 'One effect per (agency, message id), for ever: never partitioned by time, never pruned.';

CREATE TABLE inbox (
    id          uuid PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    road        text NOT NULL CHECK (road IN ('amqp', 'http', 'dead')),
    agency      text NOT NULL,
    message_id  text,
    kind        text,
    transfer_id uuid,
    verdict     text NOT NULL CHECK (verdict IN ('accepted', 'refused', 'conflict', 'poison')),
    problem     text,
    answer      text NOT NULL,
    size        integer NOT NULL,
    digest      bytea NOT NULL,
    traceparent text,
    settled_at  timestamptz
);
CREATE INDEX inbox_refused ON inbox (agency, id) WHERE verdict <> 'accepted';
COMMENT ON TABLE inbox IS 'Every message that was judged, with the answer that was given. Bodies are in payloads.';
COMMENT ON COLUMN inbox.digest IS 'sha-256 of the raw bytes.';
COMMENT ON COLUMN inbox.settled_at IS 'For poison: when an operator settled it.';

CREATE TABLE payloads (
    id        uuid PRIMARY KEY,
    digest    bytea NOT NULL,
    key_id    text NOT NULL DEFAULT 'plain',
    media     text NOT NULL,
    body      bytea,
    purged_at timestamptz
);
ALTER TABLE payloads ALTER COLUMN body SET STORAGE EXTERNAL;
COMMENT ON TABLE payloads IS 'The only place with message bodies and free text: purging personal data touches this table alone.';

CREATE TABLE dossiers (
    issuer      text NOT NULL,
    code        text NOT NULL,
    first_seen  timestamptz NOT NULL,
    promised_at timestamptz,
    PRIMARY KEY (issuer, code)
);
COMMENT ON TABLE dossiers IS 'One citizen''s case, keyed by issuing agency and dossier code (codes alone are not unique in practice).';

CREATE TABLE dossier_aliases (
    system text NOT NULL,
    alias  text NOT NULL,
    issuer text NOT NULL,
    code   text NOT NULL,
    PRIMARY KEY (system, alias, issuer, code)
);
COMMENT ON TABLE dossier_aliases IS 'The same case under other systems'' codes.';

CREATE TABLE transfers (
    id                uuid PRIMARY KEY,
    issuer            text NOT NULL,
    code              text NOT NULL,
    originator        text NOT NULL,
    state             text NOT NULL CHECK (state IN ('open', 'completed', 'refused', 'withdrawn', 'stopped')),
    procedure         text NOT NULL,
    procedure_version text NOT NULL,
    submitted_at      timestamptz NOT NULL,
    ended_at          timestamptz,
    deadline_at       timestamptz,
    next_timer_at     timestamptz,
    itinerary_no      integer NOT NULL,
    document          json NOT NULL,
    seq               integer NOT NULL,
    head_hash         bytea NOT NULL,
    archived          boolean NOT NULL DEFAULT false
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX transfers_one_open ON transfers (issuer, code) WHERE state = 'open';
CREATE INDEX transfers_by_dossier ON transfers (code, issuer);
CREATE INDEX transfers_timers ON transfers (next_timer_at) WHERE next_timer_at IS NOT NULL;
COMMENT ON TABLE transfers IS 'One run of a dossier through an itinerary. Who holds this row may change its hops, clocks, timers and delivery outcomes.';
COMMENT ON COLUMN transfers.next_timer_at IS 'Legal time: the earliest instant at which any clock of this transfer needs attention.';
COMMENT ON COLUMN transfers.seq IS 'The head of this transfer''s ledger chain.';

CREATE TABLE itineraries (
    transfer_id uuid NOT NULL,
    no          integer NOT NULL,
    document    json NOT NULL,
    PRIMARY KEY (transfer_id, no)
);
COMMENT ON TABLE itineraries IS 'The resolved plans of a transfer: a new number when it is resolved again.';

CREATE TABLE hops (
    transfer_id uuid NOT NULL,
    step        text NOT NULL,
    round       integer NOT NULL,
    no          smallint NOT NULL,
    agency      text,
    state       text NOT NULL CHECK (state IN ('planned', 'dispatching', 'delivered', 'received', 'paused',
                    'completed', 'refused', 'returned', 'withdrawn', 'stopped', 'cancelled', 'skipped', 'lapsed')),
    superseded_by integer,
    deliver_by  timestamptz,
    receive_by  timestamptz,
    deadline_at timestamptz,
    document    json NOT NULL,
    PRIMARY KEY (transfer_id, step, round)
) WITH (fillfactor = 80);
CREATE INDEX hops_open ON hops (agency, transfer_id) WHERE state IN ('dispatching', 'delivered', 'received', 'paused', 'refused');
COMMENT ON COLUMN hops.no IS 'The hop''s place in its transfer: the origin, the steps as planned, later rounds.';
COMMENT ON TABLE hops IS 'One agency''s turn at one step in one round. The document holds the clock; the columns are what questions are asked by.';

CREATE TABLE deliveries (
    id              uuid PRIMARY KEY,
    agency          text NOT NULL,
    kind            text NOT NULL,
    transfer_id     uuid,
    step            text,
    round           integer,
    ordinal         bigint NOT NULL DEFAULT 0,
    subject         text,
    data            text NOT NULL,
    splice          uuid[] NOT NULL DEFAULT '{}',
    cause           uuid,
    correlation     text,
    traceparent     text,
    state           text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'withdrawn')),
    parked          boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    lease_no        integer NOT NULL DEFAULT 0,
    attempts        integer NOT NULL DEFAULT 0,
    settled_at      timestamptz,
    evidence        text,
    latency_ms      integer,
    failure_code    text
) WITH (fillfactor = 80);
CREATE INDEX deliveries_due ON deliveries (agency, next_attempt_at) WHERE state = 'pending' AND NOT parked;
CREATE INDEX deliveries_mailbox ON deliveries (agency, id) WHERE state = 'pending' AND parked;
CREATE INDEX deliveries_open_by_transfer ON deliveries (transfer_id) WHERE state IN ('pending', 'failed');
COMMENT ON TABLE deliveries IS 'The outbox: one message owed to one agency. A lease is next_attempt_at in the future with a raised lease_no.';
COMMENT ON COLUMN deliveries.ordinal IS 'Order within a transfer: its ledger number, then the order of sending. What is owed to one agency for one transfer goes in this order.';
COMMENT ON COLUMN deliveries.created_at IS 'Legal time; every other instant of this table is machine time.';

CREATE TABLE attempts (
    delivery_id uuid NOT NULL,
    lease_no    integer NOT NULL,
    ended_at    timestamptz NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('delivered', 'refused', 'unreachable', 'late')),
    code        text NOT NULL,
    detail      text,
    unknown     boolean NOT NULL DEFAULT false,
    latency_ms  integer,
    PRIMARY KEY (delivery_id, lease_no)
);
COMMENT ON TABLE attempts IS 'Every try that did not simply deliver; the delivering try''s evidence stands on its delivery.';

CREATE TABLE ledger (
    transfer_id uuid NOT NULL,
    seq         integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    legal_at    timestamptz NOT NULL,
    act         text NOT NULL,
    actor       text NOT NULL,
    step        text,
    round       integer,
    cause       uuid,
    body        text NOT NULL,
    prev_hash   bytea NOT NULL,
    hash        bytea NOT NULL,
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (transfer_id, seq)
);
CREATE INDEX ledger_feed ON ledger (xid, transfer_id, seq);
COMMENT ON TABLE ledger IS 'What happened to each transfer, as a hash chain per transfer. hash = sha-256(prev_hash || body).';
COMMENT ON COLUMN ledger.xid IS 'Commit order for the event feed: rows are read only below the oldest running transaction.';

CREATE TABLE operator_acts (
    id           uuid PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT now(),
    actor        text NOT NULL,
    act          text NOT NULL,
    reason       text NOT NULL,
    question     jsonb NOT NULL DEFAULT '{}',
    state        text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'cancelled', 'done')),
    total        integer NOT NULL,
    finished_at  timestamptz
);
CREATE TABLE operator_act_items (
    act_id  uuid NOT NULL,
    no      integer NOT NULL,
    transfer_id uuid,
    step    text,
    round   integer,
    delivery_id uuid,
    inbox_id uuid,
    outcome text,
    detail  text,
    PRIMARY KEY (act_id, no)
);
COMMENT ON TABLE operator_acts IS 'Audit of what operators did: the list is frozen first, the outcome is recorded per item.';
