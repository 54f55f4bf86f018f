-- Plans of reorganisation, as they were applied; ledger entries name them by their digest.
CREATE TABLE reorganisations (
    digest      text PRIMARY KEY,
    title       text NOT NULL,
    effective   timestamptz NOT NULL,
    legal_basis text NOT NULL,
    document    text NOT NULL,
    directory   text NOT NULL,
    applied_by  text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reorganisations IS 'Plans by which agencies that closed were followed. Never changed, never deleted.';
COMMENT ON COLUMN reorganisations.document IS 'The plan in its canonical form, of which the digest is the sha-256.';
COMMENT ON COLUMN reorganisations.directory IS 'The version of the directory that it was applied with first.';

-- A turn whose agency has closed waits for a person where nobody, or several, could follow; an
-- originator that has closed waits on its own hop. And a turn that was taken over paused has still
-- to be handed over and received. Both columns are generated: they are made anew.
DROP INDEX hops_limits;
DROP INDEX hops_waiting;
ALTER TABLE hops
    DROP COLUMN next_limit_at,
    DROP COLUMN waits_for;
ALTER TABLE hops
    ADD COLUMN next_limit_at timestamptz GENERATED ALWAYS AS (
        CASE state
            WHEN 'dispatching' THEN least(deliver_by, receive_by, deadline_at)
            WHEN 'delivered' THEN least(receive_by, deadline_at)
            WHEN 'received' THEN deadline_at
            WHEN 'paused' THEN CASE
                WHEN document ->> 'received_at' IS NOT NULL THEN NULL
                WHEN document ->> 'delivered_at' IS NOT NULL THEN receive_by
                ELSE least(deliver_by, receive_by)
            END
        END
    ) STORED,
    ADD COLUMN waits_for text GENERATED ALWAYS AS (
        CASE
            WHEN superseded_by IS NOT NULL THEN NULL
            WHEN state = 'refused'
                 AND document #>> '{refusal,reason}' IS NOT NULL
                 AND document #>> '{refusal,acknowledged_at}' IS NULL THEN 'acknowledgement'
            WHEN state = 'planned' AND document ->> 'stuck' IS NOT NULL THEN 'agency'
            WHEN (state IN ('dispatching', 'delivered', 'received', 'paused') OR state = 'completed' AND step = 'origin')
                 AND document #>> '{failure,kind}' IN ('successor-ambiguous', 'successor-missing') THEN 'agency'
            WHEN state IN ('dispatching', 'delivered', 'received')
                 AND document #>> '{clock,calendar_missing}' IS NOT NULL THEN 'calendar'
        END
    ) STORED;
CREATE INDEX hops_limits ON hops (next_limit_at, transfer_id, step, round) WHERE next_limit_at IS NOT NULL;
CREATE INDEX hops_waiting ON hops (waits_for, transfer_id, step, round) WHERE waits_for IS NOT NULL;
COMMENT ON COLUMN hops.next_limit_at IS 'Legal time: the earliest limit (hand-over, receipt, deadline) that is still to be met.';
COMMENT ON COLUMN hops.waits_for IS 'What a person has to bring: the acknowledgement of a refusal, a competent agency, a calendar.';

-- Books are the office's that took the dossier in: an originator may be followed by another.
CREATE OR REPLACE VIEW dossier_entries AS
SELECT l.xid, l.transfer_id, l.seq, t.issuer AS agency, t.procedure,
    (CASE
        WHEN n.act = 'submitted' THEN COALESCE(f.received_at, t.submitted_at)
        WHEN n.act IN ('breached', 'corrected') THEN COALESCE(f.limit_at, l.legal_at)
        ELSE l.legal_at
    END AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day,
    (n.act = 'submitted' AND n.channel = 'online')::integer AS online,
    (n.act = 'submitted' AND n.channel = 'in_person')::integer AS in_person,
    (n.act = 'submitted' AND n.channel = 'postal')::integer AS postal,
    (n.act = 'completed' AND n.measure = 'early')::integer AS early,
    (n.act = 'completed' AND n.measure = 'on_time')::integer AS on_time,
    (n.act = 'completed' AND n.measure = 'late')::integer AS late,
    (n.act = 'completed' AND n.measure = 'undated')::integer AS undated,
    (n.act = 'refused')::integer AS refused,
    (n.act = 'withdrawn')::integer AS withdrawn,
    (n.act = 'stopped')::integer AS stopped,
    CASE
        WHEN n.act = 'breached' THEN 1
        WHEN n.act = 'corrected' OR n.ends AND n.overdue THEN -1
        ELSE 0
    END AS overdue,
    (n.ends AND n.measure <> 'late' AND n.requests < 2)::integer AS met,
    (n.ends AND (n.measure = 'late' OR n.requests > 1))::integer AS missed,
    CASE
        WHEN n.act = 'breached' AND n.requests < 2 THEN 1
        WHEN n.act = 'corrected' AND n.requests < 2 THEN -1
        WHEN n.act = 'paused' AND NOT n.overdue THEN 1
        WHEN n.ends AND (n.overdue OR n.requests > 1) THEN -1
        ELSE 0
    END AS failing
FROM ledger l
JOIN transfers t ON t.id = l.transfer_id
CROSS JOIN LATERAL json_to_record(l.body::json) AS e (reason text, facts json)
CROSS JOIN LATERAL json_to_record(e.facts) AS f (channel text, received_at timestamptz,
    due_at timestamptz, limit_at timestamptz, supplements integer, overdue boolean)
CROSS JOIN LATERAL (
    SELECT split_part(l.act, '.', 2) AS act,
        COALESCE(f.channel, 'in_person') AS channel,
        COALESCE(f.supplements, 0) AS requests,
        COALESCE(f.overdue, false) AS overdue,
        starts_with(l.act, 'transfer.') AND l.act <> 'transfer.submitted' AS ends,
        CASE
            WHEN f.due_at IS NULL THEN 'undated'
            WHEN l.legal_at > f.due_at THEN 'late'
            WHEN (l.legal_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                < (f.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date THEN 'early'
            ELSE 'on_time'
        END AS measure
) n
WHERE l.act IN ('transfer.submitted', 'transfer.completed', 'transfer.refused', 'transfer.withdrawn', 'transfer.stopped')
   OR l.act IN ('clock.breached', 'clock.corrected') AND l.step IS NULL AND e.reason = 'overall'
   -- The second request is late by QĐ 766 whatever the dates; further ones change nothing.
   OR l.act = 'hop.paused' AND f.supplements = 2;
