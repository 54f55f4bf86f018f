-- Books for reports. A duty reads the ledger once, in commit order, and adds what each entry counts
-- to small integers, by day, month and year: any period is a sum of a few such pieces.

CREATE TABLE book_cursor (
    only_one     boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    xid          xid8 NOT NULL,
    transfer_id  uuid NOT NULL,
    seq          integer NOT NULL,
    booked_until timestamptz
);
INSERT INTO book_cursor (xid, transfer_id, seq)
VALUES ('0', '00000000-0000-0000-0000-000000000000', 0);
COMMENT ON TABLE book_cursor IS 'How far the ledger has been booked. Who holds this row keeps the books.';
COMMENT ON COLUMN book_cursor.booked_until IS 'When the last entry that was booked had been recorded.';

CREATE TABLE dossier_books (
    grain     text NOT NULL CHECK (grain IN ('day', 'month', 'year')),
    starts    date NOT NULL,
    agency    text NOT NULL,
    procedure text NOT NULL,
    online    integer NOT NULL DEFAULT 0,
    in_person integer NOT NULL DEFAULT 0,
    postal    integer NOT NULL DEFAULT 0,
    early     integer NOT NULL DEFAULT 0,
    on_time   integer NOT NULL DEFAULT 0,
    late      integer NOT NULL DEFAULT 0,
    undated   integer NOT NULL DEFAULT 0,
    refused   integer NOT NULL DEFAULT 0,
    withdrawn integer NOT NULL DEFAULT 0,
    stopped   integer NOT NULL DEFAULT 0,
    overdue   integer NOT NULL DEFAULT 0,
    met       integer NOT NULL DEFAULT 0,
    missed    integer NOT NULL DEFAULT 0,
    failing   integer NOT NULL DEFAULT 0,
    PRIMARY KEY (grain, starts, agency, procedure)
) WITH (fillfactor = 80);
COMMENT ON TABLE dossier_books IS 'Transfers counted by the local day of what is counted, the agency that received the dossier, and its procedure.';
COMMENT ON COLUMN dossier_books.undated IS 'Completed without any date to measure the end by.';
COMMENT ON COLUMN dossier_books.overdue IS 'Open past the total: plus one at its end, minus one when it is taken back or the transfer ends.';
COMMENT ON COLUMN dossier_books.met IS 'Ended on time by QĐ 766; missed: not.';
COMMENT ON COLUMN dossier_books.failing IS 'Open and late by QĐ 766, as differences like overdue.';

CREATE TABLE turn_books (
    grain     text NOT NULL CHECK (grain IN ('day', 'month', 'year')),
    starts    date NOT NULL,
    agency    text NOT NULL,
    procedure text NOT NULL,
    step      text NOT NULL,
    bucket    smallint NOT NULL,
    turns     integer NOT NULL,
    late      integer NOT NULL,
    elapsed   bigint NOT NULL,
    measured  integer NOT NULL,
    worked    bigint NOT NULL,
    budgeted  integer NOT NULL,
    used      bigint NOT NULL,
    PRIMARY KEY (grain, starts, agency, procedure, step, bucket)
) WITH (fillfactor = 80);
COMMENT ON TABLE turn_books IS 'Turns that agencies completed, by the local day of completion: how long each had the dossier.';
COMMENT ON COLUMN turn_books.bucket IS 'Working time: 0 below ½ h, then from ½, 1, 2, 4 h, 1, 2, 3, 5, 10, 20 days of 8 h; -1 where the calendar did not know.';
COMMENT ON COLUMN turn_books.elapsed IS 'Seconds from the hand-over to the completion; worked: of them working time outside pauses, of the measured turns.';
COMMENT ON COLUMN turn_books.used IS 'Sum of what was used of the hops'' budgets, in per cent, of the budgeted turns.';

-- What one entry of the ledger counts. Booking and recounting read the same view.
CREATE VIEW dossier_entries AS
SELECT l.xid, l.transfer_id, l.seq, t.originator AS agency, t.procedure,
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
COMMENT ON VIEW dossier_entries IS 'What an entry of the ledger adds to dossier_books, and on which local day.';

CREATE VIEW turn_entries AS
SELECT l.xid, l.transfer_id, l.seq, t.originator, substr(l.actor, 8) AS agency, t.procedure, l.step,
    (l.legal_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day,
    CASE
        WHEN f.worked IS NULL THEN -1
        ELSE width_bucket(f.worked, ARRAY[1800, 3600, 7200, 14400, 28800, 57600, 86400, 144000, 288000, 576000])
    END AS bucket,
    COALESCE(f.late, false)::integer AS late,
    f.elapsed,
    (f.worked IS NOT NULL)::integer AS measured,
    COALESCE(f.worked, 0) AS worked,
    (f.used IS NOT NULL)::integer AS budgeted,
    COALESCE(f.used, 0) AS used
FROM ledger l
JOIN transfers t ON t.id = l.transfer_id
CROSS JOIN LATERAL json_to_record(l.body::json -> 'facts') AS f (elapsed integer, worked integer, used integer, late boolean)
WHERE l.act = 'hop.completed'
  AND f.elapsed IS NOT NULL;
COMMENT ON VIEW turn_entries IS 'What an entry of the ledger adds to turn_books, and on which local day.';
